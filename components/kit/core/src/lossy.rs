//! What a reader of JSON loses without a word: of members that stand in their object twice all but the last, and of whole numbers
//! beyond 64 bits the last digits. Whoever agrees to a call, or looks through it, may have seen the first, and whoever asks for it
//! means each digit. So such an input is refused.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use wire::Node;

/// What is wrong with a member that stands there twice.
const TWICE: &str = "given twice, expected once";

/// What is wrong with a number whose last digits would be lost.
const ROUNDED: &str = "a whole number beyond 64 bits, which would be rounded; expected -9223372036854775808 to \
                       18446744073709551615, or the digits as a text";

/// The most of a place that an error tells.
const LONGEST: usize = 200;

/// Where the arguments of a tool stand in a message.
pub(crate) const ARGUMENTS: &str = ".params.arguments";

/// A place in a text of JSON where something is lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The place, such as `input.name`.
    pub field: String,
    problem: String,
}

impl Loss {
    /// The first in a text below `root`. What is no JSON has none that counts, nor has a number of a message beside the arguments:
    /// an id comes out as it was.
    pub fn of(root: &str, text: &str) -> Option<Loss> {
        let (mut place, mut numbers) = (root.to_owned(), Numbers(text.as_bytes()));
        let problem = lost(&Node::parse(text.as_bytes()).ok()?, &mut place, &mut numbers)?;
        Some(Loss { field: place.chars().take(LONGEST).collect(), problem: problem.to_owned() })
    }

    /// As a mark of a message: [`MARK`](crate::received::MARK). A caller names the place as in the arguments.
    pub(crate) fn mark(&self) -> Value {
        let Loss { field, problem } = self;
        let below = field.strip_prefix(ARGUMENTS).unwrap_or(field);
        json!([below.strip_prefix('.').unwrap_or(field), problem])
    }

    /// What a mark says.
    pub(crate) fn marked(mark: &Value) -> Loss {
        let said = |index: usize| mark[index].as_str().unwrap_or_default().to_owned();
        Loss { field: said(0), problem: said(1) }
    }

    /// What is wrong, in a sentence.
    pub fn message(&self) -> String {
        format!("{}: {}", self.field, self.problem)
    }
}

/// What is wrong at the first place of a value that stands at `path`, which is then that place. `numbers`: those that follow.
fn lost(value: &Node<'_>, path: &mut String, numbers: &mut Numbers<'_>) -> Option<&'static str> {
    let above = path.len();
    match value {
        Node::Number(_) => {
            let rounded = numbers.next().is_some_and(is_rounded);
            (rounded && (!path.starts_with('.') || path.starts_with(ARGUMENTS))).then_some(ROUNDED)
        }
        Node::List(items) => items.iter().enumerate().find_map(|(index, item)| {
            path.truncate(above);
            path.push_str(&format!("[{index}]"));
            lost(item, path, numbers)
        }),
        Node::Object(members) => {
            let mut names = BTreeSet::new();
            members.iter().find_map(|(name, value)| {
                path.truncate(above);
                path.push('.');
                path.push_str(name);
                if names.insert(name) { lost(value, path, numbers) } else { Some(TWICE) }
            })
        }
        _ => None,
    }
}

/// Whether the digits of a number are more than an integer holds.
fn is_rounded(number: &str) -> bool {
    let is_integer = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_integer && number.parse::<u64>().is_err() && number.parse::<i64>().is_err()
}

/// The numbers in what is left of a text of JSON, as they stand there: what reads it knows their digits no more.
struct Numbers<'t>(&'t [u8]);

impl<'t> Iterator for Numbers<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let mut quoted = false;
        loop {
            let (first, rest) = self.0.split_first()?;
            match first {
                b'\\' if quoted => self.0 = rest.get(1..)?,
                b'"' => (quoted, self.0) = (!quoted, rest),
                b'-' | b'0'..=b'9' if !quoted => {
                    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                    let end = self.0.iter().position(|byte| !is_part(byte)).unwrap_or(self.0.len());
                    let (number, rest) = self.0.split_at_checked(end)?;
                    self.0 = rest;
                    return std::str::from_utf8(number).ok();
                }
                _ => self.0 = rest,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lossy_place_is_reported() {
        for (text, field) in [
            (r#"{"a":18446744073709551615,"b":-9223372036854775808,"c":1e30,"d":0.12345678901234567890}"#, None),
            (r#"{"a":"18446744073709551616","18446744073709551616":[null,true,-0]}"#, None),
            (r#"{"a":18446744073709551616}"#, Some("input.a")),
            (r#"{"a":"\"1\\","b":[1, {"c":-9223372036854775809}]}"#, Some("input.b[1].c")),
            (r#"{"a":1,"a":100000000000000000000}"#, Some("input.a")),
            ("100000000000000000000", Some("input")),
            (r#"{"a":100000000000000000000"#, None),
        ] {
            assert_eq!(Loss::of("input", text).map(|loss| loss.field).as_deref(), field, "{text}");
        }
    }

    #[test]
    fn in_a_message_the_numbers_of_the_arguments_count() {
        let big = "100000000000000000000";
        let message = |arguments: &str| {
            format!(r#"{{"id":{big},"params":{{"_meta":{{"progressToken":{big}}},"arguments":{arguments}}}}}"#)
        };
        assert_eq!(Loss::of("", &message(r#"{"a":1}"#)), None);
        let loss = Loss::of("", &message(&format!(r#"{{"input":{{"a":{big}}}}}"#))).unwrap();
        assert_eq!(Loss::marked(&loss.mark()).message(), format!("input.a: {ROUNDED}"));
    }
}
