//! The quota, the lockout, and the tenant.

use crate::client::{Accelo, accelo};

/// Moves the clock to just after a full hour, so that no count begins anew within a test.
async fn begin_an_hour(mock: &Accelo) -> u64 {
    let now = mock.switch("").await["now"].as_u64().unwrap();
    mock.switch(&format!("advance={}", 3605 - now % 3600)).await["now"].as_u64().unwrap()
}

#[tokio::test]
async fn every_authenticated_answer_counts_the_quota_down() {
    let mock = accelo().await;
    let now = begin_an_hour(&mock).await;
    for (target, left) in [("/api/v0/staff", "4999"), ("/api/v0/companies/1", "4998"), ("/api/v0/nothing", "4997")] {
        let answer = mock.get(target).await;
        assert_eq!((answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining")), ("5000", left));
        let reset: u64 = answer.header("x-ratelimit-reset").parse().unwrap();
        assert!(reset.is_multiple_of(3600) && reset > now && reset <= now + 3600, "{reset}");
    }
    mock.bare("GET", "/api/v0/staff", &[], "").await;
    mock.oauth("token", &format!("{}&grant_type=client_credentials", mock.client())).await;
    let answer = mock.get("/api/v0/staff").await;
    assert_eq!(answer.header("x-ratelimit-remaining"), "4996");
}

#[tokio::test]
async fn a_spent_quota_is_a_429_with_the_headers_until_the_hour_is_over() {
    let mock = accelo().await;
    begin_an_hour(&mock).await;
    mock.switch("quota=2").await;
    mock.get("/api/v0/staff").await.ok();
    mock.get("/api/v0/staff").await.ok();
    let answer = mock.get("/api/v0/staff").await;
    assert_eq!(answer.refusal(), (429, "too_many_requests".into()));
    // Documented without its envelope.
    let meta = answer.json();
    assert_eq!(meta["message"], "Rate limit exceeded for juniper-works.api.accelo.com");
    assert_eq!(meta["more_info"], "api.accelo.com/docs/#rate-limiting");
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    assert!(answer.headers.get("retry-after").is_none());
    mock.switch("advance=3600").await;
    mock.get("/api/v0/staff").await.ok();
}

#[tokio::test]
async fn the_hundred_and_first_failed_login_locks_the_address_out_for_five_minutes() {
    let mock = accelo().await;
    let wrong = [("authorization", "Bearer wrong")];
    for _ in 0..50 {
        assert_eq!(mock.bare("GET", "/api/v0/staff", &wrong, "").await.refusal(), (401, "invalid_client".into()));
        let form = "client_id=a&client_secret=b&grant_type=client_credentials";
        assert_eq!(mock.oauth("token", form).await.refusal(), (401, "invalid_client".into()));
    }
    let locked = mock.bare("GET", "/api/v0/staff", &wrong, "").await;
    assert_eq!(locked.refusal(), (401, "too_many_failed_logins".into()));
    assert_eq!(locked.header("retry-after"), "300");
    assert_eq!(mock.get("/api/v0/staff").await.refusal(), (401, "too_many_failed_logins".into()));
    mock.switch("advance=299").await;
    let form = format!("{}&grant_type=client_credentials", mock.client());
    assert_eq!(mock.oauth("token", &form).await.refusal(), (401, "too_many_failed_logins".into()));
    mock.switch("advance=299").await;
    assert_eq!(mock.get("/api/v0/staff").await.status, 401);
    mock.switch("advance=300").await;
    mock.get("/api/v0/staff").await.ok();
}

#[tokio::test]
async fn no_token_is_a_401_and_no_failed_login() {
    let mock = accelo().await;
    for _ in 0..105 {
        let answer = mock.bare("GET", "/api/v0/staff", &[], "").await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
        assert_eq!(answer.json()["meta"]["message"], "No access token was supplied.");
    }
    mock.get("/api/v0/staff").await.ok();
}
