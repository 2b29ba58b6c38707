//! What a vendor's `build.rs` calls: the vendor's WIT becomes its component's exports, type tables and catalogue.
//!
//! wit-bindgen makes Rust types and code for every field of every record. With a JSON mapping derived for the same types,
//! the 24 operations of the first vendor came to 484 KB, 300 of them such code. Here, WIT becomes data: a static table per
//! type, which `kit` walks to read and write both JSON and the canonical ABI, and an export of two lines per operation.
//! The same vendor is less than half the size, and the typed export and `call` cannot disagree.
//!
//! The same WIT also becomes tools: with the feature `tools`, a vendor's crate makes a second component, which exports a
//! function of plain parameters for each operation, and nothing else.
//!
//! It knows no vendor: the crate that calls it is named like its folders in `components` and `wit`.

pub mod catalogue;
pub mod contract;
pub mod exports;
mod forms;
mod index;
mod manual;
pub mod model;
mod phrases;
pub mod tables;
mod template;
pub mod tools;

use anyhow::Result;
use contract::Contract;
use std::path::{Path, PathBuf};
use template::Template;
use tools::Tools;

/// Cargo sets it where the calling crate has the feature `tools`.
const TOOLS: &str = "CARGO_FEATURE_TOOLS";
/// The folder to which the documentation of tools is written, as the section `package-docs` of their component.
const TOOLS_DOCS: &str = "OUTWIT_TOOLS_DOCS";

/// Writes `component.rs`, and what it includes, for the calling crate into `OUT_DIR`.
///
/// # Panics
///
/// Where the WIT cannot be read, or says what a component of operations does not: then the build should stop.
pub fn component() {
    finished(|| {
        let (vendor, wit) = (std::env::var("CARGO_PKG_NAME")?, folder("../../wit")?);
        for package in ["plugin", &vendor] {
            println!("cargo::rerun-if-changed={}", wit.join(package).display());
        }
        try_component(&Contract::read(&wit, &vendor)?)
    });
}

/// As [`component`], with the vendor's WIT in a folder beside the crate.
///
/// # Panics
///
/// As [`component`].
pub fn component_of(wit: &str) {
    finished(|| {
        let wit = folder(wit)?;
        println!("cargo::rerun-if-changed={}", wit.display());
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&wit)? {
            let path = entry?.path();
            files.push((path.display().to_string(), std::fs::read_to_string(&path)?));
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
        try_component(&Contract::of_sources(&std::env::var("CARGO_PKG_NAME")?, &files)?)
    });
}

fn finished(made: impl FnOnce() -> Result<()>) {
    if let Err(problem) = made() {
        eprintln!("{problem:#}");
        std::process::exit(1);
    }
}

/// A folder beside the calling crate.
fn folder(path: &str) -> Result<PathBuf> {
    Ok(Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(path))
}

/// The stack of a component. The deepest JSON that is read takes more than 32 KiB and less than 64.
const STACK_BYTES: u32 = 256 << 10;

fn try_component(contract: &Contract) -> Result<()> {
    let vendor = &contract.resolve.worlds[contract.world].name;
    let out = std::env::var("OUT_DIR")?;
    println!("cargo::rerun-if-env-changed={TOOLS_DOCS}");
    let phrases = folder(phrases::FILE)?;
    println!("cargo::rerun-if-changed={}", phrases.display());
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg=-zstack-size={STACK_BYTES}");
    }
    // What is no tool is refused by whichever build comes first.
    let tools = Tools::of(contract)?;
    let flat = std::env::var_os(TOOLS).is_some();
    if let (true, Some(folder)) = (flat, std::env::var_os(TOOLS_DOCS)) {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(Path::new(&folder).join(vendor), tools.docs()?)?;
    }
    let out = Path::new(&out);
    let Described { catalogue, index } = packed(
        contract,
        |described| phrases::add(described, &phrases),
        |text, packed| Ok(zopfli::compress(zopfli::Options::default(), zopfli::Format::Deflate, text, packed)?),
    )?;
    std::fs::write(out.join("catalogue.deflate"), catalogue)?;
    std::fs::write(out.join("index.bin"), index)?;
    let (source, world) = tables::of(contract, flat.then_some(&tools))?;
    std::fs::write(out.join("world.bin"), world)?;
    std::fs::write(out.join("component.rs"), source)?;
    Ok(())
}

/// What the WIT says, as a component carries it.
pub struct Described {
    /// The catalogue, packed.
    pub catalogue: Vec<u8>,
    /// The words of the catalogue, for a search.
    pub index: Vec<u8>,
}

/// What the WIT says, packed in little time: zopfli would take five times as long as all other work on a vendor, for 3 to 4 % fewer
/// bytes.
///
/// # Errors
///
/// What the WIT lacks, such as a comment.
pub fn described(contract: &Contract) -> Result<Described> {
    packed(
        contract,
        |_| Ok(()),
        |text, packed| {
            packed.extend(miniz_oxide::deflate::compress_to_vec(text, 10));
            Ok(())
        },
    )
}

/// The catalogue is mostly English and read once in a component's life, so it travels compressed.
fn packed(
    contract: &Contract,
    add: impl FnOnce(&mut serde_json::Value) -> Result<()>,
    deflate: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<()>,
) -> Result<Described> {
    let operations = contract.operations()?;
    let names: Vec<&str> = operations.iter().map(|(.., function)| &*function.name).collect();
    let mut described = catalogue::of(contract)?;
    add(&mut described)?;
    let index = index::of(contract, &mut described)?;
    let Template { summaries, text } = Template::of(described, &names)?;
    let mut catalogue = (summaries.len() as u32).to_le_bytes().to_vec();
    let both = summaries + &text;
    catalogue.extend((both.len() as u32).to_le_bytes());
    deflate(both.as_bytes(), &mut catalogue)?;
    Ok(Described { catalogue, index })
}

#[cfg(test)]
mod tests;
