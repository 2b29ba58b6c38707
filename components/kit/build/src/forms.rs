//! What the values of a type stand for, by the type's name: the same in every vendor's WIT.

use crate::contract::Contract;
use serde_json::{Map, Value, json};
use wit_parser::{Docs, Type, TypeDefKind};

/// A name that means more than its type.
pub struct Form {
    pub name: &'static str,
    /// The case of `wire::Form`, by which a component checks what a caller gives.
    pub rust: &'static str,
    /// The word of JSON Schema, or of OpenAPI, for it.
    format: Option<&'static str>,
    /// The least and the most that a caller can mean: years, and hours, as `wire::Form` has them.
    bounds: &'static [(&'static str, u64)],
}

const FORMS: [Form; 7] = [
    // 1980-01-01 to 2199-12-31, UTC.
    Form {
        name: "unix-seconds",
        rust: "UnixSeconds",
        format: Some("unix-time"),
        bounds: &[("minimum", 315_532_800), ("maximum", 7_258_118_399)],
    },
    Form { name: "date-time", rust: "DateTime", format: Some("date-time"), bounds: &[] },
    Form { name: "date", rust: "Date", format: Some("date"), bounds: &[] },
    Form { name: "amount", rust: "Amount", format: Some("decimal"), bounds: &[] },
    Form { name: "quantity", rust: "Amount", format: Some("decimal"), bounds: &[] },
    Form { name: "filled-text", rust: "Filled", format: None, bounds: &[("minLength", 1)] },
    Form { name: "hours", rust: "Hours", format: None, bounds: &[("exclusiveMinimum", 0), ("maximum", 744)] },
];

impl Form {
    pub fn called(name: &str) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// What a type stands for, under whatever name it is used.
    pub fn of(contract: &Contract, ty: &Type) -> Option<&'static Form> {
        let Type::Id(id) = ty else { return None };
        let def = &contract.resolve.types[*id];
        // A record or a list that a vendor calls so, and another interface uses, has no form.
        let TypeDefKind::Type(ty) = &def.kind else { return None };
        if !is_single(contract, ty) {
            return None;
        }
        def.name.as_deref().and_then(Form::called).or_else(|| Form::of(contract, ty))
    }

    /// Adds the word for it to the schema of its type.
    pub fn describe(&self, schema: &mut Map<String, Value>) {
        if let Some(format) = self.format {
            schema.insert("format".into(), format.into());
        }
    }

    /// Adds what bounds a caller's value to the schema of a field.
    fn bound(&self, schema: &mut Map<String, Value>) {
        for (name, bound) in self.bounds {
            schema.insert((*name).into(), (*bound).into());
        }
    }
}

/// Whether a type is another name for a number or a text.
pub fn is_single(contract: &Contract, ty: &Type) -> bool {
    let Type::Id(id) = ty else { return true };
    matches!(&contract.resolve.types[*id].kind, TypeDefKind::Type(ty) if is_single(contract, ty))
}

/// The value that a comment gives after `such as`, between backticks, as it stands in JSON.
pub fn example(docs: &Docs, schema: &Value) -> Option<Value> {
    let text = docs.contents.as_deref()?.split_whitespace().collect::<Vec<_>>().join(" ");
    value(&text, schema["type"].as_str())
}

fn value(text: &str, ty: Option<&str>) -> Option<Value> {
    let (_, after) = text.split_once("such as `")?;
    let (given, _) = after.split_once('`')?;
    match ty {
        Some("string") => Some(given.into()),
        _ => serde_json::from_str(given).ok(),
    }
}

/// Gives the fields of a record the examples of their comments and, of an input, the bounds of their forms: vendors keep to none.
pub fn complete(defs: &Map<String, Value>, record: &mut Value, input: bool) {
    let properties = record.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let named = |schema: &Map<String, Value>| {
            let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
            let def = defs.get(name)?;
            let ty = if def["enum"].is_array() { Some("string") } else { def["type"].as_str() };
            Some((name.to_owned(), ty.map(str::to_owned)))
        };
        let ty = |schema: &Map<String, Value>| match schema.get("type").and_then(Value::as_str) {
            Some(ty) => Some(ty.to_owned()),
            None => named(schema).and_then(|(_, ty)| ty),
        };
        let says = property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let example = match property.get("items").and_then(Value::as_object) {
            Some(items) => {
                value(&says, ty(items).as_deref()).map(|item| if item.is_array() { item } else { json!([item]) })
            }
            None => value(&says, ty(property).as_deref()),
        };
        if let Some(example) = example {
            property.insert("examples".into(), json!([example]));
        }
        let single = named(property).filter(|(_, ty)| !matches!(ty.as_deref(), Some("object" | "array")));
        if let Some(form) = single.and_then(|(name, _)| Form::called(&name)).filter(|_| input) {
            form.bound(property);
        }
    }
    if let Some(cases) = record.get_mut("anyOf").and_then(Value::as_array_mut) {
        cases.iter_mut().for_each(|case| complete(defs, case, input));
    }
}
