//! What a component can use up: its own share, and nothing of the next call's.

use outwit::{Error, ErrorKind, Host, Options, Plugin, Settings};
use outwit_host_test::build::rogue;
use outwit_host_test::net;
use serde_json::json;
use std::time::{Duration, Instant};

/// A host that gives little.
async fn plugin() -> Plugin {
    let options = Options { grace: Duration::from_millis(200), memory: 16 << 20, concurrency: 4, ..net::options() };
    let settings: Settings = [("OUTWIT_DEADLINE_MS", "300"), ("ROGUE_TOKEN", "token")].into_iter().collect();
    Host::new(options).unwrap().load(rogue(), settings).await.unwrap()
}

async fn exhaust(plugin: &Plugin, what: &str) -> Error {
    net::call(plugin, "rogue.exhaust", &json!({ "what": what })).await.unwrap_err()
}

#[test]
fn a_component_that_uses_up_its_share_is_stopped_and_the_next_call_works() {
    net::run(async {
        let plugin = plugin().await;
        for (what, kind, said) in [
            ("time", ErrorKind::TimedOut, "the host cut the call off after 500 ms"),
            ("patience", ErrorKind::TimedOut, "the host cut the call off after 500 ms"),
            ("memory", ErrorKind::Failed, "the component needs more memory than the host gives"),
            ("stack", ErrorKind::Failed, "the component stopped unexpectedly: "),
            ("nothing", ErrorKind::Failed, "the component stopped unexpectedly: "),
        ] {
            let started = Instant::now();
            let error = exhaust(&plugin, what).await;
            assert!(started.elapsed() < Duration::from_secs(10), "{what}: {:?}", started.elapsed());
            assert_eq!((error.kind, error.operation.as_str()), (kind, "rogue.exhaust"), "{what}: {error:?}");
            assert!(error.message.starts_with(said), "{what}: {error:?}");
            assert!(!error.maybe_done, "{what}: nothing was sent");
            net::call(&plugin, "rogue.environment", &json!({})).await.unwrap();
        }
    });
}

#[test]
fn endless_loops_leave_room_for_other_calls() {
    net::run(async {
        let plugin = plugin().await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let plugin = plugin.clone();
            calls.spawn(async move {
                let error = exhaust(&plugin, "time").await;
                assert_eq!(error.kind, ErrorKind::TimedOut, "{error:?}");
            });
        }
        for _ in 0..10 {
            net::call(&plugin, "rogue.environment", &json!({})).await.unwrap();
        }
        net::all(calls).await;
    });
}
