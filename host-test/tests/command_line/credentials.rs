//! Credentials of an imported vendor on the command line: which settings a call needs, and which it can do without.

use super::plain;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// OpenAPI 3.1, Security Requirement Object: an empty requirement makes security optional; of several, one suffices.
const LAMPS: &str = r#"{
  "openapi": "3.1.0",
  "info": { "title": "Lamps", "version": "1" },
  "servers": [{ "url": "https://{site}.lamps.example", "variables": { "site": { "default": "" } } }],
  "paths": {
    "/a": { "get": { "operationId": "listA", "security": [{ "key": [] }, { "basic": [] }], "responses": { "204": {} } } },
    "/b": { "get": { "operationId": "listB", "security": [{ "key": [] }], "responses": { "204": {} } } },
    "/c": { "get": { "operationId": "listC", "security": [{ "basic": [] }], "responses": { "204": {} } } },
    "/d": { "get": { "operationId": "listD", "security": [{ "key": [] }, {}], "responses": { "204": {} } } },
    "/e": { "get": { "operationId": "listE", "security": [{}, { "basic": [] }], "responses": { "204": {} } } },
    "/f": { "get": { "operationId": "listF", "security": [{ "key": [], "app": [] }], "responses": { "204": {} } } }
  },
  "components": { "securitySchemes": {
    "key": { "type": "apiKey", "in": "header", "name": "X-Key" }, "app": { "type": "apiKey", "in": "query", "name": "app" },
    "basic": { "type": "http", "scheme": "basic" }
  } }
}"#;

/// A folder with a component of the document.
fn plugins(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lamps.json"), document).unwrap();
    let mut command = Command::new(outwit());
    let output = command.args(["import", "lamps.json", "-o", "lamps.wasm"]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    folder
}

fn run(folder: &tempfile::TempDir, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(outwit());
    command.args(["--plugins", "."]).args(arguments).current_dir(folder).env("OUTWIT_STATE", folder.path());
    command.envs(settings.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of `outwit.toml` for what a call lacks.
fn missing(folder: &tempfile::TempDir, operation: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let output = run(folder, &["call", &format!("lamps.{operation}")], settings);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!((output.status.code(), &error["kind"]), (Some(3), &json!("misconfigured")), "{error}");
    let lines = error["details"]["outwit.toml"].as_array().unwrap_or_else(|| panic!("{error}"));
    lines.iter().skip(1).map(|line| line.as_str().unwrap().split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn a_call_names_what_it_lacks_and_not_what_other_operations_need() {
    let folder = plugins(LAMPS);
    let site = "LAMPS_SITE";
    assert_eq!(missing(&folder, "list-a", &[]), [site, "LAMPS_KEY"]);
    assert_eq!(missing(&folder, "list-c", &[]), [site, "LAMPS_USER", "LAMPS_PASSWORD"]);
    let with_site = [(site, "oslo")];
    assert_eq!(missing(&folder, "list-b", &with_site), ["LAMPS_KEY"]);
    assert_eq!(missing(&folder, "list-c", &with_site), ["LAMPS_USER", "LAMPS_PASSWORD"]);
    assert_eq!(missing(&folder, "list-f", &with_site), ["LAMPS_KEY", "LAMPS_APP"]);
    // What may be absent is not asked for, unless a part of it is there.
    assert_eq!(missing(&folder, "list-d", &[]), [site]);
    assert_eq!(missing(&folder, "list-e", &[(site, "oslo"), ("LAMPS_USER", "u")]), ["LAMPS_PASSWORD"]);
}

#[test]
fn a_token_and_what_does_as_well_are_alternatives() {
    let flow = |consent: &str| {
        let flows = r#"{ "FLOW": { "tokenUrl": "https://lamps.example/token", "scopes": {} CONSENT } }"#;
        let name = if consent.is_empty() { "clientCredentials" } else { "authorizationCode" };
        let basic = r#"{ "type": "http", "scheme": "basic" }"#;
        assert!(LAMPS.contains(basic));
        let oauth = flows.replace("FLOW", name).replace("CONSENT", consent);
        let paths = LAMPS.replace(r#"{ "key": [] }"#, r#"{ "basic": [] }"#);
        plugins(&paths.replace(basic, &format!(r#"{{ "type": "oauth2", "flows": {oauth} }}"#)))
    };
    let site = [("LAMPS_SITE", "oslo")];
    for (consent, how) in [
        ("", "with which the host obtains tokens"),
        (r#", "authorizationUrl": "https://lamps.example/allow""#, "and `outwit auth login lamps`"),
    ] {
        let folder = flow(consent);
        let output = run(&folder, &["call", "lamps.list-c"], &site);
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        let instead = format!("LAMPS_CLIENT_ID and LAMPS_CLIENT_SECRET in the place of LAMPS_TOKEN, {how}");
        assert_eq!(error["details"]["outwit.toml"], json!(["[lamps]", "LAMPS_TOKEN = \"…\""]), "{error}");
        assert_eq!(error["details"]["instead"], instead, "{error}");
        let shown = plain(&run(&folder, &["--color", "always", "call", "lamps.list-c"], &site).stderr);
        assert!(shown.contains("LAMPS_TOKEN=…") && shown.contains(&instead), "{shown}");
    }
}

/// Answers requests with 204 and gives what stands in their heads.
fn server() -> (String, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (put, heads) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
            if put.send(head.iter().map(|line| line.to_ascii_lowercase()).collect()).is_err() {
                return;
            }
        }
    });
    (address, heads)
}

#[test]
fn a_credential_that_may_be_absent_is_sent_where_it_is_given() {
    let folder = plugins(LAMPS);
    let (address, heads) = server();
    let call = |operation: &str, settings: &[(&str, &str)]| {
        let base = [("LAMPS_BASE_URL", &*address), ("LAMPS_SITE", "oslo")];
        let output = run(&folder, &["call", &format!("lamps.{operation}")], &[&base, settings].concat());
        assert!(output.status.success(), "{operation}: {}", text(&output.stderr));
        let head = heads.recv().unwrap();
        let sent = head.into_iter().filter(|line| line.starts_with("x-key") || line.starts_with("authorization"));
        sent.collect::<Vec<String>>()
    };
    assert_eq!((call("list-d", &[]), call("list-e", &[])), (vec![], vec![]));
    let all = [("LAMPS_KEY", "k-1"), ("LAMPS_USER", "aladdin"), ("LAMPS_PASSWORD", "opensesame")];
    assert_eq!(call("list-d", &all), ["x-key: k-1"]);
    assert_eq!(call("list-e", &all), ["authorization: basic ywxhzgrpbjpvcgvuc2vzyw1l"]);
    assert_eq!(call("list-b", &all), ["x-key: k-1"]);
    // What is said of the settings.
    let described = |operation: &str| plain(&run(&folder, &["describe", operation, "--color", "always"], &[]).stdout);
    assert!(described("lamps.list-d").contains("LAMPS_KEY (secret)"), "{}", described("lamps.list-d"));
    assert!(described("lamps.list-b").contains("LAMPS_KEY (required, secret)"), "{}", described("lamps.list-b"));
}

/// Where no operation needs a setting, another host need not have it.
#[test]
fn a_policy_does_not_demand_what_may_be_absent() {
    let folder = plugins(&LAMPS.replace(r#"[{ "key": [] }]"#, r#"[{ "key": [] }, {}]"#));
    let policy = |pattern: &str| {
        let output = run(&folder, &["policy", "lamps", "--host", "jco", "--allow", pattern], &[]);
        let policy = text(&output.stdout);
        let line = |start: &str| policy.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
        (line("const names"), line("const needed"))
    };
    let (names, needed) = policy("lamps.list-d");
    assert!(names.contains("LAMPS_KEY") && !needed.contains("LAMPS_KEY"), "{names} {needed}");
    let (names, needed) = policy("lamps.list-f");
    assert!(names.contains("LAMPS_KEY") && needed.contains("LAMPS_KEY"), "{names} {needed}");
}
