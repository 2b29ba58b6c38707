//! Recipes: work that is logged and completed by title. Values are in WIT's spelling.

use accelo_shared::changes::is_id;
use accelo_shared::records::{OfCompany, SOUGHT, all_pages, company, text, with_id};
use accelo_shared::time::bills;
use kit::types::ErrorKind;
use kit::{Call, Error, fail, invalid, is_called, json, meant, set};
use serde_json::Value;

/// The operations that find a company.
pub const OF_COMPANY: OfCompany = OfCompany { list: "find-companies", get: "get-company-name", fields: &[] };
const LONGER: &str = "a longer title";

/// How records of one kind are found.
struct Sought {
    /// What they are called in messages.
    kind: &'static str,
    list: &'static str,
    get: &'static str,
    fields: &'static [&'static str],
    company: Company,
}

/// How a list is narrowed to a company.
#[derive(Clone, Copy, PartialEq)]
enum Company {
    /// By a condition on what the records are against.
    Against,
    /// By a field of its own.
    Asked,
    /// Among the records that came.
    Picked,
}

const JOB: Sought =
    Sought { kind: "job", list: "list-jobs", get: "get-job", fields: &["standing"], company: Company::Against };
const TASK: Sought = Sought {
    kind: "task",
    list: "list-tasks",
    get: "get-task",
    fields: &["standing", "against_type", "against_id", "company()"],
    company: Company::Picked,
};
const TICKET: Sought =
    Sought { kind: "ticket", list: "find-tickets", get: "get-ticket-title", fields: &[], company: Company::Asked };
const MILESTONE: Sought = Sought {
    kind: "milestone",
    list: "list-milestones",
    get: "get-milestone",
    fields: &["standing", "job(company())"],
    company: Company::Picked,
};

pub fn log_work(call: &Call, entry: &Value) -> Result<Value, Error> {
    let sought = match text(entry, "on") {
        "job" => &JOB,
        "task" => &TASK,
        "ticket" => &TICKET,
        _ => &MILESTONE,
    };
    let record = titled(call, sought, entry, &[])?;
    let billable = entry["billable"] == true;
    let mut time = json!({
        "subject": entry["subject"],
        "body": entry["body"],
        "medium": entry["medium"],
        "owner-id": entry["staff-id"],
        "date-started": entry["started"],
    });
    let (against, id) = match sought.kind {
        // Time on a task is on what the task is against (documentation, Activities, Logging Time).
        "task" => {
            set(&mut time, "task-id", record["id"].clone());
            (text(&record, "against-type"), record["against-id"].clone())
        }
        "ticket" => ("issue", record["id"].clone()),
        kind => (kind, record["id"].clone()),
    };
    if billable && !bills(against) {
        let expected =
            format!("expected false, since this {} is against a {against}, on which Accelo bills no time", sought.kind);
        return Err(invalid("billable", expected));
    }
    let seconds = entry["minutes"].as_u64().unwrap_or(0) * 60;
    set(&mut time, if billable { "billable" } else { "nonbillable" }, seconds);
    set(&mut time, "against-type", against.replace('_', "-"));
    set(&mut time, "against-id", id.clone());
    if text(entry, "medium") == "meeting"
        && let Some(started) = entry["started"].as_u64()
    {
        set(&mut time, "date-ended", started.saturating_add(seconds));
    }
    let new = call.step("create-time-entry", time)?;
    Ok(json!({
        "activity-id": new["id"],
        "against-type": against,
        "against-id": id,
        "task-id": if sought.kind == "task" { record["id"].clone() } else { Value::Null },
        "title": record["title"],
        "billable": new["billable"].as_u64().unwrap_or(0),
        "nonbillable": new["nonbillable"].as_u64().unwrap_or(0),
    }))
}

pub fn complete_task(call: &Call, task: &Value) -> Result<Value, Error> {
    let open = json!({ "field": "standing", "test": "is-not", "values": ["complete", "inactive"] });
    let found = titled(call, &TASK, task, &[open])?;
    // By its id, one is found whatever its state.
    match text(&found, "standing") {
        "complete" => return Ok(completed(&found)),
        "inactive" => {
            let message = "the task is inactive: it was given up, and is not completed";
            return Err(Error { field: Some("input.title".into()), ..fail(ErrorKind::Conflict, message) });
        }
        _ => {}
    }
    let done = call.step("finish-task", json!({ "id": found["id"] }))?;
    Ok(completed(&done))
}

fn completed(task: &Value) -> Value {
    json!({ "id": task["id"], "title": task["title"], "standing": task["standing"] })
}

/// The record that is given by its title or, in digits, by its id, maybe of one company.
fn titled(call: &Call, sought: &Sought, input: &Value, conditions: &[Value]) -> Result<Value, Error> {
    let title = text(input, "title").trim();
    if title.is_empty() {
        return Err(invalid("title", format!("expected a {}'s title or id", sought.kind)));
    }
    let of = match &input["company"] {
        Value::Null => None,
        _ => Some(text(&company(call, text(input, "company"), &OF_COMPANY)?, "id").to_owned()),
    };
    let mut conditions = conditions.to_vec();
    let mut query = json!({ "search": title });
    match (&of, sought.company) {
        (Some(company), Company::Against) => {
            conditions.push(json!({ "field": "against", "values": [format!("company/{company}")] }));
        }
        (Some(company), Company::Asked) => set(&mut query, "company-id", company.clone()),
        _ => {}
    }
    // What is found by words alone takes no fields and no conditions.
    if !sought.fields.is_empty() {
        set(&mut query, "fields", sought.fields.iter().map(|field| Value::from(*field)).collect::<Value>());
        set(&mut query, "where", Value::Array(conditions));
    }
    let mut found = all_pages(call, sought.list, query, SOUGHT, "title", LONGER)?;
    if let (Some(company), Company::Picked) = (&of, sought.company) {
        found.retain(|record| of_company(record) == company);
    }
    if is_id(title) && !is_called(&found, &["title"], title) {
        if of.is_some() {
            let expected = format!("expected none beside a {}'s id, which says whose it is", sought.kind);
            return Err(invalid("company", expected));
        }
        let mut query = json!({ "id": title });
        if !sought.fields.is_empty() {
            set(&mut query, "fields", sought.fields.iter().map(|field| Value::from(*field)).collect::<Value>());
        }
        return call.step(sought.get, query);
    }
    with_id(meant("title", sought.kind, title, found, &["title"], name)?)
}

/// The company of a task, or of a milestone's job.
fn of_company(record: &Value) -> &str {
    let own = text(&record["company"], "id");
    if own.is_empty() { text(&record["job"]["extra"]["company"], "id") } else { own }
}

pub fn name(record: &Value) -> String {
    text(record, "title").to_owned()
}
