//! A call with its progress on the terminal, and what asks it to end.

use super::signals::Signals;
use super::style::{DIM, RESET};
use outwit::{Advice, CallHandle, Catalogue, Effect, Error, ErrorKind, Operation, Progress, visible};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shorter calls show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const REFRESH: Duration = Duration::from_millis(200);
/// How long a call may take to cancel what it started. Supervisors send SIGKILL ten seconds after SIGTERM.
const GRACE: Duration = Duration::from_secs(8);

/// Waits for a call. On a terminal, one that takes its time shows how far it is, once it has sent something.
///
/// Ctrl-C, SIGTERM and SIGHUP end it. What changes something in several requests is waited for a little: a job cancels the
/// work at the vendor first, and others come to their end. A second signal leaves at once.
pub async fn follow(
    calling: impl Future<Output = Result<String, Error>>,
    operation: &Operation,
    catalogue: &Catalogue,
    watch: &CallHandle,
    quiet: bool,
) -> Result<String, Error> {
    tokio::pin!(calling);
    let mut line = Line { shown: false, wanted: !quiet && std::io::stderr().is_terminal(), begun: Instant::now() };
    let mut refresh = tokio::time::interval(REFRESH);
    let mut signals = Signals::new();
    let several = operation.method.is_none() && operation.effect > Effect::Read;
    let ending = if several && !catalogue.state.is_empty() { CANCELLING } else { ENDING };
    // The end, and what asked for it.
    let mut until: Option<(Instant, &str)> = None;
    loop {
        tokio::select! {
            done = &mut calling => {
                line.clear();
                return done.map_err(|error| match until {
                    Some((_, signal)) if error.kind == ErrorKind::Cancelled => ended(error, operation, signal),
                    _ => error,
                });
            }
            signal = signals.next() => {
                if until.is_some() || !several || watch.progress().requests == 0 {
                    line.clear();
                    return Err(given_up(operation, &watch.progress(), signal));
                }
                watch.cancel();
                until = Some((Instant::now() + GRACE, signal));
            }
            _ = refresh.tick() => {
                if let Some((end, signal)) = until
                    && Instant::now() > end
                {
                    line.clear();
                    return Err(given_up(operation, &watch.progress(), signal));
                }
                line.show(operation, &watch.progress(), until.map(|_| ending));
            }
        }
    }
}

const CANCELLING: &str = "cancelling at the vendor (Ctrl-C again leaves at once)";
const ENDING: &str = "waiting for the end of what was begun (Ctrl-C again leaves at once)";

/// The component's error about a call that was asked to end, in the words of [`given_up`]: what it says tells more, such as what
/// became of the cancellation.
fn ended(error: Error, operation: &Operation, signal: &str) -> Error {
    let more = error.message.strip_prefix("the caller gave up").unwrap_or_default();
    let message = format!("{} was given up by {signal}{more}", operation.id);
    let advice = if error.maybe_done { Advice::AskPerson } else { error.advice };
    Error { message, advice, ..error }
}

fn given_up(operation: &Operation, progress: &Progress, signal: &str) -> Error {
    let message = format!("{} was given up by {signal}", operation.id);
    let maybe_done = operation.effect != Effect::Read && progress.reached;
    let advice = if maybe_done { Advice::AskPerson } else { Advice::RetryNow };
    let error =
        Error { maybe_done, operation: operation.id.clone(), ..Error::new(ErrorKind::Cancelled, advice, message) };
    error.about_work(operation, progress.work.as_deref())
}

/// The line on the terminal that tells how far a call is.
struct Line {
    shown: bool,
    wanted: bool,
    begun: Instant,
}

impl Line {
    fn show(&mut self, operation: &Operation, progress: &Progress, ending: Option<&str>) {
        let passed = self.begun.elapsed();
        if !self.wanted || progress.requests == 0 || passed < PATIENCE && ending.is_none() {
            return;
        }
        let state = match (&progress.state, ending) {
            (_, Some(ending)) => ending,
            (Some(state), None) => &visible(state),
            (None, None) => "waiting",
        };
        let text = format!("{}: {state}, {} s, {}", operation.id, passed.as_secs(), progress.in_words());
        self.write(&format!("\r\x1b[2K{DIM}{text}{RESET}"));
        self.shown = true;
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            self.write("\r\x1b[2K");
        }
    }

    /// Where nobody watches there is nothing to be done about it.
    fn write(&self, text: &str) {
        let mut out = anstream::stderr();
        _ = out.write_all(text.as_bytes());
        _ = out.flush();
    }
}
