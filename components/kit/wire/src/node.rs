//! JSON that borrows its texts from what it was read from.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::fmt::{self, Write};

/// A JSON value. Names and texts without escapes stay where they were read from, and an object is a list of its members in
/// their order: reading an answer with `serde_json::Value` takes several times as long, mostly to allocate.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Node<'t> {
    /// `null`
    #[default]
    Null,
    /// `true` and `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Cow<'t, str>),
    /// An array.
    List(Vec<Node<'t>>),
    /// An object. Of several members of one name, the last counts.
    Object(Vec<Member<'t>>),
}

/// A member of an object: its name and its value.
pub type Member<'t> = (Cow<'t, str>, Node<'t>);

impl<'t> Node<'t> {
    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// It is none, or is nested deeper than 127 levels.
    pub fn parse(json: &'t [u8]) -> Result<Node<'t>, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Node<'t>> {
        self.members()?.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Takes a member out of an object.
    pub fn remove(&mut self, name: &str) -> Option<Node<'t>> {
        let Node::Object(members) = self else { return None };
        let index = members.iter().rposition(|(known, _)| known == name)?;
        Some(members.swap_remove(index).1)
    }

    /// What a JSON pointer of plain names leads to. (`Value::pointer` also knows escapes, which takes a general string
    /// searcher in every component.)
    pub fn at(&self, pointer: &str) -> Option<&Node<'t>> {
        pointer.split('/').skip(1).try_fold(self, |value, name| value.get(name))
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[Member<'t>]> {
        match self {
            Node::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        *self == Node::Null
    }

    /// Whether it is an array.
    pub fn is_list(&self) -> bool {
        matches!(self, Node::List(_))
    }

    /// Whether lists and objects stand in each other deeper than so many levels.
    pub fn is_deeper_than(&self, levels: u8) -> bool {
        match self {
            Node::List(_) | Node::Object(_) if levels == 0 => true,
            Node::List(items) => items.iter().any(|item| item.is_deeper_than(levels - 1)),
            Node::Object(members) => members.iter().any(|(_, value)| value.is_deeper_than(levels - 1)),
            _ => false,
        }
    }

    /// Changes each text, and each name of a member if `names` is set.
    pub fn each_text(&mut self, names: bool, change: &mut dyn FnMut(&mut Cow<'t, str>)) {
        match self {
            Node::Text(text) => change(text),
            Node::List(items) => items.iter_mut().for_each(|item| item.each_text(names, change)),
            Node::Object(members) => {
                for (name, value) in members {
                    if names {
                        change(name);
                    }
                    value.each_text(names, change);
                }
            }
            _ => {}
        }
    }

    /// The same, for code that makes and changes values. Of several members of one name, the last is left.
    pub fn into_value(self) -> Value {
        match self {
            Node::Null => Value::Null,
            Node::Bool(truth) => truth.into(),
            Node::Number(number) => Value::Number(number),
            Node::Text(text) => Value::String(text.into_owned()),
            Node::List(items) => Value::Array(items.into_iter().map(Node::into_value).collect()),
            Node::Object(members) => {
                let mut object = serde_json::Map::new();
                members.into_iter().for_each(|(name, value)| _ = object.insert(name.into_owned(), value.into_value()));
                Value::Object(object)
            }
        }
    }
}

impl From<Value> for Node<'static> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Node::Null,
            Value::Bool(truth) => Node::Bool(truth),
            Value::Number(number) => Node::Number(number),
            Value::String(text) => Node::Text(text.into()),
            Value::Array(items) => Node::List(items.into_iter().map(Node::from).collect()),
            Value::Object(members) => {
                Node::Object(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
            }
        }
    }
}

impl<'t> From<&'t str> for Node<'t> {
    fn from(text: &'t str) -> Self {
        Node::Text(text.into())
    }
}

impl Node<'_> {
    /// As JSON.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(self.room());
        self.put(&mut json);
        json
    }

    /// How long it is as JSON, about.
    fn room(&self) -> usize {
        match self {
            Node::Text(text) => text.len() + 3,
            Node::List(items) => items.iter().map(Node::room).sum::<usize>() + 2,
            Node::Object(members) => {
                members.iter().map(|(name, value)| name.len() + 4 + value.room()).sum::<usize>() + 2
            }
            _ => 8,
        }
    }

    fn put(&self, json: &mut String) {
        match self {
            Node::Null => json.push_str("null"),
            Node::Bool(truth) => json.push_str(if *truth { "true" } else { "false" }),
            // Writing to a text cannot fail.
            Node::Number(number) => _ = write!(json, "{number}"),
            Node::Text(text) => put_text(json, text),
            Node::List(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    item.put(json);
                }
                json.push(']');
            }
            Node::Object(members) => {
                json.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    put_text(json, name);
                    json.push(':');
                    value.put(json);
                }
                json.push('}');
            }
        }
    }
}

fn put_text(json: &mut String, text: &str) {
    if is_plain(text.as_bytes()) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Whether JSON has the text as it is: without control characters, quotes and backslashes. Eight bytes at a time.
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of each byte that is less than `n`, and of some others if there is one.
    let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & (ONES * 0x80);
    let (words, rest) = text.as_chunks::<8>();
    words.iter().all(|word| {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
        less(word, 0x20) | is(b'"') | is(b'\\') == 0
    }) && !rest.iter().any(|b| *b < 0x20 || *b == b'"' || *b == b'\\')
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'de>, E> {
        Ok(Number::from_f64(number).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Node::Object(members))
    }
}

/// A member's name. (serde gives `Cow` owned texts only.)
struct Name<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(OfName)
    }
}

struct OfName;

impl<'de> Visitor<'de> for OfName {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }
}

#[cfg(test)]
mod tests;
