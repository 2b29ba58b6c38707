//! What somebody sent → a value in WIT's spelling.

use super::{Case, Field, Kind, Names, Spelling, Type, at, respell, same_word};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// Reads a value that stands at `root` (`input`, `response`), as `names` spells it.
///
/// In what comes out, an option that is none is left out, and a list is always there.
pub fn read(ty: &Type, value: &Value, names: &Names, root: &str) -> Result<Value, Fault> {
    let spelled = Spelled { names, known: RefCell::default() };
    Reader { names, spelled: &spelled, place: Place { up: None, step: Step::Root(root) }, field: "" }.value(ty, value)
}

/// How this side calls the fields of each record. A list holds many records of a type: spelling its names once instead of
/// once a record took two thirds of the time that reading takes.
struct Spelled<'n> {
    names: &'n Names,
    known: RefCell<Vec<(&'static [Field], FieldNames)>>,
}

/// What each field may be called.
type FieldNames = Rc<[Vec<Cow<'static, str>>]>;

impl Spelled<'_> {
    fn of(&self, fields: &'static [Field]) -> FieldNames {
        let mut known = self.known.borrow_mut();
        if let Some((_, spelled)) = known.iter().find(|(known, _)| std::ptr::eq(*known, fields)) {
            return spelled.clone();
        }
        let spelled: FieldNames = fields.iter().map(|field| self.names.candidates(field.name)).collect();
        known.push((fields, spelled.clone()));
        spelled
    }
}

/// Why something could not be read.
#[derive(Debug)]
pub struct Fault {
    /// The place, such as `response[3].billable`.
    pub at: String,
    /// What was expected there and what came.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for Fault {}

#[derive(Clone, Copy)]
struct Place<'p> {
    up: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root(&'p str),
    Member(&'p str),
    Item(usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.step {
            Step::Root(name) => f.write_str(name),
            Step::Member(name) => write!(f, ".{name}"),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

#[derive(Clone, Copy)]
struct Reader<'p> {
    names: &'p Names,
    spelled: &'p Spelled<'p>,
    place: Place<'p>,
    /// The field that the value belongs to.
    field: &'p str,
}

impl Reader<'_> {
    fn value(&self, ty: &Type, value: &Value) -> Result<Value, Fault> {
        match &ty.kind {
            Kind::Bool => self.truth(value).map(Value::Bool).ok_or_else(|| self.fault("true or false", value)),
            Kind::Unsigned => {
                let most = u64::MAX >> (64 - 8 * ty.size);
                let number = self.unsigned(value).filter(|n| *n <= most).map(Value::from);
                number.ok_or_else(|| self.fault(&format!("a whole number from 0 to {most}"), value))
            }
            Kind::Signed => {
                let most = i64::MAX >> (64 - 8 * ty.size);
                let number = self.signed(value).filter(|n| (-most - 1..=most).contains(n)).map(Value::from);
                number.ok_or_else(|| self.fault(&format!("a whole number from {} to {most}", -most - 1), value))
            }
            Kind::Float => self.float(value).map(Value::from).ok_or_else(|| self.fault("a number", value)),
            Kind::Text => {
                let text = self.text(value).ok_or_else(|| self.fault("text", value))?;
                let digits = || !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                if self.names.strict && self.names.digits.contains(&self.field) && !digits() {
                    return Err(self.fault("an id in digits", value));
                }
                if self.names.strict && self.names.decimals.contains(&self.field) && decimal(&text).is_none() {
                    return Err(self.fault("a decimal number, as text", value));
                }
                Ok(Value::String(text))
            }
            Kind::Json => Ok(value.clone()),
            Kind::List(item) => self.list(item, value),
            Kind::Option { some, .. } => Ok(self.option(some, value)?.unwrap_or_default()),
            Kind::Record(fields) => self.record(fields, value),
            Kind::Enum(words) => self.word(words.iter().copied(), value).map(|word| word.into()),
            Kind::Variant { cases, .. } => self.case(cases, value),
        }
    }

    fn list(&self, item: &Type, value: &Value) -> Result<Value, Fault> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            // A list of nothing comes as null, too.
            Value::Null if !self.names.strict => &[],
            _ => return Err(self.fault("a list", value)),
        };
        let mut list = Vec::with_capacity(items.len());
        for (index, value) in items.iter().enumerate() {
            let place = Place { up: Some(&self.place), step: Step::Item(index) };
            list.push(Reader { place, ..*self }.value(item, value)?);
        }
        Ok(Value::Array(list))
    }

    fn option(&self, some: &Type, value: &Value) -> Result<Option<Value>, Fault> {
        let zero = || is_zero(value) && self.names.zero_is_none.contains(&self.field);
        if value.is_null() || self.is_nothing(some, value) || zero() {
            return Ok(None);
        }
        self.value(some, value).map(Some)
    }

    /// What vendors send where they have nothing of the kind: `""`, for all but text.
    fn is_nothing(&self, ty: &Type, value: &Value) -> bool {
        let blank = || value.as_str().is_some_and(|text| text.trim().is_empty());
        !self.names.strict && !matches!(ty.kind, Kind::Text | Kind::Json) && blank()
    }

    fn record(&self, fields: &'static [Field], value: &Value) -> Result<Value, Fault> {
        let bare;
        let members = match value {
            Value::Object(members) => members,
            // A bare id stands for a record of which nothing else came.
            Value::String(_) | Value::Number(_)
                if !self.names.strict && fields.first().is_some_and(|f| f.name == "id") =>
            {
                let mut members = Map::new();
                members.insert("id".to_owned(), value.clone());
                bare = members;
                &bare
            }
            _ => return Err(self.fault("an object", value)),
        };
        let mut record = Map::new();
        let mut named = 0;
        let spelled = self.spelled.of(fields);
        for (field, names) in fields.iter().zip(spelled.iter()) {
            let mut found = None;
            for name in names.iter().filter(|_| field.name != "extra" || self.names.strict) {
                let member = if name.starts_with('/') { at(value, name) } else { members.get(&**name) };
                named += usize::from(member.is_some() && !name.starts_with('/'));
                // A name that holds nothing does not hide another one.
                if found.is_none_or(|(_, earlier): (_, &Value)| earlier.is_null()) {
                    found = member.map(|member| (name, member)).or(found);
                }
            }
            let (name, member) = found.map_or((&names[0], None), |(name, member)| (name, Some(member)));
            let place = Place { up: Some(&self.place), step: Step::Member(name) };
            let reader = Reader { place, field: field.name, ..*self };
            let read = match (&field.ty.kind, member) {
                (_, None) if field.name == "extra" => self.rest(&spelled, named, fields, members),
                (Kind::Option { some, .. }, Some(value)) => reader.option(some, value)?,
                (Kind::List(_), Some(value)) if value.is_null() || reader.is_nothing(field.ty, value) => {
                    Some(Value::Array(vec![]))
                }
                (_, Some(value)) => Some(reader.value(field.ty, value)?),
                (Kind::Option { .. }, None) => None,
                (Kind::List(_), None) => Some(Value::Array(vec![])),
                (_, None) => return Err(reader.missing()),
            };
            if let Some(value) = read {
                record.insert(field.name.to_owned(), value);
            }
        }
        if named < members.len() {
            self.refuse_unknown(fields, members)?;
        }
        Ok(Value::Object(record))
    }

    /// Every member that the record does not name; nothing that the vendor sends is lost. `extra` is a record's last field,
    /// so that by then it is known how many members have a name.
    fn rest(
        &self,
        spelled: &[Vec<Cow<'static, str>>],
        named: usize,
        fields: &[Field],
        members: &Map<String, Value>,
    ) -> Option<Value> {
        if self.names.strict || named == members.len() {
            return None;
        }
        let names =
            || spelled.iter().zip(fields).filter(|(_, field)| field.name != "extra").flat_map(|(names, _)| names);
        let mut rest = Map::new();
        for (name, value) in members {
            // What pointers lead into is named if they name all that is there.
            let pointed = |inner: &str| {
                names().any(|n| n.strip_prefix('/').and_then(|n| n.split_once('/')) == Some((name, inner)))
            };
            let named = names().any(|known| known == name)
                || value.as_object().is_some_and(|inner| !inner.is_empty() && inner.keys().all(|inner| pointed(inner)));
            if !named && !value.is_null() {
                rest.insert(name.clone(), value.clone());
            }
        }
        (!rest.is_empty()).then_some(Value::Object(rest))
    }

    /// Callers are told of a member that the record does not have; vendors may send what they like.
    fn refuse_unknown(&self, fields: &[Field], members: &Map<String, Value>) -> Result<(), Fault> {
        for name in members.keys().filter(|_| self.names.strict) {
            if !fields.iter().any(|field| field.name == name.as_str()) {
                let place = Place { up: Some(&self.place), step: Step::Member(name) };
                let known = fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
                return Err(Fault {
                    at: place.to_string(),
                    problem: format!("no such field, expected one of: {known}"),
                });
            }
        }
        Ok(())
    }

    /// The word of a set that a text stands for, whatever its case and separators.
    fn word<'w>(&self, words: impl Iterator<Item = &'w str> + Clone, value: &Value) -> Result<&'w str, Fault> {
        let text = self.text(value);
        let found = text.and_then(|text| {
            if self.names.strict {
                return words.clone().find(|word| *word == text);
            }
            let renamed = self.names.words_renamed.iter().filter(|(_, theirs)| same_word(theirs, &text));
            let mut known = renamed.filter_map(|(ours, _)| words.clone().find(|word| word == ours));
            known.next().or_else(|| words.clone().find(|word| same_word(word, &text)))
        });
        found.ok_or_else(|| self.fault(&format!("one of: {}", words.collect::<Vec<_>>().join(", ")), value))
    }

    fn case(&self, cases: &[Case], value: &Value) -> Result<Value, Fault> {
        let bare = cases.iter().filter(|case| case.holds.is_none()).map(|case| case.name);
        let open = cases.iter().any(|case| case.name == "other");
        let holding = cases.iter().filter(|case| case.holds.is_some() && case.name != "other").map(|case| case.name);
        // A case that holds something is an object with one member.
        if let Value::Object(members) = value
            && let (Some((name, value)), 1) = (members.iter().next(), members.len())
            && let Some(Case { name, holds: Some(ty) }) = cases.iter().find(|case| {
                case.holds.is_some()
                    && case.name != "other"
                    && (case.name == name || !self.names.strict && same_word(case.name, name))
            })
        {
            let place = Place { up: Some(&self.place), step: Step::Member(name) };
            let held = Reader { place, ..*self }.value(ty, value)?;
            let mut case = Map::new();
            case.insert((*name).to_owned(), held);
            return Ok(Value::Object(case));
        }
        if let Ok(word) = self.word(bare.clone(), value) {
            return Ok(word.into());
        }
        if let Some(text) = self.text(value).filter(|_| open) {
            return Ok(Value::String(text));
        }
        let words = bare.map(str::to_owned).chain(holding.map(|name| format!("{{\"{name}\": …}}")));
        Err(self.fault(&format!("one of: {}", words.collect::<Vec<_>>().join(", ")), value))
    }

    fn truth(&self, value: &Value) -> Option<bool> {
        match value {
            Value::Bool(truth) => Some(*truth),
            _ if self.names.strict => None,
            Value::Number(n) => n.as_u64().filter(|n| *n < 2).map(|n| n == 1),
            Value::String(text) => match respell(text.trim(), Spelling::Snake).as_ref() {
                "1" | "true" | "yes" => Some(true),
                "0" | "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn unsigned(&self, value: &Value) -> Option<u64> {
        match value {
            // Above 2^53 a float no longer tells whole numbers apart.
            Value::Number(n) => n.as_u64().or_else(|| {
                n.as_f64().filter(|n| *n >= 0.0 && *n <= 9_007_199_254_740_992.0 && n.fract() == 0.0).map(|n| n as u64)
            }),
            Value::String(text) if !self.names.strict => whole(text).parse().ok(),
            _ => None,
        }
    }

    fn signed(&self, value: &Value) -> Option<i64> {
        match value {
            Value::Number(n) => n.as_i64(),
            Value::String(text) if !self.names.strict => whole(text).parse().ok(),
            _ => None,
        }
    }

    fn float(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Number(n) => n.as_f64(),
            // As JSON reads it, which also leaves out infinities.
            Value::String(text) if !self.names.strict => {
                serde_json::from_slice::<Value>(text.as_bytes()).ok().and_then(|number| number.as_f64())
            }
            _ => None,
        }
    }

    fn text(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(n) if !self.names.strict => Some(n.to_string()),
            Value::Bool(truth) if !self.names.strict => Some(truth.to_string()),
            _ => None,
        }
    }

    fn fault(&self, expected: &str, value: &Value) -> Fault {
        let got = if self.names.sensitive.contains(&self.field) { "something else".into() } else { shown(value) };
        Fault { at: self.place.to_string(), problem: format!("expected {expected}, got {got}") }
    }

    fn missing(&self) -> Fault {
        Fault { at: self.place.to_string(), problem: "missing, and it is required".to_owned() }
    }
}

/// A whole number that may be written with a fraction of zeros.
fn whole(text: &str) -> &str {
    let text = text.trim();
    text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0')).map_or(text, |(whole, _)| whole)
}

/// A decimal number as JSON has it.
pub(super) fn decimal(text: &str) -> Option<Value> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    serde_json::from_slice(text.as_bytes()).ok().filter(|number: &Value| plain && number.is_number())
}

fn is_zero(value: &Value) -> bool {
    value.as_u64() == Some(0) || value.as_str() == Some("0")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::Null => value.to_string(),
        Value::String(text) if text.len() <= 60 => value.to_string(),
        Value::String(text) => format!("a text of {} bytes", text.len()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
