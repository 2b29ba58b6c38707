//! Servers for Outwit's operations: MCP for agents ([`mcp`]), and composed files over HTTP ([`serve`]).
//!
//! What is called, and by which rules, is decided by the crate `outwit`; this crate reads requests and writes answers.

#![deny(missing_docs)]

mod body;
mod docs;
mod host_header;
mod listener;
mod live;
pub mod mcp;
mod reply;
mod serve;

pub use serve::serve;
