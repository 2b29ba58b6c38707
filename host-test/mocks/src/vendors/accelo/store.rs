//! The tenant's records: by type, by id, with what follows from other fields kept up to date.

use serde_json::{Value, json};

use crate::records::Records;
pub(crate) use crate::records::{Record, text};
use std::ops::{Deref, DerefMut};

use super::tables::kind;

/// Against these, time can be billed.
pub const BILLABLE: &[&str] = &["issue", "job", "milestone", "contract", "contract_period"];

/// Numbers in records are strings here. A key that the table of its type does not have is internal: filters see it, answers do
/// not.
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
    pub fn put(&mut self, kind: &'static str, id: u64, mut record: Record) {
        record.insert("id".into(), id.to_string().into());
        match kind {
            "activity" => self.settle_activity(&mut record),
            // A search looks at the names, too.
            "affiliation" => {
                let person = self.get("contact", text(&record, "contact")).cloned().unwrap_or_default();
                for name in ["firstname", "surname"] {
                    set(&mut record, name, text(&person, name));
                }
            }
            "contact" => {
                let name = full_name(&record);
                set(&mut record, "fullname", &name);
            }
            _ => {}
        }
        self.insert(kind, id, record);
    }

    pub fn get(&self, kind: &str, id: &str) -> Option<&Record> {
        self.0.get(kind, id.parse().ok()?)
    }

    /// Fills in what was not given and derives what cannot be given.
    fn settle_activity(&mut self, record: &mut Record) {
        let id = text(record, "id").to_owned();
        let defaults = [
            ("parent_id", "0"),
            ("thread_id", id.as_str()),
            ("confidential", "0"),
            ("body", ""),
            ("visibility", "private"),
            ("medium", "note"),
            ("activity_class", "1"),
            ("activity_priority", "3"),
            ("task", "0"),
            ("time_allocation", "0"),
            ("rate", "0"),
            ("rate_charged", "0.00"),
            ("billable", "0"),
            ("nonbillable", "0"),
            ("standing", ""),
        ];
        for (name, value) in defaults {
            if text(record, name).is_empty() {
                set(record, name, value);
            }
        }
        record.entry("tag").or_insert_with(|| json!([]));

        let by_staff = text(record, "owner_type") == "staff";
        let shared = text(record, "visibility") == "all";
        let can_bill = by_staff && BILLABLE.contains(&text(record, "against_type"));
        // Nobody is told that their time was dropped; the vendor does not either.
        if !shared || !can_bill {
            set(record, "billable", "0");
        }
        if !shared || !by_staff {
            set(record, "nonbillable", "0");
        }
        let staff = if by_staff { text(record, "owner_id") } else { "0" }.to_owned();
        set(record, "staff", &staff);
        for (copy, source) in [("class", "activity_class"), ("priority", "activity_priority")] {
            record.insert(copy.into(), record.get(source).cloned().unwrap_or_default());
        }
        let logged = [text(record, "date_started"), text(record, "date_created")];
        let logged = logged.into_iter().find(|date| !date.is_empty()).unwrap_or_default().to_owned();
        set(record, "date_logged", &logged);
        let body = text(record, "body").to_owned();
        set(record, "preview_body", &body.chars().take(250).collect::<String>());
        set(record, "html_body", &html(&body));
        let meeting = text(record, "medium") == "meeting";
        let scheduled = meeting && !text(record, "date_started").is_empty() && !text(record, "date_ended").is_empty();
        set(record, "scheduled", if scheduled { "yes" } else { "no" });
        set(record, "is_billable", if can_bill { "1" } else { "0" });
        self.allocate(record);
    }

    /// Logged time is a record of its own, one for each activity that has some.
    fn allocate(&mut self, record: &mut Record) {
        if text(record, "billable") == "0" && text(record, "nonbillable") == "0" {
            return;
        }
        if text(record, "standing").is_empty() {
            set(record, "standing", "unapproved");
        }
        if text(record, "time_allocation") == "0" {
            let id = self.new_id("time_allocation");
            set(record, "time_allocation", &id.to_string());
        }
        let Ok(id) = text(record, "time_allocation").parse() else { return };
        let charge = text(record, "rate_charged").parse::<f64>().unwrap_or_default();
        let hours = text(record, "billable").parse::<f64>().unwrap_or_default() / 3600.0;
        let allocation = json!({
            "against": format!("{}/{}", text(record, "against_type"), text(record, "against_id")),
            "standing": text(record, "standing"),
            "billable": text(record, "billable"),
            "nonbillable": text(record, "nonbillable"),
            "charged": format!("{:.2}", charge * hours),
            "comments": "",
            "date_locked": null,
            "date_created": text(record, "date_created"),
        });
        if let Value::Object(allocation) = allocation {
            self.put("time_allocation", id, allocation);
        }
    }

    /// The object and what it hangs on, nearest first.
    pub fn ancestors(&self, against_type: &str, against_id: &str) -> Vec<(&'static str, &Record)> {
        let mut found = Vec::new();
        let mut at = (against_type.to_owned(), against_id.to_owned());
        // Three is the longest chain there is: task, job, company.
        while let Some(kind) = kind(&at.0).filter(|_| found.len() < 3) {
            let Some(record) = self.get(kind.name, &at.1) else { break };
            found.push((kind.name, record));
            at = match kind.name {
                "task" => ("job".into(), text(record, "job").into()),
                "job" | "contact" | "affiliation" => ("company".into(), text(record, "company").into()),
                _ => break,
            };
        }
        found
    }
}

pub fn set(record: &mut Record, name: &str, value: &str) {
    record.insert(name.into(), value.into());
}

/// Of a person; a company, job or task has a name or title instead.
pub fn full_name(record: &Record) -> String {
    format!("{} {}", text(record, "firstname"), text(record, "surname")).trim().to_owned()
}

/// The word of paths for any `against_type`, also for those that the mock keeps no records of.
pub fn plural(name: &str) -> String {
    match (kind(name), name.strip_suffix('y')) {
        (Some(kind), _) => kind.plural.to_owned(),
        (None, Some(stem)) => format!("{stem}ies"),
        (None, None) => format!("{name}s"),
    }
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}
