//! Many requests at once.

use super::served::{Served, TOKEN, all};
use outwit::Options;
use outwit_host_test::net::{options, run};
use outwit_mocks::faults::{self, Fault};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
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

/// Whoever stops in the middle of a request would hold its place for as long as the vendor may take.
#[test]
fn a_client_that_falls_silent_in_its_body_makes_room_for_others() {
    run(async {
        let options = Options { concurrency: 1, read_timeout: Duration::from_millis(300), ..options() };
        let served = Served::with(&["accelo"], options, &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await;
        let mut silent = TcpStream::connect(served.url.strip_prefix("http://").unwrap()).await.unwrap();
        let head = "POST /operations/accelo.list-staff HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let begun = format!("{head}authorization: Bearer {TOKEN}\r\ncontent-length: 100\r\n\r\n{{");
        silent.write_all(begun.as_bytes()).await.unwrap();
        let (mut status_line, nothing) = ([0; 12], json!({}));
        let (read, other) =
            tokio::join!(silent.read_exact(&mut status_line), served.call("accelo.list-staff", &nothing));
        read.unwrap();
        assert_eq!((&status_line, other.0), (b"HTTP/1.1 400", 200), "{other:?}");
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
        let left = std::time::Instant::now();
        while !seen("/cancel") {
            assert!(left.elapsed() < Duration::from_secs(30), "it is not cancelled");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}
