//! Applications that act for themselves, and accounts that have a token already.

use outwit::{Account, Advice, ErrorKind};
use outwit_host_test::net;
use serde_json::json;
use std::time::Duration;

use super::vendor::{Mood, Vendor, ask};

#[test]
fn an_application_obtains_a_token_for_itself_and_leaves_nothing_behind() {
    net::run(async {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        let grants = folder.path().join("grants");
        let account = vendor.account("one", Some(&grants)).await;
        for _ in 0..3 {
            ask(&account, "21").await.unwrap();
        }
        let form = "grant_type=client_credentials&scope=read%28all%29%2Cwrite%28all%29";
        assert_eq!(vendor.exchanges(), [("one".to_owned(), form.to_owned())]);
        assert!(!grants.exists());
        // Refused, it is renewed in the same way.
        vendor.revoke_access();
        ask(&account, "21").await.unwrap();
        assert_eq!(vendor.exchanges().len(), 2);
    });
}

#[test]
fn an_application_that_logged_in_shares_its_token_with_later_processes() {
    net::run(async {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        let account = vendor.account("one", Some(folder.path())).await;
        account.login_as_application(Some("read(all)")).await.unwrap();
        ask(&vendor.account("one", Some(folder.path())).await, "21").await.unwrap();
        assert_eq!(vendor.exchanges().len(), 1);
        vendor.revoke_access();
        ask(&vendor.account("one", Some(folder.path())).await, "21").await.unwrap();
        let forms: Vec<String> = vendor.exchanges().into_iter().map(|(_, form)| form).collect();
        assert_eq!(forms, ["grant_type=client_credentials&scope=read%28all%29"; 2]);
    });
}

#[test]
fn an_application_that_may_not_act_for_itself_has_to_log_in() {
    net::run(async {
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        for (status, code) in [(400, "unauthorized_client"), (401, "invalid_client"), (400, "unsupported_grant_type")] {
            let vendor = Vendor::start().await;
            vendor.is(Mood::Says(status, json!({ "error": code }).to_string()));
            for (name, login) in
                [("default", "outwit auth login accelo"), ("b", "outwit auth login accelo --account b")]
            {
                let account = Account::new(&plugin, name, vendor.settings("one"), None).unwrap();
                let error = ask(&account, "21").await.unwrap_err();
                assert_eq!((error.kind, error.advice), (ErrorKind::Unauthenticated, Advice::AskPerson), "{error:?}");
                assert!(error.message.ends_with(login) && error.code.as_deref() == Some(code), "{error:?}");
            }
        }
    });
}

#[test]
fn a_lifetime_is_a_number_a_text_or_not_there() {
    net::run(async {
        for (lifetime, requests) in [
            (json!(3600), 1),
            (json!("3600"), 1),
            (json!(" 3600 "), 1),
            (json!(null), 1),
            (json!("soon"), 1),
            (json!(0), 1),
            (json!(-5), 1),
            (json!(1e300), 1),
            // Over before the next call.
            (json!(0.001), 3),
            (json!("0.001"), 3),
        ] {
            let vendor = Vendor::start().await;
            vendor.is(Mood::Gives(json!({ "expires_in": lifetime }), Duration::from_millis(2)));
            let account = vendor.account("one", None).await;
            for _ in 0..3 {
                ask(&account, "21").await.unwrap();
            }
            assert_eq!(vendor.exchanges().len(), requests, "{lifetime}");
        }
    });
}

#[test]
fn an_account_with_a_token_uses_it_and_cannot_log_in() {
    net::run(async {
        let vendor = Vendor::start().await;
        let mut settings = vendor.settings("one");
        settings.set("ACCELO_TOKEN", "at-given");
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        let account = Account::new(&plugin, "default", settings, None).unwrap();
        let error = ask(&account, "21").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unauthenticated);
        assert_eq!((vendor.exchanges().len(), vendor.calls()), (0, vec![("at-given".to_owned(), "21".to_owned())]));
        let error = account.login_as_application(None).await.unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Misconfigured, Some("ACCELO_TOKEN")), "{error:?}");
    });
}

#[test]
fn an_account_without_an_application_or_a_vendor_without_oauth_cannot_log_in() {
    net::run(async {
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        let account =
            Account::new(&plugin, "default", [("ACCELO_DEPLOYMENT", "x")].into_iter().collect(), None).unwrap();
        let error = account.login_as_application(None).await.unwrap_err();
        assert!(error.message.contains("ACCELO_CLIENT_ID and ACCELO_CLIENT_SECRET"), "{error}");
        let plugin = net::plugin("airops", [("", ""); 0]).await;
        let account = Account::new(&plugin, "default", [("AIROPS_API_KEY", "x")].into_iter().collect(), None).unwrap();
        let error = account.login_as_application(None).await.unwrap_err();
        assert!(error.message.contains("airops has no login"), "{error}");
    });
}
