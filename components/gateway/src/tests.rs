//! Routes, problems and MCP, with operations that are made up.

mod docs;
mod http;

use crate::access::Access;
use crate::answer::{Doors, answer};
use crate::message::{NoBody, Reply, Request};
use crate::offer::Operations;
use crate::origins::Origins;
use crate::problem::{Problem, status};
use crate::{Advice, Error, ErrorKind};
use serde_json::{Value, json};

struct Acme;

impl Operations for Acme {
    fn describe(&self) -> String {
        let operation = |id: &str, effect: &str, secret: bool| {
            json!({
                "id": id, "interface": "widgets", "effect": effect, "secret": secret, "summary": "Does it.",
                "method": "POST", "route": "/widgets", "input": { "$ref": "#/$defs/widget" },
                "output": { "type": "array", "items": { "$ref": "#/$defs/widget" } },
            })
        };
        let widget = json!({ "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } });
        let acme = json!({
            "vendor": "acme", "title": "Acme Inc.", "base": "https://acme.example", "$defs": { "widget": widget },
            "operations": [
                operation("acme.list-widgets", "read", false),
                operation("acme.create-widget", "write", false),
                operation("acme.get-token", "read", true),
            ],
        });
        json!([acme, { "vendor": "initech", "operations": [operation("initech.list-reports", "read", false)] }])
            .to_string()
    }

    fn call(&self, id: &str, input: &str) -> Result<String, Error> {
        let input: Value = serde_json::from_str(input).unwrap();
        if let Some(wait) = input["wait"].as_u64() {
            let problem = Problem::new(0, ErrorKind::RateLimited, Advice::RetryLater, "slow down").at(id);
            return Err(Error { retry_after_ms: Some(wait), status: Some(429), maybe_done: true, ..problem.error });
        }
        Ok(json!({ "called": id, "with": input }).to_string())
    }

    fn effect(&self, id: &str) -> Option<&'static str> {
        // Of the others it is not said that there are such operations; then their catalogue says so.
        (id == "acme.list-widgets").then_some("read")
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

fn ask_with(access: &Access, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    ask_at(&Doors { access: access.clone(), origins: Origins::default(), docs: true }, method, target, headers, body)
}

fn ask_at(doors: &Doors, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let mut read = |most: usize| if body.len() > most { Err(NoBody::TooLarge) } else { Ok(body.as_bytes().to_vec()) };
    answer(&Request::of(method, target, headers), &mut read, doors, &Acme)
}

fn ask(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let reply = ask_with(&Access::Open, method, target, headers, body);
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn get(target: &str) -> (u16, Value) {
    ask("GET", target, &[], "")
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[test]
fn operations_that_give_or_take_a_credential_are_offered_nowhere() {
    for target in ["/operations", "/openapi.json", "/search?q=token", "/operations/acme.list-widget"] {
        assert!(!get(target).1.to_string().contains("get-token"), "{target}");
    }
    assert_eq!(get("/operations/acme.get-token").0, 403);
    assert_eq!(ask("POST", "/operations/acme.get-token", &[JSON], "{}").0, 403);
    let call = json!({ "operation": "acme.get-token", "input": "{" });
    assert_eq!(tool("call-write-operation", call)["structuredContent"]["kind"], "denied");
}

#[test]
fn an_operation_is_described_and_called_by_its_id() {
    let (_, list) = get("/operations");
    assert_eq!(list["vendors"][0]["title"], "Acme Inc.");
    assert_eq!(list["operations"][2]["id"], "initech.list-reports");
    let (_, one) = get("/operations/acme.create%2Dwidget");
    assert_eq!(one["example"], json!({ "name": "…" }));
    assert_eq!(one["output"]["items"]["required"], json!(["name"]));
    let (status, output) = ask("POST", "/operations/acme.create-widget", &[JSON], r#"{"name":"x"}"#);
    assert_eq!((status, output), (200, json!({ "called": "acme.create-widget", "with": { "name": "x" } })));
    // Without input, a body is not needed.
    assert_eq!(ask("POST", "/operations/acme.list-widgets", &[], "").1["with"], json!({}));
}

#[test]
fn a_member_that_is_given_twice_is_refused_and_a_byte_order_mark_is_skipped() {
    let twice = r#"{"name":"first","name":"second"}"#;
    let (status, problem) = ask("POST", "/operations/acme.create-widget", &[JSON], twice);
    assert_eq!((status, &problem["field"]), (422, &json!("input.name")), "{problem}");
    let call = format!(r#"{{"operation":"acme.create-widget","input":{twice}}}"#);
    let params = format!(r#"{{"name":"call-write-operation","arguments":{call}}}"#);
    let message = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{params}}}"#);
    let (_, answer) = ask("POST", "/mcp", &[JSON], &message);
    let error = &answer["result"]["structuredContent"];
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid-input"), &json!("input.name")), "{answer}");
    let marked = ask("POST", "/operations/acme.create-widget", &[JSON], "\u{feff}{\"name\":\"x\"}");
    assert_eq!((marked.0, &marked.1["with"]["name"]), (200, &json!("x")));
}

#[test]
fn half_a_character_is_read_and_hides_no_member_that_stands_there_twice() {
    let send = |body| ask("POST", "/operations/acme.create-widget", &[JSON], body);
    let (status, output) = send(r#"{"name":"Rosa \ud83d"}"#);
    assert_eq!((status, &output["with"]["name"]), (200, &json!("Rosa \u{fffd}")));
    let (status, problem) = send(r#"{"name":"Rosa \ud83d","name":"Ben"}"#);
    assert_eq!((status, &problem["field"]), (422, &json!("input.name")), "{problem}");
    assert_eq!(send("{\"name\":\"a\tb\"}").1["with"]["name"], "a\tb", "a tab as it is");
    assert_eq!(send(r#"{"name":NaN}"#).0, 400);
}

#[test]
fn an_unknown_operation_is_refused_with_the_nearest_name() {
    for (method, body) in [("GET", ""), ("POST", "{}")] {
        let (status, problem) = ask(method, "/operations/acme.list-widget", &[JSON], body);
        assert_eq!((status, &problem["details"]["nearest"][0]), (404, &json!("acme.list-widgets")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().ends_with("did you mean acme.list-widgets?"), "{problem}");
    }
    let call = tool("call-read-operation", json!({ "operation": "acme.list-widget" }));
    assert_eq!(call["structuredContent"]["details"]["nearest"][0], "acme.list-widgets");
}

#[test]
fn a_search_finds_what_may_be_called_and_says_where_nothing_fits() {
    let (_, found) = get("/search?q=make+a%20widget&limit=7&utm=x");
    let first = &found["operations"][0];
    let facts = json!({ "id": "acme.create-widget", "effect": "write", "summary": "Does it." });
    facts.as_object().unwrap().iter().for_each(|(name, fact)| assert_eq!(first[name], *fact, "{found}"));
    assert_eq!(first["weak"].as_bool(), Some(first["score"].as_f64() <= Some(0.5)));
    assert_eq!(get("/search?q=make+a%20widget&limit=1").1["operations"].as_array().unwrap().len(), 1);
    assert_eq!(get("/search?q=unrelated").1["hint"], "nothing fits; there are operations of Acme Inc., initech");
    for wrong in ["/search", "/search?q=+", "/search?q=x&limit=0", "/search?q=x&limit=21", "/search?q=x&limit=y"] {
        assert_eq!(get(wrong).0, 400, "{wrong}");
    }
}

#[test]
fn a_bad_request_gets_a_problem_document() {
    let call = "/operations/acme.list-widgets";
    for (expected, method, target, headers, body) in [
        (400, "POST", call, &[JSON][..], "{"),
        (400, "POST", call, &[JSON], r#"{"a":"#),
        (422, "POST", call, &[JSON], "[1]"),
        (415, "POST", call, &[], "{}"),
        (415, "POST", call, &[("content-type", "text/plain")], "{}"),
        (415, "POST", call, &[JSON, ("content-encoding", "gzip")], "{}"),
        (413, "POST", call, &[JSON, ("content-length", "999999999")], "{}"),
        (404, "POST", "/operations/acme.list-widget", &[JSON], "{}"),
        (404, "GET", "/", &[], ""),
        (405, "DELETE", call, &[], ""),
        (405, "POST", "/operations", &[JSON], "{}"),
        (405, "OPTIONS", call, &[], ""),
        (405, "GET", "/mcp", &[], ""),
        (405, "DELETE", "/mcp", &[], ""),
        (400, "GET", "/%zz", &[], ""),
    ] {
        let reply = ask_with(&Access::Open, method, target, headers, body);
        assert_eq!(reply.status, expected, "{method} {target} {body}");
        assert_eq!(header(&reply, "content-type"), Some("application/problem+json"));
        let problem: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(problem["status"], expected);
        assert_eq!(problem["maybe-done"], false);
        assert!(problem["detail"].is_string() && problem["title"].is_string() && problem["type"].is_string());
        assert_eq!(header(&reply, "allow").is_some(), expected == 405);
    }
    let (_, problem) = ask("POST", "/operations/acme.list-widget", &[JSON], "{}");
    assert_eq!(problem["details"], json!({ "nearest": ["acme.list-widgets"] }));
}

#[test]
fn a_body_that_is_longer_than_allowed_is_refused_while_it_is_read() {
    let long = " ".repeat(crate::answer::MOST + 1);
    assert_eq!(ask("POST", "/operations/acme.list-widgets", &[JSON], &long).0, 413);
    assert_eq!(ask("POST", "/mcp", &[JSON], &long).0, 413);
}

#[test]
fn a_failed_operation_is_a_problem_with_all_that_its_error_says() {
    let reply = ask_with(&Access::Open, "POST", "/operations/acme.list-widgets", &[JSON], r#"{"wait":1500}"#);
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, Some("2")));
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        problem,
        json!({
            "type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "slow down", "kind": "rate-limited",
            "advice": "retry-later", "operation": "acme.list-widgets", "vendor-status": 429, "retry-after-ms": 1500,
            "maybe-done": true,
        })
    );
}

#[test]
fn the_vendors_trouble_with_its_own_credential_is_not_the_callers() {
    for kind in [ErrorKind::Unauthenticated, ErrorKind::Misconfigured, ErrorKind::Unreadable] {
        assert!(status(kind) >= 500, "{kind:?}");
    }
}

#[test]
fn nobody_is_let_in_without_the_token_and_nobody_at_all_where_none_is_set() {
    let set = |pairs: &[(&str, &str)]| {
        Access::of(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    };
    let token = set(&[("OUTWIT_GATEWAY_TOKEN", " sesame "), ("OUTWIT_GATEWAY_OPEN", "1")]);
    let bearer = |token: &'static str| [("authorization", token)];
    for target in ["/operations", "/openapi.json", "/operations/acme.list-widgets", "/search?q=x", "/mcp", "/nothing"] {
        for wrong in ["", "Bearer", "Bearer sesam", "Bearer sesame2", "Basic sesame", "sesame"] {
            let reply = ask_with(&token, "GET", target, &bearer(wrong), "");
            assert_eq!((reply.status, header(&reply, "www-authenticate")), (401, Some("Bearer")), "{target} {wrong}");
        }
        assert_ne!(ask_with(&token, "GET", target, &bearer("bearer sesame"), "").status, 401);
        assert_eq!(ask_with(&set(&[]), "GET", target, &bearer("Bearer "), "").status, 503);
    }
    let twice = [("authorization", "Bearer sesame"), ("authorization", "Bearer sesame")];
    assert_eq!(ask_with(&token, "GET", "/operations", &twice, "").status, 401);
    assert_eq!(ask_with(&token, "GET", "/healthz", &[], "").status, 200);
    for closed in [set(&[]), set(&[("OUTWIT_GATEWAY_OPEN", "yes")]), set(&[("OUTWIT_GATEWAY_TOKEN", " ")])] {
        assert_eq!(ask_with(&closed, "GET", "/healthz", &[], "").status, 503);
    }
}

/// MCP 2025-06-18, transports: servers check `Origin` against DNS rebinding. A page of another port is one of another origin
/// (RFC 6454, 4), and its POST without a body has no preflight (Fetch, "CORS-safelisted method").
#[test]
fn pages_of_other_origins_are_not_let_in() {
    let call = "/operations/acme.list-widgets";
    for (host, origin, expected) in [
        ("localhost:8080", "http://localhost:8080", 200),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", 200),
        ("[::1]", "http://[::1]", 200),
        ("localhost:8080", "http://localhost:3000", 403),
        ("localhost:8080", "http://127.0.0.1:8080", 403),
        ("localhost:8080", "https://evil.example", 403),
        ("localhost:8080", "null", 403),
        // A name that a page gave to the gateway.
        ("evil.example:8080", "http://evil.example:8080", 403),
        ("localhost.evil.example", "http://localhost.evil.example", 403),
        ("localhost:evil.example", "http://localhost:evil.example", 403),
    ] {
        let headers = [("host", host), ("origin", origin)];
        assert_eq!(ask("POST", call, &headers, "").0, expected, "{host} {origin}");
        assert_eq!(ask("GET", "/operations", &headers, "").0, expected, "{host} {origin}");
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        assert_eq!(ask("POST", "/mcp", &[headers[0], headers[1], JSON], ping).0, expected, "{host} {origin}");
    }
    let own = [("host", "localhost"), ("origin", "http://localhost")];
    let reply = ask_with(&Access::Open, "GET", "/operations", &own, "");
    assert_eq!((reply.status, header(&reply, "access-control-allow-origin")), (200, None));
    assert_eq!(ask("OPTIONS", "/operations", &[("origin", "https://app.example.com"), PREFLIGHT], "").0, 403);
}

const PREFLIGHT: (&str, &str) = ("access-control-request-method", "POST");

#[test]
fn pages_that_a_setting_names_are_let_in_with_the_token() {
    let named = "https://app.example.com, https://b.example:8443".to_owned();
    let origins = Origins::of(&[("OUTWIT_GATEWAY_ORIGINS".to_owned(), named)]);
    let doors = Doors { access: Access::Token("t".to_owned()), origins, docs: true };
    let allowed = |reply: &Reply| header(reply, "access-control-allow-origin").map(str::to_owned);
    for origin in ["https://app.example.com", "https://b.example:8443"] {
        let asked = ask_at(&doors, "OPTIONS", "/operations/acme.list-widgets", &[("origin", origin), PREFLIGHT], "");
        assert_eq!((asked.status, allowed(&asked).as_deref()), (204, Some(origin)));
        assert!(header(&asked, "access-control-allow-headers").is_some_and(|names| names.contains("authorization")));
        // A page has to be able to read why it is refused.
        let refused = ask_at(&doors, "GET", "/operations", &[("origin", origin)], "");
        assert_eq!((refused.status, allowed(&refused).as_deref()), (401, Some(origin)));
        let headers = [("origin", origin), ("authorization", "Bearer t")];
        let answered = ask_at(&doors, "GET", "/operations", &headers, "");
        assert_eq!((answered.status, allowed(&answered).as_deref()), (200, Some(origin)));
        assert_eq!(header(&answered, "vary"), Some("origin"));
    }
    for origin in ["https://app.example.com:444", "http://app.example.com", "https://example.com", "null"] {
        let asked = ask_at(&doors, "OPTIONS", "/operations", &[("origin", origin), PREFLIGHT], "");
        assert_eq!((asked.status, allowed(&asked)), (403, None), "{origin}");
        let headers = [("origin", origin), ("authorization", "Bearer t")];
        assert_eq!(ask_at(&doors, "GET", "/operations", &headers, "").status, 403, "{origin}");
    }
}

fn rpc(method: &str, params: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string();
    ask("POST", "/mcp", &[headers, &[JSON]].concat(), &message)
}

fn tool(name: &str, arguments: Value) -> Value {
    let (status, answer) = rpc("tools/call", &json!({ "name": name, "arguments": arguments }), &[]);
    assert_eq!((status, &answer["id"]), (200, &json!(7)));
    let text: Value = serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, answer["result"]["structuredContent"]);
    answer["result"].clone()
}

#[test]
fn the_four_tools_search_describe_and_call() {
    let tools = rpc("tools/list", &json!({}), &[]).1["result"]["tools"].clone();
    let names: Vec<&str> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["search-operations", "describe-operation", "call-read-operation", "call-write-operation"]);
    let found = tool("search-operations", json!({ "intent": "make a widget" }));
    assert_eq!(found["structuredContent"]["operations"][0]["id"], "acme.create-widget");
    let described = tool("describe-operation", json!({ "operation": "acme.create-widget" }));
    assert_eq!(described["structuredContent"]["output"], "[{name}]");
    let call = json!({ "operation": "acme.create-widget", "input": "{\"name\":\"x\"}" });
    assert_eq!(tool("call-write-operation", call.clone())["structuredContent"]["result"]["with"]["name"], "x");
    let refused = tool("call-read-operation", call);
    assert_eq!(refused["isError"], true);
    assert_eq!(refused["structuredContent"]["details"]["tool"], "call-write-operation");
    let failed = tool("call-read-operation", json!({ "operation": "acme.list-widgets", "input": { "wait": 5 } }));
    assert_eq!(failed["structuredContent"]["retry-after-ms"], 5);
    let mistaken = tool("call-read-operation", json!({ "operation": "acme.list-widgets", "limit": 3 }));
    assert!(mistaken["structuredContent"]["message"].as_str().unwrap().contains("belongs into `input`"));
    assert_eq!(rpc("tools/call", &json!({ "name": "nothing" }), &[]).1["error"]["code"], -32602);
}

#[test]
fn old_and_new_clients_agree_on_a_version() {
    for (asked, given) in [("2024-11-05", "2024-11-05"), ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25")] {
        let answer = rpc("initialize", &json!({ "protocolVersion": asked, "capabilities": {} }), &[]).1;
        assert_eq!(answer["result"]["protocolVersion"], given);
        assert_eq!(answer["result"].get("resultType"), None);
    }
    let meta = json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } });
    let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "server/discover")];
    let discovered = rpc("server/discover", &meta, &headers).1["result"].clone();
    assert_eq!(
        (&discovered["supportedVersions"][0], &discovered["resultType"]),
        (&json!("2026-07-28"), &json!("complete"))
    );
    for (code, method, params, headers) in [
        (-32020, "tools/list", &meta, &headers[..]),
        (-32020, "tools/list", &meta, &headers[..1]),
        (-32602, "server/discover", &json!({}), &headers),
        (-32022, "ping", &json!({}), &[("mcp-protocol-version", "1999-01-01")]),
    ] {
        let (status, answer) = rpc(method, params, headers);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{method}");
    }
    assert_eq!(rpc("nothing", &json!({}), &[]).0, 200);
    assert_eq!(rpc("nothing", &meta, &[headers[0], ("mcp-method", "nothing")]).0, 404);
}

#[test]
fn what_is_no_request_is_taken_or_refused() {
    let say = |message: &str| ask("POST", "/mcp", &[JSON], message);
    assert_eq!(say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#), (202, Value::Null));
    assert_eq!(say(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), (202, Value::Null));
    assert_eq!(
        say(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#).1,
        json!({ "jsonrpc": "2.0", "id": "a", "result": {} })
    );
    for (wrong, code) in [
        ("{", -32700),
        ("[]", -32600),
        ("{}", -32600),
        (r#"{"id":null,"method":"ping"}"#, -32600),
        (r#"{"id":1e30,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
    ] {
        let (status, answer) = say(wrong);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{wrong}");
    }
}

#[test]
fn the_gateways_description_of_itself_leads_everywhere() {
    let (_, document) = get("/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let create = &document["paths"]["/operations/acme.create-widget"]["post"];
    let body = &create["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/acme.widget");
    assert_eq!(document["components"]["schemas"]["acme.widget"]["required"], json!(["name"]));
    assert_eq!(document.get("security"), None);
    let token = ask_with(&Access::Token("t".into()), "GET", "/openapi.json", &[("authorization", "Bearer t")], "");
    let document: Value = serde_json::from_slice(&token.body).unwrap();
    assert_eq!(document["security"], json!([{ "token": [] }]));
}
