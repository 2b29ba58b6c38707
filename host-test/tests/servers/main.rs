//! The servers, as clients see them: MCP, and composed files with their gateway, with real processes and sockets.

mod fuzz;
mod gateway;
mod hostile;
mod mcp;
