//! Why a request got no answer, in words for people: what the codes of `wasi:http` have no room for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime_wasi_http::Error;

/// Why a request got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// Which host, and what is wrong there.
    pub message: String,
    pub outlook: Outlook,
}

/// What another try would bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// It may go better.
    Passing,
    /// The same, until a person changes something. Nothing was sent.
    Lasting,
    /// An answer came that cannot be understood.
    Unreadable,
}

impl Reason {
    pub fn new(outlook: Outlook, message: impl Into<String>) -> Reason {
        Reason { message: message.into(), outlook }
    }
}

/// What the client finds out about the requests of one call. It goes with each of them, among the request's extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contact(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    /// Of the last request, where it got no answer.
    reason: Option<Reason>,
    /// The address where no request of this call will get one, and with what it ends.
    closed: Option<(String, fn() -> Error)>,
}

impl Contact {
    /// Notes that a request got an answer.
    pub fn answered(&self) {
        self.found().reason = None;
    }

    /// Notes why a request to an address got none.
    pub fn failed(&self, to: &str, problem: &Error, reason: Option<Reason>) {
        let mut found = self.found();
        if reason.as_ref().is_some_and(|reason| reason.outlook == Outlook::Lasting) {
            let again: fn() -> Error = match problem {
                Error::DnsError { .. } => || Error::DnsError { rcode: None, info_code: None },
                Error::TlsCertificateError => || Error::TlsCertificateError,
                _ => || Error::DestinationUnavailable,
            };
            found.closed = Some((to.to_owned(), again));
        }
        found.reason = reason;
    }

    /// Why the last request got no answer.
    pub fn reason(&self) -> Option<Reason> {
        self.found().reason.clone()
    }

    /// How a request to this address ends, where an earlier one failed for good: another try could only lock an account.
    pub fn closed(&self, to: &str) -> Option<Error> {
        self.found().closed.as_ref().filter(|(closed, _)| closed == to).map(|(_, again)| again())
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
