//! Lists without an end: a vendor that gives full pages of new records for ever.

use outwit::ErrorKind;
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
        for (operation, input, field, pages) in [
            ("log-time", json!({ "company": "Acme", "minutes": 5, "subject": "x" }), "input.company", 50),
            ("log-time", json!({ "company": "311", "minutes": 5, "subject": "x" }), "input.company", 50),
            ("find-contact-by-email", json!({ "email": "a@acme.example" }), "input.email", 50),
            ("report-time-by-staff", month, "input.to", 300),
        ] {
            let (url, asked) = endless(accelo).await;
            let own = [("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_TOKEN", "token"), ("OUTWIT_DEADLINE_MS", "300000")];
            let plugin = net::plugin("accelo", own.into_iter().chain([("ACCELO_BASE_URL", &*url)])).await;
            let error = net::call(&plugin, &format!("accelo.{operation}"), &input).await.unwrap_err();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Incomplete, false), "{operation}: {error:?}");
            assert_eq!((error.field.as_deref(), asked.load(Ordering::Relaxed)), (Some(field), pages), "{operation}");
            assert!(error.message.contains(&format!("{pages} pages, of which {}", pages * 100)), "{error:?}");
        }
    });
}
