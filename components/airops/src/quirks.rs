//! What AirOps does differently, and a row cannot say.
//!
//! - `public` says in the path whether a run is waited for: `execute` or `async_execute`, `chat` or `async_chat` (OpenAPI).
//! - `public` has no other way to run an agent than a chat, whose message stands beside the inputs (OpenAPI; that `v1` has
//!   it among them is inferred).
//! - `public` finds an execution by its own id alone (OpenAPI).
//! - A chat is streamed where its body says `stream`, as server-sent events with `object` and `delta` (AirOps' streaming
//!   example). Kinds of events that are not known here are passed over.

use kit::{Part, Problem, Stream, json};
use serde_json::{Map, Value};

/// Input values are members of an object: AirOps would refuse anything else.
pub fn inputs(params: &mut Map<String, Value>) -> Result<(), Problem> {
    match params.get("inputs") {
        Some(inputs) if !inputs.is_object() => {
            Err(Problem::new("inputs", "expected an object, of input values by name"))
        }
        _ => Ok(()),
    }
}

pub fn execute(params: &mut Map<String, Value>) -> Result<(), Problem> {
    mode(params, "execute", "async_execute");
    inputs(params)
}

pub fn execute_by_chat(params: &mut Map<String, Value>) -> Result<(), Problem> {
    mode(params, "chat", "async_chat");
    inputs(params)?;
    let inputs = params.get_mut("inputs").and_then(Value::as_object_mut);
    let message = inputs.and_then(|inputs| inputs.remove("message")).filter(|message| !message.is_null());
    let Some(message) = message else {
        return Err(Problem::new("inputs.message", "missing, and with AIROPS_API=public an agent is run by a message"));
    };
    params.insert("message".to_owned(), message);
    Ok(())
}

fn mode(params: &mut Map<String, Value>, waited_for: &str, in_background: &str) {
    let background = params.remove("async").is_some_and(|background| background == true);
    params.insert("mode".to_owned(), if background { in_background } else { waited_for }.into());
}

pub fn execution_alone(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.retain(|name, _| name == "execution_id");
    Ok(())
}

pub fn stream(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.insert("stream".to_owned(), true.into());
    inputs(params)
}

pub static CHAT: Stream = Stream {
    part,
    headers: &[("x-session-id", "/session_id"), ("x-execution-id", "/execution_id")],
    text: "response",
    complete: "complete",
};

fn part(event: &Value) -> Part {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let error = &event["error"];
    if !error.is_null() {
        return Part::Failed(text(&error["code"]), text(&error["message"]).or_else(|| text(error)));
    }
    let mut fields = Map::new();
    match event["object"].as_str() {
        Some("app.output.agent-response") => {
            let output = &event["delta"]["output"];
            let finished = output["stream_finished"] == true;
            match (text(&output["token"]), text(&output["result"]).filter(|_| finished)) {
                (_, Some(whole)) => _ = fields.insert("response".to_owned(), whole.into()),
                (Some(token), None) => return Part::Text(token),
                (None, None) if finished => {}
                (None, None) => return Part::Skip,
            }
        }
        Some("app.output.completed") => {
            let (id, status) = (&event["execution_id"], &event["status"]);
            if !id.is_null() && !status.is_null() {
                fields.insert("execution".to_owned(), json!({ "execution_id": id, "status": status }));
            }
            let told = ["session_id", "execution_id"].map(|name| (name.to_owned(), event[name].clone()));
            fields.extend(told.into_iter().filter(|(_, value)| !value.is_null()));
        }
        _ => return Part::Skip,
    }
    Part::Fields(fields)
}
