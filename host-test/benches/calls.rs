//! What a sandboxed call costs beside the same request made natively, in one run:
//!
//! ```text
//! cargo bench -p outwit-host-test
//! ```
//!
//! The reply is a list of 20 activities. Times depend on the machine; the ratios that are printed last depend less.

use axum::Router;
use axum::routing::get;
use criterion::Criterion;
use http::{Request, Response};
use outwit::{Body, CodeCache, Host, Options, Plugin, Plugins, RequestOptions, Sending, Settings, Transport, body};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::{Arc, mpsc};
use tokio::runtime::Runtime;

const OPERATION: &str = "accelo.list-activities";
const INPUT: &str = r#"{"limit": 20, "fields": ["medium", "billable", "nonbillable", "staff()"]}"#;

/// Answers at once, without a socket.
struct Instant(bytes::Bytes);

impl Transport for Instant {
    fn send(&self, _: Request<Body>, _: RequestOptions) -> Sending {
        let response = Response::builder().header("content-type", "application/json").body(body(self.0.clone()));
        Box::pin(async move { Ok(response.expect("a constant")) })
    }
}

fn reply() -> String {
    let activity = |index: u32| {
        json!({
            "id": (20_000 + index).to_string(),
            "subject": format!("Quarterly planning meeting {index}"),
            "confidential": 0,
            "medium": "meeting",
            "billable": "0",
            "nonbillable": "2700",
            "staff": { "id": "21", "firstname": "Mirela", "surname": "Osei" },
        })
    };
    let activities: Vec<Value> = (0..20).map(activity).collect();
    json!({ "meta": { "status": "ok" }, "response": activities }).to_string()
}

/// A server on a thread of its own; gives its address.
fn server() -> String {
    let (ready, address) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
            ready.send(listener.local_addr().expect("it is bound")).expect("somebody waits");
            let reply: &'static str = reply().leak();
            let json = move || async move { ([("content-type", "application/json")], reply) };
            axum::serve(listener, Router::new().route("/api/v0/activities", get(json))).await
        })
    });
    format!("http://{}", address.recv().expect("the server starts"))
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn plugin(transport: Option<Arc<dyn Transport>>, url: &str) -> Plugin {
    let host = Host::new(Options { transport, code_cache: CodeCache::User, ..Options::default() }).expect("a host");
    let component = Plugins::embedded().component("accelo").expect("readable").expect("embedded");
    let settings: Settings = [("ACCELO_BASE_URL", url), ("ACCELO_TOKEN", "token")].into_iter().collect();
    host.load(&component, settings).await.expect("it loads")
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = runtime();
    let url = server();
    let in_process = runtime.block_on(plugin(Some(Arc::new(Instant(reply().into()))), "http://127.0.0.1:9"));
    let over_http = runtime.block_on(plugin(None, &url));
    let native = net::client();
    let request = format!("{url}/api/v0/activities?_limit=20&_fields=medium,billable,nonbillable,staff()");
    criterion.bench_function("instantiate", |bench| {
        bench.to_async(&runtime).iter(|| async { black_box(in_process.instantiate().await.expect("an instance")) });
    });
    criterion.bench_function("call, in-process reply", |bench| {
        bench.to_async(&runtime).iter(|| async { in_process.call(OPERATION, INPUT).await.expect("a list") });
    });
    criterion.bench_function("call, loopback HTTP", |bench| {
        bench.to_async(&runtime).iter(|| async { over_http.call(OPERATION, INPUT).await.expect("a list") });
    });
    criterion.bench_function("native reqwest", |bench| {
        bench.to_async(&runtime).iter(|| async {
            let response = native.get(&request).bearer_auth("token").send().await.expect("an answer");
            let bytes = response.bytes().await.expect("a body");
            serde_json::from_slice::<Value>(&bytes).expect("JSON")
        });
    });
    criterion.final_summary();
    report();
}

/// The ratios, and the size of each component.
fn report() {
    let Some(native) = median("native reqwest") else {
        return println!("no ratios: criterion's estimates are not where they are looked for, in target/criterion");
    };
    println!("{:<24} {:>10} {:>18}", "", "median", "× native reqwest");
    for name in ["instantiate", "call, in-process reply", "call, loopback HTTP", "native reqwest"] {
        if let Some(median) = median(name) {
            println!("{name:<24} {:>7.1} µs {:>18.2}", median / 1000.0, median / native);
        }
    }
    let plugins = Plugins::embedded();
    for name in plugins.names() {
        let size = plugins.component(name).ok().flatten().map_or(0, |bytes| bytes.len());
        println!("{name}.wasm: {size} bytes");
    }
}

/// What criterion measured, in nanoseconds.
fn median(name: &str) -> Option<f64> {
    let target = std::env::current_exe().ok()?.ancestors().find(|path| path.ends_with("target"))?.to_owned();
    let estimates = target.join("criterion").join(name).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&std::fs::read(estimates).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
