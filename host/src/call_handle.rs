//! Following a call while it runs, and ending it.

use crate::catalogue::Catalogue;
use crate::client::Body;
use crate::heard::{CallEvent, reported};
use crate::redact::Redactor;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime_wasi_http::Error as HttpError;

/// The longest state or id that is noted.
const LONGEST: usize = 40;
/// How much of an answer is looked through for the state of a job.
const MOST: usize = 64 * 1024;

/// Follows one call and can end it: given to [`Plugin::call_with_handle`](crate::Plugin::call_with_handle), kept by the caller.
/// Clones are about the same call.
#[derive(Clone, Debug, Default)]
pub struct CallHandle(Arc<Inner>);

/// Every call makes one, and nearly all calls end before anybody looks: so this is cheap to make and to drop (tokio's `watch`
/// channels are not).
#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    given_up: Notify,
    progress: Mutex<Progress>,
    moved: Notify,
    traceparent: Option<HeaderValue>,
    listener: OnceLock<UnboundedSender<CallEvent>>,
}

/// How far a call is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Requests that were let out.
    pub requests: u32,
    /// How many requests there will be in all, as far as the component knows.
    pub total: Option<u32>,
    /// Whether one of them may have reached the vendor: until there is a connection, none has.
    pub reached: bool,
    /// The operation that the last one belongs to, such as `acme.get-run`.
    pub operation: Option<String>,
    /// How the work stands, in the vendor's word, as an answer told last; for vendors that have such work.
    pub state: Option<String>,
    /// The id of that work, by which it can be looked at and cancelled.
    pub work: Option<String>,
}

impl Progress {
    /// The requests in words, such as `12 of 31 requests`.
    pub fn in_words(&self) -> String {
        match (self.requests, self.total) {
            (sent, Some(total)) if total > 1 => format!("{sent} of {total} requests"),
            (1, _) => "1 request".to_owned(),
            (several, _) => format!("{several} requests"),
        }
    }
}

impl CallHandle {
    /// A watch for one call.
    pub fn new() -> CallHandle {
        CallHandle::default()
    }

    /// A watch for a call that is part of a trace: `traceparent` (W3C Trace Context) goes with its requests to the vendor. As
    /// that standard says, one that is malformed counts as none.
    pub fn traced(traceparent: &str) -> CallHandle {
        let traceparent = HeaderValue::from_str(traceparent).ok().filter(|_| is_traceparent(traceparent));
        CallHandle(Arc::new(Inner { traceparent, ..Inner::default() }))
    }

    pub(crate) fn traceparent(&self) -> Option<&HeaderValue> {
        self.0.traceparent.as_ref()
    }

    /// Asks the call to end. One that waits for work at the vendor cancels the work there and then fails with `cancelled`,
    /// or succeeds if the work was done before; any other ends as it would have.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
        self.0.given_up.notify_waiters();
    }

    /// How far the call is now.
    pub fn progress(&self) -> Progress {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the call is further than it was when this was called, and tells how far.
    pub async fn changed(&self) -> Progress {
        self.0.moved.notified().await;
        self.progress()
    }

    /// What happens in the call from now on, for one listener: further ones hear nothing. It ends with the last clone of this.
    pub fn listen(&self) -> UnboundedReceiver<CallEvent> {
        let (sender, receiver) = unbounded_channel();
        _ = self.0.listener.set(sender);
        receiver
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    pub(crate) async fn cancelled(&self) {
        // Before the look, so that what comes between the two is not missed.
        let given_up = self.0.given_up.notified();
        if !self.is_cancelled() {
            given_up.await;
        }
    }

    fn move_on(&self, change: impl FnOnce(&mut Progress)) {
        let progress = &mut *self.0.progress.lock().unwrap_or_else(PoisonError::into_inner);
        change(progress);
        if let Some(listener) = self.0.listener.get() {
            _ = listener.send(CallEvent::Progress(progress.clone()));
        }
        self.0.moved.notify_waiters();
    }

    /// Notes a request, and how many there are still to come with it where the component says so.
    pub(crate) fn sent(&self, operation: &str, to_come: Option<u32>) {
        self.move_on(|progress| {
            let before = progress.requests;
            progress.requests += 1;
            // One that takes more than was thought takes nobody knows how many.
            progress.total = match to_come {
                Some(to_come) => Some(before.saturating_add(to_come)),
                None => progress.total.filter(|total| *total >= progress.requests),
            };
            progress.operation = Some(operation.to_owned());
        });
    }

    /// Notes that a request may have reached the vendor.
    pub(crate) fn reached(&self) {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).reached = true;
    }

    /// The same body; what it says about the state of a job is noted when it has passed, and events are reported to the listener.
    pub(crate) fn follow(
        &self,
        catalogue: &Catalogue,
        redactor: &Arc<Redactor>,
        headers: &HeaderMap,
        body: Body,
    ) -> Body {
        let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if let Some(listener) = self.0.listener.get().filter(|_| kind.starts_with("text/event-stream")) {
            return reported(body, redactor.clone(), listener.clone());
        }
        if catalogue.state.is_empty() || !kind.contains("json") {
            return body;
        }
        Followed {
            body,
            seen: Vec::new(),
            state: catalogue.state.clone(),
            work: catalogue.work.clone(),
            redactor: redactor.clone(),
            watch: self.clone(),
        }
        .boxed_unsync()
    }
}

/// Version, trace, parent and flags in hexadecimal digits; neither trace nor parent may be zero, and version `ff` is none.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, parent, flags, rest @ ..] = &parts[..] else { return false };
    let hex =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let some = |part: &str, length| hex(part, length) && part.bytes().any(|byte| byte != b'0');
    // What later versions add stands behind these four.
    let known = hex(version, 2) && *version != "ff" && (*version != "00" || rest.is_empty());
    known && some(trace, 32) && some(parent, 16) && hex(flags, 2)
}

/// A body that is looked through on its way.
struct Followed {
    body: Body,
    seen: Vec<u8>,
    state: Vec<String>,
    work: Vec<String>,
    redactor: Arc<Redactor>,
    watch: CallHandle,
}

impl Followed {
    fn note(&self) {
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&self.seen) else { return };
        let short = |text: &str| self.redactor.text(text).chars().take(LONGEST).collect::<String>();
        let Some(state) = self.state.iter().find_map(|pointer| json.pointer(pointer)?.as_str()).map(short) else {
            return;
        };
        let id = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(short(text)).filter(|text| !text.is_empty()),
            serde_json::Value::Number(number) => Some(short(&number.to_string())),
            _ => None,
        };
        let work = self.work.iter().find_map(|pointer| id(json.pointer(pointer)?));
        self.watch.move_on(|progress| {
            progress.state = Some(state);
            // The first is what the call started.
            progress.work = progress.work.take().or(work);
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_job_is_reported_without_secrets() {
        let catalogue = serde_json::json!({
            "vendor": "acme", "base": "https://example.com", "state": ["/status"], "work": ["/key"],
        });
        let catalogue = Catalogue::parse(&catalogue.to_string()).unwrap();
        let redactor = Arc::new(Redactor::new(["hush-hush".into(), "90071992".into()]));
        let headers =
            [(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))].into_iter().collect();
        let watch = CallHandle::new();
        let body =
            crate::client::body(Bytes::from_static(br#"{"status":"running for aHVzaC1odXNo%0A","key":90071992}"#));
        let mut body = watch.follow(&catalogue, &redactor, &headers, body);
        let mut context = Context::from_waker(std::task::Waker::noop());
        while let Poll::Ready(Some(_)) = http_body::Body::poll_frame(Pin::new(&mut body), &mut context) {}
        let progress = watch.progress();
        assert_eq!(progress.state.as_deref(), Some("running for [secret]%0A"));
        assert_eq!(progress.work.as_deref(), Some("[secret]"));
    }

    #[test]
    fn how_many_requests_there_will_be_is_what_the_component_said_last() {
        let watch = CallHandle::new();
        let mut said = Vec::new();
        for to_come in [None, Some(2), Some(2), None, None, Some(u32::MAX)] {
            watch.sent("acme.list-things", to_come);
            said.push(watch.progress().in_words());
        }
        let most = format!("6 of {} requests", u32::MAX);
        // The third was sent again, and then there was one more than was thought.
        assert_eq!(said, ["1 request", "2 of 3 requests", "3 of 4 requests", "4 of 4 requests", "5 requests", &*most]);
    }

    #[test]
    fn a_malformed_traceparent_counts_as_none() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(CallHandle::traced(valid).traceparent().unwrap(), valid);
        let later = format!("01{}-more", &valid[2..]);
        assert!(CallHandle::traced(&later).traceparent().is_some());
        let more = format!("{valid}-more");
        let none = valid.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let loud = valid.to_uppercase();
        let last = format!("ff{}", &valid[2..]);
        for malformed in ["", "00", &more, &none, &loud, &last, &valid[1..], "00-é"] {
            assert!(CallHandle::traced(malformed).traceparent().is_none(), "{malformed}");
        }
    }
}
