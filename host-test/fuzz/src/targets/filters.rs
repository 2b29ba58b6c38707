//! Accelo's conditions: what is sent holds the filters that were asked for, no more and no fewer, whatever their values are.
//!
//! The operation, and on the next line its input.

use crate::engine::Target;
use crate::vendors::{Settings, all, cut, operation};
use kit::world::{Answer, Sent};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub const TARGET: Target = Target { name: "filters", run, seeds };

/// What a filter compares with: ids by kind, or plain values under the kind "".
type Values = BTreeMap<String, Vec<String>>;
/// Filters by name, those of `_OR` under `_OR.name`.
type Filters = BTreeMap<String, Values>;

fn run(data: &[u8]) -> &'static str {
    let (id, text) = cut(data, b"\n");
    let Some((vendor, _, described)) = std::str::from_utf8(id).ok().and_then(operation) else { return "no operation" };
    let Ok(input) = serde_json::from_slice::<Value>(text) else { return "no JSON" };
    if vendor.catalogue.vendor != "accelo" || described.method.as_deref() != Some("GET") || !input.is_object() {
        return "no list";
    }
    let answer = Answer::Whole(200, Vec::new(), br#"{"meta":{"status":"ok"},"response":[]}"#.to_vec(), 4096);
    let (outcome, sent) =
        vendor.call(&described.id, &input.to_string(), &vendor.settings(&Settings::new()), vec![answer]);
    if outcome.is_err_and(|error| error.field.is_some()) {
        assert!(sent.is_empty(), "refused, and sent all the same");
        return "refused";
    }
    let [sent] = &sent[..] else { return "not sent" };
    let expected = expected(&input);
    let found = found(sent);
    assert_eq!(found.as_ref(), Some(&expected), "other filters than were asked for: {} {:?}", sent.url, sent.body);
    if expected.is_empty() { "without filters" } else { "filtered" }
}

/// The filters that an input stands for, by Accelo's documentation.
fn expected(input: &Value) -> Filters {
    let mut filters = Filters::new();
    for (list, before) in [("where", ""), ("any", "_OR.")] {
        for condition in input[list].as_array().into_iter().flatten() {
            let field = condition["field"].as_str().unwrap_or_default();
            let suffix = match (condition["test"].as_str().unwrap_or("is"), field.starts_with("date-")) {
                ("is", _) => String::new(),
                ("is-not", _) => "_not".to_owned(),
                (test, true) => format!("_{test}"),
                ("after", false) => "_greater_than".to_owned(),
                _ => "_less_than".to_owned(),
            };
            let field = if suffix.ends_with("_than") { compared_as(field) } else { field };
            let mut values = Values::new();
            for value in condition["values"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let of_records = ["against", "owner"].contains(&field);
                let (kind, id) = value.split_once('/').filter(|_| of_records).unwrap_or(("", value));
                values.entry(kind.to_owned()).or_default().push(id.to_owned());
            }
            filters.insert(format!("{before}{}{suffix}", field.replace('-', "_")), values);
        }
    }
    if let Some(by) = input["order"]["by"].as_str() {
        let direction = input["order"]["direction"].as_str().unwrap_or("asc");
        filters.insert(format!("order_by_{direction}"), [(String::new(), vec![by.replace('-', "_")])].into());
    }
    filters
}

/// The name by which Accelo's lists compare a field, where it is another.
fn compared_as(field: &str) -> &str {
    match field {
        "thread-id" => "thread",
        "owner-id" => "owner",
        "activity-class" => "class",
        "default-affiliation" => "affiliation",
        field => field,
    }
}

/// The filters that were sent; none where they cannot be read, or not in one way only.
fn found(sent: &Sent) -> Option<Filters> {
    let query = sent.url.split_once('?').map_or("", |(_, query)| query);
    let mut params: Map<String, Value> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into())).collect();
    if let Some(body) = &sent.body {
        params.extend(serde_json::from_slice::<Map<String, Value>>(body).ok()?);
    }
    let mut filters = Filters::new();
    match params.remove("_filters") {
        None => {}
        Some(Value::String(text)) => {
            for (word, inner) in terms(&text)? {
                match &*word {
                    "_OR" => {
                        for (word, inner) in terms(inner?)? {
                            filters.insert(format!("_OR.{word}"), of_text(inner?)?).is_none().then_some(())?;
                        }
                    }
                    _ => filters.insert(word, of_text(inner?)?).is_none().then_some(())?,
                }
            }
        }
        Some(Value::Object(members)) => {
            for (name, value) in members {
                match (&*name, value) {
                    ("_OR", Value::Object(members)) => {
                        for (name, value) in members {
                            filters.insert(format!("_OR.{name}"), of_json(&value)?);
                        }
                    }
                    (_, value) => _ = filters.insert(name, of_json(&value)?),
                }
            }
        }
        Some(_) => return None,
    }
    Some(filters)
}

/// The words of a list in the text form, each with what it has in parentheses.
fn terms(text: &str) -> Option<Vec<(String, Option<&str>)>> {
    let mut terms = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        rest = &rest[end..];
        let mut inner = None;
        if rest.starts_with('(') {
            let mut depth = 0;
            let close = rest.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            })?;
            inner = Some(&rest[1..close]);
            rest = &rest[close + 1..];
        }
        terms.push((word, inner));
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return rest.is_empty().then_some(terms),
        }
    }
}

fn of_text(text: &str) -> Option<Values> {
    // What needs no quoting, in whatever way the text is read.
    let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@:+/".contains(&b));
    let mut values = Values::new();
    for (word, inner) in terms(text)? {
        plain(&word).then_some(())?;
        match inner {
            None => values.entry(String::new()).or_default().push(word),
            Some(ids) => {
                let ids: Vec<String> = ids.split(',').map(str::to_owned).collect();
                ids.iter().all(|id| plain(id)).then_some(())?;
                values.insert(word, ids).is_none().then_some(())?;
            }
        }
    }
    Some(values)
}

fn of_json(value: &Value) -> Option<Values> {
    let texts = |value: &Value| serde_json::from_value::<Vec<String>>(value.clone()).ok();
    match value.as_array()?.as_slice() {
        [Value::Object(kinds)] => kinds.iter().map(|(kind, ids)| Some((kind.clone(), texts(ids)?))).collect(),
        _ => Some([(String::new(), texts(value)?)].into()),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for case in all().iter().flat_map(|vendor| &vendor.cases) {
        if case.input.get("where").or(case.input.get("any")).or(case.input.get("order")).is_some() {
            seeds.push(format!("{}\n{}", case.operation, case.input).into_bytes());
        }
    }
    seeds
}
