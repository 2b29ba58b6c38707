//! A value in WIT's spelling → what a vendor wants.

use super::read::decimal;
use super::{Field, Kind, Names, Node, Type};
use scan::has;
use serde_json::{Map, Value};

/// Writes a value as `names` spells it. What is none or an empty list is left out.
pub fn write(ty: &Type, value: &Node<'_>, names: &Names) -> Value {
    match (&ty.kind, value) {
        (Kind::Option { some, .. }, value) => write(some, value, names),
        (Kind::List(item), Node::List(items)) => items.iter().map(|value| write(item, value, names)).collect(),
        (Kind::Record(fields), Node::Object(_)) => {
            let mut record = Map::new();
            for field in *fields {
                let Some(value) = value.get(field.name) else { continue };
                if let (Node::Object(rest), "extra") = (value, field.name) {
                    // What the vendor takes and the interface does not name. Named members win.
                    for (name, value) in rest {
                        record.entry(&**name).or_insert_with(|| value.clone().into_value());
                    }
                } else if let Some(value) = member(field, value, names) {
                    record.insert(names.member(field.name).into_owned(), value);
                }
            }
            Value::Object(record)
        }
        (Kind::Enum(_), Node::Text(word)) => names.word(word).into(),
        (Kind::Variant { cases, .. }, Node::Text(word)) if cases.iter().any(|case| case.name == word) => {
            names.word(word).into()
        }
        (Kind::Variant { cases, .. }, Node::Object(members)) => {
            let mut case = Map::new();
            for (name, value) in members {
                let holds = cases.iter().find(|case| case.name == name).and_then(|case| case.holds);
                let value = holds.map_or_else(|| value.clone().into_value(), |ty| write(ty, value, names));
                case.insert(names.member(name).into_owned(), value);
            }
            Value::Object(case)
        }
        (_, value) => value.clone().into_value(),
    }
}

/// The value of a record's field, unless it is none or an empty list.
pub fn member(field: &Field, value: &Node<'_>, names: &Names) -> Option<Value> {
    let is_number = || !names.numeric_ids_as_text && has(names.numeric_ids, field.name);
    Some(match value {
        Node::Null => return None,
        Node::List(items) if items.is_empty() => return None,
        Node::Bool(truth) if has(names.bools_as_ints, field.name) => u8::from(*truth).into(),
        Node::Text(id) if is_number() => number(id),
        Node::List(ids) if is_number() => ids.iter().filter_map(Node::as_str).map(number).collect(),
        Node::Text(amount) if has(names.decimals, field.name) => {
            decimal(amount).map_or_else(|| (&**amount).into(), Value::Number)
        }
        value => write(field.ty, value, names),
    })
}

/// An id as a number, unless it is more than a number can hold.
fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| id.into(), Value::from)
}
