//! The last step of a call: what the audit log and the program's log tell of it.

use super::Call;
use crate::audit::{Audit, Entry};
use crate::catalogue::{Effect, Operation};
use crate::{Advice, Error, ErrorKind};
use std::time::Instant;
use tracing::Span;

/// What the audit log calls the start of a call that may change something.
const STARTED: &str = "started";

/// A call under way. Whoever drops it waits no longer; what it sent is written down all the same.
pub(crate) struct Record<'r> {
    /// None once the call has come to its end.
    audit: Option<&'r Audit>,
    account: &'r str,
    call: Call<'r>,
    begun: Instant,
    pub span: Span,
}

impl<'r> Record<'r> {
    pub fn begin(audit: Option<&'r Audit>, account: &'r str, call: Call<'r>) -> Record<'r> {
        let operation = call.operation.operation();
        let span = tracing::info_span!(
            target: "outwit",
            "call",
            operation = operation.id,
            account,
            effect = operation.effect.as_str(),
            outcome = tracing::field::Empty,
        );
        Record { audit, account, call, begun: Instant::now(), span }
    }

    /// Writes down that a call begins which may change something. Where it cannot be written down, nothing is changed.
    pub fn started(&self) -> Result<(), Error> {
        match self.audit.filter(|_| self.operation().effect > Effect::Read) {
            Some(audit) => audit.write(&self.entry(STARTED, None)).map_err(|problem| problem.at(&self.operation().id)),
            None => Ok(()),
        }
    }

    /// Writes down how a call ended, and gives that.
    pub fn ended(mut self, result: Result<String, Error>) -> Result<String, Error> {
        let audit = self.audit.take();
        let outcome = result.as_ref().map_or_else(|error| error.kind.as_str(), |_| "ok");
        self.span.record("outcome", outcome);
        tracing::info!(target: "outwit", parent: &self.span, ms = self.begun.elapsed().as_millis() as u64, "called");
        let written = audit.map_or(Ok(()), |audit| audit.write(&self.entry(outcome, result.as_ref().err())));
        match (written, result) {
            // Who keeps a log must be able to rely on it.
            (Err(problem), Ok(output)) => Err(Error::carried_out(self.operation(), &output, &problem)),
            (Err(problem), result) => {
                tracing::warn!(target: "outwit", %problem, "audit");
                result
            }
            (Ok(()), result) => result,
        }
    }

    fn operation(&self) -> &'r Operation {
        self.call.operation.operation()
    }

    fn entry<'e>(&'e self, outcome: &'static str, error: Option<&'e Error>) -> Entry<'e> {
        Entry {
            account: self.account,
            operation: self.operation(),
            input: self.call.input,
            outcome,
            error,
            attempts: self.call.watch.progress().requests,
            duration: self.begun.elapsed(),
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let Some(audit) = self.audit.take().filter(|_| self.call.watch.progress().requests > 0) else { return };
        let gone = Error::new(ErrorKind::Cancelled, Advice::AskPerson, "nobody waited for the outcome");
        let maybe_done = self.operation().effect > Effect::Read && self.call.watch.progress().reached;
        let gone = Error { maybe_done, ..gone };
        if let Err(problem) = audit.write(&self.entry(ErrorKind::Cancelled.as_str(), Some(&gone))) {
            tracing::warn!(target: "outwit", %problem, "audit");
        }
    }
}
