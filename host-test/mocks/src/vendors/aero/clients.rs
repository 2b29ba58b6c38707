//! Lists of names, companies with their vaults, and contacts.

use serde_json::{Value, json};

use super::World;
use super::operations::Call;
use super::reply::Failure;
use super::store::{Record, is_active, text};

/// The records of some kinds, as `record`, in the list `member`.
pub fn list(world: &mut World, call: &Call, member: &str, record: &str, kinds: &[&str]) -> Result<Value, Failure> {
    let name = call.query("name").unwrap_or_default().to_lowercase();
    let fits = |item: &&Record| {
        let active = match call.query("active") {
            Some("All") => true,
            Some("Inactive") => !is_active(item),
            _ => is_active(item),
        };
        active && text(item, "name").to_lowercase().contains(&name)
    };
    let items = kinds.iter().flat_map(|kind| world.store.all(kind)).filter(fits);
    let items: Value = items.map(|item| world.show(record, item)).collect();
    let none = world.is("empty", "null") && items == json!([]);
    Ok(json!({ member: if none { Value::Null } else { items } }))
}

/// The record of the id in the path, of the first kind that has it.
pub fn get(world: &mut World, call: &Call, record: &str, kinds: &[&str]) -> Result<Value, Failure> {
    let found = kinds.iter().find_map(|kind| world.store.get(kind, call.id("id")));
    found.map(|found| world.show(record, found)).ok_or_else(|| missing(call, "id"))
}

pub fn missing(call: &Call, parameter: &str) -> Failure {
    Failure::Missing(parameter.into(), format!("There is no record {}.", call.parameter(parameter)))
}

/// A second company of a name gets a name of its own.
pub fn create_company(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let mut record = call.body.clone();
    let mut name = text(&record, "name").to_owned();
    while world.store.with("company", "name", &name).is_some() {
        name.push_str(" (dup)");
    }
    let [first, last] = ["contactFirstName", "contactLastName"].map(|member| text(&call.body, member).to_owned());
    let kind = if record.get("isLead") == Some(&true.into()) { "Lead" } else { "Customer" };
    record.insert("name".into(), name.into());
    record.insert("companyType".into(), kind.into());
    record.insert("active".into(), true.into());
    if !first.is_empty() || !last.is_empty() {
        let contact = json!({ "firstName": first, "lastName": last });
        let contact = add_contact(world, contact.as_object().cloned().unwrap_or_default());
        record.insert("defaultContact".into(), text(&contact, "name").into());
    }
    let company = world.store.add("company", record);
    Ok(world.show("CompanyRead", &company))
}

pub fn create_contact(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let contact = add_contact(world, call.body.clone());
    Ok(world.show("ContactRead", &contact))
}

fn add_contact(world: &mut World, mut contact: Record) -> Record {
    let name = format!("{} {}", text(&contact, "firstName"), text(&contact, "lastName")).trim().to_owned();
    let addresses: Vec<_> =
        Some(text(&contact, "defaultEmailAddress")).filter(|text| !text.is_empty()).into_iter().collect();
    let addresses = json!(addresses);
    contact.insert("emailAddresses".into(), addresses);
    contact.insert("name".into(), name.into());
    contact.insert("active".into(), true.into());
    world.store.add("contact", contact)
}

/// The answer has the secret, as the document says, so that tests see a client drop it.
pub fn create_vault_entry(world: &mut World, call: &Call) -> Result<Value, Failure> {
    if world.store.get("company", call.id("companyId")).is_none() {
        return Err(missing(call, "companyId"));
    }
    let entry = world.store.add("vaultEntry", call.body.clone());
    Ok(world.show("VaultEntryRead", &entry))
}
