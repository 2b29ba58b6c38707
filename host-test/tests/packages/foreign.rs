//! Components as tools of another host.

use outwit::embed::Transport;
use outwit_host_test::foreign::{Foreign, linker};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, InstancePre, Val};
use wasmtime::{Engine, Store};

/// A component whose exported functions are tools.
pub struct Tools {
    engine: Engine,
    component: Component,
    pre: InstancePre<Foreign>,
    transport: Arc<dyn Transport>,
}

impl Tools {
    /// Loads it. Its requests go out by the transport.
    pub fn load(component: &[u8], transport: Arc<dyn Transport>) -> Tools {
        let engine = Engine::default();
        let component = Component::new(&engine, component).unwrap();
        let pre = linker(&engine).unwrap().instantiate_pre(&component).unwrap();
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
        let environment: Vec<(String, String)> = environment.clone().into_iter().collect();
        let state = Foreign::new(&environment, self.transport.clone());
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
