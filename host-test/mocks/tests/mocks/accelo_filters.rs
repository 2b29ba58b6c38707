//! `_filters` and `_search`.

use std::collections::BTreeMap;

use serde_json::json;

use crate::client::{Accelo, accelo, ids};

async fn filtered(mock: &Accelo, plural: &str, filters: &str) -> Vec<String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("_limit", "100").append_pair("_filters", filters);
    mock.ids(&format!("/api/v0/{plural}?{}", query.finish())).await
}

#[tokio::test]
async fn the_text_grammar_finds_what_it_says() {
    let mock = accelo().await;
    let rows: &[(&str, &str, &[&str])] = &[
        ("activities", "id(20301,20417)", &["20301", "20417"]),
        ("activities", " id( 20301 , 20417 ) ", &["20301", "20417"]),
        ("activities", "id(20301),id(20417)", &["20417"]),
        ("activities", "medium(call),against_id(204,311)", &["20309", "20418"]),
        ("activities", "against_id(204),visibility_not(all)", &["20311"]),
        ("activities", "type(event_log)", &["20301"]),
        ("activities", "staff_id(0),medium_not(email)", &["20301"]),
        ("activities", "thread_id(20303),parent_id_not(0)", &["20304", "20305"]),
        ("activities", "owner(affiliation(905))", &["20304"]),
        ("activities", "owner(staff(0),affiliation(905))", &["20301", "20304"]),
        ("activities", "against(contact(842))", &["20303", "20304", "20305"]),
        ("activities", "against(company(204),company(205))", &["20309", "20310", "20311"]),
        ("activities", "against_not(company(123,204,205,311),job(640),contact(842))", &[]),
        ("activities", "against_type(job),date_logged_before(1)", &[]),
        ("activities", "date_started_after(1772010000),date_started_before(1772020000)", &["20418"]),
        ("activities", "date_ended(1772012700)", &["20417"]),
        ("activities", "against_id(204),empty(date_started)", &["20311"]),
        ("activities", "against_id(204),empty_not(date_started)", &["20309"]),
        ("activities", "id_less_than_or_equal(20302),id_greater_than(20301)", &["20302"]),
        ("activities", "id_greater_than_or_equal(20417)", &["20417", "20418"]),
        ("activities", "min_id(20417),max_id(20417)", &["20417"]),
        ("activities", "_OR(id(20301),medium(event_log),against_id(205))", &["20301", "20310"]),
        ("activities", "_OR(id(20301),id(20302))", &["20302"]),
        ("activities", "_OR(id(20301),_AND(against_id(204),medium(call)))", &["20301", "20309"]),
        ("activities", "_AND(against_id(204),medium(call))", &["20309"]),
        ("activities", "id(20301,20417),order_by_desc(id)", &["20417", "20301"]),
        (
            "activities",
            "id(20301,20417,20418),order_by_desc(nonbillable),order_by_asc(id)",
            &["20417", "20418", "20301"],
        ),
        ("activities", "id(20303,20304),order_by_desc(billable)", &["20303", "20304"]),
        ("activities", "id(20301),nonsense(1),nonsense(company(3),b)", &["20301"]),
        ("companies", "standing(inactive)", &["207"]),
        ("companies", "standing(ACTIVE),order_by_desc(name)", &["205", "204", "311", "123"]),
        ("companies", "contact_number(+64 9 555 0206)", &["205"]),
        ("companies", "search(traders northwind)", &["204", "205"]),
        ("companies", "search(traders,oceania)", &["205"]),
        ("companies", "_OR(search(acme),id(204))", &["123", "204"]),
        ("companies", "website(acme.example),custom_id(AC-1),manager_id(21)", &["123"]),
        ("companies", "country_less_than(100)", &["123"]),
        ("companies", "affiliation_greater_than(908)", &["205"]),
        ("contacts", "email(rosa@acme.example)", &["843"]),
        ("contacts", "contact_number(+61 2 5550 0124)", &["844"]),
        ("contacts", "affiliation(905)", &["842"]),
        ("contacts", "status(3,4),order_by_asc(fullname)", &["846", "847"]),
        ("contacts", "standing_not(active),order_by_desc(contact_status_id)", &["847", "846"]),
        ("contacts", "empty(email)", &["844", "847"]),
        ("staff", "username(tomas)", &["22"]),
        ("staff", "rate_greater_than(100),order_by_desc(id)", &["21", "22"]),
    ];
    for (plural, filters, expected) in rows {
        assert_eq!(&filtered(&mock, plural, filters).await, expected, "{filters}");
    }
}

#[tokio::test]
async fn the_json_form_finds_the_same() {
    let mock = accelo().await;
    let rows = [
        ("activities", json!({ "id": [20301, "20417"], "order_by_desc": ["id"] }), vec!["20417", "20301"]),
        (
            "activities",
            json!({ "against": [{ "contact": ["842"], "company": [205] }] }),
            vec!["20303", "20304", "20305", "20310"],
        ),
        (
            "activities",
            json!({ "_OR": { "id": 20301, "_AND": { "against_id": 204, "medium": "call" } } }),
            vec!["20301", "20309"],
        ),
        ("activities", json!("id(20301)"), vec!["20301"]),
        ("activities", json!({ "id": [20301], "nonsense": { "a": [{}] } }), vec!["20301"]),
        ("contacts", json!({ "email": ["ines@harbourlight.example"] }), vec!["842"]),
        ("companies", json!({ "custom_id": ["a),id(204"] }), vec![]),
    ];
    for (plural, filters, expected) in rows {
        let target = format!("/api/v0/{plural}?_method=get&_limit=100&_page=0");
        let list = mock.json("POST", &target, json!({ "_filters": filters, "_fields": "id" })).await.ok();
        assert_eq!(ids(&list), expected, "{filters}");
    }
}

#[tokio::test]
async fn a_value_in_the_text_grammar_ends_at_a_parenthesis_because_there_is_no_escape() {
    let mock = accelo().await;
    assert_eq!(filtered(&mock, "companies", "custom_id(x),id(204)").await, Vec::<String>::new());
    assert_eq!(filtered(&mock, "companies", "custom_id(x),custom_id(AC-1)").await, ["123"]);
    let escaped = mock.get("/api/v0/companies?_filters=custom_id(%5C),AC-1)").await;
    assert_eq!(escaped.refusal(), (400, "invalid_request".into()));
}

#[tokio::test]
async fn an_unknown_filter_or_field_is_ignored_unless_the_mock_is_strict_and_an_unknown_parameter_never_is() {
    let mock = accelo().await;
    assert_eq!(filtered(&mock, "companies", "nmae(Acme)").await.len(), 5);
    mock.switch("strict=1").await;
    let targets = ["companies?_filters=nmae(Acme)", "companies/311?_fields=websit"];
    for target in targets {
        let answer = mock.get(&format!("/api/v0/{target}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{target}");
    }
    mock.get("/api/v0/activities?_fields=_ALL,staff(email),interacts,breadcrumbs,permissions").await.ok();
    mock.switch("strict=0").await;
    for target in targets {
        mock.get(&format!("/api/v0/{target}")).await.ok();
    }
    assert_eq!(filtered(&mock, "companies", "nmae(Acme)").await.len(), 5);
    for target in ["activities?_search=a", "staff?_search=a", "companies?search=a", "companies/311?fields=phone"] {
        let answer = mock.get(&format!("/api/v0/{target}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{target}");
    }
}

#[tokio::test]
async fn no_date_is_0_and_one_that_is_not_set_is_before_all_others() {
    let mock = accelo().await;
    assert!(filtered(&mock, "activities", "date_started(0)").await.is_empty());
    let unset = filtered(&mock, "activities", "date_started_before(1)").await;
    assert!(unset.contains(&"20301".to_owned()), "{unset:?}");
    assert_eq!(filtered(&mock, "activities", "date_started(1772010000)").await, ["20417"]);
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_an_invalid_request() {
    let mock = accelo().await;
    let deep = format!("{}id(1){}", "_AND(".repeat(5000), ")".repeat(5000));
    let rows = [
        "id",
        "id(1",
        "id(1)x",
        "id(1))",
        "(1)",
        "against(company(1)",
        "_OR(id(1)",
        "date_created_after(today)",
        "_OR(_OR(id(1)))",
        ")",
        deep.as_str(),
    ];
    for filters in rows {
        let body = json!({ "_filters": filters });
        let answer = mock.json("POST", "/api/v0/activities?_method=get", body).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{filters:.30}");
    }
}

#[tokio::test]
async fn a_search_needs_all_words() {
    let mock = accelo().await;
    assert_eq!(mock.ids("/api/v0/companies?_search=Northwind").await, ["204", "205"]);
    assert_eq!(mock.ids("/api/v0/companies?_search=oceania+north&_filters=standing(active)").await, ["205"]);
    assert_eq!(mock.ids("/api/v0/contacts?_search=calloway+ines").await, ["842"]);
    assert!(mock.ids("/api/v0/companies?_search=zebra").await.is_empty());
    assert_eq!(mock.get("/api/v0/companies/count?_search=northwind").await.ok(), json!({ "count": "2" }));
}

#[tokio::test]
async fn the_last_week_of_a_client_adds_up_by_staff_member() {
    let mock = accelo().await;
    let now = mock.switch("").await["now"].as_u64().unwrap();
    let filters = format!("against(company(123)),date_logged_after({})", now - 7 * 86_400);
    assert_eq!(filtered(&mock, "activities", &filters).await.len(), 10);
    assert_eq!(filtered(&mock, "activities", "against(company(123))").await.len(), 12);
    assert_eq!(filtered(&mock, "activities", "against(job(640))").await.len(), 7);
    let mut totals: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut page = 0;
    loop {
        let target =
            format!("/api/v0/activities?_limit=7&_page={page}&_fields=staff(),billable,nonbillable&_filters={filters}");
        let list = mock.get(&target).await.ok();
        for row in list.as_array().unwrap() {
            let seconds = |name: &str| row[name].as_str().unwrap().parse::<u64>().unwrap();
            let total = totals.entry(row["staff"]["firstname"].as_str().unwrap().into()).or_default();
            *total = (total.0 + seconds("billable"), total.1 + seconds("nonbillable"));
        }
        page += 1;
        if list.as_array().unwrap().len() < 7 {
            break;
        }
    }
    let expected = [("Adaeze", (0, 4200)), ("Mirela", (0, 3600)), ("Tomas", (0, 4200))];
    assert_eq!(totals.into_iter().collect::<Vec<_>>(), expected.map(|(name, times)| (name.to_owned(), times)));
}
