//! Drives the mocks over real sockets. One binary, because each would be linked on its own.

mod accelo_activities;
mod accelo_filters;
mod accelo_limits;
mod accelo_oauth;
mod accelo_people;
mod accelo_reads;
mod client;
mod faults;
mod server;
