//! What the tenant holds at the start: `seed.json`, `seed_work.json` and `seed_added.json`, and a fortnight's work for one client that ends now.

use std::collections::BTreeMap;

use serde_json::json;

use super::store::{Record, Store, set, text};
use super::tables::KINDS;

const RECORDS: [&str; 3] = [include_str!("seed.json"), include_str!("seed_work.json"), include_str!("seed_added.json")];

/// The first ids that new records get.
const FIRST_IDS: [(&str, u64); 17] = [
    ("activity", 20431),
    ("company", 312),
    ("contact", 857),
    ("affiliation", 921),
    ("time_allocation", 8900),
    ("interact", 51200),
    ("job", 643),
    ("task", 1506),
    ("issue", 2754),
    ("request", 63),
    ("subscription", 13),
    ("prospect", 514),
    ("expense", 73),
    ("timer", 33),
    ("past_status", 9001),
    ("profile_value", 12),
    ("extension_value", 15),
];

/// Activity, staff, hours ago, medium, what it is against, billable and nonbillable minutes, standing, subject.
type Work = (u64, &'static str, u64, &'static str, &'static str, u64, u64, &'static str, &'static str);

/// The first three are older than a week. The client is company 123, and job 640 is its.
#[rustfmt::skip]
const WORK: &[Work] = &[
    (20306, "21", 960, "meeting", "job",      60,  0, "invoiced",   "Brochure kick-off"),
    (20307, "22", 720, "call",    "company",   0, 20, "approved",   "First call about the renewal"),
    (20308, "23", 240, "note",    "company",   0, 40, "unapproved", "Collected the old price lists"),
    (20401, "21", 162, "meeting", "job",      90,  0, "unapproved", "Brochure workshop"),
    (20402, "22", 158, "call",    "company",   0, 15, "unapproved", "Call about opening hours"),
    (20403, "23", 150, "note",    "company",   0, 30, "unapproved", "Read the contract"),
    (20404, "21", 140, "email",   "company",   0, 10, "unapproved", "Agenda for Thursday"),
    (20405, "22", 132, "meeting", "job",      60,  0, "unapproved", "Photo selection"),
    (20406, "23", 120, "call",    "job",      45,  5, "unapproved", "Call with the printer"),
    (20407, "21", 110, "note",    "company",   0, 20, "unapproved", "Notes on the budget"),
    (20408, "22",  98, "note",    "job",     120,  0, "unapproved", "Layout of the inner pages"),
    (20409, "23",  86, "email",   "company",   0,  0, "",           "Thank you for the visit"),
    (20410, "21",  74, "call",    "company",   0, 25, "unapproved", "Call about the invoice"),
    (20411, "22",  62, "meeting", "company",   0, 45, "unapproved", "Account review"),
    (20412, "23",  50, "note",    "job",      30,  0, "unapproved", "Proofread the back cover"),
    (20413, "21",  38, "meeting", "job",      60, 15, "unapproved", "Second draft"),
    (20414, "22",  26, "call",    "company",   0, 10, "unapproved", "Call about delivery dates"),
    (20415, "23",  14, "note",    "company",   0, 40, "unapproved", "Prepared the next quarter"),
    (20416, "21",   2, "note",    "company",   0,  5, "unapproved", "Left a message"),
];

pub fn store(now: u64) -> Store {
    let mut store = Store::default();
    for (kind, id) in FIRST_IDS {
        store.count_from(kind, id);
    }
    // The files are part of the program, and a test reads them.
    let parsed = RECORDS.iter().map(|text| serde_json::from_str(text).expect("the seed is a constant"));
    let mut records: BTreeMap<String, BTreeMap<u64, Record>> =
        parsed.flat_map(|records: BTreeMap<String, BTreeMap<u64, Record>>| records).collect();
    // Activities come last, since what they hang on must be there to be found.
    for kind in KINDS.iter().skip(1).chain(KINDS.first()) {
        for (id, record) in records.remove(kind.name).unwrap_or_default() {
            store.put(kind.name, id, record);
        }
    }
    for work in WORK {
        store.put("activity", work.0, activity(&store, work, now));
    }
    store
}

fn activity(store: &Store, work: &Work, now: u64) -> Record {
    let (id, staff, hours, medium, against, billable, nonbillable, standing, subject) = *work;
    let date = now.saturating_sub(hours * 3600).to_string();
    let owner = store.get("staff", staff).cloned().unwrap_or_default();
    let mut record = Record::new();
    let texts = [
        ("subject", subject),
        ("medium", medium),
        ("visibility", "all"),
        ("owner_type", "staff"),
        ("owner_id", staff),
        ("against_type", against),
        ("against_id", if against == "job" { "640" } else { "123" }),
        ("standing", standing),
        ("date_created", date.as_str()),
        ("date_started", date.as_str()),
        ("date_modified", date.as_str()),
    ];
    for (name, value) in texts {
        set(&mut record, name, value);
    }
    set(&mut record, "billable", &(billable * 60).to_string());
    set(&mut record, "nonbillable", &(nonbillable * 60).to_string());
    let creator = json!([{
        "id": (50000 + id % 1000).to_string(),
        "type": "creator",
        "date_actioned": date,
        "owner_type": "staff",
        "owner_id": staff,
        "owner_name": super::store::full_name(&owner),
        "email": text(&owner, "email"),
    }]);
    record.insert("interacts".into(), creator);
    record
}
