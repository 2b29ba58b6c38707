//! What updates and new records have in common.

use crate::filters::is_kind;
use kit::FieldError;
use serde_json::{Map, Value};

/// Whether a text is an id.
pub fn is_id(id: &str) -> bool {
    (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && id.bytes().any(|b| b != b'0')
}

/// An update without a change is answered as if there had been one (nothing documented), so it is not sent.
///
/// # Errors
///
/// Without a change.
pub fn some_change(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    // What is no id at all is told where the route is filled.
    let id = params.get("id").and_then(Value::as_str).unwrap_or_default();
    if is_id(id) && params.keys().all(|name| matches!(name.as_str(), "id" | "_fields")) {
        return Err(FieldError::new("id", "expected something to change beside it"));
    }
    Ok(())
}

/// Fields that hold a kind of record.
const KINDS: [&str; 2] = ["against_type", "owner_type"];

/// What a record is against is of a kind.
///
/// # Errors
///
/// For one in the plural, as addresses have it: Accelo knows kinds in the singular (documentation, Filters, Object Filters).
pub fn kinds(params: &Map<String, Value>) -> Result<(), FieldError> {
    for name in KINDS {
        if params.get(name).and_then(Value::as_str).is_some_and(|kind| !is_kind(kind)) {
            return Err(FieldError::new(
                name,
                "expected a kind of record in the singular, such as job or contract_period",
            ));
        }
    }
    Ok(())
}

/// These are read as 0 or 1, or as words, and written as `yes` or `no` (documentation, Affiliations, Tasks, Expenses).
const WORDED: [&str; 5] = ["communication", "is_billable", "billable", "reimbursable", "success"];

/// Writes what is true or false in words.
///
/// # Errors
///
/// As [`kinds`].
pub fn as_written(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    kinds(params)?;
    for name in WORDED {
        if let Some(Value::Bool(truth)) = params.get(name) {
            let word = if *truth { "yes" } else { "no" };
            params.insert(name.to_owned(), word.into());
        }
    }
    Ok(())
}

/// As [`some_change`] and [`as_written`].
///
/// # Errors
///
/// Without a change.
pub fn some_change_as_written(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    some_change(params)?;
    as_written(params)
}

/// What a record is against changes in two parts.
///
/// # Errors
///
/// For one without the other, and as [`kinds`].
pub fn both_or_none(params: &Map<String, Value>) -> Result<(), FieldError> {
    kinds(params)?;
    for (name, other, expected) in [
        ("against_type", "against_id", "expected against-id beside it"),
        ("against_id", "against_type", "expected against-type beside it"),
    ] {
        if params.contains_key(name) && !params.contains_key(other) {
            return Err(FieldError::new(name, expected));
        }
    }
    Ok(())
}
