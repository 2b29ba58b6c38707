//! Where credentials go, and where not.

use outwit::embed::{Body, HttpError, RequestOptions, Sending, Testing, Transport};
use outwit::{Account, CodeCache, ErrorKind, Host, Options, Plugins, Settings};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::vendor::{Mood, Vendor, ask};

/// Counts what would have been sent.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Transport for Counter {
    fn send(&self, _: http::Request<Body>, _: RequestOptions) -> Sending {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(HttpError::ConnectionRefused) })
    }
}

#[test]
fn a_credential_is_not_sent_over_plain_http_except_to_this_machine() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        let transport = Some(counter.clone() as Arc<dyn Transport>);
        let host = Host::new(Options {
            testing: Testing { transport, ..Testing::default() },
            code_cache: CodeCache::Off,
            ..net::options()
        })
        .unwrap();
        let component = Plugins::embedded().component("accelo").unwrap().unwrap();
        let plugin = host.load(&component, Settings::default()).await.unwrap();
        let application = [("ACCELO_CLIENT_ID", "one"), ("ACCELO_CLIENT_SECRET", "secret-of-one")];
        let token = [("ACCELO_TOKEN", "at-given"), ("OUTWIT_TRIES", "1")];
        for base in ["http://proxy.example", "http://10.0.0.1:8080/x", "http://localhost.example", "http://127.1"] {
            for credential in [application, token] {
                let settings: Settings = credential.into_iter().chain([("ACCELO_BASE_URL", base)]).collect();
                let refused = Account::new(&plugin, "default", settings.clone(), None).err().unwrap();
                // A plugin that an embedder uses by itself keeps to it, too.
                let id = r#"{"id":"21"}"#;
                let called = plugin.with_settings(settings).call("accelo.get-staff", id).await.unwrap_err();
                let refusals = if credential == token { vec![refused, called] } else { vec![refused] };
                for error in refusals {
                    assert_eq!(error.kind, ErrorKind::Misconfigured, "{base}: {error:?}");
                    assert_eq!(error.field.as_deref(), Some("ACCELO_BASE_URL"), "{base}: {error:?}");
                    assert!(error.message.contains("only sent over https"), "{base}: {error}");
                }
            }
        }
        assert_eq!(counter.0.load(Ordering::SeqCst), 0);
        for base in ["https://proxy.example", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
            let settings: Settings = token.into_iter().chain([("ACCELO_BASE_URL", base)]).collect();
            let account = Account::new(&plugin, "default", settings, None).unwrap();
            assert_eq!(ask(&account, "21").await.unwrap_err().kind, ErrorKind::Unavailable, "{base}");
        }
        assert_eq!(counter.0.load(Ordering::SeqCst), 4);
    });
}

#[test]
fn no_redirect_is_followed_with_a_token_or_for_one() {
    net::run(async {
        let reply = Fault::Reply { status: 200, headers: Vec::new(), body: "{}".into() };
        let (elsewhere, folder) = (start(reply).await.unwrap(), tempfile::tempdir().unwrap());
        // The token endpoint sends elsewhere: neither secret nor refresh token goes there.
        let vendor = Vendor::start().await;
        vendor.grant("one", folder.path(), -1);
        vendor.is(Mood::Redirects(format!("{}/oauth2/v0/token", elsewhere.url())));
        ask(&vendor.account("one", Some(folder.path())).await, "21").await.unwrap_err();
        // The API does.
        let headers = vec![("location".to_owned(), format!("{}/api/v0/staff/21", elsewhere.url()))];
        for status in [301, 302, 307, 308] {
            let redirecting = Fault::Reply { status, headers: headers.clone(), body: "".into() };
            let redirecting = start(redirecting).await.unwrap();
            let settings =
                [("ACCELO_BASE_URL", redirecting.url()), ("ACCELO_TOKEN", "at-given"), ("OUTWIT_TRIES", "1")];
            let plugin = net::plugin("accelo", [("", ""); 0]).await;
            let account = Account::new(&plugin, "default", settings.into_iter().collect(), None).unwrap();
            ask(&account, "21").await.unwrap_err();
            assert_eq!(redirecting.hits(), 1, "{status}");
        }
        assert_eq!(elsewhere.hits(), 0);
    });
}

#[test]
fn a_call_that_needs_no_token_obtains_none() {
    net::run(async {
        let vendor = Vendor::start().await;
        let account = vendor.account("one", None).await;
        let watch = outwit::CallHandle::new();
        account.call("accelo.request-authorization", "{}", &watch).await.unwrap();
        let error = account.call("accelo.get-stafff", "{}", &watch).await.unwrap_err();
        assert_eq!((error.kind, vendor.exchanges().len()), (ErrorKind::InvalidInput, 0));
    });
}
