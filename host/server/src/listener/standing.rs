//! What a connection is doing: waiting for a request, receiving one, or answering it.

use crate::host_header::in_origin_form;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use http::Request;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tower_service::Service;

/// How a connection stands.
pub(super) struct Standing {
    now: Mutex<Now>,
    close: Notify,
}

struct Now {
    /// Whether a request is not answered to its end.
    answering: bool,
    /// Whether its body is not read to its end.
    receiving: bool,
    /// Whether something waits to be written.
    stuck: bool,
    /// When the last request was answered, or the connection made.
    since: Instant,
}

impl Standing {
    pub fn new() -> Standing {
        let now = Now { answering: false, receiving: false, stuck: false, since: Instant::now() };
        Standing { now: Mutex::new(now), close: Notify::new() }
    }

    /// How long it has waited for a request; none while it does something else.
    pub fn idle(&self) -> Option<Duration> {
        let now = self.now();
        (!now.answering && !now.stuck).then(|| now.since.elapsed())
    }

    /// Whether an answer to a whole request is worked on.
    pub fn is_answering(&self) -> bool {
        let now = self.now();
        now.answering && !now.receiving
    }

    fn begins(&self, is_whole: bool) {
        let mut now = self.now();
        (now.answering, now.receiving) = (true, !is_whole);
    }

    pub fn stuck(&self, stuck: bool) {
        self.now().stuck = stuck;
    }

    /// Asks an idle connection to end.
    pub fn close(&self) {
        self.close.notify_one();
    }

    /// Waits until it has to end.
    pub async fn closed(&self) {
        loop {
            self.close.notified().await;
            // A request may have come since.
            if self.idle().is_some() {
                return;
            }
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers the requests of one connection, and notes what it is doing.
pub(super) struct Counted {
    router: Router,
    standing: Arc<Standing>,
}

impl Counted {
    pub fn new(router: Router, standing: Arc<Standing>) -> Counted {
        Counted { router, standing }
    }
}

impl hyper::service::Service<Request<Incoming>> for Counted {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        in_origin_form(&mut request);
        let is_whole = request.body().is_end_stream();
        let part = |part| Until { standing: self.standing.clone(), part };
        let answering = part(Part::Answer);
        self.standing.begins(is_whole);
        let request = request.map(|body| Body::new(Watched { body: Body::new(body), until: part(Part::Request) }));
        let answer = self.router.clone().call(request);
        Box::pin(async move {
            let response = answer.await?;
            Ok(response.map(|body| Body::new(Watched { body, until: answering })))
        })
    }
}

/// Notes the end of a request's body, or of its answer, when it is dropped.
struct Until {
    standing: Arc<Standing>,
    part: Part,
}

enum Part {
    Request,
    Answer,
}

impl Until {
    fn ended(&self) {
        let mut now = self.standing.now();
        match self.part {
            Part::Request => now.receiving = false,
            Part::Answer => (now.answering, now.since) = (false, Instant::now()),
        }
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        self.ended();
    }
}

/// A body whose end is noted.
struct Watched {
    body: Body,
    until: Until,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.until.ended();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
