//! `_filters` and `_search`.

use std::collections::BTreeMap;

use serde_json::json;

use crate::client::{Accelo, accelo};

async fn filtered(mock: &Accelo, plural: &str, filters: &str) -> Vec<String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("_limit", "100").append_pair("_filters", filters);
    mock.ids(&format!("/api/v0/{plural}?{}", query.finish())).await
}

#[tokio::test]
async fn a_filter_that_is_too_deep_is_an_invalid_request() {
    let mock = accelo().await;
    let deep = format!("{}id(1){}", "_AND(".repeat(5000), ")".repeat(5000));
    let answer = mock.json("POST", "/api/v0/activities?_method=get", json!({ "_filters": deep })).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into()));
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
