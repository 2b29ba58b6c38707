//! What counts for the calls per minute, and what does not.

use super::{call, workspace};
use outwit::{Call, CallHandle, DenyAll, Error, ErrorKind, Scope, Workspace};
use outwit_host_test::net;
use serde_json::json;

async fn list(workspace: &Workspace, account: Option<&str>) -> Result<String, Error> {
    let operation = &workspace.resolve("aero.list-companies").await?;
    let watch = CallHandle::new();
    workspace.call(Call { operation, input: "{}", account, watch: &watch, confirm: &DenyAll }).await
}

#[test]
fn more_calls_than_a_minute_has_room_for_are_refused_with_the_time_to_wait() {
    net::run(async {
        let (mock, workspace) = workspace("[aero]\ncalls-per-minute = 2\n", Scope::default(), None).await;
        for _ in 0..2 {
            list(&workspace, None).await.unwrap();
        }
        let error = list(&workspace, None).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert!((1..=30_000).contains(&error.retry_after_ms.unwrap()), "{error:?}");
        assert_eq!(mock.seen().len(), 2);
    });
}

#[test]
fn a_call_that_one_limit_refuses_uses_up_nothing_of_the_others() {
    net::run(async {
        let rules = super::rules(json!({ "calls-per-minute": 3 }));
        for (vendors, scope) in
            [("calls-per-minute = 3\n", Scope::default()), ("", Scope { rules: rules.clone(), ..Scope::default() })]
        {
            let config = format!("[aero]\n{vendors}[aero.accounts.own]\ncalls-per-minute = 1\n");
            let (_mock, workspace) = workspace(&config, scope, None).await;
            list(&workspace, Some("own")).await.unwrap();
            for _ in 0..5 {
                let error = list(&workspace, Some("own")).await.unwrap_err();
                assert!(error.message.contains("[aero.accounts.own]"), "{error}");
            }
            list(&workspace, None).await.unwrap();
            list(&workspace, None).await.unwrap();
            assert_eq!(list(&workspace, None).await.unwrap_err().kind, ErrorKind::RateLimited);
        }
    });
}

#[test]
fn a_call_counts_unless_its_input_is_refused_before_anything_is_sent() {
    net::run(async {
        let (mock, workspace) = workspace("[aero]\ncalls-per-minute = 1\n", Scope::default(), None).await;
        for input in [json!({ "nonsense": 1 }), json!({ "id": 1.5 }), json!([])] {
            let error = call(&workspace, "aero.get-company", input, &DenyAll).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidInput, "{error}");
        }
        assert_eq!(mock.seen().len(), 0);
        let unknown = json!({ "id": "999999" });
        assert_eq!(
            call(&workspace, "aero.get-company", unknown, &DenyAll).await.unwrap_err().kind,
            ErrorKind::NotFound
        );
        assert_eq!(list(&workspace, None).await.unwrap_err().kind, ErrorKind::RateLimited);
    });
}
