//! The server over HTTP: one address, `/mcp`, as the protocol's Streamable HTTP says.
//!
//! A server on this machine answers only requests that name it so (`Host`) and no page of a browser from elsewhere
//! (`Origin`): else any page could reach it by a name of its own (DNS rebinding). A server that others can reach wants a
//! token in place of the name.

use super::server::Server;
use super::twice::marked;
use super::{McpOptions, Stop, unavailable};
use crate::{Error, Toolbox};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A client of an older protocol has a session. It lasts longer than any call, and than the pauses of a person.
const SESSION: Duration = Duration::from_secs(4 * 3600);

/// The largest message, as on standard input.
const LARGEST: usize = 16 << 20;

/// How long connections may take to close.
const LAST: Duration = Duration::from_secs(2);

/// Serves any number of clients on `/mcp` until `stop` is done. Then calls that wait for work at a vendor cancel it; this
/// takes at most ten seconds.
///
/// With a token, each request has to bring it (`Authorization: Bearer …`).
///
/// # Errors
///
/// `misconfigured`, for an address that others can reach without a token; `unavailable`, when the listener fails.
pub async fn serve_http(
    toolbox: Toolbox,
    options: McpOptions,
    listener: TcpListener,
    token: Option<&str>,
    stop: Stop,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|problem| unavailable(problem.to_string()))?;
    let local = address.ip().is_loopback();
    if !local && token.is_none() {
        return Err(Error::misconfigured(format!("others can reach {address}: it needs a token")));
    }
    let server = Server::new(toolbox, options);
    let running = server.running();
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(SESSION);
    let config = config(local, &address.to_string());
    let closing = config.cancellation_token.clone();
    let service = StreamableHttpService::new(move || Ok(server.clone()), Arc::new(sessions), config);
    let mut router = Router::new().route_service("/mcp", service).layer(from_fn(once));
    if let Some(token) = token {
        router = router.layer(from_fn_with_state(digest(token), guard));
    }
    let (tell, told) = oneshot::channel();
    let ended = async move {
        stop.await;
        // The calls first: what ends their connections would leave them no time.
        running.end().await;
        closing.cancel();
        _ = tell.send(());
    };
    let serving =
        axum::serve(listener.tap_io(|stream| _ = stream.set_nodelay(true)), router).with_graceful_shutdown(ended);
    tokio::select! {
        served = serving.into_future() => served.map_err(|problem| unavailable(problem.to_string())),
        // Whoever holds a connection open does not hold up the end.
        () = async { _ = told.await; tokio::time::sleep(LAST).await } => Ok(()),
    }
}

fn config(local: bool, address: &str) -> StreamableHttpServerConfig {
    let config = StreamableHttpServerConfig::default();
    // By default the hosts are this machine's names.
    let config = if local { config } else { config.disable_allowed_hosts() };
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("http://{name}:*"));
    config.with_allowed_origins(own.into_iter().chain([format!("http://{address}")])).enforce_origin_validation()
}

/// As on standard input: a message that says a member twice is marked.
async fn once(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let message = format!("a message has at most {LARGEST} bytes, and comes to its end");
        return (StatusCode::PAYLOAD_TOO_LARGE, message).into_response();
    };
    let body = marked(&body).map_or(body, Bytes::from);
    if parts.headers.contains_key(CONTENT_LENGTH) {
        parts.headers.insert(CONTENT_LENGTH, body.len().into());
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// Lets through who knows the token. Digests are compared, so that the time it takes tells nothing about the token.
async fn guard(State(expected): State<[u8; 32]>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given =
        given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if given.is_some_and(|(_, token)| digest(token.trim()) == expected) {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], "a bearer token is needed").into_response()
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
