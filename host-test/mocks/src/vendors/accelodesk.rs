//! Accelo's tickets, requests and contracts: the same server as `accelo`, whose module describes it.

pub use super::accelo::vendor;
