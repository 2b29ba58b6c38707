//! Which columns a table of records has.
//!
//! The rule: members that are empty in all rows, lists and records are left out. Of the others come, as long as there is room, first
//! the id, then names and titles, states, moments, numbers, names of linked records, other texts, and what is true or false. Ids of
//! other records come if nothing else is left out or cut. Columns stand in the vendor's order.

use super::cell::{Kind, cell};
use super::ordered::Ordered;
use super::schema;
use crate::table::{Column, GAP, widths};
use crate::terminal::line;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

const NAMES: [&str; 7] = ["name", "title", "subject", "label", "firstname", "surname", "email"];
const STATES: [&str; 3] = ["status", "state", "standing"];
/// The most columns, and the most members that are looked at.
const MOST: usize = 12;
const MOST_MEMBERS: usize = 200;
/// The widest id, moment, number or word that is shown whole.
const WIDEST: usize = 40;
/// The rank from which on a column comes only if all before it are there and not cut.
const LAST: usize = 8;
/// The widest text.
const WIDEST_TEXT: usize = 200;
/// The least room that a name, or another text, is given.
const ROOM: [usize; 2] = [24, 16];

/// The columns that were chosen, and the paths of the members that are not shown.
pub struct Chosen {
    pub columns: Vec<Column>,
    pub paths: Vec<String>,
    pub left_out: Vec<String>,
}

/// A member that may become a column.
struct Candidate {
    path: String,
    nested: bool,
    /// Whether it is a list or a record.
    compound: bool,
}

/// A member that is a column, if there is room.
struct Need<'c> {
    /// The lower, the more it tells.
    rank: usize,
    /// Where it stands among the columns.
    place: usize,
    path: &'c str,
    least: usize,
    most: usize,
}

/// The columns of rows, which a schema describes, in a width: those that are asked for, or those that tell most.
pub fn choose(rows: &[Ordered], schema: &Value, asked: &[String], width: usize) -> Chosen {
    let named = |path: &String| Candidate { path: path.clone(), nested: false, compound: false };
    let all = if asked.is_empty() { candidates(rows) } else { asked.iter().map(named).collect() };
    let mut needs: Vec<Need<'_>> = all
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.compound)
        .map(|(place, one)| need(rows, schema, one, place))
        .collect();
    needs.sort_by_key(|need| need.rank);
    if asked.is_empty() {
        let (mut used, mut wanted, mut count) = (0, 0, 0);
        needs.retain(|need| {
            let room = if need.rank < LAST { used } else { wanted };
            let fits = count == 0 || count < MOST && room + need.least <= width;
            // What finds no room is missed.
            wanted += need.most + GAP;
            if fits {
                (used, count) = (used + need.least + GAP, count + 1);
            }
            fits
        });
    }
    let widths = widths(&needs.iter().map(|need| (need.least, need.most)).collect::<Vec<_>>(), width);
    let mut columns: Vec<(usize, Column)> = needs
        .iter()
        .zip(widths)
        .map(|(need, width)| {
            let number = Kind::of(need.path, schema::at(schema, need.path)) == Kind::Number;
            (need.place, Column { name: line(need.path, WIDEST), width, number })
        })
        .collect();
    columns.sort_by_key(|(place, _)| *place);
    let (shown, left_out): (Vec<_>, Vec<_>) =
        all.iter().enumerate().partition(|(place, _)| columns.iter().any(|(column, _)| column == place));
    let paths = |these: Vec<(usize, &Candidate)>| these.into_iter().map(|(_, one)| one.path.clone()).collect();
    Chosen {
        columns: columns.into_iter().map(|(_, column)| column).collect(),
        paths: paths(shown),
        left_out: paths(left_out),
    }
}

/// The room that a member needs as a column.
fn need<'c>(rows: &[Ordered], schema: &Value, one: &'c Candidate, place: usize) -> Need<'c> {
    let (path, rank) = (&*one.path, rank(one, schema));
    let texts = rows.iter().map(|row| text(row, path, schema, WIDEST_TEXT).width());
    let most = texts.max().unwrap_or(0).max(line(path, WIDEST).width());
    let least = match Kind::of(path, schema::at(schema, path)) {
        Kind::Text => most.min(ROOM[usize::from(rank > 1)]),
        _ => most,
    };
    Need { rank, place, path, least, most }
}

/// The text of a member of a row, on one line.
pub fn text(row: &Ordered, path: &str, schema: &Value, width: usize) -> String {
    let widest = if Kind::of(path, schema::at(schema, path)) == Kind::Text { width } else { WIDEST };
    row.at(path).map_or_else(String::new, |value| line(&cell(value, schema::at(schema, path)), widest))
}

/// The members of all rows that say something, in the vendor's order; of a linked record its plain members.
fn candidates(rows: &[Ordered]) -> Vec<Candidate> {
    let mut order: Vec<Candidate> = Vec::new();
    for row in rows {
        let mut next = 0;
        for one in members(row) {
            let known = |other: &Candidate| other.path == one.path;
            match order.get(next).filter(|other| known(other)).map(|_| next).or_else(|| order.iter().position(known)) {
                Some(at) => next = at + 1,
                None if order.len() < MOST_MEMBERS => {
                    order.insert(next, one);
                    next += 1;
                }
                None => {}
            }
        }
    }
    order
}

fn members(row: &Ordered) -> impl Iterator<Item = Candidate> {
    let members = match row {
        Ordered::Object(members) => members.as_slice(),
        _ => &[],
    };
    members.iter().filter(|(_, value)| !value.is_empty()).flat_map(|(name, value)| {
        let inner = match value {
            Ordered::Object(inner) => inner.as_slice(),
            _ => &[],
        };
        let compound =
            matches!(value, Ordered::List(_)) || inner.iter().all(|(_, value)| !plain(value)) && !plain(value);
        let own = Candidate { path: name.clone(), nested: false, compound };
        let own = (inner.is_empty() || compound).then_some(own);
        let inner = inner.iter().filter(|(_, value)| plain(value) && !value.is_empty());
        own.into_iter().chain(inner.map(move |(inner, _)| Candidate {
            path: format!("{name}.{inner}"),
            nested: true,
            compound: false,
        }))
    })
}

fn plain(value: &Ordered) -> bool {
    matches!(value, Ordered::Plain(_))
}

/// The lower, the more it tells.
fn rank(one: &Candidate, schema: &Value) -> usize {
    let last = one.path.rsplit('.').next().unwrap_or_default();
    let is_name = NAMES.contains(&last);
    match Kind::of(&one.path, schema::at(schema, &one.path)) {
        _ if one.nested => {
            if is_name {
                5
            } else {
                9
            }
        }
        Kind::Id if last == "id" => 0,
        Kind::Id => 8,
        Kind::Text if is_name => 1,
        Kind::Text | Kind::Word if STATES.contains(&last) => 2,
        Kind::Word => 2,
        Kind::Moment => 3,
        Kind::Number => 4,
        Kind::Text => 6,
        Kind::Truth => 7,
    }
}
