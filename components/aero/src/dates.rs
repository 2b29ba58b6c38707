//! The dates of a schedule, so that what is inserted begins with the first date that is missing: whether the vendor counts
//! the start of an insertion although it does not fit the pattern, is not documented. Works on the days of ISO 8601 dates.

pub use kit::wire::{DAY, Moment};
use kit::wire::{first_of, same_word};

pub const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// When work repeats. Days are counted from 1970-01-01.
pub struct Schedule<'s> {
    /// The first day that may be a date.
    pub start: i64,
    /// In WIT's words or the vendor's.
    pub pattern: &'s str,
    /// The interval, from 1.
    pub every: i64,
    /// For `weekly`, from Sunday on.
    pub weekdays: [bool; 7],
    /// For `monthly`: the same day of each month, rather than the same weekday.
    pub by_date: bool,
}

impl Schedule<'_> {
    /// The first date after a day; none for a pattern that is not known.
    pub fn after(&self, day: i64) -> Option<i64> {
        let day = day.max(self.start - 1);
        let is = |pattern| same_word(self.pattern, pattern);
        if is("monthly") || is("yearly") {
            let months = if is("yearly") { 12 * self.every } else { self.every };
            let passed = (month(day) - month(self.start)) / months;
            return (passed..).map(|times| self.in_month(times * months, is("yearly"))).find(|date| *date > day);
        }
        let fits: &dyn Fn(i64) -> bool = if is("daily") {
            &|date| (date - self.start) % self.every == 0
        } else if is("weekly") {
            &|date| self.weekdays[weekday(date)] && (week(date) - week(self.start)) % self.every == 0
        } else if is("every-weekday") {
            &|date| (1..=5).contains(&weekday(date))
        } else if is("every-monday-wednesday-friday") {
            &|date| [1, 3, 5].contains(&weekday(date))
        } else if is("every-tuesday-thursday") {
            &|date| [2, 4].contains(&weekday(date))
        } else {
            return None;
        };
        // Whatever fits does so within an interval. A longer one than a hundred years of weeks fits nothing that anybody means.
        (day + 1..=day + 7 * self.every.min(5200) + 7).find(|date| fits(*date))
    }

    /// The date in the month that is so many months after the start's. A day that it does not have is its last.
    fn in_month(&self, months: i64, yearly: bool) -> i64 {
        let [_, _, day] = civil(self.start);
        let month = month(self.start) + months;
        let (first, length) = (first_of(month), first_of(month + 1) - first_of(month));
        if self.by_date || yearly {
            return first + day.min(length) - 1;
        }
        let same_weekday = first + (self.start - first).rem_euclid(7) + (day - 1) / 7 * 7;
        if same_weekday < first + length { same_weekday } else { same_weekday - 7 }
    }
}

/// A day as ISO 8601 has it.
pub fn date(day: i64) -> String {
    let [year, month, day] = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment, in seconds since 1970.
pub fn moment(seconds: u64) -> String {
    let (day, seconds) = (seconds / 86_400, seconds % 86_400);
    format!("{}T{:02}:{:02}:{:02}.000Z", date(day as i64), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Months since the year 0.
fn month(day: i64) -> i64 {
    let [year, month, _] = civil(day);
    12 * year + month - 1
}

/// Year, month and day.
fn civil(day: i64) -> [i64; 3] {
    // The average month is 30.437 days long.
    let near = 12 * 1970 + (day * 1000).div_euclid(30_437);
    let month = (near - 2..=near + 2).rev().find(|month| first_of(*month) <= day).unwrap_or(near);
    [month.div_euclid(12), month.rem_euclid(12) + 1, day - first_of(month) + 1]
}

/// 0 is Sunday; 1970-01-01 was a Thursday.
fn weekday(day: i64) -> usize {
    (day + 4).rem_euclid(7) as usize
}

fn week(day: i64) -> i64 {
    (day + 4).div_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::wire::day;

    fn dates(start: &str, pattern: &str, every: i64, by_date: bool) -> [String; 3] {
        let weekdays = [false, true, false, false, true, false, false];
        let schedule = Schedule { start: day(start).unwrap(), pattern, every, weekdays, by_date };
        let first = schedule.after(0).unwrap();
        let second = schedule.after(first).unwrap();
        [first, second, schedule.after(second).unwrap()].map(date)
    }

    #[test]
    fn dates_follow_the_pattern() {
        assert_eq!(dates("2028-02-28", "daily", 1, true), ["2028-02-28", "2028-02-29", "2028-03-01"]);
        assert_eq!(dates("2026-12-30", "Daily", 3, true), ["2026-12-30", "2027-01-02", "2027-01-05"]);
        assert_eq!(dates("2026-07-01", "weekly", 1, true), ["2026-07-02", "2026-07-06", "2026-07-09"]);
        assert_eq!(dates("2026-07-02", "weekly", 2, true), ["2026-07-02", "2026-07-13", "2026-07-16"]);
        assert_eq!(dates("2026-07-03", "everyweekday", 1, true), ["2026-07-03", "2026-07-06", "2026-07-07"]);
        assert_eq!(dates("2026-07-03", "every-monday-wednesday-friday", 1, true)[1..], ["2026-07-06", "2026-07-08"]);
        assert_eq!(dates("2026-07-02", "EveryTuesdayThursday", 1, true)[1..], ["2026-07-07", "2026-07-09"]);
        assert_eq!(dates("2026-12-31", "monthly", 1, true), ["2026-12-31", "2027-01-31", "2027-02-28"]);
        assert_eq!(dates("2026-07-01", "monthly", 3, true), ["2026-07-01", "2026-10-01", "2027-01-01"]);
        assert_eq!(dates("2028-02-29", "yearly", 1, false), ["2028-02-29", "2029-02-28", "2030-02-28"]);
    }

    #[test]
    fn the_same_weekday_of_a_month_is_found() {
        assert_eq!(
            dates("2026-07-14", "monthly", 1, false),
            ["2026-07-14", "2026-08-11", "2026-09-08"],
            "the second Tuesday"
        );
        assert_eq!(
            dates("2026-07-29", "monthly", 1, false),
            ["2026-07-29", "2026-08-26", "2026-09-30"],
            "the fifth, or last"
        );
        // The fifth Wednesday of June would be the first of July.
        assert_eq!(dates("2026-04-29", "monthly", 1, false), ["2026-04-29", "2026-05-27", "2026-06-24"]);
    }

    #[test]
    fn a_moment_has_the_day_of_the_zone_that_is_asked_for() {
        let moment = |text| Moment::of(text).unwrap();
        let east = moment("2026-07-01T01:00:00+05:00");
        assert_eq!(east.utc(0), moment("2026-06-30T20:00:00.000Z").utc(0));
        assert_eq!(moment("2026-06-30T20:00:00Z").day_in(5 * 3600), day("2026-07-01").unwrap());
        assert_eq!(moment("2026-07-01T01:00:00").day_in(5 * 3600), day("2026-07-01").unwrap());
        assert_eq!(moment("2026-07-01T23:00:00-02:30").day_in(0), day("2026-07-02").unwrap());
        for text in [
            "2026-07-01",
            "2026-07-01T",
            "2026-07-01T1:00",
            "2026-07-01T24:00",
            "2026-07-01T13:00:00X",
            "2026-07-01T13:00:00+5",
        ] {
            assert_eq!(Moment::of(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_pattern_has_no_dates_and_a_long_interval_ends() {
        let of = |pattern, every| Schedule { start: 0, pattern, every, weekdays: [false; 7], by_date: true };
        assert_eq!(of("fortnightly", 1).after(0), None);
        assert_eq!(of("weekly", i64::from(i32::MAX)).after(0), None);
        assert!(of("yearly", i64::from(i32::MAX)).after(0).is_some());
    }

    #[test]
    fn days_are_read_from_dates_and_written() {
        for text in ["0000-03-01", "1969-12-31", "1970-01-01", "2000-02-29", "2026-07-01", "9999-12-31"] {
            assert_eq!(date(day(text).unwrap()), text);
        }
        assert_eq!(day("2026-07-01T13:00:00Z"), day("2026-07-01"));
        for text in [
            "2026-02-30",
            "2026-00-01",
            "2026-13-01",
            "2026-7-3",
            "2026-+7-03",
            "7/6/2026",
            "2026-07-03x",
            "2026-07-0é",
            "",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(moment(1_783_343_109), "2026-07-06T13:05:09.000Z");
    }
}
