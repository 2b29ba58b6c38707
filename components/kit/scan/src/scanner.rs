//! Text that is read: from bytes to values as they stand.

use crate::words::{has, same};
use crate::{plain, plain_here};
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
    /// The text breaks off.
    pub const END: &'static str = "the end, where more is expected";
    /// No value holds the number.
    pub const RANGE: &'static str = "number out of range";
    /// No value holds half a character.
    pub const HALF: &'static str = "half a character";

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
/// What stands where the name of a member should.
pub const NO_NAME: &str = "no name of a member";

/// A value as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// A text without escapes: what stands between its quotes.
    Text(&'t str),
    /// A number, a boolean or null.
    Word(&'t str),
    /// Anything else, whole.
    Other(&'t str),
}

impl Token<'_> {
    /// Whether it is 0, in quotes or not.
    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Token::Text("0") | Token::Word("0"))
    }
}

/// A value that is neither a text nor a list nor an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'t> {
    /// `null`, and what is read as if it was there.
    Null,
    /// `true` and `false`
    Truth(bool),
    /// A number as JSON has it.
    Number(&'t str),
}

/// Goes through a text.
#[derive(Clone, Debug)]
pub struct Scanner<'t> {
    /// The text.
    pub text: &'t str,
    /// How many bytes are behind.
    pub at: usize,
    /// Whether what no rule allows is read as well as it can be.
    pub lenient: bool,
    /// How deep lists and objects stand in each other in what was read.
    pub deepest: u8,
}

impl<'t> Scanner<'t> {
    /// From the begin of a text.
    pub fn of(text: &'t str, lenient: bool) -> Scanner<'t> {
        Scanner { text, at: 0, lenient, deepest: 0 }
    }

    /// Goes into a list or an object.
    ///
    /// # Errors
    ///
    /// That is too deep.
    pub fn enter(&mut self, depth: u8) -> Result<(), Broken> {
        self.enters(depth).map_err(|problem| self.broken(problem))
    }

    pub(crate) fn enters(&mut self, depth: u8) -> Result<(), &'static str> {
        if depth >= DEEPEST {
            return Err("deeper than 127 levels");
        }
        self.deepest = self.deepest.max(depth + 1);
        Ok(())
    }

    /// The next byte.
    #[inline(always)]
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline(always)]
    pub fn next_byte(&mut self) -> Option<u8> {
        match self.peek() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.pass_blanks(),
        }
    }

    #[inline(never)]
    fn pass_blanks(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// What is wrong where the scanner is.
    #[cold]
    pub fn broken(&self, problem: &'static str) -> Broken {
        let at = self.at.min(self.text.len());
        Broken { at, problem: if at == self.text.len() { Broken::END } else { problem } }
    }

    /// A part of the text.
    #[inline(always)]
    pub fn piece(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Checks a value leniently, and makes nothing of it.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn skip(&mut self, depth: u8) -> Result<(), Broken> {
        self.pass(depth).map_err(|problem| self.broken(problem))
    }

    /// As [`Scanner::skip`]. What is wrong stands where the scanner is. (An error with its place does not fit into a register.)
    fn pass(&mut self, depth: u8) -> Result<(), &'static str> {
        match self.next_byte() {
            Some(b'"') => self.pass_whole_text(),
            Some(open @ (b'[' | b'{')) => {
                self.enters(depth)?;
                let mut first = true;
                // Brackets are two apart.
                while self.has_next(open + 2, std::mem::take(&mut first))? {
                    if open == b'{' {
                        if self.next_byte() != Some(b'"') {
                            return Err(NO_NAME);
                        }
                        self.pass_whole_text()?;
                        self.pass_colon()?;
                    }
                    self.pass(depth + 1)?;
                }
                Ok(())
            }
            _ => self.pass_value().map(|_| ()),
        }
    }

    /// Goes behind a text. Whatever its escapes are, a lenient reader makes something of them.
    #[inline(never)]
    fn pass_whole_text(&mut self) -> Result<(), &'static str> {
        if self.unescaped().is_none() {
            self.at += 1;
            self.pass_text();
        }
        if self.at > self.text.len() { Err("") } else { Ok(()) }
    }

    /// The text that begins here, if it has no escapes; the scanner is behind it then.
    pub fn unescaped(&mut self) -> Option<&'t str> {
        self.text_by(plain)
    }

    /// As [`Scanner::unescaped`], by what tells how much of it needs none.
    #[inline(always)]
    fn text_by(&mut self, plain: impl Fn(&[u8]) -> usize) -> Option<&'t str> {
        let from = self.at + 1;
        let end = from + plain(self.text.as_bytes().get(from..)?);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        Some(self.piece(from, end))
    }

    /// Whether this text comes next, after blanks; the scanner is behind it then.
    #[inline(always)]
    pub(crate) fn passes(&mut self, text: &str) -> bool {
        self.next_byte();
        let end = self.at + text.len();
        let next = self.text.as_bytes().get(self.at..end);
        let passes = next.is_some_and(|next| same(next, text.as_bytes()));
        if passes {
            self.at = end;
        }
        passes
    }

    /// The name of a member, if it has no escapes, and the colon after it.
    pub(crate) fn plain_name(&mut self) -> Option<&'t str> {
        let name = if self.next_byte() == Some(b'"') { self.unescaped() } else { None };
        self.pass_colon().ok()?;
        name
    }

    /// The colon after the name of a member.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn colon(&mut self) -> Result<(), Broken> {
        self.pass_colon().map_err(|problem| self.broken(problem))
    }

    #[inline(always)]
    fn pass_colon(&mut self) -> Result<(), &'static str> {
        if self.next_byte() != Some(b':') {
            return Err("no colon after the name of a member");
        }
        self.at += 1;
        Ok(())
    }

    /// Whether another item comes; takes the bracket or the comma before it.
    ///
    /// # Errors
    ///
    /// Neither a comma nor the bracket is there.
    pub fn goes_on(&mut self, end: u8, first: bool) -> Result<bool, Broken> {
        self.has_next(end, first).map_err(|problem| self.broken(problem))
    }

    #[inline(always)]
    pub(crate) fn has_next(&mut self, end: u8, first: bool) -> Result<bool, &'static str> {
        if first {
            self.at += 1;
        }
        match self.next_byte() {
            Some(next) if next == end => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err("no comma and no bracket after a value"),
        }
    }

    /// A value that is neither a text nor a list nor an object.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn word(&mut self) -> Result<Word<'t>, Broken> {
        self.pass_value().map_err(|problem| self.broken(problem))
    }

    fn pass_value(&mut self) -> Result<Word<'t>, &'static str> {
        let from = self.at;
        self.pass_word();
        let word = self.piece(from, self.at);
        match word {
            _ if is_number(word.as_bytes()) => return Ok(Word::Number(word)),
            "null" => return Ok(Word::Null),
            "true" | "false" => return Ok(Word::Truth(word == "true")),
            _ if self.lenient && has(&["NaN", "Infinity", "-Infinity"], word) => return Ok(Word::Null),
            _ => {}
        }
        // A word that the end cuts off is no mistake of whoever wrote it.
        if self.at < self.text.len() || word.is_empty() && from < self.text.len() {
            self.at = from;
        }
        Err(if word.is_empty() { "no value" } else { "a word that is no value" })
    }

    #[inline(always)]
    fn pass_word(&mut self) {
        while let Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'+') = self.peek() {
            self.at += 1;
        }
    }

    /// The value that begins here, as it stands.
    ///
    /// # Errors
    ///
    /// There is none.
    #[inline(always)]
    pub(crate) fn token(&mut self, depth: u8) -> Result<Token<'t>, &'static str> {
        let opened = self.next_byte();
        let from = self.at;
        match opened {
            Some(b'"') => {
                if let Some(text) = self.text_by(plain_here) {
                    return Ok(Token::Text(text));
                }
                self.pass_whole_text()?;
            }
            Some(b'[' | b'{') => self.pass(depth)?,
            _ => {
                // Most are whole numbers.
                let end = digits(self.text.as_bytes(), from);
                let is_integer = match self.text.as_bytes().get(end) {
                    Some(b',' | b'}') => end == from + 1 || end > from && opened != Some(b'0'),
                    _ => false,
                };
                if is_integer {
                    self.at = end;
                } else {
                    self.pass_value()?;
                }
                return Ok(Token::Word(self.piece(from, self.at)));
            }
        }
        Ok(Token::Other(self.piece(from, self.at)))
    }

    /// Goes behind the quote that ends a text.
    pub fn pass_text(&mut self) {
        loop {
            self.at += plain(self.text.as_bytes().get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'\\') => self.at += 2,
                Some(b'"') | None => break,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
    }
}

/// Whether a word is a number as JSON has it.
fn is_number(word: &[u8]) -> bool {
    let start = usize::from(word.first() == Some(&b'-'));
    let mut at = digits(word, start);
    if at == start || at > start + 1 && word.get(start) == Some(&b'0') {
        return false;
    }
    if word.get(at) == Some(&b'.') {
        let from = at + 1;
        at = digits(word, from);
        if at == from {
            return false;
        }
    }
    if let Some(b'e' | b'E') = word.get(at) {
        let from = at + 1 + usize::from(matches!(word.get(at + 1), Some(b'+' | b'-')));
        at = digits(word, from);
        if at == from {
            return false;
        }
    }
    at == word.len()
}

/// Where digits end that begin here.
#[inline(never)]
fn digits(word: &[u8], mut at: usize) -> usize {
    while let Some(b'0'..=b'9') = word.get(at) {
        at += 1;
    }
    at
}
