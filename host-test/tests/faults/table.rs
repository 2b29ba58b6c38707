//! How a row is tried, and what it is compared with.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use outwit::{Advice, Error, ErrorKind, Plugin};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub use crate::answers::reply;

/// A vendor's failure, and what a read and a write come to.
pub struct Row {
    pub name: &'static str,
    pub fault: Fault,
    /// Settings beside the server's address.
    pub settings: &'static [(&'static str, &'static str)],
    pub read: Expected,
    pub write: Expected,
}

/// What comes of a call.
#[derive(Clone)]
pub struct Expected {
    /// Kind and advice; none where the call succeeds in the end.
    pub error: Option<(ErrorKind, Advice)>,
    pub status: Option<u16>,
    pub maybe_done: bool,
    pub retry_after_ms: Option<RangeInclusive<u64>>,
    /// How many requests the server read.
    pub hits: usize,
    /// How long it takes, in milliseconds.
    pub takes_ms: RangeInclusive<u64>,
}

/// A success with the first request, in less than the deadline.
pub const DONE: Expected = Expected {
    error: None,
    status: None,
    maybe_done: false,
    retry_after_ms: None,
    hits: 1,
    takes_ms: 0..=DEADLINE_MS - 1,
};

/// What holds in a row that sets no other.
pub const DEADLINE_MS: u64 = 4000;

/// An error after one request, about which the vendor left no doubt.
pub fn error(kind: ErrorKind, advice: Advice) -> Expected {
    Expected { error: Some((kind, advice)), ..DONE }
}

/// Tries all rows at the same time.
pub fn try_all(rows: Vec<Row>) {
    net::run(async {
        let mut running = JoinSet::new();
        for row in rows {
            running.spawn(async move {
                let Row { name, fault, settings, read, write } = row;
                for (operation, expected) in [("get-activity", read), ("create-activity", write)] {
                    let server = start(fault.clone()).await.unwrap();
                    let plugin = plugin(server.url(), settings).await;
                    let (outcome, took) = timed(&plugin, operation).await;
                    compare(&format!("{name}, {operation}"), &outcome, took, &server, &expected);
                    healthy().await;
                }
            });
        }
        net::all(running).await;
    });
}

/// The component for an account at this address.
pub async fn plugin(url: &str, settings: &[(&str, &str)]) -> Plugin {
    let deadline = DEADLINE_MS.to_string();
    let own = [("ACCELO_BASE_URL", url), ("ACCELO_TOKEN", "t-1"), ("OUTWIT_DEADLINE_MS", &deadline)];
    net::plugin("accelo", own.into_iter().chain(settings.iter().copied())).await
}

/// Calls an operation with an input that suits it.
pub async fn call(plugin: &Plugin, operation: &str) -> Result<Value, Error> {
    let input = match operation {
        "create-activity" => json!({ "subject": "Plan", "against-type": "company", "against-id": "311" }),
        "update-activity" => json!({ "id": "20417", "details": "Room 2" }),
        _ => json!({ "id": "20417" }),
    };
    net::call(plugin, &format!("accelo.{operation}"), &input).await
}

pub async fn timed(plugin: &Plugin, operation: &str) -> (Result<Value, Error>, Duration) {
    let started = Instant::now();
    let outcome = call(plugin, operation).await;
    (outcome, started.elapsed())
}

/// What failed before does not matter to the next call with the same host.
pub async fn healthy() {
    let (mock, plugin) = net::mocked("accelo").await;
    let activity = call(&plugin, "get-activity").await.unwrap();
    assert_eq!(activity["subject"], "Quarterly planning meeting");
    assert_eq!(mock.seen().len(), 1);
}

/// What Accelo says when all is well.
pub fn good() -> Fault {
    let body = json!({ "meta": { "status": "ok" }, "response": { "id": "20417", "subject": "Plan" } });
    reply(200, &[("content-type", "application/json")], body.to_string())
}

/// Accelo's envelope around an error.
pub fn refusal(status: u16, code: &str, headers: &[(&str, &str)]) -> Fault {
    let body = json!({ "meta": { "status": code, "message": "No." }, "response": null });
    reply(status, headers, body.to_string())
}

fn compare(name: &str, outcome: &Result<Value, Error>, took: Duration, server: &FaultyServer, expected: &Expected) {
    match (outcome, expected.error) {
        (Ok(activity), None) => assert_eq!(activity["subject"], "Plan", "{name}"),
        (Ok(activity), Some(_)) => panic!("{name}: succeeded with {activity}"),
        (Err(error), None) => panic!("{name}: {error:?}"),
        (Err(error), Some(wanted)) => {
            assert_eq!((error.kind, error.advice), wanted, "{name}: {error:?}");
            assert_eq!(error.status, expected.status, "{name}: {error:?}");
            assert_eq!(error.maybe_done, expected.maybe_done, "{name}: {error:?}");
            match (&expected.retry_after_ms, error.retry_after_ms) {
                (None, None) => {}
                (Some(range), Some(after)) if range.contains(&after) => {}
                (expected, _) => panic!("{name}: expected a wait of {expected:?}: {error:?}"),
            }
            assert!(error.operation.starts_with("accelo."), "{name}: {error:?}");
            assert!(error.message.contains("Accelo"), "{name}: {error:?}");
        }
    }
    assert_eq!(server.hits(), expected.hits, "{name}: requests; {outcome:?}");
    let took = u64::try_from(took.as_millis()).unwrap();
    assert!(expected.takes_ms.contains(&took), "{name}: took {took} ms, expected {:?}", expected.takes_ms);
}
