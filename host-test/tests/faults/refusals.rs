//! Whole answers that are no success, or none that can be understood.

use std::sync::Arc;

use outwit::{Advice, ErrorKind};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::json;

use crate::table::{DEADLINE_MS, Expected, Row, call, error, good, healthy, plugin, refusal, reply, try_all};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[test]
fn an_answer_that_cannot_be_read_is_unreadable_and_may_stand_for_a_write_that_was_done() {
    let unreadable = |status| Expected { status: Some(status), ..error(ErrorKind::Unreadable, Advice::GiveUp) };
    let row = |name, fault| Row {
        name,
        fault,
        settings: &[],
        read: unreadable(200),
        // Somebody has to look.
        write: Expected {
            maybe_done: true,
            error: Some((ErrorKind::Unreadable, Advice::AskPerson)),
            ..unreadable(200)
        },
    };
    let html = [("content-type", "text/html; charset=utf-8")];
    try_all(vec![
        row("HTML", reply(200, &html, "<!DOCTYPE html><html><body>Please sign in</body></html>")),
        row("HTML that says it is JSON", reply(200, &JSON, "<html>")),
        row("JSON that breaks off", reply(200, &JSON, r#"{"meta":{"status":"ok"},"response":{"id":"1","sub"#)),
        row("JSON without a result", reply(200, &JSON, r#"{"meta":{"status":"ok"}}"#)),
        row("JSON of another shape", reply(200, &JSON, r#"{"meta":{"status":"ok"},"response":[1,2]}"#)),
        row("bytes that are no text", reply(200, &JSON, "\u{0}\u{1}\u{fffd}")),
        row("nothing", reply(200, &[], "")),
    ]);
}

#[test]
fn an_answer_above_the_limit_is_not_read_and_may_stand_for_a_write_that_was_done() {
    let body = json!({ "meta": { "status": "ok" }, "response": { "id": "1", "body": "x".repeat(4000) } }).to_string();
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let row = |name, fault| Row {
        name,
        fault,
        settings: &[("OUTWIT_MAX_BODY_BYTES", "1000")],
        read: error(ErrorKind::Unreadable, Advice::AskPerson),
        // Another input would do the write once more.
        write: Expected { maybe_done: true, ..error(ErrorKind::Unreadable, Advice::AskPerson) },
    };
    try_all(vec![
        row("announced", reply(200, &JSON, body)),
        row("in chunks", reply(200, &[("transfer-encoding", "chunked")], chunks)),
    ]);
}

#[test]
fn a_refusal_is_reported_by_its_status_at_once() {
    let row = |name, status, code, kind, advice| {
        let expected = Expected { status: Some(status), ..error(kind, advice) };
        let fault = match code {
            "" => reply(status, &[("content-type", "text/html")], "<html>"),
            code => refusal(status, code, &JSON),
        };
        Row { name, fault, settings: &[], read: expected.clone(), write: expected }
    };
    use Advice::{AskPerson, ChangeInput};
    // Of one record that is read, it means that there is none.
    let missing = Expected { status: Some(400), ..error(ErrorKind::NotFound, ChangeInput) };
    try_all(vec![
        Row { read: missing, ..row("400", 400, "invalid_request", ErrorKind::Rejected, ChangeInput) },
        row("401", 401, "invalid_client", ErrorKind::Unauthenticated, AskPerson),
        row("401 without an envelope", 401, "", ErrorKind::Unauthenticated, AskPerson),
        row("403", 403, "invalid_permission", ErrorKind::Forbidden, AskPerson),
        row("403 without an envelope", 403, "", ErrorKind::Forbidden, AskPerson),
        row("404", 404, "", ErrorKind::NotFound, ChangeInput),
        row("409", 409, "", ErrorKind::Conflict, ChangeInput),
        row("400 about a duplicate", 400, "duplicate", ErrorKind::Conflict, ChangeInput),
        row("418", 418, "", ErrorKind::Rejected, ChangeInput),
        row("200 that says no", 200, "invalid_permission", ErrorKind::Forbidden, AskPerson),
    ]);
}

#[test]
fn a_failing_vendor_is_asked_again_by_a_read_and_never_by_a_write() {
    let row = |name, status, fault| {
        let unavailable = |advice| Expected { status: Some(status), ..error(ErrorKind::Unavailable, advice) };
        Row {
            name,
            fault,
            settings: &[],
            read: Expected { hits: 3, takes_ms: 750..=DEADLINE_MS - 1, ..unavailable(Advice::RetryLater) },
            write: Expected { maybe_done: true, ..unavailable(Advice::AskPerson) },
        }
    };
    let html = [("content-type", "text/html")];
    try_all(vec![
        row("500", 500, refusal(500, "server_error", &JSON)),
        row("502", 502, reply(502, &html, "<html>Bad Gateway</html>")),
        row("503", 503, reply(503, &html, "")),
        row("504", 504, reply(504, &html, "")),
        row("408", 408, reply(408, &html, "")),
    ]);
}

#[test]
fn a_redirect_to_another_host_is_an_error_and_the_other_host_sees_nothing() {
    net::run(async {
        let other = start(good()).await.unwrap();
        for status in [301, 302, 303, 307, 308] {
            let location = format!("{}/api/v0/activities/20417", other.url());
            let server = start(reply(status, &[("location", &location)], "")).await.unwrap();
            let plugin = plugin(server.url(), &[]).await;
            for operation in ["get-activity", "create-activity"] {
                let error = call(&plugin, operation).await.unwrap_err();
                assert_eq!((error.kind, error.advice), (ErrorKind::Rejected, Advice::AskPerson), "{error:?}");
                // 303 is how a server says that it did what was posted, and the others that it did not.
                let done = status == 303 && operation == "create-activity";
                assert_eq!((error.status, error.maybe_done), (Some(status), done), "{error:?}");
                // Whoever set the address learns what is wrong with it.
                assert!(error.message.contains(other.url()), "{error:?}");
                assert!(error.message.contains("ACCELO_BASE_URL"), "{error:?}");
            }
            assert_eq!(server.hits(), 2, "{status}: one for each call");
        }
        assert_eq!(other.hits(), 0);
        healthy().await;
    });
}

#[test]
fn many_calls_at_once_do_not_mix_up_good_and_bad_vendors() {
    net::run(async {
        let bad = Arc::new(start(refusal(403, "invalid_permission", &JSON)).await.unwrap());
        let fine = Arc::new(start(good()).await.unwrap());
        let broken = Arc::new(start(Fault::CloseBeforeAnswer).await.unwrap());
        let calls = (0..60).map(|turn| {
            let server = [&bad, &fine, &broken][turn % 3].clone();
            tokio::spawn(async move {
                let plugin = plugin(server.url(), &[("OUTWIT_TRIES", "1")]).await;
                (turn % 3, call(&plugin, "create-activity").await)
            })
        });
        for call in calls.collect::<Vec<_>>() {
            match call.await.unwrap() {
                (0, outcome) => assert_eq!(outcome.unwrap_err().kind, ErrorKind::Forbidden),
                (1, outcome) => assert_eq!(outcome.unwrap()["subject"], "Plan"),
                (_, outcome) => assert_eq!(outcome.unwrap_err().kind, ErrorKind::Unavailable),
            }
        }
        assert_eq!((bad.hits(), fine.hits(), broken.hits()), (20, 20, 20));
    });
}

#[test]
fn a_creation_that_is_answered_without_what_was_made_is_no_success() {
    net::run(async {
        for body in [
            "{}",
            r#"{"message":"Quota exceeded"}"#,
            r#""Company name already exists""#,
            r#"{"id":0,"message":"Quota exceeded"}"#,
            r#"{"id":null,"message":"Quota exceeded"}"#,
            r#"{"id":-1}"#,
        ] {
            let server = start(reply(200, &[("content-type", "application/json")], body)).await.unwrap();
            let settings = [("AERO_BASE_URL", server.url()), ("AERO_ACCOUNT_ID", "1"), ("AERO_API_KEY", "key-1")];
            let aero = net::plugin("aero", settings).await;
            let error = aero.call("aero.create-company", r#"{"name":"X"}"#).await.unwrap_err();
            assert!(error.maybe_done, "{body}: {error:?}");
            let words = body.split('"').rev().nth(1).unwrap_or("without content");
            assert!(error.message.contains(words), "{body}: {error:?}");
        }
    });
}

#[test]
fn words_where_nothing_is_to_come_and_beside_no_list_say_why() {
    net::run(async {
        for (vendor, operation, input, body) in [
            (
                "accelo",
                "accelo.delete-company",
                r#"{"id":"7"}"#,
                r#"{"meta":{"status":"ok"},"response":"Boom: it has jobs"}"#,
            ),
            (
                "accelo",
                "accelo.delete-activity",
                r#"{"id":"7"}"#,
                r#"{"meta":{"status":"ok"},"response":{"message":"Boom"}}"#,
            ),
            ("aero", "aero.list-companies", "{}", r#"{"message":"Boom","companies":null}"#),
        ] {
            let server = start(reply(200, &[("content-type", "application/json")], body)).await.unwrap();
            let base = format!("{}_BASE_URL", vendor.to_uppercase());
            let settings = [
                (&*base, server.url()),
                ("ACCELO_TOKEN", "key-1"),
                ("AERO_ACCOUNT_ID", "1"),
                ("AERO_API_KEY", "key-1"),
            ];
            let vendor = net::plugin(vendor, settings).await;
            let error = vendor.call(operation, input).await.unwrap_err();
            assert!(error.message.contains("Boom"), "{operation} {body}: {error:?}");
        }
    });
}
