//! AirOps as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/airops`; everything that moves is in `kit`. Sources: Jentic's catalogue page for AirOps (the
//! dialect `v1`), the OpenAPI that AirOps serves at <https://api.airops.com/public_api/openapi.yaml> (`public`), AirOps'
//! JS SDK and streaming example, and what public clients were seen to do where those are silent.

mod jobs;
mod public;
mod quirks;

use kit::types::ErrorKind;
use kit::wire::Names;
use kit::{Api, Auth, Check, Dialect, Dialects, Setting};

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
                          AirOps documents itself, with UUIDs.",
            default: Some("v1"),
            ..Setting::DEFAULT
        },
    ],
    names: Names {
        renamed: &[
            ("background", "async"),
            ("version", "version_slug"),
            // `public` says everything of a run in words of its own.
            ("execution-id", "execution_id"),
            ("execution-id", "uuid"),
            ("execution-id", "id"),
            ("execution-id", "/execution/execution_id"),
            ("execution-id", "/airops_app_execution/uuid"),
            ("id", "uuid"),
            ("id", "id"),
            ("outputs", "outputs"),
            ("outputs", "output"),
            ("error", "error"),
            ("error", "error_message"),
            ("created-at", "created_at"),
            ("created-at", "createdAt"),
            ("updated-at", "updated_at"),
            ("updated-at", "updatedAt"),
            ("execution", "execution"),
            ("execution", "airops_app_execution"),
            ("response", "response"),
            ("response", "/result/response"),
            ("response", "/result/message"),
            ("session-id", "session_id"),
            ("session-id", "/result/session_id"),
        ],
        words_renamed: &[("pending", "queued"), ("completed", "success"), ("failed", "error")],
        ..Names::DEFAULT
    },
    state: &["/status", "/airops_app_execution/status", "/execution/status"],
    failed: &["failed", "error"],
    code: &[
        "/error/code",
        "/error_code",
        "/airops_app_execution/error_code",
        "/execution/error/code",
        "/execution/error_code",
    ],
    message: &[
        "/error/message",
        "/error_message",
        "/airops_app_execution/error_message",
        "/execution/error/message",
        "/execution/error_message",
        "/error",
    ],
    // The status of this refusal is not recorded anywhere.
    phrases: &[("is not available on the free", ErrorKind::Forbidden)],
    // The key is a workspace's, which nothing names; its apps are told by their names.
    check: Some(Check {
        operation: "list-workflows",
        input: "{}",
        who: &[("workspace", "/0/extra/workspace_id"), ("a-workflow", "/0/name")],
    }),
    dialects: Some(Dialects {
        setting: "AIROPS_API",
        all: &[
            Dialect { name: "v1", not_found: "If nothing is found at all, set AIROPS_API to public." },
            Dialect {
                name: "public",
                not_found: "Ids are UUIDs here; for those such as wf_abc123, set AIROPS_API to v1.",
            },
        ],
    }),
    ..Api::DEFAULT
};

/// What waits for a run outlasts the 10 minutes after which AirOps cuts it off.
const RUN_MS: Option<u32> = Some(700_000);
/// The member that an execution is wrapped in, always or now and then.
const WRAPPED: Option<&str> = Some("airops_app_execution");
/// The longest that a job is waited for, and a minute to cancel it and look once more.
const JOB_MS: Option<u32> = Some(3_660_000);
const CONFLICT: &[(u16, ErrorKind)] = &[(400, ErrorKind::Conflict)];

kit::operations! { API;
    workflows {
        list_workflows         = GET  "/v1/workflows" { dialects: public::APPS };
        execute_workflow       = POST "/v1/workflows/{workflow_id}/execute" { member: WRAPPED, prepare: Some(quirks::inputs), deadline_ms: RUN_MS, dialects: public::EXECUTE_WORKFLOW };
        get_workflow_execution = GET  "/v1/workflows/{workflow_id}/executions/{execution_id}" { member: WRAPPED, dialects: public::EXECUTION };
    }
    agents {
        list_agents            = GET  "/v1/agents" { dialects: public::APPS };
        execute_agent          = POST "/v1/agents/{agent_id}/execute" { member: WRAPPED, prepare: Some(quirks::inputs), deadline_ms: RUN_MS, dialects: public::EXECUTE_AGENT };
        get_agent_execution    = GET  "/v1/agents/{agent_id}/executions/{execution_id}" { member: WRAPPED, dialects: public::EXECUTION };
        chat_with_agent        = POST "/v1/agents/{agent_id}/chat" { prepare: Some(quirks::inputs), deadline_ms: RUN_MS, dialects: public::CHAT };
    }
    executions {
        cancel_execution       = POST "/v1/executions/{execution_id}/cancel" { statuses: CONFLICT, dialects: public::CANCEL };
    }
    apps {
        execute_app            = POST "/v1/apps/{app_id}/execute" { member: WRAPPED, prepare: Some(quirks::inputs), deadline_ms: RUN_MS, dialects: public::EXECUTE_APP };
        get_app_execution      = GET  "/v1/apps/{app_id}/executions/{execution_id}" { member: WRAPPED, dialects: public::EXECUTION };
    }
    recipes {
        run_workflow           => jobs::run_workflow { deadline_ms: JOB_MS };
        run_agent              => jobs::run_agent { deadline_ms: JOB_MS };
        run_app                => jobs::run_app { deadline_ms: JOB_MS };
        stream_chat            = POST "/v1/agents/{agent_id}/chat" {
            stream: Some(&quirks::CHAT), prepare: Some(quirks::stream), deadline_ms: RUN_MS, dialects: public::STREAM
        };
    }
}
