//! The time report: all pages of a company's activities, added up.
//!
//! Accelo has no filter for what is below a company. Breadcrumbs tell what an activity is below (documentation, Breadcrumbs), so
//! the wider report reads the activities of everybody and keeps those.

use crate::steps::OF_COMPANY;
use accelo_shared::records::{Reading, company, text};
use accelo_shared::report::add_up;
use kit::{Call, Error, invalid, json, set};
use serde_json::Value;

/// How many requests a report makes at most for 300 pages of activities and their count: a sixteenth of the quota of an hour, which a
/// whole account shares.
const MOST_REQUESTS: u64 = 301;
const ACTIVITIES: Reading<'_> =
    Reading { list: "list-activities", count: "count-activities", then: None, field: "to", other: "a shorter time" };

pub fn time_by_staff(call: &Call, query: &Value) -> Result<Value, Error> {
    let moment = |name: &str| query[name].as_u64().unwrap_or(0);
    let (from, to) = (moment("from"), moment("to"));
    if from >= to {
        return Err(invalid("to", "expected a moment after `from`"));
    }
    // An id is not looked up: reading the time of the wrong company does no harm, and costs two requests less.
    let (company, name) = match text(query, "company").trim() {
        id if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) => (id.to_owned(), Value::Null),
        name => {
            let company = company(call, name, &OF_COMPANY)?;
            (text(&company, "id").to_owned(), company["name"].clone())
        }
    };
    let (below, scope, not_counted) = match text(query, "scope") {
        "company-and-below" => (
            true,
            "company-and-below",
            "Activities that the credential may not see, and those whose breadcrumbs do not name the company.",
        ),
        _ => (
            false,
            "company",
            "Activities against the company's projects, milestones, tasks, tickets, contracts and contacts, where most \
             time is logged; the scope company-and-below counts them.",
        ),
    };
    let (fields, first) = if below {
        // What Accelo wrote itself has staff 0.
        ("against_type,against_id,breadcrumbs,", json!({ "field": "staff", "test": "after", "values": ["0"] }))
    } else {
        ("", json!({ "field": "against", "values": [format!("company/{company}")] }))
    };
    let wanted = json!({
        "fields": [format!("{fields}billable,nonbillable,staff(),activity_class()")],
        "where": [
            first,
            // Accelo's bounds are exclusive; the report's first moment counts.
            json!({ "field": "date-logged", "test": "after", "values": [from.saturating_sub(1).to_string()] }),
            json!({ "field": "date-logged", "test": "before", "values": [to.to_string()] }),
        ],
    });
    let mut activities = ACTIVITIES.all(call, wanted, &mut { MOST_REQUESTS })?;
    if below {
        activities.retain(|activity| is_below(activity, &company));
    }
    let mut report = add_up(company, &activities)?;
    set(&mut report, "company-name", name);
    set(&mut report, "scope", scope);
    set(&mut report, "not-counted", not_counted);
    Ok(report)
}

/// Whether an activity is against the company, or against what belongs to it.
fn is_below(activity: &Value, company: &str) -> bool {
    let is = |kind: &str, id: &str| kind == "company" && id == company;
    let above = activity["breadcrumbs"].as_array();
    is(text(activity, "against-type"), text(activity, "against-id"))
        || above.is_some_and(|above| above.iter().any(|crumb| is(text(crumb, "table"), text(crumb, "id"))))
}
