//! Composed files, served over real sockets: one vendor and all of them, by REST and by MCP, and what is refused.

mod agreement;
#[allow(dead_code, reason = "`mcp` uses more of it")]
#[path = "../mcp/client.rs"]
mod client;
mod description;
mod load;
mod mcp;
mod problems;
mod program;
mod served;
mod tours;
