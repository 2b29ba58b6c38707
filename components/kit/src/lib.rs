//! What every vendor's component is made of.
//!
//! A vendor's crate holds facts: an [`Api`] constant, a table of rows for [`operations!`], and the few functions that a
//! row cannot express. This library turns them into a component: it maps WIT records to the vendor's JSON and back
//! ([`wire`]), makes the one call sequence ([`exchange`]) with time-outs, retries and errors, and answers by name with
//! JSON ([`dispatch`], [`describe`]).
//!
//! It knows no vendor: where two vendors differ, the difference is a field of [`Api`] or [`Row`].

#![deny(missing_docs)]

mod api;
mod call;
mod describe;
mod dispatch;
mod encode;
mod error;
mod http;
mod judge;
mod operations;
mod retry;
mod route;
mod settings;
pub mod wire;

pub use api::{Api, Auth, Body, Effect, Row, Setting};
pub use call::{Call, exchange};
pub use describe::describe;
pub use dispatch::{Operation, by_json, dispatch, operation_named};
pub use encode::{authorize_url, form};
pub use error::{Problem, blank, fail, invalid};
pub use types::{Advice, Error, ErrorKind, Json};

mod bindings {
    #![allow(missing_docs, reason = "the documentation of these types is in wit/plugin")]
    wit_bindgen::generate!({
        inline: "package outwit:kit; world kit { import outwit:plugin/types@0.1.0; }",
        path: "../../wit/plugin",
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
        generate_all,
        generate_unused_types: true,
    });
}

/// The types of `outwit:plugin/types`, generated once for all vendors.
pub use bindings::outwit::plugin::types;
