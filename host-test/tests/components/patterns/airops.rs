//! AirOps: runs that are waited for, and conversations.

use super::Vendor;
use outwit::{Advice, ErrorKind};
use serde_json::json;

/// Both ways to speak to AirOps, with the settings that choose them.
pub const DIALECTS: [&[(&str, &str)]; 2] = [&[], &[("AIROPS_API", "public")]];

#[tokio::test]
async fn a_workflow_is_run_and_polled_until_it_is_completed() {
    for settings in DIALECTS {
        let airops = Vendor::in_quick_time("airops", settings, 20).await;
        let job =
            json!({ "workflow-id": "wf_abc123", "inputs": { "product_name": "Acme Widget" }, "interval-ms": 1500 });
        let execution = airops.call("run-workflow", job).await;
        assert_eq!(
            (&execution["status"], &execution["outputs"]["title"]),
            (&json!("completed"), &json!("Acme Widget"))
        );
        let requests = airops.requests();
        let polls = requests.iter().filter(|request| request.starts_with("GET ")).count();
        // 6 seconds of work, a look each 1.5.
        assert!((3..=6).contains(&polls) && requests.len() == polls + 1, "{requests:?}");
    }
}

#[tokio::test]
async fn a_conversation_goes_on() {
    for settings in DIALECTS {
        let airops = Vendor::with("airops", settings, Default::default()).await;
        let plans = json!({ "agent-id": "agt_xyz789", "message": "What plans do you offer?" });
        let reply = airops.call("chat-with-agent", plans).await;
        assert!(reply["response"].as_str().unwrap().contains("plan"), "{reply}");
        if !settings.is_empty() {
            assert_eq!(reply["execution"]["status"], "completed");
        }
        let before = json!({
            "agent-id": "agt_xyz789", "message": "What did I ask before?", "session-id": reply["session-id"],
        });
        let reply = airops.call("chat-with-agent", before).await;
        assert!(reply["response"].as_str().unwrap().contains("What plans do you offer?"), "{reply}");
    }
}

#[tokio::test]
async fn a_run_that_is_polled_every_5_seconds_is_cancelled_after_60() {
    for settings in DIALECTS {
        let airops = Vendor::in_quick_time("airops", settings, 20).await;
        let job = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 5000, "deadline-ms": 60_000 });
        let begun = std::time::Instant::now();
        let error = airops.attempt("run-workflow", job).await.unwrap_err();
        assert!(begun.elapsed().as_millis() >= 2900, "60 seconds of this clock are 3 of the machine's");
        assert_eq!((error.kind, error.advice), (ErrorKind::TimedOut, Advice::ChangeInput), "{error:?}");
        assert_eq!(error.details.as_ref().unwrap()["result"]["status"], "cancelled", "{error:?}");
        assert_eq!(error.operation, "airops.run-workflow");
        let requests = airops.requests();
        let polls = requests.iter().filter(|request| request.starts_with("GET ")).count();
        assert!((8..=12).contains(&polls), "{polls} polls: {requests:?}");
        let [.., cancel, last] = &requests[..] else { panic!("{requests:?}") };
        assert!(cancel.ends_with("/cancel") && last.starts_with("GET "), "{requests:?}");
    }
}

#[tokio::test]
async fn agents_and_apps_are_run_to_their_end_too() {
    for settings in DIALECTS {
        let airops = Vendor::in_quick_time("airops", settings, 20).await;
        let agent =
            json!({ "agent-id": "agt_helpdesk", "inputs": { "message": "Summarise ticket 881" }, "interval-ms": 50 });
        assert_eq!(airops.call("run-agent", agent).await["status"], "completed");
        let app = json!({ "app-id": "412", "inputs": { "topic": "tide tables" }, "interval-ms": 50 });
        assert_eq!(airops.call("run-app", app).await["outputs"]["tides"], "High water at 06:12.");
    }
}

#[tokio::test]
async fn a_run_that_fails_needs_review_or_has_an_unknown_state_is_reported_as_such() {
    for settings in DIALECTS {
        let airops = Vendor::in_quick_time("airops", settings, 20).await;
        let job =
            |workflow: &str| json!({ "workflow-id": workflow, "inputs": {}, "interval-ms": 100, "deadline-ms": 1000 });
        let error = airops.attempt("run-workflow", job("wf_broken")).await.unwrap_err();
        let code = if settings.is_empty() { None } else { Some("step_failed") };
        assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Failed, code), "{error:?}");
        assert!(error.details.unwrap()["result"]["execution-id"].is_string());
        assert_eq!(airops.call("run-workflow", job("wf_review")).await["status"], "review-needed");
        // It cannot be cancelled either.
        let error = airops.attempt("run-workflow", job("wf_paused")).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
        assert_eq!(error.details.unwrap()["result"]["status"], "paused");
    }
}

#[tokio::test]
async fn polling_outlives_a_vendor_that_stumbles() {
    let airops = Vendor::in_quick_time("airops", &[], 20).await;
    airops.switch("speed=20&flaky=5").await;
    let job = json!({ "workflow-id": "wf_abc123", "inputs": { "product_name": "Acme Widget" }, "interval-ms": 500 });
    assert_eq!(airops.call("run-workflow", job).await["status"], "completed");
}

#[tokio::test]
async fn callers_without_dialects_are_served_where_there_is_only_one() {
    let airops = Vendor::start("airops").await;
    airops.switch("only=public").await;
    let workflows = airops.call("list-workflows", json!({})).await;
    let launch = workflows.as_array().unwrap().iter().find(|app| app["name"] == "Launch copy").unwrap();
    let run = json!({ "workflow-id": launch["id"], "inputs": { "product_name": "Lamp" } });
    assert_eq!(airops.call("execute-workflow", run.clone()).await["status"], "completed");
    assert_eq!(airops.call("run-workflow", run).await["status"], "completed");
    let runs = airops.call("list-executions", json!({ "app-number": launch["number"] })).await;
    assert_eq!((&runs["total"], runs["executions"].as_array().unwrap().len()), (&json!(2), 2));
    // A number shows nothing: `v1` does not have the address, so nothing was started there.
    let app = json!({ "app-id": "412", "inputs": { "topic": "tides" }, "interval-ms": 20 });
    assert_eq!(airops.call("run-app", app).await["status"], "completed");
    let requests = airops.requests();
    let asked = |start: &str| requests.iter().filter(|request| request.contains(start)).count();
    assert_eq!(asked(" /v1/"), 2, "the list and the app: {requests:?}");
    airops.switch("only=v1").await;
    assert_eq!(airops.call("list-workflows", json!({})).await[0]["id"], "wf_abc123");
}

#[tokio::test]
async fn an_error_names_the_tried_dialects_where_nothing_is_found() {
    for (setting, only, expected) in [
        ("v1", "public", "(asked as v1, as AIROPS_API says)"),
        ("public", "v1", "(asked as public, as AIROPS_API says)"),
        ("auto", "neither", "(asked as public, and before as v1: AirOps answered HTTP 404"),
    ] {
        let airops = Vendor::with("airops", &[("AIROPS_API", setting)], Default::default()).await;
        airops.switch(&format!("only={only}")).await;
        let error = airops.attempt("list-workflows", json!({})).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.contains(expected), "{}", error.message);
    }
    let airops = Vendor::with("airops", &[("AIROPS_API", "v2")], Default::default()).await;
    let error = airops.attempt("list-workflows", json!({})).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Misconfigured, Some("AIROPS_API")));
    assert!(error.message.contains("v1, public or auto"), "{}", error.message);
    assert!(airops.requests().is_empty());
}

#[tokio::test]
async fn all_workflows_are_listed_page_by_page_or_up_to_a_bound() {
    let airops = Vendor::start("airops").await;
    airops.switch("more=29").await;
    let all = airops.call("list-all-workflows", json!({})).await;
    // The fourth holds nothing, which alone tells that there are no more.
    assert_eq!((all["apps"].as_array().unwrap().len(), &all["complete"], &all["pages"]), (45, &json!(true), &json!(4)));
    let some = airops.call("list-all-workflows", json!({ "most-pages": 2 })).await;
    assert_eq!((some["apps"].as_array().unwrap().len(), &some["complete"]), (40, &json!(false)));
}

#[tokio::test]
async fn what_clients_saw_of_public_is_read_too() {
    let airops = Vendor::with("airops", DIALECTS[1], Default::default()).await;
    airops.switch("observed=1").await;
    let run = json!({ "workflow-id": "411", "inputs": { "product_name": "Lamp" } });
    let execution = airops.call("execute-workflow", run).await;
    assert_eq!(execution["execution-id"].as_str().unwrap().len(), 36);
    assert_eq!(
        (&execution["number"], &execution["outputs"]["headline"]),
        (&json!("90121"), &json!("Lamp for long evenings"))
    );
    let agent = json!({ "agent-id": "502", "inputs": { "message": "Which plans do you offer?" } });
    let execution = airops.call("execute-agent", agent).await;
    assert_eq!(execution["response"], "Two: Shore and Ocean.");
    assert!(execution["session-id"].is_string());
}
