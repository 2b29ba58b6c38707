//! Texts with escapes.

use scan::{Broken, Scanner, plain};
use std::borrow::Cow;

/// The text that begins here.
pub(crate) fn string<'t>(scanner: &mut Scanner<'t>) -> Result<Cow<'t, str>, Broken> {
    match scanner.unescaped() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => escaped(scanner).map(Cow::Owned),
    }
}

#[cold]
fn escaped(scanner: &mut Scanner<'_>) -> Result<String, Broken> {
    scanner.at += 1;
    // A text that doubles its room takes three times its size.
    let mut behind = scanner.clone();
    behind.pass_text();
    let mut text = String::with_capacity(behind.at - scanner.at);
    loop {
        match scanner.peek() {
            Some(b'"') => {
                scanner.at += 1;
                return Ok(text);
            }
            Some(b'\\') => text.push(escape(scanner)?),
            Some(control @ ..0x20) if scanner.lenient => {
                text.push(char::from(control));
                scanner.at += 1;
            }
            Some(..0x20) | None => return Err(scanner.broken("a control character")),
            Some(_) => {
                let from = scanner.at;
                scanner.at += plain(scanner.text.as_bytes().get(from..).unwrap_or_default());
                text.push_str(scanner.piece(from, scanner.at));
            }
        }
    }
}

fn escape(scanner: &mut Scanner<'_>) -> Result<char, Broken> {
    let from = scanner.at;
    scanner.at += 2;
    let simple = match scanner.text.as_bytes().get(from + 1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(escaped @ (b'"' | b'\\' | b'/')) => char::from(*escaped),
        Some(b'u') => match unit(scanner) {
            Some(unit) => return character(scanner, unit, from),
            None => return odd(scanner, from, from + 1, '\\', "an escape that is none"),
        },
        Some(_) => return odd(scanner, from, from + 1, '\\', "an escape that is none"),
        None => {
            scanner.at = scanner.text.len();
            return Err(scanner.broken(Broken::END));
        }
    };
    Ok(simple)
}

/// The character of an escape with this number, which may need a second escape.
fn character(scanner: &mut Scanner<'_>, first: u16, from: usize) -> Result<char, Broken> {
    if let Some(character) = char::from_u32(first.into()) {
        return Ok(character);
    }
    let after = scanner.at;
    if scanner.piece(after, after + 2) == "\\u" {
        scanner.at += 2;
        if let Some(second) = unit(scanner)
            && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
        {
            return Ok(character);
        }
    }
    odd(scanner, from, after, char::REPLACEMENT_CHARACTER, Broken::HALF)
}

/// Four digits.
fn unit(scanner: &mut Scanner<'_>) -> Option<u16> {
    let digits = scanner.piece(scanner.at, scanner.at + 4);
    let unit = digits.bytes().try_fold(0, |unit: u16, digit| Some(unit << 4 | char::from(digit).to_digit(16)? as u16));
    scanner.at += 4;
    unit.filter(|_| digits.len() == 4)
}

/// What stands for something odd, and where it goes on.
fn odd(
    scanner: &mut Scanner<'_>,
    from: usize,
    after: usize,
    instead: char,
    problem: &'static str,
) -> Result<char, Broken> {
    scanner.at = if scanner.lenient { after } else { from };
    if scanner.lenient { Ok(instead) } else { Err(scanner.broken(problem)) }
}
