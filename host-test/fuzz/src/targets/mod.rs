//! What is fuzzed, and what has to hold there.

mod config;
mod decode;
mod filters;
mod gateway;
mod parts;
mod replies;
mod requests;
mod search;
mod sql;

use crate::engine::Target;
pub use config::path as config_path;

/// All targets.
pub const ALL: &[Target] = &[
    replies::TARGET,
    decode::TARGET,
    requests::TARGET,
    filters::TARGET,
    sql::SELECT,
    sql::RAW,
    config::TARGET,
    gateway::HTTP,
    gateway::MCP,
    search::TARGET,
    parts::INPUT,
    parts::UNPACK,
    parts::RETRY,
    parts::CUT,
    parts::REDACT,
];

/// No seeds but those in the folder of the target's name.
fn none() -> Vec<Vec<u8>> {
    Vec::new()
}
