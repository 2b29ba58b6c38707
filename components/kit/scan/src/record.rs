//! Reads one object of many that look alike. Plain values of its members are written at once. Everything else is left to the
//! caller's [`Receiver`].

use crate::scanner::{Scanner, Token};
use crate::writer::Writer;

/// A field of what is written.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, which needs no escapes.
    pub name: &'static str,
    /// Which values are plain.
    pub plain: Plain,
    /// What an object without it has.
    pub absent: Absent,
    /// Whether 0 stands for nothing.
    pub zero_is_none: bool,
    /// The texts that are plain, of [`Plain::Word`].
    pub words: Vec<&'static str>,
}

/// Which values of a field are plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Texts, and whole numbers as texts.
    Text,
    /// Texts.
    Json,
    /// Whole numbers up to this one, in quotes or not.
    Whole(u64),
    /// `true`, `false`, 1 and 0, in quotes or not.
    Truth,
    /// The words of the column.
    Word,
    /// None.
    None,
}

/// What an object without a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nothing.
    Nothing,
    /// An empty list.
    List,
    /// It is at fault.
    Fault,
}

/// A plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'t> {
    /// A text that needs no escapes.
    Text(&'t str),
    /// A whole number.
    Number(u64),
    /// A boolean.
    Truth(bool),
    /// An empty list.
    EmptyList,
}

/// What a member of an object stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The column of this index.
    Column(usize),
    /// It is never passed on.
    Withheld,
    /// No column.
    Unknown,
}

/// What the caller does with an object that is read.
pub trait Receiver<'t> {
    /// What the member of this name stands for.
    fn meaning(&mut self, name: &'t str) -> Meaning;
    /// The object begins.
    fn open(&mut self);
    /// Whether a text may not be written at once.
    fn suspects(&self, text: &str) -> bool;
    /// Where plain values are written, and up to how many bytes no text is [suspicious](Receiver::suspects). Without it, each value
    /// comes by [`Receiver::plain`].
    fn writer(&mut self) -> Option<(&mut Writer, usize)>;
    /// A plain value of the column of this index.
    fn plain(&mut self, column: usize, value: Value<'t>);
    /// A value of the column of this index that is not plain, or none where the column needs one. Returns whether to read on.
    fn other(&mut self, column: usize, member: Option<(&'t str, Token<'t>)>) -> bool;
    /// The object ends; these members have no column.
    fn close(&mut self, rest: &mut dyn Iterator<Item = (&'t str, Token<'t>)>);
}

/// The members of an object. One takes the room of the one before.
#[derive(Debug, Default)]
pub struct Members<'t> {
    all: Vec<(&'t str, Token<'t>)>,
    /// Of each column, its member; [`NONE`] of those that are not there.
    found: Vec<u8>,
    rest: Vec<u8>,
    /// What the members of the last object stand for.
    seen: Vec<(&'t str, Meaning)>,
}

const NONE: u8 = u8::MAX;

/// Reads the object that begins here, in a text that was checked. Tells whether it did: an object that has two members for a
/// column, none for any, or escapes in names is left to others, with the scanner where it was. An object that does not go on is
/// read.
pub fn record<'t>(
    columns: &[Column],
    members: &mut Members<'t>,
    scanner: &mut Scanner<'t>,
    receiver: &mut dyn Receiver<'t>,
) -> bool {
    let start = scanner.at;
    if members.find(columns.len(), scanner, receiver).is_none() {
        scanner.at = start;
        return false;
    }
    receiver.open();
    let mut index = 0;
    while index < columns.len() {
        // As far as there are plain values that can be written at once.
        if let Some((writer, longest)) = receiver.writer() {
            index = members.write(columns, index, writer, longest);
        }
        let Some(column) = columns.get(index) else { break };
        let member = members.member(index);
        let goes_on = match (member.map(|(_, token)| token), column.absent) {
            (None, Absent::Nothing) => true,
            (None, Absent::List) => {
                receiver.plain(index, Value::EmptyList);
                true
            }
            (Some(token), _) if let Some(value) = column.plain(token) => {
                match value {
                    Value::Text(text)
                        if !receiver.suspects(text)
                            && let Some((writer, _)) = receiver.writer() =>
                    {
                        writer.field(column.name);
                        writer.plain(text);
                    }
                    _ => receiver.plain(index, value),
                }
                true
            }
            _ => receiver.other(index, member),
        };
        if !goes_on {
            return true;
        }
        index += 1;
    }
    let rest = members.rest.iter().filter_map(|place| members.all.get(usize::from(*place)).copied());
    receiver.close(&mut { rest });
    true
}

impl<'t> Members<'t> {
    /// Finds the member of each column, if each has one, and one is there.
    fn find(&mut self, columns: usize, scanner: &mut Scanner<'t>, receiver: &mut dyn Receiver<'t>) -> Option<()> {
        self.all.clear();
        self.rest.clear();
        self.found.clear();
        self.found.resize(columns, NONE);
        let mut any = false;
        while scanner.goes_on(b'}', self.all.is_empty()).ok()? {
            let name = scanner.plain_name()?;
            let token = scanner.token();
            let index = self.all.len();
            let place = u8::try_from(index).ok().filter(|place| *place != NONE)?;
            let meaning = match self.seen.get(index) {
                Some((seen, meaning)) if same(seen, name) => *meaning,
                _ => {
                    let meaning = receiver.meaning(name);
                    self.seen.truncate(index);
                    self.seen.push((name, meaning));
                    meaning
                }
            };
            match meaning {
                Meaning::Column(column) => {
                    *self.found.get_mut(column).filter(|found| **found == NONE)? = place;
                    any = true;
                }
                Meaning::Unknown => self.rest.push(place),
                Meaning::Withheld => {}
            }
            self.all.push((name, token));
        }
        any.then_some(())
    }

    fn member(&self, column: usize) -> Option<(&'t str, Token<'t>)> {
        self.all.get(usize::from(*self.found.get(column)?)).copied()
    }

    /// Writes plain values of columns from one on, and tells which is the first that has to be seen to.
    fn write(&self, columns: &[Column], from: usize, writer: &mut Writer, longest: usize) -> usize {
        for (index, column) in columns.iter().enumerate().skip(from) {
            match self.member(index) {
                None if column.absent == Absent::Nothing => {}
                None if column.absent == Absent::List => {
                    writer.field(column.name);
                    writer.word("[]");
                }
                None => return index,
                Some((_, token)) => match column.plain(token) {
                    Some(Value::Text(text)) if text.len() <= longest => {
                        writer.field(column.name);
                        writer.plain(text);
                    }
                    Some(Value::Number(number)) => {
                        writer.field(column.name);
                        writer.number(number);
                    }
                    Some(Value::Truth(truth)) => {
                        writer.field(column.name);
                        writer.word(if truth { "true" } else { "false" });
                    }
                    _ if token == Token::Word("null") && column.absent == Absent::Nothing => {}
                    _ => return index,
                },
            }
        }
        columns.len()
    }
}

impl Column {
    #[inline]
    fn plain<'t>(&self, token: Token<'t>) -> Option<Value<'t>> {
        if self.zero_is_none && matches!(token, Token::Text("0") | Token::Word("0")) {
            return None;
        }
        match (self.plain, token) {
            (Plain::Text | Plain::Json, Token::Text(text)) => Some(Value::Text(text)),
            (Plain::Text, Token::Word(digits)) => whole_number(digits).map(|_| Value::Text(digits)),
            (Plain::Whole(most), Token::Word(digits) | Token::Text(digits)) => {
                whole_number(digits).filter(|number| *number <= most).map(Value::Number)
            }
            (Plain::Truth, Token::Word(word) | Token::Text(word)) => match word {
                "true" | "1" => Some(Value::Truth(true)),
                "false" | "0" => Some(Value::Truth(false)),
                _ => None,
            },
            (Plain::Word, Token::Text(text)) if self.words.contains(&text) => Some(Value::Text(text)),
            _ => None,
        }
    }
}

/// As `==`, which takes several times as long for names.
#[inline]
fn same(one: &str, other: &str) -> bool {
    let ((words, rest), (others, other_rest)) = (one.as_bytes().as_chunks::<8>(), other.as_bytes().as_chunks::<8>());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    one.len() == other.len()
        && words.iter().zip(others).all(|(one, other)| word(one) == word(other))
        && rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

/// A whole number in digits.
#[inline]
fn whole_number(digits: &str) -> Option<u64> {
    // So many digits are less than 2^64.
    let digits = Some(digits.as_bytes()).filter(|digits| (1..=19).contains(&digits.len()))?;
    digits.iter().try_fold(0, |number, b| b.is_ascii_digit().then(|| number * 10 + u64::from(b - b'0')))
}
