//! What the WIT says of types and operations, as plain values: what [`crate::tables`] writes as Rust source, and
//! `outwit-link` as bytes.

use crate::contract::{Contract, Stream};
use crate::forms::Form;
use crate::tools::Tools;
use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use wit_parser::abi::{AbiVariant, FlatTypes, WasmType};
use wit_parser::{Function, InterfaceId, SizeAlign, Type, TypeDefKind, TypeId};

/// A type by its place in [`Model::types`].
pub type TypeIndex = usize;

/// The types and operations of a component.
pub struct Model<'c> {
    /// A type stands before those that refer to it.
    pub types: Vec<TypeModel>,
    /// In the order of the WIT.
    pub operations: Vec<OperationModel<'c>>,
    /// What a search gives; none where nothing answers by name.
    pub found: Option<TypeIndex>,
    /// Of each tool, the record of its parameters, and whether it gets them in memory.
    pub tools: Vec<(TypeIndex, bool)>,
}

/// As `kit::wire::Type`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TypeModel {
    pub size: usize,
    pub align: usize,
    /// The case of `kit::wire::Form`.
    pub form: &'static str,
    pub kind: KindModel,
}

/// As `kit::wire::Kind`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum KindModel {
    Bool,
    Unsigned,
    Signed,
    Float,
    Text,
    Json,
    List(TypeIndex),
    Option { some: TypeIndex, payload: usize },
    Record(Vec<FieldModel>),
    Enum(Vec<String>),
    Variant { cases: Vec<(String, Option<TypeIndex>)>, payload: usize },
}

/// As `kit::wire::Field`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldModel {
    pub name: String,
    pub ty: TypeIndex,
    pub offset: usize,
    pub flat: usize,
}

/// As `kit::Operation`, without its row.
pub struct OperationModel<'c> {
    pub name: String,
    pub interface: String,
    pub input: Option<TypeIndex>,
    pub spilled: bool,
    pub output: Option<TypeIndex>,
    pub error: TypeIndex,
    pub size: usize,
    pub payload: usize,
    pub resource: Option<ResourceModel<'c>>,
}

/// As `kit::Resource`.
pub struct ResourceModel<'c> {
    pub stream: Stream<'c>,
    pub events: TypeIndex,
    pub size: usize,
    pub payload: usize,
}

impl<'c> Model<'c> {
    /// Of a contract, or of its tools.
    pub fn of(contract: &'c Contract, tools: Option<&Tools>) -> Result<Model<'c>> {
        let mut sizes = SizeAlign::default();
        sizes.fill(&contract.resolve);
        let mut types = Types { contract, sizes, known: HashMap::new(), all: Vec::new() };
        let mut operations = Vec::new();
        for (_, interface, function) in contract.operations()? {
            let operation = types.operation(interface, function);
            operations.push(operation.with_context(|| format!("operation {}", function.name))?);
        }
        let mut found = None;
        let mut parameters = Vec::new();
        match tools {
            None => found = types.found()?,
            Some(tools) => {
                for function in tools.functions() {
                    let signature = tools.resolve.wasm_signature(AbiVariant::GuestExport, function);
                    parameters.push((types.parameters(function)?, signature.indirect_params));
                }
            }
        }
        Ok(Model { types: types.all, operations, found, tools: parameters })
    }
}

struct Types<'c> {
    contract: &'c Contract,
    sizes: SizeAlign,
    /// Equal types are one.
    known: HashMap<TypeModel, TypeIndex>,
    all: Vec<TypeModel>,
}

impl<'c> Types<'c> {
    fn operation(&mut self, interface: InterfaceId, function: &'c Function) -> Result<OperationModel<'c>> {
        let resolve = &self.contract.resolve;
        let interface = resolve.interfaces[interface].name.clone().context("an interface has no name")?;
        let input = match function.params.as_slice() {
            [] => None,
            [param] => Some(self.index(&param.ty)?),
            _ => bail!("takes several parameters; an operation takes one record, or nothing"),
        };
        let (ok, err) = self.contract.result(function)?;
        let resource = match self.contract.stream(function)? {
            Some(stream) => {
                let next = self.contract.result(stream.next)?.0;
                let events = self.index(&next.context("next gives nothing")?)?;
                let (size, payload) = self.layout(stream.next)?;
                Some(ResourceModel { stream, events, size, payload })
            }
            None => None,
        };
        let output = match resource.as_ref().map_or(ok, |resource| Some(resource.stream.last)) {
            Some(output) => Some(self.index(&output)?),
            None => None,
        };
        let error = self.index(&err.context("does not give an error")?)?;
        let (size, payload) = self.layout(function)?;
        let spilled = resolve.wasm_signature(AbiVariant::GuestExport, function).indirect_params;
        let name = function.name.clone();
        Ok(OperationModel { name, interface, input, spilled, output, error, size, payload, resource })
    }

    /// What a search gives.
    fn found(&mut self) -> Result<Option<TypeIndex>> {
        let interfaces = self.contract.interfaces()?;
        let Some((_, id)) = interfaces.into_iter().find(|(_, id)| self.contract.is_by_name(*id)) else {
            return Ok(None);
        };
        let functions = &self.contract.resolve.interfaces[id].functions;
        if let Some(other) = functions.keys().find(|name| !matches!(name.as_str(), "describe" | "search" | "call")) {
            bail!("kit does not implement operations.{other}");
        }
        let search = functions.get("search").context("operations has no search")?;
        self.index(&search.result.context("search gives nothing")?).map(Some)
    }

    /// The record that is a tool's parameters.
    fn parameters(&mut self, tool: &Function) -> Result<TypeIndex> {
        let types: Vec<&Type> = tool.params.iter().map(|param| &param.ty).collect();
        let layout = self.sizes.record(types.iter().copied());
        let kind = KindModel::Record(self.fields(tool.params.iter().map(|param| (&param.name, &param.ty)))?);
        let (size, align) = (layout.size.size_wasm32(), layout.align.align_wasm32());
        Ok(self.add(TypeModel { size, align, form: "Any", kind }))
    }

    /// Bytes that a function's result takes in memory, and where in them its value or error begins.
    fn layout(&self, function: &Function) -> Result<(usize, usize)> {
        let (ok, err) = self.contract.result(function)?;
        let payload = self.sizes.payload_offset(wit_parser::Int::U8, [ok.as_ref(), err.as_ref()]).size_wasm32();
        let size = function.result.map_or(0, |result| self.sizes.size(&result).size_wasm32());
        Ok((size, payload))
    }

    fn index(&mut self, ty: &Type) -> Result<TypeIndex> {
        let kind = self.kind(ty)?;
        let (size, align) = (self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32());
        let form = Form::of(self.contract, ty).map_or("Any", |form| form.rust);
        Ok(self.add(TypeModel { size, align, form, kind }))
    }

    fn add(&mut self, ty: TypeModel) -> TypeIndex {
        let next = self.all.len();
        *self.known.entry(ty).or_insert_with_key(|ty| {
            self.all.push(ty.clone());
            next
        })
    }

    fn kind(&mut self, ty: &Type) -> Result<KindModel> {
        Ok(match ty {
            Type::Bool => KindModel::Bool,
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => KindModel::Unsigned,
            Type::S8 | Type::S16 | Type::S32 | Type::S64 => KindModel::Signed,
            Type::F32 | Type::F64 => KindModel::Float,
            Type::String => KindModel::Text,
            Type::Id(id) => self.named(*id)?,
            other => bail!("the type {other:?} is not used in operations"),
        })
    }

    fn named(&mut self, id: TypeId) -> Result<KindModel> {
        let contract = self.contract;
        let def = &contract.resolve.types[id];
        Ok(match &def.kind {
            TypeDefKind::Type(_) if contract.is_json(id) => KindModel::Json,
            TypeDefKind::Type(ty) => self.kind(ty)?,
            TypeDefKind::List(item) => KindModel::List(self.index(item)?),
            TypeDefKind::Option(some) => {
                let payload = self.sizes.payload_offset(wit_parser::Int::U8, [Some(some)]).size_wasm32();
                KindModel::Option { some: self.index(some)?, payload }
            }
            TypeDefKind::Enum(cases) => KindModel::Enum(cases.cases.iter().map(|case| case.name.clone()).collect()),
            TypeDefKind::Variant(variant) => {
                let payloads = variant.cases.iter().map(|case| case.ty.as_ref());
                let payload = self.sizes.payload_offset(variant.tag(), payloads).size_wasm32();
                let mut cases = Vec::new();
                for case in &variant.cases {
                    let holds = case.ty.map(|ty| self.index(&ty)).transpose()?;
                    cases.push((case.name.clone(), holds));
                }
                KindModel::Variant { cases, payload }
            }
            TypeDefKind::Record(record) => {
                KindModel::Record(self.fields(record.fields.iter().map(|field| (&field.name, &field.ty)))?)
            }
            other => {
                let name = def.name.clone().unwrap_or_default();
                bail!("{name}: {} is not used in operations", other.as_str())
            }
        })
    }

    /// The fields of a record.
    fn fields<'t>(&mut self, fields: impl Iterator<Item = (&'t String, &'t Type)> + Clone) -> Result<Vec<FieldModel>> {
        let offsets = self.sizes.field_offsets(fields.clone().map(|(_, ty)| ty));
        let offsets: Vec<_> = offsets.into_iter().map(|(offset, _)| offset.size_wasm32()).collect();
        let mut made = Vec::new();
        let mut flat = 0;
        for ((name, ty), offset) in fields.zip(offsets) {
            made.push(FieldModel { name: name.clone(), ty: self.index(ty)?, offset, flat });
            flat += self.flat(ty);
        }
        Ok(made)
    }

    /// How many core values the type flattens to.
    fn flat(&self, ty: &Type) -> usize {
        let mut storage = [WasmType::I32; 1024];
        let mut flat = FlatTypes::new(&mut storage);
        self.contract.resolve.push_flat(ty, &mut flat);
        flat.to_vec().len()
    }
}
