//! Lists as long as `OUTWIT_MAX_BODY_BYTES` says, and longer ones.

use outwit::ErrorKind;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};
use std::time::Duration;

/// What is documented as the largest answer that is read.
const LARGEST: usize = 16 << 20;

/// An answer of just under the bound: what stands before and after items, and the item with its number.
fn full(before: &str, item: impl Fn(usize) -> String, after: &str) -> (String, usize) {
    let (mut body, mut items) = (before.to_owned(), 0);
    loop {
        let next = item(items + 1);
        if body.len() + next.len() + after.len() + 1 > LARGEST {
            return (body + after, items);
        }
        body.extend((items > 0).then_some(','));
        body += &next;
        items += 1;
    }
}

async fn called(vendor: &str, operation: &str, input: Value, fault: Fault) -> Result<Value, outwit::Error> {
    let server = start(fault).await.unwrap();
    let own = [
        ("ACCELO_DEPLOYMENT", "acme"),
        ("ACCELO_TOKEN", "token"),
        ("AERO_ACCOUNT_ID", "1"),
        ("AERO_API_KEY", "key"),
        ("AERO_SQL_KEY", "second"),
        ("AIROPS_API_KEY", "key"),
        ("OUTWIT_DEADLINE_MS", "300000"),
    ];
    let base = format!("{}_BASE_URL", vendor.to_uppercase());
    let settings =
        own.iter().filter(|(name, _)| name.starts_with(&vendor.to_uppercase()) || name.starts_with("OUTWIT"));
    let settings = settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let plugin = net::plugin(vendor, settings.chain([(base, server.url().to_owned())])).await;
    net::call(&plugin, &format!("{vendor}.{operation}"), &input).await
}

fn reply(body: String) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Fault::Reply { status: 200, headers, body: body.into() }
}

#[test]
fn a_list_of_the_largest_size_is_read_whatever_its_records() {
    net::run(async {
        let small = |n: usize| format!(r#"{{"id":{n},"name":"S"}}"#);
        let (body, count) = full("[", small, "]");
        let list = called("aero", "list-companies", json!({}), reply(body)).await.unwrap();
        assert_eq!(list.as_array().unwrap().len(), count);

        let task = |n: usize| {
            format!(
                r#"{{"id":{n},"scheduledStartDate":"2026-07-01T13:00:00Z","scheduledDuration":"01:30:00","assignedTo":"Priya","aeroType":"Payroll","subject":"S","dueDate":null,"projectId":640,"project":null,"hat":"Bookkeeper","description":null,"billable":false,"fixedFee":true,"priority":"Normal","status":"Not Started","aeroSteps":[{{"id":7,"order":"1","name":"Import","complete":"False"}}]}}"#
            )
        };
        let (body, count) = full(r#"{"page":1,"aeroTasks":["#, task, "]}");
        let page = called("aero", "list-tasks", json!({}), reply(body)).await.unwrap();
        assert_eq!(page["aeros"].as_array().unwrap().len(), count);

        // Members that the contract does not name.
        let activity = |n: usize| format!(r#"{{"id":"{n}","subject":"S","rate_charged":"1","message_id":"m"}}"#);
        let (body, count) = full(r#"{"meta":{"status":"ok"},"response":["#, activity, "]}");
        let list = called("accelo", "list-activities", json!({}), reply(body)).await.unwrap();
        assert_eq!(list.as_array().unwrap().len(), count);

        let row = |n: usize| format!(r#"{{"Id":"{n}","Hours":"2.5"}}"#);
        let (body, count) = full("[", row, "]");
        let rows = called("aero", "run-sql-select", json!({"table": "AeroTimes"}), reply(body)).await.unwrap();
        assert_eq!(rows.as_array().unwrap().len(), count);

        let (body, count) =
            full(r#"{"execution_id":"e","status":"success","outputs":["#, |n| format!("\"line {n}\\n\""), "]}");
        let run = json!({"workflow-id": "w", "execution-id": "e"});
        let run = called("airops", "get-workflow-execution", run, reply(body)).await.unwrap();
        assert_eq!(run["outputs"].as_array().unwrap().len(), count);
    });
}

#[test]
fn an_answer_beyond_the_largest_size_is_unreadable_however_it_comes_and_the_advice_can_be_followed() {
    net::run(async {
        let (body, _) = full("[", |n| format!(r#"{{"id":{n},"name":"S"}}"#), &" ".repeat(8));
        let announced = reply(body + &" ".repeat(100) + "]");
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, " ".repeat(1 << 20));
        let pieces = [head.to_owned()].into_iter().chain(std::iter::repeat_n(chunk, 40));
        let endless = Fault::Raw { pieces: pieces.map(Into::into).collect(), pause: Duration::ZERO, closes: false };
        for fault in [announced, endless] {
            let error = called("aero", "list-companies", json!({}), fault).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unreadable, "{error:?}");
            assert!(error.message.contains("OUTWIT_MAX_BODY_BYTES"), "{error:?}");
            // It has nothing to ask for less with.
            assert!(!error.message.contains("ask for less"), "{error:?}");
        }
    });
}
