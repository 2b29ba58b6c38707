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

use kit::{Part, Problem, Stream, json};
use serde_json::{Map, Value};

/// Input values are members of an object: AirOps would refuse anything else. Only a chat, which has a message, goes without.
pub fn inputs(params: &mut Map<String, Value>) -> Result<(), Problem> {
    match params.get("inputs") {
        Some(Value::Object(_)) => Ok(()),
        None if params.contains_key("message") => Ok(()),
        _ => Err(Problem::new("inputs", "expected an object, of input values by name")),
    }
}

pub fn execute(params: &mut Map<String, Value>) -> Result<(), Problem> {
    mode(params, "execute", "async_execute");
    inputs(params)
}

pub fn execute_by_chat(params: &mut Map<String, Value>) -> Result<(), Problem> {
    mode(params, "chat", "async_chat");
    message_first(params)
}

fn message_first(params: &mut Map<String, Value>) -> Result<(), Problem> {
    inputs(params)?;
    let inputs = params.get_mut("inputs").and_then(Value::as_object_mut);
    let message = inputs.and_then(|inputs| inputs.remove("message")).filter(|message| !message.is_null());
    let Some(message) = message else {
        return Err(Problem::new("inputs.message", "missing, and in `public` an agent is run by a message"));
    };
    params.insert("message".to_owned(), message);
    Ok(())
}

pub fn execute_v1(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.remove("background");
    inputs(params)
}

fn mode(params: &mut Map<String, Value>, waited_for: &str, in_background: &str) {
    let background = params.remove("background").is_some_and(|background| background == true);
    params.insert("mode".to_owned(), if background { in_background } else { waited_for }.into());
}

pub fn execution_alone(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.retain(|name, _| name == "uuid");
    Ok(())
}

pub fn app_twice(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let number = params.get("airops_app_id").cloned().unwrap_or_default();
    params.insert("app".to_owned(), number);
    Ok(())
}

pub fn stream(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.insert("stream".to_owned(), true.into());
    inputs(params)
}

pub fn stream_by_chat(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.insert("stream".to_owned(), true.into());
    message_first(params)
}

pub static CHAT: Stream = Stream {
    part,
    headers: &[("x-session-id", "/session_id"), ("x-execution-id", "/execution_id")],
    text: "response",
    complete: "complete",
    at_once: "",
};

/// A run that AirOps does not stream after all is an execution.
pub static RUN: Stream = Stream { at_once: "execution", ..CHAT };

/// The members that may hold a piece of the text.
const SAID: [&str; 6] = ["output", "text", "content", "token", "response", "result"];

/// Words for a run that did not do what it was for.
const FAILED: [&str; 5] = ["failed", "error", "errored", "aborted", "timed_out"];

fn part(event: &Value) -> Part {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let error = &event["error"];
    let status = event["status"].as_str().unwrap_or_default();
    let told = match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(error) => !error.is_empty(),
        Value::Object(error) => !error.is_empty(),
        _ => true,
    };
    if told || FAILED.iter().any(|word| status.eq_ignore_ascii_case(word)) {
        let code = text(&error["code"]).or_else(|| text(&event["error_code"]));
        let words = [&error["message"], error, &event["error_message"], &event["message"]];
        return Part::Failed(code, words.into_iter().find_map(text));
    }
    let output = &event["delta"]["output"];
    let mut fields = Map::new();
    match event["object"].as_str() {
        Some("app.output.agent-response") => {
            let finished = output["stream_finished"] == true;
            match (text(&output["token"]), text(&output["result"]).filter(|_| finished)) {
                (_, Some(whole)) => _ = fields.insert("response".to_owned(), whole.into()),
                (Some(token), None) => return Part::Text(token),
                (None, None) if finished => {}
                (None, None) => return nothing(&output["token"]),
            }
        }
        Some("app.output.chunk") => return text(output).map_or_else(|| nothing(output), Part::Text),
        // The execution itself.
        None if event["execution_id"].is_string() && event["status"].is_string() => {
            fields.insert("execution".to_owned(), event.clone());
        }
        Some("app.output.completed") => {
            let (id, status) = (&event["execution_id"], &event["status"]);
            if !id.is_null() && !status.is_null() {
                fields.insert("execution".to_owned(), json!({ "execution_id": id, "status": status }));
            }
            let told = ["session_id", "execution_id"].map(|name| (name.to_owned(), event[name].clone()));
            fields.extend(told.into_iter().filter(|(_, value)| !value.is_null()));
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

/// What a piece is that holds no text.
fn nothing(piece: &Value) -> Part {
    if piece.is_null() || piece.is_string() { Part::Skip } else { Part::Odd }
}
