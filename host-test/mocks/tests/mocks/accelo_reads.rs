//! Pages, counts, and bodies of other kinds.

use serde_json::json;

use crate::client::accelo;

#[tokio::test]
async fn pages_count_from_zero_and_beat_the_offset() {
    let mock = accelo().await;
    let all = mock.ids("/api/v0/activities?_limit=1000").await;
    assert_eq!(all.len(), 29);
    assert_eq!(mock.get("/api/v0/activities/count").await.ok(), json!({ "count": "29" }));
    assert_eq!(mock.ids("/api/v0/activities?_limit=7&_page=1").await, all[7..14]);
    assert_eq!(mock.ids("/api/v0/activities?_limit=7&_offset=3").await, all[3..10]);
    assert_eq!(mock.ids("/api/v0/activities?_limit=7&_page=1&_offset=3").await, all[7..14]);
    assert_eq!(mock.ids("/api/v0/activities?_limit=7&_page=4").await.len(), 1);
    assert!(mock.ids("/api/v0/activities?_limit=7&_page=99999999999999999").await.is_empty());
}

#[tokio::test]
async fn a_limit_is_clamped_to_a_hundred_and_must_be_a_number() {
    let mock = accelo().await;
    for number in 0..120 {
        mock.form("POST", "/api/v0/companies", &format!("name=Company+{number}")).await.ok();
    }
    assert_eq!(mock.ids("/api/v0/companies?_limit=500").await.len(), 100);
    for wrong in ["_limit=0", "_limit=-1", "_limit=ten", "_page=-1", "_offset=x"] {
        let answer = mock.get(&format!("/api/v0/companies?{wrong}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{wrong}");
    }
}

/// Pieces of real requests in a fixed disorder. A panic would close the connection without an answer.
#[tokio::test]
async fn nothing_that_is_sent_goes_without_an_answer() {
    let mock = accelo().await;
    mock.switch("quota=1000000").await;
    #[rustfmt::skip]
    let pieces = [
        "_fields", "_filters", "_limit", "_page", "_search", "=", "&", "(", ")", ",", "_OR", "_AND", "_ALL",
        "against", "company", "id", "date_created_after", "%00", "%FF", "%E2%82%AC", "\u{e9}", "99999999999999999999",
        "-1", "0", ".", "{\"", "\":", "[", "]", "}", "\"", "null", "subject", "against_type", "against_id", "name",
        "firstname", "_method", "put", "delete", "to", "staff()", "interacts", "breadcrumbs", "billable", "1e400",
        "NaN", "--x", "\r\n\r\n", " name=\"",
    ];
    let kinds =
        ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain"];
    let paths = [
        "activities",
        "activities/20417",
        "companies",
        "companies/311",
        "contacts",
        "contacts/842",
        "staff/21",
        "tokeninfo",
    ];
    let mut state = 1_u64;
    let mut pick = |from: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % from
    };
    for _ in 0..3000 {
        let body: String = (0..pick(24)).map(|_| pieces[pick(pieces.len())]).collect();
        let query: String = (0..pick(12)).map(|_| pieces[pick(pieces.len())]).collect();
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let query = query.replace("%3D", "=").replace("%26", "&").replace("%25", "%");
        let method = ["GET", "POST", "PUT", "DELETE"][pick(4)];
        let target = format!("/api/v0/{}?{query}", paths[pick(paths.len())]);
        let answer = mock.call(method, &target, kinds[pick(kinds.len())], &body).await;
        assert!(matches!(answer.status, 200 | 400 | 403), "{} {method} {target} {body}", answer.status);
    }
    mock.get("/api/v0/staff/whoami").await.ok();
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
async fn a_path_of_another_component_is_documented_as_that_one_says() {
    let mock = accelo().await;
    let sums = mock.get("/api/v0/activities/allocations?_filters=against(job(640))").await.ok();
    assert_eq!((&sums["billable"], &sums["nonbillable"]), (&"27900".into(), &"1200".into()));
    let tasks = mock.get("/api/v0/tasks?_filters=child_of_job(640)").await.ok();
    let ids: Vec<_> = tasks.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect();
    // Of the job itself and of its milestone.
    assert_eq!(ids, ["1501", "1502", "1505"]);
}
