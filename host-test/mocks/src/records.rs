//! What a mock remembers: records by kind and by id.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// One record, by the vendor's names of members. It may have more members than an answer shows.
pub(crate) type Record = Map<String, Value>;

/// Records by kind, and by id within a kind.
#[derive(Default)]
pub(crate) struct Records {
    records: HashMap<&'static str, BTreeMap<u64, Record>>,
    next: HashMap<&'static str, u64>,
}

impl Records {
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

    pub fn insert(&mut self, kind: &'static str, id: u64, record: Record) {
        self.records.entry(kind).or_default().insert(id, record);
    }

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

    pub fn get(&self, kind: &str, id: u64) -> Option<&Record> {
        self.records.get(kind)?.get(&id)
    }

    pub fn get_mut(&mut self, kind: &str, id: u64) -> Option<&mut Record> {
        self.records.get_mut(kind)?.get_mut(&id)
    }

    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Record> {
        self.records.get(kind).into_iter().flat_map(BTreeMap::values)
    }

    pub fn remove(&mut self, kind: &str, id: u64) {
        if let Some(records) = self.records.get_mut(kind) {
            records.remove(&id);
        }
    }
}

/// A member as text; empty for null and for what is not there.
pub(crate) fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}
