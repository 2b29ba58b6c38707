//! An input that a schema allows.

use serde_json::{Map, Value, json};

/// The required fields of an operation's input, with values that a mock can do something with.
pub fn input(schema: &Value) -> Value {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let required = fields.filter(|(name, _)| required.contains(&name.as_str()));
    Value::Object(required.map(|(name, schema)| (name.clone(), value(name, schema))).collect::<Map<_, _>>())
}

fn value(name: &str, schema: &Value) -> Value {
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    match (schema["type"].as_str(), name) {
        (_, "email" | "address") => json!("ines@harbourlight.example"),
        (_, "from") => json!(1_700_000_000),
        (_, "to") => json!(1_800_000_000),
        (Some("integer" | "number"), _) => json!(30),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        (Some("object"), _) => input(schema),
        // A company, in the mock of Accelo.
        _ => json!("311"),
    }
}
