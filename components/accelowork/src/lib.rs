//! Accelo's jobs, tasks and time as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelowork`; what it shares with `components/accelo` is in `components/accelo/shared`.

mod quirks;
mod ranges;
mod report;
mod status;
#[cfg(test)]
mod tests;
mod work;

use accelo_shared::changes::{as_written, some_change};
use accelo_shared::filters::{ACTIVITIES, render};
use accelo_shared::narrowed::narrowed;
use accelo_shared::{CLIENT, MISSING, UNCLEAR, oauth as grants};
use kit::{Api, Effect};

static API: Api = Api { name: "accelowork", ..accelo_shared::API };

// Without `_fields`, Accelo returns id and title of a record alone, and linked records come without their titles.
const JOB: &[(&str, &str)] = &[("_fields", "_ALL,job_type(),status(),manager(),company(),affiliation(),rate()")];
const JOBS: &[(&str, &str)] = &[("_fields", "standing,against_type,against_id,status(),manager(),company(),date_due")];
const TASK: &[(&str, &str)] = &[(
    "_fields",
    "_ALL,task_type(),task_status(),task_priority(),assignee(),manager(),company(),task_job(),milestone(),issue(),affiliation()",
)];
const TASKS: &[(&str, &str)] =
    &[("_fields", "standing,against_type,against_id,task_status(),task_priority(),assignee(),company(),date_due")];
const MILESTONE: &[(&str, &str)] = &[("_fields", "_ALL,job(),manager(),status(),rate()")];
const MILESTONES: &[(&str, &str)] = &[("_fields", "standing,job(),manager(),status(),date_due")];
const TASK_PRIORITIES: &[(&str, &str)] = &[("_fields", "level,icon")];
const STATUSES: &[(&str, &str)] = &[("_fields", "color,standing,start,ordering")];
const TYPES: &[(&str, &str)] = &[("_fields", "standing")];
const FOUND: &[(&str, &str)] = &[("_fields", "standing")];
const ENTRY: &[(&str, &str)] = &[
    (
        "_fields",
        "medium,against_type,against_id,task(),staff(),activity_class(),billable,nonbillable,standing,date_logged",
    ),
    // Accelo drops time that not all can see.
    ("visibility", "all"),
];
const ENTRIES: &[(&str, &str)] = &[(
    "_fields",
    "medium,against_type,against_id,task(),staff(),activity_class(),billable,nonbillable,standing,date_logged",
)];

/// A company may have hundreds of jobs and tens of thousands of activities: 300 requests for all lists, and 51 to find the
/// company, at a second for each.
const REPORT_MS: Option<u32> = Some(360_000);

kit::operations! { API;
    jobs {
        list_jobs   = GET    "/api/v0/jobs" { defaults: JOBS, prepare: Some(|params| render(params, ranges::JOBS)) };
        count_jobs  = GET    "/api/v0/jobs/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::JOBS)) };
        get_job     = GET    "/api/v0/jobs/{id}" { defaults: JOB, error_codes: MISSING };
        create_job  = POST   "/api/v0/jobs" { defaults: JOB, prepare: Some(as_written) };
        update_job  = PUT    "/api/v0/jobs/{id}" { defaults: JOB, prepare: Some(quirks::job_changes), reread: Some((UNCLEAR, "get-job")) };
        delete_job  = DELETE "/api/v0/jobs/{id}" { error_codes: MISSING };
        list_recent_jobs = GET "/api/v0/jobs/{by:recent|newest}" { defaults: JOBS, prepare: Some(|params| render(params, ranges::JOBS)) };
    }
    tasks {
        list_tasks  = GET    "/api/v0/tasks" { defaults: TASKS, prepare: Some(|params| render(params, ranges::TASKS)) };
        count_tasks = GET    "/api/v0/tasks/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::TASKS)) };
        get_task    = GET    "/api/v0/tasks/{id}" { defaults: TASK, error_codes: MISSING };
        create_task = POST   "/api/v0/tasks" { defaults: TASK, prepare: Some(quirks::new_task) };
        update_task = PUT    "/api/v0/tasks/{id}" { defaults: TASK, prepare: Some(some_change), reread: Some((UNCLEAR, "get-task")) };
        start_task  = PUT    "/api/v0/tasks/{id}/progressions/start" { defaults: TASK, error_codes: MISSING };
        finish_task = PUT    "/api/v0/tasks/{id}/progressions/done" { defaults: TASK, error_codes: MISSING };
        list_task_priorities = GET "/api/v0/tasks/priorities" { defaults: TASK_PRIORITIES };
        list_issue_tasks = GET "/api/v0/issues/{issue_id}/tasks" { defaults: TASKS, error_codes: MISSING, prepare: Some(|params| render(params, ranges::TASKS)) };
        get_task_meta = GET "/api/v0/tasks/meta";
    }
    milestones {
        list_milestones  = GET "/api/v0/milestones" { defaults: MILESTONES, prepare: Some(|params| render(params, &[])) };
        count_milestones = GET "/api/v0/milestones/count" { member: Some("count"), prepare: Some(|params| render(params, &[])) };
        get_milestone    = GET "/api/v0/milestones/{id}" { defaults: MILESTONE, error_codes: MISSING };
        list_job_milestones = GET "/api/v0/jobs/{job_id}/milestones" { defaults: MILESTONES, error_codes: MISSING, prepare: Some(|params| render(params, &[])) };
    }
    states {
        list_statuses = GET "/api/v0/{of:affiliations|companies|contacts|contracts|issues|jobs|milestones|prospects|quotes|tasks}/statuses" { defaults: STATUSES };
        list_types    = GET "/api/v0/{of:contracts|expenses|issues|jobs|prospects|requests}/types" { defaults: TYPES, prepare: Some(quirks::paged_types) };
        get_record_status = GET "/api/v0/{of:affiliations|companies|contacts|contracts|expenses|issues|jobs|milestones|prospects|tasks}/{id}" { error_codes: MISSING, prepare: Some(quirks::with_status) };
        list_progressions = GET "/api/v0/{of:affiliations|companies|contacts|contracts|expenses|issues|jobs|milestones|prospects|tasks}/{id}/progressions" { error_codes: MISSING };
        run_progression   = POST "/api/v0/{of:affiliations|companies|contacts|contracts|expenses|issues|jobs|milestones|prospects|tasks}/{id}/progressions/{progression_id}/auto" { prepare: Some(quirks::with_status) };
    }
    time {
        create_time_entry = POST "/api/v0/activities" { defaults: ENTRY, prepare: Some(quirks::by_staff), guard: Some(&quirks::NEW_TIME) };
        list_time_entries = GET  "/api/v0/activities" { defaults: ENTRIES, prepare: Some(|params| render(params, ACTIVITIES)) };
        count_time_entries = GET "/api/v0/activities/count" { member: Some("count"), prepare: Some(|params| render(params, ACTIVITIES)) };
        total_time        = GET  "/api/v0/activities/allocations" { prepare: Some(|params| render(params, ACTIVITIES)) };
    }
    lookups {
        find_companies   = GET "/api/v0/companies" { defaults: FOUND };
        get_company_name = GET "/api/v0/companies/{id}" { defaults: FOUND, error_codes: MISSING };
        find_tickets     = GET "/api/v0/issues" { defaults: FOUND, prepare: Some(|params| narrowed(params, &[("company_id", "against", "company/")])) };
        get_ticket_title = GET "/api/v0/issues/{id}" { defaults: FOUND, error_codes: MISSING };
    }
    oauth {
        request_authorization => grants::request_authorization { effect: Effect::Read };
        exchange_token  = POST "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(grants::grant) };
        token_info      = GET  "/api/v0/tokeninfo";
    }
    recipes {
        log_work         => work::log_work;
        complete_task    => work::complete_task;
        change_status    => status::change_status;
        report_work_time => report::work_time { effect: Effect::Read, deadline_ms: REPORT_MS };
    }
}
