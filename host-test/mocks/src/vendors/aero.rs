//! Aero Workflow, API v1: Aeros of four categories, templates, recurrences, clients, lookups and SQL, for account 4821.
//!
//! The vendor's document is not public. Paths, names of members and the bodies of creates follow its clients and its help
//! centre; the rest is deduced, and where a choice was open it was made like this:
//!
//! - Creates answer 200 with the whole record. A member that has no value is null, a flag that was not sent false.
//! - Names are foreign keys and compared exactly. What is inactive cannot be named, and an Aero that names an inactive
//!   company is answered with the company's id, as digits, in place of the name.
//! - The list of templates holds the firm's and the subscribed library's. Their ids are counted apart, so one id can occur
//!   twice, with different `isLibrary`. A library template outside of the subscription is refused with 403.
//! - Emails have no description: a template's, or the one in the body of a creation from a template, becomes `body`.
//! - Creating a MasterAero stores its schedule and inserts the first run of occurrences. Occurrences are Aeros with a
//!   `masterAeroId`, in the list of their category. `autoRenew` and `offset` are stored and do nothing.
//! - By month on the fifth Friday means the last one where a month has four. More than 500 occurrences at once are refused.
//! - Steps that are added or pulled go into the MasterAero and into those of its occurrences that are `notstarted`.
//! - SQL is SQLite's, over the tables and columns in [`sql::TABLES`].
//!
//! One route is the mock's own. `/mock`, with any method and without a key, sets these switches from its query and answers
//! with their values:
//!
//! | Parameter | Meaning |
//! |---|---|
//! | `rows=1` | SQL answers `{"rows": […]}`; a bare array else |
//! | `envelope=other` | lists stand in the member `items`; `bare` is an array without an object, `documented` the start |
//! | `empty=1` | what changes a MasterAero's steps or occurrences is answered with 200 and no body |
//! | `throttle=3` | every third authenticated request from now on is refused with 429; 0 is never |
//! | `plain_errors=1` | 401 and 403 are HTML, as a gateway sends them |

mod aeros;
mod calendar;
mod clients;
mod fields;
mod masters;
mod operations;
mod reply;
mod seed;
mod sql;
mod store;
mod tables;
mod templates;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde_json::{Value, json};

use self::operations::{Asked, find};
use self::reply::{Failure, Outcome, failure, invalid, problem, send};
use self::store::{Record, Store};
use crate::{Vendor, lock};

const ACCOUNT: u64 = 4821;
/// Twenty characters of the vendor's alphabet, also of those that a URL or a shell would trip over.
const KEY: &str = "EXAMPLE^key!0?0#:*;0";

pub fn vendor() -> Vendor {
    let settings = vec![("AERO_ACCOUNT_ID", ACCOUNT.to_string()), ("AERO_API_KEY", KEY.to_owned())];
    let world = World { store: seed::store(), switches: Switches::default() };
    // There is one handler, since a path parameter that is a part of a segment is nothing that a router knows.
    Vendor { settings, router: Router::new().fallback(answer).with_state(Arc::new(Mutex::new(world))) }
}

/// Everything that one server remembers.
struct World {
    store: Store,
    switches: Switches,
}

#[derive(Default)]
struct Switches {
    rows: bool,
    envelope: Envelope,
    empty: bool,
    plain_errors: bool,
    throttle: u64,
    /// Requests since `throttle` was set.
    counted: u64,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Envelope {
    #[default]
    Documented,
    Other,
    Bare,
}

const ENVELOPES: [(&str, Envelope); 3] =
    [("documented", Envelope::Documented), ("other", Envelope::Other), ("bare", Envelope::Bare)];

impl World {
    /// A list as the vendor wraps it, in the member `name`, or as the switch wants it.
    fn list(&self, name: &str, items: Vec<Value>) -> Value {
        match self.switches.envelope {
            Envelope::Documented => json!({ name: items }),
            Envelope::Other => json!({ "items": items }),
            Envelope::Bare => items.into(),
        }
    }

    /// The answer of an operation whose clients must do without one.
    fn silent(&self, answer: Value) -> Outcome {
        Ok((!self.switches.empty).then_some(answer))
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut world = lock(&world);
    if parts.uri.path() == "/mock" {
        return switch(&mut world, &query(&parts));
    }
    match api(&mut world, &parts, &body) {
        Ok(Some(answer)) => send(200, "application/json; charset=utf-8", answer.to_string()),
        Ok(None) => Response::default(),
        Err(failure) => problem(&failure, parts.uri.path(), world.switches.plain_errors),
    }
}

fn switch(world: &mut World, query: &[(String, String)]) -> Response {
    let switches = &mut world.switches;
    for (name, value) in query {
        let on = value == "1" || value == "true";
        match name.as_str() {
            "rows" => switches.rows = on,
            "empty" => switches.empty = on,
            "plain_errors" => switches.plain_errors = on,
            "envelope" => {
                let known = ENVELOPES.iter().find(|(word, _)| word == value);
                switches.envelope = known.map_or(switches.envelope, |(_, envelope)| *envelope);
            }
            "throttle" => {
                switches.throttle = value.parse().unwrap_or_default();
                switches.counted = 0;
            }
            _ => {}
        }
    }
    let envelope = ENVELOPES.iter().find(|(_, envelope)| *envelope == switches.envelope);
    let values = json!({
        "rows": switches.rows,
        "envelope": envelope.map(|(word, _)| word),
        "empty": switches.empty,
        "plain_errors": switches.plain_errors,
        "throttle": switches.throttle,
    });
    send(200, "application/json", values.to_string())
}

/// The order of the refusals is that of a gateway before an application: key, account, throttle, path, method, body.
fn api(world: &mut World, parts: &Parts, body: &Bytes) -> Outcome {
    let segments: Vec<&str> = parts.uri.path().split('/').skip(1).collect();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let [api, account, rest @ ..] = segments.as_slice() else { return Err(failure(404)) };
    if !api.eq_ignore_ascii_case("api") || !digits(account) {
        return Err(failure(404));
    }
    if parts.headers.get("apikey").is_none_or(|key| key != KEY) {
        return Err(failure(401));
    }
    if account.parse() != Ok(ACCOUNT) {
        return Err(failure(403).because("The key belongs to another account."));
    }
    throttle(&mut world.switches)?;
    let (operation, category, id) = find(&parts.method, rest)?;
    let body = if parts.method == "GET" { Record::new() } else { object(parts, body)? };
    operation(world, &Asked { category, id, query: query(parts), body })
}

fn throttle(switches: &mut Switches) -> Result<(), Failure> {
    if switches.throttle == 0 {
        return Ok(());
    }
    switches.counted += 1;
    if switches.counted.is_multiple_of(switches.throttle) { Err(failure(429)) } else { Ok(()) }
}

/// The body of a write, which is always one JSON object.
fn object(parts: &Parts, body: &Bytes) -> Result<Record, Failure> {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(failure(415));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(invalid("$", "The JSON value is not an object.")),
        Err(error) => Err(invalid("$", format!("The body is not valid JSON: {error}."))),
    }
}

fn query(parts: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}
