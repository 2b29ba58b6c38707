//! Ids that would lead a request elsewhere, and numbers out of bounds.

use outwit_host_test::net;
use serde_json::json;

use super::Refused;

#[test]
fn an_id_that_could_change_the_route_is_refused_by_every_operation_with_one() {
    net::run(async {
        let refused = Refused::new().await;
        let operations = &refused.plugin.catalogue().operations;
        let with_id = operations.iter().filter(|one| one.route.as_ref().is_some_and(|route| route.contains("{id}")));
        let names: Vec<&str> = with_id.map(|operation| operation.name()).collect();
        assert!(names.len() >= 10, "{names:?}");
        let long = "1".repeat(300);
        for name in names {
            for id in [
                "",
                ".",
                "..",
                "../staff",
                "../../oauth2/v0/token",
                "/",
                "1/",
                "1/../2",
                "1?_method=delete",
                "?",
                "1#x",
                "#",
                "1\r\nhost: evil.example",
                "1\n",
                "\r",
                "1 2",
                " ",
                "\t",
                "%2e%2e",
                "%2E%2E%2Fstaff",
                "1%00",
                "1\u{0}",
                "1;v=2",
                "1\\2",
                "1&_method=delete",
                "1=2",
                "0",
                "-1",
                "abc",
                "é",
                "１",
                "{id}",
                "*",
                "@evil.example",
                "1:80",
                &long,
            ] {
                refused.about("input.id", "expected an id ", name, &json!({ "id": id })).await;
            }
        }
    });
}

#[test]
fn a_text_in_a_body_stays_a_value() {
    net::run(async {
        let (mock, plugin) = net::mocked("accelo").await;
        let id = "311&against_type=staff&_method=delete";
        let input =
            json!({ "subject": "a=b&c\r\n", "against-type": "company", "against-id": "99999", "message-id": id });
        // There is no such company, says the mock; what matters is what it was asked.
        net::call(&plugin, "accelo.create-activity", &input).await.unwrap_err();
        let seen = mock.seen();
        assert_eq!((seen.len(), &*seen[0].method, &*seen[0].query), (1, "POST", ""));
        let body = String::from_utf8(seen[0].body.to_vec()).unwrap();
        assert!(body.contains("message_id=311%26against_type%3Dstaff%26_method%3Ddelete"), "{body}");
        assert!(body.contains("subject=a%3Db%26c%0D%0A"), "{body}");
    });
}

#[test]
fn a_page_size_that_accelo_would_change_without_a_word_is_refused() {
    net::run(async {
        let refused = Refused::new().await;
        for operation in ["list-activities", "list-companies", "list-contacts", "list-staff"] {
            for limit in [0, 101, 1000, u32::MAX] {
                let expected = format!("expected a whole number from 1 to 100, got {limit}");
                refused.about("input.limit", &expected, operation, &json!({ "limit": limit })).await;
            }
        }
        for limit in [1, 100] {
            net::call(&refused.plugin, "accelo.list-staff", &json!({ "limit": limit })).await.unwrap();
        }
    });
}

#[test]
fn what_accelo_would_take_down_wrongly_is_refused() {
    net::run(async {
        let refused = Refused::new().await;
        let timed = |more: serde_json::Value| {
            let mut input = json!({ "subject": "Plan", "against-type": "job", "against-id": "9" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        for more in [
            json!({ "nonbillable": 60 }),
            json!({ "billable": 60, "visibility": "private" }),
            json!({ "nonbillable": 1, "billable": 1, "visibility": "confidential" }),
        ] {
            refused.about("input.visibility", "expected all", "create-activity", &timed(more)).await;
        }
        let entry = |minutes: u64| json!({ "company": "311", "subject": "x", "minutes": minutes });
        refused.about("input.minutes", "expected a whole number from 1 to 44640, got 0", "log-time", &entry(0)).await;
        refused.about("input.minutes", "got 71582789", "log-meeting", &entry(71_582_789)).await;
        refused
            .about("input.company", "name or id", "log-time", &json!({ "company": " ", "subject": "x", "minutes": 1 }))
            .await;
        let address = json!({ "address": "ines", "direction": "inbound", "subject": "x" });
        refused.about("input.address", "expected an e-mail address", "log-email", &address).await;
        refused
            .about("input.email", "expected an e-mail address", "find-contact-by-email", &json!({ "email": "" }))
            .await;
        let period = json!({ "company": "311", "from": 1_770_000_000, "to": 1_770_000_000 });
        refused.about("input.to", "after `from`", "report-time-by-staff", &period).await;
    });
}

#[test]
fn parameters_of_another_grant_are_refused() {
    net::run(async {
        let refused = Refused::new().await;
        for (field, expected, input) in [
            ("code", "not taken with", json!({ "grant-type": "client-credentials", "code": "c" })),
            (
                "redirect-uri",
                "not taken with",
                json!({ "grant-type": "client-credentials", "redirect-uri": "https://x" }),
            ),
            ("refresh-token", "not taken with", json!({ "grant-type": "client-credentials", "refresh-token": "r" })),
            ("code", "missing", json!({ "grant-type": "authorization-code" })),
            ("code", "missing", json!({ "grant-type": "authorization-code", "code": "" })),
            (
                "scope",
                "not taken with",
                json!({ "grant-type": "authorization-code", "code": "c", "scope": "read(all)" }),
            ),
            ("refresh-token", "missing", json!({ "grant-type": "refresh-token" })),
            ("code", "not taken with", json!({ "grant-type": "refresh-token", "refresh-token": "r", "code": "c" })),
            (
                "expires-in",
                "not taken with",
                json!({ "grant-type": "refresh-token", "refresh-token": "r", "expires-in": 1 }),
            ),
            ("grant-type", "client-credentials, authorization-code", json!({ "grant-type": "password" })),
        ] {
            refused.about(&format!("input.{field}"), expected, "exchange-token", &input).await;
        }
    });
}
