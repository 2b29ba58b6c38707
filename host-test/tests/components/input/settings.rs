//! Settings that are missing or wrong: the error names the setting and whose turn it is, and nothing is sent.

use outwit::{Advice, ErrorKind};
use outwit_host_test::net;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Duration, timeout};

fn get() -> (&'static str, Value) {
    ("accelo.get-activity", json!({ "id": "20417" }))
}

/// Calls with these settings; gives the message of the error about this one.
async fn misconfigured(setting: &str, settings: &[(&str, &str)], (operation, input): (&str, Value)) -> String {
    let plugin = net::plugin("accelo", settings.iter().copied()).await;
    let error = net::call(&plugin, operation, &input).await.unwrap_err();
    assert_eq!((error.kind, error.advice), (ErrorKind::Misconfigured, Advice::AskPerson), "{settings:?}: {error:?}");
    assert_eq!((error.field.as_deref(), &*error.operation), (Some(setting), operation), "{settings:?}: {error:?}");
    assert_eq!((error.status, error.maybe_done), (None, false), "{error:?}");
    assert!(error.message.contains(setting), "{error:?}");
    error.message
}

#[test]
fn a_missing_setting_is_named() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let token = || ("accelo.exchange-token", json!({ "grant-type": "client-credentials" }));
        let (base, id) = (("ACCELO_BASE_URL", mock.url()), ("ACCELO_CLIENT_ID", "c"));
        for (setting, settings, call) in [
            ("ACCELO_DEPLOYMENT", vec![("ACCELO_TOKEN", "t")], get()),
            ("ACCELO_DEPLOYMENT", vec![("ACCELO_DEPLOYMENT", "  "), ("ACCELO_TOKEN", "t")], get()),
            ("ACCELO_TOKEN", vec![base], get()),
            ("ACCELO_TOKEN", vec![base, ("ACCELO_TOKEN", "")], get()),
            ("ACCELO_TOKEN", vec![base, ("OUTWIT_AUTH", "host")], get()),
            ("ACCELO_CLIENT_ID", vec![base, ("ACCELO_TOKEN", "t")], token()),
            ("ACCELO_CLIENT_SECRET", vec![base, ("ACCELO_TOKEN", "t"), id], token()),
            ("ACCELO_CLIENT_ID", vec![base], ("accelo.request-authorization", json!({}))),
        ] {
            let message = misconfigured(setting, &settings, call).await;
            assert!(message.contains("is not set"), "{message}");
        }
        assert!(mock.seen().is_empty());
    });
}

#[test]
fn a_malformed_setting_is_named_and_a_secret_one_is_not_shown() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let base = ("ACCELO_BASE_URL", mock.url());
        for name in ["OUTWIT_DEADLINE_MS", "OUTWIT_TRIES", "OUTWIT_MAX_BODY_BYTES", "OUTWIT_CONNECT_TIMEOUT_MS"] {
            for value in ["soon", "-1", "1.5", "1e3", "99999999999999999999999"] {
                let message = misconfigured(name, &[base, ("ACCELO_TOKEN", "t"), (name, value)], get()).await;
                assert!(message.contains(value) && message.contains("whole number"), "{message}");
            }
        }
        for token in ["hush\r\nx-evil: 1", "hush hush", "hush\u{0}", "hüsh"] {
            let message = misconfigured("ACCELO_TOKEN", &[base, ("ACCELO_TOKEN", token)], get()).await;
            assert!(!message.contains("hush") && !message.contains("hüsh"), "{message}");
        }
        assert!(mock.seen().is_empty());
    });
}

#[test]
fn a_deployment_that_is_not_one_label_leads_nowhere() {
    net::run(async {
        // Whoever could choose more than a label would choose the host.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let long = "a".repeat(64);
        for deployment in [
            &format!("{here}/"),
            &format!("{here}?"),
            &format!("{here}#"),
            &format!("x@{here}/"),
            "a.b",
            "evil.example/",
            "a/b",
            "a\\b",
            "-a",
            "a-",
            "a:1",
            "a%2e",
            "a b",
            "ä",
            "{ACCELO_TOKEN}",
            &long,
        ] {
            let settings = [("ACCELO_DEPLOYMENT", deployment), ("ACCELO_TOKEN", "t")];
            let message = misconfigured("ACCELO_DEPLOYMENT", &settings, get()).await;
            assert!(message.contains("not the subdomain alone, such as `acme`"), "{message}");
        }
        assert!(timeout(Duration::from_millis(50), listener.accept()).await.is_err(), "somebody connected");
    });
}

#[test]
fn a_base_that_is_no_url_of_a_host_is_refused() {
    net::run(async {
        for url in [
            "x",
            "ftp://127.0.0.1",
            "127.0.0.1:80",
            "https://",
            "http:///api",
            "https://u:p@127.0.0.1",
            "https://127.0.0.1?x",
            "https://127.0.0.1/#x",
            "https://127.0.0.1/a b",
            "https://127.0.0.1/\r\nx",
            "HTTPS//127.0.0.1",
            "http://127.0.0.1:99999",
            "file:///etc/passwd",
        ] {
            let settings = [("ACCELO_BASE_URL", url), ("ACCELO_TOKEN", "t")];
            let message = misconfigured("ACCELO_BASE_URL", &settings, get()).await;
            assert!(message.starts_with("ACCELO_BASE_URL: expected "), "{url}: {message}");
        }
    });
}

#[test]
fn a_time_that_no_clock_reaches_is_as_good_as_none() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        // 2^58: in nanoseconds its lower 64 bits are all 0, and a deadline of 0 is over at once.
        for ms in ["288230376151711744", "18446744073709551615"] {
            let times = [("OUTWIT_DEADLINE_MS", ms), ("OUTWIT_CONNECT_TIMEOUT_MS", ms)];
            let times = times.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let plugin = net::plugin("accelo", mock.settings().iter().cloned().chain(times)).await;
            let (operation, input) = get();
            let activity = net::call(&plugin, operation, &input).await.unwrap();
            assert_eq!(activity["id"], "20417");
            assert_eq!(mock.seen().len(), 1, "{ms}");
            mock.forget();
        }
    });
}
