//! Instances of components: their stores, their places among the concurrent calls, and why they stop.

use crate::bindings::PluginPre;
use crate::call_handle::CallHandle;
use crate::catalogue::Effect;
use crate::egress::{Gate, Policy, Trace};
use crate::host::Shared;
use crate::route::Called;
use crate::state::InstanceState;
use crate::{Advice, Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Store};

/// What an instance is made for.
pub(crate) struct Purpose {
    pub environment: Vec<(String, String)>,
    pub policies: Vec<Arc<Policy>>,
    pub called: Option<Called>,
    pub ceiling: Effect,
    pub trace: Arc<Trace>,
    pub watch: CallHandle,
    /// How long it may wait for a place among the concurrent calls.
    pub patience: Duration,
}

impl Purpose {
    /// To say something about itself: no request leaves.
    pub fn describe(host: &Shared) -> Purpose {
        Purpose {
            environment: Vec::new(),
            policies: Vec::new(),
            called: None,
            ceiling: Effect::Read,
            trace: Arc::default(),
            watch: CallHandle::new(),
            patience: Duration::from_secs(5).max(host.options.deadline_slack),
        }
    }
}

/// What a component says about itself, in an instance that can reach nothing.
pub(crate) async fn described(host: &Shared, pre: &PluginPre<InstanceState>) -> Result<String, Error> {
    let purpose = Purpose::describe(host);
    let limit = purpose.patience;
    let mut store = store(host, purpose).await?;
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

/// A store for one instance, with a place among the concurrent calls.
pub(crate) async fn store(host: &Shared, purpose: Purpose) -> Result<Store<InstanceState>, Error> {
    let Purpose { environment, policies, called, ceiling, trace, watch, patience } = purpose;
    let place = timeout(patience, host.places.clone().acquire_owned()).await.map_err(|_| {
        let message = format!("the host is busy with {} calls", host.options.concurrency);
        Error::new(ErrorKind::Unavailable, Advice::RetryLater, message)
    })?;
    let (transport, largest) = (host.transport.clone(), host.options.memory);
    let gate = Gate { policies, transport, called, ceiling, trace, watch, largest, receiving: false };
    let state = InstanceState::new(environment, host.clock.clone(), gate, largest, place.ok());
    let mut store = Store::new(&host.engine, state);
    store.limiter(|state| &mut state.memory);
    // A component that computes yields at every tick, so that the time limit around the call can end it.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Ok(store)
}

/// Why a component stopped without an answer of its own.
pub(crate) fn stopped(problem: &wasmtime::Error, store: &Store<InstanceState>) -> Error {
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
