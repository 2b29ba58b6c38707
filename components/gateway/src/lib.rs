//! The gateway: the operations of the vendors that it is composed with, over HTTP and over MCP.
//!
//! It exports `wasi:http/incoming-handler` and imports `outwit:plugin/operations`, which a vendor exports, or a join of
//! several. What is decided here is decided without WASI (`answer.rs` and what it calls), so that it is tested natively;
//! `edge.rs` is the rest. It must not know any vendor.
//!
//! The crate `waki`, which offers such a handler, is not used: it binds WASI 0.2.2 beside the 0.2.4 of the vendors, reads
//! bodies of any length, and traps where a client hangs up.

pub mod access;
pub mod answer;
pub mod docs;
#[cfg(target_arch = "wasm32")]
mod edge;
mod mcp;
pub mod message;
pub mod offer;
mod openapi;
pub mod origins;
pub mod problem;
pub mod reference;
mod tools;

#[cfg(test)]
mod tests;

mod bindings {
    wit_bindgen::generate!({
        inline: "package outwit:gateway; world gateway { import outwit:plugin/operations@0.1.0; }",
        path: "../../wit/plugin",
        additional_derives: [PartialEq],
        generate_all,
    });
}

pub use bindings::outwit::plugin::types::{Advice, Error, ErrorKind};
