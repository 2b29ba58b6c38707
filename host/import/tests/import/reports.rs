//! What the report says, for programs and for people.

use crate::{document, imported, lines};
use outwit_import::Kind;
use serde_json::json;

fn report() -> outwit_import::Report {
    let body = json!({ "content": { "multipart/form-data": { "schema": {} } } });
    imported(&document(json!({
        "/v1/things": {
            "get": { "operationId": "listThings", "responses": {} },
            "post": { "operationId": "upload", "requestBody": body, "responses": {} },
        },
        "/things": { "post": { "operationId": "createThing", "responses": {} } },
    })))
    .report
}

#[test]
fn a_report_is_json() {
    let report = serde_json::to_value(report()).unwrap();
    assert_eq!(
        (&report["operations"], &report["imported"], &report["left-out"]),
        (&json!(3), &json!(2), &json!({ "multipart": 1 }))
    );
    assert_eq!(report["json"], json!({ "an answer of which nothing is said": 1 }));
    let line = json!({
        "pointer": "/paths/~1v1~1things/post", "operation": "upload", "what": "multipart", "text": "its body has several parts"
    });
    assert!(report["lines"].as_array().unwrap().contains(&line), "{report:#}");
}

#[test]
fn a_report_is_a_page() {
    assert_eq!(report().to_markdown(), PAGE);
}

const PAGE: &str = "# Acme: import of `acme`

2 of 3 operations are imported, with 0 types and 0 fields. The document says OpenAPI 3.0.3.

## Left out

Body of several parts (1):

- `upload`: its body has several parts (`/paths/~1v1~1things/post`)

## What became `json`

- an answer of which nothing is said: 1

## What looks wrong (2)

- the path repeats /v1/, with which the server's address ends (`/paths/~1v1~1things`)
- `create-thing`: the document has no body for it, so nothing but its path is sent (`/paths/~1things/post`)

";

#[test]
fn stubs_that_are_nobodys_are_said() {
    let get = json!({ "get": { "responses": {} } });
    let imported = imported(&document(json!({ "/auth/token": get, "/resources": get, "/resources/{id}": get })));
    assert!(lines(&imported, Kind::Doubtful)[0].1.contains("nobody's API"));
}
