//! Dates and moments of ISO 8601, as days and seconds since 1970.

/// The seconds of a day.
pub const DAY: i64 = 86_400;

/// The day that a date begins with, counted from 1970-01-01. The text may go on with a time.
pub fn day(date: &str) -> Option<i64> {
    let ([year, month, day, ..], rest) = numbers(date.as_bytes(), b"0000-00-00")?;
    let month = 12 * year + month - 1;
    let fits = month / 12 == year && (1..=first_of(month + 1) - first_of(month)).contains(&day);
    (fits && matches!(rest, [] | [b'T', ..])).then_some(first_of(month) + day - 1)
}

/// A moment as it is written: the seconds since 1970 by the clock of its zone, and how many that clock is ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The seconds since 1970 by the clock of its zone.
    pub local: i64,
    /// None where the text names no zone.
    pub zone: Option<i64>,
}

impl Moment {
    /// Reads an ISO 8601 date with a time and maybe a zone.
    pub fn of(text: &str) -> Option<Moment> {
        let day = day(text)?;
        let ([hours, minutes, seconds, ..], mut rest) = numbers(text.as_bytes().get(10..)?, b"T00:00:00")?;
        if let [b'.', fraction @ ..] = rest {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            rest = fraction.get(digits..)?;
        }
        let zone = match rest {
            [] => None,
            b"Z" => Some(0),
            [sign @ (b'+' | b'-'), rest @ ..] => {
                let ([hours, minutes, ..], []) = numbers(rest, b"00:00")? else { return None };
                let ahead = clock(hours, minutes, 0)?;
                Some(if *sign == b'-' { -ahead } else { ahead })
            }
            _ => return None,
        };
        Some(Moment { local: day * DAY + clock(hours, minutes, seconds)?, zone })
    }

    /// Seconds since 1970 in UTC; without a zone of its own, by the clock of another.
    pub fn utc(self, zone: i64) -> i64 {
        self.local - self.zone.unwrap_or(zone)
    }

    /// The day by the clock of a zone.
    pub fn day_in(self, zone: i64) -> i64 {
        (self.utc(zone) + zone).div_euclid(DAY)
    }
}

fn clock(hours: i64, minutes: i64, seconds: i64) -> Option<i64> {
    (hours < 24 && minutes < 60 && seconds < 61).then_some(3600 * hours + 60 * minutes + seconds)
}

/// The numbers in a text that begins as a pattern says, in which `0` is a digit, and what follows them.
fn numbers<'t>(mut text: &'t [u8], pattern: &[u8]) -> Option<([i64; 3], &'t [u8])> {
    let (mut numbers, mut at) = ([0; 3], 0);
    for wanted in pattern {
        let (byte, rest) = text.split_first()?;
        text = rest;
        match (wanted, byte) {
            (b'0', b'0'..=b'9') => numbers[at] = numbers[at] * 10 + i64::from(byte - b'0'),
            (b'T', b'T') => {}
            (wanted, byte) if wanted == byte => at = (at + 1).min(2),
            _ => return None,
        }
    }
    Some((numbers, text))
}

/// The first day of a month, which is counted from the year 0.
pub const fn first_of(month: i64) -> i64 {
    // Years begin in March here, so that a day more comes at their end.
    let (year, month) = ((month - 2).div_euclid(12), (month - 2).rem_euclid(12));
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 - 719_468
}
