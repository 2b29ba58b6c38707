//! Heads of answers that other clients take, and what is no HTTP at all.

use super::server::accelo;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Frame;
use outwit::embed::{Body, HttpError, RequestOptions, Sending, Testing, Transport};
use outwit::{Error, ErrorKind, Options, Plugin};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A plugin whose vendor answers everything with these bytes.
async fn answering(bytes: Vec<u8>) -> Plugin {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            _ = stream.read(&mut request).await;
            _ = stream.write_all(&bytes).await;
        }
    });
    accelo(net::options(), &[("ACCELO_BASE_URL", &url)]).await
}

async fn write(plugin: &Plugin) -> Result<Value, Error> {
    net::call(plugin, "accelo.create-company", &json!({ "name": "Juniper" })).await
}

const BODY: &str = r#"{"meta":{"status":"ok"},"response":{"id":"77"}}"#;

fn with_head(lines: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{lines}\r\n{BODY}", BODY.len()).into_bytes()
}

/// What RFC 9112, 5.1 and 5.2, lets clients take, and what proxies and application servers are known to send.
#[test]
fn heads_that_other_clients_take_are_read() {
    net::run(async {
        for lines in [
            "set-cookie: a=1\r\n".repeat(300),
            "access-control-allow-credentials : true\r\n".to_owned(),
            "x-long: a\r\n b\r\n".to_owned(),
            "x odd name: 1\r\n".to_owned(),
            format!("x-large: {}\r\n", "a".repeat(60_000)),
        ] {
            let plugin = answering(with_head(&lines)).await;
            let company = write(&plugin).await.unwrap_or_else(|error| panic!("{:.80}: {error:?}", lines));
            assert_eq!(company["id"], "77");
        }
    });
}

/// A vendor whose body has not come to its end when the host's own time for the next piece is over, right after the deadline.
struct Stalls;

const DEADLINE: Duration = Duration::from_millis(500);

impl Transport for Stalls {
    fn send(&self, _: Request<Body>, options: RequestOptions) -> Sending {
        let late = options.between_bytes_timeout.unwrap_or(DEADLINE) + Duration::from_millis(50);
        let body = Stalled { begun: false, late }.boxed_unsync();
        let response = Response::builder().header("content-length", BODY.len()).body(body);
        Box::pin(async { Ok(response.unwrap()) })
    }
}

struct Stalled {
    begun: bool,
    late: Duration,
}

impl hyper::body::Body for Stalled {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if !std::mem::replace(&mut self.begun, true) {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&BODY.as_bytes()[..20])))));
        }
        std::thread::sleep(self.late);
        Poll::Ready(Some(Err(HttpError::ConnectionReadTimeout)))
    }
}

#[test]
fn an_answer_that_is_not_there_at_the_deadline_is_timed_out_whoever_notices() {
    net::run(async {
        let testing = Testing { transport: Some(Arc::new(Stalls)), ..Testing::default() };
        let settings =
            [("ACCELO_BASE_URL", "https://vendor.test"), ("OUTWIT_DEADLINE_MS", &DEADLINE.as_millis().to_string())];
        let plugin = accelo(Options { testing, ..net::options() }, &settings).await;
        let error = write(&plugin).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::TimedOut, true), "{error:?}");
    });
}

#[test]
fn an_answer_that_is_not_http_is_called_so_and_what_was_sent_may_be_done() {
    net::run(async {
        for bytes in [
            b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
            b"\x15\x03\x01\x00\x02\x02\x50".to_vec(),
            b"<html>\r\n\r\n</html>".to_vec(),
            with_head(&"x-much: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(200_000)),
        ] {
            let error = write(&answering(bytes.clone()).await).await.unwrap_err();
            let start = String::from_utf8_lossy(&bytes[..6]).into_owned();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Unreadable, true), "{start}: {error:?}");
            assert!(error.message.contains("127.0.0.1:") && !error.message.contains("broke"), "{start}: {error}");
        }
    });
}
