//! Cancelling an AirOps run: before it starts, while it runs, after its end, twice, and by the caller who waits for it.

use super::Vendor;
use super::airops::DIALECTS;
use outwit::{CallHandle, ErrorKind};
use serde_json::{Value, json};

async fn start(airops: &Vendor, workflow: &str) -> Value {
    let run = json!({ "workflow-id": workflow, "inputs": { "product_name": "Acme Widget" }, "background": true });
    airops.call("execute-workflow", run).await["execution-id"].clone()
}

async fn status(airops: &Vendor, workflow: &str, id: &Value) -> Value {
    airops.call("get-workflow-execution", json!({ "workflow-id": workflow, "execution-id": id })).await["status"]
        .clone()
}

#[tokio::test]
async fn a_run_can_be_cancelled_before_it_starts_and_while_it_runs_and_no_more_after_that() {
    for settings in DIALECTS {
        let airops = Vendor::with("airops", settings, Default::default()).await;
        // 1 second of pending, then 5 of running: the mock's clock moves only by `advance`, as good as.
        for (advance, before) in [(0, "pending"), (2000, "running")] {
            let id = start(&airops, "wf_abc123").await;
            airops.switch(&format!("advance={advance}")).await;
            assert_eq!(status(&airops, "wf_abc123", &id).await, before);
            let cancelled = airops.call("cancel-execution", json!({ "execution-id": id })).await;
            // The published API answers with nothing.
            let expected = if settings.is_empty() { json!("cancelled") } else { Value::Null };
            assert_eq!(cancelled["status"], expected);
            assert_eq!(status(&airops, "wf_abc123", &id).await, "cancelled");
            let again = airops.attempt("cancel-execution", json!({ "execution-id": id })).await.unwrap_err();
            assert_eq!((again.kind, again.maybe_done), (ErrorKind::Conflict, false), "twice: {again:?}");
        }
        let id = start(&airops, "wf_abc123").await;
        airops.switch("advance=60000").await;
        let late = airops.attempt("cancel-execution", json!({ "execution-id": id })).await.unwrap_err();
        assert_eq!((late.kind, late.maybe_done), (ErrorKind::Conflict, false), "after its end: {late:?}");
        assert_eq!(status(&airops, "wf_abc123", &id).await, "completed");
        let unknown = airops.attempt("cancel-execution", json!({ "execution-id": "exec_none" })).await.unwrap_err();
        assert_eq!(unknown.kind, ErrorKind::NotFound, "{unknown:?}");
    }
}

#[tokio::test]
async fn a_run_may_complete_although_cancelling_it_was_accepted() {
    let airops = Vendor::in_quick_time("airops", &[], 10).await;
    let id = start(&airops, "wf_stubborn").await;
    let cancelled = airops.call("cancel-execution", json!({ "execution-id": id })).await;
    assert_ne!(cancelled["status"], "cancelled", "the vendor's own word is passed on");
    airops.switch("advance=1000").await;
    assert_eq!(status(&airops, "wf_stubborn", &id).await, "completed");

    let job = json!({ "workflow-id": "wf_stubborn", "inputs": {}, "interval-ms": 300, "deadline-ms": 600 });
    let error = airops.attempt("run-workflow", job).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
    assert!(error.message.contains("it may still end otherwise"), "{}", error.message);
}

#[tokio::test]
async fn a_run_that_somebody_else_cancels_ends_the_waiting() {
    for settings in DIALECTS {
        let airops = Vendor::in_quick_time("airops", settings, 20).await;
        let job = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 500 });
        let watch = CallHandle::new();
        let waiting = airops.watched("run-workflow", job, &watch);
        let cancelling = async {
            while watch.progress().requests < 3 {
                watch.changed().await;
            }
            // The first run of a mock is always this one.
            airops.call("cancel-execution", json!({ "execution-id": "exec_7d41" })).await
        };
        let (waited, _) = tokio::join!(waiting, cancelling);
        let error = waited.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::Cancelled, false), "{error:?}");
        assert_eq!(error.details.unwrap()["result"]["status"], "cancelled");
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_cancels_the_run_and_need_not_wait_for_the_next_poll() {
    for settings in DIALECTS {
        let airops = Vendor::with("airops", settings, Default::default()).await;
        // A look each minute.
        let job = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000 });
        let watch = CallHandle::new();
        let giving_up = async {
            while watch.progress().state.is_none() {
                watch.changed().await;
            }
            watch.cancel();
        };
        let begun = std::time::Instant::now();
        let (waited, ()) = tokio::join!(airops.watched("run-workflow", job, &watch), giving_up);
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
        let error = waited.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::Cancelled, false), "{error:?}");
        assert_eq!(error.details.unwrap()["result"]["status"], "cancelled");
        assert_eq!(watch.progress().state.as_deref(), Some("cancelled"));
        assert!(airops.requests().iter().any(|request| request.ends_with("/cancel")));
    }
}

#[tokio::test]
async fn a_run_that_was_done_when_the_caller_gave_up_is_given() {
    let airops = Vendor::start("airops").await;
    let job = json!({ "workflow-id": "wf_abc123", "inputs": { "product_name": "Acme Widget" }, "interval-ms": 60_000 });
    let watch = CallHandle::new();
    let giving_up = async {
        while watch.progress().state.is_none() {
            watch.changed().await;
        }
        airops.switch("advance=60000").await;
        watch.cancel();
    };
    let (waited, ()) = tokio::join!(airops.watched("run-workflow", job, &watch), giving_up);
    assert_eq!(waited.unwrap()["status"], "completed");
}

#[tokio::test]
async fn a_run_can_be_left_alone_at_the_deadline() {
    let airops = Vendor::in_quick_time("airops", &[], 20).await;
    let job = json!({
        "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 500, "deadline-ms": 2000, "keep-running": true,
    });
    let error = airops.attempt("run-workflow", job).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
    let id = &error.details.unwrap()["result"]["execution-id"];
    assert_eq!(status(&airops, "wf_research_001", id).await, "running");
}
