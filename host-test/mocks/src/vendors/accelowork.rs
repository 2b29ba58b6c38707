//! Accelo's jobs, tasks and time: the same server as `accelo`, whose module describes it.

pub use super::accelo::vendor;
