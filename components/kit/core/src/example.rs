//! An input that a schema allows, for people to start from.

use serde_json::{Value, json};

/// The required members of an input, and of what has fewer than two, optional ones of which an example is known. References must
/// be inlined.
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
    // A list that may not be empty is not among the required ones.
    let is_filled =
        |schema: &Value| schema.get("type").is_some_and(|ty| ty == "array") && schema.get("minItems").is_some();
    let (needed, rest): (Vec<_>, Vec<_>) =
        properties.iter().partition(|(name, schema)| is_required(name) || is_filled(schema));
    let known = rest.into_iter().filter(|(_, schema)| schema.get("examples").is_some());
    let more = if depth == 0 { 2_usize.saturating_sub(needed.len()) } else { 0 };
    let chosen = needed.into_iter().chain(known.take(more));
    Value::Object(chosen.map(|(name, schema)| (name.clone(), value(schema, depth + 1))).collect())
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
    fn an_example_of_what_requires_little_has_optional_members_of_which_one_is_known() {
        let known = |example: u8| json!({ "type": "integer", "examples": [example] });
        let parts = json!({ "type": "array", "items": { "type": "string" } });
        let properties = json!({ "a": { "type": "boolean" }, "b": known(2), "c": parts, "d": known(4), "e": known(5) });
        let mut schema = json!({ "type": "object", "properties": properties });
        assert_eq!(example(&schema), json!({ "b": 2, "d": 4 }));
        schema["properties"]["c"]["minItems"] = json!(1);
        assert_eq!(example(&schema), json!({ "b": 2, "c": ["…"] }));
        schema["required"] = json!(["a"]);
        assert_eq!(example(&schema), json!({ "a": true, "c": ["…"] }));
        schema["examples"] = json!([{ "e": 5 }]);
        assert_eq!(example(&schema), json!({ "e": 5 }));
    }
}
