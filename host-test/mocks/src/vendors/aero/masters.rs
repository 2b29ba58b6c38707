//! MasterAeros: schedules that produce Aeros.

use serde_json::{Value, json};

use super::World;
use super::calendar::{later, occurrences};
use super::fields::{Member, read};
use super::operations::{Asked, shown};
use super::reply::{Errors, Failure, Outcome, failure, refused};
use super::store::{Record, copy, number, text};
use super::tables::{COUNT, END, MASTER, SCHEDULE, STEPS_ADD, STEPS_PULL};
use super::templates::{self, SHARED};

/// `kind` says whose templates the id in the path is counted among.
pub fn create(world: &mut World, asked: &Asked, kind: &str) -> Outcome {
    let template = templates::find(&world.store, kind, asked.id)?;
    let given = read(&world.store, &[SCHEDULE, &[COUNT, END], MASTER].concat(), &asked.body)?;
    let dates = occurrences(&given)?;
    complete(template, asked.id)?;
    let own = ["estimatedHours", "estimatedMinutes", "daysToDueDate"];
    let mut master: Record = SHARED.iter().chain(&own).map(|name| ((*name).to_owned(), copy(template, name))).collect();
    master.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    master.insert("_templates".into(), kind.into());
    master.insert("_template".into(), asked.id.into());
    let id = world.store.add("masterAero", master.clone());
    add_occurrences(world, id, &master, dates);
    Ok(world.store.get("masterAero", id).map(shown))
}

/// The vendor wants the template to hold these, since the body of the request has no members for them.
fn complete(template: &Record, id: u64) -> Result<(), Failure> {
    let mut errors = Errors::new();
    if text(template, "aeroType").is_empty() {
        errors.insert("aeroType".into(), vec![format!("Template {id} has no Aero Type.")]);
    }
    if number(template, "estimatedHours") == 0 && number(template, "estimatedMinutes") == 0 {
        errors.insert("estimatedHours".into(), vec![format!("Template {id} has no estimated duration.")]);
    }
    if errors.is_empty() { Ok(()) } else { Err(refused(errors)) }
}

/// `ends` is what tells the last occurrence, besides the schedule.
pub fn insert(world: &mut World, asked: &Asked, ends: &[Member]) -> Outcome {
    let master = find(world, asked.id)?.clone();
    let schedule = read(&world.store, &[SCHEDULE, ends].concat(), &asked.body)?;
    let aeros = add_occurrences(world, asked.id, &master, occurrences(&schedule)?);
    world.silent(json!({ "masterAeroId": asked.id, "count": aeros.len(), "aeros": aeros }))
}

fn add_occurrences(world: &mut World, id: u64, master: &Record, dates: Vec<String>) -> Vec<Value> {
    let days = copy(master, "daysToDueDate");
    let add = |date: String| {
        let due = later(&date, &days);
        let mut aero = templates::draft(master);
        aero.insert("scheduledStartDate".into(), date.as_str().into());
        aero.insert("dueDate".into(), due.clone());
        aero.insert("status".into(), "notstarted".into());
        aero.insert("masterAeroId".into(), id.into());
        let id = world.store.add("aero", aero);
        json!({ "id": id, "scheduledStartDate": date, "dueDate": due })
    };
    dates.into_iter().map(add).collect()
}

pub fn add_steps(world: &mut World, asked: &Asked) -> Outcome {
    find(world, asked.id)?;
    let mut given = read(&world.store, STEPS_ADD, &asked.body)?;
    let Some(Value::Array(added)) = given.remove("steps") else { return Err(failure(400)) };
    change_steps(world, asked.id, |steps| {
        let order = |step: &Value| step["order"].as_i64().unwrap_or_default();
        for step in &added {
            let mut step = step.clone();
            if step["complete"].is_null() {
                step["complete"] = false.into();
            }
            if step["order"].is_null() {
                step["order"] = (steps.iter().map(order).max().unwrap_or_default() + 1).into();
            }
            steps.push(step);
        }
        steps.sort_by_key(order);
    })
}

/// Templates are not watched: what was made of one before it changed gets its steps anew only by this.
pub fn pull_steps(world: &mut World, asked: &Asked) -> Outcome {
    let master = find(world, asked.id)?;
    let given = read(&world.store, STEPS_PULL, &asked.body)?;
    let template = match given["templateId"].as_u64() {
        Some(id) => world.store.get("template", id),
        None => world.store.get(text(master, "_templates"), number(master, "_template").unsigned_abs()),
    };
    let pulled = template.and_then(|template| copy(template, "steps").as_array().cloned()).unwrap_or_default();
    change_steps(world, asked.id, |steps| steps.clone_from(&pulled))
}

/// Of the MasterAero and of those of its occurrences that nobody has begun.
fn change_steps(world: &mut World, id: u64, change: impl Fn(&mut Vec<Value>)) -> Outcome {
    let apply = |record: &mut Record| {
        if let Some(Value::Array(steps)) = record.get_mut("steps") {
            change(steps);
        }
    };
    world.store.all_mut("masterAero").filter(|master| copy(master, "id") == id).for_each(apply);
    let unbegun = |aero: &&mut Record| copy(aero, "masterAeroId") == id && text(aero, "status") == "notstarted";
    world.store.all_mut("aero").filter(unbegun).for_each(apply);
    world.silent(shown(find(world, id)?))
}

fn find(world: &World, id: u64) -> Result<&Record, Failure> {
    let missing = || failure(404).because(format!("There is no MasterAero {id}."));
    world.store.get("masterAero", id).ok_or_else(missing)
}
