//! Recipes: what people call one job and Accelo several requests. Values are in WIT's spelling.

use accelo_shared::records::{OfCompany, SOUGHT, all_pages, company, text, with_id};
use kit::types::ErrorKind;
use kit::{Call, Error, exactly_one, fail, invalid, json, set};
use serde_json::Value;

/// The operations that find a company.
pub const OF_COMPANY: OfCompany = OfCompany { list: "list-companies", get: "get-company", fields: &["standing"] };

pub fn find_contact_by_email(call: &Call, lookup: &Value) -> Result<Value, Error> {
    let contact = contact(call, text(lookup, "email"), "email")?;
    Ok(json!({
        "id": contact["id"],
        "firstname": contact["firstname"],
        "surname": contact["surname"],
        "affiliation-id": contact["default-affiliation"],
        "standing": contact["standing"],
    }))
}

pub fn change_contact_details(call: &Call, details: &Value) -> Result<Value, Error> {
    let address = text(details, "email").trim();
    if !address.bytes().any(|b| b == b'@') {
        return Err(invalid("email", "expected an e-mail address"));
    }
    const DETAILS: [(&str, &str); 4] =
        [("phone", "phone"), ("mobile", "mobile"), ("new-email", "email"), ("position", "position")];
    if DETAILS.iter().all(|(name, _)| details[*name].is_null()) {
        return Err(invalid("email", "expected something to change beside it"));
    }
    let of = match text(details, "company") {
        "" => None,
        name => Some(text(&company(call, name, &OF_COMPANY)?, "id").to_owned()),
    };
    let query = json!({ "fields": ["company()"], "where": [json!({ "field": "email", "values": [address] })] });
    let mut found = all_pages(call, "list-affiliations", query, SOUGHT, "email", "another address")?;
    found.retain(|place| {
        let email = text(place, "email").trim();
        let here = of.as_deref().is_none_or(|company| text(&place["company"], "id") == company);
        here && (email.is_empty() || email.eq_ignore_ascii_case(address))
    });
    let place = with_id(exactly_one("email", "affiliation", address, found, at_company)?)?;
    let mut changes = json!({ "id": place["id"], "fields": ["company", "phone", "mobile", "email", "position"] });
    for (name, field) in DETAILS {
        if let Some(value) = details.get(name).filter(|value| !value.is_null()) {
            set(&mut changes, field, value.clone());
        }
    }
    let changed = call.step("update-affiliation", changes)?;
    Ok(json!({
        "affiliation-id": changed["id"],
        "company-id": changed["company"]["id"],
        "email": changed["email"],
        "phone": changed["phone"],
        "mobile": changed["mobile"],
        "position": changed["position"],
    }))
}

/// Where a person is, for a choice among several.
fn at_company(place: &Value) -> String {
    text(&place["company"]["extra"], "name").to_owned()
}

pub fn log_time(call: &Call, entry: &Value) -> Result<Value, Error> {
    let seconds = seconds(entry);
    let activity = json!({
        "nonbillable": seconds,
        "body": entry["body"],
        "date-started": entry["started"],
    });
    log(call, entry, against_company(call, entry)?, activity)
}

pub fn log_meeting(call: &Call, meeting: &Value) -> Result<Value, Error> {
    let seconds = seconds(meeting);
    let activity = json!({
        "medium": "meeting",
        "nonbillable": seconds,
        "body": meeting["body"],
        "details": meeting["place"],
        "date-started": meeting["started"],
        "date-ended": meeting["started"].as_u64().map(|started| started.saturating_add(seconds)),
    });
    log(call, meeting, against_company(call, meeting)?, activity)
}

pub fn log_email(call: &Call, email: &Value) -> Result<Value, Error> {
    let contact = contact(call, text(email, "address"), "address")?;
    let mut activity = json!({
        "medium": "email",
        "body": email["body"],
        "date-started": email["sent"],
        "block-send": true,
    });
    if email["direction"] == "inbound" {
        // Accelo has no field for the direction: mail that came in is owned by the sender's affiliation.
        let Some(affiliation) = contact.get("default-affiliation") else {
            let id = text(&contact, "id");
            let message = format!("contact {id} has no company, so no mail can come from it");
            return Err(Error { field: Some("input.address".to_owned()), ..fail(ErrorKind::NotFound, message) });
        };
        set(&mut activity, "owner-type", "affiliation");
        set(&mut activity, "owner-id", affiliation.clone());
    }
    log(
        call,
        email,
        Against { kind: "contact", id: text(&contact, "id").to_owned(), name: full_name(&contact) },
        activity,
    )
}

/// Creates an activity that all can see, since only those keep their time.
fn log(call: &Call, input: &Value, against: Against, mut activity: Value) -> Result<Value, Error> {
    set(&mut activity, "subject", input["subject"].clone());
    set(&mut activity, "visibility", "all");
    set(&mut activity, "against-type", against.kind);
    set(&mut activity, "against-id", against.id.clone());
    if let (Some(staff), None) = (input.get("staff-id"), activity.get("owner-id")) {
        set(&mut activity, "owner-type", "staff");
        set(&mut activity, "owner-id", staff.clone());
    }
    let new = call.step("create-activity", activity)?;
    let seconds = |name: &str| new[name].as_u64().unwrap_or(0);
    Ok(json!({
        "activity-id": new["id"],
        "against-type": against.kind,
        "against-id": against.id,
        "against-name": against.name,
        "seconds": seconds("billable").saturating_add(seconds("nonbillable")),
    }))
}

/// What an activity is against.
struct Against {
    kind: &'static str,
    id: String,
    name: String,
}

fn against_company(call: &Call, input: &Value) -> Result<Against, Error> {
    let company = company(call, text(input, "company"), &OF_COMPANY)?;
    Ok(Against { kind: "company", id: text(&company, "id").to_owned(), name: text(&company, "name").to_owned() })
}

fn contact(call: &Call, address: &str, field: &str) -> Result<Value, Error> {
    let address = address.trim();
    if !address.bytes().any(|b| b == b'@') {
        return Err(invalid(field, "expected an e-mail address"));
    }
    let with_address = json!({ "where": [json!({ "field": "email", "values": [address] })] });
    let mut found = all_pages(call, "list-contacts", with_address, SOUGHT, field, "another address")?;
    // A filter may fit more than the address, and a record need not have it.
    let known = |contact: &Value| !text(contact, "email").trim().is_empty();
    found.retain(|contact| !known(contact) || text(contact, "email").trim().eq_ignore_ascii_case(address));
    with_id(exactly_one(field, "contact", address, found, full_name)?)
}

fn full_name(contact: &Value) -> String {
    [text(contact, "firstname"), " ", text(contact, "surname")].concat().trim().to_owned()
}

fn seconds(input: &Value) -> u64 {
    input["minutes"].as_u64().unwrap_or(0) * 60
}
