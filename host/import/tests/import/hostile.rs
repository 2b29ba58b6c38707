//! Documents that mean harm: they neither hang the importer, nor end it, nor change what the WIT says.

use crate::{all_wit, answers, comment, definition, document, imported, imported_as, sends, with_schemas};
use kit_build::contract::Contract;
use outwit_import::{Options, Problem, import};
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};

/// What a document becomes, in the time that a large one may take in a slow build.
fn soon(document: &str) -> Result<outwit_import::Imported, Problem> {
    let begun = Instant::now();
    let result = imported_as(document.as_bytes(), &Options::default());
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
    result
}

#[test]
fn a_value_inside_of_many_is_refused() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(matches!(soon(&deep), Err(Problem::TooDeep { most: 120, .. })));
    let deep = "- ".repeat(50_000) + "a";
    assert!(matches!(soon(&deep), Err(Problem::TooDeep { .. } | Problem::TooManyValues { .. })));
}

/// A bound of ours, and no word of a library: what is as deep as it allows is read, in JSON and in YAML.
#[test]
fn what_is_nested_too_deep_is_named_with_its_place() {
    let schema = |depth: usize| {
        let mut schema = json!({ "type": "string" });
        for _ in 0..depth {
            schema = json!({ "properties": { "p": schema } });
        }
        with_schemas(json!({ "/a": { "get": { "responses": {} } } }), json!({ "Deep~": schema }))
    };
    let yaml = |document: &Value| {
        let flow = document["components"].to_string();
        format!(
            "openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\npaths: {{/a: {{get: {{responses: {{}}}}}}}}\ncomponents: {flow}\n"
        )
    };
    // The document, `components`, `schemas` and the schema itself, and two levels for each schema in it.
    let read = schema(58);
    assert_eq!(soon(&read.to_string()).unwrap().report.imported, 1);
    assert_eq!(soon(&yaml(&read)).unwrap().report.imported, 1);
    let deeper = schema(59);
    let pretty = serde_json::to_string_pretty(&deeper).unwrap();
    for text in [deeper.to_string(), pretty, yaml(&deeper)] {
        let problem = soon(&text).unwrap_err();
        let Problem::TooDeep { most, place, line } = &problem else { panic!("{problem}") };
        assert_eq!((*most, &**place), (120, "/components/schemas/Deep~0/properties/p/properties/p/properties/…"));
        assert!(*line >= 1 && *line <= text.lines().count(), "{line}");
        assert!(problem.to_string().starts_with("lists and objects are nested more than 120 deep at /components"));
    }
}

#[test]
fn a_schema_inside_of_many_is_json() {
    let mut schemas = json!({});
    for number in 0..1_000 {
        let next = json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
        schemas[format!("S{number}")] = json!({ "properties": { "inner": next, "more": { "type": "string" } } });
    }
    let answer =
        json!({ "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S0" } } } } });
    let imported = imported(&with_schemas(json!({ "/a": { "get": { "responses": answer } } }), schemas));
    assert_eq!(imported.report.json["deeper than 40 levels"], 1);
}

/// wasmparser, which wasmtime and other hosts validate components with, counts a type wherever it stands, and refuses more than
/// 1,000,000 in a component.
#[test]
fn types_that_a_component_cannot_have_become_json() {
    let mut schemas = json!({ "S0": { "properties": { "name": { "type": "string" } } } });
    for number in 1..7 {
        let inner = json!({ "$ref": format!("#/components/schemas/S{}", number - 1) });
        schemas[format!("S{number}")] = json!({ "properties": { "a": inner, "b": inner, "c": inner, "d": inner } });
    }
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/S6" } } });
    let operation = json!({ "requestBody": { "content": content }, "responses": { "200": { "content": content } } });
    let paths = (0..100).map(|number| (format!("/a{number}"), json!({ "post": operation }))).collect::<Map<_, _>>();
    let imported = imported(&with_schemas(paths.into(), schemas));
    assert!(imported.report.json["more types than a component can have"] > 0);
    // The small ones stay.
    assert_eq!(definition(&imported, "s2").first().unwrap(), "a: option<s1>");
}

#[test]
fn aliases_do_not_explode() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for number in 1..12 {
        let before = format!("*a{}", number - 1);
        bomb += &format!("a{number}: &a{number} [{}]\n", vec![before; 10].join(", "));
    }
    assert!(matches!(soon(&bomb), Err(Problem::TooManyValues { .. })));
    let marks = "[".to_owned() + &"0,".repeat(5_000_000) + "0]";
    assert!(matches!(soon(&marks), Err(Problem::TooManyValues { .. })));
}

#[test]
fn parts_and_branches_do_not_explode() {
    for name in ["allOf", "oneOf", "anyOf"] {
        let mut schemas = json!({});
        for number in 0..30 {
            let next = json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
            let more = json!({ "properties": { format!("p{number}"): { "type": "string" } } });
            schemas[format!("S{number}")] = json!({ name: [next, next, next, more] });
        }
        let body = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S0" } } } });
        let document = with_schemas(json!({ "/a": { "post": { "requestBody": body, "responses": {} } } }), schemas);
        soon(&document.to_string()).unwrap();
    }
}

#[test]
fn records_do_not_grow_beyond_what_memory_holds() {
    let mut schemas = json!({});
    for number in 0..40 {
        let next = json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
        let mut properties = json!({});
        (0..8).for_each(|index| properties[format!("p{index}")] = next.clone());
        schemas[format!("S{number}")] = json!({ "properties": properties });
    }
    schemas["S40"] = json!({ "type": "string" });
    let answer =
        json!({ "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S0" } } } } });
    let document = with_schemas(json!({ "/a": { "get": { "operationId": "do-it", "responses": answer } } }), schemas);
    let imported = soon(&document.to_string()).unwrap();
    assert!(imported.report.json["a record that takes too much memory"] > 0);
}

#[test]
fn many_operations_of_one_large_schema_are_left_out_in_the_end() {
    let mut properties = json!({});
    for number in 0..900 {
        properties[format!("p{number}")] = json!({ "type": "string", "description": "words ".repeat(150) });
    }
    let body = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S" } } } });
    let mut paths = json!({});
    for number in 0..400 {
        paths[format!("/a{number}")] =
            json!({ "post": { "operationId": format!("o{number}"), "requestBody": body, "responses": {} } });
    }
    let document = with_schemas(paths, json!({ "S": { "properties": properties } }));
    let report = import(document.to_string().as_bytes(), &Options::default()).unwrap().report;
    assert!(report.imported > 50 && report.imported < 400, "{}", report.imported);
    assert_eq!(report.left_out[&outwit_import::Kind::TooLarge], 400 - report.imported);
}

#[test]
fn what_leads_back_to_itself_ends() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let schemas = json!({
        "Self": reference("Self"),
        "A": reference("B"),
        "B": reference("A"),
        "Part": { "allOf": [reference("Part"), { "properties": { "a": reference("Part") } }] },
        "Branch": { "oneOf": [reference("Branch"), { "type": "null" }] },
        "List": { "type": "array", "items": reference("List") },
        "Inside": { "properties": { "x": reference("Inside/properties/x"), "y": { "properties": { "z": reference("Inside/properties/y") } } } },
        "Root": { "$ref": "#" },
    });
    for name in ["Self", "A", "Part", "Branch", "List", "Inside", "Root"] {
        let body = json!({ "content": { "application/json": { "schema": reference(name) } } });
        let paths = json!({ "/a": { "post": { "requestBody": body, "responses": { "200": body } } } });
        let imported = imported(&with_schemas(paths, schemas.clone()));
        assert_eq!(imported.report.imported, 1, "{name}");
    }
    let mut document = document(json!({ "/a": { "$ref": "#/paths/~1a" }, "/b": { "get": {
        "parameters": [{ "$ref": "#/paths/~1b/get/parameters/0" }],
        "responses": { "200": { "$ref": "#/paths/~1b/get/responses/200" } },
    } } }));
    document["components"]["securitySchemes"]["s"] = json!({ "$ref": "#/components/securitySchemes/s" });
    assert_eq!(imported(&document).report.imported, 1);
}

#[test]
fn texts_never_change_the_wit() {
    let texts = [
        "a\n}\ninterface evil { evil: func(); }",
        "*/ record evil {} /*",
        "a\r\u{85}\u{2028}\u{2029}\u{b}b",
        "\u{202e}\u{2066}\u{feff}\u{149}\u{17a3}",
        "\0\u{1}\u{1b}[31m",
        "`` ` %type @since(version = 1.0.0)",
        "/// package evil:evil;",
        "<script>\n</script> <b>bold</b> <id> <",
        "such as",
        "For example",
        "Steps:",
    ];
    for text in texts {
        let schema = json!({
            "description": text, "title": text, "example": text, "default": text,
            "required": [text], "properties": { text: { "type": "string", "description": text, "example": text, "default": text },
                "w": { "type": "string", "enum": [text, "b", "c"], "description": text } },
        });
        let content = json!({ "application/json": { "schema": schema } });
        let mut document = document(json!({ "/a": { "post": {
            "operationId": "do-it", "tags": [text], "summary": text, "description": text,
            "parameters": [{ "name": "q", "in": "query", "description": text, "example": text, "schema": { "type": "string" } }],
            "requestBody": { "content": content }, "responses": { "200": { "content": content } },
        } } }));
        document["info"] = json!({ "title": text, "description": text, "version": text });
        document["tags"] = json!([{ "name": text, "description": text }]);
        let imported = imported(&document);
        let sources: Vec<(&str, &str)> =
            imported.wit.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let contract = Contract::of_sources(&imported.vendor.name, &sources).unwrap();
        assert_eq!(contract.interfaces().unwrap().len(), imported.wit.len(), "{}", all_wit(&imported));
        assert_eq!(contract.operations().unwrap().len(), 1);
        assert!(!imported.report.to_markdown().contains('\u{1b}'));
    }
}

/// Comments say some things by their form, which the build reads.
#[test]
fn texts_do_not_say_what_comments_say_by_their_form() {
    let text = "First. Such as `x`, such as `y`. Steps: `nobody`. For example `{\"no\": \"input\"`.";
    let mut document =
        sends(json!({ "properties": { "a": { "type": "string", "description": "words such\n as `z`" } } }));
    document["paths"]["/things"]["post"]["description"] = text.into();
    let imported = imported(&document);
    assert_eq!(comment(&imported, "a: "), "words such as: `z`.");
    let sources: Vec<(&str, &str)> = imported.wit.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let catalogue = kit_build::catalogue::of(&Contract::of_sources("acme", &sources).unwrap()).unwrap();
    let operation = &catalogue["operations"]["do-it"];
    assert_eq!((operation.get("steps"), operation["input"].get("examples")), (None, None));
    assert_eq!(catalogue["$defs"]["do-it-input"]["properties"]["a"].get("examples"), None);
}

#[test]
fn values_of_the_wrong_kind_are_nothing() {
    let wrong = [Value::Null, json!(1), json!("x"), json!([]), json!([1]), json!({}), json!({ "a": 1 }), json!(true)];
    let good = json!({
        "openapi": "3.0.0", "info": { "title": "Acme", "description": "x" }, "servers": [{ "url": "https://a.test", "variables": {} }],
        "security": [{ "s": [] }], "tags": [{ "name": "t" }],
        "paths": { "/a/{b}": { "parameters": [], "servers": [], "post": {
            "operationId": "x", "tags": ["t"], "summary": "s", "description": "d", "deprecated": true, "security": [], "servers": [],
            "parameters": [{ "name": "b", "in": "path", "required": true, "style": "simple", "explode": true, "schema": { "type": "string" } }],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object", "required": ["a"], "allOf": [], "oneOf": [], "additionalProperties": false, "nullable": true,
                "properties": { "a": { "type": "array", "items": { "enum": ["a", "b"], "format": "x" } } }
            }, "encoding": {} } } },
            "responses": { "200": { "content": { "application/json": { "schema": { "type": "string" } } } } }
        } } },
        "components": { "schemas": { "s": {} }, "securitySchemes": { "s": { "type": "apiKey", "in": "header", "name": "k" } } },
    });
    let mut pointers = Vec::new();
    pointers_of(&good, String::new(), &mut pointers);
    assert!(pointers.len() > 60);
    for pointer in pointers {
        for value in &wrong {
            let mut document = good.clone();
            *document.pointer_mut(&pointer).unwrap() = value.clone();
            // Whatever comes of it can be built.
            let _ = imported_as(document.to_string().as_bytes(), &Options::default());
        }
    }
}

fn pointers_of(value: &Value, at: String, pointers: &mut Vec<String>) {
    let step = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| pointers_of(value, step(name), pointers)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| pointers_of(value, step(&index.to_string()), pointers));
        }
        _ => {}
    }
    if !at.is_empty() {
        pointers.push(at);
    }
}

#[test]
fn many_names_that_fold_to_one_are_told_apart() {
    let mut properties = json!({});
    for number in 0..1_500 {
        properties["-".repeat(number) + "id"] = json!({ "type": "boolean" });
    }
    soon(&answers(json!({ "properties": properties })).to_string()).unwrap();
    soon(&sends(json!({ "properties": { "a": { "type": "object", "properties": properties } } })).to_string()).unwrap();
    let mut paths = json!({});
    for number in 0..1_000 {
        paths["/a".to_owned() + &"-".repeat(number)] = json!({ "get": { "operationId": "same", "responses": {} } });
    }
    assert_eq!(soon(&document(paths).to_string()).unwrap().report.imported, 1_000);
}

#[test]
fn a_huge_enumeration_is_text() {
    let words: Vec<String> = (0..200_000).map(|number| format!("w{number}")).collect();
    let imported =
        soon(&sends(json!({ "properties": { "a": { "type": "string", "enum": words } } })).to_string()).unwrap();
    assert!(all_wit(&imported).len() < 10_000);
}
