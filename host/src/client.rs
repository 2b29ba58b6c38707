//! How requests leave the host: a pooled client, behind a trait so that tests answer in its place.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{HttpConnector, capture_connection};
use hyper_util::client::legacy::{Client as Pool, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use wasmtime_wasi_http::Error;

pub use wasmtime_wasi_http::{RequestOptions, WasiBody as Body};

use crate::client_error::{body_error, request_error};
use crate::patient::Patient;
use crate::reach::{Names, PublicOnly, Resolver, System, is_public, literal};

/// What sending gives in the end: an answer whose body may still be on its way, or why there is none.
pub type Sending = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

/// Sends requests. [`Client`] does so over the network; tests and benches answer by themselves.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request, once: repeating is for the component to decide, since it knows what may be repeated. The gate
    /// has let the request through and added the credential. Redirects are answers like others.
    fn send(&self, request: Request<Body>, options: RequestOptions) -> Sending;
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

/// A client that keeps connections open, speaks HTTP/1.1 and 2 (as TLS negotiates), and follows no redirects.
pub struct Client {
    /// For requests that may go anywhere, and for those of components whose address no person has set: what was opened for
    /// one of them is not used for the other.
    anywhere: Pools,
    public: Pools,
    roots: Option<PathBuf>,
}

type Plain = HttpConnector<Names>;
type Secure = HttpsConnector<Plain>;

struct Pools {
    names: Names,
    plain: Pool<Plain, Body>,
    /// Made for the first request that needs it: reading the system's certificates takes longer than a local call.
    secure: OnceLock<Result<Pool<Secure, Body>, String>>,
}

impl Client {
    /// A client that trusts the certificates in a PEM file, or those of the system.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be read or holds something else.
    pub fn new(roots: Option<PathBuf>) -> Result<Client, crate::Error> {
        Client::with(roots, None)
    }

    /// The same, with something that finds addresses in place of the machine's own way.
    pub(crate) fn with(roots: Option<PathBuf>, resolver: Option<Arc<dyn Resolver>>) -> Result<Client, crate::Error> {
        let resolver = resolver.unwrap_or_else(|| Arc::new(System));
        let pools = |public_only| Pools::new(Names { resolver: resolver.clone(), public_only });
        let client = Client { anywhere: pools(false), public: pools(true), roots };
        if client.roots.is_some() {
            for pools in [&client.anywhere, &client.public] {
                let secure = client.tls(&pools.names).map(pool).map_err(crate::Error::misconfigured)?;
                _ = pools.secure.set(Ok(secure));
            }
        }
        Ok(client)
    }

    /// The pool that a request belongs to.
    fn request(&self, request: Request<Body>) -> Result<ResponseFuture, Error> {
        let public_only = request.extensions().get::<PublicOnly>().is_some();
        let prohibited = |host| public_only && literal(host).is_some_and(|address| !is_public(address));
        if request.uri().host().is_some_and(prohibited) {
            return Err(Error::DestinationIpProhibited);
        }
        let pools = if public_only { &self.public } else { &self.anywhere };
        match request.uri().scheme_str() {
            Some("https") => {
                let secure = pools.secure.get_or_init(|| self.tls(&pools.names).map(pool));
                // Without certificates to trust, none is trusted.
                Ok(secure.as_ref().map_err(|_| Error::TlsCertificateError)?.request(request))
            }
            _ => Ok(pools.plain.request(request)),
        }
    }

    fn tls(&self, names: &Names) -> Result<Secure, String> {
        let ring = rustls::crypto::ring::default_provider();
        let builder = match &self.roots {
            None => HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(ring)
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
                let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring))
                    .with_safe_default_protocol_versions()
                    .map_err(|problem| problem.to_string())?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                HttpsConnectorBuilder::new().with_tls_config(config)
            }
        };
        Ok(builder.https_only().enable_all_versions().wrap_connector(connector(names, false)))
    }
}

impl Pools {
    fn new(names: Names) -> Pools {
        Pools { plain: pool(connector(&names, true)), secure: OnceLock::new(), names }
    }
}

fn connector(names: &Names, plain: bool) -> Plain {
    let mut connector = HttpConnector::new_with_resolver(names.clone());
    connector.enforce_http(plain);
    connector.set_nodelay(true);
    connector
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
        .build(connector)
}

impl Transport for Client {
    fn send(&self, mut request: Request<Body>, options: RequestOptions) -> Sending {
        let mut connection = capture_connection(&mut request);
        let sending = match self.request(request) {
            Ok(sending) => sending,
            Err(problem) => return Box::pin(async { Err(problem) }),
        };
        Box::pin(async move {
            let between = options.between_bytes_timeout.unwrap_or(PATIENCE);
            let too_late = async {
                // Until there is a connection nothing is sent, so that these two are worth telling apart.
                let connecting = options.connect_timeout.unwrap_or(PATIENCE);
                if timeout(connecting, connection.wait_for_connection_metadata()).await.is_err() {
                    return Error::ConnectionTimeout;
                }
                sleep(options.first_byte_timeout.unwrap_or(PATIENCE)).await;
                Error::ConnectionReadTimeout
            };
            let response = tokio::select! {
                biased;
                response = sending => response.map_err(|problem| request_error(&problem))?,
                late = too_late => return Err(late),
            };
            Ok(response
                .map(|incoming| Patient::new(incoming.map_err(|problem| body_error(&problem)), between).boxed_unsync()))
        })
    }
}

#[cfg(test)]
mod tests;
