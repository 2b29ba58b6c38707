//! What a plain value stands for, beyond its type: moments, dates, durations. A caller's value has to be such a one.

mod moment;

pub use moment::{DAY, Moment, day, first_of};

use super::Node;
use super::read::decimal;

/// What a value of a plain type stands for. WIT says it by the name of the type: `unix-seconds`, `date-time`, `date`, `hours`,
/// `amount`, `quantity`, `filled-text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Whatever the type holds.
    Any,
    /// A moment as seconds since 1970-01-01 UTC.
    UnixSeconds,
    /// A moment as RFC 3339 writes it, with a zone.
    DateTime,
    /// A day of the calendar, such as `2026-07-01`.
    Date,
    /// A duration in hours.
    Hours,
    /// An amount of money, or a quantity: a decimal number from 0, as text.
    Amount,
    /// A text that is not blank.
    Filled,
}

/// The moments that a caller can mean: of the years 1980 to 2199. Milliseconds that are taken for seconds are later.
pub const PLAUSIBLE: std::ops::Range<i64> = first_of(12 * 1980) * DAY..first_of(12 * 2200) * DAY;
/// The hours of a month of 31 days.
const MOST_HOURS: f64 = 744.0;

impl Form {
    /// All of them. The place in the list is what a linked vendor's facts call a form.
    pub const ALL: [Form; 7] =
        [Form::Any, Form::UnixSeconds, Form::DateTime, Form::Date, Form::Hours, Form::Amount, Form::Filled];

    /// What is expected, unless the value is of this form.
    pub(crate) fn expects(self, value: &Node<'_>) -> Option<&'static str> {
        let text = value.as_str().unwrap_or_default();
        let (fits, expected) = match self {
            Form::Any => return None,
            Form::UnixSeconds => (is_plausible(moment(value)), "seconds since 1970 in the years 1980 to 2199"),
            Form::DateTime => (
                Moment::of(text).is_some_and(|moment| moment.zone.is_some() && is_plausible(Some(moment.utc(0)))),
                "a date with time and zone in the years 1980 to 2199, such as 2026-07-01T13:00:00Z",
            ),
            Form::Date => (
                text.len() == 10 && is_plausible(day(text).map(|day| day * DAY)),
                "a date in the years 1980 to 2199, such as 2026-07-01",
            ),
            Form::Filled => (!text.trim().is_empty(), "a text that is not empty"),
            Form::Amount => (!text.starts_with('-') && decimal(text).is_some(), "a decimal number from 0, as text"),
            Form::Hours => {
                let hours = if let Node::Number(hours) = value { hours.as_f64() } else { None };
                (hours.is_some_and(|hours| hours > 0.0 && hours <= MOST_HOURS), "hours, more than 0 and at most 744")
            }
        };
        if fits { None } else { Some(expected) }
    }
}

/// The moment that a value stands for, in seconds since 1970: a number of seconds, or a date with or without a time.
pub fn moment(value: &Node<'_>) -> Option<i64> {
    match value {
        Node::Number(seconds) => seconds.as_i64(),
        Node::Text(text) => Moment::of(text).map(|moment| moment.utc(0)).or_else(|| day(text).map(|day| day * DAY)),
        _ => None,
    }
}

fn is_plausible(moment: Option<i64>) -> bool {
    moment.is_some_and(|moment| PLAUSIBLE.contains(&moment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(form: Form, value: serde_json::Value) -> bool {
        form.expects(&value.into()).is_none()
    }

    #[test]
    fn seconds_of_plausible_years_are_moments_and_milliseconds_are_not() {
        // `date -u -d 1980-01-01 +%s` and `date -u -d 2200-01-01 +%s`.
        for seconds in [315_532_800_u64, 1_767_225_600, 7_258_118_399] {
            assert!(fits(Form::UnixSeconds, json!(seconds)), "{seconds}");
        }
        for seconds in [0_u64, 1, 315_532_799, 7_258_118_400, 1_764_300_000_000, u64::MAX] {
            assert!(!fits(Form::UnixSeconds, json!(seconds)), "{seconds}");
        }
    }

    #[test]
    fn a_moment_is_written_as_rfc_3339_has_it() {
        for text in [
            "2026-07-01T13:00:00Z",
            "2026-07-01T13:00:00.000Z",
            "2026-07-01T13:00:00.123456+05:30",
            "2028-02-29T23:59:60-08:00",
            "1980-01-01T00:00:00Z",
            "2199-12-31T23:59:59Z",
        ] {
            assert!(fits(Form::DateTime, json!(text)), "{text}");
        }
        for text in [
            "",
            "July",
            "01/07/2026",
            "2026-07-01",
            "2026-02-30T13:00:00Z",
            "2027-02-29T13:00:00Z",
            "2026-07-01T13:00:00",
            "2026-07-01T13:00Z",
            "2026-07-01 13:00:00Z",
            "2026-07-01T24:00:00Z",
            "2026-07-01T13:00:00.Z",
            "2026-07-01T13:00:00.x1Z",
            "2026-07-01T13:00:00+24:00",
            "2026-07-01T13:00:00+05:00:00",
            "2026-07-01T13:00:00ZZ",
            " 2026-07-01T13:00:00Z",
            "0001-01-01T00:00:00Z",
            "3026-07-01T13:00:00Z",
            "٢٠٢٦-٠٧-٠١T13:00:00Z",
            "1769900000",
            "1769900000000",
        ] {
            assert!(!fits(Form::DateTime, json!(text)), "{text}");
        }
    }

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        assert!(fits(Form::Date, json!("2028-02-29")));
        for text in ["", "July", "2026-02-29", "2026-7-1", "1/7/2026", "2026-07-01T13:00:00Z", "0001-01-01"] {
            assert!(!fits(Form::Date, json!(text)), "{text}");
        }
    }

    #[test]
    fn hours_are_more_than_none_and_no_more_than_a_month_has() {
        for hours in [0.1, 2.5, 744.0] {
            assert!(fits(Form::Hours, json!(hours)), "{hours}");
        }
        for hours in [0.0, -1.0, 744.5, 1e300, f64::NAN] {
            assert!(!fits(Form::Hours, json!(hours)), "{hours}");
        }
    }

    #[test]
    fn an_amount_is_a_decimal_number_from_0() {
        for amount in ["0", "64", "64.00", "0.5", "123456789012345678901234567890.25"] {
            assert!(fits(Form::Amount, json!(amount)), "{amount}");
        }
        for amount in
            ["", " ", "a", "-1", "-0.5", "+1", "1,50", "1.", ".5", "1e3", "0x1", "€5", "5 EUR", "NaN", "null", "٥"]
        {
            assert!(!fits(Form::Amount, json!(amount)), "{amount}");
        }
    }

    #[test]
    fn moments_are_compared_in_utc() {
        let of = |value: serde_json::Value| moment(&value.into());
        assert_eq!(of(json!("2026-07-01T01:00:00+05:00")), of(json!("2026-06-30T20:00:00Z")));
        assert_eq!(of(json!("2026-01-01")), Some(1_767_225_600));
        assert_eq!(of(json!(1_767_225_600)), Some(1_767_225_600));
        assert_eq!(of(json!("July")), None);
    }
}
