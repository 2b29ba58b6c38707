//! Makes a vendor's component of a folder of data: its WIT and `vendor.toml`. No compiler is needed.
//!
//! The kit is compiled once, without a vendor: the *engine* (`components/engine`), a core module. To link a vendor, an instance of
//! the engine reads the vendor's facts, and its memory is kept as data. Each operation becomes an export that calls the engine
//! with the operation's number. What only reading needs is taken out, and `wit-component` makes a component of the rest.
//!
//! This crate runs no WebAssembly. Its caller does, through [`Snapshot`].

#![deny(missing_docs)]

mod auth;
mod check;
mod engine;
mod facts;
mod forward;
mod image;
mod names;
pub mod oauth;
mod request;
mod resource;
mod stream;
pub mod vendor;

pub use names::shorten;
pub use vendor::Vendor;

use anyhow::{Context, Result};
use facts::Facts;
use kit_build::Described;
use kit_build::contract::Contract;
use kit_build::model::Model;
use kit_build::tools::Tools;

/// What a vendor's folder holds.
#[derive(Clone, Debug)]
pub struct Source<'s> {
    /// What `vendor.toml` says.
    pub vendor: &'s Vendor,
    /// The files of its WIT: names for errors, and texts.
    pub wit: &'s [(&'s str, &'s str)],
    /// The version that the component says it has.
    pub version: &'s str,
}

/// Which component is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Typed operations, and all of them by name.
    Operations,
    /// A function of plain parameters for each operation, for hosts that make a tool of every function.
    Tools,
}

/// Runs an engine: instantiates the module `engine`, with imports that trap; calls `outwit_reserve` with the size of `texts` and
/// writes them there; writes `structure` at [`Run::structure_at`]; and calls `outwit_init` with the place and size of both. Gives
/// the memory and the value of `__stack_pointer`.
pub trait Snapshot {
    /// Runs it.
    ///
    /// # Errors
    ///
    /// What traps.
    fn run(&self, run: &Run<'_>) -> Result<(Vec<u8>, i32)>;
}

/// What [`Snapshot::run`] runs.
#[derive(Clone, Copy, Debug)]
pub struct Run<'r> {
    /// The core module.
    pub engine: &'r [u8],
    /// The structure of the facts.
    pub structure: &'r [u8],
    /// Where the structure goes.
    pub structure_at: u32,
    /// The texts of the facts.
    pub texts: &'r [u8],
}

/// Checks that a vendor can be linked: that its WIT is a contract, and that its facts fit it.
///
/// # Errors
///
/// As [`link`].
pub fn check(source: &Source<'_>) -> Result<()> {
    let contract = Contract::of_sources(&source.vendor.name, source.wit)?;
    Tools::of(&contract)?;
    let model = Model::of(&contract, None)?;
    check::vendor(source.vendor, &model)?;
    let described = kit_build::described(&contract)?;
    engine::check(&Facts::of(&model, source.vendor, source.version, &described)?)
}

/// Makes a component. The same input gives the same bytes.
///
/// # Errors
///
/// What is wrong with the WIT or with `vendor.toml`: each error names the operation or member.
pub fn link(source: &Source<'_>, variant: Variant, engine: &[u8], snapshot: &dyn Snapshot) -> Result<Vec<u8>> {
    let vendor = source.vendor;
    let contract = Contract::of_sources(&vendor.name, source.wit)?;
    let tools = Tools::of(&contract)?;
    let tools = (variant == Variant::Tools).then_some(&tools);
    let model = Model::of(&contract, tools)?;
    check::vendor(vendor, &model)?;
    let described = match tools {
        Some(_) => Described { catalogue: Vec::new(), index: Vec::new() },
        None => kit_build::described(&contract)?,
    };
    let facts = Facts::of(&model, vendor, source.version, &described)?;
    engine::check(&facts)?;
    let run = Run { engine, structure: &facts.structure, structure_at: engine::STRUCTURE_AT, texts: &facts.texts };
    let (memory, stack) = snapshot.run(&run).context("the engine does not take the facts")?;
    let core = engine::link(engine, &image::Image { memory, stack }, &contract, tools, &model.operations)?;
    let component = wit_component::ComponentEncoder::default().validate(true).module(&core)?.encode()?;
    let mut component = shorten(&component)?;
    if let Some(tools) = tools {
        use wasm_encoder::{Component, CustomSection};
        let docs = CustomSection { name: "package-docs".into(), data: tools.docs()?.into() };
        let empty = Component::new().finish();
        let mut section = Component::new();
        section.section(&docs);
        component.extend_from_slice(&section.finish()[empty.len()..]);
    }
    Ok(component)
}
