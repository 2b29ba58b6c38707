//! Schemas without references. The gateway uses this file, too.

use serde_json::{Map, Value};

const PREFIX: &str = "#/$defs/";

/// A schema in which each reference to one of `defs` is replaced by what it refers to; what was said beside the reference
/// (a field's description) stays.
pub fn inlined(defs: &Map<String, Value>, schema: &Value) -> Value {
    inline(defs, schema, &mut Vec::new())
}

fn inline(defs: &Map<String, Value>, schema: &Value, within: &mut Vec<String>) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| inline(defs, item, within)).collect(),
        Value::Object(members) => {
            let mut out = Map::new();
            let mut plain = false;
            // A record that holds itself is cut where it does.
            if let Some(name) = reference(members)
                && !within.iter().any(|outer| outer == name)
                && let Some(found) = defs.get(name)
            {
                within.push(name.to_owned());
                if let Value::Object(found) = inline(defs, found, within) {
                    plain = found.get("type").is_some_and(|ty| *ty != "object");
                    out = found;
                }
                within.pop();
            }
            for (name, value) in members.iter().filter(|(name, _)| *name != "$ref") {
                match (out.get_mut(name), value) {
                    // What a plain type means is said for all fields of it, so it is the line after what a field means.
                    (Some(Value::String(known)), Value::String(own)) if plain && name == "description" => {
                        *known = format!("{own}\n{known}");
                    }
                    _ => _ = out.insert(name.clone(), inline(defs, value, within)),
                }
            }
            Value::Object(out)
        }
        plain => plain.clone(),
    }
}

/// The record that a schema refers to.
pub fn reference(members: &Map<String, Value>) -> Option<&str> {
    members.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}
