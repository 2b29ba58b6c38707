//! What somebody sent → a value in WIT's spelling.

mod direct;
mod first;
mod json;
mod list;
mod plain;
mod record;

use super::{Case, Form, Kind, Names, Node, Sink, Spelling, Tree, Type, joined, respell, same_word, withhold};
pub use first::first_text;
pub use list::{ListAt, read_with_list};
pub(super) use plain::decimal;
use plain::{bare, is_too_great, is_zero, number, shown, trim, without_zeros};
use record::Known;
use scan::has;
use serde_json::Number;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

/// Reads a value that stands at `root` (`input`, `response`), as `names` spells it.
///
/// In what comes out, an option that is none is left out, and a list is always there.
///
/// # Errors
///
/// What is there is not what the type says.
pub fn read<'t>(ty: &Type, value: &Node<'t>, names: &Names, root: &str) -> Result<Node<'t>, ReadError> {
    let mut tree = Tree::default();
    read_into(ty, value, names, root, &mut tree)?;
    Ok(tree.take())
}

/// As [`read`]. What `out` has after an error is good for nothing.
///
/// # Errors
///
/// As [`read`].
pub fn read_into<'t>(
    ty: &Type,
    value: &Node<'t>,
    names: &Names,
    root: &str,
    out: &mut dyn Sink<'t>,
) -> Result<(), ReadError> {
    let known = RefCell::default();
    let place = Place { up: None, step: Step::Root(root) };
    Reader { names, known: &known, place, field: "", zero_is_none: false }.value(ty, value, out)
}

/// Why something could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// The place, such as `response[3].billable`.
    pub at: String,
    /// What was expected there and what came.
    pub problem: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for ReadError {}

#[derive(Clone, Copy)]
struct Place<'p> {
    up: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root(&'p str),
    Member(&'p str),
    Item(usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.step {
            Step::Root(name) => f.write_str(name),
            Step::Member(name) => write!(f, ".{name}"),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

#[derive(Clone, Copy)]
struct Reader<'p, 't> {
    names: &'p Names,
    known: &'p RefCell<Vec<Known<'t>>>,
    place: Place<'p>,
    /// The field that the value belongs to.
    field: &'p str,
    /// Whether 0 stands for nothing in it.
    zero_is_none: bool,
}

impl<'t> Reader<'_, 't> {
    /// Whether the value stands in a member of another one, and not in the place of an answer or of an item of its list.
    fn is_linked(&self) -> bool {
        !self.names.strict && matches!(self.place.step, Step::Member(_))
    }

    fn value(&self, ty: &Type, value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        match &ty.kind {
            Kind::Json => self.json(value, out),
            Kind::List(item) => return self.list(item, value, out),
            Kind::Option { some, .. } if !self.is_none(some, value) => return self.value(some, value, out),
            Kind::Option { .. } => out.put(Node::Null),
            Kind::Record(fields) => return self.record(fields, value, out),
            Kind::Variant { cases, .. } => return self.case(cases, value, out),
            Kind::Text if let (Node::Text(Cow::Owned(text)), false) = (value, self.names.strict) => out.copy(text),
            _ => {
                let expects = |value: &Node<'_>| ty.form.expects(value).filter(|_| self.names.formed);
                let read = match self.plain_value(ty, value) {
                    Ok(read) => read,
                    // The form says more than the type.
                    Err(fault) => {
                        return Err(expects(&Node::Null).map_or(fault, |expected| self.fault(expected, value)));
                    }
                };
                if let Some(expected) = expects(&read) {
                    return Err(self.fault(expected, &read));
                }
                out.put(read);
            }
        }
        Ok(())
    }

    fn plain_value(&self, ty: &Type, value: &Node<'t>) -> Result<Node<'t>, ReadError> {
        match &ty.kind {
            Kind::Bool => self.truth(value).map(Node::Bool).ok_or_else(|| self.fault("true or false", value)),
            Kind::Unsigned => {
                let bounds = self.names.bounds.iter().find(|(name, ..)| self.names.strict && *name == self.field);
                let (least, most) =
                    bounds.map_or((0, u64::MAX >> (64 - 8 * ty.size)), |(_, least, most)| (*least, *most));
                let number = self.unsigned(value).filter(|n| (least..=most).contains(n));
                number.map(|n| Node::Number(n.into())).ok_or_else(|| self.out_of_range(least as i64, most, value))
            }
            Kind::Signed => {
                let most = i64::MAX >> (64 - 8 * ty.size);
                let number = self.signed(value).filter(|n| (!most..=most).contains(n));
                number.map(|n| Node::Number(n.into())).ok_or_else(|| self.out_of_range(!most, most as u64, value))
            }
            Kind::Float => {
                let number = self.float(value).and_then(Number::from_f64).map(Node::Number);
                number.ok_or_else(|| self.fault("a number", value))
            }
            Kind::Text => {
                let text = self.text(value).ok_or_else(|| self.fault("text", value))?;
                if self.names.strict {
                    self.check_text(&text, value)?;
                }
                Ok(Node::Text(text))
            }
            Kind::Enum(words) => {
                self.word(words, value).map(Node::from).ok_or_else(|| self.none_of(&joined(words, ", "), value))
            }
            _ => Ok(Node::Null),
        }
    }

    /// Text of a caller that stands for a number at the vendor has to be one.
    fn check_text(&self, text: &str, value: &Node<'_>) -> Result<(), ReadError> {
        let digits = || text.bytes().all(|b| b.is_ascii_digit()) && text.bytes().any(|b| b != b'0');
        if !digits() && has(self.names.numeric_ids, self.field) {
            return Err(self.fault("an id in digits, from 1", value));
        }
        if trim(text).is_empty() && has(self.names.filled, self.field) {
            return Err(self.fault("a text that is not empty", value));
        }
        if !self.names.decimals.is_empty()
            && has(self.names.decimals, self.field)
            && let Some(expected) = Form::Amount.expects(value)
        {
            return Err(self.fault(expected, value));
        }
        Ok(())
    }

    /// A value without what is withheld.
    fn checked(&self, mut value: Node<'t>) -> Node<'t> {
        withhold(&mut value, self.names.withheld, None);
        value
    }

    fn must_be_filled(&self, field: &str) -> bool {
        self.names.strict && has(self.names.filled, field)
    }

    /// Whether a value in the place of an option says that there is none.
    fn is_none(&self, some: &Type, value: &Node<'_>) -> bool {
        value.is_null() || self.is_nothing(some, value) || self.zero_is_none && is_zero(value)
    }

    /// What vendors send where they have nothing of the kind: `""`, for all but text; and a number that no float holds.
    fn is_nothing(&self, ty: &Type, value: &Node<'_>) -> bool {
        let blank = || value.as_str().is_some_and(|text| trim(text).is_empty());
        let too_great = || value.as_str().is_some_and(is_too_great);
        !self.names.strict && !matches!(ty.kind, Kind::Text | Kind::Json) && blank()
            || !self.names.strict && matches!(ty.kind, Kind::Float) && too_great()
    }

    /// The word of a set that a text stands for, whatever its case and separators.
    fn word(&self, words: &[&'static str], value: &Node<'_>) -> Option<&'static str> {
        let text = self.text(value)?;
        let like = |word: &str| if self.names.strict { word == text } else { same_word(word, &text) };
        let listed = self.names.words_renamed.iter().filter(|(_, theirs)| !self.names.strict && like(theirs));
        let mut known = listed.filter_map(|(ours, _)| words.iter().find(|word| *word == ours));
        known.next().or_else(|| words.iter().find(|word| like(word))).copied()
    }

    fn case(&self, cases: &'static [Case], value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        let holding = || cases.iter().filter(|case| case.holds.is_some() && case.name != "other");
        // A case that holds something is an object with one member.
        if let Some([(name, value)]) = value.members() {
            let meant = |case: &&Case| case.name == name || !self.names.strict && same_word(case.name, name);
            if let Some(Case { name: case, holds: Some(ty) }) = holding().find(meant) {
                let place = Place { up: Some(&self.place), step: Step::Member(name) };
                out.open(false);
                out.field(case);
                let zero_is_none = has(self.names.zero_is_none, case);
                Reader { place, field: case, zero_is_none, ..*self }.value(ty, value, out)?;
                out.close(false);
                return Ok(());
            }
        }
        let bare = bare(cases);
        if let Some(word) = self.word(&bare, value) {
            out.put(word.into());
            return Ok(());
        }
        if let Some(text) = self.text(value).filter(|_| cases.iter().any(|case| case.name == "other")) {
            out.put(Node::Text(text));
            return Ok(());
        }
        let mut words = joined(&bare, ", ");
        for Case { name, .. } in holding() {
            words += &format!("{}{{\"{name}\": …}}", if words.is_empty() { "" } else { ", " });
        }
        Err(self.none_of(&words, value))
    }

    fn truth(&self, value: &Node<'_>) -> Option<bool> {
        match value {
            Node::Bool(truth) => Some(*truth),
            _ if self.names.strict => None,
            Node::Number(n) => n.as_u64().filter(|n| *n < 2).map(|n| n == 1),
            Node::Text(text) => match respell(text.trim(), Spelling::Snake).as_ref() {
                "1" | "true" | "yes" => Some(true),
                "0" | "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn unsigned(&self, value: &Node<'_>) -> Option<u64> {
        match value {
            // Above 2^53 a float no longer tells whole numbers apart.
            Node::Number(n) => n.as_u64().or_else(|| {
                n.as_f64().filter(|n| *n >= 0.0 && *n <= 9_007_199_254_740_992.0 && n.fract() == 0.0).map(|n| n as u64)
            }),
            Node::Text(text) if !self.names.strict => without_zeros(text).parse().ok(),
            _ => None,
        }
    }

    fn signed(&self, value: &Node<'_>) -> Option<i64> {
        match value {
            Node::Number(n) => n.as_i64(),
            Node::Text(text) if !self.names.strict => without_zeros(text).parse().ok(),
            _ => None,
        }
    }

    fn float(&self, value: &Node<'_>) -> Option<f64> {
        match value {
            Node::Number(n) => n.as_f64(),
            // As JSON reads it, which also leaves out infinities.
            Node::Text(text) if !self.names.strict => number(text)?.as_f64(),
            _ => None,
        }
    }

    fn text<'n>(&self, value: &Node<'n>) -> Option<Cow<'n, str>> {
        match value {
            Node::Text(text) => Some(text.clone()),
            Node::Number(n) if !self.names.strict || n.is_u64() && self.is_of_id() => Some(n.to_string().into()),
            Node::Bool(truth) if !self.names.strict => Some(if *truth { "true" } else { "false" }.into()),
            _ => None,
        }
    }

    /// Whether the field is an id, which callers may have from elsewhere as a number.
    fn is_of_id(&self) -> bool {
        self.field == "id" || self.field.ends_with("-id") || self.field.ends_with("-ids")
    }

    fn out_of_range(&self, least: i64, most: u64, value: &Node<'_>) -> ReadError {
        self.fault(&format!("a whole number from {least} to {most}"), value)
    }

    fn none_of(&self, words: &str, value: &Node<'_>) -> ReadError {
        self.fault(&["one of: ", words].concat(), value)
    }

    fn fault(&self, expected: &str, value: &Node<'_>) -> ReadError {
        let got = if has(self.names.sensitive, self.field) { "something else".into() } else { shown(value) };
        ReadError { at: self.place.to_string(), problem: format!("expected {expected}, got {got}") }
    }
}
