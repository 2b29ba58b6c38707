//! Nobody is asked about a call that cannot be made.

use super::{Person, call, workspace};
use outwit::{ErrorKind, Scope};
use outwit_host_test::net;
use serde_json::json;
use std::sync::Mutex;

#[test]
fn nobody_is_asked_about_an_input_that_the_operation_does_not_take() {
    net::run(async {
        let scope = Scope { rules: super::rules(json!({ "confirm": ["write"] })), ..Scope::default() };
        for (config, scope) in [("[aero]\nconfirm = [\"write\"]\n", Scope::default()), ("", scope)] {
            let (mock, workspace) = workspace(config, scope, None).await;
            let person = Person(true, Mutex::default());
            for (operation, input, field) in [
                ("aero.create-company", json!({}), "input.name"),
                ("aero.create-company", json!({ "name": "Juniper", "nam": "x" }), "input.nam"),
                ("aero.create-company", json!({ "name": ["Juniper"] }), "input.name"),
                ("aero.create-company", json!([]), "input"),
                // What no schema says: a recipe's own check.
                ("aero.log-time-by-name", json!({ "category": "task", "hours": 2.5 }), "input.aero"),
            ] {
                let error = call(&workspace, operation, input, &person).await.unwrap_err();
                assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some(field)), "{error:?}");
                assert_eq!(error.operation, operation);
            }
            assert_eq!((person.1.lock().unwrap().len(), mock.seen().len()), (0, 0));
            call(&workspace, "aero.create-company", json!({ "name": "Juniper" }), &person).await.unwrap();
            assert_eq!((person.1.lock().unwrap().len(), mock.seen().len()), (1, 1));
        }
    });
}

#[test]
fn nothing_is_sent_before_a_person_agrees() {
    net::run(async {
        let (mock, workspace) = workspace("[aero]\nconfirm = [\"read\", \"write\"]\n", Scope::default(), None).await;
        let no = Person(false, Mutex::default());
        for (operation, input) in [
            ("aero.list-companies", json!({})),
            ("aero.create-company", json!({ "name": "Juniper" })),
            ("aero.onboard-client", json!({ "company": { "name": "Juniper" } })),
        ] {
            let error = call(&workspace, operation, input, &no).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Denied, "{error}");
        }
        assert_eq!((no.1.lock().unwrap().len(), mock.seen().len()), (3, 0));
    });
}
