//! SQL over the account's data: one SELECT over one table, as [`Select::parse`] reads it. All else is refused.
//!
//! The vendor documents no table, no column and no dialect; the names in [`TABLES`] are the mock's own, and values compare as in
//! standard SQL. `Client` is the company of the entry's Aero. Dates are texts as in all answers, and flags are 0 and 1.

mod select;

use serde_json::Value;

use super::operations::Call;
use super::reply::{Failure, invalid, pascal};
use super::store::{Record, Store, copy, number, pick, text};
use super::{SQL_KEY, World};
use select::{Item, Select, order};

/// Table, kind of records, and members. A column is called as its member, or as it says after `as`.
#[rustfmt::skip]
const TABLES: &[(&str, &str, &[&str])] = &[
    ("AeroTimes", "aeroTime", &[
        "id", "aeroId", "category", "teamMember", "company as Client", "contact", "project", "aeroType", "hours", "billable",
        "date", "note",
    ]),
    ("Aeros", "aero", &[
        "id", "category", "subject", "assignedTo", "aeroType", "company", "contact", "project", "hat", "scheduledStartDate",
        "dueDate", "status", "priority", "billable", "fixedFee", "masterAeroId",
    ]),
    ("Companies", "company", &[
        "id", "name", "active", "companyType", "defaultContact", "defaultEmailAddress", "phone", "accountNumber",
        "hourlyBillableRate", "monthlyFixedFee",
    ]),
    ("Contacts", "contact", &["id", "name", "firstName", "lastName", "defaultEmailAddress", "title"]),
    ("Hats", "hat", &["id", "name"]),
    ("TeamMembers", "teamMember", &["id", "name"]),
    ("Projects", "project", &["id", "name", "fullProjectName"]),
];

pub fn select(world: &mut World, call: &Call) -> Result<Value, Failure> {
    if text(&call.body, "key") != SQL_KEY {
        return Err(invalid([("key", "The key is not valid.")]));
    }
    let rows = Select::parse(text(&call.body, "query")).and_then(|select| rows(&world.store, &select));
    rows.map(Value::from).map_err(|message| invalid([("query", message)]))
}

type Row = Vec<Value>;

/// Where no row is.
const NONE: &Row = &Vec::new();

/// The columns' names and the rows of a table.
fn table(store: &Store, name: &str) -> Result<(Vec<String>, Vec<Row>), String> {
    let found = TABLES.iter().find(|(table, ..)| table.eq_ignore_ascii_case(name));
    let (_, kind, members) = found.ok_or_else(|| format!("no such table: {name}"))?;
    let named = |member: &&str| match member.split_once(" as ") {
        Some((member, column)) => (member.to_owned(), column.to_owned()),
        None => ((*member).to_owned(), pascal(member)),
    };
    let (members, columns): (Vec<_>, Vec<_>) = members.iter().map(named).unzip();
    let flag = |value: Value| value.as_bool().map_or(value, |flag| u8::from(flag).into());
    let row = |record: &Record| {
        let record = joined(store, kind, record);
        members.iter().map(|member| flag(copy(&record, member))).collect()
    };
    Ok((columns, store.all(kind).map(row).collect()))
}

/// A time entry knows its Aero by id only.
fn joined(store: &Store, kind: &str, record: &Record) -> Record {
    let mut record = record.clone();
    if kind == "aeroTime" {
        let aero = store.get("aero", number(&record, "aeroId")).cloned().unwrap_or_default();
        record.extend(pick(&aero, &["category", "company", "contact", "project", "aeroType"]));
    }
    record
}

/// All rows as objects of texts: the document has nothing else.
fn rows(store: &Store, select: &Select) -> Result<Vec<Value>, String> {
    let (columns, rows) = table(store, &select.table)?;
    let place = |column: &String| {
        let found = columns.iter().position(|name| name.eq_ignore_ascii_case(column));
        found.ok_or_else(|| format!("no such column: {column}"))
    };
    let groups: Vec<usize> = select.groups.iter().map(place).collect::<Result<_, _>>()?;
    let aggregated = !groups.is_empty() || select.items.iter().any(|item| item.aggregate.is_some());
    // Of rows that become one, a column needs one value.
    let single = |column: &String| match place(column)? {
        place if !aggregated || groups.contains(&place) => Ok(place),
        _ => Err(format!("{column} is in neither an aggregate nor GROUP BY")),
    };
    let all = columns.iter().map(|column| Item::column(column));
    let items: Vec<Item> = if select.items.is_empty() { all.collect() } else { select.items.clone() };
    let source = |item: &Item| if item.aggregate.is_some() { place(&item.column) } else { single(&item.column) };
    let sources: Vec<usize> = items.iter().map(source).collect::<Result<_, String>>()?;
    let tested: Vec<usize> = select.conditions.iter().map(|one| place(&one.column)).collect::<Result<_, _>>()?;

    let mut grouped: Vec<(Vec<&Value>, Vec<&Row>)> = Vec::new();
    if aggregated && groups.is_empty() {
        grouped.push(Default::default());
    }
    for row in rows.iter().filter(|row| tested.iter().zip(&select.conditions).all(|(at, one)| one.holds(&row[*at]))) {
        let key: Vec<&Value> = groups.iter().map(|place| &row[*place]).collect();
        match grouped.iter_mut().find(|(other, _)| aggregated && *other == key) {
            Some((_, rows)) => rows.push(row),
            None => grouped.push((key, vec![row])),
        }
    }
    let cells = |rows: &[&Row]| -> Row {
        items.iter().zip(&sources).map(|(item, place)| item.of(rows.iter().map(|row| &row[*place]))).collect()
    };
    let mut found: Vec<(Row, &Row)> =
        grouped.iter().map(|(_, rows)| (cells(rows), rows.first().copied().unwrap_or(NONE))).collect();
    // The last is sorted by first, since the order of equals stays.
    for (column, descending) in select.order.iter().rev() {
        let named = items.iter().position(|item| item.name.eq_ignore_ascii_case(column));
        let source = named.map_or_else(|| single(column), Ok)?;
        let key =
            |(cells, row): &(Row, &Row)| if named.is_some() { cells[source].clone() } else { row[source].clone() };
        found.sort_by(|one, other| {
            let order = order(&key(one), &key(other));
            if *descending { order.reverse() } else { order }
        });
    }
    let object =
        |(cells, _): (Row, &Row)| items.iter().map(|item| item.name.clone()).zip(cells.iter().map(written)).collect();
    Ok(found.into_iter().take(select.limit).map(object).collect())
}

fn written(cell: &Value) -> Value {
    match cell {
        Value::Null => "".into(),
        Value::Number(number) => number.as_f64().unwrap_or_default().to_string().into(),
        other => other.clone(),
    }
}
