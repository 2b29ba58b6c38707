//! Results that outlast a connection: the end of standard input, a program that is ended, a client that comes back over HTTP.

use super::client::Client;
use super::http::Served;
use super::{Mocks, runtime};
use bytes::Bytes;
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A vendor that carries a write out, and answers after this time.
async fn slow(seconds: u64) -> FaultyServer {
    let body = r#"{"meta":{"status":"ok","message":"done"},"response":{"id":"1","subject":"S"}}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let pieces = vec![Bytes::from(head + body)];
    start(Fault::Raw { pieces, pause: Duration::from_secs(seconds), closes: true }).await.unwrap()
}

fn settings(vendor: &FaultyServer) -> Vec<(String, String)> {
    let settings =
        [("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_TOKEN", "tok-1234567890abcdef"), ("ACCELO_BASE_URL", vendor.url())];
    settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn write() -> Value {
    let input = json!({ "subject": "S", "against-type": "company", "against-id": "1" });
    let arguments = json!({ "operation": "accelo.create-activity", "input": input });
    json!({ "name": "call-write-operation", "arguments": arguments })
}

fn hello(version: &str) -> Value {
    let params =
        json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })
}

#[test]
fn what_was_asked_before_the_end_of_the_input_is_answered_however_long_it_takes() {
    let runtime = runtime();
    // The SDK gives answers five seconds.
    let vendor = runtime.block_on(slow(7));
    let call = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": write() });
    let mut command = Command::new(outwit());
    command.arg("mcp").envs(settings(&vendor)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    // The last line need not end.
    let lines = format!("{}\n{note}\n{call}", hello("2025-06-18"));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answer = answers.iter().find(|answer| answer["id"] == 9).expect("an answer");
    assert_eq!(answer["result"]["structuredContent"]["result"]["id"], "1", "{answer}");
    assert!(output.status.success());
}

#[test]
fn a_question_that_nobody_can_answer_any_more_does_not_hold_up_the_end() {
    let mut command = Command::new(outwit());
    command.args(["--mock", "mcp", "--confirm", "write"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = hello("2025-06-18");
    first["params"]["capabilities"] = json!({ "elicitation": {} });
    let call = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": write() });
    child.stdin.take().unwrap().write_all(format!("{first}\n{call}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    // The question may be written after the answer.
    let said = String::from_utf8_lossy(&output.stdout);
    let mut messages = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answer = messages.find(|message| message["id"] == 9).expect("an answer");
    assert_eq!(answer["result"]["structuredContent"]["kind"], "denied", "{said}");
}

#[test]
fn a_program_that_is_ended_answers_what_it_gave_up() {
    let mocks = Mocks::start(&["airops"]);
    let mut client = mocks.client(&[]);
    let run = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000 });
    let arguments = json!({ "operation": "airops.run-workflow", "input": run });
    let id = client.begin("tools/call", json!({ "name": "call-write-operation", "arguments": arguments }));
    mocks.wait_for("execut");
    assert!(Command::new("kill").arg(client.pid().to_string()).status().unwrap().success());
    let error = client.end(id)["result"]["structuredContent"].clone();
    assert_eq!(error["kind"], "cancelled", "{error}");
    assert!(client.close());
}

#[test]
fn a_program_whose_answers_nobody_can_read_cancels_what_it_waits_for() {
    let mocks = Mocks::start(&["airops"]);
    let mut command = Command::new(outwit());
    command.arg("mcp").envs(mocks.settings()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let run = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000 });
    let arguments = json!({ "operation": "airops.run-workflow", "input": run });
    let params = json!({ "name": "call-write-operation", "arguments": arguments });
    let call = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params });
    child.stdin.take().unwrap().write_all(format!("{}\n{call}\n", hello("2025-06-18")).as_bytes()).unwrap();
    mocks.wait_for("execut");
    drop(child.stdout.take());
    mocks.wait_for_cancel();
    child.wait().unwrap();
}

#[test]
fn two_requests_with_one_id_are_both_answered() {
    let runtime = runtime();
    let vendor = runtime.block_on(slow(1));
    let mut client = Client::start(&[], &settings(&vendor));
    let call = json!({ "jsonrpc": "2.0", "id": 900, "method": "tools/call", "params": write() });
    client.raw(call.to_string().as_bytes());
    client.raw(br#"{"jsonrpc":"2.0","id":900,"method":"ping"}"#);
    assert_eq!(client.end(900)["error"]["code"], -32600);
    assert_eq!(client.end(900)["result"]["structuredContent"]["result"]["id"], "1");
}

/// A session over HTTP.
struct Session<'s> {
    served: &'s Served,
    id: String,
    version: &'static str,
}

impl<'s> Session<'s> {
    async fn open(served: &'s Served, version: &'static str) -> Session<'s> {
        let opening = Session { served, id: String::new(), version };
        let reply = opening.post(&hello(version)).send().await.unwrap();
        let id = reply.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        Session { id, ..opening }
    }

    fn request(&self, method: &str) -> RequestBuilder {
        let request = net::client().request(method.parse().unwrap(), &self.served.url);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = if self.id.is_empty() { request } else { request.header("mcp-session-id", &self.id) };
        if self.id.is_empty() { request } else { request.header("mcp-protocol-version", self.version) }
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        self.request("POST").header("content-type", "application/json").body(message.to_string())
    }

    fn again(&self, event: &str) -> RequestBuilder {
        self.request("GET").header("last-event-id", event)
    }
}

/// What comes first.
async fn first(mut reply: Response) -> String {
    String::from_utf8(reply.chunk().await.unwrap().unwrap().to_vec()).unwrap()
}

fn event(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("id:")).expect("an id").trim().to_owned()
}

#[test]
fn a_client_that_comes_back_is_given_the_result_whether_the_call_still_runs_or_has_ended() {
    runtime().block_on(async {
        let vendor = slow(1).await;
        let served = Served::with(&[], settings(&vendor));
        let session = Session::open(&served, "2025-11-25").await;
        let call = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": write() });
        for pause in [0, 3] {
            let hits = vendor.hits();
            // The opening event, which carries an id; then the connection breaks.
            let opening = first(session.post(&call).send().await.unwrap()).await;
            while vendor.hits() == hits {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            tokio::time::sleep(Duration::from_secs(pause)).await;
            let reply = session.again(&event(&opening)).send().await.unwrap();
            assert_eq!(reply.status().as_u16(), 200);
            let rest = reply.text().await.unwrap();
            let data = rest.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or_else(|| panic!("{rest}"));
            let answer: Value = serde_json::from_str(data).unwrap();
            assert_eq!(
                (&answer["id"], &answer["result"]["structuredContent"]["result"]["id"]),
                (&json!(9), &json!("1"))
            );
            // Once more, as often as it is asked for.
            assert!(session.again(&event(&opening)).send().await.unwrap().text().await.unwrap().contains("\"id\":9"));
        }
        assert_eq!(vendor.hits(), 2);
        for unknown in ["0", "x/0", "", &format!("{}/0", session.id)] {
            let reply = session.again(unknown).send().await.unwrap();
            let (status, text) = (reply.status().as_u16(), reply.text().await.unwrap());
            let body: Value = serde_json::from_str(&text).unwrap();
            assert_eq!((status, &body["error"]["code"]), (400, &json!(-32600)), "{unknown}: {text}");
        }
    });
}

/// As on standard input: their answers could not be told apart.
#[test]
fn two_requests_with_one_id_at_the_same_time_are_not_both_taken_in_a_session() {
    runtime().block_on(async {
        let vendor = slow(2).await;
        let served = Served::with(&[], settings(&vendor));
        let session = Session::open(&served, "2025-06-18").await;
        let other = Session::open(&served, "2025-06-18").await;
        let call = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": write() });
        let ping = |id: Value| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        let status = async |session: &Session<'_>, id: Value| {
            let reply = session.post(&ping(id)).send().await.unwrap();
            (reply.status().as_u16(), reply.text().await.unwrap())
        };
        let answer = session.post(&call).send().await.unwrap();
        let (refused, text) = status(&session, json!(9)).await;
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((refused, &body["id"], &body["error"]["code"]), (400, &json!(9), &json!(-32600)), "{text}");
        assert_eq!(status(&session, json!("9")).await.0, 200, "a text is another id than a number");
        assert_eq!(status(&other, json!(9)).await.0, 200, "another session");
        let text = answer.text().await.unwrap();
        assert!(text.contains("\"id\":9") && text.contains("structuredContent"), "{text}");
        assert_eq!(status(&session, json!(9)).await.0, 200, "it was answered");
        // What was cancelled gets no answer.
        drop(session.post(&call).send().await.unwrap());
        let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } });
        assert_eq!(session.post(&cancel).send().await.unwrap().status().as_u16(), 202);
        assert_eq!(status(&session, json!(9)).await.0, 200);
    });
}

/// An event without data opens a stream since 2025-11-25 (SEP-1699). Clients of older protocols read each event as JSON.
#[test]
fn an_event_without_data_is_only_for_clients_that_know_it() {
    runtime().block_on(async {
        let served = Served::with(&["--mock"], []);
        for (version, opened) in [("2025-11-25", true), ("2025-06-18", false), ("2025-03-26", false)] {
            let session = Session::open(&served, version).await;
            let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
            let text = session.post(&ping).send().await.unwrap().text().await.unwrap();
            let empty = text.lines().any(|line| line.trim_end() == "data:");
            assert_eq!(empty, opened, "{version}: {text}");
        }
    });
}
