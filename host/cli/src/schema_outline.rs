//! A JSON Schema as people read it: one line a member, with its type and what it means. References must be inlined.

use super::style::{CYAN, DIM, RED, RESET};
use serde_json::Value;

/// The schema's members, indented; a type alone where it has none.
pub fn outline(schema: &Value) -> String {
    let mut out = String::new();
    if members(schema).is_none() {
        out.push_str(&format!("  {}\n", named(schema)));
    }
    inside(schema, 1, &mut out);
    out
}

fn inside(schema: &Value, depth: usize, out: &mut String) {
    let Some(properties) = members(schema) else { return };
    let indent = "  ".repeat(depth);
    let width = properties.keys().map(|name| name.len() + 1).max().unwrap_or(0);
    for (name, member) in properties {
        let required = holder(schema).get("required").and_then(Value::as_array);
        let required = required.is_some_and(|names| names.iter().any(|required| required == name));
        let mark = if required { format!("{RED}*{RESET}") } else { " ".to_owned() };
        let gap = " ".repeat(width - name.len());
        let says = member.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let line = format!("{indent}{CYAN}{name}{RESET}{mark}{gap}{DIM}{}{RESET}  {says}", named(member));
        out.push_str(line.trim_end());
        out.push('\n');
        inside(member, depth + 1, out);
    }
}

fn members(schema: &Value) -> Option<&serde_json::Map<String, Value>> {
    holder(schema).get("properties")?.as_object()
}

/// What has the members: the schema itself, or that of a list's items.
fn holder(schema: &Value) -> &Value {
    schema.get("items").map_or(schema, holder)
}

/// A type in a few words.
fn named(schema: &Value) -> String {
    if let Some(items) = schema.get("items") {
        return format!("list of {}", named(items));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> =
            words.iter().map(|word| word.as_str().map_or(word.to_string(), str::to_owned)).collect();
        return words.join(" | ");
    }
    if let Some(choices) = ["anyOf", "oneOf"].iter().find_map(|choice| schema.get(choice)?.as_array()) {
        return choices.iter().map(choice).collect::<Vec<_>>().join(" | ");
    }
    if let Some(word) = schema.get("const") {
        return word.as_str().map_or(word.to_string(), str::to_owned);
    }
    match schema.get("type") {
        Some(Value::String(name)) => match schema.get("format").and_then(Value::as_str) {
            Some(format) => format!("{name} ({format})"),
            None => name.clone(),
        },
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => "any JSON".to_owned(),
    }
}

/// One of several types: an object with one member is shown with it, since that is what tells it from the others.
fn choice(schema: &Value) -> String {
    match schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|members| members.iter().collect::<Vec<_>>())
        .as_deref()
    {
        Some([(name, member)]) => format!("{{\"{name}\": {}}}", named(member)),
        _ => named(schema),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn choices_of_objects_are_distinguished() {
        let object = |name: &str, ty: &str| json!({ "type": "object", "properties": { name: { "type": ty } } });
        let schema = json!({ "anyOf": [{ "enum": ["none"] }, object("text", "string"), object("number", "number")] });
        assert_eq!(named(&schema), r#"none | {"text": string} | {"number": number}"#);
    }

    #[test]
    fn an_outline_names_members_with_types_and_meaning() {
        let schema = json!({
            "type": "array",
            "items": {
                "type": "object", "required": ["id"],
                "properties": {
                    "id": { "type": "string", "description": "Its id." },
                    "kind": { "enum": ["note", "call"] },
                    "owner": { "type": "object", "properties": { "name": { "type": "string" } } },
                    "at": { "type": "integer", "format": "unix-time" },
                    "extra": {},
                },
            },
        });
        let plain = anstream::adapter::strip_str(&outline(&schema)).to_string();
        let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
        for expected in [
            "  id*    string  Its id.",
            "  kind   note | call",
            "    name  string",
            "  extra  any JSON",
            "  at    integer (unix-time)",
        ] {
            assert!(
                lines.iter().any(|line| line.split_whitespace().eq(expected.split_whitespace())),
                "{expected}: {plain}"
            );
        }
    }
}
