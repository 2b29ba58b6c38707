//! A document as a tree, in the order in which it is written.
//!
//! `serde_json::Value` sorts members in this workspace, and what people read should be in the order in which the vendor
//! wrote it. The number of values and the length of texts are bounded while they are read, so that aliases of YAML cannot explode.

use crate::problem::Problem;
use crate::refs::At;
use crate::yaml::yaml;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Number, Value};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// The most bytes that are read.
const MOST_BYTES: usize = 32 << 20;
/// The most values that are read: about 100 bytes each. Each piece of a text counts as one more.
pub(crate) const MOST_VALUES: usize = 3_000_000;
const PIECE: usize = 64;
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
    /// Names that the document has several times here.
    twice: Box<[String]>,
}

impl Object {
    /// Of an object's own members, and of those that YAML merges into it: of the same name the last counts, and own ones do.
    fn of(own: Vec<(String, Node)>, merged: Vec<(String, Node)>) -> Object {
        let (own, twice) = Object::without_twice(own);
        if merged.is_empty() {
            return Object { members: own, sorted: Box::default(), twice }.indexed();
        }
        let (members, _) = Object::without_twice(merged.into_iter().chain(own).collect());
        Object { members, sorted: Box::default(), twice }.indexed()
    }

    fn order(members: &[(String, Node)]) -> Vec<u32> {
        let mut sorted: Vec<u32> = (0..members.len() as u32).collect();
        sorted.sort_by(|a, b| members[*a as usize].0.cmp(&members[*b as usize].0).then(a.cmp(b)));
        sorted
    }

    /// The last members of the same name each, and the names of which there were several.
    fn without_twice(mut members: Vec<(String, Node)>) -> (Vec<(String, Node)>, Box<[String]>) {
        let name = |index: u32| &members[index as usize].0;
        let sorted = Object::order(&members);
        let earlier: HashSet<u32> =
            sorted.windows(2).filter(|pair| name(pair[0]) == name(pair[1])).map(|pair| pair[0]).collect();
        let mut names: Vec<String> = earlier.iter().map(|index| name(*index).clone()).collect();
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            let mut index = 0;
            members.retain(|_| {
                index += 1;
                !earlier.contains(&(index - 1))
            });
        }
        (members, names.into())
    }

    fn indexed(self) -> Object {
        let sorted = if self.members.len() < LARGE { Vec::new() } else { Object::order(&self.members) };
        Object { sorted: sorted.into(), ..self }
    }

    fn index(&self, name: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.members.iter().position(|(known, _)| known == name);
        }
        let found = self.sorted.binary_search_by(|index| self.members[*index as usize].0.as_str().cmp(name)).ok()?;
        Some(self.sorted[found] as usize)
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.index(name).map(|index| &self.members[index].1)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.index(name).map(|index| &mut self.members[index].1)
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

    /// The pointers of members that the document has several times, at most so many.
    pub fn twice(&self, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        self.find_twice(&At::pointer(""), most, &mut found);
        found
    }

    fn find_twice(&self, at: &At<'_>, most: usize, found: &mut Vec<String>) {
        match self {
            Node::List(items) => items.iter().enumerate().for_each(|(index, item)| {
                item.find_twice(&at.member(&index.to_string()), most, found);
            }),
            Node::Object(object) => {
                let left = most.saturating_sub(found.len());
                found.extend(object.twice.iter().take(left).map(|name| at.member(name).text()));
                object.iter().for_each(|(name, node)| node.find_twice(&at.member(name), most, found));
            }
            _ => {}
        }
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

/// Reads a value, as long as there may be more.
#[derive(Clone, Copy)]
pub(crate) struct Seed<'c> {
    pub left: &'c Cell<usize>,
    pub yaml: bool,
}

impl Seed<'_> {
    /// Pays for a value, or for a text of this length.
    fn spend<E: Error>(self, length: usize) -> Result<(), E> {
        let left = self.left.get().saturating_sub(1 + length / PIECE);
        self.left.set(left);
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
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let (mut members, mut merged) = (Vec::new(), Vec::new());
        while let Some(name) = from.next_key::<String>()? {
            self.spend(name.len())?;
            let value = from.next_value_seed(self)?;
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
