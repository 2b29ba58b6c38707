//! The exports of a component, as Rust source: each hands its core values to `kit`.

use crate::contract::{Contract, Stream};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic, WasmExport, WasmExportKind, WasmImport,
    WorldKey,
};

/// An operation, or what opens the resource that it gives.
pub fn typed(contract: &Contract, key: &WorldKey, function: &Function, index: usize, opens: bool) -> String {
    let entry = if opens { "open" } else { "typed" };
    let body = |flats: &str| format!("unsafe {{ kit::abi::{entry}(&super::COMPONENT, {index}, &[{flats}]) }}");
    of(&contract.resolve, Some(key), function, &rust(&function.name), body)
}

/// An operation as a tool, whose parameters are a record of the table `takes`.
pub fn tool(tools: &Resolve, function: &Function, index: usize, takes: &str) -> String {
    let spilled = tools.wasm_signature(AbiVariant::GuestExport, function).indirect_params;
    let body = |flats: &str| {
        format!("unsafe {{ kit::flat::tool(&super::COMPONENT, {index}, &[{flats}], &super::{takes}, {spilled}) }}")
    };
    of(tools, None, function, &rust(&function.name), body)
}

/// A function of a world or of its interface `key`, with a body that is made of its core values.
pub fn of(
    resolve: &Resolve,
    key: Option<&WorldKey>,
    function: &Function,
    rust_name: &str,
    body: impl FnOnce(&str) -> String,
) -> String {
    let (params, flats) = parameters(resolve, function);
    format!(
        "    #[unsafe(export_name = {:?})]\n\
         \x20   unsafe extern \"C\" fn {rust_name}({params}) -> *mut u8 {{\n        {}\n    }}\n",
        name(resolve, key, function),
        body(&flats),
    )
}

/// What a resource needs beside the operation that gives it: its method, its end, and where its handles come from.
pub fn resource(contract: &Contract, key: &WorldKey, stream: &Stream<'_>, index: usize) -> String {
    let resolve = &contract.resolve;
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let (id, rust_name) = (stream.id, rust(&stream.name));
    let dtor = resolve.wasm_export_name(abi, WasmExport::ResourceDtor { interface: key, resource: id });
    let intrinsic = ResourceIntrinsic::ExportedNew;
    let new = WasmImport::ResourceIntrinsic { interface: Some(key), resource: id, intrinsic };
    let (module, new) = resolve.wasm_import_name(abi, new);
    format!(
        "    #[link(wasm_import_module = {module:?})]\n\
         \x20   unsafe extern \"C\" {{\n\
         \x20       #[link_name = {new:?}]\n        pub fn new_{rust_name}(number: u32) -> u32;\n    }}\n\
         \x20   #[unsafe(export_name = {:?})]\n\
         \x20   unsafe extern \"C\" fn next_{rust_name}(number: u32) -> *mut u8 {{\n\
         \x20       unsafe {{ kit::abi::next(&super::COMPONENT, {index}, number) }}\n    }}\n\
         \x20   #[unsafe(export_name = {dtor:?})]\n\
         \x20   unsafe extern \"C\" fn close_{rust_name}(number: u32) {{\n\
         \x20       unsafe {{ kit::abi::close(number) }}\n    }}\n",
        name(resolve, Some(key), stream.next),
    )
}

fn parameters(resolve: &Resolve, function: &Function) -> (String, String) {
    let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
    let mut params = Vec::new();
    let mut flats = Vec::new();
    for (index, ty) in signature.params.iter().enumerate() {
        let (ty, flat) = match ty {
            WasmType::I64 | WasmType::PointerOrI64 => ("u64", format!("a{index}")),
            WasmType::F32 => ("f32", format!("a{index}.to_bits().into()")),
            WasmType::F64 => ("f64", format!("a{index}.to_bits()")),
            WasmType::I32 | WasmType::Pointer | WasmType::Length => ("u32", format!("a{index}.into()")),
        };
        params.push(format!("a{index}: {ty}"));
        flats.push(flat);
    }
    (params.join(", "), flats.join(", "))
}

/// The name under which a core module exports a function.
pub fn name(resolve: &Resolve, interface: Option<&WorldKey>, func: &Function) -> String {
    let export = WasmExport::Func { interface, func, kind: WasmExportKind::Normal };
    resolve.wasm_export_name(ManglingAndAbi::Legacy(LiftLowerAbi::Sync), export)
}

/// A WIT name as a Rust name.
pub fn rust(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
