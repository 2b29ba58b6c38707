//! The same through the program, its MCP server and the gateway: each says what is wrong, and answers the next one.

use super::inputs;
use crate::gateway::served::{TOKEN, serving};
use crate::mcp::client::Client;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const OPERATION: &str = "accelo.get-staff";

/// `outwit call` with standard input; the exit code and the error.
fn called(input: &[u8]) -> (Option<i32>, Value) {
    let mut command = Command::new(outwit());
    command.args(["--json", "--mock", "call", OPERATION, "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), serde_json::from_str(&text).unwrap_or_else(|_| panic!("no error: {text}")))
}

#[test]
fn the_command_line_says_what_is_wrong() {
    for input in inputs::all() {
        let (code, error) = called(input.text.as_bytes());
        assert_eq!((code, &error["kind"]), (Some(3), &json!("invalid-input")), "{}: {error}", input.name);
        // Files that were written on Windows begin with it; the command line reads what follows.
        let said = if input.name == "a byte order mark" { "input.id: missing" } else { input.said };
        assert!(error["message"].as_str().unwrap().contains(said), "{}: {error}", input.name);
    }
    let (code, error) = called(b"{\"id\":\"\xff\xfe\"}");
    assert!(
        code.is_some_and(|code| code != 0) && error["message"].as_str().unwrap().contains("UTF-8"),
        "{code:?} {error}"
    );
}

#[cfg(unix)]
#[test]
fn the_command_line_refuses_arguments_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let broken = std::ffi::OsStr::from_bytes(b"{\"id\":\"\xff\"}");
    let output = Command::new(outwit()).args(["--mock", "call", OPERATION]).arg(broken).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("UTF-8"), "{:?}: {said}", output.status);
}

/// A call of a tool as it goes over the pipe, with a text where the operation's input is.
fn message(id: u64, input: &str) -> String {
    let arguments = format!(r#"{{"operation":"{OPERATION}","input":{input}}}"#);
    let params = format!(r#"{{"name":"call-read-operation","arguments":{arguments}}}"#);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#)
}

#[test]
fn the_mcp_server_answers_the_next_message() {
    let mut client = Client::start(&["--mock"], &[]);
    let works = |client: &mut Client| {
        let staff = client.done("call-read-operation", json!({ "operation": OPERATION, "input": { "id": "21" } }));
        assert_eq!(staff["result"]["firstname"], "Mirela");
    };
    for input in inputs::all() {
        // As a text: then it is the operation's input that is wrong, and not the message.
        let error = client.failed("call-read-operation", json!({ "operation": OPERATION, "input": input.text }));
        assert_eq!(error["kind"], "invalid-input", "{}: {error}", input.name);
        // As a part of the message, which may then be none.
        client.raw(message(0, &input.text).as_bytes());
        works(&mut client);
    }
    let found = client.call("search-operations", json!({ "intent": "log time ".repeat(500_000) }));
    assert!(found["structuredContent"].is_object(), "{found}");
    works(&mut client);
    for line in
        [&b"\xff\xfe\xfd"[..], b"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"\xff\"}", b"null", b"[]", b"{}", b"0"]
    {
        client.raw(line);
        works(&mut client);
    }
}

#[test]
fn the_gateway_answers_the_next_request() {
    serving(&["accelo"], async |served| {
        let post = |path: &str, body: Vec<u8>| {
            let request = served.request("POST", path).bearer_auth(TOKEN);
            request.header("content-type", "application/json").body(body).send()
        };
        let path = format!("/operations/{OPERATION}");
        for input in inputs::all() {
            for (path, body) in [(&*path, input.text.clone()), ("/mcp", message(1, &input.text))] {
                let large = body.len() > 1 << 20;
                // The gateway does not wait for the end of what it refuses, and not every client then looks for an answer.
                let answer = match post(path, body.into_bytes()).await {
                    Err(problem) if large && problem.is_request() => continue,
                    answer => answer.unwrap(),
                };
                let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
                let reply: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", input.name));
                // Of two members of one name a reader of JSON takes the last.
                let mistaken = reply["result"]["isError"] == true || reply["error"]["code"] == -32602;
                let refused = (400..500).contains(&status) || mistaken || input.said.contains("given twice");
                assert!(refused, "{path}, {}: {status} {reply}", input.name);
            }
            assert_eq!(served.call(OPERATION, &json!({ "id": "21" })).await.1["firstname"], "Mirela");
        }
        for body in [&b"\xff\xfe"[..], b"{\"id\":\"\xff\"}"] {
            for path in [&*path, "/mcp"] {
                assert_eq!(post(path, body.to_vec()).await.unwrap().status(), 400);
            }
        }
        assert_eq!(served.call(OPERATION, &json!({ "id": "21" })).await.0, 200);
    });
}
