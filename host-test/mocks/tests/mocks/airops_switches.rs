//! The key, and the mock's own switches; those of streams and cancellations are tested with these.

use serde_json::{Value, json};

use crate::airops_client::{airops, is_unknown_address, ok, refusal};

const POLL: &str = "/v1/workflows/wf_text/executions/exec_7d41";
const PUBLIC_POLL: &str = "/public_api/airops_apps/executions/exec_7d41";

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
async fn the_switches_are_shown_and_need_no_key() {
    let mock = airops().await;
    let mut values = mock.switch("").await;
    assert!(values["now"].take().as_u64().unwrap() > 1_700_000_000_000);
    let expected = json!({
        "speed": 1, "now": null, "seed": false, "observed": false, "at_once": false, "more": 0, "flaky": 0, "throttle": 0,
        "throttle_plain": false, "cut": "", "no_done": false, "sse": "plain", "only": "both", "cancel": "full",
    });
    assert_eq!(values, expected);
    let query = "speed=7&observed=1&flaky=2&throttle=3&cut=abort&sse=odd&only=v1&cancel=empty";
    let values = mock.switch(query).await;
    let shown = ["speed", "observed", "flaky", "throttle", "cut", "sse", "only", "cancel"].map(|name| &values[name]);
    assert_eq!(json!(shown), json!([7, true, 2, 3, "abort", "odd", "v1", "empty"]));
    assert_eq!(mock.switch("speed=fast&flaky=&unknown=1").await["speed"], 7);
    let values = mock.switch("observed=0&cut=0&only=both").await;
    assert_eq!((&values["observed"], &values["cut"], &values["only"]), (&json!(false), &json!(""), &json!("both")));
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
async fn public_can_answer_as_clients_saw_it_and_v1_as_the_catalogue_page_has_it() {
    let mock = airops().await;
    mock.start("wf_text", json!({})).await;
    mock.switch("advance=1000").await;
    let (v1, public) = (ok(&mock.get(POLL).await), ok(&mock.get(PUBLIC_POLL).await));
    let text = "Ein Licht für lange Abende";
    assert_eq!((&v1["result"], &public["output"]), (&json!({ "output": text }), &json!({ "output": text })));
    assert_eq!(public["id"], "90121");
    mock.switch("seed=1&observed=1").await;
    let (v1, public) = (ok(&mock.get(POLL).await), ok(&mock.get(PUBLIC_POLL).await));
    assert_eq!((&v1["outputs"], v1.get("result")), (&json!(text), None));
    let public = &public["airops_app_execution"];
    assert_eq!((&public["id"], &public["output"], &public["error_code"]), (&json!(90121), &json!(text), &Value::Null));
}

#[tokio::test]
async fn polls_fail_as_often_as_configured_and_nothing_else_does() {
    let mock = airops().await;
    mock.switch("flaky=2").await;
    mock.start("wf_text", json!({})).await;
    ok(&mock.get("/v1/workflows").await);
    for target in [POLL, PUBLIC_POLL] {
        assert_eq!(refusal(&mock.get(target).await), (503, "Service temporarily unavailable".to_owned()));
    }
    ok(&mock.get(POLL).await);
    assert_eq!(mock.switch("").await["flaky"], 0);
}

#[tokio::test]
async fn requests_are_throttled_as_often_as_configured_and_nothing_is_started() {
    let mock = airops().await;
    mock.switch("throttle=2").await;
    let answer = mock.post("/v1/workflows/wf_text/execute", json!({ "inputs": {} })).await;
    assert_eq!((refusal(&answer), answer.header("retry-after")), ((429, "Rate limit exceeded".to_owned()), "1"));
    mock.switch("throttle_plain=1").await;
    let answer = mock.get("/public_api/airops_apps").await;
    assert_eq!((answer.status, answer.headers.get("retry-after")), (429, None));
    ok(&mock.get("/public_api/airops_apps").await);
    assert_eq!(mock.get(POLL).await.status, 400);
}

#[tokio::test]
async fn either_dialect_can_be_the_only_one() {
    let mock = airops().await;
    for (only, there, gone) in
        [("v1", "/v1/workflows", "/public_api/airops_apps"), ("public", "/public_api/airops_apps", "/v1/workflows")]
    {
        mock.switch(&format!("only={only}")).await;
        ok(&mock.get(there).await);
        assert!(is_unknown_address(&mock.get(gone).await));
    }
    mock.switch("only=both").await;
    ok(&mock.get("/v1/workflows").await);
}

#[tokio::test]
async fn every_server_gives_the_same_ids_and_shares_no_state() {
    let (one, other) = (airops().await, airops().await);
    let ids = async |mock: &crate::airops_client::Airops| -> [Value; 2] {
        let body = json!({ "message": "Hello" });
        let reply = ok(&mock.post("/public_api/agent_apps/502/chat", body).await);
        [reply["airops_app_execution"]["uuid"].clone(), reply["result"]["session_id"].clone()]
    };
    assert_eq!(ids(&one).await, ids(&other).await);
    one.start("wf_text", json!({})).await;
    assert_eq!(other.get("/public_api/airops_apps/executions/exec_7d42").await.status, 404);
}

#[tokio::test]
async fn what_asks_for_a_stream_can_be_answered_at_once() {
    let mock = airops().await;
    mock.switch("at_once=1").await;
    let body = json!({ "inputs": { "product_name": "Lamp" }, "stream": true });
    let answer = ok(&mock.post("/v1/workflows/wf_launch_copy/execute", body).await);
    assert_eq!(answer["result"], json!({ "headline": "Lamp for long evenings" }));
    let reply =
        ok(&mock.post("/v1/agents/agt_helpdesk/chat", json!({ "message": "Which plans?", "stream": true })).await);
    assert_eq!(reply["response"], "Two: Shore and Ocean.");
}
