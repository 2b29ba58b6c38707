//! MCP over streamable HTTP, without sessions: every POST is answered with one JSON document.
//!
//! Since 2026-07-28 a request says itself which protocol it speaks (`_meta`, and headers that repeat it for proxies); older
//! clients begin with `initialize`, and the version that they then name in a header makes no difference here.

use crate::message::{Reply, Request};
use crate::offer::Operations;
use crate::tools;
use serde_json::{Map, Value, json};

/// The protocol's versions, newest first.
const VERSIONS: [&str; 5] = [CURRENT, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const CURRENT: &str = "2026-07-28";
const VERSION_MEMBER: &str = "io.modelcontextprotocol/protocolVersion";
const INSTRUCTIONS: &str = "Operations of SaaS vendors. Search by intent, describe what fits, then call it with the input \
                            that the description asks for.";

/// Codes of JSON-RPC, and of MCP.
const UNREADABLE: i32 = -32700;
const NO_REQUEST: i32 = -32600;
const NO_METHOD: i32 = -32601;
const WRONG_PARAMS: i32 = -32602;
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

/// Answers one message.
pub fn answer(request: &Request, body: &[u8], operations: &dyn Operations) -> Reply {
    let message = match serde_json::from_slice(body) {
        Ok(Value::Object(message)) => message,
        Ok(_) => return refused(400, &Value::Null, &Refusal::new(NO_REQUEST, "expected one message")),
        Err(problem) => return refused(400, &Value::Null, &Refusal::new(UNREADABLE, format!("no JSON: {problem}"))),
    };
    // MCP has no other ids; what is no whole number here would come back as another.
    let Some(id) = message.get("id").filter(|id| id.is_string() || id.is_i64() || id.is_u64()) else {
        // A notification. None makes a difference to a server that remembers nothing.
        let is_one = !message.contains_key("id") && message.get("method").is_some_and(Value::is_string);
        return match is_one {
            true => Reply::empty(202),
            false => refused(
                400,
                &Value::Null,
                &Refusal::new(NO_REQUEST, "expected a method, and an id that is a text or a whole number"),
            ),
        };
    };
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        // An answer to a question that was not asked.
        let answer = message.contains_key("result") || message.contains_key("error");
        return match answer {
            true => Reply::empty(202),
            false => refused(400, id, &Refusal::new(NO_REQUEST, "expected a method")),
        };
    };
    let none = Map::new();
    let params = message.get("params").and_then(Value::as_object).unwrap_or(&none);
    let modern = match version(request, method, params) {
        Ok(modern) => modern,
        Err(refusal) => return refused(400, id, &refusal),
    };
    match result(method, params, operations) {
        Ok(mut result) => {
            if modern {
                result["resultType"] = "complete".into();
            }
            Reply::json(&json!({ "jsonrpc": "2.0", "id": id, "result": result }))
        }
        Err(refusal) if modern && refusal.code == NO_METHOD => refused(404, id, &refusal),
        Err(refusal) => refused(200, id, &refusal),
    }
}

fn refused(status: u16, id: &Value, refusal: &Refusal) -> Reply {
    let mut error = json!({ "code": refusal.code, "message": refusal.message });
    if let Some(data) = &refusal.data {
        error["data"] = data.clone();
    }
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    Reply::typed(status, "application/json", body.to_string().into_bytes())
}

/// Whether a request is of the current protocol, whose headers have to say what the body says.
fn version(request: &Request, method: &str, params: &Map<String, Value>) -> Result<bool, Refusal> {
    let told = params.get("_meta").and_then(|meta| meta.get(VERSION_MEMBER)).and_then(Value::as_str);
    let header = request.header("mcp-protocol-version");
    if method == "initialize" {
        return Ok(false);
    }
    for version in told.into_iter().chain(header) {
        if !VERSIONS.contains(&version) {
            let data = json!({ "requested": version, "supported": VERSIONS });
            return Err(Refusal { data: Some(data), ..Refusal::new(WRONG_VERSION, "Unsupported protocol version") });
        }
    }
    if told != Some(CURRENT) && header != Some(CURRENT) {
        return Ok(false);
    }
    if told.is_none() {
        return Err(Refusal::params(format!("expected {VERSION_MEMBER} in _meta")));
    }
    let name = params.get("name").and_then(Value::as_str).filter(|_| method == "tools/call");
    for (header, expected) in [("mcp-protocol-version", told), ("mcp-method", Some(method)), ("mcp-name", name)] {
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
        _ => Err(Refusal::new(NO_METHOD, format!("there is no method {method:?}"))),
    }
}
