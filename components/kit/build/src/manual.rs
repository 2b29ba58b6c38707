//! What a model reads of a tool: all that the WIT says of the operation, its input and its output, as one text.

use crate::catalogue;
use crate::contract::Contract;
use crate::tools::{OPTIONS, fields};
use anyhow::Result;
use std::collections::HashMap;
use std::fmt::Write;
use wit_parser::{Docs, Field, Function, Type, TypeDefKind, TypeId};

/// What stands for `outwit:plugin/types.json`.
const ANY: &str = "any JSON";

/// The comment of an operation's tool.
pub fn of(contract: &Contract, operation: &Function) -> Result<String> {
    catalogue::text(&operation.docs, &operation.name)?;
    let mut manual = Manual { contract, text: paragraphs(&operation.docs), described: HashMap::new() };
    if contract.stream(operation)?.is_some() {
        manual.text += "\n\nThis tool gives the whole at its end.";
    }
    let (required, optional) = fields(contract, operation)?;
    if !(required.is_empty() && optional.is_empty()) {
        manual.text += "\n\nParameters:";
    }
    for field in required {
        let text = if is_plain(contract, &field.ty) { Form::Value } else { Form::Text };
        manual.field(field, Place { path: &field.name, depth: 0, form: text, required: false })?;
    }
    if !optional.is_empty() {
        write!(manual.text, "\n- `{OPTIONS}` (JSON text: object; `{{}}` for none): any of")?;
    }
    for field in optional {
        manual.field(field, Place { path: &field.name, depth: 1, form: Form::Value, required: false })?;
    }
    manual.text += "\n\nGives JSON text: ";
    manual.text += &gives(contract, operation)?;
    Ok(manual.text)
}

/// The text as far as it is written.
struct Manual<'c> {
    contract: &'c Contract,
    text: String,
    /// Where it describes a type, by which it need not do so again.
    described: HashMap<TypeId, String>,
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// As `order.by`, or `where[].field` for a field of each item.
    path: &'p str,
    depth: usize,
    form: Form,
    required: bool,
}

/// How a value is given.
#[derive(Clone, Copy)]
enum Form {
    /// As it is.
    Value,
    /// As JSON text.
    Text,
}

impl Manual<'_> {
    /// A line for a field, and one for each field in it.
    fn field(&mut self, field: &Field, place: Place<'_>) -> Result<()> {
        let word = match (place.form, word(self.contract, &field.ty)) {
            (Form::Value, word) => word,
            (Form::Text, word) if word == ANY => "JSON text".to_owned(),
            (Form::Text, word) => format!("JSON text: {word}"),
        };
        let (path, indent) = (place.path, 2 * place.depth);
        let required = if place.required { ", required" } else { "" };
        let comment = catalogue::text(&field.docs, &field.name)?;
        write!(self.text, "\n{:indent$}- `{path}` ({word}{required}): {comment}", "")?;
        let (inner, items) = inner(self.contract, &field.ty);
        let Some((id, kind)) = self.contract.defined(&inner) else {
            self.text += &alias(self.contract, &inner);
            return Ok(());
        };
        if let Some(earlier) = self.described.get(&id) {
            write!(self.text, " As `{earlier}`.")?;
            return Ok(());
        }
        let path = format!("{path}{items}");
        match kind {
            TypeDefKind::Record(record) => {
                for field in &record.fields {
                    let path = format!("{path}.{}", field.name);
                    let required = !self.contract.may_be_absent(&field.ty);
                    let depth = place.depth + 1;
                    self.field(field, Place { path: &path, depth, form: Form::Value, required })?;
                }
            }
            TypeDefKind::Enum(words) => self.cases(words.cases.iter().map(|case| (&case.name, &case.docs, None)))?,
            TypeDefKind::Variant(variant) => {
                let known = variant.cases.iter().filter(|case| case.name != "other");
                self.cases(known.map(|case| (&case.name, &case.docs, case.ty)))?;
            }
            _ => {}
        }
        self.described.insert(id, path);
        Ok(())
    }

    /// The words that a value may be, or its one member.
    fn cases<'d>(&mut self, cases: impl Iterator<Item = (&'d String, &'d Docs, Option<Type>)>) -> Result<()> {
        for (name, docs, holds) in cases {
            let payload = holds.map(|ty| format!("{{\"{name}\": {}}}", word(self.contract, &ty)));
            write!(self.text, " `{}`: {}", payload.as_ref().unwrap_or(name), catalogue::text(docs, name)?)?;
        }
        Ok(())
    }
}

/// The comment of a type that gives another name to a plain one.
fn alias(contract: &Contract, ty: &Type) -> String {
    let Type::Id(id) = ty else { return String::new() };
    let def = &contract.resolve.types[*id];
    match (&def.kind, catalogue::text(&def.docs, "")) {
        _ if contract.is_json(*id) => String::new(),
        (_, Ok(comment)) => format!(" {comment}"),
        (TypeDefKind::Type(ty), _) => alias(contract, ty),
        _ => String::new(),
    }
}

/// What an operation gives: of a record, its fields with the first sentence on each.
fn gives(contract: &Contract, operation: &Function) -> Result<String> {
    let output = match contract.stream(operation)? {
        Some(stream) => Some(stream.last),
        None => contract.result(operation)?.0,
    };
    let Some(output) = output else { return Ok("null.".to_owned()) };
    let mut text = word(contract, &output);
    let Some(TypeDefKind::Record(record)) = contract.kind(&inner(contract, &output).0) else { return Ok(text + ".") };
    text += " with";
    for field in &record.fields {
        let comment = catalogue::text(&field.docs, &field.name)?;
        let first = comment.split_once(". ").map_or(&*comment, |(first, _)| first).trim_end_matches('.');
        let names = names(contract, &field.ty);
        write!(text, "\n- `{}` ({}): {first}.{names}", field.name, word(contract, &field.ty))?;
    }
    Ok(text)
}

/// The words or members that a value of the type has.
fn names(contract: &Contract, ty: &Type) -> String {
    let ty = inner(contract, ty).0;
    let names: Vec<&str> = match contract.kind(&ty) {
        Some(TypeDefKind::Record(record)) => record.fields.iter().map(|field| &*field.name).collect(),
        Some(TypeDefKind::Enum(words)) => words.cases.iter().map(|case| &*case.name).collect(),
        Some(TypeDefKind::Variant(variant)) => variant.cases.iter().map(|case| &*case.name).collect(),
        _ => return alias(contract, &ty),
    };
    match names.split_last() {
        Some((&"other", known)) => format!(" `{}`, or another", known.join("`, `")),
        _ => format!(" `{}`", names.join("`, `")),
    }
}

/// What stands for a type, mostly in JSON Schema's words.
fn word(contract: &Contract, ty: &Type) -> String {
    match ty {
        Type::Bool => "boolean".into(),
        Type::F32 | Type::F64 => "number".into(),
        Type::String | Type::Char | Type::ErrorContext => "string".into(),
        Type::Id(id) if contract.is_json(*id) => ANY.into(),
        Type::Id(id) => match &contract.resolve.types[*id].kind {
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => word(contract, ty),
            TypeDefKind::List(item) => format!("array of {}", word(contract, item)),
            TypeDefKind::Record(_) => "object".into(),
            _ if is_plain(contract, ty) => "word".into(),
            _ => "value".into(),
        },
        _ => "integer".into(),
    }
}

/// Whether a parameter of this type holds the value itself, and not JSON text.
fn is_plain(contract: &Contract, ty: &Type) -> bool {
    match (ty, contract.kind(ty)) {
        (Type::U64 | Type::S64, _) => false,
        (Type::Id(id), _) if contract.is_json(*id) => false,
        (_, Some(TypeDefKind::Enum(_))) => true,
        // A set of words, maybe an open one.
        (_, Some(TypeDefKind::Variant(variant))) => {
            variant.cases.iter().all(|case| case.ty.is_none() || case.name == "other")
        }
        (Type::Id(id), None) => match contract.resolve.types[*id].kind {
            TypeDefKind::Type(ty) => is_plain(contract, &ty),
            _ => false,
        },
        (_, kind) => kind.is_none(),
    }
}

/// What is in options and lists, and a pair of brackets for each list.
fn inner(contract: &Contract, ty: &Type) -> (Type, String) {
    match contract.kind(ty) {
        Some(TypeDefKind::Option(some)) => inner(contract, some),
        Some(TypeDefKind::List(item)) => {
            let (ty, items) = inner(contract, item);
            (ty, format!("[]{items}"))
        }
        _ => (*ty, String::new()),
    }
}

/// A comment with its paragraphs, each on one line.
fn paragraphs(docs: &Docs) -> String {
    let text = docs.contents.as_deref().unwrap_or_default();
    let paragraphs = text.split("\n\n").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
