//! `_filters`: the text grammar and the JSON form, both into the same conditions.
//!
//! The text grammar has no escape: a value runs to the next comma or closing parenthesis, whatever it holds.

use serde_json::Value;

use super::filter_tables::Filters;
use super::reply::{Failure, invalid};
use super::request::as_text;

/// One condition on a record, or an ordering.
pub enum Filter {
    Test {
        rule: Rule,
        negated: bool,
        values: Vec<String>,
    },
    /// Any of the pairs of a type and its ids.
    Object {
        fields: (&'static str, &'static str),
        negated: bool,
        pairs: Vec<(String, Vec<String>)>,
    },
    Or(Vec<Filter>),
    And(Vec<Filter>),
}

/// What a filter's name means.
#[derive(Clone, Copy)]
pub enum Rule {
    Equals(&'static [&'static str]),
    EqualsDate(&'static str),
    Range(&'static str, Bound),
    Search,
    Empty,
    Order { descending: bool },
}

#[derive(Clone, Copy)]
pub enum Bound {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// The longer suffix first, since the shorter one would match its front part's name wrongly.
const RANGES: [(&str, Bound); 4] = [
    ("_greater_than_or_equal", Bound::GreaterOrEqual),
    ("_less_than_or_equal", Bound::LessOrEqual),
    ("_greater_than", Bound::Greater),
    ("_less_than", Bound::Less),
];

enum Meaning {
    Rule(Rule),
    Object(&'static str, &'static str),
    Or,
    And,
}

/// A parser of one list's filters.
pub struct Parser {
    pub table: &'static Filters,
    /// Unknown names are refused instead of ignored.
    pub strict: bool,
}

type Named = (String, Filter);

impl Parser {
    /// The value of `_filters`: a text in the grammar, or an object.
    pub fn parse(&self, value: &Value) -> Result<Vec<Filter>, Failure> {
        match value {
            Value::Object(_) => self.object_form(value, 0),
            value => {
                let text = as_text(value).unwrap_or_default();
                let mut rest = text.as_str();
                let filters = self.group(&mut rest, 0)?;
                if rest.is_empty() { Ok(filters) } else { Err(garbled()) }
            }
        }
    }

    fn meaning(&self, name: &str) -> Option<(Meaning, bool)> {
        let plain = match name {
            "_OR" => Some(Meaning::Or),
            "_AND" => Some(Meaning::And),
            name => self.plain(name),
        };
        if let Some(meaning) = plain {
            return Some((meaning, false));
        }
        Some((self.plain(name.strip_suffix("_not")?)?, true))
    }

    fn plain(&self, name: &str) -> Option<Meaning> {
        let table = self.table;
        let order = |descending| Some(Meaning::Rule(Rule::Order { descending }));
        match name {
            "search" => return Some(Meaning::Rule(Rule::Search)),
            "empty" => return Some(Meaning::Rule(Rule::Empty)),
            "order_by_asc" => return order(false),
            "order_by_desc" => return order(true),
            _ => {}
        }
        if let Some((_, kind, id)) = table.object.iter().find(|row| row.0 == name) {
            return Some(Meaning::Object(kind, id));
        }
        if let Some((_, fields)) = table.exact.iter().find(|row| row.0 == name) {
            return Some(Meaning::Rule(Rule::Equals(fields)));
        }
        let date = |name: &str| table.dates.iter().find(|date| **date == name);
        if let Some(date) = date(name) {
            return Some(Meaning::Rule(Rule::EqualsDate(date)));
        }
        for (suffix, bound) in [("_before", Bound::Less), ("_after", Bound::Greater)] {
            if let Some(date) = name.strip_suffix(suffix).and_then(date) {
                return Some(Meaning::Rule(Rule::Range(date, bound)));
            }
        }
        for (suffix, bound) in RANGES {
            let stem = name.strip_suffix(suffix);
            if let Some((_, field)) = stem.and_then(|stem| table.range.iter().find(|row| row.0 == stem)) {
                return Some(Meaning::Rule(Rule::Range(field, bound)));
            }
        }
        // Two bounds that only the old documentation has.
        match name {
            "max_id" => Some(Meaning::Rule(Rule::Range("id", Bound::LessOrEqual))),
            "min_id" => Some(Meaning::Rule(Rule::Range("id", Bound::GreaterOrEqual))),
            _ => None,
        }
    }

    fn unknown(&self, name: &str) -> Result<(), Failure> {
        if self.strict { Err(invalid(format!("There is no filter {name}."))) } else { Ok(()) }
    }

    /// A comma-separated list of filters, up to the end or to a closing parenthesis.
    fn group(&self, rest: &mut &str, depth: usize) -> Result<Vec<Filter>, Failure> {
        let mut found = Vec::new();
        if rest.trim().is_empty() || rest.starts_with(')') {
            *rest = rest.trim();
            return Ok(Vec::new());
        }
        loop {
            let open = rest.find(['(', ')', ',']).ok_or_else(garbled)?;
            let name = rest[..open].trim().to_owned();
            *rest = rest[open..].strip_prefix('(').ok_or_else(garbled)?;
            match self.meaning(&name) {
                None if name.is_empty() => return Err(garbled()),
                None => {
                    self.unknown(&name)?;
                    skip(rest)?;
                }
                Some((Meaning::Rule(rule), negated)) => {
                    let values = values(rest)?;
                    found.push((name, test(rule, negated, values)?));
                }
                Some((Meaning::Object(kind, id), negated)) => {
                    let pairs = pairs(rest)?;
                    close(rest)?;
                    found.push((name, Filter::Object { fields: (kind, id), negated, pairs }));
                }
                Some((meaning, _)) => {
                    let inner = self.group(rest, nest(&meaning, depth)?)?;
                    close(rest)?;
                    found.push((name, combine(&meaning, inner)));
                }
            }
            *rest = rest.trim_start();
            match rest.strip_prefix(',') {
                Some(next) => *rest = next,
                None => return Ok(last_of_each(found)),
            }
        }
    }

    fn object_form(&self, value: &Value, depth: usize) -> Result<Vec<Filter>, Failure> {
        let mut found = Vec::new();
        // A list of objects is one object in parts.
        let parts = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for (name, value) in parts.iter().filter_map(Value::as_object).flatten() {
            match self.meaning(name) {
                None => self.unknown(name)?,
                Some((Meaning::Rule(rule), negated)) => {
                    found.push((name.clone(), test(rule, negated, list(value))?));
                }
                Some((Meaning::Object(kind, id), negated)) => {
                    let objects = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                    let objects = objects.iter().filter_map(Value::as_object).flatten();
                    let pairs = objects.map(|(kind, ids)| (kind.clone(), list(ids))).collect();
                    found.push((name.clone(), Filter::Object { fields: (kind, id), negated, pairs }));
                }
                Some((meaning, _)) => {
                    let inner = self.object_form(value, nest(&meaning, depth)?)?;
                    found.push((name.clone(), combine(&meaning, inner)));
                }
            }
        }
        Ok(last_of_each(found))
    }
}

/// How deep the inside of an `_OR` or `_AND` is. The vendor supports an `_AND` inside an `_OR` and no more than that.
fn nest(meaning: &Meaning, depth: usize) -> Result<usize, Failure> {
    match (meaning, depth) {
        (_, 0) => Ok(1),
        (Meaning::And, 1) => Ok(2),
        _ => Err(invalid("_filters may hold an _AND inside an _OR, and nothing deeper.")),
    }
}

fn combine(meaning: &Meaning, inner: Vec<Filter>) -> Filter {
    if matches!(meaning, Meaning::Or) { Filter::Or(inner) } else { Filter::And(inner) }
}

/// A bound that is not a number cannot be compared with.
fn test(rule: Rule, negated: bool, values: Vec<String>) -> Result<Filter, Failure> {
    if let Rule::Range(field, _) = rule
        && field != "standing"
        && field != "custom_id"
        && values.iter().any(|value| value.parse::<f64>().is_err())
    {
        return Err(invalid(format!("_filters compares {field} with something that is not a number.")));
    }
    Ok(Filter::Test { rule, negated, values })
}

/// A repeated name overrides the earlier one.
fn last_of_each(found: Vec<Named>) -> Vec<Filter> {
    let mut last: Vec<Named> = Vec::new();
    for (name, filter) in found {
        last.retain(|(earlier, _)| *earlier != name);
        last.push((name, filter));
    }
    last.into_iter().map(|(_, filter)| filter).collect()
}

fn values(rest: &mut &str) -> Result<Vec<String>, Failure> {
    let (inside, after) = rest.split_once(')').ok_or_else(garbled)?;
    *rest = after;
    Ok(inside.split(',').map(|value| value.trim().to_owned()).collect())
}

/// The `company(312),job(998)` of an object filter.
fn pairs(rest: &mut &str) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let mut pairs = Vec::new();
    while !rest.trim_start().starts_with(')') {
        let (kind, after) = rest.split_once('(').ok_or_else(garbled)?;
        let kind = kind.trim().trim_start_matches(',').trim().to_owned();
        *rest = after;
        pairs.push((kind, values(rest)?));
    }
    Ok(pairs)
}

fn close(rest: &mut &str) -> Result<(), Failure> {
    *rest = rest.trim_start().strip_prefix(')').ok_or_else(garbled)?;
    Ok(())
}

/// Passes over the parentheses of an unknown filter.
fn skip(rest: &mut &str) -> Result<(), Failure> {
    let mut depth = 1;
    for (at, character) in rest.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            *rest = &rest[at + 1..];
            return Ok(());
        }
    }
    Err(garbled())
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(as_text).collect(),
        value => as_text(value).into_iter().collect(),
    }
}

fn garbled() -> Failure {
    invalid("_filters could not be read.")
}
