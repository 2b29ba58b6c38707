//! The shapes of an answer: what was asked for as JSON, or problem details as RFC 9457 has them.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

/// An operation's answer; `None` is a success without a body.
pub type Outcome = Result<Option<Value>, Failure>;

/// Messages by the member that they are about.
pub type Errors = BTreeMap<String, Vec<String>>;

/// A refusal.
#[derive(Debug)]
pub struct Failure {
    pub status: u16,
    pub detail: Option<String>,
    /// Of a body or a query that is not valid; empty else.
    pub errors: Errors,
    /// The method that the path has instead.
    pub allow: Option<&'static str>,
}

impl Failure {
    pub fn because(self, detail: impl Into<String>) -> Failure {
        Failure { detail: Some(detail.into()), ..self }
    }
}

pub fn failure(status: u16) -> Failure {
    Failure { status, detail: None, errors: Errors::new(), allow: None }
}

pub fn refused(errors: Errors) -> Failure {
    Failure { errors, ..failure(400) }
}

/// One member is wrong.
pub fn invalid(member: &str, message: impl Into<String>) -> Failure {
    refused(Errors::from([(member.to_owned(), vec![message.into()])]))
}

/// What the vendor's framework says about a value that it cannot use.
pub fn not_valid(value: &Value) -> String {
    match value {
        Value::String(text) => format!("The value '{text}' is not valid."),
        value => format!("The value '{value}' is not valid."),
    }
}

/// Problem details; with `plain`, what a gateway in front of the application sends instead.
pub fn problem(failure: &Failure, path: &str, plain: bool) -> Response {
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or_default();
    if plain && matches!(failure.status, 401 | 403) {
        let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
        return send(failure.status, "text/html", page);
    }
    let title = if failure.errors.is_empty() { reason } else { "One or more validation errors occurred." };
    let mut body = json!({
        "type": "about:blank",
        "title": title,
        "status": failure.status,
        "instance": path,
        "traceId": "00-1f0c2a9be4d7431d8f65b0c1a3e29d74-6b2f0e8d5c1a4937-01",
    });
    if let Some(detail) = &failure.detail {
        body["detail"] = detail.as_str().into();
    }
    if !failure.errors.is_empty() {
        body["errors"] = json!(failure.errors);
    }
    let mut response = send(failure.status, "application/problem+json; charset=utf-8", body.to_string());
    if let Some(method) = failure.allow {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    }
    if failure.status == 429 {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

pub fn send(status: u16, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
