//! What a request over HTTP goes through before the SDK has it: messages are read as on standard input, and clients that accept
//! less than both forms of an answer get the one that they accept.

use super::consent::OnlyAnswers;
use super::pipes::{ASKED, UNKNOWN_PROTOCOL, understood};
use super::sessions::Sessions;
use crate::body;
use axum::Error;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use gateway::message::NoBody;
use http_body_util::BodyExt;
use outwit_core::ids::restored;
use outwit_core::received::{LAST_WITH_BATCHES, NO_JSON, NO_REQUEST, Received, received, refusal};
use rmcp::model::ClientJsonRpcMessage;
use serde_json::Value;
use std::sync::Arc;

/// The largest message, as on standard input.
pub(crate) const LARGEST: usize = 16 << 20;

/// Both forms, as the SDK asks for them.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const STREAM: &str = "text/event-stream";
const JSON: &str = "application/json";

/// The middleware.
pub(crate) async fn door(State(sessions): State<Arc<Sessions>>, mut request: Request, next: Next) -> Response {
    if request.version() == Version::HTTP_10 && !request.headers().contains_key(HOST) {
        // HTTP/1.0 has no such header, and a browser always sends it.
        request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
    }
    let headers = request.headers();
    if *request.method() == Method::GET {
        let session = header(headers, "mcp-session-id").and_then(|session| sessions.version(session));
        let lost = header(headers, "last-event-id").is_some_and(|event| !sessions.events().has(event));
        if session.is_some() && lost {
            let message = "Last-Event-ID: this event is not known, or no longer kept";
            return answer(StatusCode::BAD_REQUEST, &refusal(&Value::Null, NO_REQUEST, message));
        }
        if accepts(headers, STREAM) {
            request.headers_mut().insert(ACCEPT, BOTH);
        }
    }
    if *request.method() != Method::POST {
        return with_ids(next.run(request).await).await;
    }
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        // The SDK says so.
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    let body = match body::read(body, LARGEST, body::WITHIN).await {
        Ok(body) => body,
        Err(problem) => return unread(problem),
    };
    match received(&body) {
        Received::Batch(many) => batch(&sessions, &parts, many, &next).await,
        one => with_ids(single(&sessions, &parts, one, !accepts(&parts.headers, STREAM), &next).await).await,
    }
}

/// The answer to a message that did not come to its end.
fn unread(problem: NoBody) -> Response {
    let (status, message) = match problem {
        NoBody::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, format!("a message has at most {LARGEST} bytes")),
        NoBody::Broken => (StatusCode::BAD_REQUEST, "the message ended before its end".to_owned()),
        NoBody::TooLate => (StatusCode::REQUEST_TIMEOUT, "the message did not come in time".to_owned()),
    };
    let mut answer = answer(status, &refusal(&Value::Null, NO_REQUEST, message));
    if status == StatusCode::REQUEST_TIMEOUT {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// The answer to one message, with the id that went through the program.
async fn single(sessions: &Sessions, parts: &Parts, one: Received, only_answers: bool, next: &Next) -> Response {
    let message = match one {
        Received::Message(message) => message,
        Received::Refused(refusal) => {
            let code = refusal["error"]["code"].as_i64().unwrap_or_default();
            let unread = [NO_JSON, NO_REQUEST].map(i64::from).contains(&code);
            return answer(if unread { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &refusal);
        }
        Received::Ignored | Received::Batch(_) => return StatusCode::ACCEPTED.into_response(),
    };
    let id = message.get("id").filter(|_| message.get("method").is_some()).cloned();
    let coming = match understood(message.clone()) {
        Ok(ClientJsonRpcMessage::Request(request)) => {
            let session =
                header(&parts.headers, "mcp-session-id").filter(|session| sessions.version(session).is_some());
            session.map(|session| sessions.take(session, request.id))
        }
        Ok(_) => None,
        Err(Some(refusal)) => return answer(StatusCode::BAD_REQUEST, &refusal),
        Err(None) => return StatusCode::ACCEPTED.into_response(),
    };
    if matches!(coming, Some(None)) {
        return answer(StatusCode::BAD_REQUEST, &refusal(&id.unwrap_or_default(), NO_REQUEST, ASKED));
    }
    let body = Bytes::from(message.to_string());
    let mut request = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let headers = request.headers_mut();
    headers.insert(CONTENT_LENGTH, body.len().into());
    headers.insert(ACCEPT, BOTH);
    if only_answers {
        request.extensions_mut().insert(OnlyAnswers);
    }
    let response = next.clone().run(request).await;
    drop(coming);
    let Some(id) = id else { return response };
    if response.status().is_client_error() || response.status().is_server_error() {
        return explained(response, &id).await;
    }
    if only_answers && has_type(response.headers(), STREAM) { collapsed(response, &id).await } else { response }
}

/// The answers to a batch, which belongs to a protocol without a version in its headers.
async fn batch(sessions: &Sessions, parts: &Parts, many: Vec<Received>, next: &Next) -> Response {
    let headers = &parts.headers;
    let agreed = header(headers, "mcp-session-id").and_then(|session| sessions.version(session));
    let version = agreed.or_else(|| header(headers, "mcp-protocol-version").map(str::to_owned));
    if version.is_some_and(|version| *version > *LAST_WITH_BATCHES) {
        let message = format!("expected one message: batches ended with {LAST_WITH_BATCHES}");
        return answer(StatusCode::BAD_REQUEST, &refusal(&Value::Null, NO_REQUEST, message));
    }
    let mut answers: Vec<Value> = Vec::new();
    for one in many {
        let alone = match &one {
            Received::Message(message) if message["method"] == "initialize" => {
                Some(refusal(&message["id"], NO_REQUEST, "initialize comes alone, in no batch"))
            }
            _ => None,
        };
        let response = single(sessions, parts, alone.map_or(one, Received::Refused), true, next).await;
        let (status, body) = (response.status(), response.into_body());
        match to_bytes(body, usize::MAX).await.ok().and_then(|body| serde_json::from_slice(&body).ok()) {
            Some(answer) => answers.push(answer),
            None if status == StatusCode::ACCEPTED => {}
            None => return status.into_response(),
        }
    }
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    with_ids(answer(StatusCode::OK, &answers.into())).await
}

/// A response whose answers have the ids that the client gave.
async fn with_ids(response: Response) -> Response {
    if has_type(response.headers(), STREAM) {
        return response.map(|body| Body::from_stream(unfold((body, Vec::new()), with_ids_of_events)));
    }
    if !has_type(response.headers(), JSON) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let body = restored(String::from_utf8_lossy(&body).into_owned());
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    Response::from_parts(parts, Body::from(body))
}

/// The next lines of a stream of events, and what follows them.
async fn with_ids_of_events((mut body, mut rest): (Body, Vec<u8>)) -> Option<(Result<Bytes, Error>, (Body, Vec<u8>))> {
    loop {
        let frame = match body.frame().await {
            Some(Ok(frame)) => frame,
            Some(Err(problem)) => return Some((Err(problem), (body, rest))),
            None if rest.is_empty() => return None,
            None => return Some((Ok(Bytes::from(std::mem::take(&mut rest))), (body, rest))),
        };
        rest.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
        let after = rest.split_off(end + 1);
        let line = |line: &[u8]| match line.strip_prefix(b"data:").and_then(|data| std::str::from_utf8(data).ok()) {
            Some(data) => [b"data:", restored(data.to_owned()).as_bytes()].concat(),
            None => line.to_vec(),
        };
        let lines: Vec<u8> = rest.split_inclusive(|byte| *byte == b'\n').flat_map(line).collect();
        return Some((Ok(Bytes::from(lines)), (body, after)));
    }
}

/// A refusal of the SDK, which has some in words alone, as an answer that a client can match to its request.
async fn explained(response: Response, id: &Value) -> Response {
    if has_type(response.headers(), JSON) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let words = to_bytes(body, LARGEST).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let words = if words.contains("Session ID is required") { UNKNOWN_PROTOCOL } else { &*words };
    let body = refusal(id, NO_REQUEST, words).to_string();
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// The answer to a request out of a stream of events, for a client that accepts no stream.
async fn collapsed(response: Response, id: &Value) -> Response {
    let (mut parts, mut body) = response.into_parts();
    let mut rest = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        rest.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let data = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii).unwrap_or_default();
            let message: Value = serde_json::from_slice(data).unwrap_or_default();
            if message.get("id") == Some(id) && message.get("method").is_none() {
                parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
                return Response::from_parts(parts, Body::from(data.to_vec()));
            }
        }
    }
    answer(StatusCode::INTERNAL_SERVER_ERROR, &refusal(id, -32603, "the server ended before it answered"))
}

fn answer(status: StatusCode, message: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], message.to_string()).into_response()
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_json(headers: &HeaderMap) -> bool {
    has_type(headers, JSON)
}

fn has_type(headers: &HeaderMap, media: &str) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media)
}

/// Whether a media type is accepted (RFC 9110, 12.5.1): everything is where nothing is said.
fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    let mut said = false;
    for range in headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(',')) {
        said |= !range.trim().is_empty();
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().unwrap_or_default();
        let none = parts.any(|part| {
            part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
        });
        if !none && (name == media || name == "*/*" || name == format!("{kind}/*")) {
            return true;
        }
    }
    !said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110, 12.5.1: no header accepts everything, a weight of 0 means that it is not accepted.
    #[test]
    fn what_a_client_accepts_is_read_from_all_of_its_headers() {
        for (given, accepted) in [
            (&[][..], true),
            (&[""], true),
            (&["*/*"], true),
            (&["text/*"], true),
            (&["application/json"], false),
            (&["application/json, Text/Event-Stream"], true),
            (&["application/json", "text/event-stream"], true),
            (&["text/event-stream;q=0.1"], true),
            (&["text/event-stream;q=0"], false),
            (&["text/event-stream; q=0.000, application/json"], false),
        ] {
            let given = given.iter().map(|value| (ACCEPT, HeaderValue::from_static(value)));
            let mut headers = HeaderMap::new();
            given.for_each(|(name, value)| _ = headers.append(name, value));
            assert_eq!(accepts(&headers, STREAM), accepted, "{headers:?}");
        }
    }
}
