//! Accelo's tickets, requests and contracts as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelodesk`; what it shares with `components/accelo` is in `components/accelo/shared`.

mod quirks;
mod ranges;
mod ticket;

use accelo_shared::changes::{both_or_none, some_change};
use accelo_shared::filters::render;
use accelo_shared::narrowed::narrowed;
use accelo_shared::{CLIENT, MISSING, UNCLEAR, oauth as grants};
use kit::{Api, Effect};

static API: Api = Api { name: "accelodesk", ..accelo_shared::API };

// Without `_fields`, Accelo returns id and title of a record alone, and linked records come without their titles.
const ISSUE: &[(&str, &str)] = &[(
    "_fields",
    "_ALL,issue_type(),class(),issue_priority(),status(),resolution(),assignee(),submitted_by(),company(),affiliation()",
)];
const ISSUES: &[(&str, &str)] =
    &[("_fields", "standing,against_type,against_id,status(),issue_priority(),assignee(),company(),date_due")];
const CHOICES: &[(&str, &str)] = &[("_fields", "standing,description")];
const PRIORITIES: &[(&str, &str)] = &[("_fields", "color,factor")];
const STEPS: &[(&str, &str)] = &[("_fields", "issue_status(),issue_type()")];
const TYPES: &[(&str, &str)] = &[("_fields", "standing")];
const FOUND: &[(&str, &str)] = &[("_fields", "standing")];
const REQUEST: &[(&str, &str)] = &[("_fields", "_ALL,request_priority(),affiliation()")];
const REQUESTS: &[(&str, &str)] = &[("_fields", "standing,source,type_id,claimer_id,affiliation(),date_created")];
const CONTRACT: &[(&str, &str)] = &[(
    "_fields",
    "_ALL,contract_type(),manager(),status(),company(),job(),owner_affiliation(),billable_affiliation()",
)];
const CONTRACTS: &[(&str, &str)] = &[(
    "_fields",
    "standing,against_type,against_id,value,manager(),status(),company(),date_expires,date_period_expires",
)];
const ALL: &[(&str, &str)] = &[("_fields", "_ALL")];
const TIMER: &[(&str, &str)] = &[("_fields", "_ALL,staff()")];
const PERIOD: &[(&str, &str)] = &[("_fields", "_ALL,contract_budget()")];

kit::operations! { API;
    issues {
        list_issues  = GET    "/api/v0/issues" { defaults: ISSUES, prepare: Some(|params| render(params, ranges::ISSUES)) };
        count_issues = GET    "/api/v0/issues/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::ISSUES)) };
        get_issue    = GET    "/api/v0/issues/{id}" { defaults: ISSUE, error_codes: MISSING };
        create_issue = POST   "/api/v0/issues" { defaults: ISSUE, prepare: Some(quirks::one_state) };
        update_issue = PUT    "/api/v0/issues/{id}" { defaults: ISSUE, prepare: Some(quirks::issue_changes), reread: Some((UNCLEAR, "get-issue")) };
        delete_issue = DELETE "/api/v0/issues/{id}" { error_codes: MISSING };
        list_issue_classes     = GET "/api/v0/issues/classes" { defaults: CHOICES };
        list_issue_priorities  = GET "/api/v0/issues/priorities" { defaults: PRIORITIES };
        list_issue_resolutions = GET "/api/v0/issues/resolutions" { defaults: CHOICES };
        list_recent_issues      = GET "/api/v0/issues/recent" { defaults: ISSUES, prepare: Some(|params| render(params, ranges::ISSUES)) };
        count_issue_priorities  = GET "/api/v0/issues/priorities/count" { member: Some("count") };
        get_issue_priority      = GET "/api/v0/issues/priorities/{id}" { defaults: PRIORITIES, error_codes: MISSING };
        count_issue_resolutions = GET "/api/v0/issues/resolutions/count" { member: Some("count") };
        get_issue_resolution    = GET "/api/v0/issues/resolutions/{id}" { defaults: CHOICES, error_codes: MISSING };
        list_issue_progressions = GET "/api/v0/issues/progressions" { defaults: STEPS, prepare: Some(|params| narrowed(params, &[("issue_type_id", "issue_type_id", ""), ("on_create", "on_create", "")])) };
    }
    requests {
        list_requests  = GET  "/api/v0/requests" { defaults: REQUESTS, prepare: Some(|params| render(params, &[])) };
        count_requests = GET  "/api/v0/requests/count" { member: Some("count"), prepare: Some(|params| render(params, &[])) };
        get_request    = GET  "/api/v0/requests/{id}" { defaults: REQUEST, error_codes: MISSING };
        create_request = POST "/api/v0/requests" { defaults: REQUEST, prepare: Some(quirks::new_request) };
        update_request = PUT  "/api/v0/requests/{id}" { defaults: REQUEST, prepare: Some(some_change), reread: Some((UNCLEAR, "get-request")) };
        list_request_types = GET "/api/v0/requests/types" { defaults: TYPES };
        list_request_threads = GET "/api/v0/requests/threads" { prepare: Some(|params| render(params, &[])) };
    }
    contracts {
        list_contracts  = GET "/api/v0/contracts" { defaults: CONTRACTS, prepare: Some(|params| render(params, ranges::CONTRACTS)) };
        count_contracts = GET "/api/v0/contracts/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::CONTRACTS)) };
        get_contract    = GET "/api/v0/contracts/{id}" { defaults: CONTRACT, error_codes: MISSING };
        list_contract_periods  = GET "/api/v0/contracts/{contract_id}/periods" { defaults: PERIOD, prepare: Some(|params| render(params, ranges::PERIODS)) };
        get_contract_period    = GET "/api/v0/contracts/periods/{id}" { defaults: PERIOD, error_codes: MISSING };
        close_contract_period  = PUT "/api/v0/contracts/periods/{id}/close" { defaults: PERIOD, error_codes: MISSING };
        reopen_contract_period = PUT "/api/v0/contracts/periods/{id}/open" { defaults: PERIOD, error_codes: MISSING };
    }
    webhooks {
        list_subscriptions      = GET    "/api/v0/webhooks/subscriptions";
        list_subscription_types = GET    "/api/v0/webhooks/subscriptions/types";
        create_subscription     = POST   "/api/v0/webhooks/subscriptions" { member: Some("subscription"), prepare: Some(quirks::new_subscription) };
        delete_subscription     = DELETE "/api/v0/webhooks/subscriptions/{id}" { error_codes: MISSING };
    }
    timers {
        list_timers  = GET    "/api/v0/timers" { defaults: TIMER };
        get_timer    = GET    "/api/v0/timers/{id}" { defaults: TIMER, error_codes: MISSING };
        create_timer = POST   "/api/v0/timers" { defaults: TIMER, prepare: Some(|params| both_or_none(params)) };
        update_timer = PUT    "/api/v0/timers/{id}" { defaults: TIMER, prepare: Some(quirks::timer_changes), reread: Some((UNCLEAR, "get-timer")) };
        start_timer  = PUT    "/api/v0/timers/{id}/start" { defaults: TIMER, error_codes: MISSING };
        pause_timer  = PUT    "/api/v0/timers/{id}/pause" { defaults: TIMER, error_codes: MISSING };
        delete_timer = DELETE "/api/v0/timers/{id}" { error_codes: MISSING };
    }
    added_fields {
        list_profile_fields  = GET  "/api/v0/{of:affiliations|companies|contacts|contracts|invoices|issues|jobs|milestones|prospects|staff}/profiles/fields" { defaults: ALL };
        list_profile_values  = GET  "/api/v0/{of:affiliations|companies|contacts|contracts|invoices|issues|jobs|milestones|prospects|staff}/{record_id}/profiles/values" { defaults: ALL, error_codes: MISSING };
        update_profile_value = PUT  "/api/v0/{of:affiliations|companies|contacts|invoices|issues|jobs|milestones|prospects|staff}/{record_id}/profiles/values/{id}" { defaults: ALL, prepare: Some(quirks::one_value) };
        set_profile_value    = POST "/api/v0/{of:affiliations|companies|contacts|invoices|issues|jobs|milestones|prospects|staff}/{record_id}/profiles/fields/{field_id}" { defaults: ALL, prepare: Some(quirks::one_value) };
        list_custom_fields   = GET  "/api/v0/{of:contracts|issues|jobs|prospects}/extensions/fields" { defaults: ALL };
        list_custom_values   = GET  "/api/v0/{of:contracts|issues|jobs|prospects}/{record_id}/extensions/values" { defaults: ALL, error_codes: MISSING };
        update_custom_value  = PUT  "/api/v0/{of:contracts|issues|jobs|prospects}/{record_id}/extensions/values/{id}" { defaults: ALL, prepare: Some(quirks::one_value) };
        set_custom_value     = POST "/api/v0/{of:contracts|issues|jobs|prospects}/{record_id}/extensions/fields/{field_id}" { defaults: ALL, prepare: Some(quirks::one_value) };
    }
    files {
        list_collections = GET "/api/v0/{of:companies|contacts|contracts|issues|jobs|prospects}/{id}/collections" { error_codes: MISSING };
        list_files  = GET "/api/v0/resources" { defaults: ALL, prepare: Some(|params| narrowed(params, &[("activity_id", "activity_id", "")])) };
        count_files = GET "/api/v0/resources/count" { member: Some("count"), prepare: Some(|params| narrowed(params, &[("activity_id", "activity_id", "")])) };
        get_file    = GET "/api/v0/resources/{id}" { defaults: ALL, error_codes: MISSING };
    }
    lookups {
        find_clients     = GET "/api/v0/companies" { defaults: FOUND };
        get_client_name  = GET "/api/v0/companies/{id}" { defaults: FOUND, error_codes: MISSING };
        list_issue_types = GET "/api/v0/issues/types" { defaults: TYPES };
    }
    oauth {
        request_authorization => grants::request_authorization { effect: Effect::Read };
        exchange_token  = POST "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(grants::grant) };
        token_info      = GET  "/api/v0/tokeninfo";
    }
    recipes {
        open_ticket => ticket::open_ticket;
    }
}
