//! The server over HTTP: `/mcp`, as the protocol's Streamable HTTP says, and the routes of `rest.rs` beside it.
//!
//! Who is let in is decided by one rule for all routes ([`Rest::admit`]); the SDK's own checks are off.

use super::door::{LARGEST, door};
use super::rest::{self, Rest};
use super::server::Server;
use super::sessions::Sessions;
use super::{McpOptions, Stop, unavailable};
use crate::listener::{Limits, serve_connections};
use crate::reply::of_gateway;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use gateway::access::Access;
use outwit::{Error, Workspace};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long connections may take to close.
const LAST: Duration = Duration::from_secs(2);

/// Serves any number of clients on `/mcp` until `stop` is done. Then calls that wait for work at a vendor cancel it; this
/// takes at most ten seconds.
///
/// With a token, each request has to bring it (`Authorization: Bearer …`). White space around the token does not count.
///
/// # Errors
///
/// `misconfigured`, for an empty token, or an address that others can reach without one; `unavailable`, when the listener fails.
pub async fn serve_http(
    workspace: Workspace,
    options: McpOptions,
    listener: TcpListener,
    token: Option<&str>,
    stop: Stop,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|problem| unavailable(problem.to_string()))?;
    let token = token.map(str::trim);
    if token == Some("") {
        return Err(Error::misconfigured("the token is empty"));
    }
    if !address.ip().is_loopback() && token.is_none() {
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
    // What opens a stream is left to the session, which knows its client's protocol.
    let config = StreamableHttpServerConfig::default().with_max_request_body_bytes(LARGEST).with_sse_retry(None);
    let config = config.disable_allowed_hosts().disable_allowed_origins();
    let closing = config.cancellation_token.clone();
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.clone(), config);
    let router = Router::new().route_service("/mcp", service.clone()).route_service("/mcp/", service);
    let router = router.layer(from_fn_with_state(sessions, door)).layer(from_fn_with_state(rest.clone(), guard));
    let router = router.fallback(rest::rest).with_state(rest);
    let (closed_tx, closed_rx) = oneshot::channel();
    let ended = async move {
        stop.await;
        // The calls first: what ends their connections would leave them no time.
        running.end().await;
        closing.cancel();
        _ = closed_tx.send(());
    };
    tokio::select! {
        () = serve_connections(listener, router, Limits::default(), ended) => {}
        // Whoever holds a connection open does not hold up the end.
        () = async { _ = closed_rx.await; tokio::time::sleep(LAST).await } => {}
    }
    Ok(())
}

/// Lets in to `/mcp` who is let in to the other routes.
async fn guard(State(rest): State<Arc<Rest>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match rest.admit(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => of_gateway(refused),
    }
}
