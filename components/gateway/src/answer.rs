//! Routes: what is answered to which request.

use crate::access::Access;
use crate::message::{NoBody, Reply, Request};
use crate::offer::{Offer, Operations, catalogues, effect};
use crate::origins::Origins;
use crate::problem::Problem;
use crate::{mcp, openapi};
use outwit_core::arguments::Wrong;
use outwit_core::example;
use outwit_core::hint;
use outwit_core::lossy::Loss;
use outwit_core::received::lenient;
use outwit_core::tools::{DEFAULT_LIMIT, MAX_LIMIT};
use outwit_search::Index;
use serde_json::{Map, Value, json};

/// The largest body that is read. What it becomes on its way, text, JSON and text again, has to fit several times into the
/// memory that a host gives: in one that gives 64 MiB, bodies of 3 MiB do not come through over MCP.
pub const MOST: usize = 1 << 20;

/// Reads a body up to so many bytes.
pub type ReadBody<'b> = &'b mut dyn FnMut(usize) -> Result<Vec<u8>, NoBody>;

/// Who may ask.
pub struct Doors {
    pub access: Access,
    pub origins: Origins,
}

/// Answers a request.
pub fn answer(request: &Request, body: ReadBody, doors: &Doors, operations: &dyn Operations) -> Reply {
    let asked = doors.origins.preflight(request);
    let mut reply = asked.unwrap_or_else(|| routed(request, body, doors, operations).unwrap_or_else(Problem::reply));
    doors.origins.mark(request, &mut reply);
    // What is answered is for one caller, and of the moment.
    reply.headers.push(("cache-control", "no-store".to_owned()));
    if request.method == "HEAD" {
        reply.body.clear();
    }
    reply
}

fn routed(request: &Request, body: ReadBody, doors: &Doors, operations: &dyn Operations) -> Result<Reply, Problem> {
    let Doors { access, origins } = doors;
    let path = decoded(&request.path).ok_or_else(|| Problem::wrong(400, "the path is not percent-encoded UTF-8"))?;
    let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&path);
    if path == "/healthz" {
        allow(request, &["GET", "HEAD"])?;
        return match access {
            Access::Closed => Err(access.check(request).err().unwrap_or_else(|| Problem::wrong(404, "not found"))),
            _ => Ok(Reply::json(&json!({ "status": "ok" }))),
        };
    }
    origins.check(request)?;
    access.check(request)?;
    let offer = || Offer::of(&operations.describe());
    match path {
        "/operations" => {
            allow(request, &["GET", "HEAD"])?;
            Ok(Reply::json(&list(&offer()?)))
        }
        "/search" => {
            allow(request, &["GET", "HEAD"])?;
            search(request, operations).map(|found| Reply::json(&found))
        }
        "/openapi.json" => {
            allow(request, &["GET", "HEAD"])?;
            Ok(Reply::json(&openapi::document(&offer()?, access)))
        }
        "/mcp" => {
            allow(request, &["POST"])?;
            let body = read(request, body)?;
            Ok(mcp::answer(request, &body, operations))
        }
        _ => match path.strip_prefix("/operations/") {
            Some(id) => {
                allow(request, &["GET", "HEAD", "POST"])?;
                if request.method != "POST" {
                    return Ok(Reply::json(&describe(&offer()?, id)?));
                }
                call(id, request, body, operations)
            }
            None => Err(Problem::wrong(404, "not found; /openapi.json lists the routes")),
        },
    }
}

fn call(id: &str, request: &Request, body: ReadBody, operations: &dyn Operations) -> Result<Reply, Problem> {
    effect(operations, id)?;
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
    operations.call(id, &input.to_string()).map(Reply::text).map_err(|error| Problem::of(error, id))
}

fn list(offer: &Offer) -> Value {
    let vendors = offer.catalogues().iter().map(|catalogue| {
        let facts =
            catalogue.as_object().into_iter().flatten().filter(|(name, _)| {
                !["operations", "$defs", "oauth", "check", "search-index"].contains(&name.as_str())
            });
        Value::Object(facts.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
    });
    json!({
        "vendors": vendors.collect::<Vec<_>>(),
        "operations": offer.all().map(|one| one.facts()).collect::<Vec<_>>(),
    })
}

fn describe(offer: &Offer, id: &str) -> Result<Value, Problem> {
    let one = offer.get(id)?;
    let mut described = one.facts();
    let input = one.input();
    described["description"] = one.description().into();
    described["example"] = example(&input);
    described["input"] = input;
    described["output"] = one.output();
    Ok(described)
}

fn search(request: &Request, operations: &dyn Operations) -> Result<Value, Problem> {
    let (mut intent, mut limit) = (String::new(), DEFAULT_LIMIT);
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        match &*name {
            "q" => intent = value.into_owned(),
            "limit" => {
                let wrong = || Problem::wrong(400, format!("limit: expected 1 to {MAX_LIMIT}")).about("limit");
                limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(wrong)?;
            }
            // What other programs add to addresses is not for the gateway.
            _ => {}
        }
    }
    found(operations, ("q", &intent), limit)
}

/// What fits an intent, best first, among the operations of all vendors: what each of them finds by itself cannot be
/// compared, since it knows no words but its own. The intent comes with the name of the parameter that it is.
pub fn found(operations: &dyn Operations, (name, intent): (&str, &str), limit: u32) -> Result<Value, Problem> {
    if intent.trim().is_empty() {
        let message = format!("{name}: expected what is to be done, in plain words");
        return Err(Problem::wrong(400, message).about(name));
    }
    // The index in a catalogue is of all its operations, so that it is read before some are left out.
    let catalogues = catalogues(&operations.describe())?;
    let found = Index::of(&catalogues.iter().collect::<Vec<_>>()).search(intent, limit as usize);
    let offer = Offer::from(catalogues);
    let mut entries = Vec::new();
    for found in &found {
        let Ok(one) = offer.get(&found.id) else { continue };
        let score = (f64::from(found.score) * 100.0).round() / 100.0;
        entries.push(json!({
            "id": one.id(), "effect": one.effect(), "summary": one.summary(), "score": score, "weak": found.weak(),
        }));
    }
    let mut answer = json!({ "operations": entries });
    if let Some(hint) = hint(found.first().map(|best| best.weak()), &offer.titles()) {
        answer["hint"] = hint.into();
    }
    Ok(answer)
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
    let too_large = || Problem::wrong(413, format!("the body is longer than {MOST} bytes"));
    let length = request.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST as u64) {
        return Err(too_large());
    }
    body(MOST).map_err(|problem| match problem {
        NoBody::TooLarge => too_large(),
        NoBody::Broken => Problem::wrong(400, "the body ended before its end"),
    })
}

fn allow(request: &Request, methods: &[&str]) -> Result<(), Problem> {
    if methods.contains(&&*request.method) {
        return Ok(());
    }
    let allowed = methods.join(", ");
    Err(Problem::wrong(405, format!("expected the method {allowed}")).with("allow", allowed))
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
