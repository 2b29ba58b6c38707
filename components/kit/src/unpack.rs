//! Reads what `kit-build` packs the catalogue into: how long its first part is, how long both parts are, and an LZ4 block. The
//! library that reads such blocks takes 2 KB more.

/// The catalogue's first part: what the operations do, a line each.
pub(crate) fn summaries(packed: &[u8]) -> Vec<u8> {
    unpacked(packed, number(packed, 0))
}

/// Both parts.
pub(crate) fn parts(packed: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut first = unpacked(packed, number(packed, 4));
    let second = first.split_off(number(packed, 0).min(first.len()));
    (first, second)
}

fn number(packed: &[u8], at: usize) -> usize {
    packed.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

/// So many bytes of the data; of a broken block, those before the break.
fn unpacked(packed: &[u8], most: usize) -> Vec<u8> {
    let mut block = packed.get(8..).unwrap_or_default();
    let mut data = Vec::with_capacity(most);
    while data.len() < most
        && let Some(token) = take(&mut block)
    {
        let literals = length(token >> 4, &mut block).min(block.len());
        let (piece, rest) = block.split_at(literals);
        data.extend_from_slice(piece);
        block = rest;
        let (Some(low), Some(high)) = (take(&mut block), take(&mut block)) else { break };
        let distance = usize::from(low) | usize::from(high) << 8;
        let mut left = length(token & 15, &mut block) + 4;
        let Some(from) = data.len().checked_sub(distance).filter(|from| *from < data.len()) else { break };
        // A match may reach into what it makes.
        while left > 0 {
            let piece = left.min(data.len() - from);
            data.extend_from_within(from..from + piece);
            left -= piece;
        }
    }
    data.truncate(most);
    data
}

fn take(block: &mut &[u8]) -> Option<u8> {
    block.split_off_first().copied()
}

/// 15 says that more is to be added, up to the first byte that is not 255.
fn length(start: u8, block: &mut &[u8]) -> usize {
    let mut length = usize::from(start);
    let mut more = if start == 15 { 255 } else { 0 };
    while more == 255 {
        more = take(block).unwrap_or(0);
        length += usize::from(more);
    }
    length
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{parts, summaries};

    fn packed(first: u8, both: u16, block: &[&[u8]]) -> Vec<u8> {
        let [low, high] = both.to_le_bytes();
        [&[first, 0, 0, 0, low, high, 0, 0], &*block.concat()].concat()
    }

    /// A catalogue's two parts, of more than 15 bytes and as they are.
    pub(crate) fn literally(summaries: &str, text: &str) -> Vec<u8> {
        let both = summaries.len() + text.len();
        let mut length = vec![255; (both - 15) / 255];
        length.push(((both - 15) % 255) as u8);
        let block = [&[0xf0], &*length, summaries.as_bytes(), text.as_bytes()];
        packed(summaries.len() as u8, both as u16, &block)
    }

    #[test]
    fn literals_and_matches_are_read() {
        // abc, then three back for 17 bytes, then the last five.
        let block = packed(7, 25, &[&[0x3d], b"abc", &[3, 0, 0x50], b"hello"]);
        assert_eq!(parts(&block), (b"abcabca".to_vec(), b"bcabcabcabcabhello".to_vec()));
        let long = packed(0, 273, &[&[0xf0, 255, 3], &[b'x'; 273]]);
        assert_eq!(parts(&long), (Vec::new(), vec![b'x'; 273]));
    }

    #[test]
    fn the_first_part_is_read_without_the_second() {
        let block = packed(4, 25, &[&[0x3d], b"abc", &[3, 0, 0x50], b"hel"]);
        assert_eq!(summaries(&block), b"abca");
    }

    #[test]
    fn a_broken_block_gives_what_comes_before() {
        for broken in [&[][..], &[0x10], &[0x10, b'a', 9, 0], &[0x10, b'a', 0, 0], &[0xf0, 255], &[0x13, b'a', 1]] {
            let (first, second) = parts(&packed(0, 25, &[broken]));
            assert!(first.is_empty() && second.len() < 2, "{broken:?}");
        }
        for short in [&[][..], &[1], &[1, 0, 0, 0, 9, 0]] {
            assert_eq!(parts(short), (Vec::new(), Vec::new()));
        }
    }
}
