//! Following a call while it runs, and ending it.

use crate::catalogue::Catalogue;
use crate::client::Body;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::watch;
use wasmtime_wasi_http::Error as HttpError;

/// How much of an answer is looked through for the state of a job.
const MOST: usize = 64 * 1024;

/// Follows one call and can end it: given to [`Plugin::call_watched`](crate::Plugin::call_watched), kept by the caller.
/// Clones are about the same call.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cancelled: watch::Sender<bool>,
    progress: watch::Sender<Progress>,
}

/// How far a call is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Requests that were sent.
    pub requests: u32,
    /// The operation that the last one belongs to, such as `acme.get-run`.
    pub operation: Option<String>,
    /// How the work stands, in the vendor's word, as an answer told last; for vendors that have such work.
    pub state: Option<String>,
}

impl Watch {
    /// A watch for one call.
    pub fn new() -> Watch {
        Watch::default()
    }

    /// Asks the call to end. One that waits for work at the vendor cancels the work there and then fails with `cancelled`,
    /// or succeeds if the work was done before; any other ends as it would have.
    pub fn cancel(&self) {
        self.0.cancelled.send_replace(true);
    }

    /// How far the call is now.
    pub fn progress(&self) -> Progress {
        self.0.progress.borrow().clone()
    }

    /// Waits until the call is further than it was when this was called, and tells how far.
    pub async fn changed(&self) -> Progress {
        let mut progress = self.0.progress.subscribe();
        // The sender lives as long as this watch.
        _ = progress.changed().await;
        progress.borrow().clone()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.0.cancelled.borrow()
    }

    pub(crate) async fn cancelled(&self) {
        _ = self.0.cancelled.subscribe().wait_for(|cancelled| *cancelled).await;
    }

    pub(crate) fn sent(&self, operation: &str) {
        self.0.progress.send_modify(|progress| {
            progress.requests += 1;
            progress.operation = Some(operation.to_owned());
        });
    }

    /// The same body; what it says about the state of a job is noted when it has passed.
    pub(crate) fn follow(&self, catalogue: &Catalogue, headers: &HeaderMap, body: Body) -> Body {
        let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if catalogue.state.is_empty() || !kind.contains("json") {
            return body;
        }
        Followed { body, seen: Vec::new(), pointers: catalogue.state.clone(), watch: self.clone() }.boxed_unsync()
    }
}

/// A body that is looked through on its way.
struct Followed {
    body: Body,
    seen: Vec<u8>,
    pointers: Vec<String>,
    watch: Watch,
}

impl Followed {
    fn note(&self) {
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&self.seen) else { return };
        let state = self.pointers.iter().find_map(|pointer| json.pointer(pointer)?.as_str());
        if let Some(state) = state {
            self.watch.0.progress.send_modify(|progress| progress.state = Some(state.chars().take(40).collect()));
        }
    }
}

impl http_body::Body for Followed {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref()
                    && self.seen.len() <= MOST
                {
                    let room = MOST + 1 - self.seen.len();
                    self.seen.extend_from_slice(&data[..data.len().min(room)]);
                }
                // Whoever reads may not ask again after the last piece.
                if self.body.is_end_stream() {
                    self.note();
                }
            }
            None => self.note(),
            Some(Err(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
