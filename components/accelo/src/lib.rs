//! Accelo as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelo`; everything that moves is in `kit`. Sources: Accelo's API documentation
//! (<https://api.accelo.com/docs>), and what public clients were seen to do where it is silent.

mod filters;
mod quirks;
mod report;
mod steps;

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
        renamed: &[("page", "_page"), ("limit", "_limit"), ("fields", "_fields"), ("search", "_search")],
        // A missing link or date arrives as "0"; only staff 0, the system itself, means something.
        zero_is_none: &[
            "parent-id",
            "task",
            "activity-class",
            "activity-priority",
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
        ],
        bits: &["block-send"],
        ..Names::DEFAULT
    },
    body: Body::Form,
    method_override: Some("_method"),
    // A larger page is cut to 100 without a word, and then looks like the last one.
    bounds: &[("_limit", 1, 100)],
    result: "/response",
    // `/api` has an envelope, `/oauth2` speaks RFC 6749; the 429 is documented without its envelope.
    code: &["/meta/status", "/error", "/status"],
    ok: &["ok"],
    message: &["/meta/message", "/error_description", "/message"],
    kinds: &[
        ("duplicate", ErrorKind::Conflict),
        ("invalid_client", ErrorKind::Unauthenticated),
        ("invalid_grant", ErrorKind::Unauthenticated),
        ("unauthorized_client", ErrorKind::Unauthenticated),
        ("invalid_permission", ErrorKind::Forbidden),
        ("too_many_requests", ErrorKind::RateLimited),
        ("too_many_failed_logins", ErrorKind::RateLimited),
        ("server_error", ErrorKind::Unavailable),
    ],
    // A record that does not exist is a 400 like any other; only the text tells.
    phrases: &[
        ("Deployment '", ErrorKind::Misconfigured),
        ("does not exist", ErrorKind::NotFound),
        ("could be found", ErrorKind::NotFound),
        ("could not be found", ErrorKind::NotFound),
        ("not found", ErrorKind::NotFound),
    ],
    // Its own default cannot write.
    oauth: Some(OAuth {
        authorize: "request-authorization",
        exchange: "exchange-token",
        scope: "read(all),write(all)",
        who: WHO,
    }),
    // None of the operations tells whom a token acts for.
    check: Some(Check {
        operation: "list-staff",
        input: r#"{"limit":1}"#,
        who: &[("deployment", "ACCELO_DEPLOYMENT")],
    }),
    ..Api::DEFAULT
};

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

kit::operations! { API;
    activities {
        list_activities = GET    "/api/v0/activities" { defaults: ACTIVITIES, prepare: Some(filters::render), member: Some("activities") };
        get_activity    = GET    "/api/v0/activities/{id}" { defaults: ACTIVITY };
        create_activity = POST   "/api/v0/activities" { defaults: ACTIVITY, prepare: Some(quirks::time_needs_visibility) };
        update_activity = PUT    "/api/v0/activities/{id}" { defaults: ACTIVITY };
        delete_activity = DELETE "/api/v0/activities/{id}";
    }
    companies {
        list_companies  = GET    "/api/v0/companies" { defaults: COMPANIES, prepare: Some(filters::render) };
        get_company     = GET    "/api/v0/companies/{id}" { defaults: COMPANY };
        create_company  = POST   "/api/v0/companies" { defaults: COMPANY };
        update_company  = PUT    "/api/v0/companies/{id}" { defaults: COMPANY };
        delete_company  = DELETE "/api/v0/companies/{id}";
    }
    contacts {
        list_contacts   = GET    "/api/v0/contacts" { defaults: CONTACTS, prepare: Some(filters::render) };
        get_contact     = GET    "/api/v0/contacts/{id}" { defaults: CONTACT };
        create_contact  = POST   "/api/v0/contacts" { defaults: CONTACT, prepare: Some(quirks::yes_or_no) };
        update_contact  = PUT    "/api/v0/contacts/{id}" { defaults: CONTACT };
        deactivate_contact = DELETE "/api/v0/contacts/{id}";
    }
    staff {
        list_staff      = GET    "/api/v0/staff" { defaults: STAFF_LIST, prepare: Some(filters::render) };
        get_staff       = GET    "/api/v0/staff/{id}" { defaults: STAFF };
    }
    oauth {
        request_authorization => quirks::request_authorization { effect: Effect::Read };
        exchange_token  = POST   "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(quirks::grant) };
    }
    recipes {
        find_contact_by_email => steps::find_contact_by_email { effect: Effect::Read };
        log_time              => steps::log_time;
        log_meeting           => steps::log_meeting;
        log_email             => steps::log_email;
        report_time_by_staff  => report::time_by_staff { effect: Effect::Read };
    }
}
