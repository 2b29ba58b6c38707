//! Aero Workflow: recurring work, new clients, time.

use crate::Vendor;
use serde_json::{Value, json};

#[tokio::test]
async fn next_quarters_close_is_set_up_from_a_template_with_a_one_off_task_beside_it() {
    let aero = Vendor::start("aero").await;
    let quarter = json!({
        "template-id": "299", "assigned-to": "Priya Raman", "company": "Larkspur Bakery LLC",
        "schedule": { "start-date": "2026-07-01T13:00:00.000Z", "renewal-pattern": "monthly", "same-day-of-month": true },
        "end-on-date": "2026-09-30T00:00:00.000Z",
    });
    let opened = aero.call("open-quarter", quarter).await;
    let starts = |aeros: &Value, name: &str| -> Vec<String> {
        let aeros = aeros.as_array().unwrap().iter();
        aeros.filter_map(|aero| aero[name].as_str()).map(|date| date[..10].to_owned()).collect()
    };
    assert_eq!(starts(&opened["occurrences"], "scheduled-start-date"), ["2026-08-01", "2026-09-01"]);

    let task = json!({
        "template-id": "304", "scheduled-start-date": "2026-08-03T13:00:00.000Z", "assigned-to": "Marcus Oyelaran",
        "company": "Fennel & Rye Catering", "contact": "Ines Duarte",
    });
    let task = aero.call("create-task-from-template", task).await;
    assert_eq!((&task["subject"], &task["company"]), (&json!("Weekly payroll"), &json!("Fennel & Rye Catering")));
    assert_eq!(task["steps"].as_array().unwrap().len(), 2, "the steps come from the template");

    let tasks = aero.call("list-tasks", json!({})).await;
    let of_quarter = tasks.as_array().unwrap().iter().filter(|task| task["master-aero-id"] == opened["master-aero-id"]);
    let of_quarter: Value = of_quarter.cloned().collect();
    let dates = starts(&of_quarter, "scheduled-start-date");
    assert_eq!(dates, ["2026-07-01", "2026-08-01", "2026-09-01"], "each date is there, and once");
    assert_eq!(starts(&of_quarter, "due-date"), ["2026-07-08", "2026-08-08", "2026-09-08"], "7 days, by the template");
    assert!(of_quarter.as_array().unwrap().iter().all(|task| task["assigned-to"] == "Priya Raman"));
    assert!(tasks.as_array().unwrap().iter().any(|listed| listed["id"] == task["id"]));
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
    let found = aero.call("query-companies", json!({ "name": "birchwood", "active": true })).await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["id"]), (1, &onboarded["company-id"]));
    let contacts = aero.call("list-contacts", json!({})).await;
    let contact = contacts.as_array().unwrap().iter().find(|contact| contact["id"] == onboarded["contact-id"]).unwrap();
    assert_eq!((&contact["name"], &contact["title"]), (&json!("Rui Telles"), &json!("Owner")));

    // A second one of the name: the vendor's answer counts, not what was sent.
    let again = aero.call("onboard-client", client).await;
    assert_eq!(again["company-name"], "Birchwood Films (dup)");
}

#[tokio::test]
async fn a_client_that_is_half_taken_on_is_reported() {
    let aero = Vendor::start("aero").await;
    let client = json!({
        "company": { "name": "Birchwood Films" },
        "contact": { "first-name": "", "last-name": "Telles" },
        "vault-entry": { "name": "Bank", "type": "bank", "security-level": "sl5", "secured-value": "hush-hush-7" },
    });
    let error = aero.attempt("onboard-client", client).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (outwit::ErrorKind::Incomplete, true), "{error:?}");
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
async fn two_and_a_half_hours_are_logged_by_name_and_pivoted_by_team_member() {
    let aero = Vendor::start("aero").await;
    let month = json!({ "by": "team-member", "from": "2020-01-01", "to": "2100-01-01" });
    let before = aero.call("report-time", month.clone()).await;
    let subject = "Reconcile operating account, June";
    let entry = json!({
        "category": "task", "aero": subject, "hours": 2.5, "hat": "Bookkeeper", "description": "Matched June deposits",
    });
    let logged = aero.call("log-time-by-name", entry).await;
    assert_eq!((&logged["hours"], &logged["hat-id"]), (&json!(2.5), &json!("12")));

    let after = aero.call("report-time", month).await;
    let of = |report: &Value, name: &str| {
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        row["hours"].as_f64().unwrap()
    };
    assert_eq!(of(&after, "Priya Raman"), of(&before, "Priya Raman") + 2.5);
    assert_eq!(of(&after, "Marcus Oyelaran"), of(&before, "Marcus Oyelaran"));
    assert_eq!(after["total"].as_f64().unwrap(), before["total"].as_f64().unwrap() + 2.5);
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
    let top = json!({
        "table": "AeroTimes",
        "columns": [{ "name": "Hat" }, { "name": "Hours", "aggregate": "sum", "alias": "Total" }],
        "where": [{ "column": "Hours", "test": "greater", "values": [{ "number": 0.25 }] }],
        "order": [{ "column": "Total", "descending": true }],
        "limit": 1,
    });
    let rows = aero.call("run-sql-select", top).await;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert!(rows[0]["Total"].as_f64().unwrap() > 10.0, "{rows}");
}
