//! What the account holds at the start: `seed.json`.

use std::collections::BTreeMap;

use super::store::{Record, Store};

const RECORDS: &str = include_str!("seed.json");

/// All kinds, with the first ids that new records get.
const KINDS: &[(&str, u64)] = &[
    ("teamMember", 33),
    ("aeroType", 19),
    ("hat", 14),
    ("moneyEntity", 805),
    ("company", 3313),
    ("contact", 5120),
    ("project", 641),
    ("template", 306),
    ("libraryTemplate", 302),
    ("masterAero", 2206),
    ("aero", 90511),
    ("aeroTime", 551207),
    ("vaultEntry", 7741),
];

pub fn store() -> Store {
    let mut store = Store::default();
    // The file is part of the program, and every test reads it.
    let mut records: BTreeMap<String, BTreeMap<u64, Record>> =
        serde_json::from_str(RECORDS).expect("seed.json is a constant");
    for (kind, next) in KINDS {
        store.count_from(kind, *next);
        for (id, mut record) in records.remove(*kind).unwrap_or_default() {
            if kind.ends_with("emplate") {
                record.insert("isLibrary".into(), (*kind == "libraryTemplate").into());
            }
            store.put(kind, id, record);
        }
    }
    store
}
