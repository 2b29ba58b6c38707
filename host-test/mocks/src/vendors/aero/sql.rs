//! SQL over the account's data, by SQLite in memory. The database is made anew for each request, so that it cannot be
//! older than the records.
//!
//! The vendor documents no table and no column; the names in [`TABLES`] are the mock's own.
//! `Client` is the company of the entry's Aero, and names are kept also of what is inactive. Dates are texts as in all
//! answers, and flags are 0 and 1.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, params_from_iter};
use serde_json::Value;

use super::operations::Call;
use super::reply::{Failure, invalid};
use super::store::{Record, Store, copy, number, pick, text};
use super::{SQL_KEY, World};

/// A select can be written that never ends; this many steps of SQLite's machine take less than a second.
const MOST_STEPS: i32 = 20_000_000;
const MOST_ROWS: usize = 10_000;
/// Of one text in the result.
const MOST_BYTES: i32 = 1_000_000;

/// Table, kind of records, and columns with the member that each is filled from.
type Table = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
pub const TABLES: &[Table] = &[
    ("AeroTimes", "aeroTime", &[
        ("Id", "id"), ("AeroId", "aeroId"), ("Category", "category"), ("TeamMember", "teamMember"), ("Client", "company"),
        ("Contact", "contact"), ("Project", "project"), ("AeroType", "aeroType"), ("Hours", "hours"),
        ("Billable", "billable"), ("Date", "date"), ("Note", "note"),
    ]),
    ("Aeros", "aero", &[
        ("Id", "id"), ("Category", "category"), ("Subject", "subject"), ("AssignedTo", "assignedTo"),
        ("AeroType", "aeroType"), ("Company", "company"), ("Contact", "contact"), ("Project", "project"),
        ("Hat", "hat"), ("ScheduledStartDate", "scheduledStartDate"), ("DueDate", "dueDate"), ("Status", "status"),
        ("Priority", "priority"), ("Billable", "billable"), ("FixedFee", "fixedFee"), ("MasterAeroId", "masterAeroId"),
    ]),
    ("Companies", "company", &[
        ("Id", "id"), ("Name", "name"), ("Active", "active"), ("CompanyType", "companyType"),
        ("DefaultContact", "defaultContact"), ("DefaultEmailAddress", "defaultEmailAddress"), ("Phone", "phone"),
        ("AccountNumber", "accountNumber"), ("HourlyBillableRate", "hourlyBillableRate"),
        ("MonthlyFixedFee", "monthlyFixedFee"),
    ]),
    ("Contacts", "contact", &[
        ("Id", "id"), ("Name", "name"), ("FirstName", "firstName"), ("LastName", "lastName"),
        ("DefaultEmailAddress", "defaultEmailAddress"), ("Title", "title"),
    ]),
    ("Hats", "hat", &[("Id", "id"), ("Name", "name")]),
    ("TeamMembers", "teamMember", &[("Id", "id"), ("Name", "name")]),
    ("Projects", "project", &[("Id", "id"), ("Name", "name"), ("FullProjectName", "fullProjectName")]),
];

pub fn select(world: &mut World, call: &Call) -> Result<Value, Failure> {
    if text(&call.body, "key") != SQL_KEY {
        return Err(invalid([("key", "The key is not valid.")]));
    }
    let query = text(&call.body, "query");
    // SQLite ends at a NUL, and what follows it must not pass unseen.
    if !begins_with_select(query) || query.contains('\0') {
        return Err(invalid([("query", "expected one SELECT statement")]));
    }
    let database = database(&world.store).map_err(|error| Failure::Status(500, error.to_string()))?;
    let rows = rows(&database, query).map_err(|error| invalid([("query", words(error))]))?;
    rows.map(Value::from).ok_or_else(|| invalid([("query", format!("The result has more than {MOST_ROWS} rows."))]))
}

/// After blanks and comments.
fn begins_with_select(query: &str) -> bool {
    let mut rest = query.trim_start();
    loop {
        let end = match rest.get(..2) {
            Some("--") => rest.find('\n').map(|at| at + 1),
            Some("/*") => rest[2..].find("*/").map(|at| at + 4),
            _ => break,
        };
        let Some(end) = end else { return false };
        rest = rest[end..].trim_start();
    }
    let word = rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
    word.eq_ignore_ascii_case("select")
}

fn database(store: &Store) -> Result<Connection, Error> {
    let mut database = Connection::open_in_memory()?;
    // Else a misspelled column in double quotes is a text, and the query succeeds with nonsense.
    for quoted in [DbConfig::SQLITE_DBCONFIG_DQS_DML, DbConfig::SQLITE_DBCONFIG_DQS_DDL] {
        database.set_db_config(quoted, false)?;
    }
    for (table, kind, columns) in TABLES {
        let names: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
        database.execute(&format!("CREATE TABLE {table} ({})", names.join(", ")), [])?;
        let places = vec!["?"; columns.len()].join(", ");
        let mut insert = database.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for record in store.all(kind) {
            let record = joined(store, kind, record);
            insert.execute(params_from_iter(columns.iter().map(|(_, member)| bound(copy(&record, member)))))?;
        }
    }
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, MOST_BYTES)?;
    database.progress_handler(MOST_STEPS, Some(|| true))?;
    Ok(database)
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

fn bound(value: Value) -> ToSqlOutput<'static> {
    use rusqlite::types::Value as Sql;
    ToSqlOutput::Owned(match value {
        Value::Bool(flag) => Sql::Integer(flag.into()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Sql::Integer(whole),
            None => Sql::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Sql::Text(text),
        _ => Sql::Null,
    })
}

/// All rows as objects; `None` if there are too many of them.
fn rows(database: &Connection, query: &str) -> Result<Option<Vec<Value>>, Error> {
    let mut statement = database.prepare(query)?;
    if !statement.readonly() {
        return Err(Error::InvalidQuery);
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if found.len() == MOST_ROWS {
            return Ok(None);
        }
        let mut object = Record::new();
        for (index, column) in columns.iter().enumerate() {
            object.insert(column.clone(), scalar(row.get_ref(index)?));
        }
        found.push(Value::Object(object));
    }
    Ok(Some(found))
}

/// The document has texts only.
fn scalar(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => "".into(),
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => number.to_string().into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => BASE64_STANDARD.encode(bytes).into(),
    }
}

/// SQLite's words, without the query, which the caller has.
fn words(error: Error) -> String {
    match error {
        Error::SqlInputError { msg, .. } => msg,
        Error::SqliteFailure(_, Some(message)) => message,
        other => other.to_string(),
    }
}
