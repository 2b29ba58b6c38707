//! `outwit build`

use super::failure::Failure;
use anyhow::{Context, Result, bail};
use outwit::CodeCache;
use outwit_link::{Run, Snapshot, Source, Variant, Vendor};
use std::path::{Path, PathBuf};

/// The version of components that are linked: that of the engine.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(clap::Args)]
pub struct Arguments {
    /// The vendor's folder. It holds `vendor.toml` and the folder `wit`.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Output file, such as acme.wasm.
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Make tools instead: each operation is a function of plain parameters, for hosts that make a tool of every function, such
    /// as Wassette.
    #[arg(long)]
    tools: bool,
}

/// Makes a component, and gives its path.
pub fn build(arguments: &Arguments) -> Result<String, Failure> {
    let (vendor, wit) = read(&arguments.folder)?;
    let variant = if arguments.tools { Variant::Tools } else { Variant::Operations };
    let component = link(&vendor, &wit, variant).with_context(|| arguments.folder.display().to_string())?;
    write(&arguments.out, &component)?;
    Ok(format!("{}\n", arguments.out.display()))
}

/// The files of a WIT package: their names and texts.
pub type Wit = Vec<(String, String)>;

/// A vendor's folder.
pub fn read(folder: &Path) -> Result<(Vendor, Wit)> {
    let path = folder.join("vendor.toml");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let vendor = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let path = folder.join("wit");
    let mut wit = Wit::new();
    for entry in std::fs::read_dir(&path).with_context(|| path.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wit") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            wit.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
        }
    }
    if wit.is_empty() {
        bail!("{}: expected files that end with .wit", path.display());
    }
    // The same files give the same component, in whatever order the system lists them.
    wit.sort();
    Ok((vendor, wit))
}

/// A vendor's component.
pub fn link(vendor: &Vendor, wit: &Wit, variant: Variant) -> Result<Vec<u8>> {
    let wit: Vec<(&str, &str)> = wit.iter().map(|(name, text)| (&**name, &**text)).collect();
    let source = Source { vendor, wit: &wit, version: VERSION };
    outwit_link::link(&source, variant, outwit::ENGINE, &Wasmtime)
}

pub fn write(path: &Path, component: &[u8]) -> Result<()> {
    std::fs::write(path, component).with_context(|| path.display().to_string())
}

/// Runs the engine with the host's wasmtime.
struct Wasmtime;

impl Snapshot for Wasmtime {
    fn run(&self, run: &Run<'_>) -> Result<(Vec<u8>, i32)> {
        outwit::snapshot(run.engine, run.structure, run.structure_at, run.texts, &CodeCache::User)
            .map_err(|error| anyhow::anyhow!(error.message))
    }
}
