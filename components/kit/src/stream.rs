//! An answer that comes piece by piece: server-sent events, read into the text's pieces and, at the end, the whole.

use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::dispatch::Operation;
use crate::error::fail;
use crate::events::Events;
use crate::exchange::{Answer, BodyCell, Reading, Received, doubtful, send, unsent};
use crate::imported::CAN_BE;
use crate::output::{output, unreadable};
use crate::response::{DEEPEST, clean, is_nothing, said};
use crate::secrets::Secrets;
use crate::types::{Error, ErrorKind};
use crate::wire::{Kind, Node, Tree, Type, same_word};
use crate::world::{Body, Incoming, Outside};
pub use answer::gather;
use answer::{details, in_place_of_events, put};
use serde_json::{Map, Value};
use sse_parse::SseParser;

mod answer;

/// How a vendor streams an answer.
#[derive(Debug)]
pub struct Stream {
    /// What one event's JSON means, and whether the event's name says that nothing follows. `[DONE]`, an event called `done` or as
    /// what has failed is called, and the end of the body end every stream.
    pub part: fn(&Value, bool) -> Part,
    /// Headers that belong to the answer, and where in it, as JSON pointers.
    pub headers: &'static [(&'static str, &'static str)],
    /// The member that holds the whole text; if no event gave it, it is made of the pieces.
    pub text: &'static str,
    /// The member that tells whether the vendor said that the answer is complete.
    pub complete: &'static str,
    /// The member that an answer stands for which does not come in pieces. Empty: it is the whole answer.
    pub at_once: &'static str,
    /// The members of which such an answer has at least one, by the vendor's documents. None: no document has such an answer.
    pub documented: &'static [&'static str],
}

/// What one event means. Members are in the vendor's spelling.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// The next piece of the text.
    Text(String),
    /// Members of the whole answer that tell nothing of its end.
    Early(Map<String, Value>),
    /// Members of the whole answer. With them, it is complete, but for what tells about it.
    Fields(Map<String, Value>),
    /// The same, and nothing follows.
    Last(Map<String, Value>),
    /// The work did not do what it was for: what that is, the vendor's code and explanation, and members of the whole answer.
    Failed(ErrorKind, Option<String>, Option<String>, Map<String, Value>),
    /// Nothing that matters.
    Skip,
    /// It matters, and is in a form that is not known.
    Odd,
}

/// A stream that is being read.
pub(crate) struct Running {
    call: Call,
    pub operation: &'static Operation,
    resolved: ResolvedRow,
    secrets: Secrets,
    stream: &'static Stream,
    incoming: Option<Incoming>,
    parser: SseParser,
    /// The last line: a server that fails on the way may end with JSON that is no event.
    line: Vec<u8>,
    text: String,
    /// The end of the text that was not passed on yet.
    pending: String,
    /// The answer, or why there is none, where the end of the text comes first.
    after: Option<Result<Node<'static>, Error>>,
    whole: Value,
    /// Whether the vendor said that the answer is complete; none as long as it has said nothing that is known.
    complete: Option<bool>,
    /// Whether something came that could not be read.
    odd: bool,
    /// Whether the body has ended.
    closed: bool,
    ended: bool,
}

/// How long what tells about a complete answer is waited for.
const REST_MS: u64 = 3_000;
/// The longest line of JSON that is taken for the end of a stream.
const LONGEST_LINE: usize = 16 * 1024;
/// What keeps connections open.
const BEATS: [&str; 4] = ["ping", "heartbeat", "keepalive", "connected"];

/// What came of an event.
enum Event {
    Piece(String),
    End,
    Nothing,
}

impl Running {
    /// Sends the operation's request.
    pub fn open(call: Call, operation: &'static Operation, input: &Node<'_>) -> Result<Running, Error> {
        let secrets = Secrets::of(&call, input);
        let body_cell = BodyCell::default();
        let mut reading = Reading { body: &body_cell, out: None, list: None };
        let (resolved, received) = secrets.out_of(send(&call, operation, input, &secrets, &mut reading))?;
        let misused = || fail(ErrorKind::Failed, format!("{} does not stream", operation.name));
        let stream = resolved.row.stream.ok_or_else(misused)?;
        let (incoming, whole) = match received {
            Received::Pieces(incoming) => (Some(incoming), Value::Object(Map::new())),
            Received::Answer(Answer { status, result, content, .. }) => {
                let result = result.filter(|result| !is_nothing(result));
                let nothing = || unreadable(&call, resolved, status, "an answer without content");
                let result = secrets.out_of(result.ok_or_else(nothing))?;
                let is_reply = stream.documented.iter().any(|name| result.get(name).is_some());
                let fault = match is_reply {
                    // A vendor that does not stream after all has said everything already.
                    true => None,
                    false => Some(in_place_of_events(content, &result, &secrets)),
                };
                let whole = match stream.at_once {
                    "" => result.into_value(),
                    member => crate::json!({ (member): result.into_value() }),
                };
                if let Some(fault) = fault {
                    let error = unreadable(&call, resolved, status, &fault);
                    return secrets.out_of(Err(Error { details: details(resolved, operation, "", &whole), ..error }));
                }
                (None, whole)
            }
        };
        let mut running = Running {
            call,
            operation,
            resolved,
            secrets,
            stream,
            complete: None,
            incoming,
            parser: SseParser::new(),
            line: Vec::new(),
            text: String::new(),
            pending: String::new(),
            after: None,
            whole,
            odd: false,
            closed: false,
            ended: false,
        };
        running.take_headers();
        Ok(running)
    }

    /// What one event's JSON means.
    fn meaning(&self, event: &Value, last: bool) -> Part {
        self.facts().map_or_else(|| (self.stream.part)(event, last), |facts| facts.part(event))
    }

    /// What events mean, where facts say it.
    fn facts(&self) -> Option<&'static Events> {
        if CAN_BE { self.resolved.row.imported?.events } else { None }
    }

    fn take_headers(&mut self) {
        let headers = self.incoming.iter().flat_map(|incoming| &incoming.headers);
        for (name, value) in headers {
            let wanted = self.stream.headers.iter().find(|(wanted, _)| name.eq_ignore_ascii_case(wanted));
            if let (Some((_, pointer)), Ok(text)) = (wanted, std::str::from_utf8(value)) {
                put(&mut self.whole, pointer, text.into());
            }
        }
    }

    /// The next event in WIT's spelling: `{"text": …}`, and at last the whole answer; then none.
    pub fn next(&mut self, events: &Type) -> Result<Option<Node<'static>>, Error> {
        let next = match self.after.take() {
            Some(whole) => whole.map(|whole| Some((true, whole))),
            None => self.piece(),
        };
        // After an error nothing more can come.
        self.ended |= next.is_err();
        let next = self.secrets.out_of(next)?;
        Ok(next.map(|(last, mut value)| {
            if last {
                self.secrets.out_of_result(&mut value);
            }
            let Kind::Option { some: Type { kind: Kind::Variant { cases, .. }, .. }, .. } = events.kind else {
                return value;
            };
            let case = if last { cases.last() } else { cases.first() };
            Node::Object(vec![(case.map_or("", |case| case.name).into(), value)])
        }))
    }

    /// The next piece of text without secrets, of which a part may stand in each of several pieces; or the whole.
    fn piece(&mut self) -> Result<Option<(bool, Node<'static>)>, Error> {
        loop {
            let piece = match self.part() {
                Ok(Some((false, Node::Text(text)))) => {
                    self.pending.push_str(&text);
                    self.secrets.out_of_pieces(&mut self.pending)
                }
                Ok(Some((_, whole))) if !self.pending.is_empty() => {
                    self.after = Some(Ok(whole));
                    std::mem::take(&mut self.pending)
                }
                Err(error) if !self.pending.is_empty() => {
                    self.after = Some(Err(error));
                    std::mem::take(&mut self.pending)
                }
                whole => return whole,
            };
            if !piece.is_empty() {
                return Ok(Some((false, Node::Text(piece.into()))));
            }
        }
    }

    /// The next piece of text, or the whole, which is the last.
    fn part(&mut self) -> Result<Option<(bool, Node<'static>)>, Error> {
        while !self.ended {
            while let Some(event) = self.parser.next_event() {
                match self.event(&event.event, event.data.trim())? {
                    Event::Piece(text) => return Ok(Some((false, Node::Text(text.into())))),
                    Event::End => return self.last(),
                    Event::Nothing => {}
                }
            }
            if self.closed {
                return self.last();
            }
            if self.call.world.cancelled() {
                return Err(self.broken(fail(ErrorKind::Cancelled, "the caller gave up on the stream")));
            }
            let piece = self.incoming.as_mut().map_or(Ok(None), Incoming::piece);
            match piece {
                Ok(Some(bytes)) => {
                    self.buffer_line(&bytes);
                    self.parser.feed(&bytes);
                }
                Ok(None) => {
                    // The last event may lack its blank line.
                    self.parser.feed(b"\n\n");
                    self.closed = true;
                }
                // All has come that belongs to the answer.
                Err(_) if self.complete == Some(true) => return self.last(),
                Err(failure) => {
                    let error = self.call.limits().map(|limits| unsent(self.call.api, &failure, &limits));
                    return Err(self.broken(error.unwrap_or_else(|error| error)));
                }
            }
        }
        Ok(None)
    }

    fn event(&mut self, name: &str, data: &str) -> Result<Event, Error> {
        let done = name == "done" || data == "[DONE]";
        let failed = name == "error" || self.call.api.failed.iter().any(|word| same_word(word, name));
        let Some(json) = Node::read(data.as_bytes()).ok().filter(|json| !json.is_deeper_than(DEEPEST)) else {
            let words = clean(data, 300);
            if failed {
                let words = Some(words).filter(|words| !words.is_empty());
                return Err(self.failed(ErrorKind::Failed, None, words));
            }
            let beats = |word: &str| BEATS.iter().any(|beat| same_word(beat, word));
            if !data.is_empty() && data != "[DONE]" && !beats(data) && !beats(name) {
                self.odd |= !done;
                self.record_event(name, words.into());
            }
            return Ok(if done { self.end() } else { Event::Nothing });
        };
        let words = clean(&said(&json).unwrap_or(data.into()), 300);
        let json = json.into_value();
        let part = match self.meaning(&json, done) {
            Part::Failed(kind, code, message, fields) => Part::Failed(kind, code, message, fields),
            _ if failed => Part::Failed(ErrorKind::Failed, None, Some(words), Map::new()),
            part => part,
        };
        match part {
            Part::Text(text) if !text.is_empty() => {
                self.text.push_str(&text);
                self.complete = self.complete.or(Some(false));
                // What comes with the end is a part of the whole.
                if !done {
                    return Ok(Event::Piece(text));
                }
            }
            Part::Early(fields) => {
                self.complete = self.complete.or(Some(false));
                self.put(fields);
            }
            Part::Fields(fields) => self.put_last(fields),
            Part::Last(fields) => {
                self.put_last(fields);
                return Ok(Event::End);
            }
            Part::Failed(kind, code, message, fields) => {
                self.put(fields);
                return Err(self.failed(kind, code, message));
            }
            // What an end says of itself is not lost.
            Part::Skip if done => self.record_event(name, json),
            Part::Odd => self.odd = true,
            Part::Text(_) | Part::Skip => {}
        }
        Ok(if done { self.end() } else { Event::Nothing })
    }

    /// The vendor says that nothing follows. Where nothing came before, that is no answer.
    fn end(&mut self) -> Event {
        self.complete = self.complete.map(|_| true);
        Event::End
    }

    fn buffer_line(&mut self, bytes: &[u8]) {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.trim_ascii_end().iter().rposition(|byte| *byte == b'\n') {
            self.line.drain(..=end);
        }
        // So long is no error, and each piece would look through all of it.
        if self.line.len() > LONGEST_LINE {
            self.line.clear();
        }
    }

    /// Keeps what an event of some name says that is not known here.
    fn record_event(&mut self, name: &str, says: Value) {
        if name != "message" {
            put(&mut self.whole, &format!("/events/{name}"), says);
        }
    }

    fn put(&mut self, fields: Map<String, Value>) {
        fields.into_iter().for_each(|(name, value)| put(&mut self.whole, &format!("/{name}"), value));
    }

    fn put_last(&mut self, fields: Map<String, Value>) {
        self.complete = Some(true);
        self.put(fields);
        if let Some(incoming) = &mut self.incoming {
            incoming.wait_at_most(REST_MS);
        }
    }

    fn last(&mut self) -> Result<Option<(bool, Node<'static>)>, Error> {
        self.ended = true;
        // What came together with the end may say that it is none.
        while let Some(event) = self.parser.next_event() {
            self.event(&event.event, event.data.trim())?;
        }
        let line = std::mem::take(&mut self.line);
        if let Some(line) = std::str::from_utf8(&line).ok().filter(|line| line.starts_with('{')) {
            self.event("message", line.trim())?;
        }
        if self.incoming.take().is_some() {
            let nothing = || self.broken(unreadable(&self.call, self.resolved, 200, "the stream holds nothing"));
            let mut complete = self.complete.ok_or_else(nothing)? && !self.odd;
            let Stream { text, complete: complete_field, .. } = self.stream;
            if let Some(events) = self.facts() {
                complete |= events.open_end && !self.odd;
                if events.text.is_empty() {
                    Events::gather(&std::mem::take(&mut self.text), &mut self.whole);
                }
            }
            if !self.text.is_empty() && self.whole[*text].is_null() {
                put(&mut self.whole, &format!("/{text}"), self.text.clone().into());
            }
            put(&mut self.whole, &format!("/{complete_field}"), complete.into());
            if self.facts().is_some() {
                Events::spell(text, complete_field, &mut self.whole, self.resolved.names);
            }
        }
        let answer = Answer { status: 200, result: Some(self.whole.take().into()), content: None, location: None };
        let mut tree = Tree::default();
        output(&self.call, self.resolved, self.operation.output, answer, &mut tree)?;
        Ok(Some((true, tree.take())))
    }

    fn failed(&self, kind: ErrorKind, code: Option<String>, message: Option<String>) -> Error {
        let title = self.call.api.title;
        let message =
            message.map_or_else(|| format!("{title} failed"), |words| format!("{title}: {}", clean(&words, 300)));
        self.broken(Error { code: code.map(|code| clean(&code, 80)), status: Some(200), ..fail(kind, message) })
    }

    /// An error with what came before it.
    fn broken(&self, error: Error) -> Error {
        let maybe_done = self.resolved.effect != crate::Effect::Read;
        let details = details(self.resolved, self.operation, &self.text, &self.whole);
        Error { details, ..doubtful(self.resolved, error, maybe_done) }
    }
}
