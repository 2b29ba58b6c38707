//! Templates, the firm's and the library's, and what an Aero or a MasterAero takes from one.

use serde_json::Value;

use super::reply::{Failure, failure};
use super::store::{Record, Store, copy, number, text};

/// What a template and what is made of it have in common.
pub const SHARED: &[&str] = &[
    "subject",
    "category",
    "aeroType",
    "assignedTo",
    "company",
    "contact",
    "fullProjectName",
    "hat",
    "priority",
    "billable",
    "fixedFee",
    "description",
    "steps",
];

/// The template of that id; the library's have ids of their own.
pub fn find<'a>(store: &'a Store, kind: &str, id: u64) -> Result<&'a Record, Failure> {
    let template = store.get(kind, id).ok_or_else(|| failure(404).because(format!("There is no template {id}.")))?;
    if template.get("_subscribed") == Some(&Value::Bool(false)) {
        return Err(failure(403).because(format!("The subscription does not include library template {id}.")));
    }
    Ok(template)
}

/// An Aero as `source`, a template or a MasterAero, describes it: all but its dates and status.
pub fn draft(source: &Record) -> Record {
    let mut aero: Record = SHARED.iter().map(|name| ((*name).to_owned(), copy(source, name))).collect();
    if text(source, "category") == "Email" {
        let description = aero.remove("description").unwrap_or_default();
        aero.insert("body".into(), description);
    }
    // Whole days leave nothing for the part that ends before a day does.
    let hours = number(source, "estimatedHours");
    aero.insert("scheduledTotalHours".into(), hours.into());
    aero.insert("scheduledHours".into(), (hours % 24).into());
    aero.insert("scheduledMinutes".into(), number(source, "estimatedMinutes").into());
    if aero["priority"].is_null() {
        aero.insert("priority".into(), "normal".into());
    }
    aero
}
