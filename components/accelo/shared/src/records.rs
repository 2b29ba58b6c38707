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
    query: Value,
    most: u64,
    field: &str,
    other: &str,
) -> Result<Vec<Value>, Error> {
    let mut left = most;
    Reading { list: operation, count: "", then: None, field, other }.all(call, query, &mut left)
}

/// How a list is read.
#[derive(Clone, Copy)]
pub struct Reading<'r> {
    /// What lists the records.
    pub list: &'r str,
    /// What counts them, by the same conditions; empty: nothing does. It is asked once there is more than a page.
    pub count: &'r str,
    /// How many requests follow once the list is read, at least; none: nobody knows.
    pub then: Option<u64>,
    /// The field in which the caller has to give something else where there are too many pages.
    pub field: &'r str,
    /// What to give there.
    pub other: &'r str,
}

impl Reading<'_> {
    /// Every record, with no more requests than are left.
    ///
    /// # Errors
    ///
    /// A page's own; `incomplete` if there are more pages.
    pub fn all(self, call: &Call, mut query: Value, left: &mut u64) -> Result<Vec<Value>, Error> {
        let Reading { list, count, then, .. } = self;
        let most = left.saturating_sub(u64::from(!count.is_empty()));
        let (mut pages, mut in_all) = (Pages::default(), None);
        set(&mut query, "limit", PAGE);
        for page in 0..most {
            set(&mut query, "page", page);
            *left -= 1;
            let records = match call.step(list, query.clone())? {
                Value::Array(records) => records,
                _ => Vec::new(),
            };
            let found = records.len();
            match pages.take(records) {
                0 if found == PAGE => {
                    let message =
                        format!("Accelo answered something unexpected: a page of {list} that brings nothing new");
                    return Err(fail(ErrorKind::Unreadable, message));
                }
                new if found < Pages::SHORT || new == 0 => return Ok(pages.records),
                _ => {}
            }
            // This page was not the last: one more follows at least.
            let follow = |pages: u64| call.expect_requests(pages.max(1) + then.unwrap_or(0));
            if page == 0 && found == PAGE && !count.is_empty() {
                if then.is_some() {
                    follow(2);
                }
                *left -= 1;
                let all = match call.step(count, json!({ "where": query["where"] })) {
                    Ok(all) => all.as_u64(),
                    Err(error) if error.kind == ErrorKind::TimedOut => return Err(error),
                    // A report does not fail because nothing tells how long it is.
                    Err(_) => None,
                };
                if let Some(all) = all {
                    let (full, rest) = (all / PAGE as u64, all % PAGE as u64);
                    if full + u64::from(rest > 0) > most {
                        break;
                    }
                    // The last page is one that is short, or empty.
                    let after = if (1..Pages::SHORT as u64).contains(&rest) || rest == 0 { 1 } else { 2 };
                    in_all = Some(full + after);
                }
            }
            if in_all.is_some() || then.is_some() {
                follow(in_all.unwrap_or(0).saturating_sub(page + 1));
            }
        }
        let (field, other, read) = (self.field, self.other, pages.records.len());
        let message = format!(
            "input.{field}: {list} has more than {most} pages, of which {read} records were read; give {other}"
        );
        let field = Some(format!("input.{field}"));
        Err(Error { field, advice: Advice::ChangeInput, ..fail(ErrorKind::Incomplete, message) })
    }
}

/// A text of a record, empty where there is none.
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
