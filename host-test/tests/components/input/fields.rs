//! Operations and fields that there are not, and values of the wrong type.

use outwit::{Grant, Host, Options};
use outwit_host_test::net;
use serde_json::{Value, json};

use super::Refused;

#[test]
fn an_unknown_operation_is_answered_with_the_nearest_names() {
    net::run(async {
        let refused = Refused::new().await;
        for (wrong, nearest) in [
            ("accelo.list-activites", "accelo.list-activities"),
            ("accelo.list_activities", "accelo.list-activities"),
            ("list-activities", "accelo.list-activities"),
            ("acelo.get-company", "accelo.get-company"),
            ("accelo.creat-contact", "accelo.create-contact"),
        ] {
            let error = refused.text(wrong, "{}").await;
            assert_eq!(error.details.as_ref().unwrap()["nearest"][0], nearest, "{error:?}");
            assert!(error.message.contains(nearest), "{error:?}");
        }
        for wrong in ["", ".", "qqqqqqqqqqqqqqqqqqqqqqqq", "accelo.\u{0}\r\n"] {
            refused.text(wrong, "{}").await;
        }
    });
}

#[test]
fn malformed_json_is_refused_with_the_place_where_it_breaks() {
    net::run(async {
        let refused = Refused::new().await;
        for text in
            ["{", "{'id':'1'}", "{\"id\":\"1\",}", "{\"id\":\"1\"} {}", "id=1", "\u{feff}{}", "[1", "nul", "\"\\ud8\""]
        {
            let error = refused.text("accelo.get-activity", text).await;
            assert_eq!(error.field.as_deref(), Some("input"), "{text}: {error:?}");
            assert!(error.message.starts_with("input: not JSON: byte "), "{error:?}");
        }
        let deep = "[".repeat(100_000);
        refused.text("accelo.get-activity", &deep).await;
    });
}

#[test]
fn a_missing_field_is_named() {
    net::run(async {
        let refused = Refused::new().await;
        let missing = "missing, and it is required";
        let activity = json!({ "subject": "Plan", "against-type": "company", "against-id": "311" });
        for field in ["subject", "against-type", "against-id"] {
            let mut input = activity.clone();
            input.as_object_mut().unwrap().remove(field);
            refused.about(&format!("input.{field}"), missing, "create-activity", &input).await;
        }
        refused.about("input.id", missing, "get-activity", &json!({})).await;
        refused.about("input.id", missing, "get-activity", &Value::Null).await;
        refused.about("input.grant-type", missing, "exchange-token", &json!({})).await;
        let condition = json!({ "where": [{ "field": "id", "values": ["1"] }, { "values": ["1"] }] });
        refused.about("input.where[1].field", missing, "list-companies", &condition).await;
        refused.about("input.order.by", missing, "list-companies", &json!({ "order": { "direction": "asc" } })).await;
        refused.about("input.minutes", missing, "log-time", &json!({ "company": "311", "subject": "x" })).await;
    });
}

/// Accelo's documentation marks these as required. That it takes a blank one for none is inferred.
#[test]
fn a_text_that_accelo_requires_is_not_blank() {
    net::run(async {
        for (vendor, operation, field) in [
            ("accelo", "create-activity", "subject"),
            ("accelo", "create-company", "name"),
            ("accelo", "create-contact", "firstname"),
            ("accelo", "create-contact", "surname"),
            ("accelo", "log-time", "subject"),
            ("accelo", "log-meeting", "subject"),
            ("accelo", "log-email", "subject"),
            ("accelodesk", "create-issue", "title"),
            ("accelodesk", "create-request", "title"),
            ("accelodesk", "create-timer", "subject"),
            ("accelosales", "create-prospect", "title"),
            ("accelosales", "create-expense", "title"),
            ("accelowork", "create-job", "title"),
            ("accelowork", "create-task", "title"),
            ("accelowork", "create-time-entry", "subject"),
            ("accelowork", "log-work", "subject"),
        ] {
            let (mock, plugin) = net::mocked(vendor).await;
            let went_well = |case: &outwit_host_test::Case| case.outcome().is_some_and(|outcome| outcome.is_ok());
            let cases = outwit_host_test::cases(vendor).unwrap();
            let case = cases.into_iter().find(|case| case.operation == operation && went_well(case)).unwrap();
            for blank in ["", " ", "\n"] {
                let mut input = case.input.clone();
                input[field] = blank.into();
                let error = net::call(&plugin, &format!("{vendor}.{operation}"), &input).await.unwrap_err();
                let about = (error.kind, error.field.as_deref());
                let expected = format!("input.{field}");
                assert_eq!(about, (outwit::ErrorKind::InvalidInput, Some(&*expected)), "{operation}: {error:?}");
                assert!(error.message.contains("a text that is not empty") && mock.seen().is_empty(), "{error:?}");
            }
        }
    });
}

/// Every kind of JSON value that is not of the kind that is wanted.
fn other_than(wanted: &str) -> Vec<Value> {
    let all = [
        ("null", json!(null)),
        ("boolean", json!(true)),
        ("number", json!(7)),
        ("string", json!("seven")),
        ("list", json!([])),
        ("object", json!({})),
    ];
    all.into_iter().filter(|(kind, _)| *kind != wanted).map(|(_, value)| value).collect()
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_what_was_expected() {
    net::run(async {
        let refused = Refused::new().await;
        let with = |field: &str, value: Value| {
            let mut input = json!({ "subject": "Plan", "against-type": "company", "against-id": "311" });
            input[field] = value;
            input
        };
        for value in other_than("object").into_iter().filter(|value| !value.is_null()) {
            refused.about("input", "expected an object", "get-activity", &value).await;
        }
        for value in other_than("string") {
            let filled = "expected a text that is not empty";
            refused.about("input.subject", filled, "create-activity", &with("subject", value.clone())).await;
            let of = "expected one of: activity-event, asset";
            refused.about("input.against-type", of, "create-activity", &with("against-type", value.clone())).await;
            let recipients = json!({ "emails": ["ines@harbourlight.example", value] });
            refused.about("input.to.emails[1]", "expected text", "create-activity", &with("to", recipients)).await;
        }
        // What is optional may be null.
        let given = |wanted: &str| other_than(wanted).into_iter().filter(|value| !value.is_null());
        for value in given("number").chain([json!(-1), json!(1.5), json!("60"), json!(4_294_967_296_u64), json!(1e300)])
        {
            let whole = "expected a whole number from 0 to 2678400";
            refused.about("input.nonbillable", whole, "create-activity", &with("nonbillable", value)).await;
        }
        for value in given("boolean").chain([json!(0), json!("true"), json!("yes")]) {
            let truth = "expected true or false";
            refused.about("input.block-send", truth, "create-activity", &with("block-send", value)).await;
        }
        for value in given("list") {
            refused.about("input.fields", "expected a list", "create-activity", &with("fields", value)).await;
        }
        for value in given("object") {
            refused.about("input.to", "expected an object", "create-activity", &with("to", value)).await;
        }
    });
}

#[test]
fn a_word_outside_of_its_set_is_named_with_the_set() {
    net::run(async {
        let refused = Refused::new().await;
        for word in ["Company", "companies", "company ", "", "contract_period"] {
            let input = json!({ "subject": "Plan", "against-type": word, "against-id": "311" });
            refused.about("input.against-type", "contract-period, company, issue", "create-activity", &input).await;
        }
        let order = json!({ "order": { "by": "name", "direction": "down" } });
        refused.about("input.order.direction", "expected one of: asc, desc", "list-companies", &order).await;
        let condition = json!({ "where": [{ "field": "standing", "test": "like", "values": ["a"] }] });
        refused.about("input.where[0].test", "is, is-not, after, before", "list-companies", &condition).await;
    });
}

#[test]
fn an_unknown_field_is_named_with_the_nearest_or_those_that_there_are() {
    net::run(async {
        let refused = Refused::new().await;
        let known = "no such field, expected one of: id, fields";
        let near = "no such field, did you mean id";
        for name in ["Id", "ID", "extra", "_bearer_token", "_method", "__proto__"] {
            let input = json!({ "id": "20417", name: "1" });
            let expected = if ["Id", "ID"].contains(&name) { near } else { known };
            refused.about(&format!("input.{name}"), expected, "get-activity", &input).await;
        }
        // The vendor's own spelling is not the callers'.
        let input = json!({ "subject": "Plan", "against-type": "company", "against-id": "311", "class_id": "1" });
        refused.about("input.class_id", "no such field", "create-activity", &input).await;
        let nested = json!({ "subject": "x", "against-type": "company", "against-id": "1", "cc": { "contacts": [] } });
        refused.about("input.cc.contacts", "staff, affiliation, emails", "create-activity", &nested).await;
    });
}

#[test]
fn what_the_host_does_not_grant_is_not_called() {
    net::run(async {
        let mock = outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let host = Host::new(Options { grant: Grant::Read, ..net::options() }).unwrap();
        let component = outwit::Plugins::embedded().component("accelo").unwrap().unwrap();
        let plugin = host.load(&component, mock.settings().iter().cloned().collect()).await.unwrap();
        let refused = plugin.catalogue().operations.iter().filter(|one| one.effect > outwit::Effect::Read);
        for operation in refused {
            let error = plugin.call(&operation.id, "{}").await.unwrap_err();
            assert_eq!((error.kind, &error.operation), (outwit::ErrorKind::Denied, &operation.id), "{error:?}");
        }
        assert!(mock.seen().is_empty());
        net::call(&plugin, "accelo.get-activity", &json!({ "id": "20417" })).await.unwrap();
    });
}
