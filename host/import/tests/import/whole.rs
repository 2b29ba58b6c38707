//! A whole small document, word for word.

use crate::{all_wit, imported, imported_as, sends};
use outwit_import::{Imported, Options};
use serde_json::{Value, json};

fn lamps() -> Imported {
    imported_as(DOCUMENT.as_bytes(), &Options::default()).unwrap()
}

const DOCUMENT: &str = r##"{
    "openapi": "3.0.3",
    "info": { "title": "Acme", "version": "1", "description": "Things for sale." },
    "servers": [{ "url": "https://api.acme.test/v1" }],
    "security": [{ "key": [] }],
    "paths": {
        "/lamps": {
            "get": {
                "operationId": "listLamps",
                "tags": ["Lamps"],
                "summary": "List lamps",
                "description": "List lamps. The newest come first.",
                "parameters": [
                    { "name": "colors", "in": "query", "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Color" } } },
                    { "name": "pageSize", "in": "query", "schema": { "type": "integer", "format": "int32", "default": 20, "maximum": 100 } }
                ],
                "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
                    "items": { "type": "array", "items": { "$ref": "#/components/schemas/Lamp" } },
                    "nextPage": { "type": "string" }
                } } } } } }
            },
            "post": {
                "operationId": "createLamp",
                "tags": ["Lamps"],
                "parameters": [{ "name": "dryRun", "in": "query", "schema": { "type": "boolean" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Lamp" } } } },
                "responses": { "201": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Lamp" } } } } }
            }
        },
        "/lamps/{lampID}": { "delete": {
            "operationId": "deleteLamp",
            "tags": ["Lamps"],
            "parameters": [{ "name": "lampID", "in": "path", "required": true, "schema": { "type": "integer" } }],
            "responses": { "204": {} }
        } }
    },
    "components": {
        "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-API-Key" } },
        "schemas": {
            "Color": { "type": "string", "enum": ["warmWhite", "red"], "description": "What light it gives" },
            "Lamp": {
                "type": "object",
                "description": "A lamp",
                "required": ["name"],
                "properties": {
                    "id": { "type": "integer", "readOnly": true },
                    "name": { "type": "string", "description": "What people call it", "example": "Harbour Lamp" },
                    "color": { "$ref": "#/components/schemas/Color" },
                    "made_at": { "type": "string", "format": "date-time" }
                }
            }
        }
    }
}"##;

#[test]
fn a_document_becomes_wit() {
    let imported = lamps();
    assert_eq!(imported.wit.keys().collect::<Vec<_>>(), ["lamps.wit", "world.wit"]);
    assert_eq!(all_wit(&imported), LAMPS);
}

const LAMPS: &str = r#"package outwit:%acme@0.1.0;

/// Lamps.
interface lamps {
  use outwit:plugin/types@0.1.0.{error, json};

  /// What light it gives.
  enum new-color {
    /// `warmWhite`.
    warm-white,
    /// `red`.
    red,
  }

  /// What light it gives.
  variant color {
    /// `warmWhite`.
    warm-white,
    /// `red`.
    red,
    /// Another word of the vendor's.
    other(string),
  }

  /// A lamp.
  record lamp {
    /// Id.
    id: option<string>,
    /// What people call it, such as `Harbour Lamp`.
    name: option<string>,
    /// What light it gives.
    color: option<color>,
    /// Made at.
    made-at: option<string>,
    /// Every other field that came.
    extra: option<json>,
  }

  /// List lamps answer.
  record list-lamps-answer {
    /// Items.
    items: list<lamp>,
    /// Next page.
    next-page: option<string>,
    /// Every other field that came.
    extra: option<json>,
  }

  /// What `list-lamps` takes.
  record list-lamps-input {
    /// Colors.
    colors: list<new-color>,
    /// Page size. At most `100`. `20` if left out.
    page-size: option<s32>,
  }

  /// What `create-lamp` takes.
  record create-lamp-input {
    /// Dry run.
    dry-run: option<bool>,
    /// What people call it, such as `Harbour Lamp`.
    name: string,
    /// What light it gives.
    color: option<new-color>,
    /// Made at, such as `2026-01-31T12:00:00Z`.
    made-at: option<string>,
  }

  /// What `delete-lamp` takes.
  record delete-lamp-input {
    /// Lamp id.
    lamp-id: string,
  }

  /// List lamps.
  ///
  /// The newest come first.
  list-lamps: func(input: list-lamps-input) -> result<list-lamps-answer, error>;

  /// Create lamp.
  create-lamp: func(input: create-lamp-input) -> result<lamp, error>;

  /// Delete lamp.
  delete-lamp: func(input: delete-lamp-input) -> result<_, error>;
}

package outwit:%acme@0.1.0;

/// Acme.
///
/// Things for sale.
world %acme {
  include outwit:plugin/plugin@0.1.0;

  export lamps;
}
"#;

#[test]
fn a_document_becomes_facts() {
    assert_eq!(toml::to_string(&lamps().vendor).unwrap(), FACTS);
}

const FACTS: &str = r#"name = "acme"
title = "Acme"
base = "https://api.acme.test/v1"
encode-paths = true

[auth]
kind = "header"
header = "x-api-key"
key = "ACME_API_KEY"

[[settings]]
name = "ACME_API_KEY"
description = "The key in the header `x-api-key`."
required = true
secret = true

[names]
members = "camel"
words = "camel"
renamed = [["made-at", "made_at"]]
numeric-ids = ["lamp-id"]

[answers]
message = ["/message", "/error/message", "/detail", "/error"]

[operations.create-lamp]
method = "POST"
route = "/lamps"

[operations.create-lamp.input.dry-run]
in = "query"

[operations.delete-lamp]
method = "DELETE"
route = "/lamps/{lamp-id}"

[operations.list-lamps]
method = "GET"
route = "/lamps"

[operations.list-lamps.input.colors]
style = "repeated"
"#;

#[test]
fn a_document_becomes_cases() {
    let imported = lamps();
    let cases: Value = serde_json::from_str(&imported.cases["lamps.json"]).unwrap();
    assert_eq!(cases.as_array().unwrap().len(), 5);
    assert_eq!(
        cases[3],
        json!({
            "name": "create-lamp with everything",
            "operation": "create-lamp",
            "input": { "dry-run": true, "name": "Harbour Lamp", "color": "warm-white", "made-at": "text" },
            "source": "made from the document's schemas; not seen at the vendor",
            "exchanges": [{
                "request": {
                    "method": "POST",
                    "path": "/lamps",
                    "query": { "dryRun": "true" },
                    "body": { "name": "Harbour Lamp", "color": "warmWhite", "made_at": "text" }
                },
                "reply": {
                    "status": 201,
                    "headers": { "content-type": "application/json" },
                    "body": { "id": 7, "name": "Harbour Lamp", "color": "warmWhite", "made_at": "text" }
                }
            }],
            "output": { "id": "7", "name": "Harbour Lamp", "color": "warm-white", "made-at": "text" }
        })
    );
    assert_eq!(cases[1]["exchanges"][0]["request"]["query"], json!({ "colors": "warmWhite", "pageSize": "1" }));
}

/// RFC 8259: 5 and 5.0 are one number, and a body of nothing is `{}` or `[]`.
#[test]
fn cases_show_what_is_sent_where_nothing_is_given() {
    let case = |schema: Value, method: &str| {
        let mut document = sends(schema);
        let operation = document["paths"]["/things"]["post"].take();
        document["paths"]["/things"] = json!({ method: operation });
        let imported = imported(&document);
        let cases: Vec<Value> = serde_json::from_str(imported.cases.values().next().unwrap()).unwrap();
        cases[0]["exchanges"][0]["request"]["body"].clone()
    };
    let (object, list) = (
        json!({ "properties": { "a": { "type": "string" } } }),
        json!({ "type": "array", "items": { "type": "string" } }),
    );
    assert_eq!(case(object.clone(), "post"), json!({}));
    assert_eq!(case(object, "delete"), Value::Null);
    assert_eq!(case(list, "put"), json!([]));
    let number = json!({ "required": ["a"], "properties": { "a": { "type": "number", "example": 5 } } });
    assert_eq!(case(number, "post").to_string(), r#"{"a":5.0}"#);
}
