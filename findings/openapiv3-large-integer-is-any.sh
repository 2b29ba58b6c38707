#!/usr/bin/env bash
# The crate openapiv3 reads an integer schema as one of no type if a bound is above 2^63 or is written with a decimal point.
#
# Versions: openapiv3 2.2.0, serde_json 1 (crates.io), Rust 1.95.0.
# Behaviour: `type: integer` becomes `SchemaKind::Type(Type::Integer)`. With `maximum: 18446744073709551615`, the largest unsigned
#   64-bit number, or with `minimum: 1.0`, it becomes `SchemaKind::Any` instead, with the bound as a float. There is no error.
# Output seen:
#   maximum 9223372036854775807: integer, written {"type":"integer","maximum":9223372036854775807}
#   maximum 18446744073709551615: any, written {"type":"integer","maximum":1.8446744073709552e+19}
#   minimum 1.0: any, written {"type":"integer","minimum":1.0}
#
# Why it surprises: OpenAPI 3.0.3, Schema Object, takes `maximum` and `minimum` from JSON Schema, where both are numbers of any
#   size, and 1.0 is 1. Code that matches on the type, as generators do, treats an unsigned identifier as any JSON value. And the
#   document is written back with another maximum: 18446744073709551616.
#
# Needs cargo. It fails if one of the last two is read as an integer or refused.
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
openapiv3 = "=2.2.0"
serde_json = "1"
TOML
cat >src/main.rs <<'RUST'
use openapiv3::{Schema, SchemaKind, Type};

fn main() {
    for (bound, number) in [("maximum", "9223372036854775807"), ("maximum", "18446744073709551615"), ("minimum", "1.0")] {
        let text = format!(r#"{{"type": "integer", "{bound}": {number}}}"#);
        let schema: Schema = serde_json::from_str(&text).expect("a schema");
        let kind = match schema.schema_kind {
            SchemaKind::Type(Type::Integer(_)) => "integer",
            SchemaKind::Any(_) => "any",
            _ => "another",
        };
        println!("{bound} {number}: {kind}, written {}", serde_json::to_string(&schema).expect("JSON"));
    }
}
RUST
cargo build -q
seen=$(target/debug/tides)
echo "$seen"
[ "$seen" = 'maximum 9223372036854775807: integer, written {"type":"integer","maximum":9223372036854775807}
maximum 18446744073709551615: any, written {"type":"integer","maximum":1.8446744073709552e+19}
minimum 1.0: any, written {"type":"integer","minimum":1.0}' ]
