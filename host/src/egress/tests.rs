//! What leaves, with which headers, and what does not.

use super::*;
use crate::client::body;
use serde_json::json;
use std::pin::Pin;
use std::sync::Mutex;

/// Keeps what is sent, and answers nothing in particular.
#[derive(Default)]
struct Recorder(Mutex<Vec<Request<Body>>>);

impl Transport for Recorder {
    fn send(&self, request: Request<Body>, _: RequestOptions) -> crate::client::Sending {
        self.0.lock().unwrap().push(request);
        Box::pin(async { Ok(Response::new(body(""))) })
    }
}

fn catalogue() -> Arc<Catalogue> {
    let operation = |name: &str, effect: &str, method: &str, route: &str| json!({ "id": format!("acme.{name}"), "effect": effect, "method": method, "route": route });
    let mut key = operation("key", "read", "GET", "/v0/key");
    key["auth"] = json!({ "kind": "header", "header": "X-Acme-Key", "key": "ACME_KEY" });
    let mut select = operation("select", "read", "POST", "/v0/sql");
    select["body-secrets"] = json!({ "key": "ACME_SQL_KEY" });
    let mut ask = operation("ask", "read", "POST", "/v0/ask");
    ask["auth"] = json!({ "kind": "none" });
    ask["body-secrets"] = json!({ "key": "ACME_SQL_KEY" });
    let json = json!({
        "vendor": "acme", "base": "https://example.com", "method-override": "_method",
        "auth": { "kind": "bearer", "token": "ACME_TOKEN" },
        "operations": [
            operation("list", "read", "GET", "/v0/things"),
            operation("create", "write", "POST", "/v0/things"),
            select,
            ask,
            operation("delete", "destroy", "DELETE", "/v0/things/{id}"),
            key,
        ],
    });
    Arc::new(Catalogue::parse(&json.to_string()).unwrap())
}

/// Sends a request through a gate; gives what left, or why nothing did.
fn send(ceiling: Effect, method: &str, uri: &str, text: &'static str) -> Result<Request<Body>, String> {
    send_from("https://example.com", None, ceiling, method, uri, text)
}

fn send_from(
    base: &str,
    called: Option<(&str, &[&str])>,
    ceiling: Effect,
    method: &str,
    uri: &str,
    text: &'static str,
) -> Result<Request<Body>, String> {
    let recorder = Arc::new(Recorder::default());
    let settings = [("ACME_TOKEN", "t-1"), ("ACME_SQL_KEY", "a\"b"), ("ACME_BASE_URL", base)].into_iter().collect();
    let mut gate = Gate {
        policies: vec![Arc::new(Policy::of(&catalogue(), &settings, Arc::default()))],
        transport: recorder.clone(),
        called: called.map(|(id, steps)| Called {
            id: format!("acme.{id}"),
            steps: steps.iter().map(|step| format!("acme.{step}")).collect(),
        }),
        ceiling,
        trace: Arc::default(),
        watch: CallHandle::new(),
        largest: 1 << 20,
        receiving: false,
    };
    let request = Request::builder().method(method).uri(uri).body(body(text)).unwrap();
    let sending = gate.send_request(request, None, Box::new(async { Ok(()) }));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(Pin::from(sending));
    let sent = recorder.0.lock().unwrap().pop();
    assert_eq!(answer.is_ok(), sent.is_some());
    assert_eq!(gate.trace.wrote(), sent.is_some() && gate.ceiling > Effect::Read && method != "GET");
    sent.ok_or_else(|| gate.trace.refused().unwrap_or_default().to_owned())
}

#[test]
fn a_declared_request_leaves_with_its_credential() {
    let sent = send(Effect::Read, "GET", "https://example.com/v0/things?_limit=3", "").unwrap();
    assert_eq!(sent.headers()["authorization"], "Bearer t-1");
    assert_eq!(sent.uri(), "https://example.com/v0/things?_limit=3");
}

#[test]
fn what_is_not_declared_does_not_leave() {
    for (method, uri) in [
        ("GET", "https://example.com/v0/other"),
        ("PUT", "https://example.com/v0/things"),
        ("GET", "https://example.org/v0/things"),
        ("GET", "http://example.com/v0/things"),
        ("POST", "https://example.com/v0/things?_method=put"),
    ] {
        let reason = send(Effect::Destroy, method, uri, "").unwrap_err();
        assert!(!reason.is_empty(), "{method} {uri}");
    }
}

#[test]
fn a_request_that_does_more_than_it_may_does_not_leave() {
    let things = "https://example.com/v0/things";
    assert!(send(Effect::Read, "POST", things, "a=1").unwrap_err().contains("acme.create"));
    assert!(send(Effect::Write, "DELETE", &format!("{things}/1"), "").unwrap_err().contains("acme.delete"));
    assert!(send(Effect::Write, "POST", &format!("{things}/1?_method=delete"), "").is_err());
    assert!(send(Effect::Destroy, "POST", &format!("{things}/1?_method=delete"), "").is_ok());
}

#[test]
fn a_call_sends_its_own_request_and_those_of_its_steps_alone() {
    let sent = |id: &str, steps: &[&str], method: &str, path: &str| {
        let uri = format!("https://example.com/v0/{path}");
        send_from("https://example.com", Some((id, steps)), Effect::Destroy, method, &uri, "").map(|_| ())
    };
    assert_eq!(sent("list", &[], "GET", "things"), Ok(()));
    assert_eq!(sent("recipe", &["list", "create"], "POST", "things"), Ok(()));
    for (id, steps, method, path, step) in [
        ("recipe", &["list"][..], "POST", "things", "create"),
        ("recipe", &[], "GET", "things", "list"),
        ("create", &[], "DELETE", "things/1", "delete"),
    ] {
        assert_eq!(sent(id, steps, method, path), Err(format!("acme.{step} is no step of acme.{id}")));
    }
}

#[test]
fn a_post_that_stands_for_a_get_is_a_read() {
    let sent = send(Effect::Read, "POST", "https://example.com/v0/things?_method=get", "{}");
    assert!(sent.is_ok());
}

#[test]
fn a_body_that_changes_the_method_does_not_leave() {
    let reason = send(Effect::Write, "POST", "https://example.com/v0/things", "_method=delete").unwrap_err();
    assert_eq!(reason, "a body with _method");
}

#[test]
fn what_only_the_host_knows_is_put_into_a_body_and_counted() {
    for (given, sent) in
        [(r#" {"query":"SELECT 1"}"#, r#"{"key":"a\"b","query":"SELECT 1"}"#), ("{}", r#"{"key":"a\"b"}"#)]
    {
        let request = send(Effect::Read, "POST", "https://example.com/v0/sql", given).unwrap();
        assert_eq!(collected(request), sent);
    }
    for given in ["", "[]", "{", "query=1", r#"{"key":"own"}"#, r#"{"KEY":1}"#] {
        let reason = send(Effect::Read, "POST", "https://example.com/v0/sql", given).unwrap_err();
        assert!(reason.starts_with("a body that is no JSON object"), "{given}: {reason}");
    }
    let other = send(Effect::Write, "POST", "https://example.com/v0/things", r#"{"a":1}"#).unwrap();
    assert_eq!(collected(other), r#"{"a":1}"#, "other bodies stay as they are");
}

fn collected(request: Request<Body>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bytes = runtime.block_on(request.into_body().collect()).unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_request_whose_credential_is_missing_does_not_leave() {
    let reason = send(Effect::Read, "GET", "https://example.com/v0/key", "").unwrap_err();
    assert!(reason.contains("acme.key"), "{reason}");
}

#[test]
fn a_credential_does_not_leave_over_plain_http_except_to_this_machine() {
    let get = |base: &str| send_from(base, None, Effect::Read, "GET", &format!("{base}/v0/things"), "");
    assert_eq!(get("http://example.com").unwrap_err(), "the credential of acme.list over plain HTTP");
    let ask = |base: &str| send_from(base, None, Effect::Read, "POST", &format!("{base}/v0/ask"), "{}");
    assert_eq!(ask("http://example.com").unwrap_err(), "the credential of acme.ask over plain HTTP");
    assert_eq!(collected(ask("http://127.0.0.1:8080").unwrap()), r#"{"key":"a\"b"}"#);
    for base in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"] {
        assert_eq!(get(base).unwrap().headers()["authorization"], "Bearer t-1");
    }
}

#[test]
fn a_component_cannot_set_headers_that_say_who_or_where() {
    let forbidden = forbidden(&catalogue());
    for name in [
        "authorization",
        "x-acme-key",
        "host",
        "cookie",
        "connection",
        "proxy-authorization",
        "proxy-status",
        "x-forwarded-host",
        "te",
    ] {
        assert!(forbidden(&HeaderName::from_static(name)), "{name}");
    }
    for name in ["accept", "content-type", "content-length", "user-agent", "x-request-id", "retry-after"] {
        assert!(!forbidden(&HeaderName::from_static(name)), "{name}");
    }
}

#[test]
fn of_several_vendors_the_key_of_each_is_the_hosts_alone() {
    let other = json!({ "vendor": "initech", "base": "https://initech.example" });
    let other = Arc::new(Catalogue::parse(&other.to_string()).unwrap());
    let policies = [catalogue(), other].map(|one| Arc::new(Policy::of(&one, &Settings::default(), Arc::default())));
    let mut gate = Gate {
        policies: policies.to_vec(),
        transport: Arc::new(Recorder::default()),
        called: None,
        ceiling: Effect::Read,
        trace: Arc::default(),
        watch: CallHandle::new(),
        largest: 1 << 20,
        receiving: false,
    };
    let forbidden = gate.forbidden_header_filter();
    assert!(forbidden(&HeaderName::from_static("x-acme-key")) && !forbidden(&HeaderName::from_static("accept")));
}

/// A name of the vendor's own may lead into the host's network; an address that somebody configured is meant.
#[test]
fn a_vendors_own_address_has_to_be_a_public_one() {
    for (configured, uri, public) in
        [("", "https://example.com/v0/things", true), ("https://10.0.0.1", "https://10.0.0.1/v0/things", false)]
    {
        let sent = send_from(configured, None, Effect::Read, "GET", uri, "").unwrap();
        assert_eq!(sent.extensions().get::<crate::public_addr::PublicOnly>().is_some(), public, "{uri}");
    }
}
