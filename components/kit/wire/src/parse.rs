//! From bytes to JSON: one way for answers, errors, events and callers' inputs.
//!
//! Vendors send what other programs wave through: a byte order mark, half a character where a text was cut, a line break as it
//! is, `NaN`, integers of any length. Of an answer all that can be read is read ([`Node::read`]); a caller is told what is wrong
//! and where ([`Node::parse`]).

use crate::escape::string;
use crate::float::nearest;
use crate::node::Node;
use crate::unread::Unread;
use scan::{Broken, NO_NAME, Scanner, Token, Word};
use serde_json::Number;
use std::borrow::Cow;

impl<'t> Node<'t> {
    /// Reads JSON, strictly.
    ///
    /// # Errors
    ///
    /// It is none, or is nested deeper than 127 levels.
    pub fn parse(json: &'t [u8]) -> Result<Node<'t>, Broken> {
        parse(json, false, false, None).map(|(value, ..)| value)
    }

    /// Reads JSON of a vendor: half a character becomes U+FFFD, a control character stays as it is, so does a backslash that
    /// escapes nothing; `NaN` and infinities are null, and a number that neither an integer nor a float holds is a text of its digits.
    /// Of other floats, the nearest double is what is read, and passed on: RFC 8259, 6, expects no more of readers.
    ///
    /// # Errors
    ///
    /// As [`Node::parse`].
    pub fn read(json: &'t [u8]) -> Result<Node<'t>, Broken> {
        parse(json, true, false, None).map(|(value, ..)| value)
    }

    /// As [`Node::read`], with each list [unread](Node::Unread); and how deep lists and objects stand in each other.
    ///
    /// # Errors
    ///
    /// As [`Node::parse`].
    pub fn read_lazily(json: &'t [u8]) -> Result<(Node<'t>, u8), Broken> {
        parse(json, true, true, None).map(|(value, depth, _)| (value, depth))
    }
}

/// Reads a list that begins where a scanner is, at a depth. Tells whether it did; the scanner is behind the list then.
pub(crate) type ReadList<'r, 't> = &'r mut dyn FnMut(&mut Scanner<'t>, u8) -> bool;

/// Where a list is, from here: what a JSON pointer of plain names leads to, and a member of that.
pub(crate) type Path<'p> = (&'p str, Option<&'p str>);

/// As [`Node::read_lazily`], with the list at a path read on the way; and that list, if it was.
pub(crate) fn read_with_list<'t>(
    json: &'t [u8],
    path: Path<'_>,
    read: ReadList<'_, 't>,
) -> Result<(Node<'t>, u8, Option<Unread<'t>>), Broken> {
    parse(json, true, true, Some((path, read)))
}

fn parse<'t>(
    json: &'t [u8],
    lenient: bool,
    lazy: bool,
    list: Option<(Path<'_>, ReadList<'_, 't>)>,
) -> Result<(Node<'t>, u8, Option<Unread<'t>>), Broken> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").filter(|_| lenient).unwrap_or(json);
    let text = std::str::from_utf8(json)
        .map_err(|error| Broken { at: error.valid_up_to(), problem: "a byte that is not UTF-8" })?;
    let (path, read_list) = list.unzip();
    let mut parser = Parser { scanner: Scanner::of(text, lenient), lazy, read_list, list: None };
    let value = parser.value(0, path)?;
    match parser.scanner.next_byte() {
        None => Ok((value, parser.scanner.deepest, parser.list)),
        Some(_) => Err(parser.scanner.broken("something after the end")),
    }
}

pub(crate) struct Parser<'r, 't> {
    pub scanner: Scanner<'t>,
    /// Whether lists are left unread.
    lazy: bool,
    /// What reads the list at the path.
    read_list: Option<ReadList<'r, 't>>,
    /// The list that it has read.
    list: Option<Unread<'t>>,
}

impl<'t> Parser<'_, 't> {
    /// From where a scanner is, with lists left unread.
    pub fn at(scanner: Scanner<'t>) -> Self {
        Parser { scanner, lazy: true, read_list: None, list: None }
    }

    /// The items of a list that was checked before, or another such value.
    pub fn of_checked(text: &'t str) -> Self {
        Parser::at(Scanner::of(text, true))
    }

    /// Whether another item comes in [such a list](Parser::of_checked).
    pub fn has_item(&mut self) -> bool {
        self.scanner.goes_on(b']', self.scanner.at == 0).unwrap_or(false)
    }

    /// The value that begins here, in a text that was checked.
    pub fn read(&mut self) -> Node<'t> {
        self.value(1, None).unwrap_or_default()
    }

    /// The value that begins here, at a depth; with the path from here, if it leads here.
    pub fn value(&mut self, depth: u8, path: Option<Path<'_>>) -> Result<Node<'t>, Broken> {
        let opened = self.scanner.next_byte();
        let from = self.scanner.at;
        match opened {
            Some(b'"') => string(&mut self.scanner).map(Node::Text),
            Some(b'[') if self.lazy => {
                let deepest = self.scanner.deepest;
                let read = self.read_list.take_if(|_| path == Some(("", None)));
                let is_read = read.is_some_and(|read| read(&mut self.scanner, depth));
                if is_read {
                    self.list = Some(Unread::of(self.scanner.piece(from, self.scanner.at)));
                } else {
                    (self.scanner.at, self.scanner.deepest) = (from, deepest);
                    self.scanner.skip(depth)?;
                }
                Ok(Node::Unread(Unread::of(self.scanner.piece(from, self.scanner.at))))
            }
            Some(b'[') => {
                self.scanner.enter(depth)?;
                let mut items = Vec::new();
                while self.scanner.goes_on(b']', items.is_empty())? {
                    items.push(self.value(depth + 1, None)?);
                }
                Ok(Node::List(items))
            }
            Some(b'{') => {
                self.scanner.enter(depth)?;
                let mut members = Vec::new();
                while self.scanner.goes_on(b'}', members.is_empty())? {
                    if self.scanner.next_byte() != Some(b'"') {
                        return Err(self.scanner.broken(NO_NAME));
                    }
                    let name = string(&mut self.scanner)?;
                    self.scanner.colon()?;
                    let inner = path.and_then(|path| below(path, &name));
                    members.push((name, self.value(depth + 1, inner)?));
                }
                Ok(Node::Object(members))
            }
            _ => match self.scanner.word()? {
                Word::Null => Ok(Node::Null),
                Word::Truth(truth) => Ok(Node::Bool(truth)),
                Word::Number(word) => match number(word, self.scanner.lenient) {
                    // JSON allows it, and no program can read it. What the end cuts off is no mistake of whoever wrote it.
                    Node::Null if !self.scanner.lenient => {
                        if self.scanner.peek().is_some() {
                            self.scanner.at = from;
                        }
                        Err(self.scanner.broken(Broken::RANGE))
                    }
                    number => Ok(number),
                },
            },
        }
    }
}

/// The path from the member of this name, if it leads there.
fn below<'p>((pointer, member): Path<'p>, name: &str) -> Option<Path<'p>> {
    if pointer.is_empty() {
        return (member == Some(name)).then_some(("", None));
    }
    let rest = pointer.strip_prefix('/')?.strip_prefix(name)?;
    (!name.contains('/') && (rest.is_empty() || rest.starts_with('/'))).then_some((rest, member))
}

/// The value of a token.
pub(crate) fn read<'t>(token: Token<'t>) -> Node<'t> {
    match token {
        Token::Text(text) => Node::Text(Cow::Borrowed(text)),
        Token::Other(list) if list.starts_with('[') => Node::Unread(Unread::of(list)),
        Token::Word(text) | Token::Other(text) => Parser::of_checked(text).read(),
    }
}

/// A number as JSON has it. One that is larger than any float is null, or leniently a text.
fn number<'t>(word: &'t str, lenient: bool) -> Node<'t> {
    let (negative, digits) = word.strip_prefix('-').map_or((false, word), |digits| (true, digits));
    if word != "-0" && digits.bytes().all(|b| b.is_ascii_digit()) {
        let unsigned = word.parse::<u64>().map(Number::from);
        if let Ok(number) = unsigned.or_else(|_| word.parse::<i64>().map(Number::from)) {
            return Node::Number(number);
        }
        if lenient {
            return Node::Text(word.into());
        }
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let size = exponent.bytes().filter(u8::is_ascii_digit);
    let size = size.fold(0i32, |size, b| size.saturating_mul(10).saturating_add(i32::from(b - b'0')));
    let float = nearest(whole, fraction, if exponent.starts_with('-') { -size } else { size });
    match Number::from_f64(if negative { -float } else { float }) {
        Some(number) => Node::Number(number),
        None if lenient => Node::Text(word.into()),
        None => Node::Null,
    }
}

#[cfg(test)]
mod tests;
