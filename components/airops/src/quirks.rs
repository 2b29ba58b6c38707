//! What AirOps does differently, and a row cannot say.
//!
//! - `public` says in the path whether a run is waited for: `execute` or `async_execute`, `chat` or `async_chat` (OpenAPI).
//!   `v1` decides by itself (its document has no member for it).
//! - `public` has no other way to run an agent than a chat, whose message stands beside the inputs (OpenAPI; that `v1` has
//!   it among them is inferred).
//! - `public` finds an execution by its own id alone (OpenAPI), and lists those of an app by the app's number. Its document
//!   prints `:airops_app_id` in that path and asks for the number in the query; public clients put it into both.
//! - Chats and runs are streamed where the body says `stream` (both documents of `v1` and AirOps' streaming example; in
//!   `public` at addresses that only the example shows). The form is not documented: it is read as the example has it, as
//!   server-sent events with `object` and `delta`. Kinds of events that are not known here are passed over; with one
//!   that holds a text, the answer is not called complete.

use crate::names;
use kit::types::ErrorKind;
use kit::{FieldError, Part, Stream, json, take};
use serde_json::{Map, Value};

/// Input values are members of an object: AirOps would refuse anything else. Only a chat, which has a message, goes without.
pub fn inputs(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    match params.get("inputs") {
        Some(Value::Object(_)) => Ok(()),
        None if params.contains_key("message") => Ok(()),
        _ => Err(FieldError::new("inputs", "expected an object, of input values by name")),
    }
}

pub fn execute(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    mode(params, "execute", "async_execute");
    inputs(params)
}

pub fn execute_by_chat(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    mode(params, "chat", "async_chat");
    message_first(params)
}

fn message_first(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    inputs(params)?;
    let inputs = params.get_mut("inputs").and_then(Value::as_object_mut);
    let message = inputs.and_then(|inputs| take(inputs, "message")).filter(|message| !message.is_null());
    let Some(message) = message else {
        return Err(FieldError::new("inputs.message", "missing, and in `public` an agent is run by a message"));
    };
    params.insert("message".to_owned(), message);
    Ok(())
}

pub fn execute_v1(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    take(params, "background");
    inputs(params)
}

fn mode(params: &mut Map<String, Value>, waited_for: &str, in_background: &str) {
    let background = take(params, "background").is_some_and(|background| background == true);
    params.insert("mode".to_owned(), if background { in_background } else { waited_for }.into());
}

pub fn execution_alone(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let uuid = take(params, "uuid");
    params.clear();
    params.extend(uuid.map(|uuid| ("uuid".to_owned(), uuid)));
    Ok(())
}

pub fn app_twice(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let number = params.get("airops_app_id").cloned().unwrap_or_default();
    params.insert("app".to_owned(), number);
    Ok(())
}

pub fn stream(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    params.insert("stream".to_owned(), true.into());
    inputs(params)
}

pub fn stream_by_chat(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    params.insert("stream".to_owned(), true.into());
    message_first(params)
}

/// A chat of `v1` may be answered at once: its document has the reply so, and no stream.
pub static CHAT: Stream = Stream {
    part,
    headers: &[("x-session-id", "/session_id"), ("x-execution-id", "/execution_id")],
    text: "response",
    complete: "complete",
    at_once: "",
    documented: &["response"],
};

/// A run of `v1` that AirOps does not stream after all is an execution, as its document has it.
pub static RUN: Stream = Stream { at_once: "execution", documented: &["execution_id", "status", "result"], ..CHAT };

/// What `public` streams stands in no document, but in AirOps' example, and that has events alone.
pub static PUBLIC_CHAT: Stream = Stream { documented: &[], ..CHAT };
pub static PUBLIC_RUN: Stream = Stream { documented: &[], ..RUN };

/// The members that may hold a piece of the text.
const SAID: [&str; 6] = ["output", "text", "content", "token", "response", "result"];

/// The members of an event that tell what it is, and not what came of the work.
const EVENT_FIELDS: [&str; 4] = ["object", "delta", "execution_id", "status"];

fn part(event: &Value, last: bool) -> Part {
    let (error, kind) = (&event["error"], event["object"].as_str());
    let has_error = !kit::is_empty(error) || !kit::is_empty(&event["errors"]) || event["success"] == false;
    let output = &event["delta"]["output"];
    let execution = kind.is_none() && event["execution_id"].is_string() && event["status"].is_string();
    let has_end = || ["result", "outputs", "output", "completed_at"].iter().any(|name| !kit::is_empty(&event[*name]));
    let ended = last || kind == Some("app.output.completed") || execution && has_end();
    // How the work stands; none where the word is not known.
    let status = event["status"].as_str().map(names::status);
    let of_error = matches!(kind, Some("app.output.error" | "app.output.failed"));
    if has_error || of_error || status == Some(Some("failed")) {
        return failed(ErrorKind::Failed, event, None);
    }
    match (status, event["status"].as_str()) {
        (Some(Some("cancelled")), _) if ended || execution => {
            return failed(ErrorKind::Cancelled, event, Some("the run was cancelled"));
        }
        (Some(None), Some(word)) if ended => {
            let ended = format!("the run has ended as \"{word}\", a state that AirOps does not document");
            return failed(ErrorKind::Unreadable, event, Some(&ended));
        }
        _ => {}
    }
    let mut fields = Map::new();
    match kind {
        Some("app.output.agent-response") => {
            let finished = output["stream_finished"] == true;
            match (text(&output["token"]), text(&output["result"]).filter(|_| finished)) {
                (_, Some(whole)) => _ = fields.insert("response".to_owned(), whole.into()),
                (Some(token), None) => return Part::Text(token),
                (None, None) if finished => {}
                (None, None) => return nothing(&output["token"]),
            }
            // Why the text ends, where that is told.
            add_rest(&mut fields, output, &["token", "result", "stream_finished"]);
        }
        Some("app.output.chunk") => return text(output).map_or_else(|| nothing(output), Part::Text),
        // The execution itself.
        None if execution => {
            fields.insert("execution".to_owned(), event.clone());
            if matches!(status, Some(None | Some("pending" | "running"))) {
                return Part::Early(fields);
            }
        }
        Some("app.output.completed") => {
            fields = about(event);
            add_rest(&mut fields, event, &EVENT_FIELDS);
            return Part::Last(fields);
        }
        // Of a kind that is not known here, a piece of the text is not to be lost in silence.
        _ => {
            let mut places = [event, &event["delta"], output].into_iter();
            let says = |place: &Value| place.is_string() || SAID.iter().any(|name| text(&place[*name]).is_some());
            return if !event.is_object() || places.any(says) { Part::Odd } else { Part::Skip };
        }
    }
    Part::Fields(fields)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The work that an event says has failed, or ended otherwise.
fn failed(kind: ErrorKind, event: &Value, how: Option<&str>) -> Part {
    let (error, output) = (&event["error"], &event["delta"]["output"]);
    // As errors that come at once: `error` is the code where it is a word.
    let word = text(error).filter(|error| !error.contains(char::is_whitespace));
    let code = text(&error["code"]).or_else(|| text(&event["error_code"])).or(word);
    let words = [
        &error["message"],
        &event["error_message"],
        &event["message"],
        error,
        &event["reason"],
        &event["detail"],
        output,
    ];
    let words = words.into_iter().find_map(text);
    let message = match (how, words) {
        (Some(how), Some(words)) => Some(format!("{how}: {words}")),
        (how, words) => words.or_else(|| how.map(str::to_owned)),
    };
    Part::Failed(kind, code, message, about(event))
}

/// What an event tells of the run that it belongs to.
fn about(event: &Value) -> Map<String, Value> {
    let (id, status) = (&event["execution_id"], &event["status"]);
    let mut fields = Map::new();
    if !id.is_null() && !status.is_null() {
        let mut execution = json!({ "execution_id": id, "status": status });
        for outputs in ["result", "outputs", "output"] {
            if !event[outputs].is_null() {
                kit::set(&mut execution, outputs, event[outputs].clone());
            }
        }
        fields.insert("execution".to_owned(), execution);
    }
    for name in ["session_id", "execution_id"] {
        if !event[name].is_null() {
            fields.insert(name.to_owned(), event[name].clone());
        }
    }
    fields
}

/// Adds the other members of an object that hold something.
fn add_rest(fields: &mut Map<String, Value>, object: &Value, without: &[&str]) {
    for (name, value) in object.as_object().into_iter().flatten() {
        if !without.contains(&&**name) && !value.is_null() {
            fields.insert(name.clone(), value.clone());
        }
    }
}

/// What a piece is that holds no text.
fn nothing(piece: &Value) -> Part {
    if piece.is_null() || piece.is_string() { Part::Skip } else { Part::Odd }
}
