//! Writing activities.

use serde_json::{Value, json};

use super::grants::ACTING_STAFF;
use super::people::{interact, known, texts};
use super::reply::{Failure, forbidden, invalid};
use super::request::{Call, as_text};
use super::store::{BILLABLE, Record, set, text};
use super::{World, work};

/// In the singular; a plural is refused.
const AGAINST: &[&str] = &[
    "activity_event",
    "asset",
    "affiliation",
    "account_invoice",
    "account_purchase",
    "contact",
    "contract",
    "contract_period",
    "company",
    "issue",
    "job",
    "milestone",
    "prospect",
    "request",
    "staff",
    "task",
];
const MEDIA: &[&str] = &["note", "meeting", "email", "call"];
const VISIBILITIES: &[&str] = &["private", "confidential", "all"];
const DATES: &[&str] = &["date_started", "date_ended", "date_due"];
const TIMES: &[&str] = &["billable", "nonbillable"];
/// Write name, read name, and the type of what it names.
const LINKS: &[(&str, &str, &str)] =
    &[("class_id", "activity_class", "activity_class"), ("priority_id", "activity_priority", "activity_priority")];

pub fn create(world: &mut World, call: &Call) -> Result<u64, Failure> {
    let mut record = Record::new();
    set(&mut record, "subject", &call.required("subject")?);
    call.required("against_type")?;
    call.required("against_id")?;
    against(world, call, &mut record)?;
    texts(call, &["body", "details", "message_id"], &mut record);
    for (name, allowed) in [("medium", MEDIA), ("visibility", VISIBILITIES)] {
        if let Some(value) = call.one_of(name, allowed)? {
            set(&mut record, name, &value);
        }
    }
    let owner_type = call.one_of("owner_type", &["staff", "affiliation"])?.unwrap_or_else(|| "staff".into());
    let owner_id = match call.number("owner_id")? {
        Some(id) => id.to_string(),
        None if owner_type == "staff" => ACTING_STAFF.into(),
        None => return Err(invalid("owner_id is required.")),
    };
    known(world, &owner_type, &owner_id, "owner_id")?;
    set(&mut record, "owner_type", &owner_type);
    set(&mut record, "owner_id", &owner_id);
    changes(world, call, &mut record)?;
    thread(world, call, &mut record)?;
    if let Some(task) = call.number("task_id")? {
        set(&mut record, "task", &task.to_string());
    }
    if let Some(rate) = call.text("rate_id").filter(|id| !id.is_empty() && id != "0") {
        known(world, "rate", &rate, "rate_id")?;
        let charged = world.store.get("rate", &rate).map(|rate| text(rate, "charged").to_owned()).unwrap_or_default();
        set(&mut record, "rate", &rate);
        set(&mut record, "rate_charged", &charged);
    }
    let now = world.now().to_string();
    set(&mut record, "date_created", &now);
    set(&mut record, "date_modified", &now);
    let interacts = interacts(world, call, &record, &now);
    record.insert("interacts".into(), interacts.into());
    let id = world.store.new_id("activity");
    world.store.put("activity", id, record);
    if let Some(activity) = world.store.get("activity", &id.to_string()).cloned() {
        work::count_time(world, &activity);
    }
    Ok(id)
}

/// The object it hangs on. Of types that the mock keeps no records of, any id is taken.
fn against(world: &World, call: &Call, record: &mut Record) -> Result<(), Failure> {
    let mut kind = call.one_of("against_type", AGAINST)?.unwrap_or_default();
    let mut id = call.number("against_id")?.unwrap_or_default().to_string();
    if ["company", "contact", "affiliation", "staff", "job", "task", "issue", "milestone"].contains(&kind.as_str()) {
        known(world, &kind, &id, "against_id")?;
    }
    if kind == "task" {
        set(record, "task", &id);
        let job = world.store.get("task", &id).map(|task| text(task, "job").to_owned());
        // Seen in one tenant: the answer hangs on the task's job and keeps the link to the task.
        if let (true, Some(job)) = (world.switches.reparent_tasks, job) {
            (kind, id) = ("job".into(), job);
        }
    }
    set(record, "against_type", &kind);
    set(record, "against_id", &id);
    Ok(())
}

/// A reply joins the thread of what it answers.
fn thread(world: &World, call: &Call, record: &mut Record) -> Result<(), Failure> {
    let given = |name: &str| call.text(name).filter(|id| !id.is_empty() && id != "0");
    if let Some(parent) = given("parent_id") {
        known(world, "activity", &parent, "parent_id")?;
        let thread = world.store.get("activity", &parent).map(|parent| text(parent, "thread_id").to_owned());
        set(record, "thread_id", &thread.unwrap_or_default());
        set(record, "parent_id", &parent);
    }
    if let Some(thread) = given("thread_id") {
        known(world, "activity", &thread, "thread_id")?;
        set(record, "thread_id", &thread);
    }
    Ok(())
}

/// What create and update take alike: dates, times, class and priority. Says whether anything was sent.
fn changes(world: &World, call: &Call, record: &mut Record) -> Result<bool, Failure> {
    let mut any = false;
    for name in DATES.iter().filter(|name| call.text(name).is_some()) {
        let date = call.number(name)?.map_or(Value::Null, |date| date.to_string().into());
        record.insert((*name).into(), date);
        any = true;
    }
    for name in TIMES.iter().filter(|name| call.text(name).is_some()) {
        let seconds = call.number(name)?.unwrap_or_default();
        if world.switches.strict
            && *name == "billable"
            && seconds > 0
            && !BILLABLE.contains(&text(record, "against_type"))
        {
            return Err(invalid("billable needs an issue, job, milestone, contract or contract period."));
        }
        if !world.switches.drop_time {
            set(record, name, &seconds.to_string());
        }
        any = true;
    }
    for (parameter, field, kind) in LINKS {
        if let Some(id) = call.text(parameter).filter(|id| !id.is_empty()) {
            known(world, kind, &id, parameter)?;
            set(record, field, &id);
            any = true;
        }
    }
    Ok(any)
}

fn interacts(world: &mut World, call: &Call, record: &Record, now: &str) -> Vec<Value> {
    let meeting = text(record, "medium") == "meeting";
    let date = Some(text(record, "date_started")).filter(|date| !date.is_empty()).unwrap_or(now).to_owned();
    let mut all = Vec::new();
    all.extend(interact(world, "creator", "staff", ACTING_STAFF, &date));
    if text(record, "medium") == "email" {
        all.extend(interact(world, "from", text(record, "owner_type"), text(record, "owner_id"), &date));
    }
    for list in ["to", "cc", "bcc"] {
        // A bare address makes no record, and neither does anything that is not an object.
        for owner in ["staff", "affiliation"] {
            let ids = call.params.get(list).and_then(|people| people.get(owner)).cloned().unwrap_or_else(|| json!([]));
            let ids: Vec<String> = match &ids {
                Value::Array(ids) => ids.iter().filter_map(as_text).collect(),
                id => as_text(id).into_iter().collect(),
            };
            for id in ids {
                all.extend(interact(world, if meeting { "attendee" } else { list }, owner, &id, &date));
            }
        }
    }
    all
}

pub fn update(world: &mut World, call: &Call, id: u64, mut record: Record) -> Result<(), Failure> {
    let sent = |names: &[&str]| names.iter().any(|name| call.text(name).is_some());
    let owner = text(&record, "owner_type") == "staff" && text(&record, "owner_id") == ACTING_STAFF;
    let involved = owner || record.get("interacts").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_me));
    let email = text(&record, "medium") == "email";
    if email && (sent(DATES) || sent(&["subject", "body", "visibility", "details", "priority_id", "message_id"])) {
        return Err(invalid("Only class_id, nonbillable and billable of an email can be changed."));
    }
    if sent(&["subject", "body"]) && !owner {
        return Err(forbidden("You may not change the text of this activity."));
    }
    if sent(&["visibility"]) && !involved {
        return Err(forbidden("You may not change the visibility of this activity."));
    }
    if sent(TIMES) && !can_edit_time(&record) {
        return Err(forbidden("You may not change the logged time of this activity."));
    }
    if sent(&["subject"]) {
        call.required("subject")?;
    }
    let mut changed = texts(call, &["subject", "body", "details", "message_id"], &mut record);
    if let Some(visibility) = call.one_of("visibility", VISIBILITIES)? {
        set(&mut record, "visibility", &visibility);
        changed = true;
    }
    if changes(world, call, &mut record)? || changed {
        set(&mut record, "date_modified", &world.now().to_string());
        world.store.put("activity", id, record);
    }
    Ok(())
}

/// The owner and who created it may, until the time is invoiced or locked.
fn can_edit_time(record: &Record) -> bool {
    let owner = text(record, "owner_type") == "staff" && text(record, "owner_id") == ACTING_STAFF;
    let created = |interact: &Value| interact["type"] == "creator" && is_me(interact);
    let creator = record.get("interacts").and_then(Value::as_array).is_some_and(|all| all.iter().any(created));
    (owner || creator) && !matches!(text(record, "standing"), "invoiced" | "locked")
}

/// `permissions` of the caller.
pub fn permissions(record: &Record) -> Value {
    let time = can_edit_time(record);
    let billable = time && text(record, "is_billable") == "1";
    json!({ "can_edit_time": u8::from(time), "can_edit_billable": u8::from(billable) })
}

fn is_me(interact: &Value) -> bool {
    interact["owner_type"] == "staff" && interact["owner_id"] == ACTING_STAFF
}

/// Takes along what is in its thread, if it is the root, and what answers it.
pub fn delete(world: &mut World, id: u64) {
    let mut doomed = vec![id];
    while let Some(id) = doomed.pop() {
        world.store.remove("activity", id);
        let own = id.to_string();
        let below = |record: &&Record| text(record, "thread_id") == own || text(record, "parent_id") == own;
        doomed.extend(
            world.store.all("activity").filter(below).filter_map(|record| text(record, "id").parse::<u64>().ok()),
        );
    }
}
