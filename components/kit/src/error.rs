//! Errors: the one record of `outwit:plugin/types`, and how it is made.

use crate::types::{Advice, Error, ErrorKind};
use std::fmt;

impl ErrorKind {
    /// What to do about an error of this kind, unless something better is known.
    pub(crate) fn advice(self) -> Advice {
        match self {
            ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::Ambiguous
            | ErrorKind::Conflict
            | ErrorKind::Rejected => Advice::ChangeInput,
            ErrorKind::Misconfigured
            | ErrorKind::Denied
            | ErrorKind::Unauthenticated
            | ErrorKind::Forbidden
            | ErrorKind::Incomplete => Advice::AskPerson,
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::TimedOut => Advice::RetryLater,
            ErrorKind::Unreadable | ErrorKind::Failed | ErrorKind::Cancelled => Advice::GiveUp,
        }
    }
}

/// An error of a kind, with the kind's own advice.
pub fn fail(kind: ErrorKind, message: impl Into<String>) -> Error {
    Error {
        kind,
        advice: kind.advice(),
        message: message.into(),
        operation: String::new(),
        field: None,
        status: None,
        code: None,
        retry_after_ms: None,
        maybe_done: false,
        details: None,
    }
}

/// A record of which nothing is given, for the rest of a struct expression; see [`crate::wire::blank`].
pub fn blank<T: for<'v> serde::Deserialize<'v>>() -> Result<T, Error> {
    crate::wire::blank().map_err(|fault| fail(ErrorKind::InvalidInput, fault.to_string()))
}

/// The caller's input is at fault at `field`, such as `limit`.
pub fn invalid(field: &str, expected: impl fmt::Display) -> Error {
    let field = format!("input.{field}");
    Error { field: Some(field.clone()), ..fail(ErrorKind::InvalidInput, format!("{field}: {expected}")) }
}

pub(crate) fn misconfigured(setting: &str, problem: impl fmt::Display) -> Error {
    Error {
        field: Some(setting.to_owned()),
        ..fail(ErrorKind::Misconfigured, format!("the setting {setting} {problem}"))
    }
}

/// What is wrong with a parameter, by the vendor's name for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The parameter, as the vendor spells it.
    pub field: String,
    /// What was expected.
    pub expected: String,
}

impl Problem {
    /// A parameter and what was expected of it.
    pub fn new(field: impl Into<String>, expected: impl Into<String>) -> Problem {
        Problem { field: field.into(), expected: expected.into() }
    }
}
