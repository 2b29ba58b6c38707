//! Streams of server-sent events, in both dialects.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::airops_client::{Airops, airops, events, ok, refusal, said, whole};

const CHAT: &str = "/v1/agents/agt_xyz789/chat";
const ABC: &str = "/v1/workflows/wf_abc123/executions/exec_7d41";
const PLANS: &str =
    "We offer two plans: Shore, at 20 € a month, and Ocean, at 60 € a month – both begin with a free trial of 14 days.";

fn plans() -> Value {
    json!({ "message": "What plans do you offer?", "stream": true, "session_id": "mine" })
}

async fn chat(mock: &Airops) -> Vec<String> {
    mock.events(CHAT, plans()).await
}

#[tokio::test]
async fn a_streamed_chat_sends_tools_then_tokens_then_the_whole_and_the_run() {
    let mock = airops().await;
    let mut stream = mock.stream(CHAT, plans()).await;
    assert_eq!((stream.status, &stream.headers["content-type"]), (200, &"text/event-stream".parse().unwrap()));
    assert_eq!(stream.headers["x-execution-id"], "exec_7d41");
    assert_eq!(stream.headers["x-session-id"], "mine");
    let (pieces, end) = stream.rest().await;
    end.unwrap();
    let events = whole(events(&pieces.concat()));
    let output = json!({ "tool": "knowledge_base", "tool_input": { "query": "What plans do you offer?" } });
    assert_eq!(events[0], json!({ "object": "app.output.agent-action", "delta": { "output": output } }));
    let output = json!({ "token": "We ", "stream_finished": false });
    assert_eq!(events[1], json!({ "object": "app.output.agent-response", "delta": { "output": output } }));
    assert_eq!(said(&events), PLANS);
    let output = json!({ "token": "", "stream_finished": true, "result": PLANS });
    let last = &events[events.len() - 2..];
    assert_eq!(last[0], json!({ "object": "app.output.agent-response", "delta": { "output": output } }));
    let completed = json!({
        "object": "app.output.completed", "execution_id": "exec_7d41", "session_id": "mine", "status": "completed",
    });
    assert_eq!(last[1], completed);
    let run = ok(&mock.get("/v1/agents/agt_xyz789/executions/exec_7d41").await);
    assert_eq!((&run["status"], &run["result"]["response"]), (&json!("completed"), &json!(PLANS)));
}

#[tokio::test]
async fn tokens_come_one_by_one_while_the_run_goes_on() {
    let mock = airops().await;
    // About a second for the whole answer, so that neither a slow machine nor a fast one can hide it.
    let body = json!({ "inputs": { "product_name": "Lamp" }, "stream": true });
    mock.switch("speed=5").await;
    let started = Instant::now();
    let mut stream = mock.stream("/v1/workflows/wf_abc123/execute", body).await;
    let first = stream.next().await.unwrap().unwrap();
    let until_first = started.elapsed();
    assert_eq!(events(&first), [r#"{"delta":{"output":"Lamp "},"object":"app.output.chunk"}"#]);
    let run = ok(&mock.get(ABC).await);
    assert_eq!(run["status"], "running");
    let (pieces, end) = stream.rest().await;
    end.unwrap();
    assert!(pieces.len() > 10 && started.elapsed() > until_first + Duration::from_millis(200));
}

#[tokio::test]
async fn a_streamed_conversation_is_remembered() {
    let mock = airops().await;
    chat(&mock).await;
    let body = json!({ "message": "What did I ask before?", "session_id": "mine", "stream": true });
    assert_eq!(said(&whole(mock.events(CHAT, body).await)), "You asked before: “What plans do you offer?”");
}

#[tokio::test]
async fn a_streamed_workflow_spells_its_text_and_names_the_run_at_the_end() {
    let mock = airops().await;
    mock.switch("speed=100").await;
    let body = json!({ "inputs": { "product_name": "Harbour Lamp" }, "stream": true });
    let events = whole(mock.events("/v1/workflows/wf_abc123/execute", body).await);
    assert_eq!(events[0], json!({ "object": "app.output.chunk", "delta": { "output": "Harbour " } }));
    assert_eq!(said(&events), "Harbour Lamp is made for long evenings – from 49 € in three colours.");
    let completed = json!({ "object": "app.output.completed", "execution_id": "exec_7d41", "status": "completed" });
    assert_eq!(events.last(), Some(&completed));
    let body = json!({ "inputs": {}, "stream": true });
    let events = whole(mock.events("/v1/workflows/wf_list/execute", body).await);
    let output: Value = serde_json::from_str(&said(&events)).unwrap();
    assert_eq!(output[0], "lamp");
}

#[tokio::test]
async fn an_agent_s_execution_and_a_legacy_app_s_stream_too() {
    let mock = airops().await;
    let body = json!({ "inputs": { "message": "Which plans?" }, "stream": true });
    let mut stream = mock.stream("/v1/agents/agt_helpdesk/execute", body).await;
    assert!(stream.headers.get("x-session-id").is_none());
    let events = whole(events(&stream.rest().await.0.concat()));
    assert_eq!(said(&events), "Two: Shore and Ocean.");
    assert!(events.last().unwrap().get("session_id").is_none());
    let body = json!({ "inputs": { "topic": "tides" }, "stream": true });
    let events = whole(mock.events("/v1/apps/412/execute", body).await);
    assert_eq!(said(&events), "High water at 06:12.");
}

#[tokio::test]
async fn the_vendor_streams_chunks_and_nothing_that_names_the_run() {
    let mock = airops().await;
    let mut stream = mock.stream("/public_api/agent_apps/501/server_chat", plans()).await;
    assert!(stream.headers.get("x-execution-id").is_none() && stream.headers.get("x-session-id").is_none());
    let of_agent = whole(events(&stream.rest().await.0.concat()));
    let first = json!({ "object": "app.output.agent-response", "delta": { "output": { "token": "We " } } });
    assert_eq!((&of_agent[0], said(&of_agent)), (&first, PLANS.to_owned()));
    assert!(of_agent.iter().all(|event| event["object"] == "app.output.agent-response"));
    let body = json!({ "inputs": { "product_name": "Lamp" }, "stream": true });
    let of_app = whole(mock.events("/public_api/airops_apps/411/server_execute", body).await);
    assert_eq!(said(&of_app), "Lamp for long evenings");
    assert!(of_app.iter().all(|event| event["object"] == "app.output.chunk"));
}

#[tokio::test]
async fn the_vendor_s_server_paths_do_not_stream_unless_they_are_asked_to() {
    let mock = airops().await;
    let body = json!({ "message": "Which plans?" });
    let reply = ok(&mock.post("/public_api/agent_apps/502/server_chat", body).await);
    assert_eq!(reply["result"]["response"], "Two: Shore and Ocean.");
    let body = json!({ "inputs": {}, "stream": true });
    assert_eq!(mock.post("/public_api/airops_apps/431/execute", body).await.status, 400);
}

#[tokio::test]
async fn a_failure_in_mid_stream_is_an_event_of_its_own() {
    let mock = airops().await;
    let body = json!({ "message": "Hello", "stream": true });
    let events = whole(mock.events("/v1/agents/agt_broken/chat", body.clone()).await);
    assert_eq!(said(&events), "This sentence is never ");
    let error = json!({ "code": null, "message": "The model stopped answering" });
    assert_eq!(events.last(), Some(&json!({ "object": "app.output.error", "error": error })));
    assert!(events.iter().all(|event| event["object"] != "app.output.completed"));
    let events = whole(mock.events("/public_api/agent_apps/503/server_chat", body).await);
    assert_eq!(said(&events), "This sentence is never ");
}

#[tokio::test]
async fn a_stream_ends_when_its_run_is_cancelled() {
    let mock = airops().await;
    let mut stream =
        mock.stream("/v1/workflows/wf_research_001/execute", json!({ "inputs": {}, "stream": true })).await;
    let id = stream.headers["x-execution-id"].to_str().unwrap().to_owned();
    ok(&mock.act("POST", &format!("/v1/executions/{id}/cancel")).await);
    let (pieces, end) = timeout(Duration::from_secs(4), stream.rest()).await.unwrap();
    end.unwrap();
    let completed = json!({ "object": "app.output.completed", "execution_id": id, "status": "cancelled" });
    assert_eq!(whole(events(&pieces.concat())), [completed]);
}

#[tokio::test]
async fn a_run_goes_on_when_its_listener_goes_away() {
    let mock = airops().await;
    let body = json!({ "inputs": { "product_name": "Lamp" }, "stream": true });
    drop(mock.stream("/v1/workflows/wf_abc123/execute", body).await);
    assert_ne!(ok(&mock.get(ABC).await)["status"], "cancelled");
    mock.switch("advance=6000").await;
    assert_eq!(ok(&mock.get(ABC).await)["status"], "completed");
}

#[tokio::test]
async fn what_is_refused_is_refused_before_a_stream_begins() {
    let mock = airops().await;
    let answer = mock.post(CHAT, json!({ "stream": true })).await;
    assert_eq!(refusal(&answer), (400, "body.message: missing".to_owned()));
    let body = json!({ "inputs": {}, "stream": true });
    let answer = mock.post("/v1/workflows/wf_abc123/execute", body).await;
    assert_eq!(refusal(&answer), (400, "product_name can't be blank".to_owned()));
}

#[tokio::test]
async fn a_cut_stream_ends_after_half_of_its_events_as_if_it_were_whole() {
    let mock = airops().await;
    let all = chat(&mock).await;
    mock.switch("cut=1").await;
    let half = chat(&mock).await;
    // The tool, the tokens, and three at the end.
    assert_eq!(half, all[..(all.len() - 3) / 2]);
    mock.switch("advance=1000").await;
    let run = ok(&mock.get("/v1/agents/agt_xyz789/executions/exec_7d42").await);
    assert_eq!(run["status"], "completed");
}

#[tokio::test]
async fn an_aborted_stream_breaks_the_connection() {
    let mock = airops().await;
    mock.switch("cut=abort").await;
    let (pieces, end) = mock.stream(CHAT, plans()).await.rest().await;
    assert!(!events(&pieces.concat()).is_empty());
    assert!(end.is_err());
}

#[tokio::test]
async fn a_stream_can_lack_its_end() {
    let mock = airops().await;
    let all = chat(&mock).await;
    mock.switch("no_done=1").await;
    let less = chat(&mock).await;
    assert_eq!(less, all[..all.len() - 2]);
    assert!(less.last().unwrap().contains("stream_finished\":true"));
}

#[tokio::test]
async fn an_odd_stream_says_the_same_in_every_way_that_the_format_allows() {
    let mock = airops().await;
    let plain = whole(chat(&mock).await);
    mock.switch("sse=odd").await;
    let (pieces, end) = mock.stream(CHAT, plans()).await.rest().await;
    end.unwrap();
    let text = String::from_utf8(pieces.concat()).unwrap();
    for form in [": keep-alive\r\n", "event: message\r\n", "id: 1\r\n", "data:{\r\n", "unknown\r\n"] {
        assert!(text.contains(form), "{form}");
    }
    assert!(pieces.iter().any(|piece| std::str::from_utf8(piece).is_err()), "a character is split");
    let mut odd = whole(events(text.as_bytes()));
    assert_eq!(odd.remove(0), json!({ "object": "app.output.heartbeat" }));
    assert_eq!(said(&odd), PLANS);
    assert_eq!((odd.len(), &odd[..odd.len() - 1]), (plain.len(), &plain[..plain.len() - 1]));
    mock.switch("sse=plain").await;
    assert_eq!(whole(chat(&mock).await).len(), plain.len());
}
