//! What is refused, and how it is told.

use super::served::{Served, TOKEN, all, answer, serving};
use outwit::{ErrorKind, GatewayApp, Grant, Options, Settings};
use outwit_host_test::doors::{check_answers, check_doors};
use outwit_host_test::net::{options, run};
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The largest body that the gateway reads.
const MOST: usize = 1 << 20;

/// The problem that a request is answered with.
async fn problem(request: reqwest::RequestBuilder, expected: u16) -> Value {
    let reply = request.send().await.unwrap();
    assert_eq!(reply.status().as_u16(), expected);
    assert_eq!(reply.headers()["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
    assert_eq!(problem["status"], expected);
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    problem
}

#[test]
fn a_bad_request_gets_a_problem_document() {
    serving(&["accelo"], async |served| {
        let call = "/operations/accelo.list-activities";
        let typed = || served.request("POST", call).bearer_auth(TOKEN).header("content-type", "application/json");
        problem(typed().body("{\"limit\": "), 400).await;
        problem(typed().body(vec![b' '; MOST + 1]), 413).await;
        problem(served.request("POST", call).bearer_auth(TOKEN).body("{}"), 415).await;
        let unknown = problem(served.post("/operations/accelo.list-activites", &json!({})), 404).await;
        assert_eq!(unknown["details"]["nearest"][0], "accelo.list-activities");
        let wrong = problem(served.post(call, &json!({ "limit": 0 })), 422).await;
        assert_eq!((&wrong["kind"], &wrong["field"]), (&json!("invalid-input"), &json!("input.limit")));
        let reply = served.request("PUT", call).bearer_auth(TOKEN).send().await.unwrap();
        assert_eq!((reply.status().as_u16(), &reply.headers()["allow"]), (405, &"GET, HEAD, POST".parse().unwrap()));
        problem(served.get("/nothing"), 404).await;
        assert!(served.mocks[0].seen().is_empty());
    });
}

#[test]
fn a_body_that_says_a_member_twice_is_refused() {
    serving(&["accelo"], async |served| {
        let typed = |path: &str, body: &'static str| {
            served.request("POST", path).bearer_auth(TOKEN).header("content-type", "application/json").body(body)
        };
        let call = typed("/operations/accelo.list-activities", r#"{"limit":1,"limit":2}"#);
        let wrong = problem(call, 422).await;
        let facts = [&wrong["kind"], &wrong["field"], &wrong["operation"]];
        assert_eq!(facts, [&json!("invalid-input"), &json!("input.limit"), &json!("accelo.list-activities")]);
        let message = r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"call-read-operation","arguments":
            {"operation":"accelo.list-staff","input":{"limit":1,"limit":2}}}}"#;
        let (status, reply) = answer(typed("/mcp", message)).await;
        let (id, error) = (&reply["id"], &reply["result"]["structuredContent"]);
        assert_eq!((status, id, &error["field"]), (200, &json!(5), &json!("input.limit")), "{reply}");
        assert_eq!(error["message"], "input.limit: given twice, expected once");
        assert!(served.mocks[0].seen().is_empty());
    });
}

#[test]
fn the_longest_body_that_is_let_in_reaches_the_vendor() {
    serving(&all(), async |served| {
        let (call, mcp) = ("/operations/accelo.create-activity", "/mcp");
        let note = json!({ "subject": "x", "against-type": "company", "against-id": "311", "medium": "note" });
        let input = |body: &str| {
            let mut input = note.clone();
            input["body"] = body.into();
            input
        };
        let message = |body: &str| {
            let call = json!({ "operation": "accelo.create-activity", "input": input(body) });
            let params = json!({ "name": "call-write-operation", "arguments": call });
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
        };
        // Each with the text that makes it as long as can be, and then with one letter more.
        let room = |empty: &Value| "a".repeat(MOST - empty.to_string().len());
        let (by_call, by_mcp) = (room(&input("")), room(&message("")));
        for (path, longest, longer) in [
            (call, input(&by_call), input(&format!("{by_call}a"))),
            (mcp, message(&by_mcp), message(&format!("{by_mcp}a"))),
        ] {
            assert_eq!(longest.to_string().len(), MOST);
            let (status, output) = answer(served.post(path, &longest)).await;
            assert_eq!((status, output["result"]["isError"] == true), (200, false), "{path}");
            problem(served.post(path, &longer), 413).await;
        }
        let accelo = all().iter().position(|vendor| *vendor == "accelo").unwrap();
        assert_eq!(served.mocks[accelo].seen().iter().filter(|seen| seen.method == "POST").count(), 2);
    });
}

#[test]
fn a_vendor_error_is_reported_with_all_its_details() {
    serving(&["accelo"], async |served| {
        let missing = problem(served.post("/operations/accelo.get-activity", &json!({ "id": "9" })), 404).await;
        assert_eq!((&missing["kind"], &missing["vendor-status"]), (&json!("not-found"), &json!(400)));
        assert_eq!(missing["operation"], "accelo.get-activity");
    });
}

#[test]
fn a_busy_vendors_retry_after_is_reported() {
    run(async {
        let settings = [("OUTWIT_GATEWAY_TOKEN", TOKEN), ("OUTWIT_TRIES", "1")];
        let served = Served::with(&["airops"], options(), &settings).await;
        let throttled = reqwest::Client::new().post(format!("{}/mock?throttle=1", served.mocks[0].url())).send().await;
        assert!(throttled.unwrap().status().is_success());
        let reply = served.post("/operations/airops.list-workflows", &json!({})).send().await.unwrap();
        assert_eq!((reply.status().as_u16(), reply.headers().get("retry-after")), (429, Some(&"1".parse().unwrap())));
        let busy: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        assert_eq!((&busy["kind"], &busy["retry-after-ms"]), (&json!("rate-limited"), &json!(1000)));
        assert_eq!(served.call("airops.list-workflows", &json!({})).await.0, 200);
    });
}

#[test]
fn without_the_token_nothing_is_answered_but_whether_the_gateway_works() {
    serving(&["accelo"], async |served| {
        for path in ["/operations", "/openapi.json", "/search?q=x", "/operations/accelo.list-staff", "/mcp"] {
            problem(served.request("GET", path), 401).await;
            problem(served.request("GET", path).bearer_auth("open-sesam"), 401).await;
        }
        let (status, health) = answer(served.request("GET", "/healthz")).await;
        assert_eq!((status, health), (200, json!({ "status": "ok" })));
    });
}

#[test]
fn one_rule_lets_in_to_all_routes_and_every_answer_is_marked() {
    run(async {
        for (setting, token) in [("OUTWIT_GATEWAY_OPEN", None), ("OUTWIT_GATEWAY_TOKEN", Some("sesame"))] {
            // A token out of a file ends with a line break.
            let value = token.map_or_else(|| "1".to_owned(), |token| format!("{token}\n"));
            let served = Served::with(&["accelo"], options(), &[(setting, &value)]).await;
            let address = served.url.strip_prefix("http://").unwrap();
            check_doors(address, token, || served.mocks[0].seen().len());
            if token.is_none() {
                check_answers(address);
            }
        }
    });
}

#[test]
fn a_gateway_that_is_open_is_open_to_this_machine_only() {
    run(async {
        let served = Served::with(&["accelo"], options(), &[("OUTWIT_GATEWAY_OPEN", "1")]).await;
        assert_eq!(answer(served.request("GET", "/operations")).await.0, 200);
        problem(served.request("GET", "/operations").header("host", "evil.example"), 403).await;
        problem(served.request("GET", "/operations").header("origin", "https://evil.example"), 403).await;
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let error = outwit_server::serve(served.app.clone(), listener, Box::pin(async {})).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("OUTWIT_GATEWAY_TOKEN"));
    });
}

#[test]
fn a_gateway_without_any_setting_lets_nobody_in() {
    run(async {
        let served = Served::with(&["accelo"], options(), &[]).await;
        for path in ["/healthz", "/operations"] {
            let closed = problem(served.get(path), 503).await;
            assert_eq!(closed["field"], "OUTWIT_GATEWAY_TOKEN");
        }
    });
}

#[test]
fn what_the_host_does_not_grant_does_not_reach_the_vendor() {
    run(async {
        let options = Options { grant: Grant::Read, ..options() };
        let served = Served::with(&["accelo"], options, &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await;
        assert_eq!(served.call("accelo.list-staff", &json!({})).await.0, 200);
        let created = json!({ "subject": "x", "against-type": "company", "against-id": "311", "medium": "note" });
        let refused = problem(served.post("/operations/accelo.create-activity", &created), 403).await;
        assert_eq!(refused["kind"], "denied");
        assert!(served.mocks[0].seen().iter().all(|seen| seen.method == "GET"));
    });
}

#[test]
fn a_key_of_a_vendor_goes_to_the_vendor_and_nowhere_else() {
    serving(&["accelo", "airops"], async |served| {
        let secret = |name: &str, index: usize| {
            let (_, value) = served.mocks[index].settings().iter().find(|(known, _)| known == name).unwrap();
            value.clone()
        };
        assert_eq!(served.call("accelo.list-staff", &json!({})).await.0, 200);
        assert_eq!(served.call("airops.list-workflows", &json!({})).await.0, 200);
        let (accelo, airops) = (secret("ACCELO_TOKEN", 0), secret("AIROPS_API_KEY", 1));
        for (index, own, other) in [(0, &accelo, &airops), (1, &airops, &accelo)] {
            for seen in served.mocks[index].seen() {
                let sent = format!("{:?}", seen.headers.iter().map(|(_, value)| value.as_bytes()).collect::<Vec<_>>());
                let bytes = |text: &str| format!("{:?}", text.as_bytes()).trim_matches(['[', ']']).to_owned();
                assert!(sent.contains(&bytes(own)) && !sent.contains(&bytes(other)) && !sent.contains(&bytes(TOKEN)));
            }
        }
    });
}

/// What is taken out makes a reply shorter than its component said.
#[test]
fn a_key_that_the_vendor_says_again_is_taken_out_and_the_rest_of_the_reply_comes_to_its_end() {
    run(async {
        let body = r#"{"meta":{"status":"ok"},"response":[{"id":"7","title":"at-0123456789abcdef"},{"id":"8"}]}"#;
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let vendor = start(Fault::Reply { status: 200, headers, body: body.into() }).await.unwrap();
        let settings = [
            ("OUTWIT_GATEWAY_TOKEN", TOKEN),
            ("ACCELO_BASE_URL", vendor.url()),
            ("ACCELO_TOKEN", "at-0123456789abcdef"),
        ];
        let served = Served::with(&["accelo"], options(), &settings).await;
        let (status, staff) = served.call("accelo.list-staff", &json!({})).await;
        assert_eq!((status, &staff[0]["title"], &staff[1]["id"]), (200, &json!("[secret]"), &json!("8")), "{staff}");
    });
}

#[test]
fn a_credential_is_not_sent_where_others_can_read_it() {
    run(async {
        let served = Served::start(&["accelo"]).await;
        let settings: Settings =
            [("ACCELO_BASE_URL", "http://example.com"), ("ACCELO_TOKEN", "t")].into_iter().collect();
        let error = served.app.with_settings(&settings).err().unwrap();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Misconfigured, Some("ACCELO_BASE_URL")));
    });
}

#[test]
fn what_is_no_composed_file_is_not_served() {
    run(async {
        let vendor = outwit::Plugins::embedded().component("accelo").unwrap().unwrap();
        for file in [&b"hello"[..], b"\0asm\x0d\0\x01\0", b"\0asm\x0d\0\x01\0\x04\xff\xff\xff\xff\xff", &vendor] {
            assert_eq!(GatewayApp::load(options(), file).await.err().unwrap().kind, ErrorKind::Misconfigured);
        }
    });
}

#[test]
fn no_event_of_a_call_has_a_vendors_key() {
    serving(&["airops"], async |served| {
        let settings = served.mocks[0].settings();
        let (_, key) = settings.iter().find(|(name, _)| name == "AIROPS_API_KEY").unwrap();
        // The mock's agent says what it was asked before, a word in each event.
        let ask = async |message: &str| {
            let input = json!({ "agent-id": "agt_helpdesk", "message": message, "session-id": "s-1" });
            let request = served.post("/operations/airops.stream-chat", &input).header("accept", "text/event-stream");
            request.send().await.unwrap().text().await.unwrap()
        };
        ask(key).await;
        let events = ask("What did I ask before?").await;
        assert!(events.contains("event: piece") && events.contains("[secret]"), "{events}");
        assert!(!events.contains(&**key), "{events}");
    });
}
