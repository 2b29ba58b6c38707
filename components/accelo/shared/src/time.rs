//! Time needs an owner of the own staff and visibility `all`, billable time also a record that can be billed; other time is
//! dropped without an error (documentation, Activities, Logging Time; the silence was seen). It is refused before it is sent,
//! and an answer without it is an error.

use kit::types::ErrorKind;
use kit::wire::Node;
use kit::{Error, FieldError, fail, invalid, json};
use serde_json::{Map, Value};

/// What billable time can be logged against.
const BILLABLE: [&str; 5] = ["issue", "job", "milestone", "contract", "contract_period"];
/// The fields that hold time.
pub const TIMES: [&str; 2] = ["billable", "nonbillable"];

/// Whether billable time can be logged against such a record.
pub fn bills(against: &str) -> bool {
    BILLABLE.contains(&&*against.replace('-', "_"))
}

/// Whether Accelo takes the time on a record.
///
/// # Errors
///
/// For what it would drop.
pub fn takes_time(time: &Value, record: &Value, visibility: &str) -> Result<(), Error> {
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

/// The error about time on what not all can see.
pub fn not_for_all(more: &str) -> Error {
    invalid(
        "visibility",
        format_args!("expected all, since Accelo drops time on an activity that not all can see{more}"),
    )
}

/// Whether the record that came of it has the time that was sent.
///
/// # Errors
///
/// `incomplete` if it has not.
pub fn took_time(operation: &str, sent: &Value, record: &Value) -> Result<(), Error> {
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

/// A text of a record.
pub fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value[name].as_str()
}

/// A length of time in a record, 0 where there is none.
pub fn seconds(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or(0)
}

/// Whether there is any time.
pub fn timed(value: &Value) -> bool {
    TIMES.iter().any(|name| seconds(value, name) > 0)
}

/// Where time is sent, the answer has to tell it.
///
/// # Errors
///
/// Never.
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
