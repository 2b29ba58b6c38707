//! Writing companies and contacts.

use serde_json::{Value, json};

use super::World;
use super::reply::{Failure, failure, invalid};
use super::request::Call;
use super::store::{Record, set, text};

const COMPANY_TEXTS: [&str; 5] = ["name", "website", "phone", "fax", "comments"];
const CONTACT_TEXTS: [&str; 6] = ["firstname", "middlename", "surname", "username", "title", "comments"];
/// What a new contact says about its place at the company is kept there.
const AFFILIATION_TEXTS: [&str; 6] = ["phone", "fax", "mobile", "email", "position", "invoice_method"];

pub fn create_company(world: &mut World, call: &Call) -> Result<u64, Failure> {
    let name = call.required("name")?;
    unique_name(world, &name, "")?;
    if let Some(parent) = call.text("parent_id").filter(|id| !id.is_empty() && id != "0") {
        known(world, "company", &parent, "parent_id")?;
    }
    let mut record = Record::new();
    texts(call, &COMPANY_TEXTS, &mut record);
    texts(call, &["custom_id"], &mut record);
    status(world, call, "status", "status_id", &mut record)?;
    let now = world.now().to_string();
    set(&mut record, "date_created", &now);
    set(&mut record, "date_modified", &now);
    set(&mut record, "staff_bookmarked", "0");
    let id = world.store.new_id("company");
    world.store.put("company", id, record);
    Ok(id)
}

pub fn update_company(world: &mut World, call: &Call, id: u64, mut record: Record) -> Result<(), Failure> {
    if call.text("name").is_some() {
        let name = call.required("name")?;
        unique_name(world, &name, text(&record, "id"))?;
    }
    if texts(call, &COMPANY_TEXTS, &mut record) {
        set(&mut record, "date_modified", &world.now().to_string());
        world.store.put("company", id, record);
    }
    Ok(())
}

/// Makes the person and the affiliation to the company, which is the true home of phone and e-mail.
pub fn create_contact(world: &mut World, call: &Call) -> Result<u64, Failure> {
    for name in ["firstname", "surname"] {
        call.required(name)?;
    }
    let company_id = call.required("company_id")?;
    known(world, "company", &company_id, "company_id")?;
    unique_username(world, call, "")?;
    let communication = call.one_of("communication", &["yes", "no"])?;
    let mut record = Record::new();
    texts(call, &CONTACT_TEXTS, &mut record);
    status(world, call, "contact_status", "status", &mut record)?;
    let mut affiliation = Record::new();
    for name in AFFILIATION_TEXTS {
        set(&mut affiliation, name, &call.text(name).unwrap_or_default());
    }
    for (name, parameter) in [("postal_address", "postal_address_id"), ("physical_address", "physical_address_id")] {
        if let Some(address) = call.text(parameter).filter(|id| !id.is_empty() && id != "0") {
            known(world, "address", &address, parameter)?;
            set(&mut affiliation, name, &address);
        }
    }

    let now = world.now().to_string();
    let (id, affiliation_id) = (world.store.new_id("contact"), world.store.new_id("affiliation"));
    set(&mut affiliation, "company", &company_id);
    set(&mut affiliation, "contact", &id.to_string());
    set(&mut affiliation, "affiliation_status", "0");
    set(&mut affiliation, "standing", "active");
    set(&mut affiliation, "date_modified", &now);
    set(&mut affiliation, "staff_bookmarked", "0");
    set(&mut affiliation, "portal_access", "0");
    set(&mut affiliation, "communication", if communication.as_deref() == Some("yes") { "1" } else { "0" });
    for name in ["phone", "fax", "mobile", "email"] {
        set(&mut record, name, text(&affiliation, name));
    }
    set(&mut record, "company", &company_id);
    set(&mut record, "default_affiliation", &affiliation_id.to_string());
    set(&mut record, "date_created", &now);
    set(&mut record, "date_modified", &now);
    world.store.put("contact", id, record);
    world.store.put("affiliation", affiliation_id, affiliation);
    adopt(world, &company_id, affiliation_id);
    Ok(id)
}

/// The first contact of a company becomes its main one.
fn adopt(world: &mut World, company_id: &str, affiliation_id: u64) {
    let Some(mut company) = world.store.get("company", company_id).cloned() else { return };
    if let (true, Ok(id)) = (text(&company, "default_affiliation").is_empty(), company_id.parse()) {
        set(&mut company, "default_affiliation", &affiliation_id.to_string());
        world.store.put("company", id, company);
    }
}

pub fn update_contact(world: &mut World, call: &Call, id: u64, mut record: Record) -> Result<(), Failure> {
    for name in ["firstname", "surname"] {
        if call.text(name).is_some() {
            call.required(name)?;
        }
    }
    unique_username(world, call, text(&record, "id"))?;
    let mut changed = texts(call, &CONTACT_TEXTS, &mut record);
    if call.text("status").is_some() || call.text("standing").is_some() {
        status(world, call, "contact_status", "status", &mut record)?;
        changed = true;
    }
    if changed {
        set(&mut record, "date_modified", &world.now().to_string());
        world.store.put("contact", id, record);
    }
    Ok(())
}

/// A contact is never deleted; it stays readable.
pub fn deactivate_contact(world: &mut World, id: u64, mut record: Record) {
    let inactive = world.store.all("contact_status").find(|status| text(status, "standing") == "inactive");
    let status = inactive.map(|status| text(status, "id").to_owned()).unwrap_or_default();
    set(&mut record, "contact_status", &status);
    set(&mut record, "standing", "inactive");
    set(&mut record, "date_modified", &world.now().to_string());
    world.store.put("contact", id, record);
}

/// Copies the texts that were sent, and says whether any was. A blank one blanks the field.
pub fn texts(call: &Call, names: &[&str], record: &mut Record) -> bool {
    let mut any = false;
    for name in names {
        if let Some(value) = call.text(name) {
            set(record, name, &value);
            any = true;
        }
    }
    any
}

/// Sets status and standing: an id wins over a standing, and without either the status that new records start with.
fn status(world: &World, call: &Call, kind: &str, parameter: &str, record: &mut Record) -> Result<(), Failure> {
    let field = kind;
    let given = |name: &str| call.text(name).filter(|value| !value.is_empty());
    let (column, wanted, name) = match (given(parameter), given("standing")) {
        (Some(id), _) => ("id", id, parameter),
        (None, Some(standing)) => ("standing", standing, "standing"),
        (None, None) => ("start", "yes".to_owned(), parameter),
    };
    let found = world.store.all(kind).find(|status| text(status, column) == wanted);
    let found = found.ok_or_else(|| invalid(format!("There is no such {name}.")))?;
    set(record, field, text(found, "id"));
    set(record, "standing", text(found, "standing"));
    Ok(())
}

pub fn known(world: &World, kind: &str, id: &str, parameter: &str) -> Result<(), Failure> {
    let found = world.store.get(kind, id);
    found.map(drop).ok_or_else(|| invalid(format!("{parameter} names no {}.", kind.replace('_', " "))))
}

/// `own` is the id of the record that is being changed.
fn unique_name(world: &World, name: &str, own: &str) -> Result<(), Failure> {
    let same = |company: &&Record| text(company, "name").eq_ignore_ascii_case(name) && text(company, "id") != own;
    match world.store.all("company").find(same) {
        Some(_) => Err(failure(400, "duplicate", "A company with this name already exists.")),
        None => Ok(()),
    }
}

fn unique_username(world: &World, call: &Call, own: &str) -> Result<(), Failure> {
    let Some(username) = call.text("username").filter(|name| !name.is_empty()) else { return Ok(()) };
    let same =
        |contact: &&Record| text(contact, "username").eq_ignore_ascii_case(&username) && text(contact, "id") != own;
    match world.store.all("contact").find(same) {
        Some(_) => Err(invalid("A contact with this username already exists.")),
        None => Ok(()),
    }
}

/// One sender or recipient of an activity; none when the person is not known.
pub fn interact(world: &mut World, kind: &str, owner_type: &str, owner_id: &str, date: &str) -> Option<Value> {
    let owner = world.store.get(owner_type, owner_id)?.clone();
    let person = match owner_type {
        "affiliation" => world.store.get("contact", text(&owner, "contact")).cloned().unwrap_or_default(),
        _ => owner.clone(),
    };
    Some(json!({
        "id": world.store.new_id("interact").to_string(),
        "type": kind,
        "date_actioned": date,
        "owner_type": owner_type,
        "owner_id": owner_id,
        "owner_name": super::store::full_name(&person),
        "email": owner.get("email").cloned().unwrap_or_default(),
    }))
}
