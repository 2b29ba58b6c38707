//! The two shapes of an answer: the envelope of `/api` and the RFC 6749 errors of `/oauth2`.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Map, Value, json};

use super::request::Call;

const MORE_INFO: &str = "https://api.accelo.com/docs/#status-codes";
/// The vendor prints this one without a scheme.
const MORE_ABOUT_LIMITS: &str = "api.accelo.com/docs/#rate-limiting";

/// An operation's answer; `None` leaves the key `response` out of the envelope.
pub type Outcome = Result<Option<Value>, Failure>;

/// A refusal, in the vendor's words.
#[derive(Clone, Debug)]
pub struct Failure {
    pub http: u16,
    pub status: &'static str,
    pub message: String,
    /// Seconds; only the lockout names them.
    pub retry_after: Option<u32>,
}

pub fn failure(http: u16, status: &'static str, message: impl Into<String>) -> Failure {
    Failure { http, status, message: message.into(), retry_after: None }
}

/// A bad parameter, and also an id that does not exist: the vendor has no 404.
pub fn invalid(message: impl Into<String>) -> Failure {
    failure(400, "invalid_request", message)
}

pub fn forbidden(message: impl Into<String>) -> Failure {
    failure(403, "invalid_permission", message)
}

/// Wraps an outcome as `/api` does, obeying the suppression switches.
pub fn envelope(call: &Call, outcome: Outcome) -> Response {
    let (code, status, message) = match &outcome {
        Ok(_) => (200, "ok", "Everything executed as expected."),
        Err(failure) => (failure.http, failure.status, failure.message.as_str()),
    };
    let mut meta = Map::new();
    meta.insert("status".into(), status.into());
    if !call.switch("_suppress_message") {
        meta.insert("message".into(), message.into());
        meta.insert("more_info".into(), if code == 429 { MORE_ABOUT_LIMITS } else { MORE_INFO }.into());
    }
    let hide_status = call.switch("_suppress_http_status");
    if hide_status {
        meta.insert("response_code".into(), code.into());
    }
    let mut body = Map::new();
    // This one is documented without its envelope.
    if code == 429 {
        body = meta;
    } else if !call.switch("_suppress_meta") {
        body.insert("meta".into(), meta.into());
    }
    match &outcome {
        Ok(Some(value)) => drop(body.insert("response".into(), value.clone())),
        Err(failure) if failure.http != 429 => drop(body.insert("response".into(), Value::Null)),
        _ => {}
    }
    let mut response = send(if hide_status { 200 } else { code }, "application/json", Value::Object(body).to_string());
    if let Err(failure) = &outcome {
        name_retry(&mut response, failure);
        // A message can quote the caller, and not all text fits into a header.
        if let Ok(reason) = HeaderValue::from_str(&failure.message) {
            response.headers_mut().insert("x-status-reason", reason);
        }
    }
    response
}

/// The error shape of the OAuth endpoints.
pub fn oauth_error(failure: &Failure) -> Response {
    let body = json!({ "error": failure.status, "error_description": failure.message });
    let mut response = send(failure.http, "application/json", body.to_string());
    name_retry(&mut response, failure);
    response
}

fn name_retry(response: &mut Response, failure: &Failure) {
    if let Some(seconds) = failure.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
}

pub fn send(status: u16, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
