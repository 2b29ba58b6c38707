//! What is reported of a call while it runs: how far it is, and the events of an answer that comes in pieces.

use crate::call_handle::Progress;
use crate::client::Body;
use crate::redact::Redactor;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use serde_json::Value;
use sse_parse::SseParser;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc::UnboundedSender;
use wasmtime_wasi_http::Error as HttpError;

/// What happens in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallEvent {
    /// The call is further than it was.
    Progress(Progress),
    /// The data of an event of the vendor's answer, as the vendor sent it, without the account's secrets.
    Piece(String),
}

/// How much of each text that comes in pieces is looked through for secrets: longer ones are none that a host has.
const LONGEST: usize = 8 << 10;
/// How many texts that come in pieces are distinguished.
const MOST: usize = 64;

/// The same body; each event that passes is reported.
pub(crate) fn reported(body: Body, redactor: Arc<Redactor>, to: UnboundedSender<CallEvent>) -> Body {
    Reported { body, parser: SseParser::new(), pieces: Pieces::new(redactor), to }.boxed_unsync()
}

struct Reported {
    body: Body,
    parser: SseParser,
    pieces: Pieces,
    to: UnboundedSender<CallEvent>,
}

impl http_body::Body for Reported {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let this = &mut *self;
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            this.parser.feed(data);
            while let Some(event) = this.parser.next_event() {
                for piece in this.pieces.of(event.data) {
                    // Nobody has to listen to the end.
                    _ = this.to.send(CallEvent::Piece(piece));
                }
            }
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

/// Events without secrets, also without those that are spread over several events. What may be the beginning of one waits for
/// what follows; what still waits at the end is in the whole answer.
struct Pieces {
    redactor: Arc<Redactor>,
    waiting: Vec<String>,
    /// The texts that the events make, by where the pieces stand.
    texts: BTreeMap<String, String>,
}

impl Pieces {
    fn new(redactor: Arc<Redactor>) -> Pieces {
        Pieces { redactor, waiting: Vec::new(), texts: BTreeMap::new() }
    }

    /// What may pass now that this event has come.
    fn of(&mut self, data: String) -> Vec<String> {
        let parsed = serde_json::from_str(&data).unwrap_or_else(|_| Value::from(data.clone()));
        let alone = self.redactor.result(data.clone());
        let shows_one = alone != data;
        self.waiting.push(alone);
        self.add(&mut String::new(), &parsed);
        let spread = self.texts.values().any(|text| self.redactor.text(text) != *text);
        if spread {
            self.texts.clear();
            if !shows_one || self.waiting.len() > 1 {
                self.waiting = vec![Redactor::INSTEAD.to_owned()];
            }
        } else if self.texts.values().any(|text| self.redactor.may_follow(text)) {
            return Vec::new();
        }
        std::mem::take(&mut self.waiting)
    }

    fn add(&mut self, place: &mut String, value: &Value) {
        let at = place.len();
        match value {
            Value::String(piece) => {
                if self.texts.len() >= MOST && !self.texts.contains_key(place) {
                    self.texts.clear();
                }
                let text = self.texts.entry(place.clone()).or_default();
                text.push_str(piece);
                let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST));
                text.drain(..from);
            }
            // Of a list, each item may be a piece of one text.
            Value::Array(items) => items.iter().for_each(|item| self.add(place, item)),
            Value::Object(members) => {
                for (name, value) in members {
                    place.push('/');
                    place.push_str(name);
                    self.add(place, value);
                    place.truncate(at);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(secrets: &[&str]) -> Pieces {
        Pieces::new(Arc::new(Redactor::new(secrets.iter().map(|secret| (*secret).into()))))
    }

    #[test]
    fn events_pass_at_once_and_unchanged() {
        let mut pieces = pieces(&["tok-4711-opensesame"]);
        for event in [r#"{"delta":"Two: "}"#, r#"{"delta":"Shore and Ocean."}"#, "[DONE]", "no JSON: {"] {
            assert_eq!(pieces.of(event.to_owned()), [event]);
        }
    }

    #[test]
    fn a_secret_that_comes_in_one_event_or_in_several_is_redacted() {
        let mut pieces = pieces(&["tok-4711-opensesame"]);
        assert_eq!(pieces.of(r#"{"key":"tok-4711-opensesame"}"#.to_owned()), [r#"{"key":"[secret]"}"#]);
        let mut passed = Vec::new();
        for piece in ["The key is to", "k-47", "11-op", "ensesa", "me. ", "That is all."] {
            passed.extend(pieces.of(serde_json::json!({ "delta": { "text": piece } }).to_string()));
        }
        let passed = passed.join("\n");
        assert!(!passed.contains("47") && !passed.contains("ensesa") && passed.contains("[secret]"), "{passed}");
        assert!(passed.contains("The key is") && passed.contains("That is all."), "{passed}");
    }

    #[test]
    fn what_only_begins_as_a_secret_passes_when_it_goes_on_as_another_text() {
        let mut pieces = pieces(&["tok-4711-opensesame"]);
        assert_eq!(pieces.of(r#"{"text":"a tok-47"}"#.to_owned()), [""; 0]);
        assert_eq!(
            pieces.of(r#"{"text":"00 it is"}"#.to_owned()),
            [r#"{"text":"a tok-47"}"#, r#"{"text":"00 it is"}"#]
        );
    }

    #[test]
    fn texts_at_other_places_are_other_texts() {
        let mut pieces = pieces(&["tok-4711-opensesame"]);
        assert_eq!(pieces.of(r#"{"a":"tok-4"}"#.to_owned()), [""; 0]);
        // What stands elsewhere does not go on with it, and waits behind it.
        assert_eq!(pieces.of(r#"{"b":"711-opensesame"}"#.to_owned()), [""; 0]);
        assert_eq!(pieces.of(r#"{"a":"!"}"#.to_owned()).len(), 0);
        assert_eq!(pieces.of(r#"{"a":" other"}"#.to_owned()).len(), 4);
    }
}
