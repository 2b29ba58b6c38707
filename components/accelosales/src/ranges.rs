//! What each list compares: the tables of range filters of Accelo's documentation.

use accelo_shared::filters::Only::{Compared, Tested};
use accelo_shared::filters::Ranges;

pub const PROSPECTS: &Ranges = &[
    ("id", "id", Tested),
    ("weighting", "weighting", Tested),
    ("affiliation", "affiliation", Tested),
    ("manager", "manager", Tested),
    ("prospect_type", "prospect_type", Tested),
    ("status", "status", Tested),
    ("value", "value", Compared),
    ("value_weighted", "value_weighted", Compared),
    ("progress", "progress", Compared),
];

pub const INVOICES: &Ranges = &[
    ("id", "id", Tested),
    ("amount", "amount", Compared),
    ("tax", "tax", Compared),
    ("outstanding", "outstanding", Compared),
    ("created_by", "created_by", Compared),
    ("affiliation", "affiliation", Compared),
    ("modified_by", "modified_by", Compared),
];

pub const EXPENSES: &Ranges = &[
    ("id", "id", Tested),
    ("expense_type", "expense_type", Tested),
    ("submitter", "submitter", Tested),
    ("approver", "approver", Tested),
    ("quantity", "quantity", Compared),
    ("unit_cost", "unit_cost", Compared),
    ("cost", "cost", Compared),
];

/// Of the lines of invoices.
pub const LINES: &Ranges = &[
    ("id", "id", Tested),
    ("invoice_id", "invoice_id", Tested),
    ("ledger_id", "ledger_id", Tested),
    ("tax_id", "tax_id", Tested),
    ("quantity", "quantity", Compared),
    ("rate", "rate", Compared),
    ("total", "total", Compared),
];

pub const PAYMENTS: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("currency_id", "currency_id", Tested),
    ("method_id", "method_id", Tested),
    ("receipt_id", "receipt_id", Tested),
    ("created_by_staff_id", "created_by_staff_id", Tested),
    ("amount", "amount", Compared),
];
