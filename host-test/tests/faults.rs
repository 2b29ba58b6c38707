//! Vendors that fail, each in its own way: what callers are told, how often the vendor is asked, and how long it takes.
//!
//! A row of a table is a fault, and what a read (`get-activity`) and a write (`create-activity`) come to there. All rows of
//! a table run at the same time, through the same host, each with a server of its own.

#[path = "faults/answers.rs"]
mod answers;
#[path = "faults/rate_limits.rs"]
mod rate_limits;
#[path = "faults/refusals.rs"]
mod refusals;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/transport.rs"]
mod transport;
