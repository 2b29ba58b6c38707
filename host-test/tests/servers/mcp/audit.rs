//! The audit log: a call that is refused leaves one line, wherever on its way it is refused, and a rule that denies it comes
//! before everything that is wrong with it.

use super::client::Client;
use super::http::Served;
use super::runtime;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A folder with a configuration that denies, and where the log goes.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        std::fs::write(place.0.path().join("outwit.toml"), "[accelo]\ndeny = [\"delete-*\"]\n").unwrap();
        place
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("calls.jsonl")
    }

    pub fn options(&self, more: &[&str]) -> Vec<String> {
        let config = self.0.path().join("outwit.toml").display().to_string();
        let named = ["--mock", "--config", &config, "--audit", &self.log().display().to_string()].map(str::to_owned);
        named.into_iter().chain(more.iter().map(|&option| option.to_owned())).collect()
    }

    /// Operation, effect and outcome of each call so far.
    pub fn lines(&self) -> Value {
        let text = std::fs::read_to_string(self.log()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| json!([line["operation"], line["effect"], line["status"]])).collect()
    }
}

fn client(place: &Place, more: &[&str]) -> Client {
    let options = place.options(more);
    Client::start(&options.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

/// Sends arguments as they stand here; gives the error.
fn refused(client: &mut Client, number: u64, tool: &str, arguments: &str) -> Value {
    let params = format!(r#"{{"name":"{tool}","arguments":{arguments}}}"#);
    client.raw(format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{params}}}"#).as_bytes());
    let answer = client.end(number);
    assert_eq!(answer["result"]["isError"], true, "{arguments}: {answer}");
    answer["result"]["structuredContent"].clone()
}

/// By which tool, with which arguments; operation, effect and kind of the error.
const REFUSED: [(&str, &str, &str, &str, &str); 17] = [
    ("read", r#"{"operation":"aero.list-tasks"}"#, "aero.list-tasks", "", "denied"),
    ("read", r#"{"operation":"aero.no-such-thing","input":7}"#, "aero.no-such-thing", "", "denied"),
    ("read", r#"{"operation":"accelo.list-nothing"}"#, "accelo.list-nothing", "", "invalid-input"),
    ("read", r#"{"input":{}}"#, "", "", "invalid-input"),
    ("read", r#"{"operation":"accelo.list-staff","limit":3}"#, "accelo.list-staff", "read", "invalid-input"),
    ("read", r#"{"operation":"accelo.list-staff","account":5}"#, "accelo.list-staff", "read", "invalid-input"),
    (
        "write",
        r#"{"operation":"accelo.create-company","input":{"name":"a","name":"b"}}"#,
        "accelo.create-company",
        "write",
        "invalid-input",
    ),
    (
        "write",
        r#"{"operation":"accelo.create-company","input":"{"}"#,
        "accelo.create-company",
        "write",
        "invalid-input",
    ),
    (
        "write",
        r#"{"operation":"accelo.create-company","input":[1]}"#,
        "accelo.create-company",
        "write",
        "invalid-input",
    ),
    (
        "read",
        r#"{"operation":"accelo.create-company","input":{"name":"a"}}"#,
        "accelo.create-company",
        "write",
        "invalid-input",
    ),
    ("read", r#"{"operation":"accelo.list-staff","cursor":"x"}"#, "accelo.list-staff", "read", "invalid-input"),
    (
        "read",
        r#"{"operation":"accelo.list-staff","cursor":"x","input":{"limit":1}}"#,
        "accelo.list-staff",
        "read",
        "invalid-input",
    ),
    ("read", r#"{"operation":"accelo.delete-company","cursor":"x"}"#, "accelo.delete-company", "destroy", "denied"),
    ("read", r#"{"operation":"accelo.delete-company"}"#, "accelo.delete-company", "destroy", "denied"),
    ("write", r#"{"operation":"accelo.delete-company","input":5}"#, "accelo.delete-company", "destroy", "denied"),
    (
        "write",
        r#"{"operation":"accelo.delete-company","input":{"id":"1","id":"2"}}"#,
        "accelo.delete-company",
        "destroy",
        "denied",
    ),
    ("write", r#"{"operation":"accelo.exchange-token","input":"{"}"#, "accelo.exchange-token", "write", "denied"),
];

fn line(operation: &str, effect: &str, kind: &str) -> Value {
    json!([operation, Some(effect).filter(|effect| !effect.is_empty()), kind])
}

#[test]
fn a_call_that_is_refused_leaves_one_line() {
    let place = Place::new();
    let mut client = client(&place, &["--vendors", "accelo"]);
    let mut expected = Vec::new();
    for (number, (tool, arguments, operation, effect, kind)) in (900..).zip(REFUSED) {
        let error = refused(&mut client, number, &format!("call-{tool}-operation"), arguments);
        assert_eq!((&error["kind"], &error["operation"]), (&json!(kind), &json!(operation)), "{arguments}: {error}");
        assert_eq!(error["details"]["rule"].is_string(), kind == "denied", "{arguments}: {error}");
        expected.push(line(operation, effect, kind));
    }
    assert_eq!(place.lines(), json!(expected));
    // What calls nothing leaves none.
    client.failed("search-operations", json!({ "intent": "" }));
    client.failed("describe-operation", json!({ "operation": "accelo.list-nothing" }));
    assert_eq!(place.lines().as_array().unwrap().len(), expected.len());
}

#[test]
fn a_call_of_an_operations_own_tool_that_is_refused_leaves_one_line() {
    let place = Place::new();
    let mut client = client(&place, &["--tools", "all"]);
    for (number, tool, arguments, field) in [
        (900, "accelo-create-company", r#"{"name":"a","name":"b"}"#, "name"),
        (901, "accelo-list-staff", r#"{"outwit-account":2}"#, "outwit-account"),
    ] {
        assert_eq!(refused(&mut client, number, tool, arguments)["field"], field);
    }
    let error = refused(&mut client, 902, "accelo-delete-company", r#"{"id":"1","id":"2"}"#);
    assert_eq!((&error["kind"], &error["details"]["rule"]), (&json!("denied"), &json!("deny delete-*")), "{error}");
    let expected = json!([
        ["accelo.create-company", "write", "invalid-input"],
        ["accelo.list-staff", "read", "invalid-input"],
        ["accelo.delete-company", "destroy", "denied"],
    ]);
    assert_eq!(place.lines(), expected);
}

#[test]
fn the_tool_of_a_denied_operation_is_denied_with_the_rule_and_written_down() {
    let place = Place::new();
    let options = ["--tools", "all", "--vendors", "accelo", "--deny", "create-*", "--grant", "write"];
    let mut client = client(&place, &options);
    for (number, tool, rule) in [
        (900, "accelo-create-company", "deny create-*"),
        (901, "accelo-update-company", ""),
        (902, "accelo-delete-company", "grant write"),
        (903, "accelo-exchange-token", "no credentials for agents"),
        (904, "aero-list-tasks", "vendors accelo"),
    ] {
        let error = refused(&mut client, number, tool, r#"{"nonsense":1}"#);
        assert_eq!(error["details"]["rule"].as_str().unwrap_or_default(), rule, "{error}");
        assert_eq!(error["kind"], if rule.is_empty() { "invalid-input" } else { "denied" }, "{error}");
    }
    let expected = json!([
        ["accelo.create-company", "write", "denied"],
        ["accelo.update-company", "write", "started"],
        ["accelo.update-company", "write", "invalid-input"],
        ["accelo.delete-company", "destroy", "denied"],
        ["accelo.exchange-token", "write", "denied"],
        ["aero.list-tasks", null, "denied"],
    ]);
    assert_eq!(place.lines(), expected);
    for unknown in ["accelo-list-nothing", "zoho-list-tasks", "accelo", "-", "accelo.list-staff"] {
        let answer = client.request("tools/call", json!({ "name": unknown, "arguments": {} }));
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    assert_eq!(place.lines(), expected);
}

#[test]
fn over_http_a_call_that_is_refused_leaves_one_line_too() {
    let place = Place::new();
    let options = place.options(&["--vendors", "accelo"]);
    let served = Served::with(&options.iter().map(String::as_str).collect::<Vec<_>>(), []);
    let twice = json!({ "operation": "accelo.create-company", "input": r#"{"name":"a","name":"b"}"# });
    for (tool, arguments) in [
        ("call-read-operation", json!({ "operation": "aero.list-tasks" })),
        ("call-write-operation", twice),
        ("call-read-operation", json!({ "operation": "accelo.delete-company" })),
    ] {
        let request = served.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let answer = runtime().block_on(async { request.send().await.unwrap().text().await.unwrap() });
        assert!(answer.contains("\"isError\":true"), "{answer}");
    }
    let expected = json!([
        ["aero.list-tasks", null, "denied"],
        ["accelo.create-company", "write", "invalid-input"],
        ["accelo.delete-company", "destroy", "denied"],
    ]);
    assert_eq!(place.lines(), expected);
}

#[test]
fn the_command_line_denies_and_writes_down_the_same() {
    let place = Place::new();
    for (operation, input, code) in [
        ("accelo.delete-company", r#"{"id":"1","id":"2"}"#, 7),
        ("accelo.delete-company", "{", 7),
        ("accelo.create-company", r#"{"name":"a","name":"b"}"#, 3),
    ] {
        let output = Command::new(outwit()).args(place.options(&["call", operation, input])).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
    let expected = json!([
        ["accelo.delete-company", "destroy", "denied"],
        ["accelo.delete-company", "destroy", "denied"],
        ["accelo.create-company", "write", "started"],
        ["accelo.create-company", "write", "invalid-input"],
    ]);
    assert_eq!(place.lines(), expected);
}
