//! Status and body of an answer → its result, or an error with advice.

use crate::api::Api;
use crate::dialect::ResolvedRow;
use crate::error::fail;
use crate::exchange::Reading;
use crate::imported::CAN_BE;
use crate::reply::Reply;
use crate::secrets::Secrets;
use crate::steps::has;
use crate::types::{Error, ErrorKind};
use crate::wire::{Field, Kind, Member, Node, Type, is_one_of, joined, same_word};
use outwit_core::number;
pub(crate) use refusal::{blames_settings, clean};
use refusal::{described, first, refusal, word};
use std::borrow::Cow;

mod refusal;
#[cfg(test)]
mod tests;

/// Why an answer is an error, and the result that it holds all the same.
pub(crate) struct Refused<'h> {
    pub error: Error,
    pub result: Option<Node<'h>>,
}

/// How deep an answer may be nested. Most programs read JSON to a depth of 128, and what comes out is a little deeper.
pub(crate) const DEEPEST: u8 = 110;

/// The result that an answer holds; none where it holds nothing.
pub(crate) fn judge<'h>(
    api: &Api,
    resolved: ResolvedRow,
    output: Option<&Type>,
    reply: &Reply,
    body: &'h [u8],
    secrets: &Secrets,
    reading: Option<&mut Reading<'_, 'h>>,
) -> Result<Option<Node<'h>>, Refused<'h>> {
    let refused = |error| Refused { error, result: None };
    let unreadable = |message| {
        let error = fail(ErrorKind::Unreadable, format!("{} answered {} {message}", api.title, described(reply)));
        refused(Error { status: Some(reply.status), ..error })
    };
    let success = (200..300).contains(&reply.status);
    let parsed = match &reply.unread {
        Some(why) if success => return Err(unreadable(format!("with {why}"))),
        None if CAN_BE && success && resolved.row.imported.is_some_and(|row| row.text) => {
            return Ok(Some(std::str::from_utf8(body).unwrap_or_default().into()));
        }
        _ if success => match reading {
            Some(reading) => reading.answer(api, resolved, output, body),
            None => Node::read_lazily(body),
        },
        _ => Node::read(body).map(|whole| (whole, 0)),
    };
    let (mut whole, depth) = match parsed {
        Ok(parsed) => parsed,
        Err(_) if success && body.iter().all(u8::is_ascii_whitespace) => return Ok(None),
        Err(problem) if success => {
            let form = if problem.is_end() { "with JSON that breaks off" } else { "and not with JSON" };
            let mut words = plain_words(body);
            secrets.out_of_answer(&mut words);
            return Err(unreadable(with_words(&format!("{form} ({problem})"), &words)));
        }
        Err(_) => (plain_words(body), 0),
    };
    // A code in a documented record of an imported vendor is the record's own.
    let code = word(&whole, api.code).filter(|_| !CAN_BE || !success || judges(api, &whole, output));
    let state = first(&whole, api.state);
    let failed = state.is_some_and(|state| api.failed.iter().any(|word| same_word(word, state)));
    if success && !failed && (!api.state.is_empty() || code.is_none_or(|code| api.success_codes.contains(&code))) {
        let pointer = resolved.row.result.unwrap_or(api.result);
        let inner = whole.at(pointer);
        let record = inner.and_then(|inner| resolved.row.member.and_then(|member| inner.get(member)));
        // How the job stands explains an error beside it. What starts a job has to say which one.
        let parts = || [Some(&whole), inner, record].into_iter().flatten();
        let stands = state.is_some() && (resolved.effect == crate::Effect::Read || parts().any(names_something));
        let says =
            |part: &&Node<'_>| (!CAN_BE || judges(api, part, output)) && says_failure(part, resolved, output, stands);
        let unclear =
            |part: &&Node<'_>| state.is_some() && !stands && said(part).is_some_and(|words| is_no_success(&words));
        let failure = parts().find(says).or_else(|| parts().find(unclear));
        // What was made, or goes on, all the same.
        let made = stands || record.or(inner).is_some_and(|record| record.get("id").is_some());
        let enveloped = !api.envelope.is_empty();
        let around = whole.at(api.envelope).filter(|_| enveloped);
        match failure.or_else(|| problem(around?.members()?)).cloned() {
            None if enveloped && !went_well(api, &whole, around.is_none(), code, inner) => {
                return Err(unreadable(with_words("without its word for success", around.unwrap_or(&whole))));
            }
            None => {
                // A list is a result, whatever stands in it.
                let words = match inner {
                    Some(list) if list.is_list() && depth <= DEEPEST => String::new(),
                    other => with_words("", other.unwrap_or(&whole)),
                };
                return result(api, resolved, output, whole, depth).map_err(|problem| unreadable(problem + &words));
            }
            Some(mut failure) => {
                secrets.out_of_answer(&mut failure);
                let mut error = refusal(api, resolved, reply, &failure);
                if error.code.is_none() && said(&failure).is_none() {
                    error.message.push_str(", and its body says that it failed");
                }
                let result = if made { result(api, resolved, output, whole, depth).ok().flatten() } else { None };
                return Err(Refused { error, result });
            }
        }
    }
    secrets.out_of_answer(&mut whole);
    let code = word(&whole, api.code);
    let mut error = refusal(api, resolved, reply, &whole);
    if !success || !failed {
        return Err(refused(error));
    }
    (error.kind, error.advice) = (ErrorKind::Failed, ErrorKind::Failed.advice());
    if first(&whole, api.message).is_none() && code.is_none() {
        error.message = format!("{} reports that the work failed", api.title);
    }
    Err(Refused { error, result: result(api, resolved, output, whole, depth).ok().flatten() })
}

/// Whether what an answer of success says counts. Of an imported vendor, any member of a documented record may be called like one
/// that tells of a failure: only a record without all that is documented counts.
fn judges(api: &Api, answer: &Node<'_>, output: Option<&Type>) -> bool {
    let known = |fields: &[Field]| {
        let is_field = |name: &str| fields.iter().any(|field| same_word(field.name, name) && field.name != "extra");
        answer.members().is_some_and(|members| members.iter().any(|(name, _)| is_field(name)))
    };
    match output.map(|ty| &ty.kind) {
        _ if api.imported.is_none() => true,
        Some(Kind::Record(fields)) => answer.members().is_some() && !known(fields),
        _ => false,
    }
}

/// Whether an answer in an envelope says that it went well: by the code, which is one of success where there is one, or by the
/// data that it holds, where it says nothing of how it went. A list of nothing is data only without the envelope.
fn went_well(api: &Api, whole: &Node<'_>, bare: bool, code: Option<&str>, inner: Option<&Node<'_>>) -> bool {
    let has_code = api.code.first().and_then(|place| whole.at(place)).is_some_and(|value| !is_nothing(value));
    code.is_some() || !has_code && inner.is_some_and(|inner| !is_nothing(inner) || bare && inner.is_list())
}

/// Members that tell whether it went well, and those that tell what went wrong.
const WELL: &str = "success|issuccess|succeeded|ok";
const ILL: &str = "failed|failure|isfailed|iserror|haserror|haserrors";
const WRONG: &str = "error|errors|errormessage|errorcode";
/// What words say that tell why nothing was made.
const NOT_DONE: &str =
    "fail|error|could not|cannot|n't|was not|not found|not allowed|unable|invalid|denied|exceed|unsuccess";
/// What words say that tell that it was done.
const DONE: &str = "success|deleted|removed|cancel|submitted|saved|updated|accepted|created|done";
/// Where people are told something, whatever the vendor's documents say; lists of these names hold no records.
const EXPLANATIONS: &str =
    "message|errormessage|error|errors|detail|details|title|description|reason|warnings|messages";

/// An answer in plain words; a page of a proxy is none.
fn plain_words(body: &[u8]) -> Node<'_> {
    let text = std::str::from_utf8(body).map(str::trim).unwrap_or_default();
    if text.starts_with(['<', '{', '[']) { Node::Null } else { text.into() }
}

/// Whether an answer in the place of a result says that there is none: words where a record or a list should be, or an object
/// that says so in one of the usual ways. No vendor documents one for what went well; a field of the record itself is none.
/// `stands`: the answer tells how the work stands, which explains an error beside it.
fn says_failure(answer: &Node<'_>, resolved: ResolvedRow, output: Option<&Type>, stands: bool) -> bool {
    let list = output.is_some_and(|ty| matches!(ty.kind, Kind::List(_)));
    let fields = output.and_then(|ty| if let Kind::Record(fields) = ty.kind { Some(fields) } else { None });
    // Where nothing is to come, whatever words come say why.
    if output.is_none() && !stands {
        return said(answer).is_some_and(|words| is_no_success(&words)) || *answer == Node::Bool(false);
    }
    let members = match answer {
        // A single word may be anything; it stands in the error where the record is missed.
        Node::Text(text) => return text.trim().contains(char::is_whitespace) && (list || fields.is_some()),
        Node::Object(members) => members,
        list => {
            let items = if fields.is_some() { list.items() } else { None };
            return items.unwrap_or_default().iter().any(|item| says_failure(item, resolved, output, false));
        }
    };
    let empty = |(name, value): &Member<'_>| !value.is_list() || is_nothing(value) || is_one_of(name, EXPLANATIONS);
    let has_id = stands || answer.get("id").is_some();
    let write = resolved.effect != crate::Effect::Read;
    // Whether nothing of what was asked for is there.
    let bare = match fields {
        Some(fields) => !members.iter().any(|(name, _)| fields.iter().any(|field| same_word(field.name, name))),
        None => list && members.iter().all(empty),
    };
    let wrong = members.iter().any(|(name, value)| {
        let wrong = is_one_of(name, WELL) && is_no(value)
            || is_one_of(name, ILL) && is_yes(value)
            || is_one_of(name, WRONG) && is_yes(value) && !stands
            || is_one_of(name, "statuscode") && is_bad(value)
            // A word of a record's own could be the same, but not in what a request has made, nor instead of a record. There, a
            // number is the id of a status.
            || is_one_of(name, "status|code")
                && is_bad(value)
                && if has_id { write && (name != "status" || number_of(value).is_none()) } else { bare || said(answer).is_some() }
            // Words beside a record are the vendor's own affair.
            || write && bare && name == "message" && value.as_str().is_some_and(|words| says(words, NOT_DONE));
        let own =
            || has_id && fields.is_some_and(|all| all.iter().any(|field| same_word(field.name, name)));
        wrong && !own()
    });
    // Words beside the documented list may say that it is empty; where it is null, they say why.
    let documented = || {
        resolved.row.member.is_some_and(|member| members.iter().any(|(name, value)| name == member && value.is_list()))
    };
    wrong || list && members.iter().all(empty) && !documented() && said(answer).is_some()
}

/// What members that are called so say of what went wrong.
fn problem<'b, 'h>(members: &'b [Member<'h>]) -> Option<&'b Node<'h>> {
    let wrong = |(name, value): &&Member<'_>| is_one_of(name, WRONG) && is_yes(value);
    members.iter().find(wrong).map(|(_, value)| value)
}

fn is_yes(value: &Node<'_>) -> bool {
    !is_no(value) && !is_nothing(value)
}

fn is_no(value: &Node<'_>) -> bool {
    match value {
        Node::Bool(truth) => !truth,
        Node::Number(number) => number.as_u64() == Some(0),
        Node::Text(text) => is_one_of(text, "false|0|no|none|null"),
        _ => false,
    }
}

/// A status of an error: the HTTP status, which ASP.NET repeats, or a word.
fn is_bad(status: &Node<'_>) -> bool {
    number_of(status).is_some_and(|status| (400..600).contains(&status))
        || status.as_str().is_some_and(|word| is_one_of(word, "error|failed|failure|fail"))
}

fn number_of(value: &Node<'_>) -> Option<u64> {
    match value {
        Node::Number(number) => number.as_u64(),
        Node::Text(digits) => number(digits),
        _ => None,
    }
}

fn is_no_success(words: &str) -> bool {
    !says(words, DONE) || says(words, NOT_DONE)
}

/// Whether an answer has an id of something.
fn names_something(answer: &Node<'_>) -> bool {
    let is_id = |(name, value): &Member<'_>| name.ends_with("id") && !is_nothing(value);
    answer.members().is_some_and(|members| members.iter().any(is_id))
}

fn says(words: &str, parts: &str) -> bool {
    parts.split('|').any(|part| has(words, part))
}

pub(crate) fn is_nothing(value: &Node<'_>) -> bool {
    match value {
        Node::Null => true,
        Node::Text(text) => text.trim().is_empty(),
        Node::List(items) => items.is_empty(),
        Node::Unread(items) => items.is_empty(),
        Node::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// What an answer says to people: itself, if it is a text, or the first text in a member that is called so.
pub(crate) fn said<'b>(answer: &'b Node<'_>) -> Option<Cow<'b, str>> {
    match answer {
        Node::Text(text) => Some(Cow::Borrowed(&**text)).filter(|text| !text.trim().is_empty()),
        Node::List(items) => items.iter().find_map(said),
        Node::Unread(items) => items.each().find_map(|item| Some(said(&item)?.into_owned().into())),
        Node::Object(members) => {
            let of = |name| members.iter().find(|(known, _)| same_word(known, name));
            EXPLANATIONS.split('|').filter_map(of).find_map(|(_, value)| {
                // Problems by field: the names are the vendor's.
                said(value).or_else(|| value.members()?.iter().find_map(|(_, value)| said(value)))
            })
        }
        _ => None,
    }
}

/// A problem, with what the answer says to people.
pub(crate) fn with_words(problem: &str, answer: &Node<'_>) -> String {
    match said(answer) {
        Some(words) => format!("{problem}; it says: {}", clean(&words, 300)),
        None => problem.to_owned(),
    }
}

/// Takes the result out of what it is wrapped in; an error says what is wrong with the answer.
fn result<'h>(
    api: &Api,
    resolved: ResolvedRow,
    output: Option<&Type>,
    body: Node<'h>,
    depth: u8,
) -> Result<Option<Node<'h>>, String> {
    if depth > DEEPEST {
        return Err("with JSON that is nested too deep".to_owned());
    }
    let row = resolved.row;
    let pointer = row.result.unwrap_or(api.result);
    let taken = pointer.split('/').skip(1).try_fold(body, |mut body, name| body.remove(name));
    let Some(mut result) = taken else {
        return if resolved.effect == crate::Effect::Destroy {
            Ok(None)
        } else {
            Err(format!("without {}", pointer.trim_start_matches('/')))
        };
    };
    if let Some(mut inner) = row.member.and_then(|member| result.remove(member)) {
        if let (Node::Object(own), Node::Object(beside)) = (&mut inner, result) {
            let new = |(name, _): &Member<'_>| !own.iter().any(|(known, _)| known == name);
            let beside: Vec<_> = beside.into_iter().filter(new).collect();
            own.extend(beside);
        }
        return Ok(Some(inner));
    }
    let Node::Object(members) = &mut result else { return Ok(Some(result)) };
    if output.is_none_or(|ty| !matches!(ty.kind, Kind::List(_))) {
        return Ok(Some(result));
    }
    // Where the member may be absent, nothing at all stands for a list of nothing.
    if row.member.is_some() && members.is_empty() {
        return Ok(Some(Node::Null));
    }
    // A list under another name than the documented one: the only one that there is.
    let mut lists = members.iter_mut().filter(|(name, value)| value.is_list() && !is_one_of(name, EXPLANATIONS));
    match (lists.next(), lists.next()) {
        (Some((_, list)), None) => Ok(Some(std::mem::take(list))),
        _ => {
            let names: Vec<_> = members.iter().take(10).map(|(name, _)| clean(name, 40)).collect();
            let names = joined(&names, ", ");
            Err(format!(
                "with an object instead of a list; its members: {}",
                if names.is_empty() { "nothing" } else { &names }
            ))
        }
    }
}
