//! What the host, the MCP server and the gateway of a composed file say about operations, in the same words: how MCP messages
//! and the arguments of tools are read, what is shown of a schema, and what is told beside a search.
//!
//! It has no I/O, it builds for components and for hosts, and it knows no vendor.

#![deny(missing_docs)]

pub mod arguments;
mod base64;
mod example;
mod header;
mod hint;
pub mod ids;
mod inline;
pub mod lossy;
pub mod received;
mod redact;
mod retry_after;
mod setting;
mod shape;
mod suggest;
pub mod tools;
pub mod words;

pub use base64::base64;
pub use example::example;
pub use header::header;
pub use hint::{hint, names, summary};
pub use inline::{inlined, reference};
pub use redact::Redactor;
pub use retry_after::{asked_ms, number};
pub use setting::base_setting;
pub use shape::{plain, shape};
pub use suggest::{nearest, shown, unknown_operation};
