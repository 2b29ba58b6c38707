//! The account's records: by kind, by id. They may have more members than an answer shows.

use serde_json::Value;

use crate::records::Records;
pub(crate) use crate::records::{Record, text};
use std::ops::{Deref, DerefMut};

#[derive(Default)]
pub(crate) struct Store(Records);

impl Deref for Store {
    type Target = Records;

    fn deref(&self) -> &Records {
        &self.0
    }
}

impl DerefMut for Store {
    fn deref_mut(&mut self) -> &mut Records {
        &mut self.0
    }
}

impl Store {
    /// Adds a new record and gives a copy of it.
    pub fn add(&mut self, kind: &'static str, record: Record) -> Record {
        let id = self.new_id(kind);
        self.put(kind, id, record);
        self.get(kind, id).cloned().unwrap_or_default()
    }

    pub fn put(&mut self, kind: &'static str, id: u64, mut record: Record) {
        record.insert("id".into(), id.into());
        self.insert(kind, id, record);
    }

    /// The first record whose `member` is that text, also an inactive one.
    pub fn with(&self, kind: &str, member: &str, value: &str) -> Option<&Record> {
        self.all(kind).find(|record| text(record, member) == value)
    }
}

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
