//! Drives the mocks over real sockets. One binary, because each would be linked on its own.

mod accelo_filters;
mod accelo_limits;
mod accelo_oauth;
mod accelo_reads;
mod aero;
mod aero_requests;
mod aero_sql;
mod aero_work;
mod airops_client;
mod airops_runs;
mod airops_streams;
mod client;
mod dialogues;
mod faults;
mod server;
