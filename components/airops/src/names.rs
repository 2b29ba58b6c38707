//! How the dialects spell names: `v1` as its document says, with the words of the catalogue's prose beside them; `public` as
//! AirOps' own document says, with what public clients saw beside it.

use crate::lists::MOST_PAGES;
use kit::wire::{Names, same_word};

/// Pages and their sizes have no documented end.
const MANY: u64 = u32::MAX as u64;

pub const V1: Names = Names {
    renamed: &[
        // These are here so that they are not taken for other names of `id`.
        ("workflow-id", "workflow_id"),
        ("agent-id", "agent_id"),
        ("execution-id", "execution_id"),
        ("execution-id", "/execution/execution_id"),
        ("execution-id", "id"),
        ("id", "id"),
        // What a list holds is not documented.
        ("id", "workflow_id"),
        ("id", "agent_id"),
        ("outputs", "result"),
        ("outputs", "outputs"),
        ("outputs", "output"),
        ("error", "error"),
        ("error", "error_message"),
    ],
    ..BOTH
};

pub const PUBLIC: Names = Names {
    renamed: &[
        ("version", "version_slug"),
        ("token", "auth_token"),
        ("app-number", "airops_app_id"),
        // An execution has a number, too, and beside it an `execution_id` was seen that is another number.
        ("execution-id", "uuid"),
        ("execution-id", "/airops_app_execution/uuid"),
        ("execution-id", "/execution/uuid"),
        ("execution-id", "execution_id"),
        ("execution-id", "/id"),
        ("id", "uuid"),
        ("id", "/id"),
        ("number", "id"),
        ("version-id", "airops_apps_version_id"),
        ("outputs", "output"),
        ("outputs", "result"),
        ("error", "error_message"),
        ("error", "error"),
        ("created-at", "createdAt"),
        ("created-at", "created_at"),
        ("updated-at", "updatedAt"),
        ("updated-at", "updated_at"),
        ("execution", "airops_app_execution"),
        ("execution", "execution"),
        ("response", "response"),
        ("response", "/result/response"),
        ("response", "/result/message"),
        ("session-id", "session_id"),
        ("session-id", "/result/session_id"),
        ("executions", "data"),
        ("total", "/meta/count"),
        ("has-more", "/meta/has_more"),
        ("cursor", "/meta/cursor"),
    ],
    ..BOTH
};

/// The states that have one word for both.
const STATES: [&str; 6] = ["pending", "running", "completed", "failed", "cancelled", "review_needed"];

/// How work stands, by WIT's word; none where AirOps' word is not known.
pub fn status(word: &str) -> Option<&'static str> {
    let known = STATES.iter().map(|state| (*state, *state));
    let mut all = BOTH.words_renamed.iter().copied().chain(known);
    all.find(|(_, theirs)| same_word(theirs, word)).map(|(ours, _)| ours)
}

const BOTH: Names = Names {
    // The documents have one word for each state, and not the same; the others are those that programs of this kind have.
    words_renamed: &[
        ("pending", "queued"),
        ("completed", "success"),
        ("completed", "succeeded"),
        ("completed", "complete"),
        ("completed", "done"),
        ("completed", "finished"),
        ("running", "processing"),
        ("running", "in_progress"),
        ("cancelled", "canceled"),
        ("failed", "error"),
        ("failed", "errored"),
        ("failed", "failure"),
        ("failed", "aborted"),
        ("failed", "timed_out"),
    ],
    numeric_ids: &["app-number"],
    filled: &["session-id"],
    bounds: &[
        ("page", 1, MANY),
        ("per-page", 1, MANY),
        ("items", 1, 100),
        ("most-pages", 1, MOST_PAGES),
        ("version", 1, MANY),
    ],
    sensitive: &["token"],
    ..Names::DEFAULT
};
