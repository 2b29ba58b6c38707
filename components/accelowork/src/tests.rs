//! Whole calls in a world in memory.

use crate::COMPONENT;
use kit::types::ErrorKind;
use kit::world::{Answer, Sent, World};
use serde_json::{Value, json};

fn answer(status: u16, body: &Value) -> Answer {
    Answer::Whole(status, Vec::new(), body.to_string().into_bytes(), 4096)
}

fn page(records: Value) -> Answer {
    answer(200, &json!({ "meta": { "status": "ok" }, "response": records }))
}

fn called(operation: &str, input: &Value, answers: Vec<Answer>) -> (Result<Value, kit::Error>, Vec<Sent>) {
    let settings = [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_TOKEN", "green")];
    let world = World::new(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())), answers);
    let output = kit::dispatch(&COMPONENT, operation, &input.to_string(), &world);
    (output.map(|output| serde_json::from_str(&output).unwrap()), world.take_sent())
}

fn work(title: &str) -> Value {
    json!({ "on": "job", "title": title, "minutes": 5, "billable": true, "subject": "x" })
}

fn logged(against: &str) -> Answer {
    page(json!({ "id": "9", "against_type": "job", "against_id": against, "billable": "300", "nonbillable": "0" }))
}

#[test]
fn digits_are_a_title_before_they_are_an_id() {
    let found = page(json!([{ "id": "7", "title": "2027" }, { "id": "8", "title": "Budget 2027" }]));
    let (output, sent) = called("log-work", &work("2027"), vec![found, logged("7")]);
    assert_eq!((output.unwrap()["against-id"].as_str(), sent.len()), (Some("7"), 2));
    let named = page(json!({ "id": "2027", "title": "Brochure" }));
    let (output, sent) = called("log-work", &work("2027"), vec![page(json!([])), named, logged("2027")]);
    assert_eq!(output.unwrap()["title"], "Brochure");
    assert!(sent[1].url.contains("/api/v0/jobs/2027"), "{}", sent[1].url);
}

#[test]
fn a_blank_title_asks_accelo_nothing() {
    let (output, sent) = called("log-work", &work("  "), Vec::new());
    let error = output.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref(), sent.len()), (ErrorKind::InvalidInput, Some("input.title"), 0));
}

/// 120 tasks: more than one request for their time.
#[test]
fn a_report_asks_for_the_time_of_fifty_records_at_once_and_counts_each_task_once() {
    let tasks = |ids: std::ops::Range<usize>| {
        page(ids.map(|id| json!({ "id": id.to_string(), "title": "t" })).collect::<Vec<_>>().into())
    };
    let time = |id: &str| page(json!([{ "id": id, "staff": { "id": "7" }, "billable": "60", "nonbillable": "1" }]));
    let answers = vec![
        page(json!([{ "id": "311", "name": "Acme" }])),
        page(json!([{ "id": "640", "title": "j" }])),
        page(json!([])),
        page(json!([])),
        tasks(1..101),
        tasks(101..121),
        page(json!([])),
        tasks(119..122),
        time("1"),
        time("2"),
        time("3"),
    ];
    let query = json!({ "company": "Acme", "from": 1_767_225_600, "to": 1_769_904_000 });
    let (report, sent) = called("report-work-time", &query, answers);
    let report = report.unwrap();
    assert_eq!((&report["tasks"], &report["billable"], &report["activities"]), (&json!(121), &json!(180), &json!(3)));
    let asked = |sent: &Sent| sent.url.contains("/activities");
    assert_eq!(sent.iter().filter(|sent| asked(sent)).count(), 3, "{sent:?}");
}

/// A quota of 5,000 requests an hour is for the whole account, and the time of a report ends: all its lists together have a bound.
#[test]
fn a_report_reads_three_hundred_pages_of_all_lists_together() {
    let tickets = |page: usize| {
        let ids = page * 100 + 1..page * 100 + 101;
        self::page(ids.map(|id| json!({ "id": id.to_string(), "title": "t" })).collect::<Vec<_>>().into())
    };
    let begins = || vec![page(json!([{ "id": "311", "name": "Acme" }])), page(json!([{ "id": "640", "title": "j" }]))];
    let query = json!({ "company": "Acme", "from": 1_767_225_600, "to": 1_769_904_000 });
    let (report, sent) =
        called("report-work-time", &query, begins().into_iter().chain((0..310).map(tickets)).collect());
    let error = report.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Incomplete, Some("input.company")));
    // The look for the company, the page of jobs, and the rest of 300 pages.
    assert_eq!(sent.len(), 1 + 1 + 299);
    assert!(error.message.contains("find-tickets has more than 299 pages"), "{error:?}");
    // 10,000 tickets take 101 requests to be found, and the tasks and the time of all take 201 each.
    let many = begins().into_iter().chain((0..100).map(tickets)).chain([page(json!([]))]);
    let many = many.chain((0..500).map(|_| page(json!([]))));
    let (report, sent) = called("report-work-time", &query, many.collect());
    let error = report.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Incomplete, Some("input.company")));
    assert!(sent.len() <= 301 && sent.iter().all(|sent| !sent.url.contains("/activities")), "{}", sent.len());
}
