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

fn counted(activities: u64) -> Answer {
    answer(
        200,
        &[],
        &json!({ "meta": { "status": "ok" }, "response": { "count": activities.to_string() } }).to_string(),
    )
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
        let read = pages.len() + 1;
        let mut answers = pages;
        answers.insert(1, counted(count));
        let (report, sent) = called("report-time-by-staff", &report(), answers);
        let report = report.unwrap();
        let sums = ["activities", "billable", "nonbillable"].map(|name| report[name].as_u64().unwrap());
        assert_eq!((sums, sent.len()), ([count, 60 * count, count], read));
        // Pages count from 0 (facts/api.json).
        let asks = |(page, sent): (usize, &&Sent)| sent.url.ends_with(&format!("_page={page}"));
        let is_page = |sent: &&Sent| !sent.url.contains("/activities/count?");
        assert!(sent.iter().filter(is_page).enumerate().all(|(page, sent)| asks((page, &sent))), "{sent:?}");
        assert!(!is_page(&&sent[1]), "{sent:?}");
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
    let (output, sent) = called("report-time-by-staff", &report(), vec![activities(1..101), counted(200), gone]);
    assert_eq!((output.unwrap_err().kind, sent.len()), (ErrorKind::Rejected, 3));
}

/// A quota of 5,000 requests an hour is for the whole account: pages that would be read in vain are not read.
#[test]
fn a_report_that_would_not_end_is_refused_once_its_length_is_known() {
    let (output, sent) = called("report-time-by-staff", &report(), vec![activities(1..101), counted(30_001)]);
    let error = output.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref(), sent.len()), (ErrorKind::Incomplete, Some("input.to"), 2));
    let answers = vec![activities(1..101), counted(30_000), page(&[])];
    let (output, sent) = called("report-time-by-staff", &report(), answers);
    assert_eq!((output.unwrap()["activities"].as_u64(), sent.len()), (Some(100), 3));
}

/// 3,000 activities, a second for each answer. The deadline of other operations is 30 seconds.
#[test]
fn a_report_has_the_time_that_its_requests_take() {
    let mut answers: Vec<Answer> = (0..30).map(|page| activities(page * 100 + 1..page * 100 + 101)).collect();
    answers.insert(1, counted(3000));
    answers.push(page(&[]));
    let after = |answer| Answer::After(1000, Box::new(answer));
    let settings = [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_TOKEN", "green"), ("OUTWIT_PROGRESS", "1")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let world = World::exact(&settings, answers.into_iter().map(after).collect());
    let output = kit::dispatch(&COMPONENT, "report-time-by-staff", &report().to_string(), &world).unwrap();
    let report: Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&report["activities"], world.clock_ms()), (&json!(3000), 32_000));
    // How many are still to come, with the one that says so, is known from the third on.
    let header = |sent: &Sent| {
        let header = sent.headers.iter().find(|(name, _)| name == "outwit-to-come");
        header.map(|(_, number)| String::from_utf8(number.clone()).unwrap())
    };
    let headers: Vec<Option<String>> = world.take_sent().iter().map(header).collect();
    let expected = [None, None].into_iter().chain((1..=30).rev().map(|number: u32| Some(number.to_string())));
    assert_eq!(headers, expected.collect::<Vec<_>>());
}

/// Other hosts would send the header on to the vendor.
#[test]
fn a_host_that_does_not_ask_for_progress_gets_no_header_of_it() {
    let answers = vec![activities(1..101), counted(109), activities(101..110)];
    let (_, sent) = called("report-time-by-staff", &report(), answers);
    let names = |sent: &Sent| sent.headers.iter().any(|(name, _)| name.starts_with("outwit-"));
    assert!(sent.len() == 3 && !sent.iter().any(names), "{sent:?}");
}

/// The same address may be that of one person in two companies, and Accelo's filters are not exact.
#[test]
fn details_are_changed_at_the_company_and_of_the_address_that_were_asked_for() {
    let place =
        |id: &str, email: &str, company: &str| json!({ "id": id, "email": email, "company": { "id": company } });
    let found = [place("1", "ana@acme.com", "9"), place("2", "Ana@acme.com", "311"), place("3", "b@acme.com", "311")];
    let answers = vec![page(&[json!({ "id": "311", "name": "Acme" })]), page(&found), page(&[])];
    let details = json!({ "email": "ana@acme.com", "company": "Acme", "phone": "555" });
    let (_, sent) = called("change-contact-details", &details, answers);
    let changed = sent.iter().find(|sent| sent.method == "PUT").map(|sent| sent.url.split('?').next().unwrap());
    assert_eq!(changed, Some("https://juniper.api.accelo.com/api/v0/affiliations/2"), "{sent:?}");
}

/// Accelo drops the time of anybody but staff, and time that not all can see, without a word.
#[test]
fn time_is_sent_only_where_accelo_takes_it_and_another_time_in_the_answer_is_an_error() {
    let made = |owner: &str, visibility: &str, answered: &str| {
        let activity = json!({
            "subject": "x", "against-type": "job", "against-id": "7", "owner-type": owner, "owner-id": "1",
            "visibility": visibility, "nonbillable": 900,
        });
        let (output, sent) = called("create-activity", &activity, vec![page_of_one(answered)]);
        (output.err().map(|error| (error.kind, error.maybe_done)), sent.len())
    };
    let refused = (Some((ErrorKind::InvalidInput, false)), 0);
    assert_eq!(made("staff", "all", "900"), (None, 1));
    for (owner, visibility) in [("staff", "private"), ("staff", "confidential"), ("affiliation", "all")] {
        assert_eq!(made(owner, visibility, "900"), refused, "{owner} {visibility}");
    }
    for answered in ["0", "899", "901"] {
        assert_eq!(made("staff", "all", answered), (Some((ErrorKind::Incomplete, true)), 1), "{answered}");
    }
}

fn page_of_one(nonbillable: &str) -> Answer {
    let response = json!({ "id": "9", "nonbillable": nonbillable });
    answer(200, &[], &json!({ "meta": { "status": "ok" }, "response": response }).to_string())
}
