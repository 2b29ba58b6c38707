//! Sending again: what, when, and what the error says where it does not help.

use super::*;
use crate::types::{Advice, ErrorKind};
use crate::world::Failure;

const OPERATIONS: [&str; 4] = ["get-thing", "replace-thing", "create-thing", "delete-thing"];

fn thing() -> Value {
    json!({ "id": "7", "name": "lamp" })
}

fn lost() -> Answer {
    Answer::Failed(Failure::Lost("the connection broke"))
}

fn not_sent() -> Answer {
    Answer::Failed(Failure::NotSent("the connection is refused"))
}

/// What was refused unread, or never came to the vendor, is repeated. Where the vendor may have acted, only what does the same a
/// second time is (RFC 9110, 9.2.2): not a POST, and here no DELETE either.
#[test]
fn a_request_that_may_have_been_executed_is_repeated_only_if_it_is_idempotent() {
    let unknown = [lost(), Answer::Failed(Failure::TimedOut), answer(500, json!({})), answer(502, json!({}))];
    let unknown = unknown.into_iter().chain([answer(503, json!({})), answer(504, json!({})), answer(408, json!({}))]);
    let unread = [not_sent(), answer(429, json!({}))];
    let last = [Answer::Failed(Failure::Denied), Answer::Failed(Failure::TooLarge), answer(400, json!({}))];
    let last = last.into_iter().chain([answer(404, json!({})), answer(409, json!({})), answer(303, json!({}))]);
    let all = unknown.map(|one| (one, 2)).chain(unread.map(|one| (one, 4))).chain(last.map(|one| (one, 0)));
    for (first, repeated) in all {
        for (index, name) in OPERATIONS.iter().enumerate() {
            let world = world(&[], vec![first.clone(), answer(200, thing())]);
            let outcome = called(&world, name, thing());
            let again = index < repeated;
            assert_eq!((sent(&world).len(), outcome.is_ok()), (1 + usize::from(again), again), "{name} {first:?}");
        }
    }
}

#[test]
fn an_error_says_whether_a_write_may_have_been_executed() {
    let once = [("OUTWIT_TRIES", "1")];
    for (first, unknown) in [
        (lost(), true),
        (Answer::Failed(Failure::TimedOut), true),
        (answer(500, json!({})), true),
        (answer(408, json!({})), true),
        (answer(303, json!({})), true),
        (answer(200, json!("odd")), true),
        (not_sent(), false),
        (Answer::Failed(Failure::Denied), false),
        (answer(429, json!({})), false),
        (answer(400, json!({})), false),
    ] {
        for name in OPERATIONS {
            let error = called(&world(&once, vec![first.clone()]), name, thing()).unwrap_err();
            assert_eq!(error.maybe_done, unknown && name != "get-thing", "{name} {first:?}");
            let retries = matches!(error.advice, Advice::RetryLater | Advice::RetryNow);
            assert!(!(retries && error.maybe_done && name != "replace-thing"), "{name} {error:?}");
        }
    }
}

/// A request whose first try may have been carried out may be done, whatever came of the tries after it.
#[test]
fn the_error_of_a_retry_says_that_an_earlier_try_may_have_been_executed() {
    for last in [not_sent(), answer(429, json!({})), answer(409, json!({}))] {
        let world = world(&[("OUTWIT_TRIES", "2")], vec![lost(), last.clone()]);
        let error = called(&world, "replace-thing", thing()).unwrap_err();
        assert_eq!((sent(&world).len(), error.maybe_done), (2, true), "{last:?} {error:?}");
    }
    let world = world(&[("OUTWIT_TRIES", "2")], vec![not_sent(), answer(429, json!({}))]);
    assert!(!called(&world, "replace-thing", thing()).unwrap_err().maybe_done);
}

#[test]
fn all_tries_share_one_deadline() {
    let settings = [("OUTWIT_DEADLINE_MS", "3000")];
    // 1500 ms, 254 ms of waiting, 1200 ms: of 3000 ms, too little is left for another wait.
    let answers = vec![after(1500, answer(500, json!({}))), after(1200, answer(500, json!({}))), answer(200, thing())];
    let slow = world(&settings, answers);
    let error = called(&slow, "get-thing", thing()).unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Unavailable, Some(500)));
    assert_eq!((sent(&slow).len(), slow.clock_ms()), (2, 2954));
    let silent = world(&settings, vec![after(2000, answer(503, json!({}))), after(9000, answer(200, thing()))]);
    let error = called(&silent, "get-thing", thing()).unwrap_err();
    assert_eq!((error.kind, sent(&silent).len(), silent.clock_ms()), (ErrorKind::TimedOut, 2, 3000));
}

#[test]
fn retry_after_is_waited_for_or_reported() {
    for status in [429, 503] {
        let world = world(&[], vec![answer_asking(status, "7", json!({})), answer(200, thing())]);
        assert!(called(&world, "get-thing", thing()).is_ok());
        assert_eq!(world.take_waits(), [7000], "{status}");
    }
    for (status, asked) in [(429, Some(30_000)), (503, Some(30_000)), (403, Some(30_000)), (400, None), (404, None)] {
        let world = world(&[], vec![answer_asking(status, "30", json!({})), answer(200, thing())]);
        let error = called(&world, "get-thing", thing()).unwrap_err();
        assert_eq!((error.retry_after_ms, sent(&world).len()), (asked, 1), "{status}");
        assert!(world.take_waits().is_empty(), "{status}: the deadline is 30 seconds");
    }
    // Of two refusals, the last one tells.
    let twice = vec![answer_asking(429, "2", json!({})), answer(400, json!({}))];
    let error = called(&world(&[], twice), "get-thing", thing()).unwrap_err();
    assert_eq!((error.kind, error.retry_after_ms), (ErrorKind::Rejected, None));
}

#[test]
fn a_call_cancelled_during_a_wait_sends_nothing_more() {
    let world = world(&[], vec![answer_asking(429, "5", json!({})), answer(200, thing())]);
    world.give_up_at(3000);
    let error = called(&world, "create-thing", thing()).unwrap_err();
    assert_eq!((error.kind, error.retry_after_ms, error.maybe_done), (ErrorKind::RateLimited, Some(5000), false));
    assert_eq!(sent(&world).len(), 1);
}

#[test]
fn an_input_that_makes_too_long_an_address_is_refused_and_nothing_is_sent() {
    let world = world(&[], vec![answer(200, json!({ "id": "a" }))]);
    let error = called(&world, "get-thing", json!({ "id": "a", "name": "a".repeat(60_000) })).unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("input")));
    assert!(error.message.contains("expected at most 60000"), "{}", error.message);
    assert!(sent(&world).is_empty());
}
