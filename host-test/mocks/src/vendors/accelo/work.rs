//! Writing jobs, tasks and tickets, and moving records from one status to the next.
//!
//! The documentation's tables say what can be written under which name, and under which it is read. What follows from a write
//! (dates of a ticket, sums of a task) is inferred from the definitions of the members.

use serde_json::{Value, json};

use super::World;
use super::grants::ACTING_STAFF;
use super::people::{known, texts};
use super::reply::{Failure, Outcome, invalid};
use super::request::Call;
use super::store::{Record, set, text};
use super::tables::kind;

/// What can be written of one record type.
pub struct Writes {
    kind: &'static str,
    required: &'static [&'static str],
    /// Texts, dates and amounts, which are read by the same name.
    plain: &'static [&'static str],
    /// Write name, read name, and the type of what it names.
    links: &'static [(&'static str, &'static str, &'static str)],
    /// The field of the status, and the type of statuses.
    status: (&'static str, &'static str),
    /// The pair by which an update says what the record is against; empty: it never changes.
    moves: &'static [(&'static str, &'static str)],
}

#[rustfmt::skip]
const WRITES: &[Writes] = &[
    Writes {
        kind: "job",
        required: &["title", "against_type", "against_id", "manager_id", "type_id"],
        plain: &["title", "date_created", "date_started", "date_due", "rate_charged"],
        links: &[
            ("manager_id", "manager", "staff"), ("type_id", "job_type", "job_type"), ("contract_id", "job_contract", "contract"),
            ("affiliation_id", "affiliation", "affiliation"), ("rate_id", "rate", "rate"),
        ],
        status: ("status", "job_status"),
        moves: &[("engagement_table", "against_type"), ("engagement_id", "against_id")],
    },
    Writes {
        kind: "task",
        required: &["title", "against_type", "against_id", "date_started"],
        plain: &["title", "description", "date_started", "date_due", "remaining", "rate_charged", "rate_id"],
        links: &[
            ("assignee_id", "assignee", "staff"), ("manager_id", "manager", "staff"), ("affiliation_id", "affiliation", "affiliation"),
            ("priority_id", "task_priority", "task_priority"),
        ],
        status: ("task_status", "task_status"),
        moves: &[],
    },
    Writes {
        kind: "issue",
        required: &["title", "type_id", "against_type", "against_id"],
        plain: &["title", "description", "date_started", "date_due", "resolution_detail"],
        links: &[
            ("type_id", "issue_type", "issue_type"), ("affiliation_id", "affiliation", "affiliation"), ("class_id", "class", "issue_class"),
            ("priority_id", "issue_priority", "issue_priority"), ("assignee", "assignee", "staff"),
            ("resolution_id", "resolution", "issue_resolution"), ("contract_id", "contract", "contract"),
        ],
        status: ("status", "issue_status"),
        moves: &[("against_type", "against_type"), ("against_id", "against_id")],
    },
    Writes {
        kind: "affiliation",
        required: &["company_id", "contact_id"],
        plain: &["phone", "fax", "mobile", "email", "position", "invoice_method"],
        links: &[
            ("company_id", "company", "company"), ("contact_id", "contact", "contact"),
            ("physical_address_id", "physical_address", "address"), ("postal_address_id", "postal_address", "address"),
        ],
        status: ("affiliation_status", "affiliation_status"),
        moves: &[],
    },
    Writes {
        kind: "prospect",
        required: &["title", "affiliation_id", "type_id"],
        plain: &["title", "comments", "value", "success", "date_due", "weighting"],
        links: &[
            ("affiliation_id", "affiliation", "affiliation"), ("type_id", "prospect_type", "prospect_type"),
            ("probability_id", "prospect_probability", "prospect_probability"), ("staff_id", "manager", "staff"),
        ],
        status: ("status", "prospect_status"),
        moves: &[],
    },
    Writes {
        kind: "expense",
        required: &["title", "unit_cost", "quantity", "type_id", "against_type", "against_id"],
        plain: &["title", "unit_cost", "quantity", "price", "date_incurred", "billable", "reimbursable", "type_id"],
        links: &[("type_id", "expense_type", "expense_type")],
        status: ("standing", "expense_status"),
        moves: &[],
    },
];

pub fn writes(kind: &str) -> Option<&'static Writes> {
    WRITES.iter().find(|writes| writes.kind == kind)
}

pub fn create(world: &mut World, call: &Call, writes: &Writes) -> Result<u64, Failure> {
    for name in writes.required {
        call.required(name)?;
    }
    let mut record = Record::new();
    if writes.kind == "expense" {
        // What it is charged at is what it cost, unless it is given.
        set(&mut record, "price", &call.required("unit_cost")?);
        set(&mut record, "submitter", ACTING_STAFF);
        set(&mut record, "submitter_id", ACTING_STAFF);
    }
    for name in ["against_type", "against_id"].iter().filter(|name| writes.required.contains(name)) {
        set(&mut record, name, &call.required(name)?);
    }
    changes(world, call, writes, &mut record)?;
    state(world, call, writes, &mut record, true)?;
    if writes.kind == "affiliation" {
        for name in ["portal_access", "communication"] {
            record.entry(name).or_insert("0".into());
        }
    }
    let now = world.now().to_string();
    let created = if writes.kind == "issue" { "date_submitted" } else { "date_created" };
    if text(&record, created).is_empty() {
        set(&mut record, created, &now);
    }
    set(&mut record, "date_modified", &now);
    set(&mut record, "staff_bookmarked", "0");
    if writes.kind == "task" {
        let remaining = text(&record, "remaining").to_owned();
        for (name, value) in [("budgeted", &*remaining), ("billable", "0"), ("nonbillable", "0"), ("logged", "0")] {
            set(&mut record, name, if value.is_empty() { "0" } else { value });
        }
    }
    let id = world.store.new_id(writes.kind);
    world.store.put(writes.kind, id, record);
    Ok(id)
}

pub fn update(world: &mut World, call: &Call, writes: &Writes, id: u64, mut record: Record) -> Result<(), Failure> {
    if call.text("title").is_some() {
        call.required("title")?;
    }
    let moved = writes.moves.iter().filter(|(name, _)| call.text(name).is_some()).count();
    if moved == 1 {
        return Err(invalid("What a record is against changes by type and id together."));
    }
    for (name, field) in writes.moves.iter().filter(|_| moved > 0) {
        set(&mut record, field, &call.required(name)?);
    }
    changes(world, call, writes, &mut record)?;
    state(world, call, writes, &mut record, false)?;
    set(&mut record, "date_modified", &world.now().to_string());
    world.store.put(writes.kind, id, record);
    Ok(())
}

fn changes(world: &World, call: &Call, writes: &Writes, record: &mut Record) -> Result<(), Failure> {
    let (against, id) = (text(record, "against_type").to_owned(), text(record, "against_id").to_owned());
    // Of types that the mock keeps no records of, any id is taken.
    if kind(&against).is_some() {
        known(world, &against, &id, "against_id")?;
    }
    texts(call, writes.plain, record);
    for (parameter, field, of) in writes.links {
        match call.text(parameter) {
            // An empty one takes the link away.
            Some(id) if id.is_empty() => set(record, field, "0"),
            Some(id) => {
                known(world, of, &id, parameter)?;
                set(record, field, &id);
            }
            None => {}
        }
    }
    if writes.required.contains(&"against_id") {
        place(world, record, &against, &id);
    }
    // Written in hundredths, and read as a fraction; the company is the person's.
    if let ("prospect", Some(progress)) = (writes.kind, call.number("progress")?) {
        set(record, "progress", &format!("{}.{:02}00", progress / 100, progress % 100));
    }
    if writes.kind == "prospect" {
        let place = world.store.get("affiliation", text(record, "affiliation")).cloned().unwrap_or_default();
        set(record, "company", text(&place, "company"));
        set(record, "contact", text(&place, "contact"));
    }
    // Written in words, and read as a number.
    if let Some(word) = call.one_of("communication", &["yes", "no"])? {
        set(record, "communication", if word == "yes" { "1" } else { "0" });
    }
    Ok(())
}

/// What follows from what a record is against.
fn place(world: &World, record: &mut Record, against: &str, id: &str) {
    let above = world.store.get(against, id).cloned().unwrap_or_default();
    let mut company = text(&above, "company").to_owned();
    match against {
        "company" => company = id.to_owned(),
        "job" => set(record, "task_job", id),
        "issue" => set(record, "issue", id),
        "milestone" => {
            set(record, "milestone", id);
            let job = text(&above, "job").to_owned();
            company = world.store.get("job", &job).map(|job| text(job, "company").to_owned()).unwrap_or_default();
            set(record, "task_job", &job);
        }
        _ => {}
    }
    set(record, "company", &company);
}

/// Sets status and standing. A standing wins over an id; without either, a new record has the status that new ones begin with.
fn state(world: &World, call: &Call, writes: &Writes, record: &mut Record, new: bool) -> Result<(), Failure> {
    let given = |name: &str| call.text(name).filter(|value| !value.is_empty());
    let (column, wanted, name) = match (given("standing"), given("status_id")) {
        (Some(standing), _) => ("standing", standing, "standing"),
        (None, Some(id)) => ("id", id, "status_id"),
        (None, None) if new => ("start", "yes".to_owned(), "status_id"),
        _ => return Ok(()),
    };
    let (field, of) = writes.status;
    let found = world.store.all(of).find(|status| text(status, column) == wanted).cloned();
    enter(world, record, field, &found.ok_or_else(|| invalid(format!("There is no such {name}.")))?);
    Ok(())
}

/// Puts a record into a status, with the dates that follow from it.
fn enter(world: &World, record: &mut Record, field: &str, status: &Record) {
    let (standing, now) = (text(status, "standing").to_owned(), world.now().to_string());
    set(record, field, text(status, "id"));
    set(record, "standing", &standing);
    let date = match standing.as_str() {
        "open" => "date_opened",
        "resolved" => "date_resolved",
        "closed" => "date_closed",
        "started" | "active" => "date_commenced",
        "complete" => "date_completed",
        _ => return,
    };
    set(record, date, &now);
}

/// The way of a task to its standing by the words `start` and `done`.
pub fn advance(world: &mut World, id: u64, mut record: Record, word: &str) -> Result<(), Failure> {
    let standing = match word {
        "start" => "started",
        "done" => "complete",
        _ => return Err(invalid(super::MISSING)),
    };
    let status = world.store.all("task_status").find(|status| text(status, "standing") == standing).cloned();
    enter(world, &mut record, "task_status", &status.unwrap_or_default());
    world.store.put("task", id, record);
    Ok(())
}

/// The progressions that are open to a record: those from where it stands.
pub fn progressions(world: &World, kind: &str, record: &Record) -> Outcome {
    let open = world.store.all("progression").filter(|way| is_open(way, kind, record));
    // The documentation's table has an object, its sample the status's members beside the title.
    let shown = open.map(|way| {
        let status = world.store.get(text(way, "statuses"), text(way, "status")).cloned().unwrap_or_default();
        json!({
            "id": text(way, "id"),
            "title": text(way, "title"),
            "status": { "id": text(&status, "id"), "title": text(&status, "title") },
            "standing": text(&status, "standing"),
            "color": text(&status, "color"),
        })
    });
    Ok(Some(shown.collect()))
}

fn is_open(way: &Record, kind: &str, record: &Record) -> bool {
    text(way, "table") == kind && text(way, "from").split(' ').any(|standing| standing == text(record, "standing"))
}

pub fn run(
    world: &mut World,
    kind: &'static str,
    id: u64,
    mut record: Record,
    progression: &str,
) -> Result<(), Failure> {
    let way = world.store.get("progression", progression).filter(|way| is_open(way, kind, &record)).cloned();
    let way = way.ok_or_else(|| invalid(super::MISSING))?;
    let status = world.store.get(text(&way, "statuses"), text(&way, "status")).cloned().unwrap_or_default();
    let field = writes(kind).map_or("status", |writes| writes.status.0);
    enter(world, &mut record, field, &status);
    world.store.put(kind, id, record);
    let mut past = Record::new();
    let (against, now) = (id.to_string(), world.now().to_string());
    for (name, value) in [
        ("to_id", text(&status, "id")),
        ("to_title", text(&status, "title")),
        ("against_type", kind),
        ("against_id", &against),
        ("modified_by", ACTING_STAFF),
        ("date_modified", &now),
    ] {
        set(&mut past, name, value);
    }
    let change = world.store.new_id("past_status");
    world.store.put("past_status", change, past);
    Ok(())
}

/// Time that was logged counts on its task and its ticket.
pub fn count_time(world: &mut World, activity: &Record) {
    let seconds = |record: &Record, name: &str| text(record, name).parse::<u64>().unwrap_or(0);
    let (billable, nonbillable) = (seconds(activity, "billable"), seconds(activity, "nonbillable"));
    if let Some((id, mut task)) = found(world, "task", text(activity, "task")) {
        let logged = seconds(&task, "logged") + billable + nonbillable;
        let left = seconds(&task, "remaining").saturating_sub(billable + nonbillable);
        for (name, sum) in [
            ("billable", seconds(&task, "billable") + billable),
            ("nonbillable", seconds(&task, "nonbillable") + nonbillable),
            ("logged", logged),
            ("remaining", left),
        ] {
            set(&mut task, name, &sum.to_string());
        }
        world.store.put("task", id, task);
    }
    if let ("issue", Some((id, mut issue))) =
        (text(activity, "against_type"), found(world, "issue", text(activity, "against_id")))
    {
        let sum = seconds(&issue, "billable_seconds") + billable;
        set(&mut issue, "billable_seconds", &sum.to_string());
        world.store.put("issue", id, issue);
    }
}

fn found(world: &World, kind: &str, id: &str) -> Option<(u64, Record)> {
    Some((id.parse().ok()?, world.store.get(kind, id)?.clone()))
}

/// Lists of what records of a type can be, and the member that wraps them: path, second word, the type of what they hold.
#[rustfmt::skip]
const CHOICES: &[(&str, &str, &str, Option<&str>)] = &[
    ("contracts", "statuses", "contract_status", None),
    ("contracts", "types", "contract_type", Some("types")),
    ("expenses", "types", "expense_type", None),
    ("prospects", "probabilities", "prospect_probability", None),
    ("prospects", "statuses", "prospect_status", None),
    ("prospects", "types", "prospect_type", None),
    ("quotes", "statuses", "quote_status", None),
    ("requests", "types", "request_type", Some("request_types")),
    ("activities", "classes", "activity_class", None),
    ("affiliations", "statuses", "affiliation_status", None),
    ("companies", "statuses", "status", None),
    ("contacts", "statuses", "contact_status", None),
    ("issues", "classes", "issue_class", None),
    ("issues", "priorities", "issue_priority", None),
    ("issues", "resolutions", "issue_resolution", None),
    ("issues", "statuses", "issue_status", None),
    ("issues", "types", "issue_type", None),
    ("jobs", "statuses", "job_status", None),
    ("jobs", "types", "job_type", None),
    ("milestones", "statuses", "milestone_status", None),
    ("tasks", "priorities", "task_priority", None),
    ("tasks", "statuses", "task_status", None),
];

/// The type of what such a list holds, and the member that wraps it.
pub fn choices(plural: &str, word: &str) -> Option<(&'static str, Option<&'static str>)> {
    CHOICES
        .iter()
        .find(|(path, name, ..)| (*path, *name) == (plural, word))
        .map(|(_, _, kind, member)| (*kind, *member))
}

/// A list, as it is or in its member.
pub fn wrapped(list: Option<Value>, member: Option<&str>) -> Option<Value> {
    match (list, member) {
        (Some(list), Some(member)) => Some(json!({ member: list })),
        (list, _) => list,
    }
}
