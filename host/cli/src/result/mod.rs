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
        Ordered::List(items) => rows(items, schema::items(schema), view, &mut out),
        Ordered::Object(members) => match page(members) {
            Some((name, items)) => {
                rows(items, schema::items(schema::member(schema, name)), view, &mut out);
                let others = members.iter().filter(|(other, value)| other != name && !value.is_empty());
                let others = others.map(|(name, value)| format!("{name}: {}", cell(value, schema::member(schema, name))));
                let others = others.collect::<Vec<_>>().join("  ");
                if !others.is_empty() {
                    out.push_str(&format!("{DIM}{}{RESET}\n", line(&others, view.width)));
                }
            }
            None => record(&value, schema, view, &mut out),
        },
        Ordered::Plain(_) => out = paragraph(&plain(&value, schema), LONGEST),
    }
    Some(out.trim_end_matches('\n').to_owned())
}

/// The list of a page: an object's only list, where all else is plain and nothing is the id of a record.
fn page(members: &[(String, Ordered)]) -> Option<(&String, &[Ordered])> {
    let mut found = None;
    for (name, value) in members {
        match value {
            Ordered::List(items) if found.is_none() => found = Some((name, items.as_slice())),
            Ordered::Plain(_) if name != "id" => {}
            _ => return None,
        }
    }
    found.filter(|(_, items)| items.iter().all(|item| matches!(item, Ordered::Object(_))))
}

/// A list: a table where its items are records, else a line for each.
fn rows(items: &[Ordered], schema: &Value, view: &View<'_>, out: &mut String) {
    if items.is_empty() {
        out.push_str(&format!("{DIM}The list is empty.{RESET}\n"));
        return;
    }
    if !items.iter().all(|item| matches!(item, Ordered::Object(members) if !members.is_empty())) {
        items.iter().for_each(|item| *out += &(line(&cell(item, schema), view.width) + "\n"));
        return;
    }
    let chosen = match view.columns {
        [] => columns::choose(items, schema, view.width),
        given => columns::Chosen { paths: given.to_vec(), left_out: Vec::new() },
    };
    let columns: Vec<_> = chosen.paths.iter().map(|path| columns::column(path, schema)).collect();
    let text = |row: &Ordered| {
        chosen.paths.iter().map(|path| columns::text(row, path, schema, view.width)).collect::<Vec<String>>()
    };
    out.push_str(&table(&columns, &items.iter().map(text).collect::<Vec<_>>(), view.width));
    if !chosen.left_out.is_empty() {
        let names = line(&format!("Not shown: {}", chosen.left_out.join(", ")), view.width);
        out.push_str(&format!("{DIM}{names}\n--columns NAME,NAME shows these columns, --json everything.{RESET}\n"));
    }
}

/// A record: a line for each field, those of inner records with dots, and below them its lists of records as tables.
fn record(value: &Ordered, schema: &Value, view: &View<'_>, out: &mut String) {
    let (mut lines, mut lists) = (Vec::new(), Vec::new());
    flatten("", value, schema, &mut lines, &mut lists);
    let wanted = |path: &str| {
        let below = |column: &String| path.strip_prefix(column.as_str()).is_some_and(|rest| rest.starts_with('.'));
        view.columns.is_empty() || view.columns.iter().any(|column| column == path || below(column))
    };
    lines.retain(|(path, _)| wanted(path));
    lines.iter_mut().for_each(|(path, _)| *path = line(path, view.width));
    out.push_str(&fields(&lines, view.width));
    for (path, items, schema) in lists.into_iter().filter(|(path, ..)| wanted(path)) {
        out.push_str(&format!("\n{BOLD}{}{RESET} {DIM}({}){RESET}\n", line(&path, view.width), items.len()));
        rows(items, schema, &View { columns: &[], ..*view }, out);
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
