//! Search, with the project's own intents: natively over all operations and over very many, and as each component does it.

use crate::sample::{Effort, Samples};
use crate::table::{Row, Target, Unit};
use crate::vendor::runtime;
use anyhow::{Context, Result, ensure};
use outwit::{Host, Plugin, Plugins, Settings};
use outwit_host_test::{net, root};
use outwit_search::Index;
use serde_json::Value;
use std::hint::black_box;

/// How many operations a large collection of vendors has.
const MANY: usize = 7_000;
const LIMIT: usize = 5;

pub fn rows(effort: Effort) -> Result<Vec<Row>> {
    let runtime = runtime()?;
    let plugins = runtime.block_on(plugins())?;
    let catalogues: Vec<Value> = plugins
        .iter()
        .map(|plugin| serde_json::from_str(plugin.describe()).context("a catalogue"))
        .collect::<Result<_>>()?;
    let intents = intents()?;
    // An odd step, so that few intents are of all kinds.
    let some = |count: usize| intents.iter().step_by((intents.len() / count).max(1)).take(count);

    let index = Index::of(&catalogues.iter().collect::<Vec<_>>());
    let operations = operations(&catalogues);
    let all = natively(&index, some(effort.of(usize::MAX, 20)))?;
    let many = multiplied(&catalogues, operations, effort.of(MANY, 300));
    let count = self::operations(&many);
    let index = Index::of(&many.iter().collect::<Vec<_>>());
    let of_many = natively(&index, some(effort.of(200, 5)))?;
    let mut rows = vec![
        Row::of(format!("search, {operations} operations"), Unit::Microseconds, &all).target(Target::Most(100.0)),
        Row::of(format!("search, {count} operations"), Unit::Milliseconds, &of_many).target(Target::Most(5.0)),
    ];
    for plugin in &plugins {
        let mut samples = Samples::default();
        for intent in some(effort.of(100, 3)) {
            samples.time(|| Ok(black_box(runtime.block_on(plugin.search(intent, LIMIT as u32))?)))?;
        }
        let operations = plugin.catalogue().operations.len();
        let name = format!("search by the component of {}, {operations} operations", plugin.name());
        rows.push(Row::of(name, Unit::Microseconds, &samples).target(Target::Most(300.0)));
    }
    Ok(rows)
}

fn natively<'i>(index: &Index, intents: impl Iterator<Item = &'i String>) -> Result<Samples> {
    let mut samples = Samples::default();
    let mut found = 0;
    for intent in intents {
        found += samples.time(|| Ok(black_box(index.search(intent, LIMIT)).len()))?;
    }
    ensure!(found > 0, "no intent finds anything");
    Ok(samples)
}

async fn plugins() -> Result<Vec<Plugin>> {
    let (host, embedded) = (Host::new(net::options())?, Plugins::embedded());
    let mut plugins = Vec::new();
    for name in embedded.names() {
        let component = embedded.component(name)?.context("it is embedded")?;
        plugins.push(host.load(&component, Settings::default()).await?);
    }
    Ok(plugins)
}

fn intents() -> Result<Vec<String>> {
    let all = outwit_host_test::intents(&root().join("host-test/intents"))?;
    Ok(all.iter().filter_map(|(_, one)| one["intent"].as_str()).map(str::to_owned).collect())
}

fn operations(catalogues: &[Value]) -> usize {
    catalogues.iter().filter_map(|catalogue| catalogue["operations"].as_array()).map(Vec::len).sum()
}

/// The same vendors again and again, each time under other names, until there are about so many operations.
fn multiplied(catalogues: &[Value], each: usize, wanted: usize) -> Vec<Value> {
    let copies = (0..wanted.div_ceil(each)).flat_map(|copy| catalogues.iter().map(move |one| renamed(one, copy)));
    copies.collect()
}

fn renamed(catalogue: &Value, copy: usize) -> Value {
    let vendor = catalogue["vendor"].as_str().unwrap_or_default();
    let new = format!("{vendor}{copy}");
    let mut renamed = catalogue.clone();
    for operation in renamed["operations"].as_array_mut().into_iter().flatten() {
        let id = operation["id"].as_str().unwrap_or_default();
        operation["id"] = id.replacen(vendor, &new, 1).into();
    }
    renamed["title"] = format!("{} {copy}", catalogue["title"].as_str().unwrap_or_default()).into();
    renamed["vendor"] = new.into();
    renamed
}
