//! JSON that borrows its texts from what it was read from.

use crate::same_word;
use crate::unread::Unread;
use scan::{plain, put_digits};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::fmt::Write;

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
    /// An array of an answer whose items are read when they are asked for; see [`Node::read_lazily`].
    Unread(Unread<'t>),
    /// An object. Of several members of one name, the last counts.
    Object(Vec<Member<'t>>),
}

/// A member of an object: its name and its value.
pub type Member<'t> = (Cow<'t, str>, Node<'t>);

impl<'t> Node<'t> {
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
        matches!(self, Node::Null)
    }

    /// Whether it is an array.
    pub fn is_list(&self) -> bool {
        matches!(self, Node::List(_) | Node::Unread(_))
    }

    /// The items of an array.
    pub fn items(&self) -> Option<Cow<'_, [Node<'t>]>> {
        match self {
            Node::List(items) => Some(Cow::Borrowed(items)),
            Node::Unread(unread) => Some(Cow::Owned(unread.items())),
            _ => None,
        }
    }

    /// The items of an array, for changes to them.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Node<'t>>> {
        if let Node::Unread(unread) = self {
            *self = Node::List(unread.items());
        }
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether lists and objects stand in each other deeper than so many levels.
    pub fn is_deeper_than(&self, levels: u8) -> bool {
        match self {
            Node::List(_) | Node::Unread(_) | Node::Object(_) if levels == 0 => true,
            Node::Object(members) => members.iter().any(|(_, value)| value.is_deeper_than(levels - 1)),
            list => list.items().is_some_and(|items| items.iter().any(|item| item.is_deeper_than(levels - 1))),
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
            Node::Unread(unread) => Node::List(unread.items()).into_value(),
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
            Node::Object(members) => {
                members.iter().map(|(name, value)| name.len() + 4 + value.room()).sum::<usize>() + 2
            }
            Node::List(items) => items.iter().map(Node::room).sum::<usize>() + 2,
            _ => 8,
        }
    }

    pub(crate) fn put(&self, json: &mut String) {
        match self {
            Node::Null => json.push_str("null"),
            Node::Bool(truth) => json.push_str(if *truth { "true" } else { "false" }),
            // Writing to a text cannot fail.
            Node::Number(number) => match number.as_u64() {
                Some(number) => put_digits(json, number),
                None => _ = write!(json, "{number}"),
            },
            Node::Text(text) => put_text(json, text),
            Node::List(_) | Node::Unread(_) => {
                json.push('[');
                for (index, item) in self.items().unwrap_or_default().iter().enumerate() {
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

/// A text as JSON has it.
pub(crate) fn put_text(json: &mut String, text: &str) {
    json.push('"');
    let mut rest = text;
    loop {
        let (before, after) = rest.split_at_checked(plain(rest.as_bytes())).unwrap_or((rest, ""));
        json.push_str(before);
        let mut after = after.chars();
        let Some(odd) = after.next() else { break };
        rest = after.as_str();
        put_escaped(json, odd);
    }
    json.push('"');
}

#[cold]
fn put_escaped(json: &mut String, odd: char) {
    json.push('\\');
    match odd {
        '\n' => json.push('n'),
        '\r' => json.push('r'),
        '\t' => json.push('t'),
        '\u{8}' => json.push('b'),
        '\u{c}' => json.push('f'),
        '"' | '\\' => json.push(odd),
        // Writing to a text cannot fail.
        _ => _ = write!(json, "u{:04x}", u32::from(odd)),
    }
}

/// Takes away members that are never passed on, whatever they hold and however deep they stand; with `instead`, only what they
/// hold. Without it, lists that are unread stay so: who reads them does the same to their items.
pub fn withhold(answer: &mut Node<'_>, names: &[&str], instead: Option<&'static str>) {
    if names.is_empty() {
        return;
    }
    match answer {
        Node::Unread(_) if instead.is_none() => {}
        Node::Object(members) => {
            let is_withheld = |member: &str| names.iter().any(|name| same_word(name, member));
            members.retain(|(name, _)| instead.is_some() || !is_withheld(name));
            for (name, value) in members {
                match instead {
                    Some(instead) if is_withheld(name) => *value = instead.into(),
                    _ => withhold(value, names, instead),
                }
            }
        }
        list => list.items_mut().into_iter().flatten().for_each(|item| withhold(item, names, instead)),
    }
}

#[cfg(test)]
mod tests;
