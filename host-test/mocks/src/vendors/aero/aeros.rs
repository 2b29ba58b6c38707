//! Aeros of all categories, and the time that is logged against them.

use serde_json::Value;

use super::World;
use super::calendar::{later, now};
use super::fields::read;
use super::operations::{Asked, shown};
use super::reply::{Outcome, failure, invalid};
use super::store::{Record, Store, copy, is_active, text};
use super::tables::{TIME, aero, aero_of_template};
use super::templates;

pub fn list(world: &mut World, asked: &Asked) -> Outcome {
    let all = world.store.all("aero").filter(|aero| text(aero, "category") == asked.category);
    let items = all.map(|aero| with_names(&world.store, aero)).collect();
    Ok(Some(world.list(&format!("aero{}Reads", asked.category), items)))
}

pub fn create(world: &mut World, asked: &Asked) -> Outcome {
    let mut record = read(&world.store, &aero(asked.category), &asked.body)?;
    record.insert("category".into(), asked.category.into());
    add(world, record)
}

/// `kind` says whose templates the id in the path is counted among.
pub fn from_template(world: &mut World, asked: &Asked, kind: &str) -> Outcome {
    let template = templates::find(&world.store, kind, asked.id)?;
    let category = text(template, "category");
    if category != asked.category {
        return Err(invalid("id", format!("Template {} is of the category {category}.", asked.id)));
    }
    let mut record = templates::draft(template);
    let days = copy(template, "daysToDueDate");
    let mut given = read(&world.store, &aero_of_template(), &asked.body)?;
    if category == "Email" {
        let description = given.remove("description").unwrap_or_default();
        given.insert("body".into(), description);
    }
    record.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    if record["assignedTo"].is_null() {
        let anybody = world.store.all("teamMember").next().map(|member| copy(member, "name"));
        record.insert("assignedTo".into(), anybody.unwrap_or_default());
    }
    record.entry("status").or_insert_with(|| "notstarted".into());
    let start = record.entry("scheduledStartDate").or_insert_with(|| now().into());
    let due = later(start.as_str().unwrap_or_default(), &days);
    record.entry("dueDate").or_insert(due);
    add(world, record)
}

fn add(world: &mut World, record: Record) -> Outcome {
    let id = world.store.add("aero", record);
    Ok(world.store.get("aero", id).map(|aero| with_names(&world.store, aero)))
}

/// The vendor's pickers no longer offer an inactive company, and what holds it shows its number.
fn with_names(store: &Store, aero: &Record) -> Value {
    let mut answer = shown(aero);
    let company = store.named("company", text(aero, "company")).filter(|company| !is_active(company));
    if let Some(company) = company {
        answer["company"] = copy(company, "id").to_string().into();
    }
    answer
}

pub fn create_time(world: &mut World, asked: &Asked) -> Outcome {
    let aero = world.store.get("aero", asked.id).filter(|aero| text(aero, "category") == asked.category);
    let missing = || failure(404).because(format!("There is no Aero{} {}.", asked.category, asked.id));
    let aero = aero.ok_or_else(missing)?;
    let mut record = read(&world.store, TIME, &asked.body)?;
    let defaults =
        [("startDate", now().into()), ("teamMember", copy(aero, "assignedTo")), ("billable", copy(aero, "billable"))];
    for (name, default) in defaults {
        if record[name].is_null() {
            record.insert(name.into(), default);
        }
    }
    record.insert("aeroId".into(), asked.id.into());
    let id = world.store.add("aeroTime", record);
    Ok(world.store.get("aeroTime", id).map(shown))
}
