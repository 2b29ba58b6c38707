//! Runs in the seed dialect: started, waited for, polled.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::airops_client::{Airops, airops, ok, refusal};

const DESCRIPTION: &str = "Harbour Lamp is made for long evenings – from 49 € in three colours.";

async fn run(mock: &Airops, workflow: &str) -> Value {
    ok(&mock.post(&format!("/v1/workflows/{workflow}/execute"), json!({ "inputs": {} })).await)
}

#[tokio::test]
async fn a_detached_run_is_pending_then_running_then_completed_as_time_passes() {
    let mock = airops().await;
    let run = mock.start("wf_abc123", json!({ "product_name": "Harbour Lamp" })).await;
    assert_eq!((&run["execution_id"], &run["workflow_id"]), (&json!("exec_7d41"), &json!("wf_abc123")));
    assert_eq!((&run["status"], &run["outputs"], &run["error"]), (&json!("pending"), &Value::Null, &Value::Null));
    assert_eq!(run["inputs"], json!({ "product_name": "Harbour Lamp" }));
    assert_eq!(run["created_at"], run["updated_at"]);
    assert_eq!(run["completed_at"], Value::Null);
    mock.switch("advance=1000").await;
    let running = mock.poll(&run).await;
    assert_eq!((&running["status"], &running["outputs"]), (&json!("running"), &Value::Null));
    assert!(running["updated_at"].as_str() > running["created_at"].as_str());
    mock.switch("advance=5000").await;
    let target = "/v1/workflows/wf_abc123/executions/exec_7d41";
    let done = ok(&mock.get(target).await);
    assert_eq!((&done["status"], &done["error"]), (&json!("completed"), &Value::Null));
    assert_eq!(done["outputs"]["title"], "Harbour Lamp");
    assert_eq!(done["outputs"]["description"], DESCRIPTION);
    assert_eq!((&done["credits_used"], &done["runtime"]), (&json!(6), &json!(6)));
    assert_eq!(done["completed_at"], done["updated_at"]);
    assert_eq!(done["created_at"], run["created_at"]);
    mock.switch("advance=86400000").await;
    assert_eq!(ok(&mock.get(target).await), done);
}

#[tokio::test]
async fn who_does_not_ask_for_a_detached_run_waits_for_its_end() {
    let mock = airops().await;
    let before = mock.switch("speed=200").await["now"].as_u64().unwrap();
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" } });
    let done = ok(&mock.post("/v1/workflows/wf_abc123/execute", body).await);
    assert_eq!((&done["status"], &done["outputs"]["title"]), (&json!("completed"), &json!("Harbour Lamp")));
    assert!(mock.switch("").await["now"].as_u64().unwrap() >= before + 6000);
    assert_eq!(mock.poll(&done).await, done);
}

#[tokio::test]
async fn a_wait_ends_as_soon_as_the_clock_is_moved() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Lamp" } });
    let wait = mock.post("/v1/workflows/wf_abc123/execute", body);
    let move_clock = async {
        while mock.get("/v1/executions/exec_7d41").await.status == 404 {
            tokio::task::yield_now().await;
        }
        mock.switch("advance=6000").await
    };
    let (done, _) = timeout(Duration::from_secs(4), async { tokio::join!(wait, move_clock) }).await.unwrap();
    assert_eq!(ok(&done)["status"], "completed");
}

#[tokio::test]
async fn who_would_wait_for_more_than_ten_minutes_is_turned_away_at_once_and_nothing_is_started() {
    let mock = airops().await;
    let answer = mock.post("/v1/workflows/wf_research_001/execute", json!({ "inputs": {} })).await;
    let text = "The execution takes longer than 10 minutes. Execute it asynchronously";
    assert_eq!(refusal(&answer), (503, text.to_owned()));
    assert_eq!(mock.get("/v1/executions/exec_7d41").await.status, 404);
    let run = mock.start("wf_research_001", json!({ "topic": "tides" })).await;
    mock.switch("advance=86400000").await;
    assert_eq!(mock.poll(&run).await["status"], "running");
}

#[tokio::test]
async fn outputs_are_of_any_json_type() {
    let mock = airops().await;
    assert_eq!(run(&mock, "wf_text").await["outputs"], "Ein Licht für lange Abende");
    assert_eq!(run(&mock, "wf_list").await["outputs"], json!(["lamp", { "keyword": "harbour", "volume": 320 }, 7]));
    let nothing = run(&mock, "wf_nothing").await;
    assert_eq!((&nothing["status"], &nothing["outputs"]), (&json!("completed"), &Value::Null));
    let text = run(&mock, "wf_json_text").await["outputs"].as_str().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["score"], 7);
}

#[tokio::test]
async fn a_failed_run_is_a_200_with_the_reason() {
    let mock = airops().await;
    let failed = run(&mock, "wf_broken").await;
    assert_eq!((&failed["status"], &failed["outputs"]), (&json!("failed"), &Value::Null));
    assert_eq!(failed["error"], json!({ "code": "step_failed", "message": "Step 'Fetch page' returned 502" }));
    let failed = run(&mock, "wf_unexplained").await;
    assert_eq!(failed["error"], json!({ "code": null, "message": null }));
}

#[tokio::test]
async fn a_run_that_needs_review_stays_so_and_is_not_completed() {
    let mock = airops().await;
    let stopped = run(&mock, "wf_review").await;
    assert_eq!((&stopped["status"], &stopped["completed_at"]), (&json!("review_needed"), &Value::Null));
    mock.switch("advance=86400000").await;
    assert_eq!(mock.poll(&stopped).await, stopped);
}

#[tokio::test]
async fn states_that_no_document_names_come_and_go() {
    let mock = airops().await;
    let paused = mock.start("wf_paused", json!({})).await;
    mock.switch("advance=1000").await;
    assert_eq!(mock.poll(&paused).await["status"], "paused");
    mock.switch("advance=60000").await;
    let done = mock.poll(&paused).await;
    assert_eq!((&done["status"], &done["outputs"]), (&json!("completed"), &json!({ "note": "resumed" })));
    let queued = mock.start("wf_queued", json!({})).await;
    assert_eq!(queued["status"], "queued");
    mock.switch("advance=2000").await;
    assert_eq!(mock.poll(&queued).await["status"], "completed");
}

#[tokio::test]
async fn a_required_input_must_be_there_and_not_blank() {
    let mock = airops().await;
    for inputs in [json!({}), json!({ "product_name": null }), json!({ "product_name": " " })] {
        let answer = mock.post("/v1/workflows/wf_abc123/execute", json!({ "inputs": inputs })).await;
        assert_eq!(refusal(&answer), (400, "product_name can't be blank".to_owned()));
    }
    let answer = mock.post("/v1/apps/412/execute", json!({ "inputs": {} })).await;
    assert_eq!(refusal(&answer), (400, "topic can't be blank".to_owned()));
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_a_400_and_starts_nothing() {
    let mock = airops().await;
    let target = "/v1/workflows/wf_text/execute";
    for (body, text) in [
        (json!({}), "inputs can't be blank"),
        (json!({ "inputs": null }), "inputs can't be blank"),
        (json!({ "inputs": "a" }), "inputs must be an object"),
        (json!({ "inputs": [] }), "inputs must be an object"),
        (json!({ "inputs": {}, "async": true, "stream": true }), "async and stream can't both be true"),
        (json!({ "inputs": {}, "async": "yes" }), "async must be true or false"),
        (json!({ "inputs": {}, "stream": 1 }), "stream must be true or false"),
        (json!({ "inputs": {}, "version_slug": "1" }), "version_slug must be an integer"),
        (json!({ "inputs": {}, "version_slug": 9 }), "There is no version 9 of this app"),
        (json!([]), "The body is not a JSON object"),
    ] {
        assert_eq!(refusal(&mock.post(target, body.clone()).await), (400, text.to_owned()), "{body}");
    }
    let key = mock.authorization();
    let answer = mock.bare("POST", target, &[("authorization", &key)], "inputs=a").await;
    assert_eq!(refusal(&answer), (400, "The body must be sent as application/json".to_owned()));
    let json = ("content-type", "application/json");
    let answer = mock.bare("POST", target, &[("authorization", &key), json], "{\"inputs\":").await;
    assert_eq!(refusal(&answer), (400, "The body is not a JSON object".to_owned()));
    assert_eq!(mock.get("/v1/executions/exec_7d41").await.status, 404);
    ok(&mock.post(target, json!({ "inputs": {}, "version_slug": 1, "unknown": 1 })).await);
}

#[tokio::test]
async fn what_is_not_published_or_not_in_the_plan_does_not_run() {
    let mock = airops().await;
    let answer = mock.post("/v1/workflows/wf_draft/execute", json!({ "inputs": {} })).await;
    assert_eq!(refusal(&answer), (400, "The app has no published version".to_owned()));
    let answer = mock.post("/v1/workflows/wf_enterprise/execute", json!({ "inputs": {} })).await;
    let text = "source API is not available on the free trial or free tier. Contact AirOps support for access.";
    assert_eq!(refusal(&answer), (403, text.to_owned()));
}

#[tokio::test]
async fn what_is_unknown_or_of_another_kind_is_not_found() {
    let mock = airops().await;
    let run = mock.start("wf_text", json!({})).await;
    let id = run["execution_id"].as_str().unwrap();
    let body = json!({ "inputs": {}, "message": "a" });
    for (method, target, what) in [
        ("POST", "/v1/workflows/wf_none/execute".to_owned(), "Workflow"),
        ("POST", "/v1/workflows/agt_xyz789/execute".to_owned(), "Workflow"),
        ("POST", "/v1/agents/wf_text/execute".to_owned(), "Agent"),
        ("POST", "/v1/agents/agt_none/chat".to_owned(), "Agent"),
        ("POST", "/v1/apps/wf_text/execute".to_owned(), "App"),
        ("GET", format!("/v1/workflows/wf_none/executions/{id}"), "Workflow"),
        ("GET", format!("/v1/workflows/wf_list/executions/{id}"), "Execution"),
        ("GET", "/v1/workflows/wf_text/executions/exec_none".to_owned(), "Execution"),
        ("GET", "/v1/executions/exec_none".to_owned(), "Execution"),
        ("POST", "/v1/executions/exec_none/cancel".to_owned(), "Execution"),
        ("PATCH", format!("/v1/executions/{id}/cancel"), "Path"),
        ("GET", "/v1/recipes".to_owned(), "Path"),
        ("POST", "/v1/flows/wf_text/execute".to_owned(), "Path"),
        ("GET", "/".to_owned(), "Path"),
    ] {
        assert_eq!(refusal(&mock.send(method, &target, body.clone()).await), (404, format!("{what} not found")));
    }
}

#[tokio::test]
async fn workflows_and_agents_are_listed_apart() {
    let mock = airops().await;
    let workflows = ok(&mock.get("/v1/workflows").await);
    let launch = json!({
        "id": "wf_launch_copy", "name": "Launch copy", "description": "Drafts launch text",
        "created_at": "2025-11-02T08:00:00.000Z", "updated_at": "2026-04-30T12:00:00.000Z",
    });
    let workflows = workflows.as_array().unwrap();
    assert!(workflows.contains(&launch));
    assert!(workflows.iter().all(|workflow| workflow["id"].as_str().unwrap().starts_with("wf_")));
    assert!(workflows.iter().any(|workflow| workflow["description"].is_null()));
    let agents = ok(&mock.get("/v1/agents").await);
    let ids: Vec<&Value> = agents.as_array().unwrap().iter().map(|agent| &agent["id"]).collect();
    assert_eq!(ids, ["agt_xyz789", "agt_helpdesk", "agt_broken", "agt_json"]);
}

#[tokio::test]
async fn a_legacy_app_runs_and_is_polled_as_a_workflow_does() {
    let mock = airops().await;
    let body = json!({ "inputs": { "topic": "tide tables" } });
    let done = ok(&mock.post("/v1/apps/412/execute", body).await);
    assert_eq!((&done["app_id"], &done["status"]), (&json!("412"), &json!("completed")));
    assert_eq!(done["outputs"], "High water at 06:12.");
    let id = done["execution_id"].as_str().unwrap();
    assert_eq!(ok(&mock.get(&format!("/v1/apps/412/executions/{id}")).await), done);
    assert_eq!(mock.get(&format!("/v1/workflows/wf_text/executions/{id}")).await.status, 404);
}

#[tokio::test]
async fn an_agent_runs_on_a_message_among_its_inputs() {
    let mock = airops().await;
    let target = "/v1/agents/agt_helpdesk/execute";
    let inputs = json!({ "message": "Summarise ticket 881", "customer": "Orla" });
    let run = ok(&mock.post(target, json!({ "inputs": inputs, "async": true })).await);
    assert_eq!((&run["agent_id"], &run["inputs"]), (&json!("agt_helpdesk"), &inputs));
    mock.switch("advance=1000").await;
    let id = run["execution_id"].as_str().unwrap();
    let done = ok(&mock.get(&format!("/v1/agents/agt_helpdesk/executions/{id}")).await);
    assert_eq!(done["outputs"], json!({ "response": "The lamp came broken, and a new one is under way." }));
    for inputs in [json!({}), json!({ "message": "" })] {
        let answer = mock.post(target, json!({ "inputs": inputs })).await;
        assert_eq!(refusal(&answer), (400, "message can't be blank".to_owned()));
    }
    let answer = mock.post(target, json!({ "inputs": { "message": { "text": "a" } } })).await;
    assert_eq!(refusal(&answer), (400, "message must be a string".to_owned()));
}
