//! The gateway: the operations of the vendors that it is composed with, over HTTP and over MCP.
//!
//! It exports `wasi:http/incoming-handler` and imports `outwit:plugin/operations`, which a vendor exports, or a join of
//! several. What is decided here is decided without WASI (`answer.rs` and what it calls), so that it is tested natively;
//! `edge.rs` is the rest. It must not know any vendor.
//!
//! The crate `waki`, which offers such a handler, is not used: it binds WASI 0.2.2 beside the 0.2.4 of the vendors, reads
//! bodies of any length, and traps where a client hangs up.

mod access;
mod answer;
mod edge;
mod mcp;
mod message;
mod offer;
mod openapi;
mod origins;
mod problem;
mod tools;

// What the host says about operations, too, and in the same words.
#[allow(dead_code, reason = "the host's tools have arguments more")]
#[path = "../../../host/src/mcp/arguments.rs"]
mod arguments;
#[path = "../../../host/src/example.rs"]
mod example;
#[path = "../../../host/src/hint.rs"]
mod hint;
#[path = "../../../host/src/mcp/ids.rs"]
mod ids;
#[path = "../../../host/src/inline.rs"]
mod inline;
#[path = "../../../host/src/mcp/received.rs"]
mod received;
#[path = "../../../host/src/mcp/shape.rs"]
mod shape;
#[path = "../../../host/src/suggest.rs"]
mod suggest;
#[path = "../../../host/src/twice.rs"]
mod twice;

// The search that components and the host have.
#[allow(dead_code, reason = "its facts are for fitting weights")]
#[path = "../../kit/src/search/mod.rs"]
mod search;

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

use bindings::outwit::plugin::types::{Advice, Error, ErrorKind};
