//! What clients of all languages send, and what JSON-RPC 2.0 and the protocol say is to be answered: one table, over standard
//! input, over HTTP, and by the gateway.

use crate::http::Served;
use outwit_host_test::build::outwit;
use outwit_host_test::net::{client, run};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const CURRENT: &str = "2025-06-18";
const WITH_BATCHES: &str = "2025-03-26";

/// What is sent, and what the answer has to have; none where nothing may be answered.
type Row = (&'static str, Vec<u8>, Option<Value>);

fn row(name: &'static str, sent: impl Into<Vec<u8>>, expected: Value) -> Row {
    (name, sent.into(), Some(expected))
}

fn silent(name: &'static str, sent: &str) -> Row {
    (name, sent.into(), None)
}

/// A request with the id 7.
fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#)
}

fn call(tool: &str, arguments: &str) -> String {
    request("tools/call", &format!(r#"{{"name":"{tool}","arguments":{arguments}}}"#))
}

fn search(arguments: &str) -> String {
    call("search-operations", arguments)
}

/// A request that differs from a good one in its id, and an answer that repeats it.
fn identified(name: &'static str, id: &str) -> Row {
    let given_id: Value = serde_json::from_str(id).unwrap();
    row(name, format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#), json!({ "id": given_id, "result": {} }))
}

fn refused(name: &'static str, sent: impl Into<Vec<u8>>, id: Value, code: i32) -> Row {
    row(name, sent, json!({ "id": id, "error": { "code": code } }))
}

fn done() -> Value {
    json!({ "id": 7, "result": { "isError": false } })
}

/// The tool says what is wrong, so that the model reads it.
fn mistaken(field: &str) -> Value {
    let error = json!({ "kind": "invalid-input", "advice": "change-input", "field": field });
    json!({ "id": 7, "result": { "isError": true, "structuredContent": error } })
}

fn rows() -> Vec<Row> {
    let null = || Value::Null;
    let intent = r#"{"intent":"log time"}"#;
    let with_meta = |meta: &str| {
        request("tools/call", &format!(r#"{{"name":"search-operations","arguments":{intent},"_meta":{meta}}}"#))
    };
    let staff = |more: &str| call("call-read-operation", &format!(r#"{{"operation":"accelo.list-staff"{more}}}"#));
    let tools = || json!({ "id": 7, "result": { "tools": [{ "name": "search-operations" }] } });
    let deep = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"ping","params":{}{}}}"#, "[".repeat(300), "]".repeat(300));
    vec![
        // PHP writes an empty object as `[]`; a list of nothing and null are as good as left out.
        row("params of PHP: ping", request("ping", "[]"), json!({ "id": 7, "result": {} })),
        row("params of PHP: a list", request("tools/list", "[]"), tools()),
        row("params null", request("tools/list", "null"), tools()),
        row("no params", r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#, tools()),
        row("_meta of PHP", with_meta("[]"), done()),
        row("_meta null", with_meta("null"), done()),
        row("arguments of PHP", search("[]"), mistaken("intent")),
        row("arguments empty", search("\"\""), mistaken("intent")),
        row("arguments null", search("null"), mistaken("intent")),
        row("arguments as a text of JSON", search(r#""{\"intent\":\"log time\"}""#), done()),
        row("input null", staff(r#","input":null"#), done()),
        row("input of PHP", staff(r#","input":[]"#), mistaken("input")),
        row("input empty", staff(r#","input":"""#), done()),
        row("input as a text of JSON", staff(r#","input":"{\"limit\":1}""#), done()),
        // A text that was cut in an emoji (JavaScript), a byte order mark (Windows), a tab as it is (shells).
        row("half an emoji", search(r#"{"intent":"log time \ud83d"}"#), done()),
        row("the other half", search(r#"{"intent":"\ude00 log time"}"#), done()),
        row("halves in the wrong order", search(r#"{"intent":"log time \ude00\ud83d"}"#), done()),
        row("a whole emoji", search(r#"{"intent":"log time \ud83d\ude00"}"#), done()),
        row("a byte order mark", format!("\u{feff}{}", request("ping", "{}")), json!({ "id": 7, "result": {} })),
        row("a tab in a text", search("{\"intent\":\"log\ttime\"}"), done()),
        // JSON-RPC 2.0, 5: an error in what is sent is answered with the id, or null where there is none.
        refused("bad JSON", "{bad", null(), -32700),
        refused("cut off", r#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#, null(), -32700),
        refused(
            "no UTF-8",
            [&br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":"M"#[..], b"\xfc\"}}"].concat(),
            json!(7),
            -32700,
        ),
        refused("no text at all", b"\xff\xfe\xfd", null(), -32700),
        // The id is told where it stands there before the message breaks off.
        refused("cut off after the id", r#"{"jsonrpc":"2.0","id":7,"method":"tools/ca"#, json!(7), -32700),
        refused("cut off in the id", r#"{"jsonrpc":"2.0","method":"ping","id":7"#, null(), -32700),
        refused("cut off with an id inside", r#"{"jsonrpc":"2.0","params":{"id":7},"method":"#, null(), -32700),
        refused("two ids in what is cut off", r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"#, null(), -32700),
        refused("NaN of Python", search(r#"{"intent":"log time","limit":NaN}"#), json!(7), -32700),
        refused("too deep", deep, json!(7), -32700),
        refused("no object", "1", null(), -32600),
        refused("null", "null", null(), -32600),
        refused("an object of nothing", "{}", null(), -32600),
        refused("a method that is no text", r#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#, null(), -32600),
        refused("no method", r#"{"jsonrpc":"2.0","id":7}"#, json!(7), -32600),
        refused("no version of JSON-RPC", r#"{"id":7,"method":"ping"}"#, json!(7), -32600),
        refused("JSON-RPC 1.0", r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, json!(7), -32600),
        refused("an unknown method", request("tools/nothing", "{}"), json!(7), -32601),
        refused("params that are a list", request("tools/list", "[1]"), json!(7), -32602),
        refused("params that are a text", request("tools/list", "\"x\""), json!(7), -32602),
        refused("no tool named", request("tools/call", "{}"), json!(7), -32602),
        refused("no params of a call", r#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#, json!(7), -32602),
        refused("a tool that is no text", request("tools/call", r#"{"name":1}"#), json!(7), -32602),
        refused("an unknown tool", call("nothing", "{}"), json!(7), -32602),
        refused("arguments that are a number", search("5"), json!(7), -32602),
        refused("arguments that are a list", search("[1]"), json!(7), -32602),
        refused("arguments that are words", search("\"log time\""), json!(7), -32602),
        refused("_meta that is a text", with_meta("\"x\""), json!(7), -32602),
        // The protocol: an unknown cursor is a wrong parameter. What is empty is left out.
        refused("an unknown cursor", request("tools/list", r#"{"cursor":"x"}"#), json!(7), -32602),
        row("an empty cursor", request("tools/list", r#"{"cursor":""}"#), tools()),
        row("a cursor null", request("tools/list", r#"{"cursor":null}"#), tools()),
        // Ids: text or whole number, and never null (MCP, basic).
        identified("an id that is a text", "\"a\\u00e9\""),
        identified("an empty id", "\"\""),
        identified("the id 0", "0"),
        identified("a negative id", "-1"),
        identified("an id beyond 2^53", "9007199254740993"),
        identified("the largest id of 64 bits", "9223372036854775807"),
        identified("an id without a sign", "18446744073709551615"),
        identified("an id with a fraction of zeros", "7.0"),
        identified("an id with a fraction", "1.5"),
        refused("an id that is null", r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, null(), -32600),
        refused("an id that is an object", r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, null(), -32600),
        row("progress token 0", with_meta(r#"{"progressToken":0}"#), done()),
        row("progress token 7.0", with_meta(r#"{"progressToken":7.0}"#), done()),
        row("a progress token with a fraction", with_meta(r#"{"progressToken":1.5}"#), done()),
        row("a progress token beyond 64 bits", with_meta(r#"{"progressToken":18446744073709551616}"#), done()),
        row("progress token null", with_meta(r#"{"progressToken":null}"#), done()),
        // JSON Schema: 3.0 is an integer. Many clients fill what is optional with "" or null.
        row("limit 3.0", search(r#"{"intent":"log time","limit":3.0}"#), done()),
        row("limit as a text", search(r#"{"intent":"log time","limit":"3"}"#), done()),
        row("limit empty", search(r#"{"intent":"log time","limit":""}"#), done()),
        row("limit null", search(r#"{"intent":"log time","limit":null}"#), done()),
        row("limit 2.5", search(r#"{"intent":"log time","limit":2.5}"#), mistaken("limit")),
        row("limit 0", search(r#"{"intent":"log time","limit":0}"#), mistaken("limit")),
        row("limit -1", search(r#"{"intent":"log time","limit":-1}"#), mistaken("limit")),
        row("limit 1e300", search(r#"{"intent":"log time","limit":1e300}"#), mistaken("limit")),
        row("limit true", search(r#"{"intent":"log time","limit":true}"#), mistaken("limit")),
        row("an unknown argument", search(r#"{"intnet":"log time"}"#), mistaken("intnet")),
        row("an operation that is none", call("call-read-operation", r#"{"operation":7}"#), mistaken("operation")),
        row("an input that is a number", staff(r#","input":7"#), mistaken("input")),
        row("a member twice", staff(r#","input":{"limit":1,"limit":2}"#), mistaken("input.limit")),
        row("a member twice, in a text", staff(r#","input":"{\"limit\":1,\"limit\":2}""#), mistaken("input.limit")),
        row(
            "a member twice, in arguments as a text",
            search(r#""{\"intent\":\"a\",\"intent\":\"b\"}""#),
            mistaken("intent"),
        ),
        row("an argument twice", staff(r#","operation":"accelo.list-companies""#), mistaken("operation")),
        refused(
            "a method twice",
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/list"}"#,
            json!(7),
            -32602,
        ),
        // What there is none of is an empty list: old clients ask before they look at the capabilities.
        row("prompts", request("prompts/list", "{}"), json!({ "id": 7, "result": { "prompts": [] } })),
        row("resources", request("resources/list", "[]"), json!({ "id": 7, "result": { "resources": [] } })),
        refused("logging", request("logging/setLevel", r#"{"level":"info"}"#), json!(7), -32601),
        // Nothing is answered to notifications and answers (JSON-RPC 2.0, 4.1).
        silent("an unknown notification", r#"{"jsonrpc":"2.0","method":"notifications/unknown"}"#),
        silent(
            "a notification with params of PHP",
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
        ),
        silent(
            "a notification with params that are a text",
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":"x"}"#,
        ),
        silent(
            "a cancellation of what is not known",
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}"#,
        ),
        silent("an answer to nothing", r#"{"jsonrpc":"2.0","id":99,"result":[]}"#),
        silent("an error that is none", r#"{"jsonrpc":"2.0","id":99,"error":{}}"#),
        silent("an error for nothing", r#"{"jsonrpc":"2.0","id":99,"error":{"code":-1,"message":"x"}}"#),
        refused("a batch, after there were any", r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#, null(), -32600),
        refused("a batch of nothing", "[]", null(), -32600),
        row("the session goes on", request("ping", "{}"), json!({ "id": 7, "result": {} })),
    ]
}

/// JSON-RPC 2.0, 6, and MCP 2025-03-26.
fn batches() -> Vec<Row> {
    let ping = |id: &str| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let hello = r#"{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}"#;
    let no_request = json!({ "id": null, "error": { "code": -32600 } });
    vec![
        row("one", format!("[{}]", ping("7")), json!([{ "id": 7, "result": {} }])),
        row("several", format!("[{}, {note}, {}]", ping("7"), ping("\"8\"")), json!([{ "id": 7 }, { "id": "8" }])),
        row("what is no request", "[1,2,3]", json!([no_request, no_request, no_request])),
        row("good and bad", format!("[{},1]", ping("7")), json!([{ "id": 7, "result": {} }, no_request])),
        row("a call", format!("[{}]", search(r#"{"intent":"log time"}"#)), json!([done()])),
        row("one that begins", format!("[{hello}]"), json!([{ "id": 7, "error": { "code": -32600 } }])),
        silent("notifications alone", &format!("[{note},{note}]")),
        row("of nothing", "[]", no_request),
        refused(
            "cut off",
            r#"[{"jsonrpc": "2.0", "method": "sum", "id": "1"}, {"jsonrpc": "2.0", "method"]"#,
            Value::Null,
            -32700,
        ),
        row("one message", ping("7"), json!({ "id": 7, "result": {} })),
    ]
}

/// How a client begins.
fn hellos() -> Vec<Row> {
    let hello = |params: &str| request("initialize", params);
    let agreed = |version: &str| json!({ "id": 7, "result": { "protocolVersion": version, "capabilities": {} } });
    let who = r#""clientInfo":{"name":"t","version":"1"}"#;
    let with = |capabilities: &str| {
        hello(&format!(r#"{{"protocolVersion":"{CURRENT}",{who},"capabilities":{capabilities}}}"#))
    };
    vec![
        row("capabilities of PHP", with("[]"), agreed(CURRENT)),
        row("a capability of PHP", with(r#"{"roots":[],"sampling":[],"elicitation":[]}"#), agreed(CURRENT)),
        row(
            "a capability that is true",
            with(r#"{"elicitation":true,"sampling":false,"roots":null}"#),
            agreed(CURRENT),
        ),
        row("nothing but the version", hello(&format!(r#"{{"protocolVersion":"{CURRENT}"}}"#)), agreed(CURRENT)),
        row(
            "a client without a version",
            hello(&format!(r#"{{"protocolVersion":"{CURRENT}","clientInfo":{{"name":"t","version":1}}}}"#)),
            agreed(CURRENT),
        ),
        row(
            "an unknown version",
            hello(&format!(r#"{{"protocolVersion":"1999-01-01",{who},"capabilities":{{}}}}"#)),
            agreed("2025-11-25"),
        ),
        row(
            "the oldest version",
            hello(&format!(r#"{{"protocolVersion":"2024-11-05",{who},"capabilities":{{}}}}"#)),
            agreed("2024-11-05"),
        ),
        refused("no version", hello("{}"), json!(7), -32602),
        refused("no params", r#"{"jsonrpc":"2.0","id":7,"method":"initialize"}"#, json!(7), -32602),
    ]
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
    compare(&mut ways, &rows(), Some(CURRENT));
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
    compare(&mut ways, &batches(), Some(WITH_BATCHES));
}

#[test]
fn a_client_may_begin_with_less_than_the_protocol_asks_for() {
    for hello in hellos() {
        let rows = [silent("a notification before it", r#"{"jsonrpc":"2.0","method":"notifications/unknown"}"#), hello];
        // A notification without a session is refused over HTTP.
        let [pipes, http, gateway] = Way::all();
        compare(&mut [pipes, gateway], &rows, None);
        compare(&mut [http], &rows[1..], None);
    }
}
