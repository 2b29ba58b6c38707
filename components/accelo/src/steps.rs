//! Recipes: what people call one job and Accelo several requests.

use crate::activities::{AgainstType, NewActivity, NewMedium, OwnerType, Visibility, create_activity};
use crate::companies::{Company, CompanyQuery, list_companies};
use crate::contacts::{Contact, ContactCondition, ContactField, ContactQuery, list_contacts};
use crate::recipes::{Activity, ContactLookup, Email, EmailDirection, Meeting, TimeEntry};
use kit::types::ErrorKind;
use kit::{Call, Error, fail, invalid};

pub const PAGE: u32 = 100;

pub fn find_contact_by_email(call: &Call, lookup: &ContactLookup) -> Result<Contact, Error> {
    contact(call, &lookup.email, "email")
}

pub fn log_time(call: &Call, entry: &TimeEntry) -> Result<Activity, Error> {
    let seconds = seconds(entry.minutes)?;
    let company = company_id(call, &entry.company)?;
    let activity = NewActivity {
        body: entry.body.clone(),
        nonbillable: Some(seconds),
        date_started: entry.started,
        ..from_staff(entry.staff_id.clone(), against(AgainstType::Company, company, entry.subject.clone())?)
    };
    create_activity(call, &activity)
}

pub fn log_meeting(call: &Call, meeting: &Meeting) -> Result<Activity, Error> {
    let seconds = seconds(meeting.minutes)?;
    let company = company_id(call, &meeting.company)?;
    let activity = NewActivity {
        medium: Some(NewMedium::Meeting),
        body: meeting.body.clone(),
        details: meeting.place.clone(),
        nonbillable: Some(seconds),
        date_started: meeting.started,
        date_ended: meeting.started.map(|started| started.saturating_add(seconds.into())),
        ..from_staff(meeting.staff_id.clone(), against(AgainstType::Company, company, meeting.subject.clone())?)
    };
    create_activity(call, &activity)
}

pub fn log_email(call: &Call, email: &Email) -> Result<Activity, Error> {
    let contact = contact(call, &email.address, "address")?;
    let new = against(AgainstType::Contact, contact.id.clone(), email.subject.clone())?;
    let new = match email.direction {
        EmailDirection::Outbound => from_staff(email.staff_id.clone(), new),
        // Accelo has no field for the direction: mail that came in is owned by the sender's affiliation.
        EmailDirection::Inbound => {
            let affiliation = contact.default_affiliation.ok_or_else(|| {
                let id = &contact.id;
                fail(ErrorKind::NotFound, format!("contact {id} belongs to no company, so no mail can come from it"))
            })?;
            NewActivity { owner_type: Some(OwnerType::Affiliation), owner_id: Some(affiliation), ..new }
        }
    };
    let activity = NewActivity {
        medium: Some(NewMedium::Email),
        body: email.body.clone(),
        date_started: email.sent,
        block_send: Some(true),
        ..new
    };
    create_activity(call, &activity)
}

/// The id of a company that is given by its name or, in digits, by its id.
pub fn company_id(call: &Call, company: &str) -> Result<String, Error> {
    let name = company.trim();
    if name.is_empty() {
        return Err(invalid("company", "expected a company's name or id"));
    }
    if name.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(name.to_owned());
    }
    let query = CompanyQuery { search: Some(name.to_owned()), limit: Some(PAGE), ..kit::blank()? };
    let found = all_pages(|page| list_companies(call, &CompanyQuery { page, ..query.clone() }))?;
    let exact = |company: &&Company| company.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(name));
    let named: Vec<_> = found.iter().filter(exact).collect();
    let candidates = if named.is_empty() { found.iter().collect() } else { named };
    let shown = |company: &&Company| (company.id.clone(), company.name.clone().unwrap_or_default());
    one_of("company", "company", name, candidates.iter().map(shown).collect())
}

fn contact(call: &Call, address: &str, field: &str) -> Result<Contact, Error> {
    let address = address.trim();
    if !address.contains('@') {
        return Err(invalid(field, "expected an e-mail address"));
    }
    let with_address = ContactCondition { field: ContactField::Email, test: None, values: vec![address.to_owned()] };
    let query = ContactQuery { where_: vec![with_address], limit: Some(PAGE), ..kit::blank()? };
    let mut found = all_pages(|page| list_contacts(call, &ContactQuery { page, ..query.clone() }))?;
    let name = |contact: &Contact| {
        let names = [&contact.firstname, &contact.surname];
        names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    let candidates = found.iter().map(|contact| (contact.id.clone(), name(contact))).collect();
    let id = one_of(field, "contact", address, candidates)?;
    found.retain(|contact| contact.id == id);
    Ok(found.swap_remove(0))
}

/// The id of the only candidate.
fn one_of(field: &str, kind: &str, wanted: &str, candidates: Vec<(String, String)>) -> Result<String, Error> {
    let about = |kind, message| Error { field: Some(format!("input.{field}")), ..fail(kind, message) };
    match candidates.as_slice() {
        [] => Err(about(ErrorKind::NotFound, format!("no {kind} fits {wanted:?}"))),
        [(id, _)] => Ok(id.clone()),
        several => {
            let names: Vec<_> = several.iter().take(10).map(|(id, name)| format!("{name} ({id})")).collect();
            let message = format!("{} {kind} records fit {wanted:?}, such as {}", several.len(), names.join(", "));
            let list = several.iter().map(|(id, name)| serde_json::json!({ "id": id, "name": name }));
            let details = serde_json::json!({ "candidates": list.collect::<Vec<_>>() });
            Err(Error { details: Some(details.to_string()), ..about(ErrorKind::Ambiguous, message) })
        }
    }
}

/// Every record of a list, page after page: the page that is not full is the last.
pub fn all_pages<T>(mut page: impl FnMut(Option<u32>) -> Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    for number in 0.. {
        let records = page(Some(number))?;
        let last = records.len() < PAGE as usize;
        all.extend(records);
        if last {
            break;
        }
    }
    Ok(all)
}

fn seconds(minutes: u32) -> Result<u32, Error> {
    match minutes.checked_mul(60) {
        Some(seconds) if seconds > 0 => Ok(seconds),
        _ => Err(invalid("minutes", "expected at least one minute, and less than 71582788")),
    }
}

fn from_staff(staff_id: Option<String>, activity: NewActivity) -> NewActivity {
    NewActivity { owner_type: staff_id.as_ref().map(|_| OwnerType::Staff), owner_id: staff_id, ..activity }
}

/// A note that all can see, since only those keep their time.
fn against(against_type: AgainstType, against_id: String, subject: String) -> Result<NewActivity, Error> {
    Ok(NewActivity { subject, against_type, against_id, visibility: Some(Visibility::All), ..kit::blank()? })
}
