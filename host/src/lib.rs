//! Runs Outwit's vendor components: each call in a fresh sandbox, each request through a gate.
//!
//! ```no_run
//! # async fn example() -> Result<(), outwit::Error> {
//! use outwit::{Host, Options, Plugins, Settings};
//!
//! let host = Host::new(Options::default())?;
//! let component = Plugins::embedded().component("accelo")?.expect("it is built with this crate");
//! let settings: Settings = [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_TOKEN", "…")].into_iter().collect();
//! let accelo = host.load(&component, settings).await?;
//! let activities = accelo.call("accelo.list-activities", r#"{ "limit": 3 }"#).await?;
//! # drop(activities);
//! # Ok(())
//! # }
//! ```
//!
//! A component can do nothing but read its settings, look at the clock and send HTTP requests, and of these only the ones
//! that its catalogue declares: the base address, and method and route of its operations. It never sees a secret; the host
//! adds credentials to requests that leave. What it computes is bounded in time and memory.
//!
//! Callers that know operations by their types use [`embed::instantiate`] with wasmtime's `component::bindgen!`.
//!
//! This crate must not know any vendor: everything that it does follows from what a component says about itself.

#![deny(missing_docs)]

mod account;
mod approval;
mod audit;
mod call;
mod call_handle;
mod catalogue;
mod client;
mod client_error;
mod code_cache;
mod compose;
mod config;
mod contact;
mod credential;
mod decode;
mod egress;
pub mod embed;
mod error;
mod function_cache;
mod heard;
mod host;
mod input_limits;
pub mod inspect;
mod instance;
#[doc(hidden)]
pub mod internals;
mod method_override;
mod missing_settings;
mod oauth;
mod operations;
mod options;
mod origin;
mod plugin;
mod plugins;
mod proxy;
mod public_addr;
mod rate_limit;
mod read_timeout;
mod redact;
mod requirements;
mod route;
mod rules;
mod schema;
mod secret;
mod secret_source;
mod serve;
mod settings;
mod snapshot;
mod state;
mod visible;
mod wasi;
mod workspace;

/// What wasmtime makes of `wit/plugin`.
#[allow(missing_docs, reason = "generated; the WIT is documented")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit/plugin",
        world: "plugin",
        exports: { default: async },
    });
}

pub use account::{Account, Consent, Identity};
pub use approval::{ApprovalRequest, Approver, DenyAll};
pub use audit::Audit;
pub use call::{Call, CallRequest, Resolved, Scope, unknown_vendor};
pub use call_handle::{CallHandle, Progress};
pub use catalogue::{Auth, Catalogue, Check, Effect, OAuth, Operation, OperationId, Request, Setting};
pub use client::Client;
pub use compose::compose;
pub use config::{Bound, Config, DEFAULT as DEFAULT_ACCOUNT};
pub use error::{Advice, Error, ErrorKind};
pub use heard::CallEvent;
pub use host::Host;
pub use oauth::token_store::{rate_limit_dir, token_dir};
pub use operations::{OperationIndex, SearchHit};
pub use options::{CodeCache, Grant, Options};
pub use outwit_core::{base_setting, example, nearest};
pub use plugin::Plugin;
pub use plugins::Plugins;
pub use proxy::Proxies;
pub use requirements::{Origin, Requirement, Requirements};
pub use rules::Rules;
pub use secret::Secret;
pub use serve::GatewayApp;
pub use settings::Settings;
pub use snapshot::{ENGINE, snapshot};
pub use visible::visible;
pub use workspace::{Workspace, WorkspaceOptions};

/// The example in the document compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
mod library_document {}
