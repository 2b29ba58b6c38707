//! What every vendor's component is made of.
//!
//! A vendor's crate holds facts: an [`Api`] constant, a table of rows for [`operations!`], and the few functions that a
//! row cannot express. Its `build.rs` adds tables of the WIT's types. This library turns them into a component: it reads
//! and writes JSON ([`wire`]) and the canonical ABI ([`abi`]) by those tables, makes the one call sequence (`exchange.rs`)
//! with time-outs, retries and errors, waits for work at the vendor ([`job`]), reads answers that come piece by piece
//! ([`stream`]), answers by name with JSON (`dispatch.rs`, `describe.rs`), finds
//! operations for an intent in plain words ([`search`]), and offers them as tools of plain parameters ([`flat`]).
//!
//! A call reaches settings, clocks and HTTP through its [`world`]: WASI in a component, prepared answers in a native test.
//!
//! It knows no vendor: where two vendors differ, the difference is a field of [`Api`] or [`Row`].

#![deny(missing_docs)]

pub mod abi;
mod api;
mod call;
mod describe;
mod dialect;
mod dispatch;
mod encode;
mod error;
mod events;
mod exchange;
mod find;
pub mod flat;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod heap;
mod imported;
pub mod job;
mod oauth;
mod object;
mod operations;
mod output;
mod reply;
mod response;
mod retry;
mod route;
mod secrets;
mod settings;
mod steps;
pub mod stream;
#[cfg(test)]
mod tests;
#[doc(hidden)]
pub mod unpack;
pub mod world;

/// 7 KB smaller than the allocator that Rust brings for WebAssembly.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: heap::Heap = heap::Heap::NEW;

pub use api::{Api, Auth, Body, Check, Dialect, Dialects, Effect, Guard, Handler, OAuth, RequestHook, Row, Setting};
pub use call::Call;
pub use describe::describe;
pub use dispatch::{Component, Exchange, Operation, Resource, dispatch};
pub use encode::authorize_url;
pub use error::{FieldError, fail, invalid};
pub use events::Events;
pub use find::found;
pub use imported::{Imported, ImportedRow, Param, Place, Style};
pub use oauth::request_authorization;
pub use object::{Plain, is_empty, object, set, take};
pub use outwit_search as search;
pub use steps::{Pages, Progress, exactly_one, has, has_name, is_called, meant};
pub use stream::{Part, Stream};
pub use types::{Advice, Error, ErrorKind, Json};
pub use wire;

mod bindings {
    #![allow(missing_docs, reason = "the documentation of these types is in wit/plugin")]
    wit_bindgen::generate!({
        inline: "package outwit:kit; world kit { import outwit:plugin/types@0.1.0; }",
        path: "../../wit/plugin",
        additional_derives: [PartialEq],
        generate_all,
        generate_unused_types: true,
    });
}

/// The types of `outwit:plugin/types`, generated once for all vendors.
pub use bindings::outwit::plugin::types;
