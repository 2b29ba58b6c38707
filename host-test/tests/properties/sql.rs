//! Aero Workflow's `run-sql-select`: no value and no name changes the statement.

use crate::holds;
use crate::selected::{AGGREGATES, Given, Predicate, Selected, TESTS};
use crate::world::{Answer, Vendor};
use outwit::ErrorKind;
use outwit_fuzz::statement::{Literal, dialects, parse, query, take_literals};
use outwit_host_test::test_settings;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::cell::Cell;

pub const SELECT: &str = "aero.run-sql-select";

#[rustfmt::skip]
const NASTY: &[&str] = &[
    "'", "''", "'''", "\"", "\"\"", "O'Brien", "' OR 1=1 --", "'; DROP TABLE x; --", "\"; DROP TABLE x; --", "--",
    "-- ", "/*", "*/", "/**/", "#", ";", "\\", "\\'", "\\\\'", "\u{2018}", "\u{2019}", "\u{2bc}", "\u{ff07}",
    "\u{201d}", "`", "[", "]", "]'", "$$", "$a$", "\0", "\u{1}", "\n", "\r\n", "\u{85}", "\u{a0}", "\u{2028}",
    "\u{feff}", "\u{200b}", "%", "_", "%_%", "\u{1f30a}", "NULL", "SELECT", "INTO", "", " ", "?", ":a", "@x",
    "@@version", "{d '2026-01-01'}", "0x27", "CHAR(39)", "N'", "E'", "U&'", "q'[", "X'27'", "1; --", "a.b", "a\"b",
    "*", "\u{fe68}", "\u{ff3c}", "é", "ıNTO", "x' 'y", "&#39;", "%27", "${x}",
];

fn texts() -> BoxedStrategy<String> {
    let long = (1000usize..40_000).prop_map(|length| "'\"é%;".repeat(length / 5));
    let joined = vec(prop_oneof![3 => select(NASTY).prop_map(str::to_owned), 1 => any::<String>()], 1..5);
    prop_oneof![
        4 => select(NASTY).prop_map(str::to_owned),
        4 => joined.prop_map(|parts| parts.concat()),
        4 => any::<String>(),
        1 => long,
    ]
    .boxed()
}

/// Names that most dialects keep for themselves are names like others.
fn names() -> BoxedStrategy<String> {
    const OWN: &[&str] = &[
        "TeamMember",
        "Hours",
        "a",
        "_",
        "SELECT",
        "from",
        "INTO",
        "NULL",
        "order",
        "TRUE",
        "x1",
        "N",
        "E",
        "q",
        "TOP",
        "CASE",
    ];
    prop_oneof![1 => select(OWN).prop_map(str::to_owned), 1 => "[A-Za-z_][A-Za-z0-9_]{0,20}"].boxed()
}

/// A component may read a float one unit in its last place beside what was written, as `kit::wire` says.
fn is_read_exactly(number: f64) -> bool {
    let text = Value::from(number).to_string();
    serde_json::from_str(&text).is_ok_and(|read: f64| read.to_bits() == number.to_bits())
}

fn values() -> BoxedStrategy<Given> {
    let numbers = prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
        any::<i64>().prop_map(|number| number as f64),
        select(
            &[0.0, -0.0, 0.1, -0.25, 1e15, 1e16, 1e21, 1e-7, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e300][..]
        ),
        (-100i8..100).prop_map(f64::from),
    ];
    prop_oneof![
        5 => texts().prop_map(Given::Text),
        3 => numbers.prop_filter("read exactly", |number| is_read_exactly(*number)).prop_map(Given::Number),
        1 => any::<bool>().prop_map(Given::Truth),
    ]
    .boxed()
}

/// Mostly as many values as the test takes.
fn predicates(names: BoxedStrategy<String>, values: BoxedStrategy<Given>) -> impl Strategy<Value = Vec<Predicate>> {
    let test = select(&TESTS[..]).prop_map(|(test, _)| test);
    let several = prop_oneof![Just(None), Just(None), Just(None), Just(None), (0usize..4).prop_map(Some)];
    let predicate = (names, test, several, vec(values, 3)).prop_map(|(column, test, several, mut values)| {
        values.truncate(several.unwrap_or(match test {
            "is-null" | "is-not-null" => 0,
            "one-of" => 3,
            _ => 1,
        }));
        (column, test, values)
    });
    vec(predicate, 0..5)
}

fn selects(names: BoxedStrategy<String>, values: BoxedStrategy<Given>) -> impl Strategy<Value = Selected> {
    let aggregate = option::of(select(&AGGREGATES[..]).prop_map(|(ours, _)| ours));
    let columns = vec((names.clone(), aggregate, option::of(names.clone())), 0..4);
    let order = vec((names.clone(), option::of(any::<bool>())), 0..3);
    let limit = option::of((select(&["top", "limit"][..]), any::<u32>()));
    let rest = (order, limit);
    (columns, vec(names.clone(), 1..3), predicates(names, values), rest)
        .prop_map(|(columns, table, predicates, (order, limit))| Selected { columns, table, predicates, order, limit })
}

/// What was sent as a statement; none if nothing was sent.
pub fn statement(aero: &Vendor) -> Option<String> {
    let sent = aero.sent();
    let body: Value = serde_json::from_slice(&sent.first()?.body).ok()?;
    let query = body["query"].as_str()?;
    let only = sent.len() == 1
        && body == json!({ "key": test_settings(aero.plugin.catalogue())["AERO_SQL_KEY"], "query": query });
    only.then(|| query.to_owned())
}

/// Whether it was sent, as exactly the statement that it has to be.
fn sent(aero: &Vendor, selected: &Selected) -> Result<bool, String> {
    let outcome = aero.call(SELECT, &selected.json(), &[Answer::json("[]")]);
    if let Err(error) = outcome {
        let field = error.field.clone().unwrap_or_default();
        let refused = error.kind == ErrorKind::InvalidInput && aero.sent().is_empty();
        let named = selected.is_odd(&field) && error.message.starts_with(&format!("{field}: "));
        return if refused && named { Ok(false) } else { Err(format!("{error:?}")) };
    }
    let sql = statement(aero).ok_or("no statement was sent")?;
    let literals: Vec<Literal> =
        selected.predicates.iter().flat_map(|(.., values)| values).map(Given::literal).collect();
    for (name, dialect) in dialects() {
        let parsed = |sql: &str| parse(&*dialect, sql).map_err(|problem| format!("{name}: {problem}: {sql}"));
        let (mut expected, mut found) = (parsed(&selected.expected())?, parsed(&sql)?);
        let taken = query(&mut found).map(take_literals);
        if taken.as_ref() != Some(&literals) {
            return Err(format!("{name}: expected {literals:?}, got {taken:?}: {sql}"));
        }
        if query(&mut expected).is_none() || found != expected {
            return Err(format!("{name}: expected {}, got {sql}", selected.expected()));
        }
    }
    Ok(true)
}

/// Tries selects, of which some have to come through.
fn all_hold(cases: u32, selects: &impl Strategy<Value = Selected>) {
    let aero = Vendor::new("aero");
    let counts = Cell::new((0, 0));
    holds(cases, selects, |selected| {
        let through = sent(&aero, &selected)?;
        counts.set((counts.get().0 + u32::from(through), counts.get().1 + 1));
        Ok(())
    });
    let (through, all) = counts.get();
    assert!(through * 10 >= all && through < all, "{through} of {all} were sent");
}

#[test]
fn no_value_changes_a_select() {
    all_hold(1500, &selects(names(), values()));
}

#[test]
fn a_name_is_that_one_name_or_refused() {
    let names = prop_oneof![12 => names(), 1 => texts()].boxed();
    all_hold(1000, &selects(names, (0..9u8).prop_map(|number| Given::Number(number.into())).boxed()));
}
