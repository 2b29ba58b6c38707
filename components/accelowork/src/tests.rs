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

/// How many requests are said to come with each: the total that a caller sees is never less than what is sent.
#[test]
fn a_report_expects_each_page_that_its_time_takes() {
    let time = |ids: std::ops::Range<usize>| {
        let one =
            |id: usize| json!({ "id": id.to_string(), "staff": { "id": "7" }, "billable": "60", "nonbillable": "1" });
        page(ids.map(one).collect::<Vec<_>>().into())
    };
    let counted = |all: u64| answer(200, &json!({ "meta": { "status": "ok" }, "response": { "count": all } }));
    let lists = || {
        let none = (0..4).map(|_| page(json!([])));
        [page(json!([{ "id": "311", "name": "Acme" }])), page(json!([{ "id": "640", "title": "j" }]))]
            .into_iter()
            .chain(none)
    };
    let no_count = answer(500, &json!({ "meta": { "status": "server_error", "message": "no" } }));
    for (pages, expected) in [
        (vec![time(1..9)], vec![1]),
        // A page that is neither full nor short is not the last one.
        (vec![time(1..51), page(json!([]))], vec![1, 1]),
        (vec![time(1..101), counted(120), time(101..121), page(json!([]))], vec![1, 2, 2, 1]),
        (vec![time(1..101), counted(105), time(101..106)], vec![1, 2, 1]),
        // There is more than was counted.
        (vec![time(1..101), counted(105), time(101..121), page(json!([]))], vec![1, 2, 1, 1]),
        (vec![time(1..101), no_count, time(101..106)], vec![1, 2, 1]),
    ] {
        let settings = [
            ("ACCELO_DEPLOYMENT", "juniper"),
            ("ACCELO_TOKEN", "green"),
            ("OUTWIT_PROGRESS", "1"),
            ("OUTWIT_TRIES", "1"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let world = World::exact(&settings, lists().chain(pages).collect());
        let query = json!({ "company": "Acme", "from": 1_767_225_600, "to": 1_769_904_000 });
        kit::dispatch(&COMPONENT, "report-work-time", &query.to_string(), &world).unwrap();
        let header = |sent: &Sent| {
            let header = sent.headers.iter().find(|(name, _)| name == "outwit-to-come");
            header.map(|(_, number)| String::from_utf8(number.clone()).unwrap().parse::<u64>().unwrap())
        };
        let said: Vec<Option<u64>> = world.take_sent().iter().map(header).collect();
        let time = said.iter().position(Option::is_some).unwrap();
        assert_eq!(said[time..], expected.into_iter().map(Some).collect::<Vec<_>>());
    }
}

/// What an error lists can be passed again, by id or by name, and means the same way.
#[test]
fn each_candidate_of_a_status_means_one_progression_by_its_id_and_by_its_name() {
    // Two lead to one status, and of one only what the documentation's sample has is known.
    let ways = || {
        page(json!([
            { "id": "61", "title": "Resolve", "status": { "id": "4", "title": "Resolved" } },
            { "id": "62", "title": "Resolve without a word", "status": { "id": "4", "title": "Resolved" } },
            { "id": "4", "title": "Paused", "standing": "paused", "color": "pink" },
            { "id": "64", "title": "Close for good", "status": { "id": "5", "title": "Closed" } },
        ]))
    };
    let changed = || page(json!({ "id": "2750", "title": "t", "standing": "resolved" }));
    let to = |status: &str| json!({ "of": "issues", "id": "2750", "to-status": status });
    for wanted in ["Resolved", "Shipped"] {
        let now = page(json!({ "id": "2750", "status": { "id": "3", "title": "Open" } }));
        let (output, sent) = called("change-status", &to(wanted), vec![ways(), now]);
        let details: Value = serde_json::from_str(&output.unwrap_err().details.unwrap()).unwrap();
        let listed = details["candidates"].as_array().unwrap();
        assert_eq!((listed.len(), sent.len()), if wanted == "Resolved" { (2, 1) } else { (4, 2) }, "{details}");
        for candidate in listed {
            for name in ["id", "name"] {
                let (output, _) =
                    called("change-status", &to(candidate[name].as_str().unwrap()), vec![ways(), changed()]);
                assert_eq!(output.unwrap()["progression-id"], candidate["id"], "{name} of {candidate}");
            }
        }
    }
    // A title in digits wins over an id.
    let numbered = page(json!([
        { "id": "61", "title": "Go on", "status": { "id": "4", "title": "62" } },
        { "id": "62", "title": "Go back", "status": { "id": "3", "title": "61" } },
    ]));
    let (output, _) = called("change-status", &to("62"), vec![numbered, changed()]);
    assert_eq!(output.unwrap()["progression-id"], "61");
}

/// By title, what is complete or was given up is not looked at (documentation, Tasks, List Tasks: the filter `standing_not`).
#[test]
fn a_task_that_is_complete_is_not_completed_again() {
    let found = |standing: &str| {
        vec![page(json!([])), page(json!({ "id": "1505", "title": "Price lists", "standing": standing }))]
    };
    let task = json!({ "title": "1505" });
    let (output, sent) = called("complete-task", &task, found("complete"));
    assert_eq!(output.unwrap(), json!({ "id": "1505", "title": "Price lists", "standing": "complete" }));
    assert!(sent.len() == 2 && sent.iter().all(|sent| sent.body.is_none()), "{sent:?}");
    let (output, sent) = called("complete-task", &task, found("inactive"));
    assert_eq!((output.unwrap_err().kind, sent.len()), (ErrorKind::Conflict, 2));
}

/// A retry must not fail because the first try went well. What the status of a kind is called is in the documentation (Tasks, Contacts,
/// Affiliations).
#[test]
fn a_status_that_a_record_has_already_is_changed_to_without_a_write() {
    let ways = || {
        page(json!([
            { "id": "61", "title": "Resolve ticket", "status": { "id": "4", "title": "Resolved" } },
            { "id": "62", "title": "Close for good", "status": { "id": "5", "title": "Closed for good" } },
        ]))
    };
    for (of, member) in [("issues", "status"), ("tasks", "task_status"), ("contacts", "contact_status")] {
        let record = || {
            let mut record = json!({ "id": "9", "standing": "closed" });
            record[member] = json!({ "id": "7", "title": "Closed" });
            page(record)
        };
        let to = |status: &str| json!({ "of": of, "id": "9", "to-status": status });
        // The name of the present status wins over one that has it among its words.
        for ways in [ways(), page(json!([]))] {
            let (output, sent) = called("change-status", &to("closed"), vec![ways, record()]);
            assert_eq!(output.unwrap(), json!({ "id": "9", "standing": "closed" }));
            assert!(sent.len() == 2 && sent.iter().all(|sent| sent.body.is_none()), "{sent:?}");
            assert!(sent[1].url.ends_with(&format!("/{of}/9?_fields=standing%2C{member}%28%29")), "{}", sent[1].url);
        }
        let (output, sent) = called("change-status", &to("Shipped"), vec![ways(), record()]);
        let error = output.unwrap_err();
        assert_eq!((error.kind, sent.len()), (ErrorKind::NotFound, 2));
        assert!(error.message.contains("Resolved (61), Closed for good (62)"), "{error:?}");
    }
}
