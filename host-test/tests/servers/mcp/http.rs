//! Over HTTP: who is let in, traces, and a client that leaves.

use super::Mocks;
use outwit_host_test::build::outwit;
use outwit_host_test::doors::{check_answers, check_doors};
use outwit_host_test::net;
use reqwest::header::AUTHORIZATION;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// `outwit mcp --http`, until dropped.
pub struct Served {
    child: Child,
    pub url: String,
}

impl Served {
    fn start(mocks: &Mocks, token: Option<&str>) -> Served {
        let token = token.map(|token| ("OUTWIT_MCP_TOKEN".to_owned(), token.to_owned()));
        Served::with(&[], mocks.settings().into_iter().chain(token))
    }

    pub fn with(options: &[&str], settings: impl IntoIterator<Item = (String, String)>) -> Served {
        let mut command = Command::new(outwit());
        command.args(["mcp", "--http", "127.0.0.1:0"]).args(options).envs(settings);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut url).unwrap();
        Served { child, url: url.trim().to_owned() }
    }

    /// A request of the current protocol, which needs no session.
    pub fn request(&self, method: &str, mut params: Value) -> RequestBuilder {
        let version = "2026-07-28";
        let name = params["name"].as_str().map(str::to_owned);
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(version);
        params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let request = net::client().post(&self.url).header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.header("mcp-protocol-version", version).header("mcp-method", method);
        match name {
            Some(name) => request.header("mcp-name", name).body(body),
            None => request.body(body),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn status(mocks: &Mocks, request: RequestBuilder) -> StatusCode {
    mocks.runtime.block_on(request.send()).unwrap().status()
}

#[test]
fn one_rule_lets_in_to_all_routes_and_every_answer_is_marked() {
    let mocks = Mocks::start(&["accelo"]);
    for token in [None, Some("open-sesame")] {
        // A token out of a file ends with a line break.
        let set = token.map(|token| format!(" {token}\n"));
        let served = Served::start(&mocks, set.as_deref());
        let address = served.url.strip_prefix("http://").unwrap().strip_suffix("/mcp").unwrap();
        check_doors(address, token, || mocks.requests().len());
        if token.is_none() {
            check_answers(address);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_is_empty_or_no_text_lets_nobody_in() {
    use std::os::unix::ffi::OsStrExt;
    for token in [&b" \n"[..], b"\xff"] {
        let mut command = Command::new(outwit());
        command.args(["--mock", "mcp", "--http", "127.0.0.1:0"]);
        let output = command.env("OUTWIT_MCP_TOKEN", std::ffi::OsStr::from_bytes(token)).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("OUTWIT_MCP_TOKEN is set, and"), "{output:?}");
    }
}

#[test]
fn where_there_is_a_token_nothing_is_answered_without_it() {
    let mocks = Mocks::start(&["accelo"]);
    let served = Served::start(&mocks, Some("open-sesame"));
    let list = || served.request("tools/list", json!({}));
    assert_eq!(status(&mocks, list()), StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mocks, list().header(AUTHORIZATION, "Bearer open-sesam")), StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mocks, list().header(AUTHORIZATION, "Basic open-sesame")), StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mocks, list().header(AUTHORIZATION, "Bearer open-sesame")), StatusCode::OK);
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let output = Command::new(outwit()).args(["--mock", "mcp", "--http", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("OUTWIT_MCP_TOKEN has to be set"));
}

#[test]
fn an_argument_that_is_given_twice_is_refused() {
    let mocks = Mocks::start(&["accelo"]);
    let served = Served::start(&mocks, None);
    let params =
        json!({ "name": "call-read-operation", "arguments": { "operation": "accelo.list-staff", "input": 1 } });
    let request = served.request("tools/call", params).build().unwrap();
    let body = String::from_utf8_lossy(request.body().unwrap().as_bytes().unwrap()).into_owned();
    let twice = body.replace(r#""input":1"#, r#""input":{"limit":1,"limit":2}"#);
    let again = net::client().post(&served.url).headers(request.headers().clone()).body(twice);
    let text = mocks.runtime.block_on(async { again.send().await.unwrap().text().await.unwrap() });
    assert!(text.contains("input.limit: given twice"), "{text}");
    assert!(mocks.requests().is_empty());
}

#[test]
fn a_trace_in_a_header_goes_on_at_the_vendor() {
    let mocks = Mocks::start(&["accelo"]);
    let served = Served::start(&mocks, None);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let params = json!({ "name": "call-read-operation", "arguments": { "operation": "accelo.list-staff" } });
    let call = served.request("tools/call", params).header("traceparent", parent);
    assert_eq!(status(&mocks, call), StatusCode::OK);
    assert_eq!(mocks.servers[0].seen()[0].headers["traceparent"], parent);
}

#[test]
fn a_client_that_leaves_cancels_the_run_that_it_waits_for() {
    let mocks = Mocks::start(&["airops"]);
    let served = Served::start(&mocks, None);
    let run = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000 });
    let arguments = json!({ "operation": "airops.run-workflow", "input": run });
    let request = served.request("tools/call", json!({ "name": "call-write-operation", "arguments": arguments }));
    let waiting = mocks.runtime.spawn(request.send());
    mocks.wait_for("execut");
    waiting.abort();
    mocks.wait_for_cancel();
}
