//! Reads a file of facts.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Facts, Kind, Member, Operation, Record, Type};

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
