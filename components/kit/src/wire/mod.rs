//! WIT names and types to JSON and back, driven by the type.
//!
//! wit-bindgen derives serde's traits for every record; [`read`] and [`write`] are a deserialiser and a serialiser that
//! change what those derived implementations see. So no record needs mapping code, and both sides of a component go
//! through the same two functions: the vendor's JSON with the vendor's [`Names`], a caller's JSON with [`WIT`].
//!
//! Reading a vendor is tolerant: numbers may come as strings and strings as numbers, booleans in four dresses, a linked
//! record as its bare id; unknown members land in a field called `extra`. Reading a caller is strict. What cannot be
//! read is an error that names the place: `response[3].billable: expected a whole number, got "soon"`.

mod read;
mod write;

pub use read::{Fault, blank, read, read_absent};
pub use write::{NotJson, write};

use std::borrow::Cow;

/// How words are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `against-type`
    Kebab,
    /// `against_type`
    Snake,
    /// `againstType`
    Camel,
    /// `AgainstType`
    Pascal,
}

/// How one side spells names, and what its values mean.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// How the names of members are spelled.
    pub members: Case,
    /// How the words of enumerations are spelled.
    pub words: Case,
    /// Names that follow no rule: the WIT name in snake case, and the name on this side.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Fields of the WIT type `json`, in snake case: their text is a document of its own.
    pub json: &'static [&'static str],
    /// Fields in which `"0"` or 0 stands for nothing, in snake case.
    pub zero_is_none: &'static [&'static str],
    /// Booleans that are sent as 1 and 0, in snake case. All others are sent as true and false.
    pub bits: &'static [&'static str],
    /// Whether this is the callers' side: nothing is converted, an unknown member is an error, and empty lists are
    /// written.
    pub strict: bool,
}

impl Names {
    /// Snake case, and nothing out of the ordinary.
    pub const DEFAULT: Names = Names {
        members: Case::Snake,
        words: Case::Snake,
        renamed: &[],
        json: &["extra"],
        zero_is_none: &[],
        bits: &[],
        strict: false,
    };

    /// The callers' side of the same records: WIT's own spelling, strictly.
    pub const fn for_callers(&self) -> Names {
        Names { members: Case::Kebab, words: Case::Kebab, json: self.json, strict: true, ..Names::DEFAULT }
    }

    /// How this side calls the member that Rust calls `ident`.
    pub fn member<'a>(&self, ident: &'a str) -> Cow<'a, str> {
        let ident = plain(ident);
        if let Some((_, theirs)) = self.renamed.iter().find(|(ours, _)| *ours == ident) {
            return Cow::Borrowed(theirs);
        }
        respell(ident, self.members)
    }

    /// How callers call the member that this side calls `member`, for errors.
    pub fn back(&self, member: &str) -> String {
        let ours = self.renamed.iter().find(|(_, theirs)| *theirs == member);
        kebab(ours.map_or(member, |(ours, _)| ours))
    }

    fn word<'a>(&self, variant: &'a str) -> Cow<'a, str> {
        respell(variant, self.words)
    }

    fn holds_json(&self, ident: &str) -> bool {
        self.json.contains(&plain(ident))
    }
}

/// Rust's `type_` is WIT's `type`.
fn plain(ident: &str) -> &str {
    ident.strip_suffix('_').unwrap_or(ident)
}

/// Any spelling to `kebab-case`.
pub fn kebab(name: &str) -> String {
    respell(name, Case::Kebab).into_owned()
}

/// Any spelling to another. Words end where a `_`, a `-` or a capital begins.
fn respell(name: &str, case: Case) -> Cow<'_, str> {
    let separator = match case {
        Case::Kebab => Some('-'),
        Case::Snake => Some('_'),
        Case::Camel | Case::Pascal => None,
    };
    let ready = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || Some(c) == separator;
    if case != Case::Pascal && name.chars().all(ready) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len() + 4);
    let mut starts_word = true;
    for c in name.chars() {
        if c == '_' || c == '-' {
            starts_word = true;
            continue;
        }
        if c.is_ascii_uppercase() {
            starts_word = true;
        }
        if starts_word && !out.is_empty() {
            out.extend(separator);
        }
        let capital = starts_word && (case == Case::Pascal || case == Case::Camel && !out.is_empty());
        out.push(if capital { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
        starts_word = false;
    }
    Cow::Owned(out)
}

/// Whether two words are the same but for case and separators.
fn same_word(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = u8> {
        s.bytes().filter(|b| b.is_ascii_alphanumeric()).map(|b| b.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

#[cfg(test)]
mod tests;
