//! A call with its progress on the terminal, and Ctrl-C.

use super::paint::{DIM, RESET};
use outwit::{Advice, Effect, Error, ErrorKind, Operation, Progress, Watch, visible};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shorter calls show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const REFRESH: Duration = Duration::from_millis(200);
/// How long a call may take to cancel what it started.
const GRACE: Duration = Duration::from_secs(10);

/// Waits for a call. On a terminal, one that takes its time shows how far it is, once it has sent something.
///
/// Ctrl-C ends it: a recipe first cancels what it waits for at the vendor, unless Ctrl-C comes again.
pub async fn follow(
    calling: impl Future<Output = Result<String, Error>>,
    operation: &Operation,
    watch: &Watch,
    quiet: bool,
) -> Result<String, Error> {
    tokio::pin!(calling);
    let mut line = Line { shown: false, wanted: !quiet && std::io::stderr().is_terminal(), begun: Instant::now() };
    let mut refresh = tokio::time::interval(REFRESH);
    // Kept from turn to turn: what is pressed between two would else be missed.
    let mut pressed = Box::pin(tokio::signal::ctrl_c());
    // The end, once Ctrl-C was pressed.
    let mut until = None;
    loop {
        tokio::select! {
            done = &mut calling => {
                line.clear();
                return done;
            }
            heard = &mut pressed => {
                pressed = Box::pin(tokio::signal::ctrl_c());
                let begun = watch.progress().requests > 0;
                let waits = begun && operation.method.is_none() && until.is_none() && heard.is_ok();
                if !waits {
                    line.clear();
                    return Err(given_up(operation, &watch.progress()));
                }
                watch.cancel();
                until = Some(Instant::now() + GRACE);
            }
            _ = refresh.tick() => {
                if until.is_some_and(|until| Instant::now() > until) {
                    line.clear();
                    return Err(given_up(operation, &watch.progress()));
                }
                line.show(operation, &watch.progress(), until.is_some());
            }
        }
    }
}

fn given_up(operation: &Operation, progress: &Progress) -> Error {
    let message = format!("{} was given up by Ctrl-C", operation.id);
    let maybe_done = operation.effect != Effect::Read && progress.requests > 0;
    let advice = if maybe_done { Advice::AskPerson } else { Advice::RetryNow };
    let error = Error::new(ErrorKind::Cancelled, advice, message);
    Error { maybe_done, operation: operation.id.clone(), ..error }
}

/// The line on the terminal that tells how far a call is.
struct Line {
    shown: bool,
    wanted: bool,
    begun: Instant,
}

impl Line {
    fn show(&mut self, operation: &Operation, progress: &Progress, cancelling: bool) {
        let passed = self.begun.elapsed();
        if !self.wanted || progress.requests == 0 || passed < PATIENCE && !cancelling {
            return;
        }
        let state = match (&progress.state, cancelling) {
            (_, true) => "cancelling at the vendor (Ctrl-C again leaves at once)",
            (Some(state), false) => &visible(state),
            (None, false) => "waiting",
        };
        let requests = match progress.requests {
            1 => "1 request".to_owned(),
            several => format!("{several} requests"),
        };
        let text = format!("{}: {state}, {} s, {requests}", operation.id, passed.as_secs());
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
