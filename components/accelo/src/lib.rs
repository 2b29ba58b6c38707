//! Accelo as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelo`; everything that moves is in `kit`. Sources: Accelo's API documentation
//! (<https://api.accelo.com/docs>), and what public clients were seen to do where it is silent.

mod filters;
mod quirks;
mod report;
mod steps;
#[cfg(test)]
mod tests;

use kit::types::ErrorKind;
use kit::wire::Names;
use kit::{Api, Auth, Body, Check, Effect, OAuth, Setting};

static API: Api = Api {
    name: "accelo",
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
        ],
        bools_as_ints: &["block-send"],
        ranges: &[("date-started", "date-ended"), ("from", "to")],
        bounds: &[
            // A larger page is cut to 100 without a word, and then looks like the last one.
            ("limit", 1, 100),
            ("minutes", 1, MONTH / 60),
            ("billable", 0, MONTH),
            ("nonbillable", 0, MONTH),
            ("expires-in", 1, u32::MAX as u64),
        ],
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

/// The details of the user come with the token of a service application only (documentation, OAuth 2.0).
const WHO: &[(&str, &str)] = &[
    ("account", "/deployment_name"),
    ("deployment", "/deployment"),
    ("email", "/account_details/email"),
    ("first-name", "/account_details/firstname"),
    ("last-name", "/account_details/surname"),
];

/// The application's own credential, by HTTP Basic.
const CLIENT: Auth = Auth::Basic { user: "ACCELO_CLIENT_ID", password: "ACCELO_CLIENT_SECRET" };

// Without `_fields`, Accelo returns two to five fields of a record. `_ALL` leaves out some that matter, and linked records
// come without their titles.
const ACTIVITY: &[(&str, &str)] = &[(
    "_fields",
    "_ALL,medium,visibility,parent_id,thread_id,standing,invoice_id,contract_period_id,is_billable,\
     staff(),activity_class(),activity_priority(),task()",
)];
const ACTIVITIES: &[(&str, &str)] = &[(
    "_fields",
    "medium,visibility,against_type,against_id,owner_type,owner_id,billable,nonbillable,standing,\
     date_logged,date_started,date_ended,staff(),activity_class()",
)];
const COMPANY: &[(&str, &str)] = &[("_fields", "_ALL,status(),postal_address()")];
const COMPANIES: &[(&str, &str)] = &[("_fields", "website,phone,standing,status()")];
const CONTACT: &[(&str, &str)] = &[("_fields", "_ALL,contact_status()")];
const CONTACTS: &[(&str, &str)] = &[("_fields", "standing,default_affiliation")];
const STAFF: &[(&str, &str)] = &[("_fields", "_ALL")];
const STAFF_LIST: &[(&str, &str)] = &[("_fields", "email,position,standing,timezone")];

// A record that does not exist is a 400 like a bad argument, in the same words (documentation, Introduction). Where an id is
// all that a request says, it means the one; an update may mean either, so the record is read.
const MISSING: &[(&str, ErrorKind)] = &[("invalid_request", ErrorKind::NotFound)];
const UNCLEAR: &str = "invalid_request";

/// A company may have tens of thousands of activities: 300 pages, at a second for each.
const REPORT_MS: Option<u32> = Some(300_000);

kit::operations! { API;
    activities {
        list_activities = GET    "/api/v0/activities" { defaults: ACTIVITIES, prepare: Some(quirks::activities) };
        list_activities_with_people = GET "/api/v0/activities" { prepare: Some(quirks::activities_with_people) };
        get_activity    = GET    "/api/v0/activities/{id}" { defaults: ACTIVITY, error_codes: MISSING };
        create_activity = POST   "/api/v0/activities" { defaults: ACTIVITY, prepare: Some(quirks::add_time_fields), guard: Some(&quirks::NEW_TIME) };
        update_activity = PUT    "/api/v0/activities/{id}" { defaults: ACTIVITY, prepare: Some(quirks::activity_changes), guard: Some(&quirks::CHANGED_TIME), reread: Some((UNCLEAR, "get-activity")) };
        delete_activity = DELETE "/api/v0/activities/{id}" { error_codes: MISSING };
    }
    companies {
        list_companies  = GET    "/api/v0/companies" { defaults: COMPANIES, prepare: Some(filters::companies) };
        get_company     = GET    "/api/v0/companies/{id}" { defaults: COMPANY, error_codes: MISSING };
        create_company  = POST   "/api/v0/companies" { defaults: COMPANY };
        update_company  = PUT    "/api/v0/companies/{id}" { defaults: COMPANY, prepare: Some(quirks::some_change), reread: Some((UNCLEAR, "get-company")) };
        delete_company  = DELETE "/api/v0/companies/{id}" { error_codes: MISSING };
    }
    contacts {
        list_contacts   = GET    "/api/v0/contacts" { defaults: CONTACTS, prepare: Some(filters::contacts) };
        get_contact     = GET    "/api/v0/contacts/{id}" { defaults: CONTACT, error_codes: MISSING };
        create_contact  = POST   "/api/v0/contacts" { defaults: CONTACT, prepare: Some(quirks::yes_or_no) };
        update_contact  = PUT    "/api/v0/contacts/{id}" { defaults: CONTACT, prepare: Some(quirks::some_change), reread: Some((UNCLEAR, "get-contact")) };
        deactivate_contact = DELETE "/api/v0/contacts/{id}" { error_codes: MISSING };
    }
    staff {
        list_staff      = GET    "/api/v0/staff" { defaults: STAFF_LIST, prepare: Some(filters::staff) };
        get_staff       = GET    "/api/v0/staff/{id}" { defaults: STAFF, error_codes: MISSING };
        whoami          = GET    "/api/v0/staff/whoami" { defaults: STAFF };
    }
    oauth {
        request_authorization => quirks::request_authorization { effect: Effect::Read };
        exchange_token  = POST   "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(quirks::grant) };
        token_info      = GET    "/api/v0/tokeninfo";
    }
    recipes {
        find_contact_by_email => steps::find_contact_by_email { effect: Effect::Read };
        log_time              => steps::log_time;
        log_meeting           => steps::log_meeting;
        log_email             => steps::log_email;
        report_time_by_staff  => report::time_by_staff { effect: Effect::Read, deadline_ms: REPORT_MS };
    }
}
