//! Recipe: a ticket is opened for a company by its name. Values are in WIT's spelling.

use accelo_shared::records::{OfCompany, SOUGHT, all_pages, company, text, with_id};
use kit::types::ErrorKind;
use kit::{Call, Error, exactly_one, fail, is_called, json, meant};
use serde_json::Value;

/// The operations that find a company.
const OF_COMPANY: OfCompany = OfCompany { list: "find-clients", get: "get-client-name", fields: &[] };
const LONGER: &str = "a longer title";

pub fn open_ticket(call: &Call, ticket: &Value) -> Result<Value, Error> {
    let company = company(call, text(ticket, "company"), &OF_COMPANY)?;
    let of_issues = all_pages(call, "list-issue-types", json!({}), SOUGHT, "type", LONGER)?;
    let kind = match (text(ticket, "type"), &*of_issues) {
        ("", [only]) => only.clone(),
        ("", _) => {
            let names = of_issues.iter().map(name).collect::<Vec<_>>().join(", ");
            let expected = |error| Error { message: format!("input.type: expected one of: {names}"), ..error };
            exactly_one("type", "ticket type", "", of_issues, name).map_err(expected)?
        }
        (wanted, _) => choice("type", wanted, of_issues)?,
    };
    let priority = match text(ticket, "priority") {
        "" => Value::Null,
        wanted => {
            let all = all_pages(call, "list-issue-priorities", json!({}), SOUGHT, "priority", LONGER)?;
            choice("priority", wanted, all)?["id"].clone()
        }
    };
    let new = call.step(
        "create-issue",
        json!({
            "title": ticket["title"],
            "description": ticket["description"],
            "type-id": kind["id"],
            "against-type": "company",
            "against-id": company["id"],
            "priority-id": priority,
            "assignee": ticket["assignee"],
            "date-due": ticket["due"],
        }),
    )?;
    Ok(json!({
        "id": new["id"],
        "title": new["title"],
        "standing": new["standing"],
        "company-id": company["id"],
        "company-name": company["name"],
        "type-id": kind["id"],
    }))
}

/// The one of a list that is given by its title or id.
fn choice(field: &str, wanted: &str, all: Vec<Value>) -> Result<Value, Error> {
    // A title in digits wins over an id, as everywhere.
    if !is_called(&all, &["title"], wanted)
        && let Some(found) = all.iter().find(|choice| text(choice, "id") == wanted.trim())
    {
        return Ok(found.clone());
    }
    if all.is_empty() {
        let message = format!("input.{field}: the account has none");
        return Err(Error { field: Some(format!("input.{field}")), ..fail(ErrorKind::NotFound, message) });
    }
    with_id(meant(field, field, wanted, all, &["title"], name)?)
}

fn name(record: &Value) -> String {
    text(record, "title").to_owned()
}
