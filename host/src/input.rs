//! A caller's input, before a component reads it: no more than it can hold, and nothing that two readers take for two things.

use crate::{Advice, Error, ErrorKind};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// What a component needs for an input, in bytes of its memory: it holds the text, what it reads from it, what it makes of
/// that, and what it sends. Measured; a little too much for most inputs.
const PER_BYTE: usize = 16;
const PER_VALUE: usize = 160;
const PER_MEMBER: usize = 480;

/// The most memory that an input may need, however much there is for answers.
const MOST: usize = 64 << 20;

/// The most of a member's place that an error tells.
const LONGEST: usize = 200;

/// Refuses an input that a component with so much memory cannot read, and one that says a member twice: whoever agrees to a
/// call, or looks through it, must see what is sent. What is no JSON passes: the component says so better.
///
/// # Errors
///
/// `invalid-input`, with the member that stands there twice.
pub(crate) fn check(input: &str, memory: usize) -> Result<(), Error> {
    let memory = memory.min(MOST);
    let wrong = |field: &str, problem: &str| {
        let message = format!("{field}: {problem}");
        Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about(field))
    };
    let too_large = |parts: usize| input.len().saturating_mul(PER_BYTE).saturating_add(parts) > memory;
    let mut seen = Seen { path: "input".to_owned(), ..Seen::default() };
    if !too_large(0) {
        _ = Part(&mut seen).deserialize(&mut serde_json::Deserializer::from_str(input));
    }
    if too_large(seen.parts) {
        let size = input.len();
        let (most, parts) = (memory / PER_BYTE, if size > memory / PER_BYTE { "" } else { ", or fewer members" });
        return wrong("input", &format!("{size} bytes are more than a call can take; expected at most {most}{parts}"));
    }
    match seen.twice {
        Some(field) => wrong(&field, TWICE),
        None => Ok(()),
    }
}

/// The first member that stands in its object twice, in a text below `root`. What is no JSON has none that counts.
pub(crate) fn twice(root: &str, text: &str) -> Option<String> {
    let mut seen = Seen { path: root.to_owned(), ..Seen::default() };
    _ = Part(&mut seen).deserialize(&mut serde_json::Deserializer::from_str(text));
    seen.twice
}

/// What is wrong with such a member.
pub(crate) const TWICE: &str = "given twice, expected once";

#[derive(Default)]
struct Seen {
    /// Where the reader is.
    path: String,
    /// What the values that it has seen take, beside their texts.
    parts: usize,
    /// The first member that stands in its object twice.
    twice: Option<String>,
}

/// A value of the input.
struct Part<'s>(&'s mut Seen);

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.parts += PER_VALUE;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let above = self.0.path.len();
        for index in 0usize.. {
            self.0.path.push_str(&format!("[{index}]"));
            let more = items.next_element_seed(Part(self.0))?;
            self.0.path.truncate(above);
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (above, mut names) = (self.0.path.len(), BTreeSet::new());
        while let Some(name) = members.next_key::<String>()? {
            self.0.parts += PER_MEMBER;
            self.0.path.push('.');
            self.0.path.push_str(&name);
            if !names.insert(name) {
                self.0.twice = Some(self.0.path.chars().take(LONGEST).collect());
                return Err(A::Error::custom("a member stands there twice"));
            }
            members.next_value_seed(Part(self.0))?;
            self.0.path.truncate(above);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(input: &str) -> Option<String> {
        check(input, 1 << 20).err().map(|error| error.field.unwrap_or_default())
    }

    #[test]
    fn a_member_that_stands_there_twice_is_named() {
        for (input, named) in [
            (r#"{"a":1,"a":1}"#, "input.a"),
            (r#"{"a":1,"\u0061":2}"#, "input.a"),
            (r#"{"a":{"b":[0,{"c":1,"d":null,"c":2}]}}"#, "input.a.b[1].c"),
        ] {
            assert_eq!(field(input).as_deref(), Some(named), "{input}");
        }
        for input in [r#"{"a":{"a":1},"b":{"a":1.5e3}}"#, "", "null", "[1, -2, true]", "{", r#"{"a":1e999,"a":1}"#] {
            assert_eq!(field(input), None, "{input}");
        }
    }

    #[test]
    fn what_a_component_cannot_hold_is_too_large() {
        let values = |count: usize| format!("[{}0]", "[],".repeat(count));
        assert_eq!(field(&values(4_000)), None);
        assert_eq!(field(&values(8_000)).as_deref(), Some("input"));
        // Its end counts for nothing: a component would have read all that comes before.
        assert_eq!(field(&values(8_000).replace('0', "?")).as_deref(), Some("input"));
        assert_eq!(field(&format!("\"{}\"", "x".repeat(50_000))), None);
        assert_eq!(field(&format!("\"{}\"", "x".repeat(100_000))).as_deref(), Some("input"));
        assert_eq!(field(&"[".repeat(50_000)), None);
    }
}
