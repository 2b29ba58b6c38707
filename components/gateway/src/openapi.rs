//! The gateway's own description (OpenAPI 3.1), made of the vendors' catalogues. What does not depend on them is `openapi.json`.

use crate::access::Access;
use crate::offer::{Offer, Offered};
use outwit_core::{example, reference};
use serde_json::{Map, Value, json};
use wire::Node;

const PROBLEM: &str = "#/components/responses/problem";
const OWN: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// The document without operations of vendors.
fn own() -> Value {
    Node::parse(OWN.as_bytes()).map(Node::into_value).unwrap_or_default()
}

pub fn document(offer: &Offer, access: &Access) -> Value {
    let mut document = own();
    let mut schemas = Map::new();
    if let Some(paths) = document["paths"].as_object_mut() {
        for one in offer.all() {
            add_schemas(one, &mut schemas);
            paths.extend([path(one)]);
        }
    }
    with(document, schemas, &offer.titles(), access)
}

/// The path of an operation, and what it is.
fn path(one: Offered) -> (String, Value) {
    (format!("/operations/{}", one.id()), json!({ "post": operation(one) }))
}

/// The part of the document that is about one operation.
pub fn of_one(one: Offered, titles: &str, access: &Access) -> Value {
    let mut document = own();
    document["paths"] = [path(one)].into_iter().collect();
    let mut schemas = Map::new();
    add_schemas(one, &mut schemas);
    with(document, schemas, titles, access)
}

/// The vendor's records that an operation takes or gives, under names that two vendors cannot share.
fn add_schemas(one: Offered, schemas: &mut Map<String, Value>) {
    let mut open: Vec<&Value> = ["input", "output"].iter().filter_map(|which| one.schema(which)).collect();
    while let Some(part) = open.pop() {
        match part {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                open.extend(members.values());
                let named =
                    reference(members).and_then(|name| Some((format!("{}.{name}", one.vendor()), one.def(name)?)));
                if let Some((name, schema)) = named.filter(|(name, _)| !schemas.contains_key(name)) {
                    schemas.insert(name, renamed(schema, one.vendor()));
                    open.push(schema);
                }
            }
            _ => {}
        }
    }
}

fn with(mut document: Value, schemas: Map<String, Value>, titles: &str, access: &Access) -> Value {
    document["info"]["title"] = format!("Operations of {titles}").into();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    document["components"]["schemas"] = schemas.into();
    if let Access::Token(_) = access {
        document["components"]["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer" } });
        document["security"] = json!([{ "token": [] }]);
    }
    document
}

/// A vendor's operation.
fn operation(one: Offered) -> Value {
    let mut operation = json!({
        "operationId": one.id(),
        "tags": [one.vendor()],
        "summary": one.summary(),
        "description": one.description(),
        "responses": responses(renamed(one.schema("output").unwrap_or(&json!({ "type": "null" })), one.vendor())),
        "x-effect": one.effect(),
    });
    if let Some(input) = one.schema("input") {
        let required = input.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        operation["requestBody"] = body(renamed(input, one.vendor()), required || input.get("$ref").is_some());
        operation["requestBody"]["content"]["application/json"]["example"] = example(&one.input());
    }
    operation
}

fn body(schema: Value, required: bool) -> Value {
    json!({ "required": required, "content": { "application/json": { "schema": schema } } })
}

fn responses(schema: Value) -> Value {
    let content = json!({ "application/json": { "schema": schema } });
    json!({ "200": { "description": "Done.", "content": content }, "default": { "$ref": PROBLEM } })
}

/// A schema that refers to what [`add_schemas`] gives.
fn renamed(schema: &Value, vendor: &str) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| renamed(item, vendor)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let record = value.as_str().and_then(|to| to.strip_prefix("#/$defs/")).filter(|_| name == "$ref");
                let value = match record {
                    Some(record) => format!("#/components/schemas/{vendor}.{record}").into(),
                    None => renamed(value, vendor),
                };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwit_core::tools::{DEFAULT_LIMIT, MAX_LIMIT};
    use outwit_core::words::{ADVICE, EFFECTS};

    #[test]
    fn the_words_and_bounds_of_the_document_are_those_of_the_code() {
        let document = own();
        let problem = &document["components"]["responses"]["problem"]["content"]["application/problem+json"]["schema"];
        assert_eq!(problem["properties"]["advice"]["enum"], json!(ADVICE));
        let search = &document["paths"]["/search"]["get"];
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT });
        assert_eq!(search["parameters"][1]["schema"], limit);
        let found = &search["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["operations"];
        assert_eq!(found["items"]["properties"]["effect"]["enum"], json!(EFFECTS));
    }
}
