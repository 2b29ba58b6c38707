//! A result goes out twice: as text, for every client, and as structured content, which clients read since 2025-06-18. Both are the
//! same JSON, so that it is neither read nor written a second time: in the message, a mark stands for structured content until the
//! message is written.

use memchr::memmem::{find, rfind};
use rmcp::model::{CallToolResult, ContentBlock, ServerJsonRpcMessage, ServerResult};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Stands for the text of a result. A result is an object, so that no other one is this text.
const MARK: &str = "\u{f8ff}outwit/text";
/// The first protocol that has structured content.
const FIRST: &str = "2025-06-18";

/// The result of a call whose structured content is its text; none where the output is not certain to be JSON of one line that every
/// client reads.
pub(crate) fn same(output: &str) -> Option<CallToolResult> {
    let bytes = output.as_bytes();
    // A line ends a message, and half a character is not everywhere a character.
    let plain = !bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && find(bytes, b"\\ud").is_none();
    serde_json::from_str::<IgnoredAny>(output).ok().filter(|_| plain)?;
    let mut result = CallToolResult::success(vec![ContentBlock::text(format!("{{\"result\":{output}}}"))]);
    result.structured_content = Some(MARK.into());
    Some(result)
}

/// A message as JSON for a client of this protocol.
///
/// # Errors
///
/// As serde_json.
pub(crate) fn line(message: &mut ServerJsonRpcMessage, version: Option<&str>) -> serde_json::Result<String> {
    let ServerJsonRpcMessage::Response(response) = message else { return serde_json::to_string(message) };
    let ServerResult::CallToolResult(result) = &mut response.result else { return serde_json::to_string(message) };
    if version.is_some_and(|version| version < FIRST) {
        result.structured_content = None;
    }
    let text = match (&result.structured_content, &result.content[..]) {
        (Some(Value::String(mark)), [ContentBlock::Text(content)]) if mark == MARK => content.text.clone(),
        _ => return serde_json::to_string(message),
    };
    let mut line = serde_json::to_string(message)?;
    // With its quotes it is in no text: there, quotes are escaped.
    let mark = format!("\"{MARK}\"");
    if let Some(at) = rfind(line.as_bytes(), mark.as_bytes()) {
        line.replace_range(at..at + mark.len(), &text);
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::RequestId;
    use serde_json::json;

    fn written(output: &str, version: &str) -> Option<Value> {
        let result = ServerResult::CallToolResult(same(output)?);
        let line = line(&mut ServerJsonRpcMessage::response(result, RequestId::Number(7)), Some(version)).unwrap();
        assert!(!line.contains('\n'));
        Some(serde_json::from_str(&line).unwrap())
    }

    #[test]
    fn text_and_structured_content_are_the_same() {
        let mark = serde_json::to_string(&format!("\"structuredContent\":\"{MARK}\"")).unwrap();
        for output in [r#"[1,"ü\n"]"#.to_owned(), format!(r#"{{"a":{mark}}}"#)] {
            let message = written(&output, "2025-11-25").unwrap();
            let expected: Value = serde_json::from_str(&output).unwrap();
            assert_eq!(message["result"]["structuredContent"], json!({ "result": expected }));
            let text = format!("{{\"result\":{output}}}");
            assert_eq!(message["result"]["content"], json!([{ "type": "text", "text": text }]));
            assert_eq!((&message["id"], &message["result"]["isError"]), (&json!(7), &json!(false)));
        }
    }

    #[test]
    fn a_client_from_before_structured_content_gets_text_alone() {
        let message = written("1", "2025-03-26").unwrap();
        assert_eq!(message["result"].get("structuredContent"), None);
        assert_eq!(message["result"]["content"][0]["text"], r#"{"result":1}"#);
    }

    #[test]
    fn what_is_no_json_of_one_line_is_not_passed_on_as_it_is() {
        for output in ["{", r#"{"a":1}}"#, r#"1,"cut":[]"#, "{\n}", "{}\r", r#"{"a":"\ud800"}"#, ""] {
            assert!(same(output).is_none(), "{output:?}");
        }
    }
}
