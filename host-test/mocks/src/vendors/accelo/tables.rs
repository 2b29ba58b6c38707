//! The record types: one table each, saying which fields there are, when they arrive and how they look.

/// When a field arrives.
#[derive(Clone, Copy, PartialEq)]
pub enum Given {
    /// Always, unless `_hide_defaults` is set.
    Default,
    /// When named, and with `_ALL`.
    Asked,
    /// Only when named.
    Named,
}

/// How a field looks on the wire. Records hold strings; this is applied when they leave.
#[derive(Clone, Copy)]
pub enum Shape {
    /// A string or null; ids, seconds, dates and money too, since the vendor sends them as strings.
    Text,
    /// A number proper.
    Number,
    /// An id; with parentheses, the object of that type.
    Link(&'static str),
    /// A path such as `staff/21`; with parentheses, the object that these two fields name.
    Path(&'static str, &'static str),
    /// Stored as it is sent.
    Json,
}

pub type Field = (&'static str, Given, Shape);

pub struct Kind {
    /// The word of `against_type`, of messages and of `Shape::Link`.
    pub name: &'static str,
    /// The word of paths.
    pub plural: &'static str,
    /// Whether `_ALL` may be asked of it; the vendor refuses it inside classes and priorities.
    pub all: bool,
    pub fields: &'static [Field],
}

use super::{added_tables, desk_tables, sales_tables, work_tables};
use Given::{Asked, Default, Named};
use Shape::{Json, Link, Number, Path, Text};

const ACTIVITY: &[Field] = &[
    ("id", Default, Text),
    ("subject", Default, Text),
    ("confidential", Default, Number),
    ("parent_id", Asked, Text),
    ("parent", Asked, Path("=activity", "parent_id")),
    ("thread_id", Asked, Text),
    ("thread", Asked, Path("=activity", "thread_id")),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
    ("against", Asked, Path("against_type", "against_id")),
    ("owner_type", Asked, Text),
    ("owner_id", Asked, Text),
    ("owner", Asked, Path("owner_type", "owner_id")),
    ("medium", Asked, Text),
    ("body", Asked, Text),
    ("preview_body", Asked, Text),
    ("html_body", Asked, Text),
    ("visibility", Asked, Text),
    ("details", Asked, Text),
    ("message_id", Asked, Text),
    ("date_created", Asked, Text),
    ("date_started", Asked, Text),
    ("date_ended", Asked, Text),
    ("date_due", Asked, Text),
    ("date_logged", Asked, Text),
    ("date_modified", Asked, Text),
    ("billable", Asked, Text),
    ("nonbillable", Asked, Text),
    ("staff", Asked, Link("staff")),
    ("activity_class", Asked, Link("activity_class")),
    ("class", Asked, Link("activity_class")),
    ("activity_priority", Asked, Link("activity_priority")),
    ("priority", Asked, Link("activity_priority")),
    ("task", Asked, Link("task")),
    ("time_allocation", Asked, Link("time_allocation")),
    ("rate", Asked, Link("rate")),
    ("rate_charged", Asked, Text),
    ("tag", Asked, Json),
    ("scheduled", Asked, Text),
    ("standing", Asked, Text),
    ("invoice_id", Asked, Text),
    ("contract_period_id", Asked, Text),
    ("is_billable", Asked, Number),
];

const COMPANY: &[Field] = &[
    ("id", Default, Text),
    ("name", Default, Text),
    ("custom_id", Asked, Text),
    ("website", Asked, Text),
    ("phone", Asked, Text),
    ("fax", Asked, Text),
    ("comments", Asked, Text),
    ("date_created", Asked, Text),
    ("date_modified", Asked, Text),
    ("date_last_interacted", Asked, Text),
    ("standing", Asked, Text),
    ("status", Asked, Link("status")),
    ("postal_address", Asked, Link("address")),
    ("staff_bookmarked", Asked, Text),
    ("default_affiliation", Asked, Text),
];

const CONTACT: &[Field] = &[
    ("id", Default, Text),
    ("firstname", Default, Text),
    ("surname", Default, Text),
    ("mobile", Default, Text),
    ("email", Default, Text),
    ("username", Asked, Text),
    ("middlename", Asked, Text),
    ("title", Asked, Text),
    ("timezone", Asked, Text),
    ("comments", Asked, Text),
    ("date_created", Asked, Text),
    ("date_modified", Asked, Text),
    ("date_last_interacted", Asked, Text),
    ("default_affiliation", Asked, Link("affiliation")),
    ("contact_status", Asked, Link("contact_status")),
    ("standing", Asked, Text),
];

const STAFF: &[Field] = &[
    ("id", Default, Text),
    ("firstname", Default, Text),
    ("surname", Default, Text),
    ("standing", Asked, Text),
    ("financial_level", Asked, Text),
    ("title", Asked, Text),
    ("email", Asked, Text),
    ("mobile", Asked, Text),
    ("phone", Asked, Text),
    ("fax", Asked, Text),
    ("position", Asked, Text),
    ("username", Asked, Text),
    ("timezone", Asked, Text),
    ("staff_rate", Named, Text),
    ("staff_cost_rate", Named, Text),
];

const AFFILIATION: &[Field] = &[
    ("id", Default, Text),
    ("mobile", Default, Text),
    ("email", Default, Text),
    ("phone", Asked, Text),
    ("fax", Asked, Text),
    ("position", Asked, Text),
    ("postal_address", Asked, Link("address")),
    ("physical_address", Asked, Link("address")),
    ("company", Asked, Link("company")),
    ("contact", Asked, Link("contact")),
    ("affiliation_status", Asked, Link("affiliation_status")),
    ("standing", Asked, Text),
    ("date_modified", Asked, Text),
    ("date_last_interacted", Asked, Text),
    ("staff_bookmarked", Asked, Text),
    ("portal_access", Asked, Text),
    ("communication", Asked, Text),
    ("invoice_method", Asked, Text),
];

const CLASS: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("parent", Asked, Text),
    ("status", Asked, Text),
    ("standing", Asked, Text),
];

const PRIORITY: &[Field] = &[("id", Default, Text), ("title", Default, Text), ("level", Asked, Text)];

const STATUS: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("color", Asked, Text),
    ("standing", Asked, Text),
    ("start", Asked, Text),
    ("ordering", Asked, Text),
];

const TASK_PRIORITY: &[Field] =
    &[("id", Default, Text), ("title", Default, Text), ("icon", Asked, Text), ("level", Asked, Text)];

const ISSUE_PRIORITY: &[Field] =
    &[("id", Default, Text), ("title", Default, Text), ("color", Asked, Text), ("factor", Asked, Text)];

const PROBABILITY: &[Field] =
    &[("id", Default, Text), ("title", Default, Text), ("value", Default, Text), ("ordering", Asked, Text)];

const EXPENSE_TYPE: &[Field] =
    &[("id", Default, Text), ("title", Default, Text), ("standing", Asked, Text), ("ledger_id", Asked, Text)];

const CONTRACT_BUDGET: &[Field] = &[
    ("id", Default, Text),
    ("value", Default, Text),
    ("time", Default, Text),
    ("against_type", Asked, Text),
    ("against_id", Asked, Text),
];

const RESOLUTION: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("parent", Asked, Text),
    ("description", Asked, Text),
    ("report", Asked, Text),
    ("standing", Asked, Text),
];

const ADDRESS: &[Field] = &[
    ("id", Default, Text),
    ("full", Default, Text),
    ("short", Asked, Text),
    ("title", Asked, Text),
    ("street1", Asked, Text),
    ("street2", Asked, Text),
    ("city", Asked, Text),
    ("zipcode", Asked, Text),
    ("state", Asked, Text),
    ("country", Asked, Link("country")),
    ("postal", Asked, Text),
    ("physical", Asked, Text),
];

const ALLOCATION: &[Field] = &[
    ("id", Default, Text),
    ("against", Asked, Text),
    ("standing", Asked, Text),
    ("billable", Asked, Text),
    ("nonbillable", Asked, Text),
    ("charged", Asked, Text),
    ("comments", Asked, Text),
    ("date_locked", Asked, Text),
    ("date_created", Asked, Text),
];

const RATE: &[Field] = &[
    ("id", Default, Text),
    ("title", Default, Text),
    ("charged", Asked, Text),
    ("standing", Asked, Text),
    ("object", Asked, Text),
];

/// What other resources show of themselves when they are linked.
const TITLED: &[Field] = &[("id", Default, Text), ("title", Default, Text)];

#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    Kind { name: "activity",          plural: "activities",       all: true,  fields: ACTIVITY },
    Kind { name: "company",           plural: "companies",        all: true,  fields: COMPANY },
    Kind { name: "contact",           plural: "contacts",         all: true,  fields: CONTACT },
    Kind { name: "staff",             plural: "staff",            all: true,  fields: STAFF },
    Kind { name: "affiliation",       plural: "affiliations",     all: true,  fields: AFFILIATION },
    Kind { name: "activity_class",    plural: "classes",          all: false, fields: CLASS },
    Kind { name: "activity_priority", plural: "priorities",       all: false, fields: PRIORITY },
    Kind { name: "status",            plural: "statuses",         all: true,  fields: STATUS },
    Kind { name: "contact_status",    plural: "statuses",         all: true,  fields: STATUS },
    Kind { name: "address",           plural: "addresses",        all: true,  fields: ADDRESS },
    Kind { name: "country",           plural: "countries",        all: true,  fields: TITLED },
    Kind { name: "job",               plural: "jobs",             all: true,  fields: work_tables::JOB },
    Kind { name: "task",              plural: "tasks",            all: true,  fields: work_tables::TASK },
    Kind { name: "issue",             plural: "issues",           all: true,  fields: work_tables::ISSUE },
    Kind { name: "milestone",         plural: "milestones",       all: true,  fields: work_tables::MILESTONE },
    Kind { name: "prospect",          plural: "prospects",        all: true,  fields: sales_tables::PROSPECT },
    Kind { name: "invoice",           plural: "invoices",         all: true,  fields: sales_tables::INVOICE },
    Kind { name: "line_item",         plural: "line_items",       all: true,  fields: sales_tables::LINE_ITEM },
    Kind { name: "expense",           plural: "expenses",         all: true,  fields: sales_tables::EXPENSE },
    Kind { name: "prospect_type",     plural: "prospect_type",    all: false, fields: CLASS },
    Kind { name: "prospect_status",   plural: "prospect_status",  all: true,  fields: STATUS },
    Kind { name: "prospect_probability", plural: "prospect_probability", all: true, fields: PROBABILITY },
    Kind { name: "expense_status",    plural: "expense_status",   all: true,  fields: STATUS },
    Kind { name: "expense_type",      plural: "expense_type",     all: true,  fields: EXPENSE_TYPE },
    Kind { name: "request",           plural: "requests",         all: true,  fields: desk_tables::REQUEST },
    Kind { name: "contract",          plural: "contracts",        all: true,  fields: desk_tables::CONTRACT },
    Kind { name: "period",            plural: "periods",          all: true,  fields: desk_tables::PERIOD },
    Kind { name: "affiliation_status", plural: "affiliation_status", all: true, fields: STATUS },
    Kind { name: "subscription", plural: "subscription", all: true, fields: TITLED },
    Kind { name: "request_type",      plural: "request_type",     all: false, fields: CLASS },
    Kind { name: "contract_type",     plural: "contract_type",    all: false, fields: CLASS },
    Kind { name: "contract_status",   plural: "contract_status",  all: true,  fields: STATUS },
    Kind { name: "contract_budget",   plural: "contract_budget",  all: true,  fields: CONTRACT_BUDGET },
    Kind { name: "object_budget",     plural: "object_budgets",   all: true,  fields: work_tables::OBJECT_BUDGET },
    Kind { name: "job_type", plural: "job_type", all: false, fields: CLASS },
    Kind { name: "job_status", plural: "job_status", all: true, fields: STATUS },
    Kind { name: "task_status", plural: "task_status", all: false, fields: STATUS },
    Kind { name: "task_type", plural: "task_type", all: false, fields: CLASS },
    Kind { name: "milestone_status", plural: "milestone_status", all: true, fields: STATUS },
    Kind { name: "issue_type", plural: "issue_type", all: false, fields: CLASS },
    Kind { name: "issue_status", plural: "issue_status", all: true, fields: STATUS },
    Kind { name: "issue_class", plural: "issue_class", all: false, fields: CLASS },
    Kind { name: "issue_priority", plural: "issue_priority", all: true, fields: ISSUE_PRIORITY },
    Kind { name: "issue_resolution", plural: "issue_resolution", all: true, fields: RESOLUTION },
    Kind { name: "task_priority", plural: "task_priority", all: true, fields: TASK_PRIORITY },
    Kind { name: "progression", plural: "progression", all: true, fields: TITLED },
    Kind { name: "time_allocation",   plural: "time_allocations", all: true,  fields: ALLOCATION },
    Kind { name: "rate",              plural: "rates",            all: true,  fields: RATE },
    Kind { name: "payment",           plural: "payments",         all: true,  fields: sales_tables::PAYMENT },
    Kind { name: "payment_method",    plural: "payment_method",   all: true,  fields: CLASS },
    Kind { name: "payment_receipt",   plural: "payment_receipt",  all: true,  fields: sales_tables::RECEIPT },
    Kind { name: "currency",          plural: "currency",         all: true,  fields: sales_tables::CURRENCY },
    Kind { name: "quote",             plural: "quotes",           all: true,  fields: TITLED },
    Kind { name: "quote_status",      plural: "quote_status",     all: true,  fields: STATUS },
    Kind { name: "issue_progression", plural: "issue_progression", all: true, fields: added_tables::ISSUE_PROGRESSION },
    Kind { name: "request_thread",    plural: "request_thread",   all: true,  fields: added_tables::REQUEST_THREAD },
    Kind { name: "timer",             plural: "timers",           all: true,  fields: added_tables::TIMER },
    Kind { name: "past_status",       plural: "past_status",      all: true,  fields: added_tables::PAST_STATUS },
    Kind { name: "resource",          plural: "resources",        all: true,  fields: added_tables::RESOURCE },
    Kind { name: "collection",        plural: "collection",       all: true,  fields: added_tables::COLLECTION },
    Kind { name: "profile_field",     plural: "profile_field",    all: true,  fields: added_tables::FIELD },
    Kind { name: "profile_value",     plural: "profile_value",    all: true,  fields: added_tables::VALUE },
    Kind { name: "extension_field",   plural: "extension_field",  all: true,  fields: added_tables::FIELD },
    Kind { name: "extension_value",   plural: "extension_value",  all: true,  fields: added_tables::VALUE },
];

/// The record types that have routes of their own.
#[rustfmt::skip]
const RESOURCES: [&str; 20] = [
    "activities", "companies", "contacts", "affiliations", "staff", "jobs", "tasks", "issues", "milestones", "object_budgets", "requests", "contracts",
    "prospects", "invoices", "expenses", "timers", "resources", "rates", "payments",
    "quotes",
];

pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The record type behind `/api/v0/{plural}`.
pub fn resource(plural: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.plural == plural && RESOURCES.contains(&plural))
}
