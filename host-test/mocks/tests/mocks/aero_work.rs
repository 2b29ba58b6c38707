//! What the mock of Aero Workflow makes of requests: Aeros, time, master Aeros, clients.

use serde_json::{Value, json};

use crate::aero::{Aero, aero, monthly, review, with};

#[tokio::test]
async fn an_aero_is_answered_without_its_company_and_with_its_projects_short_name() {
    let mock = aero().await;
    let body = json!({
        "company": "Larkspur Bakery LLC", "contact": "Tomas Lindqvist", "hat": "Bookkeeper", "status": "in progress",
        "fullProjectName": "Larkspur Bakery LLC:2026 Q2 close", "scheduledTotalHours": 24, "fixedFee": true,
    });
    let created = mock.post("AeroTasks", with(&review(), body)).await;
    let expected = json!({
        "id": 90511, "scheduledStartDate": "2026-07-01T13:00:00Z", "scheduledDuration": "1.00:00:00",
        "assignedTo": "Priya Raman", "aeroType": "Bank Reconciliation", "subject": "Review", "dueDate": null,
        "projectId": 640, "project": "2026 Q2 close", "hat": "Bookkeeper", "description": null, "billable": false,
        "fixedFee": true, "priority": "Normal", "status": "In Progress", "aeroSteps": [],
    });
    assert_eq!(created, expected);
    let email = with(
        &review(),
        json!({ "body": "Hello", "incomingEmail": true, "scheduledStartDate": "2026-07-01T15:00:00+02:00" }),
    );
    let email = mock.post("AeroEmails", email).await;
    assert_eq!((&email["emailType"], &email["body"]), (&json!("Incoming"), &json!("Hello")));
    assert_eq!(email["scheduledStartDate"], "2026-07-01T13:00:00Z");
    let step = mock.post("AeroTasks/90402/AeroSteps", json!({ "name": "File it" })).await;
    assert_eq!((&step["order"], &step["complete"]), (&json!("3"), &json!("False")));
}

async fn days(mock: &Aero, pattern: Value) -> Vec<String> {
    let created = mock.post("MasterAeros/FromTemplate/299", with(&monthly(), pattern)).await;
    let occurrences = mock.get(&format!("MasterAeros/{}/Occurrences", created["id"])).await;
    let start = |aero: &Value| aero["scheduledStartDate"].as_str().unwrap()[..10].to_owned();
    occurrences.as_array().unwrap().iter().map(start).collect()
}

#[tokio::test]
async fn a_pattern_gives_its_dates() {
    let mock = aero().await;
    for (pattern, dates) in [
        (json!({}), ["2026-07-01", "2026-08-01", "2026-09-01"]),
        (json!({ "repeatEvery": 3 }), ["2026-07-01", "2026-10-01", "2027-01-01"]),
        (
            json!({ "numberOfDates": 0, "endOnDate": "2026-09-01T00:00:00Z" }),
            ["2026-07-01", "2026-08-01", "2026-09-01"],
        ),
        (json!({ "startDate": "2026-12-31T00:00:00Z" }), ["2026-12-31", "2027-01-31", "2027-02-28"]),
        (json!({ "isDayOfMonth": false }), ["2026-07-01", "2026-08-05", "2026-09-02"]),
        (json!({ "renewalPattern": "yearly" }), ["2026-07-01", "2027-07-01", "2028-07-01"]),
        (json!({ "renewalPattern": "daily", "repeatEvery": 10 }), ["2026-07-01", "2026-07-11", "2026-07-21"]),
        (json!({ "renewalPattern": "everyweekday" }), ["2026-07-01", "2026-07-02", "2026-07-03"]),
        (json!({ "renewalPattern": "everytuesdaythursday" }), ["2026-07-02", "2026-07-07", "2026-07-09"]),
        (json!({ "renewalPattern": "everymondaywednesdayfriday" }), ["2026-07-01", "2026-07-03", "2026-07-06"]),
        (
            json!({ "renewalPattern": "weekly", "repeatEvery": 2, "isMonday": true, "isFriday": true }),
            ["2026-07-03", "2026-07-13", "2026-07-17"],
        ),
    ] {
        assert_eq!(days(&mock, pattern.clone()).await, dates, "{pattern}");
    }
    mock.switch("creation=bare").await;
    assert_eq!(days(&mock, json!({})).await, [""; 0]);
}
