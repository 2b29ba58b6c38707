//! What no cell of the table can say.

use outwit::{ErrorKind, Plugin};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::json;

fn json(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let headers = [("content-type", "application/json")].iter().chain(headers);
    let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Fault::Reply { status, headers, body: body.to_owned().into() }
}

/// A server with this fault, and a vendor's component that talks to it.
async fn at(vendor: &str, fault: Fault) -> (FaultyServer, Plugin) {
    let server = start(fault).await.unwrap();
    let base = format!("{}_BASE_URL", vendor.to_uppercase());
    let settings = [
        (&*base, server.url()),
        ("ACCELO_TOKEN", "key-1"),
        ("AERO_ACCOUNT_ID", "1"),
        ("AERO_API_KEY", "key-1"),
        ("AIROPS_API_KEY", "key-1"),
        ("AIROPS_API", "v1"),
    ];
    let plugin = net::plugin(vendor, settings).await;
    (server, plugin)
}

#[test]
fn a_write_on_a_reused_connection_that_breaks_is_sent_once() {
    net::run(async {
        let new = json!({ "subject": "Plan", "against-type": "company", "against-id": "311" });
        let id = json!({ "id": "20417" });
        for (operation, input, method) in [("create-activity", &new, "POST"), ("delete-activity", &id, "DELETE")] {
            let good = json(200, &[], r#"{"meta":{"status":"ok"},"response":{"id":"20417","subject":"Plan"}}"#);
            let broken = Fault::Sequence(vec![good.clone(), Fault::CloseBeforeAnswer, good]);
            let (server, accelo) = at("accelo", broken).await;
            net::call(&accelo, "accelo.get-activity", &id).await.unwrap();
            let error = net::call(&accelo, &format!("accelo.{operation}"), input).await.unwrap_err();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Unavailable, true), "{error:?}");
            let methods: Vec<String> = server.seen().into_iter().map(|seen| seen.method).collect();
            assert_eq!(methods, ["GET", method]);
        }
    });
}

#[test]
fn words_where_something_else_is_to_come_say_why() {
    // A creation that is answered without what was made is no success, and somebody has to look whether it was done.
    let (creates, named) = ("aero.create-company", r#"{"name":"X"}"#);
    let deletes = r#"{"id":"7"}"#;
    net::run(async {
        for (operation, input, body, words) in [
            (creates, named, "{}", "without content"),
            (creates, named, r#"{"message":"Quota exceeded"}"#, "Quota exceeded"),
            (creates, named, r#""Company name already exists""#, "Company name already exists"),
            (creates, named, r#"{"id":0,"message":"Quota exceeded"}"#, "Quota exceeded"),
            (creates, named, r#"{"id":null,"message":"Quota exceeded"}"#, "Quota exceeded"),
            (creates, named, r#"{"id":-1}"#, "id"),
            ("accelo.delete-company", deletes, r#"{"meta":{"status":"ok"},"response":"Boom: it has jobs"}"#, "Boom"),
            ("accelo.delete-activity", deletes, r#"{"meta":{"status":"ok"},"response":{"message":"Boom"}}"#, "Boom"),
            ("aero.list-companies", "{}", r#"{"message":"Boom","companies":null}"#, "Boom"),
        ] {
            let vendor = operation.split_once('.').unwrap().0;
            let (_server, vendor) = at(vendor, json(200, &[], body)).await;
            let error = vendor.call(operation, input).await.unwrap_err();
            assert!(error.maybe_done || operation != creates, "{body}: {error:?}");
            assert!(error.message.contains(words), "{operation} {body}: {error:?}");
        }
    });
}

#[test]
fn work_is_looked_at_when_its_start_says_so() {
    net::run(async {
        let run = |status| format!(r#"{{"execution_id":"exec_1","status":"{status}"}}"#);
        // RFC 9110, 10.2.3: with any answer, how long to wait before the next request.
        let started = json(202, &[("Retry-After", "1")], &run("running"));
        let (server, airops) = at("airops", Fault::Sequence(vec![started, json(200, &[], &run("completed"))])).await;
        let begun = std::time::Instant::now();
        let input = r#"{"workflow-id":"wf_1","inputs":{},"interval-ms":10}"#;
        let output = airops.call("airops.run-workflow", input).await.unwrap();
        assert!(output.contains("completed") && server.hits() == 2, "{output}");
        assert!(begun.elapsed().as_millis() >= 1000, "{:?}", begun.elapsed());
    });
}
