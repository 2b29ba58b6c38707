//! The report of a company's work: what the company has is looked up, and then the time on all of it is read.

use crate::work::OF_COMPANY;
use accelo_shared::records::{Reading, company, text, with_id};
use accelo_shared::report::add_up;
use kit::types::{Advice, ErrorKind};
use kit::{Call, Error, fail, invalid, json, set};
use serde_json::Value;

/// How many requests a report makes at most for all its lists together: a sixteenth of the quota of an hour, which a whole account shares.
const MOST_REQUESTS: u64 = 300;
/// How many records a request asks for the time of.
const TOGETHER: usize = 50;
const FEWER: &str = "a company with fewer";
const TIME: Reading<'_> = Reading {
    list: "list-time-entries",
    count: "count-time-entries",
    then: None,
    field: "to",
    other: "a shorter time",
};

pub fn work_time(call: &Call, query: &Value) -> Result<Value, Error> {
    let moment = |name: &str| query[name].as_u64().unwrap_or(0);
    let (from, to) = (moment("from"), moment("to"));
    if from >= to {
        return Err(invalid("to", "expected a moment after `from`"));
    }
    let company = company(call, text(query, "company"), &OF_COMPANY)?;
    let id = text(&company, "id").to_owned();
    let of_company = vec![format!("company/{id}")];
    let mut left = MOST_REQUESTS;
    let jobs = ids_where(call, "list-jobs", "against", &of_company, &mut left)?;
    let tickets = ids_of(of_company_alone("find-tickets").all(call, json!({ "company-id": id }), &mut left)?)?;
    let milestones = ids_where(call, "list-milestones", "job", &jobs, &mut left)?;
    let tickets_too: Vec<String> = of_company.iter().cloned().chain(paths("issue", &tickets)).collect();
    let mut tasks = ids_where(call, "list-tasks", "child-of-job", &jobs, &mut left)?;
    for task in ids_where(call, "list-tasks", "against", &tickets_too, &mut left)? {
        if !tasks.contains(&task) {
            tasks.push(task);
        }
    }
    let all: Vec<String> = tickets_too
        .into_iter()
        .chain(paths("job", &jobs))
        .chain(paths("milestone", &milestones))
        .chain(paths("task", &tasks))
        .collect();
    let requests = all.len().div_ceil(TOGETHER) as u64;
    if requests > left {
        let message = format!(
            "input.company: reading the time of {} records takes more than the {MOST_REQUESTS} requests of a report; give {FEWER}",
            all.len()
        );
        let field = Some("input.company".to_owned());
        return Err(Error { field, advice: Advice::ChangeInput, ..fail(ErrorKind::Incomplete, message) });
    }
    let mut activities = Vec::new();
    for (done, some) in all.chunks(TOGETHER).enumerate() {
        // At least: some records may have more than a page of time.
        let then = requests - done as u64 - 1;
        call.expect_requests(then + 1);
        let wanted = json!({
            "where": [
                json!({ "field": "against", "values": some }),
                // Accelo's bounds are exclusive; the report's first moment counts.
                json!({ "field": "date-logged", "test": "after", "values": [from.saturating_sub(1).to_string()] }),
                json!({ "field": "date-logged", "test": "before", "values": [to.to_string()] }),
            ],
        });
        activities.extend(Reading { then: Some(then), ..TIME }.all(call, wanted, &mut left)?);
    }
    let mut report = add_up(id, &activities)?;
    set(&mut report, "company-name", company["name"].clone());
    for (name, found) in [("jobs", &jobs), ("milestones", &milestones), ("tasks", &tasks), ("tickets", &tickets)] {
        set(&mut report, name, found.len());
    }
    set(
        &mut report,
        "not-counted",
        "Activities against the company's contacts, sales, requests, contracts and invoices, and those that the credential may \
         not see.",
    );
    Ok(report)
}

/// The ids of a list's records for which a field is one of these values; none for none.
fn ids_where(call: &Call, list: &str, field: &str, values: &[String], left: &mut u64) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = Vec::new();
    for some in values.chunks(TOGETHER) {
        let query = json!({ "fields": ["standing"], "where": [json!({ "field": field, "values": some })] });
        found.extend(ids_of(of_company_alone(list).all(call, query, left)?)?);
    }
    Ok(found)
}

fn of_company_alone(list: &str) -> Reading<'_> {
    Reading { list, count: "", then: None, field: "company", other: FEWER }
}

/// The ids of records, of which each asks for something more.
fn ids_of(records: Vec<Value>) -> Result<Vec<String>, Error> {
    records.into_iter().map(|record| Ok(text(&with_id(record)?, "id").to_owned())).collect()
}

fn paths(kind: &str, ids: &[String]) -> impl Iterator<Item = String> {
    ids.iter().map(move |id| format!("{kind}/{id}"))
}
