//! What may be sent again, and when.

use crate::reply::header;

/// How a try ended, as far as sending again goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The request did not reach the vendor.
    NotSent,
    /// The vendor refused the request unread (429).
    Refused,
    /// The vendor may have acted on it, or not.
    Unknown,
    /// The vendor answered, and would answer the same again.
    Final,
}

/// One decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    /// Tries so far, this one included.
    pub count: u64,
    /// How many there may be.
    pub most: u64,
    /// Whether sending twice does the same as sending once.
    pub repeatable: bool,
    /// What is left of the deadline.
    pub left_ms: u64,
    /// How long the vendor asks to wait.
    pub asked_ms: Option<u64>,
    /// Any number, to spread the waiting of many callers.
    pub noise: u64,
}

impl Try {
    /// How long to wait before sending again; none: don't.
    pub fn wait_ms(&self, outcome: Outcome) -> Option<u64> {
        let allowed = match outcome {
            Outcome::NotSent | Outcome::Refused => true,
            Outcome::Unknown => self.repeatable,
            Outcome::Final => false,
        };
        if !allowed || self.count >= self.most {
            return None;
        }
        let most = 250 << self.count.min(6);
        // A vendor that asks for no wait at all, again and again, is not to be asked again and again.
        let wait = self.asked_ms.unwrap_or(0).max(most / 2 + self.noise % (most / 2));
        (wait < self.left_ms).then_some(wait)
    }
}

/// The shortest and the longest wait that a vendor can mean.
const ASKED_MS: [u64; 2] = [250, 24 * 3_600_000];

/// How long the vendor asks to wait: `Retry-After` in seconds or as a date, or, where its quota is the reason, the moment or
/// the delay until there is a new one. Moments count from the answer's own `Date`: either clock may be wrong.
pub fn asked_ms(headers: &[(String, Vec<u8>)], quota: bool, now_unix: u64) -> Option<u64> {
    let text = |wanted: &str| header(headers, wanted);
    let now = text("date").and_then(|date| moment(date.as_bytes())).unwrap_or(now_unix);
    let until = |moment: u64| moment.saturating_sub(now).saturating_mul(1000);
    let number = |value: &str| {
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        let more = fraction.bytes().any(|digit| digit != b'0');
        Some(whole.parse::<u64>().ok()?.saturating_add(more.into()))
    };
    // What is too large for a delay is a moment, and what is too large for a moment is one in milliseconds.
    let asked = |value: &str| {
        Some(match number(value)? {
            seconds @ 0..1_000_000_000 => seconds.saturating_mul(1000),
            seconds @ 1_000_000_000..1_000_000_000_000 => until(seconds),
            ms => ms.saturating_sub(now.saturating_mul(1000)),
        })
    };
    let after = || text("retry-after").and_then(|after| moment(after.as_bytes()).map(until).or_else(|| asked(after)));
    let reset =
        || ["x-ratelimit-reset", "ratelimit-reset"].into_iter().find_map(text).filter(|_| quota).and_then(asked);
    let [least, most] = ASKED_MS;
    text("retry-after-ms").and_then(number).or_else(after).or_else(reset).map(|ms| ms.clamp(least, most))
}

/// The seconds since 1970 of a date as HTTP writes it (RFC 9110, 5.6.7), such as `Wed, 25 Feb 2026 09:00:09 GMT`. The two
/// forms that have been obsolete since 1999 are not read: nobody sends them, and to read them takes 4 KB.
fn moment(date: &[u8]) -> Option<u64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let number = |from: usize, to: usize| {
        date.get(from..to)?.iter().try_fold(0, |number: u64, digit| match digit {
            b'0'..=b'9' => Some(number * 10 + u64::from(digit - b'0')),
            _ => None,
        })
    };
    if date.len() != 29 || !date.ends_with(b" GMT") {
        return None;
    }
    let month = MONTHS.chunks(3).position(|month| *month == date[8..11])? as u64;
    let (day, year) = (number(5, 7)?, number(12, 16)?.checked_sub(1970)?);
    let (hour, minute, second) = (number(17, 19)?, number(20, 22)?, number(23, 25)?);
    // Years from March on, so that the leap day is the last: Howard Hinnant's days_from_civil.
    let (month, year) = if month < 2 { (month + 10, year + 1969) } else { (month - 2, year + 1970) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some((days.checked_sub(719_469)? * 24 + hour) * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Try = Try { count: 1, most: 3, repeatable: false, left_ms: 30_000, asked_ms: None, noise: 7 };

    #[test]
    fn a_write_is_sent_again_only_where_it_cannot_have_been_done() {
        assert!(FIRST.wait_ms(Outcome::NotSent).is_some());
        assert!(FIRST.wait_ms(Outcome::Refused).is_some());
        assert_eq!(FIRST.wait_ms(Outcome::Unknown), None);
        assert!(Try { repeatable: true, ..FIRST }.wait_ms(Outcome::Unknown).is_some());
        assert_eq!(Try { repeatable: true, ..FIRST }.wait_ms(Outcome::Final), None);
    }

    #[test]
    fn tries_and_deadline_end_it() {
        assert_eq!(Try { count: 3, ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { most: 1, ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { asked_ms: Some(30_000), ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { asked_ms: Some(29_999), ..FIRST }.wait_ms(Outcome::Refused), Some(29_999));
    }

    #[test]
    fn waiting_grows_and_is_spread() {
        for noise in [0, 1, 249, 250, u64::MAX] {
            let first = Try { noise, ..FIRST }.wait_ms(Outcome::Refused).unwrap();
            let second = Try { noise, count: 2, ..FIRST }.wait_ms(Outcome::Refused).unwrap();
            assert!((250..500).contains(&first) && (500..1000).contains(&second), "{first} {second}");
        }
    }

    #[test]
    fn a_vendor_that_asks_for_no_wait_is_waited_for_all_the_same() {
        assert!(Try { asked_ms: Some(0), ..FIRST }.wait_ms(Outcome::Refused) >= Some(250));
    }

    /// When it is now at this machine.
    const NOW: u64 = 1_772_010_000;

    fn asked(headers: &[(&str, &str)]) -> Option<u64> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        asked_ms(&headers, true, NOW)
    }

    #[test]
    fn the_vendors_wish_is_read_in_each_form() {
        for (name, value, ms) in [
            ("Retry-After", "7", Some(7_000)),
            ("retry-after", "1.5", Some(2_000)),
            ("retry-after-ms", "1500", Some(1_500)),
            ("retry-after", "0", Some(250)),
            ("retry-after", "Wed, 25 Feb 2026 09:00:09 GMT", Some(9_000)),
            ("retry-after", "Wed, 25 Feb 2026 08:00:00 GMT", Some(250)),
            ("retry-after", "Sun, 01 Mar 2026 00:00:00 GMT", Some(86_400_000)),
            ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT", Some(250)),
            ("retry-after", "Wed, 25 Feb 2026 09:00:09 CET", None),
            ("retry-after", "Wed, 25 Feb 202x 09:00:09 GMT", None),
            ("retry-after", "Wed, 25 Foo 2026 09:00:09 GMT", None),
            ("retry-after", "Wed, 25 Feb 0000 09:00:09 GMT", None),
            ("X-RateLimit-Reset", "1772010005", Some(5_000)),
            ("X-RateLimit-Reset", "1772010005000", Some(5_000)),
            ("X-RateLimit-Reset", "5", Some(5_000)),
            ("RateLimit-Reset", "5", Some(5_000)),
            ("retry-after", "soon", None),
            ("retry-after", "99999999999999999999", None),
            ("date", "7", None),
        ] {
            assert_eq!(asked(&[(name, value)]), ms, "{name}: {value}");
        }
    }

    #[test]
    fn a_moment_counts_from_the_answers_own_date() {
        let date = ("Date", "Wed, 25 Feb 2026 08:00:00 GMT");
        assert_eq!(asked(&[date, ("x-ratelimit-reset", "1772006420")]), Some(20_000));
        assert_eq!(asked(&[date, ("retry-after", "Wed, 25 Feb 2026 08:00:02 GMT")]), Some(2_000));
        assert_eq!(asked(&[("Date", "today"), ("x-ratelimit-reset", "1772010002")]), Some(2_000));
    }
}
