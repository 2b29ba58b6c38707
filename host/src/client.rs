//! How requests leave the host: a pooled client, behind a trait so that tests answer in its place.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::client::legacy::{Client as Pool, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use wasmtime_wasi_http::Error;

pub use wasmtime_wasi_http::{RequestOptions, WasiBody as Body};

use crate::call_handle::CallHandle;
use crate::client_error::{body_error, request_error};
use crate::contact::{Contact, Outlook, Reason};
use crate::proxy::{Dial, Proxies};
use crate::public_addr::{Names, PublicOnly, Resolver, System, is_public, literal};
use crate::read_timeout::Patient;

/// What sending gives in the end: an answer whose body may still be on its way, or why there is none.
pub type Sending = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

/// Sends requests. [`Client`] does so over the network; tests and benches answer by themselves.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request, once: repeating is for the component to decide, since it knows what may be repeated. The gate
    /// has let the request through and added the credential. Redirects are answers like others.
    fn send(&self, request: Request<Body>, options: RequestOptions) -> Sending;

    /// Whether it notes with the request's [`CallHandle`] when a connection is there. Of another one, each request that is sent
    /// may have reached the vendor at once.
    #[doc(hidden)]
    fn notes_connections(&self) -> bool {
        false
    }
}

/// A body of given bytes: for answers of a [`Transport`].
pub fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// What holds where a component sets no time-outs. Ours set all of them.
const PATIENCE: Duration = Duration::from_secs(60);
/// Below the 60 seconds after which common servers hang up, so that a request seldom meets a connection that ends.
const IDLE: Duration = Duration::from_secs(50);
const IDLE_PER_HOST: usize = 64;
/// The most headers of an answer, and the most bytes of its head over HTTP/2: many times what vendors and the proxies in front
/// of them send. Over HTTP/1.1 a head fills hyper's buffer at most, of 400 KiB.
const HEADERS: usize = 1000;
const HEAD: u32 = 256 * 1024;

/// A client that keeps connections open, speaks HTTP/1.1 and 2 (as TLS negotiates), and follows no redirects.
pub struct Client {
    /// For requests that may go anywhere, and for those of components whose address no person has set: what was opened for
    /// one of them is not used for the other.
    anywhere: Pools,
    public: Pools,
    proxies: Proxies,
    roots: Option<PathBuf>,
}

type Secure = HttpsConnector<Dial>;

struct Pools {
    dial: Dial,
    plain: Pool<Dial, Body>,
    /// Made for the first request that needs it: reading the system's certificates takes longer than a local call.
    secure: OnceLock<Result<Pool<Secure, Body>, String>>,
}

impl Client {
    /// A client that trusts the certificates in a PEM file, or those of the system, and goes by the proxies that the
    /// environment names.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be read or holds something else, or a variable names no proxy.
    pub fn new(roots: Option<PathBuf>) -> Result<Client, crate::Error> {
        Client::with(roots, None, Proxies::of_environment()?)
    }

    /// The same, with something that finds addresses in place of the machine's own way, and with these proxies.
    pub(crate) fn with(
        roots: Option<PathBuf>,
        resolver: Option<Arc<dyn Resolver>>,
        proxies: Proxies,
    ) -> Result<Client, crate::Error> {
        let resolver = resolver.unwrap_or_else(|| Arc::new(System));
        let to_proxy = match proxies.secure() {
            true => Some(Arc::new(tls(roots.as_deref()).map_err(crate::Error::misconfigured)?)),
            false => None,
        };
        let pools = |public_only| {
            let names = Names { resolver: resolver.clone(), public_only };
            Pools::new(Dial::new(&names, &proxies, to_proxy.clone()))
        };
        let (anywhere, public) = (pools(false), pools(true));
        let client = Client { anywhere, public, proxies, roots };
        if client.roots.is_some() {
            for pools in [&client.anywhere, &client.public] {
                let secure = client.secure(&pools.dial).map_err(crate::Error::misconfigured)?;
                _ = pools.secure.set(Ok(secure));
            }
        }
        Ok(client)
    }

    /// The pool that a request belongs to.
    fn request(&self, request: Request<Body>) -> Result<ResponseFuture, (Error, Option<Reason>)> {
        let public_only = request.extensions().get::<PublicOnly>().is_some();
        let prohibited = |host| public_only && literal(host).is_some_and(|address| !is_public(address));
        if request.uri().host().is_some_and(prohibited) {
            return Err((Error::DestinationIpProhibited, None));
        }
        let pools = if public_only { &self.public } else { &self.anywhere };
        match request.uri().scheme_str() {
            Some("https") => {
                // Without certificates to trust, none is trusted.
                let secure = pools.secure.get_or_init(|| self.secure(&pools.dial)).as_ref().map_err(|problem| {
                    let message = format!("{problem}; --roots FILE.pem trusts the certificates of a file");
                    (Error::TlsCertificateError, Some(Reason::new(Outlook::Lasting, message)))
                });
                Ok(secure?.request(request))
            }
            _ => Ok(pools.plain.request(request)),
        }
    }

    fn secure(&self, dial: &Dial) -> Result<Pool<Secure, Body>, String> {
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls(self.roots.as_deref())?);
        Ok(pool(builder.https_only().enable_all_versions().wrap_connector(dial.clone())))
    }
}

/// Whom to trust: the certificates of a file, or of the system.
fn tls(roots: Option<&Path>) -> Result<rustls::ClientConfig, String> {
    let ring = rustls::crypto::ring::default_provider();
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(ring));
    let builder = builder.with_safe_default_protocol_versions().map_err(|problem| problem.to_string())?;
    let builder = match roots {
        None => builder
            .with_native_roots()
            .map_err(|problem| format!("the system's certificates cannot be read: {problem}"))?,
        Some(file) => {
            let broken = |problem: &dyn std::fmt::Display| format!("{}: {problem}", file.display());
            let mut roots = rustls::RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(file).map_err(|problem| broken(&problem))? {
                let certificate = certificate.map_err(|problem| broken(&problem))?;
                roots.add(certificate).map_err(|problem| broken(&problem))?;
            }
            if roots.is_empty() {
                return Err(broken(&"holds no certificate"));
            }
            builder.with_root_certificates(roots)
        }
    };
    Ok(builder.with_no_client_auth())
}

impl Pools {
    fn new(dial: Dial) -> Pools {
        Pools { plain: pool(dial.clone()), secure: OnceLock::new(), dial }
    }
}

/// The pool repeats a request by itself only where a kept connection turned out to be closed before the request was
/// handed to it: hyper then gives the request back (`TrySendError::take_message`, which is `None` as soon as a byte may
/// have been written), and hyper-util repeats nothing else. So a POST is never sent twice here.
fn pool<C>(connector: C) -> Pool<C, Body>
where
    C: hyper_util::client::legacy::connect::Connect + Clone,
{
    Pool::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .retry_canceled_requests(true)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .http2_max_header_list_size(HEAD)
        .http1_max_headers(HEADERS)
        // As other clients do, and RFC 9112, 5.1 and 5.2, lets them.
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .build(connector)
}

impl Transport for Client {
    fn notes_connections(&self) -> bool {
        true
    }

    fn send(&self, mut request: Request<Body>, options: RequestOptions) -> Sending {
        let mut connection = capture_connection(&mut request);
        let watch = request.extensions().get::<CallHandle>().cloned();
        let contact = request.extensions().get::<Contact>().cloned().unwrap_or_default();
        let host = request.uri().authority().map_or_else(String::new, |authority| authority.to_string());
        if let Some(problem) = contact.closed(&host) {
            return Box::pin(async { Err(problem) });
        }
        let proxied = self.proxies.serves(request.uri());
        let sending = match self.request(request) {
            Ok(sending) => sending,
            Err((problem, reason)) => {
                contact.failed(&host, &problem, reason);
                return Box::pin(async { Err(problem) });
            }
        };
        Box::pin(async move {
            let between = options.between_bytes_timeout.unwrap_or(PATIENCE);
            let too_late = async {
                // Until there is a connection nothing is sent, so that these two are worth telling apart.
                let connecting = options.connect_timeout.unwrap_or(PATIENCE);
                if timeout(connecting, connection.wait_for_connection_metadata()).await.is_err() {
                    let by = if proxied { ", by the proxy" } else { "" };
                    let message = format!("no connection to {host} within {} ms{by}", connecting.as_millis());
                    return (Error::ConnectionTimeout, Some(Reason::new(Outlook::Passing, message)));
                }
                watch.iter().for_each(CallHandle::reached);
                sleep(options.first_byte_timeout.unwrap_or(PATIENCE)).await;
                (Error::ConnectionReadTimeout, None)
            };
            let response = tokio::select! {
                biased;
                response = sending => response.map_err(|problem| request_error(&problem, &host)),
                late = too_late => Err(late),
            };
            let response = response.map_err(|(problem, reason)| {
                contact.failed(&host, &problem, reason);
                problem
            })?;
            contact.answered();
            Ok(response
                .map(|incoming| Patient::new(incoming.map_err(|problem| body_error(&problem)), between).boxed_unsync()))
        })
    }
}

#[cfg(test)]
mod tests;
