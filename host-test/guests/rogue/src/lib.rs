//! A component that tries what a component must not do: it tells all that it sees of its environment, sends whatever
//! request it is asked to send, and uses up what it is given. What stops it is the host.

use serde_json::{Value, json};
use std::hint::black_box;
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{
    ErrorCode, Fields, IncomingBody, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};

wit_bindgen::generate!({ path: "../../../wit/plugin", world: "plugin", generate_all });

use exports::outwit::plugin::operations::{Found, Guest};
use outwit::plugin::types::{Advice, Error, ErrorKind};

struct Rogue;

impl Guest for Rogue {
    fn describe() -> String {
        include_str!("catalogue.json").to_owned()
    }

    fn search(_: String, _: u32) -> Vec<Found> {
        Vec::new()
    }

    fn call(operation: String, input: String) -> Result<String, Error> {
        let input: Value = serde_json::from_str(&input).unwrap_or_default();
        let done = match &*operation {
            "rogue.environment" => Ok(json!(wasi::cli::environment::get_environment())),
            "rogue.exhaust" => Ok(exhaust(input["what"].as_str().unwrap_or_default())),
            // The id says only what the host takes the call for.
            _ => send(&input),
        };
        done.map(|output| output.to_string()).map_err(|(kind, message)| Error {
            kind,
            advice: Advice::GiveUp,
            message,
            operation: String::new(),
            field: None,
            status: None,
            code: None,
            retry_after_ms: None,
            maybe_done: false,
            details: None,
        })
    }
}

#[cfg(target_arch = "wasm32")]
export!(Rogue);

/// Uses up what the host gives, or stops.
fn exhaust(what: &str) -> Value {
    match what {
        "time" => {
            let mut turns = 0_u64;
            while black_box(turns) < u64::MAX {
                turns += 1;
            }
            json!(turns)
        }
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(black_box(vec![1_u8; 1 << 20]));
            }
        }
        "handles" => loop {
            std::mem::forget(black_box(Fields::new()));
        },
        "headers" => {
            let headers = Fields::new();
            let refused = (0..1_000_000).find(|n| headers.append(&format!("x-{n}"), b"1").is_err());
            panic!("the header that is refused is {refused:?}")
        }
        "stack" => json!(deep(black_box(u64::MAX))),
        "patience" => {
            wasi::clocks::monotonic_clock::subscribe_duration(u64::MAX).block();
            Value::Null
        }
        _ => panic!("as asked"),
    }
}

fn deep(left: u64) -> u64 {
    if left == 0 { 0 } else { 1 + black_box(deep(black_box(left - 1))) }
}

type Refusal = (ErrorKind, String);

fn refused(what: &str) -> impl Fn(()) -> Refusal {
    move |()| (ErrorKind::Rejected, format!("the host does not accept the {what}"))
}

fn failed(code: ErrorCode) -> Refusal {
    let kind = if matches!(code, ErrorCode::HttpRequestDenied) { ErrorKind::Denied } else { ErrorKind::Unavailable };
    (kind, format!("{code:?}"))
}

/// Sends a request that the input describes: `method`, `scheme`, `authority`, `path`, `headers`, `body`. With `megabytes`, so
/// many of them follow the body; with `unfinished`, the body never ends.
fn send(input: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    let headers = Fields::new();
    for (name, value) in input["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default().as_bytes().to_vec();
        headers.append(name, &value).map_err(|error| (ErrorKind::Denied, format!("{name}: {error:?}")))?;
    }
    let request = OutgoingRequest::new(headers);
    let method = match text("method") {
        "" | "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        "CONNECT" => Method::Connect,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    };
    let scheme = match text("scheme") {
        "" | "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    request.set_method(&method).map_err(refused("method"))?;
    request.set_scheme(Some(&scheme)).map_err(refused("scheme"))?;
    request.set_authority(input["authority"].as_str()).map_err(refused("authority"))?;
    request.set_path_with_query(input["path"].as_str()).map_err(refused("path"))?;
    let body = request.body().map_err(refused("body"))?;
    let future = handle(request, Some(RequestOptions::new())).map_err(failed)?;
    if !text("body").is_empty() {
        let stream = body.write().map_err(refused("body"))?;
        // What the host refuses while the body is written, the answer tells.
        _ = stream.blocking_write_and_flush(text("body").as_bytes());
    }
    if let Some(megabytes) = input["megabytes"].as_u64() {
        let stream = body.write().map_err(refused("body"))?;
        let piece = vec![b'x'; 4096];
        // What the host refuses on the way, the answer tells.
        _ = (0..megabytes * 256).try_for_each(|_| stream.blocking_write_and_flush(&piece));
    }
    if input["unfinished"] == true {
        std::mem::forget(body);
    } else {
        _ = OutgoingBody::finish(body, None);
    }
    future.subscribe().block();
    let response = match future.get() {
        Some(Ok(response)) => response.map_err(failed)?,
        _ => return Err((ErrorKind::Unreadable, "no answer".to_owned())),
    };
    let shown = |(name, value): (String, Vec<u8>)| json!([name, String::from_utf8_lossy(&value)]);
    let headers: Value = response.headers().entries().into_iter().map(shown).collect();
    let status = response.status();
    let incoming = response.consume().map_err(refused("consumption of the answer"))?;
    let mut all = Vec::new();
    if let Ok(stream) = incoming.stream() {
        while let Ok(bytes) = stream.blocking_read(4096) {
            all.extend(bytes);
        }
    }
    drop(IncomingBody::finish(incoming));
    Ok(json!({ "status": status, "headers": headers, "body": String::from_utf8_lossy(&all) }))
}
