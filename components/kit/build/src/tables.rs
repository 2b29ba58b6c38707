//! The component's Rust source: a table for each type, an entry for each operation, and the exports.

use crate::contract::{Contract, Stream};
use crate::exports::{self, rust};
use crate::forms::Form;
use crate::tools::Tools;
use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use wit_parser::abi::{AbiVariant, FlatTypes, WasmType};
use wit_parser::{Function, InterfaceId, SizeAlign, Type, TypeDefKind, TypeId};

/// The source, and the world's type, which the source includes from `world.bin`: of the contract, or of its tools.
pub fn of(contract: &Contract, tools: Option<&Tools>) -> Result<(String, Vec<u8>)> {
    let mut tables = Tables { contract, sizes: SizeAlign::default(), names: HashMap::new(), statics: String::new() };
    tables.sizes.fill(&contract.resolve);
    let mut operations = String::new();
    let mut exports = String::new();
    // Handles exist only inside of a component, and a tool gives none.
    let mut no_handles = String::new();
    let mut resources = HashSet::new();
    for (index, (key, interface, function)) in contract.operations()?.into_iter().enumerate() {
        let made = tables.operation(interface, function).with_context(|| format!("operation {}", function.name))?;
        writeln!(operations, "        {},", made.entry)?;
        if tools.is_none() {
            exports += &exports::typed(contract, key, function, index, made.stream.is_some());
        }
        // Several operations may give the same resource.
        if let Some(stream) = made.stream.filter(|stream| resources.insert(stream.id)) {
            let new = rust(&stream.name);
            writeln!(no_handles, "    pub unsafe extern \"C\" fn new_{new}(_: u32) -> u32 {{\n        0\n    }}")?;
            if tools.is_none() {
                exports += &exports::resource(contract, key, &stream, index);
            }
        }
    }
    match tools {
        None => exports += &tables.by_name()?,
        Some(tools) => {
            exports += &no_handles;
            for (index, function) in tools.functions().enumerate() {
                let takes = tables.parameters(function)?;
                exports += &exports::tool(&tools.resolve, function, index, &takes);
            }
        }
    }
    let (resolve, world) = tools.map_or((&contract.resolve, contract.world), |tools| (&tools.resolve, tools.world));
    let encoded = wit_component::metadata::encode(resolve, world, wit_component::StringEncoding::UTF8, None)?;
    let vendor = &contract.resolve.worlds[contract.world].name;
    // Only what answers by name tells what the WIT says.
    let catalogue = match tools {
        None => "include_bytes!(concat!(env!(\"OUT_DIR\"), \"/catalogue.deflate\"))",
        Some(_) => "&[]",
    };
    let source = format!(
        "// Made by kit-build from wit/{vendor}.\n\n\
         {}\n\
         /// All that this crate is, for `kit`.\n\
         pub static COMPONENT: kit::Component = kit::Component {{\n\
         \x20   api: &API,\n\
         \x20   version: env!(\"CARGO_PKG_VERSION\"),\n\
         \x20   operations: &[\n{operations}    ],\n\
         \x20   catalogue: {catalogue},\n}};\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         #[allow(dead_code)]\n\
         #[unsafe(link_section = \"component-type:outwit:{vendor}\")]\n\
         static WORLD: [u8; {}] = *include_bytes!(concat!(env!(\"OUT_DIR\"), \"/world.bin\"));\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         mod exports {{\n{exports}}}\n\n\
         #[cfg(not(target_arch = \"wasm32\"))]\n\
         mod exports {{\n{no_handles}}}\n",
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

    /// The exports of the functions that `kit` implements for all vendors.
    fn by_name(&mut self) -> Result<String> {
        let mut exports = String::new();
        for (key, id) in self.contract.interfaces()?.into_iter().filter(|(_, id)| self.contract.is_by_name(*id)) {
            for function in self.contract.resolve.interfaces[id].functions.values() {
                let found = match function.name.as_str() {
                    "search" => self.table(&function.result.context("search gives nothing")?)?,
                    "describe" | "call" => String::new(),
                    other => bail!("kit does not implement operations.{other}"),
                };
                let body = |flats: &str| match function.name.as_str() {
                    "describe" => "kit::abi::describe(&super::COMPONENT)".to_owned(),
                    "search" => {
                        format!("unsafe {{ kit::abi::search(&super::COMPONENT, &[{flats}], &super::{found}) }}")
                    }
                    _ => format!("unsafe {{ kit::abi::call(&super::COMPONENT, &[{flats}]) }}"),
                };
                let name = format!("by_name_{}", rust(&function.name));
                exports += &exports::of(&self.contract.resolve, Some(key), function, &name, body);
            }
        }
        Ok(exports)
    }

    /// The name of the table of a record that is a tool's parameters.
    fn parameters(&mut self, tool: &Function) -> Result<String> {
        let types: Vec<&Type> = tool.params.iter().map(|param| &param.ty).collect();
        let whole = self.sizes.record(types.iter().copied());
        let fields = self.fields(tool.params.iter().map(|param| (&param.name, &param.ty)))?;
        let (size, align) = (whole.size.size_wasm32(), whole.align.align_wasm32());
        self.named_table(size, align, "Any", &format!("Record(&[{fields}])"))
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
        self.named_table(size, align, Form::of(self.contract, ty).map_or("Any", |form| form.rust), &kind)
    }

    fn named_table(&mut self, size: usize, align: usize, form: &str, kind: &str) -> Result<String> {
        let table = format!(
            "kit::wire::Type {{ size: {size}, align: {align}, form: kit::wire::Form::{form}, kind: kit::wire::Kind::{kind} }}"
        );
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
                format!("Record(&[{}])", self.fields(fields.iter().map(|field| (&field.name, &field.ty)))?)
            }
            other => bail!("{name}: {} is not used in operations", other.as_str()),
        })
    }

    /// The fields of a record.
    fn fields<'t>(&mut self, fields: impl Iterator<Item = (&'t String, &'t Type)> + Clone) -> Result<String> {
        let offsets = self.sizes.field_offsets(fields.clone().map(|(_, ty)| ty));
        let offsets: Vec<_> = offsets.into_iter().map(|(offset, _)| offset.size_wasm32()).collect();
        let mut entries = Vec::new();
        let mut flat = 0;
        for ((name, ty), offset) in fields.zip(offsets) {
            let table = self.table(ty)?;
            entries
                .push(format!("kit::wire::Field {{ name: {name:?}, ty: &{table}, offset: {offset}, flat: {flat} }}"));
            flat += self.flat(ty);
        }
        Ok(entries.join(", "))
    }

    /// How many core values the type flattens to.
    fn flat(&self, ty: &Type) -> usize {
        let mut storage = [WasmType::I32; 1024];
        let mut flat = FlatTypes::new(&mut storage);
        self.contract.resolve.push_flat(ty, &mut flat);
        flat.to_vec().len()
    }
}
