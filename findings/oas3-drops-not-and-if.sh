#!/usr/bin/env bash
# The crate oas3, a reader of OpenAPI 3.1, drops `not`, `if`, `patternProperties` and other keywords of a schema without a word.
#
# Versions: oas3 0.22.0, serde_json 1 (crates.io), Rust 1.95.0.
# Behaviour: a document is read without an error. Schemas that consist of these keywords come out empty, which accepts every
#   value. Beside a `$ref`, a `maxLength` is gone. Neither a warning nor a map of unknown members shows what was lost.
# Output seen:
#   Closed {"type":"object","unevaluatedProperties":false} -> {"type":"object"}
#   Depends {"dependentRequired":{"card":["owner"]}} -> {}
#   Extra {"type":"object","patternProperties":{"^x-":{"type":"integer"}}} -> {"type":"object"}
#   Never {"not":{"type":"string"}} -> {}
#   Short {"$ref":"#/components/schemas/Name","maxLength":3} -> {"$ref":"#/components/schemas/Name"}
#   When {"if":{"type":"string"},"then":{"minLength":1}} -> {}
#
# Why it surprises: OpenAPI 3.1.0, Schema Object, is "a superset of the JSON Schema Specification Draft 2020-12", and all of these
#   are its keywords (Core, sections 10 and 11; Validation, section 6.5.4). `not` is in OpenAPI 3.0, too. A validator or a
#   generator on top of the crate accepts what the document forbids.
#
# Needs cargo. It fails if one of the keywords is preserved or refused.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "tides"
version = "0.0.0"
edition = "2024"

[dependencies]
oas3 = "=0.22.0"
serde_json = "1"
TOML
cat >src/main.rs <<'RUST'
use serde_json::{Value, json};

fn main() {
    let schemas = json!({
        "Closed": {"type": "object", "unevaluatedProperties": false},
        "Depends": {"dependentRequired": {"card": ["owner"]}},
        "Extra": {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}},
        "Name": {"type": "string", "minLength": 1},
        "Never": {"not": {"type": "string"}},
        "Short": {"$ref": "#/components/schemas/Name", "maxLength": 3},
        "When": {"if": {"type": "string"}, "then": {"minLength": 1}},
    });
    let document = json!({"openapi": "3.1.0", "info": {"title": "Tides", "version": "1"}, "components": {"schemas": schemas}});
    let read: Value = serde_json::to_value(oas3::from_json(document.to_string()).expect("a document")).expect("JSON");
    for (name, schema) in schemas.as_object().expect("schemas") {
        let after = &read["components"]["schemas"][name];
        if after != schema {
            println!("{name} {schema} -> {after}");
        }
    }
}
RUST
cargo build -q
seen=$(target/debug/tides)
echo "$seen"
[ "$seen" = 'Closed {"type":"object","unevaluatedProperties":false} -> {"type":"object"}
Depends {"dependentRequired":{"card":["owner"]}} -> {}
Extra {"type":"object","patternProperties":{"^x-":{"type":"integer"}}} -> {"type":"object"}
Never {"not":{"type":"string"}} -> {}
Short {"$ref":"#/components/schemas/Name","maxLength":3} -> {"$ref":"#/components/schemas/Name"}
When {"if":{"type":"string"},"then":{"minLength":1}} -> {}' ]
