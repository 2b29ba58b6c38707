//! One file of the gateway and vendors, for hosts that serve HTTP.
//!
//! The gateway imports `outwit:plugin/operations`, which a vendor exports. Several vendors are joined to one first: a join
//! exports the operations of its two imports.

use crate::Error;
use crate::plugins::PARTS;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};
use wasmparser::{Chunk, Parser, Payload};

const OPERATIONS: &str = "outwit:plugin/operations@0.1.0";
const HANDLER: &str = "wasi:http/incoming-handler@0.2.4";

/// Composes the gateway with vendors, each given with its name: a component that answers HTTP with their operations.
///
/// It imports what the vendors import. How it is used stands in the gateway's own description, `/openapi.json`.
///
/// # Errors
///
/// `misconfigured`, when there is no vendor, one is given twice, or one is no plugin.
pub fn compose(vendors: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let mut names: Vec<&str> = vendors.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::misconfigured(format!("{} is given twice", twice[0])));
    }
    let mut composition = Composition(CompositionGraph::new());
    let gateway = composition.part("gateway")?;
    let mut sides = Vec::new();
    for (name, bytes) in vendors {
        let vendor = composition.add(name, bytes)?;
        let instance = composition.0.instantiate(vendor);
        sides.push(composition.operations(instance, name)?);
    }
    let mut operations = sides.pop().ok_or_else(|| Error::misconfigured("there is no vendor to compose with"))?;
    if !sides.is_empty() {
        let join = composition.part("join")?;
        while let Some(side) = sides.pop() {
            let instance = composition.0.instantiate(join);
            composition.give(instance, "first", side)?;
            composition.give(instance, "second", operations)?;
            operations = composition.operations(instance, "join")?;
        }
    }
    let instance = composition.0.instantiate(gateway);
    composition.give(instance, OPERATIONS, operations)?;
    let handler = composition.0.alias_instance_export(instance, HANDLER).map_err(broken)?;
    composition.0.export(handler, HANDLER).map_err(broken)?;
    composition.0.encode(EncodeOptions::default()).map_err(broken)
}

struct Composition(CompositionGraph);

impl Composition {
    /// A component that is built with this crate.
    fn part(&mut self, name: &str) -> Result<PackageId, Error> {
        let part = PARTS.iter().find(|(part, _)| *part == name);
        let (_, bytes) = part.ok_or_else(|| Error::misconfigured(format!("{name} is not built with this program")))?;
        self.add(name, bytes)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<PackageId, Error> {
        let unusable = |problem| Error::misconfigured(format!("{name} cannot be composed: {problem:#}"));
        let package = Package::from_bytes(name, None, without_docs(bytes), self.0.types_mut()).map_err(unusable)?;
        self.0.register_package(package).map_err(broken)
    }

    fn operations(&mut self, instance: NodeId, name: &str) -> Result<NodeId, Error> {
        let unusable = |problem| Error::misconfigured(format!("{name} is not an Outwit plugin: {problem}"));
        self.0.alias_instance_export(instance, OPERATIONS).map_err(unusable)
    }

    fn give(&mut self, instance: NodeId, import: &str, what: NodeId) -> Result<(), Error> {
        self.0.set_instantiation_argument(instance, import, what).map_err(broken)
    }
}

/// The component without the comments of its WIT, which published ones have embedded: of a file in which several components
/// are, tools that read WIT refuse more than one such section. What operations do is in their catalogue.
fn without_docs(component: &[u8]) -> Vec<u8> {
    let (mut parser, mut rest, mut out) = (Parser::new(0), component, Vec::with_capacity(component.len()));
    // What cannot be read ends this, and whoever gets it says why.
    while let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) {
        let (nested, docs) = match &payload {
            Payload::ComponentSection { unchecked_range: range, .. } => (range.end - range.start, false),
            Payload::ModuleSection { unchecked_range: range, .. } => (range.end - range.start, false),
            Payload::CustomSection(section) => (0, section.name() == "package-docs"),
            Payload::End(_) => break,
            _ => (0, false),
        };
        let (section, after) = rest.split_at((consumed + nested).min(rest.len()));
        if !docs {
            out.extend_from_slice(section);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

fn broken(problem: impl std::fmt::Display) -> Error {
    Error::misconfigured(format!("the components do not fit together: {problem}"))
}
