//! The record types of the service desk, as the tables of the documentation have them: fields, and filters of the lists.

use super::filter_tables::Filters;
use super::tables::Field;
use super::tables::Given::{Asked, Default};
use super::tables::Shape::{Link, Path, Text};

pub const REQUEST: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("body", Asked, Text),
    ("standing", Asked, Text),
    ("source", Asked, Text),
    ("lead_id", Asked, Text),
    ("thread_id", Asked, Text),
    ("date_created", Asked, Text),
    ("date_modified", Asked, Text),
    ("type_id", Asked, Text),
    ("request_priority", Asked, Link("issue_priority")),
    ("claimer_id", Asked, Text),
    ("affiliation_id", Asked, Text),
    ("affiliation", Asked, Link("affiliation")),
    ("conversion_type", Asked, Text),
    ("conversion_id", Asked, Text),
];

pub const CONTRACT: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("against", Asked, Path("against_type", "against_id")),
    ("standing", Asked, Text),
    ("period_template_id", Default, Text),
    ("value", Asked, Text),
    ("auto_renew", Asked, Text),
    ("renew_days", Asked, Text),
    ("send_invoice", Asked, Text),
    ("notes", Asked, Text),
    ("owner_affiliation", Asked, Link("affiliation")),
    ("billable_affiliation", Asked, Link("affiliation")),
    ("contract_type", Asked, Link("contract_type")),
    ("manager", Asked, Link("staff")),
    ("status", Asked, Link("contract_status")),
    ("job", Asked, Link("job")),
    ("company", Asked, Link("company")),
    ("date_created", Asked, Text),
    ("date_started", Asked, Text),
    ("date_expires", Asked, Text),
    ("date_period_expires", Asked, Text),
    ("date_last_interacted", Asked, Text),
    ("staff_bookmarked", Asked, Text),
];

pub const PERIOD: &[Field] = &[
    ("id", Default, Text),
    ("date_created", Asked, Text),
    ("date_commenced", Asked, Text),
    ("date_expires", Asked, Text),
    ("date_closed", Asked, Text),
    ("budget_type", Asked, Text),
    ("allowance_type", Asked, Text),
    ("rate_type", Asked, Text),
    ("rate_id", Asked, Text),
    ("service_item_id", Asked, Text),
    ("duration_type", Asked, Text),
    ("rollover", Asked, Text),
    ("standing", Asked, Text),
    ("contract_id", Asked, Text),
    ("contract_budget", Asked, Text),
];

pub const REQUESTS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("standing", &["standing"]),
        ("affiliation", &["affiliation"]),
        ("type", &["type_id"]),
        ("request_priority", &["request_priority"]),
        ("lead", &["lead_id"]),
        ("claimer_id", &["claimer_id"]),
    ],
    dates: &["date_created", "date_modified"],
    order: &[],
    range: &[],
    object: &[],
    search: &["title"],
};

pub const CONTRACTS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("against_type", &["against_type"]),
        ("against_id", &["against_id"]),
        ("standing", &["standing"]),
        ("contract_type", &["contract_type"]),
        ("manager", &["manager"]),
        ("status", &["status"]),
        ("owner_affiliation", &["owner_affiliation"]),
        ("billable_affiliation", &["billable_affiliation"]),
        ("is_related_to_issue", &["is_related_to_issue"]),
    ],
    dates: &["date_created", "date_started", "date_period_expires"],
    order: &[
        ("id", "id"),
        ("title", "title"),
        ("date_created", "date_created"),
        ("date_started", "date_started"),
        ("date_expires", "date_expires"),
        ("date_period_expires", "date_period_expires"),
        ("date_last_interacted", "date_last_interacted"),
        ("standing", "standing"),
        ("status", "status"),
    ],
    range: &[
        ("id", "id"),
        ("against_id", "against_id"),
        ("contract_type", "contract_type"),
        ("manager", "manager"),
        ("status", "status"),
        ("value", "value"),
        ("renew_days", "renew_days"),
    ],
    object: &[("against", "against_type", "against_id")],
    search: &["title"],
};

pub const PERIODS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("budget_type", &["budget_type"]),
        ("allowance_type", &["allowance_type"]),
        ("standing", &["standing"]),
        ("contract", &["contract_id"]),
    ],
    dates: &["date_created", "date_commenced", "date_expires", "date_closed"],
    order: &[],
    range: &[("id", "id")],
    object: &[],
    search: &[],
};
