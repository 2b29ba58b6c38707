//! What the WIT says of each operation and type, for readers at run time: comments do not survive in a component.

use crate::contract::Contract;
use crate::forms::{self, Form};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wit_parser::{Docs, Function, Type, TypeDefKind, TypeId, TypeOwner};

/// `summary` and `description` of the vendor, `operations` by name, the records that they use in `$defs`, and the names of
/// those that are part of an input.
pub fn of(contract: &Contract) -> Result<Value> {
    let resolve = &contract.resolve;
    let mut schemas = Schemas { contract, defs: Map::new() };
    let mut operations = Map::new();
    for (_, id) in contract.interfaces()?.into_iter().filter(|(_, id)| !contract.is_by_name(*id)) {
        for (name, function) in &resolve.interfaces[id].functions {
            if function.kind.resource().is_some() {
                text(&function.docs, name)?;
                continue;
            }
            let operation = operation(&mut schemas, function).with_context(|| format!("operation {name}"))?;
            if operations.insert(name.clone(), operation).is_some() {
                bail!("two operations are called {name}; names are unique in a component");
            }
        }
    }
    let mut all = Map::new();
    put_docs(&mut all, &resolve.worlds[contract.world].docs, "the world")?;
    let mut inputs = BTreeSet::new();
    operations.values().for_each(|operation| reach(&operation["input"], &schemas.defs, &mut inputs));
    let defs = schemas.defs.clone();
    schemas.defs.iter_mut().for_each(|(name, schema)| forms::complete(&defs, schema, inputs.contains(name)));
    all.insert("inputs".into(), inputs.into_iter().collect());
    all.insert("operations".into(), operations.into());
    all.insert("$defs".into(), schemas.defs.into());
    Ok(all.into())
}

/// The records that a schema refers to, directly or through others.
fn reach(schema: &Value, defs: &Map<String, Value>, reached: &mut BTreeSet<String>) {
    match schema {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix("#/$defs/")
                && let Some(def) = defs.get(name)
                && reached.insert(name.to_owned())
            {
                reach(def, defs, reached);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, defs, reached)),
        Value::Object(members) => members.values().for_each(|member| reach(member, defs, reached)),
        _ => {}
    }
}

fn operation(schemas: &mut Schemas<'_>, function: &Function) -> Result<Value> {
    let mut operation = Map::new();
    put_docs(&mut operation, &function.docs, &function.name)?;
    if let Some(steps) = take_steps(&mut operation, schemas.contract)? {
        operation.insert("steps".into(), steps.into());
    }
    let mut input = match function.params.first() {
        Some(param) => schemas.of(&param.ty)?,
        None => json!({ "type": "object", "properties": {}, "additionalProperties": false }),
    };
    if let Some(example) = take_example(&mut operation)? {
        input["examples"] = json!([example]);
    }
    operation.insert("input".into(), input);
    let contract = schemas.contract;
    let stream = contract.stream(function)?;
    if let Some(stream) = &stream {
        text(&contract.resolve.types[stream.id].docs, &stream.name)?;
        operation.insert("streams".into(), true.into());
    }
    let result = stream.map_or(contract.result(function)?.0, |stream| Some(stream.last));
    let output = match result {
        Some(ok) => schemas.of(&ok)?,
        None => json!({ "type": "null" }),
    };
    operation.insert("output".into(), output);
    Ok(operation.into())
}

struct Schemas<'c> {
    contract: &'c Contract,
    defs: Map<String, Value>,
}

impl Schemas<'_> {
    fn of(&mut self, ty: &Type) -> Result<Value> {
        Ok(match ty {
            Type::Bool => json!({ "type": "boolean" }),
            Type::U8 => json!({ "type": "integer", "minimum": 0, "maximum": u8::MAX }),
            Type::U16 => json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX }),
            Type::U32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Type::U64 => json!({ "type": "integer", "minimum": 0 }),
            Type::S8 | Type::S16 | Type::S32 | Type::S64 => json!({ "type": "integer" }),
            Type::F32 | Type::F64 => json!({ "type": "number" }),
            Type::Char | Type::String => json!({ "type": "string" }),
            Type::Id(id) => self.named(*id)?,
            Type::ErrorContext => bail!("error-context is not used in operations"),
        })
    }

    fn named(&mut self, id: TypeId) -> Result<Value> {
        let def = &self.contract.resolve.types[id];
        let name = def.name.clone().unwrap_or_default();
        let schema = match &def.kind {
            // `outwit:plugin/types.json`: any document.
            TypeDefKind::Type(_) if self.contract.is_json(id) => return Ok(json!({})),
            // A type that another interface defines.
            TypeDefKind::Type(ty @ Type::Id(_)) if def.docs.contents.is_none() => return self.of(ty),
            TypeDefKind::Type(ty) => {
                let mut schema = self.of(ty)?;
                if let Some(members) = schema.as_object_mut() {
                    if let Some(example) = forms::example(&def.docs, &members.clone().into()) {
                        members.insert("examples".into(), json!([example]));
                    }
                    if let Some(form) = Form::called(&name).filter(|_| forms::is_single(self.contract, ty)) {
                        form.describe(members);
                    }
                }
                schema
            }
            TypeDefKind::Option(some) => return self.of(some),
            TypeDefKind::List(item) if name.is_empty() => {
                return Ok(json!({ "type": "array", "items": self.of(item)? }));
            }
            TypeDefKind::List(item) => json!({ "type": "array", "items": self.of(item)? }),
            TypeDefKind::Enum(cases) => {
                let cases = cases.cases.iter().map(|case| (case.name.as_str(), &case.docs));
                words(cases, false)?
            }
            TypeDefKind::Variant(variant) => {
                let known = variant.cases.iter().filter(|case| case.ty.is_none());
                // `other` holds the words of the vendor that are not known.
                let open = variant.cases.iter().any(|case| case.name == "other");
                let mut schema = words(known.map(|case| (case.name.as_str(), &case.docs)), open)?;
                let holding = variant.cases.clone().into_iter().filter(|case| case.name != "other");
                let mut objects = Vec::new();
                for (case, ty) in holding.filter_map(|case| Some((case.clone(), case.ty?))) {
                    let mut payload = self.of(&ty)?;
                    payload["description"] = text(&case.docs, &case.name)?.into();
                    objects.push(json!({
                        "type": "object",
                        "properties": { &case.name: payload },
                        "required": [case.name],
                        "additionalProperties": false,
                    }));
                }
                match (objects.is_empty(), schema["enum"].as_array().is_some_and(Vec::is_empty)) {
                    (true, _) => schema,
                    (false, true) => json!({ "anyOf": objects }),
                    (false, false) => {
                        let words = schema.as_object_mut().map(std::mem::take).unwrap_or_default();
                        objects.insert(0, words.into());
                        json!({ "anyOf": objects })
                    }
                }
            }
            TypeDefKind::Record(record) => {
                if record.fields.iter().rev().skip(1).any(|field| field.name == "extra") {
                    bail!("{name}.extra is not the last field");
                }
                let mut properties = Map::new();
                let mut required = Vec::new();
                for field in record.fields.clone() {
                    let mut schema = self.of(&field.ty)?;
                    schema["description"] = text(&field.docs, &format!("{name}.{}", field.name))?.into();
                    properties.insert(field.name.clone(), schema);
                    if !self.contract.may_be_absent(&field.ty) {
                        required.push(field.name);
                    }
                }
                let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
                if !required.is_empty() {
                    schema["required"] = required.into();
                }
                schema
            }
            other => bail!("{name}: {} is not used in operations", other.as_str()),
        };
        let key = self.key(id)?;
        let mut schema = schema;
        let about = text(&self.contract.resolve.types[id].docs, &key)?;
        let about = match schema["description"].as_str() {
            Some(words) => format!("{about} {words}"),
            None => about,
        };
        schema["description"] = about.into();
        self.defs.insert(key.clone(), schema);
        Ok(json!({ "$ref": format!("#/$defs/{key}") }))
    }

    /// A type's key: its name, which is unique in a vendor.
    fn key(&self, id: TypeId) -> Result<String> {
        let resolve = &self.contract.resolve;
        let def = &resolve.types[id];
        let name = def.name.clone().context("a record has no name")?;
        let same = |other: &wit_parser::TypeDef| other.name.as_ref() == Some(&name) && other.owner != def.owner;
        let vendors = |owner: TypeOwner| match owner {
            TypeOwner::Interface(interface) => resolve.interfaces[interface].package,
            _ => None,
        };
        let clash = resolve.types.iter().any(|(_, other)| {
            same(other) && vendors(other.owner) == vendors(def.owner) && !matches!(other.kind, TypeDefKind::Type(_))
        });
        if clash {
            bail!("two types are called {name}; names are unique in a vendor");
        }
        Ok(name)
    }
}

fn words<'c>(cases: impl Iterator<Item = (&'c str, &'c Docs)>, open: bool) -> Result<Value> {
    let mut words = Vec::new();
    let mut lines = Vec::new();
    for (name, docs) in cases {
        lines.push(format!("`{name}`: {}", text(docs, name)?));
        words.push(name);
    }
    let about = lines.join(" ");
    Ok(if open {
        json!({ "anyOf": [{ "enum": words }, { "type": "string" }], "description": about })
    } else {
        json!({ "enum": words, "description": about })
    })
}

/// The first sentence stands alone; the rest explains.
fn put_docs(into: &mut Map<String, Value>, docs: &Docs, what: &str) -> Result<()> {
    let text = text(docs, what)?;
    let (summary, rest) = match text.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), rest),
        None => (text.clone(), ""),
    };
    into.insert("summary".into(), summary.into());
    if !rest.is_empty() {
        into.insert("description".into(), rest.into());
    }
    Ok(())
}

/// Takes the operations whose requests an operation sends out of its description, as ids: "Steps: `get-thing`, `list-things`."
fn take_steps(operation: &mut Map<String, Value>, contract: &Contract) -> Result<Option<Vec<String>>> {
    let about = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let Some((before, rest)) = about.split_once("Steps: `") else { return Ok(None) };
    let (names, after) = rest.split_once("`.").context("the steps do not end with a name and a full stop")?;
    let known: BTreeSet<&str> = contract.operations()?.into_iter().map(|(.., function)| &*function.name).collect();
    let vendor = &contract.resolve.worlds[contract.world].name;
    let mut steps = Vec::new();
    for name in names.split("`, `") {
        if !known.contains(name) {
            bail!("the step {name} is no operation");
        }
        steps.push(format!("{vendor}.{name}"));
    }
    match [before.trim_end(), after].concat().trim().to_owned() {
        about if about.is_empty() => operation.remove("description"),
        about => operation.insert("description".into(), about.into()),
    };
    Ok(Some(steps))
}

/// Takes the input out of a description that ends with one: "For example `{"id": "205"}`."
fn take_example(operation: &mut Map<String, Value>) -> Result<Option<Value>> {
    let about = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let Some((about, example)) = about.rsplit_once("For example `{") else { return Ok(None) };
    let example = format!("{{{}", example.trim_end_matches("`."));
    let example = serde_json::from_str(&example).with_context(|| format!("the example {example}"))?;
    match about.trim_end().to_owned() {
        about if about.is_empty() => operation.remove("description"),
        about => operation.insert("description".into(), about.into()),
    };
    Ok(Some(example))
}

/// A comment as one line.
pub fn text(docs: &Docs, what: &str) -> Result<String> {
    let text = docs.contents.as_deref().unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        bail!("{what} has no comment; everything in the WIT is documented");
    }
    Ok(text)
}
