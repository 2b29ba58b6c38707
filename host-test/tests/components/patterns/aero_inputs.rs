//! Aero Workflow: what a caller asks for is what the vendor gets, or an error comes first. So it is also where the vendor ignores
//! members that it does not know, and counts absent numbers as 0.
//!
//! Each row of `aero_inputs.json` is an operation and an input. `sent` has the requests, written from the vendor's document:
//! method, path after `/api/{accountId}` with a `*` for an id that is not known before, and the body. Of recipes it has the writes
//! only. `error` has kind and field of the error; without `sent` nothing must have been written. `switch` is one of the mock's,
//! `without` a setting that is not there.

use super::Vendor;
use axum::Router;
use axum::http::StatusCode;
use outwit::{ErrorKind, Options, Plugin, Settings};
use outwit_mocks::{Seen, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::net::TcpListener;

fn rows() -> Vec<Value> {
    serde_json::from_str(include_str!("aero_inputs.json")).unwrap()
}

#[tokio::test]
async fn where_unknown_members_are_refused_the_vendor_gets_what_was_asked_for() {
    all_hold("refuse").await;
}

#[tokio::test]
async fn where_unknown_members_are_ignored_the_vendor_gets_what_was_asked_for() {
    all_hold("ignore").await;
}

#[tokio::test]
async fn where_absent_numbers_are_0_the_vendor_gets_what_was_asked_for() {
    all_hold("zero").await;
}

async fn all_hold(members: &str) {
    let Vendor { plugin, .. } = Vendor::start("aero").await;
    let mut wrong = Vec::new();
    for row in rows() {
        if let Err(difference) = holds(&plugin, members, &row).await {
            wrong.push(format!("{} {}: {difference}", row["operation"].as_str().unwrap(), row["input"]));
        }
    }
    assert!(wrong.is_empty(), "members={members}, {} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// Calls the component with a mock of its own.
async fn holds(plugin: &Plugin, members: &str, row: &Value) -> Result<(), String> {
    let mock = outwit_mocks::start("aero", "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let given = mock.settings().iter().filter(|(name, _)| row["without"] != **name);
    let settings: Settings = given.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let aero = Vendor { plugin: plugin.with_settings(settings), mock };
    aero.switch(&format!("members={members}&{}", row["switch"].as_str().unwrap_or_default())).await;
    let operation = row["operation"].as_str().unwrap();
    let outcome = aero.attempt(operation, row["input"].clone()).await;
    let actual = outcome.as_ref().err().map_or(Value::Null, |error| json!([error.kind.as_str(), error.field]));
    if actual != row["error"] {
        return Err(format!("expected the error {}, got {outcome:?}", row["error"]));
    }
    let is_recipe = recipes(plugin).contains(operation);
    let seen = aero.mock.seen().into_iter().filter(|seen| !is_recipe || seen.method != "GET");
    let seen: Vec<Value> = seen.map(|seen| request(&aero.mock, &seen)).collect();
    let expected = row["sent"].as_array().map_or(&[][..], Vec::as_slice);
    let same = seen.len() == expected.len() && seen.iter().zip(expected).all(|(seen, expected)| is(seen, expected));
    if same { Ok(()) } else { Err(format!("expected the requests {}, got {}", json!(expected), json!(seen))) }
}

/// The operations that are no request of the vendor's, but several.
fn recipes(plugin: &Plugin) -> BTreeSet<String> {
    let operations = plugin.catalogue().operations.iter().filter(|operation| operation.interface == "recipes");
    operations.map(|operation| name(&operation.id).to_owned()).collect()
}

/// An operation's name without the vendor's.
fn name(id: &str) -> &str {
    id.strip_prefix("aero.").unwrap_or(id)
}

/// A request as the rows have it.
fn request(mock: &Server, seen: &Seen) -> Value {
    let account = mock.settings().iter().find(|(name, _)| name == "AERO_ACCOUNT_ID").map(|(_, value)| value).unwrap();
    let path = seen.path.strip_prefix(&format!("/api/{account}")).unwrap_or(&seen.path);
    let query = form_urlencoded::parse(seen.query.as_bytes()).map(|(name, value)| format!("{name}={value}"));
    let query = query.collect::<Vec<_>>().join("&");
    let line = format!("{} {path}{}{query}", seen.method, if query.is_empty() { "" } else { "?" });
    if seen.body.is_empty() {
        return json!([line]);
    }
    json!([line, serde_json::from_slice::<Value>(&seen.body).unwrap_or(Value::Null)])
}

fn is(seen: &Value, expected: &Value) -> bool {
    let words =
        |request: &Value| request[0].as_str().unwrap_or_default().split('/').map(str::to_owned).collect::<Vec<_>>();
    let (path, pattern) = (words(seen), words(expected));
    let fits = path.len() == pattern.len() && path.iter().zip(&pattern).all(|(word, one)| one == "*" || word == one);
    fits && same(&seen[1], &expected[1])
}

/// Whether these are the same, where 1 and 1.0 are.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

#[tokio::test]
async fn the_rows_have_every_operation() {
    let Vendor { plugin, .. } = Vendor::start("aero").await;
    let rows = rows();
    let tried: BTreeSet<&str> = rows.iter().filter_map(|row| row["operation"].as_str()).collect();
    let offered: BTreeSet<&str> = plugin.catalogue().operations.iter().map(|operation| name(&operation.id)).collect();
    assert_eq!(tried, offered);
}

/// The mock sends it back, as the vendor's document has it.
#[tokio::test]
async fn the_secret_of_a_vault_entry_never_comes_out() {
    let long = "correct horse battery staple ".repeat(200);
    let encrypted = "$2b$12$KIXQ4yqE0z8mPaL3v9h7ue/9gq1b7r3s5t7u9w1y3A5C7E9G1I3K5";
    for secret in ["x", "abc", "7391", "hush-hush-7", "p\"w\\d\n\u{e9}", "true", encrypted, long.trim()] {
        let aero = Vendor::start("aero").await;
        let entry = json!({ "name": "Bank", "type": "bank", "security-level": "sl5", "secured-value": secret });
        let mut of_company = entry.clone();
        of_company["company-id"] = json!("3301");
        let client = json!({ "company": { "name": "Birchwood Films" }, "vault-entry": entry });
        for (operation, input, members) in [
            ("create-vault-entry", of_company, &["id", "name", "type", "security-level"][..]),
            ("onboard-client", client, &["company-id", "company-name", "vault-entry-id"]),
        ] {
            let made = aero.call(operation, input).await;
            let sent: Value = serde_json::from_slice(&aero.mock.seen().last().unwrap().body).unwrap();
            assert_eq!(sent["securedValue"], secret, "{operation}: the vendor gets it as it is");
            let names: Vec<&String> = made.as_object().unwrap().keys().collect();
            assert!(names.iter().all(|name| *name != "extra" && !name.contains("secured")), "{operation}: {made}");
            assert!(members.iter().all(|name| made[*name].is_string()), "{operation}: {made}");
            // A text of one letter is also in others.
            let holds = made.as_object().unwrap().values().any(|value| value == secret);
            assert!(!holds && (secret.len() < 5 || !made.to_string().contains(secret)), "{operation}: {made}");
        }
    }
}

/// The component, at a vendor that has one answer to everything.
async fn answering(status: StatusCode, reply: Value) -> Vendor {
    let reply = (status, [("content-type", "application/json")], reply.to_string());
    let app = Router::new().fallback(move || async move { reply });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Vendor::with("aero", &[("AERO_BASE_URL", &base)], Options::default()).await
}

/// What comes back need not be what was given: it may be encrypted, or no text.
#[tokio::test]
async fn another_form_of_the_secret_of_a_vault_entry_does_not_come_out_either() {
    const CIPHER: &str = "c2VjcmV0LWluLWJhc2U2NA==";
    for form in [json!(CIPHER), json!([CIPHER]), json!({ "algorithm": "AES", "text": CIPHER }), json!(73_915_246)] {
        let reply = json!({ "id": 9, "name": "Bank", "type": "bank", "securityLevel": "sl5", "securedValue": form });
        let aero = answering(StatusCode::CREATED, reply).await;
        let entry = json!({ "name": "Bank", "type": "bank", "security-level": "sl5", "secured-value": "hush-hush-7" });
        let mut of_company = entry.clone();
        of_company["company-id"] = json!("3301");
        let made = aero.call("create-vault-entry", of_company).await;
        assert_eq!(made, json!({ "id": "9", "name": "Bank", "type": "bank", "security-level": "sl5" }));
        let client = json!({ "company": { "name": "Bank" }, "vault-entry": entry });
        let onboarded = aero.call("onboard-client", client).await;
        assert_eq!(onboarded, json!({ "company-id": "9", "company-name": "Bank", "vault-entry-id": "9" }));
    }
}

/// A refusal may quote what it refuses.
#[tokio::test]
async fn a_refusal_that_quotes_the_secret_of_a_vault_entry_does_not_show_it() {
    const SECRET: &str = "hush \"hush\" 7\\8";
    for reply in [
        json!({ "errors": { "SecuredValue": [format!("'{SECRET}' is too short.")] } }),
        json!({ "message": format!("{SECRET} is not allowed") }),
    ] {
        let aero = answering(StatusCode::BAD_REQUEST, reply).await;
        let entry = json!({
            "company-id": "3301", "name": "Bank", "type": "bank", "security-level": "sl5", "secured-value": SECRET,
        });
        let error = aero.attempt("create-vault-entry", entry).await.unwrap_err();
        let text = serde_json::to_string(&error).unwrap();
        assert!(error.kind == ErrorKind::Rejected && !text.contains("hush"), "{text}");
    }
}
