//! YAML, in which texts of a schema may look like numbers: `1.10` among the words of a `string` is the text, and no 1.1.

use crate::document::Node;
use crate::problem::Problem;
use crate::reader::{MOST_VALUES, Read, Seed};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The most marks in YAML that may begin a value. The reader keeps all of them before it gives the first.
const MOST_MARKS: usize = 2_500_000;
/// Members of a schema that hold its values.
const VALUES: [&str; 5] = ["enum", "const", "default", "example", "examples"];

/// Reads YAML.
pub(crate) fn yaml(text: &str) -> Result<Node, Problem> {
    let alone = text.bytes().filter(|byte| b"\n,[{".contains(byte)).count();
    let spaced = text.as_bytes().windows(2).filter(|pair| pair[1] == b' ' && b"-?:".contains(&pair[0])).count();
    if alone + spaced > MOST_MARKS {
        return Err(Problem::TooManyValues { most: MOST_MARKS });
    }
    let read = Read::default();
    let node = Seed::new(&read, true).deserialize(yaml_serde::Deserializer::from_str(text));
    let line = |error: &yaml_serde::Error| error.location().map_or(1, |location| location.line());
    let mut node = node.map_err(|error| match (read.problem(line(&error)), error.to_string()) {
        (Some(problem), _) => problem,
        (None, message) if message.contains("repetition limit") => Problem::TooManyValues { most: MOST_VALUES },
        (None, message) => Problem::Unreadable { message },
    })?;
    if has_other_texts(&node) {
        // What cannot be read so stays as it is.
        _ = AsWritten { node: &mut node, is_text: false }.deserialize(yaml_serde::Deserializer::from_str(text));
    }
    Ok(node)
}

/// Whether a schema is of texts.
fn is_of_texts(node: &Node) -> bool {
    node.get("type").and_then(Node::as_str) == Some("string")
}

/// Whether there is a schema of texts with a value that looks like none.
fn has_other_texts(node: &Node) -> bool {
    let is_other = |node: &Node| matches!(node, Node::Number(_) | Node::Bool(_));
    match node {
        Node::List(items) => items.iter().any(has_other_texts),
        Node::Object(object) => {
            let values = || VALUES.iter().filter_map(|name| object.get(name));
            is_of_texts(node)
                && values().any(|node| is_other(node) || node.list().is_some_and(|all| all.iter().any(is_other)))
                || object.iter().any(|(_, node)| has_other_texts(node))
        }
        _ => false,
    }
}

/// Reads a document once more, and makes texts of values that have to be texts, as they are written.
struct AsWritten<'n> {
    node: &'n mut Node,
    is_text: bool,
}

impl<'de> DeserializeSeed<'de> for AsWritten<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        match self.node {
            Node::Object(_) => from.deserialize_map(self),
            Node::List(_) => from.deserialize_seq(self),
            Node::Number(_) | Node::Bool(_) if self.is_text => {
                *self.node = Node::Text(String::deserialize(from)?);
                Ok(())
            }
            _ => IgnoredAny::deserialize(from).map(|IgnoredAny| ()),
        }
    }
}

impl<'de> Visitor<'de> for AsWritten<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value that was read before")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<(), A::Error> {
        if let Node::List(items) = self.node {
            for node in items {
                from.next_element_seed(AsWritten { node, is_text: self.is_text })?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<(), A::Error> {
        let of_texts = is_of_texts(self.node);
        while let Some(name) = from.next_key::<String>()? {
            let known = match self.node {
                Node::Object(object) => object.get_mut(&name),
                _ => None,
            };
            match known {
                Some(node) => {
                    from.next_value_seed(AsWritten { node, is_text: of_texts && VALUES.contains(&&*name) })?;
                }
                None => _ = from.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}
