//! Who and what a caller means: names, or ids in digits, to records. Values are in WIT's spelling.

use crate::jobs::MOST_PAGES;
use kit::types::ErrorKind;
use kit::{Call, Error, Pages, fail, has_name, invalid, is_called, json, meant, set};
use serde_json::{Map, Value};

/// What is given by name.
pub enum Name {
    AssignedTo,
    TimeOf,
    Company,
    Contact,
    Project,
    AeroType,
    Hat,
}

impl Name {
    /// The field that a caller gives it in, what it is, and the operation that lists what there is.
    fn terms(&self) -> [&'static str; 3] {
        match self {
            Name::AssignedTo => ["assigned-to", "team member", "list-team-members"],
            Name::TimeOf => ["team-member", "team member", "list-team-members"],
            Name::Company => ["company", "company", "list-companies"],
            Name::Contact => ["contact", "contact", "list-contacts"],
            Name::Project => ["project", "project", "list-projects"],
            Name::AeroType => ["aero-type", "Aero type", "list-aero-types"],
            Name::Hat => ["hat", "hat", "list-hats"],
        }
    }

    /// The name as the list spells it.
    pub fn name(&self, call: &Call, input: &Value) -> Result<Value, Error> {
        let [field, kind, list] = self.terms();
        Ok(listed(call, field, kind, wanted(input, field, "")?, list)?["name"].clone())
    }
}

/// The id of what is given by name, null where nothing is. `within` is where the input stands in the caller's, with a dot.
pub fn id(call: &Call, input: &Value, name: &Name, within: &str) -> Result<Value, Error> {
    let [field, kind, list] = name.terms();
    if input[field].is_null() {
        return Ok(Value::Null);
    }
    let wanted = wanted(input, field, within)?;
    Ok(listed(call, &[within, field].concat(), kind, wanted, list)?["id"].clone())
}

/// Sets the ids of all who and what work is for.
pub fn set_ids(call: &Call, input: &Value, to: &mut Value) -> Result<(), Error> {
    for (name, member) in [
        (Name::AssignedTo, "team-member-id"),
        (Name::Company, "customer-id"),
        (Name::Contact, "contact-id"),
        (Name::Project, "aero-group-id"),
    ] {
        let id = id(call, input, &name, "")?;
        if !id.is_null() {
            set(to, member, id);
        }
    }
    Ok(())
}

fn listed(call: &Call, field: &str, kind: &str, wanted: &str, list: &str) -> Result<Value, Error> {
    let described = |record: &Value| match text(record, "full-project-name") {
        "" => text(record, "name").to_owned(),
        full => full.to_owned(),
    };
    const CALLED: [&str; 2] = ["name", "full-project-name"];
    let all = all(call.step(list, json!({}))?);
    // A number may be a name, too.
    if is_id(wanted) && !is_called(&all, &CALLED, wanted) {
        let missing = || fail(ErrorKind::NotFound, format!("no {kind} has the id {wanted}, or this name"));
        let found = all.into_iter().find(|record| text(record, "id") == wanted);
        return found.ok_or_else(|| Error { field: Some(format!("input.{field}")), ..missing() });
    }
    meant(field, kind, wanted, all, &CALLED, described)
}

fn wanted<'i>(input: &'i Value, field: &str, within: &str) -> Result<&'i str, Error> {
    let wanted = text(input, field).trim();
    if wanted.is_empty() {
        return Err(invalid(&[within, field].concat(), "expected a name or an id"));
    }
    Ok(wanted)
}

fn is_id(wanted: &str) -> bool {
    wanted.bytes().all(|b| b.is_ascii_digit()) && wanted.bytes().any(|b| b != b'0')
}

/// The Aero that is meant in `aero`, by its subject or its id, among those that the other fields leave.
pub fn aero(call: &Call, input: &Value) -> Result<Value, Error> {
    const FIELD: &str = "aero";
    let wanted = wanted(input, FIELD, "")?;
    let on = text(input, "scheduled-on");
    let mut found = walk(call, text(input, "category"), MOST_PAGES)?;
    if !found.complete {
        return Err(invalid(FIELD, format!("expected fewer than {MOST_PAGES} pages to look for it in")));
    }
    let narrowed = |aero: &Value| {
        ["assigned-to", "project"].iter().all(|member| has_name(text(aero, member), text(input, member)))
            && text(aero, "scheduled-start-date").starts_with(on)
    };
    found.aeros.retain(narrowed);
    let described = |aero: &Value| {
        let parts = ["subject", "assigned-to", "project", "scheduled-start-date"].map(|member| text(aero, member));
        kit::wire::joined(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>(), ", ")
    };
    // A number may be a subject, too.
    let by_id = is_id(wanted) && !is_called(&found.aeros, &["subject"], wanted);
    meant(FIELD, "Aero", wanted, found.aeros, if by_id { &["id"] } else { &["subject"] }, described)
}

/// What was read of a list with pages.
pub struct Walked {
    pub aeros: Vec<Value>,
    pub pages: u64,
    /// Whether the list has no more.
    pub complete: bool,
}

/// Reads the pages of a category's list, until one is empty or brings nothing new. Nothing else tells that there are no more.
pub fn walk(call: &Call, category: &str, most: u64) -> Result<Walked, Error> {
    let list = format!("list-{category}s");
    let mut walked = Walked { aeros: Vec::new(), pages: 0, complete: false };
    let mut pages = Pages::default();
    let mut page = None;
    while walked.pages < most && !walked.complete {
        let mut read = call.step(&list, json!({ "page": page }))?;
        walked.pages += 1;
        let new = pages.take(all(read.get_mut("aeros").map(Value::take).unwrap_or_default()));
        walked.complete = new == 0;
        // A page that does not say its number is the one that was asked for.
        page = read["page"].as_u64().max(page).or(Some(1)).map(|page| page + 1);
    }
    walked.aeros = pages.records;
    Ok(walked)
}

fn all(list: Value) -> Vec<Value> {
    match list {
        Value::Array(all) => all,
        _ => Vec::new(),
    }
}

pub fn pick(from: &Value, names: &[&str]) -> Value {
    let mut picked = Map::new();
    for name in names {
        picked.insert((*name).to_owned(), from[*name].clone());
    }
    Value::Object(picked)
}

pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
