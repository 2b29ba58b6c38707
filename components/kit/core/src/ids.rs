//! Ids of requests as they stand there. An answer repeats the id of its request (JSON-RPC 2.0, section 5), and clients compare
//! it in their own language: `7.0` is not everywhere `7`, and a number above 2^63 is one that the SDK has no type for. Such an
//! id goes through the program as a text that holds it, and comes out as it was.
//!
//! The reader here reads what is no JSON up to the place where it breaks, so that a client gets its answer although its message
//! is cut off.

use serde_json::Value;
use std::ops::Range;
use wire::Node;

/// What texts begin with that hold an id. It is of the characters for private use, which no client's own ids have.
const PREFIX: &str = "\u{f8ff}outwit/id:";

/// An id as it goes through the program: itself, where it comes out again as it stands in the message.
pub fn protected(id: &Value, raw: Option<&str>) -> Value {
    let changes = match id {
        Value::Number(number) => !number.is_i64(),
        // What was half a character, or looks like a text of ours.
        Value::String(text) => text.contains('\u{fffd}') || text.starts_with(PREFIX),
        _ => false,
    };
    match raw.filter(|_| changes) {
        Some(raw) => format!("{PREFIX}{raw}").into(),
        None => id.clone(),
    }
}

/// The id of a message of which nothing else may be readable, as it goes through the program; null where none can be told.
pub fn detected(text: &str) -> Value {
    let mut all = parts(text).filter(|part| text[part.name.clone()] == *"\"id\"").map(|part| &text[part.value]);
    match (all.next(), all.next()) {
        (Some(raw), None) if raw.starts_with(['"', '-']) || raw.starts_with(|c: char| c.is_ascii_digit()) => {
            // With a blank, so that the end cuts nothing off.
            match Node::parse(format!("{raw} ").as_bytes()) {
                Ok(id) => protected(&id.into_value(), Some(raw)),
                // What is no JSON is not repeated.
                Err(problem) if problem.is_unrepresentable() => format!("{PREFIX}{raw}").into(),
                Err(_) => Value::Null,
            }
        }
        _ => Value::Null,
    }
}

/// The text of a member of an object.
pub fn member<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let is = |part: &Part| text[part.name.clone()].trim_matches('"') == name;
    parts(text).find(is).map(|part| &text[part.value])
}

/// As [`member`], of several that are called so the last.
pub(crate) fn last_member<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let is = |part: &Part| text[part.name.clone()].trim_matches('"') == name;
    parts(text).filter(is).last().map(|part| &text[part.value])
}

/// The texts of a list's items.
pub fn items(text: &str) -> impl Iterator<Item = &str> {
    parts(text).map(|part| &text[part.value])
}

/// An answer, or a list of answers, with its ids as they came.
pub fn restored(answer: String) -> String {
    let places: Vec<Range<usize>> = match answer.trim_start().starts_with('[') {
        false => place_of_id(&answer).into_iter().collect(),
        true => parts(&answer)
            .filter_map(|part| {
                let id = place_of_id(&answer[part.value.clone()])?;
                Some(part.value.start + id.start..part.value.start + id.end)
            })
            .collect(),
    };
    let mut answer = answer;
    for place in places.into_iter().rev() {
        let id = Node::parse(answer[place.clone()].as_bytes()).unwrap_or_default();
        if let Some(raw) = id.as_str().and_then(|text| text.strip_prefix(PREFIX)).map(str::to_owned) {
            answer.replace_range(place, &raw);
        }
    }
    answer
}

/// Where an answer has its id. It stands before the result, so that little is read.
fn place_of_id(answer: &str) -> Option<Range<usize>> {
    parts(answer).find(|part| answer[part.name.clone()] == *"\"id\"").map(|part| part.value)
}

/// A member of an object, or an item of a list, which has no name.
struct Part {
    name: Range<usize>,
    value: Range<usize>,
}

/// The parts of the object or list that a text is, as far as it can be read.
fn parts(text: &str) -> impl Iterator<Item = Part> {
    let bytes = text.as_bytes();
    let mut at = after_spaces(bytes, 0);
    let named = bytes.get(at) == Some(&b'{');
    let mut open = named || bytes.get(at) == Some(&b'[');
    std::iter::from_fn(move || {
        if !open {
            return None;
        }
        open = false;
        // After a bracket or a comma.
        at = after_spaces(bytes, at + 1);
        let mut name = at..at;
        if named {
            name.end = text_end(bytes, at)?;
            at = after_spaces(bytes, name.end);
            if bytes.get(at) != Some(&b':') {
                return None;
            }
            at = after_spaces(bytes, at + 1);
        }
        let start = at;
        let end = value_end(bytes, at)?;
        at = after_spaces(bytes, end);
        // A value that nothing follows may be cut off.
        open = bytes.get(at) == Some(&b',');
        let closed = bytes.get(at) == Some(if named { &b'}' } else { &b']' });
        (open || closed).then_some(Part { name, value: start..end })
    })
}

fn after_spaces(bytes: &[u8], at: usize) -> usize {
    at + bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|byte| b" \t\r\n".contains(byte)).count())
}

/// Where a text ends that begins here.
fn text_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    loop {
        match bytes.get(end)? {
            b'"' => return Some(end + 1),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

/// Where a value ends that begins here: at the bracket that closes it, or before what may follow it.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut end, mut depth) = (at, 0_usize);
    loop {
        match bytes.get(end)? {
            b'"' => end = text_end(bytes, end)?,
            b'{' | b'[' => (end, depth) = (end + 1, depth + 1),
            b'}' | b']' if depth > 0 => (end, depth) = (end + 1, depth - 1),
            b',' | b'}' | b']' if depth == 0 => return (end > at).then_some(end),
            b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Some(end),
            _ => {
                end += 1;
                continue;
            }
        }
        if depth == 0 {
            return Some(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_is_returned_unchanged() {
        for raw in ["7", "7.0", "1.5", "-0", "1e2", "1e400", "18446744073709551616", r#""a""#, r#""\ud83d""#] {
            let id = detected(&format!(r#"{{"id":{raw},"method":"ping"}}"#));
            let answer = json!({ "jsonrpc": "2.0", "id": id, "result": { "id": "x" } }).to_string();
            assert!(restored(answer.clone()).contains(&format!(r#""id":{raw},"#)), "{raw}");
            let both = restored(format!("[{answer}, {answer}]"));
            assert_eq!(both.matches(&format!(r#""id":{raw},"#)).count(), 2, "{both}");
        }
        assert_eq!(protected(&json!(7), Some("7")), json!(7), "what the SDK can hold stays itself");
    }

    #[test]
    fn only_the_answers_own_id_is_put_back() {
        let inside = json!({ "id": format!("{PREFIX}1,\"isError\":false") });
        let answer = json!({ "jsonrpc": "2.0", "id": 7, "result": inside }).to_string();
        assert_eq!(restored(answer.clone()), answer);
    }

    #[test]
    fn an_id_is_detected_in_what_is_no_json_and_not_guessed() {
        for (text, id) in [
            (r#"{"id":7,"params":{"#, json!(7)),
            (r#"{"method":"a","id": "x" ,"params":{"id":8},"n":NaN}"#, json!("x")),
            (r#"{"method":"a\"id\":3","id":4,"#, json!(4)),
            (r#"{"params":{"id":8},"method":"#, json!(null)),
            // It may go on.
            (r#"{"id":7"#, json!(null)),
            (r#"{"id":"7"#, json!(null)),
            (r#"{"id":1,"id":2,"#, json!(null)),
            (r#"{"id":null,"#, json!(null)),
            (r#"{"id":{},"#, json!(null)),
            (r#"[{"id":7},"#, json!(null)),
            (r#"{"id":12abc,"#, json!(null)),
            (r#"{"id":"\q","#, json!(null)),
            ("{bad", json!(null)),
            ("", json!(null)),
        ] {
            assert_eq!(detected(text), id, "{text}");
        }
    }
}
