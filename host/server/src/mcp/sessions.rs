//! Sessions over HTTP, which clients of older protocols have: the SDK's, with answers that are kept for a client that comes back.

use super::events::Events;
use futures_util::stream::iter;
use futures_util::{Stream, StreamExt};
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, RequestId, ServerJsonRpcMessage, ServerResult,
};
use rmcp::transport::streamable_http_server::SessionManager;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, LocalSessionManagerError};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId};
use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The first protocol in which an event without data opens a stream. Clients of older ones take it for a broken message.
const FIRST_WITH_OPENING: &str = "2025-11-25";

/// A session lasts longer than any call, and than the pauses of a person.
const SESSION: Duration = Duration::from_secs(4 * 3600);

/// How long a client is asked to wait before it comes back.
const RETRY: Duration = Duration::from_secs(1);

/// The sessions of a server.
pub(crate) struct Sessions {
    inner: LocalSessionManager,
    events: Events,
    versions: Mutex<HashMap<SessionId, String>>,
    /// Requests that have come, and have no stream for their answer yet.
    coming: Mutex<HashSet<(SessionId, RequestId)>>,
}

/// A request that has come: until this is dropped, and then until it is answered, its session has no other one with its id.
pub(crate) struct Coming<'s>(&'s Sessions, (SessionId, RequestId));

impl Sessions {
    pub fn new() -> Sessions {
        let events = Events::default();
        let mut inner = LocalSessionManager::default().with_event_store(Arc::new(events.clone()));
        inner.session_config.keep_alive = Some(SESSION);
        inner.session_config.sse_retry = Some(RETRY);
        Sessions { inner, events, versions: Mutex::default(), coming: Mutex::default() }
    }

    /// What was sent.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The protocol that a session agreed on; none where there is no such session.
    pub fn version(&self, session: &str) -> Option<String> {
        self.versions().get(session).cloned()
    }

    /// Takes a request of a session in; none if its session waits for the answer to another one with its id.
    pub fn take(&self, session: &str, request: RequestId) -> Option<Coming<'_>> {
        let of = (SessionId::from(session), request);
        let taken = !self.events.waits(&of.0, &of.1) && self.coming().insert(of.clone());
        taken.then(|| Coming(self, of))
    }

    fn coming(&self) -> MutexGuard<'_, HashSet<(SessionId, RequestId)>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events of a stream that the client of a session knows.
    fn known<S: Stream<Item = ServerSseMessage>>(
        &self,
        id: &SessionId,
        stream: S,
    ) -> impl Stream<Item = ServerSseMessage> + use<S> {
        let opened = self.version(id).is_some_and(|version| *version >= *FIRST_WITH_OPENING);
        stream.filter(move |event| ready(opened || event.message.is_some()))
    }

    fn versions(&self) -> MutexGuard<'_, HashMap<SessionId, String>> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.coming().remove(&self.1);
    }
}

type Failed = LocalSessionManagerError;

impl SessionManager for Sessions {
    type Error = Failed;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Failed> {
        self.inner.create_session().await
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Failed> {
        let answer = self.inner.initialize_session(id, message).await?;
        if let JsonRpcMessage::Response(response) = &answer
            && let ServerResult::InitializeResult(hello) = &response.result
        {
            self.versions().insert(id.clone(), hello.protocol_version.as_str().to_owned());
        }
        Ok(answer)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Failed> {
        self.inner.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Failed> {
        self.versions().remove(id);
        self.events.cancelled(id, None);
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Failed> {
        let request = match &message {
            JsonRpcMessage::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let mut stream = Box::pin(self.inner.create_stream(id, message).await?);
        // The first event opens the stream, and is there already.
        let first = stream.next().await;
        if let (Some(request), Some(event)) = (request, first.as_ref().and_then(|first| first.event_id.as_ref())) {
            self.events.belong(event, id, &request);
        }
        Ok(self.known(id, iter(first).chain(stream)))
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Failed> {
        if let JsonRpcMessage::Notification(notification) = &message
            && let ClientNotification::CancelledNotification(cancelled) = &notification.notification
            && let Some(request) = &cancelled.params.request_id
        {
            // The SDK answers no request that was cancelled.
            self.events.cancelled(id, Some(request));
        }
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Failed> {
        Ok(self.known(id, self.inner.create_standalone_stream(id).await?))
    }

    async fn resume(
        &self,
        id: &SessionId,
        last: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Failed> {
        Ok(self.known(id, self.inner.resume(id, last).await?))
    }
}
