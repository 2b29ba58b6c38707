//! `_fields`: its grammar, and the part of a record that it asks for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::activities::permissions;
use super::reply::{Failure, invalid};
use super::request::{Call, as_text};
use super::store::{Record, Store, full_name, plural, text};
use super::tables::{Given, Kind, Shape, kind};

/// Deeper nesting is refused, so that a text of parentheses cannot exhaust the stack.
const DEEPEST: usize = 16;

/// What is asked of one object: names, each with what is asked of the linked object if it had parentheses.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Option<Fields>>);

impl Fields {
    /// The `_fields` of a request: a text, or in JSON also a list of texts. When `strict`, names that `kind` does not have
    /// are refused.
    pub fn of(call: &Call, kind: &Kind, strict: bool) -> Result<Fields, Failure> {
        let mut fields = Fields::default();
        match call.params.get("_fields") {
            Some(Value::Array(items)) => {
                for item in items.iter().filter_map(as_text) {
                    fields.parse_text(&item)?;
                }
            }
            Some(value) => fields.parse_text(&as_text(value).unwrap_or_default())?,
            None => {}
        }
        let known = |name: &str| {
            let special = kind.name == "activity" && ["breadcrumbs", "interacts", "permissions"].contains(&name);
            special || name == "_ALL" || kind.fields.iter().any(|(field, _, _)| *field == name)
        };
        match fields.0.keys().find(|name| strict && !known(name)) {
            Some(name) => Err(invalid(format!("There is no field {name}."))),
            None => Ok(fields),
        }
    }

    /// All plain fields.
    pub fn all() -> Fields {
        Fields(BTreeMap::from([("_ALL".to_owned(), None)]))
    }

    pub fn names(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn parse_text(&mut self, mut rest: &str) -> Result<(), Failure> {
        self.parse(&mut rest, 0)?;
        if rest.is_empty() { Ok(()) } else { Err(invalid("_fields has a parenthesis too many.")) }
    }

    /// Reads up to the parenthesis that closes this level, or to the end.
    fn parse(&mut self, rest: &mut &str, depth: usize) -> Result<(), Failure> {
        if depth > DEEPEST {
            return Err(invalid("_fields is nested too deeply."));
        }
        loop {
            let end = rest.find([',', '(', ')']).unwrap_or(rest.len());
            let name = rest[..end].trim();
            *rest = &rest[end..];
            if let Some(inner) = rest.strip_prefix('(') {
                *rest = inner;
                let linked = self.0.entry(name.to_owned()).or_default().get_or_insert_default();
                linked.parse(rest, depth + 1)?;
                *rest = rest.strip_prefix(')').ok_or_else(|| invalid("_fields lacks a closing parenthesis."))?;
            } else if !name.is_empty() {
                self.add_dotted(name);
            }
            match rest.strip_prefix(',') {
                Some(next) => *rest = next,
                None if rest.is_empty() || rest.starts_with(')') => return Ok(()),
                None => {}
            }
        }
    }

    /// `status.title` is another spelling of `status(title)`.
    fn add_dotted(&mut self, name: &str) {
        let mut at = self;
        let mut parts = name.split('.').take(DEEPEST).peekable();
        while let Some(part) = parts.next() {
            let entry = at.0.entry(part.to_owned()).or_default();
            if parts.peek().is_none() {
                return;
            }
            at = entry.get_or_insert_default();
        }
    }
}

/// The part of `record` that `fields` asks for. Unknown names are ignored, as the vendor does. `_hide_defaults` counts for
/// the record itself: in a linked object it would leave nothing of `staff()`.
pub fn project(store: &Store, kind: &Kind, record: &Record, fields: &Fields, hide_defaults: bool) -> Value {
    let everything = kind.all && fields.names("_ALL");
    let mut object = Map::new();
    for (name, given, shape) in kind.fields {
        let asked = fields.0.get(*name);
        let implied = match given {
            Given::Default => !hide_defaults,
            Given::Asked => everything,
            Given::Named => false,
        };
        if implied || asked.is_some() {
            let linked = asked.and_then(Option::as_ref);
            object.insert((*name).into(), shown(store, record, name, *shape, linked));
        }
    }
    // Both come only by name and are worked out for each answer.
    if kind.name == "activity" && fields.names("breadcrumbs") {
        object.insert("breadcrumbs".into(), breadcrumbs(store, record));
    }
    if kind.name == "activity" && fields.names("permissions") {
        object.insert("permissions".into(), permissions(record));
    }
    object.into()
}

fn shown(store: &Store, record: &Record, name: &str, shape: Shape, linked: Option<&Fields>) -> Value {
    let stored = || record.get(name).cloned().unwrap_or_default();
    match shape {
        Shape::Text | Shape::Json => stored(),
        Shape::Number => text(record, name).parse().map_or(Value::Null, |number: u64| number.into()),
        Shape::Link(to) => match linked {
            Some(fields) => expand(store, to, text(record, name), fields),
            None => stored(),
        },
        Shape::Path(kind, id) => {
            let kind = kind.strip_prefix('=').unwrap_or_else(|| text(record, kind));
            match linked {
                Some(fields) => expand(store, kind, text(record, id), fields),
                None => format!("{}/{}", plural(kind), text(record, id)).into(),
            }
        }
    }
}

/// Null for a link that leads nowhere, which `"0"` mostly is; only staff has a record of that id.
fn expand(store: &Store, name: &str, id: &str, fields: &Fields) -> Value {
    match (kind(name), store.get(name, id)) {
        (Some(kind), Some(record)) => project(store, kind, record, fields, false),
        _ => Value::Null,
    }
}

fn breadcrumbs(store: &Store, record: &Record) -> Value {
    let trail = store.ancestors(text(record, "against_type"), text(record, "against_id"));
    let crumb = |(kind, record): (&'static str, &Record)| {
        let titles = [text(record, "name").to_owned(), text(record, "title").to_owned(), full_name(record)];
        // A person has a form of address as title.
        let person = matches!(kind, "contact" | "staff");
        let title = titles.into_iter().skip(if person { 2 } else { 0 }).find(|title| !title.is_empty());
        json!({ "id": text(record, "id"), "table": kind, "title": title.unwrap_or_default() })
    };
    trail.into_iter().map(crumb).collect()
}
