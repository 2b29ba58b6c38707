//! Activities: written, read back, changed, deleted.

use serde_json::{Value, json};

use crate::client::{accelo, ids};

#[tokio::test]
async fn an_activity_is_created_listed_read_back_updated_and_deleted() {
    let mock = accelo().await;
    let fields = "medium,visibility,billable,nonbillable,date_started,date_ended,date_logged,against_type,against_id,\
                  owner,thread,parent,activity_class()";
    let review = json!({
        "subject": "Design review", "against_type": "job", "against_id": 640, "medium": "meeting", "visibility": "all",
        "owner_type": "staff", "owner_id": 21, "body": "Walked through the second draft.", "details": "Room 3",
        "date_started": 1772010000, "date_ended": 1772012700, "billable": 2700, "class_id": 1, "priority_id": 3,
        "send_invites": "false", "block_send": 1,
        "to": { "staff": [22], "affiliation": [905], "emails": ["guest@example.org"] }, "_fields": fields,
    });
    let created = mock.json("POST", "/api/v0/activities", review).await.ok();
    let expected = json!({
        "id": "20431", "subject": "Design review", "confidential": 0, "medium": "meeting", "visibility": "all",
        "billable": "2700", "nonbillable": "0", "date_started": "1772010000", "date_ended": "1772012700",
        "date_logged": "1772010000", "against_type": "job", "against_id": "640", "owner": "staff/21",
        "thread": "activities/20431", "parent": "activities/0", "activity_class": { "id": "1", "title": "Client Work" },
    });
    assert_eq!(created, expected);

    assert_eq!(mock.ids("/api/v0/activities?_filters=id(20431)").await, ["20431"]);
    assert_eq!(mock.get(&format!("/api/v0/activities/20431?_fields={fields}")).await.ok(), expected);
    let changes = "billable=3600&priority_id=2&_fields=billable,activity_priority(),standing";
    let updated = mock.form("PUT", "/api/v0/activities/20431", changes).await.ok();
    assert_eq!(updated["billable"], "3600");
    assert_eq!(updated["activity_priority"], json!({ "id": "2", "title": "High" }));
    assert_eq!(updated["standing"], "unapproved");

    let deleted = mock.form("DELETE", "/api/v0/activities/20431", "").await;
    assert_eq!(deleted.ok(), Value::Null);
    assert!(deleted.json().as_object().unwrap().contains_key("response"));
    for method in ["GET", "DELETE"] {
        let gone = mock.form(method, "/api/v0/activities/20431", "").await;
        assert_eq!(gone.refusal(), (400, "invalid_request".into()));
    }
}

#[tokio::test]
async fn a_multipart_activity_is_read_by_its_parts() {
    let mock = accelo().await;
    let body = "--xyz\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nWith a file\r\n\
                --xyz\r\nContent-Disposition: form-data; name=\"against_type\"\r\n\r\ncompany\r\n\
                --xyz\r\nContent-Disposition: form-data; name=\"against_id\"\r\n\r\n311\r\n\
                --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nbytes\r\n--xyz--\r\n";
    let created = mock.call("POST", "/api/v0/activities", "multipart/form-data; boundary=xyz", body).await.ok();
    assert_eq!(created["subject"], "With a file");
}

#[tokio::test]
async fn a_missing_or_unknown_value_is_named_and_nothing_is_created() {
    let mock = accelo().await;
    let rows = [
        ("against_type=company&against_id=311", "subject"),
        ("subject=a&against_id=311", "against_type"),
        ("subject=a&against_type=company", "against_id"),
        ("subject=a&against_type=companies&against_id=311", "against_type"),
        ("subject=a&against_type=company&against_id=999", "against_id"),
        ("subject=a&against_type=company&against_id=311&medium=telepathy", "medium"),
        ("subject=a&against_type=company&against_id=311&visibility=some", "visibility"),
        ("subject=a&against_type=company&against_id=311&nonbillable=soon", "nonbillable"),
        ("subject=a&against_type=company&against_id=311&owner_id=99", "owner_id"),
        ("subject=a&against_type=company&against_id=311&class_id=99", "class_id"),
        ("subject=a&against_type=company&against_id=311&parent_id=1", "parent_id"),
        ("subject=a&against_type=company&against_id=311&_fields=a(", "_fields"),
    ];
    for (form, name) in rows {
        let answer = mock.form("POST", "/api/v0/activities", form).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{form}");
        assert!(answer.json()["meta"]["message"].as_str().unwrap().contains(name), "{form}");
    }
    assert!(mock.ids("/api/v0/activities?_filters=id_greater_than(20430)").await.is_empty());
}

#[tokio::test]
async fn time_is_dropped_where_it_cannot_be_logged() {
    let mock = accelo().await;
    let rows = [
        ("against_type=company&against_id=311", ["0", "0"]),
        ("against_type=company&against_id=311&visibility=all", ["0", "300"]),
        ("against_type=job&against_id=640&visibility=all", ["600", "300"]),
        ("against_type=job&against_id=640&visibility=confidential", ["0", "0"]),
        ("against_type=milestone&against_id=310&visibility=all", ["600", "300"]),
        ("against_type=job&against_id=640&visibility=all&owner_type=affiliation&owner_id=905", ["0", "0"]),
    ];
    for (form, [billable, nonbillable]) in rows {
        let form = format!("{form}&subject=a&billable=600&nonbillable=300&_fields=billable,nonbillable");
        let created = mock.form("POST", "/api/v0/activities", &form).await.ok();
        assert_eq!(
            (created["billable"].as_str(), created["nonbillable"].as_str()),
            (Some(billable), Some(nonbillable)),
            "{form}"
        );
    }
    mock.switch("strict=1").await;
    let form = "subject=a&against_type=company&against_id=311&visibility=all&billable=600";
    assert_eq!(mock.form("POST", "/api/v0/activities", form).await.refusal(), (400, "invalid_request".into()));
}

#[tokio::test]
async fn deleting_an_activity_deletes_its_thread_children() {
    let mock = accelo().await;
    let thread = "/api/v0/activities?_filters=thread_id(20303)";
    assert_eq!(mock.ids(thread).await, ["20303", "20304", "20305"]);
    let form = "subject=Re&against_type=contact&against_id=842&parent_id=20305&_fields=thread_id,parent";
    let reply = mock.form("POST", "/api/v0/activities", form).await.ok();
    assert_eq!((reply["thread_id"].as_str(), reply["parent"].as_str()), (Some("20303"), Some("activities/20305")));
    mock.form("DELETE", "/api/v0/activities/20304", "").await.ok();
    assert_eq!(mock.ids(thread).await, ["20303"]);
}

#[tokio::test]
async fn an_update_obeys_who_owns_the_activity_and_what_it_is() {
    let mock = accelo().await;
    let rows = [
        ("20418", "subject=Mine+now", 403),
        ("20418", "body=Mine+now", 403),
        ("20418", "visibility=private", 403),
        ("20418", "nonbillable=1", 403),
        ("20306", "billable=60", 403),
        ("20303", "subject=Other", 400),
        ("20303", "date_due=1", 400),
        ("20417", "subject=", 400),
        ("20417", "priority_id=9", 400),
        ("20418", "details=Elsewhere", 200),
        ("20303", "class_id=2", 200),
        ("20417", "subject=Planning&nonbillable=60", 200),
        ("20417", "medium=call", 400),
        ("20417", "against_id=1", 400),
    ];
    for (id, form, status) in rows {
        assert_eq!(mock.form("PUT", &format!("/api/v0/activities/{id}"), form).await.status, status, "{id} {form}");
    }
    let read = mock
        .get("/api/v0/activities/20417?_fields=medium,against_id,permissions,time_allocation(nonbillable)")
        .await
        .ok();
    assert_eq!((read["medium"].as_str(), read["against_id"].as_str()), (Some("meeting"), Some("311")));
    assert_eq!(read["permissions"], json!({ "can_edit_time": 1, "can_edit_billable": 0 }));
    assert_eq!(read["time_allocation"], json!({ "id": "8810", "nonbillable": "60" }));
}

#[tokio::test]
async fn time_that_was_logged_for_somebody_else_can_be_corrected_by_who_logged_it() {
    let mock = accelo().await;
    let form =
        "subject=a&against_type=company&against_id=123&visibility=all&owner_type=staff&owner_id=22&nonbillable=60";
    let created = mock.form("POST", "/api/v0/activities", &format!("{form}&_fields=staff()")).await.ok();
    assert_eq!(created["staff"]["firstname"], "Tomas");
    let updated = mock.form("PUT", "/api/v0/activities/20431", "nonbillable=120&_fields=nonbillable").await.ok();
    assert_eq!(updated["nonbillable"], "120");
}

#[tokio::test]
async fn the_method_override_comes_before_the_route() {
    let mock = accelo().await;
    mock.get("/api/v0/activities/20417?_method=DELETE").await.ok();
    assert_eq!(mock.get("/api/v0/activities/20417").await.status, 400);
    let renamed = mock.form("POST", "/api/v0/activities/20311", "_method=put&subject=Later").await.ok();
    assert_eq!(renamed["subject"], "Later");
    let read = json!({ "_method": "GET", "_filters": { "id": ["20311"] } });
    assert_eq!(ids(&mock.json("POST", "/api/v0/activities", read).await.ok()), ["20311"]);
    assert_eq!(mock.get("/api/v0/activities?_method=patch").await.refusal(), (400, "invalid_request".into()));
    assert_eq!(mock.form("PUT", "/api/v0/activities/20311", "_method=get").await.status, 400);
}

#[tokio::test]
async fn a_task_s_activity_is_moved_to_the_job_only_when_asked() {
    let mock = accelo().await;
    let form = "subject=a&against_type=task&against_id=1501&_fields=against,task,breadcrumbs";
    let plain = mock.form("POST", "/api/v0/activities", form).await.ok();
    assert_eq!((plain["against"].as_str(), plain["task"].as_str()), (Some("tasks/1501"), Some("1501")));
    mock.switch("reparent_tasks=1").await;
    let moved = mock.form("POST", "/api/v0/activities", form).await.ok();
    assert_eq!((moved["against"].as_str(), moved["task"].as_str()), (Some("jobs/640"), Some("1501")));
    let trail = json!([
        { "id": "640", "table": "job", "title": "Spring brochure" },
        { "id": "123", "table": "company", "title": "Acme" },
    ]);
    assert_eq!(moved["breadcrumbs"], trail);
}
