//! Server-sent events of a run, one token at a time, each when it is due. The run does not notice whether anyone listens.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::sleep;

use super::apps::Kind;
use super::switches::Cut;
use super::{Dialect, Shared, World, v1};
use crate::lock;

/// Long enough that what comes before it and what comes after are read separately.
const GAP: Duration = Duration::from_millis(2);

/// Answers at once, and goes on in the background.
pub fn open(shared: Arc<Shared>, run: usize, dialect: Dialect) -> Response {
    let (sender, receiver) = channel(1);
    let mut response = Response::new(Body::new(Pieces(receiver)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let world = lock(&shared.world);
    if dialect == Dialect::V1 {
        let about = &world.runs[run];
        let session = about.order.session.as_ref().map(|session| session.id.as_str());
        for (name, value) in [("x-execution-id", Some(about.handle.as_str())), ("x-session-id", session)] {
            // A caller's own session id may not fit into a header.
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
    }
    let speaker = Speaker { run, dialect, sender, odd: world.switches.odd, events: 0 };
    let script = Script::of(&world, run, dialect);
    drop(world);
    tokio::spawn(perform(shared, speaker, script));
    response
}

/// What will be said if nothing comes between.
struct Script {
    events: Vec<Value>,
    /// What the agent's last event repeats.
    result: Option<String>,
    cut: Cut,
    no_done: bool,
}

impl Script {
    fn of(world: &World, run: usize, dialect: Dialect) -> Script {
        let order = &world.runs[run].order;
        let app = &world.apps[world.runs[run].app];
        let is_agent = app.kind == Kind::Agent;
        let mut tokens: Vec<&str> = order.text.split_inclusive(' ').collect();
        if app.ending == "error" {
            tokens.truncate(tokens.len() / 2);
        }
        let mut events = Vec::new();
        if let (Some(tool), Dialect::V1) = (app.about["tool"].as_str(), dialect) {
            let output = json!({ "tool": tool, "tool_input": { "query": order.inputs["message"] } });
            events.push(chunk("app.output.agent-action", output));
        }
        for token in tokens {
            events.push(match (is_agent, dialect) {
                (false, _) => chunk("app.output.chunk", json!(token)),
                (true, Dialect::V1) => {
                    chunk("app.output.agent-response", json!({ "token": token, "stream_finished": false }))
                }
                (true, Dialect::Public) => chunk("app.output.agent-response", json!({ "token": token })),
            });
        }
        Script {
            events,
            result: (is_agent && dialect == Dialect::V1).then(|| order.text.clone()),
            cut: world.switches.cut,
            no_done: world.switches.no_done,
        }
    }
}

fn chunk(object: &str, output: Value) -> Value {
    json!({ "object": object, "delta": { "output": output } })
}

/// Ends early when nobody listens any more.
async fn perform(shared: Arc<Shared>, mut speaker: Speaker, script: Script) {
    let (run, count) = (speaker.run, script.events.len());
    let said = if script.cut == Cut::Never { count } else { count / 2 };
    for (index, event) in script.events.iter().take(said).enumerate() {
        if speaker.wait(&shared, |world| world.runs[run].due(index, count)).await.is_none() {
            return;
        }
        if status(&shared, run) == "cancelled" {
            break;
        }
        if speaker.say(&event.to_string()).await.is_none() {
            return;
        }
    }
    if script.cut == Cut::Aborts {
        // If nobody listens, there is no connection to break.
        drop(speaker.sender.send(Err(io::ErrorKind::ConnectionAborted.into())).await);
    }
    if script.cut != Cut::Never || speaker.wait(&shared, |world| world.runs[run].ends()).await.is_none() {
        return;
    }
    let mut last: Vec<String> = Vec::new();
    if speaker.dialect == Dialect::V1 {
        last.extend(closing(&lock(&shared.world), run, &script).iter().map(Value::to_string));
    }
    if !script.no_done {
        last.push("[DONE]".to_owned());
    }
    for data in last {
        if speaker.say(&data).await.is_none() {
            return;
        }
    }
}

fn status(shared: &Shared, run: usize) -> String {
    let world = lock(&shared.world);
    world.runs[run].status(world.clock.now()).to_owned()
}

/// How `v1` tells of the end.
fn closing(world: &World, index: usize, script: &Script) -> Vec<Value> {
    let run = &world.runs[index];
    let word = run.status(world.clock.now());
    if word == "error" {
        let about = &world.apps[run.app].about;
        let error = json!({ "code": about["error_code"], "message": about["error_message"] });
        return vec![json!({ "object": "app.output.error", "error": error })];
    }
    let mut events = Vec::new();
    if let (Some(result), "success") = (&script.result, word) {
        let output = json!({ "token": "", "stream_finished": true, "result": result });
        events.push(chunk("app.output.agent-response", output));
    }
    if !script.no_done {
        let status = v1::status(word);
        let mut completed = json!({ "object": "app.output.completed", "execution_id": run.handle, "status": status });
        if let Some(session) = &run.order.session {
            completed["session_id"] = json!(session.id);
        }
        events.push(completed);
    }
    events
}

struct Speaker {
    run: usize,
    dialect: Dialect,
    sender: Sender<io::Result<Bytes>>,
    odd: bool,
    /// How many were sent.
    events: usize,
}

impl Speaker {
    /// `None` when nobody listens any more.
    async fn wait(&self, shared: &Shared, due: impl Fn(&World) -> u64) -> Option<()> {
        tokio::select! {
            () = shared.until(due) => Some(()),
            () = self.sender.closed() => None,
        }
    }

    async fn say(&mut self, data: &str) -> Option<()> {
        self.events += 1;
        if !self.odd {
            return self.send(format!("data: {data}\n\n").into_bytes()).await;
        }
        let text = odd(data, self.events);
        // In the middle of a character, if it has one of several bytes.
        let middle = text.char_indices().find(|(_, character)| !character.is_ascii());
        let middle = middle.map_or(text.len() / 2, |(start, _)| start + 1);
        let (first, second) = text.as_bytes().split_at(middle);
        self.send(first.to_vec()).await?;
        sleep(GAP).await;
        self.send(second.to_vec()).await
    }

    async fn send(&self, bytes: Vec<u8>) -> Option<()> {
        self.sender.send(Ok(bytes.into())).await.ok()
    }
}

/// The same event with everything that the format allows and a careless parser does not expect: CRLF, comments, fields
/// without a blank after the colon, fields that matter to nobody, data on several lines, objects that are not known.
fn odd(data: &str, number: usize) -> String {
    let mut text = String::new();
    if number == 1 {
        text.push_str(": the stream begins\r\nretry: 3000\r\n\r\n");
        text.push_str("data: {\"object\":\"app.output.heartbeat\"}\r\n\r\n");
    }
    text.push_str(&format!("event: message\r\nid: {number}\r\n: keep-alive\r\nunknown\r\n"));
    let lines = match serde_json::from_str::<Value>(data) {
        Ok(value) => format!("{value:#}"),
        Err(_) => data.to_owned(),
    };
    for line in lines.lines() {
        text.push_str(&format!("data:{line}\r\n"));
    }
    text + "\r\n"
}

/// A body that is sent as its pieces come; each is one write.
struct Pieces(Receiver<io::Result<Bytes>>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.get_mut().0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
