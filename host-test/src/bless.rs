//! Writes what came out into a file of cases, and touches nothing else in it.
//!
//! Only the member `output` or `error` of a case is replaced, in the text itself: expected requests and replies stay as a
//! person wrote them, to the byte.

use anyhow::{Context, Result, bail};
use outwit_mocks::case::Outcome;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};
use std::collections::BTreeMap;
use std::ops::Range;

const WIDTH: usize = 120;
const INDENT: usize = 4;

/// The text of a file of cases, with these outcomes by the cases' names.
pub fn bless(text: &str, outcomes: &BTreeMap<String, Outcome>) -> Result<String> {
    let mut blessed = String::new();
    let mut copied = 0;
    for case in items(text)? {
        let members = members(text, case.start)?;
        let name = members.iter().find(|member| member.name == "name").context("a case has no name")?;
        let name: String = serde_json::from_str(&text[name.value.clone()])?;
        let Some(outcome) = outcomes.get(&name) else { continue };
        let (key, value) = match outcome {
            Ok(output) => ("output", output),
            Err(error) => ("error", error),
        };
        let line = format!("\"{key}\": {}", pretty(value, INDENT, INDENT + key.len() + 4));
        let old = members.iter().find(|member| member.name == "output" || member.name == "error");
        let (from, to, line) = match (old, members.last()) {
            (Some(old), _) => (old.key, old.value.end, line),
            (None, Some(last)) => (last.value.end, last.value.end, format!(",\n{:INDENT$}{line}", "")),
            (None, None) => bail!("{name}: an empty case"),
        };
        blessed.push_str(&text[copied..from]);
        blessed.push_str(&line);
        copied = to;
    }
    blessed.push_str(text[copied..].trim_end());
    blessed.push('\n');
    Ok(blessed)
}

struct Member {
    name: String,
    /// Where its name begins.
    key: usize,
    value: Range<usize>,
}

/// Where the members of the object at `start` are.
fn members(text: &str, start: usize) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut at = start;
    loop {
        // Behind the brace or the comma.
        at = skip(text, at + 1);
        if text[at..].starts_with('}') {
            return Ok(members);
        }
        let key = at;
        let name = value(text, key)?;
        let colon = skip(text, name.end);
        let value = value(text, skip(text, colon + 1))?;
        at = skip(text, value.end);
        members.push(Member { name: serde_json::from_str(&text[name])?, key, value });
        if !text[at..].starts_with(',') {
            return Ok(members);
        }
    }
}

/// Where the items of the list that the text is are.
fn items(text: &str) -> Result<Vec<Range<usize>>> {
    let mut items = Vec::new();
    let mut at = skip(text, 0);
    loop {
        at = skip(text, at + 1);
        if at >= text.len() || text[at..].starts_with(']') {
            return Ok(items);
        }
        let item = value(text, at)?;
        at = skip(text, item.end);
        items.push(item);
        if !text[at..].starts_with(',') {
            return Ok(items);
        }
    }
}

fn skip(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

/// Where the value that begins at `start` is.
fn value(text: &str, start: usize) -> Result<Range<usize>> {
    let mut values = Deserializer::from_str(&text[start..]).into_iter::<IgnoredAny>();
    values.next().context("a value is missing")??;
    Ok(start..start + values.byte_offset())
}

/// A document with its members in alphabetical order, on one line where it fits.
fn pretty(value: &Value, indent: usize, column: usize) -> String {
    let flat = flat(value);
    if column + flat.chars().count() < WIDTH {
        return flat;
    }
    let pad = " ".repeat(indent + 2);
    let lines = |items: Vec<String>| items.join(&format!(",\n{pad}"));
    let (open, lines, close) = match value {
        Value::Object(_) => {
            let members = sorted(value).into_iter().map(|(name, value)| {
                let name = Value::from(name.as_str()).to_string();
                let column = indent + 4 + name.chars().count();
                format!("{name}: {}", pretty(value, indent + 2, column))
            });
            ('{', lines(members.collect()), '}')
        }
        Value::Array(items) => {
            ('[', lines(items.iter().map(|item| pretty(item, indent + 2, indent + 2)).collect()), ']')
        }
        _ => return flat,
    };
    format!("{open}\n{pad}{lines}\n{:indent$}{close}", "")
}

fn flat(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members = sorted(value).into_iter();
            let members = members.map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), flat(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// In an order that does not depend on how `serde_json` was built.
fn sorted(value: &Value) -> BTreeMap<&String, &Value> {
    value.as_object().into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_outcomes_are_rewritten() {
        let text = "[\n  {\n    \"name\": \"a, b\",\n    \"exchanges\": [ {\"x\":1} ],\n    \"error\": {\"kind\": \"old\"}\n  },\n  \
                    {\"name\": \"new\",   \"input\": {}},\n  {\"name\": \"other\", \"output\": [ 1 ]}\n]";
        let outcomes = BTreeMap::from([
            ("a, b".to_owned(), Ok(json!({ "z": 1, "a": [] }))),
            ("new".to_owned(), Err(json!({ "kind": "k" }))),
        ]);
        let expected = "[\n  {\n    \"name\": \"a, b\",\n    \"exchanges\": [ {\"x\":1} ],\n    \"output\": { \"a\": [], \"z\": 1 }\n  },\n  \
                        {\"name\": \"new\",   \"input\": {},\n    \"error\": { \"kind\": \"k\" }},\n  {\"name\": \"other\", \"output\": [ 1 ]}\n]\n";
        assert_eq!(bless(text, &outcomes).unwrap(), expected);
        assert_eq!(bless(expected, &outcomes).unwrap(), expected, "twice is as good as once");
    }

    #[test]
    fn what_does_not_fit_on_a_line_is_broken() {
        let long = json!({ "b": ["x".repeat(80), "y".repeat(40)], "a": 1 });
        let broken = pretty(&long, 4, 14);
        let lines: Vec<&str> = broken.lines().collect();
        assert_eq!(lines[..3], ["{", "      \"a\": 1,", "      \"b\": ["]);
        assert_eq!(lines.last(), Some(&"    }"));
        assert_eq!(serde_json::from_str::<Value>(&broken).unwrap(), long);
    }
}
