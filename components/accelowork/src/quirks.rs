//! What Accelo does differently here, and a row cannot say.
//!
//! - What a job is against is called otherwise when it is changed (documentation, Jobs, Update Job).
//! - A rate of a task's own counts only against a job or milestone (documentation, Tasks, Create Task).
//! - A task, a contact and an affiliation have names of their own for their status (documentation, Tasks, Contacts, Affiliations).
//! - The list of request types has no pages (documentation, Requests, List Request Types).

use accelo_shared::changes::{as_written, both_or_none, some_change_as_written};
use accelo_shared::time::{add_time_fields, takes_time, took_time};
use kit::{FieldError, Guard, take};
use serde_json::{Map, Value};

type Params = Map<String, Value>;

/// Time on a new entry, which all can see.
pub static NEW_TIME: Guard = Guard {
    before: |_, entry| takes_time(entry, entry, "all"),
    after: |entry, record| took_time("create-time-entry", entry, record),
};

pub fn job_changes(params: &mut Params) -> Result<(), FieldError> {
    some_change_as_written(params)?;
    both_or_none(params)?;
    for (ours, theirs) in [("against_type", "engagement_table"), ("against_id", "engagement_id")] {
        if let Some(value) = take(params, ours) {
            params.insert(theirs.to_owned(), value);
        }
    }
    Ok(())
}

pub fn new_task(params: &mut Params) -> Result<(), FieldError> {
    let rated = matches!(params.get("against_type").and_then(Value::as_str), Some("job" | "milestone"));
    let own = ["rate_id", "rate_charged", "is_billable"].into_iter().find(|name| params.contains_key(*name));
    match own {
        Some(name) if !rated => {
            Err(FieldError::new(name, "expected none, since Accelo takes it only against a job or milestone"))
        }
        _ => as_written(params),
    }
}

pub fn paged_types(params: &mut Params) -> Result<(), FieldError> {
    let is_unpaged = params.get("of").is_some_and(|of| of == "requests");
    match ["_page", "_limit"].into_iter().find(|name| is_unpaged && params.contains_key(*name)) {
        Some(name) => Err(FieldError::new(name, "expected none, since Accelo gives the types of requests at once")),
        None => Ok(()),
    }
}

/// Asks for a record's status, by the name that its kind has for it.
pub fn with_status(params: &mut Params) -> Result<(), FieldError> {
    let status = match params.get("of").and_then(Value::as_str) {
        Some("tasks") => "task_status",
        Some("contacts") => "contact_status",
        Some("affiliations") => "affiliation_status",
        _ => "status",
    };
    params.entry("_fields").or_insert_with(|| format!("standing,{status}()").into());
    Ok(())
}

/// Time is of a staff member: the one who is named, or else the credential's own user.
pub fn by_staff(params: &mut Params) -> Result<(), FieldError> {
    if !["billable", "nonbillable"].into_iter().any(|name| params.get(name).and_then(Value::as_u64).unwrap_or(0) > 0) {
        return Err(FieldError::new("nonbillable", "expected time, here or in billable"));
    }
    if params.contains_key("owner_id") {
        params.insert("owner_type".to_owned(), "staff".into());
    }
    add_time_fields(params)
}
