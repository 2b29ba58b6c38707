//! How long a vendor asks to wait.

use crate::header;

/// The shortest and the longest wait that a vendor can mean.
const LEAST_MS: u64 = 250;
const LONGEST_MS: u64 = 24 * 3_600_000;

/// How long the vendor asks to wait: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or, where its quota is the reason,
/// the moment or the delay until there is a new one, in any of the forms that the drafts of `RateLimit` had. Moments count from
/// the answer's own `Date`: either clock may be wrong. Of several values of a header, on lines of their own or on one, the longest
/// counts that a vendor can mean. What is no number and no date counts as not there.
pub fn asked_ms(headers: &[(String, Vec<u8>)], quota: bool, now_unix: &dyn Fn() -> u64) -> Option<u64> {
    const NAMES: [&str; 5] = ["retry-after-ms", "retry-after", "x-ratelimit-reset", "ratelimit-reset", "ratelimit"];
    let now = || header(headers, "date").and_then(|date| moment(date.get(5..)?)).unwrap_or_else(now_unix);
    for wanted in NAMES.iter().take(if quota { 5 } else { 2 }) {
        let mut longest = None;
        for (_, value) in headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
            // A date has a comma, too; what stands before it is no value.
            for value in std::str::from_utf8(value).unwrap_or_default().split(',') {
                let ms = if wanted.ends_with("ms") { number(value.trim()) } else { asked(value, now()) };
                longest = longest.max(ms.map(rank));
            }
        }
        if let Some(rank) = longest {
            return Some(rank.wrapping_add(LONGEST_MS + 1).clamp(LEAST_MS, LONGEST_MS));
        }
    }
    None
}

/// What is shorter is a delay in seconds.
const DELAYS: u64 = 1_000_000_000;

/// The wait that one value asks for: `30`, a moment, or `"day";r=0;t=30`, and before that `reset=30`. Of a quota that is not used
/// up, the end says nothing.
fn asked(value: &str, now: u64) -> Option<u64> {
    let mut asked = None;
    for part in value.split(';') {
        let part = part.trim();
        match part.split_once('=').unwrap_or(("t", part)) {
            ("t" | "reset", value) => {
                asked = moment(value).map(|moment| moment.max(DELAYS)).or_else(|| number(value)).or(asked)
            }
            ("r", left) if left != "0" => return None,
            _ => {}
        }
    }
    let until = |moment: u64| moment.saturating_sub(now);
    // What is too large for a delay is a moment, and what is too large for a moment is one in milliseconds.
    let seconds = match asked? {
        seconds @ 0..DELAYS => seconds,
        seconds @ DELAYS..1_000_000_000_000 => until(seconds),
        ms => until(ms.div_ceil(1000)),
    };
    Some(seconds * 1000)
}

/// The longer, the larger, and what is too long to be meant below all else.
fn rank(ms: u64) -> u64 {
    ms.wrapping_sub(LONGEST_MS + 1)
}

/// A number that is not negative, rounded up. What is too large counts as very large (as RFC 9111, 1.2.2 has it for seconds).
pub fn number(value: &str) -> Option<u64> {
    let (mut whole, mut point, mut more) = (None, false, 0);
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' if point => more |= u64::from(byte != b'0'),
            b'0'..=b'9' => whole = Some(whole.unwrap_or(0).min(1 << 59) * 10 + u64::from(byte - b'0')),
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    Some(whole? + more)
}

/// The seconds since 1970 of a date as HTTP writes it (RFC 9110, 5.6.7), such as `Wed, 25 Feb 2026 09:00:09 GMT`, without its
/// first word. The two forms that have been obsolete since 1999 are not read: nobody sends them, and to read them takes 4 KB.
fn moment(date: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let part = |from: usize, to: usize| date.get(from..to);
    let number = |from, to| number(part(from, to)?);
    if part(20, 24) != Some(" GMT") || date.len() != 24 {
        return None;
    }
    let month = (0..12).position(|month| MONTHS.get(3 * month..3 * month + 3) == part(3, 6))? as u64;
    let (day, year) = (number(0, 2)?, number(7, 11)?.checked_sub(1970)?);
    let (hour, minute, second) = (number(12, 14)?, number(15, 17)?, number(18, 20)?);
    // Years from March on, so that the leap day is the last: Howard Hinnant's days_from_civil.
    let (month, year) = if month < 2 { (month + 10, year + 1969) } else { (month - 2, year + 1970) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some((days.checked_sub(719_469)? * 24 + hour) * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When it is now at this machine.
    const NOW: u64 = 1_772_010_000;

    fn asked(headers: &[(&str, &str)]) -> Option<u64> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        asked_ms(&headers, true, &|| NOW)
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
            ("retry-after", "Mon, 01 Jan 1990 00:00:00 GMT", Some(250)),
            ("retry-after", "Wed, 25 Feb 2026 09:00:09 CET", None),
            ("retry-after", "Wed, 25 Feb 202x 09:00:09 GMT", None),
            ("retry-after", "Wed, 25 Foo 2026 09:00:09 GMT", None),
            ("retry-after", "Wed, 25 Feb 0000 09:00:09 GMT", None),
            ("X-RateLimit-Reset", "1772010005", Some(5_000)),
            ("X-RateLimit-Reset", "1772010005000", Some(5_000)),
            ("X-RateLimit-Reset", "5", Some(5_000)),
            ("RateLimit-Reset", "5", Some(5_000)),
            ("retry-after", "soon", None),
            ("date", "7", None),
        ] {
            assert_eq!(asked(&[(name, value)]), ms, "{name}: {value}");
        }
    }

    /// RFC 9110, 10.2.3: seconds are digits. RFC 9111, 1.2.2: too many of them are as many as can be said.
    #[test]
    fn odd_values_are_neither_a_wait_of_nothing_nor_one_without_an_end() {
        for value in ["-1", "-1.5", "", ".", ".5", "1.x", "1.5.2", "1e3", "0x10", "5s", "\u{663}", "NaN"] {
            for name in ["retry-after", "retry-after-ms", "x-ratelimit-reset", "ratelimit-reset", "ratelimit"] {
                assert_eq!(asked(&[(name, value)]), None, "{name}: {value}");
            }
        }
        for value in ["99999999999999999999", "18446744073709551615", "86400.5", "99999999", "253402300800000"] {
            for name in ["retry-after", "x-ratelimit-reset"] {
                assert_eq!(asked(&[(name, value)]), Some(86_400_000), "{name}: {value}");
            }
        }
        assert_eq!(asked(&[("retry-after", "1772010005.25")]), Some(6_000), "a moment with a fraction");
        assert_eq!(asked(&[("retry-after", "1772010005250")]), Some(6_000), "a moment in milliseconds");
        assert_eq!(asked(&[("x-ratelimit-reset", "1772009000")]), Some(250), "a moment that is over");
        assert_eq!(asked(&[("retry-after", "-1"), ("x-ratelimit-reset", "5")]), Some(5_000), "the other says it");
    }

    #[test]
    fn of_several_values_the_longest_counts_that_can_be_meant() {
        for name in ["retry-after", "x-ratelimit-reset"] {
            assert_eq!(asked(&[(name, "5"), (name, "30")]), Some(30_000));
            assert_eq!(asked(&[(name, "30, 5")]), Some(30_000));
            assert_eq!(asked(&[(name, "5"), (name, "-1"), (name, "soon")]), Some(5_000));
            assert_eq!(asked(&[(name, "5,99999999999")]), Some(5_000), "the second one cannot be meant");
            assert_eq!(asked(&[(name, "5, 1772010040")]), Some(40_000));
        }
        let dates = "Wed, 25 Feb 2026 09:00:09 GMT, Wed, 25 Feb 2026 09:00:19 GMT";
        assert_eq!(asked(&[("retry-after", dates)]), Some(19_000));
        assert_eq!(asked(&[("retry-after", &format!("60, {dates}"))]), Some(60_000));
    }

    /// draft-ietf-httpapi-ratelimit-headers: -06 has `RateLimit-Reset`, -07 `reset=`, -08 and later `t=`, all in seconds.
    #[test]
    fn the_drafts_of_the_quota_headers_are_read() {
        for (value, ms) in [
            ("limit=100, remaining=0, reset=50", Some(50_000)),
            ("\"default\";r=0;t=30", Some(30_000)),
            ("\"minute\";r=0;t=30, \"day\";r=900;t=80000", Some(30_000)),
            ("\"minute\"; r=0; t=30, \"day\"; r=0; t=600", Some(600_000)),
            ("\"default\";r=0;t=-3", None),
            ("\"default\";r=0", None),
        ] {
            assert_eq!(asked(&[("RateLimit", value)]), ms, "{value}");
        }
        let both = [("ratelimit", "\"default\";r=0;t=30"), ("retry-after", "7")];
        assert_eq!(asked(&both), Some(7_000), "the drafts say that Retry-After counts");
        let headers = [("ratelimit".to_owned(), b"\"default\";r=0;t=30".to_vec())];
        assert_eq!(asked_ms(&headers, false, &|| NOW), None, "without a quota that is used up it says nothing");
    }

    #[test]
    fn a_moment_counts_from_the_answers_own_date() {
        let date = ("Date", "Wed, 25 Feb 2026 08:00:00 GMT");
        assert_eq!(asked(&[date, ("x-ratelimit-reset", "1772006420")]), Some(20_000));
        assert_eq!(asked(&[date, ("retry-after", "Wed, 25 Feb 2026 08:00:02 GMT")]), Some(2_000));
        assert_eq!(asked(&[("Date", "today"), ("x-ratelimit-reset", "1772010002")]), Some(2_000));
    }
}
