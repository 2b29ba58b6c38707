//! What a text may be an encoding of. Each decoder makes another text of it, and knows where in the first one each byte of the
//! second stood.
//!
//! Libraries decode a text that is nothing but an encoding. Here it stands somewhere in a text, and its place is wanted.

use std::borrow::Cow;
use std::ops::Range;

/// Stands in a decoded text between what stood in different places. It is no letter, and nobody leaves it out.
pub(crate) const BREAK: u8 = 1;
/// A word of so many letters may be a line of base64, and go on behind a space.
const LINE: usize = 16;

/// A text, and where in the first one its bytes stood.
pub(crate) struct Layer<'t> {
    pub bytes: Cow<'t, [u8]>,
    /// For each byte, from where to where. Without any, the text is the first one, or nobody asks.
    places: Vec<(u32, u32)>,
}

/// An escape that was read: the bytes that it stands for, how many these are, and how long it is.
type Escape = Option<([u8; 4], usize, usize)>;
/// Reads the escape with which a text begins.
type Reader = fn(&[u8]) -> Escape;

/// Encodings that leave most of a text as it is: the byte with which an escape begins, and how it is read.
const ESCAPES: [(u8, Reader); 4] = [(b'%', percent), (b'\\', backslash), (b'&', entity), (b'=', quoted_printable)];

/// What in a text may be encoded.
#[derive(Default)]
pub(crate) struct Candidates {
    /// Around escapes.
    escaped: [Vec<Range<usize>>; 4],
    /// Letters of base64.
    base64: Vec<Range<usize>>,
    /// Hexadecimal digits.
    hex: Vec<Range<usize>>,
    /// Signs that stand for letters that are not shown, such as `***`.
    pub masks: Vec<Range<usize>>,
}

/// What begins a [`mask`].
const MASKS: [u8; 6] = *b"*xX.#\xe2";

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const LINE_END: u8 = 4;
const SPACE: u8 = 8;
/// What may stand between two hexadecimal digits.
const GAP: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => LETTER | DIGIT,
            b'-' => LETTER | GAP,
            b'g'..=b'z' | b'G'..=b'Z' | b'+' | b'/' | b'_' => LETTER,
            b'\r' | b'\n' => LINE_END | GAP,
            b' ' | b'\t' => SPACE | GAP,
            b':' | b',' => GAP,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

impl<'t> Layer<'t> {
    pub fn of(text: &'t [u8]) -> Layer<'t> {
        Layer { bytes: text.into(), places: Vec::new() }
    }

    /// Where in the first text a part of this one stood.
    pub fn place(&self, part: Range<usize>) -> Range<usize> {
        match (self.places.get(part.start), self.places.get(part.end.saturating_sub(1))) {
            (Some((start, _)), Some((_, end))) => *start as usize..*end as usize,
            _ => part,
        }
    }
}

impl Candidates {
    /// Looks for encodings of so many bytes at least. Around an escape, what belongs to it `reaches` so far.
    ///
    /// Each kind has a search of its own, which leaves out what cannot have it: all output passes here.
    pub fn of(bytes: &[u8], least: usize, reach: usize) -> Candidates {
        let (least_base64, least_hex) = ((least * 4).div_ceil(3), least * 2);
        let mut candidates = Candidates::default();
        for stretch in stretches(bytes, LETTER | LINE_END | SPACE, least_base64) {
            candidates.words(bytes, stretch, least_base64);
        }
        for stretch in stretches(bytes, DIGIT | GAP, least_hex) {
            candidates.numbers(bytes, stretch, least_hex);
        }
        for ((sign, read), escaped) in ESCAPES.iter().zip(&mut candidates.escaped) {
            for at in memchr::memchr_iter(*sign, bytes).filter(|at| read(&bytes[*at..]).is_some()) {
                let (start, end) = (at.saturating_sub(reach), bytes.len().min(at + reach));
                match escaped.last_mut() {
                    Some(last) if last.end >= start => last.end = end,
                    _ => escaped.push(start..end),
                }
            }
        }
        let [a, b, c, d, e, f] = MASKS;
        let mut signs =
            [memchr::memchr3_iter(a, b, c, bytes), memchr::memchr3_iter(d, e, f, bytes)].map(Iterator::peekable);
        let mut masked = 0;
        while let Some(at) = signs.iter_mut().filter_map(|signs| signs.peek().copied()).min() {
            signs.iter_mut().for_each(|signs| _ = signs.next_if_eq(&at));
            if at >= masked {
                masked = mask(bytes, at);
                if masked > at {
                    candidates.masks.push(at..masked);
                }
            }
        }
        candidates
    }

    /// Looks for letters of base64, in one line or several.
    fn words(&mut self, bytes: &[u8], stretch: Range<usize>, least: usize) {
        // Where a word began, how many letters it has, and how many the last line has.
        let (mut word, mut letters, mut line) = (0, 0, 0);
        for at in stretch.clone() {
            let class = CLASSES[usize::from(bytes[at])];
            if class & LETTER != 0 {
                if letters == 0 {
                    word = at;
                }
                letters += 1;
                line += 1;
            } else if class & LINE_END != 0 || line == 0 || line >= LINE {
                line = 0;
            } else {
                if letters >= least {
                    self.base64.push(word..at);
                }
                (letters, line) = (0, 0);
            }
        }
        if letters >= least {
            self.base64.push(word..stretch.end);
        }
    }

    /// Looks for hexadecimal digits, with or without gaps.
    fn numbers(&mut self, bytes: &[u8], stretch: Range<usize>, least: usize) {
        let is_digit = |at: &usize| CLASSES[usize::from(bytes[*at])] & DIGIT != 0;
        let mut digits = stretch.clone().filter(is_digit);
        let Some(first) = digits.next() else { return };
        if digits.count() + 1 >= least {
            self.hex.push(first..stretch.end);
        }
    }

    /// How many ways there are to decode a text.
    pub const WAYS: usize = ESCAPES.len() + 2 + 4;

    /// How many bytes one of these ways reads.
    pub fn size(&self, way: usize) -> usize {
        self.parts(way).iter().map(ExactSizeIterator::len).sum()
    }

    fn parts(&self, way: usize) -> &[Range<usize>] {
        let hex = if way < ESCAPES.len() + 2 { &self.hex } else { &self.base64 };
        self.escaped.get(way).unwrap_or(hex)
    }

    /// The text that is decoded in one of these ways, with the places of its bytes if they are wanted.
    pub fn decoded(&self, way: usize, layer: &Layer<'_>, places: bool) -> Layer<'static> {
        let mut decoded =
            Decoded { layer, wanted: places, bytes: Vec::with_capacity(self.size(way)), places: Vec::new() };
        for part in self.parts(way) {
            match way.checked_sub(ESCAPES.len()) {
                None => decoded.unescape(part.clone(), ESCAPES[way]),
                Some(skip @ 0..2) => decoded.unpack(part.clone(), skip, 4, |byte| char::from(byte).to_digit(16)),
                Some(skip) => decoded.unpack(part.clone(), skip - 2, 6, sextet),
            }
            decoded.put(BREAK, part.end..part.end);
        }
        Layer { bytes: decoded.bytes.into(), places: decoded.places }
    }
}

/// A text that is being decoded.
struct Decoded<'l> {
    layer: &'l Layer<'l>,
    wanted: bool,
    bytes: Vec<u8>,
    places: Vec<(u32, u32)>,
}

impl Decoded<'_> {
    /// Of UTF-16, most texts are left when zeros are left out.
    fn put(&mut self, byte: u8, from: Range<usize>) {
        if byte != 0 {
            self.bytes.push(byte);
            if self.wanted {
                let place = self.layer.place(from);
                self.places.push((place.start as u32, place.end as u32));
            }
        }
    }

    fn unescape(&mut self, part: Range<usize>, (sign, read): (u8, Reader)) {
        let (mut at, layer) = (part.start, self.layer);
        while at < part.end {
            let escape = if layer.bytes[at] == sign { read(&layer.bytes[at..]) } else { None };
            let (bytes, count, length) = escape.unwrap_or(([layer.bytes[at], 0, 0, 0], 1, 1));
            bytes[..count].iter().for_each(|byte| self.put(*byte, at..at + length));
            at += length;
        }
    }

    /// Puts letters together that stand for so many bits each. The first bytes may begin before the part does: some letters
    /// are skipped.
    fn unpack(&mut self, part: Range<usize>, skip: usize, bits: u32, value: fn(u8) -> Option<u32>) {
        let layer = self.layer;
        let (mut rest, mut count, mut start) = (0, 0, part.start);
        let valued = part.filter_map(|at| Some((at, value(layer.bytes[at])?)));
        for (at, value) in valued.skip(skip) {
            if count == 0 {
                start = at;
            }
            rest = (rest << bits | value) & 0xffff;
            count += bits;
            if count >= 8 {
                count -= 8;
                self.put((rest >> count) as u8, start..at + 1);
                start = at;
            }
        }
    }
}

/// What a letter of base64 stands for, in either alphabet (RFC 4648, 4 and 5).
fn sextet(letter: u8) -> Option<u32> {
    Some(match letter {
        b'A'..=b'Z' => u32::from(letter - b'A'),
        b'a'..=b'z' => u32::from(letter - b'a') + 26,
        b'0'..=b'9' => u32::from(letter - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// All parts of a text whose bytes are of these classes, and that have so many bytes at least.
fn stretches(bytes: &[u8], classes: u8, least: usize) -> impl Iterator<Item = Range<usize>> {
    let fits = move |at: &usize| CLASSES[usize::from(bytes[*at])] & classes != 0;
    let mut start = 0;
    std::iter::from_fn(move || {
        while start + least <= bytes.len() {
            // A part that begins here has all of these; of those that do not fit, the last is met first.
            match (start..start + least).rev().find(|at| !fits(at)) {
                Some(at) => start = at + 1,
                None => {
                    let part = start;
                    let end = (part + least..bytes.len()).find(|at| !fits(at)).unwrap_or(bytes.len());
                    start = end + 1;
                    return Some(part..end);
                }
            }
        }
        None
    })
}

/// Where three or more of one sign, or an ellipsis, end. Where there are none: where the text is.
fn mask(bytes: &[u8], at: usize) -> usize {
    let size = if bytes[at] < 0x80 { 1 } else { 3 };
    let Some(sign) = bytes.get(at..at + size) else { return at };
    let count = bytes[at..].chunks_exact(size).take_while(|next| *next == sign).count();
    if count >= 3 || sign == "…".as_bytes() { at + count * size } else { at }
}

/// The text that JSON's escapes in a document stand for.
pub(crate) fn without_backslashes(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', text) else { return text.into() };
    let mut out = Vec::with_capacity(text.len());
    let (mut rest, mut next) = (text, Some(first));
    while let Some(at) = next {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        let (bytes, count, length) = backslash(after).unwrap_or(([b'\\', 0, 0, 0], 1, 1));
        out.extend_from_slice(&bytes[..count]);
        rest = &after[length..];
        next = memchr::memchr(b'\\', rest);
    }
    out.extend_from_slice(rest);
    out.into()
}

fn number(digits: Option<&[u8]>, radix: u32) -> Option<u32> {
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() < 8)?;
    digits.iter().try_fold(0, |number, digit| Some(number * radix + char::from(*digit).to_digit(radix)?))
}

fn byte(byte: u32, length: usize) -> Escape {
    Some(([byte as u8, 0, 0, 0], 1, length))
}

fn character(number: u32, length: usize) -> Escape {
    let mut bytes = [0; 4];
    let count = char::from_u32(number)?.encode_utf8(&mut bytes).len();
    Some((bytes, count, length))
}

/// RFC 3986, 2.1; and `%u0041`, as JavaScript's `escape` has it.
fn percent(text: &[u8]) -> Escape {
    match text.get(1)? {
        b'u' => character(number(text.get(2..6), 16)?, 6),
        _ => byte(number(text.get(1..3), 16)?, 3),
    }
}

/// RFC 8259, 7; and what programming languages have: `\x41`, `\u{41}`, `\101`.
fn backslash(text: &[u8]) -> Escape {
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let end = text.iter().take(12).position(|byte| *byte == b'}')?;
            character(number(text.get(3..end), 16)?, end + 1)
        }
        b'u' => {
            let unit = number(text.get(2..6), 16)?;
            match number(text.get(8..12), 16).filter(|_| text.get(6..8) == Some(b"\\u")) {
                Some(low @ 0xdc00..0xe000) if (0xd800..0xdc00).contains(&unit) => {
                    character(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12)
                }
                _ => character(unit, 6),
            }
        }
        b'x' => byte(number(text.get(2..4), 16)?, 4),
        b'0'..=b'3' => byte(number(text.get(1..4), 8)?, 4),
        b'n' => byte(b'\n'.into(), 2),
        b'r' => byte(b'\r'.into(), 2),
        b't' => byte(b'\t'.into(), 2),
        b'b' => byte(8, 2),
        b'f' => byte(12, 2),
        sign @ (b'"' | b'\'' | b'/' | b'\\') => byte((*sign).into(), 2),
        _ => None,
    }
}

/// HTML, 13.5. Of the names, those of signs that other encodings need. What has another name is no letter.
fn entity(text: &[u8]) -> Escape {
    const NAMES: [(&str, &str); 14] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("percnt", "%"),
        ("bsol", "\\"),
        ("equals", "="),
        ("plus", "+"),
        ("sol", "/"),
        ("lowbar", "_"),
        ("semi", ";"),
        ("num", "#"),
        ("hellip", "…"),
    ];
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    match text.get(1..end)? {
        [b'#', b'x' | b'X', digits @ ..] => character(number(Some(digits), 16)?, end + 1),
        [b'#', digits @ ..] => character(number(Some(digits), 10)?, end + 1),
        name if !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric) => {
            let known = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
            character(known.and_then(|(_, sign)| sign.chars().next()).unwrap_or(' ').into(), end + 1)
        }
        _ => None,
    }
}

/// RFC 2045, 6.7. In addresses, `=12` is a value: what would be a control character is no escape.
fn quoted_printable(text: &[u8]) -> Escape {
    match text.get(1..3) {
        Some(b"\r\n") => Some(([0; 4], 0, 3)),
        Some([b'\n', _]) => Some(([0; 4], 0, 2)),
        digits => {
            let number = number(digits, 16).filter(|number| *number >= 0x20 || matches!(number, 0 | 9 | 10 | 13))?;
            byte(number, 3)
        }
    }
}

#[cfg(test)]
mod tests;
