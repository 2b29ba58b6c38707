//! What a field of the output takes, and how a value is written there.

use crate::scanner::Token;
use crate::words::has;

/// A field of what is written.
#[derive(Clone, Debug)]
pub struct Column {
    /// What stands between the value before and this one: a comma, the name, a colon, and the quote before a text.
    pub(crate) key: String,
    /// Which values are plain.
    pub(crate) plain: Plain,
    /// What an object without it has.
    pub(crate) absent: Absent,
    /// Whether 0 stands for nothing, as soon as that is asked.
    pub(crate) zero_is_none: Option<bool>,
    /// The texts that came so far, of [`Plain::Word`].
    pub(crate) words: Vec<&'static str>,
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
    /// [Words](crate::Receiver::word).
    Word,
    /// Objects all of whose values are plain, and whose members all have columns.
    Linked,
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

impl Plain {
    /// Whether plain values are texts.
    pub(crate) fn is_quoted(self) -> bool {
        matches!(self, Plain::Text | Plain::Json | Plain::Word)
    }
}

impl Column {
    /// A column of this name, which needs no escapes.
    pub fn new(name: &str, plain: Plain, absent: Absent) -> Column {
        let quote = if plain.is_quoted() { "\"" } else { "" };
        Column { key: [",\"", name, "\":", quote].concat(), plain, absent, zero_is_none: None, words: Vec::new() }
    }

    /// A plain value as it is written, between quotes if those of the column are; none unless that is how it stands there.
    #[inline(always)]
    pub(crate) fn text<'t>(&self, token: Token<'t>) -> Option<&'t str> {
        if self.zero_is_none != Some(false) && token.is_zero() {
            return None;
        }
        match (self.plain, token) {
            (Plain::Text | Plain::Json, Token::Text(text)) => Some(text),
            (Plain::Text, Token::Word(digits)) => whole_number(digits).map(|_| digits),
            (Plain::Whole(most), Token::Word(digits) | Token::Text(digits)) => {
                whole_number(digits).filter(|number| *number <= most).map(|_| digits)
            }
            (Plain::Truth, Token::Word(word) | Token::Text(word)) => truth(word),
            (Plain::Word, Token::Text(text)) if has(&self.words, text) => Some(text),
            _ => None,
        }
    }

    /// What a token is, if that is plain.
    pub(crate) fn value<'t>(&self, token: Token<'t>) -> Option<Value<'t>> {
        let text = self.text(token)?;
        Some(match self.plain {
            Plain::Whole(_) => Value::Number(whole_number(text)?),
            Plain::Truth => Value::Truth(text == "true"),
            _ => Value::Text(text),
        })
    }
}

fn truth(word: &str) -> Option<&'static str> {
    let is = |words| has(words, word);
    if is(&["1", "true"]) {
        return Some("true");
    }
    is(&["0", "false"]).then_some("false")
}

/// A whole number in digits, without zeros before it.
#[inline]
fn whole_number(digits: &str) -> Option<u64> {
    let digits = digits.as_bytes();
    // So many digits are less than 2^64.
    if !(1..=19).contains(&digits.len()) || digits.len() > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    digits.iter().try_fold(0, |number, b| b.is_ascii_digit().then(|| number * 10 + u64::from(b - b'0')))
}
