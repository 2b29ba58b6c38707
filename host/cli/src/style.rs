//! JSON and tables for people. Colours are always written; the stream takes them out where they do not belong.

use outwit::visible;
use serde_json::Value;

pub const BOLD: &str = "\x1b[1m";
pub const DIM: &str = "\x1b[2m";
pub const RED: &str = "\x1b[31m";
pub const GREEN: &str = "\x1b[32m";
pub const YELLOW: &str = "\x1b[33m";
pub const BLUE: &str = "\x1b[34m";
pub const CYAN: &str = "\x1b[36m";
pub const RESET: &str = "\x1b[0m";

/// A document, indented and coloured.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                out.push_str(&format!("{BLUE}{}{RESET}: ", visible(&Value::from(name.as_str()).to_string())));
                write(value, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                write(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Value::String(_) => out.push_str(&format!("{GREEN}{}{RESET}", visible(&value.to_string()))),
        Value::Number(_) | Value::Bool(_) => out.push_str(&format!("{YELLOW}{value}{RESET}")),
        Value::Null => out.push_str(&format!("{DIM}null{RESET}")),
        empty => out.push_str(&empty.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn painted_json_is_the_same_document() {
        let value = json!({ "a": [1, "two\u{202e}", null, true, {}, []], "b\"c": { "d": "e\n" } });
        let plain = anstream::adapter::strip_str(&json(&value)).to_string();
        assert_eq!(serde_json::from_str::<Value>(&plain).unwrap(), value);
        assert!(plain.starts_with("{\n  \"a\": [\n    1,"), "{plain}");
    }
}
