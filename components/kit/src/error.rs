//! Errors: the one record of `outwit:plugin/types`, and how it is made.

use crate::types::{Advice, Error, ErrorKind};
use crate::wire::Node;
use outwit_core::words::ERROR_KINDS;
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

/// The kind's word in WIT.
pub(crate) fn word(kind: ErrorKind) -> &'static str {
    ERROR_KINDS.get(kind as usize).copied().unwrap_or_default()
}

/// The error as a value in WIT's spelling, with its enumerations by number.
pub(crate) fn value(error: &Error) -> Node<'_> {
    let number = |number: Option<u64>| number.map(|number| Node::Number(number.into())).unwrap_or_default();
    let details = error.details.as_ref().and_then(|text| Node::parse(text.as_bytes()).ok());
    let members = [
        ("kind", number(Some(error.kind as u64))),
        ("advice", number(Some(error.advice as u64))),
        ("message", (&*error.message).into()),
        ("operation", (&*error.operation).into()),
        ("field", optional(&error.field)),
        ("status", number(error.status.map(u64::from))),
        ("code", optional(&error.code)),
        ("retry-after-ms", number(error.retry_after_ms)),
        ("maybe-done", Node::Bool(error.maybe_done)),
        ("details", details.unwrap_or_default()),
    ];
    Node::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn optional(text: &Option<String>) -> Node<'_> {
    text.as_deref().map(Node::from).unwrap_or_default()
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
pub struct FieldError {
    /// The parameter, as the vendor spells it.
    pub field: String,
    /// What was expected.
    pub expected: String,
}

impl FieldError {
    /// A parameter and what was expected of it.
    pub fn new(field: impl Into<String>, expected: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), expected: expected.into() }
    }
}
