//! Prints, for each intent of a folder, the facts by which each operation is ranked: what `host-test/intents/fit.py` reads.

use anyhow::Context;
use kit::search::Index;
use outwit::{Host, Options, Plugins, Settings};
use outwit_host_test::intents;
use serde_json::{Value, json};
use std::path::PathBuf;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).context("expected a folder of intents")?;
    let (host, plugins) = (Host::new(Options::default())?, Plugins::embedded());
    let mut catalogues: Vec<Value> = Vec::new();
    for name in plugins.names() {
        let component = plugins.component(name)?.unwrap_or_default();
        catalogues.push(serde_json::from_str(host.load(&component, Settings::default()).await?.describe())?);
    }
    let index = Index::of(&catalogues.iter().collect::<Vec<_>>());
    for (group, case) in intents(&PathBuf::from(folder))? {
        let facts = index.facts(case["intent"].as_str().unwrap_or_default());
        let against: Vec<bool> = facts.iter().map(|facts| facts.against).collect();
        let facts: Vec<Value> = facts.into_iter().map(|facts| json!([facts.id, facts.all.to_vec()])).collect();
        println!("{}", json!({ "group": group, "expect": case["expect"], "against": against, "facts": facts }));
    }
    Ok(())
}
