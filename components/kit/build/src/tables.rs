//! The component's Rust source: a table for each type, an entry for each operation, and the exports.

use crate::{Contract, Stream};
use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::fmt::Write;
use wit_parser::abi::{AbiVariant, FlatTypes, WasmType};
use wit_parser::{
    Function, InterfaceId, LiftLowerAbi, ManglingAndAbi, ResourceIntrinsic, SizeAlign, Type, TypeDefKind, TypeId,
    WasmExport, WasmExportKind, WasmImport, WorldKey,
};

/// The source, and the world's type, which the source includes from `world.bin`.
pub fn of(contract: &Contract) -> Result<(String, Vec<u8>)> {
    let mut tables = Tables { contract, sizes: SizeAlign::default(), names: HashMap::new(), statics: String::new() };
    tables.sizes.fill(&contract.resolve);
    let mut operations = String::new();
    let mut exports = String::new();
    let mut natives = String::new();
    let mut count = 0;
    for (key, id) in contract.interfaces()? {
        let interface = &contract.resolve.interfaces[id];
        for function in interface.functions.values() {
            if contract.is_by_name(id) {
                exports += &tables.by_name(key, function)?;
                continue;
            }
            if function.kind.resource().is_some() {
                // Exported with the operation that gives the resource.
                continue;
            }
            let made = tables.operation(id, function).with_context(|| format!("operation {}", function.name))?;
            writeln!(operations, "        {},", made.entry)?;
            exports += &export(contract, key, function, count, made.stream.is_some());
            if let Some(stream) = made.stream {
                // Handles exist only inside of a component.
                let new = rust(&stream.name);
                writeln!(natives, "    pub unsafe extern \"C\" fn new_{new}(_: u32) -> u32 {{\n        0\n    }}")?;
                exports += &resource(contract, key, stream, count);
            }
            count += 1;
        }
    }
    let encoded =
        wit_component::metadata::encode(&contract.resolve, contract.world, wit_component::StringEncoding::UTF8, None)?;
    let vendor = &contract.resolve.worlds[contract.world].name;
    let source = format!(
        "// Made by kit-build from wit/{vendor}.\n\n\
         {}\n\
         /// All that this crate is, for `kit`.\n\
         pub static COMPONENT: kit::Component = kit::Component {{\n\
         \x20   api: &API,\n\
         \x20   version: env!(\"CARGO_PKG_VERSION\"),\n\
         \x20   operations: &[\n{operations}    ],\n\
         \x20   catalogue: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/catalogue.lz4\")),\n}};\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         #[allow(dead_code)]\n\
         #[unsafe(link_section = \"component-type:outwit:{vendor}\")]\n\
         static WORLD: [u8; {}] = *include_bytes!(concat!(env!(\"OUT_DIR\"), \"/world.bin\"));\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         mod exports {{\n{exports}}}\n\n\
         #[cfg(not(target_arch = \"wasm32\"))]\n\
         mod exports {{\n{natives}}}\n",
        tables.statics,
        encoded.len(),
    );
    Ok((source, encoded))
}

/// An operation's entry in the table, and the resource that it gives, if so.
struct Made<'c> {
    entry: String,
    stream: Option<Stream<'c>>,
}

struct Tables<'c> {
    contract: &'c Contract,
    sizes: SizeAlign,
    /// The names of statics by what they hold, so that equal types share one.
    names: HashMap<String, String>,
    statics: String,
}

impl<'c> Tables<'c> {
    fn operation(&mut self, interface: InterfaceId, function: &'c Function) -> Result<Made<'c>> {
        let resolve = &self.contract.resolve;
        let interface = resolve.interfaces[interface].name.clone().context("an interface has no name")?;
        let input = match function.params.as_slice() {
            [] => "None".to_owned(),
            [param] => format!("Some(&{})", self.table(&param.ty)?),
            _ => bail!("takes several parameters; an operation takes one record, or nothing"),
        };
        let (ok, err) = self.contract.result(function)?;
        let stream = self.contract.stream(function)?;
        let (output, resource) = match &stream {
            Some(stream) => {
                let next = self.contract.result(stream.next)?.0;
                let events = self.table(&next.context("next gives nothing")?)?;
                let (size, payload) = self.layout(stream.next)?;
                let new = rust(&stream.name);
                let resource = format!(
                    "Some(&kit::Resource {{ gather: kit::stream::gather, new: exports::new_{new}, events: &{events}, \
                     size: {size}, payload: {payload} }})"
                );
                (Some(stream.last), resource)
            }
            None => (ok, "None".to_owned()),
        };
        let output = match output {
            Some(output) => format!("Some(&{})", self.table(&output)?),
            None => "None".to_owned(),
        };
        let error = self.table(&err.context("does not give an error")?)?;
        let (size, payload) = self.layout(function)?;
        let spilled = resolve.wasm_signature(AbiVariant::GuestExport, function).indirect_params;
        let row = format!("{}::{}", rust(&interface), rust(&function.name));
        let entry = format!(
            "kit::Operation {{ name: {:?}, interface: {interface:?}, row: &{row}, input: {input}, spilled: {spilled}, \
             output: {output}, error: &{error}, size: {size}, payload: {payload}, resource: {resource} }}",
            function.name
        );
        Ok(Made { entry, stream })
    }

    /// The export of a function that `kit` implements for all vendors.
    fn by_name(&mut self, key: &WorldKey, function: &Function) -> Result<String> {
        let (params, flats) = parameters(self.contract, function);
        let body = match function.name.as_str() {
            "describe" => "kit::abi::describe(&super::COMPONENT)".to_owned(),
            "search" => {
                let found = self.table(&function.result.context("search gives nothing")?)?;
                format!("unsafe {{ kit::abi::search(&super::COMPONENT, &[{flats}], &super::{found}) }}")
            }
            "call" => format!("unsafe {{ kit::abi::call(&super::COMPONENT, &[{flats}]) }}"),
            other => bail!("kit does not implement operations.{other}"),
        };
        Ok(format!(
            "    #[unsafe(export_name = {:?})]\n\
             \x20   unsafe extern \"C\" fn by_name_{}({params}) -> *mut u8 {{\n        {body}\n    }}\n",
            name(self.contract, key, function, WasmExportKind::Normal),
            rust(&function.name),
        ))
    }

    /// Bytes that a function's result takes in memory, and where in them its value or error begins.
    fn layout(&self, function: &Function) -> Result<(usize, usize)> {
        let (ok, err) = self.contract.result(function)?;
        let payload = self.sizes.payload_offset(wit_parser::Int::U8, [ok.as_ref(), err.as_ref()]).size_wasm32();
        let size = function.result.map_or(0, |result| self.sizes.size(&result).size_wasm32());
        Ok((size, payload))
    }

    /// The name of a type's table.
    fn table(&mut self, ty: &Type) -> Result<String> {
        let kind = self.kind(ty)?;
        let (size, align) = (self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32());
        let table = format!("kit::wire::Type {{ size: {size}, align: {align}, kind: kit::wire::Kind::{kind} }}");
        if let Some(name) = self.names.get(&table) {
            return Ok(name.clone());
        }
        let name = format!("T{}", self.names.len());
        // Outside of a component there are no exports, which alone use what a search gives.
        writeln!(self.statics, "#[allow(dead_code)]\nstatic {name}: kit::wire::Type = {table};")?;
        self.names.insert(table, name.clone());
        Ok(name)
    }

    fn kind(&mut self, ty: &Type) -> Result<String> {
        Ok(match ty {
            Type::Bool => "Bool".into(),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => "Unsigned".into(),
            Type::S8 | Type::S16 | Type::S32 | Type::S64 => "Signed".into(),
            Type::F32 | Type::F64 => "Float".into(),
            Type::String => "Text".into(),
            Type::Id(id) => self.named(*id)?,
            other => bail!("the type {other:?} is not used in operations"),
        })
    }

    fn named(&mut self, id: TypeId) -> Result<String> {
        let def = &self.contract.resolve.types[id];
        let name = def.name.clone().unwrap_or_default();
        Ok(match &def.kind {
            TypeDefKind::Type(_) if self.contract.is_json(id) => "Json".into(),
            TypeDefKind::Type(ty) => self.kind(ty)?,
            TypeDefKind::List(item) => format!("List(&{})", self.table(item)?),
            TypeDefKind::Option(some) => {
                let payload = self.sizes.payload_offset(wit_parser::Int::U8, [Some(some)]).size_wasm32();
                format!("Option {{ some: &{}, payload: {payload} }}", self.table(some)?)
            }
            TypeDefKind::Enum(cases) => {
                let words: Vec<_> = cases.cases.iter().map(|case| format!("{:?}", case.name)).collect();
                format!("Enum(&[{}])", words.join(", "))
            }
            TypeDefKind::Variant(variant) => {
                let payloads = variant.cases.iter().map(|case| case.ty.as_ref());
                let payload = self.sizes.payload_offset(variant.tag(), payloads).size_wasm32();
                let mut cases = Vec::new();
                for case in variant.cases.clone() {
                    let holds = match case.ty {
                        Some(ty) => format!("Some(&{})", self.table(&ty)?),
                        None => "None".to_owned(),
                    };
                    cases.push(format!("kit::wire::Case {{ name: {:?}, holds: {holds} }}", case.name));
                }
                format!("Variant {{ cases: &[{}], payload: {payload} }}", cases.join(", "))
            }
            TypeDefKind::Record(record) => {
                let fields = record.fields.clone();
                let offsets = self.sizes.field_offsets(fields.iter().map(|field| &field.ty));
                let offsets: Vec<_> = offsets.into_iter().map(|(offset, _)| offset.size_wasm32()).collect();
                let mut entries = Vec::new();
                let mut flat = 0;
                for (field, offset) in fields.iter().zip(offsets) {
                    let table = self.table(&field.ty)?;
                    let name = &field.name;
                    entries.push(format!(
                        "kit::wire::Field {{ name: {name:?}, ty: &{table}, offset: {offset}, flat: {flat} }}"
                    ));
                    flat += self.flat(&field.ty);
                }
                format!("Record(&[{}])", entries.join(", "))
            }
            other => bail!("{name}: {} is not used in operations", other.as_str()),
        })
    }

    /// How many core values the type flattens to.
    fn flat(&self, ty: &Type) -> usize {
        let mut storage = [WasmType::I32; 1024];
        let mut flat = FlatTypes::new(&mut storage);
        self.contract.resolve.push_flat(ty, &mut flat);
        flat.to_vec().len()
    }
}

fn export(contract: &Contract, key: &WorldKey, function: &Function, index: usize, opens: bool) -> String {
    let (params, flats) = parameters(contract, function);
    format!(
        "    #[unsafe(export_name = {:?})]\n\
         \x20   unsafe extern \"C\" fn {}({params}) -> *mut u8 {{\n\
         \x20       unsafe {{ kit::abi::{}(&super::COMPONENT, {index}, &[{flats}]) }}\n    }}\n",
        name(contract, key, function, WasmExportKind::Normal),
        rust(&function.name),
        if opens { "open" } else { "typed" },
    )
}

/// What a resource needs beside the operation that gives it: its method, its end, and where its handles come from.
fn resource(contract: &Contract, key: &WorldKey, stream: Stream<'_>, index: usize) -> String {
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
        name(contract, key, stream.next, WasmExportKind::Normal),
    )
}

fn parameters(contract: &Contract, function: &Function) -> (String, String) {
    let signature = contract.resolve.wasm_signature(AbiVariant::GuestExport, function);
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

fn name(contract: &Contract, key: &WorldKey, function: &Function, kind: WasmExportKind) -> String {
    let export = WasmExport::Func { interface: Some(key), func: function, kind };
    contract.resolve.wasm_export_name(ManglingAndAbi::Legacy(LiftLowerAbi::Sync), export)
}

/// A WIT name as a Rust name.
fn rust(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
