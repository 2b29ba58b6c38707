//! Requests and replies of the gateway's code, which knows no sockets, as those of this server.

use axum::body::Body;
use axum::response::Response;
use gateway::message::{Reply, Request};
use gateway::problem;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use outwit::Error;
use serde_json::Value;

/// A request without its body.
pub(crate) fn to_gateway(parts: &Parts) -> Request {
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    Request::of(parts.method.as_str(), target, headers.collect())
}

pub(crate) fn of_gateway(Reply { status, headers, body }: Reply) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// An error as problem details, as the gateway writes them.
pub(crate) fn problem(status: u16, error: &Error) -> Reply {
    let record = match serde_json::to_value(error) {
        Ok(Value::Object(record)) => record,
        _ => [("message".to_owned(), Value::from(error.message.as_str()))].into_iter().collect(),
    };
    problem::reply(status, record)
}

/// As [`problem`], with the status of its kind.
pub(crate) fn failed(error: &Error) -> Reply {
    problem(problem::status_of(error.kind.as_str()), error)
}
