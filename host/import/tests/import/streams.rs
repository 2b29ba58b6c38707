//! Answers that come piece by piece.

use crate::{all_wit, definition, document, imported, lines, row, signature};
use outwit_import::{Imported, Kind};
use outwit_link::vendor::Stream;
use serde_json::{Value, json};

/// A document with one operation, `ask`, that sends this body and answers by these media types.
fn asks(body: Value, media: Value) -> Value {
    document(json!({ "/ask": { "post": {
        "operationId": "askIt", "requestBody": { "content": { "application/json": { "schema": body } } },
        "responses": { "200": { "content": media } },
    } } }))
}

fn object(members: Value) -> Value {
    json!({ "type": "object", "properties": members })
}

/// Events of this schema.
fn events(schema: Value) -> Value {
    json!({ "text/event-stream": { "schema": schema } })
}

/// An event in the shape that several vendors of language models have.
fn choices() -> Value {
    let content = json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": {} }, { "type": "null" }] });
    let choice = object(json!({ "delta": object(json!({ "content": content })) }));
    object(json!({ "id": { "type": "string" }, "choices": { "type": "array", "items": choice } }))
}

/// Events that say what they are by their `type`.
fn messages(end: &str) -> Value {
    let word = |word: &str| json!({ "type": "string", "enum": [word] });
    let text = object(json!({ "type": word("text_delta"), "text": { "type": "string" } }));
    let part = object(json!({ "type": word("json_delta"), "part": { "type": "string" } }));
    let delta = object(json!({ "type": word("block_delta"), "delta": { "oneOf": [part, text] } }));
    json!({ "oneOf": [object(json!({ "type": word("message_start") })), delta, object(json!({ "type": word(end) }))] })
}

fn text(pointer: &str, end: &[(&str, &str)]) -> Stream {
    Stream {
        text: vec![pointer.to_owned()],
        text_field: "text".to_owned(),
        end: end.iter().map(|(pointer, word)| ((*pointer).to_owned(), (*word).to_owned())).collect(),
        error: Some("/error".to_owned()),
        ..Stream::default()
    }
}

fn facts(imported: &Imported) -> Stream {
    row(imported).stream.clone().unwrap()
}

#[test]
fn events_of_known_shapes_have_their_text_at_a_pointer() {
    let of =
        |schema: Value| facts(&imported(&asks(object(json!({ "question": { "type": "string" } })), events(schema))));
    assert_eq!(of(choices()), text("/choices/0/delta/content", &[]));
    let plain =
        object(json!({ "choices": { "type": "array", "items": object(json!({ "text": { "type": "string" } })) } }));
    assert_eq!(of(plain), text("/choices/0/text", &[]));
    assert_eq!(of(messages("message_stop")), text("/delta/text", &[("/type", "message_stop")]));
    // Some documents describe the event around the data, too.
    let around = object(json!({ "event": { "type": "string" }, "data": messages("message_stop") }));
    assert_eq!(of(around), text("/delta/text", &[("/type", "message_stop")]));
}

/// OpenAPI 3.2, "Sequential Media Types" and "Special Considerations for Server-Sent Events": `itemSchema` is that of an event, whose
/// data is a text. `contentSchema` says what JSON the text holds. `schema` is that of the list of all events.
#[test]
fn events_are_described_one_by_one_or_as_a_list() {
    let of = |media: Value| {
        let mut document =
            asks(object(json!({ "question": { "type": "string" } })), json!({ "text/event-stream": media }));
        document["openapi"] = "3.2.0".into();
        facts(&imported(&document))
    };
    let json =
        |schema: Value| json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": schema });
    let event =
        |data: Value| object(json!({ "event": { "type": "string" }, "data": data, "retry": { "type": "integer" } }));
    let known = text("/choices/0/delta/content", &[]);
    assert_eq!(of(json!({ "itemSchema": event(json(choices())) })), known);
    assert_eq!(of(json!({ "itemSchema": event(choices()) })), known);
    assert_eq!(of(json!({ "schema": { "type": "array", "items": event(json(choices())) } })), known);
    // Of several kinds of events.
    let word = |word: &str| json!({ "const": word });
    let kind = |name: &str, data: Value| json!({ "properties": { "event": word(name), "data": data } });
    let mut several = event(json!({ "type": "string" }));
    several["oneOf"] = json!([kind("ping", json!({ "type": "string" })), kind("part", json(messages("message_stop")))]);
    let messages_of = text("/delta/text", &[("/type", "message_stop")]);
    assert_eq!(of(json!({ "itemSchema": several.clone() })), messages_of);
    several.as_object_mut().unwrap().remove("properties");
    assert_eq!(of(json!({ "itemSchema": several })), messages_of);
    let list = Stream { open_end: true, ..Stream::default() };
    assert_eq!(of(json!({ "itemSchema": event(json!({ "type": "string" })) })), list);
}

#[test]
fn events_of_other_shapes_are_json() {
    let list = Stream { open_end: true, ..Stream::default() };
    for schema in [messages("over"), json!({}), json!({ "type": "string" }), json!({ "$ref": "#/nowhere" })] {
        let imported = imported(&asks(object(json!({ "question": { "type": "string" } })), events(schema.clone())));
        assert_eq!(facts(&imported), list, "{schema}");
        let reply = ["complete: option<bool>", "data: list<json>", "extra: option<json>"];
        assert_eq!(definition(&imported, "ask-it-reply"), reply);
        assert_eq!(definition(&imported, "ask-it-event"), ["lines(string)", "done(ask-it-reply)"]);
        assert!(lines(&imported, Kind::Decided).iter().any(|(_, text)| text.contains("no known shape")));
    }
}

#[test]
fn an_answer_in_pieces_is_a_resource() {
    let body = object(json!({ "question": { "type": "string" }, "stream": { "type": "boolean", "default": false } }));
    let imported = imported(&asks(body, events(choices())));
    assert_eq!(signature(&imported, "ask-it"), "ask-it: func(input: ask-it-input) -> result<ask-it-stream, error>;");
    assert_eq!(definition(&imported, "ask-it-stream"), ["next: func() -> result<option<ask-it-event>, error>;"]);
    assert_eq!(definition(&imported, "ask-it-event"), ["text(string)", "done(ask-it-reply)"]);
    let reply = ["text: option<string>", "complete: option<bool>", "data: list<json>", "extra: option<json>"];
    assert_eq!(definition(&imported, "ask-it-reply"), reply);
    // What asks for events is sent, and nothing that a caller gives.
    assert_eq!(facts(&imported).switch.as_deref(), Some("stream"));
    assert_eq!(definition(&imported, "ask-it-input"), ["question: option<string>"]);
    assert_eq!(row(&imported).deadline_ms, Some(600_000));
    assert_eq!(imported.report.left_out.len(), 0);
}

#[test]
fn an_answer_at_once_or_in_pieces_is_two_operations() {
    let body = object(json!({ "question": { "type": "string" }, "stream": { "type": "boolean" } }));
    let answer = object(json!({ "reply": { "type": "string" } }));
    let both = json!({ "application/json": { "schema": answer }, "text/event-stream": { "schema": choices() } });
    let imported_one = imported(&asks(body.clone(), both.clone()));
    let operations = &imported_one.vendor.operations;
    assert_eq!(operations.keys().collect::<Vec<_>>(), ["ask-it", "stream-ask-it"]);
    assert!(operations["ask-it"].stream.is_none() && operations["stream-ask-it"].stream.is_some());
    assert_eq!(definition(&imported_one, "ask-it-input"), ["question: option<string>"]);
    assert_eq!(definition(&imported_one, "stream-ask-it-input"), ["question: option<string>"]);
    assert_eq!((imported_one.report.operations, imported_one.report.imported), (2, 2));
    // A name that the document has stays its own.
    let mut taken = asks(body, both);
    taken["paths"]["/other"] = json!({ "get": { "operationId": "streamAskIt", "responses": {} } });
    let imported_two = imported(&taken);
    assert!(imported_two.vendor.operations["stream-ask-it"].stream.is_none(), "{}", all_wit(&imported_two));
}
