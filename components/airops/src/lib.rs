//! AirOps as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/airops`; everything that moves is in `kit`. Sources: the OpenAPI document of Jentic's catalogue
//! (the dialect `v1`), the one that AirOps serves at <https://api.airops.com/public_api/openapi.yaml> (`public`), AirOps'
//! JS SDK and streaming example, and what public clients were seen to do where those are silent.

mod jobs;
mod lists;
mod names;
mod public;
mod quirks;
#[cfg(test)]
mod tests;

use kit::types::ErrorKind;
use kit::{Api, Auth, Check, Dialect, Dialects, Effect, Setting};

static API: Api = Api {
    name: "airops",
    title: "AirOps",
    base: "https://api.airops.com",
    auth: Auth::Bearer { token: "AIROPS_API_KEY" },
    settings: &[
        Setting {
            name: "AIROPS_API_KEY",
            description: "The workspace's API key, from its settings in AirOps. It also says which workspace is meant.",
            required: true,
            secret: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "AIROPS_API",
            description: "`v1`: the addresses of AirOps' catalogue page, with ids such as `wf_abc123`. `public`: those that \
                          AirOps documents itself, with UUIDs. `auto`: each call goes where its operation and ids show.",
            default: Some(Dialects::AUTO),
            ..Setting::DEFAULT
        },
    ],
    names: names::V1,
    state: &["/status", "/airops_app_execution/status", "/execution/status"],
    // Where there is a UUID, other ids beside it are numbers of something else.
    work: &[
        "/airops_app_execution/uuid",
        "/execution/uuid",
        "/uuid",
        "/execution/execution_id",
        "/execution_id",
        "/id",
    ],
    failed: &["failed", "error", "errored", "failure", "aborted", "timed_out"],
    code: &[
        "/error/code",
        "/error_code",
        "/airops_app_execution/error_code",
        "/execution/error/code",
        "/execution/error_code",
        "/error",
    ],
    message: &[
        "/error/message",
        "/error_message",
        "/airops_app_execution/error_message",
        "/execution/error/message",
        "/execution/error_message",
        "/message",
        "/error",
        "/execution/error",
    ],
    // The words are not documented; they are the usual ones.
    error_codes: &[("not_found", ErrorKind::NotFound)],
    // The status of this refusal is not recorded anywhere.
    error_phrases: &[("is not available on the free", ErrorKind::Forbidden)],
    // The key is a workspace's, which nothing names; its apps are told by their names.
    check: Some(Check {
        operation: "list-workflows",
        input: "{}",
        who: &[("workspace", "/0/workspace-id"), ("a-workflow", "/0/name")],
    }),
    dialects: Some(Dialects::of(
        "AIROPS_API",
        &[
            Dialect { name: "v1", owns: |id| !is_uuid(id) && !is_number(id), names: None },
            Dialect { name: "public", owns: is_uuid, names: Some(&names::PUBLIC) },
        ],
    )),
    ..Api::DEFAULT
};

/// What waits for a run outlasts the 10 minutes after which AirOps cuts it off.
const RUN_MS: Option<u32> = Some(700_000);
/// The longest that a job is waited for, and a minute to cancel it and look once more.
const JOB_MS: Option<u32> = Some(3_660_000);
/// Some hundred pages.
const ALL_MS: Option<u32> = Some(120_000);
const CONFLICT: &[(u16, ErrorKind)] = &[(400, ErrorKind::Conflict)];
/// `v1` runs what is published.
const NO_VERSION: &[&str] = &["version"];

fn is_uuid(id: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    let is_part = |(at, byte): (usize, u8)| if dashes.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    id.len() == 36 && id.bytes().enumerate().all(is_part)
}

/// Both dialects may take one.
fn is_number(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit())
}

kit::operations! { API;
    workflows {
        list_workflows         = GET   "/v1/workflows" { dialects: public::APPS };
        execute_workflow       = POST  "/v1/workflows/{workflow_id}/execute" { prepare: Some(quirks::execute_v1), lacks: NO_VERSION, deadline_ms: RUN_MS, dialects: public::EXECUTE_WORKFLOW };
        get_workflow_execution = GET   "/v1/workflows/{workflow_id}/executions/{execution_id}" { dialects: public::EXECUTION };
    }
    agents {
        list_agents            = GET   "/v1/agents" { dialects: public::APPS };
        execute_agent          = POST  "/v1/agents/{agent_id}/execute" { prepare: Some(quirks::execute_v1), deadline_ms: RUN_MS, dialects: public::EXECUTE_AGENT };
        get_agent_execution    = GET   "/v1/agents/{agent_id}/executions/{execution_id}" { dialects: public::EXECUTION };
        chat_with_agent        = POST  "/v1/agents/{agent_id}/chat" { lacks: &["inputs"], deadline_ms: RUN_MS, dialects: public::CHAT };
    }
    executions {
        list_executions        = GET   "/public_api/airops_apps/{app}/executions" { only: public::ONLY, prepare: Some(quirks::app_twice) };
        cancel_execution       = POST  "/v1/executions/{execution_id}/cancel" { silent: true, statuses: CONFLICT, dialects: public::CANCEL };
        retry_execution        = POST  "/public_api/airops_apps/executions/{uuid}/retry" { only: public::ONLY, statuses: CONFLICT };
        rate_execution         = PATCH "/public_api/airops_apps/executions/{uuid}/feedback" { only: public::ONLY, statuses: CONFLICT };
    }
    apps {
        get_app                = GET   "/public_api/airops_apps/{app_id}" { only: public::ONLY };
        execute_app            = POST  "/v1/apps/{app_id}/execute" { prepare: Some(quirks::execute_v1), lacks: NO_VERSION, deadline_ms: RUN_MS, dialects: public::EXECUTE_APP };
        execute_app_by_webhook = POST  "/public_api/airops_apps/{app_id}/webhook_async_execute" {
            only: public::ONLY, member: public::WRAPPED, prepare: Some(quirks::inputs), query: &["auth_token"], auth: Some(Auth::None), secret: true
        };
        get_app_execution      = GET   "/v1/apps/{app_id}/executions/{execution_id}" { dialects: public::EXECUTION };
    }
    recipes {
        list_all_workflows     => lists::all_workflows { effect: Effect::Read, deadline_ms: ALL_MS };
        list_all_agents        => lists::all_agents { effect: Effect::Read, deadline_ms: ALL_MS };
        run_workflow           => jobs::run_workflow { deadline_ms: JOB_MS };
        run_agent              => jobs::run_agent { deadline_ms: JOB_MS };
        run_app                => jobs::run_app { deadline_ms: JOB_MS };
        stream_chat            = POST  "/v1/agents/{agent_id}/chat" {
            stream: Some(&quirks::CHAT), prepare: Some(quirks::stream), lacks: &["inputs"], deadline_ms: RUN_MS, dialects: public::STREAM_CHAT
        };
        stream_workflow        = POST  "/v1/workflows/{workflow_id}/execute" {
            stream: Some(&quirks::RUN), prepare: Some(quirks::stream), lacks: NO_VERSION, deadline_ms: RUN_MS, dialects: public::STREAM_WORKFLOW
        };
        stream_agent           = POST  "/v1/agents/{agent_id}/execute" {
            stream: Some(&quirks::RUN), prepare: Some(quirks::stream), deadline_ms: RUN_MS, dialects: public::STREAM_AGENT
        };
        stream_app             = POST  "/v1/apps/{app_id}/execute" {
            stream: Some(&quirks::RUN), prepare: Some(quirks::stream), lacks: NO_VERSION, deadline_ms: RUN_MS, dialects: public::STREAM_APP
        };
    }
}
