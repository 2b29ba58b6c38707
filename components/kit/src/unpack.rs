//! Reads an LZ4 block, as `kit-build` writes the catalogue: a size, then the block. The library that does it takes 2 KB more.

/// The data; of a broken block, what comes before the break.
pub(crate) fn unpacked(block: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut bytes = block.iter().copied().skip(4);
    while let Some(token) = bytes.next() {
        let literals = length(token >> 4, &mut bytes);
        data.extend(bytes.by_ref().take(literals));
        let (Some(low), Some(high)) = (bytes.next(), bytes.next()) else { break };
        let distance = usize::from(low) | usize::from(high) << 8;
        for _ in 0..length(token & 15, &mut bytes) + 4 {
            let Some(byte) = data.len().checked_sub(distance).and_then(|at| data.get(at)) else { return data };
            data.push(*byte);
        }
    }
    data
}

/// 15 says that more is to be added, up to the first byte that is not 255.
fn length(start: u8, bytes: &mut impl Iterator<Item = u8>) -> usize {
    let mut length = usize::from(start);
    let mut more = if start == 15 { 255 } else { 0 };
    while more == 255 {
        more = bytes.next().unwrap_or(0);
        length += usize::from(more);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::unpacked;

    #[test]
    fn literals_and_matches_are_read() {
        // abc, then three back for 17 bytes, then the last five.
        let block = [&[25, 0, 0, 0, 0x3d][..], b"abc", &[3, 0, 0x50], b"hello"].concat();
        assert_eq!(unpacked(&block), b"abcabcabcabcabcabcabhello");
        let long = [&[0, 0, 0, 0, 0xf0, 255, 3][..], &[b'x'; 273]].concat();
        assert_eq!(unpacked(&long), [b'x'; 273]);
    }

    #[test]
    fn a_broken_block_gives_what_comes_before() {
        for broken in
            [&[][..], &[1, 2], &[0, 0, 0, 0, 0x10], &[0, 0, 0, 0, 0x10, b'a', 9, 0], &[0, 0, 0, 0, 0x10, b'a', 0, 0]]
        {
            assert!(unpacked(broken).len() < 2, "{broken:?}");
        }
    }
}
