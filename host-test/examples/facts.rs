//! Prints, for each intent of a folder, the facts by which each operation is ranked: what `host-test/intents/fit.py` reads.

use anyhow::Context;
use outwit::{Host, Options, Plugins, Settings};
use outwit_host_test::intents;
use outwit_search::Index;
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
    let intents = intents(&PathBuf::from(folder))?;
    print(&catalogues, &intents, None);
    // And as each vendor would fare without phrases.
    for at in 0..catalogues.len() {
        let mut without = catalogues.clone();
        // They stand in the index alone.
        without[at]["search-index"] = Value::Null;
        print(&without, &intents, catalogues[at]["vendor"].as_str());
    }
    Ok(())
}

fn print(catalogues: &[Value], intents: &[(String, Value)], without: Option<&str>) {
    let index = Index::of(&catalogues.iter().collect::<Vec<_>>());
    for (group, case) in intents {
        let facts = index.facts(case["intent"].as_str().unwrap_or_default());
        let against: Vec<bool> = facts.iter().map(|facts| facts.against).collect();
        let plain: Vec<bool> = facts.iter().map(|facts| facts.plain).collect();
        let facts: Vec<Value> = facts.into_iter().map(|facts| json!([facts.id, facts.all.to_vec()])).collect();
        let case = json!({
            "group": group, "without": without, "expect": case["expect"], "against": against, "plain": plain, "facts": facts,
        });
        println!("{case}");
    }
}
