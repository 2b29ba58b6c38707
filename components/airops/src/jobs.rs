//! Recipes: a run that is started, looked at until it has ended, and cancelled if that takes too long.

use kit::job::{self, Job};
use kit::{Call, Error};
use serde_json::Value;

const WORKFLOW: Job = Job {
    start: "execute-workflow",
    with: &[("background", true)],
    poll: "get-workflow-execution",
    key: "workflow-id",
    id: "execution-id",
    state: "status",
    done: &["completed", "review-needed"],
    running: &["pending", "running"],
    ended: &["outputs", "error", "completed-at"],
    cancelled: "cancelled",
    cancel: "cancel-execution",
};
const AGENT: Job = Job { start: "execute-agent", poll: "get-agent-execution", key: "agent-id", ..WORKFLOW };
const APP: Job = Job { start: "execute-app", poll: "get-app-execution", key: "app-id", ..WORKFLOW };

pub fn run_workflow(call: &Call, input: &Value) -> Result<Value, Error> {
    job::run(call, input, &WORKFLOW)
}

pub fn run_agent(call: &Call, input: &Value) -> Result<Value, Error> {
    job::run(call, input, &AGENT)
}

pub fn run_app(call: &Call, input: &Value) -> Result<Value, Error> {
    job::run(call, input, &APP)
}
