//! Lists and counts: which records, in which order, which page of them.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::World;
use super::fields::{Fields, project};
use super::filter_tables::{Filters, filters};
use super::filters::{Bound, Filter, Parser, Rule};
use super::reply::{Failure, Outcome, invalid};
use super::request::Call;
use super::store::{Record, text};
use super::tables::{Kind, kind};

const DEFAULT_LIMIT: u64 = 10;
const LARGEST_LIMIT: u64 = 100;

pub fn list(world: &World, kind: &Kind, call: &Call) -> Outcome {
    list_of(world, kind, call, |_| true).map(Some)
}

/// The list of those records that are in a place which the path names.
pub fn list_of(world: &World, kind: &Kind, call: &Call, there: impl Fn(&Record) -> bool) -> Result<Value, Failure> {
    let fields = Fields::of(call, kind, world.switches.strict)?;
    let (skip, take) = page(call)?;
    let hide = call.switch("_hide_defaults");
    let rows: Vec<&Record> =
        select(world, kind, call)?.into_iter().filter(|row| there(row)).skip(skip).take(take).collect();
    let show = |record: &&Record| project(&world.store, kind, record, &fields, hide);
    if kind.name == "activity" && fields.names("interacts") {
        return Ok(wrapped(world, &rows, show));
    }
    Ok(rows.iter().map(show).collect())
}

/// What has the latest date first, whatever order is asked for.
pub fn latest(world: &World, kind: &Kind, call: &Call, date: &str) -> Outcome {
    let fields = Fields::of(call, kind, world.switches.strict)?;
    let ((skip, take), hide) = (page(call)?, call.switch("_hide_defaults"));
    let mut rows = select(world, kind, call)?;
    rows.sort_by(|left, right| compare(text(right, date), text(left, date)));
    let rows = rows.into_iter().skip(skip).take(take);
    Ok(Some(rows.map(|record| project(&world.store, kind, record, &fields, hide)).collect()))
}

pub fn count(world: &World, kind: &Kind, call: &Call) -> Outcome {
    let count = select(world, kind, call)?.len();
    Ok(Some(json!({ "count": count.to_string() })))
}

/// Time of the activities that pass the filters, added up; null where none does.
pub fn allocations(world: &World, kind: &Kind, call: &Call) -> Outcome {
    let rows = select(world, kind, call)?;
    let sum = |name: &str| rows.iter().filter_map(|row| text(row, name).parse::<u64>().ok()).sum::<u64>();
    let hours = |row: &&Record| {
        text(row, "billable").parse::<f64>().unwrap_or(0.0) / 3600.0
            * text(row, "rate_charged").parse::<f64>().unwrap_or(0.0)
    };
    let charged: f64 = rows.iter().map(hours).sum();
    Ok(Some(match rows.is_empty() {
        true => Value::Null,
        false => json!({
            "billable": sum("billable").to_string(),
            "nonbillable": sum("nonbillable").to_string(),
            "charged": format!("{charged:.2}"),
        }),
    }))
}

/// How many records to pass over and how many to show. `_page` beats `_offset`.
fn page(call: &Call) -> Result<(usize, usize), Failure> {
    let limit = call.number("_limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 {
        return Err(invalid("_limit must be at least 1."));
    }
    let limit = limit.min(LARGEST_LIMIT);
    let offset = call.number("_offset")?.unwrap_or(0);
    let skip = call.number("_page")?.map_or(offset, |page| page.saturating_mul(limit));
    Ok((usize::try_from(skip).unwrap_or(usize::MAX), limit as usize))
}

/// What passes `_filters` and `_search`, in order.
fn select<'a>(world: &'a World, kind: &Kind, call: &Call) -> Result<Vec<&'a Record>, Failure> {
    let table = filters(kind.name);
    let parser = Parser { table, strict: world.switches.strict };
    let conditions = match call.params.get("_filters") {
        Some(value) => parser.parse(value)?,
        None => Vec::new(),
    };
    // Unlike the filter, this one takes parentheses and commas as they are.
    let search = call.text("_search").unwrap_or_default().to_lowercase();
    let terms: Vec<String> = search.split_whitespace().map(str::to_owned).collect();
    if world.switches.strict && table.search.is_empty() && !terms.is_empty() {
        return Err(invalid(format!("There is no search in {}.", kind.plural)));
    }
    let fits = |record: &&Record| {
        found(table, record, &terms) && conditions.iter().all(|condition| holds(kind, table, condition, record))
    };
    let mut rows: Vec<&Record> = world.store.all(kind.name).filter(fits).collect();
    // The sort keeps the order of equals, which is by id so far.
    rows.sort_by(|left, right| order(table, &conditions, left, right));
    Ok(rows)
}

fn holds(kind: &Kind, table: &Filters, filter: &Filter, record: &Record) -> bool {
    match filter {
        Filter::Test { rule: Rule::Order { .. }, .. } => true,
        Filter::Test { rule, negated, values } => passes(kind, table, *rule, values, record) != *negated,
        Filter::Object { fields, negated, pairs } => {
            pairs.iter().any(|(kind, ids)| names(*fields, kind, ids, record)) != *negated
        }
        Filter::And(inner) => inner.iter().all(|filter| holds(kind, table, filter, record)),
        // An ordering in here is no condition, and without any condition there is nothing to fail.
        Filter::Or(inner) => {
            let mut conditions = inner
                .iter()
                .filter(|filter| !matches!(filter, Filter::Test { rule: Rule::Order { .. }, .. }))
                .peekable();
            conditions.peek().is_none() || conditions.any(|filter| holds(kind, table, filter, record))
        }
    }
}

fn passes(kind: &Kind, table: &Filters, rule: Rule, values: &[String], record: &Record) -> bool {
    match rule {
        Rule::Equals(fields) => {
            let same = |value: &String| fields.iter().any(|field| text(record, field).eq_ignore_ascii_case(value));
            values.iter().any(same)
        }
        // A client's authors found that no date compares as 0, and that one that is not set is before all others.
        Rule::EqualsDate(field) => {
            values.iter().any(|value| value == text(record, field) && value.parse::<u64>().is_ok_and(|date| date > 0))
        }
        Rule::Range(field, bound) => {
            let dated = field.starts_with("date_");
            let stored = Some(text(record, field)).filter(|text| !dated || !text.is_empty()).unwrap_or("0");
            let within = |value: &String| match (bound, compare(stored, value)) {
                (Bound::Greater, order) => order.is_gt(),
                (Bound::GreaterOrEqual, order) => order.is_ge(),
                (Bound::Less, order) => order.is_lt(),
                (Bound::LessOrEqual, order) => order.is_le(),
            };
            !stored.is_empty() && values.iter().all(within)
        }
        Rule::Search => found(table, record, &terms(values)),
        Rule::Empty => {
            let known = |name: &&String| kind.fields.iter().any(|(field, _, _)| field == name);
            values.iter().filter(known).all(|name| matches!(text(record, name), "" | "0"))
        }
        Rule::Order { .. } => true,
    }
}

/// Whether the record's pair is of this type and one of these ids. What hangs on a company's jobs is not against the
/// company: the documents say that `against(company(1))` equals `against_type(company),against_id(1)`.
fn names(fields: (&str, &str), kind: &str, ids: &[String], record: &Record) -> bool {
    text(record, fields.0) == kind && ids.iter().any(|id| id == text(record, fields.1))
}

/// Words, without the characters that the filter ignores.
fn terms(values: &[String]) -> Vec<String> {
    let text = values.join(" ").replace(['(', ')', ','], " ").to_lowercase();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Every term must be in some field. A list that has no search ignores it.
fn found(table: &Filters, record: &Record, terms: &[String]) -> bool {
    let contains = |term: &String| table.search.iter().any(|field| text(record, field).to_lowercase().contains(term));
    table.search.is_empty() || terms.iter().all(contains)
}

fn order(table: &Filters, conditions: &[Filter], left: &Record, right: &Record) -> Ordering {
    for condition in conditions {
        let Filter::Test { rule: Rule::Order { descending }, values, .. } = condition else { continue };
        for (_, field) in values.iter().filter_map(|value| table.order.iter().find(|row| row.0 == value)) {
            let ordering = compare(text(left, field), text(right, field));
            if ordering.is_ne() {
                return if *descending { ordering.reverse() } else { ordering };
            }
        }
    }
    Ordering::Equal
}

/// As numbers if both are, else as words without regard to case.
fn compare(left: &str, right: &str) -> Ordering {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.total_cmp(&right),
        _ => left.to_lowercase().cmp(&right.to_lowercase()),
    }
}

/// Asking for `interacts` turns the list into an object with the people beside the activities.
fn wrapped(world: &World, rows: &[&Record], show: impl Fn(&&Record) -> Value) -> Value {
    let activity = |record: &&Record| {
        let mut object = show(record);
        object["interacts"] = record.get("interacts").cloned().unwrap_or_else(|| json!([]));
        object
    };
    let people = |name: &str| -> Value {
        let Some(kind) = kind(name) else { return json!([]) };
        let interacts = rows.iter().filter_map(|record| record.get("interacts")?.as_array()).flatten();
        let mut ids: Vec<u64> = interacts
            .filter(|interact| interact["owner_type"] == name)
            .filter_map(|interact| interact["owner_id"].as_str()?.parse().ok())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let records = ids.iter().filter_map(|id| world.store.get(name, &id.to_string()));
        records.map(|record| project(&world.store, kind, record, &Fields::default(), false)).collect()
    };
    json!({
        "activities": rows.iter().map(activity).collect::<Value>(),
        "staff": people("staff"),
        "affiliations": people("affiliation"),
    })
}
