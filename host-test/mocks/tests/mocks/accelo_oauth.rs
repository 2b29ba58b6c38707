//! Tokens: how they are obtained, what they allow, how they end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::client::{Accelo, accelo, setting};

const OTHER: &str = "client_id=0ther4pp11%40juniper-works.accelo.com&client_secret=sec_mock_other_application";
const CALLBACK: &str = "redirect_uri=https%3A%2F%2Fapp.example.org%2Fcallback";

async fn token(mock: &Accelo, form: &str) -> Value {
    let answer = mock.oauth("token", &format!("{}&{form}", mock.client())).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn refused(mock: &Accelo, form: &str) -> (u16, String) {
    mock.oauth("token", &format!("{}&{form}", mock.client())).await.refusal()
}

/// The value of a query parameter of the redirect.
fn parameter(location: &str, name: &str) -> String {
    let query = location.split_once('?').unwrap().1.as_bytes();
    form_urlencoded::parse(query).find(|(known, _)| known == name).unwrap().1.into_owned()
}

async fn code(mock: &Accelo, more: &str) -> String {
    let target = format!("/oauth2/v0/authorize/consent?response_type=code&{}&decision=approve&{more}", mock.client());
    let answer = mock.bare("GET", &target, &[], "").await;
    if answer.status == 302 {
        parameter(answer.header("location"), "code")
    } else {
        String::from_utf8(answer.body).unwrap()
    }
}

#[tokio::test]
async fn a_service_application_gets_a_token_without_a_refresh_token() {
    let mut mock = accelo().await;
    let pair =
        format!("{}:{}", setting(&mock.server, "ACCELO_CLIENT_ID"), setting(&mock.server, "ACCELO_CLIENT_SECRET"));
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let headers = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let form = "grant_type=client_credentials&scope=read%28all%29%2Cwrite%28activities%29&expires_in=86400";
    let body = mock.bare("POST", "/oauth2/v0/token", &headers, form).await.json();
    assert_eq!((body["expires_in"].as_str(), body["token_type"].as_str()), (Some("86400"), Some("Bearer")));
    assert_eq!(
        (body["deployment"].as_str(), body["account_details"]["firstname"].as_str()),
        (Some("juniper-works"), Some("Mirela"))
    );
    assert!(body.get("refresh_token").is_none());
    mock.token = body["access_token"].as_str().unwrap().into();
    assert_eq!(mock.get("/api/v0/tokeninfo").await.ok()["staff_id"], "21");
    assert_eq!(
        refused(&mock, &format!("grant_type=refresh_token&refresh_token={}", mock.token)).await,
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn the_authorize_call_redirects_to_consent_and_consent_to_the_application() {
    let mock = accelo().await;
    let client = mock.client();
    let client = client.split('&').next().unwrap();
    let query = format!("response_type=code&{client}&scope=write(all)&{CALLBACK}&state=n7%26Qe");
    for method in ["GET", "POST"] {
        let (target, body) = match method {
            "GET" => (format!("/oauth2/v0/authorize?{query}"), String::new()),
            _ => ("/oauth2/v0/authorize".into(), query.clone()),
        };
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = mock.bare(method, &target, &form, &body).await;
        assert_eq!(answer.status, 302);
        let consent = answer.header("location").to_owned();
        let page = consent.strip_prefix(mock.server.url()).unwrap();
        assert!(page.starts_with("/oauth2/v0/authorize/consent?"), "{page}");
        assert_eq!(mock.bare("GET", page, &[], "").await.status, 200);

        let approved = mock.bare("GET", &format!("{page}&decision=approve"), &[], "").await;
        let location = approved.header("location");
        assert!(approved.status == 302 && location.starts_with("https://app.example.org/callback?code="), "{location}");
        assert_eq!(parameter(location, "state"), "n7&Qe");
        let denied = mock.bare("GET", &format!("{page}&decision=deny"), &[], "").await;
        assert_eq!(parameter(denied.header("location"), "error"), "access_denied");
        assert_eq!(parameter(denied.header("location"), "state"), "n7&Qe");
    }
}

#[tokio::test]
async fn a_code_works_once_for_its_client_and_its_redirect_and_for_ten_minutes() {
    let mock = accelo().await;
    let first = code(&mock, CALLBACK).await;
    let exchange = |code: &str| format!("grant_type=authorization_code&code={code}&{CALLBACK}");
    let foreign = mock.oauth("token", &format!("{OTHER}&{}", exchange(&first))).await;
    assert_eq!(foreign.refusal(), (401, "unauthorized_client".into()));
    let body = token(&mock, &exchange(&first)).await;
    assert_eq!(body["expires_in"].as_u64(), Some(2_592_000));
    assert!(body["refresh_token"].is_string());
    assert_eq!(refused(&mock, &exchange(&first)).await, (400, "invalid_grant".into()));

    let second = code(&mock, CALLBACK).await;
    let elsewhere = format!("grant_type=authorization_code&code={second}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F");
    assert_eq!(refused(&mock, &elsewhere).await, (400, "invalid_grant".into()));
    let third = code(&mock, CALLBACK).await;
    mock.switch("advance=600").await;
    assert_eq!(refused(&mock, &exchange(&third)).await, (400, "invalid_grant".into()));
}

#[tokio::test]
async fn a_pin_is_shown_where_there_is_no_redirect_and_carries_the_wanted_lifetime() {
    let mock = accelo().await;
    let pin = code(&mock, "expires_in=900").await;
    assert!(pin.chars().all(|digit| digit.is_ascii_digit()), "{pin}");
    let body = token(&mock, &format!("grant_type=authorization_code&code={pin}")).await;
    assert_eq!(body["expires_in"].as_u64(), Some(900));
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_and_ends_the_old_refresh_token() {
    let mut mock = accelo().await;
    let scope = "scope=read(staff)";
    let pin = code(&mock, scope).await;
    let first = token(&mock, &format!("grant_type=authorization_code&code={pin}")).await;
    let refresh = format!("grant_type=refresh_token&refresh_token={}", first["refresh_token"].as_str().unwrap());
    let second = token(&mock, &refresh).await;
    assert_ne!(first["access_token"], second["access_token"]);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(refused(&mock, &refresh).await, (400, "invalid_grant".into()));
    mock.token = second["access_token"].as_str().unwrap().into();
    mock.get("/api/v0/staff").await.ok();
    assert_eq!(mock.get("/api/v0/companies").await.refusal(), (403, "invalid_permission".into()));
}
