//! A draft as bytes, which a component carries.
//!
//! All is numbers, in Rice's code: what is left of a number without its lowest bits, as so many ones and a zero, and then the
//! lowest bits, lowest first. How many these are is told for each kind of number at the start, after a stamp and a checksum.
//! The stamp differs where this form or the lexicon is another, since words are numbers here.

use super::document::Traits;
use super::lexicon::stamp;
use super::segment::{Broken, Count, Draft, DraftUse};

/// Which form this is. It has to change with the form, and with how text becomes words.
const FORM: u32 = 1;
/// The most ones that a number begins with. With its lowest bits, it has at most 56.
const ONES: u32 = 24;

/// Kinds of numbers.
#[derive(Clone, Copy)]
enum Kind {
    Size,
    Flag,
    Length,
    Hash,
    Float,
    FloatAt,
    Form,
    Words,
    WordGap,
    WordCount,
    Phrases,
    PhraseGap,
    PhraseCount,
}
const KINDS: usize = 13;

impl Draft {
    /// For [`Draft::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer(Vec::new());
        writer.put(Kind::Size, self.facts.len());
        for Traits { summary, plain, one, length } in &self.facts {
            writer.put(Kind::Hash, *summary as usize);
            writer.put(Kind::Flag, usize::from(*plain) << 1 | usize::from(*one));
            writer.put(Kind::Length, *length as usize);
        }
        let all = self.words.iter().chain(&self.phrases);
        let floats = ranked(all.flat_map(|one| one.counts).flatten().map(f32::to_bits));
        writer.put(Kind::Size, floats.len());
        floats.iter().for_each(|bits| writer.put(Kind::Float, *bits as usize));
        let words = writer.counts(&self.words, &floats);
        let phrases = writer.counts(&self.phrases, &floats);
        let mut forms: Vec<u32> = self.words.iter().chain(&self.phrases).map(|one| one.form).collect();
        forms.sort_unstable();
        forms.dedup();
        writer.put(Kind::Size, forms.len());
        let mut before = 0;
        for form in forms {
            writer.put(Kind::Form, (form - before) as usize);
            writer.uses(form, &self.words, &words, [Kind::Words, Kind::WordGap, Kind::WordCount]);
            writer.uses(form, &self.phrases, &phrases, [Kind::Phrases, Kind::PhraseGap, Kind::PhraseCount]);
            before = form;
        }
        let body = writer.finished();
        [&stamp(FORM).to_le_bytes()[..], &checksum(&body).to_le_bytes(), &body].concat()
    }

    /// Of what [`Draft::to_bytes`] gave.
    ///
    /// # Errors
    ///
    /// Bytes of another version of this crate, and bytes that were changed or break off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Draft, Broken> {
        let (made_by, rest) = bytes.split_first_chunk().ok_or(Broken(BREAKS_OFF))?;
        let (sum, body) = rest.split_first_chunk().ok_or(Broken(BREAKS_OFF))?;
        if u32::from_le_bytes(*made_by) != stamp(FORM) {
            return Err(Broken("another version made it"));
        }
        if u32::from_le_bytes(*sum) != checksum(body) {
            return Err(Broken("its checksum is another"));
        }
        let (low, bytes) = body.split_first_chunk().ok_or(Broken(BREAKS_OFF))?;
        if low.iter().any(|low| *low > 31) {
            return Err(Broken("a number is too large"));
        }
        let mut reader = Reader { low: *low, bytes, buffer: 0, bits: 0, problem: None };
        let mut draft = Draft::default();
        for _ in 0..reader.size(Kind::Size) {
            let (summary, flags, length) =
                (reader.take(Kind::Hash), reader.take(Kind::Flag), reader.take(Kind::Length) as f32);
            draft.facts.push(Traits { summary, plain: flags & 2 != 0, one: flags & 1 != 0, length });
            if reader.problem.is_some() {
                break;
            }
        }
        reader.words(&mut draft);
        if !reader.bytes.is_empty() || reader.bits > 7 {
            reader.fail("bytes follow it");
        }
        reader.problem.map_or(Ok(draft), |problem| Err(Broken(problem)))
    }
}

/// FNV-1a.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What there is, the most frequent first: numbers for it are small.
fn ranked<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    let mut ranked: Vec<&[T]> = all.chunk_by(|one, other| one == other).collect();
    ranked.sort_by_key(|same| std::cmp::Reverse(same.len()));
    ranked.iter().map(|same| same[0]).collect()
}

fn bits(counts: [Count; 2]) -> [[u32; 2]; 2] {
    counts.map(|count| count.map(f32::to_bits))
}

struct Writer(Vec<(Kind, u32)>);

impl Writer {
    fn put(&mut self, kind: Kind, number: usize) {
        self.0.push((kind, number as u32));
    }

    /// What words count, as numbers of `floats`. Mostly it does not matter whether an operation reads.
    fn counts(&mut self, uses: &[DraftUse], floats: &[u32]) -> Vec<[[u32; 2]; 2]> {
        let counts = ranked(uses.iter().map(|one| bits(one.counts)));
        self.put(Kind::Size, counts.len());
        for [one, if_read] in &counts {
            self.put(Kind::Flag, usize::from(one != if_read));
            for float in one.iter().chain(if_read).take(if one == if_read { 2 } else { 4 }) {
                self.put(Kind::FloatAt, floats.iter().position(|known| known == float).unwrap_or_default());
            }
        }
        counts
    }

    fn uses(&mut self, form: u32, all: &[DraftUse], counts: &[[[u32; 2]; 2]], [size, gap, count]: [Kind; 3]) {
        let uses = &all[all.partition_point(|one| one.form < form)..all.partition_point(|one| one.form <= form)];
        self.put(size, uses.len());
        let mut next = 0;
        for one in uses {
            self.put(gap, (one.operation - next) as usize);
            self.put(count, counts.iter().position(|known| *known == bits(one.counts)).unwrap_or_default());
            next = one.operation + 1;
        }
    }

    /// With as many lowest bits for each kind as take the least room.
    fn finished(self) -> Vec<u8> {
        let mut low = [0; KINDS];
        for (kind, low) in low.iter_mut().enumerate() {
            let all: Vec<u32> =
                self.0.iter().filter(|(of, _)| *of as usize == kind).map(|(_, number)| *number).collect();
            let fits = |low: &u8| all.iter().all(|number| number >> low <= ONES);
            let size = |low: &u8| all.iter().map(|number| u64::from(number >> low) + u64::from(*low)).sum::<u64>();
            *low = (0..32).filter(fits).min_by_key(size).unwrap_or_default();
        }
        let (mut out, mut byte, mut used) = (low.to_vec(), 0, 0);
        let mut bit = |bit: u32| {
            byte |= (bit as u8 & 1) << used;
            used += 1;
            if used == 8 {
                out.push(std::mem::take(&mut byte));
                used = 0;
            }
        };
        for (kind, number) in self.0 {
            let low = low[kind as usize];
            (0..number >> low).for_each(|_| bit(1));
            bit(0);
            (0..low).for_each(|at| bit(number >> at));
        }
        (0..7).for_each(|_| bit(0));
        out
    }
}

/// After a problem it reads zeros.
struct Reader<'b> {
    low: [u8; KINDS],
    bytes: &'b [u8],
    buffer: u64,
    bits: u32,
    problem: Option<&'static str>,
}

impl Reader<'_> {
    fn fail(&mut self, problem: &'static str) {
        self.problem.get_or_insert(problem);
        (self.bytes, self.buffer, self.bits) = (&[], 0, 0);
    }

    #[inline(never)]
    fn take(&mut self, kind: Kind) -> u32 {
        while self.bits <= 56
            && let Some(byte) = self.bytes.split_off_first()
        {
            self.buffer |= u64::from(*byte) << self.bits;
            self.bits += 8;
        }
        let (ones, low) = (self.buffer.trailing_ones(), u32::from(self.low[kind as usize]));
        let taken = ones + 1 + low;
        if ones > ONES || taken > self.bits {
            self.fail(if ones > ONES { "a number is too large" } else { BREAKS_OFF });
            return 0;
        }
        let number = u64::from(ones) << low | self.buffer >> (ones + 1) & ((1 << low) - 1);
        self.buffer >>= taken;
        self.bits -= taken;
        number as u32
    }

    /// How many of something follow: each takes a bit or more.
    fn size(&mut self, kind: Kind) -> u32 {
        let size = self.take(kind);
        if size as usize > 8 * self.bytes.len() + self.bits as usize {
            self.fail(BREAKS_OFF);
            return 0;
        }
        size
    }

    fn words(&mut self, draft: &mut Draft) {
        let floats: Vec<f32> = (0..self.size(Kind::Size)).map(|_| f32::from_bits(self.take(Kind::Float))).collect();
        if floats.iter().any(|float| !float.is_finite()) {
            self.fail("a weight is no number");
        }
        let (words, phrases) = (self.counts(&floats), self.counts(&floats));
        let (mut form, operations) = (0_u32, draft.facts.len() as u32);
        for place in 0..self.size(Kind::Size) {
            let more = self.take(Kind::Form);
            if place > 0 && more == 0 || form.checked_add(more).is_none() {
                self.fail("its words are in no order");
            }
            form = form.wrapping_add(more);
            let kinds = [Kind::Words, Kind::WordGap, Kind::WordCount];
            self.uses(form, operations, &words, kinds, &mut draft.words);
            let kinds = [Kind::Phrases, Kind::PhraseGap, Kind::PhraseCount];
            self.uses(form, operations, &phrases, kinds, &mut draft.phrases);
            if self.problem.is_some() {
                return;
            }
        }
    }

    fn counts(&mut self, floats: &[f32]) -> Vec<[Count; 2]> {
        let mut counts = Vec::new();
        for _ in 0..self.size(Kind::Size) {
            let differs = self.take(Kind::Flag) != 0;
            let one = self.count(floats);
            counts.push([one, if differs { self.count(floats) } else { one }]);
        }
        counts
    }

    fn count(&mut self, floats: &[f32]) -> Count {
        [(); 2].map(|()| match floats.get(self.take(Kind::FloatAt) as usize) {
            Some(float) => *float,
            None => {
                self.fail("a weight is missing");
                0.0
            }
        })
    }

    fn uses(
        &mut self,
        form: u32,
        operations: u32,
        counts: &[[Count; 2]],
        [size, gap, count]: [Kind; 3],
        uses: &mut Vec<DraftUse>,
    ) {
        let mut operation = u32::MAX;
        for _ in 0..self.size(size) {
            operation = operation.wrapping_add(1).saturating_add(self.take(gap));
            match counts.get(self.take(count) as usize).filter(|_| operation < operations) {
                Some(counts) => uses.push(DraftUse { form, operation, counts: *counts }),
                None => return self.fail("a word is of an operation or has a weight that is missing"),
            }
        }
    }
}

const BREAKS_OFF: &str = "it breaks off";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_written_as_rice_has_them() {
        let mut writer = Writer(Vec::new());
        [9, 4, 0, 5].into_iter().for_each(|number| writer.put(Kind::Size, number));
        let bytes = writer.finished();
        // With one lowest bit: 1111 0 1, 11 0 0, 0 0, 11 0 1, the first of eight bits being a byte's lowest.
        assert_eq!((bytes[0], &bytes[KINDS..]), (1, &[0b1110_1111, 0b1011_0000][..]));
    }

    #[test]
    fn no_bytes_with_a_right_checksum_panic() {
        let operation = |id: &str| {
            json!({ "id": id, "summary": "List the lamps of a client.", "effect": "read",
                "phrases": ["which lamps are there", "show me lamps"], "description": "Not for bulbs. It lists lamps." })
        };
        let bytes =
            Draft::of(&json!({ "vendor": "acme", "operations": [operation("acme.list-lamps"), operation("a.b")] }))
                .to_bytes();
        let mut read = 0;
        for at in 8..bytes.len() {
            for value in 0..=255 {
                let mut changed = bytes.clone();
                changed[at] = value;
                let sum = checksum(&changed[8..]).to_le_bytes();
                changed[4..8].copy_from_slice(&sum);
                if let Ok(draft) = Draft::from_bytes(&changed) {
                    read += 1;
                    assert!(
                        draft.words.iter().chain(&draft.phrases).all(|one| one.operation < draft.facts.len() as u32)
                    );
                    assert!(draft.words.is_sorted_by_key(|one| (one.form, one.operation)));
                }
            }
        }
        assert!(read > 1000, "{read}");
    }
}
