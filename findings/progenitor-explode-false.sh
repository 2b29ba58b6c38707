#!/usr/bin/env bash
# A client that progenitor makes repeats the name of a list that the document wants with commas, and sends a header of its own.
#
# Versions: progenitor-impl 0.15.1, progenitor-client 0.15.1, reqwest 0.13, serde_json 1 (crates.io), Rust 1.95.0.
# Behaviour: the code for a query parameter with `explode: false` is the same, letter for letter, as the one without, and repeats the
#   name for each element. Other styles are refused with an error. Each request has the header `api-version` with the `version` of the
#   document's `info`. The README names neither.
# Output seen:
#   explode: false: the same code as without
#   the document asks for: /gauges?names=pier,dock
#   the request is: /gauges?names=pier&names=dock
#   style: pipeDelimited: refused
#   headers in the code: api-version
#
# Why it surprises: OpenAPI 3.0.3, "Style Examples", has a list of `style: form` without `explode` as `color=blue,black,brown`. A server that
#   reads the first or the last of equal names filters by one. Info Object has `version` as the version of the document, "distinct
#   from … the API implementation version". A vendor that selects a release by a header `api-version` reads another one there.
#
# Needs cargo. It fails if the code for the list differs, or has no such header.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "tide"
version = "0.0.0"
edition = "2024"

[dependencies]
progenitor-client = "=0.15.1"
progenitor-impl = "=0.15.1"
reqwest = { version = "0.13", default-features = false, features = ["query"] }
serde_json = "1"
TOML
cat >src/main.rs <<'RUST'
use progenitor_client::QueryParam;
use serde_json::{Value, json};

/// The client's code for a list in the query, which the document describes further by `more`.
fn code(more: Value) -> Option<String> {
    let mut list = json!({"name": "names", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}});
    list.as_object_mut()?.extend(more.as_object()?.clone());
    let operation = json!({"operationId": "gauges", "parameters": [list], "responses": {"204": {"description": "ok"}}});
    let document = serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": {"title": "Tides", "version": "1"},
        "paths": {"/gauges": {"get": operation}},
    }));
    let tokens = progenitor_impl::Generator::default().generate_tokens(&document.ok()?).ok()?;
    Some(tokens.to_string().replace(' ', ""))
}

fn main() {
    let (plain, joined) = (code(json!({})).unwrap(), code(json!({"explode": false})).unwrap());
    println!("explode: false: {}", if plain == joined { "the same code as without" } else { "other code" });
    println!("the document asks for: /gauges?names=pier,dock");
    assert!(joined.contains(r#".query(&progenitor_client::QueryParam::new("names",&names))"#));
    let names = Some(vec!["pier", "dock"]);
    let request = reqwest::Client::new().get("http://tides.test/gauges").query(&QueryParam::new("names", &names));
    let url = request.build().unwrap().url().to_string();
    println!("the request is: {}", url.replace("http://tides.test", ""));
    let pipes = code(json!({"style": "pipeDelimited", "explode": false}));
    println!("style: pipeDelimited: {}", if pipes.is_some() { "generated" } else { "refused" });
    let headers: Vec<_> = plain.split("HeaderName::from_static(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    println!("headers in the code: {}", headers.join(", "));
}
RUST
cargo build -q
seen=$(target/debug/tide)
echo "$seen"
[ "$seen" = 'explode: false: the same code as without
the document asks for: /gauges?names=pier,dock
the request is: /gauges?names=pier&names=dock
style: pipeDelimited: refused
headers in the code: api-version' ]
