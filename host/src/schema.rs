//! The JSON Schemas of a catalogue, made to stand alone: they refer to records in the catalogue's `$defs`.

use crate::catalogue::Catalogue;
use outwit_core::{inlined, reference};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

impl Catalogue {
    /// A schema with those `$defs` that it refers to, directly or through others: short, and valid on its own.
    pub fn closed(&self, schema: &Value) -> Value {
        let mut wanted = references(schema);
        let mut defs = Map::new();
        while let Some(name) = wanted.pop_first() {
            if let Some(found) = self.defs.get(&name)
                && !defs.contains_key(&name)
            {
                wanted.extend(references(found));
                defs.insert(name, found.clone());
            }
        }
        let mut closed = schema.clone();
        if let Value::Object(members) = &mut closed
            && !defs.is_empty()
        {
            members.insert("$defs".to_owned(), Value::Object(defs));
        }
        closed
    }

    /// A schema without references, for readers that do not follow them: each stands where it was, and what was said beside
    /// it (a field's description) stays.
    pub fn inlined(&self, schema: &Value) -> Value {
        inlined(&self.defs, schema)
    }

    /// The same of an output, for readers that hold answers against it: a moment that a vendor writes in another format is given
    /// as it is.
    pub fn inlined_output(&self, schema: &Value) -> Value {
        unformatted(self.inlined(schema))
    }
}

fn unformatted(schema: Value) -> Value {
    match schema {
        Value::Array(items) => items.into_iter().map(unformatted).collect(),
        Value::Object(mut members) => {
            if members.get("format").is_some_and(Value::is_string) {
                members.remove("format");
            }
            members.into_iter().map(|(name, value)| (name, unformatted(value))).collect::<Map<_, _>>().into()
        }
        plain => plain,
    }
}

fn references(schema: &Value) -> BTreeSet<String> {
    match schema {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(members) => {
            let own = reference(members).map(str::to_owned);
            members.values().flat_map(references).chain(own).collect()
        }
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn catalogue() -> Catalogue {
        let json = json!({
            "vendor": "acme", "base": "https://example.com",
            "$defs": {
                "thing": { "type": "object", "properties": { "part": { "$ref": "#/$defs/part" } } },
                "part": { "type": "object", "properties": { "whole": { "$ref": "#/$defs/thing" } } },
                "other": { "type": "string" },
            },
        });
        Catalogue::parse(&json.to_string()).unwrap()
    }

    #[test]
    fn a_closed_schema_holds_what_it_refers_to_and_nothing_else() {
        let closed = catalogue().closed(&json!({ "type": "array", "items": { "$ref": "#/$defs/thing" } }));
        let defs: Vec<&String> = closed["$defs"].as_object().unwrap().keys().collect();
        assert_eq!(defs, ["part", "thing"]);
    }

    #[test]
    fn an_output_is_not_checked_against_formats() {
        let moment = json!({ "type": "string", "format": "date-time" });
        let schema = json!({ "type": "object", "properties": { "format": moment, "at": moment } });
        let inlined = catalogue().inlined_output(&schema);
        assert_eq!(inlined["properties"], json!({ "format": { "type": "string" }, "at": { "type": "string" } }));
    }

    #[test]
    fn an_inlined_schema_has_no_references_even_where_records_hold_themselves() {
        let inlined = catalogue().inlined(&json!({ "$ref": "#/$defs/thing", "description": "A thing." }));
        assert!(!inlined.to_string().contains("$ref"), "{inlined}");
        assert_eq!(inlined["description"], "A thing.");
        assert_eq!(inlined["properties"]["part"]["type"], "object");
    }
}
