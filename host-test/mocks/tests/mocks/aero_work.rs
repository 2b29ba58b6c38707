//! What the mock of Aero Workflow makes of requests: Aeros, time, master Aeros, clients.

use serde_json::{Value, json};

use crate::aero::{Aero, aero, monthly, review, with};

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
}

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

#[tokio::test]
async fn the_list_of_tasks_has_two_pages() {
    let mock = aero().await;
    let first = mock.get("AeroTasks").await;
    assert_eq!(first, mock.get("AeroTasks?pageNumber=1").await);
    assert_eq!((&first["page"], &first["count"]), (&json!(1), &json!(50)));
    assert_eq!(ids(&first["aeroTasks"]), (90101..90151).collect::<Vec<_>>());
    let second = mock.get("AeroTasks?pageNumber=2").await;
    assert_eq!(ids(&second["aeroTasks"]), [90151, 90152, 90402, 90403, 90404, 90501, 90502, 90503]);
    assert_eq!(mock.get("AeroTasks?pageNumber=3").await, json!({ "page": 3, "count": 0, "aeroTasks": [] }));
    mock.switch("count=total&empty=null").await;
    assert_eq!(mock.get("AeroTasks?pageNumber=3").await, json!({ "page": 3, "count": 58, "aeroTasks": null }));
}

#[tokio::test]
async fn a_time_entry_is_all_texts() {
    let mock = aero().await;
    let body = json!({ "teamMember": "Priya Raman", "totalHoursWorked": 2.5, "date": "2026-07-06T13:00:00.000Z", "billable": true });
    let created = mock.post("AeroTasks/90402/AeroTimes", body).await;
    let expected = json!({
        "id": "551207", "date": "7/6/2026", "teamMember": "Priya Raman", "hours": "2.5", "note": null,
        "billable": "True", "qbItem": null,
    });
    assert_eq!(created, expected);
    mock.switch("hours=clock").await;
    assert_eq!(mock.get("AeroTasks/90402/AeroTimes/551207").await["hours"], "02:30");
    let bare = mock.post("AeroTasks/90402/AeroTimes", json!({ "teamMember": "Priya Raman" })).await;
    assert_eq!((&bare["date"], &bare["hours"]), (&json!("1/1/0001"), &json!("00:00")));
    assert_eq!(mock.wrong("AeroTasks/90402/AeroTimes", json!({ "teamMember": "Nobody" })).await, ["TeamMember"]);
}

#[tokio::test]
async fn a_task_takes_from_its_template_what_the_body_does_not_say() {
    let mock = aero().await;
    let body = json!({ "scheduledStartDate": "2026-08-03T13:00:00Z", "teamMemberId": 31, "customerId": 3312, "aeroGroupId": 642 });
    let task = mock.post("AeroTasks/FromTemplate/304", body.clone()).await;
    let expected = json!({
        "id": 90511, "scheduledStartDate": "2026-08-03T13:00:00Z", "scheduledDuration": "01:30:00",
        "assignedTo": "Priya Raman", "aeroType": "Payroll", "subject": "Weekly payroll", "dueDate": "2026-08-05T13:00:00Z",
        "projectId": 642, "project": "Payroll set-up", "hat": "Bookkeeper", "description": "Hours come on Monday",
        "billable": true, "fixedFee": false, "priority": "Elevated", "status": "Not Started", "aeroSteps": [
            { "id": 7711, "order": "1", "name": "Collect the hours", "description": "From the time clock",
              "actionLink": "https://clock.example", "helpLink": null, "complete": "False" },
            { "id": 7712, "order": "2", "name": "Run the payroll", "description": null, "actionLink": null,
              "helpLink": "https://help.example/payroll", "complete": "False" },
        ],
    });
    assert_eq!(task, expected);
    let company = mock.sql("SELECT Company FROM Aeros WHERE Id = 90511").await;
    assert_eq!(company, json!([{ "Company": "Fennel & Rye Catering" }]));
    let library = with(
        &body,
        json!({ "priority": "elevated", "aeroTypeId": 9, "hatId": 13, "billable": true, "scheduledTotalHours": 0.5 }),
    );
    let task = mock.post("AeroTasks/FromLibraryTemplate/41", library).await;
    assert_eq!((&task["subject"], &task["priority"]), (&json!("Sales tax filing"), &json!("Elevated")));
    assert_eq!((&task["scheduledDuration"], &task["billable"]), (&json!("00:30:00"), &json!(true)));
    let bare = mock.post("AeroTasks/FromTemplate/299", json!({})).await;
    assert_eq!((&bare["assignedTo"], &bare["scheduledStartDate"]), (&Value::Null, &json!("0001-01-01T00:00:00Z")));
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

#[tokio::test]
async fn a_master_aero_is_continued_and_changed() {
    let mock = aero().await;
    let starts = |answer: Value| -> Vec<String> {
        let aeros = answer["occurences"].as_array().unwrap().clone();
        aeros.iter().map(|aero| aero["scheduledStartDate"].as_str().unwrap()[..10].to_owned()).collect()
    };
    let more = mock.post("MasterAeros/2205/InsertOccurrences", Value::Null).await;
    assert_eq!(more["occurences"][0]["dueDate"], "2026-10-08T13:00:00Z");
    assert_eq!(starts(more), ["2026-10-01", "2026-11-01", "2026-12-01"]);
    let count = json!({ "startDate": "2027-01-15T13:00:00Z", "count": 2 });
    assert_eq!(
        starts(mock.post("MasterAeros/2205/InsertOccurrencesByCount", count).await),
        ["2027-01-15", "2027-02-15"]
    );
    let date = json!({ "startDate": "2027-05-01T13:00:00Z", "endDate": "2027-06-01T00:00:00Z" });
    assert_eq!(starts(mock.post("MasterAeros/2205/InsertOccurrencesByDate", date).await), ["2027-05-01", "2027-06-01"]);
    assert_eq!(mock.get("MasterAeros/2205/Occurrences").await.as_array().unwrap().len(), 10);

    mock.post("MasterAeros/BatchUpdate", json!({ "masterAeroIds": [2205], "teamMemberId": 32, "aeroGroupId": 640 }))
        .await;
    let master = mock.get("MasterAeros/2205").await;
    assert_eq!((&master["teamMember"], &master["aeroGroup"]), (&json!("Marcus Oyelaran"), &json!("2026 Q2 close")));
    assert_eq!((&master["moneyEntity"], &master["endDays"]), (&json!("Larkspur Bakery LLC"), &json!(7)));
    let pulled = mock.post("MasterAeros/2205/PullStepsFromTemplate", json!({ "aeroTemplateId": 304 })).await;
    assert_eq!(pulled, mock.get("MasterAeros/2205/Steps").await);
    assert_eq!((&pulled[1]["order"], &pulled[1]["name"]), (&json!(2), &json!("Run the payroll")));
}

#[tokio::test]
async fn lists_of_names_leave_out_the_inactive() {
    let mock = aero().await;
    for (query, expected) in [
        ("Companies", vec![3301, 3304, 3306, 3310, 3312]),
        ("Companies?active=true", vec![3301, 3304, 3306, 3310, 3312]),
        ("Companies?active=Inactive", vec![3305]),
        ("Companies?active=All", vec![3301, 3304, 3305, 3306, 3310, 3312]),
        ("Companies/Query?name=harrow%20street", vec![3304, 3306]),
        ("MoneyEntities", vec![801, 802, 803, 3301, 3304, 3306, 3310, 3312]),
    ] {
        assert_eq!(ids(&mock.get(query).await["companies"]), expected, "{query}");
    }
    let projects = mock.get("Projects").await;
    let first = json!({ "id": 640, "name": "2026 Q2 close", "fullProjectName": "Larkspur Bakery LLC:2026 Q2 close" });
    assert_eq!(projects["projectReads"][0], first);
    mock.switch("empty=null").await;
    assert_eq!(mock.get("Companies/Query?name=nobody").await, json!({ "companies": null }));
}

#[tokio::test]
async fn a_client_is_made_with_a_contact_and_a_vault_entry() {
    let mock = aero().await;
    let body = json!({ "name": "Larkspur Bakery LLC", "contactFirstName": "Rui", "contactLastName": "Telles", "isLead": true });
    let company = mock.post("Companies", body).await;
    assert_eq!((&company["id"], &company["name"]), (&json!(3313), &json!("Larkspur Bakery LLC (dup)")));
    assert_eq!((&company["defaultContact"], &company["companyType"]), (&json!("Rui Telles"), &json!("Lead")));
    assert_eq!((&company["phone"], &company["active"]), (&Value::Null, &json!(true)));
    mock.switch("empty=text").await;
    assert_eq!(mock.get("Companies/3313").await["phone"], "");
    let contact = mock.get("Contacts/5120").await;
    assert_eq!((&contact["name"], &contact["emailAddresses"]), (&json!("Rui Telles"), &json!([])));
    let entry = json!({ "name": "Bank", "type": "bank", "securityLevel": "sl5", "securedValue": "hush-hush" });
    let entry = mock.post("Companies/3313/VaultEntries", entry).await;
    assert_eq!((&entry["id"], &entry["securedValue"]), (&json!(7741), &json!("hush-hush")));
}
