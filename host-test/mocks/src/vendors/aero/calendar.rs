//! Dates as the vendor writes them, and the dates of a recurrence.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

use super::reply::{Failure, invalid};
use super::store::{Record, text};

/// More occurrences than these at once are refused.
const MOST: usize = 500;
/// In the order that a week's days are counted in from Sunday.
const WEEKDAYS: [&str; 7] =
    ["isSunday", "isMonday", "isTuesday", "isWednesday", "isThursday", "isFriday", "isSaturday"];

/// ISO 8601; without an offset it is UTC, and a bare date is its midnight.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let spellings = [text.to_owned(), format!("{text}Z"), format!("{text}T00:00:00Z")];
    let moment = spellings.iter().find_map(|text| OffsetDateTime::parse(text, &Rfc3339).ok())?;
    // The vendor's framework knows no year 0.
    moment.checked_to_offset(UtcOffset::UTC).filter(|moment| moment.year() >= 1)
}

/// As in `2026-07-14T15:00:00.000Z`.
pub fn write(moment: OffsetDateTime) -> String {
    let (date, (hour, minute, second, millisecond)) = (moment.date(), moment.to_hms_milli());
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z", u8::from(month))
}

/// Any spelling of a moment in the one that answers have.
pub fn normal(text: &str) -> Option<String> {
    parse(text).map(write)
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

/// The dates of a schedule that has been read: `numberOfDates` of them, else those up to and including `endOnDate`.
pub fn occurrences(schedule: &Record) -> Result<Vec<String>, Failure> {
    let pattern = text(schedule, "renewalPattern");
    let flag = |name: &str| schedule.get(name) == Some(&Value::Bool(true));
    if pattern == "Weekly" && !WEEKDAYS.iter().any(|name| flag(name)) {
        return Err(invalid("renewalPattern", "A weekly pattern needs at least one day of the week."));
    }
    let start = parse(text(schedule, "startDate")).ok_or_else(|| invalid("startDate", "There is no start."))?;
    let (first, clock) = (start.date(), start.time());
    let count = schedule.get("numberOfDates").and_then(Value::as_u64);
    let last = if count.is_some() {
        Date::MAX
    } else {
        parse(text(schedule, "endOnDate")).map_or(first, OffsetDateTime::date)
    };
    if last < first {
        return Err(invalid("endOnDate", "The end is before the start."));
    }
    let fits = |date: Date| {
        let day = date.weekday().number_days_from_sunday();
        match pattern {
            "Weekly" => flag(WEEKDAYS[usize::from(day)]),
            "EveryWeekday" => (1..=5).contains(&day),
            "EveryMondayWednesdayFriday" => [1, 3, 5].contains(&day),
            "EveryTuesdayThursday" => [2, 4].contains(&day),
            _ => true,
        }
    };
    let mut dates = Vec::new();
    for step in 0.. {
        if count.is_some_and(|count| dates.len() as u64 == count) {
            break;
        }
        let candidate = match pattern {
            "Monthly" if flag("isDayOfMonth") => same_day(first, step),
            "Monthly" => same_weekday(first, step),
            "Yearly" => same_day(first, step * 12),
            _ => first.checked_add(Duration::days(step.into())),
        };
        // A count may lead past the last year that there is; an end cannot.
        let Some(date) = candidate.filter(|date| *date <= last) else { break };
        if fits(date) {
            dates.push(write(date.with_time(clock).assume_utc()));
        }
        if dates.len() > MOST {
            let member = if count.is_some() { "numberOfDates" } else { "endOnDate" };
            return Err(invalid(member, format!("These are more than {MOST} occurrences.")));
        }
    }
    Ok(dates)
}

/// The year and month some months after a date.
fn month_after(date: Date, months: i32) -> Option<(i32, Month)> {
    let months = date.year() * 12 + i32::from(u8::from(date.month())) - 1 + months;
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
