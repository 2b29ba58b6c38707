//! The resources of a vendor's world, which give answers piece by piece.

use anyhow::{Context, Result};
use kit_build::contract::Contract;
use kit_build::exports;
use kit_build::model::OperationModel;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, ResourceIntrinsic, WasmExport, WasmImport};

/// What a resource needs of a core module.
pub struct Resource {
    /// The operations that give it, by their index.
    pub operations: Vec<usize>,
    /// The import that makes a handle: module and name.
    pub new: (String, String),
    /// The export of its method.
    pub next: String,
    /// The export that ends it.
    pub close: String,
}

/// The resources, in the order of the operations.
pub fn all(contract: &Contract, operations: &[OperationModel<'_>]) -> Result<Vec<Resource>> {
    let resolve = &contract.resolve;
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut ids = Vec::new();
    let mut all: Vec<Resource> = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let Some(resource) = &operation.resource else { continue };
        let stream = &resource.stream;
        if let Some(known) = ids.iter().position(|id| *id == stream.id) {
            all[known].operations.push(index);
            continue;
        }
        let key = contract.operations()?.get(index).context("an operation without its interface")?.0;
        let intrinsic = ResourceIntrinsic::ExportedNew;
        let new = WasmImport::ResourceIntrinsic { interface: Some(key), resource: stream.id, intrinsic };
        let close = WasmExport::ResourceDtor { interface: key, resource: stream.id };
        ids.push(stream.id);
        all.push(Resource {
            operations: vec![index],
            new: resolve.wasm_import_name(abi, new),
            next: exports::name(resolve, Some(key), stream.next),
            close: resolve.wasm_export_name(abi, close),
        });
    }
    Ok(all)
}
