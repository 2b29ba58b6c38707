//! The vendor's own dialect.

use serde_json::{Value, json};

use crate::airops_client::{airops, is_unknown_address, ok, refusal};

const LAUNCH: &str = "0b8f5b52-6c1e-4b53-9f0a-3f5f0f7b9a11";

#[tokio::test]
async fn apps_are_a_bare_array_of_every_kind() {
    let mock = airops().await;
    let apps = ok(&mock.get("/public_api/airops_apps").await);
    let launch = json!({
        "id": 411, "uuid": LAUNCH, "name": "Launch copy", "description": "Drafts launch text",
        "background_color": "#cde", "emoji": "", "public": false, "readme": "", "active_version_id": 811,
        "created_at": "2025-11-02T08:00:00.000Z", "updated_at": "2026-04-30T12:00:00.000Z",
    });
    let apps = apps.as_array().unwrap();
    assert!(apps.contains(&launch));
    assert!(["Helpdesk", "Tide tables"].iter().all(|name| apps.iter().any(|app| app["name"] == *name)));
    assert!(apps.iter().any(|app| app.get("active_version_id").is_none()), "a draft");
}

#[tokio::test]
async fn one_app_is_found_by_any_of_its_ids_and_shows_its_inputs() {
    let mock = airops().await;
    mock.switch("observed=1").await;
    let app = ok(&mock.get(&format!("/public_api/airops_apps/{LAUNCH}")).await);
    let inputs = json!([{ "name": "product_name", "required": true }, { "name": "tone", "required": false }]);
    assert_eq!((&app["id"], &app["inputs_schema"]), (&json!(411), &inputs));
    for id in ["411", "wf_launch_copy"] {
        assert_eq!(ok(&mock.get(&format!("/public_api/airops_apps/{id}")).await), app);
    }
    let answer = mock.get("/public_api/airops_apps/9999").await;
    assert_eq!(refusal(&answer), (404, "App not found".to_owned()));
}

#[tokio::test]
async fn a_detached_run_is_wrapped_and_a_polled_one_is_bare() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" }, "version_slug": 2 });
    let answer = ok(&mock.post("/public_api/airops_apps/401/async_execute", body).await);
    let run = &answer["airops_app_execution"];
    assert_eq!(answer.as_object().unwrap().len(), 1);
    assert_eq!((&run["id"], &run["status"], run.get("output")), (&json!("90121"), &json!("pending"), None));
    assert_eq!(run["airops_apps_version_id"], 803);
    let uuid = run["uuid"].as_str().unwrap();
    assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
    mock.switch("advance=6000").await;
    let polled = ok(&mock.get(&format!("/public_api/airops_apps/executions/{uuid}")).await);
    assert_eq!((&polled["status"], &polled["output"]["title"]), (&json!("success"), &json!("Harbour Lamp")));
    assert_eq!((&polled["runtime"], &polled["credits_used"]), (&json!(6), &json!(6)));
    assert!(polled["createdAt"].is_string() && polled.get("created_at").is_none());
    for id in ["90121", "exec_7d41"] {
        assert_eq!(ok(&mock.get(&format!("/public_api/airops_apps/executions/{id}")).await), polled);
    }
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
async fn a_failed_run_is_a_200_with_the_vendor_s_code() {
    let mock = airops().await;
    let answer = ok(&mock.post("/public_api/airops_apps/wf_broken/execute", json!({ "inputs": {} })).await);
    let run = &answer["airops_app_execution"];
    assert_eq!((&run["status"], &run["error_code"]), (&json!("error"), &json!("step_failed")));
    assert_eq!(run["error_message"], "Step 'Fetch page' returned 502");
    assert_eq!((run.get("output"), &run["credits_used"]), (None, &json!(2)));
}

#[tokio::test]
async fn an_agent_is_an_app_too_and_takes_its_message_from_the_inputs() {
    let mock = airops().await;
    let body = json!({ "inputs": { "message": "Which plans?" } });
    let answer = ok(&mock.post("/public_api/airops_apps/agt_helpdesk/execute", body).await);
    assert_eq!(answer["airops_app_execution"]["output"], json!({ "response": "Two: Shore and Ocean." }));
    assert_eq!(answer["airops_app_execution"].get("conversation_id"), None);
}

#[tokio::test]
async fn the_same_bodies_are_refused_as_in_the_other_dialect() {
    let mock = airops().await;
    for (target, body, status) in [
        ("airops_apps/401/execute", json!({ "inputs": {} }), 400),
        ("airops_apps/401/async_execute", json!({}), 400),
        ("airops_apps/401/async_execute", json!({ "inputs": [] }), 400),
        ("airops_apps/wf_draft/async_execute", json!({ "inputs": {} }), 400),
        ("airops_apps/wf_enterprise/execute", json!({ "inputs": {} }), 400),
        ("airops_apps/wf_research_001/execute", json!({ "inputs": {} }), 503),
        ("airops_apps/none/execute", json!({ "inputs": {} }), 404),
        ("airops_apps/401/execute", json!({ "inputs": { "product_name": "Lamp" }, "stream_channel_id": "c-1" }), 400),
        ("agent_apps/501/async_chat", json!({ "message": "a", "session_id": "mine" }), 400),
        ("agent_apps/501/chat", json!({}), 400),
        ("agent_apps/401/chat", json!({ "message": "a" }), 404),
    ] {
        assert_eq!(refusal(&mock.post(&format!("/public_api/{target}"), body).await).0, status, "{target}");
    }
}

#[tokio::test]
async fn a_run_of_one_dialect_is_the_same_run_in_the_other() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Lamp" } });
    let answer = ok(&mock.post("/public_api/airops_apps/401/async_execute", body).await);
    let uuid = answer["airops_app_execution"]["uuid"].as_str().unwrap();
    let seen = ok(&mock.get(&format!("/v1/workflows/401/executions/{uuid}")).await);
    assert_eq!((&seen["execution_id"], &seen["status"]), (&json!("exec_7d41"), &json!("queued")));
    let answer = mock.act("POST", &format!("/v1/executions/{uuid}/cancel")).await;
    assert_eq!(ok(&answer)["status"], "cancelled");
    let polled = ok(&mock.get(&format!("/public_api/airops_apps/executions/{uuid}")).await);
    assert_eq!(polled["status"], "cancelled");
}

#[tokio::test]
async fn a_failed_run_succeeds_when_it_is_retried_and_no_other_can_be() {
    let mock = airops().await;
    let run = mock.start("wf_broken", json!({})).await;
    let target = "/public_api/airops_apps/executions/exec_7d41/retry";
    assert!(is_unknown_address(&mock.act("PATCH", target).await));
    mock.switch("advance=1000").await;
    assert_eq!(mock.poll(&run).await["status"], "failed");
    assert_eq!(mock.act("POST", target).await.status, 204);
    mock.switch("advance=1000").await;
    let done = mock.poll(&run).await;
    assert_eq!((&done["status"], done.get("error")), (&json!("completed"), None));
    assert_eq!(done["result"], json!({ "summary": "The page says hello." }));
    let text = "An execution in the state success can't be retried";
    assert_eq!(refusal(&mock.act("POST", target).await), (400, text.to_owned()));
}

#[tokio::test]
async fn a_run_that_succeeded_can_be_rated_and_no_other() {
    let mock = airops().await;
    mock.start("wf_text", json!({})).await;
    mock.start("wf_abc123", json!({ "product_name": "Lamp" })).await;
    let target = "/public_api/airops_apps/executions/exec_7d41";
    let rate = async |id: &str, body: Value| {
        mock.send("PATCH", &format!("/public_api/airops_apps/executions/{id}/feedback"), body).await
    };
    assert_eq!(refusal(&rate("exec_7d42", json!({ "feedback": "positive" })).await).0, 400);
    mock.switch("advance=1000").await;
    assert_eq!(rate("exec_7d41", json!({ "feedback": "positive" })).await.status, 204);
    assert_eq!(ok(&mock.get(target).await)["feedback"], "positive");
    assert_eq!(refusal(&rate("exec_7d41", json!({ "feedback": "great" })).await).0, 400);
    assert_eq!(refusal(&rate("exec_7d41", json!({})).await), (400, "body.feedback: missing".to_owned()));
}

#[tokio::test]
async fn an_app_s_executions_come_in_pages_the_latest_first() {
    let mock = airops().await;
    for _ in 0..5 {
        mock.start("wf_text", json!({})).await;
        mock.start("wf_list", json!({})).await;
    }
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            ok(&mock.get(&format!("/public_api/airops_apps/431/executions?airops_app_id=431&items=2{cursor}")).await);
        assert_eq!(page["meta"]["count"], 5);
        ids.extend(page["data"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["meta"]["cursor"].as_str() else {
            assert_eq!(page["meta"]["has_more"], false);
            break;
        };
        assert_eq!(page["meta"]["has_more"], true);
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids, ["90129", "90127", "90125", "90123", "90121"]);
    for wrong in ["items=2", "airops_app_id=431&items=0", "airops_app_id=431&items=101", "airops_app_id=431&page=2"] {
        assert_eq!(mock.get(&format!("/public_api/airops_apps/431/executions?{wrong}")).await.status, 400, "{wrong}");
    }
    let target = "/public_api/airops_apps/wf_text/executions?airops_app_id=431";
    assert_eq!(mock.get(target).await.status, 400, "an app's number, and no other id");
    assert_eq!(mock.get("/public_api/airops_apps/9999/executions?airops_app_id=9999").await.status, 404);
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
