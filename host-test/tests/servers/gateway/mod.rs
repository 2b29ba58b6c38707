//! Composed files, served over real sockets: one vendor and all of them, by REST and by MCP, and what is refused.

mod agreement;
mod description;
mod load;
mod mcp;
mod problems;
mod program;
pub mod served;
mod tours;
