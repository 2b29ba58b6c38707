//! What is wrong with a request or a reply.

use serde_json::{Map, Value};

use super::{Facts, Fault, Kind, Member, Misfit, Operation, Record, Type};

impl Facts {
    /// What is wrong with a request to an operation. The values of a form are texts: `texts` tells that the body is one.
    pub fn request(
        &self,
        operation: &Operation,
        path: &[(String, String)],
        query: &[(String, String)],
        body: Option<&Value>,
        texts: bool,
    ) -> Vec<Misfit> {
        let mut found = Vec::new();
        self.texts(&operation.parameters, path, "path", &mut found);
        self.texts(&operation.query, query, "query", &mut found);
        match (&operation.body, body) {
            (None, None) => {}
            (None, Some(_)) => found.push(misfit("body", "expected no body")),
            (Some(ty), None) => {
                let optional = ty.kinds.iter().any(|kind| match kind {
                    Kind::Any => true,
                    Kind::Record(name) => self.records[name].members.iter().all(|member| !member.required),
                    _ => false,
                });
                if !optional {
                    found.push(missing("body"));
                }
            }
            (Some(ty), Some(body)) => self.check(ty, body, texts, "body", &mut found),
        }
        found
    }

    /// What is wrong with a reply of an operation.
    pub fn reply(&self, operation: &Operation, status: u16, body: Option<&Value>) -> Vec<Misfit> {
        let mut found = Vec::new();
        match (operation.replies.get(&status), body) {
            (None, _) => found.push(misfit("status", &format!("{status} is not documented"))),
            (Some(None), Some(_)) => found.push(misfit("body", "expected no body")),
            (Some(Some(ty)), Some(body)) => self.check(ty, body, false, "body", &mut found),
            (Some(Some(ty)), None) if ty.kinds != [Kind::Any] => found.push(misfit("body", "expected a body")),
            (Some(_), None) => {}
        }
        found
    }

    fn texts(&self, members: &[Member], given: &[(String, String)], at: &str, found: &mut Vec<Misfit>) {
        for (index, (name, value)) in given.iter().enumerate() {
            let at = format!("{at}.{name}");
            if given[..index].iter().any(|(earlier, _)| earlier == name) {
                found.push(misfit(&at, "expected once"));
            }
            match members.iter().find(|member| member.name == *name) {
                Some(member) => self.check(&member.ty, &Value::from(value.as_str()), true, &at, found),
                None => found.push(unknown(&at)),
            }
        }
        let absent = |member: &&Member| member.required && given.iter().all(|(name, _)| *name != member.name);
        for member in members.iter().filter(absent) {
            found.push(missing(&format!("{at}.{}", member.name)));
        }
    }

    /// `texts`: scalars may come as texts, as in a query or a form.
    fn check(&self, ty: &Type, value: &Value, texts: bool, at: &str, found: &mut Vec<Misfit>) {
        if value.is_null() && ty.nullable {
            return;
        }
        let mut of_first = None;
        for kind in &ty.kinds {
            let mut misfits = Vec::new();
            self.check_kind(kind, value, texts, at, &mut misfits);
            if misfits.is_empty() {
                let size = match (kind, value) {
                    (Kind::Integer(_) | Kind::Number, Value::String(text)) => text.parse().ok(),
                    (Kind::Integer(_) | Kind::Number, value) => value.as_f64(),
                    (Kind::Text, Value::String(text)) => Some(text.chars().count() as f64),
                    (Kind::List(_), Value::Array(items)) => Some(items.len() as f64),
                    _ => None,
                };
                let outside = |size: &f64| ty.least.is_some_and(|l| *size < l) || ty.most.is_some_and(|m| *size > m);
                if size.as_ref().is_some_and(outside) {
                    let number = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
                    let range = format!("{}..{}", number(ty.least), number(ty.most));
                    let subject = if matches!(kind, Kind::Integer(_) | Kind::Number) { "" } else { "a length of " };
                    let fault = Fault::Value;
                    found.push(Misfit { fault, ..misfit(at, &format!("expected {subject}{range}")) });
                }
                return;
            }
            of_first.get_or_insert(misfits);
        }
        found.extend(of_first.unwrap_or_default());
    }

    fn check_kind(&self, kind: &Kind, value: &Value, texts: bool, at: &str, found: &mut Vec<Misfit>) {
        let fits = match (kind, value) {
            (Kind::Any, _) | (Kind::Text, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) => true,
            (Kind::Text, Value::Number(_) | Value::Bool(_)) => texts,
            (Kind::Boolean, Value::String(text)) => texts && matches!(text.as_str(), "true" | "false"),
            (Kind::Integer(bits), Value::Number(number)) => {
                let number = number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64));
                number.is_some_and(|number| in_bits(number, *bits))
            }
            (Kind::Integer(bits), Value::String(text)) => {
                texts && text.parse().is_ok_and(|number| in_bits(number, *bits))
            }
            (Kind::Number, Value::Number(_)) => true,
            (Kind::Number, Value::String(text)) => texts && text.parse::<f64>().is_ok_and(f64::is_finite),
            (Kind::Format(format), Value::String(text)) => formatted(format, text),
            (Kind::Words(words), Value::String(text)) => words.contains(text),
            (Kind::List(items), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.check_kind(items, value, texts, &format!("{at}[{index}]"), found);
                }
                true
            }
            (Kind::Map(items), Value::Object(members)) => {
                for (name, value) in members {
                    self.check_kind(items, value, texts, &format!("{at}.{name}"), found);
                }
                true
            }
            (Kind::Record(name), Value::Object(members)) => {
                self.check_record(&self.records[name], members, texts, at, found);
                true
            }
            _ => false,
        };
        if !fits {
            let fault = match (kind, value) {
                (Kind::Format(_), Value::String(_)) => Fault::Value,
                (Kind::Integer(_), Value::Number(number)) if number.is_i64() || number.is_u64() => Fault::Value,
                (Kind::Integer(_), Value::String(text)) if texts && text.parse::<i128>().is_ok() => Fault::Value,
                _ => Fault::Type,
            };
            found.push(Misfit { fault, ..misfit(at, &format!("expected {}", described(kind))) });
        }
    }

    fn check_record(
        &self,
        record: &Record,
        members: &Map<String, Value>,
        texts: bool,
        at: &str,
        found: &mut Vec<Misfit>,
    ) {
        for (name, value) in members {
            let at = format!("{at}.{name}");
            let known = record.members.iter().find(|member| member.name == *name).map(|member| &member.ty);
            match known.or(record.others.as_ref()) {
                Some(ty) => self.check(ty, value, texts, &at, found),
                None => found.push(unknown(&at)),
            }
        }
        for member in record.members.iter().filter(|member| member.required && !members.contains_key(&member.name)) {
            found.push(missing(&format!("{at}.{}", member.name)));
        }
    }
}

fn misfit(at: &str, expected: &str) -> Misfit {
    Misfit { at: at.to_owned(), expected: expected.to_owned(), fault: Fault::Type }
}

fn unknown(at: &str) -> Misfit {
    Misfit { fault: Fault::Unknown, ..misfit(at, "the document has no such member") }
}

fn missing(at: &str) -> Misfit {
    Misfit { fault: Fault::Missing, ..misfit(at, "missing") }
}

fn in_bits(number: i64, bits: u32) -> bool {
    bits == 64 || i32::try_from(number).is_ok()
}

fn described(kind: &Kind) -> String {
    match kind {
        Kind::Any => "anything".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer(bits) => format!("a whole number of {bits} bits"),
        Kind::Number => "a number".to_owned(),
        Kind::Format(format) => format!("a text of the format {format}"),
        Kind::Words(words) => format!("one of: {}", words.join(", ")),
        Kind::Record(name) => format!("an object, {name}"),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "an object".to_owned(),
    }
}

/// Whether a text has the format, as RFC 3339, RFC 9562 and .NET's `TimeSpan` write it.
fn formatted(format: &str, text: &str) -> bool {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
                b'9' => byte.is_ascii_digit(),
                b'f' => byte.is_ascii_hexdigit(),
                wanted => byte == wanted,
            })
    };
    let fraction = |text: &str| {
        text.is_empty()
            || text.strip_prefix('.').is_some_and(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()))
    };
    match format {
        "date" => shape(text, "9999-99-99"),
        "date-time" => text.split_once('T').is_some_and(|(date, time)| {
            let (clock, rest) = time.split_at_checked(8).unwrap_or((time, ""));
            let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
            let (part, zone) = rest.split_at(zone);
            shape(date, "9999-99-99")
                && shape(clock, "99:99:99")
                && fraction(part)
                && (zone == "Z" || shape(zone, "+99:99") || shape(zone, "-99:99"))
        }),
        "time-span" => {
            let text = text.strip_prefix('-').unwrap_or(text);
            let (days, clock) = match text.split_once('.') {
                Some((days, clock)) if days.bytes().all(|b| b.is_ascii_digit()) && clock.contains(':') => (days, clock),
                _ => ("", text),
            };
            let (clock, part) = clock.split_at_checked(8).unwrap_or((clock, ""));
            days.len() <= 8 && shape(clock, "99:99:99") && fraction(part)
        }
        _ => shape(text, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    }
}
