//! Components plugged together, as `wac plug` does it.

use anyhow::Result;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PackageId, plug};

/// A component with others plugged into its imports.
///
/// # Errors
///
/// When one cannot be read, or exports nothing that is imported.
pub fn plugged(socket: &[u8], plugs: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut add = |name: &str, bytes: &[u8]| -> Result<PackageId> {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let socket = add("socket", socket)?;
    let plugs = plugs.iter().enumerate().map(|(index, bytes)| add(&format!("plug{index}"), bytes));
    let plugs: Vec<PackageId> = plugs.collect::<Result<_>>()?;
    plug(&mut graph, plugs, socket)?;
    Ok(graph.encode(EncodeOptions::default())?)
}
