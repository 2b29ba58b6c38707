//! What the host sees to, whatever a component does: rules and credentials.

mod policy;
mod secrets;
mod vault;
