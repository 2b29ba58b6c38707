//! The command line against a mock server that runs beside it: what one call does, the next one sees.

use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// `outwit mock`, until dropped.
struct Mock {
    server: Child,
    settings: Vec<(String, String)>,
}

impl Mock {
    fn start() -> Mock {
        let mut command = Command::new(outwit());
        let mut server =
            command.args(["--json", "mock", "accelo"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Value::Object(settings) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        let text = |value: Value| value.as_str().unwrap().to_owned();
        Mock { server, settings: settings.into_iter().map(|(name, value)| (name, text(value))).collect() }
    }

    /// Runs `outwit call`, with its exit code and what it printed on the stream that counts.
    fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let mut command = Command::new(outwit());
        let output = command.arg("call").args(arguments).envs(self.settings.iter().cloned()).output().unwrap();
        let told = if output.status.success() { &output.stdout } else { &output.stderr };
        (output.status.code().unwrap(), serde_json::from_slice(told).unwrap_or_default())
    }

    fn call(&self, operation: &str, input: Value) -> Value {
        let (code, output) = self.run(&[&format!("accelo.{operation}"), &input.to_string(), "--reveal"]);
        assert_eq!(code, 0, "{operation}: {output}");
        output
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

#[test]
fn what_is_created_is_listed_updated_and_deleted() {
    let mock = Mock::start();
    let new = json!({"subject": "Left a message", "against-type": "company", "against-id": "205", "visibility": "all"});
    let id = mock.call("create-activity", new)["id"].clone();
    let subjects = |of: &str| {
        let against = json!({"where": [{"field": "against", "values": [of]}], "limit": 100});
        let listed = mock.call("list-activities", against);
        let rows = listed.as_array().unwrap().iter();
        rows.filter(|row| row["id"] == id).map(|row| row["subject"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(subjects("company/205"), ["Left a message"]);
    mock.call("update-activity", json!({"id": id, "subject": "Called back", "nonbillable": 300}));
    assert_eq!(subjects("company/205"), ["Called back"]);
    assert_eq!(mock.call("get-activity", json!({"id": id}))["nonbillable"], 300);
    assert_eq!(mock.call("delete-activity", json!({"id": id})), Value::Null);
    assert!(subjects("company/205").is_empty());
    let (code, error) = mock.run(&["accelo.get-activity", &json!({"id": id}).to_string()]);
    assert_eq!((code, &error["kind"]), (4, &json!("not-found")));
}

#[test]
fn every_operation_answers() {
    let mock = Mock::start();
    let list = Command::new(outwit()).args(["--json", "list", "accelo"]).output().unwrap();
    let listed: Value = serde_json::from_slice(&list.stdout).unwrap();
    let mut left: Vec<String> =
        listed.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().replace("accelo.", "")).collect();
    assert_eq!(left.len(), 24);
    let company = mock.call("create-company", json!({"name": "Pell & Rowan"}))["id"].clone();
    let contact = json!({"firstname": "Rui", "surname": "Telles", "company-id": company, "email": "rui@pell.example"});
    let contact = mock.call("create-contact", contact)["id"].clone();
    let activity = json!({"subject": "Note", "against-type": "company", "against-id": company});
    let activity = mock.call("create-activity", activity)["id"].clone();
    let email = json!({"address": "rui@pell.example", "direction": "outbound", "subject": "Hello"});
    let report = json!({"company": "Pell & Rowan", "from": 1, "to": 4_000_000_000_u64});
    let calls = [
        ("list-activities", json!({"limit": 1})),
        ("get-activity", json!({"id": activity})),
        ("update-activity", json!({"id": activity, "body": "More"})),
        ("list-companies", json!({"search": "pell"})),
        ("get-company", json!({"id": company})),
        ("update-company", json!({"id": company, "phone": "1"})),
        ("list-contacts", json!({"search": "telles"})),
        ("get-contact", json!({"id": contact})),
        ("update-contact", json!({"id": contact, "comments": "Speaks Portuguese"})),
        ("list-staff", json!({})),
        ("get-staff", json!({"id": "21"})),
        ("request-authorization", json!({"scope": "read(all)"})),
        ("exchange-token", json!({"grant-type": "client-credentials"})),
        ("find-contact-by-email", json!({"email": "rui@pell.example"})),
        ("log-time", json!({"company": "Pell & Rowan", "minutes": 30, "subject": "Review"})),
        ("log-meeting", json!({"company": "Pell & Rowan", "minutes": 45, "subject": "Kick-off"})),
        ("log-email", email),
        ("report-time-by-staff", report),
        ("delete-activity", json!({"id": activity})),
        ("deactivate-contact", json!({"id": contact})),
        ("delete-company", json!({"id": company})),
    ];
    left.retain(|name| !["create-company", "create-contact", "create-activity"].contains(&name.as_str()));
    for (name, input) in calls {
        let output = mock.call(name, input);
        assert_eq!(output.is_null(), name.starts_with("de"), "{name}: {output}");
        left.retain(|known| known != name);
        if name == "report-time-by-staff" {
            assert_eq!(output["nonbillable"], (30 + 45) * 60);
        }
    }
    assert!(left.is_empty(), "not called: {left:?}");
}

#[test]
fn input_comes_from_an_argument_a_file_or_standard_input() {
    let mock = Mock::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.json");
    std::fs::write(&file, r#"{"id": "21"}"#).unwrap();
    let (code, staff) = mock.run(&["accelo.get-staff", &format!("@{}", file.display())]);
    assert_eq!((code, &staff["firstname"]), (0, &json!("Mirela")));
    let mut command = Command::new(outwit());
    command.args(["call", "accelo.get-staff", "-"]).envs(mock.settings.iter().cloned());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), br#"{"id": "22"}"#).unwrap();
    let output = child.wait_with_output().unwrap();
    let staff: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(staff["firstname"], "Tomas");
}

#[test]
fn a_piped_answer_is_one_line_of_json_and_a_terminal_gets_more() {
    let run = |style: &[&str]| {
        let mut command = Command::new(outwit());
        let output = command.args(["--mock", "call", "accelo.get-staff", r#"{"id": "21"}"#]).args(style).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let piped = run(&[]);
    assert_eq!((piped.lines().count(), piped.contains('\u{1b}')), (1, false));
    let coloured = run(&["--color", "always"]);
    assert!(coloured.lines().count() > 3 && coloured.contains('\u{1b}'), "{coloured}");
}

#[test]
fn a_misspelled_vendor_is_told_like_a_misspelled_operation() {
    for (given, meant) in [("acelo", "accelo"), ("accelo.get-staf", "accelo.get-staff")] {
        let output = Command::new(outwit()).args(["describe", given]).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!((output.status.code(), &error["details"]["nearest"][0]), (Some(3), &json!(meant)), "{error}");
    }
}

#[test]
fn components_are_extracted_for_other_hosts_and_loaded_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let output = Command::new(outwit()).args(["extract", "--out", path]).output().unwrap();
    assert!(output.status.success());
    let component = std::fs::read(folder.path().join("accelo.wasm")).unwrap();
    assert!(component.starts_with(b"\0asm\x0d\0\x01\0"), "a component, not a core module");
    let call = ["--plugins", path, "--mock", "call", "accelo.get-staff", r#"{"id": "21"}"#];
    assert!(Command::new(outwit()).args(call).output().unwrap().status.success());
}
