//! Calls: errors, long results, progress, cancellation, consent, traces.

use super::Mocks;
use super::client::Client;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

/// A run that takes as long as the mock's clock says, looked at once a minute.
fn long_run() -> Value {
    json!({ "operation": "airops.run-workflow", "input": {
        "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000,
    } })
}

#[test]
fn a_write_is_refused_where_only_reads_are_granted_and_by_the_tool_for_reads() {
    let write = json!({ "operation": "accelo.create-company", "input": { "name": "Pell" } });
    let mut reader = Client::start(&["--mock", "--grant", "read"], &[]);
    for tool in ["call-write-operation", "call-read-operation"] {
        let error = reader.failed(tool, write.clone());
        assert_eq!((&error["kind"], &error["advice"]), (&json!("denied"), &json!("ask-person")));
        assert_eq!(error["details"]["rule"], "grant read");
    }
    let mut client = Client::start(&["--mock"], &[]);
    let error = client.failed("call-read-operation", write);
    assert_eq!((&error["kind"], &error["advice"]), (&json!("invalid-input"), &json!("change-input")));
    assert!(error["message"].as_str().unwrap().ends_with("call it with call-write-operation"), "{error}");
}

#[test]
fn an_argument_that_is_given_twice_is_refused_wherever_it_stands() {
    let mocks = Mocks::start(&["accelo"]);
    for (number, arguments, field) in [
        (901, r#""operation":"accelo.create-company","input":{"name":"first","name":"second"}"#, "input.name"),
        (
            902,
            r#""operation":"accelo.list-staff","operation":"accelo.create-company","input":{"name":"x"}"#,
            "operation",
        ),
        (903, r#""operation":"accelo.create-company","input":"{\"name\":\"a\",\"name\":\"b\"}""#, "input.name"),
    ] {
        let mut client = mocks.client(&[]);
        let tool = "call-write-operation";
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"{tool}","arguments":{{{arguments}}}}}}}"#
        );
        client.raw(message.as_bytes());
        let answer = client.end(number);
        let error = &answer["result"]["structuredContent"];
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid-input"), &json!(field)), "{answer}");
    }
    assert!(mocks.requests().is_empty());
}

#[test]
fn an_answer_to_a_question_that_says_two_things_is_no_consent() {
    let mut client = Client::with(&["--mock", "--confirm", "write"], &[], json!({ "elicitation": {} }));
    let call = json!({ "operation": "accelo.create-company", "input": { "name": "Pell" } });
    let id = client.begin("tools/call", json!({ "name": "call-write-operation", "arguments": call }));
    let question = client.next();
    let asked = &question["id"];
    assert_eq!(question["method"], "elicitation/create");
    let answer = r#"{"action":"accept","action":"accept","content":{"agree":true}}"#;
    client.raw(format!(r#"{{"jsonrpc":"2.0","id":{asked},"result":{answer}}}"#).as_bytes());
    let error = client.end(id)["result"]["structuredContent"].clone();
    assert_eq!(error["kind"], "denied", "{error}");
}

#[test]
fn what_is_out_of_bounds_is_refused_and_not_bent() {
    let mut client = Client::start(&["--mock", "--budget", "1000"], &[]);
    for limit in [0, 21, 1000] {
        let error = client.failed("search-operations", json!({ "intent": "list staff", "limit": limit }));
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid-input"), &json!("limit")), "{error}");
    }
    let cut = client.done("call-read-operation", json!({ "operation": "aero.list-tasks" }));
    let cursor = &cut["cut"][0]["cursor"];
    let error = client.failed("call-read-operation", json!({ "operation": "accelo.list-staff", "cursor": cursor }));
    assert_eq!(error["field"], "operation", "{error}");
    client.done("call-read-operation", json!({ "operation": "aero.list-tasks", "cursor": cursor }));
}

#[test]
fn a_cursor_stands_alone_and_its_errors_name_the_operation() {
    let mut client = Client::start(&["--mock", "--budget", "1000"], &[]);
    let tasks = "aero.list-tasks";
    let cut = client.done("call-read-operation", json!({ "operation": tasks }));
    let cursor = &cut["cut"][0]["cursor"];
    for (arguments, field) in [
        (json!({ "operation": tasks, "cursor": cursor, "input": { "limit": 1 } }), "input"),
        (json!({ "operation": tasks, "cursor": cursor, "account": "default" }), "account"),
        (json!({ "operation": tasks, "cursor": "none.1/result" }), "cursor"),
        (json!({ "operation": "accelo.list-staff", "cursor": cursor }), "operation"),
        (json!({ "operation": tasks, "cursor": 7 }), "cursor"),
    ] {
        let error = client.failed("call-read-operation", arguments.clone());
        let facts = (&error["kind"], &error["field"], &error["operation"]);
        assert_eq!(facts, (&json!("invalid-input"), &json!(field), &arguments["operation"]), "{error}");
    }
    // What is empty is left out.
    let empty = json!({ "operation": tasks, "cursor": cursor, "input": {}, "account": null });
    client.done("call-read-operation", empty);
}

#[test]
fn an_error_says_kind_advice_status_and_when_to_come_again() {
    let mocks = Mocks::start(&["airops"]);
    let mut settings = mocks.settings();
    settings.push(("OUTWIT_TRIES".to_owned(), "1".to_owned()));
    let mut client = Client::start(&[], &settings);
    mocks.switch("throttle=1");
    let error = client.failed("call-read-operation", json!({ "operation": "airops.list-workflows" }));
    let expected = json!(["rate-limited", "retry-later", 429, 1000]);
    assert_eq!(json!([error["kind"], error["advice"], error["status"], error["retry-after-ms"]]), expected);
    let gone = json!({ "execution-id": "exec_none" });
    let error = client.failed("call-write-operation", json!({ "operation": "airops.cancel-execution", "input": gone }));
    assert_eq!((&error["kind"], &error["status"]), (&json!("not-found"), &json!(400)), "{error}");
}

#[test]
fn a_wrong_call_gets_an_error_that_says_how_to_correct_it() {
    let mut client = Client::start(&["--mock"], &[]);
    let error = client.failed("describe-operation", json!({ "operation": "accelo.list-activites" }));
    assert_eq!(error["details"]["nearest"][0], "accelo.list-activities");
    let error = client.failed("call-read-operation", json!({ "operation": "accelo.list-staff", "limit": 3 }));
    assert!(error["message"].as_str().unwrap().ends_with("belongs into `input`"), "{error}");
    let error = client.failed("call-read-operation", json!({ "operation": "accelo.list-staff", "input": [1] }));
    assert_eq!(error["field"], "input");
    let error =
        client.failed("call-read-operation", json!({ "operation": "accelo.list-staff", "input": { "limit": "x" } }));
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid-input"), &json!("input.limit")), "{error}");
    // Some agents send JSON as a text, and nothing where there is nothing to say.
    let as_text =
        client.done("call-read-operation", json!({ "operation": "accelo.list-staff", "input": "{\"limit\": 1}" }));
    assert_eq!(as_text["result"].as_array().unwrap().len(), 1);
    client.done("call-read-operation", json!({ "operation": "accelo.list-staff" }));
    let answer = client.request("tools/call", json!({ "name": "no-such-tool", "arguments": {} }));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[test]
fn a_long_list_is_cut_and_its_rest_is_given_without_asking_the_vendor_again() {
    let mocks = Mocks::start(&["aero"]);
    let whole = mocks.client(&[]).done("call-read-operation", json!({ "operation": "aero.list-tasks" }));
    assert!(whole.get("cut").is_none(), "{whole}");
    let whole = &whole["result"]["aeros"];
    for (options, tool, more) in [
        (["--tools", "few"], "call-read-operation", "call-read-operation"),
        (["--tools", "all"], "aero-list-tasks", "continue-result"),
    ] {
        mocks.servers[0].forget();
        let mut client = mocks.client(&[&options[..], &["--budget", "1000"]].concat());
        let few = tool == "call-read-operation";
        let mut answer = client.done(tool, if few { json!({ "operation": "aero.list-tasks" }) } else { json!({}) });
        let mut items = answer["result"]["aeros"].as_array().unwrap().clone();
        let mut pieces = 1;
        while let Some(cut) = answer.get("cut").map(|cut| cut[0].clone()) {
            assert!(cut["hint"].as_str().unwrap().starts_with(more), "{cut}");
            assert_eq!((&cut["of"], &cut["unit"]), (&json!(whole.as_array().unwrap().len()), &json!("items")));
            let mut rest = json!({ "cursor": cut["cursor"] });
            if few {
                rest["operation"] = json!("aero.list-tasks");
            }
            answer = client.done(more, rest);
            items.extend(answer["result"].as_array().unwrap().iter().cloned());
            pieces += 1;
        }
        assert!(pieces > 2 && Value::from(items) == *whole, "{pieces} pieces");
        assert_eq!(mocks.requests().len(), 1, "{:?}", mocks.requests());
    }
}

/// One float in four of so many digits becomes its neighbour in readers that round in haste.
#[test]
fn a_float_reaches_the_agent_as_the_vendor_wrote_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        _ = stream.read(&mut [0; 4096]).unwrap();
        let body = r#"{"id":7,"status":"success","output":{"total":99301169808.54839}}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}", body.len());
        stream.write_all(format!("{head}\r\nconnection: close\r\n\r\n{body}").as_bytes()).unwrap();
    });
    let settings = [("AIROPS_BASE_URL", url.as_str()), ("AIROPS_API_KEY", "no-real-key-0001")];
    let mut client = Client::start(&[], &settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let look =
        json!({ "operation": "airops.get-workflow-execution", "input": { "workflow-id": "7", "execution-id": "7" } });
    let done = client.done("call-read-operation", look);
    served.join().unwrap();
    assert_eq!(done["result"]["outputs"]["total"].to_string(), "99301169808.54839", "{done}");
}

#[test]
fn progress_is_reported_while_a_run_is_waited_for() {
    let mocks = Mocks::start(&["airops"]);
    let mut client = mocks.client(&[]);
    // By its UUID, a short run is started in the background, too.
    let classify = "3f1d0c52-7a8e-4b6f-9c21-5e0b7d4a1f0f";
    let run = json!({ "workflow-id": classify, "inputs": { "text": "My invoice is wrong" }, "interval-ms": 20 });
    let arguments = json!({ "operation": "airops.run-workflow", "input": run });
    let meta = json!({ "progressToken": "p1" });
    let call = json!({ "name": "call-write-operation", "arguments": arguments, "_meta": meta });
    let done = client.request("tools/call", call);
    assert_eq!(done["result"]["structuredContent"]["result"]["status"], "completed", "{done}");
    let params: Vec<&Value> = client.notes.iter().map(|note| &note["params"]).collect();
    assert!(params.len() >= 2 && params.iter().all(|one| one["progressToken"] == "p1"), "{params:?}");
    assert!(params.is_sorted_by(|a, b| a["progress"].as_f64() < b["progress"].as_f64()), "{params:?}");
    assert!(params.iter().any(|one| one["message"].as_str().unwrap().ends_with("requests")), "{params:?}");
}

/// Accelo with 3,000 activities: what it answers to the requests of a report, in their order.
fn three_thousand_activities() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let page = |page: usize| -> Value {
        let activity =
            |n: usize| json!({ "id": (page * 100 + n).to_string(), "staff": { "id": "7" }, "billable": "60" });
        (1..=100).map(activity).collect()
    };
    std::thread::spawn(move || {
        let mut requests = 0..;
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|length| length > 0) {
                let head_ends = line.trim().is_empty();
                line.clear();
                if !head_ends {
                    continue;
                }
                let response = match requests.next().unwrap() {
                    0 => page(0),
                    1 => json!({ "count": "3000" }),
                    request @ 2..=30 => page(request - 1),
                    _ => json!([]),
                };
                let body = json!({ "meta": { "status": "ok" }, "response": response }).to_string();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
                stream.get_mut().write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
            }
        }
    });
    url
}

#[test]
fn progress_tells_how_many_requests_a_long_report_takes() {
    let url = three_thousand_activities();
    let settings = [("ACCELO_BASE_URL", &*url), ("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_TOKEN", "no-real-token-0001")];
    let mut client = Client::start(&[], &settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let month = json!({ "company": "311", "from": 1_767_225_600, "to": 1_769_904_000 });
    let arguments = json!({ "operation": "accelo.report-time-by-staff", "input": month });
    let call = json!({ "name": "call-read-operation", "arguments": arguments, "_meta": { "progressToken": 7 } });
    let done = client.request("tools/call", call);
    assert_eq!(done["result"]["structuredContent"]["result"]["activities"], 3000, "{done}");
    let params: Vec<&Value> = client.notes.iter().map(|note| &note["params"]).collect();
    let progress = |one: &Value| one["progress"].as_f64().unwrap();
    assert!(params.len() > 5 && params.iter().all(|one| one["progressToken"] == 7), "{params:?}");
    assert!(params.windows(2).all(|two| progress(two[0]) < progress(two[1])), "{params:?}");
    let (with_total, without): (Vec<&Value>, Vec<&Value>) = params.into_iter().partition(|one| one["total"] == 32.0);
    assert!(without.iter().all(|one| one["total"].is_null() && progress(one) < 3.0), "{without:?}");
    for one in &with_total {
        assert!(progress(one) <= 32.0, "{one}");
        let message = one["message"].as_str().unwrap();
        assert!(message.ends_with(&format!("{} of 32 requests", progress(one))), "{one}");
    }
    assert!(with_total.len() > 3, "{with_total:?}");
}

#[test]
fn a_call_that_the_client_cancels_is_cancelled_at_the_vendor() {
    let mocks = Mocks::start(&["airops"]);
    let mut client = mocks.client(&[]);
    let id = client.begin("tools/call", json!({ "name": "call-write-operation", "arguments": long_run() }));
    mocks.wait_for("execut");
    client.notify("notifications/cancelled", json!({ "requestId": id }));
    mocks.wait_for_cancel();
    // The connection goes on, and nothing more is said about the call.
    client.done("call-read-operation", json!({ "operation": "airops.list-workflows" }));
    assert!(client.notes.is_empty(), "{:?}", client.notes);
}

#[test]
fn a_program_that_is_ended_cancels_what_it_waits_for() {
    let mocks = Mocks::start(&["airops"]);
    let mut client = mocks.client(&[]);
    client.begin("tools/call", json!({ "name": "call-write-operation", "arguments": long_run() }));
    mocks.wait_for("execut");
    let ended = std::process::Command::new("kill").arg(client.pid().to_string()).status().unwrap();
    assert!(ended.success());
    mocks.wait_for_cancel();
    assert!(client.close(), "it ends as it should");
}

#[test]
fn a_person_is_asked_once_and_what_the_person_says_counts() {
    let mocks = Mocks::start(&["accelo"]);
    let delete = |id: &str| json!({ "operation": "accelo.delete-company", "input": { "id": id } });
    let asking = json!({ "elicitation": {} });
    let options = ["--confirm", "destroy"];
    let mut companies = ["123", "205", "207"].into_iter();
    for (answer, outcome) in [
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "declined"),
        (json!({ "action": "accept", "content": { "agree": false } }), "declined"),
        // The form as it comes: to accept is the one act of consent.
        (json!({ "action": "accept" }), ""),
        (json!({ "action": "accept", "content": {} }), ""),
        // As PHP writes it.
        (json!({ "action": "accept", "content": [] }), ""),
    ] {
        let mut client = Client::with(&options, &mocks.settings(), asking.clone());
        let id = if outcome.is_empty() { companies.next().unwrap() } else { "123" };
        client.answer = Some(Box::new(move |question| {
            let message = question["message"].as_str().unwrap();
            assert!(message.contains("accelo.delete-company") && message.contains(id), "{message}");
            assert_eq!(question["requestedSchema"], json!({ "type": "object", "properties": {} }));
            answer.clone()
        }));
        if outcome.is_empty() {
            assert_eq!(client.done("call-write-operation", delete(id))["result"], Value::Null);
            mocks.servers[0].forget();
        } else {
            let error = client.failed("call-write-operation", delete(id));
            assert_eq!(error["kind"], "denied");
            assert!(error["message"].as_str().unwrap().ends_with(outcome), "{error}");
            assert!(mocks.requests().is_empty(), "{:?}", mocks.requests());
        }
    }
    let error = mocks.client(&options).failed("call-write-operation", delete("123"));
    assert!(error["message"].as_str().unwrap().ends_with("nobody can be asked here"), "{error}");
}

#[test]
fn a_trace_goes_on_at_the_vendor() {
    let mocks = Mocks::start(&["accelo"]);
    let mut client = mocks.client(&[]);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let arguments = json!({ "operation": "accelo.list-staff" });
    let call = json!({ "name": "call-read-operation", "arguments": arguments, "_meta": { "traceparent": parent } });
    client.request("tools/call", call);
    assert_eq!(mocks.servers[0].seen()[0].headers["traceparent"], parent);
}

/// "Log the 45-minute client meeting on Acme's website job, billable."
#[test]
fn an_agent_finds_and_logs_a_billable_meeting_on_a_clients_job() {
    let mocks = Mocks::start(&["accelowork"]);
    let mut client = mocks.client(&["--vendors", "accelowork"]);
    let intent = "log the 45-minute client meeting on Acme's website job, billable";
    let found = client.done("search-operations", json!({ "intent": intent }));
    assert_eq!(found["operations"][0]["id"], "accelowork.log-work", "{found}");
    let input = json!({
        "on": "job", "title": "website", "company": "Acme", "minutes": 45, "billable": true, "subject": "Client meeting",
        "medium": "meeting",
    });
    let logged = client.done("call-write-operation", json!({ "operation": "accelowork.log-work", "input": input }));
    let result = &logged["result"];
    assert_eq!((&result["title"], &result["billable"]), (&json!("Website relaunch"), &json!(2700)), "{logged}");
    assert_eq!(mocks.requests().last().map(String::as_str), Some("POST /api/v0/activities"));
}
