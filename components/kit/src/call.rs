//! One call, start to end:
//!
//! input → wire → check → route, query or body → settings, auth → send → again? → judge → wire → output

use crate::api::{Api, Auth, Row};
use crate::dispatch::{Component, Operation, perform};
use crate::encode::{Encoded, encode};
use crate::error::{Problem, fail, invalid, misconfigured};
use crate::http::{self, Failure, Limits, Reply, Request};
use crate::judge::judge;
use crate::retry::{Outcome, Try, asked_ms};
use crate::route::{Base, fill};
use crate::settings::Settings;
use crate::types::{Advice, Error, ErrorKind};
use crate::wire;
use base64::Engine;
use serde_json::{Map, Value};

/// One call by a caller: what it is about and when it has to be over. A recipe passes it on to each of its exchanges, so
/// that they share one deadline.
#[derive(Debug)]
pub struct Call {
    pub(crate) api: &'static Api,
    operations: &'static [Operation],
    pub(crate) settings: Settings,
    started_ms: u64,
}

impl Call {
    /// A call that begins now.
    pub(crate) fn begin(component: &'static Component) -> Call {
        let Component { api, operations, .. } = *component;
        Call { api, operations, settings: Settings(http::environment()), started_ms: http::now_ms() }
    }

    /// Another operation as a step of this call: its input and output in WIT's spelling.
    pub fn step(&self, name: &str, input: Value) -> Result<Value, Error> {
        match self.operations.iter().find(|operation| operation.name == name) {
            Some(operation) => perform(self, operation, input),
            None => Err(fail(ErrorKind::Failed, format!("{} has no operation \"{name}\"", self.api.title))),
        }
    }

    /// A setting that has to be there.
    pub fn setting(&self, name: &str) -> Result<&str, Error> {
        self.settings.require(name)
    }

    fn limits(&self) -> Result<Limits, Error> {
        Ok(Limits {
            deadline_ms: self.started_ms.saturating_add(self.settings.number("OUTWIT_DEADLINE_MS")?),
            connect_ms: self.settings.number("OUTWIT_CONNECT_TIMEOUT_MS")?,
            body_bytes: usize::try_from(self.settings.number("OUTWIT_MAX_BODY_BYTES")?).unwrap_or(usize::MAX),
        })
    }
}

/// What the vendor answered: its result, or none where it holds nothing.
struct Answer {
    status: u16,
    result: Option<Value>,
}

/// One request and its answer: what most operations are. Input and output are in WIT's spelling.
pub(crate) fn exchange(call: &Call, operation: &Operation, input: &Value) -> Result<Value, Error> {
    let (row, names) = (operation.row, &call.api.names);
    let params = operation.input.map_or(Value::Null, |ty| wire::write(ty, input, names));
    let read = run(call, row, params).and_then(|answer| match (operation.output, answer.result) {
        (None, _) => Ok(Value::Null),
        (Some(ty), Some(result)) => wire::read(ty, &result, names, "response")
            .map_err(|fault| unreadable(call, row, answer.status, &fault.to_string())),
        (Some(_), None) => Err(unreadable(call, row, answer.status, "an answer without content")),
    });
    let redact = |text| call.settings.redact(text, call.api.settings);
    read.map_err(|error| Error { message: redact(error.message), code: error.code.map(redact), ..error })
}

/// The request went well, and what came of it is not understood.
fn unreadable(call: &Call, row: &Row, status: u16, fault: &str) -> Error {
    let message = format!("{} answered something unexpected: {fault}", call.api.title);
    let maybe_done = row.effect != crate::Effect::Read;
    Error { status: Some(status), maybe_done, ..fail(ErrorKind::Unreadable, message) }
}

fn run(call: &Call, row: &Row, input: Value) -> Result<Answer, Error> {
    let api = call.api;
    let mut params = match input {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    let ours = |problem: Problem| invalid(&ours_name(api, &problem.field), problem.expected);
    check_bounds(api, &params).map_err(ours)?;
    if let Some(prepare) = row.prepare {
        prepare(&mut params).map_err(ours)?;
    }
    let path = fill(row.route, &mut params, &call.settings)?.map_err(ours)?;
    let base = Base::of(api, &call.settings)?;
    for (name, value) in row.defaults {
        params.entry(*name).or_insert_with(|| Value::String((*value).to_owned()));
    }
    let encoded = encode(api, row, params);
    let query = if encoded.query.is_empty() { String::new() } else { format!("?{}", encoded.query) };
    let request = Request {
        method: encoded.method,
        https: base.https,
        authority: &base.authority,
        path_and_query: &format!("{}{path}{query}", base.path),
        headers: headers(call, row, &encoded)?,
        body: encoded.body.as_deref(),
    };
    send(call, row, &request)
}

/// How callers call a field that the vendor calls so; what is below it stays as it is.
fn ours_name(api: &Api, theirs: &str) -> String {
    let (name, rest) = theirs.split_at(theirs.find(['.', '[']).unwrap_or(theirs.len()));
    format!("{}{}", api.names.back(name), wire::kebab(rest))
}

fn check_bounds(api: &Api, params: &Map<String, Value>) -> Result<(), Problem> {
    for (name, least, most) in api.bounds {
        if let Some(value) = params.get(*name).and_then(Value::as_u64)
            && !(*least..=*most).contains(&value)
        {
            return Err(Problem::new(*name, format!("expected {least} to {most}, got {value}")));
        }
    }
    Ok(())
}

fn headers(call: &Call, row: &Row, encoded: &Encoded) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut headers = vec![
        ("accept".to_owned(), b"application/json".to_vec()),
        ("user-agent".to_owned(), concat!("outwit/", env!("CARGO_PKG_VERSION")).into()),
    ];
    if let Some(body) = &encoded.body {
        headers.push(("content-type".to_owned(), encoded.content_type.into()));
        headers.push(("content-length".to_owned(), body.len().to_string().into()));
    }
    if !call.settings.host_authenticates() {
        let setting = |name| {
            let value = call.settings.require(name)?;
            let sendable = value.bytes().all(|b| (0x21..0x7f).contains(&b));
            sendable.then_some(value).ok_or_else(|| misconfigured(name, "holds characters that no header can carry"))
        };
        let credential = match row.auth.unwrap_or(call.api.auth) {
            Auth::None => None,
            Auth::Bearer { token } => Some(("authorization", format!("Bearer {}", setting(token)?))),
            Auth::Basic { user, password } => {
                let pair = format!("{}:{}", setting(user)?, setting(password)?);
                let pair = base64::prelude::BASE64_STANDARD.encode(pair);
                Some(("authorization", format!("Basic {pair}")))
            }
            Auth::Header { name, key } => Some((name, setting(key)?.to_owned())),
        };
        headers.extend(credential.map(|(name, value)| (name.to_owned(), value.into_bytes())));
    }
    Ok(headers)
}

fn send(call: &Call, row: &Row, request: &Request<'_>) -> Result<Answer, Error> {
    let limits = call.limits()?;
    let most = call.settings.number("OUTWIT_TRIES")?;
    let mut count = 0;
    loop {
        count += 1;
        let sent = http::send(request, &limits);
        let (outcome, asked) = match &sent {
            Ok(reply) => (outcome(reply), asked_of(reply)),
            Err(Failure::NotSent(_)) => (Outcome::NotSent, None),
            Err(Failure::Denied | Failure::TooLarge) => (Outcome::Final, None),
            Err(Failure::Lost(_) | Failure::TimedOut) => (Outcome::Unknown, None),
        };
        let left_ms = limits.deadline_ms.saturating_sub(http::now_ms());
        let this = Try { count, most, repeatable: row.repeatable, left_ms, asked_ms: asked, noise: http::noise() };
        if let Some(wait) = this.wait_ms(outcome) {
            http::sleep_ms(wait);
            continue;
        }
        let judged = match sent {
            Ok(reply) => judge(call.api, row, &reply).map(|result| Answer { status: reply.status, result }),
            Err(failure) => Err(unsent(call.api, &failure, &limits)),
        };
        return judged.map_err(|error| conclude(row, error, outcome, asked));
    }
}

fn outcome(reply: &Reply) -> Outcome {
    match reply.status {
        429 => Outcome::Refused,
        408 | 500.. => Outcome::Unknown,
        _ => Outcome::Final,
    }
}

fn asked_of(reply: &Reply) -> Option<u64> {
    match reply.status {
        429 => asked_ms(&reply.headers, http::unix_now()),
        // Quota headers come with every answer; here they say nothing of when it will be better.
        401 | 503 => {
            let named = |header: &&(String, Vec<u8>)| header.0.eq_ignore_ascii_case("retry-after");
            asked_ms(reply.headers.iter().find(named).map(std::slice::from_ref)?, http::unix_now())
        }
        _ => None,
    }
}

fn unsent(api: &Api, failure: &Failure, limits: &Limits) -> Error {
    let title = api.title;
    match failure {
        Failure::Denied => {
            fail(ErrorKind::Denied, format!("the host does not let this component send that to {title}"))
        }
        Failure::NotSent(why) => fail(ErrorKind::Unavailable, format!("{title} cannot be reached: {why}")),
        Failure::Lost(why) => fail(ErrorKind::Unavailable, format!("{title} gave no complete answer: {why}")),
        Failure::TimedOut => fail(ErrorKind::TimedOut, format!("{title} gave no complete answer in time")),
        Failure::TooLarge => {
            let most = limits.body_bytes;
            let message = format!("{title} answered more than OUTWIT_MAX_BODY_BYTES allows ({most} bytes)");
            Error { advice: Advice::ChangeInput, ..fail(ErrorKind::Unreadable, message) }
        }
    }
}

/// Adds what only the whole story tells: how long to wait, and whether a write may have been done.
fn conclude(row: &Row, error: Error, outcome: Outcome, asked: Option<u64>) -> Error {
    let read = row.effect == crate::Effect::Read;
    // 303: it was done, and what came of it stands elsewhere.
    let done = outcome == Outcome::Unknown || error.kind == ErrorKind::Unreadable || error.status == Some(303);
    let maybe_done = !read && done;
    let advice = match error.advice {
        // Somebody has to look whether it was done before it is sent again, with the same input or another.
        Advice::RetryLater | Advice::ChangeInput if maybe_done && !row.repeatable => Advice::AskPerson,
        advice => advice,
    };
    Error { maybe_done, advice, retry_after_ms: asked, ..error }
}
