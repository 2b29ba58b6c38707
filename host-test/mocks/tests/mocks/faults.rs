//! Each fault, as a client on a socket sees it.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use bytes::Bytes;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::send;

async fn connect(server: &FaultyServer) -> TcpStream {
    TcpStream::connect(server.url().strip_prefix("http://").unwrap()).await.unwrap()
}

async fn ask(stream: &mut TcpStream) {
    stream.write_all(b"POST /a?b=c HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi").await.unwrap();
}

async fn read_some(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

fn reply(status: u16, body: &'static str) -> Fault {
    Fault::Reply { status, headers: vec![("x-fault".into(), "yes".into())], body: Bytes::from_static(body.as_bytes()) }
}

#[tokio::test]
async fn a_reset_in_the_body_comes_after_the_head_and_a_part() {
    let server = start(Fault::ResetMidBody).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    let part = read_some(&mut stream).await;
    assert!(part.starts_with("HTTP/1.1 200") && part.contains("content-length: 1000"), "{part}");
    let mut rest = Vec::new();
    let error = stream.read_to_end(&mut rest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_close_before_the_answer_is_a_reset_after_the_request_was_read() {
    let server = start(Fault::CloseBeforeAnswer).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let seen = server.seen();
    assert_eq!((server.hits(), seen.len()), (1, 1));
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str(), seen[0].query.as_str()), ("POST", "/a", "b=c"));
    assert_eq!(&seen[0].body[..], b"hi");
}

#[tokio::test]
async fn a_server_that_never_answers_has_read_the_request() {
    let server = start(Fault::NeverAnswers).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    assert!(timeout(Duration::from_millis(100), stream.read(&mut [0; 16])).await.is_err());
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_drip_sends_the_head_at_once_and_a_byte_a_second() {
    let server = start(Fault::Drip).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    let started = Instant::now();
    let head = read_some(&mut stream).await;
    assert!(head.contains("content-length: 1000") && started.elapsed() < Duration::from_millis(800), "{head}");
    assert_eq!(read_some(&mut stream).await.len(), 1);
    assert!(started.elapsed() >= Duration::from_millis(900));
}

#[tokio::test]
async fn a_truncated_body_ends_with_a_clean_close() {
    let server = start(Fault::Truncated { status: 200, body: Bytes::from_static(b"{\"a\":") }).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let all = String::from_utf8(all).unwrap();
    assert!(all.contains("content-length: 105") && all.ends_with("{\"a\":"), "{all}");
}

#[tokio::test]
async fn a_sequence_takes_one_for_each_request_and_repeats_the_last_on_a_reused_connection() {
    let server = start(Fault::Sequence(vec![reply(503, "no"), reply(200, "yes")])).await.unwrap();
    let mut stream = connect(&server).await;
    for expected in ["503", "200", "200"] {
        ask(&mut stream).await;
        let answer = read_some(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")) && answer.contains("x-fault: yes"), "{answer}");
    }
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn a_sequence_runs_over_several_connections() {
    let server = start(Fault::Sequence(vec![Fault::CloseBeforeAnswer, reply(200, "yes")])).await.unwrap();
    assert!(send(server.url(), "GET", "/", &[], b"").await.is_err());
    let answer = send(server.url(), "GET", "/", &[], b"").await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"yes"[..]));
}

#[tokio::test]
async fn an_empty_sequence_is_refused() {
    assert_eq!(start(Fault::Sequence(Vec::new())).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_chunked_request_is_read_to_its_end() {
    let server = start(reply(204, "")).await.unwrap();
    let mut stream = connect(&server).await;
    let parts = [
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhe",
        "llo\r\n1\r\n!\r\n0\r\ntrailer: 1\r\n\r\n",
    ];
    for part in parts {
        assert_eq!(server.hits(), 0);
        stream.write_all(part.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let answer = read_some(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 204") && !answer.contains("content-length"), "{answer}");
    assert_eq!(&server.seen()[0].body[..], b"hello!");
}

#[tokio::test]
async fn a_request_that_is_cut_off_is_no_hit() {
    let server = start(reply(200, "")).await.unwrap();
    let mut stream = connect(&server).await;
    stream.write_all(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    drop(stream);
    assert!(send(server.url(), "GET", "/", &[], b"").await.is_ok());
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_dropped_server_closes_its_connections() {
    let server = start(Fault::NeverAnswers).await.unwrap();
    let mut stream = connect(&server).await;
    ask(&mut stream).await;
    drop(server);
    let closed = timeout(Duration::from_secs(5), stream.read(&mut [0; 16])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)));
}
