//! What clients of all languages send, and what JSON-RPC 2.0 and the protocol say is to be answered: one table,
//! `messages.txt`, over standard input, over HTTP, and by the gateway.

use super::http::Served;
use outwit_host_test::build::outwit;
use outwit_host_test::net::{client, run};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const CURRENT: &str = "2025-06-18";
const WITH_BATCHES: &str = "2025-03-26";

/// Name, what is sent, and what the answer has to have; none where nothing may be answered.
type Row = (String, Vec<u8>, Option<Value>);

/// The rows of a part of `messages.txt`.
fn rows(part: &str) -> Vec<Row> {
    let text = include_str!("messages.txt");
    let (_, text) = text.split_once(&format!("\n== {part}\n")).unwrap();
    let mut rows: Vec<Row> = Vec::new();
    for line in text.split("\n== ").next().unwrap().lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_at_checked(2) {
            Some(("> ", sent)) => rows.last_mut().unwrap().1 = bytes(sent),
            Some(("< ", answer)) => rows.last_mut().unwrap().2 = Some(serde_json::from_str(answer).unwrap()),
            _ => rows.push((line.to_owned(), Vec::new(), None)),
        }
    }
    assert!(rows.iter().all(|(_, sent, _)| !sent.is_empty()), "{part}");
    rows
}

/// A text in which `\xHH` is a byte.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    bytes
}

/// A request with the id 7.
fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#)
}

fn search(arguments: &str) -> String {
    request("tools/call", &format!(r#"{{"name":"search-operations","arguments":{arguments}}}"#))
}

/// A server, in one of the three ways.
enum Way {
    Pipes { child: Child, input: ChildStdin, lines: Lines<BufReader<ChildStdout>> },
    Http { served: Served, session: Option<String> },
    Gateway(Child, String),
}

const GATEWAY_TOKEN: &str = "open-sesame";

impl Way {
    fn all() -> [Way; 3] {
        let mut command = Command::new(outwit());
        let mut child = command.args(["--mock", "mcp"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let input = child.stdin.take().unwrap();
        let served = Served::with(&["--mock"], []);
        [Way::Pipes { child, input, lines }, Way::Http { served, session: None }, gateway()]
    }

    fn name(&self) -> &'static str {
        match self {
            Way::Pipes { .. } => "standard input",
            Way::Http { .. } => "HTTP",
            Way::Gateway(..) => "the gateway",
        }
    }

    /// Agrees on a version, and opens a session where there are such.
    fn begin(&mut self, version: &str) {
        let hello =
            json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello });
        let (_, answer) = self.exchange(hello.to_string().as_bytes(), None, true);
        assert_eq!(answer.unwrap()["result"]["protocolVersion"], version);
        let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert_eq!(self.exchange(note.as_bytes(), Some(version), false).1, None);
    }

    /// The answer to what is sent, with the status if there is one. A client that waits for none sees that none comes.
    fn exchange(&mut self, sent: &[u8], version: Option<&str>, waits: bool) -> (Option<u16>, Option<Value>) {
        let (status, text) = self.say(sent, version, waits);
        let reply =
            (!text.is_empty()).then(|| serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")));
        let reply = reply.filter(|reply: &Value| reply["id"] != "after");
        assert!(status.is_none_or(|status| reply.is_none() == (status == 202)), "{status:?} {text}");
        (status, reply)
    }

    fn say(&mut self, sent: &[u8], version: Option<&str>, waits: bool) -> (Option<u16>, String) {
        let (url, token, session) = match self {
            Way::Pipes { input, lines, .. } => {
                let after = json!({ "jsonrpc": "2.0", "id": "after", "method": "ping" });
                let line = if waits { String::new() } else { format!("{after}\n") };
                input.write_all(&[sent, b"\n", line.as_bytes()].concat()).and_then(|()| input.flush()).unwrap();
                return (None, lines.next().expect("the program has ended").unwrap());
            }
            Way::Http { served, session } => (served.url.clone(), None, Some(session)),
            Way::Gateway(_, url) => (format!("{url}/mcp"), Some(GATEWAY_TOKEN), None),
        };
        let known = session.as_ref().and_then(|session| session.as_deref().map(str::to_owned));
        let headers = [
            ("mcp-session-id", known),
            // Older clients do not say it.
            ("mcp-protocol-version", version.filter(|version| *version >= CURRENT).map(str::to_owned)),
            ("authorization", token.map(|token| format!("Bearer {token}"))),
        ];
        let request =
            client().post(url).header("content-type", "application/json").header("accept", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| match value {
            Some(value) => request.header(*name, value),
            None => request,
        });
        let (status, opened, text) = run(async {
            let reply = request.body(sent.to_vec()).send().await.unwrap();
            let opened = reply.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
            (reply.status().as_u16(), opened, reply.text().await.unwrap())
        });
        if let (Some(session), Some(opened)) = (session, opened) {
            *session = Some(opened);
        }
        (Some(status), text)
    }
}

fn gateway() -> Way {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    let composed = Command::new(outwit()).args(["compose", "accelo", "-o"]).arg(&file).output().unwrap();
    assert!(composed.status.success(), "{composed:?}");
    let mut command = Command::new(outwit());
    command.args(["--mock", "serve", "--addr", "127.0.0.1:0"]).arg(&file).env("OUTWIT_GATEWAY_TOKEN", GATEWAY_TOKEN);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut url).unwrap();
    Way::Gateway(child, url.trim().to_owned())
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Way::Pipes { child, .. } | Way::Gateway(child, _) = self {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

/// Whether all that is expected is there.
fn fits(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            // The gateway leaves out that nothing went wrong, or says it; both are right.
            expected.iter().all(|(name, value)| {
                actual.get(name).map_or(name == "isError" && *value == false, |actual| fits(value, actual))
            })
        }
        (Value::Array(expected), Value::Array(actual)) => {
            // A batch may be answered in any order; of tools, the first is looked at.
            expected.iter().all(|expected| actual.iter().any(|actual| fits(expected, actual)))
        }
        _ => expected == actual,
    }
}

fn compare(ways: &mut [Way], rows: &[Row], version: Option<&str>) {
    let mut wrong = Vec::new();
    for (name, sent, expected) in rows {
        let mut statuses = Vec::new();
        for way in &mut *ways {
            let (status, reply) = way.exchange(sent, version, expected.is_some());
            let good = match (expected, &reply) {
                (Some(expected @ Value::Array(wanted)), Some(Value::Array(given))) => {
                    wanted.len() == given.len() && fits(expected, reply.as_ref().unwrap_or(&Value::Null))
                }
                (Some(expected), Some(reply)) => reply["jsonrpc"] == "2.0" && fits(expected, reply),
                (expected, reply) => expected == reply,
            };
            if !good {
                wrong.push(format!("{name}, by {}: {status:?} {reply:?}", way.name()));
            }
            statuses.extend(status);
        }
        if statuses.windows(2).any(|pair| pair[0] != pair[1]) {
            wrong.push(format!("{name}: HTTP says {statuses:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_has_the_same_answer_in_each_way() {
    let mut ways = Way::all();
    ways.iter_mut().for_each(|way| way.begin(CURRENT));
    compare(&mut ways, &rows("messages"), Some(CURRENT));
}

/// MCP, lifecycle: initialization is the first interaction. The gateway remembers nothing, and answers all the same.
#[test]
fn a_request_before_initialize_is_refused() {
    let [mut pipes, mut http, _] = Way::all();
    for way in [&mut pipes, &mut http] {
        for request in [search(r#"{"intent":"log time"}"#), request("tools/list", "{}")] {
            let (_, reply) = way.exchange(request.as_bytes(), None, true);
            let reply = reply.unwrap();
            assert_eq!((&reply["id"], &reply["error"]["code"]), (&json!(7), &json!(-32600)), "{}: {reply}", way.name());
            let message = reply["error"]["message"].as_str().unwrap();
            assert!(message.starts_with("expected initialize first"), "{}: {reply}", way.name());
        }
        way.begin(CURRENT);
        let (_, reply) = way.exchange(search(r#"{"intent":"log time"}"#).as_bytes(), Some(CURRENT), true);
        assert_eq!(reply.unwrap()["id"], 7, "{}", way.name());
    }
}

/// JSON-RPC 2.0, 5: the id of an answer is the value of the id of its request. Clients compare texts, too.
#[test]
fn an_answer_has_its_requests_id_as_it_stands_there() {
    let ids =
        ["7", "7.0", "1.5", "1e2", "-0", "18446744073709551615", "123456789012345678901", r#""a b""#, r#""\ud83d""#];
    let mut ways = Way::all();
    ways.iter_mut().for_each(|way| way.begin(WITH_BATCHES));
    for way in &mut ways {
        for id in ids {
            let ping = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            let wrong = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":1}}}}"#);
            let broken = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping","params":{{"#);
            for sent in [&ping, &wrong, &broken, &format!("[{ping}]")] {
                let (_, text) = way.say(sent.as_bytes(), Some(WITH_BATCHES), true);
                assert!(text.contains(&format!(r#""id":{id},"#)), "{sent}, by {}: {text}", way.name());
            }
        }
    }
}

#[test]
fn batches_are_answered_where_the_protocol_has_them() {
    let mut ways = Way::all();
    ways.iter_mut().for_each(|way| way.begin(WITH_BATCHES));
    compare(&mut ways, &rows("batches"), Some(WITH_BATCHES));
}

#[test]
fn a_client_may_begin_with_less_than_the_protocol_asks_for() {
    for hello in rows("hellos") {
        let note = r#"{"jsonrpc":"2.0","method":"notifications/unknown"}"#;
        let rows = [("a notification before it".to_owned(), note.into(), None), hello];
        // A notification without a session is refused over HTTP.
        let [pipes, http, gateway] = Way::all();
        compare(&mut [pipes, gateway], &rows, None);
        compare(&mut [http], &rows[1..], None);
    }
}
