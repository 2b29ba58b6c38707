//! A vendor that is linked from data is the vendor that is compiled: `host-test/linked/acme` and `host-test/guests/acme`.

use http_body_util::BodyExt;
use outwit::embed::{Body, RequestOptions, Sending, Testing, Transport, body};
use outwit::{CodeCache, Host, Options, Plugin, Settings};
use outwit_host_test::{build, call_typed, root};
use outwit_link::{Run, Snapshot, Source, Variant, Vendor};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Answers each request with what the path asks for, and notes the request.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<Value>>>);

impl Transport for Noted {
    fn send(&self, request: http::Request<Body>, _: RequestOptions) -> Sending {
        let noted = self.0.clone();
        Box::pin(async move {
            let (parts, sent) = request.into_parts();
            let sent = sent.collect().await?.to_bytes();
            let path = parts.uri.path().to_owned();
            let headers: Vec<String> = parts
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
                .collect();
            let line = json!([parts.method.as_str(), parts.uri.to_string(), headers, String::from_utf8_lossy(&sent)]);
            noted.lock().unwrap().push(line);
            let thing = r#"{"id":7,"displayNAME":"Lamp","amount":"3","balance":-5,"isNew":"yes","fate":"wassold","colour":"red",
                "parts":[{"partId":"p-1","weights":[1.5,2],"labels":["a"]},{}]}"#;
            let (status, answer) = match (parts.method.as_str(), path.as_str()) {
                ("GET", "/v1/rules") => (200, "Be kind.\n".to_owned()),
                ("GET", "/v1/owners/404/things") => {
                    (404, r#"{"code":"none","error":{"message":"no owner"}}"#.to_owned())
                }
                ("GET", _) => (200, format!(r#"{{"data":[{thing},{{"fate":"melted"}}]}}"#)),
                ("DELETE", _) | ("PUT", _) => (204, String::new()),
                (_, "/v1/owners/500/things") => (500, r#"{"message":"later"}"#.to_owned()),
                (_, "/v1/owners/9/things") => (200, r#"{"error":"not made"}"#.to_owned()),
                (_, path) if path.ends_with(".json") => (202, r#"{"queued":true}"#.to_owned()),
                _ => (201, thing.to_owned()),
            };
            Ok(http::Response::builder().status(status).body(body(answer)).unwrap())
        })
    }
}

/// The engine is compiled once for all that link here.
fn cache() -> CodeCache {
    CodeCache::Folder(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("linked"))
}

struct Wasmtime;

impl Snapshot for Wasmtime {
    fn run(&self, run: &Run<'_>) -> anyhow::Result<(Vec<u8>, i32)> {
        Ok(outwit::snapshot(run.engine, run.structure, run.structure_at, run.texts, &cache())?)
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn source() -> (Vendor, String) {
    let folder = root().join("host-test/linked/acme");
    let facts = std::fs::read_to_string(folder.join("vendor.toml")).unwrap();
    (toml::from_str(&facts).unwrap(), std::fs::read_to_string(folder.join("wit/acme.wit")).unwrap())
}

fn linked(variant: Variant) -> Vec<u8> {
    let (vendor, wit) = source();
    let source = Source { vendor: &vendor, wit: &[("acme.wit", &wit)], version: VERSION };
    outwit_link::link(&source, variant, outwit::ENGINE, &Wasmtime).unwrap()
}

fn settings() -> Settings {
    [
        ("ACME_SITE", "lamps"),
        ("ACME_KEY", "k+1&2"),
        ("ACME_SESSION", "s1"),
        ("ACME_API_VERSION", "7"),
        ("OUTWIT_TRIES", "1"),
    ]
    .into_iter()
    .collect()
}

async fn loaded(component: &[u8]) -> (Plugin, Noted) {
    let noted = Noted::default();
    let testing = Testing { transport: Some(Arc::new(noted.clone())), ..Testing::default() };
    let options = Options { code_cache: CodeCache::Off, testing, ..Options::default() };
    (Host::new(options).unwrap().load(component, settings()).await.unwrap(), noted)
}

fn inputs() -> Vec<(&'static str, Value)> {
    let all = json!({
        "owner-id": "12", "display-name": "Lamp", "amount": 3, "balance": -9_007_199_254_740_993_i64, "weight": 0.5, "state": "on-the-way",
        "dry-run": true, "idempotency-key": "i-1", "parts": [{ "part-id": "p", "weights": [1.0, 2.5], "labels": ["x", "y z"] }],
        "extra": { "colour": "red", "displayNAME": "not this one" },
    });
    vec![
        ("list-things", json!({ "owner-id": "12" })),
        (
            "list-things",
            json!({ "owner-id": "12", "limit": 3, "labels": ["a", "b c"], "states": ["here", "on-the-way"], "filter": { "x": [1] } }),
        ),
        ("list-things", json!({ "owner-id": "404" })),
        ("list-things", json!({ "owner-id": "a/b" })),
        ("create-thing", json!({ "owner-id": "12", "display-name": "Lamp" })),
        ("create-thing", all),
        ("create-thing", json!({ "owner-id": "500", "display-name": "Lamp" })),
        ("create-thing", json!({ "owner-id": "9", "display-name": "Lamp" })),
        ("replace-labels", json!({ "thing-id": "7", "labels": ["a", "b"] })),
        ("delete-thing", json!({ "thing-id": "7" })),
        ("delete-thing", json!({ "thing-id": "7", "reason": "old" })),
        ("send-message", json!({ "address": "a+b@c.example", "text": "Hi & bye", "copies": ["x", "y"] })),
        ("read-rules", json!({})),
    ]
}

#[tokio::test]
async fn a_linked_vendor_is_the_compiled_one() {
    let compiled = build::acme();
    let made = linked(Variant::Operations);
    assert_eq!(made, linked(Variant::Operations), "linking gives the same bytes each time");
    let (one, one_noted) = loaded(&made).await;
    let (other, other_noted) = loaded(compiled).await;
    assert_eq!(one.describe(), other.describe());
    assert_eq!(wit_of(&made), wit_of(compiled));
    // Compiled, the vendor carries less of the kit; with many operations, the linked one is the smaller.
    assert!(made.len() * 100 <= compiled.len() * 110, "{} against {} bytes", made.len(), compiled.len());
    let mut expected = Vec::new();
    for (operation, input) in inputs() {
        let id = format!("acme.{operation}");
        let by_name = one.call(&id, &input.to_string()).await;
        assert_eq!(by_name, other.call(&id, &input.to_string()).await, "{id} {input}");
        expected.push(by_name.is_ok());
        let typed = call_typed(&one, &id, &input).await.unwrap();
        assert_eq!(typed, call_typed(&other, &id, &input).await.unwrap(), "{id} {input}");
    }
    assert_eq!(expected.iter().filter(|ok| **ok).count(), 9, "{expected:?}");
    let sent = one_noted.0.lock().unwrap().clone();
    assert_eq!(sent, *other_noted.0.lock().unwrap());
    // What both say, said by nobody's code: twelve requests by name, of which the host added the credentials.
    assert_eq!(
        sent[2][1],
        "https://lamps.acme.example/v1/owners/12/things?limit=3&label%5B%5D=a&label%5B%5D=b+c&states=Here&states=OTW&filter=%7B%22x%22%3A%5B1%5D%7D&api-version=7&api_key=k%2B1%262"
    );
    assert!(sent.iter().any(|line| line[3] == "text=Hi+%26+bye&copies%5B0%5D=x&copies%5B1%5D=y"));
    assert!(sent.iter().all(|line| line[2].to_string().contains("acme-version")));
    for intent in ["create a thing", "tell an owner something", "acme.read-rules"] {
        assert_eq!(one.search(intent, 5).await.unwrap(), other.search(intent, 5).await.unwrap());
    }
}

fn wit_of(component: &[u8]) -> String {
    let decoded = wit_component::decode(component).unwrap();
    let mut printer = wit_component::WitPrinter::default();
    printer.print(decoded.resolve(), decoded.package(), &[]).unwrap();
    printer.output.to_string()
}

#[test]
fn tools_of_a_linked_vendor_are_plain_functions() {
    let tools = linked(Variant::Tools);
    let wit = wit_of(&tools);
    for function in ["acme-list-things", "acme-create-thing", "acme-read-rules"] {
        assert!(wit.contains(&format!("export {function}: func(")), "{wit}");
    }
    assert!(!wit.contains("outwit:plugin/operations"), "{wit}");
}

#[test]
fn facts_that_do_not_fit_are_named() {
    let (vendor, wit) = source();
    let refused = |change: &dyn Fn(&mut Vendor)| {
        let mut vendor = vendor.clone();
        change(&mut vendor);
        let source = Source { vendor: &vendor, wit: &[("acme.wit", &wit)], version: VERSION };
        format!("{:#}", outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Wasmtime).unwrap_err())
    };
    let operation = |vendor: &mut Vendor, change: &dyn Fn(&mut outwit_link::vendor::Operation)| {
        change(vendor.operations.get_mut("list-things").unwrap());
    };
    type Change<'c> = &'c dyn Fn(&mut Vendor);
    let cases: [(Change<'_>, &str); 9] = [
        (&|v| v.base = "ftp://x".into(), "base: "),
        (&|v| v.name = "other".into(), "other"),
        (&|v| _ = v.operations.remove("send-message"), "operations.send-message"),
        (&|v| _ = v.settings.pop(), "queries: ACME_API_VERSION"),
        (
            &|v| operation(v, &|o| o.route = "/x/{nobody}".into()),
            "operations.list-things: route: the input has no field nobody",
        ),
        (&|v| operation(v, &|o| o.route = "/x/{NOBODY}".into()), "operations.list-things: route: NOBODY"),
        (&|v| operation(v, &|o| o.route = "/../x".into()), "operations.list-things: route: "),
        (
            &|v| operation(v, &|o| _ = o.input.insert("nobody".into(), Default::default())),
            "operations.list-things: input.nobody",
        ),
        (&|v| v.headers[0].0 = "host".into(), "headers: host"),
    ];
    for (change, expected) in cases {
        let message = refused(change);
        assert!(message.contains(expected), "{message}: expected {expected}");
    }
}

/// Facts that break off or are changed trap in the engine: they never become a component.
#[test]
fn broken_facts_never_become_a_component() {
    struct Broken(usize, u8);
    impl Snapshot for Broken {
        fn run(&self, run: &Run<'_>) -> anyhow::Result<(Vec<u8>, i32)> {
            let mut structure = run.structure.to_vec();
            match self.1 {
                0 => structure.truncate(self.0 % structure.len()),
                byte => {
                    let at = self.0 % structure.len();
                    structure[at] ^= byte;
                }
            }
            Ok(outwit::snapshot(run.engine, &structure, run.structure_at, run.texts, &cache())?)
        }
    }
    let (vendor, wit) = source();
    let source = Source { vendor: &vendor, wit: &[("acme.wit", &wit)], version: VERSION };
    for cut in [0, 1, 7, 50, 200, 500] {
        let made = outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Broken(cut, 0));
        assert!(made.is_err(), "cut after {cut} bytes");
    }
    for at in 0..40 {
        // A changed byte may still be facts, of something else; it never hangs the engine or breaks the linker.
        _ = outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Broken(at * 17, 0x81));
    }
}
