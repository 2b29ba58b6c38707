//! Moments and durations as the vendor writes them, and the dates of a recurrence.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

use super::store::{Record, number, text};

/// More dates than these are not made at once.
pub const MOST: usize = 400;
/// What the vendor's framework takes for a moment that is absent.
pub const FIRST: &str = "0001-01-01T00:00:00Z";
/// In the order that a week's days are counted in from Sunday.
const WEEKDAYS: [&str; 7] =
    ["isSunday", "isMonday", "isTuesday", "isWednesday", "isThursday", "isFriday", "isSaturday"];

/// Where a recurrence ends.
pub enum End {
    After(u64),
    /// That day is included.
    On(String),
}

pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    // The vendor's framework knows no year 0.
    moment.checked_to_offset(UtcOffset::UTC).filter(|moment| moment.year() >= 1)
}

/// As in `2026-07-14T15:00:00Z`.
pub fn write(moment: OffsetDateTime) -> String {
    let (date, (hour, minute, second)) = (moment.date(), moment.to_hms());
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", u8::from(month))
}

/// As in `01:30:00`, and `1.00:00:00` for a day.
pub fn span(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let days = if days > 0 { format!("{days}.") } else { String::new() };
    format!("{days}{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

pub fn now() -> String {
    write(OffsetDateTime::now_utc())
}

/// The moment some days after a date; null where either is missing, or the calendar ends.
pub fn later(date: &str, days: &Value) -> Value {
    let moment = parse(date).zip(days.as_i64());
    let moment = moment.and_then(|(moment, days)| moment.checked_add(Duration::days(days.clamp(-100_000, 100_000))));
    moment.map_or(Value::Null, |moment| write(moment).into())
}

/// The dates of a master Aero's pattern from `start` on; one more than [`MOST`] if there are too many.
pub fn dates(master: &Record, start: &str, end: &End) -> Vec<String> {
    let pattern = text(master, "renewalPattern");
    let every = i32::try_from(number(master, "repeatEvery").max(1)).unwrap_or(i32::MAX);
    let flag = |name: &str| master.get(name) == Some(&Value::Bool(true));
    let Some(start) = parse(start) else { return Vec::new() };
    if pattern == "weekly" && !WEEKDAYS.iter().any(|name| flag(name)) {
        return Vec::new();
    }
    let (first, clock) = (start.date(), start.time());
    let (count, last) = match end {
        End::After(count) => (usize::try_from(*count).unwrap_or(usize::MAX), Date::MAX),
        End::On(end) => (usize::MAX, parse(end).map_or(first, OffsetDateTime::date)),
    };
    let sunday = i64::from(first.to_julian_day()) - i64::from(first.weekday().number_days_from_sunday());
    let fits = |date: Date| {
        let day = date.weekday().number_days_from_sunday();
        let week = (i64::from(date.to_julian_day()) - sunday) / 7;
        match pattern {
            "weekly" => flag(WEEKDAYS[usize::from(day)]) && week % i64::from(every) == 0,
            "everyweekday" => (1..=5).contains(&day),
            "everymondaywednesdayfriday" => [1, 3, 5].contains(&day),
            "everytuesdaythursday" => [2, 4].contains(&day),
            _ => true,
        }
    };
    let mut dates = Vec::new();
    for step in 0_i32.. {
        if dates.len() >= count.min(MOST + 1) {
            break;
        }
        let candidate = match pattern {
            "monthly" if flag("isDayOfMonth") => step.checked_mul(every).and_then(|months| same_day(first, months)),
            "monthly" => step.checked_mul(every).and_then(|months| same_weekday(first, months)),
            "yearly" => step.checked_mul(every).and_then(|years| same_day(first, years.checked_mul(12)?)),
            "daily" => first.checked_add(Duration::days(i64::from(step) * i64::from(every))),
            _ => first.checked_add(Duration::days(step.into())),
        };
        // A count may lead past the last year that there is; an end cannot.
        let Some(date) = candidate.filter(|date| *date <= last) else { break };
        if fits(date) {
            dates.push(write(date.with_time(clock).assume_utc()));
        }
    }
    dates
}

/// The year and month some months after a date.
fn month_after(date: Date, months: i32) -> Option<(i32, Month)> {
    let months = (date.year() * 12 + i32::from(u8::from(date.month())) - 1).checked_add(months)?;
    let month = u8::try_from(months.rem_euclid(12) + 1).ok()?;
    Some((months.div_euclid(12), Month::try_from(month).ok()?))
}

/// The same day of a later month, or that month's last.
fn same_day(date: Date, months: i32) -> Option<Date> {
    let (year, month) = month_after(date, months)?;
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).ok()
}

/// As the second Tuesday of a month leads to that of a later one; the fifth to the last, where there are four.
fn same_weekday(date: Date, months: i32) -> Option<Date> {
    let (year, month) = month_after(date, months)?;
    let first = Date::from_calendar_date(year, month, 1).ok()?;
    let ahead = date.weekday().number_days_from_sunday() + 7 - first.weekday().number_days_from_sunday();
    let day = 1 + ahead % 7 + (date.day() - 1) / 7 * 7;
    let day = if day > month.length(year) { day - 7 } else { day };
    Date::from_calendar_date(year, month, day).ok()
}
