//! A vendor over TLS.

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use outwit::{Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::net;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub struct Server {
    pub url: String,
    /// A file with the certificate that the server shows.
    pub certificate: tempfile::NamedTempFile,
    pub connections: Arc<AtomicUsize>,
    pub versions: Arc<Mutex<Vec<Version>>>,
}

impl Server {
    /// A server of staff members, with a certificate of its own making.
    pub async fn start(protocols: &[&str]) -> Server {
        let (acceptor, certificate) = acceptor(protocols);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (connections, versions) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        tokio::spawn(accept(listener, acceptor, connections.clone(), versions.clone()));
        Server { url, certificate, connections, versions }
    }

    /// A plugin of a host that trusts this server's certificate, or only those of the system.
    pub async fn plugin(&self, trusted: bool) -> Plugin {
        let roots = trusted.then(|| self.certificate.path().to_owned());
        accelo(Options { roots, ..net::options() }, &[("ACCELO_BASE_URL", &self.url), ("OUTWIT_TRIES", "1")]).await
    }
}

/// What speaks TLS for `localhost` and `vendor.test`, and a file with the certificate that it shows.
pub fn acceptor(protocols: &[&str]) -> (TlsAcceptor, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "vendor.test".to_owned()]).unwrap();
    let certificate = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    connections: Arc<AtomicUsize>,
    versions: Arc<Mutex<Vec<Version>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, connections, versions) = (acceptor.clone(), connections.clone(), versions.clone());
        tokio::spawn(async move {
            // Who does not trust the certificate ends here.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            connections.fetch_add(1, Ordering::Relaxed);
            let answer = service_fn(|request: Request<hyper::body::Incoming>| {
                versions.lock().unwrap().push(request.version());
                let body = json!({ "meta": { "status": "ok" }, "response": { "id": "21" } }).to_string();
                async { Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from(body)))) }
            });
            _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

/// Accelo in a host with these options, with a token and these settings.
pub async fn accelo(options: Options, settings: &[(&str, &str)]) -> Plugin {
    let component = Plugins::embedded().component("accelo").unwrap().unwrap();
    let settings: Settings = [("ACCELO_TOKEN", "token")].iter().chain(settings).copied().collect();
    Host::new(options).unwrap().load(&component, settings).await.unwrap()
}
