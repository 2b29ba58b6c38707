//! What Aero Workflow wants otherwise than people say it.
//!
//! - A planned duration is three numbers: whole hours of the total, hours, and minutes (Pipedream's component demands
//!   all three, as whole numbers).
//! - New work needs a due date (Pipedream's component demands one; on the screens it is optional).
//! - A schedule names each weekday as true or false, whether it counts or not, and `isDayOfMonth`, `offset`, `autoRenew`
//!   (which has no effect yet) and `endOnDate` must be there even where they do not count (help centre, "API: Notes on
//!   using the endpoint to add a Master Aero from an Aero Template"). That it holds where occurrences are inserted is
//!   inferred.

use kit::Problem;
use serde_json::{Map, Value};

const WEEKDAYS: [(&str, &str); 7] = [
    ("sunday", "isSunday"),
    ("monday", "isMonday"),
    ("tuesday", "isTuesday"),
    ("wednesday", "isWednesday"),
    ("thursday", "isThursday"),
    ("friday", "isFriday"),
    ("saturday", "isSaturday"),
];

pub fn work(params: &mut Map<String, Value>) -> Result<(), Problem> {
    if let Some(start) = params.get("scheduledStartDate").cloned() {
        params.entry("dueDate").or_insert(start);
    }
    duration(params)
}

pub fn duration(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let parts = ["scheduledTotalHours", "scheduledHours", "scheduledMinutes"];
    let [total, hours, minutes] = parts.map(|name| params.get(name).and_then(Value::as_u64));
    if total.or(hours).or(minutes).is_none() {
        return Ok(());
    }
    let hours = hours.or(total.map(|total| total % 24)).unwrap_or(0);
    for (name, number) in parts.iter().zip([total.unwrap_or(hours), hours, minutes.unwrap_or(0)]) {
        params.insert((*name).to_owned(), number.into());
    }
    Ok(())
}

pub fn schedule(params: &mut Map<String, Value>) -> Result<(), Problem> {
    if let Some(Value::Object(schedule)) = params.remove("schedule") {
        for (name, value) in schedule {
            params.insert(name, value);
        }
    }
    let days = match params.remove("weekdays") {
        Some(Value::Array(days)) => days,
        _ => Vec::new(),
    };
    if days.is_empty() && params.get("renewalPattern").is_some_and(|pattern| pattern == "Weekly") {
        return Err(Problem::new("schedule.weekdays", "expected at least one day for what repeats weekly"));
    }
    for (day, member) in WEEKDAYS {
        params.insert(member.to_owned(), days.iter().any(|given| given == day).into());
    }
    params.entry("isDayOfMonth").or_insert(true.into());
    params.entry("offset").or_insert(0.into());
    Ok(())
}

/// A schedule that ends after a number of dates or on a date. Where only the number is given, the start stands for the
/// date, so that dates are never too many, whichever counts.
pub fn both_ends(params: &mut Map<String, Value>) -> Result<(), Problem> {
    schedule(params)?;
    if !params.contains_key("endOnDate") {
        if !params.contains_key("numberOfDates") {
            return Err(Problem::new("endOnDate", "expected a last date, or else a number of dates"));
        }
        let start = params.get("startDate").cloned().unwrap_or_default();
        params.insert("endOnDate".to_owned(), start);
    }
    Ok(())
}

pub fn master_aero(params: &mut Map<String, Value>) -> Result<(), Problem> {
    params.insert("autoRenew".to_owned(), true.into());
    both_ends(params)
}
