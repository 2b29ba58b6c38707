//! Lists as long as `OUTWIT_MAX_BODY_BYTES` says, and longer ones.

use outwit::{ErrorKind, GatewayApp, Options, Plugins, Settings, compose};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

/// What is documented as the largest answer that is read.
const LARGEST: usize = 16 << 20;
/// How many times as much memory as an answer has a component needs at most, where its output is no larger than the answer.
const MEMORY: f64 = 2.5;

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

/// The settings of a vendor at an address.
fn settings(vendor: &str, url: &str) -> Vec<(String, String)> {
    let own = [
        ("ACCELO_DEPLOYMENT", "acme"),
        ("ACCELO_TOKEN", "token"),
        ("AERO_ACCOUNT_ID", "1"),
        ("AERO_API_KEY", "key"),
        ("AERO_SQL_KEY", "second"),
        ("AIROPS_API_KEY", "key"),
        ("OUTWIT_DEADLINE_MS", "300000"),
    ];
    let vendor = vendor.to_uppercase();
    let own = own.iter().filter(|(name, _)| name.starts_with(&vendor) || name.starts_with("OUTWIT"));
    let own = own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    own.chain([(format!("{vendor}_BASE_URL"), url.to_owned())]).collect()
}

pub async fn called(vendor: &str, operation: &str, input: Value, fault: Fault) -> Result<Value, outwit::Error> {
    let server = start(fault).await.unwrap();
    let plugin = net::plugin(vendor, settings(vendor, server.url())).await;
    net::call(&plugin, &format!("{vendor}.{operation}"), &input).await
}

/// The output for an answer of about the largest size, which took at most so many times as much memory.
async fn read(vendor: &str, operation: &str, input: Value, body: String, most: f64) -> Value {
    let (size, server) = (body.len(), start(reply(body)).await.unwrap());
    assert!((LARGEST - 1000..=LARGEST).contains(&size), "{operation}: {size} bytes");
    let plugin = net::plugin(vendor, settings(vendor, server.url())).await;
    let (mut store, instance) = outwit::embed::instantiate(&plugin).await.unwrap();
    let output = net::call_in(&mut store, &instance, &format!("{vendor}.{operation}"), &input.to_string()).await;
    let memory = store.data().memory();
    println!("{operation}: {memory} bytes of memory for {size}, {:.2} ×", memory as f64 / size as f64);
    assert!(memory as f64 <= most * size as f64, "{operation}: {memory} bytes of memory for {size}");
    serde_json::from_str(&output.unwrap()).unwrap()
}

fn reply(body: String) -> Fault {
    reply_of(200, body)
}

pub fn reply_of(status: u16, body: String) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Fault::Reply { status, headers, body: body.into() }
}

#[test]
fn a_list_of_the_largest_size_is_read_whatever_its_records() {
    net::run(async {
        let small = |n: usize| format!(r#"{{"id":{n},"name":"S"}}"#);
        let (body, count) = full("[", small, "]");
        let list = read("aero", "list-companies", json!({}), body, MEMORY).await;
        assert_eq!(list.as_array().unwrap().len(), count);

        let task = |n: usize| {
            format!(
                r#"{{"id":{n},"scheduledStartDate":"2026-07-01T13:00:00Z","scheduledDuration":"01:30:00","assignedTo":"Priya","aeroType":"Payroll","subject":"S","dueDate":null,"projectId":640,"project":null,"hat":"Bookkeeper","description":null,"billable":false,"fixedFee":true,"priority":"Normal","status":"Not Started","aeroSteps":[{{"id":7,"order":"1","name":"Import","complete":"False"}}]}}"#
            )
        };
        let (body, count) = full(r#"{"page":1,"aeroTasks":["#, task, "]}");
        let page = read("aero", "list-tasks", json!({}), body, MEMORY).await;
        assert_eq!(page["aeros"].as_array().unwrap().len(), count);

        // Members that the contract does not name: in the output they are longer.
        let activity = |n: usize| format!(r#"{{"id":"{n}","subject":"S","rate_charged":"1","message_id":"m"}}"#);
        let (body, count) = full(r#"{"meta":{"status":"ok"},"response":["#, activity, "]}");
        let list = read("accelo", "list-activities", json!({}), body, 3.0).await;
        assert_eq!(list.as_array().unwrap().len(), count);

        let row = |n: usize| format!(r#"{{"Id":"{n}","Hours":"2.5"}}"#);
        let (body, count) = full("[", row, "]");
        let rows = read("aero", "run-sql-select", json!({"table": "AeroTimes"}), body, MEMORY).await;
        assert_eq!(rows.as_array().unwrap().len(), count);

        let (body, count) =
            full(r#"{"execution_id":"e","status":"success","outputs":["#, |n| format!("\"line {n}\\n\""), "]}");
        let run = json!({"workflow-id": "w", "execution-id": "e"});
        let run = read("airops", "get-workflow-execution", run, body, MEMORY).await;
        assert_eq!(run["outputs"].as_array().unwrap().len(), count);
    });
}

/// One record whose text makes an answer as large as it may be, and larger by so many bytes.
fn long(more: usize) -> (String, usize) {
    let (before, after) = (r#"{"meta":{"status":"ok"},"response":{"id":"7","subject":"S","body":""#, r#""}}"#);
    let text = "A line of a long letter.\\n".repeat(LARGEST / 25);
    let length = LARGEST + more - before.len() - after.len();
    // A line break is two bytes of JSON and one of the text; an x fills what is left.
    let lines = length / 26;
    let filled = length - lines * 26;
    (format!("{before}{}{}{after}", &text[..lines * 26], "x".repeat(filled)), lines * 25 + filled)
}

#[test]
fn a_record_with_the_longest_text_is_read() {
    net::run(async {
        let (body, length) = long(0);
        let activity = read("accelo", "get-activity", json!({ "id": "7" }), body, 3.5).await;
        assert_eq!(activity["body"].as_str().unwrap().len(), length);
        let error = called("accelo", "get-activity", json!({ "id": "7" }), reply(long(1).0)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreadable, "{error:?}");
        assert!(error.message.contains("OUTWIT_MAX_BODY_BYTES"), "{error:?}");
    });
}

/// The gateway passes the same answers on. Each of its components has a memory of its own.
#[test]
fn the_largest_answer_goes_through_a_composed_file() {
    net::run(async {
        let component = Plugins::embedded().component("aero").unwrap().unwrap();
        let options = Options { memory: (LARGEST as f64 * MEMORY) as usize, ..net::options() };
        let app = GatewayApp::load(options, &compose(&[("aero", &component)]).unwrap()).await.unwrap();
        let ask = async |body: String| {
            let vendor = start(reply(body)).await.unwrap();
            let mut settings: Settings = settings("aero", vendor.url()).into_iter().collect();
            settings.extend([("OUTWIT_GATEWAY_TOKEN", "open")]);
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/operations/aero.list-companies", listener.local_addr().unwrap());
            let app = app.with_settings(&settings).unwrap();
            let served = tokio::spawn(outwit_server::serve(app, listener, Box::pin(std::future::pending())));
            let request = net::client().post(url).bearer_auth("open").header("content-type", "application/json");
            let answer = request.body("{}").send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            served.abort();
            (status.as_u16(), serde_json::from_str::<Value>(&text).unwrap())
        };
        let small = |n: usize| format!(r#"{{"id":{n},"name":"S"}}"#);
        let (body, count) = full("[", small, "]");
        let (status, list) = ask(body.clone()).await;
        assert_eq!((status, list.as_array().map(Vec::len)), (200, Some(count)), "{}", list["detail"]);
        let (status, problem) = ask(body + &" ".repeat(1000)).await;
        assert_eq!((status, &problem["kind"]), (502, &json!("unreadable")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("OUTWIT_MAX_BODY_BYTES"), "{problem}");
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
