//! What the host sees to, whatever a component does: rules, credentials, limits and the network.

mod limits;
mod network;
mod policy;
mod secrets;
mod vault;
