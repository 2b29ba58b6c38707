//! OpenAPI 3.1, Swagger 2.0, YAML, and mixtures of them.

use crate::{comment, definition, imported, imported_as, row, signature};
use outwit_import::{Imported, Options, Problem, import};
use outwit_link::vendor::{Auth, Style};
use serde_json::{Value, json};

fn swagger(paths: Value) -> Value {
    json!({
        "swagger": "2.0",
        "info": { "title": "Acme", "version": "1" },
        "host": "api.acme.test",
        "basePath": "/v2",
        "schemes": ["http", "https"],
        "paths": paths,
    })
}

#[test]
fn swagger_2_is_read() {
    let mut document = swagger(json!({ "/things/{id}": { "post": {
        "operationId": "changeThing",
        "parameters": [
            { "name": "id", "in": "path", "required": true, "type": "integer" },
            { "name": "tags", "in": "query", "type": "array", "items": { "type": "string" } },
            { "name": "any", "in": "body", "schema": { "$ref": "#/definitions/Thing" } },
        ],
        "responses": { "200": { "schema": { "$ref": "#/definitions/Thing" } } },
    } } }));
    document["definitions"]["Thing"] = json!({ "properties": { "name": { "type": "string", "x-nullable": true } } });
    document["securityDefinitions"]["k"] = json!({ "type": "apiKey", "in": "query", "name": "key" });
    document["security"] = json!([{ "k": [] }]);
    let imported = imported(&document);
    assert_eq!(imported.vendor.base, "https://api.acme.test/v2");
    assert_eq!(
        definition(&imported, "change-thing-input"),
        ["id: string", "tags: list<string>", "name: option<string>"]
    );
    // By commas, where nothing else is said in this dialect.
    assert_eq!(row(&imported).input["tags"].style, Style::Comma);
    assert_eq!(
        signature(&imported, "change-thing"),
        "change-thing: func(input: change-thing-input) -> result<thing, error>;"
    );
    assert_eq!(imported.vendor.auth, Auth::Query { parameter: "key".to_owned(), key: "ACME_KEY".to_owned() });
    assert_eq!(imported.report.format, "Swagger 2.0");
}

#[test]
fn forms_of_swagger_2_are_read() {
    let form = |ty: &str| {
        swagger(json!({ "/a": { "post": {
            "operationId": "do-it",
            "parameters": [{ "name": "file", "in": "formData", "required": true, "type": ty }],
            "responses": {},
        } } }))
    };
    let imported_one = imported(&form("string"));
    assert_eq!(definition(&imported_one, "do-it-input"), ["file: string"]);
    assert_eq!(imported_one.vendor.body, outwit_link::vendor::Body::Form);
    assert_eq!(imported(&form("file")).report.imported, 0);
}

#[test]
fn dialects_are_met_in_each_other() {
    let mut document = swagger(json!({ "/a": { "post": {
        "operationId": "do-it",
        "parameters": [{ "name": "q", "in": "query", "schema": { "type": "array", "items": { "type": "integer" } }, "explode": true }],
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/B" } } } },
        "responses": { "200": { "content": { "application/json": { "schema": { "type": "boolean" } } } } },
    } } }));
    document["components"]["schemas"]["B"] = json!({ "properties": { "b": { "type": "string" } } });
    let imported = imported(&document);
    assert_eq!(definition(&imported, "do-it-input"), ["q: list<s64>", "b: option<string>"]);
    assert_eq!(row(&imported).input["q"].style, Style::Repeated);
    assert_eq!(signature(&imported, "do-it"), "do-it: func(input: do-it-input) -> result<bool, error>;");
}

#[test]
fn openapi_3_1_is_read() {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Acme", "version": "1" },
        "servers": [{ "url": "https://api.acme.test" }],
        "paths": { "/a": { "post": { "operationId": "do-it", "responses": {}, "requestBody": { "content": { "application/json": { "schema": {
            "required": ["a", "b", "c"],
            "properties": {
                "a": { "type": ["string", "null"] },
                "b": { "$ref": "#/components/schemas/B", "description": "Beside the reference" },
                "c": { "const": "fixed" },
                "d": { "type": "string", "examples": ["first", "second"] },
                "e": true,
            }
        } } } } } } },
        "components": { "schemas": { "B": { "type": "integer", "exclusiveMinimum": 0, "description": "At the target" } } },
        "webhooks": {},
    });
    let imported = imported(&document);
    let fields = definition(&imported, "do-it-input");
    assert_eq!(fields, ["a: option<string>", "b: s64", "c: string", "d: option<string>", "e: option<json>"]);
    assert_eq!(comment(&imported, "b: s64"), "Beside the reference. More than `0`.");
    assert_eq!(comment(&imported, "c: string"), "C. Always `fixed`.");
    assert_eq!(comment(&imported, "d: "), "D, such as `first`.");
}

fn yaml(text: &str) -> Result<Imported, Problem> {
    imported_as(text.as_bytes(), &Options::default())
}

#[test]
fn yaml_is_read_and_its_words_stay_text() {
    let imported = yaml(
        "openapi: 3.0.0\n\
         info: {title: Acme, version: 2020-01-02}\n\
         servers: [{url: https://api.acme.test}]\n\
         x-shared: &shared {type: string, enum: [NO, on, y, off]}\n\
         paths:\n\
         \x20 /a:\n\
         \x20   get:\n\
         \x20     operationId: do-it\n\
         \x20     description: |\n\
         \x20       Two\n\
         \x20       lines\n\
         \x20     parameters:\n\
         \x20       - {name: country, in: query, required: true, schema: *shared}\n\
         \x20     responses:\n\
         \x20       200:\n\
         \x20         content: {application/json: {schema: {<<: *shared, nullable: true}}}\n",
    )
    .unwrap();
    assert_eq!(definition(&imported, "do-it-country"), ["no", "on", "y", "off"]);
    assert_eq!(imported.vendor.names.words_renamed, [("no".to_owned(), "NO".to_owned())]);
    assert_eq!(comment(&imported, "do-it: func"), "Two lines.");
    assert_eq!(signature(&imported, "do-it"), "do-it: func(input: do-it-input) -> result<do-it-answer, error>;");
}

#[test]
fn json_that_is_only_yaml_is_read() {
    let text = "{openapi: 3.0.0, info: {title: Acme}, paths: {/a: {get: {responses: {}}}},}";
    assert_eq!(yaml(text).unwrap().report.imported, 1);
    assert_eq!(yaml(&format!("\u{feff}{text}")).unwrap().report.imported, 1);
}

#[test]
fn what_is_no_document_is_said_to_be_none() {
    let problem = |text: &str| import(text.as_bytes(), &Options::default()).unwrap_err();
    assert_eq!(problem(" \n"), Problem::Empty);
    assert!(matches!(problem("{\"openapi\": \"3.0.0\", \"info\": {"), Problem::CutOff { .. }));
    assert!(matches!(problem("a: b: c"), Problem::Unreadable { .. }));
    assert_eq!(problem("{\"openapi\": \"3.0.0\", \"paths\": {}}"), Problem::NoOperations);
    assert_eq!(problem("{\"openapi\": \"4.0\"}"), Problem::UnknownVersion { found: "4.0".to_owned() });
    assert_eq!(problem("{\"swagger\": \"1.2\"}"), Problem::UnknownVersion { found: "1.2".to_owned() });
    for (text, found) in [
        ("404: Not Found", "an object without `openapi` or `swagger`, with the members 404"),
        ("Not Found", "a text that begins with \"Not Found\""),
        ("<!DOCTYPE html>", "a page of HTML or XML"),
        ("[1]", "a list"),
        ("{\"overlay\": \"1.0.0\"}", "an overlay, which changes another document"),
    ] {
        let problem = problem(text);
        assert_eq!(problem, Problem::NotADocument { found: found.to_owned() });
        assert!(problem.to_string().contains("expected an OpenAPI document"), "{problem}");
    }
    assert_eq!(import(&[0xff, 0xfe], &Options::default()).unwrap_err(), Problem::NotText);
    let large = import(&vec![b' '; (32 << 20) + 1], &Options::default()).unwrap_err();
    assert!(matches!(large, Problem::TooLarge { .. }));
}
