//! Aero Workflow's `run-sql-select`: one SELECT in every dialect, with the values that were given.

use crate::engine::Target;
use crate::statement::{Literal, dialects, parse, query, take_literals, writing};
use crate::vendors::{Settings, all, operation};
use kit::world::Answer;
use serde_json::{Value, json};

/// A select in parts, as the operation's input.
pub const SELECT: Target = Target { name: "sql-select", run: select, seeds: selects };
/// A statement of the caller's own.
pub const RAW: Target = Target { name: "sql-raw", run: raw, seeds: raws };

const OPERATION: &str = "aero.run-sql-select";

/// What an input becomes; an error is the field that is refused.
fn statement(input: &Value) -> Result<String, String> {
    let (vendor, ..) = operation(OPERATION).ok_or("no such vendor")?;
    let settings = vendor.settings(&Settings::from([("AERO_ALLOW_RAW_SQL".to_owned(), "1".to_owned())]));
    let answer = Answer::Whole(200, Vec::new(), b"[]".to_vec(), 4096);
    let (outcome, sent) = vendor.call(OPERATION, &input.to_string(), &settings, vec![answer]);
    if let Err(error) = outcome {
        assert!(sent.is_empty(), "refused, and sent all the same: {error:?}");
        return Err(error.field.unwrap_or_default());
    }
    let body: Value = serde_json::from_slice(sent[0].body.as_deref().unwrap_or_default()).expect("a body of JSON");
    let query = body["query"].as_str().expect("a statement");
    let key = settings.iter().find(|(name, _)| name == "AERO_SQL_KEY").map(|(_, key)| key);
    assert!(
        sent.len() == 1 && body == json!({ "key": key, "query": query }),
        "more than a statement and its key: {body}"
    );
    Ok(query.to_owned())
}

fn select(data: &[u8]) -> &'static str {
    let Ok(input) = serde_json::from_slice::<Value>(data) else { return "no JSON" };
    if !input.is_object() || input.get("raw").is_some() {
        return "no select";
    }
    let Ok(sql) = statement(&input) else { return "refused" };
    let mut plain = input;
    let mut literals = Vec::new();
    for value in
        plain["where"].as_array_mut().into_iter().flatten().flat_map(|one| one["values"].as_array_mut()).flatten()
    {
        literals.push(literal(value));
    }
    let plain = statement(&plain).expect("plain values are taken where others are");
    for (name, dialect) in dialects() {
        let parsed = |sql: &str| {
            parse(&*dialect, sql).unwrap_or_else(|problem| panic!("{name} does not read it: {problem}: {sql}"))
        };
        let (mut found, mut expected) = (parsed(&sql), parsed(&plain));
        let taken = query(&mut found).map(take_literals);
        let same = taken.is_some_and(|taken| taken.len() == literals.len() && taken.iter().zip(&literals).all(is));
        assert!(same, "{name} reads other values: {sql}");
        query(&mut expected).map(take_literals);
        assert!(found == expected, "{name} reads another statement: {sql}");
    }
    "sent"
}

/// Whether it is this one. What components read of a number may be one unit in its last place beside it.
fn is((found, expected): (&Literal, &Literal)) -> bool {
    match (found, expected) {
        (Literal::Number(found), Literal::Number(expected)) => found.abs_diff(*expected) <= 1,
        _ => found == expected,
    }
}

/// The literal that a value has to become; leaves a plain one of its kind.
fn literal(value: &mut Value) -> Literal {
    if let Some(text) = value["text"].as_str().map(str::to_owned) {
        *value = json!({ "text": "x" });
        return Literal::Text(text);
    }
    let number = value["truth"].as_bool().map(|truth| f64::from(u8::from(truth))).or(value["number"].as_f64());
    *value = json!({ "number": 1 });
    Literal::number(number.unwrap_or(f64::NAN))
}

fn raw(data: &[u8]) -> &'static str {
    let Ok(text) = std::str::from_utf8(data) else { return "no text" };
    let Ok(sql) = statement(&json!({ "raw": text })) else { return "refused" };
    assert_eq!(sql, text.trim(), "another statement");
    let writing = writing(&sql);
    assert!(writing.is_none(), "{writing:?}");
    "sent"
}

fn of_cases() -> impl Iterator<Item = &'static Value> {
    all().iter().flat_map(|vendor| &vendor.cases).filter(|case| case.operation == OPERATION).map(|case| &case.input)
}

fn selects() -> Vec<Vec<u8>> {
    of_cases().map(|input| input.to_string().into_bytes()).collect()
}

fn raws() -> Vec<Vec<u8>> {
    of_cases().filter_map(|input| Some(input["raw"].as_str()?.as_bytes().to_vec())).collect()
}
