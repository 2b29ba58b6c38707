//! What each list compares: the tables of range filters of Accelo's documentation.

use accelo_shared::filters::Only::{Compared, Tested};
use accelo_shared::filters::Ranges;

pub const JOBS: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("job_type", "job_type", Tested),
    ("manager", "manager", Tested),
    ("modified_by", "modified_by", Tested),
    ("status", "status", Tested),
    ("rate", "rate", Tested),
    ("rate_charged", "rate_charged", Compared),
    ("affiliation", "affiliation", Tested),
    ("contract", "contract", Compared),
    ("custom_id", "custom_id", Tested),
];

pub const TASKS: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("assignee", "assignee", Tested),
    ("manager", "manager", Tested),
    ("status", "status", Tested),
    ("rate_charged", "rate_charged", Compared),
    ("billable", "billable", Compared),
    ("nonbillable", "nonbillable", Compared),
    ("budgeted", "budgeted", Compared),
    ("remaining", "remaining", Compared),
    ("task_type", "task_type", Compared),
    ("contact", "contact", Compared),
];
