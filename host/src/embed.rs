//! For embedders that link wasmtime: everything here has types of `wasmtime`, `wasmtime-wasi-http` or `http-body-util`.
//!
//! These crates raise their major versions more often than this one. What is here follows them; nothing else does.

use crate::{Error, Host, Plugin};
use std::sync::Arc;
use wasmtime::component::Instance;
use wasmtime::{Engine, Store};

pub use crate::client::{Body, RequestOptions, Sending, Transport, body};
pub use crate::public_addr::{Resolver, Resolving};
pub use crate::state::InstanceState;
pub use crate::wasi::Clock;
pub use wasmtime::MemoryCreator;
/// Errors of [`Transport`], in the words of `wasi:http`.
pub use wasmtime_wasi_http::Error as HttpError;

/// What a host uses in place of its own parts, for tests and benches.
#[derive(Clone, Default)]
pub struct Testing {
    /// What sends requests in place of the network.
    pub transport: Option<Arc<dyn Transport>>,
    /// What finds the addresses of names in place of the machine's own way.
    pub resolver: Option<Arc<dyn Resolver>>,
    /// What tells components the time in place of the machine's clock.
    pub clock: Option<Arc<dyn Clock>>,
    /// What makes the memories of instances in place of the host's pool.
    pub memories: Option<Arc<dyn MemoryCreator>>,
}

/// The engine of a host, for bindings of the embedder's own.
pub fn engine(host: &Host) -> &Engine {
    host.engine()
}

/// A fresh instance and its store, for typed bindings that an embedder made with wasmtime's `bindgen!`, or for calls
/// with dynamic values. Its requests pass the same gate. It holds a place among the concurrent calls until the store
/// is dropped, and it has no time limit but the caller's own.
///
/// What typed exports give does not pass through the host: a vendor that repeats the credential in an answer shows it to
/// them. [`Plugin::call`] takes it out.
///
/// The host adds credentials if it holds the catalogue's own; [`instantiate_for`] is for operations that need another one.
///
/// # Errors
///
/// `unavailable`, when there is no place; `failed`, when the component does not start.
pub async fn instantiate(plugin: &Plugin) -> Result<(Store<InstanceState>, Instance), Error> {
    plugin.instantiate().await
}

/// As [`instantiate`], for one operation: it can send no more than what this operation says that it does.
///
/// # Errors
///
/// As [`instantiate`], and `invalid-input` for an unknown operation, `denied` for one beyond the grant, `misconfigured` for a
/// credential that no header can carry.
pub async fn instantiate_for(plugin: &Plugin, operation: &str) -> Result<(Store<InstanceState>, Instance), Error> {
    plugin.instantiate_for(operation).await
}
