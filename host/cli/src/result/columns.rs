//! Which columns a table of records has.
//!
//! The rule: members that are empty in all rows, lists and records are left out. Of the others come, as long as there is room, first
//! the id, then names and titles, states, moments, numbers, names of linked records, other texts, and last what is true or false and
//! ids of other records. Columns stand in the vendor's order.

use super::cell::{Kind, cell};
use super::ordered::Ordered;
use super::schema;
use crate::table::{Column, GAP};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

const NAMES: [&str; 7] = ["name", "title", "subject", "label", "firstname", "surname", "email"];
const STATES: [&str; 3] = ["status", "state", "standing"];
/// The most columns, and the most members that are looked at.
const MOST: usize = 12;
const MOST_MEMBERS: usize = 200;
/// The widest id, moment, number or word that is shown whole.
const WIDEST: usize = 40;
/// The least room that a name, or another text, is given.
const ROOM: [usize; 2] = [20, 12];

/// The columns that were chosen, and the paths of the members that are not shown.
pub struct Chosen {
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

/// Chooses the columns of rows, which a schema describes, for a width.
pub fn choose(rows: &[Ordered], schema: &Value, width: usize) -> Chosen {
    let candidates = candidates(rows);
    let shown = |one: &&Candidate| !one.compound;
    let mut ranked: Vec<(usize, &Candidate)> =
        candidates.iter().filter(shown).map(|one| (rank(one, schema), one)).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let (mut used, mut taken) = (0, Vec::new());
    for (rank, one) in ranked {
        let room = room(rows, schema, &one.path, rank);
        if taken.is_empty() || taken.len() < MOST && used + room <= width {
            used += room + GAP;
            taken.push(&*one.path);
        }
    }
    let (paths, left_out) = candidates.iter().partition(|one| taken.contains(&&*one.path));
    let names = |these: Vec<&Candidate>| these.into_iter().map(|one| one.path.clone()).collect();
    Chosen { paths: names(paths), left_out: names(left_out) }
}

/// A column as it is drawn.
pub fn column(path: &str, schema: &Value) -> Column {
    let kind = Kind::of(path, schema::at(schema, path));
    Column { name: super::line(path, WIDEST), fixed: kind != Kind::Text, number: kind == Kind::Number }
}

/// The text of a member of a row, on one line.
pub fn text(row: &Ordered, path: &str, schema: &Value, width: usize) -> String {
    let widest = if Kind::of(path, schema::at(schema, path)) == Kind::Text { width } else { WIDEST };
    row.at(path).map_or_else(String::new, |value| super::line(&cell(value, schema::at(schema, path)), widest))
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
        let compound = matches!(value, Ordered::List(_)) || inner.iter().all(|(_, value)| !plain(value)) && !plain(value);
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
        _ if one.nested => if is_name { 5 } else { 9 },
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

/// The room that a column needs.
fn room(rows: &[Ordered], schema: &Value, path: &str, rank: usize) -> usize {
    let widest = rows.iter().map(|row| text(row, path, schema, WIDEST).width()).max().unwrap_or(0).max(path.width());
    match Kind::of(path, schema::at(schema, path)) {
        Kind::Text => widest.min(ROOM[usize::from(rank > 1)]),
        _ => widest,
    }
}
