//! The rows of the dialect `public`: how AirOps' own API says what `v1` says in the table of operations.
//!
//! Workflows, agents and apps are all `airops_apps` there, and executions have ids of their own (OpenAPI). An execution comes
//! wrapped where it is started and bare where it is polled; public clients take both everywhere.

use crate::{CONFLICT, RUN_MS, quirks};
use kit::{RequestHook, Row};

type Rows = &'static [(&'static str, Row)];

/// What only this dialect has.
pub const ONLY: Option<&str> = Some("public");
/// The member that an execution is wrapped in, always or now and then.
pub const WRAPPED: Option<&str> = Some("airops_app_execution");

const fn run(route: &'static str, prepare: RequestHook) -> Row {
    Row {
        member: WRAPPED,
        prepare: Some(prepare),
        lacks: &["webhook-url"],
        deadline_ms: RUN_MS,
        ..Row::new("POST", route)
    }
}

const fn stream(route: &'static str, prepare: RequestHook) -> Row {
    Row { stream: Some(&quirks::PUBLIC_RUN), ..run(route, prepare) }
}

pub const APPS: Rows =
    &[("public", Row { lacks: &["page", "per-page"], ..Row::new("GET", "/public_api/airops_apps") })];

pub const EXECUTE_WORKFLOW: Rows =
    &[("public", run("/public_api/airops_apps/{workflow_id}/{mode:execute|async_execute}", quirks::execute))];

pub const EXECUTE_APP: Rows =
    &[("public", run("/public_api/airops_apps/{app_id}/{mode:execute|async_execute}", quirks::execute))];

pub const EXECUTE_AGENT: Rows =
    &[("public", run("/public_api/agent_apps/{agent_id}/{mode:chat|async_chat}", quirks::execute_by_chat))];

pub const EXECUTION: Rows = &[(
    "public",
    Row {
        member: WRAPPED,
        prepare: Some(quirks::execution_alone),
        ..Row::new("GET", "/public_api/airops_apps/executions/{uuid}")
    },
)];

pub const CHAT: Rows =
    &[("public", Row { prepare: Some(quirks::inputs), ..Row::new("POST", "/public_api/agent_apps/{agent_id}/chat") })];

pub const CANCEL: Rows = &[(
    "public",
    Row { silent: true, statuses: CONFLICT, ..Row::new("PATCH", "/public_api/airops_apps/executions/{uuid}/cancel") },
)];

pub const STREAM_CHAT: Rows = &[(
    "public",
    Row {
        stream: Some(&quirks::PUBLIC_CHAT),
        prepare: Some(quirks::stream),
        ..Row::new("POST", "/public_api/agent_apps/{agent_id}/server_chat")
    },
)];

pub const STREAM_WORKFLOW: Rows =
    &[("public", stream("/public_api/airops_apps/{workflow_id}/server_execute", quirks::stream))];

pub const STREAM_APP: Rows = &[("public", stream("/public_api/airops_apps/{app_id}/server_execute", quirks::stream))];

pub const STREAM_AGENT: Rows =
    &[("public", stream("/public_api/agent_apps/{agent_id}/server_chat", quirks::stream_by_chat))];
