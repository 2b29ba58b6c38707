//! Accelo as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelo`; everything that moves is in `kit`. Sources: Accelo's API documentation
//! (<https://api.accelo.com/docs>), and what public clients were seen to do where it is silent.

mod quirks;
mod report;
mod steps;
#[cfg(test)]
mod tests;

use accelo_shared::changes::{as_written, some_change, some_change_as_written};
use accelo_shared::filters::{
    ACTIVITIES as BY_ACTIVITY, COMPANIES as BY_COMPANY, CONTACTS as BY_CONTACT, STAFF as BY_STAFF, render,
};
use accelo_shared::{CLIENT, MISSING, UNCLEAR, oauth as grants};
use kit::{Api, Effect};

static API: Api = Api { name: "accelo", ..accelo_shared::API };

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
// `status` is what the documentation's table has for `standing`.
const CLASSES: &[(&str, &str)] = &[("_fields", "parent,standing,status")];
const COMPANY: &[(&str, &str)] = &[("_fields", "_ALL,status(),postal_address()")];
const COMPANIES: &[(&str, &str)] = &[("_fields", "website,phone,standing,status()")];
const CONTACT: &[(&str, &str)] = &[("_fields", "_ALL,contact_status()")];
const CONTACTS: &[(&str, &str)] = &[("_fields", "standing,default_affiliation")];
const AFFILIATION: &[(&str, &str)] =
    &[("_fields", "_ALL,company(),contact(),affiliation_status(),postal_address(),physical_address()")];
const AFFILIATIONS: &[(&str, &str)] = &[("_fields", "phone,position,standing,company(),contact()")];
const STAFF: &[(&str, &str)] = &[("_fields", "_ALL")];
const STAFF_LIST: &[(&str, &str)] = &[("_fields", "email,position,standing,timezone")];

/// A company may have tens of thousands of activities: 300 pages, their count, and 51 requests to find the company, at a second
/// for each.
const REPORT_MS: Option<u32> = Some(360_000);

kit::operations! { API;
    activities {
        list_activities = GET    "/api/v0/activities" { defaults: ACTIVITIES, prepare: Some(quirks::activities) };
        count_activities = GET "/api/v0/activities/count" { member: Some("count"), prepare: Some(|params| render(params, BY_ACTIVITY)) };
        list_activities_with_people = GET "/api/v0/activities" { prepare: Some(quirks::activities_with_people) };
        get_activity    = GET    "/api/v0/activities/{id}" { defaults: ACTIVITY, error_codes: MISSING };
        create_activity = POST   "/api/v0/activities" { defaults: ACTIVITY, prepare: Some(quirks::new_activity), guard: Some(&quirks::NEW_TIME) };
        update_activity = PUT    "/api/v0/activities/{id}" { defaults: ACTIVITY, prepare: Some(quirks::activity_changes), guard: Some(&quirks::CHANGED_TIME), reread: Some((UNCLEAR, "get-activity")) };
        delete_activity = DELETE "/api/v0/activities/{id}" { error_codes: MISSING };
        list_activity_classes = GET "/api/v0/activities/classes" { defaults: CLASSES };
    }
    companies {
        list_companies  = GET    "/api/v0/companies" { defaults: COMPANIES, prepare: Some(|params| render(params, BY_COMPANY)) };
        count_companies = GET "/api/v0/companies/count" { member: Some("count"), prepare: Some(|params| render(params, BY_COMPANY)) };
        get_company     = GET    "/api/v0/companies/{id}" { defaults: COMPANY, error_codes: MISSING };
        create_company  = POST   "/api/v0/companies" { defaults: COMPANY };
        update_company  = PUT    "/api/v0/companies/{id}" { defaults: COMPANY, prepare: Some(some_change), reread: Some((UNCLEAR, "get-company")) };
        delete_company  = DELETE "/api/v0/companies/{id}" { error_codes: MISSING };
    }
    contacts {
        list_contacts   = GET    "/api/v0/contacts" { defaults: CONTACTS, prepare: Some(|params| render(params, BY_CONTACT)) };
        count_contacts = GET "/api/v0/contacts/count" { member: Some("count"), prepare: Some(|params| render(params, BY_CONTACT)) };
        get_contact     = GET    "/api/v0/contacts/{id}" { defaults: CONTACT, error_codes: MISSING };
        create_contact  = POST   "/api/v0/contacts" { defaults: CONTACT, prepare: Some(as_written) };
        update_contact  = PUT    "/api/v0/contacts/{id}" { defaults: CONTACT, prepare: Some(some_change), reread: Some((UNCLEAR, "get-contact")) };
        deactivate_contact = DELETE "/api/v0/contacts/{id}" { error_codes: MISSING };
    }
    affiliations {
        list_affiliations  = GET    "/api/v0/affiliations" { defaults: AFFILIATIONS, prepare: Some(|params| render(params, &[])) };
        count_affiliations = GET    "/api/v0/affiliations/count" { member: Some("count"), prepare: Some(|params| render(params, &[])) };
        get_affiliation    = GET    "/api/v0/affiliations/{id}" { defaults: AFFILIATION, error_codes: MISSING };
        create_affiliation = POST   "/api/v0/affiliations" { defaults: AFFILIATION, prepare: Some(as_written) };
        update_affiliation = PUT    "/api/v0/affiliations/{id}" { defaults: AFFILIATION, prepare: Some(some_change_as_written), reread: Some((UNCLEAR, "get-affiliation")) };
        delete_affiliation = DELETE "/api/v0/affiliations/{id}" { error_codes: MISSING };
    }
    staff {
        list_staff      = GET    "/api/v0/staff" { defaults: STAFF_LIST, prepare: Some(|params| render(params, BY_STAFF)) };
        count_staff = GET "/api/v0/staff/count" { member: Some("count"), prepare: Some(|params| render(params, BY_STAFF)) };
        get_staff       = GET    "/api/v0/staff/{id}" { defaults: STAFF, error_codes: MISSING };
        whoami          = GET    "/api/v0/staff/whoami" { defaults: STAFF };
        get_user        = GET    "/api/v0/user";
    }
    oauth {
        request_authorization => grants::request_authorization { effect: Effect::Read };
        exchange_token  = POST   "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(grants::grant) };
        token_info      = GET    "/api/v0/tokeninfo";
    }
    recipes {
        find_contact_by_email => steps::find_contact_by_email { effect: Effect::Read };
        change_contact_details => steps::change_contact_details;
        log_time              => steps::log_time;
        log_meeting           => steps::log_meeting;
        log_email             => steps::log_email;
        report_time_by_staff  => report::time_by_staff { effect: Effect::Read, deadline_ms: REPORT_MS };
    }
}
