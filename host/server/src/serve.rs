//! The server around an [`GatewayApp`].

use crate::listener::Listener;
use crate::reply::{failed, of_gateway, problem};
use crate::{docs, live};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Version;
use http::header::{HOST, HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use outwit::embed::{Body, HttpError};
use outwit::{Advice, CallHandle, Error, ErrorKind, GatewayApp};
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
    if !app.needs_token() && !names_this_machine(request.headers()) {
        return of_gateway(failed(&denied()));
    }
    let (parts, incoming) = request.into_parts();
    if let Some(page) = app.has_docs().then(|| docs::answer(&parts)).flatten() {
        return page;
    }
    let traceparent = parts.headers.get("traceparent").and_then(|value| value.to_str().ok());
    let watch = traceparent.map_or_else(CallHandle::new, CallHandle::traced);
    let heard = live::is_wanted(&parts.method, parts.uri.path(), &parts.headers).then(|| watch.listen());
    let request = Request::from_parts(parts, app.body(incoming.map_err(|_| HttpError::HttpProtocolError)));
    let answering = by_app(app, request, watch);
    match heard {
        Some(heard) => live::events(heard, Box::pin(answering)).await,
        None => answering.await,
    }
}

async fn by_app(app: GatewayApp, request: http::Request<Body>, watch: CallHandle) -> Response {
    match app.answer_with_handle(request, watch).await {
        Ok(response) => response.map(axum::body::Body::from),
        Err(error) => {
            tracing::warn!(target: "outwit", %error, "no answer");
            let status = match error.kind {
                // As the gateway tells a wrong input.
                ErrorKind::InvalidInput if error.field.is_some() => 422,
                ErrorKind::InvalidInput => 400,
                ErrorKind::Unavailable => 503,
                ErrorKind::TimedOut => 504,
                _ => 500,
            };
            of_gateway(problem(status, &error))
        }
    }
}

/// Whether a request names the server as this machine.
pub(crate) fn names_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

pub(crate) fn denied() -> Error {
    let message = "without a token, only this machine is served, by its own name";
    Error::new(ErrorKind::Denied, Advice::AskPerson, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;
    use serde_json::json;

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
            assert_eq!(names_this_machine(request.headers()), own, "{host}");
        }
    }

    /// RFC 9457, and what the gateway says of its own problems.
    #[tokio::test]
    async fn a_problem_of_the_hosts_own_is_written_as_the_gateways() {
        let error = Error::new(ErrorKind::TimedOut, Advice::AskPerson, "cut off").about("input.x");
        let error = Error { maybe_done: true, ..error };
        let response = of_gateway(problem(504, &error));
        assert_eq!(response.status(), 504);
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
