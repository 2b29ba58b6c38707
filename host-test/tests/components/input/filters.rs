//! Conditions: no value changes the statement that it stands in, and none is dropped.

use outwit_host_test::net;
use outwit_mocks::Seen;
use serde_json::{Value, json};

use super::Refused;

/// Values that Accelo's text form of filters would misread.
const GRAMMAR: [&str; 8] = [
    "a),(b@x.example",
    "x),standing(inactive@x.example",
    "\"calloway, ines)\"@x.example",
    "_OR(email(b@x.example))",
    "_AND(@x.example",
    "a@x.example,b@x.example",
    "100%29,standing%28inactive@x.example",
    "Zoë \"Q\" \\@x.example",
];

#[test]
fn a_value_full_of_grammar_finds_exactly_the_record_that_has_it() {
    net::run(async {
        let (mock, plugin) = net::mocked("accelo").await;
        let call = async |operation: &str, input: Value| net::call(&plugin, operation, &input).await.unwrap();
        let mut created = Vec::new();
        for (number, email) in GRAMMAR.into_iter().enumerate() {
            let surname = format!("Test{number}");
            let contact = json!({ "firstname": "Ada", "surname": surname, "company-id": "311", "email": email });
            created.push((email, call("accelo.create-contact", contact).await["id"].clone()));
        }
        for (email, id) in &created {
            mock.forget();
            let found = call("accelo.find-contact-by-email", json!({ "email": email })).await;
            assert_eq!(found["id"], *id, "{email}");
            let where_email = json!({ "where": [{ "field": "email", "values": [email] }] });
            let listed = call("accelo.list-contacts", where_email).await;
            assert_eq!(ids(&listed), [id.as_str().unwrap()], "{email}");
            for seen in mock.seen() {
                assert_eq!(filters(&seen)["email"], json!([email]), "{seen:?}");
            }
            let either = json!({ "any": [{ "field": "email", "values": [email, "rosa@acme.example"] }] });
            let listed = call("accelo.list-contacts", either).await;
            assert_eq!(ids(&listed), ["843", id.as_str().unwrap()], "{email}");
        }
    });
}

#[test]
fn a_value_that_spells_out_another_filter_finds_nothing_and_widens_nothing() {
    net::run(async {
        let (mock, plugin) = net::mocked("accelo").await;
        let list = async |query: Value| ids(&net::call(&plugin, "accelo.list-contacts", &query).await.unwrap());
        let inactive = json!([{ "field": "standing", "values": ["inactive"] }]);
        assert_eq!(list(json!({ "where": inactive })).await, ["847"], "what an injected filter would find");
        for value in
            ["x),standing(inactive", "x),_OR(standing(inactive)", "x,847),id(847", ")", "\"]},\"standing\":[\"inactive"]
        {
            mock.forget();
            let email = json!({ "field": "email", "values": [value] });
            assert!(list(json!({ "where": [email] })).await.is_empty(), "{value}");
            assert!(list(json!({ "any": [email] })).await.is_empty(), "{value}");
            let beside = json!({ "where": [{ "field": "id", "values": ["842", "843"] }], "any": [email, { "field": "title", "values": ["Ms"] }] });
            assert_eq!(list(beside).await, ["842"], "{value}");
            for seen in mock.seen() {
                assert!(!seen.query.contains("_filters"), "{seen:?}");
                filters(&seen);
            }
        }
    });
}

#[test]
fn a_search_full_of_grammar_is_one_parameter() {
    net::run(async {
        let (mock, plugin) = net::mocked("accelo").await;
        let words = "harbour&_limit=1&_filters=standing(inactive)#\r\nx: y";
        let found = net::call(&plugin, "accelo.list-companies", &json!({ "search": words })).await.unwrap();
        assert_eq!(found, json!([]));
        let seen = mock.seen();
        assert_eq!((seen.len(), &*seen[0].path), (1, "/api/v0/companies"));
        let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
        assert_eq!((&*seen[0].query, &body["_search"]), ("_method=get", &json!(words)), "as JSON, which quotes");
    });
}

#[test]
fn a_condition_that_accelo_would_ignore_is_refused_at_its_place() {
    net::run(async {
        let refused = Refused::new().await;
        let fine = json!({ "field": "medium", "values": ["note"] });
        for (at, expected, condition) in [
            ("", "one condition for a field and test", json!({ "field": "medium", "values": ["call"] })),
            (".values", "at least one value", json!({ "field": "staff", "values": [] })),
            (".values", "at least one value", json!({ "field": "staff" })),
            (".values[1]", "not empty", json!({ "field": "staff", "values": ["21", " "] })),
            (".values[0]", "as in company/311", json!({ "field": "against", "values": ["311"] })),
            (".values[0]", "as in company/311", json!({ "field": "owner", "values": ["/21"] })),
            (".values[0]", "not empty", json!({ "field": "owner", "values": ["staff/"] })),
            (".test", "is or is-not", json!({ "field": "visibility", "test": "after", "values": ["1"] })),
            (".test", "is or is-not", json!({ "field": "medium", "test": "before", "values": ["1"] })),
            (".values", "one value, in digits", json!({ "field": "date-logged", "test": "after", "values": ["now"] })),
            (".values", "one value, in digits", json!({ "field": "id", "test": "after", "values": ["1", "2"] })),
            (".values", "one value, in digits", json!({ "field": "date-created", "values": ["1),id(1"] })),
        ] {
            for list in ["where", "any"] {
                let input = json!({ list: [fine, condition] });
                refused.about(&format!("input.{list}[1]{at}"), expected, "list-activities", &input).await;
            }
        }
    });
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// The conditions of a request that has them as JSON.
fn filters(seen: &Seen) -> Value {
    assert_eq!((&*seen.method, &*seen.path), ("POST", "/api/v0/contacts"), "{seen:?}");
    assert!(seen.query.split('&').any(|pair| pair == "_method=get"), "{seen:?}");
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert!(body["_filters"].is_object(), "{body}");
    body["_filters"].clone()
}
