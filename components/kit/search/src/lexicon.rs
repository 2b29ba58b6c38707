//! Words that people use for each other, and those that sentences are built of: `words.txt`, as a table.
//!
//! The table is made when this is compiled: 24 bits of a word's hash, and a role or the number of a group. So the words
//! take four bytes each in a component.

use super::text::{Token, hash, joined};

const WORDS: &[u8] = include_bytes!("words.txt");

/// The roles that a line of `words.txt` begins with, in the order of the constants.
const ROLES: &[u8] = b"CRUDXST.dpiaqQnNlu#mrPf";

pub const CREATE: u64 = 1;
pub const READ: u64 = 1 << 1;
pub const UPDATE: u64 = 1 << 2;
pub const DESTROY: u64 = 1 << 3;
pub const STOP: u64 = 1 << 5;
pub const INFORM: u64 = 1 << 6;
/// Every class of verbs.
pub const VERBS: u64 = (1 << 7) - 1;
/// Says nothing.
pub const FILLER: u64 = 1 << 7;
/// Stands before a noun.
pub const DETERMINER: u64 = 1 << 8;
pub const PREPOSITION: u64 = 1 << 9;
/// A preposition that the name of a product may follow.
pub const WITHIN: u64 = 1 << 10;
/// A verb may follow.
pub const LEAD: u64 = 1 << 11;
/// Asks.
pub const ASKS: u64 = 1 << 12;
/// Asks where it comes first.
pub const AUXILIARY: u64 = 1 << 13;
pub const DENIES: u64 = 1 << 14;
/// Denies what a whole sentence says.
pub const FORBIDS: u64 = 1 << 15;
/// Says nothing as a noun.
pub const LIGHT: u64 = 1 << 16;
/// A unit of time.
pub const UNIT: u64 = 1 << 17;
/// A number in words.
pub const NUMERAL: u64 = 1 << 18;
/// More than one.
pub const SEVERAL: u64 = 1 << 19;
/// One record in particular.
pub const PARTICULAR: u64 = 1 << 20;
/// In the past tense, without -ed.
pub const REPORTED: u64 = 1 << 21;
/// A product, or a thing of common life, that software for offices is full of.
pub const FOREIGN: u64 = 1 << 22;

/// What the hash of "not" is.
pub const NOT: u32 = hash(b"not");

/// Begins a noun phrase, or ends one.
pub const STRUCTURE: u64 = PREPOSITION | WITHIN | ASKS | AUXILIARY;
/// Says nothing of what an operation does.
pub const EMPTY: u64 =
    STRUCTURE | FILLER | DETERMINER | LEAD | DENIES | FORBIDS | LIGHT | NUMERAL | SEVERAL | PARTICULAR;

static TABLE: [u32; COUNTED] = table();

const COUNTED: usize = {
    let mut count = 0;
    let mut at = 0;
    while at < WORDS.len() {
        count += (WORDS[at] == b' ') as usize;
        at += 1;
    }
    count
};

#[allow(long_running_const_eval, reason = "a second at most")]
const fn table() -> [u32; COUNTED] {
    let mut table = [0; COUNTED];
    let mut count = 0;
    let mut tag;
    let mut group = 32;
    let mut at = 0;
    while at < WORDS.len() {
        // A line's first character is its role.
        if WORDS[at] == b'=' {
            tag = group;
            group += 1;
        } else {
            tag = 0;
            while ROLES[tag as usize] != WORDS[at] {
                tag += 1;
            }
        }
        at += 1;
        while WORDS[at] == b' ' {
            let mut whole = 0;
            loop {
                let start = at + 1;
                at = start;
                while !matches!(WORDS[at], b'_' | b' ' | b'\n') {
                    at += 1;
                }
                let part = hash(WORDS.split_at(at).0.split_at(start).1);
                whole = if whole == 0 { part } else { joined(whole, part) };
                if WORDS[at] != b'_' {
                    break;
                }
            }
            table[count] = whole & !0xff | tag;
            count += 1;
        }
        at += 1;
    }
    sorted(table)
}

const fn sorted(mut table: [u32; COUNTED]) -> [u32; COUNTED] {
    let mut gap = COUNTED / 2;
    while gap > 0 {
        let mut at = gap;
        while at < COUNTED {
            let entry = table[at];
            let mut to = at;
            while to >= gap && table[to - gap] > entry {
                table[to] = table[to - gap];
                to -= gap;
            }
            table[to] = entry;
            at += 1;
        }
        gap /= 2;
    }
    table
}

/// A number that is another for another lexicon, and for another number `of`.
pub const fn stamp(of: u32) -> u32 {
    let mut stamp = of;
    let mut at = 0;
    while at < COUNTED {
        stamp = (stamp ^ TABLE[at]).wrapping_mul(0x0100_0193).rotate_left(7);
        at += 1;
    }
    stamp
}

/// What is known of a word.
pub fn known(hash: u32) -> Token {
    let mut token = Token { forms: [hash, 0, 0, 0], is: 0 };
    let mut groups = 1;
    let start = TABLE.partition_point(|entry| *entry < hash & !0xff);
    for entry in TABLE[start..].iter().take_while(|entry| (**entry ^ hash) < 0x100) {
        let tag = entry & 0xff;
        if tag < 32 {
            token.is |= 1 << tag;
        } else if groups < 4 {
            token.forms[groups] = tag;
            groups += 1;
        }
    }
    token
}
