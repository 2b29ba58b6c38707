//! Whole calls in a world in memory.

use crate::COMPONENT;
use kit::types::ErrorKind;
use kit::world::{Answer, World};
use serde_json::{Value, json};

fn answer(body: &Value) -> Answer {
    Answer::Whole(200, Vec::new(), body.to_string().into_bytes(), 4096)
}

fn called(operation: &str, input: &Value, answers: Vec<Answer>) -> (Result<Value, kit::Error>, Vec<String>) {
    let settings = [("AIROPS_API_KEY", "green"), ("AIROPS_API", "v1"), ("OUTWIT_TRIES", "1")];
    let world = World::exact(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())), answers);
    let output = kit::dispatch(&COMPONENT, operation, &input.to_string(), &world);
    let sent = world.take_sent().into_iter();
    let line =
        |sent: kit::world::Sent| format!("{} {}", sent.method, sent.url.replace("https://api.airops.com/v1", ""));
    (output.map(|output| serde_json::from_str(&output).unwrap()), sent.map(line).collect())
}

fn page(ids: &[&str]) -> Answer {
    answer(&ids.iter().map(|id| json!({ "id": id, "name": "n" })).collect())
}

/// The document numbers pages from 1 (Jentic's OpenAPI, listWorkflows).
#[test]
fn a_list_is_read_to_its_end_or_to_as_many_pages_as_the_caller_allows() {
    let all = || vec![page(&["wf_1", "wf_2"]), page(&["wf_3"]), page(&[])];
    let (output, sent) = called("list-all-workflows", &json!({}), all());
    let output = output.unwrap();
    assert_eq!((output["apps"].as_array().unwrap().len(), &output["complete"]), (3, &json!(true)));
    assert_eq!(sent, ["GET /workflows", "GET /workflows?page=2", "GET /workflows?page=3"]);
    for most in [1, 2] {
        let (output, sent) = called("list-all-workflows", &json!({ "most-pages": most }), all());
        let output = output.unwrap();
        assert_eq!((&output["complete"], &output["pages"]), (&json!(false), &json!(most)));
        assert_eq!(sent.len(), most);
    }
    // Whoever does not know pages gives the same again.
    let (output, _) = called("list-all-workflows", &json!({}), vec![page(&["wf_1"]), page(&["wf_1"])]);
    assert_eq!(output.unwrap()["apps"].as_array().unwrap().len(), 1);
}

fn run(status: &str) -> Answer {
    answer(&json!({ "execution_id": "exec_1", "status": status, "result": "42" }))
}

#[test]
fn a_run_is_waited_for_until_a_state_that_ends_it() {
    for (status, kind) in [
        ("completed", None),
        ("success", None),
        ("failed", Some(ErrorKind::Failed)),
        ("cancelled", Some(ErrorKind::Cancelled)),
        // No document has it: nothing tells whether it went well.
        ("evaporated", Some(ErrorKind::Unreadable)),
    ] {
        let pending = answer(&json!({ "execution_id": "exec_1", "status": "pending" }));
        let (output, sent) =
            called("run-workflow", &json!({ "workflow-id": "wf_1", "inputs": {} }), vec![pending, run(status)]);
        assert_eq!(output.err().map(|error| error.kind), kind, "{status}");
        assert_eq!(sent, ["POST /workflows/wf_1/execute", "GET /workflows/wf_1/executions/exec_1"], "{status}");
    }
}

#[test]
fn an_event_that_says_that_the_run_failed_ends_the_stream_with_an_error() {
    for (status, kind) in
        [("completed", None), ("failed", Some(ErrorKind::Failed)), ("errored", Some(ErrorKind::Failed))]
    {
        let event = json!({ "execution_id": "exec_1", "status": status, "result": "42" });
        let headers = vec![("content-type".to_owned(), b"text/event-stream".to_vec())];
        let stream = Answer::Whole(200, headers, format!("data: {event}\n\ndata: [DONE]\n\n").into_bytes(), 4096);
        let (output, _) = called("stream-workflow", &json!({ "workflow-id": "wf_1", "inputs": {} }), vec![stream]);
        assert_eq!(output.err().map(|error| error.kind), kind, "{status}");
    }
}
