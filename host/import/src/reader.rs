//! Reads JSON, and what is read of YAML, into a tree. The number and the nesting of values and the length of texts are bounded
//! while they are read, so that aliases of YAML cannot explode.

use crate::document::{Node, Object};
use crate::problem::Problem;
use crate::refs::escaped;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::Number;
use std::cell::{Cell, RefCell};
use std::fmt;

/// The most values that are read: about 100 bytes each. Each piece of a text counts as one more.
pub(crate) const MOST_VALUES: usize = 3_000_000;
const PIECE: usize = 64;
/// The deepest that lists and objects are nested in each other. The deepest of 4,280 public documents has 42 levels, and the
/// readers of JSON and YAML go no deeper than 127.
const DEEPEST: usize = 120;
/// The most names of a place that is too deep.
const MOST_NAMES: usize = 8;
const TOO_MANY: &str = "too many values";

/// Reads JSON.
pub(crate) fn json(text: &str) -> Result<Node, Problem> {
    let read = Read::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Seed::new(&read, false).deserialize(&mut reader);
    node.and_then(|node| reader.end().map(|()| node)).map_err(|error| match read.problem(error.line()) {
        Some(problem) => problem,
        None if error.is_eof() => Problem::CutOff { message: error.to_string() },
        None => Problem::Unreadable { message: error.to_string() },
    })
}

/// What there is to know while a document is read.
pub(crate) struct Read {
    /// How many values may follow.
    left: Cell<usize>,
    is_too_deep: Cell<bool>,
    /// Where reading ended too early: the names on the way, the innermost first.
    place: RefCell<Vec<String>>,
}

impl Default for Read {
    fn default() -> Read {
        Read { left: Cell::new(MOST_VALUES), is_too_deep: Cell::default(), place: RefCell::default() }
    }
}

impl Read {
    /// Which bound is exceeded, if one is.
    pub fn problem(&self, line: usize) -> Option<Problem> {
        if self.left.get() == 0 {
            return Some(Problem::TooManyValues { most: MOST_VALUES });
        }
        self.is_too_deep.get().then(|| {
            let place = self.place.borrow();
            let names = place.iter().rev().take(MOST_NAMES).map(|name| format!("/{}", escaped(name)));
            Problem::TooDeep { most: DEEPEST, place: names.collect::<String>() + "/…", line }
        })
    }
}

/// Reads a value, as long as there may be more.
#[derive(Clone, Copy)]
pub(crate) struct Seed<'c> {
    read: &'c Read,
    yaml: bool,
    depth: usize,
}

impl<'c> Seed<'c> {
    pub fn new(read: &'c Read, yaml: bool) -> Seed<'c> {
        Seed { read, yaml, depth: 0 }
    }

    /// For what is inside of a list or an object.
    fn inner<E: Error>(self) -> Result<Seed<'c>, E> {
        if self.depth == DEEPEST {
            self.read.is_too_deep.set(true);
            return Err(E::custom("nested too deep"));
        }
        Ok(Seed { depth: self.depth + 1, ..self })
    }

    /// Notes on the way out of an error where it is.
    fn note(self, name: impl Into<String>) {
        self.read.place.borrow_mut().push(name.into());
    }

    /// Pays for a value, or for a text of this length.
    fn spend<E: Error>(self, length: usize) -> Result<(), E> {
        let left = self.read.left.get().saturating_sub(1 + length / PIECE);
        self.read.left.set(left);
        if left == 0 { Err(E::custom(TOO_MANY)) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        self.spend(0)?;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Number::from_f64(number).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Node, E> {
        self.spend(text.len())?;
        Ok(Node::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let (inner, mut items) = (self.inner()?, Vec::new());
        while let Some(item) = from.next_element_seed(inner).inspect_err(|_| self.note(items.len().to_string()))? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let (inner, mut members, mut merged) = (self.inner()?, Vec::new(), Vec::new());
        while let Some(name) = from.next_key::<String>()? {
            self.spend(name.len())?;
            let value = from.next_value_seed(inner).inspect_err(|_| self.note(&*name))?;
            match name.as_str() {
                "<<" if self.yaml => merge(value, &mut merged),
                _ => members.push((name, value)),
            }
        }
        Ok(Node::Object(Object::of(members, merged)))
    }

    /// A value with a tag of YAML, which says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<Node, A::Error> {
        let (IgnoredAny, tagged) = from.variant()?;
        tagged.newtype_variant_seed(self)
    }
}

/// Adds what `<<` stands for: an object, or objects of which earlier ones win.
fn merge(value: Node, merged: &mut Vec<(String, Node)>) {
    match value {
        Node::Object(object) => merged.extend(object.members),
        Node::List(list) => list.into_iter().rev().for_each(|node| merge(node, merged)),
        _ => {}
    }
}
