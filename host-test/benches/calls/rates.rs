//! Calls a second, with many callers at once.
//!
//! Each core has a thread with a runtime of its own, and a host of its own, since connections belong to a runtime. In one
//! row the same callers share one host and one runtime of many threads, as programs with `#[tokio::main]` do.

use crate::calls::{Inside, call, plugin};
use crate::sample::{Effort, Samples};
use crate::table::{Row, Target, Unit};
use crate::vendor::{Vendor, native, runtime};
use anyhow::{Context, Result};
use outwit::embed::Testing;
use outwit::{Options, Plugin};
use outwit_host_test::net;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// How long calls are counted for one sample.
const SLICE: Duration = Duration::from_millis(100);

/// Who makes the calls, and where to.
#[derive(Clone, Copy)]
enum Kind<'v> {
    /// A host that is answered in the process.
    Inside,
    /// A host over HTTP.
    Http(&'v str),
    /// A native client over HTTP.
    Native(&'v str),
}

#[derive(Clone)]
enum Caller {
    Plugin(Plugin),
    Native(reqwest::Client, String),
}

impl Kind<'_> {
    async fn caller(self, most: usize) -> Result<Caller> {
        let options = Options { concurrency: u32::try_from(most)?, ..net::options() };
        Ok(match self {
            Kind::Inside => {
                // Callers wait for their reply, so that all of them are in the middle of a call at once.
                let options = Options {
                    testing: Testing { transport: Some(Inside::transport(true)), ..Testing::default() },
                    ..options
                };
                Caller::Plugin(plugin(options, "http://127.0.0.1:9").await?)
            }
            Kind::Http(url) => Caller::Plugin(plugin(options, url).await?),
            Kind::Native(url) => Caller::Native(net::client(), url.to_owned()),
        })
    }
}

impl Caller {
    async fn once(&self) -> Result<()> {
        match self {
            Caller::Plugin(plugin) => call(plugin).await,
            Caller::Native(client, url) => native(client, url).await,
        }
    }
}

pub fn rows(vendor: &Vendor, effort: Effort) -> Result<Vec<Row>> {
    let measure = |kind, callers, shared| measure(kind, callers, shared, effort);
    let url = &*vendor.http;
    let (mut inside, mut http) = (Vec::new(), Vec::new());
    for callers in [1, 10, 100, 1000].into_iter().take(effort.of(4, 2)) {
        let name = |what: &str| format!("{callers} at once, {what}");
        let row = Row::of(name("in-process reply"), Unit::CallsPerSecond, &measure(Kind::Inside, callers, false)?);
        // One caller keeps one core busy.
        inside.push(if callers > 1 { row.target(Target::Least(12_000.0)) } else { row });
        let native = measure(Kind::Native(url), callers, false)?;
        let ours = measure(Kind::Http(url), callers, false)?;
        http.push(Row::of(name("native reqwest, HTTP"), Unit::CallsPerSecond, &native).beside(&native));
        // Half of the native rate.
        let ours = Row::of(name("HTTP"), Unit::CallsPerSecond, &ours).beside(&native);
        http.push(if callers == 100 { ours.target(Target::Ratio(2.0)) } else { ours });
    }
    let callers = effort.of(100, 10);
    let shared = measure(Kind::Inside, callers, true)?;
    let name = format!("{callers} at once, in-process reply, one runtime for all cores");
    inside.push(Row::of(name, Unit::CallsPerSecond, &shared));
    inside.extend(http);
    Ok(inside)
}

/// Rates in slices of time.
fn measure(kind: Kind<'_>, callers: usize, shared: bool, effort: Effort) -> Result<Samples> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if shared { 1 } else { cores.min(callers) };
    let made = Arc::new(AtomicU64::new(0));
    let (stop, stopped) = tokio::sync::watch::channel(());
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for thread in 0..threads {
            let runtime = if shared { Runtime::new()? } else { runtime()? };
            // What does not divide goes to the first ones.
            let callers = callers / threads + usize::from(thread < callers % threads);
            let (made, stopped) = (made.clone(), stopped.clone());
            running.push(scope.spawn(move || runtime.block_on(call_until_stopped(kind, callers, made, stopped))));
        }
        // Until each host has started, connections are open and the code has been loaded.
        while made.load(Ordering::Relaxed) < callers as u64 * 3 && !running.iter().any(|one| one.is_finished()) {
            std::thread::sleep(SLICE);
        }
        let rates = (0..effort.of(20, 2)).map(|_| rate(&made)).collect();
        drop(stop);
        for one in running {
            one.join().ok().context("a thread of callers panicked")??;
        }
        Ok(rates)
    })
}

/// Calls a second, in one slice.
fn rate(made: &AtomicU64) -> f64 {
    let (begun, before) = (std::time::Instant::now(), made.load(Ordering::Relaxed));
    std::thread::sleep(SLICE);
    (made.load(Ordering::Relaxed) - before) as f64 / begun.elapsed().as_secs_f64()
}

/// So many callers, each of which makes one call after the other until the sender of `stopped` is dropped.
async fn call_until_stopped(
    kind: Kind<'_>,
    callers: usize,
    made: Arc<AtomicU64>,
    mut stopped: tokio::sync::watch::Receiver<()>,
) -> Result<()> {
    let caller = kind.caller(callers).await?;
    let mut calling = JoinSet::new();
    for _ in 0..callers {
        let (caller, made) = (caller.clone(), made.clone());
        calling.spawn(async move {
            loop {
                if let Err(problem) = caller.once().await {
                    return problem;
                }
                made.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let failed = tokio::select! {
        _ = stopped.changed() => None,
        // A caller ends only when a call fails.
        Some(ended) = calling.join_next() => Some(ended?),
    };
    // A call that is still at work when its runtime ends would panic.
    calling.shutdown().await;
    failed.map_or(Ok(()), Err)
}
