//! Makes new inputs of old ones, the same in every run of one seed: bits, bytes, words, pieces of other inputs, and whole values
//! of JSON, as texts, so that a name may stand twice and a number be larger than any program holds.

/// Bytes that mean something to what reads texts, and halves of characters.
const BYTES: &[u8] = b"\0\x01\t\n\r \"#%&'()*+,-./0179:;<=>?@AZ[\\]_`az{|}~\x7f\x80\xbf\xc3\xe2\xf0\xff";

/// Values of JSON that programs stumble over, one a line.
const VALUES: &str = include_str!("values.txt");

/// An input is not made longer than this.
const LONGEST: usize = 64 << 10;

/// The source of changes: a generator of numbers (xorshift64*), and words to put in.
pub struct Mutator {
    state: u64,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// The same seed and words make the same changes.
    pub fn new(seed: u64, words: Vec<Vec<u8>>) -> Mutator {
        Mutator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, words }
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    /// One of the inputs with some changes; every other time one of the first, the seeds, of which more is well-formed.
    pub fn mutated(&mut self, corpus: &[Vec<u8>], seeds: usize) -> Vec<u8> {
        let among = if self.below(2) == 0 { seeds } else { corpus.len() };
        let mut input = corpus[self.below(among)].clone();
        // Of what is changed byte by byte little stays JSON.
        let whole = self.below(2) == 0;
        for _ in 0..1 + self.below(4) {
            let other = &corpus[self.below(corpus.len())];
            if whole {
                self.change_json(&mut input, other)
            } else {
                self.change(&mut input, other)
            }
            input.truncate(LONGEST);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(input.len() + 1);
        let end = (at + 1 + self.below(32)).min(input.len());
        match self.below(14) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = BYTES[self.below(BYTES.len())],
            2 => input.insert(at, BYTES[self.below(BYTES.len())]),
            3 if at < input.len() => drop(input.drain(at..end)),
            4 => {
                let piece = input[at.min(end)..end].repeat(1 + self.below(3));
                input.splice(at..at, piece);
            }
            5 => drop(input.splice(at..end.max(at), self.piece(other))),
            6 => input.truncate(at),
            7 | 8 => {
                let word = self.as_str();
                let end = if self.below(2) == 0 { at } else { end.max(at) };
                input.splice(at..end, word);
            }
            _ => self.change_json(input, other),
        }
    }

    fn as_str(&mut self) -> Vec<u8> {
        match self.below(self.words.len() + 1) {
            0 => vec![BYTES[self.below(BYTES.len())]; 1 + self.below(300)],
            word => self.words[word - 1].clone(),
        }
    }

    fn one_of<'t>(&mut self, all: Vec<&'t str>) -> &'t str {
        all[self.below(all.len())]
    }

    fn piece(&mut self, of: &[u8]) -> Vec<u8> {
        let from = self.below(of.len() + 1);
        of[from..(from + self.below(64)).min(of.len())].to_vec()
    }

    /// Puts another value in the place of one, wraps it, says it twice, leaves it out, or nests it deep.
    fn change_json(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let Some((from, to)) = self.value(input) else { return };
        let value = input[from..to].to_vec();
        let quoted = |word: &[u8]| [b"\"", &*escaped(word), b"\""].concat();
        let in_object = from > 0 && input[from - 1] == b':';
        let new = match self.below(12) {
            0 | 1 => self.one_of(VALUES.lines().collect()).into(),
            2 => match self.value(other) {
                Some((from, to)) => other[from..to].to_vec(),
                None => return,
            },
            3 => quoted(&self.as_str()),
            4 => [b"[", &*value, b"]"].concat(),
            5 => [b"{", &*quoted(&self.as_str()), b":", &value, b"}"].concat(),
            6 if in_object => [&*value, b",", &quoted(&self.as_str()), b":", &value].concat(),
            6 | 7 => [&*value, b",", &value].concat(),
            // A text with something else in it.
            8..11 if value.len() > 1 && value[0] == b'"' => {
                let at = 1 + self.below(value.len() - 1);
                let word = if self.below(2) == 0 { self.as_str() } else { vec![BYTES[self.below(BYTES.len())]] };
                [&value[..at], &escaped(&word), &value[at..]].concat()
            }
            _ => {
                let depth = [3, 60, 126, 127, 128, 2000][self.below(6)];
                let (open, close) = if self.below(2) == 0 { ("[", "]") } else { ("{\"a\":", "}") };
                [open.repeat(depth).into_bytes(), value, close.repeat(depth).into_bytes()].concat()
            }
        };
        input.splice(from..to, new);
    }

    /// Where a value of JSON begins and ends: after what may come before one, to where its brackets or quotes close.
    fn value(&mut self, text: &[u8]) -> Option<(usize, usize)> {
        let begins = |at: usize| {
            let plain = text[at].is_ascii_alphanumeric() || b"\"-".contains(&text[at]);
            let inside = at > 0 && b":,[".contains(&text[at - 1]);
            // Elsewhere words stand, too.
            let whole = b"[{".contains(&text[at]) && (at == 0 || b" \n".contains(&text[at - 1]));
            whole || inside && (plain || b"[{".contains(&text[at]))
        };
        let start = self.below(text.len().max(1));
        let from = (start..text.len()).chain(0..start).find(|at| begins(*at))?;
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        for (at, byte) in text.iter().enumerate().skip(from) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                _ if quoted => continue,
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth == 0 => return Some((from, at)),
                b']' | b'}' => depth -= 1,
                b',' | b'\n' if depth == 0 => return Some((from, at)),
                _ => {}
            }
            if depth == 0 && !quoted && b"\"]}".contains(byte) && at > from {
                return Some((from, at + 1));
            }
        }
        Some((from, text.len()))
    }
}

/// What a text of JSON has to spell otherwise, mostly: what is no text at all stays as it is.
fn escaped(word: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(word.len());
    for byte in word {
        match byte {
            b'"' | b'\\' => escaped.extend([b'\\', *byte]),
            0..0x20 | 0x7f => escaped.extend(format!("\\u{byte:04x}").into_bytes()),
            byte => escaped.push(*byte),
        }
    }
    escaped
}
