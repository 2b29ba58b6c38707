//! Requests whose facts tell where each field of an input goes, and how it is written: of imported vendors.
//!
//! A field that the route names goes into the path. Other fields of GET and DELETE go into the query and of all other methods
//! into the body, by the vendor's spelling, unless a [`Param`] says something else.

use crate::api::Body;
use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::dispatch::Operation;
use crate::encode::json;
use crate::error::{invalid, misconfigured};
use crate::events::Events;
use crate::exchange::{Built, common_headers};
use crate::route::{Base, Part, is_segment, parts};
use crate::types::Error;
use crate::wire::{self, Field, Kind, Names, Node};
use authenticate::authenticate;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// Whether a vendor can be an imported one. A compiled component is none, and carries nothing of it.
pub(crate) const CAN_BE: bool = cfg!(any(feature = "imported", not(target_arch = "wasm32")));

/// What requests of an imported vendor have in common.
#[derive(Clone, Copy, Debug)]
pub struct Imported {
    /// Headers of every request that settings give: the header, in lower case, and the setting.
    pub headers: &'static [(&'static str, &'static str)],
    /// Parameters of the query of every request that settings give: the parameter and the setting.
    pub queries: &'static [(&'static str, &'static str)],
    /// Whether values in paths are percent-encoded. Without it, what would need that is refused.
    pub encode_paths: bool,
    /// How a request is made, named here so that only vendors that need it carry it.
    pub(crate) build: Build,
}

/// What makes a request.
pub(crate) type Build = fn(&Call, &Imported, ResolvedRow, &Operation, &Node<'_>) -> Result<Built, Error>;

impl Imported {
    /// What requests have in common.
    pub const fn new(
        headers: &'static [(&'static str, &'static str)],
        queries: &'static [(&'static str, &'static str)],
        encode_paths: bool,
    ) -> Imported {
        Imported { headers, queries, encode_paths, build }
    }
}

/// What a row of an imported vendor says beyond other rows.
#[derive(Debug)]
pub struct ImportedRow {
    /// What the request starts with, where that is not [`Api::base`].
    pub base: Option<&'static str>,
    /// How the body is encoded, where [`Api::body`] does not hold.
    pub body: Option<Body>,
    /// The media type of the body, where it is neither `application/json` nor that of a form.
    pub content_type: Option<&'static str>,
    /// The media type of the answer, where it is another JSON than `application/json`.
    pub accept: Option<&'static str>,
    /// Whether the answer is plain text, and the output all of it.
    pub text: bool,
    /// What events mean, instead of [`Stream::part`](crate::Stream::part), where [`Row::stream`](crate::Row::stream) is there.
    pub events: Option<&'static Events>,
    /// The fields of the input for which the rules do not hold.
    pub params: &'static [Param],
}

impl ImportedRow {
    /// What is so unless a row says otherwise.
    pub const DEFAULT: ImportedRow = ImportedRow {
        base: None,
        body: None,
        content_type: None,
        accept: None,
        text: false,
        events: None,
        params: &[],
    };
}

/// Where a field of the input goes, and how it is written.
#[derive(Debug)]
pub struct Param {
    /// The field, in WIT's spelling.
    pub field: &'static str,
    /// The vendor's name for it, where the vendor's spelling does not hold.
    pub name: Option<&'static str>,
    /// Where it goes, where the rules do not hold.
    pub place: Option<Place>,
    /// How a list or an object is written where a value is text.
    pub style: Style,
    /// Whether text in WIT is a number at the vendor, where [`Names::numeric_ids`] does not tell.
    pub numeric: Option<bool>,
}

impl Param {
    const RULE: Param = Param { field: "", name: None, place: None, style: Style::Comma, numeric: None };
}

/// Where a field of the input goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into the body, as a member.
    Body,
    /// It is the body.
    WholeBody,
}

/// How a list or an object is written where a value is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `a=1,2`; of an object `a=b,1,c,2`.
    Comma,
    /// `a=1&a=2`; of an object `b=1&c=2`, without its own name.
    Repeated,
    /// `a=1%202`
    Space,
    /// `a=1|2`
    Pipe,
    /// `a[]=1&a[]=2`; of an object `a[b]=1&a[c]=2`.
    Brackets,
    /// `a[0]=1&a[1]=2`; of an object `a[b]=1`.
    Indexed,
    /// JSON as text.
    Json,
}

type Pairs = Vec<(String, String)>;

fn build(
    call: &Call,
    imported: &Imported,
    resolved: ResolvedRow,
    operation: &Operation,
    input: &Node<'_>,
) -> Result<Built, Error> {
    let (api, row) = (call.api, resolved.row);
    let fields = match operation.input.map(|ty| &ty.kind) {
        Some(Kind::Record(fields)) => fields,
        _ => &[][..],
    };
    let facts = row.imported.unwrap_or(&ImportedRow::DEFAULT);
    let param = |field: &Field| facts.params.iter().find(|param| param.field == field.name).unwrap_or(&Param::RULE);
    let form = facts.body.unwrap_or(api.body) == Body::Form;
    let reads = matches!(row.method, "GET" | "DELETE");
    let place = |field: &Field| param(field).place.unwrap_or(if reads { Place::Query } else { Place::Body });
    let in_path = |field: &Field| parts(row.route).any(|part| matches!(part, Part::Name(name) if is_name(name, field)));
    let path = path(call, imported, row.route, fields, resolved.names, input)?;
    let mut query: Pairs = Vec::new();
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    let mut pairs: Pairs = Vec::new();
    let mut members = Map::new();
    let mut whole_body = None;
    let (mut has_body, mut takes_whole_body) = (false, false);
    for field in fields.iter().filter(|field| !in_path(field)) {
        let (param, place) = (param(field), place(field));
        has_body |= place == Place::Body;
        takes_whole_body |= place == Place::WholeBody;
        // A list of nothing and none are the same in WIT. Where it is the body, it is one.
        if place == Place::WholeBody && matches!(field.ty.kind, Kind::List(_)) {
            whole_body = Some(Value::Array(Vec::new()));
        }
        let Some(value) = input.get(field.name).and_then(|value| written(field, value, resolved.names, param)) else {
            continue;
        };
        let name = param.name.map_or_else(|| resolved.names.member(field.name), Into::into);
        match place {
            Place::Query => put(&mut query, &name, &value, param.style),
            Place::Header => headers.push((name.into_owned(), header(field.name, &text(&value, ","))?)),
            Place::WholeBody => whole_body = Some(value),
            // What the vendor takes and the interface does not name.
            Place::Body if field.name == "extra" && param.name.is_none() => match value {
                Value::Object(rest) if form => {
                    rest.iter().for_each(|(name, value)| put(&mut pairs, name, value, param.style))
                }
                Value::Object(rest) => {
                    rest.into_iter().for_each(|(name, value)| _ = members.entry(name).or_insert(value))
                }
                _ => return Err(invalid(field.name, "expected an object")),
            },
            Place::Body if form => put(&mut pairs, &name, &value, param.style),
            Place::Body => _ = members.insert(name.into_owned(), value),
        }
    }
    for (name, value) in row.defaults {
        let pairs = if reads { &mut query } else { &mut pairs };
        if !pairs.iter().any(|(given, _)| given == name) {
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        if !reads {
            members.entry(*name).or_insert_with(|| (*value).into());
        }
    }
    // Who may also answer at once is told that events are wanted.
    if let Some(switch) = facts.events.and_then(|events| events.switch) {
        members.insert(switch.to_owned(), true.into());
        pairs.push((switch.to_owned(), "true".to_owned()));
    }
    for (name, setting) in imported.queries {
        query.extend(value(call, setting).map(|value| ((*name).to_owned(), value.to_owned())));
    }
    for (name, setting) in imported.headers {
        if let Some(value) = value(call, setting) {
            headers.push(((*name).to_owned(), sendable(setting, value)?.as_bytes().to_vec()));
        }
    }
    if !call.settings.host_authenticates() {
        authenticate(call, row.auth.unwrap_or(api.auth), &mut query, &mut headers, &mut pairs)?;
    }
    let given = !members.is_empty() || !pairs.is_empty();
    let has_body = has_body && !takes_whole_body && (given || !reads || facts.body.is_some());
    let body = match (has_body || !row.defaults.is_empty() && !reads, whole_body) {
        (_, Some(whole_body)) => Some(Node::from(whole_body).to_json().into_bytes()),
        (true, None) if form => Some(serialized(&pairs).into_bytes()),
        (true, None) => Some(json(members)),
        // What has a body by its method gets an empty one: jco's shim never ends such a request without.
        _ => (!reads).then(Vec::new),
    };
    let json = if form { "application/x-www-form-urlencoded" } else { "application/json" };
    let accept = match (row.stream, facts.accept) {
        (Some(_), _) => "text/event-stream, application/json".into(),
        (None, _) if facts.text => "text/plain, */*".into(),
        // Errors may come as plain JSON.
        (None, Some(own)) => [own, ", application/json"].concat(),
        (None, None) => "application/json".to_owned(),
    };
    headers.extend(common_headers(&accept, facts.content_type.unwrap_or(json), body.as_deref()));
    let query = if query.is_empty() { String::new() } else { format!("?{}", serialized(&query)) };
    let base = Base::of(api, facts.base, &call.settings)?;
    Ok(Built { path_and_query: format!("{}{path}{query}", base.path), base, headers, body })
}

/// Whether a placeholder of a route, `kind` or `kind:task|email`, is a field of the input.
fn is_name(placeholder: &str, field: &Field) -> bool {
    placeholder.split(':').next() == Some(field.name)
}

/// A field's value as the vendor writes it, unless it is none.
fn written(field: &Field, value: &Node<'_>, names: &Names, param: &Param) -> Option<Value> {
    let value = match (param.numeric, value) {
        (Some(true), Node::Text(id)) => id.parse::<i64>().map_or_else(|_| (&**id).into(), Value::from),
        (Some(false), Node::Text(id)) => (&**id).into(),
        (Some(false), Node::List(items)) if !items.is_empty() => value.clone().into_value(),
        _ => wire::member(field, value, names)?,
    };
    Some(value)
}

fn path(
    call: &Call,
    imported: &Imported,
    route: &str,
    fields: &[Field],
    names: &Names,
    input: &Node<'_>,
) -> Result<String, Error> {
    let mut path = String::with_capacity(route.len() + 16);
    for part in parts(route) {
        match part {
            Part::Text(text) => path.push_str(text),
            Part::Name(name) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                let value = value(call, name).map_or_else(|| call.settings.require(name), Ok)?;
                if !is_segment(value) {
                    return Err(misconfigured(name, "is not an id of letters, digits, '-', '_', '.' and '~'"));
                }
                path.push_str(value);
            }
            Part::Name(name) => {
                let field = fields.iter().find(|field| is_name(name, field));
                let value = field.and_then(|field| wire::member(field, input.get(field.name)?, names));
                let value = value.map(|value| text(&value, ",")).unwrap_or_default();
                let (name, words) = name.split_once(':').unwrap_or((name, ""));
                if !words.is_empty() && !words.split('|').any(|word| word == value) {
                    return Err(invalid(name, format_args!("expected one of: {}", words.replace('|', ", "))));
                }
                match imported.encode_paths {
                    false if is_segment(&value) => path.push_str(&value),
                    false => return Err(invalid(name, "expected an id of letters, digits, '-', '_', '.' and '~'")),
                    true => path.push_str(&encoded(&value).ok_or_else(|| {
                        invalid(
                            name,
                            "expected a text of 1 to 1024 bytes without '/', '\\', '%' and control characters",
                        )
                    })?),
                }
            }
        }
    }
    Ok(path)
}

/// A value as one segment of a path. A server or proxy that decodes too early must not find another path in it.
fn encoded(value: &str) -> Option<String> {
    let separates = |c: char| c.is_control() || "/\\%".contains(c);
    if value.is_empty() || value.len() > 1024 || matches!(value, "." | "..") || value.contains(separates) {
        return None;
    }
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    Some(utf8_percent_encode(value, PLAIN).to_string())
}

/// A setting's value, or the one that holds without it.
fn value<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    let default = || call.api.settings.iter().find(|setting| setting.name == name)?.default;
    call.settings.get(name).or_else(default)
}

/// A setting's value, which a header is to carry. Spaces may stand in it: `Bearer …`.
fn sendable<'v>(setting: &str, value: &'v str) -> Result<&'v str, Error> {
    let plain = value.bytes().all(|b| (0x20..0x7f).contains(&b));
    plain.then_some(value).ok_or_else(|| misconfigured(setting, "holds characters that no header can carry"))
}

fn header(field: &str, value: &str) -> Result<Vec<u8>, Error> {
    let plain = !value.is_empty() && value.bytes().all(|b| (0x20..0x7f).contains(&b));
    let problem = || invalid(field, "expected a text of ASCII characters that a header can carry");
    plain.then(|| value.as_bytes().to_vec()).ok_or_else(problem)
}

fn serialized(pairs: &Pairs) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    pairs.iter().for_each(|(name, value)| _ = out.append_pair(name, value));
    out.finish()
}

fn put(pairs: &mut Pairs, name: &str, value: &Value, style: Style) {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    match (value, style) {
        (Value::Array(items), Style::Repeated) => items.iter().for_each(|item| pairs.push(pair(name, text(item, ",")))),
        (Value::Object(members), Style::Repeated) => {
            members.iter().for_each(|(name, value)| pairs.push(pair(name, text(value, ","))));
        }
        (Value::Array(items), Style::Brackets | Style::Indexed) => {
            for (index, item) in items.iter().enumerate() {
                let index = if style == Style::Indexed { index.to_string() } else { String::new() };
                put(pairs, &[name, "[", &index, "]"].concat(), item, style);
            }
        }
        (Value::Object(members), Style::Brackets | Style::Indexed) => {
            members.iter().for_each(|(member, value)| put(pairs, &[name, "[", member, "]"].concat(), value, style));
        }
        (value, Style::Json) if !value.is_string() => pairs.push(pair(name, Node::from(value.clone()).to_json())),
        (value, Style::Space) => pairs.push(pair(name, text(value, " "))),
        (value, Style::Pipe) => pairs.push(pair(name, text(value, "|"))),
        (value, _) => pairs.push(pair(name, text(value, ","))),
    }
}

/// A value as text; the items of a list with a separator between them. What is nested deeper is JSON.
fn text(value: &Value, separator: &str) -> String {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => Node::from(other.clone()).to_json(),
    };
    match value {
        Value::Array(items) => wire::joined(&items.iter().map(one).collect::<Vec<_>>(), separator),
        Value::Object(members) => {
            let parts: Vec<String> = members.iter().flat_map(|(name, value)| [name.clone(), one(value)]).collect();
            wire::joined(&parts, separator)
        }
        other => one(other),
    }
}

mod authenticate;
#[cfg(test)]
mod tests;
