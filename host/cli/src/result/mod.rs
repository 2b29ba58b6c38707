//! A result for people: lists as tables, records as lists of fields, in the order of the vendor's contract.

mod cell;
mod columns;
mod ordered;
mod schema;

use super::style::{BOLD, DIM, RESET};
use super::table::{fields, table};
use super::terminal::{line, paragraph};
use cell::cell;
use ordered::Ordered;
use serde_json::Value;

/// The longest text of a field, in characters.
const LONGEST: usize = 4000;

/// How a result is shown.
pub struct View<'v> {
    /// The paths of the members to show, instead of those that tell most.
    pub columns: &'v [String],
    /// How many columns of text there are.
    pub width: usize,
}

/// A column that no result has.
///
/// # Errors
///
/// The column, and the paths that there are.
pub fn check(columns: &[String], schema: &Value) -> Result<(), (String, Vec<String>)> {
    let rows = schema::rows(schema);
    match columns.iter().find(|column| !schema::may_have(rows, column)) {
        Some(unknown) => Err((unknown.clone(), schema::paths(rows))),
        None => Ok(()),
    }
}

/// A result, which is JSON; none, if it is no JSON. `schema` says what it is, without references.
pub fn result(text: &str, schema: &Value, view: &View<'_>) -> Option<String> {
    let value: Ordered = serde_json::from_str(text).ok()?;
    let mut out = String::new();
    match &value {
        Ordered::List(items) => rows(items, schema::items(schema), "", view, &mut out),
        Ordered::Object(members) => match page(members, schema) {
            Some((name, items)) => {
                rows(items, schema::items(schema::member(schema, name)), "", view, &mut out);
                let others = members.iter().filter(|(other, _)| other != name);
                let text = |value, name: &str| paragraph(&cell(value, schema::member(schema, name)), LONGEST);
                let others =
                    others.map(|(name, value)| (line(name, view.width), text(value, name))).collect::<Vec<_>>();
                let gap = if others.is_empty() { "" } else { "\n" };
                out.push_str(&format!("{gap}{}", fields(&others, view.width)));
            }
            None => record(&value, schema, view, &mut out),
        },
        Ordered::Plain(_) => out = paragraph(&plain(&value, schema), LONGEST),
    }
    Some(out.trim_end_matches('\n').to_owned())
}

/// The list of a page, by the schema, or by what is there where the schema says nothing.
fn page<'v>(members: &'v [(String, Ordered)], schema: &Value) -> Option<(&'v String, &'v [Ordered])> {
    let known = schema::has_properties(schema).then(|| schema::page(schema));
    let mut found = None;
    for (name, value) in members {
        match value {
            Ordered::List(items) if found.is_none() && known.is_none_or(|known| known == Some(name.as_str())) => {
                found = Some((name, items.as_slice()));
            }
            Ordered::List(_) | Ordered::Object(_) if known.is_none() => return None,
            _ if known.is_none() && name == "id" => return None,
            _ => {}
        }
    }
    found.filter(|(_, items)| !items.is_empty() && items.iter().all(|item| matches!(item, Ordered::Object(_))))
}

/// A list: a table where its items are records, one below the other where they are lists of records, else a line for each. `below` is what its columns are asked for with in front.
fn rows(items: &[Ordered], schema: &Value, below: &str, view: &View<'_>, out: &mut String) {
    if items.is_empty() {
        out.push_str(&format!("{DIM}The list is empty.{RESET}\n"));
        return;
    }
    let holds_records = |item: &Ordered| matches!(item, Ordered::List(inner) if inner.iter().any(|one| !matches!(one, Ordered::Plain(_))));
    if items.iter().any(holds_records) {
        for (index, item) in items.iter().enumerate() {
            let gap = if out.is_empty() { "" } else { "\n" };
            match item {
                Ordered::List(inner) => {
                    out.push_str(&format!("{gap}{BOLD}{}{RESET} {DIM}({}){RESET}\n", index + 1, inner.len()));
                    rows(inner, schema::items(schema), below, view, out);
                }
                other => *out += &format!("{gap}{}\n", line(&cell(other, schema), view.width)),
            }
        }
        return;
    }
    if !items.iter().all(|item| matches!(item, Ordered::Object(members) if !members.is_empty())) {
        items.iter().for_each(|item| *out += &(line(&cell(item, schema), view.width) + "\n"));
        return;
    }
    let chosen = columns::choose(items, schema, view.columns, view.width);
    let text = |row: &Ordered| {
        chosen.paths.iter().map(|path| columns::text(row, path, schema, view.width)).collect::<Vec<String>>()
    };
    out.push_str(&table(&chosen.columns, &items.iter().map(text).collect::<Vec<_>>()));
    if !chosen.left_out.is_empty() {
        let names = line(&format!("Not shown: {}", chosen.left_out.join(", ")), view.width);
        let how = format!("--columns {below}NAME,… shows them, --json shows everything.");
        out.push_str(&format!("{DIM}{names}\n{}{RESET}\n", line(&how, view.width)));
    }
}

/// A record: a line for each field, those of inner records with dots, and below them its lists of records as tables.
fn record(value: &Ordered, schema: &Value, view: &View<'_>, out: &mut String) {
    let (mut lines, mut lists) = (Vec::new(), Vec::new());
    flatten("", value, schema, &mut lines, &mut lists);
    let below = |path: &str, start: &str| path.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'));
    let wanted = |path: &str| view.columns.is_empty() || view.columns.iter().any(|one| one == path || below(path, one));
    lines.retain(|(path, _)| wanted(path));
    lines.iter_mut().for_each(|(path, _)| *path = line(path, view.width));
    out.push_str(&fields(&lines, view.width));
    for (path, items, schema) in lists {
        let start = format!("{path}.");
        let columns: Vec<String> =
            view.columns.iter().filter_map(|one| Some(one.strip_prefix(&start)?.to_owned())).collect();
        if !wanted(&path) && columns.is_empty() {
            continue;
        }
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}{BOLD}{}{RESET} {DIM}({}){RESET}\n", line(&path, view.width), items.len()));
        rows(items, schema, &start, &View { columns: &columns, width: view.width }, out);
    }
}

type Lists<'v> = Vec<(String, &'v [Ordered], &'v Value)>;

fn flatten<'v>(
    path: &str,
    value: &'v Ordered,
    schema: &'v Value,
    lines: &mut Vec<(String, String)>,
    lists: &mut Lists<'v>,
) {
    match value {
        Ordered::Object(members) if !members.is_empty() => {
            for (name, inner) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, inner, schema::member(schema, name), lines, lists);
            }
        }
        Ordered::List(items) if items.iter().any(|item| !matches!(item, Ordered::Plain(_))) => {
            lists.push((path.to_owned(), items, schema::items(schema)));
        }
        Ordered::Object(_) | Ordered::List(_) if value.is_empty() => lines.push((path.to_owned(), "none".to_owned())),
        _ => lines.push((path.to_owned(), paragraph(&cell(value, schema), LONGEST))),
    }
}

/// A value that is neither a list nor a record.
fn plain(value: &Ordered, schema: &Value) -> String {
    match value {
        Ordered::Plain(Value::Null) => "null".to_owned(),
        value => cell(value, schema),
    }
}

#[cfg(test)]
mod tests;
