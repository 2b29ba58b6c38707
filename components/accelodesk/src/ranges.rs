//! What each list compares: the tables of range filters of Accelo's documentation.

use accelo_shared::filters::Only::{Compared, Tested};
use accelo_shared::filters::Ranges;

pub const ISSUES: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("status", "status", Tested),
    ("issue_type", "issue_type", Tested),
    ("affiliation", "affiliation", Tested),
    ("class", "class", Tested),
    ("issue_priority", "issue_priority", Tested),
    ("resolution", "resolution", Tested),
    ("assignee", "assignee", Tested),
    ("submitted_by", "submitted_by", Tested),
    ("opened_by", "opened_by", Tested),
    ("resolved_by", "resolved_by", Tested),
    ("closed_by", "closed_by", Tested),
    ("contract", "contract", Tested),
    ("billable_seconds", "billable_seconds", Compared),
    ("reopened_count", "reopened_count", Compared),
];

pub const CONTRACTS: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("contract_type", "contract_type", Tested),
    ("manager", "manager", Tested),
    ("status", "status", Tested),
    ("value", "value", Compared),
    ("renew_days", "renew_days", Compared),
];

/// Of the periods of a contract.
pub const PERIODS: &Ranges = &[("id", "id", Tested)];
