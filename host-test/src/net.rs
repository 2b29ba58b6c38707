//! The real host over real sockets: one runtime, one host and each vendor's component once for all tests of a program.

use anyhow::{Context, bail};
use outwit::embed::InstanceState;
use outwit::{CodeCache, Error, Host, Options, Plugin, Plugins, Settings};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use wasmtime::Store;
use wasmtime::component::{Instance, Val};

/// Runs a test on the runtime that all tests share, as an embedder's calls would: the host keeps connections open, and they
/// belong to the runtime that they were opened on.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime")).block_on(test)
}

/// The host of this program, which talks to the network.
pub fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(options()).expect("a host"))
}

/// The options of that host, for tests that need another one: the default ones, but for the place of compiled code.
pub fn options() -> Options {
    Options { code_cache: CodeCache::Folder(build_folder().join("code-cache")), ..Options::default() }
}

/// A client of HTTP that is not ours.
pub fn client() -> reqwest::Client {
    client_with().build().expect("a client")
}

/// A client of HTTP that is not ours, to be configured.
pub fn client_with() -> reqwest::ClientBuilder {
    // One that is built with reqwest for other crates has no cryptography of its own. That it is there already is well.
    _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// Where cargo put this program's kind of build: `target/debug`.
pub fn build_folder() -> PathBuf {
    let program = std::env::current_exe().expect("the path of this program");
    // Tests and benches are in `deps`.
    program.ancestors().nth(2).expect("a folder above `deps`").to_owned()
}

/// A vendor's component for an account with these settings. It is loaded once.
pub async fn plugin<N: Into<String>, V: Into<String>>(
    vendor: &str,
    settings: impl IntoIterator<Item = (N, V)>,
) -> Plugin {
    static LOADED: Mutex<BTreeMap<String, Plugin>> = Mutex::new(BTreeMap::new());
    let loaded = || LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = loaded().get(vendor).cloned();
    let plugin = match known {
        Some(plugin) => plugin,
        None => {
            let component = Plugins::embedded().component(vendor).expect("readable").expect("an embedded vendor");
            let plugin = host().load(&component, Settings::default()).await.expect("a plugin");
            loaded().entry(vendor.to_owned()).or_insert(plugin).clone()
        }
    };
    plugin.with_settings(settings.into_iter().collect())
}

/// A mock of the vendor on a port of its own, and the plugin that talks to it.
pub async fn mocked(vendor: &str) -> (outwit_mocks::Server, Plugin) {
    let server = outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into()).await.expect("a mock");
    let plugin = plugin(vendor, server.settings().iter().cloned()).await;
    (server, plugin)
}

/// Waits for all parts of a test that run at the same time. The first that fails fails the test, with what it said: the
/// runtime's threads outlive each test, so that the harness does not show what they print.
pub async fn all(mut parts: JoinSet<()>) {
    while let Some(part) = parts.join_next().await {
        if let Err(problem) = part {
            let said = problem.into_panic();
            match said.downcast::<String>() {
                Ok(text) => panic!("{text}"),
                Err(other) => std::panic::resume_unwind(other),
            }
        }
    }
}

/// Calls an operation with a document, and reads what comes.
///
/// # Errors
///
/// The call's own.
pub async fn call(plugin: &Plugin, operation: &str, input: &Value) -> Result<Value, Error> {
    let output = plugin.call(operation, &input.to_string()).await?;
    Ok(serde_json::from_str(&output).expect("an output is JSON"))
}

/// Calls an operation in an instance that stays, and gives its output.
///
/// # Errors
///
/// When the instance traps; the call's own error, as wasmtime has it.
pub async fn call_in(
    store: &mut Store<InstanceState>,
    instance: &Instance,
    operation: &str,
    input: &str,
) -> anyhow::Result<String> {
    let operations = instance.get_export_index(&mut *store, None, "outwit:plugin/operations@0.1.0");
    let call = instance.get_export_index(&mut *store, operations.as_ref(), "call").context("no export `call`")?;
    let call = instance.get_func(&mut *store, call).context("`call` is no function")?;
    let mut results = [Val::Bool(false)];
    call.call_async(store, &[operation, input].map(|text| Val::String(text.into())), &mut results).await?;
    match results {
        [Val::Result(Ok(Some(output)))] => match *output {
            Val::String(output) => Ok(output),
            other => bail!("the output is {other:?}"),
        },
        [other] => bail!("{other:?}"),
    }
}
