//! JSON to WIT's types: a deserialiser over a parsed document.

use super::{Names, plain, same_word};
use serde::de::value::U32Deserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt;

/// Reads a value that stands at `root` (`input`, `response`), as `names` spells it.
#[inline(never)]
pub fn read<'v, T: Deserialize<'v>>(value: &'v Value, names: &Names, root: &str) -> Result<T, Fault> {
    let place = Place { up: None, step: Step::Root(root) };
    T::deserialize(Node { source: Source::Value(value), place: &place, names, field: "" })
}

/// Reads what did not come at all: only an operation without a result is content with that.
pub fn read_absent<'v, T: Deserialize<'v>>(names: &Names, root: &str) -> Result<T, Fault> {
    let place = Place { up: None, step: Step::Root(root) };
    T::deserialize(Node { source: Source::Absent, place: &place, names, field: "" })
}

/// A record of which nothing is given: options are none, lists and texts empty, numbers 0, enumerations the first word.
/// For the rest of a struct expression, since WIT's records have no defaults.
pub fn blank<T: for<'v> Deserialize<'v>>() -> Result<T, Fault> {
    let place = Place { up: None, step: Step::Root("blank") };
    T::deserialize(Node { source: Source::Blank, place: &place, names: &Names::DEFAULT, field: "" })
}

/// Why something could not be read.
#[derive(Debug)]
pub struct Fault(Box<Details>);

#[derive(Debug)]
struct Details {
    at: String,
    problem: String,
    blank: bool,
}

impl Fault {
    /// The place, such as `response[3].billable`.
    pub fn at(&self) -> &str {
        &self.0.at
    }

    /// What was expected there and what came.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.at, self.0.problem)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Fault(Box::new(Details { at: String::new(), problem: problem.to_string(), blank: false }))
    }
}

struct Place<'p> {
    up: Option<&'p Place<'p>>,
    step: Step<'p>,
}

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
enum Source<'v, 'p> {
    /// The whole document did not come.
    Absent,
    /// The member did not come: an option is none, a list is empty.
    Missing,
    Value(&'v Value),
    /// Members that the record does not name, as a document of their own.
    Rest(&'p str),
    /// Nothing, and that is enough.
    Blank,
}

#[derive(Clone, Copy)]
struct Node<'v, 'p> {
    source: Source<'v, 'p>,
    place: &'p Place<'p>,
    names: &'p Names,
    /// The record's field that this value belongs to, as Rust calls it.
    field: &'p str,
}

impl<'v> Node<'v, '_> {
    fn fault(&self, expected: &str) -> Fault {
        let (got, blank) = match self.source {
            Source::Absent | Source::Missing | Source::Blank => ("nothing".to_owned(), false),
            Source::Rest(_) => ("an object".to_owned(), false),
            Source::Value(value) => (shown(value), is_blank(value) && !self.names.strict),
        };
        let problem = if matches!(self.source, Source::Missing) && self.names.strict {
            format!("missing, expected {expected}")
        } else {
            format!("expected {expected}, got {got}")
        };
        Fault(Box::new(Details { at: self.place.to_string(), problem, blank }))
    }

    fn unsigned(&self, max: u64) -> Result<u64, Fault> {
        let number = match self.source {
            Source::Blank => Some(0),
            Source::Value(Value::Number(n)) => n.as_u64().or_else(|| n.as_f64().and_then(exact)),
            Source::Value(Value::String(s)) if !self.names.strict => {
                s.trim().trim_end_matches('0').strip_suffix('.').unwrap_or(s.trim()).parse().ok()
            }
            _ => None,
        };
        number.filter(|n| *n <= max).ok_or_else(|| self.fault(&format!("a whole number from 0 to {max}")))
    }

    fn signed(&self, min: i64, max: i64) -> Result<i64, Fault> {
        let number = match self.source {
            Source::Blank => Some(0),
            Source::Value(Value::Number(n)) => n.as_i64(),
            Source::Value(Value::String(s)) if !self.names.strict => s.trim().parse().ok(),
            _ => None,
        };
        number
            .filter(|n| (min..=max).contains(n))
            .ok_or_else(|| self.fault(&format!("a whole number from {min} to {max}")))
    }

    fn float(&self) -> Result<f64, Fault> {
        let number = match self.source {
            Source::Blank => Some(0.0),
            Source::Value(Value::Number(n)) => n.as_f64(),
            Source::Value(Value::String(s)) if !self.names.strict => s.trim().parse().ok(),
            _ => None,
        };
        number.filter(|n: &f64| n.is_finite()).ok_or_else(|| self.fault("a number"))
    }

    fn truth(&self) -> Result<bool, Fault> {
        let tolerant = !self.names.strict;
        match self.source {
            Source::Blank => Ok(false),
            Source::Value(Value::Bool(truth)) => Ok(*truth),
            Source::Value(Value::Number(n)) if tolerant && n.as_u64() == Some(0) => Ok(false),
            Source::Value(Value::Number(n)) if tolerant && n.as_u64() == Some(1) => Ok(true),
            Source::Value(Value::String(s)) if tolerant => match s.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" => Ok(true),
                "0" | "false" | "no" => Ok(false),
                _ => Err(self.fault("true or false")),
            },
            _ => Err(self.fault("true or false")),
        }
    }

    fn text(&self) -> Result<String, Fault> {
        let holds_json = self.names.holds_json(self.field);
        match self.source {
            Source::Rest(text) => Ok(text.to_owned()),
            Source::Blank => Ok(String::new()),
            Source::Value(value) if holds_json => Ok(value.to_string()),
            Source::Value(Value::String(s)) => Ok(s.clone()),
            Source::Value(Value::Number(n)) if !self.names.strict => Ok(n.to_string()),
            Source::Value(Value::Bool(b)) if !self.names.strict => Ok(b.to_string()),
            _ => Err(self.fault("text")),
        }
    }

    /// Whether this very value, and not one below it, is what vendors send for nothing.
    fn may_be_nothing(&self, fault: &Fault) -> bool {
        fault.0.blank && matches!(self.source, Source::Value(_)) && fault.0.at == self.place.to_string()
    }

    fn is_none(&self) -> bool {
        match self.source {
            Source::Absent | Source::Missing | Source::Blank | Source::Value(Value::Null) => true,
            Source::Value(value) => is_zero(value) && self.names.zero_is_none.contains(&plain(self.field)),
            Source::Rest(_) => false,
        }
    }

    /// The members of a record. A bare id stands for a record of which nothing else came.
    fn members(&self, fields: &[&str]) -> Result<Members<'v>, Fault> {
        match self.source {
            Source::Value(Value::Object(members)) => Ok(Members::Object(members)),
            Source::Blank => Ok(Members::None),
            Source::Value(id @ (Value::String(_) | Value::Number(_)))
                if !self.names.strict && fields.contains(&"id") && !is_blank(id) =>
            {
                Ok(Members::Id(id))
            }
            _ => Err(self.fault("an object")),
        }
    }

    /// Callers are told of a member that the record does not have; vendors may send what they like.
    fn refuse_unknown(&self, members: &Members<'_>, fields: &[&str]) -> Result<(), Fault> {
        let Members::Object(members) = members else { return Ok(()) };
        let known = || fields.iter().map(|ident| self.names.member(ident));
        for name in members.keys().filter(|_| self.names.strict) {
            if !known().any(|known| known == name.as_str()) {
                let place = Place { up: Some(self.place), step: Step::Member(name) };
                let known = known().collect::<Vec<_>>().join(", ");
                let problem = format!("no such field, expected one of: {known}");
                return Err(Fault(Box::new(Details { at: place.to_string(), problem, blank: false })));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Members<'v> {
    Object(&'v Map<String, Value>),
    Id(&'v Value),
    None,
}

impl<'v> Members<'v> {
    fn get(&self, name: &str) -> Option<&'v Value> {
        match self {
            Members::Object(members) => members.get(name),
            Members::Id(id) => Some(*id).filter(|_| name == "id"),
            Members::None => None,
        }
    }

    /// What the record does not name, as a document of its own.
    fn rest(&self, names: &Names, fields: &[&str]) -> Option<String> {
        let Members::Object(members) = self else { return None };
        let named = |name: &str| fields.iter().any(|ident| *ident != "extra" && names.member(ident) == name);
        let rest: Map<_, _> = members
            .iter()
            .filter(|(name, _)| !named(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!rest.is_empty()).then(|| Value::Object(rest).to_string())
    }
}

fn exact(n: f64) -> Option<u64> {
    // Above 2^53 a float no longer tells whole numbers apart.
    (n >= 0.0 && n <= 9_007_199_254_740_992.0 && n.fract() == 0.0).then_some(n as u64)
}

fn is_zero(value: &Value) -> bool {
    value.as_u64() == Some(0) || value.as_str() == Some("0")
}

/// What vendors send where a number, a record or a list has no value.
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|s| s.trim().is_empty()) || is_zero(value)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(s) if s.chars().count() <= 40 => value.to_string(),
        Value::String(s) => format!("a text of {} characters", s.chars().count()),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $read:ident ($($bound:expr),*) $int:ty;)*) => {
        $(fn $method<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.$read($($bound),*)? as $int)
        })*
    };
}

impl<'v> Deserializer<'v> for Node<'v, '_> {
    type Error = Fault;

    integers! {
        deserialize_u8 visit_u8 unsigned(u8::MAX.into()) u8;
        deserialize_u16 visit_u16 unsigned(u16::MAX.into()) u16;
        deserialize_u32 visit_u32 unsigned(u32::MAX.into()) u32;
        deserialize_u64 visit_u64 unsigned(u64::MAX) u64;
        deserialize_i8 visit_i8 signed(i8::MIN.into(), i8::MAX.into()) i8;
        deserialize_i16 visit_i16 signed(i16::MIN.into(), i16::MAX.into()) i16;
        deserialize_i32 visit_i32 signed(i32::MIN.into(), i32::MAX.into()) i32;
        deserialize_i64 visit_i64 signed(i64::MIN, i64::MAX) i64;
        deserialize_f32 visit_f32 float() f32;
        deserialize_f64 visit_f64 float() f64;
    }

    fn deserialize_bool<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(self.truth()?)
    }

    fn deserialize_string<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_str<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_unit<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.source {
            Source::Value(Value::Object(members)) if self.names.strict && !members.is_empty() => {
                Err(self.fault("nothing: the operation takes no input"))
            }
            Source::Value(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_))
                if self.names.strict =>
            {
                Err(self.fault("nothing: the operation takes no input"))
            }
            _ => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Fault> {
        let items: &[Value] = match self.source {
            Source::Value(Value::Array(items)) => items,
            Source::Missing | Source::Blank | Source::Value(Value::Null) => &[],
            _ => return Err(self.fault("a list")),
        };
        visitor.visit_seq(Items { items, next: 0, node: self })
    }

    fn deserialize_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let members = self.members(fields)?;
        self.refuse_unknown(&members, fields)?;
        visitor.visit_seq(Fields { fields, next: 0, members, node: self })
    }

    fn deserialize_enum<V: Visitor<'v>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let position = |word: &str| variants.iter().position(|v| *v != "Other" && same_word(v, word));
        let chosen = match self.source {
            // A case with a payload is an object with one member: { "case": payload }.
            Source::Blank => Some((0, self)),
            Source::Value(Value::Object(members)) if members.len() == 1 => members
                .iter()
                .find_map(|(name, payload)| Some((position(name)?, Node { source: Source::Value(payload), ..self }))),
            Source::Value(Value::String(_) | Value::Number(_)) => {
                let word = self.text()?;
                let open = || variants.iter().position(|v| *v == "Other" && !word.trim().is_empty());
                position(&word).or_else(open).map(|index| (index, self))
            }
            _ => None,
        };
        let Some((index, payload)) = chosen else {
            let words: Vec<_> = variants.iter().map(|v| self.names.word(v)).collect();
            return Err(self.fault(&format!("one of: {}", words.join(", "))));
        };
        visitor.visit_enum(Case { index: index as u32, payload })
    }

    fn deserialize_any<V: Visitor<'v>>(self, _: V) -> Result<V::Value, Fault> {
        Err(self.fault("a value of a WIT type"))
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'v>>
        i128 u128 char bytes byte_buf unit_struct newtype_struct tuple tuple_struct map identifier ignored_any
    }
}

/// The fields of a record, in the record's order: a derived visitor accepts them as a sequence, which spares the
/// component one copy of the code that matches names.
struct Fields<'v, 'p> {
    fields: &'static [&'static str],
    next: usize,
    members: Members<'v>,
    node: Node<'v, 'p>,
}

impl<'v> de::SeqAccess<'v> for Fields<'v, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'v>>(&mut self, _: S) -> Result<Option<S::Value>, Fault> {
        // Derived visitors ask by type, below; a seed can be used only once and so not be tried twice.
        Err(self.node.fault("a derived record"))
    }

    fn next_element<T: Deserialize<'v>>(&mut self) -> Result<Option<T>, Fault> {
        let mut field = None;
        self.step(&mut |node| {
            field = Some(T::deserialize(node)?);
            Ok(())
        })?;
        Ok(field)
    }
}

impl<'v> Fields<'v, '_> {
    /// Reads the next field. Everything but the reading itself is the same for all types, and compiled once.
    fn step(&mut self, read: &mut dyn FnMut(Node<'v, '_>) -> Result<(), Fault>) -> Result<(), Fault> {
        let Some(field) = self.fields.get(self.next) else { return Ok(()) };
        self.next += 1;
        let name = self.node.names.member(field);
        let place = Place { up: Some(self.node.place), step: Step::Member(&name) };
        let rest = if *field == "extra" { self.members.rest(self.node.names, self.fields) } else { None };
        let source = match (&rest, self.members) {
            (Some(rest), _) => Source::Rest(rest),
            (None, Members::None) => Source::Blank,
            (None, members) => members.get(&name).map_or(Source::Missing, Source::Value),
        };
        let node = Node { source, place: &place, names: self.node.names, field };
        match read(node) {
            // A blank where no text was wanted is nothing at all: `""` for a number, `"0"` for a linked record.
            Err(fault) if node.may_be_nothing(&fault) => {
                read(Node { source: Source::Missing, ..node }).map_err(|_| fault)
            }
            read => read,
        }
    }
}

struct Items<'v, 'p> {
    items: &'v [Value],
    next: usize,
    node: Node<'v, 'p>,
}

impl<'v> de::SeqAccess<'v> for Items<'v, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let place = Place { up: Some(self.node.place), step: Step::Item(self.next) };
        self.next += 1;
        seed.deserialize(Node { source: Source::Value(item), place: &place, ..self.node }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

struct Case<'v, 'p> {
    index: u32,
    payload: Node<'v, 'p>,
}

impl<'v, 'p> de::EnumAccess<'v> for Case<'v, 'p> {
    type Error = Fault;
    type Variant = Node<'v, 'p>;

    fn variant_seed<S: DeserializeSeed<'v>>(self, seed: S) -> Result<(S::Value, Self::Variant), Fault> {
        let index: U32Deserializer<Fault> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self.payload))
    }
}

impl<'v> de::VariantAccess<'v> for Node<'v, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'v>>(self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'v>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        Err(self.fault("a case with one value"))
    }

    fn struct_variant<V: Visitor<'v>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Fault> {
        Err(self.fault("a case with one value"))
    }
}
