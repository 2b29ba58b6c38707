//! What Accelo does differently, and a row cannot say.
//!
//! - Time needs an owner of the own staff and visibility `all`, billable time also a record that can be billed; other time
//!   is dropped without an error (documentation, Activities, Logging Time; the silence was seen). It is refused before it is
//!   sent, and an answer without it is an error.
//! - With `interacts` among the fields, a list of activities is an object with the people beside it (documentation,
//!   Activities, List Activities). That is an operation of its own here, and filters are as for the list.
//! - An update without a change is answered as if there had been one (nothing documented), so it is not sent.
//! - `communication` of a contact is read as 0 or 1 and written as `yes` or `no` (documentation, Affiliations).
//! - The consent address is for the user's browser and takes its parameters in the query (documentation, OAuth 2.0).
//! - Each grant of the token endpoint has parameters of its own (documentation, OAuth 2.0).

use crate::filters;
use kit::types::ErrorKind;
use kit::wire::Node;
use kit::{Call, Error, FieldError, Guard, fail, invalid, json};
use serde_json::{Map, Value};

/// What billable time can be logged against.
const BILLABLE: [&str; 5] = ["issue", "job", "milestone", "contract", "contract_period"];
const TIMES: [&str; 2] = ["billable", "nonbillable"];

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

/// Whether Accelo takes the time on a record.
fn takes_time(time: &Value, record: &Value, visibility: &str) -> Result<(), Error> {
    let bills = |against: &str| BILLABLE.contains(&&*against.replace('-', "_"));
    if seconds(time, "billable") > 0 && text(record, "against-type").is_some_and(|against| !bills(against)) {
        let expected = "expected no billable time, which Accelo takes only against an issue, job, milestone, contract or \
                        contract-period; nonbillable time can be logged here";
        return Err(invalid("billable", expected));
    }
    if timed(time) && text(record, "owner-type").is_some_and(|owner| owner != "staff") {
        let (field, expected) = match time.get("owner-type") {
            Some(_) => ("owner-type", "staff"),
            None => ("id", "an activity of staff"),
        };
        let expected = format!("expected {expected}, since Accelo drops the time of anybody else");
        return Err(invalid(field, expected));
    }
    if timed(time) && visibility != "all" {
        return Err(not_for_all(""));
    }
    Ok(())
}

fn not_for_all(more: &str) -> Error {
    invalid(
        "visibility",
        format_args!("expected all, since Accelo drops time on an activity that not all can see{more}"),
    )
}

/// Whether the record that came of it has the time that was sent.
fn took_time(operation: &str, sent: &Value, record: &Value) -> Result<(), Error> {
    let differs = |name: &&str| sent[*name].as_u64().is_some_and(|sent| sent != seconds(record, name));
    let Some(name) = TIMES.into_iter().find(differs) else { return Ok(()) };
    let (id, wanted) = (text(record, "id").unwrap_or_default(), seconds(sent, name));
    let answer = match record[name].as_u64() {
        Some(seconds) => format!("answered {seconds}"),
        None => "answered nothing of it".to_owned(),
    };
    let message = format!(
        "{operation} went well for activity {id}, but not its time: {name} {wanted} was sent, and Accelo {answer}"
    );
    let failed = json!({ "operation": operation, "field": name, "sent": wanted, "answered": record[name] });
    let details = json!({ "done": [json!({ "operation": operation, "result": record })], "failed": failed });
    Err(Error {
        maybe_done: true,
        details: Some(Node::from(details).to_json()),
        ..fail(ErrorKind::Incomplete, message)
    })
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value[name].as_str()
}

fn seconds(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or(0)
}

fn timed(value: &Value) -> bool {
    TIMES.iter().any(|name| seconds(value, name) > 0)
}

fn is_id(id: &str) -> bool {
    (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
}

/// Where time is sent, the answer has to tell it.
pub fn add_time_fields(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let sent: Vec<&str> = TIMES.into_iter().filter(|name| params.contains_key(*name)).collect();
    if let Some(Value::Array(fields)) = params.get_mut("_fields")
        && !fields.is_empty()
    {
        for name in sent {
            let words = fields.iter().filter_map(Value::as_str).flat_map(|text| text.split(','));
            if !words.map(str::trim).any(|word| word == name || word == "_ALL") {
                fields.push(name.into());
            }
        }
    }
    Ok(())
}

pub fn activity_changes(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    some_change(params)?;
    add_time_fields(params)
}

pub fn some_change(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    // What is no id at all is told where the route is filled.
    let id = params.get("id").and_then(Value::as_str).unwrap_or_default();
    if is_id(id) && params.keys().all(|name| matches!(name.as_str(), "id" | "_fields")) {
        return Err(FieldError::new("id", "expected something to change beside it"));
    }
    Ok(())
}

pub fn activities(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let fields = params.get("_fields").and_then(Value::as_array);
    let mut words = fields.into_iter().flatten().filter_map(Value::as_str).flat_map(|text| text.split(','));
    if words.any(|word| word.trim() == "interacts" || word.trim().starts_with("interacts(")) {
        return Err(FieldError::new("_fields", "expected no interacts; list-activities-with-people gives them"));
    }
    filters::activities(params)
}

pub fn activities_with_people(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    let fields = params.entry("_fields").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(fields) = fields {
        if fields.is_empty() {
            fields.push(crate::ACTIVITIES[0].1.into());
        }
        fields.push("interacts".into());
    }
    filters::activities(params)
}

pub fn yes_or_no(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    if let Some(value) = params.get_mut("communication") {
        *value = if value.as_bool() == Some(true) { "yes" } else { "no" }.into();
    }
    Ok(())
}

pub fn request_authorization(call: &Call, query: &Value) -> Result<Value, Error> {
    let mut params = Map::new();
    params.insert("response_type".to_owned(), "code".into());
    params.insert("client_id".to_owned(), call.setting("ACCELO_CLIENT_ID")?.into());
    for (ours, theirs) in
        [("scope", "scope"), ("redirect-uri", "redirect_uri"), ("state", "state"), ("expires-in", "expires_in")]
    {
        if let Some(value) = query.get(ours) {
            params.insert(theirs.to_owned(), value.clone());
        }
    }
    Ok(json!({ "url": kit::authorize_url(call, "/oauth2/v0/authorize", &params)? }))
}

pub fn grant(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    const OWN: [(&str, &str); 5] = [
        ("code", "authorization_code"),
        ("redirect_uri", "authorization_code"),
        ("refresh_token", "refresh_token"),
        ("scope", "client_credentials"),
        ("expires_in", "client_credentials authorization_code"),
    ];
    let grant = params.get("grant_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (name, grants) in OWN {
        let belongs = grants.split(' ').any(|known| known == grant);
        if params.contains_key(name) && !belongs {
            return Err(FieldError::new(name, format!("not taken with the grant type {}", kit::wire::kebab(&grant))));
        }
    }
    for (name, needed_by) in [("code", "authorization_code"), ("refresh_token", "refresh_token")] {
        let missing = params.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
        if needed_by == grant && missing {
            return Err(FieldError::new(
                name,
                format!("missing, the grant type {} needs it", kit::wire::kebab(&grant)),
            ));
        }
    }
    Ok(())
}
