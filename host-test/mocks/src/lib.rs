//! Vendors to test against: stateful mock servers on loopback, for tests, benches and a command line's `--mock`.
//!
//! A mock keeps what it is told: a record that was created can be listed, read back, changed and deleted. It is a real
//! server on a real socket, so that a client's whole stack is exercised. [`faults`] holds servers that misbehave instead.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! for vendor in outwit_mocks::vendors() {
//!     let server = outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
//!     assert!(server.settings().iter().any(|(_, value)| value == server.url()));
//!     assert!(server.seen().is_empty());
//! }
//! # });
//! ```
//!
//! A vendor is one file, `src/vendors/NAME.rs`, with a folder of the same name if it needs one; the build script finds it.
//! This file must not know any vendor. Where a vendor's mock has switches of its own (strictness, a small quota, a moved
//! clock), they are set over HTTP at `/mock` and described in the vendor's module.

#![deny(missing_docs)]

pub mod case;
mod difference;
pub mod facts;
pub mod faults;
mod records;
pub mod scripted;

pub use difference::differences;

use facts::Facts;

include!(concat!(env!("OUT_DIR"), "/facts.rs"));
include!(concat!(env!("OUT_DIR"), "/vendors.rs"));

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A larger body is answered with 413, so that a runaway client cannot fill the memory.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// What a vendor's module hands over: the requests it answers and the environment that points a plugin at it.
pub(crate) struct Vendor {
    /// Names and values of environment variables, without the base URL, which is only known when the server listens.
    pub settings: Vec<(&'static str, String)>,
    /// Fresh state with every router, so that servers do not share any.
    pub router: Router,
}

/// One request as it arrived, before the mock judged it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method on the request line, for example `POST`; a vendor's own override of it is not applied.
    pub method: String,
    /// The path without the query, still percent-encoded.
    pub path: String,
    /// What follows the `?`, still percent-encoded; empty when there is none.
    pub query: String,
    /// All headers, credentials included.
    pub headers: HeaderMap,
    /// The whole body; without the framing when it came in chunks.
    pub body: Bytes,
}

/// A vendor's name and what builds its mock; the build script writes the table of them.
type Row = (&'static str, fn() -> Vendor);

type Log = Arc<Mutex<Vec<Seen>>>;

/// A panic elsewhere must not turn into a second one here, and the log is whole between two pushes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one document of a vendor says: `components/VENDOR/facts/NAME.json`, as it was when this crate was built.
///
/// # Panics
///
/// If there is no such file, or if it says something that means nothing.
pub fn facts(vendor: &str, name: &str) -> Facts {
    let found = FACTS.iter().find(|(of, file, _)| (*of, *file) == (vendor, name));
    let (_, _, text) = found.unwrap_or_else(|| panic!("{vendor} has no facts {name}"));
    Facts::parse(text).unwrap_or_else(|error| panic!("{vendor}/{name}: {error}"))
}

/// Names of the vendors that have a mock, sorted.
pub fn vendors() -> &'static [&'static str] {
    NAMES
}

/// The vendors whose facts are taken from the same document: parts of one API, which one server answers. This one comes first.
pub(crate) fn parts(vendor: &'static str) -> Vec<&'static str> {
    let source = |of: &str, text: &str| match Facts::parse(text) {
        Ok(facts) => facts.source,
        Err(error) => panic!("{of}: {error}"),
    };
    let own: Vec<String> =
        FACTS.iter().filter(|(of, ..)| *of == vendor).map(|(of, _, text)| source(of, text)).collect();
    let others = FACTS.iter().filter(|(of, _, text)| *of != vendor && own.contains(&source(of, text)));
    let mut parts = vec![vendor];
    parts.extend(others.map(|(of, ..)| *of));
    parts.dedup();
    parts
}

/// Starts the mock of `vendor` on `addr` (port 0 picks a free one) on the current tokio runtime; it stops when the
/// [`Server`] is dropped.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] for an unknown vendor, with a message that names the known ones; otherwise what binding the
/// address gave.
pub async fn start(vendor: &str, addr: SocketAddr) -> io::Result<Server> {
    let Some((name, build)) = VENDORS.iter().find(|(name, _)| *name == vendor) else {
        let known = NAMES.join(", ");
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("no mock of `{vendor}`; there are: {known}")));
    };
    let Vendor { settings, router } = build();
    let seen = Log::default();
    let (url, stop) = serve(router.layer(from_fn_with_state(seen.clone(), record)), addr).await?;
    let vendors = parts(name);
    // Whoever has the credential of one part uses it for all: none of them may be left with the vendor's own address.
    let mut environment: Vec<(String, String)> =
        vendors.iter().map(|vendor| (format!("{}_BASE_URL", vendor.to_uppercase()), url.clone())).collect();
    environment.extend(settings.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(Server { url, vendors, settings: environment, seen, _stop: stop })
}

/// Answers on an address; gives its URL, and what ends it when it is dropped.
async fn serve(router: Router, addr: SocketAddr) -> io::Result<(String, oneshot::Sender<()>)> {
    let listener = TcpListener::bind(addr).await?;
    let url = format!("http://{}", listener.local_addr()?);
    // An answer is one small write, which would otherwise wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let server = axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) });
        // Serving ends only when it is told to; there is nobody left to tell of an error by then.
        drop(server.await);
    });
    Ok((url, stop))
}

/// Notes the request and passes it on unchanged.
async fn record(State(seen): State<Log>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    lock(&seen).push(Seen::of(&parts, body.clone()));
    next.run(Request::from_parts(parts, Body::from(body))).await
}

impl Seen {
    /// Of a request's parts.
    pub fn of(parts: &Parts, body: Bytes) -> Seen {
        Seen {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            body,
        }
    }
}

/// A running mock. Dropping it closes the listener and the idle connections; answers that are under way are finished.
#[derive(Debug)]
pub struct Server {
    url: String,
    vendors: Vec<&'static str>,
    settings: Vec<(String, String)>,
    seen: Log,
    /// Its drop is the signal.
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Where it listens, without a slash at the end: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The vendors that this server stands for: the one that it was started for, and those that are parts of the same API.
    pub fn vendors(&self) -> &[&'static str] {
        &self.vendors
    }

    /// The environment that points plugins at this mock: `<VENDOR>_BASE_URL` of each of [`Server::vendors`] with the value of
    /// [`Server::url`], then the vendors' own settings, credentials included.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// The settings of the vendor that it was started for alone, as an account in a file of configuration has them.
    pub fn account(&self) -> impl Iterator<Item = &(String, String)> {
        let (bases, others) = self.settings.split_at(self.vendors.len());
        bases.iter().take(1).chain(others)
    }

    /// Every request so far, in the order of arrival, also those that were refused. They are kept until
    /// [`Server::forget`].
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    /// Empties [`Server::seen`]. The vendor's records stay as they are.
    pub fn forget(&self) {
        lock(&self.seen).clear();
    }
}
