//! Routes: what is answered to which request.

use crate::access::Access;
use crate::message::{NoBody, Reply, Request};
use crate::offer::{Operations, effect};
use crate::origins::Origins;
use crate::problem::Problem;
use crate::reference::{Composed, allow, reference};
use crate::{Advice, ErrorKind, docs, mcp};
use outwit_core::arguments::Wrong;
use outwit_core::lossy::Loss;
use outwit_core::received::lenient;
use serde_json::{Value, json};

/// The largest body that is read. What it becomes on its way, text, JSON and text again, has to fit several times into the
/// memory that a host gives: in one that gives 64 MiB, bodies of 3 MiB do not come through over MCP.
pub const MOST: usize = 1 << 20;

/// Reads a body up to so many bytes.
pub type ReadBody<'b> = &'b mut dyn FnMut(usize) -> Result<Vec<u8>, NoBody>;

/// Who may ask.
pub struct Doors {
    pub access: Access,
    pub origins: Origins,
    /// Whether there is the page `/docs`.
    pub docs: bool,
}

impl Doors {
    /// What the settings say. `OUTWIT_GATEWAY_DOCS=0` leaves the page out.
    pub fn of(environment: &[(String, String)]) -> Doors {
        let off = |(name, value): &(String, String)| name == "OUTWIT_GATEWAY_DOCS" && value.trim() == "0";
        let docs = !environment.iter().any(off);
        Doors { access: Access::of(environment), origins: Origins::of(environment), docs }
    }
}

/// Answers a request.
pub fn answer(request: &Request, body: ReadBody, doors: &Doors, operations: &dyn Operations) -> Reply {
    let asked = doors.origins.preflight(request);
    let mut reply = asked.unwrap_or_else(|| routed(request, body, doors, operations).unwrap_or_else(|other| other));
    doors.origins.mark(request, &mut reply);
    // What is answered is for one caller, and of the moment.
    reply.headers.push(("cache-control", "no-store".to_owned()));
    reply.headers.push(("x-content-type-options", "nosniff".to_owned()));
    if request.method == "HEAD" {
        reply.body.clear();
    }
    reply
}

fn routed(request: &Request, body: ReadBody, doors: &Doors, operations: &dyn Operations) -> Result<Reply, Reply> {
    let Doors { access, origins, docs } = doors;
    let path = path(request)?;
    if path == "/healthz" {
        allow(request, &["GET", "HEAD"])?;
        return match access {
            Access::Closed => {
                Err(access.check(request).err().unwrap_or_else(|| Problem::wrong(404, "not found")).into())
            }
            _ => Ok(Reply::json(&json!({ "status": "ok" }))),
        };
    }
    if *docs && path == "/docs" {
        allow(request, &["GET", "HEAD"])?;
        return Ok(docs::page(request)?);
    }
    origins.check(request, access)?;
    access.check(request)?;
    if path == "/mcp" {
        allow(request, &["POST"])?;
        let body = read(request, body)?;
        return Ok(mcp::answer(request, &body, operations));
    }
    if let Some(reply) = reference(request, &path, access, &Composed(operations))? {
        return Ok(reply);
    }
    match path.strip_prefix("/operations/") {
        Some(id) => Ok(call(id, request, body, operations)?),
        None => Err(Problem::wrong(404, "not found; /openapi.json lists the routes").into()),
    }
}

/// The path of a request, without percent-encoding and without a slash at its end.
///
/// # Errors
///
/// It is not percent-encoded UTF-8.
pub fn path(request: &Request) -> Result<String, Problem> {
    let wrong = || Problem::wrong(400, "the path is not percent-encoded UTF-8");
    let path = decoded(&request.path).ok_or_else(wrong)?;
    Ok(path.strip_suffix('/').filter(|path| !path.is_empty()).map_or_else(|| path.clone(), str::to_owned))
}

fn call(id: &str, request: &Request, body: ReadBody, operations: &dyn Operations) -> Result<Reply, Problem> {
    effect(operations, id)?;
    let input = input(id, request, body)?;
    operations.call(id, &input.to_string()).map(Reply::text).map_err(|error| Problem::of(error, id))
}

/// The input of a call.
///
/// # Errors
///
/// The body is no JSON, no object, too long, of another type, or has a member twice.
pub fn input(id: &str, request: &Request, body: ReadBody) -> Result<Value, Problem> {
    let body = read(request, body)?;
    let no_json = |problem| Problem::wrong(400, format!("the body is not JSON: {problem}")).at(id);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    let body = std::str::from_utf8(body).map_err(|problem| no_json(problem.to_string()))?;
    let body = if body.trim().is_empty() { "{}" } else { body };
    let (input, body) = lenient(body).map_err(|problem| no_json(problem.to_string()))?;
    if let Some(loss) = Loss::of("input", &body) {
        return Err(Problem::from(Wrong::from(loss)).at(id));
    }
    if !input.is_object() && !input.is_null() {
        return Err(Problem::wrong(422, "input: expected an object").about("input").at(id));
    }
    Ok(input)
}

/// Reads a body, which has to be JSON; an empty one needs no type.
fn read(request: &Request, body: ReadBody) -> Result<Vec<u8>, Problem> {
    if !request.has("content-type") && body(0) == Ok(Vec::new()) {
        return Ok(Vec::new());
    }
    let media = request.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(Problem::wrong(415, "expected Content-Type: application/json"));
    }
    if request.header("content-encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Problem::wrong(415, "expected a body without Content-Encoding"));
    }
    let length = request.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST as u64) {
        return Err(NoBody::TooLarge.into());
    }
    Ok(body(MOST)?)
}

impl From<NoBody> for Problem {
    fn from(problem: NoBody) -> Problem {
        match problem {
            NoBody::TooLarge => Problem::wrong(413, format!("the body is longer than {MOST} bytes")),
            NoBody::Broken => Problem::wrong(400, "the body ended before its end"),
            // RFC 9110, 15.5.9.
            NoBody::TooLate => {
                let message = "the body did not come in time";
                let problem = Problem::new(408, ErrorKind::TimedOut, Advice::RetryLater, message);
                problem.with("connection", "close".to_owned())
            }
        }
    }
}

/// A path without its percent-encoding.
fn decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let digits = bytes.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
            out.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}
