//! Aero Workflow, API v1: the 39 operations of the vendor's document, for account 4821.
//!
//! What a request may hold, and the members and statuses of an answer, are `components/aero/facts/api.json`. The mock routes and
//! validates by these facts, and an answer has exactly the members of its record. What the document leaves open was decided so:
//!
//! - A refusal has a documented status and body where there is one. An id that is unknown or no number is 404, else 400, else
//!   500, whichever comes first in the document. A request that the vendor's framework would not pass on is 400 with `errors`,
//!   also where no 400 is documented. 405, 415 and 429 have a `message`.
//! - Names are foreign keys: compared exactly, and those of active records only. A project goes by its `fullProjectName`; an
//!   Aero is answered with the short name. `customerId` is a company's id, `aeroGroupId` a project's.
//! - A date that is absent and may not be null is in the year 1. A planned duration is `scheduledTotalHours`, or hours and
//!   minutes; if both are given, they have to agree.
//! - Priorities and statuses are answered as `Elevated` and `Not Started`, which is not how they are sent.
//! - An inactive record is in a list only with `active=Inactive` or `active=All`. Any other word means active records.
//! - The money entities are the companies and four more.
//! - The list of tasks has two pages. Tasks 90101 to 90152 are generated, those of `seed.json` come after them.
//! - Templates have no list. The firm's: 1, 299 and 304 (tasks with steps), 300 (appointment), 301 (e-mail), 302 (other), 303
//!   and 305 (incomplete, so not for a master Aero). The library's: 41 and 301 (tasks), 42, 43, 44, 45 (no Aero type), and 50,
//!   which is not part of the subscription: 403. Tasks can be made of templates for tasks only. Template 1 is there because the
//!   document, surely by a slip, lets steps be pulled from no other.
//! - Master Aero 2205 has three occurrences, 90501 to 90503. Dates are counted from the `startDate` of the request, which is
//!   the first one if the pattern has it; `numberOfDates` wins over `endOnDate`. At most 400 dates are made at once.
//!   `InsertOccurrences` continues after the last date with `numberOfDates` dates. Steps that are pulled, and a batch update,
//!   change the master Aero and none of its occurrences.
//! - SQL is one SELECT over one of the tables in `sql`; all values are answered as texts, NULL as an empty one.
//!
//! One route is the mock's own. `/mock`, with any method and without a key, sets these switches from its query and answers
//! with their values. The first word is the one at the start:
//!
//! | Parameter | Meaning |
//! |---|---|
//! | `members=refuse`, `ignore`, `zero` | members and parameters that the document does not have: refused; ignored, as the framework does; ignored, and absent numbers and flags that cannot be null are 0 and false, which their ranges must allow |
//! | `creation=occurrences`, `bare` | whether a new master Aero has its occurrences |
//! | `count=page`, `total` | what `count` of a list of Aeros counts |
//! | `hours=decimal`, `clock` | hours of a time entry as `2.5` or `02:30` |
//! | `empty=mixed`, `null`, `text` | what stands for an empty list and an absent text: `[]` and null; null for both; `[]` and an empty text |
//! | `throttle=3` | every third authenticated request from now on is refused with 429; 0 is never |
//! | `plain_errors=1` | 401 and 403 are HTML, as a gateway sends them |

mod calendar;
mod clients;
mod masters;
mod operations;
mod reply;
mod seed;
mod sql;
mod store;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde_json::{Value, json};

use self::operations::{Call, handler};
use self::reply::{Failure, JSON, invalid, refusal, send, success};
use self::store::{Record, Store};
use crate::facts::{Facts, Fault, Operation};
use crate::{Vendor, lock};

const ACCOUNT: &str = "4821";
/// Twenty characters of the vendor's alphabet, also of those that a URL or a shell would trip over.
const KEY: &str = "EXAMPLE^key!0?0#:*;0";
/// The second key, which an SQL statement needs beside the first.
const SQL_KEY: &str = "EXAMPLE-sql-key-0";

pub fn vendor() -> Vendor {
    let settings = [("AERO_ACCOUNT_ID", ACCOUNT), ("AERO_API_KEY", KEY), ("AERO_SQL_KEY", SQL_KEY)];
    let settings = settings.map(|(name, value)| (name, value.to_owned())).into();
    let world = World {
        facts: Arc::new(crate::facts("aero", "api")),
        store: seed::store(),
        switches: SWITCHES.iter().map(|(name, words)| (*name, words[0])).collect(),
        throttle: 0,
        counted: 0,
    };
    // There is one handler, since a path parameter that is a part of a segment is nothing that a router knows.
    Vendor { settings, router: Router::new().fallback(answer).with_state(Arc::new(Mutex::new(world))) }
}

/// Everything that one server remembers.
struct World {
    facts: Arc<Facts>,
    store: Store,
    switches: BTreeMap<&'static str, &'static str>,
    throttle: u64,
    /// Requests since `throttle` was set.
    counted: u64,
}

/// The switches with their words; the first is the one at the start.
const SWITCHES: [(&str, &[&str]); 6] = [
    ("members", &["refuse", "ignore", "zero"]),
    ("creation", &["occurrences", "bare"]),
    ("count", &["page", "total"]),
    ("hours", &["decimal", "clock"]),
    ("empty", &["mixed", "null", "text"]),
    ("plain_errors", &["0", "1"]),
];

impl World {
    fn is(&self, switch: &str, word: &str) -> bool {
        self.switches.get(switch) == Some(&word)
    }

    /// A record as it is answered: all members that `name` has in the facts, and no other.
    fn show(&self, name: &str, record: &Record) -> Value {
        let member = |member: &crate::facts::Member| {
            let absent = || if self.is("empty", "text") { member.ty.empty() } else { member.ty.absent() };
            let value = match record.get(&member.name) {
                Some(Value::Array(steps)) if member.name == "aeroSteps" => self.show_all("AeroStepRead", steps),
                Some(Value::Array(steps)) if member.name == "steps" => self.show_all("MasterAeroStepRead", steps),
                None | Some(Value::Null) => absent(),
                Some(value) => value.clone(),
            };
            let none = self.is("empty", "null") && value == json!([]);
            (member.name.clone(), if none { Value::Null } else { value })
        };
        Value::Object(self.facts.members(name).iter().map(member).collect())
    }

    fn show_all(&self, name: &str, records: &[Value]) -> Value {
        records.iter().filter_map(Value::as_object).map(|record| self.show(name, record)).collect()
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut world = lock(&world);
    if parts.uri.path() == "/mock" {
        return switch(&mut world, &query(&parts));
    }
    let facts = world.facts.clone();
    let found = facts.find(parts.method.as_str(), parts.uri.path());
    let operation = found.as_ref().map(|(operation, _)| *operation);
    match api(&mut world, &parts, &body, found.clone()) {
        Ok(value) => success(operation, value),
        Err(failure) => refusal(&facts, operation, &failure, world.is("plain_errors", "1")),
    }
}

fn switch(world: &mut World, query: &[(String, String)]) -> Response {
    for (name, value) in query {
        if name == "throttle" {
            (world.throttle, world.counted) = (value.parse().unwrap_or_default(), 0);
        }
        let words = SWITCHES.iter().find(|(switch, _)| switch == name);
        if let Some((switch, word)) = words.and_then(|(s, words)| Some((s, words.iter().find(|word| *word == value)?)))
        {
            world.switches.insert(switch, word);
        }
    }
    let mut values = json!(world.switches);
    values["throttle"] = world.throttle.into();
    send(200, JSON, values.to_string())
}

/// The order of the refusals is that of a gateway before an application: key, account, throttle, path, method, body.
fn api(
    world: &mut World,
    parts: &Parts,
    body: &Bytes,
    found: Option<(&Operation, Vec<(String, String)>)>,
) -> Result<Value, Failure> {
    let path = parts.uri.path();
    let Some((account, _)) = path.strip_prefix("/api/").and_then(|rest| rest.split_once('/')) else {
        return Err(Failure::Status(404, "There is nothing at this path.".into()));
    };
    if parts.headers.get("apikey").is_none_or(|key| key != KEY) {
        return Err(Failure::Status(401, "The key is not valid.".into()));
    }
    if account != ACCOUNT {
        return Err(Failure::Status(403, "The account does not belong to this key.".into()));
    }
    world.counted += 1;
    if world.throttle > 0 && world.counted.is_multiple_of(world.throttle) {
        return Err(Failure::Status(429, "Too many requests.".into()));
    }
    let Some((operation, path_parameters)) = found else {
        let (status, message) = match world.facts.methods(path).is_empty() {
            true => (404, "There is nothing at this path."),
            false => (405, "The path does not have this method."),
        };
        return Err(Failure::Status(status, message.into()));
    };
    let call = read(world, operation, parts, body, path_parameters)?;
    handler(operation)(world, &call)
}

/// The request's parameters and body, after the facts were held against them.
fn read(
    world: &World,
    operation: &Operation,
    parts: &Parts,
    body: &Bytes,
    path: Vec<(String, String)>,
) -> Result<Call, Failure> {
    let refuse = world.is("members", "refuse");
    let mut given = match operation.body {
        Some(_) => Some(object(parts, body)?),
        None if refuse && !body.is_empty() => Some(Value::Null),
        None => None,
    };
    let mut query = query(parts);
    let mut misfits = world.facts.request(operation, &path, &query, given.as_ref(), false);
    if !refuse && let Some(Value::Object(members)) = &mut given {
        for unknown in misfits.iter().filter(|misfit| misfit.fault == Fault::Unknown) {
            members.remove(unknown.at.trim_start_matches("body."));
        }
    }
    if world.is("members", "zero")
        && let Some(given) = &mut given
    {
        world.facts.with_absent(operation, given);
        misfits = world.facts.request(operation, &path, &query, Some(given), false);
    }
    misfits.retain(|misfit| refuse || misfit.fault != Fault::Unknown);
    query.retain(|(name, _)| operation.query.iter().any(|known| known.name == *name));
    if let Some(misfit) = misfits.iter().find(|misfit| misfit.at.starts_with("path.")) {
        return Err(Failure::Missing(misfit.at[5..].into(), misfit.expected.clone()));
    }
    if !misfits.is_empty() {
        return Err(invalid(misfits.iter().map(|misfit| {
            let member = misfit.at.split_once('.').map_or("$", |(_, member)| member);
            (member, misfit.expected.clone())
        })));
    }
    let body = given.and_then(|body| body.as_object().cloned()).unwrap_or_default();
    Ok(Call { path, query, body })
}

/// The body of a write, which is always one JSON object.
fn object(parts: &Parts, body: &Bytes) -> Result<Value, Failure> {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "text/json"
        && kind != "application/json"
        && !(kind.starts_with("application/") && kind.ends_with("+json"))
    {
        return Err(Failure::Status(415, "The body has to be JSON.".into()));
    }
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(invalid([("$", "expected an object")])),
        // No words of the parser's, which could quote a secret.
        Err(_) => Err(invalid([("$", "expected JSON")])),
    }
}

fn query(parts: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}
