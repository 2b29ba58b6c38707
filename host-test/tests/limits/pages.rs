//! Lists without an end: a vendor that gives full pages of new records for ever.

use outwit::{CallHandle, ErrorKind};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What an answer is, by the number of the request.
type Page = fn(usize) -> Value;

/// A server that gives page after page, and counts them.
async fn endless(page: Page) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, page, count.clone()));
        }
    });
    (url, asked)
}

async fn answer(stream: TcpStream, page: Page, asked: Arc<AtomicUsize>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            // What is said to the host alone does not leave.
            assert!(!line.to_ascii_lowercase().starts_with("outwit-"), "{line}");
            if let Some(given) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = given.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        let body = page(asked.fetch_add(1, Ordering::Relaxed)).to_string();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
        stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
    }
}

/// A hundred records, as many as Accelo gives at once, with ids that no page had.
fn accelo(page: usize) -> Value {
    let record =
        |n: usize| json!({ "id": (page * 100 + n + 1).to_string(), "name": "Acme", "email": "a@acme.example" });
    json!({ "meta": { "status": "ok" }, "response": (0..100).map(record).collect::<Vec<_>>() })
}

/// Accelo's quota is 5,000 requests an hour for a whole account (documentation, Rate Limiting): no call takes more than a small
/// part of it, and what was read in vain is told.
#[test]
fn no_recipe_reads_accelos_lists_without_an_end() {
    net::run(async {
        let month = json!({ "company": "311", "from": 1_767_225_600, "to": 1_769_904_000 });
        for (operation, input, field, pages, others) in [
            ("log-time", json!({ "company": "Acme", "minutes": 5, "subject": "x" }), "input.company", 50, 0),
            ("log-time", json!({ "company": "311", "minutes": 5, "subject": "x" }), "input.company", 50, 0),
            ("find-contact-by-email", json!({ "email": "a@acme.example" }), "input.email", 50, 0),
            // Here it is asked in vain how many there are.
            ("report-time-by-staff", month, "input.to", 300, 1),
        ] {
            let (url, asked) = endless(accelo).await;
            let own = [("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_TOKEN", "token"), ("OUTWIT_DEADLINE_MS", "300000")];
            let plugin = net::plugin("accelo", own.into_iter().chain([("ACCELO_BASE_URL", &*url)])).await;
            let error = net::call(&plugin, &format!("accelo.{operation}"), &input).await.unwrap_err();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, false), "{operation}: {error:?}");
            assert_eq!(
                (error.field.as_deref(), asked.load(Ordering::Relaxed)),
                (Some(field), pages + others),
                "{operation}"
            );
            assert!(error.message.contains(&format!("{pages} pages, of which {}", pages * 100)), "{error:?}");
        }
    });
}

/// 3,000 activities: the answers to the requests of a report, in their order. Pages count from 0 (facts/api.json).
fn three_thousand(request: usize) -> Value {
    match request {
        0 => accelo(0),
        1 => json!({ "meta": { "status": "ok" }, "response": { "count": "3000" } }),
        2..=30 => accelo(request - 1),
        _ => json!({ "meta": { "status": "ok" }, "response": [] }),
    }
}

#[test]
fn a_long_report_tells_how_far_it_is() {
    net::run(async {
        let (url, asked) = endless(three_thousand).await;
        let own = [("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_TOKEN", "token"), ("ACCELO_BASE_URL", &*url)];
        let plugin = net::plugin("accelo", own).await;
        let month = json!({ "company": "311", "from": 1_767_225_600, "to": 1_769_904_000 }).to_string();
        let watch = CallHandle::new();
        let calling = plugin.call_with_handle("accelo.report-time-by-staff", &month, &watch);
        let mut calling = std::pin::pin!(calling);
        let mut seen = Vec::new();
        let report = loop {
            tokio::select! {
                biased;
                progress = watch.changed() => seen.push((progress.requests, progress.total)),
                report = &mut calling => break report,
            }
        };
        report.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 32);
        seen.push((watch.progress().requests, watch.progress().total));
        assert!(seen.len() > 2 && seen.is_sorted(), "{seen:?}");
        assert!(seen.iter().all(|(sent, total)| *total == (*sent > 2).then_some(32)), "{seen:?}");
        assert_eq!(seen.last(), Some(&(32, Some(32))));
    });
}

/// At a second for each request.
#[test]
fn a_report_may_take_as_long_as_the_most_requests_that_it_makes() {
    net::run(async {
        for (vendor, operation) in [("accelo", "report-time-by-staff"), ("accelowork", "report-work-time")] {
            let plugin = net::plugin(vendor, [("", ""); 0]).await;
            let catalogue = plugin.catalogue();
            let id = format!("{vendor}.{operation}");
            let found = catalogue.operations.iter().find(|operation| operation.id == id).unwrap();
            // Pages, their count, and a look for the company.
            assert!(found.deadline_ms >= Some((300 + 1 + 51) * 1000), "{id}: {:?}", found.deadline_ms);
        }
    });
}
