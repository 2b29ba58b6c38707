//! Whole calls in a world in memory.

use crate::COMPONENT;
use kit::types::ErrorKind;
use kit::world::{Answer, Sent, World};
use serde_json::{Value, json};

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    Answer::Whole(status, headers.collect(), body.as_bytes().to_vec(), 4096)
}

fn page(records: &[Value]) -> Answer {
    answer(200, &[], &json!({ "meta": { "status": "ok" }, "response": records }).to_string())
}

fn called(operation: &str, input: &Value, answers: Vec<Answer>) -> (Result<Value, kit::Error>, Vec<Sent>) {
    let settings = [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_TOKEN", "green")];
    let world = World::new(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())), answers);
    let output = kit::dispatch(&COMPONENT, operation, &input.to_string(), &world);
    (output.map(|output| serde_json::from_str(&output).unwrap()), world.take_sent())
}

#[test]
fn a_call_waits_for_the_rate_limit_and_is_repeated() {
    let refused = answer(429, &[("retry-after", "2")], "");
    let (output, sent) =
        called("accelo.list-staff", &json!({ "limit": 1 }), vec![refused, page(&[json!({ "id": "7" })])]);
    assert_eq!(output.unwrap()[0]["id"], "7");
    assert_eq!((sent.len(), &sent[0]), (2, &sent[1]));
    assert_eq!(sent[0].url.split('?').next(), Some("https://juniper.api.accelo.com/api/v0/staff"));
    assert!(sent[0].headers.contains(&("authorization".to_owned(), b"Bearer green".to_vec())), "{sent:?}");
}

fn activity(id: usize, staff: &str) -> Value {
    json!({ "id": id.to_string(), "staff": { "id": staff }, "billable": "60", "nonbillable": "1" })
}

fn activities(ids: std::ops::Range<usize>) -> Answer {
    page(&ids.map(|id| activity(id, "7")).collect::<Vec<_>>())
}

fn report() -> Value {
    json!({ "company": "311", "from": 1_767_225_600, "to": 1_769_904_000 })
}

/// A vendor may give fewer at a time than were asked for: a page that is not full need not be the last.
#[test]
fn a_report_adds_up_all_pages_until_one_is_short_or_empty() {
    for (pages, count) in [
        (vec![activities(1..101), activities(101..161), activities(161..201), page(&[])], 200),
        (vec![activities(1..101), activities(101..110)], 109),
        (vec![activities(1..101), activities(101..111), page(&[])], 110),
        // One moved to the next page while they were read.
        (vec![activities(1..101), activities(100..103)], 102),
    ] {
        let read = pages.len();
        let (report, sent) = called("report-time-by-staff", &report(), pages);
        let report = report.unwrap();
        let sums = ["activities", "billable", "nonbillable"].map(|name| report[name].as_u64().unwrap());
        assert_eq!((sums, sent.len()), ([count, 60 * count, count], read));
        // Pages count from 0 (facts/api.json).
        let asks = |(page, sent): (usize, &Sent)| sent.url.ends_with(&format!("_page={page}"));
        assert!(sent.iter().enumerate().all(asks), "{sent:?}");
    }
}

#[test]
fn a_report_asks_for_its_first_second_and_not_for_its_last() {
    let (_, sent) = called("report-time-by-staff", &report(), vec![page(&[])]);
    let body = String::from_utf8(sent[0].body.clone().unwrap_or_default()).unwrap();
    let asked = [&*sent[0].url, &*body].concat();
    // Both bounds of a filter are exclusive.
    assert!(asked.contains("1767225599") && asked.contains("1769904000"), "{asked}");
    assert!(!asked.contains("1767225600"), "{asked}");
}

#[test]
fn a_report_leaves_out_what_accelo_wrote_itself_and_is_none_where_a_time_is_no_number() {
    let (own, all) = (activity(1, "0"), [activity(2, "7"), activity(3, "8"), activity(4, "7")]);
    let (output, _) = called("report-time-by-staff", &report(), vec![page(&[&[own][..], &all].concat())]);
    let output = output.unwrap();
    let staff = output["staff"].as_array().unwrap();
    assert_eq!((&output["activities"], staff.len(), &staff[0]["activities"]), (&json!(3), 2, &json!(2)));
    let odd = json!({ "id": "5", "staff": { "id": "7" }, "billable": { "hours": 2 } });
    let (output, _) = called("report-time-by-staff", &report(), vec![page(&[activity(2, "7"), odd])]);
    assert_eq!(output.unwrap_err().kind, ErrorKind::Unreadable);
}

#[test]
fn a_page_that_fails_after_another_one_is_no_report() {
    let gone = answer(400, &[], r#"{"meta":{"status":"error","message":"no"}}"#);
    let (output, sent) = called("report-time-by-staff", &report(), vec![activities(1..101), gone]);
    assert_eq!((output.unwrap_err().kind, sent.len()), (ErrorKind::Rejected, 2));
}
