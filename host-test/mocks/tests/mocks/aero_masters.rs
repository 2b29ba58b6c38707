//! MasterAeros: their creation, their steps, and the dates of their occurrences.

use serde_json::{Value, json};

use crate::aero::{Aero, aero, assert_has, done, monthly, problem, with, wrong};

/// The occurrences in the list of tasks, by their master.
async fn occurrences(mock: &Aero, master: u64) -> Vec<Value> {
    let tasks = mock.list("AeroTasks", "aeroTaskReads").await;
    tasks.into_iter().filter(|task| task["masterAeroId"] == master).collect()
}

/// Inserts by a body made of `monthly` and `changes`, and gives the days.
async fn days(mock: &Aero, operation: &str, changes: Value) -> Vec<String> {
    let answer = done(&mock.post(&format!("MasterAeros/2205/{operation}"), with(&monthly(), changes)).await);
    let aeros = answer["aeros"].as_array().unwrap();
    assert_eq!((answer["masterAeroId"].as_u64(), answer["count"].as_u64()), (Some(2205), Some(aeros.len() as u64)));
    aeros.iter().map(|aero| aero["scheduledStartDate"].as_str().unwrap()[..10].to_owned()).collect()
}

#[tokio::test]
async fn a_master_aero_is_made_of_a_template_and_starts_with_its_occurrences() {
    let mock = aero().await;
    let created = done(&mock.post("MasterAeros/FromTemplate/299", monthly()).await);
    let own = json!({
        "id": 2206, "subject": "Month-end close", "category": "Task", "aeroType": "Close Period", "priority": "normal",
        "billable": false, "fixedFee": true, "description": null, "estimatedHours": 2, "estimatedMinutes": 0,
        "daysToDueDate": 7, "active": true, "contact": null, "fullProjectName": null, "hat": null, "steps": [{
            "order": 1, "complete": false, "name": "Import statements", "description": null, "actionLink": null,
            "helpLink": null, "sopId": 17, "libId": null,
        }],
    });
    assert_eq!(created, with(&monthly(), own));
    let made = occurrences(&mock, 2206).await;
    let dates = ["2026-07-01T13:00:00.000Z", "2026-08-01T13:00:00.000Z", "2026-09-01T13:00:00.000Z"];
    let due = ["2026-07-08T13:00:00.000Z", "2026-08-08T13:00:00.000Z", "2026-09-08T13:00:00.000Z"];
    assert_eq!(made.len(), 3);
    for (index, aero) in made.iter().enumerate() {
        let expected = json!({
            "id": 90511 + index, "subject": "Month-end close", "assignedTo": "Priya Raman", "status": "notstarted",
            "company": "Larkspur Bakery LLC", "scheduledStartDate": dates[index], "dueDate": due[index],
            "scheduledTotalHours": 2, "steps": created["steps"],
        });
        assert_has(aero, &expected);
    }
    done(&mock.post("AeroTasks/90511/AeroTimes", json!({ "hours": 1 })).await);
}

#[tokio::test]
async fn a_master_aero_of_any_category_and_of_the_library_lists_its_occurrences_there() {
    let mock = aero().await;
    let rows = [
        ("FromTemplate/300", "AeroAppointments", "aeroAppointmentReads"),
        ("FromTemplate/301", "AeroEmails", "aeroEmailReads"),
        ("FromTemplate/302", "AeroOthers", "aeroOtherReads"),
        ("FromLibraryTemplate/41", "AeroTasks", "aeroTaskReads"),
    ];
    for (path, list, member) in rows {
        let created = done(&mock.post(&format!("MasterAeros/{path}"), monthly()).await);
        let items = mock.list(list, member).await;
        assert_eq!(items.iter().filter(|item| item["masterAeroId"] == created["id"]).count(), 3, "{path}");
    }
    let email = mock.list("AeroEmails", "aeroEmailReads").await.pop().unwrap();
    assert_eq!(email["body"], "Please send the forms of all new employees.");
}

#[tokio::test]
async fn a_master_aero_needs_its_whole_schedule_and_a_team_member() {
    let mock = aero().await;
    let required = [
        "assignedTo",
        "autoRenew",
        "endOnDate",
        "isDayOfMonth",
        "isFriday",
        "isMonday",
        "isSaturday",
        "isSunday",
        "isThursday",
        "isTuesday",
        "isWednesday",
        "offset",
        "renewalPattern",
        "startDate",
    ];
    for path in ["FromTemplate/299", "FromLibraryTemplate/41"] {
        assert_eq!(wrong(&mock.post(&format!("MasterAeros/{path}"), json!({})).await), required);
    }
    let rows = [
        ("renewalPattern", json!("Quarterly")),
        ("isSunday", json!("no")),
        ("isDayOfMonth", json!(1)),
        ("numberOfDates", json!(0)),
        ("numberOfDates", json!(501)),
        ("numberOfDates", json!(2147483647)),
        ("numberOfDates", json!(1.5)),
        ("endOnDate", json!("never")),
        ("offset", json!("0")),
        ("startDate", json!("now")),
        ("assignedTo", json!("Nobody")),
        ("company", json!("Nobody")),
        ("hat", json!("Nobody")),
    ];
    for (name, value) in rows {
        let answer = mock.post("MasterAeros/FromTemplate/299", with(&monthly(), json!({ name: value }))).await;
        assert_eq!(wrong(&answer), [name], "{value}");
    }
    assert!(occurrences(&mock, 2206).await.is_empty());
    let created = with(&monthly(), json!({ "renewalPattern": "monthly" }));
    assert_eq!(done(&mock.post("MasterAeros/FromTemplate/299", created).await)["renewalPattern"], "Monthly");
}

#[tokio::test]
async fn a_master_aero_needs_a_template_with_a_type_and_a_duration() {
    let mock = aero().await;
    let rows: [(&str, &[&str]); 3] = [
        ("FromTemplate/303", &["aeroType", "estimatedHours"]),
        ("FromTemplate/305", &["estimatedHours"]),
        ("FromLibraryTemplate/45", &["aeroType", "estimatedHours"]),
    ];
    for (path, names) in rows {
        assert_eq!(wrong(&mock.post(&format!("MasterAeros/{path}"), monthly()).await), names, "{path}");
    }
    problem(&mock.post("MasterAeros/FromTemplate/41", monthly()).await, 404);
    problem(&mock.post("MasterAeros/FromLibraryTemplate/299", monthly()).await, 404);
    problem(&mock.post("MasterAeros/FromLibraryTemplate/50", monthly()).await, 403);
}

#[tokio::test]
async fn each_pattern_has_its_dates() {
    let mock = aero().await;
    // 1 July 2026 is a Wednesday.
    let rows = [
        (json!({ "renewalPattern": "Daily" }), ["2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04"]),
        (json!({ "renewalPattern": "EveryWeekday" }), ["2026-07-01", "2026-07-02", "2026-07-03", "2026-07-06"]),
        (
            json!({ "renewalPattern": "EveryMondayWednesdayFriday" }),
            ["2026-07-01", "2026-07-03", "2026-07-06", "2026-07-08"],
        ),
        (json!({ "renewalPattern": "EveryTuesdayThursday" }), ["2026-07-02", "2026-07-07", "2026-07-09", "2026-07-14"]),
        (
            json!({ "renewalPattern": "Weekly", "isSunday": true, "isSaturday": true }),
            ["2026-07-04", "2026-07-05", "2026-07-11", "2026-07-12"],
        ),
        (
            json!({ "renewalPattern": "Weekly", "isMonday": true }),
            ["2026-07-06", "2026-07-13", "2026-07-20", "2026-07-27"],
        ),
        (json!({}), ["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"]),
        (json!({ "startDate": "2027-12-31" }), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        (json!({ "startDate": "2026-11-30" }), ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28"]),
        (json!({ "isDayOfMonth": false }), ["2026-07-01", "2026-08-05", "2026-09-02", "2026-10-07"]),
        (
            json!({ "isDayOfMonth": false, "startDate": "2026-07-14" }),
            ["2026-07-14", "2026-08-11", "2026-09-08", "2026-10-13"],
        ),
        (
            json!({ "isDayOfMonth": false, "startDate": "2026-07-31" }),
            ["2026-07-31", "2026-08-28", "2026-09-25", "2026-10-30"],
        ),
        (json!({ "renewalPattern": "Yearly" }), ["2026-07-01", "2027-07-01", "2028-07-01", "2029-07-01"]),
        (
            json!({ "renewalPattern": "Yearly", "startDate": "2028-02-29" }),
            ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"],
        ),
    ];
    for (changes, dates) in rows {
        let changes = with(&changes, json!({ "numberOfDates": 4 }));
        assert_eq!(days(&mock, "InsertOccurrencesByCount", changes.clone()).await, dates, "{changes}");
    }
}

#[tokio::test]
async fn occurrences_by_date_end_with_that_day_and_are_answered_with_their_due_dates() {
    let mock = aero().await;
    let body = with(
        &monthly(),
        json!({ "startDate": "2026-10-01T13:00:00.000Z", "endOnDate": "2026-11-30T00:00:00.000Z", "numberOfDates": null }),
    );
    let answer = done(&mock.post("MasterAeros/2205/InsertOccurrencesByDate", body).await);
    let expected = json!({
        "masterAeroId": 2205, "count": 2, "aeros": [
            { "id": 90511, "scheduledStartDate": "2026-10-01T13:00:00.000Z", "dueDate": "2026-10-08T13:00:00.000Z" },
            { "id": 90512, "scheduledStartDate": "2026-11-01T13:00:00.000Z", "dueDate": "2026-11-08T13:00:00.000Z" },
        ],
    });
    assert_eq!(answer, expected);
    assert_eq!(occurrences(&mock, 2205).await.len(), 5);
    let last = json!({ "renewalPattern": "Daily", "endOnDate": "2026-07-03" });
    assert_eq!(days(&mock, "InsertOccurrencesByDate", last).await, ["2026-07-01", "2026-07-02", "2026-07-03"]);
    let none = json!({ "renewalPattern": "EveryTuesdayThursday", "endOnDate": "2026-07-01" });
    assert!(days(&mock, "InsertOccurrencesByDate", none).await.is_empty());
}

#[tokio::test]
async fn a_count_wins_over_the_end_only_where_both_are_known() {
    let mock = aero().await;
    let both = json!({ "numberOfDates": 2, "endOnDate": "2020-01-01" });
    assert_eq!(days(&mock, "InsertOccurrences", both.clone()).await.len(), 2);
    assert_eq!(days(&mock, "InsertOccurrencesByCount", both.clone()).await.len(), 2);
    let answer = mock.post("MasterAeros/2205/InsertOccurrencesByDate", with(&monthly(), both)).await;
    assert_eq!(wrong(&answer), ["endOnDate"]);
    assert_eq!(days(&mock, "InsertOccurrences", json!({ "numberOfDates": null })).await.len(), 6);
}

#[tokio::test]
async fn each_way_to_insert_names_what_it_lacks() {
    let mock = aero().await;
    let rows: [(&str, &[&str]); 3] = [
        ("InsertOccurrences", &["endOnDate"]),
        ("InsertOccurrencesByCount", &["numberOfDates"]),
        ("InsertOccurrencesByDate", &["endOnDate"]),
    ];
    let ends = json!({ "numberOfDates": null, "endOnDate": null });
    for (operation, names) in rows {
        let path = format!("MasterAeros/2205/{operation}");
        assert_eq!(wrong(&mock.post(&path, with(&monthly(), ends.clone())).await), names);
        let weekly = json!({ "renewalPattern": "Weekly" });
        assert_eq!(wrong(&mock.post(&path, with(&monthly(), weekly)).await), ["renewalPattern"]);
        assert_eq!(wrong(&mock.post(&path, json!({})).await).len(), 12 - usize::from(operation.len() < 12));
        problem(&mock.post(&format!("MasterAeros/1/{operation}"), monthly()).await, 404);
    }
    // Nothing of a master's own is asked for again.
    let schedule = with(&monthly(), json!({ "assignedTo": null, "autoRenew": null, "company": null }));
    done(&mock.post("MasterAeros/2205/InsertOccurrences", schedule).await);
}

#[tokio::test]
async fn five_hundred_occurrences_are_the_most() {
    let mock = aero().await;
    let daily = json!({ "renewalPattern": "Daily", "numberOfDates": 500 });
    let all = days(&mock, "InsertOccurrencesByCount", daily.clone()).await;
    assert_eq!((all.len(), all[499].as_str()), (500, "2027-11-12"));
    let more = with(&monthly(), json!({ "renewalPattern": "Daily", "numberOfDates": 501 }));
    assert_eq!(wrong(&mock.post("MasterAeros/2205/InsertOccurrencesByCount", more).await), ["numberOfDates"]);
    let ends = json!({ "renewalPattern": "Daily", "endOnDate": "2027-11-12T23:59:59Z" });
    assert_eq!(days(&mock, "InsertOccurrencesByDate", ends).await.len(), 500);
    let later = with(&monthly(), json!({ "renewalPattern": "Daily", "endOnDate": "9999-12-31" }));
    assert_eq!(wrong(&mock.post("MasterAeros/2205/InsertOccurrencesByDate", later).await), ["endOnDate"]);
    assert_eq!(occurrences(&mock, 2205).await.len(), 3 + 1000);
    let end = json!({ "renewalPattern": "Yearly", "startDate": "9998-07-01", "numberOfDates": 5 });
    assert_eq!(days(&mock, "InsertOccurrencesByCount", end).await, ["9998-07-01", "9999-07-01"]);
}

#[tokio::test]
async fn added_steps_reach_the_occurrences_that_nobody_has_begun() {
    let mock = aero().await;
    let step = json!({
        "order": 4, "complete": false, "name": "Send summary", "description": "Two paragraphs at most", "actionLink": null,
        "helpLink": null, "sopId": null, "libId": 88,
    });
    let answer = done(&mock.post("MasterAeros/2205/AddSteps", json!({ "steps": [step] })).await);
    assert_has(&answer, &json!({ "id": 2205, "subject": "Month-end close", "steps": [step] }));
    let more = json!({ "steps": [{ "name": "Last" }, { "order": 1, "name": "First", "colour": "green" }] });
    let answer = done(&mock.post("MasterAeros/2205/AddSteps", more).await);
    let names: Vec<_> =
        answer["steps"].as_array().unwrap().iter().map(|step| (&step["order"], &step["name"])).collect();
    assert_eq!(json!(names), json!([[1, "First"], [4, "Send summary"], [5, "Last"]]));
    assert_eq!(answer["steps"][0]["complete"], false);
    for aero in occurrences(&mock, 2205).await {
        let expected = if aero["id"] == 90502 { answer["steps"].clone() } else { json!([]) };
        assert_eq!(aero["steps"], expected, "{aero}");
    }
    let made = days(&mock, "InsertOccurrences", json!({ "numberOfDates": 1 })).await;
    assert_eq!(made.len(), 1);
    assert_eq!(occurrences(&mock, 2205).await.pop().unwrap()["steps"], answer["steps"]);
}

#[tokio::test]
async fn a_step_needs_a_name_and_the_refusal_says_which() {
    let mock = aero().await;
    let rows = [
        (json!({}), "steps"),
        (json!({ "steps": "a" }), "steps"),
        (json!({ "steps": [5] }), "steps[0]"),
        (json!({ "steps": [{ "name": "a" }, {}] }), "steps[1].name"),
        (json!({ "steps": [{ "name": "a", "order": "b" }] }), "steps[0].order"),
        (json!({ "steps": [{ "name": "a", "sopId": 2147483648_u64 }] }), "steps[0].sopId"),
    ];
    for (body, name) in rows {
        assert_eq!(wrong(&mock.post("MasterAeros/2205/AddSteps", body.clone()).await), [name], "{body}");
    }
    problem(&mock.post("MasterAeros/1/AddSteps", json!({ "steps": [] })).await, 404);
}

#[tokio::test]
async fn pulled_steps_replace_those_that_were_there() {
    let mock = aero().await;
    done(&mock.post("MasterAeros/2205/AddSteps", json!({ "steps": [{ "name": "Old" }] })).await);
    let own = done(&mock.post("MasterAeros/2205/PullSteps", json!({})).await);
    assert_eq!(own["steps"][0]["name"], "Import statements");
    assert_eq!(own["steps"].as_array().unwrap().len(), 1);
    let other = done(&mock.post("MasterAeros/2205/PullSteps", json!({ "templateId": 304 })).await);
    assert_eq!(other["steps"][1]["name"], "Run the payroll");
    for aero in occurrences(&mock, 2205).await {
        let expected = if aero["id"] == 90502 { other["steps"].clone() } else { json!([]) };
        assert_eq!(aero["steps"], expected, "{aero}");
    }
    let library = done(&mock.post("MasterAeros/FromLibraryTemplate/41", monthly()).await);
    let path = format!("MasterAeros/{}", library["id"]);
    done(&mock.post(&format!("{path}/AddSteps"), json!({ "steps": [{ "name": "More" }] })).await);
    assert_eq!(done(&mock.post(&format!("{path}/PullSteps"), json!({})).await)["steps"], library["steps"]);
    for id in [json!(41), json!("299"), json!(-1)] {
        assert_eq!(wrong(&mock.post("MasterAeros/2205/PullSteps", json!({ "templateId": id })).await), ["templateId"]);
    }
    problem(&mock.post("MasterAeros/1/PullSteps", json!({})).await, 404);
}
