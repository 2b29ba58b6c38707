//! What Aero Workflow wants otherwise than people say it.
//!
//! - A planned duration is three numbers, of which the document does not say how they combine. A caller gives minutes; what
//!   is sent agrees with itself, whichever of the three counts (inferred): 90 minutes are 1.5, 1 and 30. Since the hours
//!   beyond whole days end at 23 (document), a whole day is 24, 0 and 0 (inferred).
//! - A schedule names each weekday as true or false, and `isDayOfMonth`, `offset` and `autoRenew` must be there even where
//!   they do not count (help centre, "API: Notes on using the endpoint to add a Master Aero from an Aero Template").
//! - A number or a flag that is left out counts as 0 or false (inferred from the vendor's framework). So what would be no
//!   change, or no time, is refused here.

use kit::{FieldError, take};
use serde_json::{Map, Value};

type Params = Map<String, Value>;

const WEEKDAYS: [(&str, &str); 7] = [
    ("sunday", "isSunday"),
    ("monday", "isMonday"),
    ("tuesday", "isTuesday"),
    ("wednesday", "isWednesday"),
    ("thursday", "isThursday"),
    ("friday", "isFriday"),
    ("saturday", "isSaturday"),
];

pub fn work(params: &mut Params) -> Result<(), FieldError> {
    if let Some(minutes) = take(params, "plannedMinutes").and_then(|minutes| minutes.as_u64()) {
        let total = if minutes % 60 == 0 { (minutes / 60).into() } else { (minutes as f64 / 60.0).into() };
        params.insert("scheduledTotalHours".to_owned(), total);
        params.insert("scheduledHours".to_owned(), (minutes / 60 % 24).into());
        params.insert("scheduledMinutes".to_owned(), (minutes % 60).into());
    }
    Ok(())
}

pub fn master_aero(params: &mut Params) -> Result<(), FieldError> {
    let days = match take(params, "weekdays") {
        Some(Value::Array(days)) => days,
        _ => Vec::new(),
    };
    let weekly = params.get("renewalPattern").is_some_and(|pattern| pattern == "weekly");
    if weekly == days.is_empty() {
        let expected =
            if weekly { "at least one day for what repeats weekly" } else { "no days but for what repeats weekly" };
        return Err(FieldError::new("weekdays", format!("expected {expected}")));
    }
    for (day, member) in WEEKDAYS {
        params.insert(member.to_owned(), days.iter().any(|given| given == day).into());
    }
    params.entry("isDayOfMonth").or_insert(true.into());
    params.entry("autoRenew").or_insert(false.into());
    params.entry("offset").or_insert(0.into());
    work(params)
}

pub fn changes(params: &mut Params) -> Result<(), FieldError> {
    if !params.contains_key("teamMemberId") && !params.contains_key("aeroGroupId") {
        return Err(FieldError::new("teamMemberId", "expected a team member or a project to change to"));
    }
    Ok(())
}
