//! A value as a text for people.

use super::ordered::Ordered;
use super::schema::{is_enum, says};
use serde_json::Value;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// What a member is, as far as its column depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    /// One of a closed set.
    Word,
    Moment,
    Number,
    Truth,
    Text,
}

impl Kind {
    /// By the name and the schema of a member.
    pub fn of(path: &str, schema: &Value) -> Kind {
        let last = path.rsplit('.').next().unwrap_or_default();
        if last == "id" || last.ends_with("-id") {
            Kind::Id
        } else if moment_format(schema).is_some() {
            Kind::Moment
        } else if ["integer", "number"].iter().any(|number| says(schema, "type", number)) {
            Kind::Number
        } else if says(schema, "type", "boolean") {
            Kind::Truth
        } else if is_enum(schema) {
            Kind::Word
        } else {
            Kind::Text
        }
    }
}

fn moment_format(schema: &Value) -> Option<&'static str> {
    ["unix-time", "date-time", "date"].into_iter().find(|format| says(schema, "format", format))
}

const SECONDS: &[FormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const MINUTES: &[FormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");

/// A value in a few words: moments readable, texts as they are, lists of plain values with commas, others by their number.
pub fn cell(value: &Ordered, schema: &Value) -> String {
    match value {
        Ordered::Plain(plain) => moment(plain, schema).unwrap_or_else(|| match plain {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        Ordered::List(items) if items.iter().all(|item| matches!(item, Ordered::Plain(_))) => {
            let inner = super::schema::items(schema);
            items.iter().map(|item| cell(item, inner)).collect::<Vec<_>>().join(", ")
        }
        Ordered::List(items) => match items.len() {
            1 => "1 item".to_owned(),
            count => format!("{count} items"),
        },
        Ordered::Object(_) => value.value().to_string(),
    }
}

/// A moment with its offset from UTC, which is `Z` where there is none; seconds where they are not 0.
fn moment(value: &Value, schema: &Value) -> Option<String> {
    let moment = match (moment_format(schema)?, value) {
        ("unix-time", Value::Number(seconds)) => OffsetDateTime::from_unix_timestamp(seconds.as_i64()?).ok()?,
        ("date-time", Value::String(text)) => OffsetDateTime::parse(text, &Rfc3339).ok()?,
        _ => return None,
    };
    let text = moment.format(if moment.second() == 0 { MINUTES } else { SECONDS }).ok()?;
    let offset = moment.offset();
    if offset == UtcOffset::UTC {
        return Some(text + "Z");
    }
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    Some(format!("{text} {sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: Value, schema: &Value) -> String {
        cell(&serde_json::from_value::<Ordered>(value).unwrap(), schema)
    }

    #[test]
    fn moments_are_readable() {
        // The first from `date -u -d @1769900000`.
        for (format, value, text) in [
            ("unix-time", json!(1769900000), "2026-01-31 22:53:20Z"),
            ("unix-time", json!(0), "1970-01-01 00:00Z"),
            ("unix-time", json!(u64::MAX), "18446744073709551615"),
            ("date-time", json!("2026-08-03T13:00:00.000Z"), "2026-08-03 13:00Z"),
            ("date-time", json!("2026-08-03T13:00:05-03:30"), "2026-08-03 13:00:05 -03:30"),
            ("date-time", json!("next week"), "next week"),
            ("date", json!("2026-08-03"), "2026-08-03"),
        ] {
            assert_eq!(shown(value, &json!({ "format": format })), text);
        }
        assert_eq!(shown(json!(1769900000), &json!({ "type": "integer" })), "1769900000");
        assert_eq!(
            shown(json!(0), &json!({ "anyOf": [{ "format": "unix-time" }, { "type": "null" }] })),
            "1970-01-01 00:00Z"
        );
    }

    #[test]
    fn lists_are_short() {
        assert_eq!(shown(json!(["a", 1, true]), &Value::Null), "a, 1, true");
        assert_eq!(shown(json!([{ "a": 1 }]), &Value::Null), "1 item");
        assert_eq!(shown(json!([[], []]), &Value::Null), "2 items");
        assert_eq!(shown(json!({ "b": null }), &Value::Null), r#"{"b":null}"#);
    }
}
