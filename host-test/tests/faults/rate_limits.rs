//! Quotas: waiting for as long as the vendor asks where it fits into the deadline, and telling how long where it does not.

use std::time::{Duration, UNIX_EPOCH};

use outwit::{Advice, ErrorKind};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};

use crate::answers::{http_date, in_seconds, unix};
use crate::table::{DEADLINE_MS, DONE, Expected, Row, error, good, refusal, reply, try_all};

#[test]
fn the_date_of_these_tests_is_right() {
    assert_eq!(http_date(UNIX_EPOCH + Duration::from_secs(1_772_010_009)), "Wed, 25 Feb 2026 09:00:09 GMT");
    assert_eq!(http_date(UNIX_EPOCH + Duration::from_secs(951_782_400)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

#[test]
fn a_wait_that_fits_into_the_deadline_is_waited_for_and_the_second_try_succeeds() {
    let row = |name, header: (&str, &str), least| {
        // A refusal for the quota says that nothing was done, so that a write may be sent again as well.
        let expected = Expected { hits: 2, takes_ms: least..=DEADLINE_MS - 1, ..DONE };
        let fault = Fault::Sequence(vec![refusal(429, "too_many_requests", &[header]), good()]);
        Row { name, fault, settings: &[], read: expected.clone(), write: expected }
    };
    // Moments have whole seconds, and the read before the write takes its own time.
    try_all(vec![
        row("Retry-After in seconds", ("Retry-After", "1"), 1000),
        row("Retry-After 0", ("Retry-After", "0"), 0),
        row("Retry-After as a date", ("retry-after", &http_date(in_seconds(2))), 0),
        row("Retry-After as a date of the past", ("retry-after", "Wed, 25 Feb 2015 09:00:09 GMT"), 0),
        row("X-RateLimit-Reset", ("X-RateLimit-Reset", &unix(in_seconds(2))), 0),
    ]);
}

#[test]
fn a_wait_until_a_moment_really_lasts_until_then() {
    let wait_in = |header: fn() -> (&'static str, String)| {
        let (name, value) = header();
        let fault = Fault::Sequence(vec![refusal(429, "too_many_requests", &[(name, &value)]), good()]);
        // The clock's own second has begun already, and both sides leave its fraction out.
        let expected = Expected { hits: 2, takes_ms: 1000..=DEADLINE_MS - 1, ..DONE };
        Row { name, fault, settings: &[], read: expected, write: Expected { hits: 2, ..DONE } }
    };
    try_all(vec![
        wait_in(|| ("Retry-After", http_date(in_seconds(2)))),
        wait_in(|| ("X-RateLimit-Reset", unix(in_seconds(2)))),
    ]);
}

#[test]
fn a_wait_beyond_the_deadline_is_reported_at_once() {
    let row = |name, header: (&str, &str), wait_ms| {
        let expected = Expected {
            status: Some(429),
            retry_after_ms: Some(wait_ms),
            takes_ms: 0..=1000,
            ..error(ErrorKind::RateLimited, Advice::RetryLater)
        };
        let fault = refusal(429, "too_many_requests", &[header]);
        Row { name, fault, settings: &[], read: expected.clone(), write: expected }
    };
    let about_an_hour = || 3_590_000..=3_600_000;
    try_all(vec![
        row("Retry-After in seconds", ("Retry-After", "3600"), 3_600_000..=3_600_000),
        row("Retry-After as a date", ("Retry-After", &http_date(in_seconds(3600))), about_an_hour()),
        row("X-RateLimit-Reset", ("X-RateLimit-Reset", &unix(in_seconds(3600))), about_an_hour()),
        row("as long as the deadline", ("Retry-After", "4"), 4000..=4000),
    ]);
}

#[test]
fn a_quota_without_a_time_is_tried_three_times() {
    let expected = Expected {
        status: Some(429),
        hits: 3,
        takes_ms: 750..=DEADLINE_MS - 1,
        ..error(ErrorKind::RateLimited, Advice::RetryLater)
    };
    let row = |name, fault| Row { name, fault, settings: &[], read: expected.clone(), write: expected.clone() };
    try_all(vec![
        row("with an envelope", refusal(429, "too_many_requests", &[])),
        row("without an envelope", reply(429, &[], r#"{"status":"too_many_requests","message":"Slow down."}"#)),
        row("without a body", reply(429, &[], "")),
        row("a time that is none", refusal(429, "too_many_requests", &[("Retry-After", "soon")])),
    ]);
}

#[test]
fn other_refusals_have_a_retry_after_too() {
    let wait = |status, kind, advice, ms: u64| Expected {
        status: Some(status),
        retry_after_ms: Some(ms..=ms),
        takes_ms: 0..=1000,
        ..error(kind, advice)
    };
    let locked_out = wait(401, ErrorKind::RateLimited, Advice::RetryLater, 300_000);
    try_all(vec![
        Row {
            name: "too many failed logins",
            fault: refusal(401, "too_many_failed_logins", &[("Retry-After", "300")]),
            settings: &[],
            read: locked_out.clone(),
            write: locked_out,
        },
        Row {
            name: "maintenance",
            fault: reply(503, &[("Retry-After", "120")], ""),
            settings: &[],
            read: wait(503, ErrorKind::Unavailable, Advice::RetryLater, 120_000),
            write: Expected { maybe_done: true, ..wait(503, ErrorKind::Unavailable, Advice::AskPerson, 120_000) },
        },
    ]);
}

#[test]
fn work_is_looked_at_when_its_start_says_so() {
    net::run(async {
        let json = ("content-type", "application/json");
        let run = |status| format!(r#"{{"execution_id":"exec_1","status":"{status}"}}"#);
        // RFC 9110, 10.2.3: with any answer, how long to wait before the next request.
        let started = reply(202, &[json, ("Retry-After", "1")], run("running"));
        let server = start(Fault::Sequence(vec![started, reply(200, &[json], run("completed"))])).await.unwrap();
        let settings = [("AIROPS_BASE_URL", server.url()), ("AIROPS_API_KEY", "key-1"), ("AIROPS_API", "v1")];
        let airops = net::plugin("airops", settings).await;
        let begun = std::time::Instant::now();
        let input = r#"{"workflow-id":"wf_1","inputs":{},"interval-ms":10}"#;
        let output = airops.call("airops.run-workflow", input).await.unwrap();
        assert!(output.contains("completed") && server.hits() == 2, "{output}");
        assert!(begun.elapsed().as_millis() >= 1000, "{:?}", begun.elapsed());
    });
}
