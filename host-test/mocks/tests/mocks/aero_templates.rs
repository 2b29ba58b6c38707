//! Aeros that are made from templates.

use serde_json::{Value, json};

use crate::aero::{aero, assert_has, done, problem, wrong};

#[tokio::test]
async fn the_list_of_templates_holds_the_firm_s_and_the_subscribed_library_s() {
    let mock = aero().await;
    let templates = mock.list("Templates", "templateReads").await;
    let ids = |library: bool| -> Vec<u64> {
        let wanted = templates.iter().filter(|template| template["isLibrary"] == library);
        wanted.map(|template| template["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids(false), [299, 300, 301, 302, 303, 304, 305]);
    assert_eq!(ids(true), [41, 42, 43, 44, 45, 301]);
    let close = json!({
        "id": 299, "subject": "Month-end close", "category": "Task", "estimatedHours": 2, "estimatedMinutes": 0,
        "daysToDueDate": 7, "aeroType": "Close Period", "assignedTo": null, "company": null, "contact": null, "hat": null,
        "fullProjectName": null, "priority": "normal", "billable": false, "fixedFee": true, "description": null,
        "isLibrary": false, "steps": [{
            "order": 1, "complete": false, "name": "Import statements", "description": null, "actionLink": null,
            "helpLink": null, "sopId": 17, "libId": null,
        }],
    });
    assert_eq!(templates[0], close);
}

#[tokio::test]
async fn a_template_supplies_what_the_body_leaves_out() {
    let mock = aero().await;
    let sent = json!({
        "scheduledStartDate": "2026-08-03T13:00:00.000Z", "assignedTo": "Marcus Oyelaran",
        "company": "Fennel & Rye Catering", "contact": "Ines Duarte",
    });
    let created = done(&mock.post("AeroTasks/FromTemplate/299", sent).await);
    let expected = json!({
        "id": 90511, "category": "Task", "subject": "Month-end close", "assignedTo": "Marcus Oyelaran",
        "aeroType": "Close Period", "company": "Fennel & Rye Catering", "contact": "Ines Duarte", "fullProjectName": null,
        "hat": null, "scheduledStartDate": "2026-08-03T13:00:00.000Z", "scheduledTotalHours": 2, "scheduledHours": 2,
        "scheduledMinutes": 0, "dueDate": "2026-08-10T13:00:00.000Z", "priority": "normal", "status": "notstarted",
        "description": null, "billable": false, "fixedFee": true, "masterAeroId": null, "deferredReason": null, "steps": [{
            "order": 1, "complete": false, "name": "Import statements", "description": null, "actionLink": null,
            "helpLink": null, "sopId": 17, "libId": null,
        }],
    });
    assert_eq!(created, expected);
    assert_eq!(mock.listed("AeroTasks", "aeroTaskReads", 90511).await, created);
}

#[tokio::test]
async fn an_empty_object_is_enough_for_a_template_of_every_category() {
    let mock = aero().await;
    let rows = [
        ("AeroTasks/FromTemplate/304", "Weekly payroll", "Marcus Oyelaran", [1, 1, 30]),
        ("AeroTasks/FromTemplate/303", "Year-end clean-up", "Priya Raman", [0, 0, 0]),
        ("AeroAppointments/FromTemplate/300", "Quarterly review call", "Marcus Oyelaran", [1, 1, 0]),
        ("AeroEmails/FromTemplate/301", "Ask for payroll documents", "Priya Raman", [0, 0, 5]),
        ("AeroOthers/FromTemplate/302", "Note to the file", "Priya Raman", [0, 0, 10]),
        ("AeroTasks/FromLibraryTemplate/41", "Sales tax filing", "Priya Raman", [1, 1, 15]),
        ("AeroTasks/FromLibraryTemplate/45", "Blank checklist", "Priya Raman", [0, 0, 0]),
        ("AeroTasks/FromLibraryTemplate/301", "Vendor clean-up", "Priya Raman", [0, 0, 45]),
        ("AeroAppointments/FromLibraryTemplate/42", "Onboarding meeting", "Priya Raman", [1, 1, 30]),
        ("AeroEmails/FromLibraryTemplate/43", "Welcome letter", "Priya Raman", [0, 0, 15]),
        ("aeroothers/fromlibrarytemplate/44", "Engagement terms", "Priya Raman", [0, 0, 20]),
    ];
    for (path, subject, assignee, [total, hours, minutes]) in rows {
        let created = done(&mock.post(path, json!({})).await);
        let expected = json!({
            "subject": subject, "assignedTo": assignee, "scheduledTotalHours": total, "scheduledHours": hours,
            "scheduledMinutes": minutes, "status": "notstarted",
        });
        assert_has(&created, &expected);
        assert!(created["scheduledStartDate"].as_str().unwrap() > "2026", "{path}");
    }
    let emails = mock.list("AeroEmails", "aeroEmailReads").await;
    assert_eq!(emails.last().unwrap()["body"], "Welcome to the firm.");
    let tasks = mock.list("AeroTasks", "aeroTaskReads").await;
    assert_eq!(tasks.last().unwrap()["subject"], "Vendor clean-up");
}

#[tokio::test]
async fn every_member_of_the_body_overrides_the_template() {
    let mock = aero().await;
    let sent = json!({
        "subject": "Payroll of the branch", "description": "By hand", "aeroType": "Admin", "priority": "Critical",
        "status": "InProgress", "scheduledTotalHours": 3, "scheduledHours": 3, "scheduledMinutes": 1, "billable": false,
        "fixedFee": true, "assignedTo": "Priya Raman", "company": "Harrow Street Dental", "contact": "Odile Marchetti",
        "fullProjectName": "2026 Q2 close", "hat": "Controller", "scheduledStartDate": "2026-08-03T13:00:00.000Z",
        "dueDate": "2026-08-04T13:00:00.000Z",
    });
    let created = done(&mock.post("AeroTasks/FromTemplate/304", sent.clone()).await);
    assert_has(&created, &crate::aero::with(&sent, json!({ "priority": "critical", "status": "inprogress" })));
    assert_eq!(created["steps"].as_array().unwrap().len(), 2);
    let email = done(&mock.post("AeroEmails/FromTemplate/301", json!({ "description": "Other words" })).await);
    assert_eq!(email["body"], "Other words");
    let nulls = json!({ "subject": null, "company": null, "dueDate": null, "scheduledStartDate": "2026-08-03" });
    let created = done(&mock.post("AeroTasks/FromTemplate/304", nulls).await);
    let expected =
        json!({ "subject": "Weekly payroll", "company": "Larkspur Bakery LLC", "dueDate": "2026-08-05T00:00:00.000Z" });
    assert_has(&created, &expected);
}

#[tokio::test]
async fn a_template_without_days_to_the_due_date_gives_none() {
    let mock = aero().await;
    let created = done(&mock.post("AeroOthers/FromTemplate/302", json!({ "scheduledStartDate": "2026-08-03" })).await);
    assert_eq!(created["dueDate"], Value::Null);
}

#[tokio::test]
async fn a_template_must_exist_be_subscribed_and_be_of_the_path_s_category() {
    let mock = aero().await;
    for path in ["AeroTasks/FromTemplate/41", "AeroTasks/FromLibraryTemplate/299", "AeroEmails/FromTemplate/1"] {
        problem(&mock.post(path, json!({})).await, 404);
    }
    let refused = problem(&mock.post("AeroTasks/FromLibraryTemplate/50", json!({})).await, 403);
    assert!(refused["detail"].as_str().unwrap().contains("subscription"));
    for path in ["AeroEmails/FromTemplate/299", "AeroTasks/FromTemplate/301", "AeroOthers/FromLibraryTemplate/301"] {
        assert_eq!(wrong(&mock.post(path, json!({})).await), ["id"]);
    }
    let sent = json!({ "assignedTo": "Nobody", "scheduledHours": 24, "priority": "x", "dueDate": "y" });
    let names = ["assignedTo", "dueDate", "priority", "scheduledHours"];
    assert_eq!(wrong(&mock.post("AeroTasks/FromTemplate/299", sent).await), names);
    assert!(mock.list("AeroTasks", "aeroTaskReads").await.iter().all(|task| task["id"].as_u64() < Some(90511)));
}
