//! Records by name, and all pages of a list.

use crate::changes::is_id;
use kit::types::{Advice, ErrorKind};
use kit::{Call, Error, Pages, fail, invalid, is_called, json, meant, set};
use serde_json::Value;

/// How many records Accelo gives with one request at most.
const PAGE: usize = 100;
/// How many pages of records are looked through for the one that is meant: a hundredth of the quota of an hour, which a whole
/// account shares.
pub const SOUGHT: u64 = 50;
const NAME: &str = "a longer name; an operation that takes an id alone needs none";

/// The operations by which a company is found.
pub struct OfCompany {
    /// What lists companies.
    pub list: &'static str,
    /// What gets one.
    pub get: &'static str,
    /// The fields that the latter is asked for, where it takes any.
    pub fields: &'static [&'static str],
}

/// The company that is given by its name or, in digits, by its id. A company may be called by a number, too.
///
/// # Errors
///
/// Where none fits, or several do.
pub fn company(call: &Call, company: &str, by: &OfCompany) -> Result<Value, Error> {
    let name = company.trim();
    if name.is_empty() {
        return Err(invalid("company", "expected a company's name or id"));
    }
    // The search also looks at websites and numbers: what it finds need not be called so.
    let query = json!({ "search": name, "fields": ["standing"] });
    let found = all_pages(call, by.list, query, SOUGHT, "company", NAME)?;
    if is_id(name) && !is_called(&found, &["name"], name) {
        let mut query = json!({ "id": name });
        if !by.fields.is_empty() {
            set(&mut query, "fields", by.fields.iter().map(|field| Value::from(*field)).collect::<Value>());
        }
        return call.step(by.get, query);
    }
    with_id(meant("company", "company", name, found, &["name"], |company| text(company, "name").to_owned())?)
}

/// A record that a search found, if its id is one of Accelo's.
///
/// # Errors
///
/// `unreadable` if not.
pub fn with_id(record: Value) -> Result<Value, Error> {
    let id = text(&record, "id");
    if is_id(id) {
        return Ok(record);
    }
    Err(fail(ErrorKind::Unreadable, format!("Accelo answered something unexpected: a record with the id \"{id}\"")))
}

/// Every record of a list, page after page. Where there are more than this many pages, the caller has to give something else in
/// `field`.
///
/// # Errors
///
/// A page's own; `incomplete` if there are more pages.
pub fn all_pages(
    call: &Call,
    operation: &str,
    mut query: Value,
    most: u64,
    field: &str,
    other: &str,
) -> Result<Vec<Value>, Error> {
    let mut pages = Pages::default();
    set(&mut query, "limit", PAGE);
    for page in 0..most {
        set(&mut query, "page", page);
        let records = match call.step(operation, query.clone())? {
            Value::Array(records) => records,
            _ => Vec::new(),
        };
        let count = records.len();
        match pages.take(records) {
            0 if count == PAGE => {
                let message =
                    format!("Accelo answered something unexpected: a page of {operation} that brings nothing new");
                return Err(fail(ErrorKind::Unreadable, message));
            }
            new if count < Pages::SHORT || new == 0 => return Ok(pages.records),
            _ => {}
        }
    }
    let read = pages.records.len();
    let message = format!(
        "input.{field}: {operation} has more than {most} pages, of which {read} records were read; give {other}"
    );
    let field = Some(format!("input.{field}"));
    Err(Error { field, advice: Advice::ChangeInput, ..fail(ErrorKind::Incomplete, message) })
}

/// A text of a record, empty where there is none.
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
