//! The routes of the gateway beside `/mcp`, and the page: who is let in, what is shown, and that calls are under the same rules.

use super::Mocks;
use super::audit::Place;
use super::http::Served;
use super::runtime;
use outwit_host_test::net;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use tokio::runtime::Runtime;

fn url(served: &Served, path: &str) -> String {
    format!("{}{path}", served.url.trim_end_matches("/mcp"))
}

fn get(served: &Served, path: &str) -> RequestBuilder {
    net::client().get(url(served, path))
}

fn post(served: &Served, id: &str, input: &str) -> RequestBuilder {
    let request = net::client().post(url(served, &format!("/operations/{id}")));
    request.header(CONTENT_TYPE, "application/json").body(input.to_owned())
}

fn answer(runtime: &Runtime, request: RequestBuilder) -> (u16, Value) {
    runtime.block_on(async {
        let response: Response = request.send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    })
}

#[test]
fn the_page_is_for_everybody_and_all_else_for_who_has_the_token() {
    let mocks = Mocks::start(&["accelo"]);
    let token = ("OUTWIT_MCP_TOKEN".to_owned(), "open-sesame".to_owned());
    let served = Served::with(&[], mocks.settings().into_iter().chain([token]));
    let ask = |request: RequestBuilder| answer(&mocks.runtime, request);
    let files = ["", "/library.js", "/library.css", "/swagger-ui.js", "/swagger-ui.css", "/swagger-ui.LICENSE"];
    for file in files.map(|file| format!("/docs{file}")) {
        let request = get(&served, &file).header(ACCEPT_ENCODING, "gzip");
        let response = mocks.runtime.block_on(request.send()).unwrap();
        assert_eq!(response.status(), 200, "{file}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{file}");
    }
    let paths = ["/operations", "/operations/accelo.list-staff", "/search?q=x", "/openapi.json", "/nothing"];
    for path in paths {
        let (status, problem) = ask(get(&served, path));
        assert_eq!((status, &problem["kind"]), (401, &json!("unauthenticated")), "{path}");
        assert_ne!(ask(get(&served, path).bearer_auth("open-sesame")).0, 401, "{path}");
    }
    assert_eq!(ask(post(&served, "accelo.list-staff", "{}")).0, 401);
    let called = ask(post(&served, "accelo.list-staff", "{}").bearer_auth("open-sesame"));
    assert!(called.0 == 200 && called.1.is_array(), "{called:?}");
    assert_eq!(ask(get(&served, "/healthz")), (200, json!({ "status": "ok" })));
}

/// The page needs no token, and is none for names that somebody else gave to the server.
#[test]
fn the_page_is_not_served_by_names_from_elsewhere() {
    let served = Served::with(&["--mock", "--vendors", "accelo"], []);
    let (status, _) = answer(&runtime(), get(&served, "/docs").header(HOST, "evil.example"));
    assert_eq!(status, 403);
}

#[test]
fn what_is_shown_is_what_the_scope_allows() {
    let runtime = runtime();
    let served = Served::with(&["--mock", "--vendors", "accelo,airops", "--grant", "read"], []);
    let (_, list) = answer(&runtime, get(&served, "/operations"));
    let operations = list["operations"].as_array().unwrap();
    assert!(operations.len() > 20 && operations.iter().all(|one| one["effect"] == "read"));
    assert!(operations.iter().all(|one| one.get("input").is_none() && one["summary"].is_string()));
    let vendors: Vec<&Value> = list["vendors"].as_array().unwrap().iter().map(|one| &one["vendor"]).collect();
    assert_eq!(vendors, ["accelo", "airops"]);
    let (_, document) = answer(&runtime, get(&served, "/openapi.json"));
    let called = document["paths"].as_object().unwrap().values().filter(|item| item["post"]["x-effect"].is_string());
    assert_eq!(called.count(), operations.len());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    // Of the operations that are not offered, there are no records either.
    assert!(schemas.contains_key("accelo.staff-member") && !schemas.contains_key("accelo.token-request"));
    assert!(!schemas.contains_key("accelo.new-activity"));
    let (status, part) = answer(&runtime, get(&served, "/openapi.json?operation=accelo.list-staff"));
    assert_eq!((status, part["paths"].as_object().unwrap().len()), (200, 1));
    let path = "/operations/accelo.list-staff";
    assert_eq!(part["paths"][path], document["paths"][path]);
    for target in
        ["/openapi.json?operation=accelo.log-time", "/operations/accelo.log-time", "/operations/aero.list-tasks"]
    {
        let (status, problem) = answer(&runtime, get(&served, target));
        assert_eq!((status, &problem["kind"]), (403, &json!("denied")), "{target}");
    }
    let (status, problem) = answer(&runtime, get(&served, "/operations/accelo.list-staf"));
    assert_eq!((status, &problem["details"]["nearest"][0]), (404, &json!("accelo.list-staff")));
    let (_, found) = answer(&runtime, get(&served, "/search?q=list+the+staff&limit=3"));
    assert_eq!(found["operations"][0]["id"], "accelo.list-staff");
    assert!(found["operations"].as_array().unwrap().len() <= 3);
    assert_eq!(answer(&runtime, get(&served, "/search?q=x&limit=0")).1["field"], "limit");
}

#[test]
fn a_call_is_under_the_rules_and_leaves_a_line() {
    let place = Place::new();
    let options = place.options(&["--confirm", "write"]);
    let served = Served::with(&options.iter().map(String::as_str).collect::<Vec<_>>(), []);
    let runtime = runtime();
    let time = r#"{"company":"Acme","minutes":30,"subject":"Review"}"#;
    for (id, input, status, kind, advice) in [
        ("accelo.log-time", time, 403, "denied", "ask-person"),
        ("accelo.delete-activity", r#"{"id":"1"}"#, 403, "denied", "ask-person"),
        ("accelo.list-staff", "{\"limit\": ", 400, "invalid-input", "change-input"),
        ("accelo.list-staff", r#"{"limit":0}"#, 422, "invalid-input", "change-input"),
        ("accelo.list-staf", "{}", 404, "invalid-input", "change-input"),
    ] {
        let (got, problem) = answer(&runtime, post(&served, id, input));
        assert_eq!(
            (got, &problem["kind"], &problem["advice"]),
            (status, &json!(kind), &json!(advice)),
            "{id}: {problem}"
        );
        assert_eq!(problem["status"], status);
    }
    let (status, staff) = answer(&runtime, post(&served, "accelo.list-staff", r#"{"limit":2}"#));
    assert_eq!((status, staff.as_array().unwrap().len()), (200, 2));
    let lines = place.lines();
    let kinds: Vec<&Value> = lines.as_array().unwrap().iter().map(|line| &line[2]).collect();
    assert_eq!(kinds, ["denied", "denied", "invalid-input", "invalid-input", "invalid-input", "ok"], "{lines}");
}

/// HTML, 9.2.6, as far as the server uses it.
fn events(text: &str) -> Vec<(String, String)> {
    let event = |block: &str| {
        let (name, data) = block.split_once('\n').unwrap();
        let data: Vec<&str> = data.lines().map(|line| line.strip_prefix("data: ").unwrap()).collect();
        (name.strip_prefix("event: ").unwrap().to_owned(), data.join("\n"))
    };
    text.split_terminator("\n\n").map(event).collect()
}

#[test]
fn a_call_that_is_asked_for_as_events_tells_its_progress_and_the_vendors_pieces() {
    let mocks = Mocks::start(&["airops"]);
    let served = Served::with(&[], mocks.settings());
    let input = r#"{"agent-id":"agt_helpdesk","message":"Which plans do you offer?"}"#;
    let ask = |accept: &'static str| {
        let (status, text) = answer(&mocks.runtime, post(&served, "airops.stream-chat", input).header(ACCEPT, accept));
        assert_eq!(status, 200, "{text}");
        text
    };
    let text = ask("text/event-stream");
    let events = events(text.as_str().unwrap());
    let count = |wanted: &str| events.iter().filter(|(name, _)| name == wanted).count();
    assert!(count("progress") >= 1 && count("piece") > 5, "{events:?}");
    let (name, last) = events.last().unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!((&**name, count("answer"), &last["status"]), ("answer", 1, &json!(200)));
    let whole: Value = serde_json::from_str(last["body"].as_str().unwrap()).unwrap();
    // By the vendor's document: a token in each event of an agent's reply.
    let pieces = events.iter().filter(|(name, _)| name == "piece");
    let pieces = pieces.filter_map(|(_, data)| serde_json::from_str::<Value>(data).ok());
    let tokens: String = pieces.filter_map(|one| Some(one["delta"]["output"]["token"].as_str()?.to_owned())).collect();
    assert_eq!(json!(tokens), whole["response"]);
    // Who does not ask for events gets the answer alone.
    assert_eq!(ask("*/*")["response"], whole["response"]);
}

#[test]
fn progress_has_the_number_of_requests_where_the_operation_knows_it() {
    let served = Served::with(&["--mock"], []);
    let steps = r#"{"aero":"90402","category":"task","steps":[{"name":"Import statements"},{"name":"Send summary"}]}"#;
    let request = post(&served, "aero.add-checklist", steps).header(ACCEPT, "text/event-stream");
    let (status, text) = answer(&runtime(), request);
    let all = events(text.as_str().unwrap_or_default());
    let progress = all.iter().filter(|(name, _)| name == "progress");
    let progress: Vec<Value> = progress.map(|(_, data)| serde_json::from_str(data).unwrap()).collect();
    let last = progress.last().unwrap_or(&Value::Null);
    assert!(status == 200 && last["total"].is_u64() && last["total"] == last["requests"], "{text}");
}

#[test]
fn no_event_has_the_vendors_key() {
    let mocks = Mocks::start(&["airops"]);
    let served = Served::with(&[], mocks.settings());
    let settings = mocks.settings();
    let (_, key) = settings.iter().find(|(name, _)| name == "AIROPS_API_KEY").unwrap();
    // The mock's agent says what it was asked before, a word in each event.
    for (session, message) in [("s-1", key.clone()), ("s-2", key.chars().map(|letter| format!("{letter} ")).collect())]
    {
        let ask = |message: &str| {
            let input = json!({ "agent-id": "agt_helpdesk", "message": message, "session-id": session }).to_string();
            let request = post(&served, "airops.stream-chat", &input).header(ACCEPT, "text/event-stream");
            answer(&mocks.runtime, request).1.as_str().unwrap().to_owned()
        };
        ask(&message);
        let events = events(&ask("What did I ask before?"));
        let (pieces, last) = events.split_at(events.len() - 1);
        assert!(pieces.iter().any(|(_, data)| data.contains("asked")), "{events:?}");
        assert!(pieces.iter().any(|(_, data)| data.contains("[secret]")), "{events:?}");
        assert!(last[0].1.contains("[secret]"), "{events:?}");
        let letters = |text: &str| text.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect::<String>();
        let tokens = pieces.iter().filter_map(|(_, data)| serde_json::from_str::<Value>(data).ok());
        let tokens: String =
            tokens.filter_map(|one| Some(one["delta"]["output"]["token"].as_str()?.to_owned())).collect();
        // Of what begins it, less than four letters may pass.
        assert!(!letters(&tokens).contains(&letters(key)[..4]), "{tokens}");
    }
}

#[test]
fn a_client_that_leaves_a_call_by_http_cancels_the_run() {
    let mocks = Mocks::start(&["airops"]);
    let served = Served::with(&[], mocks.settings());
    let job = r#"{"workflow-id":"wf_research_001","inputs":{},"interval-ms":600000}"#;
    let request = post(&served, "airops.run-workflow", job).header(ACCEPT, "text/event-stream");
    mocks.runtime.block_on(async {
        let response = request.send().await.unwrap();
        while mocks.servers[0].seen().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        drop(response);
        for _ in 0..500 {
            if mocks.servers[0].seen().iter().any(|seen| seen.path.ends_with("/cancel")) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("nothing was cancelled: {:?}", mocks.servers[0].seen());
    });
}

#[test]
fn a_body_that_is_too_long_or_breaks_is_refused() {
    let served = Served::with(&["--mock"], []);
    let target = url(&served, "");
    let address = target.trim_start_matches("http://").trim_end_matches('/');
    let status = |body: &str| {
        let head = format!("POST /operations/accelo.list-staff HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
        let fields = "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut stream = TcpStream::connect(address).unwrap();
        // The server may answer before it has read all.
        _ = stream.write_all(format!("{head}{fields}{body}").as_bytes());
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line[9..12].parse::<u16>().unwrap()
    };
    assert_eq!(status("2\r\n{}\r\n0\r\n\r\n"), 200);
    let long = format!("{{\"x\":\"{}\"}}", "a".repeat(1 << 20));
    assert_eq!(status(&format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len())), 413);
    assert_eq!(status("zz\r\n{}\r\n0\r\n\r\n"), 400);
}

#[test]
fn the_page_can_be_left_out() {
    let served = Served::with(&["--mock", "--vendors", "accelo", "--no-docs"], []);
    let runtime = runtime();
    assert_eq!(answer(&runtime, get(&served, "/docs")).0, 404);
    assert_eq!(answer(&runtime, get(&served, "/docs/library.js")).0, 404);
    assert_eq!(answer(&runtime, get(&served, "/operations")).0, 200);
}
