//! The vendor's operations as data: a method, a path below `/api/{accountId}`, and what answers.
//!
//! There are 39; the table has fewer rows, since a row with `{category}` in its path stands for four of them, except the
//! one about time entries, which the vendor counts once.

use http::Method;
use serde_json::Value;

use super::reply::{Failure, Outcome, failure};
use super::store::Record;
use super::tables::{COUNT, END, NEEDED_COUNT};
use super::{World, aeros, clients, masters, sql};

/// A request that has found its operation.
pub struct Asked {
    /// The word in the path in place of `{category}`; empty where there is none.
    pub category: &'static str,
    /// The number in the path; 0 where there is none.
    pub id: u64,
    pub query: Vec<(String, String)>,
    /// Of a write; empty for a read.
    pub body: Record,
}

pub type Operation = fn(&mut World, &Asked) -> Outcome;

/// The categories of Aeros, which are also the kinds of templates.
pub const CATEGORIES: &[&str] = &["Task", "Appointment", "Email", "Other"];

#[rustfmt::skip]
const OPERATIONS: &[(&str, &str, Operation)] = &[
    ("GET",  "v1/Aero{category}s",                               aeros::list),
    ("POST", "v1/Aero{category}s",                               aeros::create),
    ("POST", "v1/Aero{category}s/FromTemplate/{id}",             |world, asked| aeros::from_template(world, asked, "template")),
    ("POST", "v1/Aero{category}s/FromLibraryTemplate/{id}",      |world, asked| aeros::from_template(world, asked, "libraryTemplate")),
    ("POST", "v1/Aero{category}s/{id}/AeroTimes",                aeros::create_time),
    ("GET",  "v1/AeroTypes",                                     |world, _| everything(world, "aeroTypeReads", &["aeroType"])),
    ("GET",  "v1/Companies",                                     |world, _| clients::companies(world, &[])),
    ("POST", "v1/Companies",                                     clients::create_company),
    ("GET",  "v1/Companies/Query",                               |world, asked| clients::companies(world, &asked.query)),
    ("GET",  "v1/Companies/{id}",                                clients::company),
    ("POST", "v1/Companies/{id}/VaultEntries",                   clients::create_vault_entry),
    ("GET",  "v1/Contacts",                                      |world, _| everything(world, "contacts", &["contact"])),
    ("POST", "v1/Contacts",                                      clients::create_contact),
    ("GET",  "v1/Hats",                                          |world, _| everything(world, "hatReads", &["hat"])),
    ("POST", "v1/MasterAeros/FromTemplate/{id}",                 |world, asked| masters::create(world, asked, "template")),
    ("POST", "v1/MasterAeros/FromLibraryTemplate/{id}",          |world, asked| masters::create(world, asked, "libraryTemplate")),
    ("POST", "v1/MasterAeros/{id}/AddSteps",                     masters::add_steps),
    ("POST", "v1/MasterAeros/{id}/PullSteps",                    masters::pull_steps),
    ("POST", "v1/MasterAeros/{id}/InsertOccurrences",            |world, asked| masters::insert(world, asked, &[COUNT, END])),
    ("POST", "v1/MasterAeros/{id}/InsertOccurrencesByCount",     |world, asked| masters::insert(world, asked, &[NEEDED_COUNT])),
    ("POST", "v1/MasterAeros/{id}/InsertOccurrencesByDate",      |world, asked| masters::insert(world, asked, &[END])),
    ("GET",  "v1/MoneyEntities",                                 |world, _| everything(world, "moneyEntityReads", &["moneyEntity"])),
    ("GET",  "v1/Projects",                                      |world, _| everything(world, "projectReads", &["project"])),
    ("POST", "v1/Projects",                                      clients::create_project),
    ("GET",  "v1/TeamMembers",                                   |world, _| everything(world, "teamMemberNameReads", &["teamMember"])),
    ("GET",  "v1/Templates",                                     |world, _| everything(world, "templateReads", &["template", "libraryTemplate"])),
    ("POST", "Sql/Select",                                       sql::select),
];

/// The operation of a request, with the category and the number out of its path.
pub fn find(method: &Method, segments: &[&str]) -> Result<(Operation, &'static str, u64), Failure> {
    let mut unfit = failure(404);
    for (known, path, operation) in OPERATIONS {
        match parameters(path, segments) {
            Some((category, id)) if *known == method => return Ok((*operation, category, id)),
            // Two methods are all that there are.
            Some(_) if unfit.allow.is_some() => unfit.allow = Some("GET, POST"),
            Some(_) => unfit = Failure { allow: Some(known), ..failure(405) },
            None => {}
        }
    }
    Err(unfit)
}

/// Any spelling of the letters fits. A number takes digits only, so that it cannot take `Query`.
fn parameters(path: &str, segments: &[&str]) -> Option<(&'static str, u64)> {
    let (mut category, mut id) = ("", 0);
    let mut given = segments.iter();
    for wanted in path.split('/') {
        let segment = given.next()?;
        match wanted {
            "{id}" if segment.bytes().all(|byte| byte.is_ascii_digit()) => id = segment.parse().ok()?,
            "Aero{category}s" => {
                let named = |word: &&&str| segment.eq_ignore_ascii_case(&format!("Aero{word}s"));
                category = CATEGORIES.iter().find(named)?;
            }
            wanted if segment.eq_ignore_ascii_case(wanted) => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some((category, id))
}

/// All records of some kinds, whole.
fn everything(world: &mut World, name: &str, kinds: &[&str]) -> Outcome {
    let records = kinds.iter().flat_map(|kind| world.store.all(kind));
    let items: Vec<Value> =
        records.filter(|record| record.get("_subscribed") != Some(&false.into())).map(shown).collect();
    Ok(Some(world.list(name, items)))
}

/// A record as it leaves the mock: a member whose name begins with an underscore is its own.
pub fn shown(record: &Record) -> Value {
    let members = record.iter().filter(|(name, _)| !name.starts_with('_'));
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
}
