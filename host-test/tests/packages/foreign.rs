//! A host as others are: wasmtime with its own WASI. A component gets its environment from it and sends what it likes.

use http::{Request, Response};
use outwit::embed::{Body, HttpError, RequestOptions, Transport};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable, Val};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

/// A component whose exported functions are tools.
pub struct Tools {
    engine: Engine,
    component: Component,
    pre: InstancePre<State>,
    transport: Arc<dyn Transport>,
}

impl Tools {
    /// Loads it. Its requests go out by the transport.
    pub fn load(component: &[u8], transport: Arc<dyn Transport>) -> Tools {
        let engine = Engine::default();
        let component = Component::new(&engine, component).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
        let pre = linker.instantiate_pre(&component).unwrap();
        Tools { engine, component, pre, transport }
    }

    /// What it imports.
    pub fn imports(&self) -> BTreeSet<String> {
        self.component.component_type().imports(&self.engine).map(|(name, _)| name.to_owned()).collect()
    }

    /// Its functions. It exports nothing else.
    pub fn functions(&self) -> BTreeMap<String, ComponentFunc> {
        let ty = self.component.component_type();
        let functions = ty.exports(&self.engine).map(|(name, item)| match item.ty {
            ComponentItem::ComponentFunc(function) => (name.to_owned(), function),
            _ => panic!("{name} is no function"),
        });
        functions.collect()
    }

    /// Calls a tool in a fresh instance with this environment. A trap fails the test.
    pub async fn call(
        &self,
        tool: &str,
        params: &[Val],
        environment: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let mut wasi = WasiCtxBuilder::new();
        for (name, value) in environment {
            wasi.env(name, value);
        }
        let state = State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            hooks: Hooks(self.transport.clone()),
        };
        let mut store = Store::new(&self.engine, state);
        let instance = self.pre.instantiate_async(&mut store).await.unwrap();
        let function = instance.get_func(&mut store, tool).unwrap_or_else(|| panic!("there is no tool {tool}"));
        let mut results = [Val::Bool(false)];
        let called = function.call_async(&mut store, params, &mut results).await;
        called.unwrap_or_else(|trap| panic!("{tool}{params:?}: {trap:#}"));
        let text = |payload: Option<Box<Val>>| match payload.map(|payload| *payload) {
            Some(Val::String(text)) => text,
            other => panic!("{tool} gave {other:?}"),
        };
        match results {
            [Val::Result(Ok(payload))] => Ok(text(payload)),
            [Val::Result(Err(payload))] => Err(text(payload)),
            other => panic!("{tool} gave {other:?}"),
        }
    }
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Hooks,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}

struct Hooks(Arc<dyn Transport>);

type Sent = Result<(Response<Body>, Box<dyn Future<Output = Result<(), HttpError>> + Send>), HttpError>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<Body>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let transport = self.0.clone();
        Box::new(async move {
            let response = transport.send(request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(async { Ok(()) }) as Box<_>))
        })
    }
}
