//! Accelo: meetings, mail, time.

use super::Vendor;
use outwit::ErrorKind;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

async fn activity(accelo: &Vendor, id: &Value) -> Value {
    accelo.call("get-activity", json!({ "id": id, "fields": ["_ALL", "medium", "staff()", "interacts"] })).await
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn a_client_meeting_of_45_minutes_is_logged_against_company_and_staff() {
    let accelo = Vendor::start("accelo").await;
    let started = now() - 3600;
    let meeting = json!({
        "company": "harbourlight joinery", "minutes": 45, "subject": "Spring brochure", "place": "Quay Lane",
        "staff-id": "22", "started": started,
    });
    let logged = accelo.call("log-meeting", meeting).await;
    assert_eq!((&logged["against-id"], &logged["seconds"]), (&json!("311"), &json!(2700)));
    let activity = activity(&accelo, &logged["activity-id"]).await;
    assert_eq!(activity["medium"], "meeting");
    assert_eq!(activity["nonbillable"], 2700);
    assert_eq!((&activity["against-type"], &activity["against-id"]), (&json!("company"), &json!("311")));
    assert_eq!((&activity["owner-type"], &activity["owner-id"]), (&json!("staff"), &json!("22")));
    assert_eq!(activity["details"], "Quay Lane");
    assert_eq!((&activity["date-started"], &activity["date-ended"]), (&json!(started), &json!(started + 2700)));
}

#[tokio::test]
async fn an_inbound_email_is_captured_against_the_contact_with_its_address() {
    let accelo = Vendor::start("accelo").await;
    let found = accelo.call("find-contact-by-email", json!({ "email": "ines@harbourlight.example" })).await;
    let email = json!({
        "address": "ines@harbourlight.example", "direction": "inbound", "subject": "Re: samples",
        "body": "They arrived.", "sent": 1_772_010_000,
    });
    let logged = accelo.call("log-email", email).await;
    assert_eq!((&logged["against-type"], &logged["against-id"]), (&json!("contact"), &found["id"]));
    let activity = activity(&accelo, &logged["activity-id"]).await;
    assert_eq!(activity["medium"], "email");
    assert_eq!((&activity["owner-type"], &activity["owner-id"]), (&json!("affiliation"), &found["affiliation-id"]));
    assert_eq!((&activity["body"], &activity["date-logged"]), (&json!("They arrived."), &json!(1_772_010_000)));
}

#[tokio::test]
async fn a_week_of_company_123_is_reported_by_staff_member() {
    let accelo = Vendor::start("accelo").await;
    let to = now() + 60;
    let week = |company: &str| json!({ "company": company, "from": to - 7 * 86_400, "to": to });
    let report = accelo.call("report-time-by-staff", week("123")).await;
    let row = |name: &str| report["staff"].as_array().unwrap().iter().find(|row| row["firstname"] == name).unwrap();
    // What the mock's ten activities of that week hold, in minutes: 60, 70, 70.
    assert_eq!((&row("Mirela")["nonbillable"], &row("Mirela")["activities"]), (&json!(3600), &json!(4)));
    assert_eq!((&row("Tomas")["nonbillable"], &row("Adaeze")["nonbillable"]), (&json!(4200), &json!(4200)));
    assert_eq!((&report["nonbillable"], &report["activities"]), (&json!(12_000), &json!(10)));
    assert_eq!(row("Tomas")["classes"][0]["class-title"], "Client Work");
    let mut by_name = accelo.call("report-time-by-staff", week("Acme")).await;
    assert_eq!(by_name.as_object_mut().unwrap().remove("company-name").unwrap(), "Acme");
    assert_eq!(by_name, report, "the name does as well as the id");
    assert!(report["not-counted"].as_str().unwrap().contains("projects"), "{report}");

    let mut all = week("123");
    all["scope"] = json!("company-and-below");
    let report = accelo.call("report-time-by-staff", all).await;
    // The seven on the company's project: 405 minutes to bill, and 20 more.
    assert_eq!((&report["billable"], &report["nonbillable"]), (&json!(24_300), &json!(13_200)));
    assert_eq!((&report["activities"], &report["scope"]), (&json!(16), &json!("company-and-below")));
}

#[tokio::test]
async fn what_i_logged_today_is_found_with_my_own_id() {
    let accelo = Vendor::start("accelo").await;
    let me = accelo.call("whoami", json!({})).await;
    accelo.call("log-time", json!({ "company": "Acme", "minutes": 20, "subject": "Mine" })).await;
    let logged = json!({ "company": "Acme", "minutes": 20, "subject": "Another's", "staff-id": "22" });
    accelo.call("log-time", logged).await;
    let today = json!({ "where": [
        { "field": "staff", "values": [me["id"]] },
        { "field": "date-logged", "test": "after", "values": [(now() - 60).to_string()] },
    ] });
    let mine = accelo.call("list-activities", today).await;
    let subjects: Vec<_> = mine.as_array().unwrap().iter().map(|activity| &activity["subject"]).collect();
    assert_eq!(subjects, ["Mine"]);
}

#[tokio::test]
async fn a_record_that_does_not_exist_is_not_found_whatever_is_done_with_it() {
    let accelo = Vendor::start("accelo").await;
    for (operation, input) in [
        ("get-activity", json!({ "id": "99999" })),
        ("update-activity", json!({ "id": "99999", "details": "x" })),
        ("delete-activity", json!({ "id": "99999" })),
        ("get-company", json!({ "id": "99999" })),
        ("update-company", json!({ "id": "99999", "phone": "1" })),
        ("delete-company", json!({ "id": "99999" })),
        ("get-contact", json!({ "id": "99999" })),
        ("update-contact", json!({ "id": "99999", "comments": "x" })),
        ("deactivate-contact", json!({ "id": "99999" })),
        ("get-staff", json!({ "id": "99999" })),
    ] {
        let error = accelo.attempt(operation, input).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{operation}: {error:?}");
        assert!(!error.maybe_done, "{operation}");
    }
    let bad = json!({ "id": "20417", "class-id": "77" });
    let error = accelo.attempt("update-activity", bad).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "a bad argument is none: {error:?}");
}

#[tokio::test]
async fn a_company_is_found_by_a_name_full_of_grammar() {
    let accelo = Vendor::start("accelo").await;
    let name = "Müller & Söhne (Köln), GmbH";
    let company = accelo.call("create-company", json!({ "name": name })).await;
    let logged = accelo.call("log-time", json!({ "company": name, "minutes": 5, "subject": "x" })).await;
    assert_eq!(logged["against-id"], company["id"]);
}

#[tokio::test]
async fn a_report_reads_all_pages() {
    let accelo = Vendor::start("accelo").await;
    let (from, to) = (now() - 60, now() + 600);
    for index in 0..203 {
        let activity = json!({
            "subject": format!("Work {index}"), "against-type": "company", "against-id": "204",
            "visibility": "all", "nonbillable": 60,
        });
        accelo.call("create-activity", activity).await;
    }
    let report = accelo.call("report-time-by-staff", json!({ "company": "204", "from": from, "to": to })).await;
    assert_eq!((&report["activities"], &report["nonbillable"]), (&json!(203), &json!(203 * 60)));
}

#[tokio::test]
async fn time_that_accelo_would_drop_is_refused_before_it_is_written() {
    let accelo = Vendor::start("accelo").await;
    // A call about a company.
    let error = accelo.attempt("update-activity", json!({ "id": "20410", "billable": 600 })).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("input.billable")), "{error:?}");
    assert_eq!(accelo.requests(), ["GET /api/v0/activities/20410"]);
    let changed = accelo.call("update-activity", json!({ "id": "20410", "nonbillable": 600 })).await;
    assert_eq!(changed["nonbillable"], 600);
    // A meeting of a project.
    let changed =
        accelo.call("update-activity", json!({ "id": "20413", "billable": 600, "fields": ["subject"] })).await;
    assert_eq!(changed["billable"], 600);
}

#[tokio::test]
async fn time_that_accelo_drops_is_no_success() {
    let accelo = Vendor::start("accelo").await;
    accelo.switch("drop_time=1").await;
    let entry = json!({ "company": "Harbourlight Joinery", "minutes": 30, "subject": "Brochure" });
    let error = accelo.attempt("log-time", entry).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, true), "{error:?}");
    let details = error.details.unwrap();
    let id = &details["done"][0]["result"]["id"];
    assert_eq!(accelo.call("get-activity", json!({ "id": id })).await["subject"], "Brochure");
    assert_eq!((&details["failed"]["sent"], &details["failed"]["answered"]), (&json!(1800), &json!(0)));
}
