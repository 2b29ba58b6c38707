//! From the bytes that a client sent to messages that the server can read, or to the answer that says why it cannot. Standard
//! input, HTTP and the gateway go through this file, so that they answer alike.
//!
//! Clients are written in many languages, and their JSON writers differ: PHP writes `[]` for an object without members,
//! JavaScript writes half a character where it cut a text, Windows tools write a byte order mark. Where only one thing can be
//! meant, it is read so. Everything else is refused, with the id of the request if it has one: JSON-RPC 2.0, section 5.

use crate::ids;
use crate::lossy::{ARGUMENTS, Loss};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use wire::{Broken, Node};

/// Codes of JSON-RPC.
pub const NO_JSON: i32 = -32700;
/// The code of JSON-RPC 2.0 for what is no request.
pub const NO_REQUEST: i32 = -32600;
/// The code of JSON-RPC 2.0 for parameters that a method does not take.
pub const WRONG_PARAMS: i32 = -32602;

/// The member of a request's `_meta` that says what of it would be lost. A client that sets it itself is refused, too.
pub const MARK: &str = "outwit/loss";

/// The last protocol that has batches. Later ones leave a list of messages undefined.
pub const LAST_WITH_BATCHES: &str = "2025-03-26";

/// Where a request of the current protocol says what its client can do.
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

type Members = Map<String, Value>;

/// What a client sent.
#[derive(Debug, PartialEq)]
pub enum Received {
    /// A request, a notification or an answer, in the form that the protocol asks for.
    Message(Value),
    /// Something that cannot be carried out: the answer to it.
    Refused(Value),
    /// A notification that cannot be read. Nothing is answered to one.
    Ignored,
    /// Several messages, each of them one of the others.
    Batch(Vec<Received>),
}

/// Reads what a client sent at once: a line, or the body of a request.
pub fn received(bytes: &[u8]) -> Received {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let given = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to() + 1;
            return unreadable(&String::from_utf8_lossy(bytes), format!("byte {at}: not UTF-8"));
        }
    };
    let (value, text) = match lenient(given) {
        Ok(read) => read,
        Err(problem) => return unreadable(given, format!("no JSON: {problem}")),
    };
    match value {
        Value::Object(message) => object_of(message, given, &text),
        Value::Array(many) if !many.is_empty() => {
            let one = |((message, given), text)| match message {
                Value::Object(message) => object_of(message, given, text),
                _ => no_request(&Value::Null, "expected a message, which is an object"),
            };
            Received::Batch(many.into_iter().zip(ids::items(given)).zip(ids::items(&text)).map(one).collect())
        }
        _ => no_request(&Value::Null, "expected a message, which is an object"),
    }
}

/// Reads one message, with the text that it came as and the text that was read.
fn object_of(message: Members, given: &str, text: &str) -> Received {
    match Loss::of("", text) {
        Some(loss) => marked(message, given, &loss),
        // An error that answers nothing is answered by nothing.
        None if !message.contains_key("method")
            && message.contains_key("error")
            && message.get("id") == Some(&Value::Null) =>
        {
            Received::Ignored
        }
        None => one(message, given),
    }
}

/// The answer to something that is not carried out.
pub fn refusal(id: &Value, code: i32, message: impl Into<String>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message.into() } })
}

fn refused(id: &Value, code: i32, message: impl Into<String>) -> Received {
    Received::Refused(refusal(id, code, message))
}

fn no_request(id: &Value, message: impl Into<String>) -> Received {
    refused(id, NO_REQUEST, message)
}

/// The answer to what is no JSON. Its id is told where it can be read all the same, since a client cannot match an answer
/// without one.
fn unreadable(text: &str, problem: String) -> Received {
    refused(&ids::detected(text), NO_JSON, problem)
}

/// Reads JSON. Where it can be read only without its odd characters, the text without them is what counts: half a character is
/// U+FFFD, and control characters in texts are escaped.
///
/// # Errors
///
/// It is no JSON all the same.
pub fn lenient(text: &str) -> Result<(Value, Cow<'_, str>), Broken> {
    if let Ok(node) = Node::parse(text.as_bytes()) {
        return Ok((node.into_value(), text.into()));
    }
    let mended = mended(text);
    Ok((Node::parse(mended.as_bytes())?.into_value(), mended.into()))
}

/// A text in which half a character is U+FFFD, and control characters in texts are escaped.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut quoted) = (text, false);
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        match next {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                let (half, taken) = escape(rest.as_bytes());
                length = taken;
                if half {
                    out.push_str("\\ufffd");
                    rest = rest.get(length..).unwrap_or_default();
                    continue;
                }
            }
            control if quoted && control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
                rest = &rest[length..];
                continue;
            }
            _ => {}
        }
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        out.push_str(taken);
        rest = after;
    }
    out
}

/// Whether an escape is one half of a character without the other, and how long what is to be taken of it is.
fn escape(at: &[u8]) -> (bool, usize) {
    let unit = |at: &[u8]| {
        let digits = std::str::from_utf8(at.strip_prefix(b"\\u")?.get(..4)?).ok()?;
        u16::from_str_radix(digits, 16).ok()
    };
    match (unit(at), at.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (false, 12),
        (Some(0xd800..=0xdfff), _) => (true, 6),
        (Some(_), _) => (false, 6),
        // The character after it, which may be longer than a byte, is no quote that ends a text.
        _ => (false, if at.get(1).is_some_and(u8::is_ascii) { 2 } else { 1 }),
    }
}

/// A message of which something would be lost. A call is marked, so that it is answered as a call with a wrong input is.
fn marked(mut message: Members, given: &str, loss: &Loss) -> Received {
    // Of two ids the last one counts, as for most readers of JSON.
    let id = match message.get("id") {
        Some(id) if id.is_string() || id.is_number() => ids::protected(id, ids::last_member(given, "id")),
        _ => Value::Null,
    };
    match message.get("method") {
        Some(Value::String(method)) if method == "tools/call" => {}
        Some(_) => return refused(&id, WRONG_PARAMS, problem(loss)),
        // An answer to a question of the server's becomes an error: it says two things.
        None => return Received::Message(refusal(&id, NO_REQUEST, problem(loss))),
    }
    for object in ["params", "_meta", "arguments"] {
        let of = match object {
            "params" => Some(&mut message),
            _ => message.get_mut("params").and_then(Value::as_object_mut),
        };
        if let Some(value) = of.map(|of| of.entry(object).or_insert_with(|| json!({})))
            && !value.is_object()
        {
            *value = json!({});
        }
    }
    if let Some(meta) = message.get_mut("params").and_then(|params| params.get_mut("_meta")) {
        meta[MARK] = loss.mark();
    }
    one(message, given)
}

/// What is wrong with a message of which something would be lost.
fn problem(loss: &Loss) -> String {
    Loss::marked(&loss.mark()).message()
}

/// Reads a message, with the text that it came as.
fn one(mut message: Members, given: &str) -> Received {
    let id = match message.get_mut("id") {
        None => None,
        Some(id) => {
            *id = ids::protected(id, ids::member(given, "id"));
            if !id.is_string() && !id.is_number() {
                return no_request(&Value::Null, "id: expected a text or a number");
            }
            Some(id.clone())
        }
    };
    if message.get("method").is_some_and(|method| method == "notifications/cancelled")
        && let Some(id) = message.get_mut("params").and_then(|params| params.get_mut("requestId"))
    {
        *id = ids::protected(id, ids::member(given, "params").and_then(|params| ids::member(params, "requestId")));
    }
    let answer_id = id.clone().unwrap_or_default();
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return no_request(&answer_id, "jsonrpc: expected \"2.0\"");
    }
    let method = match message.get("method") {
        Some(Value::String(method)) => method.clone(),
        Some(_) => return no_request(&answer_id, "method: expected a text"),
        None => {
            return match message.contains_key("result") || message.contains_key("error") {
                true => {
                    answer(&mut message);
                    Received::Message(message.into())
                }
                false => no_request(&answer_id, "method: missing"),
            };
        }
    };
    let mended = match message.get_mut("params") {
        None => match method.as_str() {
            "initialize" | "tools/call" => {
                message.insert("params".to_owned(), json!({}));
                params(&method, &mut message["params"])
            }
            _ => Ok(()),
        },
        Some(given) => params(&method, given),
    };
    match (mended, id) {
        (Ok(()), _) => Received::Message(message.into()),
        (Err(wrong), Some(id)) => refused(&id, WRONG_PARAMS, wrong),
        (Err(_), None) => Received::Ignored,
    }
}

/// An answer to a question of the server's.
fn answer(message: &mut Members) {
    let Some(result) = message.get_mut("result") else { return };
    _ = object(result);
    for member in ["content", "_meta"] {
        if let Some(value) = result.get_mut(member).filter(|value| is_nothing(value)) {
            *value = json!({});
        }
    }
}

/// Mends the parameters of a method, or says what is wrong with them.
fn params(method: &str, given: &mut Value) -> Result<(), String> {
    let params = object(given).ok_or("params: expected an object")?;
    meta(params)?;
    match method {
        "initialize" => hello(params),
        "tools/call" => call(params),
        // None of them gives a cursor that could be given back.
        "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list" => {
            match params.remove("cursor") {
                Some(cursor) if !is_nothing(&cursor) && cursor != "" => {
                    Err("params.cursor: this list has one page, so there is no cursor that continues it".to_owned())
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn meta(params: &mut Members) -> Result<(), String> {
    let Some(meta) = params.get_mut("_meta") else { return Ok(()) };
    let meta = object(meta).ok_or("params._meta: expected an object")?;
    match meta.get_mut("progressToken") {
        Some(Value::Number(token)) if !token.is_i64() => match token.as_f64() {
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 9e15 => *token = (whole as i64).into(),
            // The SDK has no type for it, and nobody has to tell progress.
            _ => _ = meta.remove("progressToken"),
        },
        Some(token) if is_nothing(token) => _ = meta.remove("progressToken"),
        _ => {}
    }
    if let Some(given) = meta.get_mut(CAPABILITIES) {
        capabilities(given);
    }
    if meta.is_empty() {
        params.remove("_meta");
    }
    Ok(())
}

/// What a client says about itself. What it leaves out makes no difference to this server.
fn hello(params: &mut Members) -> Result<(), String> {
    let version = params.entry("protocolVersion").or_insert(Value::Null);
    if !version.is_string() {
        return Err("params.protocolVersion: expected a text, such as \"2025-11-25\"".to_owned());
    }
    capabilities(params.entry("capabilities").or_insert(Value::Null));
    let who = params.entry("clientInfo").or_insert(Value::Null);
    if object(who).is_none() {
        *who = json!({});
    }
    for member in ["name", "version"] {
        match &who[member] {
            Value::String(_) => {}
            Value::Number(number) => who[member] = number.to_string().into(),
            _ => who[member] = "unknown".into(),
        }
    }
    Ok(())
}

/// Each capability is an object, mostly one without members.
fn capabilities(given: &mut Value) {
    let Some(all) = object(given) else {
        *given = json!({});
        return;
    };
    all.retain(|_, one| !one.is_null() && (object(one).is_some() || *one == true));
    for one in all.values_mut() {
        match one {
            Value::Object(ways) => ways.values_mut().filter(|way| is_nothing(way)).for_each(|way| *way = json!({})),
            _ => *one = json!({}),
        }
    }
}

fn call(params: &mut Members) -> Result<(), String> {
    if !params.get("name").is_some_and(Value::is_string) {
        return Err("params.name: expected the name of a tool".to_owned());
    }
    let arguments = params.entry("arguments").or_insert_with(|| json!({}));
    // Some clients send JSON as a text.
    if let Value::String(text) = arguments {
        let (read, text) = match text.trim() {
            "" => (json!({}), "".into()),
            text => lenient(text).unwrap_or_default(),
        };
        let loss = Loss::of(ARGUMENTS, &text).filter(|_| read.is_object());
        *arguments = read;
        if let Some(loss) = loss {
            params.entry("_meta").or_insert_with(|| json!({}))[MARK] = loss.mark();
        } else if arguments.is_null() {
            return Err("params.arguments: expected an object".to_owned());
        }
    }
    let arguments = params.get_mut("arguments").and_then(object);
    arguments.map(|_| ()).ok_or_else(|| "params.arguments: expected an object".to_owned())
}

/// The members of an object. Nothing, or the list of nothing that PHP writes, is one without members.
fn object(value: &mut Value) -> Option<&mut Members> {
    if is_nothing(value) {
        *value = json!({});
    }
    value.as_object_mut()
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_stands_twice_in_one_message_of_a_batch_refuses_that_message_alone() {
        let batch = r#"[{"jsonrpc":"2.0","id":7,"method":"ping"},{"jsonrpc":"2.0","id":8,"method":"ping","method":"ping"},
            {"jsonrpc":"2.0","id":9.0,"method":"tools/call","params":{"name":"x\ud83d","arguments":{"a":{"b":1,"b":2}}}}]"#;
        let Received::Batch(many) = received(batch.as_bytes()) else { panic!("no batch") };
        let [Received::Message(ping), Received::Refused(twice), Received::Message(call)] = &many[..] else {
            panic!("{many:?}")
        };
        assert_eq!(ping["id"], 7);
        assert_eq!((&twice["id"], &twice["error"]["code"]), (&json!(8), &json!(WRONG_PARAMS)));
        assert_eq!(call["params"]["_meta"][MARK][0], "a.b");
        assert!(call["id"].as_str().is_some_and(|id| id.ends_with("9.0")), "{call}");
    }
}
