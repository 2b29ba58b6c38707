//! A server that expects the requests of a case, one after the other, and gives its replies.

use crate::case::{Credential, Exchange, Reply, Request};
use crate::{LARGEST_BODY, Seen, lock, serve};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// Headers that a recorded reply may have and that say how its bytes were sent, which is ours to say.
const OF_FRAMING: [&str; 4] = ["connection", "content-encoding", "content-length", "transfer-encoding"];

/// A server on a free port of loopback. One call at a time: [`Scripted::begin`], the call, [`Scripted::end`].
#[derive(Debug)]
pub struct Scripted {
    url: String,
    scene: Arc<Mutex<Scene>>,
    /// Its drop ends the server.
    _stop: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Scene {
    expected: VecDeque<Exchange>,
    credential: Credential,
    problems: Vec<String>,
}

impl Scripted {
    /// Starts a server on the current tokio runtime. It ends when it is dropped.
    ///
    /// # Errors
    ///
    /// There is no port.
    pub async fn start() -> io::Result<Scripted> {
        let scene = Arc::<Mutex<Scene>>::default();
        let router = Router::new().fallback(answer).with_state(scene.clone());
        let (url, stop) = serve(router, ([127, 0, 0, 1], 0).into()).await?;
        Ok(Scripted { url, scene, _stop: stop })
    }

    /// Where it listens, without a slash at the end: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Expects these requests, and no others, each with this credential.
    pub fn begin(&self, exchanges: &[Exchange], credential: Credential) {
        let expected = exchanges.iter().cloned().collect();
        *lock(&self.scene) = Scene { expected, credential, problems: Vec::new() };
    }

    /// Where the requests differed from those that were expected, a line each. Those that were not sent are among them.
    pub fn end(&self) -> Vec<String> {
        let scene = std::mem::take(&mut *lock(&self.scene));
        let missing = scene.expected.iter().map(|exchange| {
            let Request { method, path, .. } = &exchange.request;
            format!("{method} {path}: expected, and not sent")
        });
        scene.problems.into_iter().chain(missing).collect()
    }
}

async fn answer(State(scene): State<Arc<Mutex<Scene>>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut scene = lock(&scene);
    let Some(exchange) = scene.expected.pop_front() else {
        scene.problems.push(format!("{} {}: sent, and not expected", parts.method, parts.uri));
        // A status after which no component tries again.
        return StatusCode::BAD_REQUEST.into_response();
    };
    let differences = exchange.request.differences(&Seen::of(&parts, body), &scene.credential);
    scene.problems.extend(differences);
    response(&exchange.reply)
}

fn response(reply: &Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    let headers = reply.headers.iter().filter(|(name, _)| !OF_FRAMING.contains(&&*name.to_ascii_lowercase()));
    for (name, value) in headers {
        response = response.header(name, value);
    }
    // Whoever read the case has checked the status and the headers.
    response.body(Body::from(reply.bytes())).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
