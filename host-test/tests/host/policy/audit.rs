//! What the audit log tells, and what becomes of calls that it cannot tell of.

use super::{VALUE, call, error, workspace, workspace_with};
use outwit::{Audit, Config, DenyAll, ErrorKind, Plugins, Scope, Workspace, WorkspaceOptions};
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn the_audit_log_has_a_line_for_each_call_one_before_each_write_and_no_values() {
    net::run(async {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.jsonl");
        let (mock, workspace) =
            workspace("[aero]\ndeny = [\"log-time-by-name\"]\n", Scope::default(), Some(&log)).await;
        let company = json!({ "name": VALUE });
        let made = call(&workspace, "aero.create-company", company.clone(), &DenyAll).await.unwrap();
        call(&workspace, "aero.create-company", company, &DenyAll).await.unwrap();
        call(&workspace, "aero.get-company", json!({ "id": "999999" }), &DenyAll).await.unwrap_err();
        call(&workspace, "aero.log-time-by-name", json!({}), &DenyAll).await.unwrap_err();
        let text = std::fs::read_to_string(&log).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let facts: Vec<_> = lines.iter().map(|line| [&line["operation"], &line["status"], &line["attempts"]]).collect();
        let expected = json!([
            ["aero.create-company", "started", 0],
            ["aero.create-company", "ok", 1],
            ["aero.create-company", "started", 0],
            ["aero.create-company", "ok", 1],
            ["aero.get-company", "not-found", 1],
            ["aero.log-time-by-name", "denied", 0],
        ]);
        assert_eq!(json!(facts), expected);
        assert_eq!(lines[0]["input-hmac"], lines[3]["input-hmac"]);
        assert_ne!(lines[0]["input-hmac"], lines[4]["input-hmac"]);
        assert_eq!(lines[0]["effect"], "write");
        assert!(!text.contains(VALUE), "{text}");
        assert!(made.contains(VALUE));
        for (_, secret) in mock.settings().iter().filter(|(name, _)| name == "AERO_API_KEY") {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    });
}

#[test]
fn a_call_that_nobody_waits_for_any_more_is_in_the_audit_log_too() {
    net::run(async {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.jsonl");
        let server = start(Fault::NeverAnswers).await.unwrap();
        let settings = [("AERO_BASE_URL", server.url()), ("AERO_ACCOUNT_ID", "1"), ("AERO_API_KEY", "key")];
        let workspace = workspace_with(settings.into_iter().collect(), "", Scope::default(), Some(&log));
        let mut calling = Box::pin(call(&workspace, "aero.create-company", json!({ "name": VALUE }), &DenyAll));
        while server.seen().is_empty() {
            tokio::select! {
                () = tokio::time::sleep(std::time::Duration::from_millis(1)) => {}
                done = &mut calling => panic!("{done:?}"),
            }
        }
        drop(calling);
        let text = std::fs::read_to_string(&log).unwrap();
        let (started, line) = text.split_once('\n').unwrap();
        assert!(started.contains("\"started\""), "{text}");
        let line: Value = serde_json::from_str(line).unwrap();
        let facts = json!([line["operation"], line["status"], line["maybe-done"], line["attempts"]]);
        assert_eq!(facts, json!(["aero.create-company", "cancelled", true, 1]));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_changed_where_the_audit_log_cannot_be_written() {
    net::run(async {
        let (mock, workspace) = workspace("", Scope::default(), Some(Path::new("/dev/full"))).await;
        let error = call(&workspace, "aero.create-company", json!({ "name": VALUE }), &DenyAll).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::Misconfigured, false), "{error:?}");
        assert_eq!(mock.seen().len(), 0);
        // A read changes nothing; that it was made is told.
        let error = call(&workspace, "aero.list-companies", json!({}), &DenyAll).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done, &error.details), (ErrorKind::Incomplete, false, &None), "{error:?}");
        assert!(error.message.starts_with("aero.list-companies was carried out, but the audit log"), "{error}");
    });
}

/// The log is a pipe, whose reader leaves after the first line.
#[cfg(target_os = "linux")]
#[test]
fn a_write_whose_end_cannot_be_written_down_was_carried_out_and_gives_its_result() {
    use std::io::{BufRead, BufReader, Read, Write};
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("audit");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = pipe.clone();
    let reader = std::thread::spawn(move || {
        let mut line = String::new();
        BufReader::with_capacity(1, std::fs::File::open(path).unwrap()).read_line(&mut line).unwrap();
        line
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let vendor = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        assert!(client.read(&mut head).unwrap() > 0);
        let line = reader.join().unwrap();
        let body = r#"{"meta":{"status":"ok"},"response":{"id":"77"}}"#;
        let reply =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        client.write_all((reply + body).as_bytes()).unwrap();
        line
    });
    net::run(async {
        let settings = [("ACCELO_BASE_URL", &*url), ("ACCELO_TOKEN", "token")];
        let parts = WorkspaceOptions {
            host: net::host().clone(),
            plugins: Plugins::embedded(),
            config: Config::default(),
            scope: Scope::default(),
            fixed: BTreeMap::from([("accelo".to_owned(), settings.into_iter().collect())]),
            grants: None,
            paces: None,
            audit: Some(Audit::open(&pipe).unwrap()),
        };
        let workspace = Workspace::new(parts).unwrap();
        let error = call(&workspace, "accelo.create-company", json!({ "name": VALUE }), &DenyAll).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, true), "{error:?}");
        assert_eq!(error.details.unwrap()["result"]["id"], "77");
        assert!(error.message.starts_with("accelo.create-company was carried out"), "{}", error.message);
    });
    assert!(vendor.join().unwrap().contains("\"started\""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_in_the_error_and_the_exit_code_is_not_that_of_nothing_sent() {
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    for (operation, input, done) in
        [("create-company", r#"{"name": "Juniper"}"#, true), ("list-companies", "{}", false)]
    {
        let mut command = Command::new(outwit());
        command.args(["--mock", "call", &format!("aero.{operation}"), input]).stdout(full());
        let output = command.output().unwrap();
        let record = error(&output);
        assert_eq!((output.status.code(), &record["kind"]), (Some(4), &json!("incomplete")), "{record}");
        assert_eq!(
            (&record["maybe-done"], record["details"]["result"]["id"].is_string()),
            (&json!(done), done),
            "{record}"
        );
        assert!(record["message"].as_str().unwrap().contains("was carried out, but its result cannot"), "{record}");
    }
}
