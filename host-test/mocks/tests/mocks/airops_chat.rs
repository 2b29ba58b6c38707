//! Conversations with agents, in both dialects; their streams are elsewhere.

use serde_json::{Value, json};

use crate::airops_client::{Airops, airops, ok, refusal};

const PLANS: &str =
    "We offer two plans: Shore, at 20 € a month, and Ocean, at 60 € a month – both begin with a free trial of 14 days.";

async fn say(mock: &Airops, body: Value) -> Value {
    ok(&mock.post("/v1/agents/agt_xyz789/chat", body).await)
}

#[tokio::test]
async fn an_agent_answers_from_its_knowledge_and_names_the_run() {
    let mock = airops().await;
    let reply = say(&mock, json!({ "message": "What plans do you offer?" })).await;
    assert_eq!(reply["response"], PLANS);
    assert_eq!(reply["session_id"].as_str().unwrap().len(), 36);
    let run = ok(&mock.get("/v1/agents/agt_xyz789/executions/exec_7d41").await);
    assert_eq!((&run["result"], &run["status"]), (&json!({ "response": PLANS }), &json!("completed")));
    let other = ok(&mock.post("/v1/agents/agt_helpdesk/chat", json!({ "message": "Which plans?" })).await);
    assert_eq!(other["response"], "Two: Shore and Ocean.");
    let other = ok(&mock.post("/v1/agents/agt_json/chat", json!({ "message": "Which plans?" })).await);
    let response: Value = serde_json::from_str(other["response"].as_str().unwrap()).unwrap();
    assert_eq!(response, json!({ "plans": ["Shore", "Ocean"] }));
}

#[tokio::test]
async fn a_session_remembers_what_was_said_in_it_and_no_other_does() {
    let mock = airops().await;
    let first = say(&mock, json!({ "message": "What plans do you offer?" })).await;
    let again = json!({ "message": "What did I ask before?", "session_id": first["session_id"] });
    let second = say(&mock, again.clone()).await;
    assert_eq!(second["response"], "You asked before: “What plans do you offer?”");
    assert_eq!(second["session_id"], first["session_id"]);
    assert_eq!(say(&mock, again.clone()).await["response"], "You asked before: “What did I ask before?”");
    let fresh = say(&mock, json!({ "message": "What did I ask before?" })).await;
    assert_eq!(fresh["response"], "You have not asked anything before.");
    assert_ne!(fresh["session_id"], first["session_id"]);
    let other = ok(&mock.post("/v1/agents/agt_helpdesk/chat", again).await);
    assert_eq!(other["response"], "You have not asked anything before.");
}

#[tokio::test]
async fn a_session_id_of_the_caller_s_making_is_taken_as_it_is() {
    let mock = airops().await;
    let first = say(&mock, json!({ "message": "Do you give refunds?", "session_id": "mine" })).await;
    assert_eq!((&first["session_id"], &first["response"].is_string()), (&json!("mine"), &true));
    let body = json!({ "message": "What did I ask before?", "session_id": "mine" });
    let second = ok(&mock.post("/public_api/agent_apps/501/chat", body).await);
    assert_eq!(second["result"]["response"], "You asked before: “Do you give refunds?”");
}

#[tokio::test]
async fn a_message_must_be_there_and_everything_of_its_type() {
    let mock = airops().await;
    for (body, text) in [
        (json!({}), "body.message: missing"),
        (json!({ "message": " " }), "message can't be blank"),
        (json!({ "message": 1 }), "body.message: expected a text"),
        (json!({ "message": "a", "session_id": 7 }), "body.session_id: expected a text"),
        (json!({ "message": "a", "inputs": {} }), "body.inputs: the document has no such member"),
        (json!({ "message": "a", "stream": "yes" }), "body.stream: expected true or false"),
    ] {
        let answer = mock.post("/v1/agents/agt_xyz789/chat", body.clone()).await;
        assert_eq!(refusal(&answer), (400, text.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn an_agent_that_fails_is_refused_in_v1_and_a_200_without_a_result_in_public() {
    let mock = airops().await;
    let answer = mock.post("/v1/agents/agt_broken/chat", json!({ "message": "Hello" })).await;
    assert_eq!(refusal(&answer), (400, "The model stopped answering".to_owned()));
    let reply = ok(&mock.post("/public_api/agent_apps/503/chat", json!({ "message": "Hello" })).await);
    assert_eq!((reply.get("result"), &reply["airops_app_execution"]["status"]), (None, &json!("error")));
}

#[tokio::test]
async fn the_vendor_answers_with_a_result_that_names_the_session() {
    let mock = airops().await;
    let body = json!({ "message": "Which plans do you offer?" });
    let first = ok(&mock.post("/public_api/agent_apps/agt_helpdesk/chat", body).await);
    let session = &first["result"]["session_id"];
    assert_eq!(first["result"], json!({ "response": "Two: Shore and Ocean.", "session_id": session }));
    let run = &first["airops_app_execution"];
    assert_eq!((&run["status"], &run["conversation_id"]), (&json!("success"), &json!("5521")));
    let body = json!({ "message": "What did I ask before?", "session_id": session });
    let second = ok(&mock.post("/public_api/agent_apps/agt_helpdesk/chat", body).await);
    assert_eq!(second["airops_app_execution"]["conversation_id"], "5521");
    assert_eq!(second["result"]["response"], "You asked before: “Which plans do you offer?”");
}

#[tokio::test]
async fn a_detached_chat_is_polled_for_its_reply() {
    let mock = airops().await;
    let target = "/public_api/agent_apps/502/async_chat";
    let answer = ok(&mock.post(target, json!({ "message": "Which plans do you offer?" })).await);
    let (session, run) = (&answer["session_id"], &answer["airops_app_execution"]);
    assert_eq!((session.as_str().unwrap().len(), &run["conversation_id"]), (36, &json!("5521")));
    assert_eq!(run.get("output"), None);
    mock.switch("advance=1000").await;
    let uuid = run["uuid"].as_str().unwrap();
    let polled = ok(&mock.get(&format!("/public_api/airops_apps/executions/{uuid}")).await);
    assert_eq!(polled["output"], json!({ "response": "Two: Shore and Ocean.", "session_id": session }));
}
