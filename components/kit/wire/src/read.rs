//! What somebody sent → a value in WIT's spelling.

mod direct;
mod json;
mod plain;
mod record;

use super::{
    Broken, Case, Form, Kind, Mark, Names, Node, Sink, Spelling, Tree, Type, Unread, joined, respell, same_word,
    withhold,
};
use crate::parse::{self, Parser};
use direct::Record;
pub(super) use plain::decimal;
use plain::{bare, is_too_great, is_zero, number, shown, trim, without_zeros};
use record::Known;
use scan::{Scanner, has};
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

/// What was checked is not broken. Of what is read on the way, whoever reads it again says where.
#[cold]
fn broken(problem: Broken) -> ReadError {
    ReadError { at: String::new(), problem: problem.problem.to_owned() }
}

/// Where the list of records is that an answer is about.
#[derive(Clone, Copy, Debug)]
pub struct ListAt<'a> {
    /// A JSON pointer of plain names.
    pub pointer: &'a str,
    /// The member of what it leads to that is the list.
    pub member: Option<&'a str>,
    /// The type of the list.
    pub ty: &'a Type,
    /// How the answer spells it.
    pub names: &'a Names,
    /// What the answer is called in faults.
    pub root: &'a str,
}

/// As [`Node::read_lazily`], and reads the list into `out` on the way, which has nothing before. Gives the list that was read. There is
/// none, and nothing in `out`, where anything is wrong with it: then [`read_into`] says what.
///
/// # Errors
///
/// As [`Node::parse`].
pub fn read_with_list<'t>(
    json: &'t [u8],
    list: ListAt<'_>,
    out: &mut dyn Sink<'t>,
) -> Result<(Node<'t>, u8, Option<Unread<'t>>), Broken> {
    let ListAt { pointer, member, ty, names, root } = list;
    let mut read = |scanner: &mut Scanner<'t>, depth: u8| {
        let Kind::List(item) = ty.kind else { return false };
        let known = RefCell::default();
        let place = Place { up: None, step: Step::Root(root) };
        let reader = Reader { names, known: &known, place, field: "", zero_is_none: false };
        let mut parser = Parser::at(scanner.clone());
        let read = reader.items(item, &mut parser, depth, out).is_ok();
        if read {
            *scanner = parser.scanner;
        } else {
            out.back(Mark::START);
        }
        read
    };
    parse::read_with_list(json, (pointer, member), &mut read)
}

/// After so many records of a list, it is known about how long all of them will be.
const SAMPLE: usize = 100;

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

    fn list(&self, item: &Type, value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        let is_empty = match value {
            Node::List(items) => items.is_empty(),
            Node::Unread(_) => false,
            // A list of nothing comes as null, too.
            Node::Null if !self.names.strict => true,
            _ => return Err(self.fault("a list", value)),
        };
        if is_empty && self.must_be_filled(self.field) {
            return Err(ReadError { at: self.place.to_string(), problem: "expected at least one".to_owned() });
        }
        if let Node::Unread(unread) = value {
            return self.items(item, &mut unread.parser(), 0, out);
        }
        out.open(true);
        if let Node::List(items) = value {
            items.iter().enumerate().try_for_each(|(index, value)| self.item(index).list_item(item, value, out))?;
        }
        out.close(true);
        Ok(())
    }

    /// Reads the list that begins where a parser is, at a depth.
    fn items(
        &self,
        item: &Type,
        parser: &mut Parser<'_, 't>,
        depth: u8,
        out: &mut dyn Sink<'t>,
    ) -> Result<(), ReadError> {
        let (mut at, mut fields, mut members): (_, &[_], _) = (0, &[], None);
        if let Kind::Record(of) = item.kind
            && !self.names.strict
            && !self.names.formed
            && let Some((known, direct)) = self.direct(of)
        {
            (at, fields, members) = (known, of, Some(direct));
        }
        let scanner = &mut parser.scanner;
        scanner.enter(depth).map_err(broken)?;
        out.open(true);
        let (from, before) = (scanner.at, out.length());
        let mut record = Record::of(self, at, fields, out);
        let mut index = 0;
        while parser.scanner.goes_on(b']', index == 0).map_err(broken)? {
            let scanner = &mut parser.scanner;
            if index == SAMPLE {
                let (read, rest) = (scanner.at - from, scanner.text.len() - scanner.at);
                // A little more, so that it need not grow at its end; and what comes may be shorter than what came.
                let more = (rest as u64 * (record.out.length() - before) as u64 / read as u64) as usize;
                record.out.expect(more.min(3 * rest) / 64 * 65);
            }
            record.item = Some(index);
            let begins = scanner.next_byte() == Some(b'{');
            let direct = members.as_mut().filter(|_| begins);
            if !direct.is_some_and(|members| scan::record(members, scanner, depth + 1, &mut record)) {
                let value = parser.value(depth + 1, None).map_err(broken)?;
                self.item(index).list_item(item, &self.checked(value), record.out)?;
            }
            if let Some(fault) = record.fault.take() {
                return Err(fault);
            }
            index += 1;
        }
        record.out.close(true);
        if members.is_some() {
            self.known.borrow_mut()[at].direct = members;
        }
        Ok(())
    }

    /// Reads an item of a list.
    fn list_item(&self, ty: &Type, value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        // Nothing among records is no record.
        if value.is_null() && !self.names.strict && matches!(ty.kind, Kind::Record(_)) {
            return Ok(());
        }
        self.value(ty, value, out)
    }

    fn item(&self, index: usize) -> Reader<'_, 't> {
        Reader { place: Place { up: Some(&self.place), step: Step::Item(index) }, ..*self }
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
