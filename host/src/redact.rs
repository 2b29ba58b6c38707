//! Takes secrets out of what leaves the host: results, errors, the state of a job.
//!
//! A vendor that echoes a request, or quotes a log of its own, may have encoded it several times. No list of forms is
//! complete, so texts are decoded: up to [`DEPTH`] times, by each of the decoders of [`decode`](crate::decode): percent-encoding, the
//! escapes of JSON and of programming languages, those of HTML, quoted-printable, hexadecimal digits and base64, both in whatever
//! lines and at whatever place of a longer text. In each text that comes out, a secret is looked for by its letters and digits
//! alone, in capitals or not, forwards and backwards; what is between them does not count. So UTF-16, line breaks and groups of four
//! need no decoders. What stands at the secret's place in the first text goes, with those letters of base64 that it shares.
//! A mask that shows too much of a secret (`abcdef******uvwxyz`) goes, too: more than a third of its letters, or more than
//! [`SHOWN`].
//!
//! A secret of fewer than [`LEAST`] letters and digits would be found in ordinary texts in that way. For those there are only the
//! forms that a component looks for by itself, in any host: [`outwit_core::Redactor`].
//!
//! The work is linear in the size of a text: each depth decodes at most [`ROOM`] times as much as the text has. Secrets that
//! somebody hides on purpose are not found: a vendor that wants to give away a key has it.

use crate::Error;
use crate::decode::{BREAK, Candidates, Layer, without_backslashes};
use crate::secret::Secret;
use memchr::memmem::Finder;
use secrecy::zeroize::Zeroizing;
use serde_json::Number;
use std::ops::Range;
use wire::Node;

/// How often a text is decoded.
const DEPTH: usize = 3;
/// The fewest letters and digits of a secret that is looked for by these alone.
const LEAST: usize = 8;
/// The fewest letters of a secret that tell something of it.
const TELLING: usize = 4;
/// The most letters of a secret that a mask may show.
const SHOWN: usize = 8;
/// More letters of a mask, on either side, are not compared.
const COMPARED: usize = 64;
/// How many bytes the longest encoding of a byte has, between two escapes.
const REACH: usize = 16;
/// So many times the size of a text is decoded at each depth: by all decoders in full.
const ROOM: usize = 8;
/// What stands in the place of a secret.
const INSTEAD: &str = "[secret]";

/// Takes secrets out of texts.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// All of them, in the forms that components know.
    plain: outwit_core::Redactor,
    /// Those that are too short to be looked for by their letters.
    short: outwit_core::Redactor,
    patterns: Vec<Pattern>,
    /// What the bytes of a text are compared as; zero for those that do not count.
    folded: Folded,
    /// Whether one may come as a number, which is compared by its value.
    digits: bool,
}

/// A secret by its letters, or another order of them.
#[derive(Clone)]
struct Pattern {
    letters: Zeroizing<Vec<u8>>,
    /// How many bytes it has, with what is between its letters.
    length: usize,
    /// The signs around them.
    before: Zeroizing<Vec<u8>>,
    after: Zeroizing<Vec<u8>>,
    /// Whether a mask may show the ends of it.
    masked: bool,
}

#[derive(Clone)]
struct Folded([u8; 256]);

impl Default for Folded {
    /// Only ASCII counts: between its letters, somebody may have put soft hyphens.
    fn default() -> Self {
        let mut folded = [0; 256];
        for byte in (0..=u8::MAX).filter(u8::is_ascii_alphanumeric) {
            folded[usize::from(byte)] = byte.to_ascii_lowercase();
        }
        folded[usize::from(BREAK)] = BREAK;
        Folded(folded)
    }
}

impl Folded {
    fn of(&self, byte: u8) -> Option<u8> {
        Some(self.0[usize::from(byte)]).filter(|folded| *folded != 0)
    }

    /// The letters of a text.
    fn letters(&self, text: &[u8]) -> Vec<u8> {
        let mut letters = vec![0; text.len()];
        let mut count = 0;
        for byte in text {
            let folded = self.0[usize::from(*byte)];
            letters[count] = folded;
            count += usize::from(folded != 0);
        }
        letters.truncate(count);
        letters
    }

    fn pattern(&self, secret: &[u8], masked: bool) -> Pattern {
        let counts = |byte: &u8| self.of(*byte).is_some();
        let start = secret.iter().position(counts).unwrap_or(0);
        let end = secret.iter().rposition(counts).map_or(0, |last| last + 1);
        let copy = |part: &[u8]| Zeroizing::new(part.to_vec());
        let letters = Zeroizing::new(self.letters(secret));
        Pattern { letters, length: secret.len(), before: copy(&secret[..start]), after: copy(&secret[end..]), masked }
    }
}

impl Redactor {
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Redactor {
        let secrets: Vec<Secret> = secrets.into_iter().collect();
        let mut redactor = Redactor::default();
        if secrets.iter().any(|secret| !secret.expose().is_ascii()) {
            (0x80..=u8::MAX).for_each(|byte| redactor.folded.0[usize::from(byte)] = byte);
        }
        secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()).for_each(|secret| redactor.add(secret));
        redactor
    }

    fn add(&mut self, secret: &str) {
        self.plain.add(secret);
        self.digits |= secret.bytes().all(|byte| byte.is_ascii_digit());
        if self.folded.pattern(secret.as_bytes(), true).letters.len() < LEAST {
            return self.short.add(secret);
        }
        self.want(secret.as_bytes(), true);
        self.want(Zeroizing::new(secret.chars().rev().collect::<String>()).as_bytes(), false);
        if !secret.is_ascii() {
            for text in [secret.to_uppercase(), secret.to_lowercase()].map(Zeroizing::new) {
                self.want(text.as_bytes(), false);
            }
            // Of letters beyond ASCII, more is left of UTF-16 than without zeros.
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                self.want(&Zeroizing::new(secret.encode_utf16().flat_map(order).collect::<Vec<u8>>()), false);
            }
        }
        // A number has no zeros in front.
        if secret.bytes().all(|byte| byte.is_ascii_digit()) {
            self.want(secret.trim_start_matches('0').as_bytes(), false);
        }
    }

    fn want(&mut self, secret: &[u8], masked: bool) {
        let pattern = self.folded.pattern(secret, masked);
        if pattern.letters.len() >= LEAST && self.patterns.iter().all(|known| known.letters != pattern.letters) {
            self.patterns.push(pattern);
        }
    }

    /// What stands in the place of a secret.
    pub const INSTEAD: &str = INSTEAD;

    /// Whether the end of a text may be the beginning of one: so many of its letters that they would tell something.
    pub fn may_follow(&self, text: &str) -> bool {
        let letters = self.folded.letters(text.as_bytes());
        let begins = |pattern: &Pattern| {
            let most = pattern.letters.len().min(letters.len() + 1);
            (TELLING..most).any(|count| letters.ends_with(&pattern.letters[..count]))
        };
        self.patterns.iter().any(begins)
    }

    /// A text without them.
    pub fn text(&self, text: &str) -> String {
        self.redacted(text, true).unwrap_or_else(|| text.to_owned())
    }

    /// A result: a JSON document, which mostly holds none of them and then stays as it is.
    pub fn result(&self, text: String) -> String {
        let suspicious = self.digits
            || self.short.suspects(&text)
            || !self.found(&without_backslashes(text.as_bytes()), false).is_empty();
        if !suspicious {
            return text;
        }
        let Ok(mut document) = Node::parse(text.as_bytes()) else {
            return self.redacted(&text, true).unwrap_or(text);
        };
        // What is as it was is spelled as it was.
        if self.clean(&mut document, false) { document.to_json() } else { text }
    }

    pub fn error(&self, mut error: Error) -> Error {
        let text = |text: &mut String| *text = self.text(text);
        text(&mut error.message);
        error.field.iter_mut().chain(&mut error.code).for_each(text);
        if let Some(details) = error.details.take() {
            let mut details = Node::from(details);
            self.clean(&mut details, true);
            error.details = Some(details.into_value());
        }
        error
    }

    /// Takes them out of each text, each number and each name of a member, and tells whether there were any.
    fn clean(&self, node: &mut Node<'_>, words: bool) -> bool {
        let mut found = false;
        match node {
            Node::Text(text) => {
                if let Some(redacted) = self.redacted(text, words) {
                    *text = redacted.into();
                    found = true;
                }
            }
            Node::Number(number) if self.plain.is(number) || self.has_digits(number) => {
                *node = INSTEAD.into();
                found = true;
            }
            Node::List(items) => items.iter_mut().for_each(|item| found |= self.clean(item, words)),
            Node::Object(members) => {
                for (name, value) in members {
                    if let Some(redacted) = self.redacted(name, words) {
                        *name = redacted.into();
                        found = true;
                    }
                    found |= self.clean(value, words);
                }
            }
            _ => {}
        }
        found
    }

    /// Whether the digits of a number, without its sign and point, hold one that is long enough to be no chance.
    fn has_digits(&self, number: &Number) -> bool {
        self.digits && !self.found(number.to_string().as_bytes(), false).is_empty()
    }

    /// The text without them; none if there are none in it. Where `words` is set, a short one is found as a word, too.
    fn redacted(&self, text: &str, words: bool) -> Option<String> {
        let mut found = self.found(text.as_bytes(), true);
        found.sort_by_key(|place| place.start);
        let mut out: Option<String> = None;
        let mut from = 0;
        for place in found {
            let (start, end) = (text.floor_char_boundary(place.start), text.ceil_char_boundary(place.end));
            if end > from {
                let out = out.get_or_insert_default();
                // What overlaps goes as one.
                if start >= from {
                    out.push_str(&text[from..start]);
                    out.push_str(INSTEAD);
                }
                from = end;
            }
        }
        if let Some(out) = &mut out {
            out.push_str(&text[from..]);
        }
        self.plain.redacted(out.as_deref().unwrap_or(text), words).or(out)
    }

    /// Where they are in a text, whatever it encodes: all places, or one that shows that there is one.
    fn found(&self, text: &[u8], all: bool) -> Vec<Range<usize>> {
        let mut search =
            Search { redactor: self, all, room: [text.len() * ROOM + (1 << 16); DEPTH], found: Vec::new() };
        if !self.patterns.is_empty() {
            search.layer(&Layer::of(text), 0);
        }
        search.found
    }
}

/// One search through a text and what it encodes.
struct Search<'s> {
    redactor: &'s Redactor,
    all: bool,
    /// How many bytes may still be decoded at each depth.
    room: [usize; DEPTH],
    found: Vec<Range<usize>>,
}

impl Search<'_> {
    fn layer(&mut self, layer: &Layer<'_>, depth: usize) {
        let patterns = &self.redactor.patterns;
        self.letters(layer);
        let least = patterns.iter().map(|pattern| pattern.letters.len()).min().unwrap_or(LEAST);
        let longest = patterns.iter().map(|pattern| pattern.length).max().unwrap_or(LEAST);
        let candidates = Candidates::of(&layer.bytes, least, longest * REACH);
        candidates.masks.iter().for_each(|mask| self.mask(layer, mask));
        if depth == DEPTH {
            return;
        }
        for way in 0..Candidates::WAYS {
            let size = candidates.size(way);
            if !self.all && !self.found.is_empty() {
                return;
            }
            if size > 0 && size <= self.room[depth] {
                self.room[depth] -= size;
                self.layer(&candidates.decoded(way, layer, self.all), depth + 1);
            }
        }
    }

    /// Looks for secrets by their letters.
    fn letters(&mut self, layer: &Layer<'_>) {
        let Redactor { patterns, folded, .. } = self.redactor;
        let letters = folded.letters(&layer.bytes);
        for pattern in patterns {
            // Where the next letter is, of those that count, and where in the text.
            let mut counted =
                layer.bytes.iter().enumerate().filter(|(_, byte)| folded.of(**byte).is_some()).map(|(at, _)| at);
            let mut passed = 0;
            for at in Finder::new(&*pattern.letters).find_iter(&letters) {
                let (Some(start), Some(last)) =
                    (counted.nth(at - passed), counted.nth(pattern.letters.len().saturating_sub(2)))
                else {
                    break;
                };
                passed = at + pattern.letters.len();
                // Of the signs around it, those that are as in the secret.
                let same = |(one, other): &(&u8, &u8)| one == other;
                let before =
                    layer.bytes[..start].iter().rev().zip(pattern.before.iter().rev()).take_while(same).count();
                let after = layer.bytes[last + 1..].iter().zip(pattern.after.iter()).take_while(same).count();
                self.found.push(layer.place(start - before..last + 1 + after));
                if !self.all {
                    return;
                }
            }
        }
    }

    /// Looks at what stands around a mask.
    fn mask(&mut self, layer: &Layer<'_>, mask: &Range<usize>) {
        let folded = &self.redactor.folded;
        let letter = |at: usize| Some((at, folded.of(layer.bytes[at])?));
        let nearest = |ats: &mut dyn Iterator<Item = usize>| {
            ats.take(COMPARED * 2).filter_map(letter).take(COMPARED).collect::<Vec<_>>()
        };
        let before = nearest(&mut (0..mask.start).rev());
        let after = nearest(&mut (mask.end..layer.bytes.len()));
        for Pattern { letters, .. } in self.redactor.patterns.iter().filter(|pattern| pattern.masked) {
            let shown = |around: &[(usize, u8)], begins: bool| {
                // Where all of it is shown, it was found already.
                let most = around.len().min(letters.len() - 1);
                (1..=most).rev().find(|count| {
                    let part = if begins { &letters[..*count] } else { &letters[letters.len() - count..] };
                    let around = around[..*count].iter().map(|(_, letter)| letter);
                    if begins { part.iter().rev().eq(around) } else { part.iter().eq(around) }
                })
            };
            let (first, last) = (shown(&before, true).unwrap_or(0), shown(&after, false).unwrap_or(0));
            if first + last > (letters.len() / 3).clamp(SHOWN / 2, SHOWN) {
                let start = first.checked_sub(1).map_or(mask.start, |index| before[index].0);
                let end = last.checked_sub(1).map_or(mask.end, |index| after[index].0 + 1);
                self.found.push(layer.place(start..end));
            }
        }
    }
}

#[cfg(test)]
mod tests;
