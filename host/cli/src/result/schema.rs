//! What a schema says about members: their types, and whether there are any of a name. References must be inlined.

use serde_json::{Map, Value};

/// How deep columns are named in an error.
const DEPTH: usize = 3;

/// A schema and the choices that it has.
fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    let choices = ["anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
    [schema].into_iter().chain(choices)
}

fn properties(schema: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    choices(schema).filter_map(|one| one.get("properties")?.as_object())
}

/// The schema of an object's member; null if it says nothing.
pub fn member<'s>(schema: &'s Value, name: &str) -> &'s Value {
    properties(schema).find_map(|properties| properties.get(name)).unwrap_or(&Value::Null)
}

/// The schema of the member at a path of names with dots between them.
pub fn at<'s>(schema: &'s Value, path: &str) -> &'s Value {
    match (member(schema, path), path.split_once('.')) {
        (Value::Null, Some((name, rest))) => at(member(schema, name), rest),
        (found, _) => found,
    }
}

/// The schema of a list's items; null if it is none.
pub fn items(schema: &Value) -> &Value {
    choices(schema).find_map(|one| one.get("items")).unwrap_or(&Value::Null)
}

/// Whether it has a type, or a format.
pub fn says(schema: &Value, keyword: &str, word: &str) -> bool {
    choices(schema).any(|one| one.get(keyword).is_some_and(|value| value == word))
}

/// Whether it is one of a closed set of words.
pub fn is_enum(schema: &Value) -> bool {
    choices(schema).any(|one| one.get("enum").is_some())
}

/// What is shown in rows: the items of a list or of a page's list, or the record itself.
pub fn rows(schema: &Value) -> &Value {
    match page(schema) {
        _ if !items(schema).is_null() => items(schema),
        Some(list) => items(member(schema, list)),
        None => schema,
    }
}

/// The list of a page: the only member of a record without an id that is a list of records, where no other is a record.
pub fn page(schema: &Value) -> Option<&str> {
    let mut lists = properties(schema).flatten().filter(|(_, inner)| !items(inner).is_null());
    let (list, rest) = (lists.next()?, lists.next());
    let records = properties(schema).flatten().filter(|(_, inner)| has_properties(inner)).count();
    let is_page = rest.is_none() && records == 0 && member(schema, "id").is_null() && has_properties(items(list.1));
    is_page.then_some(list.0.as_str())
}

/// Whether it names members.
pub fn has_properties(schema: &Value) -> bool {
    properties(schema).next().is_some()
}

/// Whether a row may have the member at a path: what the schema leaves open may be there.
pub fn may_have(schema: &Value, path: &str) -> bool {
    if !has_properties(schema) || !member(schema, path).is_null() {
        return true;
    }
    path.split_once('.').is_some_and(|(name, rest)| {
        let inner = member(schema, name);
        !inner.is_null() && may_have(item(inner), rest)
    })
}

/// The schema of a list's items, or of what is no list itself.
fn item(schema: &Value) -> &Value {
    if items(schema).is_null() { schema } else { items(schema) }
}

/// The paths of members.
pub fn paths(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(schema, "", DEPTH, &mut found);
    found
}

fn collect(schema: &Value, start: &str, depth: usize, found: &mut Vec<String>) {
    for (name, inner) in properties(schema).flatten() {
        let path = format!("{start}{name}");
        let inner = item(inner);
        if depth > 1 && has_properties(inner) {
            collect(inner, &format!("{path}."), depth - 1, found);
        } else {
            found.push(path);
        }
    }
}
