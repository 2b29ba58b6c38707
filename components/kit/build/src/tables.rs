//! The component's Rust source: a table for each type, an entry for each operation, and the exports.

use crate::contract::Contract;
use crate::exports::{self, rust};
use crate::model::{KindModel, Model, OperationModel, TypeIndex, TypeModel};
use crate::tools::Tools;
use anyhow::Result;
use std::collections::HashSet;
use std::fmt::Write;

/// The source, and the world's type, which the source includes from `world.bin`: of the contract, or of its tools.
pub fn of(contract: &Contract, tools: Option<&Tools>) -> Result<(String, Vec<u8>)> {
    let model = Model::of(contract, tools)?;
    let mut operations = String::new();
    let mut exports = String::new();
    // Handles exist only inside of a component, and a tool gives none.
    let mut no_handles = String::new();
    let mut resources = HashSet::new();
    for (index, (operation, (key, _, function))) in model.operations.iter().zip(contract.operations()?).enumerate() {
        writeln!(operations, "        {},", entry(operation))?;
        if tools.is_none() {
            exports += &exports::typed(contract, key, function, index, operation.resource.is_some());
        }
        // Several operations may give the same resource.
        let stream = operation.resource.as_ref().map(|resource| &resource.stream);
        if let Some(stream) = stream.filter(|stream| resources.insert(stream.id)) {
            let new = rust(&stream.name);
            writeln!(no_handles, "    pub unsafe extern \"C\" fn new_{new}(_: u32) -> u32 {{\n        0\n    }}")?;
            if tools.is_none() {
                exports += &exports::resource(contract, key, stream, index);
            }
        }
    }
    match tools {
        None => exports += &by_name(contract, model.found)?,
        Some(tools) => {
            exports += &no_handles;
            for (index, (function, (takes, _))) in tools.functions().zip(&model.tools).enumerate() {
                exports += &exports::tool(&tools.resolve, function, index, &table(*takes));
            }
        }
    }
    let (resolve, world) = tools.map_or((&contract.resolve, contract.world), |tools| (&tools.resolve, tools.world));
    let encoded = wit_component::metadata::encode(resolve, world, wit_component::StringEncoding::UTF8, None)?;
    let vendor = &contract.resolve.worlds[contract.world].name;
    // Only what answers by name tells what the WIT says.
    let included = |file: &str| match tools {
        None => format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))"),
        Some(_) => "&[]".to_owned(),
    };
    let (catalogue, index) = (included("catalogue.deflate"), included("index.bin"));
    let mut statics = String::new();
    for (index, ty) in model.types.iter().enumerate() {
        // Outside of a component there are no exports, which alone use what a search gives.
        writeln!(statics, "#[allow(dead_code)]\nstatic {}: kit::wire::Type = {};", table(index), literal(ty))?;
    }
    let source = format!(
        "// Made by kit-build from wit/{vendor}.\n\n\
         {statics}\n\
         /// All that this crate is, for `kit`.\n\
         pub static COMPONENT: kit::Component = kit::Component {{\n\
         \x20   api: &API,\n\
         \x20   version: env!(\"CARGO_PKG_VERSION\"),\n\
         \x20   operations: &[\n{operations}    ],\n\
         \x20   catalogue: {catalogue},\n\
         \x20   index: {index},\n}};\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         #[allow(dead_code)]\n\
         #[unsafe(link_section = \"component-type:outwit:{vendor}\")]\n\
         static WORLD: [u8; {}] = *include_bytes!(concat!(env!(\"OUT_DIR\"), \"/world.bin\"));\n\n\
         #[cfg(target_arch = \"wasm32\")]\n\
         mod exports {{\n{exports}}}\n\n\
         #[cfg(not(target_arch = \"wasm32\"))]\n\
         mod exports {{\n{no_handles}}}\n",
        encoded.len(),
    );
    Ok((source, encoded))
}

/// An operation's entry in the table.
fn entry(operation: &OperationModel<'_>) -> String {
    let OperationModel { name, interface, spilled, error, size, payload, .. } = operation;
    let option = |ty: Option<TypeIndex>| ty.map_or("None".to_owned(), |ty| format!("Some(&{})", table(ty)));
    let resource = operation.resource.as_ref().map_or("None".to_owned(), |resource| {
        let (new, events) = (rust(&resource.stream.name), table(resource.events));
        format!(
            "Some(&kit::Resource {{ gather: kit::stream::gather, new: exports::new_{new}, events: &{events}, \
             size: {}, payload: {} }})",
            resource.size, resource.payload
        )
    });
    format!(
        "kit::Operation {{ name: {name:?}, interface: {interface:?}, row: &{}::{}, input: {}, spilled: {spilled}, \
         output: {}, error: &{}, size: {size}, payload: {payload}, resource: {resource} }}",
        rust(interface),
        rust(name),
        option(operation.input),
        option(operation.output),
        table(*error),
    )
}

/// The exports of the functions that `kit` implements for all vendors.
fn by_name(contract: &Contract, found: Option<TypeIndex>) -> Result<String> {
    let mut exports = String::new();
    for (key, id) in contract.interfaces()?.into_iter().filter(|(_, id)| contract.is_by_name(*id)) {
        for function in contract.resolve.interfaces[id].functions.values() {
            let body = |flats: &str| match function.name.as_str() {
                "describe" => "kit::abi::describe(&super::COMPONENT)".to_owned(),
                "search" => {
                    let found = table(found.unwrap_or_default());
                    format!("unsafe {{ kit::abi::search(&super::COMPONENT, &[{flats}], &super::{found}) }}")
                }
                _ => format!("unsafe {{ kit::abi::call(&super::COMPONENT, &[{flats}]) }}"),
            };
            let name = format!("by_name_{}", rust(&function.name));
            exports += &exports::of(&contract.resolve, Some(key), function, &name, body);
        }
    }
    Ok(exports)
}

/// The name of a type's table.
fn table(index: TypeIndex) -> String {
    format!("T{index}")
}

fn literal(ty: &TypeModel) -> String {
    let TypeModel { size, align, form, kind } = ty;
    let kind = match kind {
        KindModel::Bool => "Bool".to_owned(),
        KindModel::Unsigned => "Unsigned".to_owned(),
        KindModel::Signed => "Signed".to_owned(),
        KindModel::Float => "Float".to_owned(),
        KindModel::Text => "Text".to_owned(),
        KindModel::Json => "Json".to_owned(),
        KindModel::List(item) => format!("List(&{})", table(*item)),
        KindModel::Option { some, payload } => format!("Option {{ some: &{}, payload: {payload} }}", table(*some)),
        KindModel::Enum(words) => {
            let words: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
            format!("Enum(&[{}])", words.join(", "))
        }
        KindModel::Variant { cases, payload } => {
            let case = |(name, holds): &(String, Option<TypeIndex>)| {
                let holds = holds.map_or("None".to_owned(), |ty| format!("Some(&{})", table(ty)));
                format!("kit::wire::Case {{ name: {name:?}, holds: {holds} }}")
            };
            let cases: Vec<_> = cases.iter().map(case).collect();
            format!("Variant {{ cases: &[{}], payload: {payload} }}", cases.join(", "))
        }
        KindModel::Record(fields) => {
            let fields = fields.iter().map(|field| {
                let (name, ty, offset, flat) = (&field.name, table(field.ty), field.offset, field.flat);
                format!("kit::wire::Field {{ name: {name:?}, ty: &{ty}, offset: {offset}, flat: {flat} }}")
            });
            format!("Record(&[{}])", fields.collect::<Vec<_>>().join(", "))
        }
    };
    format!(
        "kit::wire::Type {{ size: {size}, align: {align}, form: kit::wire::Form::{form}, kind: kit::wire::Kind::{kind} }}"
    )
}
