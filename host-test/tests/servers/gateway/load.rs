//! Many requests at once.

use super::served::{Served, TOKEN, all};
use outwit::Options;
use outwit_host_test::net::{options, run};
use outwit_mocks::faults::{self, Fault};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

#[test]
fn two_hundred_requests_at_once_are_all_answered() {
    run(async {
        let served = Arc::new(Served::start(&all()).await);
        let calls = ["accelo.list-staff", "aero.list-companies", "airops.list-workflows"];
        let mut set = JoinSet::new();
        for index in 0..200 {
            let served = served.clone();
            set.spawn(async move { served.call(calls[index % calls.len()], &json!({})).await });
        }
        while let Some(done) = set.join_next().await {
            let (status, output) = done.unwrap();
            assert_eq!(status, 200, "{output}");
            assert!(output.as_array().is_some_and(|items| !items.is_empty()), "{output}");
        }
    });
}

#[test]
fn more_requests_than_there_are_places_wait_for_one() {
    run(async {
        let options = Options { concurrency: 2, ..options() };
        let served = Arc::new(Served::with(&["accelo"], options, &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await);
        let mut set = JoinSet::new();
        for _ in 0..20 {
            let served = served.clone();
            set.spawn(async move { served.call("accelo.list-staff", &json!({})).await.0 });
        }
        while let Some(status) = set.join_next().await {
            assert_eq!(status.unwrap(), 200);
        }
    });
}

/// A call begins when its body is there. RFC 9110, 15.5.9: a request that does not come in time is a 408, and its connection ends.
#[test]
fn clients_that_do_not_finish_their_bodies_hold_up_no_call() {
    run(async {
        let patience = Duration::from_secs(3);
        let options = Options { concurrency: 1, read_timeout: patience, ..options() };
        let served = Served::with(&["accelo"], options, &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await;
        let head = "POST /operations/accelo.list-staff HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let begins = format!("{head}authorization: Bearer {TOKEN}\r\ncontent-length: 1000\r\n\r\n{{");
        let begun = Instant::now();
        let mut clients = Vec::new();
        for _ in 0..20 {
            let mut client = TcpStream::connect(served.url.strip_prefix("http://").unwrap()).await.unwrap();
            client.write_all(begins.as_bytes()).await.unwrap();
            clients.push(client);
        }
        assert_eq!(served.call("accelo.list-staff", &json!({})).await.0, 200);
        assert!(begun.elapsed() < patience, "{:?}", begun.elapsed());
        // One of them sends a byte now and then.
        let (mut answer, mut slow) = clients.pop().unwrap().into_split();
        let drips = tokio::spawn(async move {
            while slow.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        let mut response = Vec::new();
        _ = answer.read_to_end(&mut response).await;
        let response = String::from_utf8_lossy(&response);
        assert!(response.starts_with("HTTP/1.1 408"), "{response}");
        drips.abort();
        for mut client in clients {
            let mut response = Vec::new();
            client.read_to_end(&mut response).await.unwrap();
            let response = String::from_utf8(response).unwrap();
            assert!(response.starts_with("HTTP/1.1 408") && response.contains("connection: close"), "{response}");
        }
        assert!(begun.elapsed() < patience * 3, "{:?}", begun.elapsed());
    });
}

/// RFC 9112, 3.2.2: a server accepts the absolute form, and it names the host.
#[test]
fn a_request_in_absolute_form_is_one_to_the_host_that_it_names() {
    run(async {
        let open = Served::with(&["accelo"], options(), &[("OUTWIT_GATEWAY_OPEN", "1")]).await;
        let closed = Served::start(&["accelo"]).await;
        for (served, target, host, status) in [
            (&open, "http://localhost/healthz", "localhost", "200"),
            (&open, "HTTP://LOCALHOST:1/operations?intent=staff", "localhost:1", "200"),
            (&open, "http://evil.example/healthz", "localhost", "403"),
            (&open, "http://localhost/healthz", "evil.example", "200"),
            (&closed, "http://gateway.example/healthz", "gateway.example", "200"),
            (&closed, "http://gateway.example/operations", "gateway.example", "401"),
        ] {
            let mut client = TcpStream::connect(served.url.strip_prefix("http://").unwrap()).await.unwrap();
            let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            client.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{target} {host}: {answer}");
        }
    });
}

/// RFC 9112: HTTP/1.0 has no Host (3.2), and whoever closes the sending side may wait for the answer (9.6).
#[test]
fn old_clients_and_those_that_close_their_sending_side_are_answered() {
    run(async {
        // A vendor whose answer comes after the end of what the client sends.
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
        let body = r#"{"meta":{"status":"ok"},"response":[]}"#;
        let (pieces, pause) = (vec![[head, body].concat().into()], Duration::from_secs(1));
        let vendor = faults::start(Fault::Raw { pieces, pause, closes: true }).await.unwrap();
        let settings = [("OUTWIT_GATEWAY_TOKEN", TOKEN), ("ACCELO_BASE_URL", vendor.url())];
        let served = Served::with(&["accelo"], options(), &settings).await;
        let address = served.url.strip_prefix("http://").unwrap();
        let call =
            format!("POST /operations/accelo.list-staff HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
        for (request, half, status) in [
            ("GET /healthz HTTP/1.0\r\n\r\n", false, "200"),
            ("GET /healthz HTTP/1.0\r\nhost: x\r\n\r\n", false, "200"),
            ("GET /healthz HTTP/1.1\r\n\r\n", false, "400"),
            (&*call, true, "200"),
        ] {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(request.as_bytes()).await.unwrap();
            if half {
                client.shutdown().await.unwrap();
            }
            let mut status_line = [0; 12];
            client.read_exact(&mut status_line).await.unwrap_or_else(|problem| panic!("{request}: {problem}"));
            let status_line = String::from_utf8_lossy(&status_line).into_owned();
            assert!(status_line.starts_with("HTTP/1.") && status_line.ends_with(status), "{request}: {status_line}");
        }
    });
}

/// TCP tells of both in the same way; what nobody waits for any more is cancelled all the same.
#[test]
fn a_client_that_leaves_cancels_the_run_that_it_waits_for() {
    run(async {
        let served = Served::start(&["airops"]).await;
        let input = json!({ "workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 60_000 });
        let call = served.post("/operations/airops.run-workflow", &input).send();
        let waiting = tokio::spawn(call);
        let seen = |what: &str| served.mocks[0].seen().iter().any(|seen| seen.path.contains(what));
        while !seen("execut") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        waiting.abort();
        let left = Instant::now();
        while !seen("/cancel") {
            assert!(left.elapsed() < Duration::from_secs(30), "it is not cancelled");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}
