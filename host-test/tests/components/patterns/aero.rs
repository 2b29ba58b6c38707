//! Aero Workflow: recurring work, new clients, checklists, time.

use super::Vendor;
use outwit::{ErrorKind, Options};
use serde_json::{Value, json};

/// The days that Aeros begin on.
fn days(aeros: &Value) -> Vec<&str> {
    let starts = aeros.as_array().unwrap().iter().filter_map(|aero| aero["scheduled-start-date"].as_str());
    starts.map(|date| &date[..10]).collect()
}

#[tokio::test]
async fn next_quarters_close_is_set_up_from_a_template_with_a_one_off_task_beside_it() {
    // A new master Aero has its occurrences, or none: the vendor's document does not say which.
    for creation in ["occurrences", "bare"] {
        let aero = Vendor::start("aero").await;
        aero.switch(&format!("creation={creation}")).await;
        let quarter = json!({
            "template-id": "299", "assigned-to": "Priya Raman", "company": "Larkspur Bakery LLC",
            "renewal-pattern": "monthly", "start-date": "2026-07-01T13:00:00.000Z", "end-on-date": "2026-09-30T00:00:00.000Z",
        });
        let opened = aero.call("open-quarter", quarter).await;
        assert_eq!(days(&opened["occurrences"]), ["2026-07-01", "2026-08-01", "2026-09-01"], "each date once");
        let is_hers = |occurrence: &Value| occurrence["assigned-to"] == "Priya Raman";
        assert!(opened["occurrences"].as_array().unwrap().iter().all(is_hers), "{opened}");
        let master = json!({ "id": opened["master-aero-id"] });
        let master = aero.call("get-master-aero", master).await;
        assert_eq!((&master["money-entity"], &master["end-days"]), (&json!("Larkspur Bakery LLC"), &json!(7)));

        let task = json!({
            "template-id": "304", "scheduled-start-date": "2026-08-03T13:00:00.000Z", "assigned-to": "Marcus Oyelaran",
            "company": "Fennel & Rye Catering", "contact": "Ines Duarte",
        });
        let task = aero.call("create-task-from-template-by-name", task).await;
        assert_eq!((&task["subject"], &task["assigned-to"]), (&json!("Weekly payroll"), &json!("Marcus Oyelaran")));
        assert_eq!(task["steps"].as_array().unwrap().len(), 2, "the steps come from the template");
        let search = json!({ "category": "task", "subject": "weekly payroll" });
        let found = aero.call("find-aeros", search).await;
        assert_eq!((&found["aeros"][0]["id"], &found["complete"]), (&task["id"], &json!(true)));
    }
}

#[tokio::test]
async fn recurring_work_is_continued_after_its_last_date_and_handed_over() {
    let aero = Vendor::start("aero").await;
    let more = json!({ "master-aero-id": "2205", "by": { "count": 2 } });
    let more = aero.call("continue-recurring-work", more).await;
    assert_eq!(days(&more["occurrences"]), ["2026-10-01", "2026-11-01"]);
    let more = json!({ "master-aero-id": "2205", "by": { "until": "2027-01-31T00:00:00.000Z" } });
    let more = aero.call("continue-recurring-work", more).await;
    assert_eq!(days(&more["occurrences"]), ["2026-12-01", "2027-01-01"]);
    let all = aero.call("list-occurrences", json!({ "id": "2205" })).await;
    let each: std::collections::BTreeSet<&str> = days(&all).into_iter().collect();
    assert_eq!((days(&all).len(), each.len()), (7, 7), "each date once: {:?}", days(&all));

    let over = json!({ "master-aero-ids": ["2205"], "assigned-to": "Marcus", "project": "Payroll set-up" });
    let reassigned = aero.call("reassign-recurring-work", over).await;
    assert_eq!((&reassigned["team-member-id"], &reassigned["aero-group-id"]), (&json!("32"), &json!("642")));
    let master = aero.call("get-master-aero", json!({ "id": "2205" })).await;
    assert_eq!((&master["team-member"], &master["aero-group"]), (&json!("Marcus Oyelaran"), &json!("Payroll set-up")));
}

#[tokio::test]
async fn a_checklist_is_added_to_a_task_on_the_second_page() {
    let aero = Vendor::start("aero").await;
    let subject = "Reconcile operating account, June";
    let first = aero.call("list-tasks", json!({})).await;
    assert!(!first["aeros"].as_array().unwrap().iter().any(|task| task["subject"] == subject), "it is on page 2");
    let steps = json!([{ "name": "Ask the bank" }, { "name": "Send summary", "help-link": "https://help.example" }]);
    let added = json!({ "category": "task", "aero": subject, "steps": steps });
    let added = aero.call("add-checklist", added).await;
    assert_eq!(added["aero-id"], "90402");
    let found = aero.call("find-aeros", json!({ "category": "task", "subject": subject })).await;
    let names: Vec<&Value> = found["aeros"][0]["steps"].as_array().unwrap().iter().map(|step| &step["name"]).collect();
    assert_eq!(names, ["Import statements", "Match deposits", "Ask the bank", "Send summary"]);
}

#[tokio::test]
async fn who_is_meant_by_several_or_by_nobody_is_asked_with_candidates_and_nothing_is_written() {
    let aero = Vendor::start("aero").await;
    let task = |company: &str| {
        json!({
            "template-id": "304", "scheduled-start-date": "2026-08-03T13:00:00.000Z", "assigned-to": "Priya Raman",
            "company": company,
        })
    };
    for (company, kind, candidate) in
        [("harrow street", ErrorKind::Ambiguous, "3304"), ("Larkspr Bakery", ErrorKind::NotFound, "3301")]
    {
        let error = aero.attempt("create-task-from-template-by-name", task(company)).await.unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (kind, Some("input.company")), "{error:?}");
        let details = error.details.as_ref().map(Value::to_string).unwrap_or_default();
        assert!(details.contains(candidate), "{error:?}");
    }
    assert!(aero.requests().iter().all(|request| request.starts_with("GET")), "{:?}", aero.requests());
}

#[tokio::test]
async fn a_new_client_is_taken_on_with_its_primary_contact() {
    let aero = Vendor::start("aero").await;
    let client = json!({
        "company": { "name": "Birchwood Films", "default-email-address": "office@birchwood.example" },
        "contact": { "first-name": "Rui", "last-name": "Telles", "title": "Owner" },
        "vault-entry": {
            "name": "Bank", "type": "bank", "security-level": "sl5", "user-name": "birchwood", "secured-value": "hush-hush-7",
        },
    });
    let onboarded = aero.call("onboard-client", client.clone()).await;
    assert!(onboarded["vault-entry-id"].is_string(), "{onboarded}");
    let found = aero.call("query-companies", json!({ "name": "birchwood" })).await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["id"]), (1, &onboarded["company-id"]));
    let contact = aero.call("get-contact", json!({ "id": onboarded["contact-id"] })).await;
    assert_eq!((&contact["name"], &contact["title"]), (&json!("Rui Telles"), &json!("Owner")));

    // A second one of the name: the vendor's answer counts, not what was sent.
    let again = aero.call("onboard-client", client).await;
    assert_eq!(again["company-name"], "Birchwood Films (dup)");
}

#[tokio::test]
async fn a_client_that_is_half_taken_on_is_reported() {
    let aero = Vendor::with("aero", &[("OUTWIT_TRIES", "1")], Options::default()).await;
    aero.switch("throttle=2").await;
    let client = json!({
        "company": { "name": "Birchwood Films" },
        "contact": { "first-name": "Rui", "last-name": "Telles" },
        "vault-entry": { "name": "Bank", "type": "bank", "security-level": "sl5", "secured-value": "hush-hush-7" },
    });
    let error = aero.attempt("onboard-client", client).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, true), "{error:?}");
    let details = error.details.unwrap();
    assert_eq!(details["done"][0]["operation"], "create-company");
    assert_eq!(details["done"][0]["result"]["name"], "Birchwood Films");
    assert_eq!(
        (&details["done"].as_array().unwrap().len(), &details["failed"]["operation"]),
        (&1, &json!("create-contact"))
    );
    assert!(
        !aero.requests().iter().any(|request| request.ends_with("VaultEntries")),
        "nothing comes after the failure"
    );
}

#[tokio::test]
async fn two_and_a_half_hours_are_logged_by_name_as_the_vendor_spells_them() {
    for (hours, spelled) in [("decimal", "2.5"), ("clock", "02:30")] {
        let aero = Vendor::start("aero").await;
        aero.switch(&format!("hours={hours}")).await;
        let entry = json!({
            "category": "task", "aero": "Reconcile operating account, June", "hours": 2.5,
            "date": "2026-07-06T13:00:00.000Z", "note": "Matched June deposits",
        });
        let logged = aero.call("log-time-by-name", entry).await;
        assert_eq!((&logged["hours"], &logged["team-member"]), (&json!(spelled), &json!("Priya Raman")));
        let read = json!({ "category": "task", "aero-id": "90402", "id": logged["id"] });
        assert_eq!(aero.call("get-time-entry", read).await, logged);
    }
}

#[tokio::test]
async fn a_select_returns_what_the_vendors_own_data_say_whatever_its_values_hold() {
    let aero = Vendor::start("aero").await;
    let name = r#"O'Hara; DROP TABLE "Aeros" -- &"#;
    aero.call("create-company", json!({ "name": name })).await;
    let select = json!({
        "table": "Companies", "columns": [{ "name": "Name" }],
        "where": [{ "column": "Name", "test": "equals", "values": [{ "text": name }] }],
    });
    assert_eq!(aero.call("run-sql-select", select).await, json!([{ "Name": name }]));
    let most = json!({
        "table": "AeroTimes",
        "columns": [{ "name": "TeamMember" }, { "name": "Hours", "aggregate": "sum", "alias": "Total" }],
        "where": [{ "column": "Hours", "test": "greater", "values": [{ "number": 0.25 }] }],
        "order": [{ "column": "Total", "descending": true }],
        "limit": { "limit": 1 },
    });
    assert_eq!(aero.call("run-sql-select", most).await, json!([{ "TeamMember": "Priya Raman", "Total": "41.25" }]));
}
