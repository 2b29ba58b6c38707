//! LZ4 blocks, as small as the format allows: each component carries one for as long as it exists.
//!
//! What `lz4_flex` writes it writes fast, and a third larger. What reads it stays the same.

use std::collections::HashMap;

/// The least that a match is long.
const LEAST: usize = 4;
/// The last bytes of a block are literals, and no match begins in the last twelve.
const LAST_LITERALS: usize = 5;
const LAST_MATCH: usize = 12;

/// Longer matches are not looked for: two in a row cost three bytes more.
const LONGEST: usize = 1000;

/// The cheapest way to write what begins somewhere: its cost in bytes, and the match that it begins with, if any.
#[derive(Clone, Copy, Default)]
struct Way {
    cost: usize,
    length: usize,
    distance: usize,
}

/// Compresses, with the size before the block, as `lz4_flex::decompress_size_prepended` reads it.
pub fn compressed(data: &[u8]) -> Vec<u8> {
    let ways = ways(data);
    let mut out = (data.len() as u32).to_le_bytes().to_vec();
    let (mut at, mut literals) = (0, 0);
    while at < data.len() {
        let Way { length, distance, .. } = ways[at];
        if length == 0 {
            at += 1;
            continue;
        }
        sequence(&mut out, &data[literals..at], Some((length, distance)));
        at += length;
        literals = at;
    }
    sequence(&mut out, &data[literals..], None);
    out
}

/// The cheapest way from each place to the end, found from the end.
fn ways(data: &[u8]) -> Vec<Way> {
    // Where each four bytes begin.
    let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
    data.windows(LEAST).enumerate().for_each(|(at, four)| places.entry(four).or_default().push(at));
    let mut ways = vec![Way::default(); data.len() + 1];
    for at in (0..data.len()).rev() {
        // A run of literals costs a byte each; what its length costs is small, and left out.
        ways[at] = Way { cost: ways[at + 1].cost + 1, length: 0, distance: 0 };
        if at + LAST_MATCH > data.len() {
            continue;
        }
        let (longest, distance) = longest(data, at, &places[&data[at..at + LEAST]]);
        for length in LEAST..=longest {
            let cost = 3 + extra(length - LEAST) + ways[at + length].cost;
            if cost < ways[at].cost {
                ways[at] = Way { cost, length, distance };
            }
        }
    }
    ways
}

/// The longest match for what begins somewhere, among places in rising order: its length, and how far back it is.
fn longest(data: &[u8], at: usize, places: &[usize]) -> (usize, usize) {
    let most = (data.len() - LAST_LITERALS - at).min(LONGEST);
    let before = places.partition_point(|place| *place < at);
    let near = places[..before].iter().rev().take_while(|place| at - **place <= usize::from(u16::MAX));
    let mut best = (0, 0);
    for from in near {
        let length = (0..most).take_while(|ahead| data[from + ahead] == data[at + ahead]).count();
        if length > best.0 {
            best = (length, at - from);
        }
        if length == most {
            break;
        }
    }
    best
}

/// How many bytes a length takes beyond the token, which holds up to 14 of it.
fn extra(length: usize) -> usize {
    if length < 15 { 0 } else { (length - 15) / 255 + 1 }
}

fn sequence(out: &mut Vec<u8>, literals: &[u8], found: Option<(usize, usize)>) {
    let matched = found.map_or(0, |(length, _)| length - LEAST);
    out.push((literals.len().min(15) << 4 | matched.min(15)) as u8);
    rest(out, literals.len());
    out.extend_from_slice(literals);
    if let Some((_, distance)) = found {
        out.extend_from_slice(&(distance as u16).to_le_bytes());
        rest(out, matched);
    }
}

fn rest(out: &mut Vec<u8>, length: usize) {
    let bytes = extra(length);
    if bytes > 0 {
        out.extend(std::iter::repeat_n(255, bytes - 1));
        out.push(((length - 15) % 255) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_read_again() {
        let mut noise = 1_u32;
        let mut random = move || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        };
        let mut samples: Vec<Vec<u8>> = (0..40).map(|length| b"abcab".repeat(8)[..length].to_vec()).collect();
        samples.push(vec![b'a'; 5000]);
        samples.push((0..3000).map(|_| random()).collect());
        samples.push((0..3000).map(|_| random() & 3).collect());
        // What comes again farther back than a match can reach. No run of one byte: each place in it fits each other.
        let far: Vec<u8> = (0..70_000).map(|_| random()).collect();
        samples.push([far.clone(), far].concat());
        for sample in samples {
            let block = compressed(&sample);
            assert_eq!(lz4_flex::decompress_size_prepended(&block).unwrap(), sample, "{} bytes", sample.len());
        }
    }

    #[test]
    fn text_becomes_smaller_than_what_the_library_writes() {
        let text = include_bytes!("lz4.rs");
        assert!(compressed(text).len() < lz4_flex::compress_prepend_size(text).len() * 9 / 10);
    }
}
