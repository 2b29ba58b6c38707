//! The date after the first of a schedule, so that a recipe can have the first made with the schedule and the rest
//! inserted, none twice. Works on the days of ISO 8601 dates; what follows the day stays as it is.

use serde_json::Value;

/// Year, month and day.
type Day = [u32; 3];

/// The second date of a schedule that begins at `start`, or what was expected of the start instead.
pub fn after(start: &str, schedule: &Value) -> Result<String, &'static str> {
    let first = day(start).ok_or("expected an ISO 8601 date, such as 2026-07-01T13:00:00.000Z")?;
    let [year, month, day] = first;
    let next = match schedule["renewal-pattern"].as_str().unwrap_or_default() {
        "yearly" if (month, day) == (2, 29) => return Err("expected a day that each year has"),
        "yearly" => [year + 1, month, day],
        "monthly" if day > 28 => return Err("expected a day up to the 28th, which each month has"),
        "monthly" => {
            let (year, month) = (year + month / 12, month % 12 + 1);
            match schedule["same-day-of-month"].as_bool() {
                // The same weekday, at the same place in the month: as many weeks after one of its days 1 to 7.
                Some(false) => {
                    let shift = (weekday(first) + 35 - weekday([year, month, 1])) % 7;
                    [year, month, shift + (day - 1) / 7 * 7 + 1]
                }
                _ => [year, month, day],
            }
        }
        pattern if !repeats_on(first, pattern, schedule) => {
            return Err("expected a date that fits the pattern, since it is the first");
        }
        pattern => {
            let mut next = tomorrow(first);
            while !repeats_on(next, pattern, schedule) {
                next = tomorrow(next);
            }
            next
        }
    };
    let [year, month, day] = next;
    Ok(format!("{year:04}-{month:02}-{day:02}{}", start.get(10..).unwrap_or_default()))
}

/// Whether the day of a date is before the day of another.
pub fn is_before(date: &str, other: &str) -> bool {
    date.get(..10) < other.get(..10)
}

/// Whether a pattern that goes by days has this one.
fn repeats_on(day: Day, pattern: &str, schedule: &Value) -> bool {
    const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    let weekday = weekday(day);
    match pattern {
        "weekly" => {
            schedule["weekdays"].as_array().is_some_and(|days| days.iter().any(|day| *day == DAYS[weekday as usize]))
        }
        "every-weekday" => (1..=5).contains(&weekday),
        "every-monday-wednesday-friday" => [1, 3, 5].contains(&weekday),
        "every-tuesday-thursday" => [2, 4].contains(&weekday),
        _ => true,
    }
}

/// The day that a date begins with.
fn day(date: &str) -> Option<Day> {
    let bytes = date.as_bytes();
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
    };
    let day = [number(0, 4)?, number(5, 7)?, number(8, 10)?];
    let [_, month, number] = day;
    let separated = bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes.get(10), None | Some(b'T'));
    (separated && (1..=12).contains(&month) && (1..=month_length(day)).contains(&number)).then_some(day)
}

fn month_length([year, month, _]: Day) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn tomorrow(today: Day) -> Day {
    match today {
        [year, 12, 31] => [year + 1, 1, 1],
        [year, month, day] if day == month_length(today) => [year, month + 1, 1],
        [year, month, day] => [year, month, day + 1],
    }
}

/// 0 is Sunday: Sakamoto's method.
fn weekday([year, month, day]: Day) -> u32 {
    const MONTHS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    // In 400 years the weekdays begin anew, so that the year before 0 is no exception.
    let year = if month < 3 { year + 399 } else { year + 400 };
    (year + year / 4 - year / 100 + year / 400 + MONTHS[(month - 1) as usize % 12] + day) % 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn next(start: &str, pattern: &str) -> Result<String, &'static str> {
        after(start, &json!({ "renewal-pattern": pattern, "weekdays": ["monday", "thursday"] }))
    }

    #[test]
    fn the_next_date_follows_the_pattern_and_keeps_the_time() {
        assert_eq!(next("2026-12-31T13:00:00.000Z", "daily").unwrap(), "2027-01-01T13:00:00.000Z");
        assert_eq!(next("2028-02-28", "daily").unwrap(), "2028-02-29");
        assert_eq!(next("2026-07-02T09:00:00Z", "weekly").unwrap(), "2026-07-06T09:00:00Z");
        assert_eq!(next("2026-07-03", "every-weekday").unwrap(), "2026-07-06");
        assert_eq!(next("2026-07-03", "every-monday-wednesday-friday").unwrap(), "2026-07-06");
        assert_eq!(next("2026-07-02", "every-tuesday-thursday").unwrap(), "2026-07-07");
        assert_eq!(next("2026-12-28", "monthly").unwrap(), "2027-01-28");
        assert_eq!(next("2026-07-01", "yearly").unwrap(), "2027-07-01");
    }

    #[test]
    fn the_same_weekday_of_the_next_month_is_found() {
        let next = |start| after(start, &json!({ "renewal-pattern": "monthly", "same-day-of-month": false })).unwrap();
        assert_eq!(next("2026-07-14"), "2026-08-11", "the second Tuesday");
        assert_eq!(next("2026-12-28"), "2027-01-25", "the fourth Monday");
        assert_eq!(next("2027-02-01"), "2027-03-01", "the first Monday");
    }

    #[test]
    fn a_start_after_which_dates_would_shift_is_refused() {
        for (start, pattern) in [
            ("2026-07-31", "monthly"),
            ("2028-02-29", "yearly"),
            ("2026-07-03", "weekly"),
            ("2026-07-04", "every-weekday"),
            ("2026-02-30", "daily"),
            ("2026-7-3", "daily"),
            ("2026-+7-03", "daily"),
            ("2026-07-03x", "daily"),
            ("next week", "daily"),
            ("2026-07-0é", "daily"),
            ("", "daily"),
        ] {
            assert!(next(start, pattern).is_err(), "{start} {pattern}");
        }
    }

    #[test]
    fn only_days_are_compared() {
        assert!(is_before("2026-09-30T00:00:00.000Z", "2026-10-01"));
        assert!(!is_before("2026-09-30T00:00:00.000Z", "2026-09-30T13:00:00.000Z"));
    }
}
