//! WIT's names and types to JSON and back, driven by the type.
//!
//! Every byte that a vendor answers goes through here. A list of an answer is read item by item ([`Node::Unread`]) and given to a
//! [`Sink`], so that there is never a tree of all of it.
//!
//! Each WIT type is a static table, made from the WIT at build time. A value on its way through a component is JSON in
//! WIT's own spelling; [`read`] makes it from what a vendor or a caller sent, [`write`] makes of it what the vendor wants.
//! So no record needs mapping code, and both sides of a component go through the same two functions: the vendor's JSON
//! with the vendor's [`Names`], a caller's with [`Names::CALLERS`].
//!
//! Reading a vendor is tolerant: numbers may come as strings and strings as numbers, booleans in four dresses, a linked
//! record as its bare id; unknown members land in a field called `extra`. Reading a caller is strict. What cannot be read is an
//! error that names the place: `response[3].billable: expected a whole number, got "soon"`.

#![deny(missing_docs)]

mod decoded;
mod escape;
mod float;
mod form;
mod node;
mod parse;
mod read;
mod sink;
mod unread;
mod write;

pub use decoded::decoded;
pub use form::{DAY, Form, Moment, PLAUSIBLE, day, first_of, moment};
pub use node::{Member, Node, withhold};
pub use read::{ListAt, ReadError, first_text, read, read_into, read_with_list};
use scan::same;
pub use scan::{Broken, Marks, Writer, is_one_of, same_word};
pub use sink::{Mark, Sink, Text, Tree};
pub use unread::Unread;
pub use write::{member, write};

use std::borrow::Cow;

/// A WIT type: its layout in memory, and what it is. (Few bytes say each part: a component has hundreds.)
#[derive(Debug)]
pub struct Type {
    /// Bytes that a value takes.
    pub size: u16,
    /// What its address is a multiple of.
    pub align: u8,
    /// What its values stand for, beyond what it is.
    pub form: Form,
    /// What it is.
    pub kind: Kind,
}

/// What a WIT type is. The `payload` of a type with cases is the offset of what a case holds.
#[derive(Debug)]
pub enum Kind {
    /// `bool`
    Bool,
    /// `u8` to `u64`, by size.
    Unsigned,
    /// `s8` to `s64`, by size.
    Signed,
    /// `f32` and `f64`, by size.
    Float,
    /// `string`
    Text,
    /// `outwit:plugin/types.json`: text that is a document of its own.
    Json,
    /// `list<_>`
    List(&'static Type),
    /// `option<_>`
    #[allow(missing_docs, reason = "said above")]
    Option { some: &'static Type, payload: u16 },
    /// `record`
    Record(&'static [Field]),
    /// `enum`, by its words.
    Enum(&'static [&'static str]),
    /// `variant`
    #[allow(missing_docs, reason = "said above")]
    Variant { cases: &'static [Case], payload: u16 },
}

/// A field of a record.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static Type,
    /// Where it begins in the record, in bytes.
    pub offset: u16,
    /// Where it begins in the record, in core values, when the record is passed in those.
    pub flat: u16,
}

/// A case of a variant.
#[derive(Debug)]
pub struct Case {
    /// Its name. The case `other` holds the words of a set that this interface does not know.
    pub name: &'static str,
    /// What it holds.
    pub holds: Option<&'static Type>,
}

/// How words are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `against-type`
    Kebab,
    /// `against_type`
    Snake,
    /// `againstType`
    Camel,
    /// `AgainstType`
    Pascal,
    /// `againsttype`
    Flat,
}

/// How one side spells names, and what its values mean. Names are given as WIT spells them.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// How the names of members are spelled.
    pub members: Spelling,
    /// How the words of enumerations are spelled.
    pub words: Spelling,
    /// Names that follow no rule: WIT's, and this side's. Of several for one of WIT's, reading takes the first that is
    /// there, and writing the first. One that begins with `/` is a JSON pointer into the record's object, for reading.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Words of enumerations that follow no rule: WIT's, and this side's. Of several, writing takes the first.
    pub words_renamed: &'static [(&'static str, &'static str)],
    /// Ids that are numbers from 1 on this side, and lists of such. A caller may give nothing but digits for them.
    pub numeric_ids: &'static [&'static str],
    /// Whether these are sent as text all the same.
    pub numeric_ids_as_text: bool,
    /// Amounts that are numbers on this side and decimal text in WIT. A caller may give nothing but a decimal number for them, and none below 0.
    pub decimals: &'static [&'static str],
    /// Texts and lists that a caller may not leave empty.
    pub filled: &'static [&'static str],
    /// Bounds of whole numbers that a caller gives: the least and the most.
    pub bounds: &'static [(&'static str, u64, u64)],
    /// Fields of a record of which a caller's second is no earlier moment than the first.
    pub ranges: &'static [(&'static str, &'static str)],
    /// Fields of a record that are not both true.
    pub opposites: &'static [(&'static str, &'static str)],
    /// Fields of a caller's input that are secrets: what stands in them is never said again.
    pub sensitive: &'static [&'static str],
    /// Members of this side's answers that are secrets, in whatever spelling: they are never passed on.
    pub withheld: &'static [&'static str],
    /// Fields in which `"0"` or 0 stands for nothing.
    pub zero_is_none: &'static [&'static str],
    /// Booleans that are sent as 1 and 0. All others are sent as true and false.
    pub bools_as_ints: &'static [&'static str],
    /// Whether this is the callers' side: nothing is converted, and an unknown member is an error.
    pub strict: bool,
    /// Whether values have to be of the form that their type says. What a vendor answered passes as it is.
    pub formed: bool,
    /// Whether what stands in the place of a record may have none of its fields. All of it is in `extra` then.
    pub open: bool,
}

impl Names {
    /// Snake case, and nothing out of the ordinary.
    pub const DEFAULT: Names = Names {
        members: Spelling::Snake,
        words: Spelling::Snake,
        renamed: &[],
        words_renamed: &[],
        numeric_ids: &[],
        numeric_ids_as_text: false,
        decimals: &[],
        filled: &[],
        bounds: &[],
        ranges: &[],
        opposites: &[],
        sensitive: &[],
        withheld: &[],
        zero_is_none: &[],
        bools_as_ints: &[],
        strict: false,
        formed: false,
        open: false,
    };

    /// The callers' side: WIT's own spelling, strictly.
    pub const CALLERS: Names =
        Names { members: Spelling::Kebab, words: Spelling::Kebab, strict: true, ..Names::DEFAULT };

    /// The callers' side of a vendor whose side this is: WIT's own spelling, strictly.
    pub const fn callers(&self) -> Names {
        let Names { numeric_ids, decimals, filled, bounds, ranges, opposites, sensitive, .. } = *self;
        Names { numeric_ids, decimals, filled, bounds, ranges, opposites, sensitive, formed: true, ..Names::CALLERS }
    }

    /// How this side calls a member.
    pub fn member<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let to_send = |(_, theirs): &&(&str, &str)| !theirs.starts_with('/');
        renamed(self.renamed, name, to_send).unwrap_or_else(|| respell(name, self.members))
    }

    /// The field that this side calls `member`, by its index, and which of its names that is: the lower, the better.
    fn meant(&self, fields: &[Field], member: &str) -> Option<(usize, usize)> {
        // What no field names stands in `extra`, and so does what the vendor calls so.
        let of = |name: &str| fields.iter().position(|field| field.name == name && (self.strict || name != "extra"));
        for (rank, (ours, theirs)) in self.renamed.iter().enumerate() {
            if same(theirs.as_bytes(), member.as_bytes())
                && let Some(index) = of(ours)
            {
                return Some((index, rank));
            }
        }
        let respelled = |field: &Field| {
            is_spelled(member, field.name, self.members) && !self.renamed.iter().any(|(ours, _)| *ours == field.name)
        };
        let index = fields.iter().position(respelled)?;
        (self.strict || fields[index].name != "extra").then_some((index, 0))
    }

    /// How this side spells a word of an enumeration.
    fn word<'a>(&self, word: &'a str) -> Cow<'a, str> {
        renamed(self.words_renamed, word, |_| true).unwrap_or_else(|| respell(word, self.words))
    }

    /// How WIT calls what this side calls `member`, for errors.
    pub fn back(&self, member: &str) -> String {
        let ours = self.renamed.iter().find(|(_, theirs)| same_word(theirs, member));
        kebab(ours.map_or(member, |(ours, _)| ours))
    }
}

/// The first of the other side's names for one of WIT's that fits.
fn renamed<'a>(
    table: &[(&'static str, &'static str)],
    name: &str,
    fits: impl Fn(&&(&str, &str)) -> bool,
) -> Option<Cow<'a, str>> {
    table.iter().filter(|(ours, _)| *ours == name).find(|pair| fits(pair)).map(|(_, theirs)| Cow::Borrowed(*theirs))
}

/// Any spelling to `kebab-case`.
pub fn kebab(name: &str) -> String {
    respell(name, Spelling::Kebab).into_owned()
}

/// Whether `spelled` is how WIT's `name` is spelled.
fn is_spelled(spelled: &str, name: &str, case: Spelling) -> bool {
    if spelled.len() != name.len() && matches!(case, Spelling::Kebab | Spelling::Snake) {
        return false;
    }
    let mut letters = spelled.bytes();
    let mut starts_word = case == Spelling::Pascal;
    for b in name.bytes() {
        let expected = match (b, case) {
            (b'-', Spelling::Snake) => b'_',
            (b'-', Spelling::Camel | Spelling::Pascal) => {
                starts_word = true;
                continue;
            }
            (b'-', Spelling::Flat) => continue,
            _ if starts_word => b.to_ascii_uppercase(),
            _ => b,
        };
        starts_word = false;
        if letters.next() != Some(expected) {
            return false;
        }
    }
    letters.next().is_none()
}

/// Any spelling to another. Words end where a `_`, a `-` or a capital begins.
fn respell(name: &str, case: Spelling) -> Cow<'_, str> {
    let separator = match case {
        Spelling::Kebab => Some('-'),
        Spelling::Snake => Some('_'),
        Spelling::Camel | Spelling::Pascal | Spelling::Flat => None,
    };
    let ready = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || Some(char::from(b)) == separator;
    if case != Spelling::Pascal && name.bytes().all(ready) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len() + 4);
    let mut starts_word = true;
    for c in name.chars() {
        if c == '_' || c == '-' {
            starts_word = true;
            continue;
        }
        starts_word |= c.is_ascii_uppercase();
        if starts_word && !out.is_empty() {
            out.extend(separator);
        }
        let capital = starts_word && (case == Spelling::Pascal || case == Spelling::Camel && !out.is_empty());
        out.push(if capital { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
        starts_word = false;
    }
    Cow::Owned(out)
}

/// Texts in a row. (`join` is made anew for each kind of text, which takes 1 KB a time.)
pub fn joined<T: AsRef<str>>(texts: &[T], between: &str) -> String {
    let mut joined = String::new();
    for (index, text) in texts.iter().enumerate() {
        joined.push_str(if index > 0 { between } else { "" });
        joined.push_str(text.as_ref());
    }
    joined
}

#[cfg(test)]
mod tests;
