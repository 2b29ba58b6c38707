//! Runs in `v1`: started, waited for, polled.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::airops_client::{Airops, airops, is_unknown_address, ok, refusal};

const DESCRIPTION: &str = "Harbour Lamp is made for long evenings – from 49 € in three colours.";

async fn run(mock: &Airops, workflow: &str) -> Value {
    ok(&mock.post(&format!("/v1/workflows/{workflow}/execute"), json!({ "inputs": {} })).await)
}

#[tokio::test]
async fn a_run_that_takes_long_is_queued_then_running_then_completed_as_time_passes() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" } });
    let run = ok(&mock.post("/v1/workflows/wf_abc123/execute", body).await);
    assert_eq!(run, json!({ "execution_id": "exec_7d41", "status": "queued" }));
    let target = "/v1/workflows/wf_abc123/executions/exec_7d41";
    let queued = ok(&mock.get(target).await);
    assert_eq!((&queued["status"], &queued["completed_at"]), (&json!("queued"), &Value::Null));
    mock.switch("advance=1000").await;
    let running = ok(&mock.get(target).await);
    assert_eq!((&running["status"], running.get("result")), (&json!("running"), None));
    mock.switch("advance=5000").await;
    let done = ok(&mock.get(target).await);
    assert_eq!((&done["status"], done.get("error")), (&json!("completed"), None));
    assert_eq!(done["result"]["title"], "Harbour Lamp");
    assert_eq!(done["result"]["description"], DESCRIPTION);
    assert!(done["completed_at"].as_str() > done["created_at"].as_str());
    assert_eq!(done["created_at"], queued["created_at"]);
    mock.switch("advance=86400000").await;
    assert_eq!(ok(&mock.get(target).await), done);
}

#[tokio::test]
async fn a_run_with_a_webhook_is_not_waited_for() {
    let mock = airops().await;
    assert_eq!(run(&mock, "wf_text").await["status"], "completed");
    assert_eq!(mock.start("wf_text", json!({})).await["status"], "queued");
}

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
async fn a_call_with_a_wait_of_more_than_ten_minutes_is_refused_at_once_and_starts_nothing() {
    let mock = airops().await;
    let answer = mock.post("/public_api/airops_apps/402/execute", json!({ "inputs": {} })).await;
    let text = "The execution takes longer than 10 minutes. Execute it asynchronously";
    assert_eq!(refusal(&answer), (503, text.to_owned()));
    assert_eq!(mock.get("/public_api/airops_apps/executions/exec_7d41").await.status, 404);
    let run = mock.start("wf_research_001", json!({ "topic": "tides" })).await;
    mock.switch("advance=86400000").await;
    assert_eq!(mock.poll(&run).await["status"], "running");
}

#[tokio::test]
async fn a_result_is_an_object_and_outputs_of_the_catalogue_page_are_of_any_type() {
    let mock = airops().await;
    assert_eq!(run(&mock, "wf_text").await["result"], json!({ "output": "Ein Licht für lange Abende" }));
    assert_eq!(run(&mock, "wf_nothing").await.get("result"), None);
    mock.switch("seed=1").await;
    assert_eq!(run(&mock, "wf_text").await["outputs"], "Ein Licht für lange Abende");
    assert_eq!(run(&mock, "wf_list").await["outputs"], json!(["lamp", { "keyword": "harbour", "volume": 320 }, 7]));
    let text = run(&mock, "wf_json_text").await["outputs"].as_str().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["score"], 7);
}

#[tokio::test]
async fn a_failed_run_is_a_200_with_the_reason_where_it_is_polled() {
    let mock = airops().await;
    let failed = run(&mock, "wf_broken").await;
    assert_eq!(failed, json!({ "execution_id": "exec_7d41", "status": "failed" }));
    let polled = ok(&mock.get("/v1/workflows/wf_broken/executions/exec_7d41").await);
    assert_eq!(polled["error"], "Step 'Fetch page' returned 502");
    run(&mock, "wf_unexplained").await;
    let polled = ok(&mock.get("/v1/workflows/wf_unexplained/executions/exec_7d42").await);
    assert_eq!((&polled["status"], polled.get("error")), (&json!("failed"), None));
}

#[tokio::test]
async fn a_run_that_needs_review_stays_so_and_is_not_completed() {
    let mock = airops().await;
    let run = mock.start("wf_review", json!({})).await;
    mock.switch("advance=1000").await;
    let stopped = mock.poll(&run).await;
    assert_eq!((&stopped["status"], &stopped["completed_at"]), (&json!("review_needed"), &Value::Null));
    mock.switch("advance=86400000").await;
    assert_eq!(mock.poll(&run).await, stopped);
}

#[tokio::test]
async fn states_that_no_document_names_come_and_go() {
    let mock = airops().await;
    let paused = mock.start("wf_paused", json!({})).await;
    mock.switch("advance=1000").await;
    assert_eq!(mock.poll(&paused).await["status"], "paused");
    mock.switch("advance=60000").await;
    let done = mock.poll(&paused).await;
    assert_eq!((&done["status"], &done["result"]), (&json!("completed"), &json!({ "note": "resumed" })));
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
        (json!({}), "body.inputs: missing"),
        (json!({ "inputs": null }), "body.inputs: expected an object"),
        (json!({ "inputs": "a" }), "body.inputs: expected an object"),
        (json!({ "inputs": {}, "async": true }), "body.async: the document has no such member"),
        (json!({ "inputs": {}, "version_slug": 1 }), "body.version_slug: the document has no such member"),
        (json!({ "inputs": {}, "stream": 1 }), "body.stream: expected true or false"),
        (json!({ "inputs": {}, "webhook_url": 1 }), "body.webhook_url: expected a text"),
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
    assert_eq!(mock.get("/v1/workflows/wf_text/executions/exec_7d41").await.status, 400);
}

#[tokio::test]
async fn what_is_not_published_or_not_in_the_plan_does_not_run() {
    let mock = airops().await;
    let answer = mock.post("/v1/workflows/wf_draft/execute", json!({ "inputs": {} })).await;
    assert_eq!(refusal(&answer), (400, "The app has no published version".to_owned()));
    let answer = mock.post("/v1/workflows/wf_enterprise/execute", json!({ "inputs": {} })).await;
    let text = "source API is not available on the free trial or free tier. Contact AirOps support for access.";
    assert_eq!(refusal(&answer), (400, text.to_owned()));
}

#[tokio::test]
async fn what_is_unknown_or_of_another_kind_is_not_found() {
    let mock = airops().await;
    let run = mock.start("wf_text", json!({})).await;
    let id = run["execution_id"].as_str().unwrap();
    let run_of = json!({ "inputs": {} });
    let nothing = Value::Null;
    for (method, target, body, what) in [
        ("POST", "/v1/workflows/wf_none/execute".to_owned(), &run_of, "Workflow"),
        ("POST", "/v1/workflows/agt_xyz789/execute".to_owned(), &run_of, "Workflow"),
        ("POST", "/v1/agents/wf_text/execute".to_owned(), &run_of, "Agent"),
        ("POST", "/v1/agents/agt_none/chat".to_owned(), &json!({ "message": "a" }), "Agent"),
        ("POST", "/v1/apps/wf_text/execute".to_owned(), &run_of, "App"),
        ("GET", format!("/v1/workflows/wf_none/executions/{id}"), &nothing, "Workflow"),
        ("GET", format!("/v1/workflows/wf_list/executions/{id}"), &nothing, "Execution"),
        ("GET", "/v1/workflows/wf_text/executions/exec_none".to_owned(), &nothing, "Execution"),
        ("POST", "/v1/executions/exec_none/cancel".to_owned(), &nothing, "Execution"),
    ] {
        let answer = match body {
            Value::Null => mock.act(method, &target).await,
            body => mock.send(method, &target, body.clone()).await,
        };
        assert_eq!(refusal(&answer), (400, format!("{what} not found")));
        assert_eq!(answer.json()["error"], "not_found");
    }
    for (method, target) in [
        ("PATCH", "/v1/executions/exec_7d41/cancel"),
        ("GET", "/v1/executions/exec_7d41"),
        ("GET", "/v1/recipes"),
        ("POST", "/v1/flows/wf_text/execute"),
        ("GET", "/"),
    ] {
        assert!(is_unknown_address(&mock.act(method, target).await), "{target}");
    }
}

#[tokio::test]
async fn lists_come_in_pages_of_20() {
    let mock = airops().await;
    mock.switch("more=29").await;
    let count = async |query: &str| ok(&mock.get(&format!("/v1/workflows{query}")).await).as_array().unwrap().len();
    assert_eq!((count("").await, count("?page=2").await, count("?page=3").await), (20, 20, 5));
    assert_eq!((count("?page=4").await, count("?page=2&per_page=30").await), (0, 15));
    for wrong in ["page=0", "page=x", "per_page=0", "limit=3"] {
        assert_eq!(mock.get(&format!("/v1/workflows?{wrong}")).await.status, 400, "{wrong}");
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
    assert_eq!((&done["result"], &done["status"]), (&json!({ "tides": "High water at 06:12." }), &json!("completed")));
    let id = done["execution_id"].as_str().unwrap();
    assert_eq!(ok(&mock.get(&format!("/v1/apps/412/executions/{id}")).await)["result"], done["result"]);
    assert_eq!(mock.get(&format!("/v1/workflows/wf_text/executions/{id}")).await.status, 400);
}

#[tokio::test]
async fn an_agent_runs_on_a_message_among_its_inputs() {
    let mock = airops().await;
    let target = "/v1/agents/agt_helpdesk/execute";
    let inputs = json!({ "message": "Summarise ticket 881", "customer": "Orla" });
    let run = ok(&mock.post(target, json!({ "inputs": inputs })).await);
    let id = run["execution_id"].as_str().unwrap();
    let done = ok(&mock.get(&format!("/v1/agents/agt_helpdesk/executions/{id}")).await);
    assert_eq!(done["result"], json!({ "response": "The lamp came broken, and a new one is under way." }));
    for inputs in [json!({}), json!({ "message": "" })] {
        let answer = mock.post(target, json!({ "inputs": inputs })).await;
        assert_eq!(refusal(&answer), (400, "message can't be blank".to_owned()));
    }
    let answer = mock.post(target, json!({ "inputs": { "message": { "text": "a" } } })).await;
    assert_eq!(refusal(&answer), (400, "message must be a string".to_owned()));
}
