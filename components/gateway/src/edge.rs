//! The only file that touches WASI: a request comes in, a reply goes out, and operations are called in between.

use crate::Error;
use crate::answer::{Doors, answer};
use crate::bindings::outwit::plugin::operations;
use crate::message::{NoBody, Reply, Request};
use crate::offer::Operations;
use outwit_core::words::EFFECTS;
use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasi::io::streams::{OutputStream, StreamError};

/// How much is read at once.
const CHUNK: u64 = 64 << 10;

struct Gateway;

wasi::http::proxy::export!(Gateway);

impl Guest for Gateway {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        let headers = incoming.headers().entries();
        let mut headers: Vec<(String, Vec<u8>)> =
            headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        // HTTP/2 has it in the request's line.
        if !headers.iter().any(|(name, _)| name == "host") {
            headers.extend(incoming.authority().map(|authority| ("host".to_owned(), authority.into_bytes())));
        }
        let target = incoming.path_with_query().unwrap_or_default();
        let request = Request::of(method(&incoming.method()), &target, headers);
        let doors = Doors::of(&wasi::cli::environment::get_environment());
        let mut body = |most: usize| read(&incoming, most);
        send(answer(&request, &mut body, &doors, &Imported), out);
    }
}

/// What the gateway is composed with.
struct Imported;

impl Operations for Imported {
    fn describe(&self) -> String {
        operations::describe()
    }

    fn call(&self, id: &str, input: &str) -> Result<String, Error> {
        operations::call(id, input)
    }

    fn effect(&self, id: &str) -> Option<&'static str> {
        let found = operations::search(id, 1).into_iter().find(|found| found.id == id)?;
        Some(EFFECTS[found.effect as usize])
    }
}

fn method(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(other) => other,
    }
}

/// A whole body. It can be taken once; a second time there is none.
fn read(incoming: &IncomingRequest, most: usize) -> Result<Vec<u8>, NoBody> {
    let body: IncomingBody = incoming.consume().map_err(|()| NoBody::Broken)?;
    let stream = body.stream().map_err(|()| NoBody::Broken)?;
    let mut whole = Vec::new();
    loop {
        match stream.blocking_read(CHUNK) {
            Ok(chunk) if whole.len() + chunk.len() > most => return Err(NoBody::TooLarge),
            Ok(chunk) => whole.extend(chunk),
            Err(StreamError::Closed) => return Ok(whole),
            Err(StreamError::LastOperationFailed(_)) => return Err(NoBody::Broken),
        }
    }
}

/// Sends a reply, as far as the client listens.
fn send(reply: Reply, out: ResponseOutparam) {
    let headers = Fields::new();
    for (name, value) in &reply.headers {
        // The host's own headers cannot be set, and none of them is.
        _ = headers.append(name, value.as_bytes());
    }
    // What a HEAD request would get is longer than nothing.
    if !reply.body.is_empty() {
        _ = headers.append("content-length", reply.body.len().to_string().as_bytes());
    }
    let response = OutgoingResponse::new(headers);
    _ = response.set_status_code(reply.status);
    let body = response.body();
    ResponseOutparam::set(out, Ok(response));
    let Ok(body) = body else { return };
    if let Ok(stream) = body.write() {
        _ = write(&stream, &reply.body);
    }
    _ = OutgoingBody::finish(body, None);
}

fn write(stream: &OutputStream, mut rest: &[u8]) -> Result<(), StreamError> {
    while !rest.is_empty() {
        match usize::try_from(stream.check_write()?) {
            Ok(0) => stream.subscribe().block(),
            room => {
                let (piece, more) = rest.split_at(rest.len().min(room.unwrap_or(usize::MAX)));
                stream.write(piece)?;
                rest = more;
            }
        }
    }
    stream.blocking_flush()
}
