//! Aeros of all categories, their steps, and the time that is logged against them.

use serde_json::{Value, json};

use super::World;
use super::calendar::{FIRST, later};
use super::clients::missing;
use super::operations::{Call, Reader, step, steps};
use super::reply::{Failure, invalid};
use super::store::{Record, Store, copy, number, pick, text};

const PAGE: usize = 50;
/// What an e-mail has beside the members of other Aeros.
const EMAIL: &[&str] = &["body", "comments", "fromEmail", "toEmail", "ccEmail", "bccEmail"];

pub fn list(world: &mut World, call: &Call, category: &str) -> Result<Value, Failure> {
    let all: Vec<_> = world.store.all("aero").filter(|aero| text(aero, "category") == category).collect();
    let page: usize = call.query("pageNumber").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let items = all.iter().skip((page - 1).saturating_mul(PAGE)).take(PAGE);
    let items: Vec<Value> = items.map(|aero| world.show(record(category), aero)).collect();
    let count = if world.is("count", "total") { all.len() } else { items.len() };
    let none = world.is("empty", "null") && items.is_empty();
    let items = if none { Value::Null } else { items.into() };
    Ok(json!({ "page": page, format!("aero{category}s"): items, "count": count }))
}

/// The facts' name for an Aero of the category.
fn record(category: &str) -> &'static str {
    if category == "Email" { "AeroEmailRead" } else { "AeroRead" }
}

pub fn create(world: &mut World, call: &Call, category: &str) -> Result<Value, Failure> {
    let body = &call.body;
    let mut reader = Reader::new(&world.store, body);
    let mut record = pick(body, &["subject", "description", "billable", "fixedFee"]);
    for (member, kind) in [
        ("assignedTo", "teamMember"),
        ("aeroType", "aeroType"),
        ("hat", "hat"),
        ("company", "company"),
        ("contact", "contact"),
    ] {
        let name = reader.named(member, kind, "name").map(|named| copy(named, "name"));
        record.insert(member.into(), name.unwrap_or_default());
    }
    put_project(&mut record, reader.named("fullProjectName", "project", "fullProjectName"));
    record.insert("scheduledStartDate".into(), reader.moment("scheduledStartDate").into());
    record.insert("scheduledDuration".into(), reader.planned().into());
    record.insert("dueDate".into(), reader.moment_or_null("dueDate"));
    record.insert("priority".into(), answered(text(body, "priority")).into());
    record.insert("status".into(), answered(text(body, "status")).into());
    reader.finish()?;
    if category == "Email" {
        record.extend(pick(body, EMAIL));
        let incoming = body.get("incomingEmail") == Some(&true.into());
        record.insert("emailType".into(), if incoming { "Incoming" } else { "Outgoing" }.into());
    }
    add(world, category, record)
}

fn add(world: &mut World, category: &str, mut aero: Record) -> Result<Value, Failure> {
    aero.insert("category".into(), category.into());
    aero.entry("aeroSteps").or_insert(json!([]));
    let aero = world.store.add("aero", aero);
    Ok(world.show(record(category), &aero))
}

pub fn put_project(aero: &mut Record, project: Option<&Record>) {
    if let Some(project) = project {
        aero.insert("projectId".into(), copy(project, "id"));
        aero.insert("project".into(), copy(project, "name"));
    }
}

/// A word of a request as it is answered.
pub fn answered(word: &str) -> String {
    match word {
        "notstarted" | "not started" => "Not Started".into(),
        "inprogress" | "in progress" => "In Progress".into(),
        word => super::reply::pascal(word),
    }
}

/// The template of the id in the path; `kind` says whose templates it is counted among.
pub fn template<'a>(store: &'a Store, call: &Call, kind: &str) -> Result<&'a Record, Failure> {
    let template = store.get(kind, call.id("id")).ok_or_else(|| missing(call, "id"))?;
    if template.get("subscribed") == Some(&false.into()) {
        return Err(Failure::Status(403, "The subscription does not include this template.".into()));
    }
    Ok(template)
}

pub fn from_template(world: &mut World, call: &Call, kind: &str) -> Result<Value, Failure> {
    let template = template(&world.store, call, kind)?.clone();
    if text(&template, "category") != "Task" {
        return Err(invalid([("id", "This is no template for tasks.")]));
    }
    let shared = ["subject", "description", "aeroType", "assignedTo", "hat", "priority", "billable", "fixedFee"];
    let mut aero = pick(&template, &shared);
    let body = &call.body;
    let mut reader = Reader::new(&world.store, body);
    let names = [
        ("teamMemberId", "teamMember", "assignedTo"),
        ("aeroTypeId", "aeroType", "aeroType"),
        ("hatId", "hat", "hat"),
        ("customerId", "company", "company"),
        ("contactId", "contact", "contact"),
    ];
    reader.put_names(&mut aero, &names);
    put_project(&mut aero, reader.by_id("aeroGroupId", "project"));
    let start = reader.moment("scheduledStartDate");
    let due = match reader.moment_or_null("dueDate") {
        Value::Null => later(&start, &copy(&template, "daysToDueDate")),
        due => due,
    };
    let planned = reader.planned().map_or_else(|| copy(&template, "duration"), Value::from);
    reader.finish()?;
    if kind == "libraryTemplate" {
        aero.extend(pick(body, &["billable", "fixedFee"]));
    }
    let priority = answered(text(body, "priority"));
    if !priority.is_empty() || text(&aero, "priority").is_empty() {
        aero.insert("priority".into(), if priority.is_empty() { "Normal".into() } else { priority.into() });
    }
    aero.insert("scheduledStartDate".into(), start.into());
    aero.insert("dueDate".into(), due);
    aero.insert("scheduledDuration".into(), planned);
    aero.insert("status".into(), "Not Started".into());
    aero.insert("aeroSteps".into(), steps(&mut world.store, "aeroStep", &template, "steps"));
    add(world, "Task", aero)
}

/// The id of the Aero in the path, if there is one of the category.
fn aero(world: &World, call: &Call) -> Result<u64, Failure> {
    let aero = world.store.get("aero", call.id("aeroId"));
    let fits = aero.is_some_and(|aero| text(aero, "category") == call.parameter("category"));
    if fits { Ok(call.id("aeroId")) } else { Err(missing(call, "aeroId")) }
}

pub fn create_step(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let id = aero(world, call)?;
    let steps = world.store.get("aero", id).and_then(|aero| aero.get("aeroSteps")).and_then(Value::as_array);
    let last = steps.into_iter().flatten().filter_map(|step| step["order"].as_str()?.parse::<u64>().ok()).max();
    let order = call.body.get("order").and_then(Value::as_u64).unwrap_or(last.unwrap_or_default() + 1);
    let step = step(&mut world.store, "aeroStep", order, &call.body);
    if let Some(aero) = world.store.get_mut("aero", id)
        && let Value::Array(steps) = aero.entry("aeroSteps").or_insert(json!([]))
    {
        steps.push(step.clone());
    }
    Ok(world.show("AeroStepRead", step.as_object().unwrap_or(&Record::new())))
}

pub fn create_time(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let id = aero(world, call)?;
    let mut reader = Reader::new(&world.store, &call.body);
    let mut record = pick(&call.body, &["note", "billable", "teamMember"]);
    reader.named("teamMember", "teamMember", "name");
    record.insert("date".into(), reader.moment("date").into());
    reader.finish()?;
    record.insert("aeroId".into(), id.into());
    record.insert("hours".into(), copy(&call.body, "totalHoursWorked"));
    let record = world.store.add("aeroTime", record);
    Ok(shown_time(world, record))
}

pub fn time(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let id = aero(world, call)?;
    let time = world.store.get("aeroTime", call.id("id")).filter(|time| number(time, "aeroId") == id);
    let time = time.ok_or_else(|| missing(call, "id"))?.clone();
    Ok(shown_time(world, time))
}

/// All values of a time entry are texts.
fn shown_time(world: &World, mut time: Record) -> Value {
    let hours = time.get("hours").and_then(Value::as_f64).unwrap_or_default();
    let minutes = (hours * 60.0).round() as u64;
    let hours =
        if world.is("hours", "clock") { format!("{:02}:{:02}", minutes / 60, minutes % 60) } else { hours.to_string() };
    let date = Some(text(&time, "date")).filter(|date| date.len() >= 10).unwrap_or(FIRST);
    let plain = |part: &str| part.trim_start_matches('0').to_owned();
    let date = format!("{}/{}/{}", plain(&date[5..7]), plain(&date[8..10]), &date[..4]);
    let billable = if time.get("billable") == Some(&true.into()) { "True" } else { "False" };
    let id = copy(&time, "id").to_string();
    for (member, value) in [("id", id), ("hours", hours), ("date", date), ("billable", billable.into())] {
        time.insert(member.into(), value.into());
    }
    world.show("AeroTimeRead", &time)
}
