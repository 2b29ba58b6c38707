//! Reads beside the list and one of a resource: what was made last, what hangs on one record, the statuses, types and other choices
//! of a resource, and what the account tells of itself.

use serde_json::{Value, json};

use super::fields::{Fields, project};
use super::grants::ACTING_STAFF;
use super::reply::{Outcome, invalid};
use super::request::Call;
use super::store::{Record, full_name, text};
use super::tables::{Kind, kind};
use super::{MISSING, World, find, lists, show, work};

/// The answer to a read below a resource; none: it is no such read.
pub fn read(world: &World, of: &Kind, rest: &[&str], call: &Call) -> Option<Outcome> {
    Some(match (of.name, rest) {
        ("job", ["recent"]) => lists::latest(world, of, call, "date_created"),
        ("job", ["newest"]) => lists::latest(world, of, call, "date_modified"),
        ("issue", ["recent"]) => lists::latest(world, of, call, "date_submitted"),
        ("job", [id, "milestones"]) => of_record(world, of, id, kind("milestone")?, "job", call),
        ("issue", [id, "tasks"]) => of_record(world, of, id, kind("task")?, "issue", call),
        ("issue", ["progressions"]) => lists::list(world, kind("issue_progression")?, call),
        ("task", ["meta"]) => Ok(Some(task_meta(world))),
        ("request", ["threads"]) => lists::list(world, kind("request_thread")?, call)
            .map(|threads| Some(json!({ "requests": threads, "linked_objects": [] }))),
        ("prospect", [id, "status"]) => find(world, of, id).and_then(|(_, sale)| {
            let status = kind("prospect_status").ok_or_else(|| invalid(MISSING))?;
            show(world, status, call, text(&sale, "status"))
        }),
        ("invoice", ["line_items", rest @ ..]) => choice(world, kind("line_item")?, None, rest, call)?,
        (_, [word, rest @ ..]) => {
            let (of, member) = work::choices(of.plural, word)?;
            choice(world, kind(of)?, member, rest, call)?
        }
        _ => return None,
    })
}

/// The list of what can be chosen, its count, or one of it.
fn choice(world: &World, of: &Kind, member: Option<&str>, rest: &[&str], call: &Call) -> Option<Outcome> {
    match rest {
        [] => Some(lists::list(world, of, call).map(|list| work::wrapped(list, member))),
        ["count"] => Some(lists::count(world, of, call)),
        [id] => Some(show(world, of, call, id)),
        _ => None,
    }
}

fn of_record(world: &World, of: &Kind, id: &str, list: &Kind, field: &str, call: &Call) -> Outcome {
    find(world, of, id)?;
    lists::list_of(world, list, call, |record| text(record, field) == id).map(Some)
}

/// The history of statuses.
pub fn history(world: &World, rest: &[&str], call: &Call) -> Outcome {
    let past = kind("past_status").ok_or_else(|| invalid(MISSING))?;
    choice(world, past, None, rest, call).unwrap_or_else(|| Err(invalid(MISSING)))
}

/// Managers, assignees, kinds and statuses: a list of lists, as the documentation says. It has no sample.
fn task_meta(world: &World) -> Value {
    let staff = |field: &str| -> Value {
        let has = |one: &&Record| world.store.all("task").any(|task| text(task, field) == text(one, "id"));
        let shown =
            |one: &Record| json!({ "id": text(one, "id"), "name": full_name(one), "email": text(one, "email") });
        world.store.all("staff").filter(has).map(shown).collect()
    };
    let status = |one: &Record| {
        let member = |name: &str| text(one, name).to_owned();
        json!({ "id": member("id"), "title": member("title"), "standing": member("standing"), "color": member("color") })
    };
    let statuses: Value = world.store.all("task_status").map(status).collect();
    let kinds = json!([{ "id": "job", "name": "Project" }, { "id": "issue", "name": "Ticket" }]);
    json!([staff("manager"), staff("assignee"), kinds, statuses])
}

/// The staff member whom the token acts as, with titles and rights. The documentation names these members, and has no sample.
pub fn user(world: &World, call: &Call) -> Outcome {
    let staff = kind("staff").ok_or_else(|| invalid(MISSING))?;
    let (_, record) = find(world, staff, ACTING_STAFF)?;
    let all = Fields::all();
    let mut user = project(&world.store, staff, &record, &all, call.switch("_hide_defaults"));
    if let Value::Object(user) = &mut user {
        let titles = json!({
            "job": { "singular": "Project", "plural": "Projects" },
            "issue": { "singular": "Ticket", "plural": "Tickets" },
        });
        let access = json!({
            "job": { "manages": "1", "add": "1", "view": "1", "admin": "0" },
            "account_invoice": { "manages": "0", "add": "0", "view": "1", "admin": "0" },
        });
        user.insert("user_titles".to_owned(), titles);
        user.insert("user_access".to_owned(), access);
        user.insert("locale".to_owned(), json!({ "timezone": text(&record, "timezone"), "currency_symbol": "€" }));
    }
    Ok(Some(user))
}
