//! What is said of an operation is true: its example runs as it stands, its fields say what stands in them, and what they say is
//! not allowed is refused before anything is sent.

use super::Vendor;
use outwit::{Catalogue, ErrorKind, Operation, example};
use outwit_host_test::vendors;
use serde_json::{Value, json};

/// The vendor's component, with a mock that nobody has used.
async fn fresh(vendor: &str) -> Vendor {
    Vendor::in_quick_time(vendor, &[], 100).await
}

fn input(catalogue: &Catalogue, operation: &Operation) -> Value {
    operation.input.as_ref().map_or_else(|| json!({}), |schema| catalogue.inlined(schema))
}

fn short(operation: &Operation) -> &str {
    operation.id.split_once('.').map_or("", |(_, name)| name)
}

#[tokio::test]
async fn every_example_runs_on_the_mock_as_it_stands() {
    let mut wrong = Vec::new();
    for name in vendors().unwrap() {
        let known = fresh(&name).await;
        for operation in &known.plugin.catalogue().operations {
            let given = example(&input(known.plugin.catalogue(), operation));
            let vendor = fresh(&name).await;
            if let Err(error) = vendor.attempt(short(operation), given.clone()).await {
                wrong.push(format!("{} {given}: {error}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a name says that stands in it. Words that look like it and are none are left out by their whole name.
fn means(field: &str) -> Option<&'static str> {
    let ends = |words: &[&str]| words.iter().any(|word| field == *word || field.ends_with(&format!("-{word}")));
    match field {
        // Texts of the vendor's or the caller's own, and a link with its own id.
        "expiry-date" | "start-date" | "end-date" | "due-date" | "email-send-date" => Some("moment"),
        _ if ends(&["id", "ids"]) => Some("id"),
        _ if ends(&["at", "modified", "interacted", "started", "sent"]) || field.starts_with("date-") => Some("moment"),
        _ if ends(&["ms", "minutes", "hours", "hours-worked", "seconds", "duration", "runtime", "expires-in"]) => {
            Some("duration")
        }
        _ if ends(&["rate", "monthly-fixed-fee", "credits-used"]) => Some("amount"),
        _ => None,
    }
}

#[tokio::test]
async fn every_moment_duration_amount_and_id_has_a_unit_a_format_and_an_example() {
    let mut wrong = Vec::new();
    for name in vendors().unwrap() {
        let vendor = fresh(&name).await;
        let catalogue = vendor.plugin.catalogue();
        for (record, def) in &catalogue.defs {
            for (field, schema) in def["properties"].as_object().into_iter().flatten() {
                let schema = catalogue.inlined(schema);
                let Some(meaning) = means(field).filter(|_| schema["properties"].is_null()) else { continue };
                let says = schema["description"].as_str().unwrap_or_default();
                let schema = if schema["items"].is_object() && schema["examples"].is_null() {
                    &schema["items"]
                } else {
                    &schema
                };
                let mut misses = Vec::new();
                if schema["examples"][0].is_null() {
                    misses.push("an example");
                }
                let unit = match meaning {
                    "moment" if schema["type"] == "integer" => &["UTC"][..],
                    "moment" => &["zone", "UTC"],
                    "duration" if schema["type"] == "string" => &["such as"],
                    "duration" => &["milliseconds", "seconds", "minutes", "hours"],
                    "amount" => &["money", "credits"],
                    _ => &[""],
                };
                if !unit.iter().any(|unit| says.contains(unit)) {
                    misses.push("a unit");
                }
                if meaning == "moment" && schema["format"].is_null() {
                    misses.push("a format");
                }
                if !misses.is_empty() {
                    wrong.push(format!("{name}: {record}.{field} has not {}: {says}", misses.join(", ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The fields of an input at any depth that have a format, or are hours: JSON pointers to them and their schemas.
fn formed(schema: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    if schema["format"].is_string() || schema["exclusiveMinimum"].is_number() {
        found.push((at.to_owned(), schema.clone()));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        formed(property, &format!("{at}/{name}"), found);
    }
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        formed(choice, at, found);
    }
}

/// Puts a value at a pointer, through objects that may be missing.
fn put(into: &mut Value, pointer: &str, value: &Value) {
    let mut place = into;
    for name in pointer.split('/').skip(1) {
        // Of a choice, one member only.
        if name == "until" || !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = value.clone();
}

#[tokio::test]
async fn what_is_no_moment_date_duration_or_amount_is_refused_before_anything_is_sent() {
    let mut tried = 0;
    for name in vendors().unwrap() {
        let vendor = fresh(&name).await;
        let catalogue = vendor.plugin.catalogue();
        for operation in &catalogue.operations {
            let schema = input(catalogue, operation);
            let mut fields = Vec::new();
            formed(&schema, "", &mut fields);
            for (pointer, field) in fields {
                let bad = match field["format"].as_str() {
                    // Of JavaScript's clock, of no clock, and before there was anything to log.
                    Some("unix-time") => json!([1_764_300_000_000_u64, 0, 1, u64::MAX, -1, "2026-07-01T13:00:00Z"]),
                    // RFC 3339, 5.6, and 5.7 for the days of a month.
                    Some("date-time") => json!([
                        "",
                        "July",
                        "01/07/2026",
                        "2026-07-01",
                        "2026-02-30T13:00:00Z",
                        "2026-07-01T13:00:00",
                        "2026-07-01 13:00:00Z",
                        "٢٠٢٦-٠٧-٠١T13:00:00Z",
                        "0001-01-01T00:00:00Z",
                        "12026-07-01T13:00:00Z",
                        1_769_900_000
                    ]),
                    Some("date") => json!(["", "July", "01/07/2026", "2026-02-30", "2026-7-1", "٢٠٢٦-٠٧-٠١"]),
                    Some("decimal") => {
                        json!(["", " ", "a lot", "-1", "-0.5", "1,50", "1.", "1e3", "64 EUR", "٥", [], true])
                    }
                    _ => json!([0, -1, 1e300, 745, "2.5"]),
                };
                for value in bad.as_array().unwrap() {
                    let mut given = example(&schema);
                    put(&mut given, &pointer, value);
                    let error = vendor.attempt(short(operation), given.clone()).await.unwrap_err();
                    let place = format!("input{}", pointer.replace('/', "."));
                    assert_eq!(
                        (error.kind, error.field.as_deref()),
                        (ErrorKind::InvalidInput, Some(&*place)),
                        "{given}"
                    );
                    assert!(error.message.contains(": expected "), "{error}");
                    assert_eq!(vendor.requests(), [""; 0], "{} {given}", operation.id);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[tokio::test]
async fn a_range_that_ends_before_it_starts_is_refused_before_anything_is_sent() {
    let (early, late) = ("2026-07-01T13:00:00Z", "2026-07-01T13:00:00+01:00");
    let task = json!({"assigned-to": "Priya Raman", "aero-type": "Payroll", "subject": "x"});
    let with = |input: &Value, more: Value| {
        let mut input = input.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let due = json!({"scheduled-start-date": early, "due-date": late});
    let master = json!({"renewal-pattern": "daily", "repeat-every": 1, "team-member-id": "31", "template-id": "299"});
    let activity = json!({"subject": "x", "against-type": "company", "against-id": "123"});
    for (vendor, operation, input, field) in [
        ("aero", "create-task", with(&task, due.clone()), "due-date"),
        ("aero", "create-email", with(&task, due.clone()), "due-date"),
        (
            "aero",
            "create-task-from-template",
            with(&json!({"template-id": "299", "team-member-id": "31"}), due),
            "due-date",
        ),
        (
            "aero",
            "create-master-aero-from-template",
            with(&master, json!({"start-date": early, "end-on-date": "2026-06-30T13:00:00Z"})),
            "end-on-date",
        ),
        (
            "aero",
            "insert-occurrences-by-date",
            json!({"id": "2205", "start-date": early, "end-date": late}),
            "end-date",
        ),
        (
            "aero",
            "open-quarter",
            json!({"template-id": "299", "assigned-to": "priya", "renewal-pattern": "daily", "start-date": early, "end-on-date": late}),
            "end-on-date",
        ),
        (
            "accelo",
            "create-activity",
            with(&activity, json!({"date-started": 1_770_000_000, "date-ended": 1_769_999_999})),
            "date-ended",
        ),
        (
            "accelo",
            "update-activity",
            json!({"id": "20416", "date-started": 1_770_000_000, "date-ended": 1_769_999_999}),
            "date-ended",
        ),
        (
            "accelo",
            "report-time-by-staff",
            json!({"company": "Acme", "from": 1_770_000_000, "to": 1_769_999_999}),
            "to",
        ),
        (
            "accelo",
            "report-time-by-staff",
            json!({"company": "Acme", "from": 1_770_000_000, "to": 1_770_000_000}),
            "to",
        ),
        (
            "accelo",
            "list-activities",
            json!({"where": [
                {"field": "date-logged", "test": "after", "values": ["1770000000"]},
                {"field": "date-logged", "test": "before", "values": ["1769999999"]},
            ]}),
            "where[1].values[0]",
        ),
    ] {
        let vendor = fresh(vendor).await;
        let error = vendor.attempt(operation, input.clone()).await.unwrap_err();
        let place = format!("input.{field}");
        assert_eq!((error.kind, error.field), (ErrorKind::InvalidInput, Some(place)), "{operation} {input}");
        assert_eq!(vendor.requests(), [""; 0], "{operation} {input}");
    }
}

#[tokio::test]
async fn moments_of_a_condition_are_seconds() {
    let accelo = fresh("accelo").await;
    for operation in ["list-activities", "list-companies", "list-contacts"] {
        for test in ["after", "before", "is", "is-not"] {
            let condition = json!({"field": "date-modified", "test": test, "values": ["1764300000000"]});
            let error = accelo.attempt(operation, json!({"where": [condition]})).await.unwrap_err();
            assert_eq!(error.field.as_deref(), Some("input.where[0].values[0]"), "{operation} {test}: {error}");
            assert!(error.message.contains("seconds since 1970"), "{error}");
        }
    }
    assert_eq!(accelo.requests(), [""; 0]);
    let none = json!({"where": [{"field": "date-modified", "test": "before", "values": ["1"]}]});
    accelo.call("list-companies", none).await;
}

#[tokio::test]
async fn billable_work_is_not_at_a_fixed_fee() {
    // Help centre, "Definition of Terms": one is the opposite of the other.
    let aero = fresh("aero").await;
    for operation in &aero.plugin.catalogue().operations {
        let schema = input(aero.plugin.catalogue(), operation);
        if schema["properties"]["billable"].is_null() {
            continue;
        }
        let mut given = example(&schema);
        given["billable"] = json!(true);
        given["fixed-fee"] = json!(true);
        let error = aero.attempt(short(operation), given).await.unwrap_err();
        let facts = (error.kind, error.field.as_deref());
        assert_eq!(facts, (ErrorKind::InvalidInput, Some("input.fixed-fee")), "{}", operation.id);
    }
    assert_eq!(aero.requests(), [""; 0]);
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_with_the_expected_form() {
    let wrong = [
        (
            "accelo",
            "log-time",
            json!({"company": "Acme", "minutes": 30, "subject": "x", "started": "2026-01-01"}),
            "seconds since 1970",
        ),
        ("aero", "create-time-entry", json!({"category": "task", "date": 1_785_762_000}), "2026-07-01"),
    ];
    for (vendor, operation, input, expected) in wrong {
        let vendor = fresh(vendor).await;
        let error = vendor.attempt(operation, input).await.unwrap_err();
        assert!(error.message.contains(expected), "{error}");
    }
}
