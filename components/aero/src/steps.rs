//! Recipes: what people call one job and Aero Workflow several requests. Values are in WIT's spelling.

use crate::dates;
use kit::types::ErrorKind;
use kit::{Call, Error, Progress, fail, invalid, json, set};
use serde_json::{Map, Value};

/// The first date is made with the master Aero and the rest is inserted from the date after it: an insertion that began
/// with the first again would make it twice.
pub fn open_quarter(call: &Call, quarter: &Value) -> Result<Value, Error> {
    let mut schedule = quarter["schedule"].clone();
    let (start, end) = (text(&schedule, "start-date"), text(quarter, "end-on-date"));
    let next = dates::after(start, &schedule).map_err(|expected| invalid("schedule.start-date", expected))?;
    if dates::is_before(end, start) {
        return Err(invalid("end-on-date", "expected a date that is not before the start"));
    }
    let from_template = match quarter["library"].as_bool() {
        Some(true) => "create-master-aero-from-library-template",
        _ => "create-master-aero-from-template",
    };
    let mut done = Progress::of(call);
    let mut master = pick(quarter, &["template-id", "schedule", "assigned-to", "company", "contact"]);
    set(&mut master, "number-of-dates", 1u32);
    let master = done.step(from_template, master)?;
    let id = text(&master, "id");
    let mut occurrences = Value::Array(Vec::new());
    if !dates::is_before(end, &next) {
        set(&mut schedule, "start-date", next);
        let rest = json!({ "id": id, "schedule": schedule, "end-on-date": end });
        occurrences = done.step("insert-occurrences-by-date", rest)?["aeros"].clone();
    }
    Ok(json!({ "master-aero-id": master["id"], "occurrences": occurrences }))
}

pub fn onboard_client(call: &Call, client: &Value) -> Result<Value, Error> {
    let (company, contact, entry) = (&client["company"], &client["contact"], &client["vault-entry"]);
    if contact.is_object() && (company["contact-first-name"].is_string() || company["contact-last-name"].is_string()) {
        return Err(invalid(
            "company.contact-first-name",
            "expected no name beside `contact`, who would be created twice",
        ));
    }
    let mut done = Progress::of(call);
    let company = done.step("create-company", company.clone())?;
    let mut onboarded = json!({ "company-id": company["id"], "company-name": company["name"] });
    if contact.is_object() {
        let contact = done.step("create-contact", contact.clone())?;
        set(&mut onboarded, "contact-id", contact["id"].clone());
        set(&mut onboarded, "contact-name", contact["name"].clone());
    }
    if entry.is_object() {
        let mut entry = entry.clone();
        set(&mut entry, "company-id", company["id"].clone());
        set(&mut onboarded, "vault-entry-id", done.step("create-vault-entry", entry)?["id"].clone());
    }
    Ok(onboarded)
}

pub fn log_time_by_name(call: &Call, entry: &Value) -> Result<Value, Error> {
    let (category, company) = (text(entry, "category"), text(entry, "company"));
    let aero = id(call, entry, "aero", &format!("list-{category}s"), "subject", company)?;
    let hat = match entry.get("hat") {
        Some(Value::String(_)) => id(call, entry, "hat", "list-hats", "name", "")?,
        _ => Value::Null,
    };
    let mut time = pick(entry, &["category", "hours", "description", "start-date", "team-member", "billable"]);
    set(&mut time, "aero-id", aero.clone());
    set(&mut time, "hat-id", hat.clone());
    let mut logged = call.step("create-time-entry", time)?;
    set(&mut logged, "aero-id", aero);
    set(&mut logged, "hat-id", hat);
    Ok(logged)
}

/// The id of the record that a field means: in digits the id itself, else of the one record that has it in its `name`,
/// exactly or else in part.
fn id(call: &Call, input: &Value, field: &str, list: &str, name: &str, company: &str) -> Result<Value, Error> {
    let wanted = text(input, field).trim();
    if wanted.is_empty() {
        return Err(invalid(field, "expected a name or an id"));
    }
    if wanted.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(wanted.into());
    }
    let Value::Array(mut all) = call.step(list, Value::Null)? else { return Ok(Value::Null) };
    all.retain(|record| company.is_empty() || same(text(record, "company"), company));
    if all.iter().any(|record| same(text(record, name), wanted)) {
        all.retain(|record| same(text(record, name), wanted));
    } else {
        let part = |record: &Value| {
            text(record, name).as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        all.retain(part);
    }
    let described = |record: &Value| match text(record, "subject") {
        "" => text(record, "name").to_owned(),
        subject => format!("{subject}, {}", text(record, "company")),
    };
    Ok(kit::only(field, field, wanted, all, described)?["id"].clone())
}

pub fn report_time(call: &Call, query: &Value) -> Result<Value, Error> {
    let group = match text(query, "by") {
        "hat" => "Hat",
        "client" => "Client",
        _ => "TeamMember",
    };
    let select = json!({
        "columns": [json!({ "name": group }), json!({ "name": "Hours", "aggregate": "sum", "alias": "TotalHours" })],
        "table": "AeroTimes",
        "where": [started("at-least", &query["from"]), started("less", &query["to"])],
    });
    let mut found = call.step("run-sql-select", select)?;
    let mut total = 0.0;
    for (index, row) in found.as_array_mut().into_iter().flatten().enumerate() {
        let hours = match &row["TotalHours"] {
            Value::String(digits) => {
                kit::wire::Node::parse(digits.as_bytes()).ok().and_then(|n| n.as_number()?.as_f64())
            }
            hours => hours.as_f64(),
        };
        let Some(hours) = hours else {
            let message =
                format!("Aero Workflow answered something unexpected: response[{index}].TotalHours: expected a number");
            return Err(fail(ErrorKind::Unreadable, message));
        };
        total += hours;
        *row = json!({ "name": row[group], "hours": hours });
    }
    Ok(json!({ "rows": found, "total": total }))
}

fn started(test: &str, date: &Value) -> Value {
    json!({ "column": "StartDate", "test": test, "values": [json!({ "text": date })] })
}

fn pick(from: &Value, names: &[&str]) -> Value {
    let mut picked = Map::new();
    for name in names {
        picked.insert((*name).to_owned(), from[*name].clone());
    }
    Value::Object(picked)
}

fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
