//! One renewal for all calls that wait for it.

use outwit::{Account, Advice, ErrorKind};
use outwit_host_test::net;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

use super::vendor::{Mood, Vendor, ask, grant_member};

/// So many calls at once, with the token that each was answered with, or its error.
async fn at_once(account: &Account, calls: usize) -> Vec<Result<String, outwit::Error>> {
    let mut parts = JoinSet::new();
    for _ in 0..calls {
        let account = account.clone();
        parts.spawn(async move { ask(&account, "21").await.map(|staff| staff["title"].as_str().unwrap().to_owned()) });
    }
    parts.join_all().await
}

#[test]
fn two_hundred_calls_at_the_end_of_a_token_make_one_token_request() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(-1).await;
        // Long enough that all of them wait.
        vendor.is(Mood::Gives(json!({}), Duration::from_millis(300)));
        let account = vendor.account("one", Some(folder.path())).await;
        for outcome in at_once(&account, 200).await {
            // What a component is given passes through what takes secrets out.
            assert_eq!(outcome.unwrap(), "[secret]");
        }
        assert_eq!(vendor.exchanges().len(), 1);
        assert!(vendor.calls().iter().all(|(token, _)| token == "at-one-2"));
        assert_eq!(vendor.calls().len(), 200);
    });
}

#[test]
fn two_hundred_calls_whose_token_is_refused_renew_it_once_and_are_made_again_once() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(3_600_000).await;
        let account = vendor.account("one", Some(folder.path())).await;
        ask(&account, "21").await.unwrap();
        assert_eq!(vendor.exchanges().len(), 0);
        vendor.revoke_access();
        assert!(at_once(&account, 200).await.into_iter().all(|outcome| outcome.is_ok()));
        assert_eq!(vendor.exchanges().len(), 1);
        let calls = vendor.calls();
        assert_eq!(calls.iter().filter(|(token, _)| token == "at-one-2").count(), 200);
        assert!(calls.iter().filter(|(token, _)| token == "at-one-1").count() <= 201);
    });
}

#[test]
fn a_call_that_is_refused_with_a_new_token_too_is_not_made_a_third_time() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(3_600_000).await;
        let account = vendor.account("one", Some(folder.path())).await;
        vendor.revoke_access();
        vendor.is(Mood::Gives(json!({ "access_token": "at-nobody" }), Duration::ZERO));
        let error = ask(&account, "21").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unauthenticated);
        assert_eq!((vendor.calls().len(), vendor.exchanges().len()), (2, 1));
    });
}

#[test]
fn two_hundred_calls_share_a_renewal_that_fails() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(-1).await;
        vendor.is(Mood::Says(500, "{}".into()));
        let account = vendor.account("one", Some(folder.path())).await;
        for outcome in at_once(&account, 200).await {
            let error = outcome.unwrap_err();
            assert_eq!((error.kind, error.advice), (ErrorKind::Unavailable, Advice::RetryLater), "{error:?}");
            assert_eq!(error.operation, "accelo.get-staff");
        }
        assert_eq!((vendor.exchanges().len(), vendor.calls().len()), (1, 0));
        // Who comes a moment later is told how long to wait.
        let error = ask(&account, "21").await.unwrap_err();
        assert!(error.retry_after_ms.is_some_and(|wait| wait > 0), "{error:?}");
        assert_eq!(vendor.exchanges().len(), 1);
    });
}

#[test]
fn a_cancelled_call_does_not_lose_the_next_refresh_token() {
    net::run(async {
        let (vendor, folder, file) = Vendor::granted(-1).await;
        vendor.is(Mood::Gives(json!({}), Duration::from_millis(200)));
        let account = vendor.account("one", Some(folder.path())).await;
        let given_up = tokio::time::timeout(Duration::from_millis(50), ask(&account, "21")).await;
        assert!(given_up.is_err());
        ask(&account, "21").await.unwrap();
        assert_eq!((vendor.exchanges().len(), grant_member(&file, "refresh-token")), (1, json!("rt-one-2")));
    });
}
