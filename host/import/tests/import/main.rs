//! What becomes of small documents: a test for each rule of the importer.

mod answers;
mod credentials;
mod dialects;
mod hostile;
mod inputs;
mod keys;
mod left_out;
mod names;
mod places;
mod reports;
mod requirements;
mod settings;
mod streams;
mod types;
mod whole;
mod yaml;

use kit_build::contract::Contract;
use outwit_import::{Imported, Kind, Options, Problem, import};
use outwit_link::vendor::Auth;
use outwit_link::{Source, Vendor};
use serde_json::{Map, Value, json};
use wit_component::StringEncoding;

/// A document of OpenAPI 3.0 with these paths.
fn document(paths: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1", "description": "Things for sale." },
        "servers": [{ "url": "https://api.acme.test/v1" }],
        "paths": paths,
    })
}

/// The same with named schemas.
fn with_schemas(paths: Value, schemas: Value) -> Value {
    let mut document = document(paths);
    document["components"] = json!({ "schemas": schemas });
    document
}

/// A document with one operation, `do-it`, that sends this JSON.
fn sends(schema: Value) -> Value {
    let body = json!({ "content": { "application/json": { "schema": schema } } });
    document(json!({ "/things": { "post": { "operationId": "doIt", "requestBody": body, "responses": {} } } }))
}

/// A document with one operation, `do-it`, that answers this JSON.
fn answers(schema: Value) -> Value {
    let answer = json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    document(json!({ "/things": { "get": { "operationId": "doIt", "responses": answer } } }))
}

/// A document with one operation, `do-it`, that has these parameters.
fn takes(method: &str, path: &str, parameters: Value) -> Value {
    let mut item = Map::new();
    item.insert(method.into(), json!({ "operationId": "doIt", "parameters": parameters, "responses": {} }));
    document(json!({ path: item }))
}

/// What a document becomes. What comes out can be built.
fn imported(document: &Value) -> Imported {
    imported_as(document.to_string().as_bytes(), &Options::default()).unwrap()
}

/// What a document becomes that has a text in the place of `"HERE"`: members of `json!` are sorted.
fn in_order(document: &Value, text: &str) -> Imported {
    imported_as(document.to_string().replace("\"HERE\"", text).as_bytes(), &Options::default()).unwrap()
}

fn imported_as(document: &[u8], options: &Options) -> Result<Imported, Problem> {
    let imported = import(document, options)?;
    let sources: Vec<(&str, &str)> = imported.wit.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let built = || -> anyhow::Result<()> {
        outwit_link::check(&Source { vendor: &imported.vendor, wit: &sources, version: "0.1.0" })?;
        let contract = Contract::of_sources(&imported.vendor.name, &sources)?;
        let types = wit_component::metadata::encode(&contract.resolve, contract.world, StringEncoding::UTF8, None)?;
        wasmparser_link::Validator::new_with_features(wasmparser_link::WasmFeatures::all()).validate_all(&types)?;
        let names: Vec<&String> = contract.operations()?.into_iter().map(|(.., function)| &function.name).collect();
        let of_tokens = match &imported.vendor.auth {
            Auth::OAuth(oauth) => oauth.operations().len(),
            _ => 0,
        };
        assert_eq!(names.len(), imported.vendor.operations.len() + of_tokens);
        assert_eq!(toml::from_str::<Vendor>(&toml::to_string(&imported.vendor)?)?, imported.vendor);
        Ok(())
    };
    built().unwrap_or_else(|problem| panic!("{problem:#}\n{}", all_wit(&imported)));
    Ok(imported)
}

/// All files of WIT as one text.
fn all_wit(imported: &Imported) -> String {
    imported.wit.values().cloned().collect::<Vec<_>>().join("\n")
}

/// The lines of a record, enumeration or variant without comments.
fn definition(imported: &Imported, name: &str) -> Vec<String> {
    let wit = all_wit(imported);
    let start = wit.find(&format!(" {name} {{")).unwrap_or_else(|| panic!("no {name} in\n{wit}"));
    let body = wit[start..].split_once("{\n").unwrap().1.split_once("\n  }").unwrap().0;
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("///"));
    lines.map(|line| line.trim_end_matches(',').to_owned()).collect()
}

/// The comment of a field or an operation, as one line.
fn comment(imported: &Imported, before: &str) -> String {
    let wit = all_wit(imported);
    let lines: Vec<&str> = wit.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with(before)).unwrap_or_else(|| panic!("no {before} in\n{wit}"));
    let comments = lines[..at].iter().rev().take_while(|line| line.starts_with("///"));
    let mut comments: Vec<&str> = comments.map(|line| line.trim_start_matches('/').trim()).collect();
    comments.reverse();
    comments.join(" ").trim().to_owned()
}

/// The signature of an operation.
fn signature(imported: &Imported, name: &str) -> String {
    let wit = all_wit(imported);
    let line = wit.lines().find(|line| line.trim().starts_with(&format!("{name}: func(")));
    line.unwrap_or_else(|| panic!("no {name} in\n{wit}")).trim().to_owned()
}

/// The row of the only operation.
fn row(imported: &Imported) -> &outwit_link::vendor::Operation {
    assert_eq!(imported.vendor.operations.len(), 1);
    imported.vendor.operations.values().next().unwrap()
}

/// The pointers and texts of the report's lines of a kind.
fn lines(imported: &Imported, kind: Kind) -> Vec<(String, String)> {
    let lines = imported.report.lines.iter().filter(|line| line.what == kind);
    lines.map(|line| (line.pointer.clone(), line.text.clone())).collect()
}
