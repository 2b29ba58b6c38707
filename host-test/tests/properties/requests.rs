//! Every operation of every vendor, with any input of its type: what is sent is what a document of the vendor has, or nothing
//! is sent. A member that a vendor would ignore can then not be expressed.
//!
//! Formats and ranges of values are not looked at here: a vendor refuses those in its own words.

use crate::world::{Sent, Vendor};
use crate::{for_each_vendor, holds};
use outwit::{Catalogue, Effect};
use outwit_host_test::facts;
use outwit_mocks::facts::{Facts, Fault, Operation};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const TEXTS: &[&str] = &[
    "7",
    "90402",
    "Ana",
    "2026-07-01T13:00:00.000Z",
    "1782910800",
    "0b0e5f0a-3a52-4c8e-9d8e-0d6f5a1c2b3d",
    "wf_abc123",
    "a@example.com",
    "50.5",
];
/// Deeper values are not made where they can be left out.
const DEEPEST: u8 = 6;

#[test]
fn whatever_is_put_in_only_what_the_document_has_is_sent() {
    for_each_vendor(|name| {
        let vendor = Vendor::new(name);
        let catalogue = vendor.plugin.catalogue();
        let documents = facts(name).unwrap();
        // With each dialect, and without the setting that chooses.
        let mut choices = vec![None];
        choices.extend(
            catalogue.dialects.iter().map(|dialect| catalogue.dialect_setting.clone().zip(Some(dialect.clone()))),
        );
        for choice in choices {
            let vendor = vendor.with(&choice.clone().into_iter().collect());
            let apply =
                |facts: &Facts| choice.as_ref().is_none_or(|(_, d)| facts.dialect.as_ref().is_none_or(|of| of == d));
            let documents: Vec<&Facts> =
                documents.iter().map(|(_, facts)| facts).filter(|facts| apply(facts)).collect();
            let sends = |operation: &&outwit::Operation| catalogue.requests(operation, None).next().is_some();
            for operation in catalogue.operations.iter().filter(sends) {
                let inputs =
                    operation.input.as_ref().map_or(Just(json!({})).boxed(), |schema| inputs(catalogue, schema, 0));
                holds(48, &inputs, |input| {
                    _ = vendor.call(&operation.id, &input, &[]);
                    for sent in vendor.sent() {
                        if let Some(problem) = misfit(catalogue, &documents, operation.name(), &sent) {
                            let body = String::from_utf8_lossy(&sent.body);
                            return Err(format!("{} {input} {choice:?}: {problem}\n  {body}", operation.id));
                        }
                    }
                    Ok(())
                });
            }
        }
    });
}

/// What no document has of a request.
fn misfit(catalogue: &Catalogue, documents: &[&Facts], id: &str, sent: &Sent) -> Option<String> {
    let mut method = sent.method.clone();
    let mut query: Vec<(String, String)> = sent.query.clone().into_iter().collect();
    let mut body = match sent.body.as_slice() {
        [] => None,
        bytes if sent.form => {
            let fields = form_urlencoded::parse(bytes).into_owned();
            Some(Value::Object(fields.map(|(name, value)| (name, Value::from(value))).collect()))
        }
        bytes => Some(serde_json::from_slice(bytes).unwrap_or_default()),
    };
    if let Some(name) = &catalogue.method_override
        && let Some(index) = query.iter().position(|(given, _)| given == name)
    {
        method = query.remove(index).1.to_ascii_uppercase();
        for (name, value) in body.take().as_ref().and_then(Value::as_object).into_iter().flatten() {
            query.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    let found = documents.iter().find_map(|facts| Some((facts, facts.find(&method, &sent.path)?)));
    let Some((facts, (operation, path))) = found else {
        return Some(format!("no document has {method} {}", sent.path));
    };
    // Several operations may be sent alike.
    let alike = |one: &&Operation| (&one.method, &one.path) == (&operation.method, &operation.path);
    // A write may look at a record first.
    let reads = |name: &str| catalogue.operations.iter().any(|one| one.name() == name && one.effect == Effect::Read);
    let of_call = |one: &&Operation| one.id.as_deref().is_some_and(|of| of == id || method == "GET" && reads(of));
    let Some(operation) = facts.operations.iter().filter(alike).find(of_call) else {
        return Some(format!("{method} {} is {:?}", sent.path, operation.id));
    };
    let misfits = facts.request(operation, &path, &query, body.as_ref(), sent.form);
    misfits.into_iter().find(|misfit| misfit.fault != Fault::Value).map(|misfit| format!("{misfit} ({})", facts.source))
}

/// Values that fit a schema, by that part of JSON Schema that catalogues use.
fn inputs(catalogue: &Catalogue, schema: &Value, depth: u8) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = &catalogue.defs[name.trim_start_matches("#/$defs/")];
        return inputs(catalogue, schema, depth + 1);
    }
    if let Some(words) = schema["enum"].as_array() {
        return select(words.clone()).boxed();
    }
    if let Some(any) = schema["anyOf"].as_array() {
        return proptest::strategy::Union::new(any.iter().map(|schema| inputs(catalogue, schema, depth + 1))).boxed();
    }
    let number = |name: &str, otherwise: i64| schema[name].as_i64().unwrap_or(otherwise);
    match schema["type"].as_str() {
        Some("string") => select(TEXTS).prop_map(Value::from).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => {
            let least = number("minimum", -2_000_000_000);
            let most = number("maximum", 2_000_000_000).max(least);
            prop_oneof![least..=most, least.max(0)..=most.min(30).max(least.max(0))].prop_map(Value::from).boxed()
        }
        Some("number") => (0..400_u32).prop_map(|quarters| json!(f64::from(quarters) / 4.0)).boxed(),
        Some("array") if depth >= DEEPEST => Just(json!([])).boxed(),
        Some("array") => vec(inputs(catalogue, &schema["items"], depth + 1), 0..3).prop_map(Value::from).boxed(),
        Some("object") if schema["properties"].is_object() => object(catalogue, schema, depth),
        // Any JSON; most such inputs are objects by name.
        _ => prop_oneof![Just(json!({ "message": "Hello", "x": 1 })), Just(json!({}))].boxed(),
    }
}

fn object(catalogue: &Catalogue, schema: &Value, depth: u8) -> BoxedStrategy<Value> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut members: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    // How often an optional member is there: never, half the time or always.
    let often = select(vec![0.0, 0.5, 1.0]);
    let properties: Vec<(String, Value)> =
        schema["properties"].as_object().into_iter().flatten().map(|(n, s)| (n.clone(), s.clone())).collect();
    let mut values = Vec::new();
    for (name, schema) in &properties {
        if required.contains(&name.as_str()) || depth < DEEPEST {
            let needed = required.contains(&name.as_str());
            values.push((name.clone(), needed, inputs(catalogue, schema, depth + 1)));
        }
    }
    for (name, needed, value) in values {
        members = (members, value, 0.0..1.0_f64, often.clone())
            .prop_map(move |(mut members, value, chance, often)| {
                if needed || chance < often {
                    members.insert(name.clone(), value);
                }
                members
            })
            .boxed();
    }
    members.prop_map(Value::Object).boxed()
}
