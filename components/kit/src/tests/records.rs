//! Records that are not those that were asked for.

use super::*;
use crate::types::ErrorKind;

const SECRET: &str = "hush-hush-token-of-the-account";

#[test]
fn what_is_wrong_with_a_record_is_told_before_that_it_is_another_one() {
    let cut = format!("{}-{SECRET}", "x".repeat(60));
    for (record, message) in [
        (json!({ "id": "7" }), None),
        (json!({ "id": "07" }), None),
        (json!({ "id": "8" }), Some("unexpected: the record 8 instead of 7")),
        (json!({ "id": 0, "message": "there is no thing 7" }), Some("expected an id; it says: there is no thing 7")),
        (json!({ "id": "8", "name": [1] }), Some("response.name: expected text")),
        // Ids of two kinds.
        (json!({ "id": "row-8" }), None),
    ] {
        let done = called(&world(&[], vec![answer(200, record.clone())]), "get-thing", json!({ "id": "7" }));
        match (done, message) {
            (Ok(_), None) => {}
            (Err(error), Some(message)) => {
                assert_eq!(error.kind, ErrorKind::Unreadable);
                assert!(error.message.contains(message), "{record}: {}", error.message);
            }
            (done, _) => panic!("{record}: {done:?}"),
        }
    }
    let answers = vec![answer(200, json!({ "id": cut }))];
    let error = called(&world(&[("ACME_TOKEN", SECRET)], answers), "get-thing", json!({ "id": "ab" })).unwrap_err();
    assert!(error.message.contains("instead of ab") && !error.message.contains("hush"), "{}", error.message);
}
