//! What a component sends for any input, with any settings: only what its catalogue declares, by the host's own gate, and no
//! value changes what kind of request it is.
//!
//! `OPERATION`, then settings as `NAME=value`, each on a line, then the input.

use crate::engine::Target;
use crate::schema::misfit;
use crate::vendors::{Settings, Vendor, all, cut, operation};
use kit::world::{Answer, Sent};
use outwit::internals::{effect_of, holds};
use outwit::{Auth, Catalogue, Effect, ErrorKind, Operation as Described};
use serde_json::Value;
use std::collections::BTreeSet;

pub const TARGET: Target = Target { name: "requests", run, seeds };

fn run(data: &[u8]) -> &'static str {
    let (id, mut text) = cut(data, b"\n");
    let Some((vendor, own, described)) = std::str::from_utf8(id).ok().and_then(operation) else {
        return "no operation";
    };
    let mut settings = Settings::new();
    while let Some((name, value)) = setting(cut(text, b"\n").0) {
        settings.insert(name, value);
        text = cut(text, b"\n").1;
    }
    // Texts are all that callers give: the canonical ABI has no others.
    let input = String::from_utf8_lossy(text);
    let settings = vendor.settings(&settings);
    let (outcome, sent) = vendor.call(&described.id, &input, &settings, answers(vendor, &described.id));
    sent.iter().for_each(|sent| check(vendor, described, &settings, sent));
    let parsed: Option<Value> = serde_json::from_str(&input).ok();
    match (&described.input, &parsed) {
        (Some(schema), Some(value)) if !value.is_null() => {
            let refused = outcome.as_ref().is_err_and(|error| error.kind == ErrorKind::InvalidInput) && sent.is_empty();
            let wrong = wrong(&vendor.catalogue, schema, value);
            assert!(refused || wrong.is_none(), "an input is taken that its schema does not allow: {wrong:?}");
        }
        (None, Some(Value::Object(members))) if !members.is_empty() => {
            assert!(outcome.is_err(), "an input is taken by none")
        }
        _ => {}
    }
    let Err(error) = outcome else {
        if let (Some(value), true) = (parsed, own.row.run.is_none()) {
            assert_same_shape(vendor, described, &settings, &value, &sent);
        }
        return "ok";
    };
    let field = error.field.as_deref().unwrap_or_default();
    let of_input = field.split(['.', '[']).next() == Some("input");
    match error.kind {
        ErrorKind::InvalidInput | ErrorKind::Misconfigured | ErrorKind::Denied => {
            assert!(!error.message.trim().is_empty() && !field.is_empty(), "an error about nothing: {error:?}");
            assert!(
                of_input || field.starts_with(|c: char| c.is_ascii_uppercase()),
                "neither field nor setting: {error:?}"
            );
            assert!(of_input || error.kind != ErrorKind::InvalidInput, "no field of the input: {error:?}");
            let wrote = sent.iter().any(|sent| effect(vendor, &settings, described, sent) != Some(Effect::Read));
            assert!(!wrote, "something was written all the same: {error:?}");
            let looks_first = own.row.run.is_some() || own.row.guard.is_some();
            assert!(looks_first || sent.is_empty(), "something was sent all the same: {error:?}");
        }
        _ => {}
    }
    error.kind.as_str()
}

/// The answers of a case that succeeds; recipes need those.
fn answers(vendor: &Vendor, id: &str) -> Vec<Answer> {
    let mut good = vendor.cases.iter().filter(|case| case.operation == id && case.output.is_some());
    good.next().map_or_else(Vec::new, |case| case.answers.clone())
}

fn setting(line: &[u8]) -> Option<(String, String)> {
    let (name, value) = std::str::from_utf8(line).ok()?.split_once('=')?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    // Longer deadlines and more tries are no other requests.
    (named && name != "OUTWIT_TRIES").then(|| (name.to_owned(), value.to_owned()))
}

/// What the gate takes a request for.
fn effect(vendor: &Vendor, settings: &[(String, String)], described: &Described, sent: &Sent) -> Option<Effect> {
    let account = settings.iter().cloned().collect();
    let uri: http::Uri = sent.url.parse().ok()?;
    let method = http::Method::from_bytes(sent.method.as_bytes()).ok()?;
    let effect = effect_of(&vendor.catalogue, &account, described, &method, &uri)?;
    // Of operations with one address, the gate may take it for another, but not for one that does more or less. A write may
    // look at a record first.
    let less = described.route.is_none() || effect == Effect::Read;
    let own = less && effect <= described.effect || effect == described.effect;
    own.then_some(effect)
}

fn check(vendor: &Vendor, described: &Described, settings: &[(String, String)], sent: &Sent) {
    assert!(
        effect(vendor, settings, described, sent).is_some(),
        "the gate does not let this out: {} {}",
        sent.method,
        sent.url
    );
    let count = |wanted: &str| sent.headers.iter().filter(|(name, _)| name == wanted).count();
    for (name, value) in &sent.headers {
        assert_eq!(count(name), 1, "a header stands twice: {name}");
        assert!(value.iter().all(|b| (0x20..0x7f).contains(b)), "a header that no request can carry: {name}");
    }
    let length = sent.body.as_ref().map(|body| body.len().to_string().into_bytes());
    let declared = sent.headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.clone());
    assert_eq!(declared, length, "a length that is not the body's");
    if let Some(parameter) = &vendor.catalogue.method_override
        && let Some(body) = &sent.body
    {
        assert!(!holds(body, parameter), "a body with {parameter}");
    }
    if settings.iter().any(|(name, value)| name == "OUTWIT_AUTH" && value.trim() == "host") {
        assert_eq!(count("authorization"), 0, "a credential, where the host adds it");
        return;
    }
    let auth = described.auth.as_ref().unwrap_or(&vendor.catalogue.auth);
    let header = match auth {
        Auth::None => return,
        Auth::Header { header, .. } => header,
        _ => "authorization",
    };
    assert_eq!(count(header), 1, "no credential");
}

/// With plain words in the place of texts that could mean something, the same request is sent: as many segments, the same
/// parameters and members.
fn assert_same_shape(
    vendor: &Vendor,
    described: &Described,
    settings: &[(String, String)],
    input: &Value,
    sent: &[Sent],
) {
    let mut plain = input.clone();
    if !tame(&mut plain) {
        return;
    }
    let (outcome, other) = vendor.call(&described.id, &plain.to_string(), settings, answers(vendor, &described.id));
    // A plain word may be no date, no amount and no moment.
    if outcome.is_err() && other.is_empty() {
        return;
    }
    let shapes = |sent: &[Sent]| sent.iter().map(shape).collect::<Vec<_>>();
    assert_eq!(shapes(sent), shapes(&other), "a text changes the request: {sent:?}");
}

/// What of an input its schema does not allow. Members that are null are taken for none, and a whole number for the text of an
/// id.
fn wrong(catalogue: &Catalogue, schema: &Value, value: &Value) -> Option<String> {
    let mut value = whole(value);
    loop {
        let problem = misfit(catalogue, schema, &value, "input")?;
        let place = problem.split(": ").next()?.strip_prefix("input")?;
        let pointer = place.replace(['.', '['], "/").replace(']', "");
        let field = pointer.rsplit('/').find(|name| name.parse::<usize>().is_err()).unwrap_or_default();
        let is_id = field == "id" || field.ends_with("-id") || field.ends_with("-ids");
        if is_id && let Some(number) = value.pointer_mut(&pointer).filter(|value| value.is_u64()) {
            *number = number.to_string().into();
            continue;
        }
        let (up, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
        if value.pointer_mut(up)?.as_object_mut().and_then(|members| members.remove(name)) != Some(Value::Null) {
            return Some(problem);
        }
    }
}

/// A value in which numbers that are whole are written so: to JSON Schema, 1.0 is an integer.
fn whole(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&float) => {
                (float as u64).into()
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(whole).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, member)| (name.clone(), whole(member))).collect())
        }
        other => other.clone(),
    }
}

/// Replaces texts that hold more than letters and digits; whether there were any.
fn tame(value: &mut Value) -> bool {
    match value {
        // What is nothing stays nothing.
        Value::String(text)
            if text.trim().is_empty() || text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/@+".contains(&b)) =>
        {
            false
        }
        Value::String(text) => {
            *text = "plain".to_owned();
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| tame(item) | any),
        // What stands in `extra` and the like is the vendor's own.
        Value::Object(members) => members.values_mut().fold(false, |any, member| tame(member) | any),
        _ => false,
    }
}

/// Segments and names of a request, without what is allowed to differ: filters and texts may go as JSON in a body.
fn shape(sent: &Sent) -> (usize, BTreeSet<String>) {
    let (path, query) = sent.url.split_once('?').unwrap_or((&sent.url, ""));
    let body = sent.body.as_deref().unwrap_or_default();
    let form = sent.headers.iter().any(|(name, value)| name == "content-type" && value.ends_with(b"urlencoded"));
    let mut names: BTreeSet<String> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    if form {
        names.extend(form_urlencoded::parse(body).map(|(name, _)| name.into_owned()));
    } else if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        names.extend(members.into_iter().map(|(name, _)| name));
    }
    names.remove("_method");
    (path.split('/').count(), names)
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for case in all().iter().flat_map(|vendor| &vendor.cases) {
        let settings: String = case.settings.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        seeds.push(format!("{}\n{settings}{}", case.operation, case.input).into_bytes());
    }
    seeds
}
