//! Answers: JSON, nothing, or a refusal, which is `{"error": "…"}` in `public` and `{"error": "word", "message": "…"}` in `v1`.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::Dialect;

/// A refusal.
#[derive(Debug)]
pub struct Failure {
    pub status: StatusCode,
    /// For programs.
    pub word: &'static str,
    /// For people.
    pub message: String,
    pub header: Option<(HeaderName, HeaderValue)>,
}

pub fn failure(status: StatusCode, word: &'static str, message: impl Into<String>) -> Failure {
    Failure { status, word, message: message.into(), header: None }
}

pub fn bad_request(message: impl Into<String>) -> Failure {
    failure(StatusCode::BAD_REQUEST, "bad_request", message)
}

pub fn unauthorized() -> Failure {
    failure(StatusCode::UNAUTHORIZED, "unauthorized", "Invalid or missing access token")
}

pub fn unavailable(message: &str) -> Failure {
    failure(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
}

/// Unknown ids and those of another workspace look the same.
pub fn not_found(what: &str) -> Failure {
    failure(StatusCode::NOT_FOUND, "not_found", format!("{what} not found"))
}

/// As the vendor words a missing input.
pub fn blank(name: &str) -> Failure {
    bad_request(format!("{name} can't be blank"))
}

pub fn refuse(dialect: Dialect, failure: &Failure) -> Response {
    let Failure { status, word, message, header } = failure;
    let (status, body) = match dialect {
        // Its document has no 404.
        Dialect::V1 if *status == StatusCode::NOT_FOUND => {
            (StatusCode::BAD_REQUEST, json!({ "error": word, "message": message }))
        }
        Dialect::V1 => (*status, json!({ "error": word, "message": message })),
        Dialect::Public => (*status, json!({ "error": message })),
    };
    let mut response = send(status, "application/json", body.to_string());
    response.headers_mut().extend(header.clone());
    response
}

/// The page of a server that has nothing there.
pub fn unknown_address() -> Response {
    let page = "<html><body>The page you were looking for doesn't exist.</body></html>";
    send(StatusCode::NOT_FOUND, "text/html; charset=utf-8", page.to_owned())
}

pub fn ok(body: &Value) -> Response {
    send(StatusCode::OK, "application/json", body.to_string())
}

pub fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn send(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
