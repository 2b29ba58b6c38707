//! Which filters each list knows, by what name, and which field of a record each looks at.

use super::{added_tables, desk_tables, sales_tables, work_tables};

/// The filters of one list. What is not here is ignored, as the vendor does.
pub struct Filters {
    /// Filter name and the fields of which one must equal.
    pub exact: &'static [(&'static str, &'static [&'static str])],
    /// Dates; each is also known with `_before` and `_after`.
    pub dates: &'static [&'static str],
    /// What `order_by_asc` and `order_by_desc` take, and the field.
    pub order: &'static [(&'static str, &'static str)],
    /// What takes `_greater_than` and its kin, and the field.
    pub range: &'static [(&'static str, &'static str)],
    /// Object filters, with the fields of the type and the id.
    pub object: &'static [(&'static str, &'static str, &'static str)],
    /// The fields of `_search` and of `search(...)`; empty where the vendor ignores it.
    pub search: &'static [&'static str],
}

const NONE: Filters = Filters { exact: &[], dates: &[], order: &[], range: &[], object: &[], search: &[] };

pub fn filters(kind: &str) -> &'static Filters {
    match kind {
        "activity" => &ACTIVITIES,
        "company" => &COMPANIES,
        "contact" => &CONTACTS,
        "affiliation" => &AFFILIATIONS,
        "staff" => &STAFF,
        "prospect" => &sales_tables::PROSPECTS,
        "invoice" => &sales_tables::INVOICES,
        "line_item" => &sales_tables::LINE_ITEMS,
        "expense" => &sales_tables::EXPENSES,
        "request" => &desk_tables::REQUESTS,
        "contract" => &desk_tables::CONTRACTS,
        "period" => &desk_tables::PERIODS,
        "payment" => &sales_tables::PAYMENTS,
        "issue_progression" => &added_tables::ISSUE_PROGRESSIONS,
        "request_thread" => &added_tables::REQUEST_THREADS,
        "timer" => &added_tables::TIMERS,
        "past_status" => &added_tables::PAST_STATUSES,
        "resource" => &added_tables::RESOURCES,
        "job" => &work_tables::JOBS,
        "task" => &work_tables::TASKS,
        "issue" => &work_tables::ISSUES,
        "milestone" => &work_tables::MILESTONES,
        "object_budget" => &work_tables::OBJECT_BUDGETS,
        _ => &NONE,
    }
}

const ACTIVITIES: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("parent_id", &["parent_id"]),
        ("thread_id", &["thread_id"]),
        ("against_type", &["against_type"]),
        ("against_id", &["against_id"]),
        ("owner_id", &["owner_id"]),
        ("owner_type", &["owner_type"]),
        ("medium", &["medium"]),
        ("visibility", &["visibility"]),
        ("staff", &["staff"]),
        ("activity_class", &["activity_class"]),
        ("activity_priority", &["activity_priority"]),
        ("task", &["task"]),
        ("time_allocation", &["time_allocation"]),
        ("class", &["activity_class"]),
        ("priority", &["activity_priority"]),
        // Names of the old documentation, which clients still send.
        ("type", &["medium"]),
        ("staff_id", &["staff"]),
        ("priority_id", &["activity_priority"]),
        ("class_id", &["activity_class"]),
        ("task_id", &["task"]),
        ("message_id", &["message_id"]),
    ],
    dates: &["date_created", "date_started", "date_ended", "date_logged", "date_modified"],
    order: &[
        ("date_started", "date_started"),
        ("date_created", "date_created"),
        ("date_ended", "date_ended"),
        ("date_modified", "date_modified"),
        ("date_logged", "date_logged"),
        ("id", "id"),
        ("billable", "billable"),
        ("nonbillable", "nonbillable"),
    ],
    range: &[
        ("id", "id"),
        ("against_id", "against_id"),
        ("thread", "thread_id"),
        ("owner", "owner_id"),
        ("staff", "staff"),
        ("activity_priority", "activity_priority"),
        ("class", "activity_class"),
        ("task", "task"),
        ("priority", "activity_priority"),
    ],
    object: &[("owner", "owner_type", "owner_id"), ("against", "against_type", "against_id")],
    search: &[],
};

const COMPANIES: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("status", &["status"]),
        ("standing", &["standing"]),
        ("default_affiliation", &["default_affiliation"]),
        ("postal_address", &["postal_address"]),
        ("manager_id", &["manager_id"]),
        ("contact_number", &["phone", "fax"]),
        ("custom_id", &["custom_id"]),
        ("website", &["website"]),
    ],
    dates: &["date_created", "date_modified"],
    order: &[
        ("id", "id"),
        ("date_created", "date_created"),
        ("date_modified", "date_modified"),
        ("date_last_interacted", "date_last_interacted"),
        ("name", "name"),
        ("standing", "standing"),
        ("status", "status"),
        ("custom_id", "custom_id"),
    ],
    range: &[
        ("id", "id"),
        ("affiliation", "default_affiliation"),
        ("standing", "standing"),
        ("status", "status"),
        ("custom_id", "custom_id"),
        ("country", "country"),
    ],
    object: &[],
    search: &["website", "name", "phone", "fax"],
};

const CONTACTS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("email", &["email"]),
        ("title", &["title"]),
        ("standing", &["standing"]),
        ("affiliation", &["default_affiliation"]),
        ("status", &["contact_status"]),
        ("username", &["username"]),
        ("contact_number", &["phone", "fax", "mobile"]),
    ],
    dates: &["date_created", "date_modified", "date_last_interacted"],
    order: &[
        ("id", "id"),
        ("fullname", "fullname"),
        ("firstname", "firstname"),
        ("username", "username"),
        ("surname", "surname"),
        ("title", "title"),
        ("contact_status_id", "contact_status"),
        ("standing", "standing"),
        ("date_modified", "date_modified"),
        ("date_created", "date_created"),
        ("date_last_interacted", "date_last_interacted"),
    ],
    range: &[("id", "id"), ("status", "contact_status"), ("country", "country")],
    object: &[],
    search: &["firstname", "surname", "email", "mobile"],
};

const STAFF: Filters = Filters {
    exact: &[("id", &["id"]), ("email", &["email"]), ("standing", &["standing"]), ("username", &["username"])],
    range: &[("id", "id"), ("rate", "staff_rate")],
    ..NONE
};

const AFFILIATIONS: Filters = Filters {
    exact: &[
        ("id", &["id"]),
        ("email", &["email"]),
        ("standing", &["standing"]),
        ("status", &["affiliation_status"]),
        ("company", &["company"]),
        ("contact", &["contact"]),
        ("contact_number", &["phone", "fax", "mobile"]),
        ("postal_address", &["postal_address"]),
        ("physical_address", &["physical_address"]),
        ("portal_access", &["portal_access"]),
        ("communication", &["communication"]),
        ("invoice_method", &["invoice_method"]),
    ],
    dates: &["date_created", "date_modified", "date_last_interacted"],
    order: &[],
    range: &[],
    object: &[],
    search: &["firstname", "surname", "fax", "phone", "mobile", "email"],
};
