//! Accelo's sales, invoices and expenses: the same server as `accelo`, whose module describes it.

pub use super::accelo::vendor;
