//! The vendor: a server in a process of its own, so that its memory and its threads are not counted as ours.
//!
//! It lists 20 activities, over HTTP and over TLS, and holds requests under `/wait` open for as long as it runs.

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use outwit::Settings;
use serde_json::{Value, json};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The argument that makes this program the vendor.
pub const ROLE: &str = "--vendor";
/// What is called.
pub const OPERATION: &str = "accelo.list-activities";
/// Its input.
pub const INPUT: &str = r#"{"limit": 20, "fields": ["medium", "billable", "nonbillable", "staff()"]}"#;
/// What a native client asks for to get the same.
const PATH: &str = "/api/v0/activities?_limit=20&_fields=medium,billable,nonbillable,staff()";
/// Of 28 letters and digits, as vendors' keys are: answers are searched for its encodings.
pub const TOKEN: &str = "Kx7Qm2vT9pLz4RwB8nHj3YcD6sFg";

/// The vendor's process; it ends when this is dropped.
pub struct Vendor {
    child: Child,
    /// The addresses' beginnings.
    pub http: String,
    pub https: String,
    /// A file with the certificate that is shown.
    pub certificate: PathBuf,
}

impl Vendor {
    /// Starts it; the certificate is written to the folder.
    pub fn start(folder: &Path) -> Result<Vendor> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let details: Value = serde_json::from_str(&line).context("the vendor's first line")?;
        let text = |name: &str| details[name].as_str().unwrap_or_default().to_owned();
        let certificate = folder.join("certificate.pem");
        std::fs::write(&certificate, text("certificate"))?;
        Ok(Vendor { child, http: text("http"), https: text("https"), certificate })
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The settings of an account at this address.
pub fn settings(url: &str) -> Settings {
    [("ACCELO_BASE_URL", url), ("ACCELO_TOKEN", TOKEN)].into_iter().collect()
}

/// The request, made natively, and its answer read as JSON.
pub async fn native(client: &reqwest::Client, url: &str) -> Result<()> {
    let response = client.get(format!("{url}{PATH}")).bearer_auth(TOKEN).send().await?.error_for_status()?;
    black_box(serde_json::from_slice::<Value>(&response.bytes().await?)?);
    Ok(())
}

/// A list of so many activities, as the vendor writes it.
pub fn reply(rows: u32) -> String {
    let activity = |index: u32| {
        json!({
            "id": (20_000 + index).to_string(),
            "subject": format!("Quarterly planning meeting {index}"),
            "confidential": 0,
            "medium": "meeting",
            "billable": "0",
            "nonbillable": "2700",
            "staff": { "id": "21", "firstname": "Mirela", "surname": "Osei" },
        })
    };
    let activities: Vec<Value> = (0..rows).map(activity).collect();
    json!({ "meta": { "status": "ok" }, "response": activities }).to_string()
}

/// A runtime of one thread.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Is the vendor, until standard input ends, as it does when whoever started it is gone.
pub fn serve() -> Result<()> {
    std::thread::spawn(|| {
        _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    runtime()?.block_on(async {
        let plain = TcpListener::bind("127.0.0.1:0").await?;
        let secure = TcpListener::bind("127.0.0.1:0").await?;
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        println!(
            "{}",
            json!({
                "http": format!("http://{}", plain.local_addr()?),
                "https": format!("https://{}", secure.local_addr()?),
                "certificate": made.cert.pem(),
            })
        );
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
        // Without ALPN both clients speak HTTP/1.1.
        let config = config.with_single_cert(vec![made.cert.der().clone()], key)?;
        tokio::spawn(accept(secure, TlsAcceptor::from(Arc::new(config)), router()));
        axum::serve(plain, router()).await?;
        Ok(())
    })
}

fn router() -> Router {
    let reply: &'static str = reply(20).leak();
    let waiting: &'static AtomicUsize = Box::leak(Box::default());
    let list = move || async move { ([("content-type", "application/json")], reply) };
    let wait = move || async move {
        waiting.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<()>().await
    };
    Router::new()
        .route("/api/v0/activities", get(list))
        .route("/wait/api/v0/activities", get(wait))
        .route("/waiting", get(move || async move { waiting.load(Ordering::Relaxed).to_string() }))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, router) = (acceptor.clone(), router.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = TowerToHyperService::new(router);
            _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
