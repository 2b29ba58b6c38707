//! Which tools there are, and what they say about themselves.

use super::client::Client;
use outwit::{Catalogue, Effect, Operation};
use outwit_host_test::build::outwit;
use outwit_host_test::root;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

/// The catalogues of all vendors.
fn catalogues() -> Vec<Catalogue> {
    let run = |arguments: &[&str]| Command::new(outwit()).arg("--json").args(arguments).output().unwrap().stdout;
    let listed: Value = serde_json::from_slice(&run(&["list"])).unwrap();
    let ids = listed.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()?.split('.').next());
    let vendors: BTreeSet<&str> = ids.collect();
    vendors
        .iter()
        .map(|vendor| Catalogue::parse(&String::from_utf8(run(&["describe", vendor])).unwrap()).unwrap())
        .collect()
}

fn operations(catalogues: &[Catalogue]) -> Vec<(&Catalogue, &Operation)> {
    catalogues.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation))).collect()
}

#[test]
fn by_default_there_are_four_tools_with_separate_ones_for_reading_and_writing() {
    let mut client = Client::start(&["--mock"], &[]);
    let tools = client.tools();
    let hints: Vec<_> =
        tools.iter().map(|tool| (tool["name"].as_str().unwrap(), &tool["annotations"]["readOnlyHint"])).collect();
    let (yes, no) = (json!(true), json!(false));
    let expected = [
        ("search-operations", &yes),
        ("describe-operation", &yes),
        ("call-read-operation", &yes),
        ("call-write-operation", &no),
    ];
    assert_eq!(hints, expected);
    assert_eq!(tools[3]["annotations"]["destructiveHint"], true);
    assert_eq!(tools, client.tools(), "the order does not change");
    assert!(client.close());
}

#[test]
fn each_operation_that_is_for_agents_is_a_tool_with_its_schemas_and_hints() {
    let catalogues = catalogues();
    let tools = Client::start(&["--mock", "--tools", "all"], &[]).tools();
    let mut left: BTreeSet<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(left.len(), tools.len(), "names are unique");
    assert!(left.remove("continue-result"));
    for (catalogue, operation) in operations(&catalogues) {
        let name = operation.id.replace('.', "-");
        let Some(tool) = tools.iter().find(|tool| tool["name"] == *name) else {
            assert!(operation.secret, "{name}");
            continue;
        };
        assert!(left.remove(&*name) && !operation.secret, "{name}");
        let letters = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        assert!((1..=64).contains(&name.len()) && name.bytes().all(letters), "{name}");
        assert!(tool["description"].as_str().unwrap().starts_with(&operation.summary), "{name}");
        let hint = |hint: &str| tool["annotations"].get(hint).cloned();
        assert_eq!(hint("readOnlyHint"), Some(json!(operation.effect == Effect::Read)), "{name}");
        if operation.effect != Effect::Read {
            assert_eq!(hint("destructiveHint"), Some(json!(operation.effect == Effect::Destroy)), "{name}");
            let again = matches!(operation.method.as_deref(), Some("PUT" | "DELETE"));
            assert_eq!(hint("idempotentHint"), Some(json!(again)), "{name}");
        }
        let expected = operation.input.as_ref().map(|schema| catalogue.inlined(schema));
        let names = |schema: &Value| schema["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&tool["inputSchema"]), names(expected.as_ref().unwrap()), "{name}");
        assert_eq!(tool["inputSchema"].get("required"), expected.unwrap().get("required"), "{name}");
        typed(&tool["inputSchema"], &name);
        assert_eq!(tool["outputSchema"]["required"], json!(["result"]), "{name}");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}");
            sound(&tool[schema], &name);
        }
    }
    assert!(left.is_empty(), "{left:?}");
}

/// Sees to it that a schema is one of JSON Schema 2020-12, stands alone, and asks only for members that it knows. (Node's
/// tests compile it with a validator.)
fn sound(schema: &Value, at: &str) {
    if schema.is_boolean() {
        return;
    }
    for (keyword, says) in schema.as_object().unwrap_or_else(|| panic!("{at}: {schema}")) {
        let below = format!("{at}/{keyword}");
        match keyword.as_str() {
            "type" => {
                let types = ["object", "array", "string", "integer", "number", "boolean", "null"];
                assert!(types.contains(&says.as_str().unwrap()), "{below}: {says}");
            }
            "properties" => {
                says.as_object().unwrap().iter().for_each(|(name, one)| sound(one, &format!("{below}/{name}")))
            }
            "items" | "additionalProperties" => sound(says, &below),
            "anyOf" => says.as_array().unwrap().iter().for_each(|one| sound(one, &below)),
            "enum" => assert!(!says.as_array().unwrap().is_empty(), "{below}"),
            "required" => {
                let known = |name: &Value| schema["properties"].get(name.as_str().unwrap()).is_some();
                assert!(says.as_array().unwrap().iter().all(known), "{below}: {says}");
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "minLength" | "minItems" => {
                assert!(says.is_number(), "{below}")
            }
            "description" => assert!(says.is_string(), "{below}"),
            "format" => assert!(!at.contains("/result/"), "{below}: a vendor's answer is held against it"),
            "examples" => assert!(says.as_array().is_some_and(|examples| !examples.is_empty()), "{below}"),
            "const" | "default" | "writeOnly" => {}
            other => panic!("{at}: {other}"),
        }
    }
}

/// Gemini's function declarations take an `enum` only beside `type: string`, and no part without a type
/// (google-gemini/gemini-cli#4400).
fn typed(schema: &Value, at: &str) {
    let has = |name: &str| schema.get(name).is_some();
    assert!(has("type") || has("anyOf"), "{at}: {schema}");
    assert!(!has("enum") || schema["type"] == "string", "{at}: {schema}");
    for (name, one) in schema["properties"].as_object().into_iter().flatten() {
        typed(one, &format!("{at}/{name}"));
    }
    for one in schema["anyOf"].as_array().into_iter().flatten().chain(schema.get("items")) {
        typed(one, at);
    }
}

/// Agents and their people's permissions refer to tools by name. `BLESS=1` writes the names down, and where one vanishes
/// somebody has to mean it.
/// What is new joins the list with the next release: `BLESS=1`.
#[test]
fn the_name_of_a_tool_is_for_good() {
    let file = root().join("host-test/tests/servers/mcp/names.txt");
    let tools = Client::start(&["--mock", "--tools", "all"], &[]).tools();
    let now: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, now.join("\n") + "\n").unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap();
    let gone: Vec<&str> = known.lines().filter(|name| !now.contains(name)).collect();
    assert!(gone.is_empty(), "these tools are gone: {gone:?}");
}

#[test]
fn what_gives_or_takes_a_credential_is_not_offered_at_all() {
    let catalogues = catalogues();
    let mut few = Client::start(&["--mock"], &[]);
    let mut all = Client::start(&["--mock", "--tools", "all"], &[]);
    let mut count = 0;
    for (_, operation) in operations(&catalogues).into_iter().filter(|(_, operation)| operation.secret) {
        count += 1;
        let id = &operation.id;
        let found = few.done("search-operations", json!({ "intent": operation.summary, "limit": 20 }));
        assert!(!found.to_string().contains(&**id), "{found}");
        for (tool, arguments) in [
            ("describe-operation", json!({ "operation": id })),
            ("call-write-operation", json!({ "operation": id, "input": {} })),
        ] {
            let error = few.failed(tool, arguments);
            assert_eq!(error["kind"], "denied", "{error}");
        }
        let name = id.replace('.', "-");
        let error = all.failed(&name, json!({}));
        assert_eq!(error["kind"], "denied", "{error}");
    }
    assert!(count > 0, "some operation is about credentials");
}
