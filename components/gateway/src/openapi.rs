//! The gateway's own description (OpenAPI 3.1), made of the vendors' catalogues.

use crate::access::Access;
use crate::offer::{Offer, Offered};
use outwit_core::tools::{DEFAULT_LIMIT, MAX_LIMIT};
use outwit_core::{example, reference};
use serde_json::{Map, Value, json};

const PROBLEM: &str = "#/components/responses/problem";

pub fn document(offer: &Offer, access: &Access) -> Value {
    let mut paths = Map::new();
    let mut path = |name: &str, item: Value| _ = paths.insert(name.to_owned(), item);
    path(
        "/operations",
        json!({ "get": get("list-operations", "All operations, and the vendors that they are of.", &[]) }),
    );
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    path(
        "/operations/{id}",
        json!({ "get": get("describe-operation", "What an operation does, takes and gives, with an example.", &[id]) }),
    );
    let intent = json!({
        "name": "q", "in": "query", "required": true, "schema": { "type": "string" },
        "description": "What is to be done, in plain words.",
    });
    let limit = json!({
        "name": "limit", "in": "query",
        "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT },
    });
    path("/search", json!({ "get": search(&[intent, limit]) }));
    let mut healthy = get("health", "Whether requests are answered.", &[]);
    healthy["security"] = json!([]);
    path("/healthz", json!({ "get": healthy }));
    let only = json!({
        "name": "operation", "in": "query", "schema": { "type": "string" },
        "description": "The id of an operation: the part of the document that is about it.",
    });
    path("/openapi.json", json!({ "get": get("openapi", "This document.", &[only]) }));
    let mut mcp = get("mcp", "MCP over streamable HTTP: one message of JSON-RPC.", &[]);
    mcp["requestBody"] = body(json!({ "type": "object" }), true);
    mcp["responses"]["202"] = json!({ "description": "A notification was taken." });
    path("/mcp", json!({ "post": mcp }));
    for one in offer.all() {
        path(&format!("/operations/{}", one.id()), json!({ "post": operation(one) }));
    }
    with(paths, schemas(offer), &offer.titles(), access)
}

/// The part of the document that is about one operation.
pub fn of_one(one: Offered, titles: &str, access: &Access) -> Value {
    let paths = [(format!("/operations/{}", one.id()), json!({ "post": operation(one) }))].into_iter().collect();
    let mut schemas = Map::new();
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
    with(paths, schemas.into(), titles, access)
}

fn with(paths: Map<String, Value>, schemas: Value, titles: &str, access: &Access) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Operations of {titles}"),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Operations of SaaS vendors, called by their ids with JSON.",
        },
        "paths": paths,
        "components": { "schemas": schemas, "responses": { "problem": problem() } },
    });
    if let Access::Token(_) = access {
        document["components"]["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer" } });
        document["security"] = json!([{ "token": [] }]);
    }
    document
}

fn get(id: &str, summary: &str, parameters: &[Value]) -> Value {
    let mut operation =
        json!({ "operationId": id, "summary": summary, "responses": responses(json!({ "type": "object" })) });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    operation
}

fn search(parameters: &[Value]) -> Value {
    let found = json!({
        "type": "object",
        "required": ["id", "effect", "summary", "score", "weak"],
        "properties": {
            "id": { "type": "string" },
            "effect": { "enum": ["read", "write", "destroy"] },
            "summary": { "type": "string" },
            "score": { "type": "number", "description": "How well it fits, from 0 to 1." },
            "weak": { "type": "boolean", "description": "Whether it is doubtful that this operation is meant." },
        },
    });
    let answer = json!({
        "type": "object",
        "required": ["operations"],
        "properties": {
            "operations": { "type": "array", "items": found },
            "hint": { "type": "string", "description": "What to do where nothing is found, or nothing but weak hits." },
        },
    });
    let mut operation = get("search-operations", "The operations that fit an intent, best first.", parameters);
    operation["responses"] = responses(answer);
    operation
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

/// The vendors' records, under names that two vendors cannot share.
fn schemas(offer: &Offer) -> Value {
    let mut schemas = Map::new();
    for catalogue in offer.catalogues() {
        let vendor = catalogue.get("vendor").and_then(Value::as_str).unwrap_or_default();
        for (name, schema) in catalogue.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            schemas.insert(format!("{vendor}.{name}"), renamed(schema, vendor));
        }
    }
    Value::Object(schemas)
}

/// A schema that refers to what [`schemas`] gives.
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

/// A failure, as `problem.rs` writes it.
fn problem() -> Value {
    let text = json!({ "type": "string" });
    let schema = json!({
        "type": "object",
        "title": "Problem",
        "required": ["type", "title", "status", "detail", "kind", "advice", "maybe-done"],
        "properties": {
            "type": text, "title": text, "status": { "type": "integer" },
            "detail": { "type": "string", "description": "One sentence for people." },
            "kind": { "type": "string", "description": "What went wrong, for programs." },
            "advice": { "enum": ["retry-now", "retry-later", "change-input", "ask-person", "give-up"] },
            "operation": text,
            "step": { "type": "string", "description": "The step of the operation that failed, where it was one." },
            "field": { "type": "string", "description": "The input field or setting that is at fault." },
            "vendor-status": { "type": "integer", "description": "The HTTP status of the vendor's answer." },
            "code": { "type": "string", "description": "The vendor's own word for it." },
            "retry-after-ms": { "type": "integer" },
            "maybe-done": { "type": "boolean", "description": "Whether the vendor may have carried it out all the same." },
            "details": {},
        },
    });
    json!({ "description": "Why it was not done.", "content": { "application/problem+json": { "schema": schema } } })
}
