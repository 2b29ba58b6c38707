//! What Accelo does differently, and a row cannot say.
//!
//! - With `interacts` among the fields, a list of activities is an object with the people beside it (documentation,
//!   Activities, List Activities). That is an operation of its own here, and filters are as for the list.
//! - What an activity is against, from whom it is and whether all can see it decides whether its time can change.

use accelo_shared::changes::{is_id, some_change};
use accelo_shared::filters::{ACTIVITIES, render};
use accelo_shared::time::{TIMES, add_time_fields, not_for_all, seconds, takes_time, text, timed, took_time};
use kit::types::ErrorKind;
use kit::{Call, Error, FieldError, Guard, json};
use serde_json::{Map, Value};

/// Time on a new activity.
pub static NEW_TIME: Guard = Guard {
    before: |_, activity| takes_time(activity, activity, text(activity, "visibility").unwrap_or("private")),
    after: |activity, record| took_time("create-activity", activity, record),
};

/// Time on an activity that is there.
pub static CHANGED_TIME: Guard =
    Guard { before: changed_time, after: |changes, record| took_time("update-activity", changes, record) };

/// What an activity is against and from whom it is never changes, and what is left out stays: the record tells it.
fn changed_time(call: &Call, changes: &Value) -> Result<(), Error> {
    const RECORD_FIELDS: [&str; 5] = ["against_type", "owner_type", "visibility", "billable", "nonbillable"];
    let visibility = text(changes, "visibility");
    let hides = visibility.is_some_and(|visibility| visibility != "all");
    if hides && timed(changes) {
        return Err(not_for_all(""));
    }
    let may_stay = TIMES.iter().any(|name| changes[*name].is_null());
    let id = text(changes, "id").unwrap_or_default();
    if !(is_id(id) && (timed(changes) || hides && may_stay)) {
        return Ok(());
    }
    let record = match call.step("get-activity", json!({ "id": id, "fields": RECORD_FIELDS })) {
        // A token that can only write finds out by the answer.
        Err(Error { kind: ErrorKind::Forbidden, .. }) => return Ok(()),
        record => record?,
    };
    if hides {
        let stays = TIMES.into_iter().find(|name| changes[*name].is_null() && seconds(&record, name) > 0);
        return match stays {
            Some(name) => Err(not_for_all(&format!(", and it has time; {name} 0 takes it off"))),
            None => Ok(()),
        };
    }
    takes_time(changes, &record, visibility.or(text(&record, "visibility")).unwrap_or("all"))
}

pub fn new_activity(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    // Whose id it is would be a guess, and with it whose time.
    if params.contains_key("owner_id") && !params.contains_key("owner_type") {
        return Err(FieldError::new("owner_type", "expected it beside owner-id, such as staff"));
    }
    add_time_fields(params)
}

pub fn activity_changes(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    some_change(params)?;
    add_time_fields(params)
}

pub fn activities(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let fields = params.get("_fields").and_then(Value::as_array);
    let mut words = fields.into_iter().flatten().filter_map(Value::as_str).flat_map(|text| text.split(','));
    if words.any(|word| word.trim() == "interacts" || word.trim().starts_with("interacts(")) {
        return Err(FieldError::new("_fields", "expected no interacts; list-activities-with-people gives them"));
    }
    render(params, ACTIVITIES)
}

pub fn activities_with_people(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let fields = params.entry("_fields").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(fields) = fields {
        if fields.is_empty() {
            fields.push(crate::ACTIVITIES[0].1.into());
        }
        fields.push("interacts".into());
    }
    render(params, ACTIVITIES)
}
