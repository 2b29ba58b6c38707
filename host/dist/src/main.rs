//! Makes what is published of the vendors' components: `cargo run --bin dist`.
//!
//! For each vendor, `dist` holds the component that the host embeds, with the documentation of its WIT and what it is
//! called (`VENDOR.wasm`); what is linked into it (`VENDOR.cdx.json`); its WIT as a package, for those who compose or bind
//! (`wit/VENDOR.wasm`); and an OCI layout (`oci/VENDOR`). `VENDOR-tools` is another component of the same operations, for
//! hosts that make a tool of every function: a plain function for each. `SHA256SUMS` covers all of it. The same commit and
//! compiler give the same bytes, wherever and whenever they are made.
//!
//! It knows no vendor: they are what the host embeds.

mod docs;
mod layout;
mod package;
mod sbom;

use anyhow::{Context, Result};
use clap::Parser;
use outwit::Plugins;
use package::Package;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Writes the vendors' components as they are published.
#[derive(Parser)]
struct Arguments {
    /// Where to; what was there of an earlier run is replaced.
    #[arg(long, default_value = "dist", value_name = "DIR")]
    out: PathBuf,
    /// Where the source is [default: the repository in Cargo.toml, if there is one]
    #[arg(long, value_name = "URL", env = "OUTWIT_SOURCE")]
    source: Option<String>,
    /// The commit that this is made of, for the OCI manifests [default: the one that is checked out, if nothing differs]
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let revision = arguments.revision.or_else(|| package::revision(&root));
    let mut dist = Dist { out: arguments.out, sums: BTreeMap::new() };
    dist.clear()?;
    let plugins = Plugins::embedded();
    let vendors: Vec<String> = plugins.names().map(str::to_owned).collect();
    for vendor in &vendors {
        let embedded = plugins.component(vendor)?.with_context(|| format!("{vendor} is not embedded"))?;
        let package = Package::read(&root, vendor, arguments.source.as_deref())?;
        let (documented, wit) = docs::add(&embedded, &root.join("wit"), vendor)?;
        dist.write(format!("wit/{vendor}.wasm"), &wit)?;
        dist.publish(&root, &package, &documented, revision.as_deref())?;
        let tools = plugins.tools(vendor).with_context(|| format!("the tools of {vendor} are not embedded"))?;
        dist.publish(&root, &package.of_tools(), tools, revision.as_deref())?;
    }
    dist.finish()
}

/// The folder, and what was written to it.
struct Dist {
    out: PathBuf,
    sums: BTreeMap<String, String>,
}

impl Dist {
    /// Takes away what an earlier run wrote, and nothing else: the folder may be anybody's.
    fn clear(&self) -> Result<()> {
        let Ok(sums) = std::fs::read_to_string(self.out.join("SHA256SUMS")) else { return Ok(()) };
        for path in sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| self.out.join(path)) {
            if path.is_file() {
                std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }

    /// Writes a component and what belongs to it.
    fn publish(&mut self, root: &Path, package: &Package, documented: &[u8], revision: Option<&str>) -> Result<()> {
        let (name, component) = (&package.name, package.describe(documented)?);
        self.write(format!("{name}.wasm"), &component)?;
        self.write(format!("{name}.cdx.json"), sbom::of(root, package, &component)?.as_bytes())?;
        for (path, content) in layout::of(&component, name, &package.version, revision)? {
            self.write(format!("oci/{name}/{path}"), &content)?;
        }
        println!("{}", self.out.join(format!("{name}.wasm")).display());
        Ok(())
    }

    fn write(&mut self, path: String, content: &[u8]) -> Result<()> {
        put(&self.out.join(&path), content)?;
        let hash = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        self.sums.insert(path, hash);
        Ok(())
    }

    fn finish(&self) -> Result<()> {
        // As `sha256sum --check` reads it.
        let sums: String = self.sums.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
        put(&self.out.join("SHA256SUMS"), sums.as_bytes())
    }
}

fn put(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file is in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    std::fs::write(path, content).with_context(|| path.display().to_string())
}
