//! What the mock of Aero Workflow takes and refuses, by its switches.

use serde_json::{Value, json};

use crate::aero::{aero, monthly, review, with};

#[tokio::test]
async fn a_body_that_the_document_does_not_allow_is_refused_by_member() {
    let mock = aero().await;
    for (changes, members) in [
        (json!({ "colour": "red" }), vec!["Colour"]),
        (json!({ "priority": "Normal" }), vec!["Priority"]),
        (json!({ "status": "deferred", "subject": "" }), vec!["Status", "Subject"]),
        (json!({ "scheduledHours": 24, "scheduledMinutes": 60 }), vec!["ScheduledHours", "ScheduledMinutes"]),
        (json!({ "scheduledTotalHours": 24.5 }), vec!["ScheduledTotalHours"]),
        (json!({ "scheduledTotalHours": null, "billable": null }), vec!["Billable", "ScheduledTotalHours"]),
        (json!({ "scheduledTotalHours": 1, "scheduledHours": 1, "scheduledMinutes": 30 }), vec!["ScheduledTotalHours"]),
        (json!({ "scheduledStartDate": "2026-07-01" }), vec!["ScheduledStartDate"]),
        (json!({ "dueDate": "2026-02-30T00:00:00Z" }), vec!["DueDate"]),
        (json!({ "assignedTo": "priya raman" }), vec!["AssignedTo"]),
        (json!({ "assignedTo": "Jonas Petrov", "aeroType": "Sales Tax Return" }), vec!["AeroType", "AssignedTo"]),
        (json!({ "company": "Quarry Lane Joinery", "hat": "Trainee" }), vec!["Company", "Hat"]),
        (json!({ "fullProjectName": "2026 Q2 close" }), vec!["FullProjectName"]),
    ] {
        assert_eq!(mock.wrong("AeroTasks", with(&review(), changes.clone())).await, members, "{changes}");
    }
    let required = ["AeroType", "AssignedTo", "Priority", "Status", "Subject"];
    assert_eq!(mock.wrong("AeroOthers", json!({})).await, required);
    let tasks = mock.get("AeroTasks?pageNumber=2").await;
    assert!(tasks["aeroTasks"].as_array().unwrap().iter().all(|task| task["subject"] != "Review"));
}

#[tokio::test]
async fn unknown_members_are_refused_ignored_or_ignored_with_absent_numbers_as_0() {
    let mock = aero().await;
    let task = with(&review(), json!({ "masterAeroId": 2205, "id": 7 }));
    assert_eq!(mock.wrong("AeroTasks", task.clone()).await, ["Id", "MasterAeroId"]);
    let master = json!({ "renewalPattern": "daily", "numberOfDates": 1, "colour": "red" });
    let refused = mock.refused("POST", "v1/MasterAeros/FromTemplate/299", master.clone(), 400).await;
    assert_eq!(refused, json!({ "message": "Colour: the document has no such member" }));

    mock.switch("members=ignore").await;
    assert_eq!(mock.post("AeroTasks", task.clone()).await["id"], 90511);
    assert_eq!(mock.get("MasterAeros/2205/Occurrences").await.as_array().unwrap().len(), 3);
    let created = mock.post("MasterAeros/FromTemplate/299", master.clone()).await;
    assert_eq!((&created["teamMember"], &created["repeatEvery"]), (&Value::Null, &json!(0)));
    mock.post("MasterAeros/2205/InsertOccurrences", json!({ "count": 9 })).await;
    assert_eq!(mock.get("Companies?name=fennel").await["companies"].as_array().unwrap().len(), 5);

    mock.switch("members=zero").await;
    mock.post("AeroTasks", task).await;
    let refused = mock.refused("POST", "v1/MasterAeros/FromTemplate/299", master, 400).await;
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("RepeatEvery: ") && message.contains("TeamMemberId: "), "{message}");
    assert_eq!(mock.wrong("MasterAeros/2205/InsertOccurrencesByCount", json!({})).await, ["Count"]);
    mock.post("MasterAeros/FromTemplate/299", monthly()).await;
}

#[tokio::test]
async fn what_the_framework_refuses_is_refused_where_no_400_is_documented_too() {
    let mock = aero().await;
    for (method, path, body) in [
        ("GET", "v1/AeroTasks?page=2", Value::Null),
        ("GET", "v1/AeroTasks?pageNumber=two", Value::Null),
        ("GET", "v1/Companies?name=a", Value::Null),
        ("POST", "v1/MasterAeros/2205/InsertOccurrences", json!({})),
        ("POST", "v1/MasterAeros/2205/PullStepsFromTemplate", json!({ "templateId": 299 })),
        ("POST", "v1/Companies", Value::Null),
        ("POST", "v1/Companies", json!([])),
    ] {
        let answer = mock.call(method, path, &body).await;
        assert_eq!((answer.status, answer.json()["errors"].is_object()), (400, true), "{method} {path}");
    }
    for (method, path, status) in [
        ("GET", "v1/Templates", 404),
        ("POST", "v1/AeroAppointments/FromTemplate/300", 404),
        ("POST", "v1/Projects", 405),
        ("DELETE", "v1/AeroTasks", 405),
    ] {
        let answer = mock.call(method, path, &json!({})).await;
        assert_eq!((answer.status, answer.json()["message"].is_string()), (status, true), "{method} {path}");
    }
    let headers = [("apikey", mock.key.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(mock.bare("POST", "/api/4821/v1/Companies", &headers, "name=a").await.status, 415);
    let headers = [headers[0], ("content-type", "application/merge-patch+json; charset=utf-8")];
    assert_eq!(mock.bare("POST", "/api/4821/v1/Companies", &headers, "{\"name\":\"a\"}").await.status, 201);
    assert_eq!(mock.bare("GET", "/other", &[], "").await.status, 404);
}

#[tokio::test]
async fn switches_throttle_and_make_errors_plain() {
    let mock = aero().await;
    let values = mock.switch("throttle=2&plain_errors=1&members=nothing&unknown=1").await;
    let expected = json!({
        "members": "refuse", "creation": "occurrences", "count": "page", "hours": "decimal", "empty": "mixed",
        "plain_errors": "1", "throttle": 2,
    });
    assert_eq!(values, expected);
    mock.get("Hats").await;
    let answer = mock.call("GET", "v1/Hats", &Value::Null).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    let answer = mock.bare("GET", "/api/4821/v1/Hats", &[], "").await;
    assert_eq!((answer.status, answer.header("content-type")), (401, "text/html"));
}
