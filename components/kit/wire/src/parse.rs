//! From bytes to JSON: one way for answers, errors, events and callers' inputs.
//!
//! Vendors send what other programs wave through: a byte order mark, half a character where a text was cut, a line break as it
//! is, `NaN`, integers of any length. Of an answer all that can be read is read ([`Node::read`]); a caller is told what is wrong
//! and where ([`Node::parse`]).

use crate::float::nearest;
use crate::node::{Member, Node, plain};
use crate::unread::Unread;
use serde_json::Number;
use std::borrow::Cow;
use std::fmt;

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// How many bytes stand before the place.
    pub at: usize,
    /// What stands there.
    pub problem: &'static str,
}

impl Broken {
    const END: &'static str = "the end, where more is expected";
    const RANGE: &'static str = "number out of range";
    const HALF: &'static str = "half a character";

    /// Whether the text breaks off.
    pub fn is_end(&self) -> bool {
        self.problem == Broken::END
    }

    /// Whether the grammar of JSON allows what stands there, and no value can hold it: a number beyond all floats, or half a
    /// character.
    pub fn is_unrepresentable(&self) -> bool {
        self.problem == Broken::RANGE || self.problem == Broken::HALF
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.at + 1, self.problem)
    }
}

impl std::error::Error for Broken {}

/// The deepest that lists and objects may stand in each other.
const DEEPEST: u8 = 127;
const TOO_DEEP: &str = "deeper than 127 levels";

impl<'t> Node<'t> {
    /// Reads JSON, strictly.
    ///
    /// # Errors
    ///
    /// It is none, or is nested deeper than 127 levels.
    pub fn parse(json: &'t [u8]) -> Result<Node<'t>, Broken> {
        parse(json, false, false).map(|(value, _)| value)
    }

    /// Reads JSON of a vendor: half a character becomes U+FFFD, a control character stays as it is, so does a backslash that
    /// escapes nothing; a number that no float holds is null, and an integer that no integer holds is a text of its digits.
    ///
    /// # Errors
    ///
    /// As [`Node::parse`].
    pub fn read(json: &'t [u8]) -> Result<Node<'t>, Broken> {
        parse(json, true, false).map(|(value, _)| value)
    }

    /// As [`Node::read`], with each list [unread](Node::Unread); and how deep lists and objects stand in each other.
    ///
    /// # Errors
    ///
    /// As [`Node::parse`].
    pub fn read_lazily(json: &'t [u8]) -> Result<(Node<'t>, u8), Broken> {
        parse(json, true, true)
    }
}

fn parse(json: &[u8], lenient: bool, lazy: bool) -> Result<(Node<'_>, u8), Broken> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").filter(|_| lenient).unwrap_or(json);
    let text = std::str::from_utf8(json)
        .map_err(|error| Broken { at: error.valid_up_to(), problem: "a byte that is not UTF-8" })?;
    let mut parser = Parser { text, at: 0, lenient, lazy, deepest: 0, usual: 0, spare: Vec::new() };
    let value = parser.value(0)?;
    match parser.next() {
        None => Ok((value, parser.deepest)),
        Some(_) => Err(parser.broken("something after the end")),
    }
}

#[derive(Clone)]
pub(crate) struct Parser<'t> {
    text: &'t str,
    at: usize,
    lenient: bool,
    /// Whether lists are left unread.
    lazy: bool,
    deepest: u8,
    /// How many members the last object had.
    usual: usize,
    /// Room of objects that are no longer read.
    spare: Vec<Vec<Member<'t>>>,
}

impl<'t> Parser<'t> {
    /// The items of a list that was checked before.
    pub(crate) fn of_list(text: &'t str) -> Parser<'t> {
        Parser { text, at: 0, lenient: true, lazy: true, deepest: 0, usual: 8, spare: Vec::new() }
    }

    /// The next item of [such a list](Parser::of_list).
    pub(crate) fn item(&mut self) -> Option<Node<'t>> {
        let more = self.goes_on(b']', self.at == 0).unwrap_or(false);
        if more { self.value(1).ok() } else { None }
    }

    /// Takes back the room of an item that was read.
    pub(crate) fn recycle(&mut self, item: Node<'t>) {
        if let Node::Object(mut members) = item {
            while let Some((_, value)) = members.pop() {
                self.recycle(value);
            }
            self.spare.push(members);
        }
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn broken(&self, problem: &'static str) -> Broken {
        let at = self.at.min(self.text.len());
        Broken { at, problem: if at == self.text.len() { Broken::END } else { problem } }
    }

    #[inline(always)]
    fn piece(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn value(&mut self, depth: u8) -> Result<Node<'t>, Broken> {
        let opened = self.next();
        match opened {
            Some(b'"') => self.string().map(Node::Text),
            Some(b'[' | b'{') if depth >= DEEPEST => Err(self.broken(TOO_DEEP)),
            Some(b'[') if self.lazy => {
                let from = self.at;
                self.skip(depth)?;
                Ok(Node::Unread(Unread::of(self.piece(from, self.at))))
            }
            Some(b'[') => {
                let mut items = Vec::new();
                while self.goes_on(b']', items.is_empty())? {
                    items.push(self.value(depth + 1)?);
                }
                Ok(Node::List(items))
            }
            Some(b'{') => {
                self.deepest = self.deepest.max(depth + 1);
                let mut members = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(self.usual));
                while self.goes_on(b'}', members.is_empty())? {
                    let name = self.name()?;
                    members.push((name, self.value(depth + 1)?));
                }
                self.usual = members.len().min(32);
                Ok(Node::Object(members))
            }
            _ => self.word(),
        }
    }

    /// Checks a value, and makes nothing of it.
    fn skip(&mut self, depth: u8) -> Result<(), Broken> {
        match self.next() {
            Some(b'"') => self.string().map(|_| ()),
            Some(open @ (b'[' | b'{')) if depth < DEEPEST => {
                self.deepest = self.deepest.max(depth + 1);
                let mut first = true;
                // Brackets are two apart.
                while self.goes_on(open + 2, std::mem::take(&mut first))? {
                    if open == b'{' {
                        self.name()?;
                    }
                    self.skip(depth + 1)?;
                }
                Ok(())
            }
            Some(b'[' | b'{') => Err(self.broken(TOO_DEEP)),
            _ => self.word().map(|_| ()),
        }
    }

    /// The name of a member, and the colon after it.
    fn name(&mut self) -> Result<Cow<'t, str>, Broken> {
        if self.next() != Some(b'"') {
            return Err(self.broken("no name of a member"));
        }
        let name = self.string()?;
        if self.next() != Some(b':') {
            return Err(self.broken("no colon after the name of a member"));
        }
        self.at += 1;
        Ok(name)
    }

    /// Whether another item comes; takes the bracket or the comma before it.
    fn goes_on(&mut self, end: u8, first: bool) -> Result<bool, Broken> {
        if first {
            self.at += 1;
        }
        match self.next() {
            Some(next) if next == end => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.broken("no comma and no bracket after a value")),
        }
    }

    fn word(&mut self) -> Result<Node<'t>, Broken> {
        let from = self.at;
        while let Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'+') = self.peek() {
            self.at += 1;
        }
        let word = self.piece(from, self.at);
        let problem = match word {
            "null" => return Ok(Node::Null),
            "true" => return Ok(Node::Bool(true)),
            "false" => return Ok(Node::Bool(false)),
            "NaN" | "Infinity" | "-Infinity" if self.lenient => return Ok(Node::Null),
            "" => "no value",
            _ => match number(word, self.lenient) {
                // JSON allows it, and no program can read it.
                Some(Node::Null) if !self.lenient => Broken::RANGE,
                Some(number) => return Ok(number),
                None => "a word that is no value",
            },
        };
        // A word that the end cuts off is no mistake of whoever wrote it.
        if self.at < self.text.len() || word.is_empty() && from < self.text.len() {
            self.at = from;
        }
        Err(self.broken(problem))
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Broken> {
        self.at += 1;
        let from = self.at;
        self.at += plain(self.text.as_bytes().get(from..).unwrap_or_default());
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(self.piece(from, self.at - 1)));
        }
        let mut text = self.piece(from, self.at).to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(control @ ..0x20) if self.lenient => {
                    text.push(char::from(control));
                    self.at += 1;
                }
                Some(..0x20) | None => return Err(self.broken("a control character")),
                Some(_) => {
                    let from = self.at;
                    self.at += plain(self.text.as_bytes().get(from..).unwrap_or_default());
                    text.push_str(self.piece(from, self.at));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let from = self.at;
        self.at += 2;
        let simple = match self.text.as_bytes().get(from + 1) {
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(escaped @ (b'"' | b'\\' | b'/')) => char::from(*escaped),
            Some(b'u') => match self.unit() {
                Some(unit) => return self.character(unit, from),
                None => return self.odd(from, from + 1, '\\', "an escape that is none"),
            },
            Some(_) => return self.odd(from, from + 1, '\\', "an escape that is none"),
            None => {
                self.at = self.text.len();
                return Err(self.broken(Broken::END));
            }
        };
        Ok(simple)
    }

    /// The character of an escape with this number, which may need a second escape.
    fn character(&mut self, unit: u16, from: usize) -> Result<char, Broken> {
        if let Some(character) = char::from_u32(unit.into()) {
            return Ok(character);
        }
        let after = self.at;
        if self.piece(after, after + 2) == "\\u" {
            self.at += 2;
            if let Some(second) = self.unit()
                && let Some(Ok(character)) = char::decode_utf16([unit, second]).next()
            {
                return Ok(character);
            }
        }
        self.odd(from, after, char::REPLACEMENT_CHARACTER, Broken::HALF)
    }

    /// Four digits.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.piece(self.at, self.at + 4);
        let unit =
            digits.bytes().try_fold(0, |unit: u16, digit| Some(unit << 4 | char::from(digit).to_digit(16)? as u16));
        self.at += 4;
        unit.filter(|_| digits.len() == 4)
    }

    /// What stands for something odd, and where it goes on.
    fn odd(&mut self, from: usize, after: usize, instead: char, problem: &'static str) -> Result<char, Broken> {
        self.at = if self.lenient { after } else { from };
        if self.lenient { Ok(instead) } else { Err(self.broken(problem)) }
    }
}

/// A number as JSON has it; null, if it is larger than any float.
fn number<'t>(word: &'t str, lenient: bool) -> Option<Node<'t>> {
    // What most numbers are: at most 19 digits are less than 2^64.
    if let ([b'1'..=b'9', ..] | b"0", 1..=19) = (word.as_bytes(), word.len())
        && let Some(number) =
            word.bytes().try_fold(0, |number: u64, b| b.is_ascii_digit().then(|| number * 10 + u64::from(b - b'0')))
    {
        return Some(Node::Number(number.into()));
    }
    let (negative, digits) = word.strip_prefix('-').map_or((false, word), |digits| (true, digits));
    let end = digits.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at_checked(end)?;
    if whole.is_empty() || whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if rest.is_empty() && word != "-0" {
        let unsigned = word.parse::<u64>().map(Number::from);
        if let Ok(number) = unsigned.or_else(|_| word.parse::<i64>().map(Number::from)) {
            return Some(Node::Number(number));
        }
        if lenient {
            return Some(Node::Text(word.into()));
        }
    }
    let (fraction, exponent) = match rest.bytes().position(|b| b == b'e' || b == b'E') {
        Some(at) => (rest.get(..at)?, rest.get(at + 1..)?),
        None => (rest, "0"),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let fraction = if fraction.is_empty() { "0" } else { fraction.strip_prefix('.')? };
    if !is_digits(fraction) || !is_digits(unsigned) {
        return None;
    }
    let size = unsigned.bytes().fold(0i32, |size, b| size.saturating_mul(10).saturating_add(i32::from(b - b'0')));
    let float = nearest(whole, fraction, if exponent.starts_with('-') { -size } else { size });
    Some(Number::from_f64(if negative { -float } else { float }).map_or(Node::Null, Node::Number))
}

#[cfg(test)]
mod tests;
