//! What a body may hold, and how it is read: all that is wrong with it is told at once, by member.

use serde_json::Value;

use super::calendar::normal;
use super::reply::{Errors, Failure, not_valid, refused};
use super::store::{Record, Store, is_active};
use super::tables::STEP;

/// One member of a body.
#[derive(Clone, Copy)]
pub struct Member {
    pub name: &'static str,
    pub required: bool,
    pub shape: Shape,
}

/// What a member's value must be.
#[derive(Clone, Copy)]
pub enum Shape {
    Text,
    /// A text that no answer repeats, also not one that refuses it.
    Secret,
    Flag,
    Date,
    /// Both ends count.
    Integer(f64, f64),
    Number(f64, f64),
    /// One of these, in any case; kept as it is here.
    Word(&'static [&'static str]),
    /// The name of an active record of this kind.
    Name(&'static str),
    /// The id of a record of this kind.
    Id(&'static str),
    Steps,
}

pub const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, shape }
}

pub const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, shape }
}

/// The members of `body` that `members` knows; others are ignored, and null stands for what is absent.
pub fn read(store: &Store, members: &[Member], body: &Record) -> Result<Record, Failure> {
    let mut errors = Errors::new();
    let record = read_into(store, members, body, "", &mut errors);
    if errors.is_empty() { Ok(record) } else { Err(refused(errors)) }
}

fn read_into(store: &Store, members: &[Member], body: &Record, within: &str, errors: &mut Errors) -> Record {
    let mut record = Record::new();
    for member in members {
        let path = format!("{within}{}", member.name);
        let given = body.get(member.name).unwrap_or(&Value::Null);
        // An empty text is no better than none where one is required.
        let missing = given.is_null() || given == "";
        let value = match given {
            _ if missing && member.required => Err(format!("The {} field is required.", member.name)),
            Value::Null => Ok(Value::Null),
            Value::Array(steps) if matches!(member.shape, Shape::Steps) => Ok(read_steps(store, steps, &path, errors)),
            given => value(store, member, given),
        };
        match value {
            Ok(value) => drop(record.insert(member.name.into(), value)),
            Err(message) => errors.entry(path).or_default().push(message),
        }
    }
    record
}

fn read_steps(store: &Store, steps: &[Value], path: &str, errors: &mut Errors) -> Value {
    let mut read = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let at = format!("{path}[{index}]");
        match step {
            Value::Object(step) => read.push(Value::Object(read_into(store, STEP, step, &format!("{at}."), errors))),
            other => errors.entry(at).or_default().push(not_valid(other)),
        }
    }
    read.into()
}

/// The value as it is kept, or what is wrong with it.
fn value(store: &Store, member: &Member, given: &Value) -> Result<Value, String> {
    let text = given.as_str();
    let kept = match member.shape {
        Shape::Secret if text.is_none() => return Err("The value is not valid.".into()),
        Shape::Text | Shape::Secret => text.map(Value::from),
        Shape::Flag => given.as_bool().map(Value::from),
        Shape::Date => text.and_then(normal).map(Value::from),
        Shape::Integer(_, _) if !given.is_i64() => None,
        Shape::Integer(least, most) | Shape::Number(least, most) => match given.as_f64() {
            Some(number) if (least..=most).contains(&number) => Some(given.clone()),
            Some(_) if most.is_infinite() => {
                return Err(format!("The field {} must be at least {least}.", member.name));
            }
            Some(_) => return Err(format!("The field {} must be between {least} and {most}.", member.name)),
            None => None,
        },
        Shape::Word(words) => {
            let same = |word: &&&str| text.is_some_and(|text| text.eq_ignore_ascii_case(word));
            words.iter().find(same).map(|word| Value::from(*word))
        }
        Shape::Name(kind) => {
            let named = text.and_then(|name| store.named(kind, name));
            named.filter(|record| is_active(record)).map(|_| given.clone())
        }
        Shape::Id(kind) => given.as_u64().and_then(|id| store.get(kind, id)).map(|_| given.clone()),
        Shape::Steps => None,
    };
    kept.ok_or_else(|| not_valid(given))
}
