//! Operations in few words: what a search gives, and what an agent reads before it calls one.

use crate::example::example;
use crate::{Catalogue, Error, Offer, Operation};
use serde_json::{Map, Value, json};

/// How many vendors are told by name.
const MOST_NAMED: usize = 12;

/// How deep the shape of an output is told.
const DEEPEST: usize = 2;

/// How many words of a closed set are told in a shape.
const MOST_WORDS: usize = 8;

/// What fits an intent, best first.
pub(crate) fn search(offer: &Offer, intent: &str, limit: usize) -> Value {
    let entry = |operation: &Operation| {
        let mut entry = json!({ "id": operation.id, "effect": operation.effect, "summary": operation.summary });
        add_accounts(&mut entry, offer, operation);
        entry
    };
    let found: Vec<Value> = offer.search(intent, limit).iter().map(|found| entry(found.operation)).collect();
    let mut answer = json!({ "operations": found });
    if found.is_empty() {
        answer["hint"] = json!(format!("nothing fits; there are operations of {}", vendors(offer)));
    }
    answer
}

/// The vendors' names for people. Of many, not all: this is read again and again.
pub(crate) fn vendors(offer: &Offer) -> String {
    let mut names: Vec<&str> = offer.catalogues().map(Catalogue::name).collect();
    if names.len() > MOST_NAMED {
        names.truncate(MOST_NAMED);
        names.push("others");
    }
    names.join(", ")
}

/// What an operation does, takes and gives.
///
/// The schema of the input is whole, without what every reader assumes. Of the output there is the shape: agents read it,
/// and need not write it.
pub(crate) fn describe(offer: &Offer, id: &str) -> Result<Value, Error> {
    let (catalogue, operation) = offer.operation(id)?;
    let input = input(catalogue, operation);
    let output =
        operation.output.as_ref().map_or_else(|| json!({ "type": "null" }), |schema| catalogue.inlined(schema));
    let mut described = json!({
        "id": operation.id,
        "effect": operation.effect,
        "description": description(operation),
        "input": plain(&input),
        "example": example(&input),
        "output": shape(&output, 0),
    });
    add_accounts(&mut described, offer, operation);
    Ok(described)
}

/// Where there is a choice, the accounts.
fn add_accounts(entry: &mut Value, offer: &Offer, operation: &Operation) {
    let vendor = operation.id.split('.').next().unwrap_or_default();
    if let accounts @ [_, _, ..] = offer.accounts(vendor) {
        entry["accounts"] = json!(accounts);
    }
}

/// All that is said about an operation.
pub(crate) fn description(operation: &Operation) -> String {
    if operation.description.is_empty() {
        return operation.summary.clone();
    }
    format!("{}\n\n{}", operation.summary, operation.description)
}

/// The schema of an operation's input, which is always an object, without references.
pub(crate) fn input(catalogue: &Catalogue, operation: &Operation) -> Value {
    let schema = operation.input.as_ref().map(|schema| catalogue.inlined(schema));
    schema.unwrap_or_else(|| json!({ "type": "object", "properties": {}, "additionalProperties": false }))
}

/// A schema without bounds that only tell how numbers are kept, and without saying that no other members are allowed.
fn plain(schema: &Value) -> Value {
    let told = |name: &str, value: &Value| match name {
        "additionalProperties" => *value != json!(false),
        "minimum" => *value != json!(0),
        "maximum" => *value != json!(u32::MAX),
        _ => true,
    };
    match schema {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, value)| told(name, value));
            Value::Object(members.map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

/// A schema in one line: `[{id, owner?: {name?, age?: integer}}]`. A member of which no type is told is a text.
fn shape(schema: &Value, depth: usize) -> String {
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
        Some(name) => name.to_owned(),
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
                    "value": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
                },
            },
        });
        let expected = r#"[{id, kind?: "note"|"call", link?: {deep?: {…}}, more?: json, value?: integer|null}]"#;
        assert_eq!(shape(&schema, 0), expected);
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
