//! Callers and names that mean harm: what is refused, by whom, and that the next call works.

#[path = "hostile/callers.rs"]
mod callers;
#[path = "mcp/client.rs"]
#[allow(dead_code, reason = "the tests of MCP use all of it")]
mod client;
#[path = "hostile/doors.rs"]
mod doors;
#[path = "hostile/inputs.rs"]
mod inputs;
#[path = "hostile/reach.rs"]
mod reach;
#[path = "gateway/served.rs"]
#[allow(dead_code, reason = "the tests of the gateway use all of it")]
mod served;
