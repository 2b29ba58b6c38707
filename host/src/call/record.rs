//! The last step of a call: what the audit log and the program's log tell of it.

use super::{CallRequest, Resolved};
use crate::audit::{Audit, Entry};
use crate::call_handle::CallHandle;
use crate::catalogue::{Effect, Operation};
use crate::config::DEFAULT as DEFAULT_ACCOUNT;
use crate::{Advice, Error, ErrorKind};
use std::time::Instant;
use tracing::Span;

/// What the audit log calls the start of a call that may change something.
const STARTED: &str = "started";

/// A call under way. Whoever drops it waits no longer; what it sent is written down all the same.
pub(crate) struct Record<'r> {
    /// None once the call has come to its end.
    audit: Option<&'r Audit>,
    request: CallRequest<'r>,
    watch: &'r CallHandle,
    begun: Instant,
    pub span: Span,
}

impl<'r> Record<'r> {
    pub fn begin(audit: Option<&'r Audit>, request: CallRequest<'r>, watch: &'r CallHandle) -> Record<'r> {
        let span = tracing::info_span!(
            target: "outwit",
            "call",
            operation = request.id,
            account = request.account.unwrap_or(DEFAULT_ACCOUNT),
            effect = request.operation.map(|resolved| resolved.operation().effect.as_str()),
            outcome = tracing::field::Empty,
        );
        Record { audit, request, watch, begun: Instant::now(), span }
    }

    /// Writes down that a call begins which may change something. Where it cannot be written down, nothing is changed.
    pub fn started(&self) -> Result<(), Error> {
        match self.audit.filter(|_| self.changes()) {
            Some(audit) => audit.write(&self.entry(STARTED, None)).map_err(|problem| problem.at(self.request.id)),
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
        match (written, result, self.operation()) {
            // Who keeps a log must be able to rely on it.
            (Err(problem), Ok(output), Some(operation)) => Err(Error::carried_out(operation, &output, &problem)),
            (Err(problem), result, _) => {
                tracing::warn!(target: "outwit", %problem, "audit");
                result
            }
            (Ok(()), result, _) => result,
        }
    }

    /// Writes down why a call was refused, and gives that.
    pub fn refused(self, error: Error) -> Error {
        self.ended(Err(error.clone())).err().unwrap_or(error)
    }

    fn operation(&self) -> Option<&'r Operation> {
        self.request.operation.map(Resolved::operation)
    }

    /// Whether the call may change something.
    fn changes(&self) -> bool {
        self.operation().is_some_and(|operation| operation.effect > Effect::Read)
    }

    fn entry<'e>(&'e self, outcome: &'static str, error: Option<&'e Error>) -> Entry<'e> {
        Entry {
            account: self.request.account.unwrap_or(DEFAULT_ACCOUNT),
            operation: self.request.id,
            effect: self.operation().map(|operation| operation.effect),
            input: self.request.input,
            outcome,
            error,
            attempts: self.watch.progress().requests,
            duration: self.begun.elapsed(),
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let Some(audit) = self.audit.take().filter(|_| self.watch.progress().requests > 0) else { return };
        let gone = Error::new(ErrorKind::Cancelled, Advice::AskPerson, "nobody waited for the outcome");
        let maybe_done = self.changes() && self.watch.progress().reached;
        let gone = Error { maybe_done, ..gone };
        if let Err(problem) = audit.write(&self.entry(ErrorKind::Cancelled.as_str(), Some(&gone))) {
            tracing::warn!(target: "outwit", %problem, "audit");
        }
    }
}
