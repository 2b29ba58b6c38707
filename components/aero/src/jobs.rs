//! Recipes: what people call one job and Aero Workflow several requests. Values are in WIT's spelling.

use crate::dates::{self, Moment, Schedule};
use crate::names::{Name, aero, id, pick, set_ids, text, walk};
use kit::types::ErrorKind;
use kit::{Call, Error, Progress, fail, has, invalid, json, set};
use serde_json::Value;

/// How many pages of Aeros a search may read at most, and how many it reads unless it is told.
pub const MOST_PAGES: u64 = 200;
const PAGES: u64 = 20;

const MOMENT: &str = "expected an ISO 8601 date with a time, such as 2026-07-01T13:00:00.000Z";

pub fn open_quarter(call: &Call, quarter: &Value) -> Result<Value, Error> {
    let (start, end) = (text(quarter, "start-date"), text(quarter, "end-on-date"));
    let first = Moment::of(start).ok_or_else(|| invalid("start-date", MOMENT))?;
    let last = Moment::of(end).ok_or_else(|| invalid("end-on-date", MOMENT))?;
    let every = quarter["repeat-every"].as_i64().unwrap_or(1);
    let weekdays =
        dates::WEEKDAYS.map(|day| quarter["weekdays"].as_array().is_some_and(|d| d.iter().any(|d| d == day)));
    let series = Series::new(start, first, first, |start| Schedule {
        start,
        pattern: text(quarter, "renewal-pattern"),
        every,
        weekdays,
        by_date: quarter["is-day-of-month"] != false,
    });
    let last = last.utc(series.zone);
    match series.next(&Value::Null)? {
        None => return Err(invalid("weekdays", "expected at least one day for what repeats weekly")),
        Some(next) if series.utc(next) > last => {
            let expected =
                format!("expected a date that is not before the first of the pattern, {}", series.date(next));
            return Err(invalid("end-on-date", expected));
        }
        Some(_) => {}
    }
    let scheduled = ["template-id", "renewal-pattern", "start-date", "end-on-date", "weekdays", "is-day-of-month"];
    let mut master = pick(quarter, &scheduled);
    set(&mut master, "repeat-every", every);
    set_ids(call, quarter, &mut master)?;
    let mut create = "create-master-aero-from-template";
    if quarter["library"].is_object() {
        create = "create-master-aero-from-library-template";
        library(
            call,
            &quarter["library"],
            &["priority", "day-to-due", "planned-minutes", "billable", "fixed-fee"],
            &mut master,
        )?;
    }
    let mut done = Progress::of(call);
    let master = done.step(create, master)?;
    let id = text(&master, "id");
    const LIST: &str = "list-occurrences";
    if id.is_empty() {
        return Err(done.stopped(LIST, unexpected("a master Aero without an id")));
    }
    let mut occurrences = done.step(LIST, json!({ "id": id }))?;
    if let Some(next) = series.missing(&occurrences, last).map_err(|error| done.stopped(LIST, error))? {
        const INSERT: &str = "insert-occurrences-by-date";
        done.step(INSERT, json!({ "id": id, "start-date": next, "end-date": end }))?;
        occurrences = done.step(LIST, json!({ "id": id }))?;
        if let Some(next) = series.missing(&occurrences, last).map_err(|error| done.stopped(LIST, error))? {
            return Err(done.stopped(INSERT, unexpected(&format!("no occurrence on {next}"))));
        }
    }
    Ok(json!({ "master-aero-id": id, "occurrences": occurrences }))
}

pub fn continue_recurring_work(call: &Call, work: &Value) -> Result<Value, Error> {
    let (id, by) = (text(work, "master-aero-id"), &work["by"]);
    let until = match by["until"].as_str() {
        Some(until) => Some(Moment::of(until).ok_or_else(|| invalid("by.until", MOMENT))?),
        None => None,
    };
    let master = call.step("get-master-aero", json!({ "id": id }))?;
    let occurrences = call.step("list-occurrences", json!({ "id": id }))?;
    if let Some(odd) =
        ["repeatEvery", "renewalPattern", "isDayOfMonth"].iter().find(|name| !master["extra"][**name].is_null())
    {
        return Err(unexpected(&format!("a master Aero whose {odd} cannot be read")));
    }
    let start =
        Moment::of(text(&master, "start-date")).ok_or_else(|| unexpected("a master Aero without a start date"))?;
    let zone = start.zone.unwrap_or(0);
    let mut like = (text(&master, "start-date"), start);
    for (date, moment) in moments(&occurrences)? {
        if moment.utc(zone) >= like.1.utc(zone) {
            like = (date, moment);
        }
    }
    let series = Series::new(like.0, like.1, start, |start| Schedule {
        start,
        pattern: text(&master, "renewal-pattern"),
        every: master["repeat-every"].as_i64().unwrap_or(1).max(1),
        weekdays: dates::WEEKDAYS.map(|day| master[&*format!("is-{day}")] == true),
        by_date: master["is-day-of-month"] == true,
    });
    let Some(next) = series.next(&occurrences)? else {
        return Err(unexpected(
            "a master Aero with a pattern that has no next date; insert occurrences by count or date",
        ));
    };
    let until = until.map(|until| until.utc(series.zone));
    if until.is_some_and(|until| until < series.utc(next)) {
        let expected = format!("expected a date from {} on, which is the next of this work", series.date(next));
        return Err(invalid("by.until", expected));
    }
    let next = series.date(next);
    let mut more = json!({ "id": id, "start-date": next });
    let insert = if until.is_some() {
        set(&mut more, "end-date", by["until"].clone());
        "insert-occurrences-by-date"
    } else {
        set(&mut more, "count", by["count"].clone());
        "insert-occurrences-by-count"
    };
    let mut done = Progress::of(call);
    let inserted = done.step(insert, more)?;
    let stopped = |what: &str| done.stopped(insert, unexpected(what));
    let (number, count) = (inserted.as_array().map_or(0, Vec::len) as u64, by["count"].as_u64().unwrap_or(0));
    match until {
        None if number != count => {
            return Err(stopped(&format!("a list of {number} occurrences, and {count} were to be inserted")));
        }
        Some(_) if number == 0 => return Err(stopped("no occurrences, although some were to be inserted")),
        Some(until) => {
            if let Some(missing) = series.missing(&inserted, until).map_err(|error| done.stopped(insert, error))? {
                return Err(stopped(&format!("no occurrence on {missing}")));
            }
        }
        None => {}
    }
    Ok(json!({ "start-date": next, "occurrences": inserted }))
}

/// The dates of recurring work, all at the time of day and in the zone of one of them.
struct Series<'s> {
    schedule: Schedule<'s>,
    /// What follows the day in a date.
    time: &'s str,
    /// Seconds from the day's begin to that time.
    clock: i64,
    /// How many seconds the zone's clock is ahead of UTC.
    zone: i64,
}

impl<'s> Series<'s> {
    /// Dates like this one; the schedule is made for the day of `start`.
    fn new(like: &'s str, moment: Moment, start: Moment, schedule: impl FnOnce(i64) -> Schedule<'s>) -> Series<'s> {
        let zone = moment.zone.or(start.zone).unwrap_or(0);
        let clock = moment.local.rem_euclid(dates::DAY);
        Series { schedule: schedule(start.day_in(zone)), time: like.get(10..).unwrap_or_default(), clock, zone }
    }

    fn date(&self, day: i64) -> String {
        [&*dates::date(day), self.time].concat()
    }

    fn utc(&self, day: i64) -> i64 {
        day * dates::DAY + self.clock - self.zone
    }

    /// The day after the last occurrence. An insertion that began with one that is there would make it twice.
    fn next(&self, occurrences: &Value) -> Result<Option<i64>, Error> {
        let last = moments(occurrences)?.into_iter().map(|(_, moment)| moment.day_in(self.zone)).max();
        Ok(self.schedule.after(last.unwrap_or(self.schedule.start - 1)))
    }

    /// The next date, if it is not after a moment.
    fn missing(&self, occurrences: &Value, last: i64) -> Result<Option<String>, Error> {
        Ok(self.next(occurrences)?.filter(|next| self.utc(*next) <= last).map(|next| self.date(next)))
    }
}

/// When occurrences are, as the vendor writes it and as it is meant.
fn moments(occurrences: &Value) -> Result<Vec<(&str, Moment)>, Error> {
    let mut moments = Vec::new();
    for occurrence in occurrences.as_array().into_iter().flatten() {
        let date = text(occurrence, "scheduled-start-date");
        let moment = Moment::of(date).ok_or_else(|| unexpected("an occurrence without an ISO 8601 date"))?;
        moments.push((date, moment));
    }
    Ok(moments)
}

pub fn reassign_recurring_work(call: &Call, work: &Value) -> Result<Value, Error> {
    let mut to = json!({});
    set_ids(call, work, &mut to)?;
    if to["team-member-id"].is_null() && to["aero-group-id"].is_null() {
        return Err(invalid("assigned-to", "expected a team member or a project to hand the work over to"));
    }
    let mut changes = to.clone();
    set(&mut changes, "master-aero-ids", work["master-aero-ids"].clone());
    call.step("update-master-aeros", changes)?;
    Ok(to)
}

pub fn create_task_from_template_by_name(call: &Call, task: &Value) -> Result<Value, Error> {
    let mut new = pick(task, &["template-id", "scheduled-start-date", "due-date", "planned-minutes"]);
    set_ids(call, task, &mut new)?;
    if task["library"].is_object() {
        library(call, &task["library"], &["priority", "billable", "fixed-fee"], &mut new)?;
        return call.step("create-task-from-library-template", new);
    }
    call.step("create-task-from-template", new)
}

/// Adds what a template of the library does not say.
fn library(call: &Call, given: &Value, members: &[&str], to: &mut Value) -> Result<(), Error> {
    for member in members {
        set(to, member, given[*member].clone());
    }
    for (name, member) in [(Name::AeroType, "aero-type-id"), (Name::Hat, "hat-id")] {
        set(to, member, id(call, given, &name, "library.")?);
    }
    Ok(())
}

pub fn add_checklist(call: &Call, checklist: &Value) -> Result<Value, Error> {
    let steps = checklist["steps"].as_array().map_or(&[][..], Vec::as_slice);
    let aero = aero(call, checklist)?;
    let mut done = Progress::of(call);
    let mut added = Vec::new();
    call.expect_requests(steps.len() as u64);
    for step in steps {
        let mut step = step.clone();
        set(&mut step, "category", checklist["category"].clone());
        set(&mut step, "aero-id", aero["id"].clone());
        added.push(done.step("create-step", step)?);
    }
    Ok(json!({ "aero-id": aero["id"], "aero-subject": aero["subject"], "steps": added }))
}

pub fn find_aeros(call: &Call, search: &Value) -> Result<Value, Error> {
    let most = search["max-pages"].as_u64().unwrap_or(PAGES);
    let mut found = walk(call, text(search, "category"), most)?;
    let fits =
        |aero: &Value| ["subject", "assigned-to", "project"].iter().all(|m| has(text(aero, m), text(search, m).trim()));
    found.aeros.retain(fits);
    Ok(json!({ "aeros": found.aeros, "pages": found.pages, "complete": found.complete }))
}

pub fn onboard_client(call: &Call, client: &Value) -> Result<Value, Error> {
    let (company, contact, entry) = (&client["company"], &client["contact"], &client["vault-entry"]);
    if contact.is_object() && (company["contact-first-name"].is_string() || company["contact-last-name"].is_string()) {
        return Err(invalid(
            "company.contact-first-name",
            "expected no name beside `contact`, who would be created twice",
        ));
    }
    let mut done = Progress::of(call);
    let company = done.step("create-company", company.clone())?;
    let mut onboarded = json!({ "company-id": company["id"], "company-name": company["name"] });
    if contact.is_object() {
        let contact = done.step("create-contact", contact.clone())?;
        set(&mut onboarded, "contact-id", contact["id"].clone());
        set(&mut onboarded, "contact-name", contact["name"].clone());
    }
    if entry.is_object() {
        const CREATE: &str = "create-vault-entry";
        if text(&company, "id").is_empty() {
            return Err(done.stopped(CREATE, unexpected("a company without an id")));
        }
        let mut entry = entry.clone();
        set(&mut entry, "company-id", company["id"].clone());
        set(&mut onboarded, "vault-entry-id", done.step(CREATE, entry)?["id"].clone());
    }
    Ok(onboarded)
}

pub fn log_time_by_name(call: &Call, entry: &Value) -> Result<Value, Error> {
    let (billable, fixed) = (&entry["billable"], &entry["fixed-fee"]);
    let aero = aero(call, entry)?;
    let who = match entry["team-member"] {
        Value::Null => aero["assigned-to"].clone(),
        _ => Name::TimeOf.name(call, entry)?,
    };
    if who.as_str().is_none_or(|who| who.trim().is_empty()) {
        return Err(invalid("team-member", "expected a team member, since the Aero names none"));
    }
    // One of the two is the opposite of the other, and what a caller says counts more than what the Aero says.
    let or = |given: &Value, other: &Value, of: &Value| match given {
        Value::Null if *other == true => false.into(),
        Value::Null => of.clone(),
        given => given.clone(),
    };
    let mut time = pick(entry, &["category", "note"]);
    set(&mut time, "aero-id", aero["id"].clone());
    set(&mut time, "team-member", who);
    set(&mut time, "total-hours-worked", entry["hours"].clone());
    set(&mut time, "billable", or(billable, fixed, &aero["billable"]));
    set(&mut time, "fixed-fee", or(fixed, billable, &aero["fixed-fee"]));
    let date = entry["date"].as_str().map_or_else(|| dates::moment(call.unix_now()), str::to_owned);
    set(&mut time, "date", date);
    call.step("create-time-entry", time)
}

fn unexpected(what: &str) -> Error {
    fail(ErrorKind::Unreadable, format!("Aero Workflow answered something unexpected: {what}"))
}
