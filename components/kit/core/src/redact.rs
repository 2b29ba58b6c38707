//! Secrets, in the forms in which somebody may echo them: as they are, in capitals or not, percent-encoded, escaped as JSON,
//! programming languages or HTML do it, in hexadecimal digits, in base64 at any place, backwards, and as a number.
//!
//! That is what a component does alone, in any host. A secret that is encoded twice, other than by JSON in JSON, passes it, as do one
//! in base64 of several lines, in quoted-printable or UTF-16, and one that a mask shows a part of. Of a secret within a longer text in
//! base64, up to four bits stay at either end. The host of this project finds these, too (`host/src/redact.rs`).

use crate::base64::base64_letter;
use scan::Marks;
use serde_json::Number;
use wire::Node;

/// What stands in the place of a secret.
const INSTEAD: &str = "[secret]";
/// The shortest secret that is looked for within texts: shorter ones stand in them by chance, and the gaps would tell them.
const LEAST: usize = 4;
/// The shortest secret that is looked for in capitals, too: shorter ones may be words.
const LEAST_IN_CAPITALS: usize = 8;

/// Finds secrets in texts. It is made once for a set of secrets.
#[derive(Clone, Default)]
pub struct Redactor {
    wanted: Vec<Wanted>,
    /// Where forms may begin, in any letters: a bit for each form, which several share where there are many. They leave little of
    /// a text to look at. What escapes a byte takes more than one, so that a text shorter than each form holds no secret.
    marks: Marks,
}

/// What is read of a secret of digits that a vendor sends as a float, where that shows it in another way.
fn as_float(secret: &str) -> Option<String> {
    if secret.len() <= 15 || !secret.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Node::read([secret, ".0"].concat().as_bytes()).ok()?.to_json())
}

/// A form of a secret, which is found in whatever escapes.
#[derive(Clone)]
struct Wanted {
    form: Vec<u8>,
    code: Code,
    /// Whether it is only found where nothing else stands.
    alone: bool,
    /// Whether it may be written as a number.
    digits: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Code {
    Plain,
    Base64,
    Hex,
}

/// Whether a secret stands at a place of a text.
enum Fit {
    No,
    /// The text ends before the secret does.
    Begun,
    /// It does, up to here.
    To(usize),
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.form.fill(0);
        std::hint::black_box(&self.form);
    }
}

impl Redactor {
    /// Finds these secrets.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Redactor {
        let mut redactor = Redactor::default();
        secrets.into_iter().for_each(|secret| redactor.add(secret));
        redactor
    }

    /// Finds this secret, too.
    pub fn add(&mut self, secret: &str) {
        let alone = secret.len() < LEAST;
        let mut want = |form: Vec<u8>, code| {
            let bit = 1 << (self.wanted.len() % 8);
            let Some(first) = form.first().copied() else { return };
            let second = form.get(1).copied();
            self.marks.least = self.marks.least.min(form.len());
            let digits = code == Code::Plain && form.iter().all(u8::is_ascii_digit);
            let wanted = Wanted { form, code, alone, digits };
            wanted.mark(first, bit, &mut self.marks.first);
            match second {
                Some(second) => wanted.mark(second, bit, &mut self.marks.second),
                None => self.marks.second.iter_mut().for_each(|bits| *bits |= bit),
            }
            self.wanted.push(wanted);
        };
        want(secret.into(), Code::Plain);
        if let Some(float) = as_float(secret) {
            want(float.into(), Code::Plain);
        }
        if secret.len() > LEAST {
            want(secret.chars().rev().collect::<String>().into(), Code::Plain);
            want(hex(secret.as_bytes()), Code::Hex);
            // By what stands before it, as the user before the password of HTTP Basic.
            (0..3).for_each(|before| want(base64(secret.as_bytes(), before), Code::Base64));
        }
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What a text without a secret has no places for; none, if a whole number may be a secret.
    pub fn marks(&self) -> Option<&Marks> {
        let numbers = self.wanted.iter().any(|wanted| wanted.digits);
        if numbers { None } else { Some(&self.marks) }
    }

    /// Whether something of a text may be a secret.
    pub fn suspects(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let fits = |at: &usize| self.wanted.iter().any(|wanted| matches!(wanted.fit(text, *at), Fit::To(_)));
        text.len() >= self.marks.least && self.marks.places(text, 0).any(|at| fits(&at))
    }

    /// The text without secrets; none if there are none in it. Where `words` is set, a short one is found as a word, too, and
    /// not only as the whole text.
    pub fn redacted(&self, text: &str, words: bool) -> Option<String> {
        if text.len() < self.marks.least {
            return None;
        }
        let bytes = text.as_bytes();
        let mut out: Option<String> = None;
        let (mut at, mut from) = (0, 0);
        while let Some(next) = self.marks.places(bytes, at).next() {
            let end = |wanted: &Wanted| match wanted.fit(bytes, next) {
                Fit::To(end) if !wanted.alone || stands_alone(bytes, next, end, words) => Some(end),
                _ => None,
            };
            at = next + 1;
            if let Some(end) = self.wanted.iter().filter_map(end).max() {
                let out = out.get_or_insert_default();
                out.push_str(text.get(from..next).unwrap_or_default());
                out.push_str(INSTEAD);
                (at, from) = (end, end);
            }
        }
        if let Some(out) = &mut out {
            out.push_str(text.get(from..).unwrap_or_default());
        }
        out
    }

    /// How much of a text can be passed on before what follows it is known: what comes after may be the begin of a secret.
    pub fn settled(&self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(next) = self.marks.places(bytes, at).next() {
            at = next + 1;
            for wanted in &self.wanted {
                match wanted.fit(bytes, next) {
                    Fit::Begun => return next,
                    Fit::To(end) => at = at.max(end),
                    Fit::No => {}
                }
            }
        }
        text.len()
    }

    /// Takes secrets out of each text, each number and each name of a member.
    pub fn clean(&self, node: &mut Node<'_>, words: bool) {
        if self.is_empty() {
            return;
        }
        match node {
            Node::Text(text) => {
                if let Some(redacted) = self.redacted(text, words) {
                    *text = redacted.into();
                }
            }
            Node::Number(number) if self.is(number) => *node = INSTEAD.into(),
            Node::Object(members) => {
                for (name, value) in members {
                    if let Some(redacted) = self.redacted(name, words) {
                        *name = redacted.into();
                    }
                    self.clean(value, words);
                }
            }
            list => list.items_mut().into_iter().flatten().for_each(|item| self.clean(item, words)),
        }
    }

    /// Whether a number is a secret: `1.2e5` is `0120000`.
    pub fn is(&self, number: &Number) -> bool {
        let same = |wanted: &Wanted| {
            let zeros = wanted.form.iter().take_while(|digit| **digit == b'0').count();
            match Node::parse(&wanted.form[zeros..]) {
                Ok(Node::Number(value)) => value == *number || !wanted.alone && value.as_f64() == number.as_f64(),
                _ => false,
            }
        };
        self.wanted.iter().filter(|wanted| wanted.digits).any(same)
    }
}

/// Whether nothing stands around a part of a text, or for `words` no letter.
fn stands_alone(text: &[u8], at: usize, end: usize, words: bool) -> bool {
    let letter = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte > 0x7f);
    let whole = at == 0 && end == text.len();
    whole || words && !(at > 0 && letter(at - 1)) && !letter(end)
}

impl Wanted {
    /// Marks the bytes that stand for one of the form, or begin an escape that may.
    fn mark(&self, wanted: u8, bit: u8, marks: &mut [u8; 256]) {
        for byte in [wanted, wanted ^ 0x20, b'+', b'-', b'_', b'%', b'\\', b'&'] {
            if matches!(byte, b'%' | b'\\' | b'&') || self.is(wanted, byte) {
                marks[usize::from(byte)] |= bit;
            }
        }
    }

    /// Whether a byte of a text stands for one of the form.
    fn is(&self, wanted: u8, byte: u8) -> bool {
        byte == wanted
            || match self.code {
                // Forms of the web have it for a space.
                Code::Plain if byte == b'+' => wanted == b' ',
                Code::Plain => self.form.len() >= LEAST_IN_CAPITALS && byte.eq_ignore_ascii_case(&wanted),
                Code::Hex => byte.eq_ignore_ascii_case(&wanted),
                // Addresses have other signs for two of the letters.
                Code::Base64 => matches!((byte, wanted), (b'-', b'+') | (b'_', b'/')),
            }
    }

    fn fit(&self, text: &[u8], mut at: usize) -> Fit {
        let mut form = &self.form[..];
        while let [wanted, rest @ ..] = form {
            let Some(byte) = text.get(at) else { return Fit::Begun };
            if let Some((character, length, next)) = unescaped(text, at, *byte)
                && let Some((same, rest)) = form.split_at_checked(length)
                && same.iter().zip(character).all(|(wanted, byte)| self.is(*wanted, byte))
            {
                (form, at) = (rest, next);
            } else if self.is(*wanted, *byte) {
                (form, at) = (rest, at + 1);
            } else if matches!(byte, b'%' | b'\\' | b'&') && text.len() - at < 9 {
                // An escape may be cut off.
                return Fit::Begun;
            } else {
                return Fit::No;
            }
        }
        Fit::To(at)
    }
}

/// What an escape of an address, of JSON or of HTML stands for, how many bytes that is, and where the text goes on.
fn unescaped(text: &[u8], at: usize, first: u8) -> Option<([u8; 4], usize, usize)> {
    let number = |from: usize, to: usize, radix: u32| {
        let digits = text.get(from..to).filter(|digits| !digits.is_empty())?;
        digits
            .iter()
            .take(7)
            .try_fold(0, |number: u32, digit| Some(number * radix + char::from(*digit).to_digit(radix)?))
    };
    let byte = |byte: u8, next| Some(([byte, 0, 0, 0], 1, next));
    let character = |number: u32, next| {
        let mut bytes = [0; 4];
        let length = char::from_u32(number)?.encode_utf8(&mut bytes).len();
        Some((bytes, length, next))
    };
    match first {
        b'%' => byte(number(at + 1, at + 3, 16)? as u8, at + 3),
        b'\\' => {
            // JSON in JSON has several. Not more are read, since each of them may begin a secret.
            let after = at + text.get(at..)?.iter().take(16).position(|byte| *byte != b'\\')?;
            match text.get(after)? {
                b'u' => character(number(after + 1, after + 5, 16)?, after + 5),
                b'x' => byte(number(after + 1, after + 3, 16)? as u8, after + 3),
                b'n' => byte(b'\n', after + 1),
                b'r' => byte(b'\r', after + 1),
                b't' => byte(b'\t', after + 1),
                other => byte(*other, after + 1),
            }
        }
        b'&' => {
            let end = at + text.get(at..)?.iter().take(10).position(|byte| *byte == b';')?;
            match text.get(at + 1..end)? {
                b"amp" => byte(b'&', end + 1),
                b"lt" => byte(b'<', end + 1),
                b"gt" => byte(b'>', end + 1),
                b"quot" => byte(b'"', end + 1),
                b"apos" => byte(b'\'', end + 1),
                [b'#', b'x' | b'X', ..] => character(number(at + 3, end, 16)?, end + 1),
                [b'#', ..] => character(number(at + 2, end, 10)?, end + 1),
                _ => None,
            }
        }
        _ => None,
    }
}

fn hex(secret: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    secret.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit & 15)]).collect()
}

/// The letters of base64 that a secret alone decides, with so many bytes before it.
fn base64(secret: &[u8], before: usize) -> Vec<u8> {
    let letters = (before * 8).div_ceil(6)..(before + secret.len()) * 8 / 6;
    letters.map(|index| base64_letter(secret, index * 6 - before * 8)).collect()
}

#[cfg(test)]
mod tests;
