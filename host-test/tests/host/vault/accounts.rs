//! Several accounts at once: none works with another's credential.

use outwit_host_test::net;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

use super::vendor::{Mood, Vendor, ask};

#[test]
fn ten_thousand_interleaved_calls_of_two_accounts_use_their_own_credential() {
    net::run(async {
        let vendor = Vendor::start().await;
        // So short that tokens are renewed all the time.
        vendor.is(Mood::Gives(json!({ "expires_in": 1 }), Duration::from_millis(5)));
        let accounts = [vendor.account("one", None).await, vendor.account("two", None).await];
        let mut parts = JoinSet::new();
        for worker in 0..50 {
            let accounts = accounts.clone();
            parts.spawn(async move {
                for call in 0..200 {
                    let which = (worker + call) % 2;
                    // The record says whose account asks for it.
                    let id = ["1", "2"][which];
                    assert_eq!(ask(&accounts[which], id).await.unwrap()["id"], id);
                }
            });
        }
        net::all(parts).await;
        let calls = vendor.calls();
        assert_eq!(calls.len(), 10_000);
        for (token, id) in &calls {
            let owner = if id == "1" { "at-one-" } else { "at-two-" };
            assert!(token.starts_with(owner), "{token} asks for {id}");
        }
        let of = |application: &str| vendor.exchanges().iter().filter(|(known, _)| known == application).count();
        assert!(of("one") > 1 && of("two") > 1, "tokens were renewed meanwhile: {} and {}", of("one"), of("two"));
    });
}
