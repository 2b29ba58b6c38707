//! JSON as text: what every byte of an answer goes through, in as few steps as there can be. Components have this crate compiled
//! at level 2, and everything else with `"z"`, for the least size.
//!
//! A [`Scanner`] goes through a text. A [`Writer`] makes one. [`record`] takes plain values of an object from the one to the other.

#![deny(missing_docs)]

mod column;
mod marks;
mod record;
mod scanner;
mod words;
mod writer;

pub use column::{Absent, Column, Plain, Value};
pub use marks::Marks;
pub use record::{Meaning, Members, Receiver, record};
pub use scanner::{Broken, NO_NAME, Scanner, Token, Word};
pub use words::{has, is_one_of, same, same_word};
pub use writer::{Writer, put_digits};

/// How many bytes of a text JSON has as they are: those before a control character, a quote or a backslash. Eight at a time.
#[inline(never)]
pub fn plain(text: &[u8]) -> usize {
    plain_here(text)
}

#[inline(always)]
fn plain_here(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of the first byte that is less than `n`, and of some after it.
    let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & (ONES * 0x80);
    let (words, rest) = text.as_chunks::<8>();
    let mut before = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // With another second bit, a quote is next to control characters.
        let odd = less(word ^ (ONES * 2), 0x21) | less(word ^ (ONES * u64::from(b'\\')), 1);
        if odd != 0 {
            return before + odd.trailing_zeros() as usize / 8;
        }
        before += 8;
    }
    before + rest.iter().take_while(|b| **b >= 0x20 && **b != b'"' && **b != b'\\').count()
}
