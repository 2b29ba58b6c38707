//! Prints, for each intent of a file, the facts by which each operation is ranked: what `host-test/intents/fit.py` reads.

use kit::search::Index;
use outwit::{Host, Options, Plugins, Settings};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (host, plugins) = (Host::new(Options::default())?, Plugins::embedded());
    let mut catalogues: Vec<Value> = Vec::new();
    for name in plugins.names() {
        let component = plugins.component(name)?.unwrap_or_default();
        catalogues.push(serde_json::from_str(host.load(&component, Settings::default()).await?.describe())?);
    }
    let index = Index::of(&catalogues.iter().collect::<Vec<_>>());
    for file in std::env::args().skip(1) {
        for line in std::fs::read_to_string(&file)?.lines() {
            let case: Value = serde_json::from_str(line)?;
            let facts = index.facts(case["intent"].as_str().unwrap_or_default());
            let facts: Vec<Value> = facts.into_iter().map(|(id, facts)| json!([id, facts.to_vec()])).collect();
            println!("{}", json!({ "expect": case["expect"], "facts": facts }));
        }
    }
    Ok(())
}
