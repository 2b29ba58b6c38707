//! What the gateway says about itself.

use super::served::{all, answer, composed, serving};
use outwit::Plugins;
use outwit_host_test::build::outwit;
use outwit_host_test::net::plugin;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use wasmtime::Engine;
use wasmtime::component::Component;

#[test]
fn what_is_offered_is_what_the_vendors_have_without_what_gives_or_takes_a_credential() {
    serving(&all(), async |served| {
        let mut expected = BTreeSet::new();
        for vendor in all() {
            let plugin = plugin(vendor, [("", ""); 0]).await;
            let operations = plugin.catalogue().operations.iter().filter(|operation| !operation.secret);
            expected.extend(operations.map(|operation| operation.id.clone()));
        }
        let (_, list) = answer(served.get("/operations")).await;
        let ids = list["operations"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        assert_eq!(ids.collect::<BTreeSet<_>>(), expected);
        let (_, document) = answer(served.get("/openapi.json")).await;
        let called = document["paths"].as_object().unwrap().iter().filter(|(_, item)| item.get("post").is_some());
        let ids = called.filter_map(|(path, _)| path.strip_prefix("/operations/").map(str::to_owned));
        assert_eq!(ids.collect::<BTreeSet<_>>(), expected);
    });
}

#[test]
fn the_openapi_document_leads_to_everything_that_it_refers_to() {
    serving(&all(), async |served| {
        let (_, document) = answer(served.get("/openapi.json")).await;
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 100);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        let ids: Vec<&Value> = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .collect();
        let names: BTreeSet<_> = ids.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(names.len(), ids.len(), "an operationId occurs twice");
        assert_eq!(document["security"], json!([{ "token": [] }]));
    });
}

#[test]
fn each_operation_is_described_as_the_document_has_it() {
    serving(&["accelo"], async |served| {
        let catalogue = plugin("accelo", [("", ""); 0]).await;
        let (_, document) = answer(served.get("/openapi.json")).await;
        for operation in &served.catalogue("accelo").operations {
            let (status, described) = answer(served.get(&format!("/operations/{}", operation.id))).await;
            assert_eq!((status, &described["effect"]), (200, &json!(operation.effect)));
            let whole = catalogue.catalogue().operation(&operation.id).unwrap();
            let inlined = |schema: &Option<Value>| schema.as_ref().map(|schema| catalogue.catalogue().inlined(schema));
            assert_eq!(described.get("input").cloned(), inlined(&whole.input).or(described.get("input").cloned()));
            assert_eq!(described.get("output").cloned(), inlined(&whole.output));
            let path = &document["paths"][format!("/operations/{}", operation.id)]["post"];
            assert_eq!(path["requestBody"].is_object(), whole.input.is_some(), "{}", operation.id);
        }
    });
}

#[test]
fn a_composed_file_imports_what_every_host_has_and_exports_http_alone() {
    let engine = Engine::default();
    for vendors in [vec![all()[0]], all()] {
        let bytes = composed(&vendors);
        let size: usize = vendors.iter().map(|name| Plugins::embedded().component(name).unwrap().unwrap().len()).sum();
        println!("{}: {} bytes, {size} of them of the vendors", vendors.join(" "), bytes.len());
        assert!(bytes.len() < size + 370_000);
        let component = Component::new(&engine, bytes).unwrap();
        let ty = component.component_type();
        let known = ["wasi:http/", "wasi:io/", "wasi:clocks/", "wasi:cli/environment@", "outwit:plugin/types@0.1.0"];
        let mut versions = BTreeMap::new();
        for (import, _) in ty.imports(&engine) {
            assert!(known.iter().any(|known| import.starts_with(known)), "{import}");
            let (name, version) = import.split_once('@').unwrap();
            assert_eq!(
                versions.insert(name.to_owned(), version.to_owned()),
                None,
                "{name} is imported in two versions"
            );
            let patch = version.strip_prefix("0.2.").and_then(|patch| patch.parse::<u32>().ok());
            assert!(name.starts_with("outwit:") || patch.is_some_and(|patch| patch <= 6), "{import}");
        }
        let exports: Vec<&str> = ty.exports(&engine).map(|(name, _)| name).collect();
        assert_eq!(exports, ["wasi:http/incoming-handler@0.2.4"]);
    }
}

#[test]
fn a_search_finds_operations_of_all_vendors_by_intent() {
    serving(&all(), async |served| {
        for (intent, expected) in
            [("list activities", "accelo.list-activities"), ("run a workflow", "airops.run-workflow")]
        {
            let request = served.get("/search").query(&[("q", intent), ("limit", "8")]);
            let (status, found) = answer(request).await;
            let operations = found["operations"].as_array().unwrap();
            assert_eq!(status, 200);
            assert!(operations.len() <= 8 && operations.iter().any(|one| one["id"] == expected), "{intent}: {found}");
            let scores: Vec<f64> = operations.iter().map(|one| one["score"].as_f64().unwrap()).collect();
            assert!(scores.is_sorted_by(|a, b| a >= b), "{found}");
            let arguments = json!({ "intent": intent, "limit": 8 });
            let call = json!({ "name": "search-operations", "arguments": arguments });
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call });
            let (_, tool) = answer(served.post("/mcp", &message)).await;
            assert_eq!(tool["result"]["structuredContent"], found);
        }
    });
}

#[test]
fn terminal_json_mcp_and_gateway_show_the_same_order_and_the_same_marks() {
    let intents = ["create an aero task from a template", "list companies", "run payroll", "Log_time", "where is it"];
    serving(&all(), async |served| {
        for intent in intents {
            let shown = |found: &Value| -> Vec<(String, bool)> {
                let found = found.as_array().unwrap().iter();
                found.map(|one| (one["id"].as_str().unwrap().to_owned(), one["weak"].as_bool().unwrap())).collect()
            };
            let outwit = |arguments: &[&str]| {
                let output = Command::new(outwit()).args(arguments).arg(intent).output().unwrap();
                String::from_utf8(output.stdout).unwrap()
            };
            let expected = shown(&serde_json::from_str(&outwit(&["search"])).unwrap());
            let terminal = outwit(&["--color", "always", "search"]);
            let lines = terminal.lines().filter(|line| line.contains('.') && !expected.is_empty());
            let terminal: Vec<(String, bool)> = lines
                .map(|line| {
                    let words: Vec<&str> = line.split(['\u{1b}', ' ']).filter(|word| word.contains('.')).collect();
                    (words[0].trim_start_matches("[36m").to_owned(), line.contains("  weak"))
                })
                .collect();
            assert_eq!(terminal, expected, "{intent}");
            let (_, found) = answer(served.get("/search").query(&[("q", intent)])).await;
            assert_eq!(shown(&found["operations"]), expected, "{intent}");
            let call = json!({ "name": "search-operations", "arguments": { "intent": intent } });
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call });
            let (_, tool) = answer(served.post("/mcp", &message)).await;
            assert_eq!(tool["result"]["structuredContent"], found);
            let over_pipes = mcp(&message);
            assert_eq!(shown(&over_pipes["operations"]), expected, "{intent}");
            if !expected.is_empty() {
                assert_eq!(over_pipes.get("hint"), found.get("hint"), "{intent}");
            }
        }
    });
}

/// What `outwit mcp` says to a message.
fn mcp(message: &Value) -> Value {
    let start = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
    } });
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let mut server = Command::new(outwit());
    let mut server = server.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut input = server.stdin.take().unwrap();
    writeln!(input, "{start}\n{ready}\n{message}").unwrap();
    let answer = lines.find_map(|line| {
        let answer: Value = serde_json::from_str(&line.unwrap()).unwrap();
        (answer["id"] == message["id"]).then(|| answer["result"]["structuredContent"].clone())
    });
    drop(input);
    server.wait().unwrap();
    answer.unwrap()
}

fn collect<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| collect(value, out));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        _ => {}
    }
}
