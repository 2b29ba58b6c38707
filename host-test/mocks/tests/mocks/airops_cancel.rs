//! Cancelling, and what races it.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::airops_client::{airops, is_unknown_address, ok, refusal};

#[tokio::test]
async fn a_pending_and_a_running_run_can_be_cancelled_and_stay_so() {
    let mock = airops().await;
    for advance in [0, 1500] {
        let run = mock.start("wf_abc123", json!({ "product_name": "Lamp" })).await;
        mock.switch(&format!("advance={advance}")).await;
        let id = run["execution_id"].as_str().unwrap();
        let answer = mock.act("POST", &format!("/v1/executions/{id}/cancel")).await;
        assert_eq!(ok(&answer), json!({ "execution_id": id, "status": "cancelled" }));
        mock.switch("advance=60000").await;
        let cancelled = mock.poll(&run).await;
        assert_eq!((&cancelled["status"], cancelled.get("result")), (&json!("cancelled"), None));
        assert!(cancelled["completed_at"].as_str() >= cancelled["created_at"].as_str());
    }
}

#[tokio::test]
async fn a_run_is_cancelled_once_and_not_after_its_end() {
    let mock = airops().await;
    let run = mock.start("wf_research_001", json!({})).await;
    let target = format!("/v1/executions/{}/cancel", run["execution_id"].as_str().unwrap());
    ok(&mock.act("POST", &target).await);
    let text = "An execution in the state cancelled can't be cancelled";
    assert_eq!(refusal(&mock.act("POST", &target).await), (400, text.to_owned()));
    for (workflow, state) in
        [("wf_text", "success"), ("wf_broken", "error"), ("wf_review", "review_needed"), ("wf_paused", "paused")]
    {
        let run = mock.start(workflow, json!({})).await;
        mock.switch("advance=1000").await;
        let before = mock.poll(&run).await;
        let target = format!("/v1/executions/{}/cancel", run["execution_id"].as_str().unwrap());
        let text = format!("An execution in the state {state} can't be cancelled");
        assert_eq!(refusal(&mock.act("POST", &target).await), (400, text));
        assert_eq!(mock.poll(&run).await, before);
    }
}

#[tokio::test]
async fn a_cancellation_can_be_accepted_and_lose() {
    let mock = airops().await;
    let run = mock.start("wf_stubborn", json!({})).await;
    mock.switch("advance=5000").await;
    let target = format!("/v1/executions/{}/cancel", run["execution_id"].as_str().unwrap());
    assert_eq!(ok(&mock.act("POST", &target).await)["status"], "running");
    assert_eq!(refusal(&mock.act("POST", &target).await).0, 400);
    mock.switch("advance=300").await;
    let done = mock.poll(&run).await;
    assert_eq!(done["status"], "completed");
    let public = ok(&mock.get("/public_api/airops_apps/executions/exec_7d41").await);
    assert!(public["runtime"].as_u64().unwrap() < 60, "it ends earlier than it would have");
    assert_eq!(done["result"], json!({ "note": "done before it was told to stop" }));
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
async fn the_vendor_s_verb_is_patch_and_its_answer_is_empty() {
    let mock = airops().await;
    let run = mock.start("wf_abc123", json!({ "product_name": "Lamp" })).await;
    let target = "/public_api/airops_apps/executions/exec_7d41/cancel";
    assert!(is_unknown_address(&mock.act("POST", target).await));
    let answer = mock.act("PATCH", target).await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(mock.poll(&run).await["status"], "cancelled");
    assert_eq!(refusal(&mock.act("PATCH", target).await).0, 400);
    let unknown = "/public_api/airops_apps/executions/exec_none/cancel";
    assert_eq!(refusal(&mock.act("PATCH", unknown).await), (404, "Execution not found".to_owned()));
}

#[tokio::test]
async fn a_cancellation_is_answered_without_a_body_if_the_mock_is_set_so() {
    let mock = airops().await;
    mock.switch("cancel=empty").await;
    let run = mock.start("wf_abc123", json!({ "product_name": "Lamp" })).await;
    let answer = mock.act("POST", "/v1/executions/exec_7d41/cancel").await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(mock.poll(&run).await["status"], "cancelled");
    assert_eq!(refusal(&mock.act("POST", "/v1/executions/exec_7d41/cancel").await).0, 400);
}
