//! Aero Workflow as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/aero`; everything that moves is in `kit`. The vendor's own document is not public. Sources,
//! best first: the Pipedream component `aero_workflow`, TruffleHog's detector, the vendor's help centre, the catalogue
//! page of Jentic. What none of them says is inferred, and answers are read as if it could be otherwise.

mod dates;
mod quirks;
mod raw;
mod select;
mod steps;

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
            name: "AERO_ALLOW_RAW_SQL",
            description: "`1`: `run-sql-select` takes whole statements, in `raw`.",
            ..Setting::DEFAULT
        },
    ],
    names: Names {
        members: Spelling::Camel,
        words: Spelling::Flat,
        renamed: &[("same-day-of-month", "isDayOfMonth")],
        words_renamed: &[
            ("task", "Task"),
            ("appointment", "Appointment"),
            ("email", "Email"),
            ("other", "Other"),
            ("daily", "Daily"),
            ("weekly", "Weekly"),
            ("every-weekday", "EveryWeekday"),
            ("every-monday-wednesday-friday", "EveryMondayWednesdayFriday"),
            ("every-tuesday-thursday", "EveryTuesdayThursday"),
            ("monthly", "Monthly"),
            ("yearly", "Yearly"),
        ],
        digits: &["id", "aero-id", "company-id", "hat-id", "template-id", "sop-id", "lib-id"],
        decimals: &["hourly-billable-rate", "monthly-fixed-fee", "estimated-price"],
        sensitive: &["secured-value"],
        ..Names::DEFAULT
    },
    bounds: &[("scheduledTotalHours", 0, 24), ("scheduledHours", 0, 23), ("scheduledMinutes", 0, 59)],
    // The vendor documents no error; these are the members of a problem detail (RFC 9457), which its framework sends.
    message: &["/detail", "/title"],
    problems: "/errors",
    // A key is the account's; of the firm, the people tell most.
    check: Some(Check {
        operation: "list-team-members",
        input: "{}",
        who: &[("account", "AERO_ACCOUNT_ID"), ("a-team-member", "/0/name")],
    }),
    ..Api::DEFAULT
};

/// What Pipedream demands of new work, and people leave to the vendor.
const WORK: &[(&str, &str)] = &[("priority", "normal"), ("status", "notstarted")];
const PROJECT: &[(&str, &str)] = &[("status", "notstarted")];

kit::operations! { API;
    aeros {
        list_tasks                               = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks" { member: Some("aeroTaskReads") };
        create_task                              = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks" { defaults: WORK, prepare: Some(quirks::work) };
        create_task_from_template                = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks/FromTemplate/{templateId}" { prepare: Some(quirks::duration) };
        create_task_from_library_template        = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroTasks/FromLibraryTemplate/{templateId}" { prepare: Some(quirks::duration) };
        list_appointments                        = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments" { member: Some("aeroAppointmentReads") };
        create_appointment                       = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments" { defaults: WORK, prepare: Some(quirks::work) };
        create_appointment_from_template         = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments/FromTemplate/{templateId}" { prepare: Some(quirks::duration) };
        create_appointment_from_library_template = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroAppointments/FromLibraryTemplate/{templateId}" { prepare: Some(quirks::duration) };
        list_emails                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails" { member: Some("aeroEmailReads") };
        create_email                             = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails" { defaults: WORK, prepare: Some(quirks::work) };
        create_email_from_template               = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails/FromTemplate/{templateId}" { prepare: Some(quirks::duration) };
        create_email_from_library_template       = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroEmails/FromLibraryTemplate/{templateId}" { prepare: Some(quirks::duration) };
        list_others                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers" { member: Some("aeroOtherReads") };
        create_other                             = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers" { defaults: WORK, prepare: Some(quirks::work) };
        create_other_from_template               = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers/FromTemplate/{templateId}" { prepare: Some(quirks::duration) };
        create_other_from_library_template       = POST "/api/{AERO_ACCOUNT_ID}/v1/AeroOthers/FromLibraryTemplate/{templateId}" { prepare: Some(quirks::duration) };
        create_time_entry                        = POST "/api/{AERO_ACCOUNT_ID}/v1/Aero{category}s/{aeroId}/AeroTimes";
    }
    companies {
        list_companies                           = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies" { member: Some("companies") };
        get_company                              = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies/{id}";
        query_companies                          = GET  "/api/{AERO_ACCOUNT_ID}/v1/Companies/Query" { member: Some("companies") };
        create_company                           = POST "/api/{AERO_ACCOUNT_ID}/v1/Companies";
        create_vault_entry                       = POST "/api/{AERO_ACCOUNT_ID}/v1/Companies/{companyId}/VaultEntries";
    }
    contacts {
        list_contacts                            = GET  "/api/{AERO_ACCOUNT_ID}/v1/Contacts" { member: Some("contacts") };
        create_contact                           = POST "/api/{AERO_ACCOUNT_ID}/v1/Contacts";
    }
    projects {
        list_projects                            = GET  "/api/{AERO_ACCOUNT_ID}/v1/Projects" { member: Some("projectReads") };
        create_project                           = POST "/api/{AERO_ACCOUNT_ID}/v1/Projects" { defaults: PROJECT };
    }
    master_aeros {
        create_master_aero_from_template         = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/FromTemplate/{templateId}" { prepare: Some(quirks::master_aero) };
        create_master_aero_from_library_template = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/FromLibraryTemplate/{templateId}" { prepare: Some(quirks::master_aero) };
        add_master_aero_steps                    = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/AddSteps";
        pull_master_aero_steps                   = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/PullSteps";
        insert_occurrences                       = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrences" { prepare: Some(quirks::both_ends) };
        insert_occurrences_by_count              = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrencesByCount" { prepare: Some(quirks::schedule) };
        insert_occurrences_by_date               = POST "/api/{AERO_ACCOUNT_ID}/v1/MasterAeros/{id}/InsertOccurrencesByDate" { prepare: Some(quirks::schedule) };
    }
    lookups {
        list_aero_types                          = GET  "/api/{AERO_ACCOUNT_ID}/v1/AeroTypes" { member: Some("aeroTypeReads") };
        list_hats                                = GET  "/api/{AERO_ACCOUNT_ID}/v1/Hats" { member: Some("hatReads") };
        list_team_members                        = GET  "/api/{AERO_ACCOUNT_ID}/v1/TeamMembers" { member: Some("teamMemberNameReads") };
        list_money_entities                      = GET  "/api/{AERO_ACCOUNT_ID}/v1/MoneyEntities" { member: Some("moneyEntityReads") };
        list_templates                           = GET  "/api/{AERO_ACCOUNT_ID}/v1/Templates" { member: Some("templateReads") };
    }
    sql {
        // The only path without a version.
        run_sql_select                           = POST "/api/{AERO_ACCOUNT_ID}/Sql/Select" {
            effect: Effect::Read, repeatable: true, member: Some("rows"), switched: &[("raw", "AERO_ALLOW_RAW_SQL")], prepare: Some(select::render),
        };
    }
    recipes {
        open_quarter                             => steps::open_quarter;
        onboard_client                           => steps::onboard_client;
        log_time_by_name                         => steps::log_time_by_name;
        report_time                              => steps::report_time { effect: Effect::Read };
    }
}
