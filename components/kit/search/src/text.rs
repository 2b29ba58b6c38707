//! Text → words, as numbers: a word is kept as the hash of its stem.

use super::lexicon::{EMPTY, NOT, VERBS, known};
use std::borrow::Cow;

/// Text beyond this is not read: intents are sentences.
const MOST: usize = 2000;

/// A word. What it is, is a set of the constants below and of those of the lexicon.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it counts as: itself, and the groups of words that mean the same; the rest is 0.
    pub forms: Forms,
    pub is: u64,
}

/// Hashes; a group's is its number.
pub type Forms = [u32; 4];

const fn bit(number: u32) -> u64 {
    1 << (32 + number)
}

/// Begins with a capital, or has no small letter.
pub const CAPITAL: u64 = bit(0);
/// Has no small letter.
pub const ACRONYM: u64 = bit(1);
/// Has a digit, or is in quotation marks: a value, whatever the word.
pub const VALUE: u64 = bit(2);
/// A number.
pub const NUMBER: u64 = bit(3);
/// The letters before an underscore, as in `wf_abc123`: what an id may begin with.
pub const PREFIX: u64 = bit(4);
/// An e-mail address.
pub const ADDRESS: u64 = bit(5);
/// Ends in -ed.
pub const PAST: u64 = bit(6);
/// Ends in -s.
pub const PLURAL: u64 = bit(7);
/// Ends in -ly.
pub const MANNER: u64 = bit(8);
/// 's follows.
pub const OWNER: u64 = bit(9);
/// The first of a sentence or of a part of it.
pub const FIRST: u64 = bit(10);
/// The last of a sentence.
pub const LAST: u64 = bit(11);
/// Several words, which the lexicon knows as one.
pub const PHRASE: u64 = bit(12);
/// Part of a vendor's name.
pub const VENDOR: u64 = bit(13);

impl Token {
    pub fn is(&self, any: u64) -> bool {
        self.is & any != 0
    }

    pub fn grouped(&self) -> bool {
        self.forms[1] != 0
    }

    pub fn word(&self, hash: u32) -> bool {
        self.forms[0] == hash
    }
}

/// The words of a text; phrases that the lexicon knows are one word.
pub fn tokens(text: &str) -> Vec<Token> {
    let text = plain(&text[..text.floor_char_boundary(MOST)]);
    let bytes = unquoted(text.trim_ascii().as_bytes());
    // Where all words are joined, as in log-time and createTask, their case says nothing: each may be a name.
    let joined = if bytes.iter().any(u8::is_ascii_whitespace) { 0 } else { CAPITAL };
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let mut words: Vec<(u32, u64)> = Vec::new();
    let mut first = FIRST;
    let mut quoted = 0;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while is_letter(byte(at)) {
            at += 1;
        }
        let word = &bytes[start..at];
        if word.is_empty() {
            let spaced = byte(at + 1).is_ascii_whitespace();
            match byte(at) {
                b'"' | b'`' => quoted ^= VALUE,
                b'\'' if start == 0 || quoted != 0 || byte(start.wrapping_sub(1)) == b' ' => quoted ^= VALUE,
                b',' | b'(' | b')' => first = FIRST,
                b'-' if spaced => first = FIRST,
                b'.' | b'!' | b'?' | b':' | b';' if spaced => {
                    first = FIRST;
                    if let Some(last) = words.last_mut() {
                        last.1 |= LAST;
                    }
                }
                _ => {}
            }
            at += 1;
        } else if byte(at) == b'@' {
            while at < bytes.len() && !matches!(byte(at), b' ' | b',' | b'?' | b'\n') {
                at += 1;
            }
            words.push((hash(word), first | quoted | VALUE | ADDRESS));
            first = 0;
        } else if let Some(prefix) = prefix(word) {
            words.push((hash(prefix), first | quoted | VALUE | PREFIX));
            first = 0;
        } else {
            let mut before = byte(start.wrapping_sub(1));
            let mut rest = word;
            while !rest.is_empty() {
                let (part, more) = rest.split_at(part(rest, is_camel(word)));
                rest = more;
                match (words.last_mut(), part) {
                    (_, b"_") => {}
                    // The rest of it's, don't, I'll.
                    (Some(last), b"s" | b"S") if before != b' ' => last.1 |= OWNER,
                    (Some(last), b"t" | b"T") if before != b' ' => last.0 = NOT,
                    (Some(_), [_] | [_, _]) if before == b'\'' && quoted == 0 => {}
                    _ => {
                        words.push(word_of(part, first | quoted | joined));
                        first = 0;
                    }
                }
                before = part[part.len() - 1];
            }
        }
    }
    phrases(&words)
}

/// A text that is in quotation marks as a whole, without them.
fn unquoted(text: &[u8]) -> &[u8] {
    let &[first, ref inner @ .., last] = text else { return text };
    let again = inner.windows(2).any(|two| two.contains(&first) && two.contains(&b' '));
    if first == last && matches!(first, b'"' | b'\'' | b'`') && !again { inner } else { text }
}

/// A word's hash, and what it is.
fn word_of(word: &[u8], mut is: u64) -> (u32, u64) {
    let mut meant = word;
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if word.iter().any(u8::is_ascii_digit) {
        is |= VALUE;
        if digits == word.len() {
            is |= NUMBER;
        } else {
            // 2h, 30min
            meant = &word[digits..];
        }
    }
    if word[0].is_ascii_uppercase() {
        is |= CAPITAL;
        if word.len() > 1 && !word.iter().any(u8::is_ascii_lowercase) {
            is |= ACRONYM;
        }
    }
    match word {
        [.., b'e', b'e', b'd'] => {}
        [.., b'e', b'd'] => is |= PAST,
        [.., b'l', b'y'] => is |= MANNER,
        [.., b's', b's'] => {}
        [.., b's'] => is |= PLURAL,
        _ => {}
    }
    (hash(meant), is)
}

/// A text with the signs of ASCII for those that phones, word processors and models write in their place. What is neither
/// a letter nor a digit to Unicode separates words.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' => plain.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => plain.push('"'),
            '\u{2010}' | '\u{2011}' => plain.push('-'),
            '\u{2012}'..='\u{2015}' | '\u{2212}' => plain.push_str(" - "),
            '\u{2026}' => plain.push('.'),
            // Accents that stand for themselves, and what joins letters or says where they may be parted.
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            _ => plain.push(if char.is_ascii() || is_word(char) { char } else { ' ' }),
        }
    }
    plain.into()
}

/// Where, beyond ASCII, there are signs, spaces and pictures, and no letters or digits: pairs of first and last.
const SIGNS: [(u32, u32); 27] = [
    (0x80, 0xa9),
    (0xab, 0xb1),
    (0xb4, 0xb4),
    (0xb6, 0xb8),
    (0xbb, 0xbb),
    (0xbf, 0xbf),
    (0xd7, 0xd7),
    (0xf7, 0xf7),
    (0x2000, 0x2070),
    (0x2072, 0x2073),
    (0x207a, 0x207e),
    (0x208a, 0x208f),
    (0x20a0, 0x2101),
    (0x2116, 0x2117),
    (0x211e, 0x2123),
    (0x2190, 0x245f),
    (0x24ea, 0x2bff),
    (0x2e00, 0x3004),
    (0x3008, 0x3020),
    (0xd800, 0xf8ff),
    (0xfe00, 0xfe6f),
    (0xff00, 0xff0f),
    (0xff1a, 0xff20),
    (0xff3b, 0xff40),
    (0xff5b, 0xff65),
    (0xffe0, 0xffff),
    (0x1f000, 0x1faff),
];

/// Whether a character beyond ASCII is a letter or a digit. The tables of `char::is_alphanumeric` take 2 KB, for scripts whose
/// words are not known here anyway: what differs there is between such words.
fn is_word(char: char) -> bool {
    !SIGNS.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(char)))
}

/// How long the first part of a word is, as `_` separates parts, and a change of case where it is written so.
fn part(word: &[u8], camel: bool) -> usize {
    let parts = |at: usize| {
        let (before, here) = (word[at - 1], word[at]);
        before == b'_'
            || here == b'_'
            || camel
                && (before.is_ascii_digit() != here.is_ascii_digit()
                    || here.is_ascii_uppercase()
                        && (!before.is_ascii_uppercase() || word.get(at + 1).is_some_and(u8::is_ascii_lowercase)))
    };
    (1..word.len()).find(|at| parts(*at)).unwrap_or(word.len())
}

/// Whether capitals begin the parts of a word: not in names that the lexicon knows, and not in iPhone.
fn is_camel(word: &[u8]) -> bool {
    let turns = word.windows(2).skip(1).any(|two| !two[0].is_ascii_uppercase() && two[1].is_ascii_uppercase());
    turns && known(hash(word)).is == 0
}

fn phrases(words: &[(u32, u64)]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&(hash, mut is)) = words.get(at) {
        let mut whole = hash;
        let mut longest = (1, hash);
        for length in 2..5 {
            let Some((next, _)) = words.get(at + length - 1).filter(|next| next.1 & FIRST == 0) else { break };
            whole = joined(whole, *next);
            let phrase = known(whole);
            if phrase.is != 0 || phrase.grouped() {
                longest = (length, whole);
                is |= PHRASE;
            }
        }
        at += longest.0;
        let mut token = known(longest.1);
        token.is |= is | words[at - 1].1 & (LAST | OWNER | PLURAL);
        tokens.push(token);
    }
    tokens
}

/// What a word begins with that is an id, such as `wf_abc123` and `wf_classify`: a short word for what it is the id of,
/// before words that nobody knows.
fn prefix(word: &[u8]) -> Option<&[u8]> {
    let mut parts = word.split(|byte| *byte == b'_');
    let first = parts.next().filter(|first| first.len() < word.len() && first.len() < 5)?;
    let short = known(hash(first));
    let said = |part: &[u8]| {
        let part = known(hash(part));
        part.is != 0 || part.grouped()
    };
    (short.grouped() && !short.is(VERBS | EMPTY) && !parts.any(said)).then_some(first)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The hash of a phrase.
pub const fn joined(first: u32, second: u32) -> u32 {
    (first.rotate_left(7) ^ second).wrapping_mul(0x0100_0193)
}

/// Of a word's stem, whatever its case.
pub const fn hash(word: &[u8]) -> u32 {
    let mut stem = [0; 32];
    let mut length = 0;
    while length < word.len() && length < 32 {
        stem[length] = word[length].to_ascii_lowercase();
        length += 1;
    }
    length = shortened(&mut stem, length);
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < length {
        hash = (hash ^ stem[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// Takes endings off, lightly: runs, running and run are one word, as are company and companies.
const fn shortened(word: &mut [u8; 32], mut length: usize) -> usize {
    if ends(word, length, b"s", 3)
        && !matches!(word[length - 2], b's' | b'u' | b'i')
        && !(length == 4 && word[2] == b'e')
    {
        length -= 1;
    }
    if ends(word, length, b"ied", 2) {
        length -= 1;
    }
    if ends(word, length, b"ie", 2) {
        length -= 1;
        word[length - 1] = b'y';
    } else if ends(word, length, b"ation", 3) {
        length -= 5;
    } else if ends(word, length, b"ing", 3) || ends(word, length, b"ion", 4) {
        length -= 3;
    } else if ends(word, length, b"ed", 3) {
        length -= 2;
    }
    if length > 4 && word[length - 1] == b'e' {
        length -= 1;
    }
    if length > 2 && word[length - 1] == word[length - 2] {
        length -= 1;
    }
    length
}

/// Whether a word has an ending, with at least so many letters before it.
const fn ends(word: &[u8; 32], length: usize, ending: &[u8], least: usize) -> bool {
    let mut at = ending.len();
    if length < at + least {
        return false;
    }
    while at > 0 {
        at -= 1;
        if word[length - ending.len() + at] != ending[at] {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_word;

    #[test]
    fn letters_digits_and_signs_are_what_unicode_calls_them() {
        // Latin, Greek, Cyrillic; punctuation, currencies, arrows, mathematics, boxes, pictures; Japanese, Chinese, Korean, their
        // wide letters and signs; what stands for a character that is none.
        let blocks = [
            0x80..0x2c2,
            0x3a3..0x3f6,
            0x400..0x482,
            0x2000..0x2070,
            0x20a0..0x20c0,
            0x2116..0x2118,
            0x211e..0x2124,
            0x2190..0x2400,
            0x2500..0x2776,
            0x2794..0x2c00,
        ];
        let more = [
            0x3000..0x3005,
            0x3008..0x3021,
            0x3041..0x3097,
            0x30a1..0x30fb,
            0x4e00..0x9fff,
            0xac00..0xd7a4,
            0xff01..0xff66,
            0xffe0..0xfffe,
            0x1f300..0x1faff,
        ];
        for char in blocks.into_iter().chain(more).flatten().filter_map(char::from_u32) {
            assert_eq!(is_word(char), char.is_alphanumeric(), "{char:?} U+{:04x}", u32::from(char));
        }
    }
}
