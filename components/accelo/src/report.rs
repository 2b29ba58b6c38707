//! The time report: all pages of a company's activities, added up.

use crate::steps::{all_pages, company_id, text};
use kit::{Call, Error, invalid, json};
use serde_json::Value;

pub fn time_by_staff(call: &Call, query: &Value) -> Result<Value, Error> {
    let moment = |name: &str| query[name].as_u64().unwrap_or(0);
    let (from, to) = (moment("from"), moment("to"));
    if from >= to {
        return Err(invalid("to", "expected a moment after `from`"));
    }
    let company = company_id(call, text(query, "company"))?;
    let of_company = json!({
        "fields": ["billable", "nonbillable", "staff()", "activity_class()"],
        "where": [
            json!({ "field": "against", "values": [format!("company/{company}")] }),
            // Accelo's bounds are exclusive; the report's first moment counts.
            json!({ "field": "date-logged", "test": "after", "values": [from.saturating_sub(1).to_string()] }),
            json!({ "field": "date-logged", "test": "before", "values": [to.to_string()] }),
        ],
    });
    let activities = all_pages(call, "list-activities", of_company)?;
    Ok(add_up(company, &activities))
}

/// A list that is filled later.
const NONE: [Value; 0] = [];

fn add_up(company: String, activities: &[Value]) -> Value {
    let mut report =
        json!({ "company-id": company, "billable": 0u64, "nonbillable": 0u64, "activities": 0u64, "staff": NONE });
    for activity in activities {
        let (staff, class) = (&activity["staff"], &activity["activity-class"]);
        // What Accelo wrote itself has no staff member, or staff 0.
        if matches!(text(staff, "id"), "" | "0") {
            continue;
        }
        add(&mut report, activity);
        let row = entry(
            &mut report["staff"],
            "staff-id",
            &staff["id"],
            || json!({ "firstname": staff["firstname"], "surname": staff["surname"], "classes": NONE }),
        );
        add(row, activity);
        let class_id = class.get("id").cloned().unwrap_or_default();
        add(entry(&mut row["classes"], "class-id", &class_id, || json!({ "class-title": class["title"] })), activity);
    }
    report
}

fn add(row: &mut Value, activity: &Value) {
    for name in ["billable", "nonbillable"] {
        row[name] = (row[name].as_u64().unwrap_or(0) + activity[name].as_u64().unwrap_or(0)).into();
    }
    row["activities"] = (row["activities"].as_u64().unwrap_or(0) + 1).into();
}

/// The row with this id, made if there is none.
fn entry<'r>(rows: &'r mut Value, name: &str, id: &Value, new: impl FnOnce() -> Value) -> &'r mut Value {
    if !rows.is_array() {
        *rows = Value::Array(vec![]);
    }
    let position = rows.as_array().and_then(|rows| rows.iter().position(|row| row[name] == *id));
    let position = position.unwrap_or_else(|| {
        let mut row = new();
        row[name] = id.clone();
        if let Some(rows) = rows.as_array_mut() {
            rows.push(row);
            return rows.len() - 1;
        }
        0
    });
    &mut rows[position]
}
