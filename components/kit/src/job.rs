//! Work that the vendor does while the caller waits: start it, ask how it stands, and cancel it when time is up or the
//! caller gives up.

use crate::call::Call;
use crate::error::{fail, invalid};
use crate::json;
use crate::object::set;
use crate::response::clean;
use crate::types::{Advice, Error, ErrorKind};
use crate::wire::Node;
use crate::world::Outside;
use serde_json::Value;

/// The operations of a kind of work, and the words by which it tells how it stands. All names are WIT's.
#[derive(Debug)]
pub struct Job {
    /// Starts the work.
    pub start: &'static str,
    /// What is added to the caller's input of `start`.
    pub with: &'static [(&'static str, bool)],
    /// Tells how the work stands.
    pub poll: &'static str,
    /// The input field of `start` that `poll` takes, too.
    pub key: &'static str,
    /// The field of the work's id, in what `start` gives and in what `poll` and `cancel` take.
    pub id: &'static str,
    /// The field that tells how the work stands.
    pub state: &'static str,
    /// The states that end the waiting.
    pub done: &'static [&'static str],
    /// The states of work that goes on. Nothing tells whether work of any other state does.
    pub running: &'static [&'static str],
    /// The fields of what work has at its end alone: where one is there, work of a state that is not known has ended, and nothing
    /// tells how.
    pub ended: &'static [&'static str],
    /// The state of work that was cancelled.
    pub cancelled: &'static str,
    /// Cancels the work.
    pub cancel: &'static str,
}

const FIRST_WAIT_MS: u64 = 2_000;
const LONGEST_WAIT_MS: u64 = 10_000;
const DEADLINE_MS: u64 = 600_000;
const LONGEST_DEADLINE_MS: u64 = 3_600_000;
/// How long cancelling may take, and that with a last look.
const CANCEL_MS: [u64; 2] = [4_000, 6_000];
/// How many looks in a row may give something else than how the work stands.
const BAD_LOOKS: u32 = 2;

/// Starts the work and waits for its end. Of the input, `interval-ms`, `deadline-ms` and `keep-running` are about the
/// waiting; the rest is what `start` takes.
pub fn run(call: &Call, input: &Value, job: &Job) -> Result<Value, Error> {
    let mut start = input.clone();
    let mut take =
        |name: &str| start.as_object_mut().and_then(|members| crate::take(members, name)).unwrap_or_default();
    let interval = take("interval-ms").as_u64();
    let deadline = take("deadline-ms").as_u64().unwrap_or(DEADLINE_MS);
    let keep_running = take("keep-running").as_bool().unwrap_or(false);
    if interval == Some(0) {
        return Err(invalid("interval-ms", "expected at least 1"));
    }
    if !(1..=LONGEST_DEADLINE_MS).contains(&deadline) {
        return Err(invalid("deadline-ms", format!("expected 1 to {LONGEST_DEADLINE_MS}, got {deadline}")));
    }
    job.with.iter().for_each(|(name, value)| set(&mut start, name, *value));
    let until = call.world.now_ms().saturating_add(deadline);
    let now = call.renewed(until).step(job.start, start)?;
    let id = now[job.id].clone();
    let mut work = Work { call, job, by_id: json!({ (job.key): input[job.key], (job.id): id }), now };
    let mut interval_ms = interval.unwrap_or(FIRST_WAIT_MS);
    let mut asked_ms = call.asked_ms.take();
    let mut bad_looks = 0;
    loop {
        if let Some(end) = work.end() {
            return end;
        }
        if work.by_id[job.id].is_null() {
            return Err(work.without_id());
        }
        let left = until.saturating_sub(call.world.now_ms());
        let wait = interval_ms.max(asked_ms);
        call.world.sleep_ms(wait.min(left));
        if call.world.cancelled() {
            return work.stop(ErrorKind::Cancelled, "the caller gave up".to_owned());
        }
        if wait >= left {
            let message = format!("{} did not end within {deadline} ms", work.title());
            return if keep_running { Err(work.left_alone(message)) } else { work.stop(ErrorKind::TimedOut, message) };
        }
        if interval.is_none() {
            interval_ms = (interval_ms + interval_ms / 2).min(LONGEST_WAIT_MS);
        }
        asked_ms = 0;
        match work.poll(until) {
            Ok(now) => {
                bad_looks = 0;
                work.look(now);
                asked_ms = call.asked_ms.take();
            }
            // The work goes on whether or not it can be asked just now.
            Err(error) if is_passing(&error) => asked_ms = error.retry_after_ms.unwrap_or(0),
            Err(error) if bad_looks < BAD_LOOKS && !is_final(error.kind) => bad_looks += 1,
            Err(error) => return Err(work.about(error)),
        }
    }
}

/// Whether an error says nothing of the work: neither 423 (locked) nor 425 (too early) does.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::TimedOut)
        || matches!(error.status, Some(423 | 425))
}

/// Whether an error is the end of the work, or comes from here, so that the next look would give it again.
fn is_final(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Failed
            | ErrorKind::Cancelled
            | ErrorKind::Denied
            | ErrorKind::Misconfigured
            | ErrorKind::InvalidInput
    )
}

struct Work<'w> {
    call: &'w Call,
    job: &'w Job,
    by_id: Value,
    /// How it stands, as far as is known.
    now: Value,
}

impl Work<'_> {
    fn poll(&self, until: u64) -> Result<Value, Error> {
        self.call.renewed(until).step(self.job.poll, self.by_id.clone())
    }

    /// Takes what a look gave. What only an earlier answer has stays, except how the work stood then.
    fn look(&mut self, now: Value) {
        let before = std::mem::replace(&mut self.now, now);
        if let (Value::Object(before), Value::Object(now)) = (before, &mut self.now) {
            for (name, value) in before {
                if name != self.job.state && now.get(&name).is_none_or(Value::is_null) {
                    now.insert(name, value);
                }
            }
        }
    }

    /// The work was started, and nothing can be asked about it.
    fn without_id(&self) -> Error {
        let Job { start, id, .. } = self.job;
        let title = self.call.api.title;
        let message = format!("{title} answered {start} without {id}: the work can be neither looked at nor cancelled");
        self.known(unclear(message))
    }

    fn title(&self) -> String {
        self.by_id[self.job.id].as_str().unwrap_or_default().to_owned()
    }

    /// What comes out, if it is over.
    fn end(&self) -> Option<Result<Value, Error>> {
        match self.now[self.job.state].as_str() {
            Some(state) if self.job.done.contains(&state) => Some(Ok(self.now.clone())),
            Some(state) if state == self.job.cancelled => {
                let message = format!("{} was cancelled", self.title());
                Some(Err(self.known(fail(ErrorKind::Cancelled, message))))
            }
            Some(state)
                if !self.job.running.contains(&state)
                    && self.job.ended.iter().any(|name| !crate::is_empty(&self.now[*name])) =>
            {
                let title = self.call.api.title;
                let message = format!(
                    "{} has ended as \"{}\", a state that {title} does not document",
                    self.title(),
                    clean(state, 80)
                );
                Some(Err(self.known(unclear(message))))
            }
            _ => None,
        }
    }

    /// Cancels the work. It may have ended before, and then that is what comes out.
    fn stop(&mut self, kind: ErrorKind, message: String) -> Result<Value, Error> {
        let [cancelling, all] = CANCEL_MS.map(|ms| self.call.world.now_ms().saturating_add(ms));
        let id = json!({ (self.job.id): self.by_id[self.job.id] });
        let cancelled = self.call.renewed(cancelling).step(self.job.cancel, id);
        match self.poll(all) {
            Ok(now) => self.look(now),
            Err(error) if error.kind == ErrorKind::Failed => return Err(self.about(error)),
            Err(_) => {}
        }
        match self.end() {
            Some(Err(error)) if error.kind != ErrorKind::Cancelled => return Err(error),
            Some(Ok(result)) => return Ok(result),
            // Cancelled by us, or by somebody else just before.
            Some(Err(_)) => {
                return Err(self.given_up(fail(kind, format!("{message}; {} was cancelled", self.title())), false));
            }
            None => {}
        }
        let message = match cancelled {
            Ok(_) => format!("{message}; cancelling {} was asked for, and it may still end otherwise", self.title()),
            Err(error) => format!("{message}; cancelling {} failed: {}", self.title(), error.message),
        };
        Err(self.given_up(fail(kind, message), true))
    }

    fn left_alone(&self, message: String) -> Error {
        self.given_up(fail(ErrorKind::TimedOut, format!("{message}, and goes on")), true)
    }

    /// A second try would do the work again: that is for the caller to decide.
    fn given_up(&self, error: Error, maybe_done: bool) -> Error {
        let advice = if error.kind == ErrorKind::TimedOut { Advice::ChangeInput } else { error.advice };
        self.known(Error { advice, maybe_done, ..error })
    }

    fn known(&self, error: Error) -> Error {
        Error { details: Some(Node::from(json!({ "result": self.now })).to_json()), ..error }
    }

    /// An error of a step, with the work that it is about.
    fn about(&self, error: Error) -> Error {
        if error.kind == ErrorKind::InvalidInput {
            // The caller's part of the input was good enough for the start; the id came with the answer.
            let message = format!("{} answered an id that is none: {}", self.call.api.title, error.message);
            return self.known(unclear(message));
        }
        match error.details {
            Some(_) => error,
            None => {
                let message = format!("{} (about {}, which was started)", error.message, self.title());
                let advice = if error.kind == ErrorKind::Failed { error.advice } else { Advice::AskPerson };
                self.known(Error { message, advice, maybe_done: true, ..error })
            }
        }
    }
}

/// The work was started, and its answer does not tell how to look at it: a second start may do it twice.
fn unclear(message: String) -> Error {
    Error { maybe_done: true, advice: Advice::AskPerson, ..fail(ErrorKind::Unreadable, message) }
}
