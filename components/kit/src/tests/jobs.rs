//! Work that the vendor does while the caller waits.

use super::*;
use crate::types::ErrorKind;
use crate::world::Failure;

const START: &str = "POST /flows/f/runs";
const POLL: &str = "GET /flows/f/runs/r1";
const CANCEL: &str = "POST /runs/r1/cancel";

fn run(status: &str) -> Answer {
    answer(200, json!({ "run_id": "r1", "status": status }))
}

fn done() -> Answer {
    answer(200, json!({ "run_id": "r1", "status": "completed", "outputs": "42" }))
}

/// Waits for a run in such a world; once without repeats, so that each answer is one look.
fn waited(world: &World, more: Value) -> Result<Value, Error> {
    let mut input = json!({ "flow-id": "f" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    called(world, "run", input)
}

fn once(answers: Vec<Answer>) -> World {
    world(&[("OUTWIT_TRIES", "1")], answers)
}

#[test]
fn the_wait_between_two_looks_grows_to_ten_seconds_unless_the_caller_says_it() {
    let looks = || (0..6).map(|_| run("running")).chain([done()]).collect();
    let grows = once(looks());
    assert_eq!(waited(&grows, json!({})).unwrap()["outputs"], "42");
    assert_eq!(grows.take_waits(), [2000, 3000, 4500, 6750, 10_000, 10_000]);
    assert_eq!(sent(&grows), [START, POLL, POLL, POLL, POLL, POLL, POLL]);
    let steady = once(looks());
    assert!(waited(&steady, json!({ "interval-ms": 700 })).is_ok());
    assert_eq!(steady.take_waits(), [700; 6]);
}

#[test]
fn a_look_waits_as_long_as_the_vendor_asks_and_no_longer() {
    let asks = |status, seconds| answer_asking(status, seconds, json!({ "run_id": "r1", "status": "running" }));
    // The start asks, a look asks, a refused look asks, an unreadable one does not, nor does the next look.
    let odd = answer(200, json!("odd"));
    let answers = vec![asks(200, "5"), asks(200, "9"), asks(429, "20"), odd, run("running"), done()];
    let world = once(answers);
    assert!(waited(&world, json!({ "interval-ms": 1000 })).is_ok());
    assert_eq!(world.take_waits(), [5000, 9000, 20_000, 1000, 1000]);
}

#[test]
fn a_run_that_outlasts_the_deadline_is_cancelled_at_the_deadline() {
    let world = once(vec![run("pending"), run("running"), run("running"), run("cancelled"), run("cancelled")]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 6000 })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, false), "{error:?}");
    assert_eq!(sent(&world), [START, POLL, POLL, CANCEL, POLL]);
    assert_eq!((world.take_waits(), world.clock_ms()), (vec![2000, 2000, 2000], 6000));
    // The last wait ends with the deadline.
    let world = once(vec![run("pending"), run("running"), run("cancelled"), run("cancelled")]);
    assert!(waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2500 })).is_err());
    assert_eq!(world.take_waits(), [2000, 500]);
}

#[test]
fn a_run_that_ended_before_it_was_cancelled_gives_its_result() {
    for give_up in [false, true] {
        let refused = answer(400, json!({ "message": "already completed" }));
        let world = once(vec![run("running"), refused, done()]);
        if give_up {
            world.give_up_at(1000);
        }
        let output = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2000 })).unwrap();
        assert_eq!(output["outputs"], "42");
        assert_eq!(sent(&world), [START, CANCEL, POLL]);
    }
    let failed = answer(200, json!({ "run_id": "r1", "status": "failed", "message": "no credit" }));
    let world = once(vec![run("running"), run("running"), failed]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2000 })).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Failed, "{error:?}");
}

#[test]
fn a_cancelled_job_cancels_its_run_and_polls_no_more() {
    let world = once(vec![run("running"), run("running"), run("cancelled"), run("cancelled")]);
    world.give_up_at(3000);
    let error = waited(&world, json!({ "interval-ms": 2000 })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Cancelled, false), "{error:?}");
    assert_eq!(sent(&world), [START, POLL, CANCEL, POLL]);
}

#[test]
fn an_error_says_that_a_run_may_go_on_after_cancelling() {
    for cancel in [answer(500, json!({})), answer(204, Value::Null), Answer::Failed(Failure::Lost("broke"))] {
        let world = once(vec![run("running"), cancel.clone(), run("running")]);
        let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2000 })).unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{cancel:?} {error:?}");
        assert_eq!(error.details.unwrap(), r#"{"result":{"run-id":"r1","status":"running"}}"#);
    }
    let world = once(vec![run("running")]);
    let left = json!({ "interval-ms": 2000, "deadline-ms": 2000, "keep-running": true });
    let error = waited(&world, left).unwrap_err();
    assert_eq!((error.kind, error.maybe_done, sent(&world).len()), (ErrorKind::TimedOut, true, 1));
}

/// Cancelling has four seconds of its own after the deadline, and the last look the rest of six.
#[test]
fn cancelling_and_the_last_look_end_within_six_seconds() {
    let world = once(vec![run("running"), after(60_000, run("cancelled")), after(60_000, run("cancelled"))]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2000 })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
    assert_eq!((sent(&world).len(), world.clock_ms()), (3, 8000));
    // Where the request to cancel is not answered, the look tells that it was cancelled.
    let world = once(vec![run("running"), after(60_000, run("cancelled")), after(1500, run("cancelled"))]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 2000 })).unwrap_err();
    assert_eq!((error.maybe_done, world.clock_ms()), (false, 7500), "{error:?}");
}

/// Each request of a job has all the time of a request, but none goes on after the job's deadline.
#[test]
fn a_look_has_its_own_time_within_that_of_the_job() {
    let looks = (0..4).map(|_| after(25_000, run("running")));
    let world = once([run("running")].into_iter().chain(looks).chain([done()]).collect());
    assert!(waited(&world, json!({ "interval-ms": 10_000 })).is_ok());
    let world = once(vec![run("running"), after(25_000, run("running")), run("cancelled"), run("cancelled")]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 5000 })).unwrap_err();
    assert_eq!((error.kind, world.clock_ms()), (ErrorKind::TimedOut, 5000), "{error:?}");
    assert_eq!(sent(&world), [START, POLL, CANCEL, POLL]);
    let world = once(vec![after(8000, run("running"))]);
    let error = waited(&world, json!({ "deadline-ms": 5000 })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done, world.clock_ms()), (ErrorKind::TimedOut, true, 5000), "{error:?}");
}

#[test]
fn two_looks_in_a_row_may_give_something_else_and_the_third_ends_the_waiting() {
    let odd = || answer(404, json!({}));
    let answers = vec![run("running"), odd(), odd(), run("running"), odd(), odd(), done()];
    assert!(waited(&once(answers), json!({ "interval-ms": 1000 })).is_ok());
    let world = once(vec![run("running"), odd(), odd(), odd(), done()]);
    let error = waited(&world, json!({ "interval-ms": 1000 })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::NotFound, true), "{error:?}");
    assert_eq!(sent(&world).len(), 4);
}

#[test]
fn a_look_that_says_nothing_of_the_run_does_not_end_the_waiting_however_often() {
    for status in [423, 425, 429, 500, 503] {
        let answers = (0..5).map(|_| answer(status, json!({})));
        let world = once([run("running")].into_iter().chain(answers).chain([done()]).collect());
        assert!(waited(&world, json!({ "interval-ms": 1000 })).is_ok(), "{status}");
    }
}

#[test]
fn results_of_earlier_polls_are_retained_except_the_state() {
    let first = answer(200, json!({ "run_id": "r1", "status": "running", "ended_at": "2026-02-25" }));
    let second = answer(200, json!({ "run_id": "r1", "outputs": "42" }));
    let world = once(vec![run("pending"), second, first]);
    let error = waited(&world, json!({ "interval-ms": 2000, "deadline-ms": 5000, "keep-running": true })).unwrap_err();
    let details = r#"{"result":{"run-id":"r1","status":"running","outputs":"42","ended-at":"2026-02-25"}}"#;
    let parsed = |text: &str| Node::parse(text.as_bytes()).unwrap().into_value();
    assert_eq!(parsed(&error.details.unwrap()), parsed(details));
    let silent = once(vec![run("running"), answer(200, json!({ "run_id": "r1" }))]);
    let left = json!({ "interval-ms": 2000, "deadline-ms": 3000, "keep-running": true });
    let error = waited(&silent, left).unwrap_err();
    assert_eq!(error.details.as_deref(), Some(r#"{"result":{"run-id":"r1"}}"#));
}

#[test]
fn the_bounds_of_the_waiting_are_checked_before_anything_is_sent() {
    for (more, field) in [
        (json!({ "interval-ms": 0 }), "input.interval-ms"),
        (json!({ "deadline-ms": 0 }), "input.deadline-ms"),
        (json!({ "deadline-ms": 3_600_001 }), "input.deadline-ms"),
    ] {
        let world = once(vec![done()]);
        let error = waited(&world, more).unwrap_err();
        assert_eq!((error.field.as_deref(), sent(&world).len()), (Some(field), 0));
    }
    assert!(waited(&once(vec![done()]), json!({ "interval-ms": 1, "deadline-ms": 3_600_000 })).is_ok());
}
