//! The account's records: by kind, by id, each with all the members that its answers have.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::tables::shape;

/// One record, by member name. A name that begins with an underscore is internal and never answered.
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

    /// Keeps a new record and answers its id.
    pub fn add(&mut self, kind: &'static str, record: Record) -> u64 {
        let next = self.next.entry(kind).or_insert(1);
        let id = *next;
        *next += 1;
        self.put(kind, id, record);
        id
    }

    /// Keeps a record, with null or false for the members that it lacks.
    pub fn put(&mut self, kind: &'static str, id: u64, mut record: Record) {
        record.insert("id".into(), id.into());
        for (name, default) in shape(kind, text(&record, "category")) {
            let member = record.entry(name).or_insert(Value::Null);
            if member.is_null() {
                *member = default;
            }
        }
        self.records.entry(kind).or_default().insert(id, record);
    }

    pub fn get(&self, kind: &str, id: u64) -> Option<&Record> {
        self.records.get(kind)?.get(&id)
    }

    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Record> {
        self.records.get(kind).into_iter().flat_map(BTreeMap::values)
    }

    pub fn all_mut(&mut self, kind: &str) -> impl Iterator<Item = &mut Record> {
        self.records.get_mut(kind).into_iter().flat_map(BTreeMap::values_mut)
    }

    /// The first record of that name, also an inactive one.
    pub fn named(&self, kind: &str, name: &str) -> Option<&Record> {
        self.all(kind).find(|record| text(record, "name") == name)
    }
}

/// What is not said to be inactive is active.
pub fn is_active(record: &Record) -> bool {
    record.get("active") != Some(&Value::Bool(false))
}

/// A member as text; empty for null and for what is not there.
pub fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member as a whole number; 0 for null and for what is not there.
pub fn number(record: &Record, name: &str) -> i64 {
    record.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// A copy of a member; null for what is not there.
pub fn copy(record: &Record, name: &str) -> Value {
    record.get(name).cloned().unwrap_or_default()
}
