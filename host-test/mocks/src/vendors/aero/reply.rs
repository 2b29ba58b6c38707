//! Answers: the statuses and bodies that the facts document.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

use crate::facts::{Facts, Operation};

pub const JSON: &str = "application/json; charset=utf-8";

/// Messages by the member that they are about, spelled as the vendor's server spells it.
pub type Errors = BTreeMap<String, Vec<String>>;

/// A refusal.
#[derive(Debug)]
pub enum Failure {
    /// A parameter of the path that leads to no record, and why.
    Missing(String, String),
    /// Of a body or a query.
    Invalid(Errors),
    /// Whatever the operation is.
    Status(u16, String),
}

/// Members with what is wrong with them.
pub fn invalid<'a>(members: impl IntoIterator<Item = (&'a str, impl Into<String>)>) -> Failure {
    let mut errors = Errors::new();
    for (member, message) in members {
        errors.entry(pascal(member)).or_default().push(message.into());
    }
    Failure::Invalid(errors)
}

/// `assignedTo` as `AssignedTo`.
pub fn pascal(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The first documented success, with a body if there is one.
pub fn success(operation: Option<&Operation>, value: Value) -> Response {
    let replies = operation.map(|operation| &operation.replies).into_iter().flatten();
    match replies.into_iter().find(|(status, _)| **status < 300) {
        Some((status, Some(_))) => send(*status, JSON, value.to_string()),
        Some((status, None)) => bare(*status),
        None => bare(500),
    }
}

/// With `plain`, what a gateway in front of the application sends instead.
pub fn refusal(facts: &Facts, operation: Option<&Operation>, failure: &Failure, plain: bool) -> Response {
    let documented = |status: &u16| operation.is_some_and(|operation| operation.replies.contains_key(status));
    let (status, message, errors) = match failure {
        Failure::Missing(parameter, message) => {
            let status = [404, 400].into_iter().find(documented).unwrap_or(500);
            (status, message.clone(), Errors::from([(pascal(parameter), vec![message.clone()])]))
        }
        Failure::Invalid(errors) => {
            let lines: Vec<_> =
                errors.iter().map(|(member, messages)| format!("{member}: {}", messages.join(" "))).collect();
            (400, lines.join(" "), errors.clone())
        }
        Failure::Status(status, message) => (*status, message.clone(), Errors::new()),
    };
    if plain && matches!(status, 401 | 403) {
        return send(status, "text/html", format!("<html><body><h1>{status}</h1></body></html>\n"));
    }
    let bodies = [json!({ "errors": errors }), json!({ "message": message })];
    let fits =
        |body: Option<&Value>| operation.is_some_and(|operation| facts.reply(operation, status, body).is_empty());
    let body = match bodies.iter().find(|body| fits(Some(body))) {
        Some(body) => body,
        None if fits(None) => return bare(status),
        None if errors.is_empty() => &bodies[1],
        None => &bodies[0],
    };
    let mut response = send(status, JSON, body.to_string());
    if status == 429 {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

pub fn send(status: u16, kind: &'static str, body: String) -> Response {
    let mut response = bare(status);
    *response.body_mut() = Body::from(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn bare(status: u16) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
