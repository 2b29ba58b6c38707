use super::*;
use crate::api::{Check, Dialect, Dialects, OAuth};
use crate::search::{Draft, Index};
use crate::unpack::tests::literally;
use crate::wire::{Form, Kind, Names, Type};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

static NOTHING: Type = Type { size: 0, align: 1, form: Form::Any, kind: Kind::Record(&[]) };
static LIST: Row = Row { deadline_ms: Some(9000), dialects: &[("new", GET)], ..Row::new("GET", "/things") };
const GET: Row = Row::new("GET", "/v2/things");
static REVEAL: Row =
    Row { secret: true, auth: Some(Auth::None), body_secrets: &[("key", "ACME_SECOND")], ..Row::new("", "") };
static API: Api = Api {
    name: "acme",
    title: "Acme \"A\\B\"\n",
    base: "https://acme.example",
    auth: Auth::Header { name: "x-key", key: "ACME_KEY" },
    names: Names { sensitive: &["code"], filled: &["parts"], bounds: &[("page-size", 1, 100)], ..Names::DEFAULT },
    method_override: Some("_method"),
    state: &["/state"],
    work: &["/job"],
    dialects: Some(Dialects::of("ACME", &[Dialect { name: "old", owns: |_| false, names: None }])),
    oauth: Some(OAuth { authorize: "reveal", exchange: "reveal", scope: "all", who: &[] }),
    check: Some(Check { operation: "list", input: r#"{"page-size":1}"#, who: &[("key", "ACME_KEY")] }),
    ..Api::DEFAULT
};
const ANY: Operation = Operation {
    name: "list",
    interface: "things",
    row: &LIST,
    input: None,
    spilled: false,
    output: None,
    error: &NOTHING,
    size: 0,
    payload: 0,
    resource: None,
};
static OPERATIONS: [Operation; 2] = [ANY, Operation { name: "reveal", row: &REVEAL, ..ANY }];

fn component() -> Component {
    let text = "{\u{1}\"summary\":\"Makes things.\",\"operations\":[{\u{2}\"input\":{}},{\u{2}\"input\":{}}],\"$defs\":\
        {\"query\":{\"properties\":{\"code\":{\u{3}\u{4}\"type\":\"string\"},\
        \"parts\":{\u{5}\"type\":\"array\"},\
        \"page-size\":{\u{3}\"maximum\":255,\"minimum\":0,\u{4}\"type\":\"integer\"},\
        \"size\":{\u{3}\"maximum\":255,\"minimum\":0,\u{4}\"type\":\"integer\"}}}}}";
    let catalogue = Vec::leak(literally("List \"widgets\".\nReveal a secret.\n", text));
    let component = Component { api: &API, version: "1.2.3", operations: &OPERATIONS, catalogue, index: &[] };
    let described: Value = serde_json::from_str(&describe(&component)).unwrap();
    Component { index: Vec::leak(Draft::of(&described).to_bytes()), ..component }
}

#[test]
fn what_only_the_vendors_crate_knows_stands_in_the_catalogue() {
    let described: Value = serde_json::from_str(&describe(&component())).unwrap();
    let facts = json!({
        "vendor": "acme", "title": "Acme \"A\\B\" ", "version": "1.2.3", "base": "https://acme.example",
        "auth": { "kind": "header", "header": "x-key", "key": "ACME_KEY" },
        "method-override": "_method", "state": ["/state"], "work": ["/job"], "dialect-setting": "ACME", "dialects": ["old"],
        "oauth": { "authorize": "acme.reveal", "exchange": "acme.reveal", "scope": "all", "who": {} },
        "check": { "operation": "acme.list", "input": "{\"page-size\":1}", "who": { "key": "ACME_KEY" } },
        "summary": "Makes things.",
    });
    for (name, fact) in facts.as_object().unwrap() {
        assert_eq!(&described[name], fact, "{name}");
    }
    let replaces = described["settings"].as_array().unwrap().last().unwrap();
    assert_eq!((&replaces["name"], &replaces["default"]), (&json!("ACME_BASE_URL"), &facts["base"]));
    let list = json!({
        "id": "acme.list", "interface": "things", "summary": "List \"widgets\".", "effect": "read", "secret": false,
        "method": "GET", "route": "/things", "deadline-ms": 9000,
        "dialects": { "new": { "method": "GET", "route": "/v2/things" } }, "input": {},
    });
    let reveal = json!({
        "id": "acme.reveal", "interface": "things", "summary": "Reveal a secret.", "effect": "write", "secret": true,
        "auth": { "kind": "none" }, "body-secrets": { "key": "ACME_SECOND" }, "input": {},
    });
    assert_eq!(described["operations"], json!([list, reveal]));
}

#[test]
fn bounds_and_secrets_of_inputs_stand_in_their_schemas() {
    let described: Value = serde_json::from_str(&describe(&component())).unwrap();
    let properties = json!({
        "code": { "writeOnly": true, "type": "string" },
        "page-size": { "minimum": 1, "maximum": 100, "type": "integer" },
        "parts": { "minItems": 1, "type": "array" },
        "size": { "minimum": 0, "maximum": 255, "type": "integer" },
    });
    assert_eq!(described["$defs"]["query"]["properties"], properties);
}

#[test]
fn an_operation_is_found_by_its_id_and_a_secret_one_is_not() {
    let search = |intent: &str, limit: usize| -> Value {
        serde_json::from_slice(&crate::find::found(&component(), intent, limit)).unwrap()
    };
    let found = search("acme.list", 3);
    assert_eq!((&found[0]["summary"], &found[0]["score"]), (&json!("List \"widgets\"."), &json!(1.0)));
    assert_eq!(found.as_array().unwrap().len(), 1);
    for (intent, limit) in [("acme.list", 0), ("initech.list", 3), ("acme.reveal", 3)] {
        assert_eq!(search(intent, limit), json!([]), "{intent} {limit}");
    }
    let near = search("list the widgets", 3);
    assert!(near[0]["id"] == "acme.list" && near[0]["score"].as_f64() < Some(1.0), "{near}");
}

#[test]
fn the_index_stands_in_the_catalogue_and_finds_what_its_texts_find() {
    let described: Value = serde_json::from_str(&describe(&component())).unwrap();
    assert_eq!(described["search-index"], BASE64_STANDARD.encode(component().index));
    let mut texts = described.clone();
    texts["search-index"] = Value::Null;
    for intent in ["list the widgets", "reveal a secret", "Acme", "which widgets are there"] {
        let found = Index::of(&[&described]).search(intent, 9);
        assert_eq!(found, Index::of(&[&texts]).search(intent, 9), "{intent}");
        let own: Value = serde_json::from_slice(&crate::find::found(&component(), intent, 9)).unwrap();
        let own: Vec<_> = own.as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(own, found.iter().map(|one| json!(one.id)).collect::<Vec<_>>(), "{intent}");
    }
}

#[test]
fn without_a_catalogue_the_description_is_empty_and_nothing_traps() {
    let without = Component { catalogue: &[], index: &[], ..component() };
    assert_eq!(describe(&without), "");
    assert_eq!(crate::find::found(&without, "list things", 3), b"[]");
}
