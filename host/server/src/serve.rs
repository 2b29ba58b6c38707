//! The server around an [`GatewayApp`].

use crate::listener::Listener;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{StatusCode, Version};
use http_body_util::BodyExt;
use outwit::embed::HttpError;
use outwit::{Advice, Error, ErrorKind, GatewayApp};
use serde_json::json;
use std::pin::Pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests that are under way may take when the server ends. Supervisors send SIGKILL ten seconds after SIGTERM.
const LAST: Duration = Duration::from_secs(9);

/// Serves any number of clients until `stop` is done. Then requests that are under way are finished, and what waits for work at
/// a vendor cancels it there; this takes at most nine seconds.
///
/// Without a token, only this machine is served, and only requests that name it so: else a page of a browser could reach
/// the server by a name of its own (DNS rebinding).
///
/// # Errors
///
/// `misconfigured`, for an address that others can reach without a token; `unavailable`, when the listener fails.
pub async fn serve(
    app: GatewayApp,
    listener: TcpListener,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
) -> Result<(), Error> {
    let unavailable =
        |problem: std::io::Error| Error::new(ErrorKind::Unavailable, Advice::AskPerson, problem.to_string());
    let address = listener.local_addr().map_err(unavailable)?;
    if !address.ip().is_loopback() && !app.needs_token() {
        let message = format!("others can reach {address}: OUTWIT_GATEWAY_TOKEN has to be set");
        return Err(Error::misconfigured(message).about("OUTWIT_GATEWAY_TOKEN"));
    }
    let router = Router::new().fallback(answer).with_state(app.clone());
    let (closed_tx, closed_rx) = oneshot::channel();
    let stopping = app.clone();
    let ended = async move {
        stop.await;
        stopping.stop();
        _ = closed_tx.send(());
    };
    let serving = axum::serve(Listener(listener), router).with_graceful_shutdown(ended);
    let finished = async {
        let served = serving.into_future().await.map_err(unavailable);
        // Whoever asked may have hung up.
        app.idle().await;
        served
    };
    tokio::select! {
        served = finished => served,
        // Whoever holds a connection open does not hold up the end.
        () = async { _ = closed_rx.await; tokio::time::sleep(LAST).await } => Ok(()),
    }
}

async fn answer(State(app): State<GatewayApp>, mut request: Request) -> Response {
    if request.version() == Version::HTTP_10 && !request.headers().contains_key(HOST) {
        // HTTP/1.0 has no such header, and a browser always sends it.
        request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
    }
    if !app.needs_token() && !names_this_machine(&request) {
        return problem(StatusCode::FORBIDDEN, &denied());
    }
    let request = request.map(|incoming| app.body(incoming.map_err(|_| HttpError::HttpProtocolError)));
    match app.answer(request).await {
        Ok(response) => response.map(axum::body::Body::from),
        Err(error) => {
            tracing::warn!(target: "outwit", %error, "no answer");
            let status = match error.kind {
                // As the gateway tells a wrong input.
                ErrorKind::InvalidInput if error.field.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
                ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            problem(status, &error)
        }
    }
}

fn names_this_machine(request: &Request) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

fn denied() -> Error {
    let message = "without a token, only this machine is served, by its own name";
    Error::new(ErrorKind::Denied, Advice::AskPerson, message)
}

/// Problem details of the host's own, as the gateway writes them.
fn problem(status: StatusCode, error: &Error) -> Response {
    let mut body = json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": error.message,
        "kind": error.kind, "advice": error.advice, "operation": error.operation, "maybe-done": error.maybe_done,
    });
    if let Some(field) = &error.field {
        body["field"] = json!(field);
    }
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_named_with_or_without_a_port_and_nothing_else_is_like_it() {
        for (host, own) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("127.0.0.1:65535", true),
            ("[::1]", true),
            ("[::1]:8080", true),
            ("", false),
            ("localhost:65536", false),
            ("localhost:evil", false),
            ("localhost.evil.example", false),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
        ] {
            let request = Request::builder().header(HOST, host).body(axum::body::Body::empty()).unwrap();
            assert_eq!(names_this_machine(&request), own, "{host}");
        }
    }

    /// RFC 9457, and what the gateway says of its own problems.
    #[tokio::test]
    async fn a_problem_of_the_hosts_own_is_written_as_the_gateways() {
        let error = Error::new(ErrorKind::TimedOut, Advice::AskPerson, "cut off").about("input.x");
        let error = Error { maybe_done: true, ..error };
        let response = problem(StatusCode::GATEWAY_TIMEOUT, &error);
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let expected = json!({
            "type": "about:blank", "title": "Gateway Timeout", "status": 504, "detail": "cut off", "kind": "timed-out",
            "advice": "ask-person", "operation": "", "maybe-done": true, "field": "input.x",
        });
        assert_eq!(body, expected);
    }
}
