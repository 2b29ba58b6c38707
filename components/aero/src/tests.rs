//! Whole calls in a world in memory.

use crate::COMPONENT;
use kit::types::ErrorKind;
use kit::world::{Answer, World};
use serde_json::{Value, json};

fn answer(body: &Value) -> Answer {
    Answer::Whole(200, Vec::new(), body.to_string().into_bytes(), 4096)
}

fn called(operation: &str, input: &Value, answers: Vec<Answer>) -> (Result<Value, kit::Error>, Vec<String>) {
    let settings = [("AERO_ACCOUNT_ID", "acct"), ("AERO_API_KEY", "green"), ("OUTWIT_TRIES", "1")];
    let world = World::exact(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())), answers);
    let output = kit::dispatch(&COMPONENT, operation, &input.to_string(), &world);
    let line = |sent: kit::world::Sent| {
        let path = sent.url.split_once("/v1/").map(|(_, path)| path.to_owned()).unwrap_or_default();
        format!("{} {path}", sent.method)
    };
    (output.map(|output| serde_json::from_str(&output).unwrap()), world.take_sent().into_iter().map(line).collect())
}

fn tasks(page: u64, ids: &[u64]) -> Answer {
    let tasks: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "subject": "Close June" })).collect();
    answer(&json!({ "page": page, "aeroTasks": tasks, "count": ids.len() }))
}

#[test]
fn a_search_reads_to_the_end_or_to_as_many_pages_as_the_caller_allows() {
    let all = || vec![tasks(1, &[1, 2]), tasks(2, &[2, 3]), tasks(3, &[])];
    let (output, sent) = called("find-aeros", &json!({ "category": "task" }), all());
    let output = output.unwrap();
    assert_eq!((output["aeros"].as_array().unwrap().len(), &output["complete"]), (3, &json!(true)));
    assert_eq!(sent, ["GET AeroTasks", "GET AeroTasks?pageNumber=2", "GET AeroTasks?pageNumber=3"]);
    for most in [1, 2] {
        let (output, sent) = called("find-aeros", &json!({ "category": "task", "max-pages": most }), all());
        assert_eq!((&output.unwrap()["complete"], sent.len()), (&json!(false), most));
    }
}

fn occurrences(days: &[&str]) -> Answer {
    let one = |day: &&str| json!({ "id": 1, "scheduledStartDate": format!("{day}T13:00:00Z") });
    answer(&days.iter().map(one).collect())
}

fn daily() -> Answer {
    answer(&json!({
        "id": 9, "startDate": "2026-07-01T13:00:00Z", "renewalPattern": "Daily", "repeatEvery": 1, "isDayOfMonth": true,
    }))
}

#[test]
fn work_goes_on_from_the_day_after_its_last_and_to_the_last_that_was_asked_for() {
    let until = |until: &str| json!({ "master-aero-id": "9", "by": { "until": until } });
    let before = || vec![daily(), occurrences(&["2026-07-01", "2026-07-02"])];
    let with = |inserted: &[&str]| [before(), vec![occurrences(inserted)]].concat();
    let (output, sent) =
        called("continue-recurring-work", &until("2026-07-04T13:00:00Z"), with(&["2026-07-03", "2026-07-04"]));
    assert_eq!((&output.unwrap()["start-date"], sent.len()), (&json!("2026-07-03T13:00:00Z"), 3));
    // The last date is one that was asked for.
    let (output, _) = called("continue-recurring-work", &until("2026-07-04T13:00:00Z"), with(&["2026-07-03"]));
    let error = output.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, true), "{error:?}");
    assert!(error.message.contains("2026-07-04"), "{}", error.message);
    let (output, _) = called("continue-recurring-work", &until("2026-07-03T13:00:00Z"), with(&["2026-07-03"]));
    assert!(output.is_ok(), "the next date is the last: {output:?}");
    // A date that comes before the next one asks for nothing, and nothing is inserted.
    let (output, sent) = called("continue-recurring-work", &until("2026-07-03T12:59:59Z"), before());
    assert_eq!((output.unwrap_err().field.as_deref(), sent.len()), (Some("input.by.until"), 2));
    let count = json!({ "master-aero-id": "9", "by": { "count": 3 } });
    let (output, _) = called("continue-recurring-work", &count, with(&["2026-07-03", "2026-07-04"]));
    assert_eq!(output.unwrap_err().kind, ErrorKind::Incomplete, "one too few");
}

fn team(names: &[&str]) -> Answer {
    let member = |(index, name): (usize, &&str)| json!({ "id": index + 1, "name": name });
    answer(&json!({ "teamMemberNameReads": names.iter().enumerate().map(member).collect::<Vec<_>>() }))
}

#[test]
fn a_number_is_a_name_before_it_is_an_id_and_a_list_without_an_end_tells_nobody() {
    let to = |name: &str| json!({ "master-aero-ids": ["9"], "assigned-to": name });
    for (names, member) in [(["2", "Ana"], "1"), (["Ben", "Ana"], "2")] {
        let (output, _) = called("reassign-recurring-work", &to("2"), vec![team(&names), answer(&json!({}))]);
        assert_eq!(output.unwrap()["team-member-id"], member, "{names:?}");
    }
    // The vendor says the same number on each page: it is not read again and again.
    let (_, sent) = called("find-aeros", &json!({ "category": "task", "max-pages": 3 }), {
        vec![tasks(1, &[1]), tasks(1, &[2]), tasks(1, &[3])]
    });
    assert_eq!(sent, ["GET AeroTasks", "GET AeroTasks?pageNumber=2", "GET AeroTasks?pageNumber=3"]);
    // 200 pages without an end: what was not read may be meant.
    let endless = (1..=201).map(|page| tasks(page, &[page])).collect();
    let time = json!({ "category": "task", "aero": "7", "team-member": "Ana", "hours": 1 });
    let (output, sent) = called("log-time-by-name", &time, endless);
    assert_eq!((output.unwrap_err().field.as_deref(), sent.len()), (Some("input.aero"), 200));
}

#[test]
fn work_goes_on_like_its_latest_date_however_the_vendor_orders_them() {
    let occurrence = |at: &str| json!({ "id": 1, "scheduledStartDate": at });
    let all = ["2026-07-03T15:00:00Z", "2026-07-02T13:00:00Z"].map(occurrence);
    let count = json!({ "master-aero-id": "9", "by": { "count": 1 } });
    let (output, _) =
        called("continue-recurring-work", &count, vec![daily(), answer(&json!(all)), occurrences(&["2026-07-04"])]);
    assert_eq!(output.unwrap()["start-date"], "2026-07-04T15:00:00Z");
}

#[test]
fn a_quarter_may_end_on_its_first_date() {
    let quarter = |end: &str| {
        json!({
            "template-id": "4", "renewal-pattern": "weekly", "weekdays": ["friday"],
            "start-date": "2026-07-01T13:00:00Z", "end-on-date": end, "assigned-to": "Ana",
        })
    };
    let answers = || vec![team(&["Ana"]), answer(&json!({ "id": 9 })), occurrences(&["2026-07-03"])];
    let (output, _) = called("open-quarter", &quarter("2026-07-03T13:00:00Z"), answers());
    assert!(output.is_ok(), "{output:?}");
    let (output, sent) = called("open-quarter", &quarter("2026-07-03T12:59:59Z"), answers());
    assert_eq!((output.unwrap_err().field.as_deref(), sent.len()), (Some("input.end-on-date"), 0));
}

#[test]
fn a_contact_is_not_created_twice_whichever_name_stands_beside_it() {
    for name in ["contact-first-name", "contact-last-name"] {
        let client = json!({ "company": { "name": "Acme", (name): "Ana" }, "contact": { "first-name": "Ana", "last-name": "B" } });
        let (output, sent) = called("onboard-client", &client, Vec::new());
        assert_eq!((output.unwrap_err().kind, sent.len()), (ErrorKind::InvalidInput, 0), "{name}");
    }
}

#[test]
fn whole_statements_are_taken_with_the_setting_1_alone() {
    for (value, denied) in [("1", false), ("0", true), ("true", true), ("", true)] {
        let settings = [
            ("AERO_ACCOUNT_ID", "acct"),
            ("AERO_API_KEY", "green"),
            ("AERO_SQL_KEY", "blue"),
            ("AERO_ALLOW_RAW_SQL", value),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let world = World::exact(&settings, vec![answer(&json!([]))]);
        let output = kit::dispatch(&COMPONENT, "run-sql-select", r#"{"raw":"SELECT 1"}"#, &world);
        let is_denied = output.is_err_and(|error| error.kind == ErrorKind::Denied);
        assert_eq!((is_denied, world.take_sent().len()), (denied, usize::from(!denied)), "{value:?}");
    }
}
