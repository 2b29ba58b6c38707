//! Master Aeros: schedules that produce Aeros.

use serde_json::{Value, json};

use super::World;
use super::calendar::{End, MOST, dates, later, now, parse};
use super::clients::missing;
use super::operations::{Call, Reader, steps as new_steps};
use super::reply::{Failure, invalid};
use super::store::{Record, copy, number, pick, text};
use super::work::{answered, put_project, template};

/// What an answer repeats of the body of a creation.
const SCHEDULE: &[&str] = &[
    "renewalPattern",
    "numberOfDates",
    "repeatEvery",
    "isSunday",
    "isMonday",
    "isTuesday",
    "isWednesday",
    "isThursday",
    "isFriday",
    "isSaturday",
    "isDayOfMonth",
];

/// `kind` says whose templates the id in the path is counted among.
pub fn create(world: &mut World, call: &Call, kind: &str) -> Result<Value, Failure> {
    let template = template(&world.store, call, kind)?.clone();
    let body = &call.body;
    let mut reader = Reader::new(&world.store, body);
    let mut master = pick(body, SCHEDULE);
    master.extend(pick(&template, &["subject", "aeroType", "hat", "priority", "billable", "fixedFee"]));
    master.insert("aeroCategory".into(), copy(&template, "category"));
    master.insert("body".into(), copy(&template, "description"));
    master.insert("endDays".into(), copy(&template, "daysToDueDate"));
    master.insert("estimatedDuration".into(), copy(&template, "duration"));
    if kind == "libraryTemplate" {
        master.extend(pick(body, &["billable", "fixedFee"]));
        master.insert("priority".into(), answered(text(body, "priority")).into());
        master.insert("endDays".into(), copy(body, "dayToDue"));
        master.insert("estimatedDuration".into(), reader.planned().into());
    } else {
        // The body has no members for these.
        for member in ["duration", "daysToDueDate", "priority", "billable", "fixedFee", "aeroType"] {
            if copy(&template, member).is_null() {
                reader.wrong("id", format!("The template has no {member}."));
            }
        }
    }
    let names = [
        ("teamMemberId", "teamMember", "teamMember"),
        ("customerId", "company", "moneyEntity"),
        ("contactId", "contact", "contact"),
        ("aeroTypeId", "aeroType", "aeroType"),
        ("hatId", "hat", "hat"),
    ];
    reader.put_names(&mut master, &names);
    if let Some(project) = reader.by_id("aeroGroupId", "project") {
        put_group(&mut master, project);
    }
    let (start, end) = (reader.moment("startDate"), reader.moment("endOnDate"));
    master.insert("startDate".into(), start.as_str().into());
    master.insert("endOnDate".into(), end.as_str().into());
    master.insert("autoRenewal".into(), copy(body, "autoRenew"));
    if text(body, "renewalPattern") == "weekly"
        && !SCHEDULE[3..10].iter().any(|day| body.get(*day) == Some(&true.into()))
    {
        reader.wrong("renewalPattern", "A weekly pattern needs a day of the week.");
    }
    let end = match number(body, "numberOfDates") {
        0 => End::On(end),
        count => End::After(count),
    };
    let dates = dates(&master, &start, &end);
    if dates.len() > MOST {
        reader.wrong("numberOfDates", format!("These are more than {MOST} dates."));
    }
    reader.finish()?;
    for member in ["dateCreated", "lastModified"] {
        master.insert(member.into(), now().into());
    }
    for member in ["authorized", "active"] {
        master.insert(member.into(), true.into());
    }
    master.insert("steps".into(), new_steps(&mut world.store, "masterAeroStep", &template, "steps"));
    let master = world.store.add("masterAero", master);
    if world.is("creation", "occurrences") {
        add_occurrences(world, &master, dates);
    }
    Ok(world.show("MasterAeroRead", &master))
}

fn put_group(master: &mut Record, project: &Record) {
    put_project(master, Some(project));
    master.insert("aeroGroup".into(), copy(project, "name"));
}

fn add_occurrences(world: &mut World, master: &Record, dates: Vec<String>) -> Vec<Record> {
    let add = |date: String| {
        let mut aero = pick(master, &["subject", "aeroType", "contact", "hat", "priority", "billable", "fixedFee"]);
        aero.extend(pick(master, &["projectId", "project"]));
        for (member, source) in [
            ("category", "aeroCategory"),
            ("assignedTo", "teamMember"),
            ("company", "moneyEntity"),
            ("scheduledDuration", "estimatedDuration"),
            (if text(master, "aeroCategory") == "Email" { "body" } else { "description" }, "body"),
            ("masterAeroId", "id"),
        ] {
            aero.insert(member.into(), copy(master, source));
        }
        aero.insert("dueDate".into(), later(&date, &copy(master, "endDays")));
        aero.insert("scheduledStartDate".into(), date.into());
        aero.insert("status".into(), "Not Started".into());
        aero.insert("aeroSteps".into(), new_steps(&mut world.store, "aeroStep", master, "steps"));
        world.store.add("aero", aero)
    };
    dates.into_iter().map(add).collect()
}

fn find(world: &World, call: &Call) -> Result<Record, Failure> {
    world.store.get("masterAero", call.id("id")).cloned().ok_or_else(|| missing(call, "id"))
}

/// The occurrences of the master Aero with that id.
fn of(world: &World, id: u64) -> impl Iterator<Item = &Record> {
    world.store.all("aero").filter(move |aero| number(aero, "masterAeroId") == id)
}

pub fn occurrences(world: &mut World, call: &Call) -> Result<Value, Failure> {
    find(world, call)?;
    Ok(of(world, call.id("id")).map(|aero| world.show("Occurrence", aero)).collect())
}

pub fn steps(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let master = find(world, call)?;
    Ok(world.show_all("MasterAeroStepRead", master["steps"].as_array().map_or(&[], Vec::as_slice)))
}

pub fn update(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let mut reader = Reader::new(&world.store, &call.body);
    let member = reader.by_id("teamMemberId", "teamMember").cloned();
    let project = reader.by_id("aeroGroupId", "project").cloned();
    let ids = call.body.get("masterAeroIds").and_then(Value::as_array);
    let ids: Vec<u64> = ids.into_iter().flatten().map(|id| id.as_u64().unwrap_or_default()).collect();
    for id in ids.iter().filter(|id| world.store.get("masterAero", **id).is_none()) {
        reader.wrong("masterAeroIds", format!("There is no record {id}."));
    }
    reader.finish()?;
    for id in ids {
        let Some(master) = world.store.get_mut("masterAero", id) else { continue };
        if let Some(member) = &member {
            master.insert("teamMember".into(), copy(member, "name"));
        }
        if let Some(project) = &project {
            put_group(master, project);
        }
        master.insert("lastModified".into(), now().into());
    }
    Ok(Value::Null)
}

pub fn pull_steps(world: &mut World, call: &Call) -> Result<Value, Failure> {
    find(world, call)?;
    let template = world.store.get("template", number(&call.body, "aeroTemplateId")).cloned();
    let template =
        template.ok_or_else(|| Failure::Missing("aeroTemplateId".into(), "There is no such template.".into()))?;
    let pulled = new_steps(&mut world.store, "masterAeroStep", &template, "steps");
    if let Some(master) = world.store.get_mut("masterAero", call.id("id")) {
        master.insert("steps".into(), pulled);
        master.insert("lastModified".into(), now().into());
    }
    steps(world, call)
}

pub fn insert(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let master = find(world, call)?;
    let count = number(&master, "numberOfDates").max(1);
    let last = of(world, call.id("id")).map(|aero| text(aero, "scheduledStartDate").to_owned()).max();
    let dates = match last {
        Some(last) => {
            let mut dates = dates(&master, &last, &End::After(count + 1));
            // The last date is one of them, unless its day does not fit the pattern.
            if dates.first() == Some(&last) {
                dates.remove(0);
            }
            dates
        }
        None => dates(&master, text(&master, "startDate"), &End::After(count)),
    };
    inserted(world, &master, dates.into_iter().take(count as usize).collect())
}

pub fn insert_by_count(world: &mut World, call: &Call) -> Result<Value, Failure> {
    insert_from(world, call, |_| End::After(number(&call.body, "count")))
}

pub fn insert_by_date(world: &mut World, call: &Call) -> Result<Value, Failure> {
    insert_from(world, call, |reader| End::On(reader.moment("endDate")))
}

fn insert_from(world: &mut World, call: &Call, end: impl Fn(&mut Reader<'_>) -> End) -> Result<Value, Failure> {
    let master = find(world, call)?;
    let mut reader = Reader::new(&world.store, &call.body);
    let (start, end) = (reader.moment("startDate"), end(&mut reader));
    if let End::On(end) = &end
        && parse(end) < parse(&start)
    {
        reader.wrong("endDate", "It is before the start.");
    }
    reader.finish()?;
    let dates = dates(&master, &start, &end);
    if dates.len() > MOST {
        return Err(invalid([("endDate", format!("These are more than {MOST} dates."))]));
    }
    inserted(world, &master, dates)
}

fn inserted(world: &mut World, master: &Record, dates: Vec<String>) -> Result<Value, Failure> {
    let aeros = add_occurrences(world, master, dates);
    let aeros: Vec<Value> = aeros.iter().map(|aero| world.show("Occurrence", aero)).collect();
    let none = world.is("empty", "null") && aeros.is_empty();
    Ok(json!({ "occurences": if none { Value::Null } else { aeros.into() } }))
}
