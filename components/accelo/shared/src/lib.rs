//! What the components of Accelo share: `accelo` (people, companies, activities) and `accelowork` (jobs, tasks, tickets).
//!
//! Each is a component of its own, since one with all operations would be larger than a component may be. Both have the same
//! settings. Sources: Accelo's API documentation (<https://api.accelo.com/docs>), and what public clients were seen to do where
//! it is silent.

#![deny(missing_docs)]

pub mod changes;
pub mod filters;
pub mod narrowed;
pub mod oauth;
pub mod records;
pub mod report;
pub mod time;

use kit::types::ErrorKind;
use kit::wire::Names;
use kit::{Api, Auth, Body, Check, OAuth, Setting};

/// What is so in all components; each adds its name.
pub const API: Api = Api {
    title: "Accelo",
    base: "https://{ACCELO_DEPLOYMENT}.api.accelo.com",
    auth: Auth::Bearer { token: "ACCELO_TOKEN" },
    settings: &[
        Setting {
            name: "ACCELO_DEPLOYMENT",
            description: "The account's subdomain: `acme` where people sign in at acme.accelo.com.",
            required: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "ACCELO_TOKEN",
            description: "A bearer token. With the scope `read(all)`, Accelo's default, it cannot write.",
            required: true,
            secret: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "ACCELO_CLIENT_ID",
            description: "The application's id, for the operations of `oauth`.",
            ..Setting::DEFAULT
        },
        Setting {
            name: "ACCELO_CLIENT_SECRET",
            description: "The application's secret, for `exchange-token` and for hosts that obtain tokens by themselves.",
            secret: true,
            ..Setting::DEFAULT
        },
    ],
    names: Names {
        renamed: &[
            ("page", "_page"),
            ("limit", "_limit"),
            ("fields", "_fields"),
            ("search", "_search"),
            ("role", "type"),
            ("line-type", "type"),
            // Of a thread of requests: its type, and a date that the documentation's table and sample call differently.
            ("of-type", "type"),
            ("date-last-external-interaction", "date_last_external_interaction"),
            ("date-last-external-interaction", "date_latest_external_interaction"),
            // A subscription to webhooks calls it so, and no other record.
            ("id", "id"),
            ("id", "subscription_id"),
            // Of any record whose status changes: a task, a contact and an affiliation call it otherwise.
            ("status", "status"),
            ("status", "task_status"),
            ("status", "contact_status"),
            ("status", "affiliation_status"),
            // The documentation has both, in a table and in a sample.
            ("nonbillable", "nonbillable"),
            ("nonbillable", "unbillable"),
        ],
        // A missing link or date arrives as "0"; only staff 0, the system itself, means something.
        zero_is_none: &[
            "parent-id",
            "task",
            "activity-class",
            "activity-priority",
            "invoice-id",
            "contract-period-id",
            "status",
            "contact-status",
            "postal-address",
            "default-affiliation",
            "date-created",
            "date-started",
            "date-ended",
            "date-due",
            "date-logged",
            "date-modified",
            "date-last-interacted",
            "expiry-date",
            "affiliation",
            "job-type",
            "rate",
            "modified-by",
            "manager",
            "company",
            "job-object-budget",
            "job-contract",
            "task-type",
            "task-status",
            "task-priority",
            "assignee",
            "contact",
            "issue",
            "task-job",
            "milestone",
            "issue-type",
            "class",
            "issue-priority",
            "resolution",
            "submitted-by",
            "opened-by",
            "resolved-by",
            "closed-by",
            "contract",
            "issue-object-budget",
            "referrer-id",
            "parent",
            "job",
            "milestone-object-budget",
            "date-commenced",
            "date-completed",
            "date-accepted",
            "date-submitted",
            "date-opened",
            "date-resolved",
            "date-closed",
            "date-incurred",
            "date-raised",
            "expense-type",
            "submitter-id",
            "submitter",
            "approver-id",
            "approver",
            "activity-id",
            "activity",
            "tax-id",
            "ledger-id",
            "creator-id",
            "created-by",
            "currency-id",
            "date-actioned",
            "abandoned-by-id",
            "cancelled-by-id",
            "won-by-id",
            "prospect-probability",
            "prospect-type",
            "affiliation-status",
            "physical-address",
            "lead-id",
            "thread-id",
            "request-priority",
            "claimer-id",
            "claimer",
            "payment-currency",
            "payment-method",
            "payment-receipt",
            "receipt-id",
            "affiliation-id",
            "conversion-id",
            "owner-affiliation",
            "billable-affiliation",
            "contract-type",
            "service-item-id",
            "date-period-expires",
            "date-expires",
        ],
        // Ids are numbers that are written as strings (documentation, all objects).
        numeric_ids_as_text: true,
        numeric_ids: &[
            "id",
            "against-id",
            "owner-id",
            "rate-id",
            "class-id",
            "priority-id",
            "task-id",
            "thread-id",
            "parent-id",
            "status-id",
            "status",
            "company-id",
            "country-id",
            "physical-address-id",
            "postal-address-id",
            "staff-id",
            "staff",
            "affiliation",
            "type-id",
            "manager-id",
            "contract-id",
            "assignee-id",
            "assignee",
            "resolution-id",
            "progression-id",
            "affiliation-id",
            "affiliation-contact-id",
            "affiliation-company-id",
            "lead-id",
            "claimer-id",
            "contact-id",
            "probability-id",
            "record-id",
            "field-id",
            "value-id",
            "activity-id",
            "job-id",
            "issue-id",
            "issue-type-id",
        ],
        bools_as_ints: &["block-send", "auto-start"],
        ranges: &[("date-started", "date-ended"), ("from", "to")],
        bounds: &[
            // A larger page is cut to 100 without a word, and then looks like the last one.
            ("limit", 1, 100),
            ("minutes", 1, MONTH / 60),
            ("billable", 0, MONTH),
            ("nonbillable", 0, MONTH),
            // Of a timer, whose time becomes that of one activity. The documentation has no bound.
            ("seconds", 0, MONTH),
            // Of a task.
            ("remaining", 0, TEN_YEARS),
            // Of sales.
            ("progress", 0, 100),
            ("weighting", 0, 5),
            ("expires-in", 1, u32::MAX as u64),
        ],
        // A search for nothing finds everything.
        filled: &["search"],
        sensitive: &["code", "refresh-token"],
        ..Names::DEFAULT
    },
    body: Body::Form,
    method_override: Some("_method"),
    // JSON is what the documentation recommends for what a query may garble.
    plain: &[("_search", filters::SEARCHABLE)],
    result: "/response",
    // `/api` has an envelope, `/oauth2` speaks RFC 6749; the 429 is documented without its envelope.
    code: &["/meta/status", "/error", "/status"],
    success_codes: &["ok"],
    envelope: "/meta",
    message: &["/meta/message", "/error_description", "/message"],
    error_codes: &[
        ("duplicate", ErrorKind::Conflict),
        ("invalid_client", ErrorKind::Unauthenticated),
        ("invalid_grant", ErrorKind::Unauthenticated),
        ("unauthorized_client", ErrorKind::Unauthenticated),
        ("invalid_permission", ErrorKind::Forbidden),
        ("too_many_requests", ErrorKind::RateLimited),
        ("too_many_failed_logins", ErrorKind::RateLimited),
        ("server_error", ErrorKind::Unavailable),
    ],
    // Seen with `invalid_request`, and documented with `server_error`.
    error_phrases: &[("Deployment '", ErrorKind::Misconfigured)],
    // Its own default cannot write.
    oauth: Some(OAuth {
        authorize: "request-authorization",
        exchange: "exchange-token",
        scope: "read(all),write(all)",
        who: WHO,
    }),
    // Unlike any list, it needs no scope: a token for companies alone works, too.
    check: Some(Check {
        operation: "token-info",
        input: "{}",
        who: &[
            ("deployment", "/deployment"),
            ("email", "/email"),
            ("first-name", "/firstname"),
            ("last-name", "/surname"),
            ("staff-id", "/staff-id"),
        ],
    }),
    ..Api::DEFAULT
};

/// The seconds of a month of 31 days. Who means more time on one activity is mistaken, mostly in the unit.
const MONTH: u64 = 31 * 86_400;
/// The seconds of ten years: no task is planned to take as long.
const TEN_YEARS: u64 = 3652 * 86_400;

/// The details of the user come with the token of a service application only (documentation, OAuth 2.0).
const WHO: &[(&str, &str)] = &[
    ("account", "/deployment_name"),
    ("deployment", "/deployment"),
    ("email", "/account_details/email"),
    ("first-name", "/account_details/firstname"),
    ("last-name", "/account_details/surname"),
];

/// The application's own credential, by HTTP Basic.
pub const CLIENT: Auth = Auth::Basic { user: "ACCELO_CLIENT_ID", password: "ACCELO_CLIENT_SECRET" };

/// A record that does not exist is a 400 like a bad argument, in the same words (documentation, Introduction). Where an id is
/// all that a request says, it means the one; an update may mean either, so the record is read.
pub const MISSING: &[(&str, ErrorKind)] = &[("invalid_request", ErrorKind::NotFound)];
/// The code of both.
pub const UNCLEAR: &str = "invalid_request";
