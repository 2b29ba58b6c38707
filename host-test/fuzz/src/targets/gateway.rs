//! The gateway with vendors behind it, as a composed file has them: HTTP with one, which is told in the fewest words, since most
//! replies go through all of them, and MCP with all.
//!
//! HTTP: who is let in (`open`, `token`, `closed`), method and target, on one line; headers; an empty line; the body. MCP: headers,
//! an empty line, the message.

use crate::engine::Target;
use crate::vendors::{Settings, Vendor, all, cut, find, operation};
use gateway::access::Access;
use gateway::answer::{Doors, answer};
use gateway::message::{NoBody, Reply, Request};
use gateway::offer::Operations;
use gateway::origins::Origins;
use gateway::{Advice, Error, ErrorKind};
use join::text;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::sync::OnceLock;

pub const HTTP: Target = Target { name: "gateway-http", run: http, seeds: super::none };
pub const MCP: Target = Target { name: "gateway-mcp", run: mcp, seeds: messages };

const TOKEN: &str = "open-sesame";
const ORIGIN: &str = "https://app.example.com";

/// Vendors, joined, and answered as in a case that succeeds.
struct Behind {
    vendors: Vec<&'static Vendor>,
    described: String,
}

impl Behind {
    fn all() -> &'static Behind {
        static ALL: OnceLock<Behind> = OnceLock::new();
        ALL.get_or_init(|| Behind::of(all().iter().collect()))
    }

    fn one() -> &'static Behind {
        static ONE: OnceLock<Behind> = OnceLock::new();
        ONE.get_or_init(|| Behind::of(all().iter().min_by_key(|vendor| vendor.described.len()).into_iter().collect()))
    }

    fn of(vendors: Vec<&'static Vendor>) -> Behind {
        let described = vendors.iter().map(|vendor| vendor.described.clone()).reduce(|a, b| text::joined(&a, &b));
        Behind { vendors, described: described.unwrap_or_default() }
    }
}

impl Operations for Behind {
    fn describe(&self) -> String {
        self.described.clone()
    }

    fn call(&self, id: &str, input: &str) -> Result<String, Error> {
        let (vendor, ..) = operation(id).expect("the gateway calls nothing that is not described");
        assert!(
            all()
                .iter()
                .all(|one| text::offers(&one.described, id) == (one.catalogue.vendor == vendor.catalogue.vendor))
        );
        assert!(serde_json::from_str::<Value>(input).is_ok(), "the gateway hands on what is no JSON: {input}");
        let mut good = vendor.cases.iter().filter(|case| case.operation == id && case.output.is_some());
        let answers = good.next().map_or_else(Vec::new, |case| case.answers.clone());
        let settings = vendor.settings(&Settings::new());
        let (outcome, _) = vendor.call(id, input, &settings, answers);
        outcome.map(|output| output.to_string()).map_err(error)
    }

    fn effect(&self, id: &str) -> Option<&'static str> {
        let search = |vendor: &&Vendor| kit::found(vendor.component, id, 1);
        let mut found =
            self.vendors.iter().flat_map(|vendor| serde_json::from_slice::<Vec<Value>>(&search(vendor)).expect("JSON"));
        let found = found.find(|found| found["id"] == id)?;
        Some(["read", "write", "destroy"].into_iter().find(|word| found["effect"] == *word).expect("an effect"))
    }
}

/// The same error with the gateway's own types; its kinds stand in the same order.
fn error(error: outwit::Error) -> Error {
    const KINDS: [ErrorKind; 16] = [
        ErrorKind::InvalidInput,
        ErrorKind::Misconfigured,
        ErrorKind::Denied,
        ErrorKind::Unauthenticated,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Ambiguous,
        ErrorKind::Conflict,
        ErrorKind::RateLimited,
        ErrorKind::Rejected,
        ErrorKind::Unavailable,
        ErrorKind::TimedOut,
        ErrorKind::Unreadable,
        ErrorKind::Failed,
        ErrorKind::Cancelled,
        ErrorKind::Incomplete,
    ];
    Error {
        kind: KINDS[error.kind as usize],
        advice: Advice::GiveUp,
        message: error.message,
        operation: error.operation,
        field: error.field,
        status: error.status,
        code: error.code,
        retry_after_ms: error.retry_after_ms,
        maybe_done: error.maybe_done,
        details: error.details.map(|details| details.to_string()),
    }
}

/// The headers in a text, and what comes after them. Hosts let through what HTTP allows.
fn headers(text: &[u8]) -> (Vec<(String, Vec<u8>)>, &[u8]) {
    let (head, body) = if text.starts_with(b"\n") { (&text[..0], &text[1..]) } else { cut(text, b"\n\n") };
    let header = |line: &[u8]| {
        let (name, value) = cut(line, b":");
        let name = http::HeaderName::from_bytes(name).ok()?;
        let value = http::HeaderValue::from_bytes(value.trim_ascii()).ok()?;
        Some((name.as_str().to_owned(), value.as_bytes().to_vec()))
    };
    (head.split(|byte| *byte == b'\n').filter_map(header).collect(), body)
}

fn asked(request: &Request, body: &[u8], access: Access, behind: &Behind) -> Reply {
    let mut read = |most: usize| if body.len() > most { Err(NoBody::TooLarge) } else { Ok(body.to_vec()) };
    let origins = Origins::of(&[("OUTWIT_GATEWAY_ORIGINS".to_owned(), ORIGIN.to_owned())]);
    answer(request, &mut read, &Doors { access, origins, docs: true }, behind)
}

fn http(data: &[u8]) -> &'static str {
    let (line, rest) = cut(data, b"\n");
    let line = String::from_utf8_lossy(line);
    let mut words = line.splitn(3, ' ');
    let (door, method, target) =
        (words.next().unwrap_or_default(), words.next().unwrap_or("GET"), words.next().unwrap_or("/"));
    let access = match door {
        "token" => Access::Token(TOKEN.to_owned()),
        "closed" => Access::Closed,
        _ => Access::Open,
    };
    let (headers, body) = headers(rest);
    let request = Request::of(method, target, headers);
    let reply = asked(&request, body, access.clone(), Behind::one());
    check(&request, &reply);
    let knows = request.header("authorization").is_some_and(|value| value.contains(TOKEN));
    let public = reply.status == 204 || request.path.contains("heal") || request.path.contains('%');
    assert!(
        public || reply.status >= 400 || access == Access::Open || knows && access != Access::Closed,
        "somebody is let in"
    );
    match reply.status {
        200 => "200",
        201..300 => "2xx",
        400 => "400",
        401..=404 => "401-404",
        405..500 => "4xx",
        _ => "5xx",
    }
}

/// What holds for every reply.
fn check(request: &Request, reply: &Reply) {
    for (name, value) in &reply.headers {
        assert!(http::HeaderValue::from_str(value).is_ok(), "a header that no reply can carry: {name}: {value:?}");
        let once = reply.headers.iter().filter(|(other, _)| other == name).count() == 1;
        assert!(once, "a header stands twice: {name}");
    }
    let header = |wanted: &str| reply.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| &**value);
    let allowed = header("access-control-allow-origin");
    assert!(allowed.is_none_or(|origin| origin.eq_ignore_ascii_case(ORIGIN)), "another origin is let in: {allowed:?}");
    if request.method == "HEAD" || reply.body.is_empty() {
        assert!(
            reply.body.is_empty() && (request.method == "HEAD" || [202, 204].contains(&reply.status)),
            "no body: {}",
            reply.status
        );
        return;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else {
        // An id comes back as it came, which may be half a character, or a number that no float holds.
        let read = serde_json::from_slice::<IgnoredAny>(&reply.body);
        assert!(read.is_ok() && request.path == "/mcp", "a body that is no JSON: {read:?}");
        return;
    };
    if header("content-type") == Some("application/problem+json") {
        let texts = ["type", "title", "detail", "kind", "advice"]
            .iter()
            .all(|name| body[name].as_str().is_some_and(|t| !t.is_empty()));
        assert!(
            texts && body["status"] == reply.status && body["maybe-done"].is_boolean(),
            "no problem details: {body}"
        );
        assert!((400..600).contains(&reply.status), "a problem with the status {}", reply.status);
    } else if reply.status != 200 {
        assert!(body["jsonrpc"] == "2.0" && body["error"]["code"].is_i64(), "neither problem nor JSON-RPC: {body}");
    }
}

fn mcp(data: &[u8]) -> &'static str {
    let (mut headers, body) = headers(data);
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), b"application/json".to_vec()));
    }
    let request = Request::of("POST", "/mcp", headers);
    let reply = asked(&request, body, Access::Open, Behind::all());
    check(&request, &reply);
    let Ok(answer) = serde_json::from_slice::<Value>(if reply.body.is_empty() { b"null" } else { &reply.body }) else {
        return "odd id";
    };
    if let Some(answers) = answer.as_array() {
        assert!(answers.iter().all(|one| one["jsonrpc"] == "2.0"), "no answers to a batch: {answer}");
        return "batch";
    }
    if answer.get("jsonrpc").is_none() {
        // What is no request, or refused before it is read.
        assert!(reply.status == 202 || answer["detail"].is_string(), "no answer: {answer}");
        return if reply.status == 202 { "taken" } else { "problem" };
    }
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(id) = message.get("id").filter(|id| id.is_string() || id.is_i64()) {
        assert_eq!(answer["id"], *id, "the answer to another request");
    }
    assert_eq!(answer["jsonrpc"], "2.0");
    assert!(answer.get("result").is_some() != answer.get("error").is_some(), "both or neither: {answer}");
    let result = &answer["result"];
    if message["method"] == "tools/call" && result.is_object() {
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert_eq!(
            serde_json::from_str::<Value>(text).ok().as_ref(),
            Some(&result["structuredContent"]),
            "two answers: {text}"
        );
        let failed =
            result["structuredContent"]["kind"].is_string() && result["structuredContent"]["message"].is_string();
        assert_eq!(result["isError"], failed, "a failure that is none, or the reverse: {result}");
        return if failed { "failed" } else { "called" };
    }
    if answer.get("error").is_some() { "refused" } else { "answered" }
}

/// A call of every operation, with the input of a case, by both tools; and each of the others.
fn messages() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add = |method: &str, params: Value| {
        seeds.push(
            format!("\n{}", json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })).into_bytes(),
        );
    };
    for case in all().iter().flat_map(|vendor| vendor.cases.iter().filter(|case| case.output.is_some())) {
        for name in ["call-read-operation", "call-write-operation"] {
            add(
                "tools/call",
                json!({ "name": name, "arguments": { "operation": case.operation, "input": case.input } }),
            );
        }
    }
    add(
        "tools/call",
        json!({ "name": "search-operations", "arguments": { "intent": "log half an hour", "limit": 3 } }),
    );
    add("tools/call", json!({ "name": "describe-operation", "arguments": { "operation": "accelo.log-time" } }));
    ["tools/list", "ping", "server/discover"].into_iter().for_each(|method| add(method, json!({})));
    add(
        "initialize",
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "a", "version": "1" } }),
    );
    assert!(seeds.iter().all(|seed| find(seed, b"{") == Some(1)));
    seeds
}
