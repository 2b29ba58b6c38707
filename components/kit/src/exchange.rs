//! One request and its answer, start to end:
//!
//! input → wire → check → route, query or body → settings, auth → send → again? → judge → wire → output

use crate::api::{Api, Effect};
use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::dispatch::Operation;
use crate::encode::encode;
use crate::error::{FieldError, fail, invalid};
use crate::imported::CAN_BE;
use crate::json;
use crate::output::{another, unreadable};
use crate::reply::Reply;
use crate::response::{Refused, blames_settings, clean, judge};
use crate::retry::{Outcome, Try};
use crate::route::{Base, fill, taken};
use crate::secrets::{INSTEAD, Secrets};
use crate::types::{Advice, Error, ErrorKind};
use crate::wire::{self, Kind, Names, Node, Sink, Type, withhold};
use crate::world::{Body, Failure, Incoming, Limits, Outside, Request};
use headers::headers;
pub(crate) use headers::{basic, common_headers};
use outwit_core::asked_ms;
pub(crate) use reading::Reading;
use serde_json::{Map, Value};
use std::cell::OnceCell;

mod headers;
mod reading;

/// The body of the answer that counts, for as long as what is read from it.
pub(crate) type BodyCell = OnceCell<Vec<u8>>;

/// What came back.
pub(crate) enum Received<'h> {
    /// A result, or none where the answer holds nothing.
    Answer(Answer<'h>),
    /// An answer whose body comes piece by piece.
    Pieces(Incoming),
}

/// An answer that came at once.
pub(crate) struct Answer<'h> {
    pub status: u16,
    pub result: Option<Node<'h>>,
    /// What an answer is that was to come in pieces.
    pub content: Option<String>,
    /// Where the vendor says that what was made stands.
    pub location: Option<String>,
}

/// One request and its answer: what most operations are. Input and output are in WIT's spelling; the output borrows from the
/// answer's body.
pub(crate) fn exchange<'h>(
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    body_cell: &'h BodyCell,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let secrets = Secrets::of(call, input);
    let mut cleaning = None;
    // A sink in between takes its time for each record.
    let out: &mut dyn Sink<'h> = match secrets.is_empty() {
        true => out,
        false => cleaning.insert(secrets.out_of_parts(out)),
    };
    let mut reading = Reading { body: body_cell, out: Some(out), list: None };
    let done = send(call, operation, input, &secrets, &mut reading).and_then(|(resolved, received)| match received {
        Received::Answer(answer) => {
            let record = answer.result.as_ref();
            let other = record.and_then(|record| another(operation, resolved.names, input, record));
            let status = answer.status;
            reading.output(call, resolved, operation.output, answer)?;
            other.map_or(Ok(()), |(id, asked)| {
                let mut id = Node::Text(id);
                // Before it is shortened: of a secret in several words, a part would not be recognised.
                secrets.out_of_result(&mut id);
                let fault = format!("the record {} instead of {asked}", clean(id.as_str().unwrap_or_default(), 80));
                Err(unreadable(call, resolved, status, &fault))
            })
        }
        Received::Pieces(_) => Err(unreadable(call, resolved, 200, "an answer in pieces")),
    });
    secrets.out_of(done).map_err(|error| reread(call, operation, input, error))
}

/// The error, which the record's own operation makes clear where it may mean that there is no such record.
fn reread(call: &Call, operation: &Operation, input: &Node<'_>, mut error: Error) -> Error {
    let Some((code, read)) = operation.row.reread else { return error };
    let id = input.at("/id").and_then(Node::as_str);
    let (ErrorKind::Rejected, true, Some(id)) = (error.kind, error.code.as_deref() == Some(code), id) else {
        return error;
    };
    let found = match call.step(read, json!({ "id": id })) {
        Ok(_) => "the record exists, so another value of the input is at fault",
        Err(Error { kind: ErrorKind::NotFound, .. }) => {
            (error.kind, error.advice) = (ErrorKind::NotFound, ErrorKind::NotFound.advice());
            "there is no record with this id"
        }
        Err(_) => "the record does not exist, or another value of the input is at fault",
    };
    error.message = format!("{} ({found})", error.message);
    error
}

/// Sends the operation's request, in the dialect that is meant where the vendor has several.
pub(crate) fn send<'h>(
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    secrets: &Secrets,
    reading: &mut Reading<'_, 'h>,
) -> Result<(ResolvedRow, Received<'h>), Error> {
    match &call.api.dialects {
        Some(dialects) => (dialects.send)(call, operation, input, secrets, reading),
        None => {
            let resolved = ResolvedRow::of(call, operation, operation.row, None);
            Ok((resolved, send_as(call, resolved, operation, input, secrets, reading)?))
        }
    }
}

/// Sends the operation's request, again where that is allowed, and judges the answer.
pub(crate) fn send_as<'h>(
    call: &Call,
    resolved: ResolvedRow,
    operation: &Operation,
    input: &Node<'_>,
    secrets: &Secrets,
    reading: &mut Reading<'_, 'h>,
) -> Result<Received<'h>, Error> {
    let (api, row) = (call.api, resolved.row);
    if let (true, Some(imported)) = (CAN_BE, &api.imported) {
        let built = (imported.build)(call, imported, resolved, operation, input)?;
        let request = Request {
            method: row.method,
            https: built.base.https,
            authority: &built.base.authority,
            path_and_query: &built.path_and_query,
            headers: built.headers,
            body: built.body.as_deref(),
        };
        return deliver(call, resolved, operation.output, &request, secrets, reading);
    }
    let mut params = match operation.input.map_or(Value::Null, |ty| wire::write(ty, input, resolved.names)) {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    let ours = |problem: FieldError| invalid(&ours_name(resolved.names, &problem.field), problem.expected);
    check_switched(call, resolved, &params)?;
    if let Some(prepare) = row.prepare {
        prepare(&mut params).map_err(ours)?;
    }
    let path = fill(row.route, &mut params, &call.settings)?.map_err(ours)?;
    let base = Base::of(api, None, &call.settings)?;
    for (name, value) in row.defaults {
        params.entry(*name).or_insert_with(|| Value::String((*value).to_owned()));
    }
    for (name, setting) in row.body_secrets {
        let secret = call.settings.require(setting)?;
        if !call.settings.host_authenticates() {
            params.insert((*name).to_owned(), secret.into());
        }
    }
    let mut encoded = encode(api, row, params);
    if operation.input.is_none_or(|ty| matches!(ty.kind, Kind::Record(fields) if fields.len() <= taken(row.route))) {
        // The path says everything that there is to say. What has a body by its method gets an empty one: jco's shim never
        // ends such a request without.
        encoded.body = encoded.body.map(|_| Vec::new());
    }
    let query = if encoded.query.is_empty() { String::new() } else { format!("?{}", encoded.query) };
    let request = Request {
        method: encoded.method,
        https: base.https,
        authority: &base.authority,
        path_and_query: &format!("{}{path}{query}", base.path),
        headers: headers(call, row, &encoded)?,
        body: encoded.body.as_deref(),
    };
    deliver(call, resolved, operation.output, &request, secrets, reading)
}

/// A request of an imported vendor that is ready to be sent.
pub(crate) struct Built {
    pub base: Base,
    pub path_and_query: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
}

/// How callers call a field that the vendor calls so; what is below it stays as it is.
pub(crate) fn ours_name(names: &Names, theirs: &str) -> String {
    let end = theirs.find(['.', '[']).unwrap_or(theirs.len());
    // `split_at` and slices bring their own way to panic into every component.
    let (name, rest) = theirs.split_at_checked(end).unwrap_or((theirs, ""));
    format!("{}{}", names.back(name), wire::kebab(rest))
}

fn check_switched(call: &Call, resolved: ResolvedRow, params: &Map<String, Value>) -> Result<(), Error> {
    for (name, setting) in resolved.row.switched {
        if params.contains_key(*name) && call.settings.get(setting) != Some("1") {
            let field = format!("input.{}", resolved.names.back(name));
            let message = format!("{field} is only taken with the setting {setting}=1");
            return Err(Error { field: Some(field), ..fail(ErrorKind::Denied, message) });
        }
    }
    Ok(())
}

const EVENTS: &str = "text/event-stream";
/// The most bytes that path and query may have. Hosts refuse addresses of 64 KiB.
const LONGEST_PATH: usize = 60_000;

fn deliver<'h>(
    call: &Call,
    resolved: ResolvedRow,
    output: Option<&Type>,
    request: &Request<'_>,
    secrets: &Secrets,
    reading: &mut Reading<'_, 'h>,
) -> Result<Received<'h>, Error> {
    let ResolvedRow { row, .. } = resolved;
    let length = request.path_and_query.len();
    if length > LONGEST_PATH {
        let message = format!("input: in the address, it takes {length} bytes, expected at most {LONGEST_PATH}");
        return Err(Error { field: Some("input".to_owned()), ..fail(ErrorKind::InvalidInput, message) });
    }
    let limits = call.limits()?;
    let most = call.settings.number("OUTWIT_TRIES")?;
    let (mut count, mut unknown) = (0, false);
    loop {
        count += 1;
        let sent = match call.world.send(request, &limits) {
            Ok(incoming) if row.stream.is_some() && comes_in_pieces(&incoming) => {
                return Ok(Received::Pieces(incoming));
            }
            Ok(incoming) => incoming.read_to_end(),
            Err(failure) => Err(failure),
        };
        let (outcome, asked) = match &sent {
            // What went well is final, whatever it says, and need not be read for that.
            Ok(reply) if reply.status >= 400 && blames_settings(call.api, &reply.body) => (Outcome::Final, None),
            Ok(reply) => (outcome(reply), asked_of(call, reply)),
            Err(Failure::NotSent(_)) => (Outcome::NotSent, None),
            Err(Failure::Denied | Failure::TooLarge) => (Outcome::Final, None),
            Err(Failure::Lost(_) | Failure::TimedOut) => (Outcome::Unknown, None),
        };
        unknown |= outcome == Outcome::Unknown;
        if outcome != Outcome::Final {
            let left_ms = limits.deadline_ms.saturating_sub(call.world.now_ms());
            let this =
                Try { count, most, repeatable: row.repeatable, left_ms, asked_ms: asked, noise: call.world.noise() };
            if let Some(wait) = this.wait_ms(outcome) {
                call.world.sleep_ms(wait);
                if !call.world.cancelled() {
                    continue;
                }
            }
        }
        let error = match sent {
            Ok(mut reply) => {
                let body = std::mem::take(&mut reply.body);
                let judged = if (200..300).contains(&reply.status) {
                    let body = reading.body.get_or_init(|| body);
                    judge(call.api, resolved, output, &reply, body, secrets, Some(&mut *reading))
                } else {
                    // Nothing of it stays, and another answer may follow.
                    let nothing = judge(call.api, resolved, output, &reply, &body, secrets, None).map(|_| None);
                    nothing.map_err(|Refused { error, .. }| Refused { error, result: None })
                };
                match judged {
                    Ok(result) => {
                        call.asked_ms.set(asked_ms(&reply.headers, false, &|| call.unix_now()).unwrap_or(0));
                        let location = reply.header("location").map(|location| clean(location, 300));
                        let content = row.stream.and_then(|_| Some(clean(reply.header("content-type")?, 80)));
                        return Ok(Received::Answer(Answer { status: reply.status, result, content, location }));
                    }
                    Err(refused) => explained(resolved, output, refused),
                }
            }
            Err(failure) => unsent(call.api, &failure, &limits),
        };
        return Err(conclude(resolved, error, unknown, asked));
    }
}

fn comes_in_pieces(incoming: &Incoming) -> bool {
    let of_events = |value: &[u8]| value.get(..EVENTS.len()).is_some_and(|v| v.eq_ignore_ascii_case(EVENTS.as_bytes()));
    let mut headers = incoming.headers.iter();
    let kind = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    (200..300).contains(&incoming.status) && kind.is_some_and(|(_, value)| of_events(value))
}

/// The error, with what it says of the work that failed, as the operation's output says it.
fn explained(resolved: ResolvedRow, output: Option<&Type>, refused: Refused<'_>) -> Error {
    let Refused { error, mut result } = refused;
    // As in any error, the names of what is withheld stay.
    result.iter_mut().for_each(|result| withhold(result, resolved.names.withheld, Some(INSTEAD)));
    let read = |ty: &Type| wire::read(ty, result.as_ref()?, resolved.names, "response").ok();
    match output.and_then(read) {
        Some(result) => Error { details: Some(Node::Object(vec![("result".into(), result)]).to_json()), ..error },
        None => error,
    }
}

fn outcome(reply: &Reply) -> Outcome {
    match reply.status {
        429 => Outcome::Refused,
        408 | 500.. => Outcome::Unknown,
        _ => Outcome::Final,
    }
}

fn asked_of(call: &Call, reply: &Reply) -> Option<u64> {
    // Quota headers come with every answer; where no quota is the reason, they say nothing of when it will be better.
    let quota = reply.status == 429;
    if quota || matches!(reply.status, 401 | 403 | 503) {
        asked_ms(&reply.headers, quota, &|| call.unix_now())
    } else {
        None
    }
}

pub(crate) fn unsent(api: &Api, failure: &Failure, limits: &Limits) -> Error {
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
            Error { advice: Advice::AskPerson, ..fail(ErrorKind::Unreadable, message) }
        }
    }
}

/// Adds how long to wait, and whether a write may have been done; `unknown`: one of its tries may have been carried out.
fn conclude(resolved: ResolvedRow, error: Error, unknown: bool, asked: Option<u64>) -> Error {
    let read = resolved.effect == Effect::Read;
    // 303: it was done, and what came of it stands elsewhere. An answer whose status says that it went well, and whose words
    // say that it did not, proves neither, unless its code is one that is known.
    let contradicted =
        error.status.is_some_and(|status| (200..300).contains(&status)) && error.kind == ErrorKind::Rejected;
    let done = unknown || contradicted || error.kind == ErrorKind::Unreadable || error.status == Some(303);
    Error { retry_after_ms: asked, ..doubtful(resolved, error, !read && done) }
}

/// The error about a request that may have been carried out, or not.
pub(crate) fn doubtful(resolved: ResolvedRow, error: Error, maybe_done: bool) -> Error {
    let advice = match error.advice {
        // Somebody has to look whether it was done before it is sent again, with the same input or another.
        Advice::RetryLater | Advice::ChangeInput if maybe_done && !resolved.row.repeatable => Advice::AskPerson,
        Advice::GiveUp if maybe_done && error.kind == ErrorKind::Unreadable => Advice::AskPerson,
        advice => advice,
    };
    Error { maybe_done, advice, ..error }
}
