//! What answers each operation of the facts.

use serde_json::{Value, json};

use super::reply::{Errors, Failure, pascal};
use super::store::{Record, Store, copy, is_active, text};
use super::{World, calendar, clients, masters, sql, work};
use crate::facts::Operation;

/// A request that fits the facts.
pub struct Call {
    pub path: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub body: Record,
}

impl Call {
    pub fn parameter(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// 0, which no record has, for what is no id.
    pub fn id(&self, name: &str) -> u64 {
        self.parameter(name).parse().unwrap_or_default()
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub type Handler = fn(&mut World, &Call) -> Result<Value, Failure>;

#[rustfmt::skip]
const HANDLERS: &[(&str, Handler)] = &[
    ("create-appointment",                       |world, call| work::create(world, call, "Appointment")),
    ("list-appointments",                        |world, call| work::list(world, call, "Appointment")),
    ("create-email",                             |world, call| work::create(world, call, "Email")),
    ("list-emails",                              |world, call| work::list(world, call, "Email")),
    ("create-other",                             |world, call| work::create(world, call, "Other")),
    ("list-others",                              |world, call| work::list(world, call, "Other")),
    ("create-step",                              work::create_step),
    ("create-task",                              |world, call| work::create(world, call, "Task")),
    ("list-tasks",                               |world, call| work::list(world, call, "Task")),
    ("create-task-from-template",                |world, call| work::from_template(world, call, "template")),
    ("create-task-from-library-template",        |world, call| work::from_template(world, call, "libraryTemplate")),
    ("get-time-entry",                           work::time),
    ("create-time-entry",                        work::create_time),
    ("list-aero-types",                          |world, call| clients::list(world, call, "aeroTypeReads", "TypeName", &["aeroType"])),
    ("list-companies",                           |world, call| clients::list(world, call, "companies", "Name", &["company"])),
    ("create-company",                           clients::create_company),
    ("query-companies",                          |world, call| clients::list(world, call, "companies", "Name", &["company"])),
    ("get-company",                              |world, call| clients::get(world, call, "CompanyRead", &["company"])),
    ("list-contacts",                            |world, call| clients::list(world, call, "contacts", "Name", &["contact"])),
    ("create-contact",                           clients::create_contact),
    ("get-contact",                              |world, call| clients::get(world, call, "ContactRead", &["contact"])),
    ("list-hats",                                |world, call| clients::list(world, call, "hatReads", "Name", &["hat"])),
    ("create-master-aero-from-template",         |world, call| masters::create(world, call, "template")),
    ("create-master-aero-from-library-template", |world, call| masters::create(world, call, "libraryTemplate")),
    ("get-master-aero",                          |world, call| clients::get(world, call, "MasterAeroRead", &["masterAero"])),
    ("list-occurrences",                         masters::occurrences),
    ("list-master-aero-steps",                   masters::steps),
    ("update-master-aeros",                      masters::update),
    ("pull-steps-from-template",                 masters::pull_steps),
    ("insert-occurrences",                       masters::insert),
    ("insert-occurrences-by-count",              masters::insert_by_count),
    ("insert-occurrences-by-date",               masters::insert_by_date),
    ("check-access",                             |_, _| Ok("Larkspur and Partners".into())),
    ("list-money-entities",                      |world, call| clients::list(world, call, "companies", "Name", &["moneyEntity", "company"])),
    ("get-money-entity",                         |world, call| clients::get(world, call, "CompanyRead", &["moneyEntity", "company"])),
    ("list-projects",                            |world, call| clients::list(world, call, "projectReads", "ProjectName", &["project"])),
    ("run-sql-select",                           sql::select),
    ("list-team-members",                        |world, call| clients::list(world, call, "teamMemberNameReads", "Name", &["teamMember"])),
    ("create-vault-entry",                       clients::create_vault_entry),
];

/// An operation that the facts have and the table lacks is refused, so that a test finds it.
pub fn handler(operation: &Operation) -> Handler {
    let row = HANDLERS.iter().find(|(id, _)| operation.id.as_deref() == Some(id));
    row.map_or(|_, _| Err(Failure::Status(501, "The mock lacks this operation.".into())), |(_, handler)| *handler)
}

/// A body whose members are read one by one; all that is wrong is collected.
pub struct Reader<'a> {
    store: &'a Store,
    body: &'a Record,
    errors: Errors,
}

impl<'a> Reader<'a> {
    pub fn new(store: &'a Store, body: &'a Record) -> Reader<'a> {
        Reader { store, body, errors: Errors::new() }
    }

    pub fn wrong(&mut self, member: &str, message: impl Into<String>) {
        self.errors.entry(pascal(member)).or_default().push(message.into());
    }

    /// The active record that a member names by the text in `by`; none if the member is absent.
    pub fn named(&mut self, member: &str, kind: &str, by: &str) -> Option<&'a Record> {
        let name = self.body.get(member).and_then(Value::as_str)?;
        let found = self.store.with(kind, by, name).filter(|record| is_active(record));
        if found.is_none() {
            self.wrong(member, format!("There is no active record '{name}'."));
        }
        found
    }

    /// The active record that a member gives by id; none if the member is absent, null or 0.
    pub fn by_id(&mut self, member: &str, kind: &str) -> Option<&'a Record> {
        let id = self.body.get(member).filter(|id| !id.is_null() && **id != 0)?;
        let found = id.as_u64().and_then(|id| self.store.get(kind, id)).filter(|record| is_active(record));
        if found.is_none() {
            self.wrong(member, format!("There is no active record {id}."));
        }
        found
    }

    /// Puts the names of the active records that members name into a record: member, kind, and where the name goes.
    pub fn put_names(&mut self, record: &mut Record, names: &[(&str, &str, &str)]) {
        for (member, kind, target) in names {
            if let Some(named) = self.by_id(member, kind) {
                record.insert((*target).into(), copy(named, "name"));
            }
        }
    }

    /// A moment in the spelling of answers; the framework's first moment for one that is absent.
    pub fn moment(&mut self, member: &str) -> String {
        self.moment_or_null(member).as_str().unwrap_or(calendar::FIRST).to_owned()
    }

    pub fn moment_or_null(&mut self, member: &str) -> Value {
        let given = text(self.body, member);
        let moment = calendar::parse(given);
        if moment.is_none() && !given.is_empty() {
            self.wrong(member, "There is no such moment.");
        }
        moment.map(calendar::write).into()
    }

    /// The planned duration as the vendor's framework writes it; none if there is none in the body.
    pub fn planned(&mut self) -> Option<String> {
        let number = |name: &str| self.body.get(name).and_then(Value::as_f64).unwrap_or_default();
        let all = (number("scheduledTotalHours") * 3600.0).round() as u64;
        let parts = (number("scheduledHours") * 3600.0 + number("scheduledMinutes") * 60.0) as u64;
        if all > 0 && parts > 0 && all.abs_diff(parts) > 60 {
            self.wrong("scheduledTotalHours", "It does not agree with the hours and minutes.");
        }
        let seconds = if parts > 0 { parts } else { all };
        (seconds > 0).then(|| calendar::span(seconds))
    }

    pub fn finish(self) -> Result<(), Failure> {
        if self.errors.is_empty() { Ok(()) } else { Err(Failure::Invalid(self.errors)) }
    }
}

/// A new step, for an Aero or a master Aero, as `source` describes it.
pub fn step(store: &mut Store, kind: &'static str, order: u64, source: &Record) -> Value {
    let [name, description, action, help] =
        ["name", "description", "actionLink", "helpLink"].map(|name| copy(source, name));
    let order = if kind == "aeroStep" { order.to_string().into() } else { Value::from(order) };
    json!({
        "id": store.new_id(kind), "order": order, "name": name, "description": description, "actionLink": action,
        "helpLink": help, "complete": "False",
    })
}

/// New steps in the order of those that `source` has in `member`.
pub fn steps(store: &mut Store, kind: &'static str, source: &Record, member: &str) -> Value {
    let given = source.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let given = given.iter().filter_map(Value::as_object);
    given.zip(1..).map(|(given, order)| step(store, kind, order, given)).collect()
}
