//! What nobody thought of, as messages to `outwit mcp`, over HTTP and on pipes: each is answered as the protocol says, and the
//! server goes on. The rest of what is fuzzed needs no engine and is in `host-test/fuzz`, whose changes to inputs are used here.
//!
//! `OUTWIT_FUZZ` sets how many messages there are, `OUTWIT_FUZZ_SEED` which.

use outwit_fuzz::mutate::Mutator;
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CURRENT: &str = "2026-07-28";
const LEGACY: &str = "2025-11-25";
/// No call of these messages takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Words of messages, beside the values of JSON that the changes bring along.
const WORDS: &[&str] = &[
    "jsonrpc",
    "2.0",
    "id",
    "method",
    "params",
    "_meta",
    "name",
    "arguments",
    "tools/list",
    "tools/call",
    "ping",
    "initialize",
    "resources/read",
    "prompts/get",
    "notifications/cancelled",
    "requestId",
    "progressToken",
    "cursor",
    "result",
    "error",
    "code",
    "call-read-operation",
    "call-write-operation",
    "search-operations",
    "describe-operation",
    "operation",
    "input",
    "intent",
    "account",
    "limit",
    "accelo.list-staff",
    "aero.run-sql-select",
    "airops.list-agents",
    "io.modelcontextprotocol/protocolVersion",
];

/// The program, until dropped.
struct Program(Child);

impl Program {
    fn start(arguments: &[&str]) -> Program {
        let mut command = Command::new(outwit());
        command.args(["--mock", "mcp"]).args(arguments).env("OUTWIT_DEADLINE_MS", "2000");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Program(command.spawn().expect("the program starts"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

fn mutator() -> Mutator {
    Mutator::new(number("OUTWIT_FUZZ_SEED", 1), WORDS.iter().map(|word| word.as_bytes().to_vec()).collect())
}

fn message(id: Value, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Messages that are right. None of them waits for work at a vendor.
fn seeds() -> Vec<Vec<u8>> {
    let call =
        |tool: &str, arguments: Value| message(json!(1), "tools/call", json!({ "name": tool, "arguments": arguments }));
    let seeds = [
        call("call-read-operation", json!({ "operation": "accelo.list-staff", "input": { "limit": 2 } })),
        call("call-read-operation", json!({ "operation": "airops.list-agents" })),
        call("call-read-operation", json!({ "operation": "aero.get-company", "input": "{\"id\": \"3301\"}" })),
        call(
            "call-write-operation",
            json!({ "operation": "accelo.create-company", "input": { "name": "Pell" }, "account": "x" }),
        ),
        call("call-read-operation", json!({ "operation": "accelo.list-staff", "cursor": "0123.1/result/0" })),
        call("search-operations", json!({ "intent": "log half an hour for a client", "limit": 3 })),
        call("describe-operation", json!({ "operation": "aero.run-sql-select" })),
        message(json!("a"), "tools/list", json!({ "cursor": null })),
        message(json!(0), "ping", json!({})),
        message(json!(7), "resources/list", json!({})),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "id": 3, "result": {} }),
    ];
    // Each as a client of an older protocol says it, and as one of the current.
    let mut all: Vec<Value> = seeds.to_vec();
    for mut seed in seeds {
        seed["params"]["_meta"] = meta();
        all.push(seed);
    }
    all.iter().map(|seed| seed.to_string().into_bytes()).collect()
}

/// What a request of the current protocol says about itself.
fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": CURRENT,
        "io.modelcontextprotocol/clientInfo": { "name": "fuzz", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// The id that an answer has to have, where the message is a request.
fn id_of(sent: &[u8]) -> Option<Value> {
    let message: Value = serde_json::from_slice(sent).ok()?;
    message["method"].as_str()?;
    message.get("id").filter(|id| id.is_string() || id.is_i64()).cloned()
}

/// An answer of the protocol: a result or an error, and not both.
fn check(message: &Value) {
    let both = (message.get("result").is_some(), message.get("error").is_some());
    assert!(message["jsonrpc"] == "2.0" && both.0 != both.1, "no answer of JSON-RPC: {message}");
    if let Some(error) = message.get("error") {
        assert!(error["code"].is_i64() && error["message"].is_string(), "no error of JSON-RPC: {message}");
        assert_ne!(error["code"], -32603, "the server fails by itself: {message}");
    }
}

/// The answers to a batch, or the one answer.
fn all_of(message: &Value) -> &[Value] {
    message.as_array().map_or(std::slice::from_ref(message), Vec::as_slice)
}

/// A client over HTTP, with a session of an older protocol.
struct Client {
    http: reqwest::Client,
    url: String,
    session: String,
}

impl Client {
    async fn start(url: &str) -> Client {
        let mut client = Client { http: net::client(), url: url.to_owned(), session: String::new() };
        let answer = client.post(message(json!(0), "initialize", hello()).to_string().into_bytes()).await;
        let session = answer.headers().get("mcp-session-id").expect("a session");
        client.session = session.to_str().expect("text").to_owned();
        let begun = br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert_eq!(client.post(begun.to_vec()).await.status(), StatusCode::ACCEPTED);
        client
    }

    /// Says a message in the protocol that it is of.
    async fn post(&self, body: Vec<u8>) -> Response {
        let request = self.http.post(&self.url).timeout(PATIENCE).header("content-type", "application/json");
        let mut request = request.header("accept", "application/json, text/event-stream");
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        if said["params"]["_meta"].is_object() {
            request = request.header("mcp-protocol-version", CURRENT);
            for (header, value) in [("mcp-method", &said["method"]), ("mcp-name", &said["params"]["name"])] {
                if let Some(value) = value.as_str().filter(|text| text.bytes().all(|b| b.is_ascii_graphic())) {
                    request = request.header(header, value);
                }
            }
        } else if !self.session.is_empty() {
            request = request.header("mcp-protocol-version", LEGACY).header("mcp-session-id", &self.session);
        }
        request.body(body).send().await.expect("an answer")
    }
}

fn hello() -> Value {
    json!({ "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": { "name": "fuzz", "version": "1" } })
}

#[test]
fn any_message_over_http_is_answered_and_the_server_goes_on() {
    let mut program = Program::start(&["--http", "127.0.0.1:0"]);
    let mut url = String::new();
    BufReader::new(program.0.stderr.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim().to_owned();
    let seeds = seeds();
    let mut mutator = mutator();
    let mut answered = 0;
    net::run(async {
        let client = Client::start(&url).await;
        for _ in 0..number("OUTWIT_FUZZ", 600) {
            let body = mutator.mutated(&seeds, seeds.len());
            let shown = body.escape_ascii().to_string();
            let answer = client.post(body.clone()).await;
            let status = answer.status();
            assert!(!status.is_server_error() || status == StatusCode::NOT_IMPLEMENTED, "{status}: {shown}");
            let text = answer.text().await.expect("a whole answer");
            let mut events =
                text.lines().filter_map(|line| line.strip_prefix("data:")).filter(|data| !data.trim().is_empty());
            let document = if text.starts_with('{') { &text } else { events.next_back().unwrap_or_default() };
            let Ok(message) = serde_json::from_str::<Value>(document) else {
                assert!(status == StatusCode::ACCEPTED && id_of(&body).is_none(), "{status} {text}: {shown}");
                continue;
            };
            all_of(&message).iter().for_each(check);
            if let Some(id) = id_of(&body) {
                assert_eq!(message["id"], id, "{shown}");
                answered += 1;
            }
        }
        let last = message(json!(1), "tools/list", json!({ "_meta": meta() }));
        let last = client.post(last.to_string().into_bytes()).await;
        assert_eq!(last.status(), StatusCode::OK);
    });
    println!("{answered} requests were answered");
    assert!(answered > 50, "few messages came through: {answered}");
}

#[test]
fn any_line_on_the_pipe_is_answered_or_passed_over_and_the_server_goes_on() {
    let mut program = Program::start(&[]);
    let mut input = program.0.stdin.take().unwrap();
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    let mut say =
        |line: &[u8]| input.write_all(&[line, b"\n"].concat()).and_then(|()| input.flush()).expect("it listens");
    say(message(json!("hello"), "initialize", hello()).to_string().as_bytes());
    say(br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let seeds = seeds();
    let mut mutator = mutator();
    for turn in 0..number("OUTWIT_FUZZ", 600) {
        let line = mutator.mutated(&seeds, seeds.len());
        let line: Vec<u8> = line.into_iter().filter(|byte| *byte != b'\n').collect();
        say(&line);
        let last = json!(format!("last-{turn}"));
        say(message(last.clone(), "ping", json!({})).to_string().as_bytes());
        // A request is answered with its id, before the one after it or later.
        let mut open: Vec<Value> = id_of(&line).into_iter().chain([last]).collect();
        while !open.is_empty() {
            let said = lines.next().unwrap_or_else(|| panic!("it ended after {}", line.escape_ascii())).expect("text");
            let message: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("no message: {said}"));
            if message.get("method").is_none() {
                check(&message);
            }
            open.retain(|id| message["id"] != *id);
        }
    }
}
