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

use std::collections::BTreeMap;

use serde_json::{Map, Value};

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

const FORMATS: &[&str] = &["date-time", "date", "time-span", "uuid"];

impl Facts {
    /// Reads a file of facts.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Facts, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let mut facts = Facts {
            source: text("source").filter(|source| !source.is_empty()).ok_or("source: expected a text")?,
            dialect: text("dialect"),
            operations: Vec::new(),
            records: BTreeMap::new(),
        };
        known(&value, &["source", "dialect", "operations", "records"], "the file")?;
        let empty = Map::new();
        let records = value["records"].as_object().unwrap_or(&empty);
        for name in records.keys() {
            let record = record(records, name, 0)?;
            facts.records.insert(name.clone(), record);
        }
        for operation in value["operations"].as_array().ok_or("operations: expected a list")? {
            let request = operation["request"].as_str().unwrap_or_default();
            let read = read_operation(operation, request).map_err(|problem| format!("{request}: {problem}"))?;
            facts.operations.push(read);
        }
        let members = facts.records.values().flat_map(|r| r.members.iter().map(|m| &m.ty).chain(&r.others));
        let of_operations = facts.operations.iter().flat_map(|o| o.body.iter().chain(o.replies.values().flatten()));
        for kind in members.chain(of_operations).flat_map(|ty| &ty.kinds) {
            let mut kind = kind;
            while let Kind::List(items) | Kind::Map(items) = kind {
                kind = items;
            }
            if let Kind::Record(name) = kind
                && !facts.records.contains_key(name)
            {
                return Err(format!("there is no record {name}"));
            }
        }
        Ok(facts)
    }

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

fn known(value: &Value, names: &[&str], at: &str) -> Result<(), String> {
    let members = value.as_object().ok_or_else(|| format!("{at}: expected an object"))?;
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("{at} has a member {name}, which means nothing")),
        None => Ok(()),
    }
}

fn read_operation(value: &Value, request: &str) -> Result<Operation, String> {
    known(value, &["id", "request", "path", "query", "body", "replies", "inferred"], "the operation")?;
    let (method, path) = request.split_once(' ').ok_or("request: expected a method and a path")?;
    let members = |name: &str| match &value[name] {
        Value::Null => Ok(Vec::new()),
        Value::Object(members) => members.iter().map(|(name, ty)| member(name, ty)).collect::<Result<Vec<_>, _>>(),
        _ => Err(format!("{name}: expected an object")),
    };
    let mut replies = BTreeMap::new();
    for (status, ty) in value["replies"].as_object().ok_or("replies: expected an object")? {
        let status = status.parse().map_err(|_| format!("replies: {status} is no status"))?;
        replies.insert(status, if ty.is_null() { None } else { Some(read_type(ty)?) });
    }
    let operation = Operation {
        id: value["id"].as_str().map(str::to_owned),
        method: method.to_owned(),
        path: path.to_owned(),
        parameters: members("path")?,
        query: members("query")?,
        body: (!value["body"].is_null()).then(|| read_type(&value["body"])).transpose()?,
        replies,
    };
    let mut in_path: Vec<&str> = path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    let mut typed: Vec<&str> = operation.parameters.iter().map(|member| member.name.as_str()).collect();
    in_path.sort_unstable();
    typed.sort_unstable();
    if in_path != typed {
        return Err(format!("path: expected types of {in_path:?}, got {typed:?}"));
    }
    Ok(operation)
}

fn record(records: &Map<String, Value>, name: &str, depth: u8) -> Result<Record, String> {
    let at = |problem: String| format!("{name}: {problem}");
    let members = records.get(name).and_then(Value::as_object).ok_or_else(|| format!("there is no record {name}"))?;
    let mut read = Record { members: Vec::new(), others: None };
    if depth > 8 {
        return Err(at("it contains itself".to_owned()));
    }
    for (member_name, ty) in members {
        match (member_name.as_str(), ty) {
            ("+", Value::String(other)) => read.members.extend(record(records, other, depth + 1)?.members),
            ("+", others) => {
                for other in others.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    read.members.extend(record(records, other, depth + 1)?.members);
                }
            }
            ("*", ty) => read.others = Some(read_type(ty).map_err(at)?),
            (member_name, ty) => {
                let member = member(member_name, ty).map_err(at)?;
                // What a record says of a member wins over what a contained record says.
                read.members.retain(|earlier| earlier.name != member.name);
                read.members.push(member);
            }
        }
    }
    Ok(read)
}

fn member(name: &str, ty: &Value) -> Result<Member, String> {
    let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
    Ok(Member { name: name.to_owned(), required, ty: read_type(ty).map_err(|problem| format!("{name}: {problem}"))? })
}

fn read_type(value: &Value) -> Result<Type, String> {
    match value {
        Value::Array(words) => {
            let nullable = words.iter().any(Value::is_null);
            let words: Vec<String> = words.iter().filter_map(|word| Some(word.as_str()?.to_owned())).collect();
            Ok(Type { kinds: vec![Kind::Words(words)], nullable, least: None, most: None })
        }
        Value::Object(object)
            if object.get("inferred").is_some_and(|why| why.as_str().is_some_and(|w| !w.is_empty())) =>
        {
            known(value, &["type", "inferred"], "the type")?;
            read_type(&value["type"])
        }
        Value::String(text) => {
            let mut ty = Type { kinds: Vec::new(), nullable: false, least: None, most: None };
            let mut rest = text.as_str();
            if let Some((before, range)) = rest.rsplit_once(' ')
                && let Some((least, most)) = range.split_once("..")
            {
                let bound = |text: &str| match text {
                    "" => Ok(None),
                    text => text.parse().map(Some).map_err(|_| format!("{range} is no range")),
                };
                (ty.least, ty.most) = (bound(least)?, bound(most)?);
                rest = before;
            }
            for kind in rest.split(" or ") {
                let stripped = kind.strip_suffix('?');
                ty.nullable |= stripped.is_some();
                ty.kinds.push(read_kind(stripped.unwrap_or(kind))?);
            }
            Ok(ty)
        }
        _ => Err("expected a type".to_owned()),
    }
}

fn read_kind(text: &str) -> Result<Kind, String> {
    let inner = |open: char, close: char| text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    if let Some(items) = inner('[', ']') {
        return Ok(Kind::List(Box::new(read_kind(items)?)));
    }
    if let Some(items) = inner('{', '}') {
        return Ok(Kind::Map(Box::new(read_kind(items)?)));
    }
    Ok(match text {
        "any" => Kind::Any,
        "string" => Kind::Text,
        "boolean" => Kind::Boolean,
        "int32" => Kind::Integer(32),
        "int64" | "integer" => Kind::Integer(64),
        "number" => Kind::Number,
        text => match FORMATS.iter().find(|format| **format == text) {
            Some(format) => Kind::Format(format),
            None if text.starts_with(|c: char| c.is_ascii_uppercase()) => Kind::Record(text.to_owned()),
            None => return Err(format!("{text:?} is no type")),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts() -> Facts {
        let text = json!({
            "source": "made up",
            "operations": [
                { "id": "create-task", "request": "POST /{account}/My{kind}s", "path": { "account": "int32", "kind": "string" },
                  "query": { "page!": "int32 1..", "note": "string" }, "body": "Task", "replies": { "201": "[Task]", "204": null } },
                { "id": "list-tasks", "request": "GET /7/MyTasks", "replies": { "200": "any" } },
            ],
            "records": {
                "Named": { "name!": "string 1..3" },
                "Task": {
                    "+": "Named", "count": "int32 0..24", "due": "date-time?", "length": "time-span", "done": "boolean",
                    "urgency": ["high", "low"], "steps": "[Named]? 1..2", "tags": "{string}", "id": "string or int64",
                    "guess": { "type": "number", "inferred": "nobody knows" },
                },
            },
        });
        Facts::parse(&text.to_string()).unwrap()
    }

    fn body(body: Value) -> Vec<String> {
        let facts = facts();
        let (operation, path) = facts.find("POST", "/7/MyTasks").unwrap();
        let query = [("page".to_owned(), "1".to_owned())];
        facts.request(operation, &path, &query, Some(&body), false).iter().map(Misfit::to_string).collect()
    }

    #[test]
    fn a_body_that_is_as_documented_fits() {
        assert_eq!(
            body(json!({
                "name": "abc", "count": 24, "due": null, "length": "1.02:30:00", "done": true, "urgency": "low",
                "steps": [{ "name": "a" }], "tags": { "x": "y" }, "id": 5, "guess": 1.5,
            })),
            [""; 0]
        );
        assert_eq!(body(json!({ "name": "a", "due": "2026-07-01T13:00:00.000Z", "id": "5", "steps": null })), [""; 0]);
    }

    #[test]
    fn what_is_not_as_documented_is_named() {
        for (wrong, at) in [
            (json!({}), "body.name: missing"),
            (json!({ "name": "" }), "body.name: expected a length of 1..3"),
            (json!({ "name": "abcd" }), "body.name: expected a length of 1..3"),
            (json!({ "name": 1 }), "body.name: expected a text"),
            (json!({ "name": null }), "body.name: expected a text"),
            (json!({ "name": "a", "colour": 1 }), "body.colour: the document has no such member"),
            (json!({ "name": "a", "count": 25 }), "body.count: expected 0..24"),
            (json!({ "name": "a", "count": 1.5 }), "body.count: expected a whole number of 32 bits"),
            (json!({ "name": "a", "count": "1" }), "body.count: expected a whole number of 32 bits"),
            (json!({ "name": "a", "count": 3_000_000_000_u32 }), "body.count: expected a whole number of 32 bits"),
            (json!({ "name": "a", "due": "July" }), "body.due: expected a text of the format date-time"),
            (json!({ "name": "a", "length": "2:30" }), "body.length: expected a text of the format time-span"),
            (json!({ "name": "a", "done": "true" }), "body.done: expected true or false"),
            (json!({ "name": "a", "urgency": "High" }), "body.urgency: expected one of: high, low"),
            (json!({ "name": "a", "steps": [] }), "body.steps: expected a length of 1..2"),
            (json!({ "name": "a", "steps": [{}] }), "body.steps[0].name: missing"),
            (json!({ "name": "a", "tags": { "x": 1 } }), "body.tags.x: expected a text"),
            (json!({ "name": "a", "id": true }), "body.id: expected a text"),
            (json!([]), "body: expected an object, Task"),
        ] {
            assert_eq!(body(wrong.clone()), [at], "{wrong}");
        }
    }

    #[test]
    fn path_and_query_are_read_from_texts() {
        let facts = facts();
        let (operation, path) = facts.find("POST", "/x/MyEmails").unwrap();
        assert_eq!(path[1], ("kind".to_owned(), "Email".to_owned()));
        let query = [("note", "1"), ("note", "2"), ("size", "3")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let task = json!({ "name": "a" });
        let found = facts.request(operation, &path, &query, Some(&task), false);
        let found: Vec<&str> = found.iter().map(|misfit| misfit.at.as_str()).collect();
        assert_eq!(found, ["path.account", "query.note", "query.size", "query.page"]);
        assert!(facts.request(operation, &path, &query, None, false).iter().any(|misfit| misfit.at == "body"));
    }

    #[test]
    fn a_path_without_parameters_wins_and_methods_are_known() {
        let facts = facts();
        assert_eq!(facts.find("GET", "/7/MyTasks").unwrap().0.id.as_deref(), Some("list-tasks"));
        assert_eq!(facts.methods("/7/MyTasks"), ["POST", "GET"]);
        assert!(facts.find("POST", "/7/Mys").is_none());
        assert!(facts.find("POST", "/7/MyTasks/1").is_none());
    }

    #[test]
    fn a_reply_has_to_be_documented() {
        let facts = facts();
        let (operation, _) = facts.find("POST", "/7/MyTasks").unwrap();
        assert_eq!(facts.reply(operation, 201, Some(&json!([{ "name": "a" }]))), []);
        assert_eq!(facts.reply(operation, 204, None), []);
        assert_eq!(facts.reply(operation, 204, Some(&json!({})))[0].at, "body");
        assert_eq!(facts.reply(operation, 201, None)[0].at, "body");
        assert_eq!(facts.reply(operation, 200, None)[0].at, "status");
        assert_eq!(facts.reply(operation, 201, Some(&json!([{ "name": "a", "x": 1 }])))[0].at, "body[0].x");
    }

    #[test]
    fn absent_numbers_are_what_a_framework_makes_of_them() {
        let facts = facts();
        let (operation, _) = facts.find("POST", "/7/MyTasks").unwrap();
        let mut task = json!({ "name": "a", "done": true });
        facts.with_absent(operation, &mut task);
        assert_eq!(task, json!({ "name": "a", "done": true, "count": 0, "guess": 0 }));
    }

    #[test]
    fn a_file_that_says_nothing_is_refused() {
        for wrong in [
            json!({ "operations": [] }),
            json!({ "source": "x", "operations": [], "more": 1 }),
            json!({ "source": "x", "operations": [{ "request": "GET" , "replies": {} }] }),
            json!({ "source": "x", "operations": [{ "request": "GET /{id}" , "replies": {} }] }),
            json!({ "source": "x", "operations": [{ "request": "GET /" , "replies": { "200": "Nothing" } }] }),
            json!({ "source": "x", "operations": [{ "request": "GET /" , "replies": { "200": "text" } }] }),
            json!({ "source": "x", "operations": [], "records": { "A": { "+": "A" } } }),
            json!({ "source": "x", "operations": [], "records": { "A": { "a": { "type": "string" } } } }),
        ] {
            assert!(Facts::parse(&wrong.to_string()).is_err(), "{wrong}");
        }
    }
}
