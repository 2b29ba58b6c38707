//! A value in WIT's spelling → what a vendor wants.

use super::read::decimal;
use super::{Kind, Names, Type};
use serde_json::{Map, Value};

/// Writes a value as `names` spells it. What is none or an empty list is left out.
pub fn write(ty: &Type, value: &Value, names: &Names) -> Value {
    match (&ty.kind, value) {
        (Kind::Option { some, .. }, value) => write(some, value, names),
        (Kind::List(item), Value::Array(items)) => items.iter().map(|value| write(item, value, names)).collect(),
        (Kind::Record(fields), Value::Object(members)) => {
            let mut record = Map::new();
            for field in *fields {
                let Some(value) = members.get(field.name) else { continue };
                let value = match value {
                    Value::Null => continue,
                    Value::Array(items) if items.is_empty() => continue,
                    Value::Bool(truth) if names.bits.contains(&field.name) => u8::from(*truth).into(),
                    Value::Object(rest) if field.name == "extra" => {
                        // What the vendor takes and the interface does not name. Named members win.
                        rest.iter().for_each(|(name, value)| _ = record.entry(name).or_insert_with(|| value.clone()));
                        continue;
                    }
                    Value::String(id) if names.digits.contains(&field.name) => number(id),
                    Value::String(amount) if names.decimals.contains(&field.name) => {
                        decimal(amount).unwrap_or_else(|| value.clone())
                    }
                    value => write(field.ty, value, names),
                };
                record.insert(names.member(field.name).into_owned(), value);
            }
            Value::Object(record)
        }
        (Kind::Enum(_), Value::String(word)) => names.word(word).into(),
        (Kind::Variant { cases, .. }, Value::String(word)) if cases.iter().any(|case| case.name == word) => {
            names.word(word).into()
        }
        (Kind::Variant { cases, .. }, Value::Object(members)) => {
            let mut case = Map::new();
            for (name, value) in members {
                let holds = cases.iter().find(|case| case.name == name).and_then(|case| case.holds);
                let value = holds.map_or_else(|| value.clone(), |ty| write(ty, value, names));
                case.insert(names.member(name).into_owned(), value);
            }
            Value::Object(case)
        }
        (_, value) => value.clone(),
    }
}

/// An id as a number, unless it is more than a number can hold.
fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| id.into(), Value::from)
}
