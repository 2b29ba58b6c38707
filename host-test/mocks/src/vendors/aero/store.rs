//! The account's records: by kind, by id. They may have more members than an answer shows.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

/// One record, by member name.
pub type Record = Map<String, Value>;

#[derive(Default)]
pub struct Store {
    records: HashMap<&'static str, BTreeMap<u64, Record>>,
    next: HashMap<&'static str, u64>,
}

impl Store {
    /// New records of `kind` count upward from here, so that every run gives the same ids.
    pub fn count_from(&mut self, kind: &'static str, id: u64) {
        self.next.insert(kind, id);
    }

    /// An id that no other record of the kind has.
    pub fn new_id(&mut self, kind: &'static str) -> u64 {
        let next = self.next.entry(kind).or_insert(1);
        *next += 1;
        *next - 1
    }

    /// Adds a new record and gives a copy of it.
    pub fn add(&mut self, kind: &'static str, record: Record) -> Record {
        let id = self.new_id(kind);
        self.put(kind, id, record);
        self.get(kind, id).cloned().unwrap_or_default()
    }

    pub fn put(&mut self, kind: &'static str, id: u64, mut record: Record) {
        record.insert("id".into(), id.into());
        self.records.entry(kind).or_default().insert(id, record);
    }

    pub fn get(&self, kind: &str, id: u64) -> Option<&Record> {
        self.records.get(kind)?.get(&id)
    }

    pub fn get_mut(&mut self, kind: &str, id: u64) -> Option<&mut Record> {
        self.records.get_mut(kind)?.get_mut(&id)
    }

    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Record> {
        self.records.get(kind).into_iter().flat_map(BTreeMap::values)
    }

    /// The first record whose `member` is that text, also an inactive one.
    pub fn with(&self, kind: &str, member: &str, value: &str) -> Option<&Record> {
        self.all(kind).find(|record| text(record, member) == value)
    }
}

pub fn is_active(record: &Record) -> bool {
    record.get("active") != Some(&Value::Bool(false))
}

/// A member as text; empty for null and for what is not there.
pub fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
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
