//! The examples of `embed` that are Rust: a program and a component that know Accelo's operations by their types. Those in
//! other languages are run by `cargo xtask hosts`.

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../embed/rust/main.rs"]
mod program;

use outwit::{Client, Plugins};
use outwit_host_test::foreign::{Foreign, linker};
use outwit_host_test::{build, plugged};
use std::sync::Arc;
use wasmtime::component::Component;
use wasmtime::{Engine, Store};

/// What each example says of a new mock.
const EXPECTED: &str = include_str!("../../../embed/expected.txt");

async fn mock() -> outwit_mocks::Server {
    outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap()
}

/// The component of the example, plugged with Accelo's.
fn report() -> Vec<u8> {
    let accelo = Plugins::embedded().component("accelo").unwrap().unwrap();
    plugged(build::report(), &[accelo.into_owned()]).unwrap()
}

/// Calls the function `report` of a component in a host as others are.
async fn reported(component: &[u8], settings: &[(String, String)]) -> wasmtime::Result<Result<String, String>> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, Foreign::new(settings, Arc::new(Client::new(None)?)));
    let component = Component::new(&engine, component)?;
    let instance = linker(&engine)?.instantiate_async(&mut store, &component).await?;
    let report = instance.get_typed_func::<(&str,), (Result<String, String>,)>(&mut store, "report")?;
    Ok(report.call_async(&mut store, ("311",)).await?.0)
}

#[tokio::test]
async fn typed_bindings_list_create_and_fail_with_typed_errors() {
    let mock = mock().await;
    let said = program::report(mock.settings().iter().cloned().collect()).await.unwrap();
    assert_eq!(said, EXPECTED);
}

#[tokio::test]
async fn a_component_that_imports_accelos_types_runs_when_it_is_plugged_with_accelo() {
    let mock = mock().await;
    let said = reported(&report(), mock.settings()).await.unwrap();
    assert_eq!(said.as_deref(), Ok(EXPECTED));
}

#[test]
fn a_plugged_component_imports_what_accelo_imports_and_nothing_else() {
    let engine = Engine::default();
    let imports = |bytes: &[u8]| -> Vec<String> {
        let component = Component::new(&engine, bytes).unwrap();
        let mut names: Vec<String> =
            component.component_type().imports(&engine).map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names
    };
    // It shares their words, so that it may import Accelo's interface of types, too.
    let mut of_report = imports(&report());
    let accelo = Plugins::embedded().component("accelo").unwrap().unwrap();
    of_report.retain(|name| name != "outwit:accelo/types@0.1.0");
    assert_eq!(of_report, imports(&accelo));
}
