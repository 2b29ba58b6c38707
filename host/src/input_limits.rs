//! A caller's input, before a component reads it: no more than it can hold, and nothing of which a part would be lost.

use crate::{Advice, Error, ErrorKind};
use outwit_core::arguments::Wrong;
use outwit_core::lossy::Loss;
use outwit_core::received::lenient;
use std::borrow::Cow;

/// What a component needs for an input, in bytes of its memory: it holds the text, what it reads from it, what it makes of
/// that, and what it sends. Measured; a little too much for most inputs.
const PER_BYTE: usize = 16;
const PER_VALUE: usize = 160;
const PER_MEMBER: usize = 480;

/// The most memory that an input may need, however much there is for answers.
const MOST: usize = 64 << 20;

/// Refuses an input that a component with so much memory cannot read, and one of which a part would be lost ([`Loss`]): whoever
/// agrees to a call, or looks through it, must see what is sent. Gives the input as a component reads it: half a character, which some
/// languages write where they cut a text, is U+FFFD. What is no JSON passes: the component says so better.
///
/// # Errors
///
/// `invalid-input`, with the member that stands there twice, or the number that would be rounded.
pub(crate) fn check(input: &str, memory: usize) -> Result<Cow<'_, str>, Error> {
    let memory = memory.min(MOST);
    let too_large = |parts: usize| input.len().saturating_mul(PER_BYTE).saturating_add(parts) > memory;
    let (values, members) = counted(input);
    let parts = values * PER_VALUE + members * PER_MEMBER;
    if too_large(parts) {
        let size = input.len();
        let (most, parts) = (memory / PER_BYTE, if size > memory / PER_BYTE { "" } else { ", or fewer members" });
        let message = format!("input: {size} bytes are more than a call can take; expected at most {most}{parts}");
        return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("input"));
    }
    let text = lenient(input).map_or(input.into(), |(_, text)| text);
    match Loss::of("input", &text) {
        Some(loss) => Err(Wrong::from(loss).into()),
        None => Ok(text),
    }
}

/// How deep lists and objects may stand in each other: no reader goes on after that.
const DEEPEST: usize = 127;

/// How many values and members there are in a text, of which not all has to be JSON.
fn counted(text: &str) -> (usize, usize) {
    let (mut values, mut members, mut depth) = (1, 0, 0usize);
    let (mut quoted, mut escaped, mut opened) = (false, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if quoted => quoted = false,
            _ if quoted || byte.is_ascii_whitespace() => continue,
            b'"' => quoted = true,
            b',' => values += 1,
            b':' => members += 1,
            b'[' | b'{' if depth == DEEPEST => break,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // What stands first in a list or an object is a value of it.
        values += usize::from(opened && !matches!(byte, b']' | b'}'));
        opened = !quoted && matches!(byte, b'[' | b'{');
    }
    (values, members)
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
    fn half_a_character_is_read_and_hides_no_member_that_stands_there_twice() {
        let text = |input: &str| check(input, 1 << 20).unwrap().into_owned();
        assert_eq!(text(r#"{"a":"x\ud83d","b":"\ud83d\ude00"}"#), r#"{"a":"x\ufffd","b":"\ud83d\ude00"}"#);
        assert_eq!(text(r#"{"a":"x\ud83d""#), r#"{"a":"x\ud83d""#, "what is no JSON stays as it is");
        assert_eq!(field(r#"{"a":"\ud83d","b":1,"b":2}"#).as_deref(), Some("input.b"));
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
