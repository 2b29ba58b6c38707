//! The only file that touches `wasi:http`, clocks and the environment (with `raw.rs`, which is about their bindings).

mod raw;

use super::{Body, Failure, Limits, Outside, Request};
use crate::reply::Reply;
use raw::Code;
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::http::types::{
    Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};
use wasi::io::poll;
use wasi::io::streams::{InputStream, StreamError};

const NS_PER_MS: u64 = 1_000_000;

/// The world of a component.
#[derive(Clone, Copy, Debug, Default)]
pub struct World;

impl Outside for World {
    fn environment(&self) -> Vec<(String, String)> {
        wasi::cli::environment::get_environment()
    }

    fn now_ms(&self) -> u64 {
        monotonic_clock::now() / NS_PER_MS
    }

    fn unix_now(&self) -> u64 {
        wall_clock::now().seconds
    }

    /// The fine digits of the clock.
    fn noise(&self) -> u64 {
        monotonic_clock::now() / 1000
    }

    fn sleep_ms(&self, ms: u64) {
        monotonic_clock::subscribe_duration(ns(ms)).block();
    }

    fn send(&self, request: &Request<'_>, limits: &Limits) -> Result<Incoming, Failure> {
        let timer = Timer(monotonic_clock::subscribe_instant(ns(limits.deadline_ms)));
        let headers = Fields::from_list(&request.headers).map_err(|_| Failure::Denied)?;
        let outgoing = OutgoingRequest::new(headers);
        let method = match request.method {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            other => Method::Other(other.to_owned()),
        };
        let scheme = if request.https { Scheme::Https } else { Scheme::Http };
        let refused = |()| Failure::NotSent("the host does not accept the address");
        // A new request is a GET.
        if !matches!(method, Method::Get) {
            outgoing.set_method(&method).map_err(refused)?;
        }
        outgoing.set_scheme(Some(&scheme)).map_err(refused)?;
        outgoing.set_authority(Some(request.authority)).map_err(refused)?;
        outgoing.set_path_with_query(Some(request.path_and_query)).map_err(refused)?;
        let body = match request.body {
            Some(bytes) => Some((outgoing.body().map_err(refused)?, bytes)),
            None => None,
        };
        let future = raw::handle(outgoing, options(limits)).map_err(failure)?;
        if let Some((body, bytes)) = body {
            // A vendor may answer, or hang up, before it has read all: then the answer says why.
            match write(&body, bytes, &timer) {
                Ok(true) => raw::finish(body).map_err(failure)?,
                Ok(false) => return Err(Failure::TimedOut),
                Err(_) => drop(body),
            }
        }
        if !timer.first(&future.subscribe()) {
            return Err(Failure::TimedOut);
        }
        match raw::get(&future) {
            Some(Ok(response)) => Incoming::of(response, limits, timer),
            Some(Err(code)) => Err(failure(code)),
            None => Err(Failure::Lost("the host gives no answer")),
        }
    }
}

/// What no clock reaches stays out of reach.
fn ns(ms: u64) -> u64 {
    ms.saturating_mul(NS_PER_MS)
}

/// A host waits at least so long for an answer where nobody says how long (inferred: wasmtime and jco wait for ten minutes). Each call
/// into the host takes its time.
const PATIENCE_MS: u64 = 30_000;

fn options(limits: &Limits) -> RequestOptions {
    let left_ns = ns(limits.deadline_ms.saturating_sub(World.now_ms()).max(1));
    let options = RequestOptions::new();
    // A host that cannot do one of these says so; the timer holds all the same.
    // Before the deadline: what ends there was sent, for all that is known.
    _ = options.set_connect_timeout(Some((left_ns - left_ns / 10).min(ns(limits.connect_ms))));
    if left_ns > ns(PATIENCE_MS) {
        _ = options.set_first_byte_timeout(Some(left_ns));
        _ = options.set_between_bytes_timeout(Some(left_ns));
    }
    options
}

struct Timer(poll::Pollable);

impl Timer {
    /// Whether the other is ready before time is up.
    fn first(&self, other: &poll::Pollable) -> bool {
        poll::poll(&[other, &self.0]).contains(&0)
    }
}

fn write(body: &OutgoingBody, mut bytes: &[u8], timer: &Timer) -> Result<bool, StreamError> {
    let stream = body.write().map_err(|()| StreamError::Closed)?;
    while !bytes.is_empty() {
        let room = stream.check_write()?;
        let (now, rest) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
        if now.is_empty() {
            if !timer.first(&stream.subscribe()) {
                return Ok(false);
            }
        } else {
            stream.write(now)?;
            bytes = rest;
        }
    }
    stream.flush()?;
    Ok(timer.first(&stream.subscribe()))
}

const BROKEN: &str = "the connection broke in the middle of the answer";

/// An answer whose body is still coming.
pub struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    announced: Option<usize>,
    received: usize,
    most: usize,
    timer: Timer,
    until_ns: u64,
    // Each is part of the next one, and has to go before it.
    stream: InputStream,
    _body: IncomingBody,
    _response: IncomingResponse,
}

impl Incoming {
    fn of(response: IncomingResponse, limits: &Limits, timer: Timer) -> Result<Incoming, Failure> {
        let status = response.status();
        let headers = response.headers().entries();
        let announced = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let announced = announced.and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse::<u64>().ok());
        // More than an address can say is more than there may be.
        let announced = announced.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let most = limits.body_bytes;
        if announced.is_some_and(|bytes| bytes > most) {
            return Err(Failure::TooLarge);
        }
        let body = response.consume().map_err(|()| Failure::Lost(BROKEN))?;
        let stream = body.stream().map_err(|()| Failure::Lost(BROKEN))?;
        Ok(Incoming {
            status,
            headers,
            announced,
            received: 0,
            most,
            timer,
            until_ns: ns(limits.deadline_ms),
            stream,
            _body: body,
            _response: response,
        })
    }
}

impl Incoming {
    /// Why the body ends before its end. Once time is up, that is the reason: the host's own time for the next piece ends with the
    /// deadline, and wasmtime 48 tells no code of a body that failed (`http-error-code` is none).
    fn broken(&self) -> Failure {
        if ns(World.now_ms()) >= self.until_ns { Failure::TimedOut } else { Failure::Lost(BROKEN) }
    }
}

impl Body for Incoming {
    fn wait_at_most(&mut self, ms: u64) {
        let until = ns(World.now_ms().saturating_add(ms)).min(self.until_ns);
        (self.timer, self.until_ns) = (Timer(monotonic_clock::subscribe_instant(until)), until);
    }

    fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            // Read first: mostly the body is there already, and waiting costs the host two more calls.
            match self.stream.read(64 * 1024) {
                Ok(bytes) if bytes.is_empty() => {
                    if !self.timer.first(&self.stream.subscribe()) {
                        return Err(Failure::TimedOut);
                    }
                }
                Ok(bytes) => {
                    self.received += bytes.len();
                    return if self.received > self.most { Err(Failure::TooLarge) } else { Ok(Some(bytes)) };
                }
                // Some hosts end the stream where the connection ended: what was announced must be there.
                Err(StreamError::Closed) if self.announced.is_some_and(|bytes| self.received < bytes) => {
                    return Err(self.broken());
                }
                Err(StreamError::Closed) => return Ok(None),
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(match raw::code_of(&error).map(failure) {
                        Some(Failure::TimedOut) => Failure::TimedOut,
                        _ => self.broken(),
                    });
                }
            }
        }
    }

    fn read_to_end(mut self) -> Result<Reply, Failure> {
        let mut body = Vec::with_capacity(self.announced.unwrap_or(0));
        while let Some(bytes) = self.piece()? {
            body.extend_from_slice(&bytes);
        }
        Ok(Reply::of(self.status, std::mem::take(&mut self.headers), body))
    }
}

fn failure(code: Code) -> Failure {
    match code {
        Code::HTTP_REQUEST_DENIED | Code::DESTINATION_IP_PROHIBITED => Failure::Denied,
        Code::DNS_TIMEOUT | Code::DNS_ERROR | Code::DESTINATION_NOT_FOUND => {
            Failure::NotSent("its name cannot be resolved")
        }
        Code::DESTINATION_UNAVAILABLE | Code::DESTINATION_IP_UNROUTABLE => {
            Failure::NotSent("its address cannot be reached")
        }
        Code::CONNECTION_REFUSED => Failure::NotSent("the connection is refused"),
        Code::CONNECTION_TIMEOUT => Failure::NotSent("the connection is not answered"),
        Code::CONNECTION_LIMIT_REACHED => Failure::NotSent("the host has too many connections"),
        Code::TLS_PROTOCOL_ERROR | Code::TLS_CERTIFICATE_ERROR | Code::TLS_ALERT_RECEIVED => {
            Failure::NotSent("no secure connection can be made")
        }
        Code::HTTP_REQUEST_URI_INVALID | Code::HTTP_REQUEST_METHOD_INVALID => {
            Failure::NotSent("the host does not accept the request")
        }
        Code::CONNECTION_READ_TIMEOUT | Code::CONNECTION_WRITE_TIMEOUT | Code::HTTP_RESPONSE_TIMEOUT => {
            Failure::TimedOut
        }
        Code::HTTP_RESPONSE_BODY_SIZE => Failure::TooLarge,
        _ => Failure::Lost("the connection broke before the answer"),
    }
}
