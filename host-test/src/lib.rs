//! What the tests share: the vendors that there are, their cases, a transport that answers from a case, and calls of typed
//! exports with JSON.
//!
//! It knows no vendor: vendors are the folders in `components` that have `cases`, and what holds for one is in its
//! catalogue.

mod bless;
pub mod build;
mod clock;
pub mod doors;
pub mod foreign;
pub mod net;
mod plug;
mod script;
mod tour;
mod typed;
mod worlds;

pub use bless::bless;
pub use clock::Scaled;
pub use outwit_mocks::case::{Case, Exchange, Outcome, Reply, Request};
pub use outwit_mocks::differences;
pub use plug::plugged;
pub use script::Script;
pub use tour::{Step, Variables};
pub use typed::call_typed;
pub use worlds::{World, is_composed};

use anyhow::{Context, Result, ensure};
use outwit::embed::Testing;
use outwit::{Catalogue, Host, Options, Plugin, Plugins, Settings};
use outwit_mocks::case::test_value;
use outwit_mocks::facts::Facts;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The vendors that have cases, sorted.
pub fn vendors() -> Result<Vec<String>> {
    let components = root().join("components");
    let entries = components.read_dir().with_context(|| components.display().to_string())?;
    let folders = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut vendors: Vec<String> = folders.filter(|name| components.join(name).join("cases").is_dir()).collect();
    vendors.sort();
    // Without one, every test over all vendors would pass.
    ensure!(!vendors.is_empty(), "{}: no vendor has cases", components.display());
    Ok(vendors)
}

/// All cases of a vendor, file by file.
pub fn cases(vendor: &str) -> Result<Vec<Case>> {
    Case::in_folder(&root().join("components").join(vendor).join("cases"))
}

/// The intents of a folder, each with the name of its file, which is its writer's.
pub fn intents(folder: &Path) -> Result<Vec<(String, serde_json::Value)>> {
    let mut files: Vec<PathBuf> = folder.read_dir()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut intents = Vec::new();
    for file in files {
        let writer = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&file)?.lines() {
            let intent = serde_json::from_str(line).with_context(|| format!("{}: {line}", file.display()))?;
            intents.push((writer.clone(), intent));
        }
    }
    ensure!(!intents.is_empty(), "{}: no intents", folder.display());
    Ok(intents)
}

/// What a vendor's documents say, by the files in its folder `facts`, sorted.
pub fn facts(vendor: &str) -> Result<Vec<(String, Facts)>> {
    let folder = root().join("components").join(vendor).join("facts");
    let mut files: Vec<PathBuf> = match folder.read_dir() {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file)?;
        let facts = Facts::parse(&text).map_err(|problem| anyhow::anyhow!("{}: {problem}", file.display()))?;
        Ok((file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), facts))
    };
    files.iter().map(read).collect()
}

/// The values with which tests run, by setting. What has a default keeps it.
pub fn test_settings(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let own = catalogue.settings.iter().filter(|s| s.default.is_none() && !s.name.starts_with("OUTWIT_"));
    own.map(|setting| (setting.name.clone(), test_value(&setting.name))).collect()
}

/// A vendor's component in the real host, with the script in place of the network and without settings.
pub async fn scripted(vendor: &str, script: &Script) -> Result<Plugin> {
    let component = Plugins::embedded().component(vendor)?.with_context(|| format!("{vendor} is not embedded"))?;
    let transport = Arc::new(script.clone());
    let host = Host::new(Options {
        testing: Testing { transport: Some(transport), ..Testing::default() },
        ..Options::default()
    })?;
    Ok(host.load(&component, Settings::default()).await?)
}
