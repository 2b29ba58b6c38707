//! What belongs to one instance: its environment, its gate, its bounds.

use crate::call_handle::CallHandle;
use crate::client::Body;
use crate::egress::Gate;
use crate::wasi::Clock;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::ResourceLimiter;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::clocks::{WasiClocksCtx, WasiClocksCtxView, WasiClocksView};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::types::HostIncomingRequest;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// How many things of the host's an instance may hold at once: requests, headers, streams, timers. A call needs two dozen;
/// each may hold 128 KiB of headers.
const HANDLES: usize = 256;

/// The state of one instance, for wasmtime's `Store`. Nothing in it is for embedders to change.
pub struct InstanceState {
    wall_clock: WasiClocksCtx,
    http: WasiHttpCtx,
    pub(crate) table: ResourceTable,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watch: CallHandle,
    gate: Gate,
    pub(crate) memory: Memory,
    /// The place among the calls that run at the same time; freed with the instance.
    _place: Option<OwnedSemaphorePermit>,
}

impl InstanceState {
    pub(crate) fn new(
        environment: Vec<(String, String)>,
        clock: Arc<dyn Clock>,
        gate: Gate,
        memory: usize,
        place: Option<OwnedSemaphorePermit>,
    ) -> InstanceState {
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES);
        InstanceState {
            wall_clock: WasiClocksCtx::default(),
            http: WasiHttpCtx::new(),
            table,
            environment,
            clock,
            watch: gate.watch.clone(),
            gate,
            memory: Memory { most: memory, given: 0, exceeded: false },
            _place: place,
        }
    }

    /// How many bytes of memory the instance has: the most that it had so far, since memories only grow.
    pub fn memory(&self) -> usize {
        self.memory.given
    }

    /// Hands a request to the instance.
    pub(crate) fn receive(&mut self, request: http::Request<Body>) -> wasmtime::Result<Resource<HostIncomingRequest>> {
        self.gate.receiving = true;
        let received = self.http().new_incoming_request(Scheme::Http, request);
        self.gate.receiving = false;
        received
    }
}

impl WasiClocksView for InstanceState {
    fn clocks(&mut self) -> WasiClocksCtxView<'_> {
        WasiClocksCtxView { ctx: &mut self.wall_clock, table: &mut self.table }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.gate, table: &mut self.table, ctx: &mut self.http }
    }
}

/// The bound of an instance's memory and tables. It remembers that it was met, because the component can only stop then.
pub(crate) struct Memory {
    most: usize,
    given: usize,
    pub exceeded: bool,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let fits = desired <= self.most;
        self.given += if fits { desired - current } else { 0 };
        self.exceeded |= !fits;
        Ok(fits)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let fits = desired <= crate::host::TABLE_ELEMENTS;
        self.exceeded |= !fits;
        Ok(fits)
    }
}
