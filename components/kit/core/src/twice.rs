//! Members that stand in their object twice: a reader of JSON takes the last for the only one, and whoever agrees to a call, or
//! looks through it, may have seen the first. The gateway uses this file, too.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// What is wrong with such a member.
pub const TWICE: &str = "given twice, expected once";

/// The most of a member's place that an error tells.
const LONGEST: usize = 200;

/// The first member that stands in its object twice, in a text below `root`. What is no JSON has none that counts.
pub fn twice(root: &str, text: &str) -> Option<String> {
    looked_through(root, text).twice
}

/// Looks through a text below `root`, up to the first member that stands there twice.
pub fn looked_through(root: &str, text: &str) -> Seen {
    let mut seen = Seen { path: root.to_owned(), ..Seen::default() };
    _ = Part(&mut seen).deserialize(&mut serde_json::Deserializer::from_str(text));
    seen
}

/// What stands in a text.
#[derive(Default)]
pub struct Seen {
    /// Where the reader is.
    path: String,
    /// How many values there are.
    pub values: usize,
    /// How many members of objects there are.
    pub members: usize,
    /// The first member that stands in its object twice.
    pub twice: Option<String>,
}

/// A value of the input.
struct Part<'s>(&'s mut Seen);

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.values += 1;
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
            self.0.members += 1;
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
