//! Aero Workflow as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/aero`; everything that moves is in `kit`. Source: the vendor's OpenAPI document, "Aero API" `v1`,
//! <https://api.aeroworkflow.com/swagger/v1/swagger.json>. It describes shapes and not behaviour: what is taken from the
//! Pipedream component `aero_workflow`, TruffleHog's detector or the vendor's help centre, or inferred, says so.

mod dates;
mod jobs;
mod names;
mod quirks;
mod raw;
mod select;
#[cfg(test)]
mod tests;

use kit::types::ErrorKind;
use kit::wire::{Names, Spelling};
use kit::{Api, Auth, Check, Effect, Setting};

static API: Api = Api {
    name: "aero",
    title: "Aero Workflow",
    base: "https://api.aeroworkflow.com",
    auth: Auth::Header { name: "apikey", key: "AERO_API_KEY" },
    settings: &[
        Setting {
            name: "AERO_ACCOUNT_ID",
            description: "The account's number: Company Profile ID on the screen Account Information.",
            required: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "AERO_API_KEY",
            description: "The account's one API key. Making a new one cuts off whatever uses the old.",
            required: true,
            secret: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "AERO_SQL_KEY",
            description: "The second key, which `run-sql-select` needs beside the first. Ask the vendor for it.",
            secret: true,
            ..Setting::DEFAULT
        },
        Setting {
            name: "AERO_ALLOW_RAW_SQL",
            description: "`1`: `run-sql-select` takes whole statements, in `raw`.",
            ..Setting::DEFAULT
        },
    ],
    names: Names {
        members: Spelling::Camel,
        words: Spelling::Flat,
        renamed: &[
            ("page", "pageNumber"),
            ("page", "page"),
            ("aeros", "aeroTasks"),
            ("aeros", "aeroAppointments"),
            ("aeros", "aeroEmails"),
            ("aeros", "aeroOthers"),
            ("steps", "aeroSteps"),
            ("steps", "steps"),
            ("email-cc", "emailCC"),
            ("email-bcc", "emailBCC"),
            // A planned duration is one number here and three at the vendor: see `quirks`.
            ("planned-minutes", "plannedMinutes"),
            ("planned-minutes", "scheduledTotalHours"),
            ("planned-minutes", "scheduledHours"),
            ("planned-minutes", "scheduledMinutes"),
        ],
        words_renamed: &[
            ("task", "Task"),
            ("appointment", "Appointment"),
            ("email", "Email"),
            ("other", "Other"),
            ("inactive", "Inactive"),
            ("all", "All"),
        ],
        numeric_ids: &[
            "id",
            "aero-id",
            "company-id",
            "customer-id",
            "contact-id",
            "aero-group-id",
            "team-member-id",
            "aero-type-id",
            "hat-id",
            "template-id",
            "aero-template-id",
            "procedure-id",
            "library-procedure-id",
            "master-aero-id",
            "master-aero-ids",
        ],
        decimals: &[
            "hourly-billable-rate",
            "monthly-fixed-fee",
            "hourly-rate",
            "hourly-cost-rate",
            "estimated-hourly-rate",
        ],
        filled: &[
            "subject",
            "assigned-to",
            "aero-type",
            "team-member",
            "name",
            "first-name",
            "last-name",
            "steps",
            "master-aero-ids",
        ],
        ranges: &[("scheduled-start-date", "due-date"), ("start-date", "end-on-date"), ("start-date", "end-date")],
        // Help centre, "Definition of Terms".
        opposites: &[("billable", "fixed-fee")],
        bounds: &[
            ("page", 0, INT32),
            ("planned-minutes", 0, 1440),
            ("repeat-every", 1, INT32),
            ("number-of-dates", 1, INT32),
            ("count", 1, 400),
            ("max-pages", 1, jobs::MOST_PAGES),
        ],
        sensitive: &["secured-value"],
        withheld: &["securedValue"],
        ..Names::DEFAULT
    },
    message: &["/message"],
    problems: "/errors",
    check: Some(Check { operation: "check-access", input: "{}", who: &[("account", "AERO_ACCOUNT_ID")] }),
    ..Api::DEFAULT
};

/// The largest number that the vendor's integers of 32 bits hold.
const INT32: u64 = i32::MAX as u64;
/// What the vendor demands of new work, and people leave to it.
const WORK: &[(&str, &str)] = &[("priority", "normal"), ("status", "notstarted")];
/// The same for work from a template of the library.
const LIBRARY: &[(&str, &str)] = &[("priority", "normal")];
/// The vendor documents no 404 where a company, contact or money entity is asked for by its id, but 400; of a contact neither.
const UNKNOWN: &[(u16, ErrorKind)] = &[(400, ErrorKind::NotFound)];

kit::operations! { API;
    aeros {
        list_tasks                               = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks";
        create_task                              = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks" { defaults: WORK, prepare: Some(quirks::work) };
        create_task_from_template                = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks/FromTemplate/{templateId}" { prepare: Some(quirks::work) };
        create_task_from_library_template        = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks/FromLibraryTemplate/{templateId}" { defaults: LIBRARY, prepare: Some(quirks::work) };
        list_appointments                        = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments";
        create_appointment                       = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments" { defaults: WORK, prepare: Some(quirks::work) };
        list_emails                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails";
        create_email                             = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails" { defaults: WORK, prepare: Some(quirks::work) };
        list_others                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers";
        create_other                             = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers" { defaults: WORK, prepare: Some(quirks::work) };
    }
    steps {
        create_step                              = POST "/api/{AERO_ACCOUNT_ID}/v1/Aero{category:Task|Appointment|Email|Other}s/{aeroId}/AeroSteps";
    }
    time {
        get_time_entry                           = GET  "/api/{AERO_ACCOUNT_ID}/v1/Aero{category:Task|Appointment|Email|Other}s/{aeroId}/AeroTimes/{id}";
        create_time_entry                        = POST "/api/{AERO_ACCOUNT_ID}/v1/Aero{category:Task|Appointment|Email|Other}s/{aeroId}/AeroTimes";
    }
    companies {
        list_companies                           = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies" { member: Some("companies") };
        get_company                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies/{id}" { statuses: UNKNOWN };
        query_companies                          = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies/Query" { member: Some("companies") };
        create_company                           = POST "/api/{AERO_ACCOUNT_ID}/v1/Companies";
        list_money_entities                      = GET  "/api/{AERO_ACCOUNT_ID}/v1/MoneyEntities" { member: Some("companies") };
        get_money_entity                         = GET  "/api/{AERO_ACCOUNT_ID}/v1/MoneyEntities/{id}" { statuses: UNKNOWN };
        create_vault_entry                       = POST "/api/{AERO_ACCOUNT_ID}/v1/Companies/{companyId}/VaultEntries";
    }
    contacts {
        list_contacts                            = GET  "/api/{AERO_ACCOUNT_ID}/v1/Contacts" { member: Some("contacts") };
        get_contact                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/Contacts/{id}" { statuses: UNKNOWN };
        create_contact                           = POST "/api/{AERO_ACCOUNT_ID}/v1/Contacts";
    }
    master_aeros {
        create_master_aero_from_template         = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/FromTemplate/{templateId}" { prepare: Some(quirks::master_aero) };
        create_master_aero_from_library_template = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/FromLibraryTemplate/{templateId}" { defaults: LIBRARY, prepare: Some(quirks::master_aero) };
        get_master_aero                          = GET  "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}";
        list_occurrences                         = GET  "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/Occurrences";
        list_master_aero_steps                   = GET  "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/Steps";
        update_master_aeros                      = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/BatchUpdate" { prepare: Some(quirks::changes) };
        pull_steps_from_template                 = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/PullStepsFromTemplate";
        insert_occurrences                       = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrences" { member: Some("occurences") };
        insert_occurrences_by_count              = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrencesByCount" { member: Some("occurences") };
        insert_occurrences_by_date               = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrencesByDate" { member: Some("occurences") };
    }
    lookups {
        check_access                             = GET  "/api/{AERO_ACCOUNT_ID}/me";
        list_aero_types                          = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroTypes" { member: Some("aeroTypeReads") };
        list_hats                                = GET  "/api/{AERO_ACCOUNT_ID}/v1/Hats" { member: Some("hatReads") };
        list_projects                            = GET  "/api/{AERO_ACCOUNT_ID}/v1/Projects" { member: Some("projectReads") };
        list_team_members                        = GET  "/api/{AERO_ACCOUNT_ID}/v1/TeamMembers" { member: Some("teamMemberNameReads") };
    }
    sql {
        run_sql_select                           = POST "/api/{AERO_ACCOUNT_ID}/Sql/Select" {
            effect: Effect::Read, repeatable: true, switched: &[("raw", "AERO_ALLOW_RAW_SQL")], body_secrets: &[("key", "AERO_SQL_KEY")],
            prepare: Some(select::render),
        };
    }
    recipes {
        open_quarter                             => jobs::open_quarter { deadline_ms: Some(60_000) };
        continue_recurring_work                  => jobs::continue_recurring_work { deadline_ms: Some(60_000) };
        reassign_recurring_work                  => jobs::reassign_recurring_work;
        create_task_from_template_by_name        => jobs::create_task_from_template_by_name { deadline_ms: Some(60_000) };
        add_checklist                            => jobs::add_checklist { deadline_ms: Some(120_000) };
        find_aeros                               => jobs::find_aeros { effect: Effect::Read, deadline_ms: Some(120_000) };
        onboard_client                           => jobs::onboard_client;
        log_time_by_name                         => jobs::log_time_by_name { deadline_ms: Some(120_000) };
    }
}
