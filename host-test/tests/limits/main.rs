//! What a component can use up: its own share, and nothing of the next call's.

mod lists;
mod nested;
mod pages;
mod table;

use outwit::{Error, ErrorKind, Host, Options, Plugin, Settings};
use outwit_host_test::build::rogue;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A host that gives little.
fn host() -> Host {
    let options =
        Options { deadline_slack: Duration::from_millis(200), memory: 16 << 20, concurrency: 4, ..net::options() };
    Host::new(options).unwrap()
}

fn settings(url: &str) -> Settings {
    [("OUTWIT_DEADLINE_MS", "300"), ("ROGUE_TOKEN", "token"), ("ROGUE_BASE_URL", url)].into_iter().collect()
}

async fn plugin(url: &str) -> Plugin {
    host().load(rogue(), settings(url)).await.unwrap()
}

/// The rogue component, as one whose vendor knows no other methods than HTTP's.
fn streaming() -> Vec<u8> {
    let (known, other) = (b"\"method-override\"", b"\"method-ignored-\"");
    let mut component = rogue().to_vec();
    let at = component.windows(known.len()).position(|window| window == known).unwrap();
    component[at..at + other.len()].copy_from_slice(other);
    component
}

async fn exhaust(plugin: &Plugin, what: &str) -> Error {
    net::call(plugin, "rogue.exhaust", &json!({ "what": what })).await.unwrap_err()
}

async fn works(plugin: &Plugin) {
    net::call(plugin, "rogue.environment", &json!({})).await.unwrap();
}

#[test]
fn a_component_that_uses_up_its_share_is_stopped_and_the_next_call_works() {
    net::run(async {
        let plugin = plugin("https://rogue.invalid").await;
        for (what, kind, said) in [
            ("time", ErrorKind::TimedOut, "the host cut the call off after 500 ms"),
            ("patience", ErrorKind::TimedOut, "the host cut the call off after 500 ms"),
            ("memory", ErrorKind::Failed, "the component needs more memory than the host gives"),
            ("stack", ErrorKind::Failed, "the component stopped unexpectedly: wasm trap: call stack exhausted"),
            ("nothing", ErrorKind::Failed, "the component stopped unexpectedly: "),
            ("handles", ErrorKind::Failed, "the component holds more of the host's requests, headers and streams"),
            ("headers", ErrorKind::Failed, "the component stopped unexpectedly: total size of fields exceeds limit"),
        ] {
            let started = Instant::now();
            let error = exhaust(&plugin, what).await;
            assert!(started.elapsed() < Duration::from_secs(10), "{what}: {:?}", started.elapsed());
            assert_eq!((error.kind, error.operation.as_str()), (kind, "rogue.exhaust"), "{what}: {error:?}");
            assert!(error.message.starts_with(said), "{what}: {error:?}");
            assert!(!error.maybe_done, "{what}: nothing was sent");
            works(&plugin).await;
        }
    });
}

/// A vendor of the rogue component, and the component for it.
async fn scene() -> (FaultyServer, Plugin) {
    let server = vendor().await;
    let plugin = plugin(server.url()).await;
    (server, plugin)
}

async fn vendor() -> FaultyServer {
    start(Fault::Reply { status: 200, headers: Vec::new(), body: "hello".into() }).await.unwrap()
}

/// A write with these members beside what makes it one.
async fn write(server: &FaultyServer, plugin: &Plugin, changed: Value) -> Result<Value, Error> {
    let authority = server.url().strip_prefix("http://").unwrap();
    let mut request = json!({ "method": "POST", "authority": authority, "path": "/v0/things" });
    request.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    net::call(plugin, "rogue.write", &request).await
}

#[test]
fn a_request_without_end_is_broken_off_and_the_error_says_so() {
    net::run(async {
        // What is looked through before it leaves is bounded more tightly than what goes through as it comes.
        for (component, most) in [(rogue().to_vec(), 8 << 20), (streaming(), 16 << 20)] {
            let server = vendor().await;
            let mut settings = settings(server.url());
            settings.extend([("OUTWIT_DEADLINE_MS", "30000")]);
            let plugin = host().load(&component, settings).await.unwrap();
            for megabytes in [(most >> 20) + 1, 1000] {
                let error = write(&server, &plugin, json!({ "megabytes": megabytes })).await.unwrap_err();
                assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");
                let refused = &error.details.as_ref().unwrap()["refused"];
                assert_eq!(*refused, format!("a request of more than {most} bytes"), "{error:?}");
                assert_eq!(server.hits(), 0, "{error:?}");
            }
            write(&server, &plugin, json!({ "megabytes": 1 })).await.unwrap();
            assert_eq!(server.seen()[0].body.len(), 1 << 20);
        }
    });
}

#[test]
fn a_request_that_is_never_finished_is_cut_off() {
    net::run(async {
        let (server, plugin) = scene().await;
        let error = write(&server, &plugin, json!({ "body": "a=", "unfinished": true })).await.unwrap_err();
        assert_eq!((error.kind, server.hits()), (ErrorKind::TimedOut, 0), "{error:?}");
        assert!(error.message.starts_with("the host cut the call off after 500 ms"), "{error:?}");
        write(&server, &plugin, json!({})).await.unwrap();
    });
}

#[test]
fn an_answer_that_never_ends_is_cut_off() {
    net::run(async {
        let endless = start(Fault::Drip).await.unwrap();
        let plugin = plugin(endless.url()).await;
        let error = write(&endless, &plugin, json!({})).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
        works(&plugin).await;
    });
}

#[test]
fn a_component_gets_no_more_table_than_there_is() {
    net::run(async {
        let plugin = host().load(&table::component(), Settings::default()).await.unwrap();
        for _ in 0..2 {
            let error = plugin.call("table.grow", "{}").await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Failed, "{error:?}");
            assert!(error.message.starts_with("the component needs more memory than the host gives"), "{error:?}");
        }
    });
}

#[test]
fn endless_loops_leave_room_for_other_calls() {
    net::run(async {
        let plugin = plugin("https://rogue.invalid").await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let plugin = plugin.clone();
            calls.spawn(async move {
                let error = exhaust(&plugin, "time").await;
                assert_eq!(error.kind, ErrorKind::TimedOut, "{error:?}");
            });
        }
        for _ in 0..10 {
            works(&plugin).await;
        }
        net::all(calls).await;
    });
}

#[test]
fn a_long_lived_instance_makes_more_calls_than_it_may_have_handles() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let accelo = net::plugin("accelo", mock.settings().iter().cloned()).await;
        let (mut store, instance) = outwit::embed::instantiate(&accelo).await.unwrap();
        for count in 0..400 {
            let called = net::call_in(&mut store, &instance, "accelo.get-staff", r#"{"id": "21"}"#).await;
            called.unwrap_or_else(|problem| panic!("{count}: {problem:?}"));
        }
    });
}
