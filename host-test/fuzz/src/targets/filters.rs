//! Accelo's conditions: what is sent holds the filters that were asked for, no more and no fewer, whatever their values are.
//!
//! The operation, and on the next line its input.

use crate::engine::Target;
use crate::filters;
use crate::vendors::{Settings, all, cut, operation};
use kit::world::{Answer, Sent};
use serde_json::{Map, Value};

pub const TARGET: Target = Target { name: "filters", run, seeds };

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
    let expected = filters::expected(&input);
    let found = params(sent).and_then(|mut params| filters::sent(params.remove("_filters")));
    assert_eq!(found.as_ref(), Some(&expected), "other filters than were asked for: {} {:?}", sent.url, sent.body);
    if expected.is_empty() { "without filters" } else { "filtered" }
}

/// All parameters of a request.
fn params(sent: &Sent) -> Option<Map<String, Value>> {
    let query = sent.url.split_once('?').map_or("", |(_, query)| query);
    let mut params: Map<String, Value> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into())).collect();
    if let Some(body) = &sent.body {
        params.extend(serde_json::from_slice::<Map<String, Value>>(body).ok()?);
    }
    Some(params)
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
