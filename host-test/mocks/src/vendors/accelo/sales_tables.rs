//! The record types of sales and money, as the tables of the documentation have them: fields, and filters of the lists.

use super::filter_tables::Filters;
use super::tables::Field;
use super::tables::Given::{Asked, Default};
use super::tables::Shape::{Link, Path, Text};

pub const PROSPECT: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("comments", Asked, Text),
    ("success", Asked, Text),
    ("standing", Asked, Text),
    ("weighting", Asked, Text),
    ("value", Asked, Text),
    ("value_weighted", Asked, Text),
    ("progress", Asked, Text),
    ("date_created", Asked, Text),
    ("date_actioned", Asked, Text),
    ("date_due", Asked, Text),
    ("date_last_interacted", Asked, Text),
    ("date_modified", Asked, Text),
    ("contact", Asked, Link("contact")),
    ("manager", Asked, Link("staff")),
    ("prospect_type", Asked, Link("prospect_type")),
    ("status", Asked, Link("prospect_status")),
    ("prospect_probability", Asked, Link("prospect_probability")),
    ("affiliation", Asked, Link("affiliation")),
    ("won_by_id", Asked, Text),
    ("cancelled_by_id", Asked, Text),
    ("abandoned_by_id", Asked, Text),
    ("staff_bookmarked", Asked, Text),
];

pub const INVOICE: &[Field] = &[
    ("id", Default, Text),
    ("amount", Default, Text),
    ("subject", Asked, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("against", Asked, Path("against_type", "against_id")),
    ("notes", Asked, Text),
    ("invoice_number", Asked, Text),
    ("currency_id", Asked, Text),
    ("owner_id", Asked, Text),
    ("tax", Asked, Text),
    ("outstanding", Asked, Text),
    ("modified_by", Asked, Link("staff")),
    ("date_raised", Asked, Text),
    ("date_due", Asked, Text),
    ("date_modified", Asked, Text),
    ("contact", Asked, Link("contact")),
    ("affiliation_id", Asked, Text),
    ("affiliation", Asked, Link("affiliation")),
    ("creator_id", Asked, Text),
    ("created_by", Asked, Link("staff")),
];

pub const LINE_ITEM: &[Field] = &[
    ("id", Default, Text),
    ("type", Default, Text),
    ("quantity", Default, Text),
    ("rate", Default, Text),
    ("total", Default, Text),
    ("tax", Asked, Text),
    ("invoice_id", Asked, Text),
    ("ledger_id", Asked, Text),
    ("tax_id", Asked, Text),
    ("description", Asked, Text),
    ("ordering", Asked, Text),
];

pub const EXPENSE: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("unit_cost", Default, Text),
    ("quantity", Default, Text),
    ("standing", Default, Text),
    ("price", Asked, Text),
    ("date_incurred", Asked, Text),
    ("billable", Asked, Text),
    ("reimbursable", Asked, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("against", Asked, Path("against_type", "against_id")),
    ("activity_id", Asked, Text),
    ("type_id", Asked, Text),
    ("approver_id", Asked, Text),
    ("submitter_id", Asked, Text),
    ("approver", Asked, Link("staff")),
    ("submitter", Asked, Link("staff")),
    ("expense_type", Asked, Link("expense_type")),
    ("activity", Asked, Link("activity")),
];

pub const PROSPECTS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("standing", &["standing"]),
        ("weighting", &["weighting"]),
        ("success", &["success"]),
        ("company", &["company"]),
        ("affiliation", &["affiliation"]),
        ("manager", &["manager"]),
        ("prospect_type", &["prospect_type"]),
        ("status", &["status"]),
        ("prospect_probability", &["prospect_probability"]),
        ("won_by_id", &["won_by_id"]),
        ("cancelled_by_id", &["cancelled_by_id"]),
        ("abandoned_by_id", &["abandoned_by_id"]),
    ],
    dates: &["date_created", "date_due", "date_modified"],
    order: &[
        ("id", "id"),
        ("title", "title"),
        ("date_created", "date_created"),
        ("date_actioned", "date_actioned"),
        ("date_due", "date_due"),
        ("date_last_interacted", "date_last_interacted"),
        ("date_modified", "date_modified"),
        ("status", "status"),
        ("standing", "standing"),
    ],
    range: &[
        ("id", "id"),
        ("weighting", "weighting"),
        ("affiliation", "affiliation"),
        ("manager", "manager"),
        ("prospect_type", "prospect_type"),
        ("status", "status"),
        ("value", "value"),
        ("value_weighted", "value_weighted"),
        ("progress", "progress"),
    ],
    object: &[],
    search: &["title"],
};

pub const INVOICES: Filters = Filters {
    exact: &[("id", &["id"]), ("invoice_number", &["invoice_number"])],
    dates: &["date_raised", "date_due", "date_modified"],
    order: &[
        ("id", "id"),
        ("date_raised", "date_raised"),
        ("date_due", "date_due"),
        ("date_modified", "date_modified"),
    ],
    range: &[
        ("id", "id"),
        ("amount", "amount"),
        ("tax", "tax"),
        ("outstanding", "outstanding"),
        ("created_by", "created_by"),
        ("affiliation", "affiliation"),
        ("modified_by", "modified_by"),
    ],
    object: &[],
    search: &["subject", "invoice_number"],
};

pub const LINE_ITEMS: Filters = Filters {
    exact: &[("id", &["id"]), ("invoice_id", &["invoice_id"]), ("ledger_id", &["ledger_id"]), ("tax_id", &["tax_id"])],
    dates: &[],
    order: &[],
    range: &[
        ("id", "id"),
        ("invoice_id", "invoice_id"),
        ("ledger_id", "ledger_id"),
        ("tax_id", "tax_id"),
        ("quantity", "quantity"),
        ("rate", "rate"),
        ("total", "total"),
    ],
    object: &[],
    search: &["description"],
};

pub const EXPENSES: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("against_type", &["against_type"]),
        ("against_id", &["against_id"]),
        ("standing", &["standing"]),
        ("expense_type", &["expense_type"]),
        ("submitter", &["submitter"]),
        ("approver", &["approver"]),
    ],
    dates: &["date_incurred"],
    order: &[("id", "id"), ("date_incurred", "date_incurred"), ("title", "title"), ("standing", "standing")],
    range: &[
        ("id", "id"),
        ("expense_type", "expense_type"),
        ("submitter", "submitter"),
        ("approver", "approver"),
        ("quantity", "quantity"),
        ("unit_cost", "unit_cost"),
        ("cost", "cost"),
    ],
    object: &[("against", "against_type", "against_id")],
    search: &["title"],
};

pub const PAYMENT: &[Field] = &[
    ("id", Default, Text),
    ("receipt_id", Default, Text),
    ("amount", Default, Text),
    ("currency_id", Asked, Text),
    ("method_id", Asked, Text),
    ("against_id", Asked, Text),
    ("against_type", Asked, Text),
    ("date_created", Asked, Text),
    ("created_by_staff_id", Asked, Text),
    ("direction", Asked, Text),
    ("payment_currency", Asked, Link("currency")),
    ("payment_method", Asked, Link("payment_method")),
    ("payment_receipt", Asked, Link("payment_receipt")),
];

pub const RECEIPT: &[Field] = &[
    ("id", Default, Text),
    ("amount", Default, Text),
    ("affiliation_id", Asked, Text),
    ("owner_id", Asked, Text),
    ("owner_type", Asked, Text),
    ("date_received", Asked, Text),
];

pub const CURRENCY: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("code", Asked, Text),
    ("symbol", Asked, Text),
    ("rate", Asked, Text),
];

pub const PAYMENTS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("currency_id", &["currency_id"]),
        ("method_id", &["method_id"]),
        ("receipt_id", &["receipt_id"]),
        ("created_by_staff_id", &["created_by_staff_id"]),
        ("against_id", &["against_id"]),
        ("against_type", &["against_type"]),
    ],
    dates: &["date_created"],
    order: &[
        ("id", "id"),
        ("currency_id", "currency_id"),
        ("method_id", "method_id"),
        ("receipt_id", "receipt_id"),
        ("created_by_staff_id", "created_by_staff_id"),
        ("amount", "amount"),
        ("date_created", "date_created"),
        ("direction", "direction"),
        ("against_id", "against_id"),
    ],
    range: &[
        ("id", "id"),
        ("currency_id", "currency_id"),
        ("method_id", "method_id"),
        ("receipt_id", "receipt_id"),
        ("created_by_staff_id", "created_by_staff_id"),
        ("amount", "amount"),
        ("against_id", "against_id"),
    ],
    object: &[("against", "against_type", "against_id")],
    search: &[],
};
