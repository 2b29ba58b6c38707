//! What the events of a stream mean, where facts say it instead of a function: of imported vendors.

use crate::object::take;
use crate::stream::Part;
use crate::types::ErrorKind;
use crate::wire::{Names, Node};
use serde_json::{Map, Value};

/// The member of the whole answer that lists the events without text, or all events where none has text.
const DATA: &str = "data";

/// What events mean. The texts are JSON pointers into an event's JSON, except where they are said to be something else.
#[derive(Debug)]
pub struct Events {
    /// The member of the request's body that asks for events: it is sent as `true`.
    pub switch: Option<&'static str>,
    /// Where the next piece of the text stands; the first text that is not empty counts. None: the pieces are the events
    /// themselves, as a line of JSON each.
    pub text: &'static [&'static str],
    /// Where an event says that nothing follows, and the word that says it. An empty word stands for anything but null.
    pub end: &'static [(&'static str, &'static str)],
    /// Whether the end of the body is the end of the answer, although no event says that nothing follows.
    pub open_end: bool,
    /// Where an event tells what has failed: a text, or an object with `message` and `code` or `type`.
    pub error: Option<&'static str>,
}

impl Events {
    /// What one event means.
    pub(crate) fn part(&self, event: &Value) -> Part {
        if let Some(error) = self.error.and_then(|pointer| event.pointer(pointer)).filter(|error| !error.is_null()) {
            let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let code = text(&error["code"]).or_else(|| text(&error["type"]));
            let message = text(error).or_else(|| text(&error["message"]));
            return Part::Failed(ErrorKind::Failed, code, message, Map::new());
        }
        let ends = |(pointer, word): &(&str, &str)| match event.pointer(pointer) {
            Some(found) if word.is_empty() => !found.is_null(),
            Some(found) => found.as_str() == Some(word),
            None => false,
        };
        let ends = self.end.iter().any(ends);
        if self.text.is_empty() && !ends {
            return Part::Text(Node::from(event.clone()).to_json() + "\n");
        }
        let mut texts = self.text.iter().filter_map(|pointer| event.pointer(pointer)?.as_str());
        match texts.find(|text| !text.is_empty()) {
            Some(text) if !ends => Part::Text(text.to_owned()),
            // The text of an event that is the end stays in what it says of itself.
            _ => {
                let fields = Map::from_iter([(DATA.to_owned(), Value::Array(vec![event.clone()]))]);
                if ends { Part::Last(fields) } else { Part::Early(fields) }
            }
        }
    }

    /// Puts the events of a stream without text, which came as lines of JSON, into the whole answer.
    pub(crate) fn gather(lines: &str, output: &mut Value) {
        let mut all: Vec<Value> =
            lines.lines().filter_map(|line| Node::read(line.as_bytes()).ok()).map(Node::into_value).collect();
        if let Some(Value::Array(last)) = output.get_mut(DATA) {
            all.append(last);
        }
        if let Value::Object(members) = output {
            members.insert(DATA.to_owned(), Value::Array(all));
        }
    }

    /// Calls the members of the whole answer as the vendor would: they have WIT's names until then.
    pub(crate) fn spell(text: &str, complete: &str, output: &mut Value, names: &Names) {
        let Value::Object(members) = output else { return };
        for ours in [text, complete, DATA] {
            if let Some(value) = take(members, ours) {
                members.insert(names.member(ours).into_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Spelling;
    use serde_json::json;

    const CHAT: Events = Events {
        switch: Some("stream"),
        text: &["/choices/0/delta/content"],
        end: &[("/type", "message_stop"), ("/last", "")],
        open_end: false,
        error: Some("/error"),
    };

    #[test]
    fn an_event_is_text_an_end_an_error_or_one_of_the_rest() {
        let rest = |event: &Value| Map::from_iter([("data".to_owned(), json!([event]))]);
        let text = json!({ "choices": [{ "delta": { "content": "a" } }] });
        assert_eq!(CHAT.part(&text), Part::Text("a".to_owned()));
        for other in
            [json!({ "choices": [{ "delta": { "content": "" } }] }), json!({ "usage": 3 }), json!([1]), json!("x")]
        {
            assert_eq!(CHAT.part(&other), Part::Early(rest(&other)));
        }
        for end in [json!({ "type": "message_stop" }), json!({ "last": false })] {
            assert_eq!(CHAT.part(&end), Part::Last(rest(&end)));
        }
        assert_eq!(CHAT.part(&json!({ "last": null })), Part::Early(rest(&json!({ "last": null }))));
        let failed = |code: Option<&str>, words: Option<&str>| {
            Part::Failed(ErrorKind::Failed, code.map(str::to_owned), words.map(str::to_owned), Map::new())
        };
        let error = json!({ "error": { "type": "overloaded_error", "message": "Busy" } });
        assert_eq!(CHAT.part(&error), failed(Some("overloaded_error"), Some("Busy")));
        assert_eq!(CHAT.part(&json!({ "error": "busy" })), failed(None, Some("busy")));
        assert_eq!(CHAT.part(&json!({ "error": null })), Part::Early(rest(&json!({ "error": null }))));
    }

    #[test]
    fn events_without_text_are_lines() {
        let events = Events { text: &[], ..CHAT };
        assert_eq!(events.part(&json!({ "a": "b\nc" })), Part::Text("{\"a\":\"b\\nc\"}\n".to_owned()));
        let mut output = json!({ "complete": true, "data": [{ "last": 1 }] });
        Events::gather("{\"a\":1}\n[2]\n", &mut output);
        assert_eq!(output, json!({ "complete": true, "data": [{ "a": 1 }, [2], { "last": 1 }] }));
        Events::spell("", "complete", &mut output, &Names { members: Spelling::Pascal, ..Names::DEFAULT });
        assert_eq!(output, json!({ "Complete": true, "Data": [{ "a": 1 }, [2], { "last": 1 }] }));
    }
}
