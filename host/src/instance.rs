//! Instances of components: their stores, their places among the concurrent calls, and why they stop.

use crate::bindings::PluginPre;
use crate::call_handle::CallHandle;
use crate::catalogue::Effect;
use crate::egress::Gate;
use crate::host::Shared;
use crate::state::State;
use crate::{Advice, Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use wasmtime::component::ResourceTableError;
use wasmtime::{Engine, PoolConcurrencyLimitError, Store};

/// What a component says about itself, in an instance that can reach nothing.
pub(crate) async fn described(host: &Shared, pre: &PluginPre<State>) -> Result<String, Error> {
    let gate = Gate {
        policies: Vec::new(),
        transport: host.transport.clone(),
        called: None,
        ceiling: Effect::Read,
        trace: Arc::default(),
        watch: CallHandle::new(),
        largest: host.options.memory,
        receiving: false,
    };
    let limit = Duration::from_secs(5).max(host.options.deadline_slack);
    let place = place(host, limit).await?;
    let state = State::new(Vec::new(), host.clock.clone(), gate, host.options.memory, place);
    let mut store = store(pre.engine(), state);
    let described = timeout(limit, async {
        let instance = pre.instantiate_async(&mut store).await?;
        instance.outwit_plugin_operations().call_describe(&mut store).await
    });
    match described.await {
        Ok(Ok(describe)) => Ok(describe),
        Ok(Err(problem)) => Err(stopped(&problem, &store)),
        Err(_) => Err(Error::misconfigured("the component takes too long to describe itself")),
    }
}

pub(crate) fn store(engine: &Engine, state: State) -> Store<State> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.memory);
    // A component that computes yields at every tick, so that the time limit around the call can end it.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    store
}

pub(crate) async fn place(host: &Shared, patience: Duration) -> Result<Option<OwnedSemaphorePermit>, Error> {
    match timeout(patience, host.places.clone().acquire_owned()).await {
        Ok(place) => Ok(place.ok()),
        Err(_) => {
            let message = format!("the host is busy with {} calls", host.options.concurrency);
            Err(Error::new(ErrorKind::Unavailable, Advice::RetryLater, message))
        }
    }
}

/// Why a component stopped without an answer of its own.
pub(crate) fn stopped(problem: &wasmtime::Error, store: &Store<State>) -> Error {
    if problem.is::<PoolConcurrencyLimitError>() {
        return Error::new(ErrorKind::Unavailable, Advice::RetryNow, "the host has no memory left for another call");
    }
    let message = if store.data().memory.exceeded {
        "the component needs more memory than the host gives".to_owned()
    } else if let Some(ResourceTableError::Full) = problem.downcast_ref() {
        "the component holds more of the host's requests, headers and streams at once than it may".to_owned()
    } else {
        format!("the component stopped unexpectedly: {}", problem.root_cause())
    };
    Error::new(ErrorKind::Failed, Advice::GiveUp, message)
}
