//! A result for people: members in the order of the vendor's contract, and beside each moment the date that it is.

use super::style::{BLUE, DIM, GREEN, RESET, YELLOW};
use outwit::visible;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::fmt;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A result, which is JSON, indented and coloured; none, if it is no JSON. `schema` says what it is, without references.
pub fn result(text: &str, schema: &Value) -> Option<String> {
    let value: Ordered = serde_json::from_str(text).ok()?;
    let mut out = String::new();
    write(&value, schema, 0, &mut out);
    Some(out)
}

/// JSON whose members stay in their order.
enum Ordered {
    Object(Vec<(String, Ordered)>),
    List(Vec<Ordered>),
    Plain(Value),
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ordered, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Plain(Value::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Ordered, E> {
        Ok(Ordered::Plain(truth.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Ordered, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("no number of JSON"))?;
        Ok(Ordered::Plain(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Plain(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Ordered, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Ordered::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Ordered, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Ordered::Object(object))
    }
}

fn write(value: &Ordered, schema: &Value, depth: usize, out: &mut String) {
    match value {
        Ordered::Object(members) if !members.is_empty() => {
            let named = members.iter().map(|(name, value)| {
                let name = format!("{BLUE}{}{RESET}: ", visible(&Value::from(name.as_str()).to_string()));
                (name, value)
            });
            let inner: Vec<&Value> = members.iter().map(|(name, _)| member(schema, name)).collect();
            lines(['{', '}'], named.zip(inner).map(|((name, value), schema)| (name, value, schema)), depth, out);
        }
        Ordered::List(items) if !items.is_empty() => {
            let inner = schema.get("items").unwrap_or(&Value::Null);
            lines(['[', ']'], items.iter().map(|item| (String::new(), item, inner)), depth, out);
        }
        Ordered::Object(_) => out.push_str("{}"),
        Ordered::List(_) => out.push_str("[]"),
        Ordered::Plain(Value::String(text)) => {
            out.push_str(&format!("{GREEN}{}{RESET}", visible(&Value::from(text.as_str()).to_string())));
        }
        Ordered::Plain(Value::Null) => out.push_str(&format!("{DIM}null{RESET}")),
        Ordered::Plain(plain) => out.push_str(&format!("{YELLOW}{plain}{RESET}")),
    }
}

/// What an object or a list holds, a line each.
fn lines<'v>(
    brackets: [char; 2],
    inside: impl Iterator<Item = (String, &'v Ordered, &'v Value)>,
    depth: usize,
    out: &mut String,
) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    out.push(brackets[0]);
    let mut inside = inside.peekable();
    while let Some((name, value, schema)) = inside.next() {
        line(depth + 1, out);
        out.push_str(&name);
        write(value, schema, depth + 1, out);
        if inside.peek().is_some() {
            out.push(',');
        }
        if let Some(date) = date(value, schema) {
            out.push_str(&format!("  {DIM}// {date}{RESET}"));
        }
    }
    line(depth, out);
    out.push(brackets[1]);
}

/// The schema of an object's member.
fn member<'s>(schema: &'s Value, name: &str) -> &'s Value {
    let choices = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let known = [schema].into_iter().chain(choices).find_map(|one| one.get("properties")?.get(name));
    known.unwrap_or(&Value::Null)
}

/// The date, in UTC, of a moment that is a number of seconds.
fn date(value: &Ordered, schema: &Value) -> Option<String> {
    let Ordered::Plain(Value::Number(seconds)) = value else { return None };
    schema.get("format").filter(|format| *format == "unix-time")?;
    OffsetDateTime::from_unix_timestamp(seconds.as_i64()?).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(text: &str, schema: &Value) -> String {
        anstream::adapter::strip_str(&result(text, schema).unwrap()).to_string()
    }

    #[test]
    fn members_stay_in_their_order_and_moments_have_their_dates() {
        let moment = json!({ "type": "integer", "format": "unix-time" });
        let record = json!({ "type": "object", "properties": { "started": moment, "number": { "type": "integer" } } });
        let shown = plain(
            r#"[{"subject":"x","id":"1","started":1769900000,"number":1769900000,"at":{}}]"#,
            &json!({ "type": "array", "items": record }),
        );
        // `date -u -d @1769900000`
        let expected = "[\n  {\n    \"subject\": \"x\",\n    \"id\": \"1\",\n    \"started\": 1769900000,  // 2026-01-31T22:53:20Z\n    \
                        \"number\": 1769900000,\n    \"at\": {}\n  }\n]";
        assert_eq!(shown, expected);
    }

    #[test]
    fn without_moments_it_is_the_same_document() {
        let value =
            json!({ "a": [1, -2, 2.5, "two\u{202e}", null, true, {}, []], "b\"c": { "d": "e\n", "f": u64::MAX } });
        assert_eq!(serde_json::from_str::<Value>(&plain(&value.to_string(), &Value::Null)).unwrap(), value);
        assert_eq!(result("no JSON", &Value::Null), None);
        // A moment that no calendar has is shown as it is.
        let moment = json!({ "properties": { "at": { "format": "unix-time" } } });
        assert_eq!(plain(&json!({ "at": u64::MAX }).to_string(), &moment), "{\n  \"at\": 18446744073709551615\n}");
    }
}
