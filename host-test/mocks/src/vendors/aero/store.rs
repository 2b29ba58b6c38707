//! The account's records: by kind, by id. They may have more members than an answer shows.

use serde_json::Value;

pub(crate) use crate::records::{Record, Records as Store, text};

pub fn is_active(record: &Record) -> bool {
    record.get("active") != Some(&Value::Bool(false))
}

/// A member as a whole number that is not negative; 0 for all else.
pub fn number(record: &Record, name: &str) -> u64 {
    record.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// A copy of a member; null for what is not there.
pub fn copy(record: &Record, name: &str) -> Value {
    record.get(name).cloned().unwrap_or_default()
}

/// Copies of some members, for a new record.
pub fn pick(record: &Record, names: &[&str]) -> Record {
    names.iter().map(|name| ((*name).to_owned(), copy(record, name))).collect()
}
