//! The same operation by hand: a component with waki and serde beside the vendor's, in the same host, answered in the process.
//! Lists of 20 to 20,000 rows, by name and through the typed exports.
//!
//! `--beside FILE.wasm` measures another component of the same vendor as well, by name: of another commit whose `outwit:plugin` is
//! the same.

use crate::calls::{Inside, accelo};
use crate::sample::{Effort, Samples};
use crate::table::{Row, Target, Unit};
use crate::vendor::{INPUT, OPERATION, reply, runtime, settings};
use anyhow::{Context, Result, ensure};
use outwit::embed::{Testing, instantiate};
use outwit::{Host, Options, Plugin, Plugins};
use outwit_host_test::build::waki;
use outwit_host_test::net;
use serde_json::Value;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use wit::Reference;
use wit::exports::outwit::reference::activities::Query;

mod wit {
    wasmtime::component::bindgen!({
        path: ["../wit/plugin", "benches/waki/wit"],
        world: "outwit:reference/reference",
        exports: { default: async },
    });
}

const ROWS: [u32; 4] = [20, 200, 2_000, 20_000];
/// The component that the others are compared with.
const REFERENCE: &str = "waki";

/// Which bindings its typed export has.
#[derive(Clone, Copy)]
enum Typed {
    Accelo,
    Reference,
    None,
}

struct Peer {
    name: String,
    bytes: Vec<u8>,
    typed: Typed,
}

pub fn rows(beside: &[&str], effort: Effort) -> Result<Vec<Row>> {
    let plugins = Plugins::embedded();
    let own = plugins.component("accelo")?.context("accelo is not embedded")?.into_owned();
    let peer = |name: &str, bytes, typed| Peer { name: name.to_owned(), bytes, typed };
    let mut peers = vec![peer(REFERENCE, waki(), Typed::Reference), peer("accelo", own, Typed::Accelo)];
    for file in beside {
        let bytes = std::fs::read(Path::new(file)).with_context(|| (*file).to_owned())?;
        peers.push(peer(file, bytes, Typed::None));
    }
    let runtime = runtime()?;
    let mut rows = Vec::new();
    runtime.block_on(async {
        let mut one = 0.0;
        for peer in &peers {
            let count = plugin(peer, 1, &Options::default()).await?.catalogue().operations.len();
            let size = peer.bytes.len() as f64 / 1e3;
            rows.push(Row::one(format!("size of {}", peer.name), Unit::Kilobytes, size));
            let each = Row::one(
                format!("size of {} by operation, of {count}", peer.name),
                Unit::Kilobytes,
                size / count as f64,
            );
            match peer.typed {
                Typed::Reference => one = each.p50,
                _ => rows.push(each.target(Target::Most(one / 5.0))),
            }
        }
        for count in ROWS.into_iter().take(effort.of(4, 1)) {
            rows.extend(of_list(&peers, count, effort).await?);
        }
        Ok(rows)
    })
}

async fn plugin(peer: &Peer, rows: u32, options: &Options) -> Result<Plugin> {
    let testing = Testing { transport: Some(Inside::replying(reply(rows))), ..Testing::default() };
    let options = Options { testing, code_cache: net::options().code_cache, ..options.clone() };
    Ok(Host::new(options)?.load(&peer.bytes, settings("http://127.0.0.1:9")).await?)
}

/// Time and memory of a list of so many rows.
async fn of_list(peers: &[Peer], rows: u32, effort: Effort) -> Result<Vec<Row>> {
    let mut plugins = Vec::new();
    for peer in peers {
        plugins.push(plugin(peer, rows, &Options::default()).await?);
    }
    let mut samples = BTreeMap::<(usize, &str), Samples>::new();
    // About as long for each length.
    let (turns, calls) = (effort.of(20, 1), (2_000 / rows as usize).clamp(1, 20));
    for turn in 0..=turns {
        for (index, (peer, plugin)) in peers.iter().zip(&plugins).enumerate() {
            let mut take = |what, time: Duration| {
                if turn > 0 {
                    samples.entry((index, what)).or_default().push(time / u32::try_from(calls).unwrap_or(1));
                }
            };
            let begun = cpu();
            for _ in 0..calls {
                // An older component has other exports beside `call`.
                let (mut store, instance) = instantiate(plugin).await?;
                black_box(net::call_in(&mut store, &instance, OPERATION, INPUT).await?);
            }
            take("by name", cpu() - begun);
            let begun = cpu();
            for _ in 0..calls {
                black_box(instantiate(plugin).await?);
            }
            take("instance", cpu() - begun);
            let mut instances = Vec::new();
            for _ in 0..calls {
                instances.push(instantiate(plugin).await?);
            }
            let begun = cpu();
            for (mut store, instance) in instances {
                let listed = match peer.typed {
                    Typed::None => continue,
                    Typed::Accelo => accelo(&mut store, &instance).await?,
                    Typed::Reference => {
                        let fields = ["medium", "billable", "nonbillable", "staff()"].map(str::to_owned).into();
                        let query = Query { page: None, limit: Some(20), fields, where_: Vec::new(), order: None };
                        let reference = Reference::new(&mut store, &instance)?;
                        let activities = reference.outwit_reference_activities();
                        let listed = activities.call_list_activities(&mut store, &query).await?;
                        black_box(listed.map_err(anyhow::Error::msg)?).len()
                    }
                };
                ensure!(listed == rows as usize, "{listed} activities");
            }
            take("typed", cpu() - begun);
        }
    }
    let mut table = Vec::new();
    for (index, (peer, plugin)) in peers.iter().zip(&plugins).enumerate() {
        let of = |what: &'static str| samples.get(&(index, what)).cloned().unwrap_or_default();
        let reference = |what: &'static str| samples.get(&(0, what)).cloned().unwrap_or_default();
        let row = |what: &'static str| {
            let name = format!("{rows} rows, {what}, {}, CPU", peer.name);
            Row::of(name, Unit::Microseconds, &of(what)).beside(&reference(what))
        };
        // For one of the lengths is enough.
        table.extend((rows == ROWS[0]).then(|| row("instance")));
        let target = match rows {
            20 => Some(Target::Ratio(1.0)),
            2_000 => Some(Target::Ratio(0.5)),
            _ => None,
        };
        let target = target.filter(|_| peer.name == "accelo");
        table.push(target.into_iter().fold(row("by name"), Row::target));
        if !matches!(peer.typed, Typed::None) {
            table.push(row("typed"));
        }
        let (mut store, instance) = instantiate(plugin).await?;
        let output = net::call_in(&mut store, &instance, OPERATION, INPUT).await?;
        let listed: Value = serde_json::from_str(&output)?;
        ensure!(listed.as_array().map(Vec::len) == Some(rows as usize), "{}: not {rows} activities", peer.name);
        let memory = store.data().memory() as f64 / f64::from(1 << 20);
        table.push(Row::one(format!("{rows} rows, {}, memory", peer.name), Unit::Mebibytes, memory));
    }
    Ok(table)
}

/// How long this thread has run: others on the machine do not count.
#[cfg(unix)]
fn cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to the one place that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn cpu() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
