//! What the account holds at the start: `seed.json`, and so many tasks that their list has two pages.

use std::collections::BTreeMap;

use serde_json::json;

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
    ("project", 643),
    ("template", 306),
    ("libraryTemplate", 302),
    ("masterAero", 2206),
    ("masterAeroStep", 4111),
    ("aero", 90511),
    ("aeroStep", 7711),
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
            record.entry("active").or_insert(true.into());
            store.put(kind, id, record);
        }
    }
    for week in 1..=52 {
        let task = json!({
            "category": "Task", "subject": format!("Payroll of week {week}"), "assignedTo": "Marcus Oyelaran",
            "aeroType": "Payroll", "company": "Harrow Street Dental", "hat": "Bookkeeper", "priority": "Normal",
            "scheduledStartDate": format!("2025-{:02}-{:02}T13:00:00Z", (week - 1) / 5 + 1, (week - 1) % 5 * 6 + 1),
            "scheduledDuration": "01:30:00", "status": "Completed", "billable": true,
        });
        store.put("aero", 90100 + week, task.as_object().cloned().unwrap_or_default());
    }
    store
}
