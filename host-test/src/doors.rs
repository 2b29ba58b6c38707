//! What both HTTP servers, `outwit serve` and `outwit mcp --http`, have in common: who is let in, and what every answer has.

use std::io::{Read, Write};
use std::net::TcpStream;

const OPERATION: &str = "accelo.list-staff";

/// Whether there is a token, which then comes with the request; `Host`; `Origin`; the status. `{}` is the server's own address.
///
/// MCP 2025-06-18 (transports, "Security Warning"): servers check `Origin`. RFC 6454, 4: pages of two ports have two origins.
const DOORS: [(bool, &str, Option<&str>, u16); 16] = [
    (false, "{}", None, 200),
    (false, "localhost", None, 200),
    (false, "{}", Some("http://{}"), 200),
    (false, "localhost", Some("http://localhost"), 200),
    (false, "{}", Some("http://localhost:3000"), 403),
    (false, "{}", Some("http://127.0.0.1:1"), 403),
    (false, "{}", Some("https://evil.example"), 403),
    (false, "{}", Some("null"), 403),
    (false, "evil.example", None, 403),
    (false, "evil.example", Some("http://evil.example"), 403),
    (true, "{}", Some("http://{}"), 200),
    (true, "gateway.example", None, 200),
    (true, "gateway.example", Some("https://gateway.example"), 200),
    (true, "{}", Some("http://localhost:3000"), 403),
    (true, "{}", Some("https://evil.example"), 403),
    (true, "{}", Some("null"), 403),
];

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Lines, in small letters.
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Sends a request as it is written, and reads until the connection ends.
pub fn exchange(address: &str, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("a request that is sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// Requests that a page can make: a call without a body, which needs no preflight (Fetch, "CORS-safelisted"); one that shows what
/// there is; and one over MCP.
fn requests() -> [(&'static str, String, String); 3] {
    let params = r#"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#;
    let message = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{params}}}"#);
    let json = format!(
        "content-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: {}\r\n",
        message.len()
    );
    [
        ("POST", format!("/operations/{OPERATION}"), "content-length: 0\r\n\r\n".to_owned()),
        ("GET", "/operations".to_owned(), "\r\n".to_owned()),
        ("POST", "/mcp".to_owned(), format!("{json}\r\n{message}")),
    ]
}

/// Who is let in to a server, by the same rule on all routes. `calls` counts what has reached the vendor.
pub fn check_doors(address: &str, token: Option<&str>, calls: impl Fn() -> usize) {
    let authorization = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    for (_, host, origin, expected) in DOORS.iter().filter(|door| door.0 == token.is_some()) {
        let origin = origin.map_or_else(String::new, |origin| format!("origin: {origin}\r\n"));
        for (method, path, rest) in requests() {
            let before = calls();
            let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{origin}").replace("{}", address);
            let answer = exchange(address, &format!("{head}{authorization}connection: close\r\n{rest}"));
            assert_eq!(answer.status, *expected, "{head}{answer:?}");
            assert!(*expected == 200 || calls() == before, "{head}");
            if token.is_some() {
                // Not without the token, whatever else there is.
                let answer = exchange(address, &format!("{head}connection: close\r\n{rest}"));
                assert_eq!(answer.status, if *expected == 200 { 401 } else { 403 }, "{head}{answer:?}");
            }
        }
    }
}

/// What every answer of a server without a token has.
pub fn check_answers(address: &str) {
    let ask = |method: &str, path: &str| {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\naccept-encoding: gzip\r\n");
        exchange(address, &format!("{head}connection: close\r\n\r\n"))
    };
    for path in ["/healthz", "/operations", "/openapi.json", "/docs", "/nothing"] {
        let [get, head] = ["GET", "HEAD"].map(|method| ask(method, path));
        assert_eq!((get.status, head.body.is_empty()), (head.status, true), "{path}");
        // RFC 9110, 8.6: what a GET would have, or nothing.
        let lengths = [&get, &head].map(|answer| answer.header("content-length").map(str::to_owned));
        assert!(lengths[0].is_some() && lengths[0] == lengths[1], "{path}: {lengths:?}");
    }
    for path in ["/healthz", "/operations", "/openapi.json", "/docs", "/docs/library.js", "/nothing", "/mcp"] {
        for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS"] {
            let answer = ask(method, path);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}: {answer:?}");
            assert_eq!(answer.head.matches("x-content-type-options").count(), 1, "{path}: {answer:?}");
        }
    }
    // RFC 9112, 3.2: HTTP/1.1 has the header once; HTTP/1.0 has none.
    for (request, expected) in [
        ("GET /operations HTTP/1.0\r\n\r\n", 200),
        ("GET /operations HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("GET /operations HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n", 400),
        ("GET /operations HTTP/1.0\r\nhost: evil.example\r\n\r\n", 403),
    ] {
        let answer = exchange(address, request);
        assert_eq!(answer.status, expected, "{request}{answer:?}");
    }
}
