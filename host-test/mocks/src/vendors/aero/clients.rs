//! Companies with their vaults, contacts, and projects.

use serde_json::{Value, json};

use super::World;
use super::calendar::now;
use super::fields::read;
use super::operations::{Asked, shown};
use super::reply::{Failure, Outcome, failure, invalid, not_valid};
use super::store::{Record, copy, text};
use super::tables::{COMPANY, CONTACT, NEW_COMPANY, PROJECT, SECRET, VAULT_ENTRY};

/// The list, which gets no query, and the search, whose parameters can each be absent.
pub fn companies(world: &mut World, query: &[(String, String)]) -> Outcome {
    let (mut name, mut active) = (String::new(), None);
    for (parameter, value) in query {
        match parameter.as_str() {
            "name" => name = value.to_lowercase(),
            "active" => {
                let flag = value.to_ascii_lowercase().parse::<bool>();
                active = Some(flag.map_err(|_| invalid("active", not_valid(&value.as_str().into())))?);
            }
            _ => {}
        }
    }
    let fits = |company: &&Record| {
        let active = active.is_none_or(|active| copy(company, "active") == active);
        active && text(company, "name").to_lowercase().contains(&name)
    };
    let short = |company: &Record| {
        let [id, name, active] = ["id", "name", "active"].map(|name| copy(company, name));
        json!({ "id": id, "name": name, "active": active })
    };
    let items = world.store.all("company").filter(fits).map(short).collect();
    Ok(Some(world.list("companies", items)))
}

pub fn company(world: &mut World, asked: &Asked) -> Outcome {
    Ok(Some(shown(find(world, asked.id)?)))
}

fn find(world: &World, id: u64) -> Result<&Record, Failure> {
    world.store.get("company", id).ok_or_else(|| failure(404).because(format!("There is no company {id}.")))
}

pub fn create_company(world: &mut World, asked: &Asked) -> Outcome {
    let mut record = read(&world.store, &[COMPANY, NEW_COMPANY].concat(), &asked.body)?;
    let mut name = text(&record, "name").to_owned();
    while world.store.named("company", &name).is_some() {
        name.push_str(" (dup)");
    }
    record.insert("name".into(), name.as_str().into());
    let mut take = |name| record.remove(name).unwrap_or_default();
    let [first, last, lead] = [take("contactFirstName"), take("contactLastName"), take("isLead")];
    record.insert("type".into(), if lead == true { "Lead" } else { "Customer" }.into());
    let contact = json!({ "firstName": first, "lastName": last, "defaultCompany": name });
    let contact = contact.as_object().cloned().unwrap_or_default();
    let full_name = full_name(&contact);
    if !full_name.is_empty() {
        add_contact(world, contact);
        record.insert("defaultContact".into(), full_name.into());
    }
    let id = world.store.add("company", record);
    Ok(world.store.get("company", id).map(shown))
}

pub fn create_contact(world: &mut World, asked: &Asked) -> Outcome {
    let record = read(&world.store, CONTACT, &asked.body)?;
    let id = add_contact(world, record);
    Ok(world.store.get("contact", id).map(shown))
}

fn add_contact(world: &mut World, mut contact: Record) -> u64 {
    let name = full_name(&contact);
    contact.insert("name".into(), name.into());
    world.store.add("contact", contact)
}

fn full_name(contact: &Record) -> String {
    format!("{} {}", text(contact, "firstName"), text(contact, "lastName")).trim().to_owned()
}

/// The secret is kept and never answered.
pub fn create_vault_entry(world: &mut World, asked: &Asked) -> Outcome {
    find(world, asked.id)?;
    let mut record = read(&world.store, &[VAULT_ENTRY, &[SECRET]].concat(), &asked.body)?;
    let secret = record.remove(SECRET.name).unwrap_or_default();
    record.insert("_securedValue".into(), secret);
    record.insert("companyId".into(), asked.id.into());
    let id = world.store.add("vaultEntry", record);
    Ok(world.store.get("vaultEntry", id).map(shown))
}

pub fn create_project(world: &mut World, asked: &Asked) -> Outcome {
    let mut record = read(&world.store, PROJECT, &asked.body)?;
    // The screen starts with today's date.
    let today = format!("{}T00:00:00.000Z", &now()[..10]);
    for (name, default) in [("startDate", today.as_str()), ("status", "notstarted")] {
        if record.get(name).is_none_or(Value::is_null) {
            record.insert(name.into(), default.into());
        }
    }
    let id = world.store.add("project", record);
    Ok(world.store.get("project", id).map(shown))
}
