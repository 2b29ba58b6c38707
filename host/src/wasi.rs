//! What a component sees of the world beside HTTP: its environment and the time.
//!
//! The environment asks it for how many requests are still to come (`OUTWIT_PROGRESS`); the gate takes its answer.
//!
//! Both tell it when its caller has given up: the environment gains `OUTWIT_CANCELLED`, and what sleeps wakes up. A
//! component that waits for work at the vendor looks there, cancels the work and ends; to others it makes no difference.

use crate::call_handle::CallHandle;
use crate::state::InstanceState;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::cli::environment;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

/// What tells components the time, and how long their waiting takes. For tests; without one, it is the machine's clock.
///
/// Time-outs of the host itself are not affected.
pub trait Clock: Send + Sync + 'static {
    /// The time since some moment in the past; it never goes back.
    fn now(&self) -> Duration;

    /// Ends when this much time has passed by [`Clock::now`].
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The machine's clock.
pub(crate) struct Machine;

impl Clock for Machine {
    fn now(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}

impl environment::Host for InstanceState {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        let mut environment = self.environment.clone();
        environment.push(("OUTWIT_PROGRESS".to_owned(), "1".to_owned()));
        if self.watch.is_cancelled() {
            environment.push(("OUTWIT_CANCELLED".to_owned(), "1".to_owned()));
        }
        Ok(environment)
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(None)
    }
}

impl monotonic_clock::Host for InstanceState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(nanos(self.clock.now()))
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    /// Time-outs are made of these: they hold even if the caller has given up, since a component then still has to cancel
    /// what it started.
    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let end = Duration::from_nanos(when);
        self.timer(Timer { clock: self.clock.clone(), end, watch: None })
    }

    /// Waiting is made of these: it ends when the caller gives up.
    fn subscribe_duration(&mut self, time: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let end = self.clock.now().saturating_add(Duration::from_nanos(time));
        self.timer(Timer { clock: self.clock.clone(), end, watch: Some(self.watch.clone()) })
    }
}

impl InstanceState {
    fn timer(&mut self, timer: Timer) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(timer)?;
        subscribe(&mut self.table, timer)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

struct Timer {
    clock: Arc<dyn Clock>,
    end: Duration,
    watch: Option<CallHandle>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        let left = self.end.saturating_sub(self.clock.now());
        let slept = self.clock.sleep(left);
        match &self.watch {
            Some(watch) => tokio::select! {
                () = slept => {}
                () = watch.cancelled() => {}
            },
            None => slept.await,
        }
    }
}
