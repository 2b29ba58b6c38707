//! Fields, pages, counts, and the envelope.

use serde_json::{Value, json};

use crate::client::accelo;

fn keys(record: &Value) -> Vec<&str> {
    record.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_bare_list_has_ten_records_of_default_fields_by_ascending_id() {
    let mock = accelo().await;
    let list = mock.get("/api/v0/activities").await.ok();
    assert_eq!(list.as_array().unwrap().len(), 10);
    assert_eq!(keys(&list[0]), ["confidential", "id", "subject"]);
    assert_eq!((list[0]["id"].as_str(), list[0]["confidential"].as_u64()), (Some("20301"), Some(0)));
    assert_eq!(list[1]["confidential"], 1);
}

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

#[tokio::test]
async fn a_filtered_page_has_every_field_that_was_asked_for_in_its_shape() {
    let mock = accelo().await;
    let target = "/api/v0/activities?_fields=medium,billable,nonbillable,date_logged,staff(),against,standing\
                  &_filters=against(company(311)),date_logged_after(1771372800),order_by_desc(id)&_limit=2&_page=0";
    let expected = json!([
        { "id": "20418", "subject": "Call about the spring brochure", "confidential": 0, "medium": "call", "billable": "0",
          "nonbillable": "900", "date_logged": "1772017200", "against": "companies/311", "standing": "unapproved",
          "staff": { "id": "22", "firstname": "Tomas", "surname": "Varga" } },
        { "id": "20417", "subject": "Quarterly planning meeting", "confidential": 0, "medium": "meeting", "billable": "0",
          "nonbillable": "2700", "date_logged": "1772010000", "against": "companies/311", "standing": "approved",
          "staff": { "id": "21", "firstname": "Mirela", "surname": "Osei" } },
    ]);
    assert_eq!(mock.get(target).await.ok(), expected);
}

#[tokio::test]
async fn fields_link_nest_repeat_and_ignore_the_unknown() {
    let mock = accelo().await;
    let read = async |fields: &str| mock.get(&format!("/api/v0/companies/311?_fields={fields}")).await.ok();
    assert_eq!(read("postal_address").await["postal_address"], "77");
    let nested = read("postal_address(city,country()),nonsense,nonsense(a)").await;
    let address = json!({
        "id": "77", "full": "4 Quay Lane, Porto, 4000, Portugal", "city": "Porto",
        "country": { "id": "177", "title": "Portugal" },
    });
    assert_eq!(nested, json!({ "id": "311", "name": "Harbourlight Joinery", "postal_address": address }));
    assert_eq!(
        read("status,%20status(color)").await["status"],
        json!({ "id": "3", "title": "Client", "color": "green" })
    );
    let all = read("_ALL").await;
    assert_eq!(
        (all["status"].as_str(), all["default_affiliation"].as_str(), keys(&all).len()),
        (Some("3"), Some("905"), 15)
    );
    for wrong in ["a(b", "a)", "a(b))"] {
        let answer = mock.get(&format!("/api/v0/companies/311?_fields={wrong}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{wrong}");
    }
}

#[tokio::test]
async fn fields_in_json_may_be_a_list_with_dotted_names() {
    let mock = accelo().await;
    let body = json!({ "_method": "GET", "_fields": ["status.color", "website"] });
    let read = mock.json("POST", "/api/v0/companies/311", body).await.ok();
    assert_eq!(read["status"], json!({ "id": "3", "title": "Client", "color": "green" }));
    assert_eq!(read["website"], "harbourlight.example");
}

#[tokio::test]
async fn all_leaves_out_what_must_be_named_and_is_not_for_classes() {
    let mock = accelo().await;
    let all = mock.get("/api/v0/activities/20417?_fields=_ALL").await.ok();
    for name in ["breadcrumbs", "interacts", "permissions", "company_id"] {
        assert!(all.get(name).is_none(), "{name}");
    }
    assert_eq!(
        (all["is_billable"].as_u64(), all["task"].as_str(), all["scheduled"].as_str()),
        (Some(0), Some("0"), Some("yes"))
    );
    assert_eq!(all["tag"], json!([]));
    let classes = mock
        .get("/api/v0/activities/20417?_fields=activity_class(_ALL),activity_priority(_ALL,level),breadcrumbs,task()")
        .await
        .ok();
    assert_eq!(classes["activity_class"], json!({ "id": "1", "title": "Client Work" }));
    assert_eq!(classes["activity_priority"], json!({ "id": "3", "title": "Normal", "level": "3" }));
    assert_eq!(classes["breadcrumbs"], json!([{ "id": "311", "table": "company", "title": "Harbourlight Joinery" }]));
    assert_eq!(classes["task"], Value::Null);
}

#[tokio::test]
async fn the_defaults_can_be_hidden() {
    let mock = accelo().await;
    let read = mock.get("/api/v0/companies/311?_fields=website&_hide_defaults=1").await.ok();
    assert_eq!(read, json!({ "website": "harbourlight.example" }));
}

#[tokio::test]
async fn interacts_turn_the_list_into_an_object() {
    let mock = accelo().await;
    let list = mock.get("/api/v0/activities?_fields=interacts&_filters=id(20417)").await.ok();
    assert_eq!(list["staff"], json!([{ "id": "21", "firstname": "Mirela", "surname": "Osei" }]));
    assert_eq!(list["affiliations"], json!([{ "id": "905", "mobile": null, "email": "ines@harbourlight.example" }]));
    let people = list["activities"][0]["interacts"].as_array().unwrap();
    assert_eq!(
        (people[0]["type"].as_str(), people[1]["owner_name"].as_str()),
        (Some("creator"), Some("Ines Calloway"))
    );
}

#[tokio::test]
async fn the_envelope_obeys_its_switches() {
    let mock = accelo().await;
    let meta = json!({
        "status": "ok", "message": "Everything executed as expected.",
        "more_info": "https://api.accelo.com/docs/#status-codes",
    });
    assert_eq!(mock.get("/api/v0/staff").await.json()["meta"], meta);
    let bare = mock.get("/api/v0/companies/999?_suppress_http_status=1&_suppress_message=yes").await;
    let expected = json!({ "response": null, "meta": { "status": "invalid_request", "response_code": 400 } });
    assert_eq!((bare.status, bare.json()), (200, expected));
    let response = mock.get("/api/v0/companies/311?_suppress_meta=1").await.json();
    assert_eq!(keys(&response), ["response"]);
    mock.switch("omit_response=1").await;
    assert_eq!(keys(&mock.form("DELETE", "/api/v0/companies/207", "").await.json()), ["meta"]);
}

#[tokio::test]
async fn whatever_has_no_route_is_an_invalid_request() {
    let mock = accelo().await;
    for (method, target) in [
        ("GET", "/api/v0/quotes"),
        ("GET", "/api/v1/staff"),
        ("GET", "/api/v0"),
        ("PUT", "/api/v0/companies"),
        ("POST", "/api/v0/companies/311"),
        ("PATCH", "/api/v0/companies/311"),
        ("GET", "/api/v0/companies/311/contacts"),
        ("GET", "/api/v0/companies/311%2F..%2F123"),
        ("GET", "/api/v0/companies/-1"),
        ("GET", "/api/v0/companies/99999999999999999999"),
        ("GET", "/api/v0/companies/%FF%00"),
        ("GET", "/nothing"),
        ("GET", "/"),
    ] {
        let answer = mock.form(method, target, "").await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{method} {target}");
        assert!(answer.json()["response"].is_null());
    }
    assert_eq!(mock.get("/api/v0/companies/311.json").await.ok()["id"], "311");
    for body in ["{", "[1]", "7"] {
        let answer = mock.call("POST", "/api/v0/companies", "application/json", body).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()));
    }
}

/// Pieces of real requests in a fixed disorder. A panic would close the connection without an answer.
#[tokio::test]
async fn nothing_that_is_sent_goes_without_an_answer() {
    let mock = accelo().await;
    mock.switch("quota=1000000").await;
    let pieces = [
        "_fields",
        "_filters",
        "_limit",
        "_page",
        "_search",
        "=",
        "&",
        "(",
        ")",
        ",",
        "_OR",
        "_AND",
        "_ALL",
        "against",
        "company",
        "id",
        "date_created_after",
        "%00",
        "%FF",
        "%E2%82%AC",
        "\u{e9}",
        "99999999999999999999",
        "-1",
        "0",
        ".",
        "{\"",
        "\":",
        "[",
        "]",
        "}",
        "\"",
        "null",
        "subject",
        "against_type",
        "against_id",
        "name",
        "firstname",
        "_method",
        "put",
        "delete",
        "to",
        "staff()",
        "interacts",
        "breadcrumbs",
        "billable",
        "1e400",
        "NaN",
        "--x",
        "\r\n\r\n",
        " name=\"",
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
async fn a_path_of_another_component_is_documented_as_that_one_says() {
    let mock = accelo().await;
    let sums = mock.get("/api/v0/activities/allocations?_filters=against(job(640))").await.ok();
    assert_eq!((&sums["billable"], &sums["nonbillable"]), (&"27900".into(), &"1200".into()));
    let tasks = mock.get("/api/v0/tasks?_filters=child_of_job(640)").await.ok();
    let ids: Vec<_> = tasks.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect();
    // Of the job itself and of its milestone.
    assert_eq!(ids, ["1501", "1502", "1505"]);
}
