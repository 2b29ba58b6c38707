//! A vendor that is linked from data is the vendor that is compiled: `host-test/linked/acme` and `host-test/guests/acme`.

use http_body_util::BodyExt;
use outwit::embed::{Body, RequestOptions, Sending, Testing, Transport, body};
use outwit::{Account, CallHandle, CodeCache, Consent, Host, Options, Plugin, Settings};
use outwit_host_test::{build, call_typed, root};
use outwit_link::vendor::{Auth, ClientAuth, Grant};
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
            let kind =
                if path.ends_with("/advice") || path == "/v1/log" { "text/event-stream" } else { "application/json" };
            let (status, answer) = match (parts.method.as_str(), path.as_str()) {
                ("POST", "/oauth/token") => {
                    let expires = r#""token_type":"Bearer","expires_in":3600,"refresh_token":"r-1","user":{"email":"a@b.example"}}"#;
                    (200, format!(r#"{{"access_token":"t-1",{expires}"#))
                }
                ("POST", "/v1/owners/12/advice") => (200, CHAT.to_owned()),
                ("POST", "/v1/owners/13/advice") => (200, MESSAGES.to_owned()),
                ("POST", "/v1/owners/14/advice") => (200, FAILING.to_owned()),
                ("POST", "/v1/owners/15/advice") => (429, r#"{"message":"later"}"#.to_owned()),
                ("GET", "/v1/log") => (200, "data: {\"a\":1}\n\ndata: [2]\n\n".to_owned()),
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
            Ok(http::Response::builder().status(status).header("content-type", kind).body(body(answer)).unwrap())
        })
    }
}

/// A stream in the shape that several vendors of language models use: `choices`, and `[DONE]`.
const CHAT: &str = r#"data: {"id":"c-1","choices":[{"delta":{"role":"advisor","content":""}}]}

data: {"id":"c-1","choices":[{"delta":{"content":"Buy "}}]}

data: {"id":"c-1","choices":[{"delta":{"content":"lamps."}}]}

data: {"id":"c-1","choices":[{"delta":{},"finish_reason":"stop"}]}

data: [DONE]

"#;
/// One whose events have names and types.
const MESSAGES: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"m-1"}}

event: content_block_delta
data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Sell."}}

event: message_stop
data: {"type":"message_stop"}

"#;
/// One that fails on the way.
const FAILING: &str = r#"data: {"delta":{"text":"Wait"}}

data: {"error":{"type":"overloaded","message":"Too many questions"}}

"#;

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

fn oauth_wit() -> String {
    outwit_link::oauth::wit("acme", "oauth", Grant::AuthorizationCode)
}

fn linked(variant: Variant) -> Vec<u8> {
    let (vendor, wit) = source();
    linked_of(&vendor, &wit, variant)
}

fn linked_of(vendor: &Vendor, wit: &str, variant: Variant) -> Vec<u8> {
    let source = Source { vendor, wit: &[("acme.wit", wit), ("oauth.wit", &oauth_wit())], version: VERSION };
    outwit_link::link(&source, variant, outwit::ENGINE, &Wasmtime).unwrap()
}

fn settings() -> Settings {
    [
        ("ACME_SITE", "lamps"),
        ("ACME_TOKEN", "t-0"),
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
        ("ask-advice", json!({ "owner-id": "12", "question": "Buy?" })),
        ("ask-advice", json!({ "owner-id": "13", "question": "Sell?" })),
        ("ask-advice", json!({ "owner-id": "14", "question": "Wait?" })),
        ("ask-advice", json!({ "owner-id": "15", "question": "Now?" })),
        ("ask-again", json!({ "owner-id": "12", "question": "Buy?" })),
        ("follow-log", json!({})),
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
    assert_eq!(expected.iter().filter(|ok| **ok).count(), 13, "{expected:?}");
    let sent = one_noted.0.lock().unwrap().clone();
    assert_eq!(sent, *other_noted.0.lock().unwrap());
    // What both say, said by nobody's code: twelve requests by name, of which the host added the credentials.
    assert_eq!(
        sent[2][1],
        "https://lamps.acme.example/v1/owners/12/things?limit=3&label%5B%5D=a&label%5B%5D=b+c&states=Here&states=OTW&filter=%7B%22x%22%3A%5B1%5D%7D&api-version=7&api_key=k%2B1%262"
    );
    assert!(sent.iter().any(|line| line[3] == "text=Hi+%26+bye&copies%5B0%5D=x&copies%5B1%5D=y"));
    assert!(sent.iter().all(|line| line[2].to_string().contains("acme-version")));
    assert!(sent.iter().any(|line| line[3] == r#"{"question":"Buy?","stream":true}"#), "{sent:?}");
    assert!(sent.iter().any(|line| line[3] == "question=Buy%3F&stream=true"), "{sent:?}");
    for intent in ["create a thing", "tell an owner something", "acme.read-rules"] {
        assert_eq!(one.search(intent, 5).await.unwrap(), other.search(intent, 5).await.unwrap());
    }
}

/// What the events of [`CHAT`] and the others say, and what the typed resource gives piece by piece.
#[tokio::test]
async fn a_linked_vendor_streams() {
    let (plugin, _) = loaded(&linked(Variant::Operations)).await;
    let asked = |owner: u32| json!({ "owner-id": owner.to_string(), "question": "?" });
    let called = async |owner: u32| plugin.call("acme.ask-advice", &asked(owner).to_string()).await;
    let whole = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let chat = whole(&called(12).await.unwrap());
    assert_eq!((&chat["reply-text"], &chat["complete"]), (&json!("Buy lamps."), &json!(true)));
    assert_eq!(chat["data"][1]["choices"][0]["finish_reason"], "stop");
    let messages = whole(&called(13).await.unwrap());
    assert_eq!((&messages["reply-text"], &messages["complete"]), (&json!("Sell."), &json!(true)));
    assert_eq!(messages["data"].as_array().map(Vec::len), Some(2));
    let failed = called(14).await.unwrap_err();
    assert_eq!(failed.code.as_deref(), Some("overloaded"));
    assert!(failed.message.contains("Too many questions"), "{failed}");
    assert_eq!(failed.details.unwrap()["text"], "Wait");
    // None of these events has a text where this operation looks for it.
    let again = whole(&plugin.call("acme.ask-again", &asked(12).to_string()).await.unwrap());
    assert_eq!((&again["reply-text"], again["data"].as_array().map(Vec::len)), (&Value::Null, Some(4)));
    let log = whole(&plugin.call("acme.follow-log", "{}").await.unwrap());
    assert_eq!(log, json!({ "complete": true, "data": [{ "a": 1 }, [2]] }));
    let typed = call_typed(&plugin, "acme.ask-advice", &asked(12)).await.unwrap().unwrap().unwrap();
    assert_eq!(typed["reply-text"], "Buy lamps.");
}

/// The host's OAuth works with a linked vendor as with a compiled one: RFC 6749, 2.3.1, 4.1 and 4.4.
#[tokio::test]
async fn a_linked_vendor_has_tokens_of_oauth() {
    for component in [linked(Variant::Operations), build::acme().to_vec()] {
        let (plugin, noted) = loaded(&component).await;
        let settings: Settings =
            [("ACME_SITE", "lamps"), ("ACME_CLIENT_ID", "me"), ("ACME_CLIENT_SECRET", "s:1+%")].into_iter().collect();
        let account = Account::new(&plugin, "default", settings, None).unwrap();
        let thing = json!({ "owner-id": "12", "display-name": "Lamp" }).to_string();
        account.call("acme.create-thing", &thing, &CallHandle::new()).await.unwrap();
        let sent = noted.0.lock().unwrap().clone();
        assert_eq!(sent[0][1], "https://id.acme.example/oauth/token");
        assert_eq!(sent[0][3], "grant_type=client_credentials&scope=things%3Aread+things%3Awrite");
        // `me:s%3A1%2B%25`, as RFC 6749, appendix B, encodes both.
        assert!(sent[0][2].to_string().contains("authorization: Basic bWU6cyUzQTElMkIlMjU=\""), "{sent:?}");
        assert!(sent[1][2].to_string().contains("authorization: Bearer t-1"), "{sent:?}");
        let consent = Consent { redirect_uri: "http://127.0.0.1:8917/callback", state: "x y", scope: None };
        let url = account.consent_url(&consent).await.unwrap();
        assert_eq!(
            url,
            "https://acme.example/allow?client_id=me&prompt=yes&redirect_uri=http%3A%2F%2F127.0.0.1%3A8917%2Fcallback\
             &response_type=code&scope=things%3Aread+things%3Awrite&state=x+y"
        );
        let who = account.login("c-1", &consent).await.unwrap();
        assert_eq!(who.0["email"], "a@b.example");
        let sent = noted.0.lock().unwrap().clone();
        let asked = "grant_type=authorization_code&code=c-1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8917%2Fcallback";
        assert_eq!(sent.last().unwrap()[3], asked);
    }
}

#[test]
fn the_wit_of_oauth_is_the_linkers() {
    let file = root().join("host-test/linked/acme/wit/oauth.wit");
    assert_eq!(std::fs::read_to_string(file).unwrap(), oauth_wit());
}

/// An account whose client proves itself so, which has made a thing with a token of its own.
async fn proving(client_auth: ClientAuth, secret: &str) -> (Account, Noted) {
    let (mut vendor, wit) = source();
    let Auth::OAuth(facts) = &mut vendor.auth else { panic!("{:?}", vendor.auth) };
    facts.client_auth = client_auth;
    let (plugin, noted) = loaded(&linked_of(&vendor, &wit, Variant::Operations)).await;
    let settings: Settings =
        [("ACME_SITE", "lamps"), ("ACME_CLIENT_ID", "me"), ("ACME_CLIENT_SECRET", secret)].into_iter().collect();
    let account = Account::new(&plugin, "default", settings, None).unwrap();
    let thing = json!({ "owner-id": "12", "display-name": "Lamp" }).to_string();
    account.call("acme.create-thing", &thing, &CallHandle::new()).await.unwrap();
    (account, noted)
}

/// The parameters of RFC 6749, 2.3.1, whether the host asks for a token or the operation does.
#[tokio::test]
async fn a_client_proves_itself_in_the_body_where_the_facts_say_so() {
    let (account, noted) = proving(ClientAuth::Body, "s&1").await;
    let code = json!({ "grant-type": "authorization_code", "authorization-code": "c-1" }).to_string();
    account.call("acme.exchange-token", &code, &CallHandle::new()).await.unwrap();
    let consent = Consent { redirect_uri: "http://127.0.0.1:8917/callback", state: "x", scope: None };
    assert!(account.consent_url(&consent).await.unwrap().contains("client_id=me&"));
    let sent = noted.0.lock().unwrap().clone();
    let client = "client_id=me&client_secret=s%261";
    assert_eq!(sent[0][3], format!("grant_type=client_credentials&scope=things%3Aread+things%3Awrite&{client}"));
    assert_eq!(sent[2][3], format!("grant_type=authorization_code&code=c-1&{client}"));
    for asked in [&sent[0], &sent[2]] {
        assert_eq!(asked[1], "https://id.acme.example/oauth/token");
        assert!(!asked[2].to_string().contains("authorization:"), "{asked}");
    }
}

/// What some vendors document instead of RFC 6749: both as they are, before Base64.
#[tokio::test]
async fn a_client_is_not_encoded_where_the_facts_say_so() {
    let (_, noted) = proving(ClientAuth::BasicUnencoded, "s:1+%").await;
    let sent = noted.0.lock().unwrap().clone();
    assert!(sent[0][2].to_string().contains("authorization: Basic bWU6czoxKyU=\""), "{sent:?}");
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
        let source =
            Source { vendor: &vendor, wit: &[("acme.wit", &wit), ("oauth.wit", &oauth_wit())], version: VERSION };
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
    let source = Source { vendor: &vendor, wit: &[("acme.wit", &wit), ("oauth.wit", &oauth_wit())], version: VERSION };
    for cut in [0, 1, 7, 50, 200, 500] {
        let made = outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Broken(cut, 0));
        assert!(made.is_err(), "cut after {cut} bytes");
    }
    for at in 0..40 {
        // A changed byte may still be facts, of something else; it never hangs the engine or breaks the linker.
        _ = outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Broken(at * 17, 0x81));
    }
}
