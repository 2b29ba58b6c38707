//! Aeros of the four categories, and their time entries.

use serde_json::{Value, json};

use crate::aero::{aero, assert_has, done, problem, review, with, wrong};

const LISTS: [(&str, &str, &str); 4] = [
    ("AeroAppointments", "aeroAppointmentReads", "Appointment"),
    ("AeroEmails", "aeroEmailReads", "Email"),
    ("AeroOthers", "aeroOtherReads", "Other"),
    ("AeroTasks", "aeroTaskReads", "Task"),
];

#[tokio::test]
async fn each_category_lists_its_own() {
    let mock = aero().await;
    for (path, member, category) in LISTS {
        let items = mock.list(path, member).await;
        assert!(items.len() >= 2 && items.iter().all(|item| item["category"] == category), "{path}");
        assert!(items.iter().all(|item| item["steps"].is_array() && item.get("deferredReason").is_some()));
    }
    let call = mock.listed("AeroAppointments", "aeroAppointmentReads", 90311).await;
    let expected = json!({
        "id": 90311, "category": "Appointment", "subject": "Quarterly review call", "assignedTo": "Priya Raman",
        "aeroType": "Quarterly Review Calls", "company": "Larkspur Bakery LLC", "contact": "Tomas Lindqvist",
        "fullProjectName": null, "hat": "Controller", "scheduledStartDate": "2026-07-14T15:00:00.000Z",
        "scheduledTotalHours": 1, "scheduledHours": 1, "scheduledMinutes": 0, "dueDate": "2026-07-14T16:00:00.000Z",
        "priority": "normal", "status": "notstarted", "description": "Agenda in the shared folder", "billable": true,
        "fixedFee": false, "steps": [], "masterAeroId": null, "deferredReason": null,
    });
    assert_eq!(call, expected);
}

#[tokio::test]
async fn a_created_task_is_answered_whole_and_listed() {
    let mock = aero().await;
    let task = with(
        &review(),
        json!({
            "contact": "Tomas Lindqvist", "company": "Larkspur Bakery LLC", "fullProjectName": "2026 Q2 close",
            "hat": "Bookkeeper", "priority": "elevated", "dueDate": "2026-07-10T21:00:00.000Z",
            "description": "Statement arrives on the 3rd", "billable": false, "fixedFee": true,
        }),
    );
    let created = done(&mock.post("AeroTasks", task.clone()).await);
    let own = json!({ "id": 90511, "category": "Task", "steps": [], "masterAeroId": null, "deferredReason": null });
    assert_eq!(created, with(&task, own));
    assert_eq!(mock.listed("AeroTasks", "aeroTaskReads", 90511).await, created);
    assert_eq!(done(&mock.post("AeroTasks", task).await)["id"], 90512);
}

#[tokio::test]
async fn what_was_not_sent_is_null_and_a_flag_false() {
    let mock = aero().await;
    for (path, member, category) in LISTS {
        let created = done(&mock.post(path, with(&review(), json!({ "company": null }))).await);
        let expected = json!({ "company": null, "dueDate": null, "billable": false, "fixedFee": false });
        assert_has(&created, &with(&expected, json!({ "category": category })));
        assert_eq!(created.get("description").is_none(), category == "Email");
        assert_eq!(mock.listed(path, member, created["id"].as_u64().unwrap()).await, created);
    }
}

#[tokio::test]
async fn an_email_has_its_own_members_and_no_description() {
    let mock = aero().await;
    let own = json!({
        "fromEmail": "owner@fennelrye.example", "toEmail": "marcus@firm.example", "ccEmail": "priya@firm.example",
        "bccEmail": null, "body": "The forms are attached.", "comments": "Filed", "incomingEmail": true,
    });
    let created =
        done(&mock.post("AeroEmails", with(&with(&review(), own.clone()), json!({ "description": "No" }))).await);
    assert_has(&created, &own);
    assert!(created.get("description").is_none());
    assert!(done(&mock.post("AeroTasks", with(&review(), own)).await).get("toEmail").is_none());
}

#[tokio::test]
async fn words_are_taken_in_any_case_and_dates_in_any_offset() {
    let mock = aero().await;
    let rows = [
        ("2026-07-01T13:00:00.5+02:00", "2026-07-01T11:00:00.500Z"),
        ("2026-07-01T13:00:00", "2026-07-01T13:00:00.000Z"),
        ("2026-07-01", "2026-07-01T00:00:00.000Z"),
    ];
    for (sent, kept) in rows {
        let changes = json!({ "scheduledStartDate": sent, "priority": "CRITICAL", "status": "InProgress" });
        let created = done(&mock.post("AeroTasks", with(&review(), changes)).await);
        assert_has(&created, &json!({ "scheduledStartDate": kept, "priority": "critical", "status": "inprogress" }));
    }
}

#[tokio::test]
async fn a_wrong_value_is_named_and_nothing_is_created() {
    let mock = aero().await;
    let rows = [
        ("assignedTo", json!("Nobody")),
        ("assignedTo", json!("priya raman")),
        ("assignedTo", json!(31)),
        ("assignedTo", Value::Null),
        ("aeroType", json!("Gardening")),
        ("aeroType", json!("Sales Tax Return")),
        ("company", json!("Larkspur")),
        ("company", json!("Quarry Lane Joinery")),
        ("company", json!("")),
        ("contact", json!("Tomas")),
        ("fullProjectName", json!("2026 Q3 close")),
        ("hat", json!(12)),
        ("scheduledStartDate", json!("soon")),
        ("scheduledStartDate", json!("2026-02-30T00:00:00Z")),
        ("scheduledStartDate", json!("0000-01-01T00:00:00Z")),
        ("scheduledStartDate", json!(1772010000)),
        ("scheduledTotalHours", json!(24.5)),
        ("scheduledTotalHours", json!("1")),
        ("scheduledHours", json!(24)),
        ("scheduledHours", json!(-1)),
        ("scheduledHours", json!(1.5)),
        ("scheduledMinutes", json!(60)),
        ("subject", json!("")),
        ("subject", json!(["a"])),
        ("priority", json!("urgent")),
        ("status", json!("paused")),
        ("dueDate", json!("")),
        ("billable", json!("true")),
        ("fixedFee", json!(1)),
        ("description", json!({})),
    ];
    for (name, value) in rows {
        let answer = mock.post("AeroTasks", with(&review(), json!({ name: value }))).await;
        assert_eq!(wrong(&answer), [name], "{name} {value}");
    }
    let sent = json!({ "priority": "urgent" });
    let refused = problem(&mock.post("AeroTasks", sent).await, 400);
    let errors = refused["errors"].as_object().unwrap();
    assert_eq!(errors["priority"], json!(["The value 'urgent' is not valid."]));
    assert_eq!(errors["subject"], json!(["The subject field is required."]));
    assert_eq!(errors.len(), 9);
    assert!(mock.list("AeroTasks", "aeroTaskReads").await.iter().all(|task| task["id"].as_u64() < Some(90511)));
}

#[tokio::test]
async fn the_ends_of_the_ranges_are_taken_and_unknown_members_ignored() {
    let mock = aero().await;
    let changes = json!({ "scheduledTotalHours": 24, "scheduledHours": 0, "scheduledMinutes": 59, "colour": "green" });
    assert!(done(&mock.post("AeroTasks", with(&review(), changes)).await).get("colour").is_none());
    let half = json!({ "scheduledTotalHours": 1.5, "scheduledHours": 23, "scheduledMinutes": 0 });
    assert_eq!(done(&mock.post("AeroTasks", with(&review(), half)).await)["scheduledTotalHours"], 1.5);
}

#[tokio::test]
async fn an_aero_that_names_an_inactive_company_shows_its_number() {
    let mock = aero().await;
    assert_eq!(mock.listed("AeroTasks", "aeroTaskReads", 90403).await["company"], "3305");
}

#[tokio::test]
async fn a_time_entry_takes_what_it_lacks_from_its_aero() {
    let mock = aero().await;
    let sent = json!({ "hours": 2.5, "hatId": 12, "description": "Matched June deposits" });
    let created = done(&mock.post("AeroTasks/90402/AeroTimes", sent.clone()).await);
    assert_has(&created, &with(&sent, json!({ "id": 551207, "aeroId": 90402, "billable": false })));
    assert_eq!(created["teamMember"], "Priya Raman");
    assert!(created["startDate"].as_str().unwrap().ends_with('Z'));

    let sent = json!({
        "hours": 0, "startDate": "2026-07-14T15:00:00.000Z", "teamMember": "Marcus Oyelaran", "billable": false,
    });
    let created = done(&mock.post("aeroappointments/90311/aerotimes", sent.clone()).await);
    let rest = json!({ "id": 551208, "aeroId": 90311, "hatId": null, "description": null });
    assert_eq!(created, with(&sent, rest));
    let created = done(&mock.post("AeroAppointments/90311/AeroTimes", json!({ "hours": 1 })).await);
    assert_eq!(created["billable"], true);
    for path in ["AeroEmails/90410", "AeroOthers/90415"] {
        done(&mock.post(&format!("{path}/AeroTimes"), json!({ "hours": 0.25 })).await);
    }
}

#[tokio::test]
async fn a_time_entry_needs_an_aero_of_the_path_s_category_hours_and_a_known_hat() {
    let mock = aero().await;
    for path in ["AeroTasks/90311", "AeroTasks/1", "AeroEmails/90402", "AeroTasks/99999999999999999999"] {
        problem(&mock.post(&format!("{path}/AeroTimes"), json!({ "hours": 1 })).await, 404);
    }
    let rows = [
        (json!({}), "hours"),
        (json!({ "hours": -1 }), "hours"),
        (json!({ "hours": "2" }), "hours"),
        (json!({ "hours": 1, "hatId": 99 }), "hatId"),
        (json!({ "hours": 1, "hatId": "Bookkeeper" }), "hatId"),
        (json!({ "hours": 1, "teamMember": "Nobody" }), "teamMember"),
        (json!({ "hours": 1, "startDate": "yesterday" }), "startDate"),
        (json!({ "hours": 1, "billable": 1 }), "billable"),
    ];
    for (body, name) in rows {
        assert_eq!(wrong(&mock.post("AeroTasks/90402/AeroTimes", body.clone()).await), [name], "{body}");
    }
}
