//! A host as others are: wasmtime with its own WASI, and nothing of ours but what sends requests. A component gets its
//! environment from it and sends what it likes. (wasmtime's own client is a feature that our host does without.)

use outwit::embed::{Body, HttpError, RequestOptions, Transport};
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

/// What an instance has of such a host.
#[allow(missing_debug_implementations, reason = "the parts have none")]
pub struct Foreign {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Hooks,
}

impl Foreign {
    /// For an instance with this environment, whose requests go out by the transport.
    pub fn new(environment: &[(String, String)], transport: Arc<dyn Transport>) -> Foreign {
        Foreign {
            wasi: WasiCtxBuilder::new().envs(environment).build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            hooks: Hooks(transport),
        }
    }
}

/// All that such a host offers to components.
///
/// # Errors
///
/// wasmtime's own.
pub fn linker(engine: &Engine) -> wasmtime::Result<Linker<Foreign>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Ok(linker)
}

impl WasiView for Foreign {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Foreign {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}

struct Hooks(Arc<dyn Transport>);

type Answer = (http::Response<Body>, Box<dyn Future<Output = Result<(), HttpError>> + Send>);

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: http::Request<Body>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, HttpError>> + Send> {
        let transport = self.0.clone();
        Box::new(async move {
            let response = transport.send(request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(async { Ok(()) }) as Box<_>))
        })
    }
}
