//! Keys, accounts, paths, media types and the mock's switches.

use serde_json::{Value, json};

use crate::aero::{aero, done, problem, review, wrong};
use crate::client::setting;

#[tokio::test]
async fn the_settings_are_the_account_and_a_key_of_the_vendor_s_alphabet() {
    let mock = aero().await;
    assert_eq!(setting(&mock.server, "AERO_ACCOUNT_ID"), "4821");
    let known = |letter: char| letter.is_ascii_alphanumeric() || "^!?#:*;".contains(letter);
    assert!(mock.key.len() == 20 && mock.key.chars().all(known));
    assert!(mock.key.contains(|letter: char| !letter.is_alphanumeric()));
}

#[tokio::test]
async fn without_the_right_key_everything_is_401() {
    let mock = aero().await;
    let bearer = format!("Bearer {}", mock.key);
    for headers in
        [&[][..], &[("apikey", "EXAMPLEkey0000000000")], &[("apikey", &bearer)], &[("authorization", &bearer)]]
    {
        for target in ["/api/4821/v1/Hats", "/api/4821/v1/Nothing", "/api/999/v1/Hats"] {
            let body = problem(&mock.bare("GET", target, headers, "").await, 401);
            assert_eq!(body["title"], "Unauthorized");
        }
    }
}

#[tokio::test]
async fn another_account_is_403_and_no_account_404() {
    let mock = aero().await;
    let ask = async |target: &str| mock.bare("GET", target, &[("apikey", &mock.key)], "").await;
    for account in ["999", "48210", "99999999999999999999999"] {
        problem(&ask(&format!("/api/{account}/v1/Hats")).await, 403);
    }
    for target in ["/", "/api", "/api/", "/api//v1/Hats", "/api/acme/v1/Hats", "/v1/Hats", "/api/4821"] {
        problem(&ask(target).await, 404);
    }
}

#[tokio::test]
async fn paths_are_known_in_any_case_and_nothing_else_is() {
    let mock = aero().await;
    let ask = async |target: &str| mock.bare("GET", target, &[("apikey", &mock.key)], "").await;
    for target in
        ["/API/4821/V1/hats", "/api/4821/v1/HATS", "/api/4821/v1/companies/QUERY?name=l", "/api/4821/v1/aerotasks"]
    {
        done(&ask(target).await);
    }
    for path in
        ["v1/Hat", "v1/Hats/", "v1/Hats/12", "v1/AeroTaskss", "v1/AeroNotes", "v2/Hats", "Hats", "v1/Sql/Select"]
    {
        problem(&ask(&format!("/api/4821/{path}")).await, 404);
    }
}

#[tokio::test]
async fn a_method_that_a_path_lacks_is_405_and_the_answer_names_the_other() {
    let mock = aero().await;
    let rows = [
        ("POST", "v1/Hats", "GET"),
        ("DELETE", "v1/Hats", "GET"),
        ("PUT", "v1/AeroTasks", "GET, POST"),
        ("POST", "v1/Companies/3301", "GET"),
        ("GET", "v1/Companies/3301/VaultEntries", "POST"),
        ("GET", "v1/AeroEmails/90410/AeroTimes", "POST"),
        ("GET", "v1/MasterAeros/2205/InsertOccurrencesByDate", "POST"),
        ("GET", "Sql/Select", "POST"),
    ];
    for (method, path, allow) in rows {
        let answer = mock.call(method, path, "application/json", "{}").await;
        problem(&answer, 405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn a_write_is_one_json_object_with_its_media_type() {
    let mock = aero().await;
    let text = review().to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        problem(&mock.call("POST", "v1/AeroTasks", kind, &text).await, 415);
    }
    problem(&mock.bare("POST", "/api/4821/v1/AeroTasks", &[("apikey", &mock.key)], &text).await, 415);
    for body in ["", "{", "[]", "null", "\"a\"", "{\"subject\":\u{1}}"] {
        assert_eq!(wrong(&mock.call("POST", "v1/AeroTasks", "application/json", body).await), ["$"], "{body}");
    }
    done(&mock.call("POST", "v1/AeroTasks", "Application/JSON; charset=utf-8", &text).await);
}

#[tokio::test]
async fn lists_stand_in_the_envelope_that_was_switched_on() {
    let mock = aero().await;
    let hats = json!([{ "id": 12, "name": "Bookkeeper" }, { "id": 13, "name": "Controller" }]);
    assert_eq!(done(&mock.get("Hats").await), json!({ "hatReads": hats }));
    assert_eq!(mock.switch("envelope=other").await["envelope"], "other");
    assert_eq!(done(&mock.get("Hats").await), json!({ "items": hats }));
    mock.switch("envelope=bare").await;
    assert_eq!(done(&mock.get("Hats").await), hats);
    assert!(done(&mock.get("Companies").await).is_array());
    assert!(done(&mock.get("Companies/3301").await).is_object());
    assert_eq!(mock.switch("envelope=unknown").await["envelope"], "bare");
    mock.switch("envelope=documented").await;
    assert_eq!(done(&mock.get("Hats").await), json!({ "hatReads": hats }));
}

#[tokio::test]
async fn every_nth_request_is_throttled_and_not_carried_out() {
    let mock = aero().await;
    mock.switch("throttle=2").await;
    done(&mock.post("AeroOthers", review()).await);
    let throttled = mock.post("AeroOthers", review()).await;
    problem(&throttled, 429);
    assert_eq!(throttled.header("retry-after"), "1");
    assert_eq!(mock.list("AeroOthers", "aeroOtherReads").await.len(), 3);
    problem(&mock.get("Hats").await, 429);
    mock.bare("GET", "/api/4821/v1/Hats", &[], "").await;
    done(&mock.get("Hats").await);
    mock.switch("throttle=0").await;
    done(&mock.get("Hats").await);
    done(&mock.get("Hats").await);
}

#[tokio::test]
async fn a_gateway_s_refusals_are_html() {
    let mock = aero().await;
    mock.switch("plain_errors=1").await;
    let unknown = mock.bare("GET", "/api/4821/v1/Hats", &[], "").await;
    let foreign = mock.bare("GET", "/api/1/v1/Hats", &[("apikey", &mock.key)], "").await;
    for (answer, status) in [(unknown, 401), (foreign, 403)] {
        assert_eq!((answer.status, answer.header("content-type")), (status, "text/html"));
        assert!(answer.body.starts_with(b"<html>"));
    }
    problem(&mock.get("Companies/1").await, 404);
}

#[tokio::test]
async fn a_change_of_a_master_aero_can_be_answered_with_nothing() {
    let mock = aero().await;
    mock.switch("empty=1").await;
    let step = json!({ "steps": [{ "name": "Send summary" }] });
    for (path, body) in [
        ("AddSteps", step),
        ("PullSteps", json!({})),
        ("InsertOccurrences", crate::aero::monthly()),
        ("InsertOccurrencesByCount", crate::aero::monthly()),
        ("InsertOccurrencesByDate", crate::aero::monthly()),
    ] {
        let answer = mock.post(&format!("MasterAeros/2205/{path}"), body).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
    let tasks = mock.list("AeroTasks", "aeroTaskReads").await;
    assert_eq!(tasks.iter().filter(|task| task["masterAeroId"] == 2205).count(), 3 + 3 + 3 + 6);
    problem(&mock.post("MasterAeros/1/PullSteps", json!({})).await, 404);
}

#[tokio::test]
async fn the_switches_answer_with_their_values() {
    let mock = aero().await;
    let start =
        json!({ "rows": false, "envelope": "documented", "empty": false, "plain_errors": false, "throttle": 0 });
    assert_eq!(mock.switch("").await, start);
    let all = mock.switch("rows=1&empty=true&plain_errors=1&throttle=7&unknown=1").await;
    assert_eq!(
        all,
        json!({ "rows": true, "envelope": "documented", "empty": true, "plain_errors": true, "throttle": 7 })
    );
    assert_eq!(mock.switch("rows=0&empty=&plain_errors=0&throttle=x").await, start);
    assert_eq!(mock.bare("GET", "/mock", &[], "").await.json()["rows"], Value::Bool(false));
}
