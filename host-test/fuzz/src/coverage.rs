//! Which places of this crate's code were reached, where it was compiled with `-C instrument-coverage --cfg counted`: the compiler
//! then counts at each place, and the linker tells where the counters stand. Else nothing is known.

#![allow(unexpected_cfgs, reason = "`cargo xtask fuzz` sets `counted`")]

/// What was reached so far.
#[derive(Default)]
pub struct Reached {
    /// By counter: how often, in powers of two, as bits.
    seen: Vec<u8>,
}

impl Reached {
    /// Whether something was reached since the last look that had not been, or not so often. Sets all counters to 0.
    pub fn more(&mut self) -> bool {
        let counters = counters();
        self.seen.resize(counters.len(), 0);
        let mut more = false;
        // Most of them are 0, which is seen soonest of several at once.
        for (counts, seen) in counters.chunks_mut(16).zip(self.seen.chunks_mut(16)) {
            if counts.iter().fold(0, |any, count| any | count) == 0 {
                continue;
            }
            for (count, seen) in counts.iter_mut().zip(seen).filter(|(count, _)| **count != 0) {
                let often = 1 << (64 - count.leading_zeros()).div_ceil(2).min(7);
                more |= *seen & often == 0;
                *seen |= often;
                *count = 0;
            }
        }
        more
    }

    /// How many places were reached.
    pub fn places(&self) -> usize {
        self.seen.iter().filter(|seen| **seen != 0).count()
    }
}

#[cfg(counted)]
fn counters() -> &'static mut [u64] {
    unsafe extern "C" {
        #[link_name = "__start___llvm_prf_cnts"]
        static mut START: u64;
        #[link_name = "__stop___llvm_prf_cnts"]
        static mut STOP: u64;
    }
    let (start, stop) = (&raw mut START, &raw mut STOP);
    // One thread runs targets; the counters of others are nobody's concern.
    unsafe { std::slice::from_raw_parts_mut(start, stop.offset_from_unsigned(start)) }
}

#[cfg(not(counted))]
fn counters() -> &'static mut [u64] {
    &mut []
}
