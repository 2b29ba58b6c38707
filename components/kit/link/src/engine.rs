//! The engine's core module, taken apart and put together again around a vendor's memory.

use crate::facts::Facts;
use crate::forward::{Handle, forwarding, value_type};
use crate::image::Image;
use crate::{oauth, resource};
use anyhow::{Context, Result, bail, ensure};
use kit_build::contract::Contract;
use kit_build::exports;
use kit_build::model::OperationModel;
use kit_build::tools::Tools;
use std::collections::{BTreeMap, HashMap, HashSet};
use wasm_encoder as enc;
use wasm_encoder::reencode::{Error as ReencodeError, Reencode};
use wasm_metadata::Producers;
use wasmparser_link::{
    CustomSectionReader, DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody, Operator, Parser, Payload,
};
use wit_parser::Function;
use wit_parser::abi::AbiVariant;

/// Where the structure of the facts stands while the engine reads it: where the stack ends, which reading does not reach.
pub const STRUCTURE_AT: u32 = 1024;
/// The largest structure: what is left of the stack's 1 MiB is more than reading takes.
const LARGEST_STRUCTURE: usize = 900_000;
/// Checks that facts can be read.
pub fn check(facts: &Facts) -> Result<()> {
    let size = facts.structure.len();
    ensure!(size <= LARGEST_STRUCTURE, "the facts take {size} bytes, and {LARGEST_STRUCTURE} are the most");
    Ok(())
}

/// Makes room for imports: the numbers of functions behind the engine's own imports grow.
#[derive(Clone, Copy, Default)]
struct Shift {
    imported: u32,
    by: u32,
}

impl Shift {
    fn of(self, function: u32) -> u32 {
        if function < self.imported { function } else { function + self.by }
    }
}

impl Reencode for Shift {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, ReencodeError<Self::Error>> {
        Ok(self.of(function))
    }
}

/// An engine's sections.
#[derive(Default)]
struct Engine<'e> {
    types: enc::TypeSection,
    type_count: u32,
    functions: enc::FunctionSection,
    imports: enc::ImportSection,
    /// How many functions it imports, and how the numbers of the others change.
    shift: Shift,
    defined: u32,
    bodies: Vec<FunctionBody<'e>>,
    /// What is taken over as it is, by section id.
    raw: BTreeMap<u8, &'e [u8]>,
    /// The exports that only the linker uses, without their prefix `outwit_`.
    entries: HashMap<&'e str, u32>,
    exports: Vec<(&'e str, ExternalKind, u32)>,
    /// The table: slots and functions.
    elements: Vec<(i32, u32)>,
    element_section: enc::ElementSection,
    customs: Vec<CustomSectionReader<'e>>,
    /// The start of the one mutable global, the stack pointer.
    stack: Option<i32>,
    /// Where the lowest data begin.
    lowest: Option<i32>,
}

/// Reads an engine that gets so many more imports.
fn read(engine: &[u8], more: u32) -> Result<Engine<'_>> {
    let mut read = Engine::default();
    let reencoder = &mut Shift::default();
    for payload in Parser::new(0).parse_all(engine) {
        match payload? {
            Payload::TypeSection(section) => {
                read.type_count = section.count();
                reencoder.parse_type_section(&mut read.types, section).ok().context("the engine's types")?;
            }
            Payload::ImportSection(section) => {
                reencoder
                    .parse_import_section(&mut read.imports, section.clone())
                    .ok()
                    .context("the engine's imports")?;
                *reencoder = Shift { imported: u32::try_from(section.into_imports().count())?, by: more };
                read.shift = *reencoder;
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
                let all = section.clone();
                reencoder
                    .parse_element_section(&mut read.element_section, all)
                    .ok()
                    .context("the engine's elements")?;
                for element in section {
                    let element = element?;
                    let ElementKind::Active { offset_expr, .. } = element.kind else { continue };
                    let mut slot = constant(offset_expr.get_operators_reader().read()?)?;
                    if let ElementItems::Functions(functions) = element.items {
                        for function in functions {
                            read.elements.push((slot, function?));
                            slot += 1;
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

impl Engine<'_> {
    /// The functions of the table that a vendor of these operations may call.
    fn table(&self, operations: &[OperationModel<'_>]) -> Result<Vec<u32>> {
        let streams = operations.iter().any(|operation| operation.resource.is_some());
        let asks = operations.iter().any(|operation| operation.name == oauth::AUTHORIZE);
        let mut unused = Vec::new();
        for (name, used) in [("gather", streams), ("consent", asks)] {
            let entry = self.entries.get(name).and_then(|entry| entry.checked_sub(self.shift.imported));
            let body = entry.and_then(|entry| self.bodies.get(entry as usize));
            let body = body.with_context(|| format!("the engine has no outwit_{name}"))?;
            let slot = constant(body.get_operators_reader()?.read()?)?;
            ensure!(self.elements.iter().any(|(known, _)| *known == slot), "the engine's outwit_{name} is no function");
            unused.extend((!used).then_some(slot));
        }
        Ok(self.elements.iter().filter(|(slot, _)| !unused.contains(slot)).map(|(_, function)| *function).collect())
    }
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
pub fn link(
    engine: &[u8],
    image: &Image,
    contract: &Contract,
    tools: Option<&Tools>,
    operations: &[OperationModel<'_>],
) -> Result<Vec<u8>> {
    // Handles exist only inside of a component, and a tool gives none.
    let resources = if tools.is_none() { resource::all(contract, operations)? } else { Vec::new() };
    let mut engine = read(engine, u32::try_from(resources.len())?)?;
    let mut shift = engine.shift;
    ensure!(engine.stack == Some(image.stack), "the engine's stack is not empty after it has read the facts");
    ensure!(engine.lowest >= engine.stack, "the engine has data below its stack");
    let mut exports = enc::ExportSection::new();
    let mut alive = engine.table(operations)?;
    for (name, kind, index) in &engine.exports {
        if *kind == ExternalKind::Func {
            alive.push(*index);
        }
        // `__stack_pointer` and the like are for the linker only.
        if *kind != ExternalKind::Global {
            let index = if *kind == ExternalKind::Func { shift.of(*index) } else { *index };
            let kind = shift.export_kind(*kind).ok().context("the engine's exports")?;
            exports.export(name, kind, index);
        }
    }
    let entries = std::mem::take(&mut engine.entries);
    // What is used of the engine stays in it.
    let mut entry_of = |name: &str| {
        let entry = entries.get(name).with_context(|| format!("the engine has no outwit_{name}"))?;
        alive.push(*entry);
        anyhow::Ok(shift.of(*entry))
    };
    let resolve = &contract.resolve;
    for (key, id) in contract.interfaces()?.into_iter().filter(|(_, id)| tools.is_none() && contract.is_by_name(*id)) {
        for function in resolve.interfaces[id].functions.values() {
            let index = entry_of(&function.name)?;
            exports.export(&exports::name(resolve, Some(key), function), enc::ExportKind::Func, index);
        }
    }
    let (entry, functions): (&str, Vec<(String, &Function)>) = match tools {
        Some(tools) => {
            let functions = tools.functions().map(|function| (exports::name(&tools.resolve, None, function), function));
            ("tool", functions.collect())
        }
        None => {
            let operations = contract.operations()?.into_iter();
            let named = operations.map(|(key, _, function)| (exports::name(resolve, Some(key), function), function));
            ("typed", named.collect())
        }
    };
    let entry = entry_of(entry)?;
    let (resolve, world) = tools.map_or((resolve, contract.world), |tools| (&tools.resolve, tools.world));
    let mut signatures = HashMap::new();
    let mut ty_of = |engine: &mut Engine<'_>, params: &[enc::ValType]| {
        *signatures.entry(params.to_vec()).or_insert_with(|| {
            engine.types.ty().function(params.iter().copied(), [enc::ValType::I32]);
            engine.type_count += 1;
            engine.type_count - 1
        })
    };
    let mut made: Vec<(String, u32, enc::Function)> = Vec::new();
    for (index, (name, function)) in functions.into_iter().enumerate() {
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        let params: Vec<enc::ValType> = signature.params.iter().map(value_type).collect();
        ensure!(params.len() <= 16 && signature.retptr, "{}: a signature that no operation has", function.name);
        let number = i32::try_from(index)?;
        let opened = resources.iter().position(|resource| tools.is_none() && resource.operations.contains(&index));
        let body = match opened {
            None => forwarding(number, &params, entry, None),
            Some(place) => {
                let new = engine.shift.imported + u32::try_from(place)?;
                let handle = Handle { new, at: operations[index].payload as u64 };
                forwarding(number, &params, entry_of("open")?, Some(handle))
            }
        };
        made.push((name, ty_of(&mut engine, &params), body));
    }
    for resource in &resources {
        let ty = ty_of(&mut engine, &[enc::ValType::I32]);
        let (module, new) = &resource.new;
        engine.imports.import(module, new, enc::EntityType::Function(ty));
        let mut body = enc::Function::new([]);
        let first = i32::try_from(resource.operations[0])?;
        body.instructions().i32_const(first).local_get(0).call(entry_of("next")?).end();
        made.push((resource.next.clone(), ty, body));
        exports.export(&resource.close, enc::ExportKind::Func, entry_of("close")?);
    }
    for (place, (name, ty, _)) in made.iter().enumerate() {
        engine.functions.function(*ty);
        let at = shift.of(shift.imported + engine.defined) + u32::try_from(place)?;
        exports.export(name, enc::ExportKind::Func, at);
    }
    let code = code(&engine, alive, made.iter().map(|(.., body)| body))?;
    // By this, `outwit inspect` knows a linked component from a compiled one.
    let mut producers = Producers::empty();
    producers.add("processed-by", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let encoding = wit_component::StringEncoding::UTF8;
    let world = wit_component::metadata::encode(resolve, world, encoding, Some(&producers))?;
    Ok(module(engine, image, &exports, &code, &world))
}

/// The code. What nothing reaches any more, such as reading facts, becomes one instruction: no function's number changes.
fn code<'m>(
    engine: &Engine<'_>,
    mut alive: Vec<u32>,
    made: impl Iterator<Item = &'m enc::Function>,
) -> Result<enc::CodeSection> {
    let mut reached = HashSet::new();
    while let Some(function) = alive.pop() {
        let Some(at) = function.checked_sub(engine.shift.imported) else { continue };
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
    let mut shift = engine.shift;
    for (at, body) in engine.bodies.iter().enumerate() {
        if reached.contains(&u32::try_from(at)?) {
            shift.parse_function_body(&mut code, body.clone()).ok().context("the engine's code")?;
        } else {
            // No locals, `unreachable`, `end`.
            code.raw(&[0, 0, 0x0b]);
        }
    }
    made.for_each(|body| _ = code.function(body));
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
    module.section(&engine.imports);
    module.section(&engine.functions);
    take(&mut module, 4);
    module.section(&memory);
    take(&mut module, 6);
    module.section(exports);
    module.section(&engine.element_section);
    module.section(code);
    module.section(&image.segments());
    for custom in &engine.customs {
        module.section(&enc::CustomSection { name: custom.name().into(), data: custom.data().into() });
    }
    module.section(&enc::CustomSection { name: "component-type:outwit:vendor".into(), data: world.into() });
    module.finish()
}
