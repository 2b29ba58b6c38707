//! Requests that were certainly not carried out, and how they are told from those that may have been.

use super::server::{accelo, acceptor};
use outwit::embed::Testing;
use outwit::{Catalogue, Error, ErrorKind, Options, Plugin};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn write(plugin: &Plugin) -> Result<Value, Error> {
    let input = json!({ "subject": "S", "against-type": "company", "against-id": "1" });
    net::call(plugin, "accelo.create-activity", &input).await
}

/// An HTTP/2 server (RFC 9113) that ends the first request with a frame, and answers those of later connections. Counts what
/// it answered.
async fn refusing(frame: fn(stream: [u8; 4]) -> Vec<u8>) -> (Plugin, Arc<AtomicUsize>) {
    let (acceptor, certificate) = acceptor(&["h2"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    tokio::spawn(async move {
        let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        // The preface, and then frames: three bytes of length, a type, flags, four of the stream.
        let mut preface = [0; 24];
        stream.read_exact(&mut preface).await.unwrap();
        stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await.unwrap();
            let mut rest = vec![0; usize::from(head[1]) * 256 + usize::from(head[2])];
            stream.read_exact(&mut rest).await.unwrap();
            if head[3] == 1 {
                stream.write_all(&frame([head[5], head[6], head[7], head[8]])).await.unwrap();
                break;
            }
        }
        // Closed for writing, and read to its end: what was sent arrives.
        _ = stream.shutdown().await;
        tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await });
        while let Ok((next, _)) = listener.accept().await {
            let Ok(next) = acceptor.accept(next).await else { continue };
            let count = count.clone();
            let answer = hyper::service::service_fn(move |_: http::Request<hyper::body::Incoming>| {
                count.fetch_add(1, Ordering::Relaxed);
                let body = json!({ "meta": { "status": "ok" }, "response": { "id": "21" } }).to_string();
                async {
                    Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Full::new(
                        bytes::Bytes::from(body),
                    )))
                }
            });
            let executor = hyper_util::rt::TokioExecutor::new();
            let server = hyper_util::server::conn::auto::Builder::new(executor);
            _ = server.serve_connection(hyper_util::rt::TokioIo::new(next), answer).await;
        }
    });
    let options = Options { roots: Some(certificate.path().to_owned()), ..net::options() };
    let plugin = accelo(options, &[("ACCELO_BASE_URL", &url)]).await;
    (plugin, answered)
}

fn reset(stream: [u8; 4], reason: u8) -> Vec<u8> {
    [&[0, 0, 4, 3, 0][..], &stream, &[0, 0, 0, reason]].concat()
}

/// RFC 9113, 8.7: a stream that is reset with REFUSED_STREAM, or is above the last one of a GOAWAY, was not processed.
#[test]
fn a_write_that_an_http2_server_did_not_process_is_sent_again() {
    net::run(async {
        let goaway = |_| [&[0, 0, 8, 7, 0, 0, 0, 0, 0][..], &[0; 8]].concat();
        for frame in [(|stream| reset(stream, 7)) as fn([u8; 4]) -> Vec<u8>, goaway] {
            let (plugin, answered) = refusing(frame).await;
            assert_eq!(write(&plugin).await.unwrap()["id"], "21");
            assert_eq!(answered.load(Ordering::Relaxed), 1);
        }
    });
}

/// INTERNAL_ERROR and ENHANCE_YOUR_CALM say nothing of what was done before.
#[test]
fn a_write_that_an_http2_server_broke_off_may_be_done() {
    net::run(async {
        for frame in [(|stream| reset(stream, 2)) as fn([u8; 4]) -> Vec<u8>, |stream| reset(stream, 11)] {
            let (plugin, answered) = refusing(frame).await;
            let error = write(&plugin).await.unwrap_err();
            assert!(error.maybe_done, "{error:?}");
            assert_eq!(answered.load(Ordering::Relaxed), 0);
        }
    });
}

/// As behind a firewall that drops everything, or where a server's queue is full.
#[test]
fn a_request_that_ends_while_connecting_was_not_executed() {
    net::run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.push(stream);
            }
        });
        for connect in [None, Some("100")] {
            let mut settings = vec![("ACCELO_BASE_URL", &*url), ("OUTWIT_DEADLINE_MS", "800")];
            settings.extend(connect.map(|ms| ("OUTWIT_CONNECT_TIMEOUT_MS", ms)));
            let plugin = accelo(net::options(), &settings).await;
            let begun = Instant::now();
            let error = write(&plugin).await.unwrap_err();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Unavailable, false), "{error:?}");
            assert!(error.message.contains("no connection to localhost"), "{error}");
            assert!(begun.elapsed() < Duration::from_secs(3));
        }
    });
}

#[test]
fn all_tries_to_connect_fit_into_the_deadline() {
    net::run(async {
        let plugin = accelo(net::options(), &[]).await;
        let catalogue: &Catalogue = plugin.catalogue();
        let default = |name: &str| {
            let setting = catalogue.settings.iter().find(|setting| setting.name == name).unwrap();
            setting.default.as_ref().unwrap().parse::<u64>().unwrap()
        };
        // Between two tries at most a second is waited.
        let tries = default("OUTWIT_TRIES");
        assert!(tries * default("OUTWIT_CONNECT_TIMEOUT_MS") + tries * 1000 < default("OUTWIT_DEADLINE_MS"));
    });
}

#[test]
fn a_name_that_is_not_there_is_named_and_asked_for_once() {
    struct Nowhere(AtomicUsize);
    impl outwit::embed::Resolver for Nowhere {
        fn resolve(&self, _: &str) -> outwit::embed::Resolving {
            self.0.fetch_add(1, Ordering::Relaxed);
            let said = "failed to lookup address information: Name or service not known";
            Box::pin(async move { Err(std::io::Error::other(said)) })
        }
    }
    net::run(async {
        let resolver = Arc::new(Nowhere(AtomicUsize::new(0)));
        let options =
            Options { testing: Testing { resolver: Some(resolver.clone()), ..Testing::default() }, ..net::options() };
        let plugin = accelo(options, &[("ACCELO_DEPLOYMENT", "junpier")]).await;
        let error = write(&plugin).await.unwrap_err();
        assert_eq!(
            (error.kind, error.advice, error.maybe_done),
            (ErrorKind::Unavailable, outwit::Advice::AskPerson, false)
        );
        assert!(error.message.contains("its name cannot be resolved (junpier.api.accelo.com: "), "{error}");
        assert_eq!(resolver.0.load(Ordering::Relaxed), 1);
    });
}
