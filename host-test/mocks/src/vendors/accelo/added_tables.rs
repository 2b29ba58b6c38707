//! Timers, files, threads of requests, steps of tickets, and the fields that an account adds: their members, as the tables of the documentation have them.

use super::filter_tables::Filters;
use super::tables::Field;
use super::tables::Given::{Asked, Default};
use super::tables::Shape::{Json, Link, Number, Text};

pub const TIMER: &[Field] = &[
    ("id", Default, Text),
    ("subject", Default, Text),
    ("seconds", Default, Text),
    ("status", Asked, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("against_title", Asked, Text),
    ("staff_id", Asked, Text),
    ("staff", Asked, Link("staff")),
];

pub const RESOURCE: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("date_created", Asked, Text),
    ("mimetype", Asked, Text),
    ("filesize", Asked, Text),
    ("collection_id", Asked, Text),
    ("owner_type", Asked, Text),
    ("owner_id", Asked, Text),
];

pub const PAST_STATUS: &[Field] = &[
    ("id", Default, Text),
    ("to_id", Default, Text),
    ("to_title", Default, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("modified_by", Asked, Link("staff")),
    ("date_modified", Asked, Text),
];

pub const COLLECTION: &[Field] =
    &[("id", Default, Text), ("title", Default, Text), ("against_type", Default, Text), ("against_id", Default, Text)];

pub const FIELD: &[Field] = &[
    ("id", Default, Text),
    ("field_name", Default, Text),
    ("field_type", Default, Text),
    ("parent_id", Asked, Text),
    ("link_type", Asked, Text),
    ("required", Asked, Text),
    ("restrictions", Asked, Text),
    ("lookup_type", Asked, Text),
    ("description", Asked, Text),
];

pub const VALUE: &[Field] = &[
    ("id", Default, Text),
    ("field_type", Default, Text),
    ("field_name", Default, Text),
    ("value_type", Default, Text),
    ("value", Default, Text),
    ("date_modified", Asked, Text),
    ("modified_by", Asked, Link("staff")),
    ("field_id", Asked, Text),
    ("link_type", Asked, Text),
    ("link_id", Asked, Text),
];

pub const TIMERS: Filters = Filters {
    exact: &[("id", &["id"]), ("staff", &["staff"]), ("status", &["status"])],
    dates: &[],
    order: &[],
    range: &[("id", "id"), ("against_id", "against_id"), ("staff", "staff")],
    object: &[],
    search: &[],
};

pub const RESOURCES: Filters = Filters {
    exact: &[("id", &["id"]), ("activity_id", &["activity_id"])],
    dates: &[],
    order: &[],
    range: &[],
    object: &[],
    search: &[],
};

pub const PAST_STATUSES: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("against_type", &["against_type"]),
        ("against_id", &["against_id"]),
        ("modified_by", &["modified_by"]),
    ],
    dates: &["date_modified"],
    order: &[],
    range: &[],
    object: &[("against", "against_type", "against_id")],
    search: &[],
};

pub const ISSUE_PROGRESSION: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("status", Default, Link("issue_status")),
    ("issue_status", Asked, Link("issue_status")),
    ("issue_type", Asked, Link("issue_type")),
];

pub const ISSUE_PROGRESSIONS: Filters = Filters {
    exact: &[("id", &["id"]), ("issue_type_id", &["issue_type"]), ("on_create", &["on_create"])],
    dates: &[],
    order: &[],
    range: &[],
    object: &[],
    search: &[],
};

/// What the sample calls otherwise than the table is as in the sample.
pub const REQUEST_THREAD: &[Field] = &[
    ("id", Default, Number),
    ("thread_id", Default, Number),
    ("title", Default, Text),
    ("body", Default, Text),
    ("standing", Default, Text),
    ("number_of_activities", Default, Number),
    ("date_created", Default, Text),
    ("date_last_responded", Default, Number),
    ("date_latest_external_interaction", Default, Number),
    ("claimer", Default, Json),
    ("type", Default, Json),
    ("senders", Default, Json),
    ("affiliation", Default, Json),
];

pub const REQUEST_THREADS: Filters = Filters {
    exact: &[
        ("standing", &["standing"]),
        ("request_type_id", &["request_type_id"]),
        ("interact_from_staff", &["interact_from_staff"]),
        ("request_is_claimed", &["request_is_claimed"]),
    ],
    dates: &["date_created"],
    order: &[],
    range: &[],
    object: &[],
    search: &[],
};
