//! Executions. What state one is in follows from the time alone: nothing has to happen for it to move on.

use serde_json::{Map, Value, json};

use super::apps::App;
use super::reply::{Failure, bad_request};

/// How much longer a run takes that does not care about its cancellation.
const STUBBORN_FOR: u64 = 300;

/// The first integer id; the handles of the seed dialect count along.
const FIRST_NUMBER: u64 = 90_121;
const FIRST_HANDLE: u64 = 0x7d41;

/// What was run the day before the server started: a workflow, an agent, an app, a workflow that goes on, and one that failed.
pub const EARLIER: [&str; 5] = ["wf_abc123", "agt_xyz789", "412", "wf_research_001", "wf_broken"];

/// What a run is asked to do.
#[derive(Default)]
pub struct Order {
    pub inputs: Map<String, Value>,
    pub output: Value,
    /// What a stream spells out.
    pub text: String,
    pub version_id: u64,
    pub session: Option<Session>,
}

/// The conversation that a run is a turn of.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub conversation: u64,
}

pub struct Run {
    /// The place of its app in the list.
    pub app: usize,
    /// The vendor's row id.
    pub number: u64,
    pub uuid: String,
    /// The seed dialect's id, `exec_…`.
    pub handle: String,
    pub order: Order,
    pub created: u64,
    /// Later than `created` if it was retried.
    begun: u64,
    states: Vec<(String, u64)>,
    ending: String,
    stubborn: bool,
    cancelled: Option<u64>,
    pub feedback: Option<String>,
}

impl Run {
    /// The `count`th run of the server, of which the first [`EARLIER`] were there at its start, so that every server gives the
    /// same ids.
    pub fn new(count: usize, app: usize, of: &App, order: Order, now: u64) -> Run {
        let count = count as u64;
        let number = FIRST_NUMBER + count - EARLIER.len() as u64;
        Run {
            app,
            number,
            uuid: uuid(number),
            handle: format!("exec_{:x}", FIRST_HANDLE + count - EARLIER.len() as u64),
            order,
            created: now,
            begun: now,
            states: of.states.clone(),
            ending: of.ending.clone(),
            stubborn: of.stubborn,
            cancelled: None,
            feedback: None,
        }
    }

    /// Any of its ids will do, in either dialect.
    pub fn is_called(&self, id: &str) -> bool {
        self.handle == id || self.uuid == id || self.number.to_string() == id
    }

    pub fn ends(&self) -> u64 {
        let end = self.states.iter().fold(self.begun, |time, (_, length)| time.saturating_add(*length));
        match self.cancelled {
            Some(at) if self.stubborn => end.min(at.saturating_add(STUBBORN_FOR)),
            Some(at) => at,
            None => end,
        }
    }

    pub fn has_ended(&self, now: u64) -> bool {
        now >= self.ends()
    }

    /// The vendor's word for the state at `now`, and since when it is in it.
    pub fn state(&self, now: u64) -> (&str, u64) {
        if self.has_ended(now) {
            let word = if self.cancelled.is_some() && !self.stubborn { "cancelled" } else { &self.ending };
            return (word, self.ends());
        }
        let mut since = self.begun;
        for (word, length) in &self.states {
            let until = since.saturating_add(*length);
            if now < until {
                return (word, since);
            }
            since = until;
        }
        (&self.ending, since)
    }

    pub fn status(&self, now: u64) -> &str {
        self.state(now).0
    }

    /// A state that no run leaves by itself. A review ends with a person's decision, which no API can take.
    pub fn is_final(&self, now: u64) -> bool {
        matches!(self.status(now), "success" | "error" | "cancelled")
    }

    /// What it put out, or null if it did not succeed yet. The vendor names the session of an agent's answer.
    pub fn output(&self, now: u64, with_session: bool) -> Value {
        if self.status(now) != "success" {
            return Value::Null;
        }
        let mut output = self.order.output.clone();
        if let (Value::Object(fields), Some(session), true) = (&mut output, &self.order.session, with_session) {
            fields.insert("session_id".into(), json!(session.id));
        }
        output
    }

    /// Whole seconds; none while it runs.
    pub fn runtime(&self, now: u64) -> Option<u64> {
        self.is_final(now).then(|| self.ends().saturating_sub(self.begun) / 1000)
    }

    /// When the piece at `index` of `count` is spelled out: spread evenly over the time after the first state, in which
    /// nothing works on the run yet.
    pub fn due(&self, index: usize, count: usize) -> u64 {
        let waiting = self.states.first().map_or(0, |(_, length)| *length);
        let starts = self.begun.saturating_add(waiting).min(self.ends());
        let share = u128::from(self.ends() - starts) * (index as u128 + 1) / (count as u128 + 1);
        starts.saturating_add(u64::try_from(share).unwrap_or(u64::MAX))
    }

    /// It stops at once, unless it is stubborn; then it ends a little later as if nothing had been said.
    pub fn cancel(&mut self, now: u64) -> Result<(), Failure> {
        let status = self.status(now);
        if !matches!(status, "pending" | "running") {
            return Err(bad_request(format!("An execution in the state {status} can't be cancelled")));
        }
        if self.cancelled.is_some() {
            return Err(bad_request("The execution is being cancelled already"));
        }
        self.cancelled = Some(now);
        Ok(())
    }

    /// Resumes with the step that failed, which succeeds this time.
    pub fn retry(&mut self, now: u64) -> Result<(), Failure> {
        let status = self.status(now);
        if status != "error" {
            return Err(bad_request(format!("An execution in the state {status} can't be retried")));
        }
        self.states.retain(|(word, _)| word == "running");
        self.ending = "success".into();
        self.begun = now;
        self.cancelled = None;
        Ok(())
    }

    pub fn rate(&mut self, now: u64, feedback: &str) -> Result<(), Failure> {
        if !matches!(feedback, "positive" | "neutral" | "negative") {
            return Err(bad_request("feedback must be positive, neutral or negative"));
        }
        let status = self.status(now);
        if status != "success" {
            return Err(bad_request(format!("An execution in the state {status} can't be rated")));
        }
        self.feedback = Some(feedback.to_owned());
        Ok(())
    }
}

/// Looks like a random one, and is the same for the same number.
pub fn uuid(number: u64) -> String {
    // The mixing function of SplitMix64.
    let mix = |seed: u64| {
        let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let (high, low) = (mix(number * 2 + 1), mix(number * 2 + 2));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        0x8000 | low >> 48 & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}
