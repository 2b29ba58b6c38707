//! What a vendor's document says of its requests and replies, as data: `components/VENDOR/facts/NAME.json`.
//!
//! The mock refuses by these facts what the vendor would refuse, and a test holds every request and reply of every case
//! against them. So neither a client nor a mock can be right by the same guess.
//!
//! A file has a `source`, maybe the `dialect` for which it holds, `operations` and `records`:
//!
//! - An operation has the `id` that the product calls it by (none: the product does not offer it), a `request` such as
//!   `POST /v1/{account}/Tasks`, the types of its `path` and `query` parameters by name, the type of its `body`, and of its
//!   `replies` by status (null: no body is documented). A query parameter whose name ends in `!` is required.
//! - A type is a text: `any`, `string`, `boolean`, `int32`, `int64`, `integer`, `number`, `date-time`, `date`, `time-span`,
//!   `uuid`, a record's name (which begins with a capital), `[T]` for a list, `{T}` for an object whose members are all T, or
//!   several of them with ` or ` between. A `?` after it allows null. A range may follow: of a number its value, of a string
//!   its length, of a list its items (`string 1..`, `int32? 1..400`). An array of texts is an enumeration.
//! - A record is an object of members by name; a name that ends in `!` is required. `+` names records whose members come as
//!   well. `*` is the type of further members; without it a record has no others.
//! - A type may be an object with `type` and `inferred`, which says why something is assumed that no document says. So may an
//!   operation have `inferred`.

mod check;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

/// One document's facts.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The document that says so.
    pub source: String,
    /// The dialect for which it holds, where the vendor has several.
    pub dialect: Option<String>,
    /// The operations, in the document's order.
    pub operations: Vec<Operation>,
    records: BTreeMap<String, Record>,
}

/// One operation of a document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The name of the product's operation; none where the product does not offer it.
    pub id: Option<String>,
    /// The method, in capitals.
    pub method: String,
    /// The path, with parameters in braces.
    pub path: String,
    /// The types of the path's parameters.
    pub parameters: Vec<Member>,
    /// The query parameters.
    pub query: Vec<Member>,
    /// The type of the body; none where there is no body.
    pub body: Option<Type>,
    /// The types of the documented replies by status; none where no body is documented.
    pub replies: BTreeMap<u16, Option<Type>>,
}

/// A member of a record, or a parameter.
#[derive(Clone, Debug)]
pub struct Member {
    /// The vendor's name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its type.
    pub ty: Type,
}

/// A type, with what is allowed beside it.
#[derive(Clone, Debug)]
pub struct Type {
    kinds: Vec<Kind>,
    nullable: bool,
    least: Option<f64>,
    most: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Any,
    Text,
    Boolean,
    /// A whole number of so many bits.
    Integer(u32),
    Number,
    /// A text of one format.
    Format(&'static str),
    Words(Vec<String>),
    Record(String),
    List(Box<Kind>),
    Map(Box<Kind>),
}

#[derive(Clone, Debug)]
struct Record {
    members: Vec<Member>,
    others: Option<Type>,
}

/// What does not fit, and where: `body.priority`, `query.page`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The path of the value.
    pub at: String,
    /// What was expected of it.
    pub expected: String,
    /// What kind of fault it is.
    pub fault: Fault,
}

/// What can be wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A member or parameter that the document does not have.
    Unknown,
    /// A member or parameter that the document requires.
    Missing,
    /// Another type, or a word that is not among those of the document.
    Type,
    /// A value outside of a range, or a text that has not the format.
    Value,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.at, self.expected)
    }
}

impl Type {
    /// What an answer has where there is no value: an empty list, else null where it is allowed, else what a framework begins
    /// with.
    pub fn absent(&self) -> Value {
        match self.kinds.first() {
            Some(Kind::List(_)) => Value::Array(Vec::new()),
            _ if self.nullable => Value::Null,
            Some(Kind::Integer(_) | Kind::Number) => 0.into(),
            Some(Kind::Boolean) => false.into(),
            Some(Kind::Text) => "".into(),
            Some(Kind::Format("time-span")) => "00:00:00".into(),
            Some(Kind::Format("date-time")) => "0001-01-01T00:00:00Z".into(),
            _ => Value::Null,
        }
    }

    /// [`Type::absent`], but an empty text rather than null.
    pub fn empty(&self) -> Value {
        if self.kinds == [Kind::Text] { "".into() } else { self.absent() }
    }
}

impl Facts {
    /// The operation of a request, with its path parameters. A path without parameters wins over one with.
    pub fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let fits = self.operations.iter().filter(|operation| operation.method == method);
        let fits = fits.filter_map(|operation| Some((operation, parameters(&operation.path, path)?)));
        fits.min_by_key(|(_, parameters)| parameters.len())
    }

    /// The methods that a path has.
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let fits = self.operations.iter().filter(|operation| parameters(&operation.path, path).is_some());
        fits.map(|operation| operation.method.as_str()).collect()
    }

    /// Puts what a framework takes for absent members into a body: 0 for a number, false for a flag, where null is not allowed.
    pub fn with_absent(&self, operation: &Operation, body: &mut Value) {
        let Some(Kind::Record(name)) = operation.body.as_ref().and_then(|ty| ty.kinds.first()) else { return };
        let Value::Object(body) = body else { return };
        for member in &self.records[name].members {
            let absent = match member.ty.kinds.first() {
                _ if member.required || member.ty.nullable => continue,
                Some(Kind::Integer(_) | Kind::Number) => Value::from(0),
                Some(Kind::Boolean) => Value::from(false),
                _ => continue,
            };
            body.entry(member.name.clone()).or_insert(absent);
        }
    }

    /// The members of a record, those of the records that it contains included.
    pub fn members(&self, record: &str) -> &[Member] {
        self.records.get(record).map_or(&[], |record| &record.members)
    }
}

/// The values of a template's parameters in a path that fits it. A parameter is never empty and holds no slash.
fn parameters(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return Some(found),
            (Some(template), Some(segment)) => match template.split_once('{') {
                None if template == segment => {}
                None => return None,
                Some((before, rest)) => {
                    let (name, after) = rest.split_once('}')?;
                    let value = segment.strip_prefix(before)?.strip_suffix(after).filter(|value| !value.is_empty())?;
                    found.push((name.to_owned(), value.to_owned()));
                }
            },
            _ => return None,
        }
    }
}
