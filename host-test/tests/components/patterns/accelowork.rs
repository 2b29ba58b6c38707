//! Accelo's work: time on jobs, tasks and tickets by their titles, and the report over all of them.

use super::Vendor;
use outwit::{CallHandle, ErrorKind};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// "Log the 45-minute client meeting on Acme's website job, billable."
#[tokio::test]
async fn a_client_meeting_is_logged_as_billable_on_the_clients_job() {
    let accelo = Vendor::start("accelowork").await;
    let started = now() - 3600;
    let meeting = json!({
        "on": "job", "title": "website", "company": "Acme", "minutes": 45, "billable": true,
        "subject": "Client meeting", "medium": "meeting", "staff-id": "22", "started": started,
    });
    let logged = accelo.call("log-work", meeting).await;
    assert_eq!((&logged["against-type"], &logged["title"]), (&json!("job"), &json!("Website relaunch")));
    let mine = json!({ "where": [{ "field": "id", "values": [logged["activity-id"]] }] });
    let entry = &accelo.call("list-time-entries", mine).await[0];
    assert_eq!((&entry["against-type"], &entry["against-id"]), (&json!("job"), &json!("641")));
    assert_eq!((&entry["billable"], &entry["nonbillable"]), (&json!(2700), &json!(0)));
    assert_eq!((&entry["staff"]["id"], &entry["medium"]), (&json!("22"), &json!("meeting")));
    assert_eq!(entry["date-logged"], json!(started));
}

#[tokio::test]
async fn a_title_that_fits_several_jobs_or_none_writes_nothing_and_names_those_that_come_near() {
    let accelo = Vendor::start("accelowork").await;
    let entry = |title: &str| json!({ "on": "job", "title": title, "minutes": 5, "billable": true, "subject": "x" });
    let error = accelo.attempt("log-work", entry("website")).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Ambiguous, Some("input.title")), "{error:?}");
    let ids: Vec<Value> = error.details.unwrap()["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|candidate| candidate["id"].clone())
        .collect();
    assert_eq!(ids, ["641", "642"]);
    let error = accelo.attempt("log-work", entry("intranet")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error:?}");
    assert!(accelo.requests().iter().all(|request| request.starts_with("GET ")), "{:?}", accelo.requests());
}

#[tokio::test]
async fn time_on_a_task_is_billed_on_its_job_and_not_on_a_company() {
    let accelo = Vendor::start("accelowork").await;
    let entry =
        |title: &str| json!({ "on": "task", "title": title, "minutes": 30, "billable": true, "subject": "First page" });
    let logged = accelo.call("log-work", entry("draft the copy")).await;
    assert_eq!((&logged["against-id"], &logged["task-id"]), (&json!("640"), &json!("1501")));
    let task = accelo.call("get-task", json!({ "id": "1501" })).await;
    assert_eq!((&task["billable"], &task["logged"], &task["remaining"]), (&json!(1800), &json!(1800), &json!(5400)));
    let error = accelo.attempt("log-work", entry("call the printer")).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("input.billable")), "{error:?}");
}

#[tokio::test]
async fn a_task_is_completed_by_its_title_once() {
    let accelo = Vendor::start("accelowork").await;
    let done = accelo.call("complete-task", json!({ "title": "Choose the photos", "company": "Acme" })).await;
    assert_eq!((&done["id"], &done["standing"]), (&json!("1502"), &json!("complete")));
    let again = accelo.attempt("complete-task", json!({ "title": "Choose the photos" })).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::NotFound, "{again:?}");
}

#[tokio::test]
async fn a_status_to_which_no_step_leads_is_told_with_those_to_which_one_does() {
    let accelo = Vendor::start("accelowork").await;
    let change = |status: &str| json!({ "of": "issues", "id": "2750", "to-status": status });
    let error = accelo.attempt("change-status", change("Shipped")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error:?}");
    assert_eq!(error.details.unwrap()["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(accelo.requests(), ["GET /api/v0/issues/2750/progressions", "GET /api/v0/issues/2750"]);
    let changed = accelo.call("change-status", change("Resolved")).await;
    assert_eq!((&changed["standing"], &changed["progression-id"]), (&json!("resolved"), &json!("61")));
    // A second time there is nothing to do.
    let again = accelo.call("change-status", change("resolved")).await;
    assert_eq!(again, json!({ "id": "2750", "standing": "resolved" }));
    assert!(accelo.requests().last().unwrap().starts_with("GET "));
}

/// 3,000 activities over twelve jobs, a task and a ticket, against a sum that is made here.
#[tokio::test]
async fn a_report_of_the_work_for_a_company_is_right_to_the_second() {
    let accelo = Vendor::start("accelowork").await;
    let mut records: Vec<(&str, String)> = vec![("issue", "2753".to_owned())];
    for index in 0..12 {
        let job = json!({
            "title": format!("Job {index}"), "against-type": "company", "against-id": "204", "manager-id": "21",
            "type-id": "7",
        });
        let job = accelo.call("create-job", job).await;
        records.push(("job", job["id"].as_str().unwrap().to_owned()));
    }
    let (from, mut sums) = (now() - 86_400, std::collections::BTreeMap::new());
    for index in 0..3000_u64 {
        let (kind, id) = &records[index as usize % records.len()];
        let staff = ["21", "22", "23"][index as usize % 3];
        let (field, seconds) = if index % 4 == 0 { ("nonbillable", 61 + index) } else { ("billable", 59 + index) };
        let date = from + index;
        let entry = json!({
            "subject": "Work", "against-type": kind, "against-id": id, field: seconds, "owner-id": staff,
            "date-started": date,
        });
        accelo.call("create-time-entry", entry).await;
        // The last two seconds are not asked for.
        if index < 2998 {
            let sum: &mut (u64, u64, u64) = sums.entry(staff).or_default();
            match field {
                "billable" => sum.0 += seconds,
                _ => sum.1 += seconds,
            }
            sum.2 += 1;
        }
    }
    let query = json!({ "company": "Northwind Traders", "from": from, "to": from + 2998 });
    accelo.mock.forget();
    let watch = CallHandle::new();
    let report = accelo.watched("report-work-time", query, &watch).await.unwrap();
    // Company, jobs, tickets, milestones, tasks of jobs and of the others, and the time of 14 records: a page, the count, 30 pages.
    let (progress, sent) = (watch.progress(), accelo.requests().len());
    assert_eq!((progress.requests as usize, progress.total), (sent, Some(progress.requests)), "{progress:?}");
    assert!(sent >= 37, "{sent}");
    for (staff, (billable, nonbillable, activities)) in &sums {
        let row = report["staff"].as_array().unwrap().iter().find(|row| row["staff-id"] == *staff).unwrap();
        let found = ["billable", "nonbillable", "activities"].map(|name| row[name].as_u64().unwrap());
        assert_eq!(found, [*billable, *nonbillable, *activities], "{staff}");
    }
    let all = sums.values().map(|sum| sum.2).sum::<u64>();
    assert_eq!((&report["activities"], &report["jobs"], &report["tickets"]), (&json!(all), &json!(12), &json!(2)));
}
