//! The float that is nearest to a decimal number. `str::parse` gives the same, with tables of 17 KB in every component.

use std::cmp::Ordering;

/// More digits than these decide nothing but whether the number lies above them: 767 tell any float from its neighbours.
const MOST: usize = 800;

/// The float that is nearest to `whole.fraction` × 10^`exponent`, of which the first two hold nothing but digits. Halfway
/// between two floats, it is the even one; what is too large is infinite.
pub(crate) fn nearest(whole: &str, fraction: &str, exponent: i32) -> f64 {
    let digits = || whole.bytes().chain(fraction.bytes()).skip_while(|digit| *digit == b'0');
    let count = digits().count();
    let last = i64::from(exponent) - fraction.len() as i64;
    let power = |used: usize| (last + (count - used) as i64) as i32;
    match count as i64 + last {
        _ if count == 0 => return 0.0,
        ..-330 => return 0.0,
        311.. => return f64::INFINITY,
        _ => {}
    }
    let first = count.min(19);
    let start = digits().take(first).fold(0, |number: u64, digit| number * 10 + u64::from(digit - b'0'));
    let guess = scaled(start as f64, power(first));
    let near = power(first).unsigned_abs() <= 22;
    // Neither the number nor the power is rounded, so that one rounding is all that there is.
    if near && count == first && start < 1 << 53 {
        return guess;
    }
    let used = count.min(MOST);
    let mut number = Big::default();
    digits().take(used).for_each(|digit| number.push(10, u32::from(digit - b'0')));
    let mut power = power(used);
    if digits().skip(used).any(|digit| digit != b'0') {
        number.push(10, 1);
        power -= 1;
    }
    // A guess is at most 2 floats beside the number, or 16 after many roundings.
    let mut bits = guess.to_bits().saturating_sub(if near { 2 } else { 16 });
    while bits < f64::INFINITY.to_bits() {
        match number.compare(power, bits) {
            Ordering::Greater => {}
            Ordering::Equal if bits & 1 == 1 => {}
            _ => break,
        }
        bits += 1;
    }
    f64::from_bits(bits)
}

/// `number` × 10^`power`, with a rounding at each step.
fn scaled(number: f64, power: i32) -> f64 {
    const SQUARES: [f64; 9] = [1e1, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e128, 1e256];
    let tens = |left: u32| {
        let used = SQUARES.iter().enumerate().filter(|(bit, _)| left >> bit & 1 == 1);
        used.fold(1.0, |tens, (_, square)| tens * square)
    };
    match power {
        0.. => number * tens(power.unsigned_abs()),
        -300.. => number / tens(power.unsigned_abs()),
        _ => number / 1e256 / tens(power.unsigned_abs() - 256),
    }
}

/// A whole number of any size: its digits to the base 2^32, the last first.
#[derive(Clone, Default)]
struct Big(Vec<u32>);

impl Big {
    /// Multiplies it, and adds something.
    fn push(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Multiplies it with powers of 10 and of 2, where they are above 0.
    fn scale(mut self, tens: i32, twos: i32) -> Big {
        (0..tens).for_each(|_| self.push(10, 0));
        if twos > 0 {
            self.push(1 << (twos % 32), 0);
            self.0.splice(..0, (0..twos / 32).map(|_| 0));
        }
        self
    }

    /// How it, times 10^`power`, stands to what is halfway between the float of these bits and the next.
    fn compare(&self, power: i32, bits: u64) -> Ordering {
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
        let (float, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 52, exponent) };
        let (half, twos) = (float * 2 + 1, exponent - 1076);
        let mut other = Big(vec![half as u32]);
        if half >> 32 > 0 {
            other.0.push((half >> 32) as u32);
        }
        let (this, other) = (self.clone().scale(power, -twos), other.scale(-power, twos));
        this.0.len().cmp(&other.0.len()).then_with(|| this.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> f64 {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        nearest(whole, fraction, exponent.parse().unwrap())
    }

    fn same(text: &str) {
        let theirs: f64 = text.parse().unwrap();
        assert_eq!(read(text).to_bits(), theirs.to_bits(), "{text}: {} for {theirs}", read(text));
    }

    #[test]
    fn a_float_is_the_nearest_to_what_was_written() {
        for text in [
            "0",
            "0.0",
            "0e9",
            "1e400",
            "1e-400",
            "0.30000000000000004",
            "123456.7890123456789",
            "1e23",
            "8.5e22",
            "9007199254740993",
            "9007199254740992.999",
            "9007199254740993.00000000000000000000000000001",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "179769313486231580793e289",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.47e-324",
            "6.929001713869936e236",
            "7.2057594037927933e16",
            "1e-2147483648",
        ] {
            same(text);
        }
        same(&format!("0.{}1", "0".repeat(400)));
        same(&format!("0.{}1e390", "0".repeat(400)));
        same(&format!("1{}e-1000", "0".repeat(1000)));
        // Halfway between 1 and the next float, and a trace above it.
        let half = "1.00000000000000011102230246251565404236316680908203125";
        same(half);
        same(&format!("{half}{}1", "0".repeat(1000)));
    }

    #[test]
    fn whatever_was_written_reads_as_the_standard_library_reads_it() {
        // xorshift64: the same numbers in each run.
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..2_000 {
            let float = f64::from_bits(next() >> 1);
            if float.is_finite() {
                same(&format!("{float:e}"));
                same(&format!("{:e}", (float % 1e9)));
                // Digits beyond those that tell the float, and a number in the middle between two.
                same(&format!("{float:.25e}"));
            }
            let (whole, fraction) = (next() >> (next() % 64), next() >> (next() % 64));
            same(&format!("{whole}.{fraction}"));
            same(&format!("{whole}.{fraction}e{}", next() as i32 % 340));
            same(&format!("{whole}{fraction}e{}", next() as i32 % 40));
        }
    }
}
