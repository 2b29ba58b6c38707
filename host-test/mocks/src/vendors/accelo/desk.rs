//! Requests, the periods of contracts, and webhooks.

use serde_json::{Value, json};

use super::fields::{Fields, project};
use super::grants::{ACTING_STAFF, DEPLOYMENT};
use super::lists;
use super::people::{known, texts};
use super::reply::{Failure, Outcome, invalid};
use super::request::Call;
use super::store::{Record, full_name, set, text};
use super::tables::kind;
use super::{MISSING, World};

const STANDINGS: &[&str] = &["pending", "open", "converted", "closed"];
/// Write name, read name, and the type of what it names.
const LINKS: &[(&str, &str, &str)] = &[
    ("type_id", "type_id", "request_type"),
    ("priority_id", "request_priority", "issue_priority"),
    ("claimer_id", "claimer_id", "staff"),
    ("affiliation_id", "affiliation_id", "affiliation"),
];

pub fn create_request(world: &mut World, call: &Call) -> Result<u64, Failure> {
    for name in ["title", "body", "type_id"] {
        call.required(name)?;
    }
    let mut record = Record::new();
    changes(world, call, &mut record)?;
    if text(&record, "affiliation_id").is_empty() {
        let affiliation = sender(world, call)?;
        set(&mut record, "affiliation_id", &affiliation);
        set(&mut record, "affiliation", &affiliation);
    }
    let now = world.now().to_string();
    for (name, value) in [("standing", "pending"), ("date_created", &*now), ("date_modified", &*now)] {
        set(&mut record, name, value);
    }
    let id = world.store.new_id("request");
    world.store.put("request", id, record);
    Ok(id)
}

pub fn update_request(world: &mut World, call: &Call, id: u64, mut record: Record) -> Result<(), Failure> {
    changes(world, call, &mut record)?;
    if let Some(standing) = call.one_of("standing", STANDINGS)? {
        set(&mut record, "standing", &standing);
    }
    set(&mut record, "date_modified", &world.now().to_string());
    world.store.put("request", id, record);
    Ok(())
}

fn changes(world: &World, call: &Call, record: &mut Record) -> Result<(), Failure> {
    texts(call, &["title", "body", "source", "lead_id"], record);
    for (parameter, field, of) in LINKS {
        if let Some(id) = call.text(parameter).filter(|id| !id.is_empty()) {
            known(world, of, &id, parameter)?;
            set(record, field, &id);
        }
    }
    let affiliation = text(record, "affiliation_id").to_owned();
    set(record, "affiliation", &affiliation);
    Ok(())
}

/// The affiliation that is meant by address, person and company: the one that fits exactly, or else a new one.
fn sender(world: &mut World, call: &Call) -> Result<String, Failure> {
    let given = |name: &str| call.text(name).unwrap_or_default();
    let (email, first, last) =
        (given("affiliation_email"), given("affiliation_contact_firstname"), given("affiliation_contact_surname"));
    let company = given("affiliation_company_name");
    let found = world.store.all("affiliation").find(|record| !email.is_empty() && text(record, "email") == email);
    if let Some(found) = found {
        return Ok(text(found, "id").to_owned());
    }
    if email.is_empty() && (first.is_empty() || last.is_empty() && company.is_empty()) {
        return Err(invalid("There is not enough to find or make the sender."));
    }
    let mut record = Record::new();
    for (name, value) in [("firstname", first), ("surname", last), ("email", email.clone())] {
        set(&mut record, name, &value);
    }
    let fullname = full_name(&record);
    set(&mut record, "fullname", &fullname);
    let (contact, affiliation) = (world.store.new_id("contact"), world.store.new_id("affiliation"));
    let same = world.store.all("company").find(|record| text(record, "name") == company).cloned();
    let of = match &same {
        Some(found) => text(found, "id").to_owned(),
        None => {
            let (id, mut new) = (world.store.new_id("company"), Record::new());
            set(&mut new, "name", if company.is_empty() { &fullname } else { &company });
            set(&mut new, "standing", "active");
            world.store.put("company", id, new);
            id.to_string()
        }
    };
    set(&mut record, "company", &of);
    set(&mut record, "default_affiliation", &affiliation.to_string());
    world.store.put("contact", contact, record);
    let mut place = Record::new();
    for (name, value) in
        [("email", email), ("phone", given("affiliation_phone")), ("company", of), ("contact", contact.to_string())]
    {
        set(&mut place, name, &value);
    }
    set(&mut place, "standing", "active");
    world.store.put("affiliation", affiliation, place);
    Ok(affiliation.to_string())
}

/// The periods of one contract, in the member that a client saw them in.
pub fn periods(world: &World, call: &Call, contract: &str) -> Outcome {
    known(world, "contract", contract, "contract_id").map_err(|_| invalid(MISSING))?;
    let all = lists::list_of(world, kind("period").ok_or_else(|| invalid(MISSING))?, call, |record| {
        text(record, "contract_id") == contract
    })?;
    Ok(Some(json!({ "periods": all })))
}

/// One period, closed or opened before it is shown where a word says so.
pub fn period(world: &mut World, call: &Call, id: &str, word: Option<&str>) -> Outcome {
    let kind = kind("period").ok_or_else(|| invalid(MISSING))?;
    let (number, mut record) = super::find(world, kind, id)?;
    let (standing, closed) = match word {
        Some("close") => ("closed", world.now().to_string()),
        Some("open") => ("opened", String::new()),
        Some(_) => return Err(invalid(MISSING)),
        None => (text(&record, "standing"), text(&record, "date_closed").to_owned()),
    };
    let standing = standing.to_owned();
    set(&mut record, "standing", &standing);
    set(&mut record, "date_closed", &closed);
    world.store.put("period", number, record.clone());
    let fields = Fields::of(call, kind, world.switches.strict)?;
    Ok(Some(project(&world.store, kind, &record, &fields, call.switch("_hide_defaults"))))
}

/// Event, what it is called, and what triggers it: some of the documentation's twenty.
#[rustfmt::skip]
const EVENTS: &[(&str, &str, &str, &str)] = &[
    ("create_issue", "Issue created", "issue", "create"),
    ("update_issue", "Issue updated", "issue", "update"),
    ("create_request", "Request created", "request", "create"),
    ("create_company", "Company created", "company", "create"),
    ("create_task", "Task created", "task", "create"),
    ("create_invoice", "Invoice created", "account_invoice", "create"),
];

pub fn webhooks(world: &mut World, method: &str, rest: &[&str], call: &Call) -> Outcome {
    match (method, rest) {
        ("GET", ["subscriptions", "types"]) => Ok(Some(
            EVENTS
                .iter()
                .map(|(id, title, table, kind)| {
                    json!({ "event_id": id, "event_title": title, "trigger_table": table, "trigger_type": kind })
                })
                .collect(),
        )),
        ("GET", ["subscriptions"]) => {
            let all: Vec<Value> = world.store.all("subscription").map(shown).collect();
            Ok(Some(json!({ "subscriptions": all })))
        }
        ("POST", ["subscriptions"]) => {
            let (url, event) = (call.required("trigger_url")?, call.required("event_id")?);
            let known = EVENTS.iter().find(|(id, ..)| *id == event);
            let (_, _, table, kind) = known.ok_or_else(|| invalid("There is no such event."))?;
            let content = call.text("content_type").filter(|text| !text.is_empty());
            let mut record = Record::new();
            for (name, value) in [
                ("trigger_url", &*url),
                ("event_id", &*event),
                ("trigger_table", table),
                ("trigger_type", kind),
                ("content_type", content.as_deref().unwrap_or("application/x-www-form-urlencoded")),
                ("user_id", ACTING_STAFF),
                ("user_deployment", DEPLOYMENT),
            ] {
                set(&mut record, name, value);
            }
            let id = world.store.new_id("subscription");
            world.store.put("subscription", id, record);
            let record = world.store.get("subscription", &id.to_string());
            Ok(Some(json!({ "subscription": record.map(shown) })))
        }
        ("DELETE", ["subscriptions", id]) => {
            let id = id.parse().ok().filter(|id: &u64| world.store.get("subscription", &id.to_string()).is_some());
            world.store.remove("subscription", id.ok_or_else(|| invalid(MISSING))?);
            Ok((!world.switches.omit_response).then_some(Value::Null))
        }
        _ => Err(invalid(MISSING)),
    }
}

/// A subscription, whose id has another name than those of other records.
fn shown(record: &Record) -> Value {
    let mut record = record.clone();
    if let Some(id) = record.remove("id") {
        record.insert("subscription_id".to_owned(), id);
    }
    record.into()
}
