//! wasmtime with WASI and HTTP, as any program may embed it: nothing of our host but its HTTP client.

use outwit::Client;
use outwit::embed::{Body, HttpError, RequestOptions, Transport};
use std::sync::Arc;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    network: Network,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.network, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Sends what the component sends, as it is. (wasmtime's own client is a feature that our host does without.)
struct Network(Arc<Client>);

type Answer = (http::Response<Body>, Box<dyn Future<Output = Result<(), HttpError>> + Send>);

impl WasiHttpHooks for Network {
    fn send_request(
        &mut self,
        request: http::Request<Body>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, HttpError>> + Send> {
        let client = self.0.clone();
        Box::new(async move {
            let response = client.send(request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(async { Ok(()) }) as Box<_>))
        })
    }
}

/// Calls the function `report` of a component that has these settings.
pub async fn report(
    component: &[u8],
    settings: &[(String, String)],
    company: &str,
) -> wasmtime::Result<Result<String, String>> {
    let engine = Engine::new(&Config::new())?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    let state = State {
        wasi: WasiCtxBuilder::new().envs(settings).build(),
        http: WasiHttpCtx::new(),
        table: ResourceTable::new(),
        network: Network(Arc::new(Client::new(None)?)),
    };
    let mut store = Store::new(&engine, state);
    let component = Component::new(&engine, component)?;
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let report = instance.get_typed_func::<(&str,), (Result<String, String>,)>(&mut store, "report")?;
    Ok(report.call_async(&mut store, (company,)).await?.0)
}
