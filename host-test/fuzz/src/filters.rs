//! Accelo's filters, by Accelo's documentation: what an input asks for, and what a request says in either of its two forms.

use serde_json::Value;
use std::collections::BTreeMap;

/// What a filter compares with: ids by kind, or plain values under the kind "".
pub type Values = BTreeMap<String, Vec<String>>;
/// Filters by name, those of `_OR` under `_OR.name`.
pub type Filters = BTreeMap<String, Values>;

/// The filters that an input stands for, by Accelo's documentation.
pub fn expected(input: &Value) -> Filters {
    let mut filters = Filters::new();
    for (list, before) in [("where", ""), ("any", "_OR.")] {
        for condition in input[list].as_array().into_iter().flatten() {
            let field = condition["field"].as_str().unwrap_or_default();
            let suffix = match (condition["test"].as_str().unwrap_or("is"), field.starts_with("date-")) {
                ("is", _) => String::new(),
                ("is-not", _) => "_not".to_owned(),
                (test, true) => format!("_{test}"),
                ("after", false) => "_greater_than".to_owned(),
                _ => "_less_than".to_owned(),
            };
            let field = if suffix.ends_with("_than") { compared_as(field) } else { field };
            let mut values = Values::new();
            for value in condition["values"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let of_records = ["against", "owner"].contains(&field);
                let (kind, id) = value.split_once('/').filter(|_| of_records).unwrap_or(("", value));
                values.entry(kind.to_owned()).or_default().push(id.to_owned());
            }
            filters.insert(format!("{before}{}{suffix}", field.replace('-', "_")), values);
        }
    }
    if let Some(by) = input["order"]["by"].as_str() {
        let direction = input["order"]["direction"].as_str().unwrap_or("asc");
        filters.insert(format!("order_by_{direction}"), [(String::new(), vec![by.replace('-', "_")])].into());
    }
    filters
}

/// The name by which Accelo's lists compare a field, where it is another.
fn compared_as(field: &str) -> &str {
    match field {
        "thread-id" => "thread",
        "owner-id" => "owner",
        "activity-class" => "class",
        "default-affiliation" => "affiliation",
        field => field,
    }
}

/// The filters in a request's `_filters`; none where they cannot be read, or not in one way only.
pub fn sent(filters: Option<Value>) -> Option<Filters> {
    let mut found = Filters::new();
    match filters {
        None => {}
        Some(Value::String(text)) => {
            for (word, inner) in terms(&text)? {
                match &*word {
                    "_OR" => {
                        for (word, inner) in terms(inner?)? {
                            found.insert(format!("_OR.{word}"), of_text(inner?)?).is_none().then_some(())?;
                        }
                    }
                    _ => found.insert(word, of_text(inner?)?).is_none().then_some(())?,
                }
            }
        }
        Some(Value::Object(members)) => {
            for (name, value) in members {
                match (&*name, value) {
                    ("_OR", Value::Object(members)) => {
                        for (name, value) in members {
                            found.insert(format!("_OR.{name}"), of_json(&value)?);
                        }
                    }
                    (_, value) => _ = found.insert(name, of_json(&value)?),
                }
            }
        }
        Some(_) => return None,
    }
    Some(found)
}

/// The words of a list in the text form, each with what it has in parentheses.
fn terms(text: &str) -> Option<Vec<(String, Option<&str>)>> {
    let mut terms = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        rest = &rest[end..];
        let mut inner = None;
        if rest.starts_with('(') {
            let mut depth = 0;
            let close = rest.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            })?;
            inner = Some(&rest[1..close]);
            rest = &rest[close + 1..];
        }
        terms.push((word, inner));
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return rest.is_empty().then_some(terms),
        }
    }
}

fn of_text(text: &str) -> Option<Values> {
    // What needs no quoting, in whatever way the text is read.
    let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@:+/".contains(&b));
    let mut values = Values::new();
    for (word, inner) in terms(text)? {
        plain(&word).then_some(())?;
        match inner {
            None => values.entry(String::new()).or_default().push(word),
            Some(ids) => {
                let ids: Vec<String> = ids.split(',').map(str::to_owned).collect();
                ids.iter().all(|id| plain(id)).then_some(())?;
                values.insert(word, ids).is_none().then_some(())?;
            }
        }
    }
    Some(values)
}

fn of_json(value: &Value) -> Option<Values> {
    let texts = |value: &Value| serde_json::from_value::<Vec<String>>(value.clone()).ok();
    match value.as_array()?.as_slice() {
        [Value::Object(kinds)] => kinds.iter().map(|(kind, ids)| Some((kind.clone(), texts(ids)?))).collect(),
        _ => Some([(String::new(), texts(value)?)].into()),
    }
}
