//! Answers to calls as events (`text/event-stream`), for clients that want to see a call while it runs.
//!
//! `progress` has `requests`, `operation` and, where they are known, `total` and `state`; `piece` the data of an event of the vendor's answer, as the vendor sent it;
//! and the last one, `answer`, the `status` and the `body` that the call has without events.

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream::unfold;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use outwit::{CallEvent, Progress};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use tokio::sync::mpsc::UnboundedReceiver;

const STREAM: &str = "text/event-stream";

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Whether a request is a call whose client asks for events.
pub(crate) fn is_wanted(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut accepted = accepted.flat_map(|value| value.split(',')).map(|range| range.split(';').next().unwrap_or(""));
    method == Method::POST
        && path.starts_with("/operations/")
        && accepted.any(|media| media.trim().eq_ignore_ascii_case(STREAM))
}

/// What happens in a call as events, and at last its answer. A call that is answered before anything has happened has this answer
/// alone. Dropping the response drops the call.
pub(crate) async fn events(mut heard: UnboundedReceiver<CallEvent>, mut answering: Answering) -> Response {
    let first = tokio::select! {
        biased;
        Some(first) = heard.recv() => first,
        answer = &mut answering => return answer,
    };
    let first = written(&first);
    let stream = unfold(Some((heard, answering, Some(first))), async |state| {
        let (mut heard, mut answering, first) = state?;
        if let Some(first) = first {
            return Some((first, Some((heard, answering, None))));
        }
        tokio::select! {
            // Everything that has happened comes before the answer.
            biased;
            Some(event) = heard.recv() => Some((written(&event), Some((heard, answering, None)))),
            answer = &mut answering => {
                let mut text = String::new();
                while let Ok(event) = heard.try_recv() {
                    text.push_str(&written(&event));
                }
                Some((text + &last(answer).await, None))
            }
        }
    });
    let stream = futures_util::StreamExt::map(stream, |text| Ok::<_, Infallible>(Bytes::from(text)));
    let mut response = Response::new(Body::from_stream(stream));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(STREAM));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn written(event: &CallEvent) -> String {
    match event {
        CallEvent::Progress(Progress { requests, total, operation, state, .. }) => {
            let known = [
                ("requests", json!(requests)),
                ("total", json!(total)),
                ("operation", json!(operation)),
                ("state", json!(state)),
            ];
            let known = known.into_iter().filter(|(_, value)| !value.is_null());
            event_of("progress", &known.map(|(name, value)| (name.to_owned(), value)).collect::<Value>().to_string())
        }
        CallEvent::Piece(data) => event_of("piece", data),
        // Later versions may have others.
        _ => String::new(),
    }
}

async fn last(answer: Response) -> String {
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    event_of("answer", &json!({ "status": status, "body": String::from_utf8_lossy(&body) }).to_string())
}

/// An event. What has several lines has as many of `data`.
fn event_of(name: &str, data: &str) -> String {
    let lines = data.split(['\n', '\r']).map(|line| format!("data: {line}\n"));
    format!("event: {name}\n{}\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use outwit::CallHandle;

    fn asked(accept: &'static str) -> bool {
        let headers = [(ACCEPT, HeaderValue::from_static(accept))].into_iter().collect();
        is_wanted(&Method::POST, "/operations/acme.list-things", &headers)
    }

    #[test]
    fn events_are_for_those_who_name_them() {
        assert!(asked("text/event-stream") && asked("application/json, text/event-stream;q=0.9"));
        // RFC 9110, 8.3.1: the names of media types are read without regard to case.
        assert!(asked("Text/Event-Stream"));
        assert!(!asked("*/*") && !asked("application/json") && !asked("text/*"));
    }

    /// HTML, 9.2.6: an event ends with an empty line, and its data are the lines of `data` together.
    #[test]
    fn an_event_of_several_lines_is_one_event() {
        assert_eq!(event_of("piece", "a\nb"), "event: piece\ndata: a\ndata: b\n\n");
    }

    #[tokio::test]
    async fn a_call_in_which_nothing_happens_has_its_answer_alone() {
        let answering = Box::pin(async { (http::StatusCode::FORBIDDEN, "no").into_response() });
        let response = events(CallHandle::new().listen(), answering).await;
        assert_eq!(response.status(), http::StatusCode::FORBIDDEN);
    }
}
