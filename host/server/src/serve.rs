//! The server around an [`GatewayApp`].

use crate::listener::{Limits, serve_connections};
use crate::reply::{of_gateway, problem, to_gateway};
use crate::{body, docs, host_header, live};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use gateway::answer::{Doors, MOST};
use gateway::message::Reply;
use gateway::problem::Problem;
use http::Method;
use http::header::{HOST, HeaderValue};
use http::request::Parts;
use outwit::embed::Body;
use outwit::{Advice, CallHandle, Error, ErrorKind, GatewayApp};
use std::pin::Pin;
use std::sync::Arc;
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
    let doors = Arc::new(Doors::of(app.gateway_settings()));
    let router = Router::new().fallback(answer).with_state((app.clone(), doors));
    let (closed_tx, closed_rx) = oneshot::channel();
    let stopping = app.clone();
    let ended = async move {
        stop.await;
        stopping.stop();
        _ = closed_tx.send(());
    };
    let finished = async {
        serve_connections(listener, router, Limits::default(), ended).await;
        // Whoever asked may have hung up.
        app.idle().await;
    };
    tokio::select! {
        () = finished => {}
        // Whoever holds a connection open does not hold up the end.
        () = async { _ = closed_rx.await; tokio::time::sleep(LAST).await } => {}
    }
    Ok(())
}

async fn answer(State((app, doors)): State<(GatewayApp, Arc<Doors>)>, request: Request) -> Response {
    let (mut parts, incoming) = request.into_parts();
    if let Err(refused) = host_header::check(&parts, !app.needs_token()) {
        return of_gateway(refused);
    }
    // WASI does not know requests without it.
    parts.headers.entry(HOST).or_insert(HeaderValue::from_static("localhost"));
    // The router takes the body out of the answer, and leaves its length.
    if parts.method == Method::HEAD {
        parts.method = Method::GET;
    }
    if let Some(page) = app.has_docs().then(|| docs::answer(&parts)).flatten() {
        return page;
    }
    let traceparent = parts.headers.get("traceparent").and_then(|value| value.to_str().ok());
    let watch = traceparent.map_or_else(CallHandle::new, CallHandle::traced);
    let heard = live::is_wanted(&parts.method, parts.uri.path(), &parts.headers).then(|| watch.listen());
    let body = match read_body(&app, &doors, &parts, incoming).await {
        Ok(body) => body,
        Err(refused) => return of_gateway(refused),
    };
    let request = Request::from_parts(parts, outwit::embed::body(body));
    let answering = by_app(app, request, watch);
    match heard {
        Some(heard) => live::events(heard, Box::pin(answering)).await,
        None => answering.await,
    }
}

/// The body of a request that is let in; others are refused whatever they hold. A call begins, and takes a place, once it is there.
async fn read_body(app: &GatewayApp, doors: &Doors, parts: &Parts, incoming: axum::body::Body) -> Result<Bytes, Reply> {
    let asked = to_gateway(parts);
    if doors.access.check(&asked).is_err() {
        return Ok(Bytes::new());
    }
    body::read(incoming, MOST, app.read_timeout()).await.map_err(|problem| {
        let mut reply = Problem::from(problem).reply();
        doors.origins.mark(&asked, &mut reply);
        reply
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;
    use http_body_util::BodyExt;
    use serde_json::json;

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
