//! What is kept for a client that comes back, and for how long.

use super::*;
use futures_util::StreamExt;
use serde_json::{Value, json};

fn event(message: Value) -> ServerSseMessage {
    ServerSseMessage::from_message(serde_json::from_value(message).unwrap())
}

fn note() -> ServerSseMessage {
    let params = json!({ "progressToken": 1, "progress": 1.0 });
    event(json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params }))
}

fn answer() -> ServerSseMessage {
    event(json!({ "jsonrpc": "2.0", "id": 1, "result": {} }))
}

/// The ids of what comes after an event, to the end of its stream; none where the event is not known.
async fn after(events: &Events, last: &str) -> Option<Vec<String>> {
    let again = events.replay_events_after(last).await.ok()?;
    Some(again.filter_map(|event| async { event.event_id }).collect().await)
}

#[tokio::test]
async fn a_client_gets_only_the_events_after_its_last_event() {
    let events = Events::default();
    for one in [note(), note(), answer()] {
        events.store("s", one);
    }
    assert_eq!(after(&events, "s/0").await.unwrap(), ["s/1", "s/2"]);
    assert_eq!(after(&events, "s/1").await.unwrap(), ["s/2"]);
    assert_eq!(after(&events, "s/2").await.unwrap(), [""; 0]);
    for unknown in ["s/3", "s/-1", "s/", "s", "t/0", ""] {
        assert_eq!(after(&events, unknown).await, None, "{unknown}");
    }
}

#[tokio::test]
async fn a_client_that_reconnects_before_the_answer_gets_it() {
    let events = Events::default();
    events.store("s", note());
    let again = events.replay_events_after("s/0").await.unwrap();
    events.store("s", answer());
    let ids: Vec<_> = again.filter_map(|event| async { event.event_id }).collect().await;
    assert_eq!(ids, ["s/1"]);
}

#[test]
fn of_too_many_streams_the_one_that_ended_first_goes_first() {
    let events = Events::default();
    events.store("running", note());
    events.store("first", answer());
    for number in 2..MOST_STREAMS {
        events.store(&number.to_string(), answer());
    }
    let has_first = |name: &str| events.has(&format!("{name}/0"));
    assert!(has_first("running") && has_first("first"), "as many as are kept");
    events.store("more", note());
    assert!(has_first("running") && !has_first("first") && has_first("2") && has_first("more"));
    events.store("last", note());
    assert!(has_first("running") && !has_first("2") && has_first("3"));
}

#[test]
fn of_too_many_bytes_the_oldest_go_and_the_newest_stay_whatever_their_size() {
    let events = Events::default();
    let large = |name: &str, bytes: usize| {
        events.store(name, event(json!({ "jsonrpc": "2.0", "id": 1, "result": { "x": "a".repeat(bytes) } })));
    };
    large("first", MOST_BYTES / 2);
    large("second", MOST_BYTES / 4);
    assert!(events.has("first/0") && events.has("second/0"));
    large("third", MOST_BYTES / 2);
    assert!(!events.has("first/0") && events.has("second/0") && events.has("third/0"));
    large("huge", MOST_BYTES + 1);
    assert!(!events.has("second/0") && !events.has("third/0") && events.has("huge/0"));
}

#[test]
fn a_request_waits_until_it_is_answered_or_cancelled() {
    let (events, session, other) = (Events::default(), SessionId::from("a"), SessionId::from("b"));
    let id = |number| RequestId::Number(number);
    for (stream, of, number) in [("s", &session, 1), ("t", &session, 2), ("u", &other, 1)] {
        events.store(stream, note());
        events.belong(&format!("{stream}/0"), of, &id(number));
    }
    let waiting = || [(&session, 1), (&session, 2), (&other, 1)].map(|(of, number)| events.waits(of, &id(number)));
    assert_eq!(waiting(), [true; 3]);
    events.store("s", answer());
    assert_eq!(waiting(), [false, true, true]);
    events.cancelled(&session, Some(&id(1)));
    assert_eq!(waiting(), [false, true, true]);
    events.cancelled(&session, Some(&id(2)));
    assert_eq!(waiting(), [false, false, true]);
    events.cancelled(&other, None);
    assert_eq!(waiting(), [false; 3]);
}
