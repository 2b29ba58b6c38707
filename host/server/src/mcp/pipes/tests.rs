//! Lines that break off, are too long, or are cancelled.

use super::*;
use serde_json::json;
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio::time::timeout;

const LATE: Duration = Duration::from_secs(10);

/// Pipes that read these bytes to their end, and what they write.
fn pipes(input: Vec<u8>) -> (Pipes<io::Cursor<Vec<u8>>, DuplexStream>, DuplexStream) {
    let (output, written) = tokio::io::duplex(1 << 20);
    (Pipes::new(io::Cursor::new(input), output, Running::default()), written)
}

fn request(id: u64, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

fn hello() -> String {
    let client = json!({ "name": "t", "version": "1" });
    request(0, "initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client }))
}

/// The ids of the requests that come, each of which is answered if `answers` says so, and what was written at the end.
async fn conversation(input: Vec<u8>, answers: fn(i64) -> bool) -> (Vec<i64>, Vec<Value>) {
    let (mut pipes, mut written) = pipes(input);
    let mut asked = Vec::new();
    while let Some(message) = timeout(LATE, pipes.receive()).await.expect("it ends") {
        let ClientJsonRpcMessage::Request(request) = message else { continue };
        let RequestId::Number(id) = request.id else { panic!("{:?}", request.id) };
        asked.push(id);
        if answers(id) {
            let answer = serde_json::from_value(json!({ "jsonrpc": "2.0", "id": id, "result": {} })).unwrap();
            pipes.send(answer).await.unwrap();
        }
    }
    drop(pipes);
    let mut text = String::new();
    timeout(LATE, tokio::io::AsyncReadExt::read_to_string(&mut written, &mut text)).await.unwrap().unwrap();
    (asked, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn lines(lines: &[String]) -> Vec<u8> {
    lines.join("\n").into_bytes()
}

#[tokio::test]
async fn the_last_line_need_not_end_and_a_request_that_was_cancelled_holds_nothing_up() {
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 8 } });
    let input = [hello(), request(8, "tools/list", json!({})), cancel.to_string(), request(9, "ping", json!({}))];
    let (asked, written) = conversation(lines(&input), |id| id != 8).await;
    assert_eq!(asked, [0, 8, 9]);
    let answered: Vec<&Value> = written.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(answered, [&json!(0), &json!(9)]);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_refused_as_a_whole_and_the_next_is_read() {
    let long = request(7, "ping", json!({ "x": "a".repeat(LONGEST + 100_000) }));
    let (asked, written) = conversation(lines(&[hello(), long, request(9, "ping", json!({}))]), |_| true).await;
    assert_eq!(asked, [0, 9]);
    let refused: Vec<&Value> = written.iter().filter(|answer| answer.get("error").is_some()).collect();
    assert_eq!((refused.len(), &refused[0]["id"], &refused[0]["error"]["code"]), (1, &Value::Null, &json!(-32600)));
}

#[tokio::test]
async fn a_line_may_be_as_long_as_is_allowed() {
    let rest = |line: &str| LONGEST - line.len() - 1;
    let short = request(7, "ping", json!({ "x": "" }));
    let longest = request(7, "ping", json!({ "x": "a".repeat(rest(&short)) }));
    assert_eq!(longest.len() + 1, LONGEST);
    let (asked, _) = conversation(lines(&[hello(), longest, request(9, "ping", json!({}))]), |_| true).await;
    assert_eq!(asked, [0, 7, 9]);
}

#[tokio::test]
async fn an_id_is_free_again_once_its_request_is_answered_and_not_before() {
    let ping = || request(5, "ping", json!({}));
    let (asked, written) = conversation(lines(&[hello(), ping(), ping()]), |_| true).await;
    assert_eq!((asked, written.iter().all(|answer| answer.get("error").is_none())), (vec![0, 5, 5], true));
    let (mut pipes, _written) = pipes(lines(&[hello(), ping(), ping(), request(6, "ping", json!({}))]));
    let mut asked = Vec::new();
    for _ in 0..3 {
        let Some(ClientJsonRpcMessage::Request(request)) = timeout(LATE, pipes.receive()).await.unwrap() else {
            panic!()
        };
        asked.push(request.id);
    }
    assert_eq!(asked, [0, 5, 6].map(RequestId::Number), "two answers to one id could not be told apart");
    assert!(timeout(Duration::from_millis(20), pipes.receive()).await.is_err(), "three requests are open");
}
