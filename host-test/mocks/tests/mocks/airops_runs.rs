//! Runs that are waited for, the key, and the clock.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::airops_client::{Airops, airops, ok, refusal};

const LAUNCH: &str = "0b8f5b52-6c1e-4b53-9f0a-3f5f0f7b9a11";

#[tokio::test]
async fn in_public_who_does_not_ask_for_a_detached_run_waits_for_its_end() {
    let mock = airops().await;
    let before = mock.switch("speed=200").await["now"].as_u64().unwrap();
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" } });
    let done = ok(&mock.post("/public_api/airops_apps/401/execute", body).await);
    assert_eq!(done["airops_app_execution"]["status"], "success");
    assert!(mock.switch("").await["now"].as_u64().unwrap() >= before + 6000);
}

#[tokio::test]
async fn a_wait_ends_as_soon_as_the_clock_is_moved() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Lamp" } });
    let wait = mock.post("/public_api/airops_apps/401/execute", body);
    let move_clock = async {
        while mock.get("/public_api/airops_apps/executions/exec_7d41").await.status == 404 {
            tokio::task::yield_now().await;
        }
        mock.switch("advance=6000").await
    };
    let (done, _) = timeout(Duration::from_secs(4), async { tokio::join!(wait, move_clock) }).await.unwrap();
    assert_eq!(ok(&done)["airops_app_execution"]["status"], "success");
}

#[tokio::test]
async fn a_waiting_request_is_answered_when_its_run_is_cancelled() {
    let mock = airops().await;
    let wait = mock.post("/public_api/airops_apps/401/execute", json!({ "inputs": { "product_name": "Lamp" } }));
    let cancel = async {
        while mock.act("POST", "/v1/executions/exec_7d41/cancel").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    let (waited, ()) = timeout(Duration::from_secs(4), async { tokio::join!(wait, cancel) }).await.unwrap();
    assert_eq!(ok(&waited)["airops_app_execution"]["status"], "cancelled");
}

#[tokio::test]
async fn a_run_that_is_waited_for_is_answered_with_its_result_and_the_whole_execution() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" } });
    let target = format!("/public_api/airops_apps/{LAUNCH}/execute");
    let documented = ok(&mock.post(&target, body.clone()).await);
    assert_eq!(documented.as_object().unwrap().len(), 1);
    assert!(documented["airops_app_execution"].as_object().unwrap().values().all(|value| !value.is_null()));
    mock.switch("observed=1").await;
    let answer = ok(&mock.post(&target, body).await);
    assert_eq!(answer["result"], json!({ "headline": "Harbour Lamp for long evenings" }));
    assert_eq!(answer["execution_id"], 90122);
    let run = &answer["airops_app_execution"];
    assert_eq!((&run["output"], &run["status"]), (&answer["result"], &json!("success")));
    assert_eq!((&run["steps_executed_count"], &run["last_completed_step_name"]), (&json!(4), &json!("Output")));
    assert_eq!((&run["createdAt"], &run["updatedAt"]), (&run["created_at"], &run["updated_at"]));
}

#[tokio::test]
async fn a_webhook_starts_a_run_by_its_own_token_alone() {
    let mock = airops().await;
    let target = format!("/public_api/airops_apps/{LAUNCH}/webhook_async_execute");
    let body = json!({ "inputs": { "product_name": "Lamp" } }).to_string();
    let send = async |token: &str| {
        mock.bare("POST", &format!("{target}{token}"), &[("content-type", "application/json")], &body).await
    };
    let answer = ok(&send("?auth_token=webhook-token").await);
    assert_eq!(answer["airops_app_execution"]["status"], "pending");
    assert_eq!(send("?auth_token=wrong").await.status, 401);
    assert_eq!(send("").await.status, 400);
}

#[tokio::test]
async fn without_the_right_key_every_path_is_refused() {
    let mock = airops().await;
    let key = mock.authorization();
    for target in ["/v1/workflows", "/v1/none", "/public_api/airops_apps", "/public_api/none"] {
        for value in ["", "Bearer wrong", "Basic YTpi", key.strip_prefix("Bearer ").unwrap()] {
            let answer = mock.bare("GET", target, &[("authorization", value)], "").await;
            assert_eq!(refusal(&answer), (401, "Invalid or missing access token".to_owned()), "{target} {value}");
        }
        assert_eq!(mock.bare("GET", target, &[], "").await.status, 401);
    }
    let answer = mock.bare("GET", "/v1/agents", &[("authorization", &key.replace("Bearer", "bearer"))], "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_clock_can_be_made_faster_from_now_on() {
    let mock = airops().await;
    let run = mock.start("wf_abc123", json!({ "product_name": "Lamp" })).await;
    assert_eq!(run["status"], "queued");
    let before = mock.switch("speed=100000").await["now"].as_u64().unwrap();
    while mock.poll(&run).await["status"] != "completed" {
        tokio::task::yield_now().await;
    }
    let after = mock.switch("speed=1").await["now"].as_u64().unwrap();
    assert!(after >= before + 5000);
    assert!(mock.switch("").await["now"].as_u64().unwrap() < after + 5000);
    for number in ["9", "99999999999999999999", "18446744073709551615"] {
        mock.switch(&format!("advance={number}&speed={number}")).await;
    }
    ok(&mock.post("/v1/workflows/wf_text/execute", json!({ "inputs": {} })).await);
}

#[tokio::test]
async fn every_server_gives_the_same_ids_and_shares_no_state() {
    let (one, other) = (airops().await, airops().await);
    let ids = async |mock: &Airops| -> [Value; 2] {
        let body = json!({ "message": "Hello" });
        let reply = ok(&mock.post("/public_api/agent_apps/502/chat", body).await);
        [reply["airops_app_execution"]["uuid"].clone(), reply["result"]["session_id"].clone()]
    };
    assert_eq!(ids(&one).await, ids(&other).await);
    one.start("wf_text", json!({})).await;
    assert_eq!(other.get("/public_api/airops_apps/executions/exec_7d42").await.status, 404);
}
