//! WIT's types to JSON: a serialiser that builds a document.

use super::{Names, plain};
use serde::ser::{self, Serialize, Serializer};
use serde_json::{Map, Value};
use std::fmt;

/// Writes a value as `names` spells it. An option that is none is left out; so is an empty list, except for callers.
///
/// Fails only where a field of the WIT type `json` holds something else; the error is the field's name on the callers'
/// side.
#[inline(never)]
pub fn write<T: Serialize>(value: &T, names: &Names) -> Result<Value, NotJson> {
    value.serialize(Writer { names, field: "" })
}

/// The field that should hold a JSON document and does not.
#[derive(Debug)]
pub struct NotJson(pub String);

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected a JSON document", self.0)
    }
}

impl std::error::Error for NotJson {}

impl ser::Error for NotJson {
    fn custom<T: fmt::Display>(field: T) -> Self {
        NotJson(field.to_string())
    }
}

#[derive(Clone, Copy)]
struct Writer<'n> {
    names: &'n Names,
    field: &'static str,
}

impl Writer<'_> {
    fn text(self, text: &str) -> Result<Value, NotJson> {
        if self.names.holds_json(self.field) {
            return serde_json::from_slice(text.as_bytes()).map_err(|_| NotJson(super::kebab(plain(self.field))));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn truth(self, truth: bool) -> Value {
        if self.names.bits.contains(&plain(self.field)) { Value::from(u8::from(truth)) } else { Value::Bool(truth) }
    }
}

macro_rules! plainly {
    ($($method:ident($ty:ty))*) => {
        $(fn $method(self, value: $ty) -> Result<Value, NotJson> {
            Ok(Value::from(value))
        })*
    };
}

impl<'n> Serializer for Writer<'n> {
    type Ok = Value;
    type Error = NotJson;
    type SerializeSeq = List<'n>;
    type SerializeTuple = List<'n>;
    type SerializeTupleStruct = ser::Impossible<Value, NotJson>;
    type SerializeTupleVariant = ser::Impossible<Value, NotJson>;
    type SerializeMap = ser::Impossible<Value, NotJson>;
    type SerializeStruct = Record<'n>;
    type SerializeStructVariant = ser::Impossible<Value, NotJson>;

    plainly! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64)
    }

    fn serialize_bool(self, truth: bool) -> Result<Value, NotJson> {
        Ok(self.truth(truth))
    }

    fn serialize_char(self, c: char) -> Result<Value, NotJson> {
        Ok(Value::String(c.to_string()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, NotJson> {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, NotJson> {
        Ok(bytes.into())
    }

    fn serialize_none(self) -> Result<Value, NotJson> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, NotJson> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NotJson> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, NotJson> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, NotJson> {
        Ok(Value::String(self.names.word(variant).into_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, NotJson> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, NotJson> {
        let value = value.serialize(self)?;
        if variant == "Other" {
            return Ok(value);
        }
        Ok(Value::Object(Map::from_iter([(self.names.word(variant).into_owned(), value)])))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<List<'n>, NotJson> {
        Ok(List { items: Vec::with_capacity(len.unwrap_or(0)), writer: self })
    }

    fn serialize_tuple(self, len: usize) -> Result<List<'n>, NotJson> {
        self.serialize_seq(Some(len))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Record<'n>, NotJson> {
        Ok(Record { members: Map::new(), names: self.names })
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NotJson> {
        Err(NotJson(name.to_owned()))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotJson> {
        Err(NotJson(name.to_owned()))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NotJson> {
        Err(NotJson(self.field.to_owned()))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NotJson> {
        Err(NotJson(name.to_owned()))
    }
}

struct List<'n> {
    items: Vec<Value>,
    writer: Writer<'n>,
}

impl ser::SerializeSeq for List<'_> {
    type Ok = Value;
    type Error = NotJson;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotJson> {
        self.items.push(item.serialize(self.writer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NotJson> {
        Ok(Value::Array(self.items))
    }
}

impl ser::SerializeTuple for List<'_> {
    type Ok = Value;
    type Error = NotJson;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotJson> {
        ser::SerializeSeq::serialize_element(self, item)
    }

    fn end(self) -> Result<Value, NotJson> {
        ser::SerializeSeq::end(self)
    }
}

struct Record<'n> {
    members: Map<String, Value>,
    names: &'n Names,
}

impl ser::SerializeStruct for Record<'_> {
    type Ok = Value;
    type Error = NotJson;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Result<(), NotJson> {
        let value = value.serialize(Writer { names: self.names, field })?;
        self.put(field, value);
        Ok(())
    }

    fn end(self) -> Result<Value, NotJson> {
        Ok(Value::Object(self.members))
    }
}

impl Record<'_> {
    fn put(&mut self, field: &str, value: Value) {
        let empty = value.is_null() || !self.names.strict && value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            self.members.insert(self.names.member(field).into_owned(), value);
        }
    }
}
