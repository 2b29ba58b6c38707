//! JSON documents of any kind: also with numbers that no program can hold and with names that stand twice.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// A document, as it is written.
#[derive(Clone, PartialEq)]
pub enum Tree {
    /// Neither list nor object.
    Plain(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub fn of(value: &Value) -> Tree {
        match value {
            Value::Array(items) => Tree::List(items.iter().map(Tree::of).collect()),
            Value::Object(members) => {
                Tree::Object(members.iter().map(|(name, value)| (name.clone(), Tree::of(value))).collect())
            }
            plain => Tree::Plain(plain.to_string()),
        }
    }

    pub fn text(text: &str) -> Tree {
        Tree::of(&Value::from(text))
    }

    /// How many documents it is made of, with itself.
    pub fn size(&self) -> usize {
        1 + self.children().into_iter().map(Tree::size).sum::<usize>()
    }

    /// The numbers of those documents; of a list, those in its first two items, since the others are like them.
    pub fn places(&self) -> Vec<usize> {
        let mut places = vec![0];
        let mut next = 1;
        for (index, child) in self.children().into_iter().enumerate() {
            if index < 2 || !matches!(self, Tree::List(_)) {
                places.extend(child.places().into_iter().map(|place| next + place));
            }
            next += child.size();
        }
        places
    }

    fn children(&self) -> Vec<&Tree> {
        match self {
            Tree::Plain(_) => Vec::new(),
            Tree::List(items) => items.iter().collect(),
            Tree::Object(members) => members.iter().map(|(_, value)| value).collect(),
        }
    }

    /// The document number `at` of those that it is made of, of which it is the first.
    pub fn at(&self, mut at: usize) -> Option<&Tree> {
        if at == 0 {
            return Some(self);
        }
        at -= 1;
        for child in self.children() {
            match child.size() {
                size if at < size => return child.at(at),
                size => at -= size,
            }
        }
        None
    }

    /// The same with another document at that place.
    pub fn with(&self, at: usize, other: &Tree) -> Tree {
        if at == 0 {
            return other.clone();
        }
        let mut left = Some(at - 1);
        let mut child = |child: &Tree| match left {
            Some(at) if at < child.size() => {
                left = None;
                child.with(at, other)
            }
            at => {
                left = at.map(|at| at - child.size());
                child.clone()
            }
        };
        match self {
            Tree::Plain(_) => self.clone(),
            Tree::List(items) => Tree::List(items.iter().map(child).collect()),
            Tree::Object(members) => {
                Tree::Object(members.iter().map(|(name, value)| (name.clone(), child(value))).collect())
            }
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Plain(text) => f.write_str(text),
            Tree::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Tree::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if index > 0 { "," } else { "" }, Value::from(&**name))?;
                }
                f.write_str("}")
            }
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The names and words that a vendor uses.
#[derive(Default)]
pub struct Words {
    pub names: BTreeSet<String>,
    pub texts: BTreeSet<String>,
}

impl Words {
    pub fn learn(&mut self, tree: &Tree) {
        match tree {
            Tree::Plain(text) => self.texts.extend(serde_json::from_str::<String>(text).ok()),
            Tree::List(items) => items.iter().for_each(|item| self.learn(item)),
            Tree::Object(members) => {
                for (name, value) in members {
                    self.names.insert(name.clone());
                    self.learn(value);
                }
            }
        }
    }

    /// Documents, of which many use these names and words.
    pub fn trees(&self) -> BoxedStrategy<Tree> {
        let texts = prop_oneof![
            2 => known(&self.texts),
            1 => any::<String>().boxed(),
            2 => select(TEXTS).prop_map(str::to_owned).boxed(),
            1 => (0u32..2000).prop_map(|length| "é".repeat(length as usize)).boxed(),
        ];
        let numbers = prop_oneof![
            any::<i64>().prop_map(|number| number.to_string()),
            any::<u64>().prop_map(|number| number.to_string()),
            (-3i8..100).prop_map(|number| number.to_string()),
            any::<f64>().prop_map(|number| Value::from(number).to_string()),
            select(NUMBERS).prop_map(str::to_owned),
        ];
        let plain = prop_oneof![
            1 => Just(Tree::Plain("null".to_owned())),
            1 => any::<bool>().prop_map(|truth| Tree::Plain(truth.to_string())),
            3 => numbers.prop_map(Tree::Plain),
            4 => texts.prop_map(|text| Tree::text(&text)),
        ];
        let names = prop_oneof![6 => known(&self.names), 1 => any::<String>().boxed()].boxed();
        let trees = plain.prop_recursive(4, 24, 6, move |inner| {
            prop_oneof![
                1 => vec(inner.clone(), 0..4).prop_map(Tree::List),
                3 => vec((names.clone(), inner), 0..6).prop_map(Tree::Object),
            ]
        });
        trees.boxed()
    }
}

fn known(words: &BTreeSet<String>) -> BoxedStrategy<String> {
    match words.iter().cloned().collect::<Vec<_>>() {
        none if none.is_empty() => any::<String>().boxed(),
        words => select(words).boxed(),
    }
}

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "", " ", "0", "1", "-1", "1.0", "1.50", "1e3", "1e400", "true", "No", "null", "NaN", "2026-02-30", "1772010000",
    "a/b", "..", "?x=1#y", "%2e%2e", "\u{0}", "\u{7f}\u{85}\u{2028}", "\u{1f30a}", "\"}],\\", "one two\r\nthree: four",
    "99999999999999999999",
];

#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "0", "-0", "-0.0", "0.5", "1.0", "1E+2", "255", "256", "65536", "4294967295", "4294967296", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    "18446744073709551616", "1e19", "1e300", "5e-324", "1e400", "-1e400", "0.1e-400", "123456789012345678901234567890",
];
