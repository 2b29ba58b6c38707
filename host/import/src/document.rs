//! A document as a tree, in the order in which it is written.
//!
//! `serde_json::Value` sorts members in this workspace, and what people read should be in the order in which the vendor
//! wrote it. The number of values is bounded while they are read, so that aliases of YAML cannot explode.

use crate::problem::Problem;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Number, Value};
use std::cell::Cell;
use std::fmt;

/// The most bytes that are read.
const MOST_BYTES: usize = 32 << 20;
/// The most values that are read: about 100 bytes each.
const MOST_VALUES: usize = 3_000_000;
/// The most marks in YAML that may begin a value. The reader keeps all of them before it gives the first.
const MOST_MARKS: usize = 2_500_000;
/// From here on, an object has an index.
const LARGE: usize = 16;
const TOO_MANY: &str = "too many values";

/// A value of a document.
#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Object),
}

/// The members of an object. No name comes twice.
#[derive(Debug, Default)]
pub(crate) struct Object {
    members: Vec<(String, Node)>,
    /// The members by name; empty where there are few.
    sorted: Box<[u32]>,
}

impl Object {
    /// Of members of which the last of the same name counts.
    fn of(mut members: Vec<(String, Node)>) -> Object {
        let mut sorted: Vec<u32> = (0..members.len() as u32).collect();
        sorted.sort_by(|a, b| members[*a as usize].0.cmp(&members[*b as usize].0).then(a.cmp(b)));
        let same = |a: u32, b: u32| members[a as usize].0 == members[b as usize].0;
        let twice: Vec<u32> = sorted.windows(2).filter(|pair| same(pair[0], pair[1])).map(|pair| pair[0]).collect();
        if !twice.is_empty() {
            let mut index = 0;
            let twice: std::collections::HashSet<u32> = twice.into_iter().collect();
            members.retain(|_| {
                index += 1;
                !twice.contains(&(index - 1))
            });
            return Object::of(members);
        }
        let sorted = if members.len() < LARGE { Box::default() } else { sorted.into_boxed_slice() };
        Object { members, sorted }
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        if self.sorted.is_empty() {
            return self.members.iter().find(|(known, _)| known == name).map(|(_, node)| node);
        }
        let found = self.sorted.binary_search_by(|index| self.members[*index as usize].0.as_str().cmp(name)).ok()?;
        Some(&self.members[self.sorted[found] as usize].1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.members.iter().map(|(name, node)| (name.as_str(), node))
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl Node {
    /// Reads JSON or YAML.
    pub fn read(bytes: &[u8]) -> Result<Node, Problem> {
        if bytes.len() > MOST_BYTES {
            return Err(Problem::TooLarge { bytes: bytes.len(), most: MOST_BYTES });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?.trim_start_matches('\u{feff}').trim();
        match text.chars().next() {
            None => Err(Problem::Empty),
            Some('<') => Err(Problem::NotADocument { found: "a page of HTML or XML".to_owned() }),
            Some('{' | '[') => match json(text) {
                // What is no JSON may be YAML that begins alike.
                Err(problem @ Problem::Unreadable { .. }) => yaml(text).map_err(|_| problem),
                read => read,
            },
            Some(_) => yaml(text),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.object()?.get(name)
    }

    pub fn object(&self) -> Option<&Object> {
        match self {
            Node::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Node]> {
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member, unless it is blank.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// The items of a member; none where it is no list.
    pub fn items(&self, name: &str) -> &[Node] {
        self.get(name).and_then(Node::list).unwrap_or_default()
    }

    /// The members of a member; none where it is no object.
    pub fn members(&self, name: &str) -> impl Iterator<Item = (&str, &Node)> {
        self.get(name).and_then(Node::object).into_iter().flat_map(Object::iter)
    }

    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Node::Bool(true)))
    }

    /// A text, number or boolean as text.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Node::Text(text) => Some(text.clone()),
            Node::Number(number) => Some(number.to_string()),
            Node::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// Where it is, for telling nodes apart.
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// What it is, in a word.
    pub fn what(&self) -> &'static str {
        match self {
            Node::Null => "nothing",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Text(_) => "a text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }

    /// A text, number or boolean as JSON.
    pub fn plain(&self) -> Option<Value> {
        match self {
            Node::Bool(truth) => Some((*truth).into()),
            Node::Number(number) => Some(number.clone().into()),
            Node::Text(text) => Some(text.as_str().into()),
            _ => None,
        }
    }
}

fn json(text: &str) -> Result<Node, Problem> {
    let left = Cell::new(MOST_VALUES);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Seed { left: &left, yaml: false }.deserialize(&mut reader);
    read.and_then(|node| reader.end().map(|()| node)).map_err(|error| match left.get() {
        0 => Problem::TooManyValues { most: MOST_VALUES },
        _ if error.is_eof() => Problem::CutOff { message: error.to_string() },
        _ => Problem::Unreadable { message: error.to_string() },
    })
}

fn yaml(text: &str) -> Result<Node, Problem> {
    let alone = text.bytes().filter(|byte| b"\n,[{".contains(byte)).count();
    let spaced = text.as_bytes().windows(2).filter(|pair| pair[1] == b' ' && b"-?:".contains(&pair[0])).count();
    if alone + spaced > MOST_MARKS {
        return Err(Problem::TooManyValues { most: MOST_MARKS });
    }
    let left = Cell::new(MOST_VALUES);
    let read = Seed { left: &left, yaml: true }.deserialize(yaml_serde::Deserializer::from_str(text));
    read.map_err(|error| match error.to_string() {
        _ if left.get() == 0 => Problem::TooManyValues { most: MOST_VALUES },
        message if message.contains("repetition limit") => Problem::TooManyValues { most: MOST_VALUES },
        message => Problem::Unreadable { message },
    })
}

/// Reads a value, as long as there may be more.
#[derive(Clone, Copy)]
struct Seed<'c> {
    left: &'c Cell<usize>,
    yaml: bool,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        match self.left.get() {
            0 => return Err(D::Error::custom(TOO_MANY)),
            left => self.left.set(left - 1),
        }
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

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
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
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = from.next_value_seed(self)?;
            members.push((name, value));
        }
        if self.yaml {
            merge(&mut members);
        }
        Ok(Node::Object(Object::of(members)))
    }

    /// A value with a tag of YAML, which says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<Node, A::Error> {
        let (IgnoredAny, tagged) = from.variant()?;
        tagged.newtype_variant_seed(self)
    }
}

/// Puts the members of `<<` in front, where those of the object itself win.
fn merge(members: &mut Vec<(String, Node)>) {
    let Some(at) = members.iter().position(|(name, _)| name == "<<") else { return };
    let merged = match members.remove(at).1 {
        Node::Object(object) => object.members,
        Node::List(list) => {
            let objects = list.into_iter().rev().filter_map(|node| match node {
                Node::Object(object) => Some(object.members),
                _ => None,
            });
            objects.flatten().collect()
        }
        _ => Vec::new(),
    };
    members.splice(0..0, merged);
}
