//! Text → words, as numbers: a word is kept as the hash of its stem.

use super::lexicon::{NOT, known};

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
    let bytes = text.as_bytes();
    let bytes = bytes.get(..MOST).unwrap_or(bytes);
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
        let last = words.last_mut();
        let [Some(&head), ..] = [word.first()] else {
            let spaced = byte(at + 1).is_ascii_whitespace();
            match byte(at) {
                b'"' | b'`' => quoted ^= VALUE,
                b'\'' if start == 0 || quoted != 0 || byte(start.wrapping_sub(1)) == b' ' => quoted ^= VALUE,
                b',' | b'(' | b')' => first = FIRST,
                b'-' if spaced => first = FIRST,
                b'.' | b'!' | b'?' | b':' | b';' if spaced => {
                    first = FIRST;
                    if let Some(last) = last {
                        last.1 |= LAST;
                    }
                }
                _ => {}
            }
            at += 1;
            continue;
        };
        if start > 0 && byte(start - 1) == b'\'' && word.len() < 3 && quoted == 0 {
            // The rest of it's, don't, I'll.
            match (last, head) {
                (Some(last), b's') => last.1 |= OWNER,
                (Some(last), b't') => last.0 = NOT,
                _ => {}
            }
            continue;
        }
        let mut is = first | quoted;
        first = 0;
        let mut meant = word;
        let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if byte(at) == b'@' {
            is |= VALUE | ADDRESS;
            while at < bytes.len() && !matches!(byte(at), b' ' | b',' | b'?' | b'\n') {
                at += 1;
            }
        } else if word.iter().any(u8::is_ascii_digit) || named(word) {
            is |= VALUE;
            if digits == word.len() {
                is |= NUMBER;
            } else if digits > 0 {
                // 2h, 30min
                meant = &word[digits..];
            } else if let Some(end) = word.iter().position(|byte| *byte == b'_') {
                is |= PREFIX;
                meant = &word[..end];
            }
        }
        let small = word.iter().any(u8::is_ascii_lowercase);
        if head.is_ascii_uppercase() {
            is |= CAPITAL;
            if !small && word.len() > 1 {
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
        words.push((hash(meant), is));
    }
    phrases(&words)
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

/// Whether a word is an id that begins with what it is the id of, such as `wf_classify`.
fn named(word: &[u8]) -> bool {
    word.iter().position(|byte| *byte == b'_').is_some_and(|end| end < 4 && known(hash(&word[..end])).grouped())
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
