//! Recipes that stop between two writes.

use super::*;
use crate::types::{Advice, ErrorKind};
use crate::world::Failure;

fn thing(id: &str) -> Answer {
    answer(200, json!({ "id": id, "name": "lamp" }))
}

fn copied(answers: Vec<Answer>) -> Result<Value, Error> {
    called(&world(&[("OUTWIT_TRIES", "1")], answers), "copy-thing", json!({ "id": "1" }))
}

#[test]
fn an_error_before_the_first_write_is_the_errors_own() {
    for (answers, maybe_done) in [
        (vec![answer(404, json!({}))], false),
        (vec![thing("1"), answer(404, json!({}))], false),
        (vec![thing("1"), Answer::Failed(Failure::TimedOut)], true),
    ] {
        let error = copied(answers).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::NotFound | ErrorKind::TimedOut), "{error:?}");
        assert_eq!((error.maybe_done, error.details.is_none()), (maybe_done, true), "{error:?}");
    }
}

#[test]
fn an_error_after_a_write_reports_what_was_written() {
    for (last, kind, maybe_done) in [
        (answer(409, json!({ "message": "no room" })), "conflict", false),
        (Answer::Failed(Failure::TimedOut), "timed-out", true),
        (answer_asking(429, "9", json!({})), "rate-limited", false),
    ] {
        let error = copied(vec![thing("1"), thing("2"), last]).unwrap_err();
        assert_eq!((error.kind, error.advice, error.maybe_done), (ErrorKind::Incomplete, Advice::AskPerson, true));
        assert_eq!(error.retry_after_ms, (kind == "rate-limited").then_some(9000));
        let details = Node::parse(error.details.as_ref().unwrap().as_bytes()).unwrap().into_value();
        let written = json!([{ "operation": "create-thing", "result": { "id": "2", "name": "lamp" } }]);
        assert_eq!(details["done"], written, "what was read was not done");
        assert_eq!((&details["failed"]["kind"], &details["failed"]["maybe-done"]), (&json!(kind), &json!(maybe_done)));
        assert!(error.operation.starts_with("acme."), "{}", error.operation);
    }
}
