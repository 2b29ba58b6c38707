//! The host: one engine, one client, and the bounds that all plugins share.

use crate::bindings::PluginPre;
use crate::client::{Client, Transport};
use crate::code_cache::{Code, Entry};
use crate::function_cache::FunctionCache;
use crate::options::{CodeCache, Options};
use crate::plugin::{Plugin, Source};
use crate::proxy::Proxies;
use crate::state::InstanceState;
use crate::wasi::{Clock, Machine};
use crate::{Advice, Catalogue, Error, ErrorKind, Settings};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, HasData, HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails,
};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi::p2::bindings::{cli, clocks, io};
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host as _;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Host as _};
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{RequestOptions, WasiHttpView};

/// How often a component that computes lets others run, and can be cut off.
const TICK: Duration = Duration::from_millis(10);
const PAGE: usize = 64 * 1024;
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// What a component may import; see `link`. The last holds types only.
const OFFERED: [&str; 5] = ["wasi:http/", "wasi:io/", "wasi:clocks/", "wasi:cli/environment@", "outwit:plugin/types@"];

/// Runs plugins. Cheap to clone; all clones share engine, connections and bounds.
#[derive(Clone)]
pub struct Host(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub engine: Engine,
    pub code: Code,
    pub linker: Linker<InstanceState>,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub places: Arc<Semaphore>,
    pub options: Options,
}

impl Host {
    /// A host with these options. Starts a thread that lives as long as the host and its plugins.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when wasmtime does not work on this machine, or not with these options, or a variable of the
    /// environment names no proxy.
    pub fn new(options: Options) -> Result<Host, Error> {
        Host::composed(options, 1)
    }

    /// A host for files that so many components are composed into.
    pub(crate) fn composed(mut options: Options, parts: u32) -> Result<Host, Error> {
        options.memory = options.memory.next_multiple_of(PAGE);
        let broken = |problem: wasmtime::Error| Error::misconfigured(format!("the host cannot start: {problem:#}"));
        // The pool reserves address space, which some containers bound; without a pool calls are slower, not different.
        let cache = cache(&options.code_cache);
        let functions = Arc::default();
        let engine = Engine::new(&config(&options, &functions, Some(parts)))
            .or_else(|_| Engine::new(&config(&options, &functions, None)))
            .map_err(broken)?;
        let code = Code::of(cache.as_ref());
        let mut linker = Linker::new(&engine);
        link(&mut linker).map_err(broken)?;
        tick(&engine).map_err(|problem| Error::misconfigured(format!("the host cannot start a thread: {problem}")))?;
        let transport = match &options.testing.transport {
            Some(transport) => transport.clone(),
            None => {
                let proxies = options.proxies.clone().map_or_else(Proxies::of_environment, Ok)?;
                Arc::new(Client::with(options.roots.clone(), options.testing.resolver.clone(), proxies)?)
            }
        };
        let clock = options.testing.clock.clone().unwrap_or_else(|| Arc::new(Machine));
        let places = Arc::new(Semaphore::new(options.concurrency as usize));
        Ok(Host(Arc::new(Shared { engine, code, linker, transport, clock, places, options })))
    }

    /// Loads a component from its bytes, for an account with these settings. [`Plugin::with_settings`] makes the same
    /// plugin work for another account, without loading it again.
    ///
    /// Compiles on the current thread: a second or so, or a millisecond when the compiled code is in the cache.
    ///
    /// # Errors
    ///
    /// `denied`, when the component imports what this host does not offer, such as files or sockets; `misconfigured`, when
    /// it is no component, no plugin, or its catalogue is not understood.
    pub async fn load(&self, component: &[u8], settings: Settings) -> Result<Plugin, Error> {
        Plugin::load(self, component, Source::Given, settings).await
    }

    /// What is stored of a component.
    pub(crate) fn cache_entry(&self, component: &[u8]) -> Entry {
        self.0.code.entry(&self.0.engine, component)
    }

    /// A plugin that imports no more than there is, ready to be instantiated.
    pub(crate) fn prepare(&self, component: &[u8], entry: &Entry) -> Result<PluginPre<InstanceState>, Error> {
        let component = self.compile(component, entry)?;
        let not_plugin = |problem| Error::misconfigured(format!("the component is not an Outwit plugin: {problem:#}"));
        let pre = self.0.linker.instantiate_pre(&component).map_err(not_plugin)?;
        PluginPre::new(pre).map_err(not_plugin)
    }

    /// A component that imports no more than there is.
    pub(crate) fn compile(&self, component: &[u8], entry: &Entry) -> Result<Component, Error> {
        let component = entry.component(&self.0.engine, component).map_err(|problem| {
            Error::misconfigured(format!("not a component that this host can run, or damaged: {problem}"))
        })?;
        if let Some(import) = self.not_offered(&component) {
            let message = format!("the component imports {import}, which this host does not offer");
            return Err(Error::new(ErrorKind::Denied, Advice::AskPerson, message));
        }
        Ok(component)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn not_offered(&self, component: &Component) -> Option<String> {
        let ty = component.component_type();
        let mut imports = ty.imports(&self.0.engine).map(|(name, _)| name.to_owned());
        imports.find(|name| !OFFERED.iter().any(|offered| name.starts_with(offered)))
    }
}

impl Catalogue {
    /// How long a call of this vendor may take by the component's own measure.
    pub(crate) fn deadline(&self, settings: &Settings) -> Duration {
        Duration::from_millis(settings.number(self, "OUTWIT_DEADLINE_MS", 30_000))
    }
}

/// With a pool for instances of so many components each, or without one.
fn config(options: &Options, functions: &Arc<FunctionCache>, pooled: Option<u32>) -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.epoch_interruption(true);
    // Without it everything is compiled anew, which only takes longer.
    _ = config.enable_incremental_compilation(functions.clone());
    // A trap is reported by its reason; where in the component it happened helps no caller.
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    if let Some(memories) = &options.testing.memories {
        // Nothing is reserved and nothing guarded: any buffer will do, and the code checks its bounds.
        config.memory_reservation(0).memory_reservation_for_growth(0).memory_guard_size(0).memory_init_cow(false);
        config.with_host_memory(memories.clone());
    } else if let Some(parts) = pooled {
        // Above the number of places: memory is given back a moment after its instance is gone.
        let most = options.concurrency.saturating_add(16);
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(most)
            .total_memories(most.saturating_mul(parts))
            .total_stacks(most)
            .total_core_instances(most.saturating_mul(parts).saturating_mul(4))
            .total_tables(most.saturating_mul(parts).saturating_mul(4))
            .max_core_instances_per_component(parts.saturating_mul(16))
            .max_tables_per_component(parts.saturating_mul(16))
            .max_memories_per_component(parts)
            .max_memory_size(options.memory)
            .table_elements(TABLE_ELEMENTS)
            // What a small call touches stays mapped between calls, which saves its page faults.
            .linear_memory_keep_resident(1 << 20)
            .table_keep_resident(64 << 10)
            .async_stack_keep_resident(64 << 10)
            .pagemap_scan(Enabled::Auto);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

/// A cache that cannot be had is done without: it only saves time. It is wasmtime's by its place alone; see `code`.
pub(crate) fn cache(wanted: &CodeCache) -> Option<Cache> {
    let mut config = CacheConfig::new();
    match wanted {
        CodeCache::Off => return None,
        CodeCache::User => {}
        CodeCache::Folder(folder) => _ = config.with_directory(folder),
    }
    Cache::new(config).ok()
}

/// Everything that a component can reach.
fn link(linker: &mut Linker<InstanceState>) -> wasmtime::Result<()> {
    io::error::add_to_linker::<InstanceState, Table>(linker, |state| &mut state.table)?;
    io::poll::add_to_linker::<InstanceState, Table>(linker, |state| &mut state.table)?;
    io::streams::add_to_linker::<InstanceState, Table>(linker, |state| &mut state.table)?;
    clocks::monotonic_clock::add_to_linker::<InstanceState, HasSelf<InstanceState>>(linker, |state| state)?;
    clocks::wall_clock::add_to_linker::<InstanceState, WasiClocks>(linker, InstanceState::clocks)?;
    cli::environment::add_to_linker::<InstanceState, HasSelf<InstanceState>>(linker, |state| state)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    linker.instance(HANDLER)?.func_wrap("handle", |mut store, asked| Ok((handle(store.data_mut(), asked)?,)))?;
    linker.allow_shadowing(false);
    Ok(())
}

/// As wasmtime-wasi-http calls it.
const HANDLER: &str = "wasi:http/outgoing-handler@0.2.12";

type Asked = (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>);

/// As the library's own, which in version 48 keeps the options of each request for as long as the instance lives: one that an
/// embedder keeps would run out of handles.
fn handle(
    state: &mut InstanceState,
    (request, options): Asked,
) -> wasmtime::Result<Result<Resource<HostFutureIncomingResponse>, ErrorCode>> {
    let mut http = state.http();
    let options_handle = options.as_ref().map(|options| Resource::<RequestOptions>::new_own(options.rep()));
    let sent = http.handle(request, options);
    if let Some(options) = options_handle {
        http.table.delete(options)?;
    }
    sent.map_or_else(|problem| Ok(Err(http.convert_error_code(problem)?)), |future| Ok(Ok(future)))
}

struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// Lets time pass for the engine until it is gone.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let thread = std::thread::Builder::new().name("outwit-ticker".to_owned());
    thread.spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component that does nothing but import an empty instance of a name.
    fn importing(name: &str) -> Vec<u8> {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        bytes.extend(b"\x07\x03\x01\x42\x00");
        let length = u8::try_from(name.len()).unwrap();
        bytes.extend([0x0a, length + 5, 1, 0, length]);
        bytes.extend(name.as_bytes());
        bytes.extend([0x05, 0]);
        bytes
    }

    async fn refused(component: &[u8]) -> Error {
        let host = Host::new(Options { code_cache: CodeCache::Off, ..Options::default() }).unwrap();
        host.load(component, Settings::default()).await.err().unwrap()
    }

    #[tokio::test]
    async fn a_component_that_imports_files_or_sockets_is_denied_by_name() {
        for import in ["wasi:filesystem/types@0.2.4", "wasi:sockets/tcp@0.2.4", "wasi:cli/exit@0.2.4", "acme:x/y"] {
            let error = refused(&importing(import)).await;
            assert_eq!(error.kind, ErrorKind::Denied, "{error}");
            assert!(error.message.contains(import), "{error}");
        }
    }

    #[tokio::test]
    async fn what_is_no_plugin_is_not_loaded() {
        for component in [&b"hello"[..], b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0", &importing("wasi:io/poll@0.2.4")] {
            assert_eq!(refused(component).await.kind, ErrorKind::Misconfigured);
        }
    }
}
