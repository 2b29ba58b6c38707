//! Time added up by staff member and class.

use crate::records::text;
use kit::types::ErrorKind;
use kit::{Error, fail, json, set};
use serde_json::Value;

/// A list that is filled later.
const NONE: [Value; 0] = [];

/// The report of a company: the time of activities by staff member and class.
///
/// # Errors
///
/// `unreadable` if a time is no number.
pub fn add_up(company: String, activities: &[Value]) -> Result<Value, Error> {
    // What has an odd form is not among the fields, and a sum without it would be wrong.
    let odd = |activity: &&Value| ["billable", "nonbillable"].iter().any(|name| !activity["extra"][*name].is_null());
    if let Some(odd) = activities.iter().find(odd) {
        let id = text(odd, "id");
        let message = format!("Accelo answered something unexpected: an activity, {id}, whose time is no number");
        return Err(fail(ErrorKind::Unreadable, message));
    }
    let mut report =
        json!({ "company-id": company, "billable": 0u64, "nonbillable": 0u64, "activities": 0u64, "staff": NONE });
    for activity in activities {
        let (staff, class) = (&activity["staff"], &activity["activity-class"]);
        // What Accelo wrote itself has no staff member, or staff 0.
        if matches!(text(staff, "id"), "" | "0") {
            continue;
        }
        add(&mut report, activity);
        let of_staff = json!({
            "staff-id": staff["id"], "firstname": staff["firstname"], "surname": staff["surname"], "classes": NONE,
        });
        let Some(row) = entry(&mut report, "staff", "staff-id", of_staff) else { continue };
        add(row, activity);
        let of_class = json!({ "class-id": class["id"], "class-title": class["title"] });
        if let Some(class) = entry(row, "classes", "class-id", of_class) {
            add(class, activity);
        }
    }
    Ok(report)
}

fn add(row: &mut Value, activity: &Value) {
    for name in ["billable", "nonbillable"] {
        let sum = row[name].as_u64().unwrap_or(0) + activity[name].as_u64().unwrap_or(0);
        set(row, name, sum);
    }
    let activities = row["activities"].as_u64().unwrap_or(0) + 1;
    set(row, "activities", activities);
}

/// The row in a list of `of` that has the same in `id` as a new one, which else becomes a row.
fn entry<'r>(of: &'r mut Value, list: &str, id: &str, new: Value) -> Option<&'r mut Value> {
    let rows = of.get_mut(list)?.as_array_mut()?;
    let position = rows.iter().position(|row| row[id] == new[id]).unwrap_or_else(|| {
        rows.push(new);
        rows.len() - 1
    });
    rows.get_mut(position)
}
