//! MCP over streamable HTTP, without sessions: every POST is answered with one JSON document.
//!
//! Since 2026-07-28 a request says itself which protocol it speaks (`_meta`, and headers that repeat it for proxies); older
//! clients begin with `initialize`, and the version that they then name in a header makes no difference here.

use crate::message::{Reply, Request};
use crate::offer::Operations;
use crate::tools;
use outwit_core::ids::restored;
use outwit_core::received::{self, LAST_WITH_BATCHES, NO_JSON, NO_REQUEST, Received, WRONG_PARAMS, received, refusal};
use outwit_core::tools::INSTRUCTIONS;
use serde_json::{Map, Value, json};

/// The protocol's versions, newest first.
const VERSIONS: [&str; 5] = [CURRENT, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const CURRENT: &str = "2026-07-28";
const VERSION_MEMBER: &str = "io.modelcontextprotocol/protocolVersion";

/// A code of JSON-RPC, and codes of MCP.
const NO_METHOD: i32 = -32601;
const WRONG_HEADER: i32 = -32020;
const WRONG_VERSION: i32 = -32022;

/// Why a request has no result.
pub struct Refusal {
    pub code: i32,
    pub message: String,
    pub data: Option<Value>,
}

impl Refusal {
    fn new(code: i32, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), data: None }
    }

    pub fn params(message: impl Into<String>) -> Refusal {
        Refusal::new(WRONG_PARAMS, message)
    }
}

/// Answers what was sent.
pub fn answer(request: &Request, body: &[u8], operations: &dyn Operations) -> Reply {
    match received(body) {
        Received::Batch(many) => {
            if request.header("mcp-protocol-version").is_some_and(|version| version > LAST_WITH_BATCHES) {
                let message = format!("expected one message: batches ended with {LAST_WITH_BATCHES}");
                return reply(400, &refusal(&Value::Null, NO_REQUEST, message));
            }
            let answer = |one| match one {
                Received::Message(message) if message["method"] == "initialize" => {
                    Some(refusal(&message["id"], NO_REQUEST, "initialize comes alone, in no batch"))
                }
                other => one_of(request, other, operations).map(|(_, answer)| answer),
            };
            let answers: Vec<Value> = many.into_iter().filter_map(answer).collect();
            if answers.is_empty() { Reply::empty(202) } else { reply(200, &answers.into()) }
        }
        one => match one_of(request, one, operations) {
            Some((status, answer)) => reply(status, &answer),
            None => Reply::empty(202),
        },
    }
}

/// The status and the answer to one message; none to what is no request: it makes no difference to a server that remembers
/// nothing and asks nothing.
fn one_of(request: &Request, one: Received, operations: &dyn Operations) -> Option<(u16, Value)> {
    let message = match one {
        Received::Message(message) => message,
        Received::Refused(answer) => {
            let unread = answer["error"]["code"] == NO_JSON || answer["error"]["code"] == NO_REQUEST;
            return Some((if unread { 400 } else { 200 }, answer));
        }
        Received::Ignored | Received::Batch(_) => return None,
    };
    let (id, method) = (message.get("id")?, message.get("method").and_then(Value::as_str)?);
    let none = Map::new();
    let params = message.get("params").and_then(Value::as_object).unwrap_or(&none);
    let refused = |refusal: Refusal| {
        let mut answer = received::refusal(id, refusal.code, refusal.message);
        if let Some(data) = refusal.data {
            answer["error"]["data"] = data;
        }
        answer
    };
    let modern = match version(request, method, params) {
        Ok(modern) => modern,
        Err(refusal) => return Some((400, refused(refusal))),
    };
    match result(method, params, operations) {
        Ok(mut result) => {
            if modern {
                result["resultType"] = "complete".into();
            }
            Some((200, json!({ "jsonrpc": "2.0", "id": id, "result": result })))
        }
        Err(refusal) if modern && refusal.code == NO_METHOD => Some((404, refused(refusal))),
        Err(refusal) => Some((200, refused(refusal))),
    }
}

fn reply(status: u16, answer: &Value) -> Reply {
    Reply::typed(status, "application/json", restored(answer.to_string()).into_bytes())
}

/// Whether a request is of the current protocol, whose headers have to say what the body says.
fn version(request: &Request, method: &str, params: &Map<String, Value>) -> Result<bool, Refusal> {
    let named = params.get("_meta").and_then(|meta| meta.get(VERSION_MEMBER)).and_then(Value::as_str);
    let header = request.header("mcp-protocol-version");
    if method == "initialize" {
        return Ok(false);
    }
    for version in named.into_iter().chain(header) {
        if !VERSIONS.contains(&version) {
            let data = json!({ "requested": version, "supported": VERSIONS });
            return Err(Refusal { data: Some(data), ..Refusal::new(WRONG_VERSION, "Unsupported protocol version") });
        }
    }
    if named != Some(CURRENT) && header != Some(CURRENT) {
        return Ok(false);
    }
    if named.is_none() {
        return Err(Refusal::params(format!("expected {VERSION_MEMBER} in _meta")));
    }
    let name = params.get("name").and_then(Value::as_str).filter(|_| method == "tools/call");
    for (header, expected) in [("mcp-protocol-version", named), ("mcp-method", Some(method)), ("mcp-name", name)] {
        if expected.is_some() && request.header(header) != expected {
            return Err(Refusal::new(WRONG_HEADER, format!("the header {header} does not say what the body says")));
        }
    }
    Ok(true)
}

fn result(method: &str, params: &Map<String, Value>, operations: &dyn Operations) -> Result<Value, Refusal> {
    let capabilities = json!({ "tools": {} });
    let server = json!({ "name": "outwit-gateway", "version": env!("CARGO_PKG_VERSION") });
    match method {
        "initialize" => {
            let asked = params.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
            // The current protocol has no `initialize`; whoever sends one speaks an older one.
            let version = VERSIONS[1..].iter().find(|version| **version == asked).unwrap_or(&VERSIONS[1]);
            Ok(json!({
                "protocolVersion": version, "capabilities": capabilities, "serverInfo": server,
                "instructions": INSTRUCTIONS,
            }))
        }
        "server/discover" => Ok(json!({
            "supportedVersions": VERSIONS, "capabilities": capabilities, "instructions": INSTRUCTIONS,
            "ttlMs": 0, "cacheScope": "private", "_meta": { "io.modelcontextprotocol/serverInfo": server },
        })),
        "ping" => Ok(json!({})),
        "tools/list" => {
            let tools = tools::list(operations).map_err(|problem| Refusal::new(-32603, problem.error.message))?;
            Ok(json!({ "tools": tools, "ttlMs": 0, "cacheScope": "private" }))
        }
        "tools/call" => tools::call(params, operations),
        // There are none, which old clients ask before they look at the capabilities.
        "prompts/list" => Ok(json!({ "prompts": [] })),
        "resources/list" => Ok(json!({ "resources": [] })),
        "resources/templates/list" => Ok(json!({ "resourceTemplates": [] })),
        _ => Err(Refusal::new(NO_METHOD, format!("there is no method {method:?}"))),
    }
}
