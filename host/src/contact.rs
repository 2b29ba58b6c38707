//! Why a request got no answer, in words for people: what the codes of `wasi:http` have no room for.

use std::sync::{Arc, Mutex, PoisonError};

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
    /// The address where no request of this call will get one.
    closed: Option<String>,
}

impl Contact {
    /// Notes how a request to an address ended.
    pub fn note(&self, to: &str, reason: Option<Reason>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reason.as_ref().is_some_and(|reason| reason.outlook == Outlook::Lasting) {
            found.closed = Some(to.to_owned());
        }
        found.reason = reason;
    }

    /// Why the last request got no answer.
    pub fn reason(&self) -> Option<Reason> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).reason.clone()
    }

    /// Whether an earlier request to this address failed for good: another try could only lock an account.
    pub fn is_closed(&self, to: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).closed.as_deref() == Some(to)
    }
}
