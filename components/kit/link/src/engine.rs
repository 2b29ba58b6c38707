//! The engine's core module, taken apart and put together again around a vendor's memory.

use crate::facts::Facts;
use anyhow::{Context, Result, bail, ensure};
use kit_build::contract::Contract;
use kit_build::exports;
use kit_build::tools::Tools;
use std::collections::{BTreeMap, HashMap, HashSet};
use wasm_encoder as enc;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser_link::{
    CustomSectionReader, DataKind, ElementItems, ExternalKind, FunctionBody, Operator, Parser, Payload,
};
use wit_parser::Function;
use wit_parser::abi::{AbiVariant, WasmType};

/// Where the structure of the facts stands while the engine reads it: where the stack ends, which reading does not reach.
pub const STRUCTURE_AT: u32 = 1024;
/// The largest structure: what is left of the stack's 1 MiB is more than reading takes.
const LARGEST_STRUCTURE: usize = 900_000;
/// Gaps of zeros up to this length stay in a data segment: a segment of its own would take as much.
const GAP: usize = 12;

/// The memory of an engine that has read a vendor's facts.
pub struct Image {
    pub memory: Vec<u8>,
    /// Where the stack pointer is.
    pub stack: i32,
}

/// Checks that facts can be read.
pub fn check(facts: &Facts) -> Result<()> {
    let size = facts.structure.len();
    ensure!(size <= LARGEST_STRUCTURE, "the facts take {size} bytes, and {LARGEST_STRUCTURE} are the most");
    Ok(())
}

/// An engine's sections.
#[derive(Default)]
struct Engine<'e> {
    types: enc::TypeSection,
    type_count: u32,
    functions: enc::FunctionSection,
    imported: u32,
    defined: u32,
    bodies: Vec<FunctionBody<'e>>,
    /// What is taken over as it is, by section id.
    raw: BTreeMap<u8, &'e [u8]>,
    /// The exports that only the linker uses, without their prefix `outwit_`.
    entries: HashMap<&'e str, u32>,
    exports: Vec<(&'e str, ExternalKind, u32)>,
    elements: Vec<u32>,
    customs: Vec<CustomSectionReader<'e>>,
    /// The start of the one mutable global, the stack pointer.
    stack: Option<i32>,
    /// Where the lowest data begin.
    lowest: Option<i32>,
}

fn read(engine: &[u8]) -> Result<Engine<'_>> {
    let mut read = Engine::default();
    let reencoder = &mut RoundtripReencoder;
    for payload in Parser::new(0).parse_all(engine) {
        match payload? {
            Payload::TypeSection(section) => {
                read.type_count = section.count();
                reencoder.parse_type_section(&mut read.types, section).ok().context("the engine's types")?;
            }
            Payload::ImportSection(section) => {
                read.raw.insert(2, slice(engine, section.range())?);
                read.imported = u32::try_from(section.into_imports().count())?;
            }
            Payload::FunctionSection(section) => {
                read.defined = section.count();
                reencoder
                    .parse_function_section(&mut read.functions, section)
                    .ok()
                    .context("the engine's functions")?;
            }
            Payload::TableSection(section) => _ = read.raw.insert(4, slice(engine, section.range())?),
            Payload::GlobalSection(section) => {
                read.raw.insert(6, slice(engine, section.range())?);
                for global in section {
                    let global = global?;
                    if global.ty.mutable {
                        ensure!(read.stack.is_none(), "the engine has several mutable globals");
                        read.stack = Some(constant(global.init_expr.get_operators_reader().read()?)?);
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    match export.name.strip_prefix("outwit_") {
                        Some(name) => _ = read.entries.insert(name, export.index),
                        None => read.exports.push((export.name, export.kind, export.index)),
                    }
                }
            }
            Payload::ElementSection(section) => {
                read.raw.insert(9, slice(engine, section.range())?);
                for element in section {
                    if let ElementItems::Functions(functions) = element?.items {
                        for function in functions {
                            read.elements.push(function?);
                        }
                    }
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    if let DataKind::Active { offset_expr, .. } = data?.kind {
                        let at = constant(offset_expr.get_operators_reader().read()?)?;
                        read.lowest = Some(read.lowest.map_or(at, |lowest| lowest.min(at)));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => read.bodies.push(body),
            Payload::CustomSection(section) if section.name().starts_with("component-type") => {
                read.customs.push(section);
            }
            Payload::StartSection { .. } => bail!("the engine has a start function"),
            _ => {}
        }
    }
    Ok(read)
}

fn constant(operator: Operator<'_>) -> Result<i32> {
    match operator {
        Operator::I32Const { value } => Ok(value),
        _ => bail!("the engine has an address that is no constant"),
    }
}

fn slice(engine: &[u8], range: std::ops::Range<u64>) -> Result<&[u8]> {
    let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
    engine.get(range).context("a section of the engine breaks off")
}

/// A core module: the engine with a vendor's memory, and an export for each function of the vendor's world.
pub fn link(engine: &[u8], image: &Image, contract: &Contract, tools: Option<&Tools>) -> Result<Vec<u8>> {
    let mut engine = read(engine)?;
    ensure!(engine.stack == Some(image.stack), "the engine's stack is not empty after it has read the facts");
    ensure!(engine.lowest >= engine.stack, "the engine has data below its stack");
    let mut exports = enc::ExportSection::new();
    let mut alive = engine.elements.clone();
    for (name, kind, index) in &engine.exports {
        if *kind == ExternalKind::Func {
            alive.push(*index);
        }
        // `__stack_pointer` and the like are for the linker only.
        if *kind != ExternalKind::Global {
            let kind = RoundtripReencoder.export_kind(*kind).ok().context("the engine's exports")?;
            exports.export(name, kind, *index);
        }
    }
    let entry_of =
        |name: &str| engine.entries.get(name).copied().with_context(|| format!("the engine has no outwit_{name}"));
    let resolve = &contract.resolve;
    for (key, id) in contract.interfaces()?.into_iter().filter(|(_, id)| tools.is_none() && contract.is_by_name(*id)) {
        for function in resolve.interfaces[id].functions.values() {
            let index = entry_of(&function.name)?;
            exports.export(&exports::name(resolve, Some(key), function), enc::ExportKind::Func, index);
            alive.push(index);
        }
    }
    let (entry, functions): (u32, Vec<(String, &Function)>) = match tools {
        Some(tools) => {
            let functions = tools.functions().map(|function| (exports::name(&tools.resolve, None, function), function));
            (entry_of("tool")?, functions.collect())
        }
        None => {
            let operations = contract.operations()?.into_iter();
            let named = operations.map(|(key, _, function)| (exports::name(resolve, Some(key), function), function));
            (entry_of("typed")?, named.collect())
        }
    };
    alive.push(entry);
    let (resolve, world) = tools.map_or((resolve, contract.world), |tools| (&tools.resolve, tools.world));
    let mut signatures = HashMap::new();
    let mut made = Vec::new();
    for (index, (name, function)) in functions.into_iter().enumerate() {
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        let params: Vec<enc::ValType> = signature.params.iter().map(value_type).collect();
        ensure!(params.len() <= 16 && signature.retptr, "{}: a signature that no operation has", function.name);
        let ty = *signatures.entry(params.clone()).or_insert_with(|| {
            engine.types.ty().function(params.iter().copied(), [enc::ValType::I32]);
            engine.type_count += 1;
            engine.type_count - 1
        });
        engine.functions.function(ty);
        let at = engine.imported + engine.defined + u32::try_from(made.len())?;
        exports.export(&name, enc::ExportKind::Func, at);
        made.push(forwarding(i32::try_from(index)?, &params, entry));
    }
    let code = code(&engine, alive, &made)?;
    Ok(module(
        engine,
        image,
        &exports,
        &code,
        &wit_component::metadata::encode(resolve, world, wit_component::StringEncoding::UTF8, None)?,
    ))
}

fn value_type(ty: &WasmType) -> enc::ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => enc::ValType::I64,
        WasmType::F32 => enc::ValType::F32,
        WasmType::F64 => enc::ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => enc::ValType::I32,
    }
}

/// A function that hands its parameters to `entry`: the operation's index, and sixteen numbers of 64 bits. More core values than
/// sixteen are passed in memory.
fn forwarding(index: i32, params: &[enc::ValType], entry: u32) -> enc::Function {
    let mut body = enc::Function::new([]);
    let mut code = body.instructions();
    code.i32_const(index);
    for at in 0..16_u32 {
        let Some(ty) = params.get(at as usize) else {
            code.i64_const(0);
            continue;
        };
        code.local_get(at);
        match ty {
            enc::ValType::I32 => _ = code.i64_extend_i32_u(),
            enc::ValType::F32 => _ = code.i32_reinterpret_f32().i64_extend_i32_u(),
            enc::ValType::F64 => _ = code.i64_reinterpret_f64(),
            _ => {}
        }
    }
    code.call(entry).end();
    body
}

/// The code. What nothing reaches any more, such as reading facts, becomes one instruction: no function's number changes.
fn code(engine: &Engine<'_>, mut alive: Vec<u32>, made: &[enc::Function]) -> Result<enc::CodeSection> {
    let mut reached = HashSet::new();
    while let Some(function) = alive.pop() {
        let Some(at) = function.checked_sub(engine.imported) else { continue };
        if !reached.insert(at) {
            continue;
        }
        let body = engine.bodies.get(at as usize).context("a function of the engine has no body")?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            if let Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } = operators.read()?
            {
                alive.push(function_index);
            }
        }
    }
    let mut code = enc::CodeSection::new();
    for (at, body) in engine.bodies.iter().enumerate() {
        // No locals, `unreachable`, `end`.
        code.raw(if reached.contains(&u32::try_from(at)?) { body.as_bytes() } else { &[0, 0, 0x0b] });
    }
    made.iter().for_each(|body| _ = code.function(body));
    Ok(code)
}

fn module(
    engine: Engine<'_>,
    image: &Image,
    exports: &enc::ExportSection,
    code: &enc::CodeSection,
    world: &[u8],
) -> Vec<u8> {
    let mut module = enc::Module::new();
    let take = |module: &mut enc::Module, id: u8| {
        if let Some(data) = engine.raw.get(&id) {
            module.section(&enc::RawSection { id, data });
        }
    };
    let mut memory = enc::MemorySection::new();
    let minimum = (image.memory.len() / 65536) as u64;
    let ty = enc::MemoryType { minimum, maximum: None, memory64: false, shared: false, page_size_log2: None };
    memory.memory(ty);
    module.section(&engine.types);
    take(&mut module, 2);
    module.section(&engine.functions);
    take(&mut module, 4);
    module.section(&memory);
    take(&mut module, 6);
    module.section(exports);
    take(&mut module, 9);
    module.section(code);
    module.section(&segments(image));
    for custom in &engine.customs {
        module.section(&enc::CustomSection { name: custom.name().into(), data: custom.data().into() });
    }
    module.section(&enc::CustomSection { name: "component-type:outwit:vendor".into(), data: world.into() });
    module.finish()
}

/// What of the memory is not zero. Below the stack pointer stands nothing that counts.
fn segments(image: &Image) -> enc::DataSection {
    let mut data = enc::DataSection::new();
    let memory = &image.memory;
    let mut at = usize::try_from(image.stack).unwrap_or(0);
    while let Some(start) =
        memory.get(at..).and_then(|rest| rest.iter().position(|byte| *byte != 0)).map(|gap| at + gap)
    {
        let mut last = start;
        at = start;
        while at < memory.len() && at - last <= GAP {
            if memory[at] != 0 {
                last = at;
            }
            at += 1;
        }
        data.active(0, &enc::ConstExpr::i32_const(start as i32), memory[start..=last].iter().copied());
    }
    data
}
