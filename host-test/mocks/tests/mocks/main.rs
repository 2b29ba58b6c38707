//! Drives the mocks over real sockets. One binary, because each would be linked on its own.

mod accelo_activities;
mod accelo_filters;
mod accelo_limits;
mod accelo_oauth;
mod accelo_people;
mod accelo_reads;
mod aero;
mod aero_requests;
mod aero_sql;
mod aero_work;
mod airops_cancel;
mod airops_chat;
mod airops_client;
mod airops_public;
mod airops_runs;
mod airops_streams;
mod airops_switches;
mod client;
mod faults;
mod server;
