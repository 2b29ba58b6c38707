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
