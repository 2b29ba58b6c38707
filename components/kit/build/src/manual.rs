//! What a model reads of a tool: all that the WIT says of the operation, its input and its output, as one text.

use crate::catalogue;
use crate::contract::Contract;
use crate::tools::{OPTIONS, fields};
use anyhow::Result;
use std::fmt::Write;
use wit_parser::{Docs, Field, Function, Type, TypeDefKind};

/// The comment of an operation's tool.
pub fn of(contract: &Contract, operation: &Function) -> Result<String> {
    catalogue::text(&operation.docs, &operation.name)?;
    let mut text = paragraphs(&operation.docs);
    let (required, optional) = fields(contract, operation)?;
    if !(required.is_empty() && optional.is_empty()) {
        text += "\n\nParameters:";
    }
    for field in required {
        describe(contract, &mut text, field, Place { path: &field.name, depth: 0, json: true, required: false })?;
    }
    if !optional.is_empty() {
        write!(text, "\n- `{OPTIONS}` (JSON text: an object; `{{}}` for none): any of")?;
    }
    for field in optional {
        describe(contract, &mut text, field, Place { path: &field.name, depth: 1, json: false, required: false })?;
    }
    text += "\n\nGives JSON text: ";
    text += &gives(contract, operation)?;
    Ok(text)
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// As `order.by`, or `where[].field` for a field of each item.
    path: &'p str,
    depth: usize,
    /// Whether it is a parameter, which holds text where it is no plain value.
    json: bool,
    required: bool,
}

/// A line for a field, and one for each field in it.
fn describe(contract: &Contract, text: &mut String, field: &Field, place: Place<'_>) -> Result<()> {
    let plain = !place.json || is_plain(contract, &field.ty);
    let (as_text, required) = (if plain { "" } else { "JSON text: " }, if place.required { ", required" } else { "" });
    let (path, indent, word) = (place.path, 2 * place.depth, word(contract, &field.ty));
    let comment = catalogue::text(&field.docs, &field.name)?;
    write!(text, "\n{:indent$}- `{path}` ({as_text}{word}{required}): {comment}", "")?;
    let (inner, items) = inner(contract, &field.ty);
    match contract.kind(&inner) {
        Some(TypeDefKind::Record(record)) => {
            for field in &record.fields {
                let path = format!("{path}{items}.{}", field.name);
                let required = !contract.may_be_absent(&field.ty);
                describe(contract, text, field, Place { path: &path, depth: place.depth + 1, json: false, required })?;
            }
        }
        Some(TypeDefKind::Enum(words)) => {
            for case in &words.cases {
                write!(text, " `{}`: {}", case.name, catalogue::text(&case.docs, &case.name)?)?;
            }
        }
        Some(TypeDefKind::Variant(variant)) => {
            for case in variant.cases.iter().filter(|case| case.name != "other") {
                let held = case.ty.map(|ty| format!("{{\"{}\": {}}}", case.name, self::word(contract, &ty)));
                let shown = held.unwrap_or_else(|| case.name.clone());
                write!(text, " `{shown}`: {}", catalogue::text(&case.docs, &case.name)?)?;
            }
        }
        _ => {}
    }
    Ok(())
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
    let names: Vec<&str> = match contract.kind(&inner(contract, ty).0) {
        Some(TypeDefKind::Record(record)) => record.fields.iter().map(|field| &*field.name).collect(),
        Some(TypeDefKind::Enum(words)) => words.cases.iter().map(|case| &*case.name).collect(),
        Some(TypeDefKind::Variant(variant)) => variant.cases.iter().map(|case| &*case.name).collect(),
        _ => return String::new(),
    };
    format!(" `{}`", names.join("`, `"))
}

/// What stands for a type, mostly in JSON Schema's words.
fn word(contract: &Contract, ty: &Type) -> String {
    match ty {
        Type::Bool => "boolean".into(),
        Type::F32 | Type::F64 => "number".into(),
        Type::String | Type::Char | Type::ErrorContext => "string".into(),
        Type::Id(id) if contract.is_json(*id) => "any JSON".into(),
        Type::Id(id) => match &contract.resolve.types[*id].kind {
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => word(contract, ty),
            TypeDefKind::List(item) => format!("array of {}", word(contract, item)),
            TypeDefKind::Record(_) => "object".into(),
            _ => "word".into(),
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
