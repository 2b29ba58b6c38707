//! A renewal that fails: what callers are told, and that the grant stays.

use outwit::{Account, Advice, ErrorKind, Settings};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};
use std::time::Duration;

use super::vendor::{Mood, Vendor, ask, grant_member};

const LATER: Advice = Advice::RetryLater;
const PERSON: Advice = Advice::AskPerson;

fn says(status: u16, body: Value) -> Mood {
    Mood::Says(status, body.to_string())
}

/// The ways to fail, each with what callers are told.
fn failures() -> Vec<(&'static str, Mood, ErrorKind, Advice)> {
    use ErrorKind::{RateLimited, Rejected, TimedOut, Unauthenticated, Unavailable, Unreadable};
    let error = |code: &str| json!({ "error": code, "error_description": "for a reason" });
    vec![
        ("500", says(500, json!({})), Unavailable, LATER),
        ("503, not JSON", Mood::Says(503, "<html>".into()), Unavailable, LATER),
        ("hang", Mood::Hangs, TimedOut, LATER),
        ("429", says(429, json!({})), RateLimited, LATER),
        ("not JSON", Mood::Says(200, "<html>".into()), Unreadable, LATER),
        ("empty", Mood::Says(200, String::new()), Unreadable, LATER),
        ("a list", says(200, json!(["at-x"])), Unreadable, LATER),
        ("no token", says(200, json!({ "token_type": "bearer" })), Unreadable, LATER),
        ("an empty token", says(200, json!({ "access_token": "" })), Unreadable, LATER),
        ("a token that is no text", says(200, json!({ "access_token": 5 })), Unreadable, LATER),
        ("a token for no header", says(200, json!({ "access_token": "a\nb" })), Unreadable, LATER),
        ("another kind", says(200, json!({ "access_token": "a", "token_type": "mac" })), Unreadable, LATER),
        ("an error with 200", says(200, error("invalid_grant")), Unauthenticated, PERSON),
        ("too long", Mood::Says(200, " ".repeat(300_000)), Unreadable, LATER),
        ("a redirect", Mood::Redirects("http://127.0.0.1:9/".into()), Unreadable, LATER),
        ("invalid_grant", says(400, error("invalid_grant")), Unauthenticated, PERSON),
        ("invalid_client", says(401, error("invalid_client")), Unauthenticated, PERSON),
        ("invalid_scope", says(400, error("invalid_scope")), Rejected, PERSON),
    ]
}

/// Settings by which nothing takes longer than it must.
fn hasty(vendor: &Vendor) -> Settings {
    let mut settings = vendor.settings("one");
    settings.set("OUTWIT_DEADLINE_MS", "1000");
    settings
}

async fn account(vendor: &Vendor, grants: &std::path::Path) -> Account {
    let plugin = net::plugin("accelo", [("", ""); 0]).await;
    Account::new(&plugin, "default", hasty(vendor), Some(grants)).unwrap()
}

#[test]
fn a_renewal_that_fails_leaves_the_grant_and_says_what_to_do() {
    net::run(async {
        for (name, mood, kind, advice) in failures() {
            let (vendor, folder, file) = Vendor::granted(-1).await;
            let before = std::fs::read(&file).unwrap();
            vendor.is(mood);
            let error = ask(&account(&vendor, folder.path()).await, "21").await.unwrap_err();
            assert_eq!((error.kind, error.advice), (kind, advice), "{name}: {error:?}");
            assert_eq!(std::fs::read(&file).unwrap(), before, "{name}");
            assert_eq!((vendor.exchanges().len(), vendor.calls().len()), (1, 0), "{name}");
            let login = error.message.contains("outwit auth login accelo");
            assert_eq!(login, ["invalid_grant", "an error with 200"].contains(&name), "{name}: {}", error.message);
            let settings = error.message.contains("ACCELO_CLIENT_ID and ACCELO_CLIENT_SECRET");
            assert_eq!(settings, name == "invalid_client", "{name}: {}", error.message);
            for secret in ["rt-one-1", "at-one-1", "secret-of-one"] {
                assert!(!format!("{error:?}").contains(secret), "{name}: {error:?}");
            }
            // It was kept for good: the next process renews with it.
            vendor.is(Mood::Gives(json!({}), Duration::ZERO));
            ask(&account(&vendor, folder.path()).await, "21").await.unwrap();
            assert_eq!(grant_member(&file, "refresh-token"), "rt-one-2", "{name}");
            // What the vendor does not say again stays known.
            assert_eq!(grant_member(&file, "who"), json!({ "email": "mirela@juniper.example" }), "{name}");
        }
    });
}

#[test]
fn a_token_that_has_not_ended_is_used_on_when_it_cannot_be_renewed() {
    net::run(async {
        for (name, mood, ..) in failures() {
            let (vendor, folder, _) = Vendor::granted(30_000).await;
            vendor.is(mood);
            let account = account(&vendor, folder.path()).await;
            for _ in 0..3 {
                ask(&account, "21").await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            }
            assert_eq!(vendor.exchanges().len(), 1, "{name}: asked once, and then left alone for a while");
            assert!(vendor.calls().iter().all(|(token, _)| token == "at-one-1"), "{name}");
        }
    });
}

#[test]
fn a_vendor_that_echoes_what_it_was_sent_shows_it_to_nobody() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(-1).await;
        let echo = "bad refresh_token rt-one-1 of one:secret-of-one, b25lOnNlY3JldC1vZi1vbmU=, rt%2Done%2D1, cnQtb25lLTE=, \
                    72742d6f6e652d31, rt&#45;one&#45;1";
        vendor.is(says(400, json!({ "error": "rt-one-1", "error_description": echo })));
        let error = ask(&account(&vendor, folder.path()).await, "21").await.unwrap_err();
        let shown = format!("{error:?} {}", serde_json::to_string(&error).unwrap());
        let forms = ["b25lOnNlY3JldC1vZi1vbmU=", "rt%2Done%2D1", "cnQtb25lLTE", "72742d6f6e652d31", "rt&#45;one&#45;1"];
        for secret in ["rt-one-1", "secret-of-one"].into_iter().chain(forms) {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(error.message.contains("bad refresh_token [secret]"), "{error}");
    });
}

#[test]
fn an_expired_grant_is_not_replaced_by_another_identity() {
    net::run(async {
        let (vendor, folder, file) = Vendor::granted(-1).await;
        let mut grant: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        grant.as_object_mut().unwrap().remove("refresh-token");
        std::fs::write(&file, grant.to_string()).unwrap();
        let error = ask(&account(&vendor, folder.path()).await, "21").await.unwrap_err();
        assert_eq!((error.kind, vendor.exchanges().len()), (ErrorKind::Unauthenticated, 0), "{error:?}");
        assert!(error.message.contains("outwit auth login accelo"), "{error}");
    });
}

#[test]
fn a_token_endpoint_is_read_as_answers_are() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(-1).await;
        // A byte order mark, and half an emoji.
        vendor.is(Mood::Says(200, "\u{feff}{\"access_token\":\"at-marked\",\"note\":\"\\ud83d\"}".to_owned()));
        _ = ask(&account(&vendor, folder.path()).await, "21").await;
        assert!(vendor.calls().iter().any(|(token, _)| token == "at-marked"), "{:?}", vendor.calls());
        // The wait counts by the endpoint's own clock (RFC 9110, 10.2.3), which is hours behind this one.
        let headers = [("date", "Wed, 25 Feb 2026 09:00:00 GMT"), ("retry-after", "Wed, 25 Feb 2026 09:00:40 GMT")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let busy = Fault::Reply { status: 429, headers, body: "{}".into() };
        let busy = start(busy).await.unwrap();
        let settings =
            [("ACCELO_BASE_URL", busy.url()), ("ACCELO_CLIENT_ID", "one"), ("ACCELO_CLIENT_SECRET", "secret-of-one")];
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        let account = Account::new(&plugin, "default", settings.into_iter().collect(), None).unwrap();
        let error = ask(&account, "21").await.unwrap_err();
        assert_eq!((error.kind, error.retry_after_ms), (ErrorKind::RateLimited, Some(40_000)), "{error:?}");
    });
}

/// A refresh token may end with its first use (RFC 6749, 6), so that a vendor that gives the next one to somebody who cannot
/// keep it has ended the grant.
#[test]
fn a_refresh_token_is_not_used_where_the_next_cannot_be_stored() {
    net::run(async {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        // The grant's file may have so long a name, and the file that takes its place may not.
        let name = "a".repeat(240);
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        let account = || Account::new(&plugin, &name, vendor.settings("one"), Some(folder.path())).unwrap();
        let store_grant = |ends_in_ms| {
            let file = vendor.grant("one", folder.path(), ends_in_ms);
            std::fs::rename(file, folder.path().join(format!("accelo.{name}.json"))).unwrap();
        };
        store_grant(-1);
        let error = ask(&account(), "21").await.unwrap_err();
        assert_eq!((error.kind, vendor.exchanges().len()), (ErrorKind::Misconfigured, 0), "{error:?}");
        // What has not ended yet is used on.
        store_grant(5_000);
        ask(&account(), "21").await.unwrap();
        assert_eq!(vendor.exchanges().len(), 0);
    });
}
