//! Schemas in few words, for agents that pay for each of them. The gateway uses this file, too.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How deep the shape of an output is told.
const DEEPEST: usize = 2;

/// How many words of a closed set are told in a shape.
const MOST_WORDS: usize = 8;

/// A schema without bounds that only tell how numbers are kept, without saying that no other members are allowed, and without
/// what words say as well: examples, and the bounds of a format. What a type or a record means is said with the first of it.
pub fn plain(schema: &Value) -> Value {
    shortened(schema, &mut BTreeSet::new())
}

fn shortened(schema: &Value, said: &mut BTreeSet<String>) -> Value {
    let Value::Object(members) = schema else {
        return match schema {
            Value::Array(items) => items.iter().map(|item| shortened(item, said)).collect(),
            other => other.clone(),
        };
    };
    let about = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let is_included = |name: &str, value: &Value| match name {
        "additionalProperties" => *value != json!(false),
        "minimum" => *value != json!(0) && !members.contains_key("format"),
        "maximum" => *value != json!(u32::MAX) && !members.contains_key("format"),
        "examples" => !about.contains("such as `"),
        _ => true,
    };
    let mut short = Map::new();
    for (name, value) in members.iter().filter(|(name, value)| is_included(name, value)) {
        let value = match (name.as_str(), about.split_once('\n')) {
            ("description", Some((field, ty))) if !said.insert(ty.to_owned()) => field.into(),
            ("properties", _) if !said.insert(value.to_string()) => undescribed(&shortened(value, said)),
            _ => shortened(value, said),
        };
        short.insert(name.clone(), value);
    }
    Value::Object(short)
}

/// The members of a record without what they mean. (A member may be called `description`, too: it is no text.)
fn undescribed(properties: &Value) -> Value {
    match properties {
        Value::Array(items) => items.iter().map(undescribed).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, value)| *name != "description" || !value.is_string());
            Value::Object(members.map(|(name, value)| (name.clone(), undescribed(value))).collect())
        }
        plain => plain.clone(),
    }
}

/// A schema in one line: `[{id, made: unix-time, owner?: {name?, age?: integer}}]`. A member of which no type is told is a text.
pub fn shape(schema: &Value, depth: usize) -> String {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let more = if words.len() > MOST_WORDS { "|…" } else { "" };
        let words: Vec<String> = words.iter().take(MOST_WORDS).map(Value::to_string).collect();
        return words.join("|") + more;
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let choices: Vec<String> = choices.iter().map(|choice| shape(choice, depth)).collect();
        return choices.join("|");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => {
            format!("[{}]", schema.get("items").map_or_else(|| "json".to_owned(), |one| shape(one, depth)))
        }
        Some("object") => object(schema, depth),
        Some(name) => schema.get("format").and_then(Value::as_str).unwrap_or(name).to_owned(),
        None => "json".to_owned(),
    }
}

fn object(schema: &Value, depth: usize) -> String {
    let none = Map::new();
    let members = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    if depth >= DEEPEST && !members.is_empty() {
        return "{…}".to_owned();
    }
    let required = schema.get("required").and_then(Value::as_array);
    let member = |(name, schema): (&String, &Value)| {
        let sure = required.is_some_and(|names| names.iter().any(|required| required == name));
        let mark = if sure { "" } else { "?" };
        match shape(schema, depth + 1) {
            text if text == "string" => format!("{name}{mark}"),
            other => format!("{name}{mark}: {other}"),
        }
    };
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_names_members_and_types_in_one_line() {
        let link =
            json!({ "type": "object", "properties": { "deep": { "type": "object", "properties": { "a": {} } } } });
        let schema = json!({
            "type": "array",
            "items": {
                "type": "object", "required": ["id"],
                "properties": {
                    "id": { "type": "string" }, "kind": { "enum": ["note", "call"] }, "link": link, "more": {},
                    "made": { "type": "integer", "format": "unix-time" },
                    "value": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
                },
            },
        });
        let expected =
            r#"[{id, kind?: "note"|"call", link?: {deep?: {…}}, made?: unix-time, more?: json, value?: integer|null}]"#;
        assert_eq!(shape(&schema, 0), expected);
    }

    #[test]
    fn a_plain_schema_says_what_a_type_means_once_and_nothing_twice() {
        let moment = |field: &str| {
            json!({
                "type": "integer", "format": "unix-time", "minimum": 1, "maximum": 9, "examples": [7],
                "description": format!("{field}\nSeconds, such as `7`."),
            })
        };
        let schema = json!({ "properties": { "a": moment("Start."), "b": moment("End."), "c": { "examples": [1] } } });
        let short = |description: &str| json!({ "type": "integer", "format": "unix-time", "description": description });
        let expected = json!({ "properties": {
            "a": short("Start.\nSeconds, such as `7`."), "b": short("End."), "c": { "examples": [1] },
        } });
        assert_eq!(plain(&schema), expected);
    }

    #[test]
    fn a_plain_schema_says_what_a_record_means_once() {
        let id = |description: Option<&str>| match description {
            Some(words) => json!({ "type": "string", "description": words }),
            None => json!({ "type": "string" }),
        };
        let record = |words| json!({ "type": "object", "properties": { "description": id(words), "id": id(words) } });
        let schema = json!({ "properties": { "a": record(Some("Its.")), "b": record(Some("Its.")) } });
        assert_eq!(plain(&schema), json!({ "properties": { "a": record(Some("Its.")), "b": record(None) } }));
    }

    #[test]
    fn a_plain_schema_leaves_out_what_everybody_assumes() {
        let schema = json!({
            "type": "object", "additionalProperties": false,
            "properties": {
                "page": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
                "limit": { "type": "integer", "minimum": 1, "maximum": 100 },
            },
        });
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100 });
        let expected = json!({ "type": "object", "properties": { "page": { "type": "integer" }, "limit": limit } });
        assert_eq!(plain(&schema), expected);
    }
}
