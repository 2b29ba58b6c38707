//! A document as a tree, in the order in which it is written.
//!
//! `serde_json::Value` sorts members in this workspace, and what people read should be in the order in which the vendor
//! wrote it.

use crate::problem::Problem;
use crate::reader::json;
use crate::refs::At;
use crate::yaml::yaml;
use serde_json::{Number, Value};
use std::collections::HashSet;

/// The most bytes that are read.
const MOST_BYTES: usize = 32 << 20;
/// From here on, an object has an index.
const LARGE: usize = 16;

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
    pub members: Vec<(String, Node)>,
    /// The members by name; empty where there are few.
    sorted: Box<[u32]>,
    /// Names that the document has several times here.
    twice: Box<[String]>,
}

impl Object {
    /// Of an object's own members, and of those that YAML merges into it: of the same name the last counts, and own ones do.
    pub fn of(own: Vec<(String, Node)>, merged: Vec<(String, Node)>) -> Object {
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
