//! What may be sent again, and when.

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
        let wait = self.asked_ms.unwrap_or_else(|| {
            let most = 250 << self.count.min(6);
            most / 2 + self.noise % (most / 2)
        });
        (wait < self.left_ms).then_some(wait)
    }
}

/// How long the vendor asks to wait: `Retry-After` in seconds or as a date, or `X-RateLimit-Reset` as a moment.
pub(crate) fn asked_ms(headers: &[(String, Vec<u8>)], now_unix: u64) -> Option<u64> {
    let text = |wanted: &str| {
        let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        std::str::from_utf8(value).ok().map(str::trim)
    };
    let until = |moment: u64| moment.saturating_sub(now_unix).saturating_mul(1000);
    if let Some(after) = text("retry-after") {
        if let Ok(seconds) = after.parse::<u64>() {
            return Some(seconds.saturating_mul(1000));
        }
        if let Some(moment) = moment(after.as_bytes()) {
            return Some(until(moment));
        }
    }
    text("x-ratelimit-reset")?.parse().ok().map(until)
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
    fn the_vendors_wish_is_read_in_each_form() {
        let asked = |name: &str, value: &str| asked_ms(&[(name.to_owned(), value.as_bytes().to_vec())], 1_772_010_000);
        assert_eq!(asked("Retry-After", "7"), Some(7_000));
        assert_eq!(asked("retry-after", "Wed, 25 Feb 2026 09:00:09 GMT"), Some(9_000));
        assert_eq!(asked("retry-after", "Wed, 25 Feb 2026 08:00:00 GMT"), Some(0));
        assert_eq!(asked("retry-after", "Sun, 01 Mar 2026 00:00:00 GMT"), Some(313_200_000));
        assert_eq!(asked("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for none in ["Wed, 25 Feb 2026 09:00:09 CET", "Wed, 25 Feb 202x 09:00:09 GMT", "Wed, 25 Foo 2026 09:00:09 GMT"]
        {
            assert_eq!(asked("retry-after", none), None, "{none}");
        }
        assert_eq!(asked("retry-after", "Wed, 25 Feb 0000 09:00:09 GMT"), None);
        assert_eq!(asked("X-RateLimit-Reset", "1772010005"), Some(5_000));
        assert_eq!(asked("X-RateLimit-Reset", "1"), Some(0));
        assert_eq!(asked("retry-after", "soon"), None);
        assert_eq!(asked("retry-after", "99999999999999999999"), None);
        assert_eq!(asked("date", "7"), None);
    }
}
