//! An input that a schema allows, for people to start from.

use serde_json::{Map, Value, json};

/// The required members of an input; where none is required, the first two that there are. References must be inlined.
pub fn example(schema: &Value) -> Value {
    value(schema, 0)
}

fn value(schema: &Value, depth: usize) -> Value {
    if let Some(given) = schema.get("examples").and_then(|examples| examples.get(0)) {
        return given.clone();
    }
    if let Some(given) = schema.get("const").or_else(|| schema.get("default")).or_else(|| schema.get("enum")?.get(0)) {
        return given.clone();
    }
    if let Some(first) = ["anyOf", "oneOf"].iter().find_map(|choice| schema.get(choice)?.get(0)) {
        return value(first, depth);
    }
    let ty = match schema.get("type") {
        Some(Value::Array(types)) => types.first().and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    };
    match ty {
        Some("object") => object(schema, depth),
        Some("array") if depth < 4 => {
            schema.get("items").map_or_else(|| json!([]), |items| json!([value(items, depth + 1)]))
        }
        Some("array") => json!([]),
        Some("integer" | "number") => {
            schema.get("minimum").filter(|least| **least != json!(0)).cloned().unwrap_or(json!(1))
        }
        Some("boolean") => json!(true),
        Some("string") => json!("…"),
        _ => json!({}),
    }
}

fn object(schema: &Value, depth: usize) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object).filter(|_| depth < 4) else {
        return json!({});
    };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|required| required == name));
    let mut chosen: Vec<&String> = properties.keys().filter(|name| is_required(name)).collect();
    if chosen.is_empty() && depth == 0 {
        chosen = properties.keys().take(2).collect();
    }
    let members: Map<String, Value> =
        chosen.into_iter().map(|name| (name.clone(), value(&properties[name], depth + 1))).collect();
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_holds_what_is_required() {
        let schema = json!({
            "type": "object",
            "required": ["kind", "parts", "owner"],
            "properties": {
                "kind": { "enum": ["note", "call"] },
                "parts": { "type": "array", "items": { "type": "integer", "minimum": 5 } },
                "owner": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } },
                "body": { "type": "string" },
            },
        });
        assert_eq!(example(&schema), json!({ "kind": "note", "parts": [5], "owner": { "id": "…" } }));
    }

    #[test]
    fn an_example_of_what_requires_nothing_shows_two_members() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "boolean" }, "b": {}, "c": {} } });
        assert_eq!(example(&schema), json!({ "a": true, "b": {} }));
    }
}
