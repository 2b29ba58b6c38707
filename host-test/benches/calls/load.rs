//! The components: how large they are, and how long it takes to load one whose compiled code is in the cache.

use crate::sample::{Effort, Samples};
use crate::table::{Row, Target, Unit};
use crate::vendor::runtime;
use anyhow::{Context, Result};
use outwit::{Host, Plugins, Settings};
use outwit_host_test::net;
use std::hint::black_box;

pub fn rows(effort: Effort) -> Result<Vec<Row>> {
    let (runtime, plugins) = (runtime()?, Plugins::embedded());
    let host = Host::new(net::options())?;
    let (mut sizes, mut loads) = (Vec::new(), Vec::new());
    for name in plugins.names() {
        let component = plugins.component(name)?.context("it is embedded")?;
        let size = component.len() as f64 / 1e3;
        sizes.push(Row::one(format!("size of {name}.wasm"), Unit::Kilobytes, size).target(Target::Most(250.0)));
        let load = || Ok(black_box(runtime.block_on(host.load(&component, Settings::default()))?));
        // The first one fills the cache.
        load()?;
        let mut samples = Samples::default();
        for _ in 0..effort.of(200, 3) {
            samples.time(load)?;
        }
        let name = format!("load of {name}, code in the cache");
        loads.push(Row::of(name, Unit::Milliseconds, &samples).target(Target::Most(1.0)));
    }
    sizes.extend(loads);
    Ok(sizes)
}
