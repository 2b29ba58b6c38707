//! Credentials: where accounts keep them, how tokens are renewed, where they go and where not.
//!
//! The vendor is a small server ([`vendor`]) that speaks as Accelo does and counts what it is asked, or the mock of Accelo
//! where the command line is under test.

mod accounts;
mod command_line;
mod facts;
mod failures;
mod flight;
#[cfg(unix)]
mod killed;
mod service;
mod store;
mod vendor;
mod wire;
