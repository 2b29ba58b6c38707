//! Failures as problem details (RFC 9457), with the members of the error record as extensions.

use crate::message::Reply;
use crate::{Advice, Error, ErrorKind};
use outwit_core::words::{ADVICE, ERROR_KINDS};
use serde_json::{Map, Value, json};
use wire::Node;

/// Why a request is not answered as it should be.
#[derive(Debug)]
pub struct Problem {
    pub status: u16,
    pub error: Error,
    /// The step of the operation that failed, where it was one.
    pub step: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    /// One of the gateway's own.
    pub fn new(status: u16, kind: ErrorKind, advice: Advice, message: impl Into<String>) -> Problem {
        let error = Error {
            kind,
            advice,
            message: message.into(),
            operation: String::new(),
            field: None,
            status: None,
            code: None,
            retry_after_ms: None,
            maybe_done: false,
            details: None,
        };
        Problem { status, error, step: None, headers: Vec::new() }
    }

    /// The client has to ask for something else.
    pub fn wrong(status: u16, message: impl Into<String>) -> Problem {
        Problem::new(status, ErrorKind::InvalidInput, Advice::ChangeInput, message)
    }

    /// What an operation failed with: what the error names else is a step of it.
    pub fn of(mut error: Error, operation: &str) -> Problem {
        let failed = std::mem::replace(&mut error.operation, operation.to_owned());
        let step = Some(failed).filter(|failed| !failed.is_empty() && failed != operation);
        Problem { status: status(error.kind), error, step, headers: Vec::new() }
    }

    pub fn about(mut self, field: &str) -> Problem {
        self.error.field = Some(field.to_owned());
        self
    }

    pub fn at(mut self, operation: &str) -> Problem {
        self.error.operation = operation.to_owned();
        self
    }

    pub fn with_details(mut self, details: &Value) -> Problem {
        self.error.details = Some(details.to_string());
        self
    }

    pub fn with(mut self, header: &'static str, value: String) -> Problem {
        self.headers.push((header, value));
        self
    }

    pub fn reply(self) -> Reply {
        let mut reply = reply(self.status, self.record());
        reply.headers.extend(self.headers);
        reply
    }

    /// The error record as JSON, as the host writes it.
    pub fn record(&self) -> Map<String, Value> {
        let mut record = record(&self.error);
        if let Some(step) = &self.step {
            record.insert("step".to_owned(), step.as_str().into());
        }
        record
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Reply {
        problem.reply()
    }
}

/// An error record, as its JSON, as problem details.
pub fn reply(status: u16, mut record: Map<String, Value>) -> Reply {
    let wait = record.get("retry-after-ms").and_then(Value::as_u64);
    // These two have a meaning of their own in a problem: the message is its `detail`, and its `status` is this reply's.
    if let Some(message) = record.remove("message") {
        record.insert("detail".to_owned(), message);
    }
    if let Some(vendors) = record.remove("status") {
        record.insert("vendor-status".to_owned(), vendors);
    }
    record.insert("type".to_owned(), "about:blank".into());
    record.insert("title".to_owned(), phrase(status).into());
    record.insert("status".to_owned(), status.into());
    let mut reply = Reply::typed(status, "application/problem+json", Value::Object(record).to_string().into_bytes());
    if let Some(wait) = wait {
        reply.headers.push(("retry-after", wait.div_ceil(1000).to_string()));
    }
    reply
}

fn record(error: &Error) -> Map<String, Value> {
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| _ = record.insert(name.to_owned(), value);
    put("kind", ERROR_KINDS[error.kind as usize].into());
    put("advice", ADVICE[error.advice as usize].into());
    put("message", error.message.as_str().into());
    put("operation", error.operation.as_str().into());
    put("maybe-done", error.maybe_done.into());
    if let Some(field) = &error.field {
        put("field", field.as_str().into());
    }
    if let Some(status) = error.status {
        put("status", status.into());
    }
    if let Some(code) = &error.code {
        put("code", code.as_str().into());
    }
    if let Some(wait) = error.retry_after_ms {
        put("retry-after-ms", wait.into());
    }
    if let Some(details) = &error.details {
        put("details", Node::parse(details.as_bytes()).map_or_else(|_| json!(details), Node::into_value));
    }
    record
}

/// The status for a kind.
pub fn status(kind: ErrorKind) -> u16 {
    status_of(ERROR_KINDS[kind as usize])
}

/// The status for a kind, by its word.
///
/// A vendor that does not know its own credential is no reason for 401: that would say that the caller's token is wrong.
pub fn status_of(kind: &str) -> u16 {
    match kind {
        "invalid-input" | "rejected" => 422,
        "denied" | "forbidden" => 403,
        "not-found" => 404,
        "ambiguous" | "conflict" | "cancelled" => 409,
        "rate-limited" => 429,
        "unauthenticated" | "unreadable" | "failed" | "incomplete" => 502,
        "unavailable" => 503,
        "timed-out" => 504,
        _ => 500,
    }
}

/// The words for a status (RFC 9110).
fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    }
}
