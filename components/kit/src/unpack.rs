//! Reads what `kit-build` packs the catalogue into: how long its first part is, how long both parts are, and both as DEFLATE
//! has them (RFC 1951). The library that reads that takes 6 KB more.

/// The catalogue's first part: what the operations do, a line each.
pub fn summaries(packed: &[u8]) -> Vec<u8> {
    unpacked(packed, number(packed, 0))
}

/// Both parts.
pub fn parts(packed: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut first = unpacked(packed, number(packed, 4));
    let second = first.split_off(number(packed, 0).min(first.len()));
    (first, second)
}

fn number(packed: &[u8], at: usize) -> usize {
    packed.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

/// So many bytes of the data; of a broken stream, those before the break.
fn unpacked(packed: &[u8], most: usize) -> Vec<u8> {
    let mut data = Vec::with_capacity(most);
    let bytes = packed.get(8..).unwrap_or_default();
    let mut bits = Bits { bytes, buffer: 0, count: 0, broken: false, last: false };
    while data.len() < most && !bits.broken && !bits.last {
        block(&mut bits, &mut data, most);
    }
    data.truncate(most);
    data
}

/// A stream's bits, the lowest of a byte first.
struct Bits<'b> {
    bytes: &'b [u8],
    buffer: u32,
    count: u32,
    /// Whether more was taken than there is, or what was taken means nothing.
    broken: bool,
    /// Whether no block follows.
    last: bool,
}

impl Bits<'_> {
    /// Fills the buffer up to 16 bits, where there are so many.
    fn fill(&mut self) {
        while self.count < 16
            && let Some(byte) = self.bytes.split_off_first()
        {
            self.buffer |= u32::from(*byte) << self.count;
            self.count += 8;
        }
    }

    /// At most 16 bits.
    #[inline(never)]
    fn take(&mut self, count: u32) -> usize {
        self.fill();
        let taken = self.buffer & ((1 << count) - 1);
        self.buffer >>= count;
        self.broken |= count > self.count;
        self.count = self.count.saturating_sub(count);
        taken as usize
    }
}

/// How symbols are written: by length in bits, how many there are, and then which.
struct Code {
    counts: [u16; 16],
    symbols: [u16; 320],
}

impl Code {
    #[inline(never)]
    fn of(lengths: &[u8]) -> Code {
        let mut code = Code { counts: [0; 16], symbols: [0; 320] };
        let mut next = 0;
        for length in 1..16 {
            for (symbol, own) in lengths.iter().enumerate() {
                if *own == length && next < 320 {
                    code.counts[usize::from(length)] += 1;
                    code.symbols[next] = symbol as u16;
                    next += 1;
                }
            }
        }
        code
    }

    #[inline(never)]
    fn next(&self, bits: &mut Bits) -> usize {
        bits.fill();
        let (mut code, mut first, mut before) = (0, 0, 0);
        for length in 1..16 {
            let count = u32::from(self.counts[length]);
            code |= bits.buffer >> (length - 1) & 1;
            if code < first + count {
                bits.take(length as u32);
                let at = before + code.wrapping_sub(first);
                return self.symbols.get(at as usize).map_or(END, |symbol| usize::from(*symbol));
            }
            before += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        bits.broken = true;
        END
    }
}

/// The symbol that ends a block.
const END: usize = 256;
/// In which order a block tells how long the codes of code lengths are.
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Adds what a block holds.
fn block(bits: &mut Bits, data: &mut Vec<u8>, most: usize) {
    bits.last = bits.take(1) == 1;
    let mut lengths = [0_u8; 640];
    let (mut literals, mut distances) = (288, 30);
    match bits.take(2) {
        0 => {
            bits.take(bits.count & 7);
            let length = bits.take(16);
            bits.take(16);
            for _ in 0..length {
                let byte = bits.take(8) as u8;
                if bits.broken {
                    break;
                }
                data.push(byte);
            }
            return;
        }
        1 => {
            for (symbol, length) in lengths[..318].iter_mut().enumerate() {
                *length = match symbol {
                    144..256 => 9,
                    256..280 => 7,
                    0..288 => 8,
                    _ => 5,
                };
            }
        }
        _ => {
            (literals, distances) = (bits.take(5) + 257, bits.take(5) + 1);
            let mut own = [0; 19];
            for at in ORDER.iter().take(bits.take(4) + 4) {
                own[usize::from(*at)] = bits.take(3) as u8;
            }
            let code = Code::of(&own);
            let (mut at, mut last) = (0, 0);
            while at < literals + distances && !bits.broken {
                let symbol = code.next(bits);
                let again = match symbol {
                    16 => bits.take(2) + 3,
                    17 => bits.take(3) + 3,
                    18 => bits.take(7) + 11,
                    _ => 1,
                };
                if symbol != 16 {
                    last = if symbol < 16 { symbol as u8 } else { 0 };
                }
                // There are at most 320, and 138 more at once.
                lengths[at..at + again].fill(last);
                at += again;
            }
        }
    }
    let (literals, distances) = (Code::of(&lengths[..literals]), Code::of(&lengths[literals..literals + distances]));
    while data.len() < most && !bits.broken {
        let symbol = literals.next(bits);
        if symbol < END {
            data.push(symbol as u8);
            continue;
        }
        if symbol == END {
            break;
        }
        // The last stands for the longest.
        let mut left = if symbol == 285 { 258 } else { stepped(symbol - 257, 4, bits) + 3 };
        let distance = stepped(distances.next(bits), 2, bits) + 1;
        let Some(from) = data.len().checked_sub(distance) else {
            bits.broken = true;
            break;
        };
        // A match may reach into what it makes.
        while left > 0 && !bits.broken {
            let piece = left.min(data.len() - from);
            data.extend_from_within(from..from + piece);
            left -= piece;
        }
    }
}

/// A number whose symbol tells its first bits and how many more there are: each power of two is told in so many steps.
#[inline(never)]
fn stepped(symbol: usize, steps: usize, bits: &mut Bits) -> usize {
    if symbol < 2 * steps {
        return symbol;
    }
    let more = symbol / steps - 1;
    bits.broken |= more > 13;
    ((steps + symbol % steps) << (more & 15)) + bits.take(more as u32 & 15)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{parts, summaries};

    fn packed(first: u8, both: u16, stream: &[&[u8]]) -> Vec<u8> {
        let [low, high] = both.to_le_bytes();
        [&[first, 0, 0, 0, low, high, 0, 0], &*stream.concat()].concat()
    }

    /// A catalogue's two parts, as they are.
    pub(crate) fn literally(summaries: &str, text: &str) -> Vec<u8> {
        let both = (summaries.len() + text.len()) as u16;
        let [low, high] = both.to_le_bytes();
        packed(summaries.len() as u8, both, &[&[1, low, high, !low, !high], summaries.as_bytes(), text.as_bytes()])
    }

    /// What zlib makes of `abcabcabcabcabcabcabhello`: fixed codes, and a match that reaches into what it makes.
    const FIXED: &[u8] = &[0x4b, 0x4c, 0x4a, 0x4e, 0x44, 0x47, 0x19, 0xa9, 0x39, 0x39, 0xf9, 0x00];
    /// And of 273 times x: the longest match, which has a symbol of its own.
    const LONG: &[u8] = &[0xab, 0xa8, 0x18, 0x05, 0x28, 0x00, 0x00];
    /// And of 200 letters, the i-th of which is a where i * i / 7 is even, and else b: codes of the block itself.
    const DYNAMIC: &[u8] = &[0x4b, 0x4c, 0x4c, 0x4c, 0x4a, 0x4c, 0x02, 0x01, 0x20, 0x0d, 0x02, 0x43, 0x94, 0x07, 0x00];

    #[test]
    fn literals_and_matches_are_read() {
        assert_eq!(parts(&packed(7, 25, &[FIXED])), (b"abcabca".to_vec(), b"bcabcabcabcabhello".to_vec()));
        assert_eq!(parts(&packed(0, 273, &[LONG])), (Vec::new(), vec![b'x'; 273]));
        let letters: Vec<u8> = (0..200).map(|at| b"ab"[at * at / 7 % 2]).collect();
        assert_eq!(parts(&packed(200, 200, &[DYNAMIC])), (letters, Vec::new()));
    }

    #[test]
    fn the_first_part_is_read_without_the_second() {
        assert_eq!(summaries(&packed(4, 25, &[&FIXED[..6]])), b"abca");
    }

    #[test]
    fn a_broken_stream_gives_what_comes_before() {
        for end in 0..DYNAMIC.len() - 1 {
            let (first, second) = parts(&packed(0, 200, &[&DYNAMIC[..end]]));
            assert!(first.is_empty() && second.len() < 200, "{end}");
        }
        // Three bytes back, where there is one.
        assert_eq!(parts(&packed(0, 25, &[&[0x4b, 0x04, 0x63]])).1.len(), 1);
        for short in [&[][..], &[1], &[1, 0, 0, 0, 9, 0]] {
            assert_eq!(parts(short), (Vec::new(), Vec::new()));
        }
    }
}
