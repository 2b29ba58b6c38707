//! Standard input and output as the SDK's transport: one message a line.
//!
//! The SDK's own transport drops lines that it cannot read, and drops answers that take longer than five seconds after the end
//! of the input. Here each request is answered, and the end of the input is told when all are.

use super::shutdown::Running;
use super::structured;
use outwit_core::ids::restored;
use outwit_core::received::{LAST_WITH_BATCHES, NO_REQUEST, Received, received, refusal};
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, ProtocolVersion, RequestId, ServerJsonRpcMessage,
    ServerResult,
};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::watch;

/// The longest line that is read.
const LONGEST: usize = 16 << 20;

/// Why a request is refused before the client has said which protocol it speaks.
pub(crate) const UNKNOWN_PROTOCOL: &str = "expected initialize first; since 2026-07-28, a request may say in _meta which \
                                           protocol it speaks (io.modelcontextprotocol/protocolVersion) instead";

/// Why a request is refused whose id is that of another one: their answers could not be told apart.
pub(crate) const ASKED: &str = "id: a request with this id is not answered yet";

/// The pipes of one client.
pub(crate) struct Pipes<R, W> {
    input: BufReader<R>,
    /// What has come of a line. Reading may be interrupted, and goes on here.
    line: Vec<u8>,
    /// Whether the rest of a line that is too long is passed over.
    passing: bool,
    ended: bool,
    /// Messages that were read and not taken yet.
    ready: VecDeque<ClientJsonRpcMessage>,
    output: Arc<Output<W>>,
    running: Running,
}

struct Output<W> {
    writer: tokio::sync::Mutex<W>,
    state: Mutex<State>,
    /// How many requests, and lines that are to be written, are not answered yet.
    open: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    /// Requests that are not answered, and the batch that each belongs to.
    asked: HashMap<RequestId, Option<usize>>,
    batches: HashMap<usize, Batch>,
    next: usize,
    /// Whether the client has begun to speak: until then, the SDK takes requests only.
    begun: bool,
    /// The protocol that was agreed on.
    version: Option<String>,
}

/// Answers that go out together.
#[derive(Default)]
struct Batch {
    missing: usize,
    answers: Vec<Value>,
}

/// Tells when all is answered.
pub(crate) struct Open(watch::Receiver<usize>);

impl Open {
    /// Waits until no request is open.
    pub async fn none(&mut self) {
        _ = self.0.wait_for(|open| *open == 0).await;
    }
}

impl<R: AsyncRead, W: AsyncWrite + Send + Unpin + 'static> Pipes<R, W> {
    pub fn new(input: R, output: W, running: Running) -> Pipes<R, W> {
        let output =
            Output { writer: tokio::sync::Mutex::new(output), state: Mutex::default(), open: watch::Sender::new(0) };
        Pipes {
            input: BufReader::with_capacity(16 << 10, input),
            line: Vec::new(),
            passing: false,
            ended: false,
            ready: VecDeque::new(),
            output: Arc::new(output),
            running,
        }
    }

    pub fn open(&self) -> Open {
        Open(self.output.open.subscribe())
    }

    /// Takes a line.
    fn take(&mut self, line: &[u8]) {
        if std::mem::take(&mut self.passing) {
            let message = format!("a message has at most {LONGEST} bytes");
            self.output.say(refusal(&Value::Null, NO_REQUEST, message));
            return;
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        match received(line) {
            Received::Batch(many) => self.batch(many),
            one => {
                if let Err(answer) = self.one(one, None) {
                    self.output.say(answer);
                }
            }
        }
    }

    /// Makes one message ready, or says what is to be answered.
    fn one(&mut self, one: Received, batch: Option<usize>) -> Result<bool, Value> {
        let message = match one {
            Received::Message(message) => message,
            Received::Refused(answer) => return Err(answer),
            Received::Ignored | Received::Batch(_) => return Ok(false),
        };
        let id = message.get("id").cloned();
        let asks = id.is_some() && message.get("method").is_some();
        let message = match understood(message) {
            Ok(message) => message,
            Err(Some(answer)) => return Err(answer),
            Err(None) => return Ok(false),
        };
        let mut state = self.output.state();
        match &message {
            ClientJsonRpcMessage::Request(request) => {
                let method = request.request.method();
                if batch.is_some() && method == "initialize" {
                    return Err(refusal(&id.unwrap_or_default(), NO_REQUEST, "initialize comes alone, in no batch"));
                }
                if state.asked.contains_key(&request.id) {
                    return Err(refusal(&id.unwrap_or_default(), NO_REQUEST, ASKED));
                }
                state.begun |= begins(&request.request);
                if !state.begun && !needs_no_protocol(&request.request) {
                    return Err(refusal(&id.unwrap_or_default(), NO_REQUEST, UNKNOWN_PROTOCOL));
                }
                state.asked.insert(request.id.clone(), batch);
                self.output.open.send_modify(|open| *open += 1);
            }
            _ if !state.begun => return Ok(false),
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    // The SDK answers no request that was cancelled.
                    drop(state);
                    if let Some(rest) = self.output.answered(id, None) {
                        self.output.say(rest);
                    }
                }
            }
            _ => {}
        }
        self.ready.push_back(message);
        Ok(asks)
    }

    fn batch(&mut self, many: Vec<Received>) {
        let number = {
            let mut state = self.output.state();
            if state.version.as_deref().is_none_or(|version| version > LAST_WITH_BATCHES) {
                drop(state);
                let message = format!("expected one message a line: batches ended with {LAST_WITH_BATCHES}");
                return self.output.say(refusal(&Value::Null, NO_REQUEST, message));
            }
            state.next += 1;
            let number = state.next;
            // One more, so that it is not complete before all of it is looked at.
            state.batches.insert(number, Batch { missing: 1, answers: Vec::new() });
            number
        };
        for one in many {
            let asked = self.one(one, Some(number));
            if let Some(batch) = self.output.state().batches.get_mut(&number) {
                match asked {
                    Ok(asks) => batch.missing += usize::from(asks),
                    Err(answer) => batch.answers.push(answer),
                }
            }
        }
        if let Some(line) = self.output.complete(number, None) {
            self.output.say(line);
        }
    }
}

/// A message as the SDK has it, or the answer to what is none: nothing is answered to an answer, or to a notification.
pub(crate) fn understood(message: Value) -> Result<ClientJsonRpcMessage, Option<Value>> {
    let id = message.get("id").filter(|_| message.get("method").is_some()).cloned();
    serde_json::from_value(message)
        .map_err(|_| id.map(|id| refusal(&id, NO_REQUEST, "this is no message of the protocol")))
}

/// Whether the SDK goes on from its first loop with this request. Before that, another message than a request would end it.
fn begins(request: &ClientRequest) -> bool {
    let (meta, version) = (request.get_meta(), ProtocolVersion::V_2026_07_28);
    let complete = || {
        let known = meta.protocol_version().is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version));
        known && meta.missing_required_keys(&version).is_empty()
    };
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        _ => complete(),
    }
}

/// Whether the SDK answers a request whatever protocol the client speaks, or says itself what is missing of it.
fn needs_no_protocol(request: &ClientRequest) -> bool {
    matches!(request, ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_))
        || request.get_meta().protocol_version().is_some()
}

impl<W: AsyncWrite + Send + Unpin + 'static> Output<W> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an answer that the SDK does not give. Reading may be interrupted, so that it is written by a task of its own.
    fn say(self: &Arc<Self>, answer: Value) {
        self.open.send_modify(|open| *open += 1);
        let output = self.clone();
        tokio::spawn(async move {
            if let Err(problem) = output.write(answer.to_string()).await {
                tracing::warn!(target: "outwit", %problem, "an answer could not be written");
            }
            output.open.send_modify(|open| *open -= 1);
        });
    }

    fn line(&self, message: &mut ServerJsonRpcMessage) -> io::Result<String> {
        let version = self.state().version.clone();
        Ok(structured::line(message, version.as_deref())?)
    }

    async fn write(&self, message: String) -> io::Result<()> {
        let mut line = restored(message);
        line.push('\n');
        let mut writer = self.writer.lock().await;
        writer.write_all(line.as_bytes()).await?;
        writer.flush().await
    }

    /// A request has its answer, or gets none. Gives the line to write: none while others of its batch are open.
    fn answered(&self, id: &RequestId, answer: Option<Value>) -> Option<Value> {
        let batch = self.state().asked.remove(id);
        if batch.is_some() {
            self.open.send_modify(|open| *open -= 1);
        }
        match batch.flatten() {
            Some(number) => self.complete(number, answer),
            None => answer,
        }
    }

    /// One part of a batch is done; gives the whole when all are. Nothing is answered to notifications alone.
    fn complete(&self, number: usize, answer: Option<Value>) -> Option<Value> {
        let mut state = self.state();
        let batch = state.batches.get_mut(&number)?;
        batch.answers.extend(answer);
        batch.missing = batch.missing.saturating_sub(1);
        if batch.missing > 0 {
            return None;
        }
        let answers = state.batches.remove(&number)?.answers;
        (!answers.is_empty()).then(|| answers.into())
    }
}

impl<R, W> Transport<RoleServer> for Pipes<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        mut message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let output = self.output.clone();
        async move {
            let id = match &message {
                ServerJsonRpcMessage::Response(response) => {
                    if let ServerResult::InitializeResult(hello) = &response.result {
                        output.state().version = Some(hello.protocol_version.as_str().to_owned());
                    }
                    Some(response.id.clone())
                }
                ServerJsonRpcMessage::Error(error) => error.id.clone(),
                _ => None,
            };
            let batched = id.as_ref().and_then(|id| output.state().asked.get(id).copied()).flatten().is_some();
            if let (true, Some(id)) = (batched, &id) {
                let answer = serde_json::from_str(&output.line(&mut message)?)?;
                return match output.answered(id, Some(answer)) {
                    Some(whole) => output.write(whole.to_string()).await,
                    None => Ok(()),
                };
            }
            let line = output.line(&mut message)?;
            let written = output.write(line).await;
            if let Some(id) = &id {
                output.answered(id, None);
            }
            written
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(message);
            }
            if self.ended {
                // Whoever pipes requests in and closes waits for the answers.
                self.open().none().await;
                return None;
            }
            let read = match self.input.fill_buf().await {
                Ok(read) if !read.is_empty() => read,
                ended => {
                    if let Err(problem) = ended {
                        tracing::warn!(target: "outwit", %problem, "the input cannot be read");
                    }
                    self.ended = true;
                    self.running.silence();
                    let line = std::mem::take(&mut self.line);
                    self.take(&line);
                    continue;
                }
            };
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(read.len(), |end| end + 1);
            self.passing |= self.line.len() + taken > LONGEST;
            if self.passing {
                self.line.clear();
            } else {
                self.line.extend_from_slice(&read[..taken]);
            }
            self.input.consume(taken);
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                self.take(&line);
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.writer.lock().await.flush().await
    }
}

#[cfg(test)]
mod tests;
