//! The host's client over TLS: which servers it trusts, which protocol it speaks, how long it keeps a connection.

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use outwit::{ErrorKind, Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::net;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

struct Server {
    url: String,
    /// A file with the certificate that the server shows.
    certificate: tempfile::NamedTempFile,
    connections: Arc<AtomicUsize>,
    versions: Arc<Mutex<Vec<Version>>>,
}

impl Server {
    /// A server of staff members, with a certificate of its own making.
    async fn start(protocols: &[&str]) -> Server {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (connections, versions) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        tokio::spawn(accept(listener, acceptor, connections.clone(), versions.clone()));
        Server { url, certificate, connections, versions }
    }

    /// A plugin of a host that trusts this server's certificate, or only those of the system.
    async fn plugin(&self, trusted: bool) -> Plugin {
        let roots = trusted.then(|| self.certificate.path().to_owned());
        let component = Plugins::embedded().component("accelo").unwrap().unwrap();
        let settings = [("ACCELO_BASE_URL", self.url.as_str()), ("ACCELO_TOKEN", "token"), ("OUTWIT_TRIES", "1")];
        let settings: Settings = settings.into_iter().collect();
        Host::new(Options { roots, ..net::options() }).unwrap().load(&component, settings).await.unwrap()
    }
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

#[test]
fn a_connection_is_kept_and_speaks_what_the_server_prefers() {
    net::run(async {
        for (protocols, version) in [
            (&["h2", "http/1.1"][..], Version::HTTP_2),
            (&["http/1.1"][..], Version::HTTP_11),
            (&[][..], Version::HTTP_11),
        ] {
            let server = Server::start(protocols).await;
            let plugin = server.plugin(true).await;
            for _ in 0..3 {
                let staff = net::call(&plugin, "accelo.get-staff", &json!({ "id": "21" })).await.unwrap();
                assert_eq!(staff["id"], "21");
            }
            assert_eq!(*server.versions.lock().unwrap(), [version; 3], "{protocols:?}");
            assert_eq!(server.connections.load(Ordering::Relaxed), 1, "{protocols:?}");
        }
    });
}

#[test]
fn a_server_that_nobody_vouches_for_gets_no_request() {
    net::run(async {
        let server = Server::start(&["h2"]).await;
        let plugin = server.plugin(false).await;
        let error = net::call(&plugin, "accelo.get-staff", &json!({ "id": "21" })).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable, "{error:?}");
        assert!(server.versions.lock().unwrap().is_empty());
    });
}
