//! Accelo, API v0: activities, companies, contacts, staff, jobs, tasks, tickets and OAuth, for the tenant `juniper-works`.
//!
//! Behaves as the vendor's documentation and its clients describe it: an envelope around every answer, numbers as strings,
//! unknown filters and fields ignored, 400 where others answer 404. Parameters that the documentation does not have for a
//! request, and values of another type, are refused; the vendor is only known to refuse the second. Every token acts as staff
//! member 21, Mirela Osei.
//!
//! One route is the mock's own. `/mock`, with any method and without a token, sets these switches from its query and
//! answers with their values:
//!
//! | Parameter | Meaning |
//! |---|---|
//! | `strict=1` | what is else ignored is refused with 400: unknown filters and fields, `billable` against what cannot be billed |
//! | `omit_response=1` | the answer to a delete has no `response`, instead of null |
//! | `reparent_tasks=1` | an activity against a task is moved to the task's job |
//! | `drop_time=1` | no time is taken, as where the user may not log any |
//! | `quota=3` | requests in an hour; 5000 at the start |
//! | `advance=3600` | moves the clock by that many seconds, for tokens, codes, the quota and the lockout |

mod activities;
mod added;
mod added_tables;
mod desk;
mod desk_tables;
mod fields;
mod filter_tables;
mod filters;
mod grants;
mod guard;
mod lists;
mod oauth;
mod people;
mod reads;
mod reply;
mod request;
mod sales_tables;
mod seed;
mod store;
mod tables;
mod work;
mod work_tables;

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use self::fields::{Fields, project};
use self::grants::{ACTING_STAFF, CLIENT_ID, CLIENT_SECRET, DEPLOYMENT, Grants, TOKEN, Token};
use self::guard::{Lockout, Quota};
use self::reply::{Failure, Outcome, envelope, failure, forbidden, invalid, oauth_error, send};
use self::request::Call;
use self::store::{Record, Store};
use self::tables::{Kind, resource};
use crate::facts::{Facts, Fault};
use crate::{Vendor, facts, lock, parts};

pub fn vendor() -> Vendor {
    let settings = vec![
        ("ACCELO_DEPLOYMENT", DEPLOYMENT.to_owned()),
        ("ACCELO_TOKEN", TOKEN.to_owned()),
        ("ACCELO_CLIENT_ID", CLIENT_ID.to_owned()),
        ("ACCELO_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
    ];
    let world = Arc::new(Mutex::new(World::new()));
    // There is one handler, because `_method` must be honoured before a route is looked for.
    Vendor { settings, router: Router::new().fallback(answer).with_state(world) }
}

/// Everything that one server remembers.
struct World {
    store: Store,
    grants: Grants,
    quota: Quota,
    lockout: Lockout,
    switches: Switches,
    /// What the documentation says, in parts: one for each component.
    facts: Vec<Facts>,
    /// Seconds that the clock was moved by.
    advance: u64,
}

#[derive(Default)]
struct Switches {
    strict: bool,
    omit_response: bool,
    reparent_tasks: bool,
    drop_time: bool,
}

impl World {
    fn new() -> World {
        World {
            store: seed::store(clock()),
            grants: Grants::new(),
            quota: Quota::new(5000),
            lockout: Lockout::default(),
            switches: Switches::default(),
            facts: parts("accelo").into_iter().map(|part| facts(part, "api")).collect(),
            advance: 0,
        }
    }

    /// Unix seconds.
    fn now(&self) -> u64 {
        clock().saturating_add(self.advance)
    }
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return oauth_error(&invalid("The body could not be read."));
    };
    let call = Call::read(&parts, &body);
    let mut world = lock(&world);
    match call.segments.first().map(String::as_str) {
        Some("mock") => switch(&mut world, &call),
        Some("oauth2") => oauth::answer(&mut world, &call),
        Some("api") => api(&mut world, &call),
        _ => envelope(&call, Err(no_such_resource())),
    }
}

fn switch(world: &mut World, call: &Call) -> Response {
    let Switches { strict, omit_response, reparent_tasks, drop_time } = &mut world.switches;
    let flags = [
        ("strict", strict),
        ("omit_response", omit_response),
        ("reparent_tasks", reparent_tasks),
        ("drop_time", drop_time),
    ];
    for (name, flag) in flags {
        if call.params.contains_key(name) {
            *flag = call.switch(name);
        }
    }
    if let Ok(Some(quota)) = call.number("quota") {
        world.quota.limit = quota;
    }
    if let Ok(Some(seconds)) = call.number("advance") {
        // Sums of the clock and a lifetime must stay far from overflowing.
        world.advance = world.advance.saturating_add(seconds).min(1 << 40);
    }
    let values = json!({
        "strict": world.switches.strict,
        "omit_response": world.switches.omit_response,
        "reparent_tasks": world.switches.reparent_tasks,
        "drop_time": world.switches.drop_time,
        "quota": world.quota.limit,
        "now": world.now(),
    });
    send(200, "application/json", values.to_string())
}

/// The tenant is part of the host name; on loopback there is none, and any tenant is right.
fn api(world: &mut World, call: &Call) -> Response {
    let host = call.host.as_deref().unwrap_or_default().to_ascii_lowercase();
    if let Some(tenant) = host.strip_suffix(".api.accelo.com").filter(|tenant| *tenant != DEPLOYMENT) {
        return envelope(call, Err(invalid(format!("Deployment '{tenant}' was not found."))));
    }
    let token = match authenticate(world, call) {
        Ok(token) => token,
        Err(failure) => return envelope(call, Err(failure)),
    };
    let now = world.now();
    let outcome = world.quota.spend(now, DEPLOYMENT).and_then(|()| match &call.broken {
        Some(broken) => Err(broken.clone()),
        None => route(world, call, &token),
    });
    let mut response = envelope(call, outcome);
    world.quota.write_headers(&mut response);
    response
}

fn authenticate(world: &mut World, call: &Call) -> Result<Token, Failure> {
    let now = world.now();
    let parameter = call.text("_bearer_token");
    // The one place where a second token is meant: it is the one to describe.
    let describes = call.segments.last().is_some_and(|last| last == "tokeninfo");
    let text = match (&call.bearer, &parameter) {
        (Some(_), Some(_)) if !describes => return Err(invalid("More than one access token was supplied.")),
        (Some(token), _) | (None, Some(token)) => token,
        (None, None) => return Err(failure(401, "invalid_client", "No access token was supplied.")),
    };
    let refused = || failure(401, "invalid_client", "The access token is not valid.");
    let found = world.grants.token(text, now).cloned().ok_or_else(refused);
    world.lockout.check(now, found)
}

fn route(world: &mut World, call: &Call, token: &Token) -> Outcome {
    let path: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    let (method, ["v0", plural, rest @ ..]) = (call.method.as_str(), path.as_slice()) else {
        return Err(no_such_resource());
    };
    if (method, *plural, rest) == ("GET", "tokeninfo", &[]) {
        return oauth::describe(world, call, token);
    }
    if let ("GET", "progressions", ["history", rest @ ..]) = (method, *plural, rest) {
        documented(world, call)?;
        return reads::history(world, rest, call);
    }
    if (method, *plural, rest) == ("GET", "user", &[]) {
        documented(world, call)?;
        return reads::user(world, call);
    }
    if *plural == "webhooks" {
        documented(world, call)?;
        return desk::webhooks(world, method, rest, call);
    }
    let kind = resource(plural).ok_or_else(no_such_resource)?;
    if !token.scope.allows(kind.plural, method != "GET") {
        return Err(forbidden(format!("The token's scope does not cover this use of {}.", kind.plural)));
    }
    documented(world, call)?;
    if kind.name == "timer" {
        added::refuse_service(token)?;
    }
    if let ("GET", Some(outcome)) = (method, reads::read(world, kind, rest, call)) {
        return outcome;
    }
    // Of quotes, the mock has the statuses alone.
    if kind.name == "quote" {
        return Err(no_such_resource());
    }
    match (method, rest) {
        ("GET", []) => lists::list(world, kind, call),
        ("GET", ["whoami"]) if kind.name == "staff" => show(world, kind, call, ACTING_STAFF),
        ("GET", ["periods", id]) if kind.name == "contract" => desk::period(world, call, id, None),
        ("PUT" | "POST", ["periods", id, word]) if kind.name == "contract" => desk::period(world, call, id, Some(word)),
        ("GET", [id, "periods"]) if kind.name == "contract" => desk::periods(world, call, id),
        ("GET", [word @ ("profiles" | "extensions"), "fields"]) => added::fields(world, kind, word, call),
        ("GET", [id, word @ ("profiles" | "extensions"), "values"]) => added::values(world, kind, id, word, call),
        ("PUT", [id, word @ ("profiles" | "extensions"), "values", value]) => {
            added::write(world, kind, [id, word, "values", value], call)
        }
        ("POST", [id, word @ ("profiles" | "extensions"), "fields", field]) => {
            added::write(world, kind, [id, word, "fields", field], call)
        }
        ("GET", [id, "collections"]) => added::collections(world, kind, id, call),
        ("PUT" | "POST", [id, word @ ("start" | "pause")]) if kind.name == "timer" => {
            let (number, record) = find(world, kind, id)?;
            added::move_timer(world, number, record, word)?;
            show(world, kind, call, id)
        }
        ("GET", ["count"]) if ["contract", "milestone"].contains(&kind.name) => {
            // Documented as a bare number.
            Ok(lists::count(world, kind, call)?.and_then(|mut count| count.get_mut("count").map(Value::take)))
        }
        ("GET", ["count"]) => lists::count(world, kind, call),
        ("GET", ["allocations"]) if kind.name == "activity" => lists::allocations(world, kind, call),
        ("GET", [id]) => show(world, kind, call, id),
        ("GET", [id, "progressions"]) => work::progressions(world, kind.name, &find(world, kind, id)?.1),
        ("POST" | "PUT", [id, "progressions", rest @ ..]) => {
            let (number, record) = find(world, kind, id)?;
            match (kind.name, rest) {
                ("task", [word @ ("start" | "done")]) => work::advance(world, number, record, word)?,
                (_, [progression, "auto"]) => work::run(world, kind.name, number, record, progression)?,
                _ => return Err(no_such_resource()),
            }
            show(world, kind, call, id)
        }
        // No task or request is ever deleted.
        (_, _) if READ_ONLY.contains(&kind.name) => Err(no_such_resource()),
        ("DELETE", _) if ["task", "request"].contains(&kind.name) => Err(no_such_resource()),
        ("POST", []) => create(world, kind, call),
        ("PUT", [id]) => update(world, kind, call, id),
        ("DELETE", [id]) => delete(world, kind, id),
        _ => Err(no_such_resource()),
    }
}

/// What the mock does not write.
const READ_ONLY: [&str; 8] =
    ["staff", "milestone", "object_budget", "contract", "invoice", "resource", "rate", "payment"];

/// Parameters that every request may have.
const GENERAL: [&str; 6] =
    ["_method", "_bearer_token", "_suppress_message", "_suppress_http_status", "_suppress_meta", "_hide_defaults"];

/// Refuses a parameter that the documentation does not have for a request, and a value of another type. What is missing, or out
/// of range, is found where it is read.
fn documented(world: &World, call: &Call) -> Result<(), Failure> {
    let path = format!("/{}", call.segments.join("/"));
    // A path without parameters wins over one with, whichever part has it.
    let found = world.facts.iter().filter_map(|facts| Some((facts, facts.find(&call.method, &path)?)));
    let found = found.min_by_key(|(_, (_, parameters))| parameters.len());
    let Some((facts, (operation, parameters))) = found else { return Ok(()) };
    let blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    let given = call.params.iter().filter(|(name, value)| !GENERAL.contains(&name.as_str()) && !blank(value));
    let misfits = if operation.body.is_some() {
        let body = given.map(|(name, value)| (name.clone(), value.clone())).collect();
        facts.request(operation, &parameters, &[], Some(&Value::Object(body)), true)
    } else {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let query: Vec<_> = given.map(|(name, value)| (name.clone(), text(value))).collect();
        facts.request(operation, &parameters, &query, None, true)
    };
    // Pages of any size are numbers; they are read where the list is made.
    let counts = |fault: Fault, at: &str| fault == Fault::Unknown || fault == Fault::Type && !at.starts_with("query.");
    match misfits.iter().find(|misfit| counts(misfit.fault, &misfit.at)) {
        Some(misfit) => Err(invalid(misfit.to_string())),
        None => Ok(()),
    }
}

fn show(world: &World, kind: &Kind, call: &Call, id: &str) -> Outcome {
    let fields = Fields::of(call, kind, world.switches.strict)?;
    let (_, record) = find(world, kind, id)?;
    Ok(Some(project(&world.store, kind, &record, &fields, call.switch("_hide_defaults"))))
}

fn create(world: &mut World, kind: &Kind, call: &Call) -> Outcome {
    // A request that cannot be answered must not have been acted on.
    Fields::of(call, kind, world.switches.strict)?;
    let id = match kind.name {
        name if let Some(writes) = work::writes(name) => work::create(world, call, writes)?,
        "request" => desk::create_request(world, call)?,
        "timer" => added::create_timer(world, call)?,
        "activity" => activities::create(world, call)?,
        "company" => people::create_company(world, call)?,
        _ => people::create_contact(world, call)?,
    };
    show(world, kind, call, &id.to_string())
}

fn update(world: &mut World, kind: &Kind, call: &Call, id: &str) -> Outcome {
    Fields::of(call, kind, world.switches.strict)?;
    let (number, record) = find(world, kind, id)?;
    match kind.name {
        name if let Some(writes) = work::writes(name) => work::update(world, call, writes, number, record)?,
        "request" => desk::update_request(world, call, number, record)?,
        "timer" => added::update_timer(world, call, number, record)?,
        "activity" => activities::update(world, call, number, record)?,
        "company" => people::update_company(world, call, number, record)?,
        _ => people::update_contact(world, call, number, record)?,
    }
    show(world, kind, call, id)
}

fn delete(world: &mut World, kind: &Kind, id: &str) -> Outcome {
    let (number, record) = find(world, kind, id)?;
    match kind.name {
        "activity" => activities::delete(world, number),
        "company" | "job" | "issue" | "affiliation" | "prospect" | "expense" | "timer" => {
            world.store.remove(kind.name, number)
        }
        _ => people::deactivate_contact(world, number, record),
    }
    Ok((!world.switches.omit_response).then_some(Value::Null))
}

fn find(world: &World, kind: &Kind, id: &str) -> Result<(u64, Record), Failure> {
    let missing = || invalid(MISSING);
    let number = id.parse().map_err(|_| missing())?;
    Ok((number, world.store.get(kind.name, id).ok_or_else(missing)?.clone()))
}

/// The documentation's one sample of a failure: a company by an id that there is not. A bad argument is answered so, too.
const MISSING: &str = "The request could not be interpreted. This can be caused by missing or invalid data. Please ensure that the \
                       resource you are requesting actually exists.";

fn no_such_resource() -> Failure {
    invalid("There is no such resource.")
}
