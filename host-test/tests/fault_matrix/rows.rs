//! The faults: what the vendor answers to the exchange that is hit, and from then on.

use bytes::Bytes;
use outwit_mocks::faults::Fault;
use std::time::Duration;

use crate::answers::{http_date, in_seconds, reply, unix};
use crate::cell::Ground;
use crate::expected::Means;
use crate::targets::Target;

/// One way to fail.
#[derive(Clone)]
pub struct Row {
    pub name: String,
    pub means: Means,
    pub fault: How,
}

/// Status line and headers, and the body, in pieces of another making.
type Resend = fn(&[u8], &[u8]) -> Vec<Bytes>;

/// How it fails.
#[derive(Clone)]
pub enum How {
    /// Not at all.
    Not,
    /// Each time.
    Always(Fault),
    /// Once.
    Once(Fault),
    /// The good answer is sent in another way: status line and headers without those that frame the body, then the body.
    Resent(Resend),
    /// Nobody is at this address.
    At(String),
}

impl Row {
    /// What is at fault before anything is sent concerns the first exchange; the same fault at the others is another one.
    pub fn fits(&self, target: &Target) -> bool {
        !matches!(self.fault, How::At(_)) || target.at == 0
    }
}

/// A row without a fault.
pub fn none() -> Row {
    Row { name: "no fault".to_owned(), means: Means::Fine, fault: How::Not }
}

/// All of them.
pub fn all(ground: &Ground) -> Vec<Row> {
    let mut rows = vec![none()];
    rows.extend(statuses(ground));
    rows.extend(waits());
    rows.extend(unreadable());
    rows.extend(odd());
    rows.extend(broken());
    rows.extend(slow());
    rows.extend(resent());
    rows.extend(ground.nowhere().into_iter().map(|(name, url)| row(name, Means::Unsent, How::At(url))));
    rows
}

const HTML: [(&str, &str); 1] = [("content-type", "text/html; charset=utf-8")];
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

fn row(name: impl Into<String>, means: Means, fault: How) -> Row {
    Row { name: name.into(), means, fault }
}

fn always(name: impl Into<String>, means: Means, fault: Fault) -> Row {
    row(name, means, How::Always(fault))
}

fn once(name: &str, means: Means, fault: Fault) -> Row {
    row(format!("{name}, once"), means, How::Once(fault))
}

/// Bytes as they are, and then the end of the connection or silence.
fn raw(text: impl Into<Bytes>, closes: bool) -> Fault {
    Fault::Raw { pieces: vec![text.into()], pause: Duration::ZERO, closes }
}

fn statuses(ground: &Ground) -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [400, 401, 402, 403, 404, 405, 409, 410, 413, 418, 422, 451] {
        rows.push(always(format!("{status}"), Means::Says(status), reply(status, &[], "")));
    }
    for status in [400, 401, 403, 404] {
        rows.push(always(format!("{status} as a page"), Means::Says(status), reply(status, &HTML, "<html>No.</html>")));
    }
    let elsewhere = [("location", ground.elsewhere.url())];
    for status in [301, 302, 303, 307, 308] {
        rows.push(always(format!("{status} to elsewhere"), Means::Says(status), reply(status, &elsewhere, "")));
    }
    for status in [300, 304, 305] {
        rows.push(always(format!("{status}"), Means::Says(status), reply(status, &[], "")));
    }
    for status in [408, 500, 501, 502, 503, 504, 599, 999] {
        rows.push(always(format!("{status}"), Means::Fails(status), reply(status, &[], "")));
    }
    rows.push(always("502 as a page", Means::Fails(502), reply(502, &HTML, "<html>Oh.</html>")));
    rows.push(always("500 as a success", Means::Fails(500), reply(500, &JSON, "{}")));
    rows
}

fn waits() -> Vec<Row> {
    let limited = |headers: &[(&str, &str)]| reply(429, headers, "");
    let (short, long) = (Means::Limited { long: false }, Means::Limited { long: true });
    let (soon, later) = (unix(in_seconds(2)), unix(in_seconds(90_000)));
    vec![
        always("429", short, limited(&[])),
        always("429 as a page", short, reply(429, &HTML, "<html>Slow down</html>")),
        always("429 for a time that is none", short, limited(&[("retry-after", "soon")])),
        always("429 for a time below zero", short, limited(&[("retry-after", "-5")])),
        always("429 for a day", long, limited(&[("retry-after", "86400")])),
        always("429 for ever", long, limited(&[("retry-after", "18446744073709551615")])),
        always("429 until a date", long, limited(&[("retry-after", &http_date(in_seconds(90_000)))])),
        always("429 until a moment", long, limited(&[("x-ratelimit-reset", &later)])),
        always("503 for a day", Means::Closed, reply(503, &[("retry-after", "86400")], "")),
        once("429", Means::Refused, limited(&[])),
        once("429 for a second", Means::Refused, limited(&[("retry-after", "1")])),
        once("429 until a moment", Means::Refused, limited(&[("x-ratelimit-reset", &soon)])),
        once("429 until a date that is over", Means::Refused, limited(&[("retry-after", &http_date(in_seconds(0)))])),
    ]
}

fn unreadable() -> Vec<Row> {
    let json = |name: &str, body: String| always(name, Means::Unreadable, reply(200, &JSON, body));
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let bytes = |name: &str, body: &[u8]| {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        always(name, Means::Unreadable, raw([head.as_bytes(), body].concat(), true))
    };
    let large = " ".repeat(300_000);
    let chunk = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    vec![
        always("a page", Means::Unreadable, reply(200, &HTML, "<!DOCTYPE html><html>Please sign in</html>")),
        json("a page that says it is JSON", "<html>".to_owned()),
        json("JSON that breaks off", r#"{"meta":{"status":"ok"},"response":{"id":"1","sub"#.to_owned()),
        json("JSON and something more", "{} {}".to_owned()),
        json("JSON ten thousand deep", deep),
        json("objects ten thousand deep", format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000))),
        bytes("compressed, though nobody asked for it", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00"),
        bytes("zeros", &[0; 100]),
        always("events that say nothing", Means::Unreadable, raw(format!("{EVENTS}\r\ndata: {{\n\n: x\n\nx\n"), true)),
        always("too large", Means::TooLarge, reply(200, &JSON, large)),
        always("too large in chunks", Means::TooLarge, reply(200, &[("transfer-encoding", "chunked")], chunk)),
        always(
            "too large, as it says",
            Means::TooLarge,
            raw("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", false),
        ),
    ]
}

fn odd() -> Vec<Row> {
    let bodies = [
        "null",
        "true",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        r#"{"response":null}"#,
        r#"{"meta":{"status":"ok"},"response":{}}"#,
        r#"{"meta":{"status":"ok"},"response":[{"id":{}}]}"#,
        r#"{"meta":[],"response":7,"status":{},"error":[],"id":[]}"#,
        r#"{"id":-1,"id":"\u0000","status":"\ud83d\ude00"}"#,
        r#"{"status":"running","status":"running"}"#,
    ];
    let mut rows: Vec<Row> = bodies.iter().map(|body| always(*body, Means::Odd, reply(200, &JSON, *body))).collect();
    // What one odd character, or one odd number, does not make unreadable.
    let bytes = |name: &str, body: &[u8]| {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        always(name, Means::Odd, raw([head.as_bytes(), body].concat(), true))
    };
    rows.push(bytes("a number beyond range", br#"{"id":1e999,"response":{"id":1e999}}"#));
    rows.push(bytes("text that is no UTF-8", b"{\"id\":\"\xff\xfe\",\"response\":{\"id\":\"\xc3\x28\"}}"));
    rows.push(bytes("a byte order mark", b"\xef\xbb\xbf{}"));
    for status in [200, 201, 202, 204, 206] {
        rows.push(always(format!("{status} without a body"), Means::Odd, reply(status, &[], "")));
    }
    rows.push(always("white space", Means::Odd, reply(200, &JSON, " \r\n\t ")));
    rows
}

fn broken() -> Vec<Row> {
    let breaks = |name: &str, text: &str| always(name, Means::Breaks, raw(text.to_owned(), true));
    let garbled = |name: &str, text: &str| always(name, Means::NoHttp, raw(text.to_owned(), true));
    let many: String = (0..20_000).map(|n| format!("x-{n}: {n}\r\n")).collect();
    let cut = Fault::Truncated { status: 200, body: "{\"meta\":".into() };
    vec![
        always("reset in the middle of the body", Means::Breaks, Fault::ResetMidBody),
        always("close before any answer", Means::Breaks, Fault::CloseBeforeAnswer),
        always("a body short of its length", Means::Breaks, cut.clone()),
        once("reset in the middle of the body", Means::Lost(None), Fault::ResetMidBody),
        once("close before any answer", Means::Lost(None), Fault::CloseBeforeAnswer),
        once("a body short of its length", Means::Lost(None), cut),
        once("503", Means::Lost(Some(503)), reply(503, &[], "")),
        breaks("an orderly end before any answer", ""),
        garbled("no HTTP at all", "SSH-2.0-OpenSSH_9.9\r\n"),
        breaks("half a status line", "HTTP/1.1 2"),
        breaks("half a head", "HTTP/1.1 200 OK\r\ncontent-ty"),
        garbled("a status that is none", "HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n"),
        always(
            "a header that is none",
            Means::Odd,
            raw("HTTP/1.1 200 OK\r\nno colon\r\ncontent-length: 2\r\n\r\n{}".to_owned(), true),
        ),
        garbled("a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}"),
        garbled("a length below zero", "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}"),
        garbled("two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
        breaks("a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}"),
        breaks(
            "a chunk beyond all sizes",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
        ),
        breaks("chunks without an end", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        garbled("twenty thousand headers", &format!("HTTP/1.1 200 OK\r\n{many}content-length: 2\r\n\r\n{{}}")),
        garbled("a header of a megabyte", &format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n{{}}", "x".repeat(1 << 20))),
        breaks("events that break off", &format!("{EVENTS}transfer-encoding: chunked\r\n\r\n20\r\ndata: {{")),
    ]
}

fn slow() -> Vec<Row> {
    let silent = |name: &str, text: &str| always(name, Means::Late, raw(text.to_owned(), false));
    vec![
        always("no answer", Means::Late, Fault::NeverAnswers),
        always("a byte a second", Means::Late, Fault::Drip),
        silent("half a head and silence", "HTTP/1.1 200 OK\r\ncontent-ty"),
        silent("only a 100", "HTTP/1.1 100 Continue\r\n\r\n"),
        silent("half a body and silence", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\":"),
        silent("chunks and silence", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        silent("events and silence", &format!("{EVENTS}\r\n: ping\n\n")),
    ]
}

fn resent() -> Vec<Row> {
    // Each hangs up after its answer, and says so where it frames it: who would send on such a connection could lose a write.
    let again = |name: &str, how: Resend| row(name, Means::Fine, How::Resent(how));
    vec![
        again("in three pieces", |head, body| {
            let whole = framed(head, body);
            whole.chunks(whole.len() / 3 + 1).map(Bytes::copy_from_slice).collect()
        }),
        again("until the connection ends", |head, body| vec![[head, b"\r\n", body].concat().into()]),
        again("in chunks with all that chunks may have", |head, body| {
            let mut text = [head, b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n"].concat();
            for chunk in body.chunks(100) {
                text.extend(format!("{:x};name=\"value\"\r\n", chunk.len()).into_bytes());
                text.extend([chunk, b"\r\n"].concat());
            }
            text.extend(b"0\r\nx-trailer: 1\r\n\r\n");
            vec![text.into()]
        }),
        again("after a 100 and a 103", |head, body| {
            let early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
            vec![[&early[..], &framed(head, body)].concat().into()]
        }),
        again("by HTTP/1.0", |head, body| {
            let head = String::from_utf8_lossy(head).replacen("HTTP/1.1", "HTTP/1.0", 1);
            vec![[head.as_bytes(), b"\r\n", body].concat().into()]
        }),
    ]
}

fn framed(head: &[u8], body: &[u8]) -> Vec<u8> {
    [head, format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}
