//! What Accelo would ignore, drop or misread is refused before anything is sent, in every operation that takes it, of all components.

use super::Vendor;
use outwit::{Catalogue, ErrorKind, Operation};
use outwit_host_test::{Case, cases, vendors};
use serde_json::{Value, json};

fn accelos() -> impl Iterator<Item = String> {
    vendors().unwrap().into_iter().filter(|vendor| vendor.starts_with("accelo"))
}

fn input(catalogue: &Catalogue, operation: &Operation) -> Value {
    operation.input.as_ref().map_or_else(|| json!({}), |schema| catalogue.inlined(schema))
}

/// What is refused, and where.
async fn refused(vendor: &Vendor, operation: &Operation, given: Value) -> String {
    let error = vendor.attempt(operation.name(), given.clone()).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::InvalidInput, false), "{} {given}: {error}", operation.id);
    assert_eq!(vendor.requests(), [""; 0], "{} {given}", operation.id);
    error.field.unwrap_or_else(|| panic!("{} {given}: no field", operation.id))
}

/// What an operation requires, by its own examples, with something more.
fn with(schema: &Value, more: Value) -> Value {
    let mut given = more;
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if given[name].is_null() {
            let field = &schema["properties"][name];
            let words = field["examples"].as_array().or(field["enum"].as_array());
            given[name] = words.and_then(|words| words.first()).unwrap_or_else(|| panic!("{name}: {field}")).clone();
        }
    }
    given
}

/// The fields that conditions of an operation have.
fn fields(schema: &Value) -> Vec<String> {
    let words = schema["properties"]["where"]["items"]["properties"]["field"]["enum"].as_array();
    words.into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn conditions_that_accelo_ignores_are_refused_in_every_list_and_count() {
    let (mut lists, mut dates, mut records) = (0, 0, 0);
    for name in accelos() {
        let vendor = Vendor::start(&name).await;
        for operation in &vendor.plugin.catalogue().operations {
            let schema = input(vendor.plugin.catalogue(), operation);
            let fields = fields(&schema);
            if fields.is_empty() {
                continue;
            }
            lists += 1;
            let asked = |condition: Value| with(&schema, json!({ "where": [condition] }));
            let place = async |condition: Value| refused(&vendor, operation, asked(condition)).await;
            let unknown = asked(json!({ "field": "shoe-size", "values": ["44"] }));
            assert_eq!(refused(&vendor, operation, unknown).await, "input.where[0].field");
            for field in &fields {
                if field.starts_with("date-") {
                    dates += 1;
                    for test in ["is", "is-not"] {
                        let unset = json!({ "field": field, "test": test, "values": ["0"] });
                        assert_eq!(place(unset).await, "input.where[0].values[0]", "{}", operation.id);
                    }
                }
                if field == "against" || field == "owner" {
                    records += 1;
                    for value in ["companies/311", "contract-period/5", "311", "company/x"] {
                        let record = json!({ "field": field, "values": [value] });
                        assert_eq!(place(record).await, "input.where[0].values[0]", "{}", operation.id);
                    }
                }
            }
        }
    }
    assert!(lists > 20 && dates > 40 && records > 10, "{lists} {dates} {records}");
}

/// Accelo has no such filters, and would answer with all (documentation, Invoices, Requests, Tasks: the tables of filters).
#[tokio::test]
async fn what_a_list_cannot_be_asked_for_is_refused() {
    for (operation, fields) in [
        ("accelosales.list-invoices", &["company", "standing", "against"][..]),
        ("accelosales.count-invoices", &["company"]),
        ("accelodesk.list-requests", &["company"]),
        ("accelowork.list-tasks", &["company"]),
        ("accelowork.list-jobs", &["company"]),
    ] {
        let vendor = Vendor::start(operation.split_once('.').unwrap().0).await;
        let operation = vendor.plugin.catalogue().operation(operation).unwrap().clone();
        for field in fields {
            let given = json!({ "where": [{ "field": field, "values": ["123"] }] });
            assert_eq!(refused(&vendor, &operation, given).await, "input.where[0].field", "{} {field}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_search_for_nothing_is_refused_where_it_would_find_everything() {
    let mut searched = 0;
    for name in accelos() {
        let vendor = Vendor::start(&name).await;
        for operation in &vendor.plugin.catalogue().operations {
            let schema = input(vendor.plugin.catalogue(), operation);
            if schema["properties"]["search"].is_null() {
                continue;
            }
            searched += 1;
            for blank in ["", " \t"] {
                assert_eq!(
                    refused(&vendor, operation, with(&schema, json!({ "search": blank }))).await,
                    "input.search"
                );
            }
        }
    }
    assert!(searched > 15, "{searched}");
}

/// Accelo drops the time of anybody but staff, and what not all can see (documentation, Activities, Logging Time).
#[tokio::test]
async fn billable_time_without_staff_is_refused_in_every_operation_that_takes_time() {
    let accelo = Vendor::start("accelo").await;
    let time =
        json!({ "subject": "x", "against-type": "job", "against-id": "640", "visibility": "all", "billable": 600 });
    for (more, field) in [
        (json!({ "owner-type": "affiliation", "owner-id": "905" }), "input.owner-type"),
        (json!({ "owner-id": "22" }), "input.owner-type"),
        (json!({ "visibility": "private" }), "input.visibility"),
        (json!({ "against-type": "company" }), "input.billable"),
    ] {
        let mut given = time.clone();
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let operation = accelo.plugin.catalogue().operation("accelo.create-activity").unwrap();
        assert_eq!(refused(&accelo, operation, given).await, field);
    }
    // What the activity is from, and against, stands in its record, which is read and not written.
    let log = json!({ "address": "ines@harbourlight.example", "direction": "inbound", "subject": "Re: samples" });
    let mail = accelo.call("log-email", log).await;
    accelo.mock.forget();
    let change = json!({ "id": mail["activity-id"], "nonbillable": 60 });
    let error = accelo.attempt("update-activity", change).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("input.id")), "{error}");
    assert!(accelo.requests().iter().all(|request| request.starts_with("GET ")), "{:?}", accelo.requests());
    let work = Vendor::start("accelowork").await;
    let entry = work.plugin.catalogue().operation("accelowork.create-time-entry").unwrap();
    for (given, field) in [
        (json!({ "subject": "x", "against-type": "company", "against-id": "311", "billable": 60 }), "input.billable"),
        (
            json!({ "subject": "x", "against-type": "job", "against-id": "640", "billable": 60, "owner-id": "0" }),
            "input.owner-id",
        ),
        (json!({ "subject": "x", "against-type": "job", "against-id": "640" }), "input.nonbillable"),
    ] {
        assert_eq!(refused(&work, entry, given).await, field);
    }
}

/// The candidates are listed, and nothing is written.
#[tokio::test]
async fn a_title_that_fits_none_or_several_lists_what_comes_near() {
    let (work, desk, accelo) =
        (Vendor::start("accelowork").await, Vendor::start("accelodesk").await, Vendor::start("accelo").await);
    let log =
        |on: &str, title: &str| json!({ "on": on, "title": title, "minutes": 5, "billable": true, "subject": "x" });
    let ticket = |name: &str, value: &str| {
        let mut ticket = json!({ "company": "Acme", "title": "x", "type": "Support" });
        ticket[name] = json!(value);
        ticket
    };
    let month = |company: &str| json!({ "company": company, "from": 1_767_225_600, "to": 1_769_904_000 });
    for (vendor, operation, given, field, kind) in [
        (&work, "log-work", log("job", "Website"), "title", ErrorKind::Ambiguous),
        (&work, "log-work", log("job", "Webseite"), "title", ErrorKind::NotFound),
        (&work, "log-work", log("ticket", "Printer"), "title", ErrorKind::Ambiguous),
        (&work, "log-work", log("milestone", "Sign"), "title", ErrorKind::Ambiguous),
        (&work, "complete-task", json!({ "title": "Choose the fotos" }), "title", ErrorKind::NotFound),
        (
            &work,
            "change-status",
            json!({ "of": "issues", "id": "2750", "to-status": "Shipped" }),
            "to-status",
            ErrorKind::NotFound,
        ),
        (&work, "report-work-time", month("Nobody"), "company", ErrorKind::NotFound),
        (&desk, "open-ticket", ticket("type", "Complaint"), "type", ErrorKind::NotFound),
        (&desk, "open-ticket", ticket("priority", "Urgent"), "priority", ErrorKind::NotFound),
        (&desk, "open-ticket", json!({ "company": "Acme", "title": "x" }), "type", ErrorKind::Ambiguous),
        (&desk, "open-ticket", ticket("company", "Nobody"), "company", ErrorKind::NotFound),
        (
            &accelo,
            "log-time",
            json!({ "company": "Nobody", "minutes": 5, "subject": "x" }),
            "company",
            ErrorKind::NotFound,
        ),
        (&accelo, "report-time-by-staff", month("Nobody"), "company", ErrorKind::NotFound),
    ] {
        vendor.mock.forget();
        let error = vendor.attempt(operation, given.clone()).await.unwrap_err();
        let place = format!("input.{field}");
        assert_eq!((error.kind, error.field.as_deref()), (kind, Some(&*place)), "{operation} {given}: {error}");
        let listed = error.details.as_ref().map_or(0, |details| details["candidates"].as_array().map_or(0, Vec::len));
        // Accelo's own search finds only what has the word: then there is nothing to list.
        let least = usize::from(kind == ErrorKind::Ambiguous || ["type", "priority", "to-status"].contains(&field));
        assert!(listed >= least, "{operation} {given}: {error:?}");
        assert!(vendor.requests().iter().all(|request| request.starts_with("GET ")), "{:?}", vendor.requests());
    }
}

#[tokio::test]
async fn a_kind_of_record_in_the_plural_is_refused_in_every_write() {
    let mut tried = 0;
    for name in accelos() {
        let vendor = Vendor::start(&name).await;
        let cases = cases(&name).unwrap();
        for operation in &vendor.plugin.catalogue().operations {
            let schema = input(vendor.plugin.catalogue(), operation);
            let kind = &schema["properties"]["against-type"];
            let fits = |case: &&Case| case.operation == operation.name() && case.outcome().is_some_and(|o| o.is_ok());
            let Some(case) = cases.iter().find(fits).filter(|_| kind["type"] == "string" && kind["enum"].is_null())
            else {
                continue;
            };
            let mut given = case.input.clone();
            (given["against-type"], given["against-id"]) = (json!("jobs"), json!("640"));
            // A rate is taken against a job alone, which is told first.
            given.as_object_mut().unwrap().retain(|name, _| !name.starts_with("rate") && name != "is-billable");
            assert_eq!(refused(&vendor, operation, given).await, "input.against-type", "{}", operation.id);
            tried += 1;
        }
    }
    assert!(tried > 6, "{tried}");
}
