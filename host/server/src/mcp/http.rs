//! The server over HTTP: `/mcp`, as the protocol's Streamable HTTP says, and the routes of `rest.rs` beside it.
//!
//! A server on this machine answers only requests that name it so (`Host`) and no page of a browser from elsewhere
//! (`Origin`): else any page could reach it by a name of its own (DNS rebinding). A server that others can reach wants a
//! token in place of the name.

use super::door::{LARGEST, door};
use super::rest::{self, Rest};
use super::server::Server;
use super::sessions::Sessions;
use super::{McpOptions, Stop, unavailable};
use crate::listener::Listener;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use gateway::access::Access;
use outwit::{Error, Workspace};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
    workspace: Workspace,
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
    let docs = options.docs;
    let prepared = workspace.clone();
    tokio::spawn(async move {
        // What fails here, the first request tells.
        if let Ok(index) = prepared.index().await {
            _ = tokio::task::spawn_blocking(move || index.prepare_search()).await;
        }
    });
    let server = Server::new(workspace.clone(), options, false);
    let running = server.running();
    let access = token.map_or(Access::Open, |token| Access::Token(token.to_owned()));
    let rest = Arc::new(Rest { workspace, running: running.clone(), access, docs });
    let sessions = Arc::new(Sessions::new());
    let config = config(local, &address.to_string());
    let closing = config.cancellation_token.clone();
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.clone(), config);
    let router = Router::new().route_service("/mcp", service.clone()).route_service("/mcp/", service);
    let mut router = router.layer(from_fn_with_state(sessions, door));
    if let Some(token) = token {
        router = router.layer(from_fn_with_state(digest(token), guard));
    }
    // It asks for the token itself: the page is for those, too, who have yet to give it.
    let router = router.fallback(rest::rest).with_state(rest);
    let (closed_tx, closed_rx) = oneshot::channel();
    let ended = async move {
        stop.await;
        // The calls first: what ends their connections would leave them no time.
        running.end().await;
        closing.cancel();
        _ = closed_tx.send(());
    };
    let serving = axum::serve(Listener(listener), router).with_graceful_shutdown(ended);
    tokio::select! {
        served = serving.into_future() => served.map_err(|problem| unavailable(problem.to_string())),
        // Whoever holds a connection open does not hold up the end.
        () = async { _ = closed_rx.await; tokio::time::sleep(LAST).await } => Ok(()),
    }
}

fn config(local: bool, address: &str) -> StreamableHttpServerConfig {
    // What opens a stream is left to the session, which knows its client's protocol.
    let config = StreamableHttpServerConfig::default().with_max_request_body_bytes(LARGEST).with_sse_retry(None);
    // By default the hosts are this machine's names.
    let config = if local { config } else { config.disable_allowed_hosts() };
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("http://{name}:*"));
    config.with_allowed_origins(own.into_iter().chain([format!("http://{address}")])).enforce_origin_validation()
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
