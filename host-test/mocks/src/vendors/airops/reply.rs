//! Answers: JSON, nothing, or `{"error": "…"}`, which is the vendor's only shape of a refusal.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

/// A refusal: the status and the text of `error`.
#[derive(Debug)]
pub struct Failure {
    pub status: StatusCode,
    pub message: String,
}

pub fn failure(status: StatusCode, message: impl Into<String>) -> Failure {
    Failure { status, message: message.into() }
}

pub fn bad_request(message: impl Into<String>) -> Failure {
    failure(StatusCode::BAD_REQUEST, message)
}

/// Unknown ids and those of another workspace look the same, and so do unknown paths.
pub fn not_found(what: &str) -> Failure {
    failure(StatusCode::NOT_FOUND, format!("{what} not found"))
}

/// As the vendor words a missing input.
pub fn blank(name: &str) -> Failure {
    bad_request(format!("{name} can't be blank"))
}

pub fn refuse(failure: &Failure) -> Response {
    send(failure.status, &json!({ "error": failure.message }))
}

pub fn ok(body: &Value) -> Response {
    send(StatusCode::OK, body)
}

pub fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn send(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
