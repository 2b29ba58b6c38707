//! What a vendor's `build.rs` calls: the vendor's WIT becomes its component's exports, type tables and catalogue.
//!
//! wit-bindgen makes Rust types and code for every field of every record. With a JSON mapping derived for the same types,
//! the 24 operations of the first vendor came to 484 KB, 300 of them such code. Here, WIT becomes data: a static table per
//! type, which `kit` walks to read and write both JSON and the canonical ABI, and an export of two lines per operation.
//! The same vendor is less than half the size, and the typed export and `call` cannot disagree.
//!
//! The same WIT also becomes tools ([`Tools`]): a second component of the same crate, which exports a function of plain
//! parameters for each operation, is made where `OUTWIT_FLAT` is `1`.
//!
//! It knows no vendor: the crate that calls it is named like its folders in `components` and `wit`.

mod catalogue;
mod contract;
mod exports;
mod forms;
mod manual;
mod phrases;
mod tables;
mod template;
mod tools;

pub use tools::Tools;

use anyhow::Result;
use contract::Contract;
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;
use std::path::Path;
use template::Template;

/// Set to `1`, it makes a component export its operations as tools of plain parameters, and nothing else.
const FLAT: &str = "OUTWIT_FLAT";

/// Writes `component.rs`, and what it includes, for the calling crate into `OUT_DIR`.
///
/// # Panics
///
/// Where the WIT cannot be read, or says what a component of operations does not: then the build should stop.
pub fn component() {
    if let Err(problem) = try_component() {
        eprintln!("{problem:#}");
        std::process::exit(1);
    }
}

/// The world of a vendor's tools, with what a model reads of each, from `wit/plugin` and the vendor's folder beside it.
///
/// # Errors
///
/// Where the WIT cannot be read, or says what a component of operations does not.
pub fn tools(wit: &Path, vendor: &str) -> Result<Tools> {
    Tools::of(&Contract::read(wit, vendor)?)
}

fn try_component() -> Result<()> {
    let vendor = std::env::var("CARGO_PKG_NAME")?;
    let out = std::env::var("OUT_DIR")?;
    let folder = std::env::var("CARGO_MANIFEST_DIR")?;
    let wit = Path::new(&folder).join("../../wit");
    for package in ["plugin", &vendor] {
        println!("cargo::rerun-if-changed={}", wit.join(package).display());
    }
    println!("cargo::rerun-if-env-changed={FLAT}");
    let phrases = Path::new(&folder).join(phrases::FILE);
    println!("cargo::rerun-if-changed={}", phrases.display());
    let contract = Contract::read(&wit, &vendor)?;
    // What is no tool is refused by whichever build comes first.
    let tools = Tools::of(&contract)?;
    let flat = std::env::var_os(FLAT).is_some_and(|value| value == "1");
    let out = Path::new(&out);
    // It is mostly English and read once in a component's life, so it travels compressed.
    let operations = contract.operations()?;
    let names: Vec<&str> = operations.iter().map(|(.., function)| &*function.name).collect();
    let mut described = catalogue::of(&contract)?;
    phrases::add(&mut described, &phrases)?;
    let Template { summaries, text } = Template::of(described, &names)?;
    let mut catalogue = (summaries.len() as u32).to_le_bytes().to_vec();
    let both = summaries + &text;
    catalogue.extend((both.len() as u32).to_le_bytes());
    let mut packed = DeflateEncoder::new(catalogue, Compression::best());
    packed.write_all(both.as_bytes())?;
    std::fs::write(out.join("catalogue.deflate"), packed.finish()?)?;
    let (source, world) = tables::of(&contract, flat.then_some(&tools))?;
    std::fs::write(out.join("world.bin"), world)?;
    std::fs::write(out.join("component.rs"), source)?;
    Ok(())
}

#[cfg(test)]
mod tests;
