//! What was sent over HTTP in a session, kept for a while: a client whose connection broke comes back with the id of the last
//! event that it has, and is given what came after it. The result of a call may be among it, and the call is not repeated.

use futures_util::stream::unfold;
use rmcp::model::{RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::{
    EventId, EventStore, EventStoreError, EventStream, ServerSseMessage, SessionId,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the events of a request are kept after its answer.
const RETENTION: Duration = Duration::from_secs(600);

/// How many streams, and how many bytes of events, are kept at most. What ended first goes first.
const MOST_STREAMS: usize = 1024;
const MOST_BYTES: usize = 32 << 20;

/// The events of all sessions. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<HashMap<String, StreamLog>>>);

/// The events of one stream: of a request, or of what a session has beside them.
#[derive(Default)]
struct StreamLog {
    events: Vec<ServerSseMessage>,
    bytes: usize,
    /// When the answer came; nothing comes after it.
    ended: Option<Instant>,
    touched: Option<Instant>,
    /// The request that the stream answers, and its session; none once it was cancelled, since nothing answers it then.
    of: Option<(SessionId, RequestId)>,
    more: watch::Sender<()>,
}

impl Events {
    fn streams(&self) -> MutexGuard<'_, HashMap<String, StreamLog>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an event is kept, by its id.
    pub fn has(&self, id: &str) -> bool {
        place(id).is_some_and(|(stream, index)| {
            self.streams().get(stream).is_some_and(|log| !log.is_old() && index < log.events.len())
        })
    }

    /// Says which request of which session the stream of an event answers.
    pub fn belong(&self, event: &str, session: &SessionId, request: &RequestId) {
        let Some((stream, _)) = place(event) else { return };
        if let Some(log) = self.streams().get_mut(stream) {
            log.of = Some((session.clone(), request.clone()));
        }
    }

    /// Whether a request of a session has no answer yet.
    pub fn waits(&self, session: &SessionId, request: &RequestId) -> bool {
        let is = |of: &(SessionId, RequestId)| of.0 == *session && of.1 == *request;
        self.streams().values().any(|log| log.ended.is_none() && log.of.as_ref().is_some_and(is))
    }

    /// Forgets that a request of a session waits, or all of them: they were cancelled.
    pub fn cancelled(&self, session: &SessionId, request: Option<&RequestId>) {
        let is = |of: &(SessionId, RequestId)| of.0 == *session && request.is_none_or(|request| of.1 == *request);
        self.streams().values_mut().for_each(|log| _ = log.of.take_if(|of| is(of)));
    }

    fn store(&self, stream: &str, mut event: ServerSseMessage) -> EventId {
        let mut streams = self.streams();
        let log = streams.entry(stream.to_owned()).or_default();
        let id = format!("{stream}/{}", log.events.len());
        let message = event.message.as_deref();
        log.bytes += message.and_then(|message| serde_json::to_vec(message).ok()).map_or(0, |json| json.len());
        // What a session has beside its requests has no end.
        let answers = matches!(message, Some(ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_)));
        log.touched = Some(Instant::now());
        log.ended = log.touched.filter(|_| answers && !stream.ends_with(":common"));
        event.event_id = Some(id.clone());
        log.events.push(event);
        log.more.send_replace(());
        streams.retain(|_, log| !log.is_old());
        while streams.len() > 1
            && (streams.len() > MOST_STREAMS || streams.values().map(|log| log.bytes).sum::<usize>() > MOST_BYTES)
        {
            let age = |log: &StreamLog| (log.ended.is_none(), log.ended.or(log.touched));
            let others = streams.iter().filter(|(name, _)| *name != stream);
            let oldest = others.min_by_key(|(_, log)| age(log)).map(|(name, _)| name.clone());
            streams.remove(&oldest.unwrap_or_default());
        }
        id
    }

    /// The next event of a stream; none after its last.
    async fn next(&self, stream: &str, index: usize) -> Option<ServerSseMessage> {
        loop {
            let mut more = {
                let streams = self.streams();
                let log = streams.get(stream)?;
                match log.events.get(index) {
                    Some(event) => return Some(event.clone()),
                    None if log.ended.is_some() => return None,
                    None => log.more.subscribe(),
                }
            };
            more.changed().await.ok()?;
        }
    }
}

impl StreamLog {
    fn is_old(&self) -> bool {
        self.ended.is_some_and(|ended| ended.elapsed() > RETENTION)
    }
}

/// The stream that an event belongs to, and which of its events it is. Streams have names that cannot be guessed.
fn place(id: &str) -> Option<(&str, usize)> {
    let (stream, index) = id.rsplit_once('/')?;
    Some((stream, index.parse().ok()?))
}

#[async_trait::async_trait]
impl EventStore for Events {
    async fn store_event(&self, stream: &str, event: &ServerSseMessage) -> Result<EventId, EventStoreError> {
        Ok(self.store(stream, event.clone()))
    }

    async fn replay_events_after(&self, last: &str) -> Result<EventStream, EventStoreError> {
        let place = place(last).filter(|_| self.has(last));
        let (stream, index) = place.ok_or("this event is not known, or no longer kept")?;
        let from = (self.clone(), stream.to_owned(), index + 1);
        Ok(Box::pin(unfold(from, |(events, stream, index)| async move {
            let event = events.next(&stream, index).await?;
            Some((event, (events, stream, index + 1)))
        })))
    }
}

#[cfg(test)]
mod tests;
