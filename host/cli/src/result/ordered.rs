//! JSON whose members stay in their order, which is that of the vendor's contract.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::fmt;

/// A document.
pub enum Ordered {
    Object(Vec<(String, Ordered)>),
    List(Vec<Ordered>),
    Plain(Value),
}

impl Ordered {
    /// The member at a path of names with dots between them.
    pub fn at(&self, path: &str) -> Option<&Ordered> {
        let Ordered::Object(members) = self else { return None };
        members.iter().find_map(|(name, value)| match path.strip_prefix(name.as_str())? {
            "" => Some(value),
            rest => value.at(rest.strip_prefix('.')?),
        })
    }

    /// Whether nothing stands there: null, an empty text, list or object.
    pub fn is_empty(&self) -> bool {
        match self {
            Ordered::Object(members) => members.is_empty(),
            Ordered::List(items) => items.is_empty(),
            Ordered::Plain(value) => value.is_null() || value == "",
        }
    }

    /// The same document as `serde_json` has it.
    pub fn value(&self) -> Value {
        match self {
            Ordered::Object(members) => members.iter().map(|(name, value)| (name.clone(), value.value())).collect(),
            Ordered::List(items) => items.iter().map(Ordered::value).collect(),
            Ordered::Plain(value) => value.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ordered, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Plain(Value::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Ordered, E> {
        Ok(Ordered::Plain(truth.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Ordered, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("no number of JSON"))?;
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Plain(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Ordered, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Ordered::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Ordered, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Ordered::Object(object))
    }
}
