//! Calls of typed exports with JSON: what `operations.call` does inside of a component, done once more from outside, by the
//! component's own types and the catalogue's schemas.

use anyhow::{Context, Result, bail};
use outwit::Plugin;
use outwit::embed::InstanceState;
use outwit_mocks::case::Outcome;
use serde_json::{Map, Value, json};
use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{ComponentExportIndex, Instance, Type, Val};

/// Calls the typed export of an operation, such as `acme.list-things`, in a fresh instance.
///
/// None: the input is not of the export's type, so that no program could hand it over.
pub async fn call_typed(plugin: &Plugin, id: &str, input: &Value) -> Result<Option<Outcome>> {
    let catalogue = plugin.catalogue();
    let operation = catalogue.operation(id).with_context(|| format!("no operation {id}"))?;
    let (mut store, instance) = outwit::embed::instantiate_for(plugin, id).await?;
    let pre = instance.instance_pre(&store);
    let prefix = format!("outwit:{}/{}@", catalogue.vendor, operation.interface);
    let component = pre.component().component_type();
    let mut exports = component.exports(pre.engine()).map(|(name, _)| name);
    let interface = exports.find(|name| name.starts_with(&prefix)).with_context(|| format!("no export {prefix}"))?;
    let interface = instance.get_export_index(&mut store, None, interface);
    let function = instance
        .get_export_index(&mut store, interface.as_ref(), operation.name())
        .and_then(|index| instance.get_func(&mut store, index))
        .with_context(|| format!("{prefix} has no function for {id}"))?;
    let ty = function.ty(&store);
    let schema = |schema| Schema { defs: &catalogue.defs, schema };
    let nothing = Value::Null;
    let mut params = Vec::new();
    if ty.params().len() == 0 && input.as_object().is_some_and(|members| !members.is_empty()) {
        return Ok(None);
    }
    for (_, ty) in ty.params() {
        match schema(operation.input.as_ref().unwrap_or(&nothing)).lower(&ty, Some(input)) {
            Ok(val) => params.push(val),
            Err(Misfit) => return Ok(None),
        }
    }
    let mut results = [Val::Bool(false)];
    function.call_async(&mut store, &params, &mut results).await?;
    match results {
        [Val::Result(Ok(None))] => Ok(Some(Ok(Value::Null))),
        [Val::Result(Ok(Some(val)))] if matches!(*val, Val::Resource(_)) => {
            let output = schema(operation.output.as_ref().unwrap_or(&nothing));
            Ok(Some(to_the_end(&mut store, &instance, interface.as_ref(), *val, output).await?))
        }
        [Val::Result(Ok(Some(val)))] => {
            Ok(Some(Ok(schema(operation.output.as_ref().unwrap_or(&nothing)).lift(&val)?.unwrap_or_default())))
        }
        [Val::Result(Err(Some(val)))] => Ok(Some(Err(error(&val)?))),
        other => bail!("{id} gave {other:?}, which is no result"),
    }
}

/// Reads a resource to its end: what the last event holds, if the events before it held the pieces of a text.
async fn to_the_end(
    store: &mut Store<InstanceState>,
    instance: &Instance,
    interface: Option<&ComponentExportIndex>,
    resource: Val,
    output: Schema<'_>,
) -> Result<Outcome> {
    let pre = instance.instance_pre(&mut *store);
    let component = pre.component().component_type();
    let interfaces = component.exports(pre.engine()).filter_map(|(_, item)| match item.ty {
        ComponentItem::ComponentInstance(interface) => Some(interface),
        _ => None,
    });
    let names = interfaces
        .flat_map(|interface| interface.exports(pre.engine()).map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
    let Val::Resource(given) = &resource else { bail!("{resource:?} is no resource") };
    let mut next = None;
    for name in names.into_iter().filter(|name| name.starts_with("[method]")) {
        let index = instance.get_export_index(&mut *store, interface, &name);
        let Some(method) = index.and_then(|index| instance.get_func(&mut *store, index)) else { continue };
        // An interface may have several resources.
        let of = method.ty(&*store).params().next().map(|(_, ty)| ty);
        if matches!(of, Some(Type::Borrow(of)) if of == given.ty()) {
            next = Some(method);
        }
    }
    let next = next.context("the resource has no method")?;
    let mut last = None;
    let outcome = loop {
        let mut results = [Val::Bool(false)];
        next.call_async(&mut *store, std::slice::from_ref(&resource), &mut results).await?;
        match results {
            [Val::Result(Err(Some(val)))] => break Err(error(&val)?),
            [Val::Result(Ok(Some(val)))] => match *val {
                Val::Option(Some(event)) => match *event {
                    Val::Variant(_, Some(piece)) if matches!(*piece, Val::String(_)) && last.is_none() => {}
                    Val::Variant(_, Some(whole)) if last.is_none() => {
                        last = Some(output.lift(&whole)?.unwrap_or_default())
                    }
                    other => bail!("{other:?} after the last event"),
                },
                Val::Option(None) => break Ok(last.take().context("no event held the whole")?),
                other => bail!("{other:?} is no event"),
            },
            other => bail!("next gave {other:?}"),
        }
    };
    if let Val::Resource(resource) = resource {
        resource.resource_drop_async(&mut *store).await?;
    }
    Ok(outcome)
}

/// Errors are not in the catalogue: they are the same for all.
fn error(val: &Val) -> Result<Value> {
    let (defs, schema) = (Map::new(), json!({ "properties": { "details": {} } }));
    Ok(Schema { defs: &defs, schema: &schema }.lift(val)?.unwrap_or_default())
}

/// A value is not of the type.
struct Misfit;

/// What the catalogue says of a type: needed only to tell a JSON document from other text.
#[derive(Clone, Copy)]
struct Schema<'c> {
    defs: &'c Map<String, Value>,
    schema: &'c Value,
}

impl<'c> Schema<'c> {
    fn at(self, keys: &[&str]) -> Schema<'c> {
        static TEXT: Value = Value::Null;
        let definition = self.schema["$ref"].as_str().and_then(|path| self.defs.get(path.strip_prefix("#/$defs/")?));
        let mut schema = Some(definition.unwrap_or(self.schema));
        for key in keys {
            schema = schema.and_then(|schema| schema.get(key));
        }
        Schema { schema: schema.unwrap_or(&TEXT), ..self }
    }

    /// Whether anything goes: a schema that says nothing but what it is for.
    fn is_json(self) -> bool {
        self.schema
            .as_object()
            .is_some_and(|schema| schema.keys().all(|key| ["description", "examples"].contains(&key.as_str())))
    }

    /// A value in WIT's spelling as a value of the type; absent is none, or an empty list.
    fn lower(self, ty: &Type, value: Option<&Value>) -> std::result::Result<Val, Misfit> {
        let unsigned = |most| value.and_then(Value::as_u64).filter(|n| *n <= most).ok_or(Misfit);
        let signed = |most: i64| value.and_then(Value::as_i64).filter(|n| (-most - 1..=most).contains(n)).ok_or(Misfit);
        let text = || value.and_then(Value::as_str).map(str::to_owned).ok_or(Misfit);
        Ok(match ty {
            Type::Bool => Val::Bool(value.and_then(Value::as_bool).ok_or(Misfit)?),
            Type::U8 => Val::U8(unsigned(u8::MAX.into())? as u8),
            Type::U16 => Val::U16(unsigned(u16::MAX.into())? as u16),
            Type::U32 => Val::U32(unsigned(u32::MAX.into())? as u32),
            Type::U64 => Val::U64(unsigned(u64::MAX)?),
            Type::S8 => Val::S8(signed(i8::MAX.into())? as i8),
            Type::S16 => Val::S16(signed(i16::MAX.into())? as i16),
            Type::S32 => Val::S32(signed(i32::MAX.into())? as i32),
            Type::S64 => Val::S64(signed(i64::MAX)?),
            Type::Float32 => Val::Float32(value.and_then(Value::as_f64).ok_or(Misfit)? as f32),
            Type::Float64 => Val::Float64(value.and_then(Value::as_f64).ok_or(Misfit)?),
            Type::String if self.is_json() => Val::String(value.ok_or(Misfit)?.to_string()),
            Type::String => Val::String(text()?),
            Type::Option(some) => match value {
                None | Some(Value::Null) => Val::Option(None),
                given => Val::Option(Some(Box::new(self.lower(&some.ty(), given)?))),
            },
            Type::List(list) => match value {
                None | Some(Value::Null) => Val::List(Vec::new()),
                Some(Value::Array(items)) => {
                    let items = items.iter().map(|item| self.at(&["items"]).lower(&list.ty(), Some(item)));
                    Val::List(items.collect::<std::result::Result<_, _>>()?)
                }
                Some(_) => return Err(Misfit),
            },
            Type::Record(record) => {
                let members = value.and_then(Value::as_object).ok_or(Misfit)?;
                if members.keys().any(|name| record.fields().all(|field| field.name != name)) {
                    return Err(Misfit);
                }
                let fields = record.fields().map(|field| {
                    let value = self.at(&["properties", field.name]).lower(&field.ty, members.get(field.name))?;
                    Ok((field.name.to_owned(), value))
                });
                Val::Record(fields.collect::<std::result::Result<_, _>>()?)
            }
            Type::Enum(words) => {
                let word = text()?;
                words.names().any(|known| known == word).then_some(Val::Enum(word)).ok_or(Misfit)?
            }
            Type::Variant(variant) => match value {
                // What holds something is an object with one member.
                Some(Value::Object(members)) => {
                    let (name, payload) = members.iter().next().filter(|_| members.len() == 1).ok_or(Misfit)?;
                    let case = variant.cases().find(|case| case.name == name).and_then(|case| case.ty).ok_or(Misfit)?;
                    let payload = Schema { schema: &Value::Null, ..self }.lower(&case, Some(payload))?;
                    Val::Variant(name.clone(), Some(Box::new(payload)))
                }
                // A set of words; `other` holds those that it does not know.
                _ => {
                    let word = text()?;
                    match variant.cases().find(|case| case.ty.is_none() && case.name == word) {
                        Some(_) => Val::Variant(word, None),
                        None if variant.cases().any(|case| case.name == "other") => {
                            Val::Variant("other".to_owned(), Some(Box::new(Val::String(word))))
                        }
                        None => return Err(Misfit),
                    }
                }
            },
            _ => return Err(Misfit),
        })
    }

    /// The way back; none is no value.
    fn lift(self, val: &Val) -> Result<Option<Value>> {
        Ok(Some(match val {
            Val::Bool(truth) => json!(truth),
            Val::U8(n) => json!(n),
            Val::U16(n) => json!(n),
            Val::U32(n) => json!(n),
            Val::U64(n) => json!(n),
            Val::S8(n) => json!(n),
            Val::S16(n) => json!(n),
            Val::S32(n) => json!(n),
            Val::S64(n) => json!(n),
            Val::Float32(n) => json!(n),
            Val::Float64(n) => json!(n),
            Val::String(text) if self.is_json() => {
                serde_json::from_str(text).with_context(|| format!("not a JSON document: {text}"))?
            }
            Val::String(text) | Val::Enum(text) | Val::Variant(text, None) => json!(text),
            Val::Option(None) => return Ok(None),
            Val::Option(Some(val)) => return self.lift(val),
            Val::List(vals) => {
                let items = vals.iter().map(|val| Ok(self.at(&["items"]).lift(val)?.unwrap_or_default()));
                Value::Array(items.collect::<Result<_>>()?)
            }
            Val::Record(fields) => {
                let mut members = Map::new();
                for (name, val) in fields {
                    let value = self.at(&["properties", name]).lift(val)?;
                    members.extend(value.map(|value| (name.clone(), value)));
                }
                Value::Object(members)
            }
            Val::Variant(case, Some(val)) if case == "other" => return self.lift(val),
            Val::Variant(case, Some(val)) => json!({ case: self.lift(val)? }),
            other => bail!("{other:?} does not occur in operations"),
        }))
    }
}
