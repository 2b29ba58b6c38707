//! Taking components from registries and giving them there, over HTTPS; over HTTP only on this machine.

use super::artifact::{self, Artifact, MANIFEST};
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, OciEnvelope, OciErrorCode};
use oci_client::manifest::OciDescriptor;
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference, RegistryOperation};
use outwit::Secret;
use outwit::inspect::{self, Structure};
use outwit::{Advice, Error, ErrorKind};
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncWrite;

/// The largest component that is pulled, in bytes: many times what a vendor's has.
const LARGEST: usize = 64 << 20;

/// Who asks a registry.
#[derive(Clone, Debug, Default)]
pub struct Login(Known);

#[derive(Clone, Debug, Default)]
enum Known {
    #[default]
    Nobody,
    Token(Secret),
    User(String, Secret),
}

impl Login {
    /// Whoever has this token.
    pub fn token(token: String) -> Login {
        Login(Known::Token(token.into()))
    }

    /// A user, with a password or what a registry has in its place.
    pub fn user(name: String, password: String) -> Login {
        Login(Known::User(name, password.into()))
    }

    fn auth(&self) -> RegistryAuth {
        match &self.0 {
            Known::Nobody => RegistryAuth::Anonymous,
            Known::Token(token) => RegistryAuth::Bearer(token.expose().to_owned()),
            Known::User(name, password) => RegistryAuth::Basic(name.clone(), password.expose().to_owned()),
        }
    }
}

/// One place in a registry: `ghcr.io/acme/accelo:0.1.0`, or `…@sha256:…` for one content.
pub struct Place {
    reference: Reference,
    client: Client,
    login: Login,
}

impl Place {
    /// The place of a reference. `roots` is a PEM file of the certificates to trust instead of the system's.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when the reference names no registry or no version; `misconfigured`, when the roots cannot be read.
    pub fn of(reference: &str, login: Login, roots: Option<&Path>) -> Result<Place, Error> {
        let invalid = |why: &str| {
            let message = format!("{reference:?} {why}; expected one such as ghcr.io/acme/accelo:0.1.0");
            Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("reference")
        };
        let parsed: Reference = reference.parse().map_err(|problem| invalid(&format!("is no reference: {problem}")))?;
        // Without these, other programs go to a registry of their own choice and take what was pushed last.
        if !reference.starts_with(&format!("{}/", parsed.registry())) {
            return Err(invalid("names no registry"));
        }
        let name = reference.rsplit('/').next().unwrap_or(reference);
        if parsed.digest().is_none() && !name.contains(':') {
            return Err(invalid("names no version"));
        }
        Ok(Place { client: client(&parsed, roots)?, reference: parsed, login })
    }

    /// Gives a component to the registry; returns its digest, by which it can be pulled for good. `name` and `more` are as for
    /// [`Artifact::of`].
    ///
    /// # Errors
    ///
    /// `invalid-input`, when it is no component or the place is a digest; else as the registry answers:
    /// `unauthenticated`, `forbidden`, `rejected`, `unavailable`, `timed-out`.
    pub async fn push(&self, component: &[u8], name: &str, more: &[(&str, &str)]) -> Result<String, Error> {
        if self.reference.digest().is_some() {
            let message = "a component is pushed to a version, and not to a digest";
            return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("reference"));
        }
        let artifact = Artifact::of(component, name, more)?;
        self.begin(RegistryOperation::Push).await?;
        for blob in [component, &artifact.config] {
            let digest = inspect::digest(blob);
            if !self.client.blob_exists(&self.reference, &digest).await.map_err(|problem| self.client_error(problem))? {
                let pushed = self.client.push_blob(&self.reference, blob.to_vec(), &digest).await;
                pushed.map_err(|problem| self.client_error(problem))?;
            }
        }
        let digest = inspect::digest(&artifact.manifest);
        let kind = http::HeaderValue::from_static(MANIFEST);
        let pushed = self.client.push_manifest_raw(&self.reference, artifact.manifest, kind).await;
        pushed.map_err(|problem| self.client_error(problem))?;
        Ok(digest)
    }

    /// Takes a component from the registry; returns it with the digest of its manifest. What is not as its digest says is
    /// refused.
    ///
    /// # Errors
    ///
    /// `not-found`, when there is none; `unreadable`, when it is not as its digest says, or no component; else as for
    /// [`Place::push`].
    pub async fn pull(&self) -> Result<(Vec<u8>, String), Error> {
        self.begin(RegistryOperation::Pull).await?;
        let auth = self.login.auth();
        let pulled = self.client.pull_manifest_raw(&self.reference, &auth, &[MANIFEST]).await;
        let (manifest, digest) = pulled.map_err(|problem| self.client_error(problem))?;
        let (layer, size) = artifact::layer(&manifest)?;
        if size > LARGEST {
            return Err(self.unreadable(format!("it has {size} bytes, and {LARGEST} are the most")));
        }
        let descriptor = OciDescriptor { digest: layer.clone(), ..OciDescriptor::default() };
        let mut component = Bounded { bytes: Vec::with_capacity(size), most: size };
        let pulled = self.client.pull_blob(&self.reference, &descriptor, &mut component).await;
        pulled.map_err(|problem| self.client_error(problem))?;
        let Bounded { bytes, .. } = component;
        // The client looks at it, too; this is what the promise rests on.
        if inspect::digest(&bytes) != layer {
            return Err(self.unreadable(format!("its content is not {layer}")));
        }
        Structure::read(&bytes).map_err(|problem| self.unreadable(problem.message))?;
        Ok((bytes, digest))
    }

    /// Asks for what the registry wants to see of this login.
    async fn begin(&self, operation: RegistryOperation) -> Result<(), Error> {
        let asked = self.client.auth(&self.reference, &self.login.auth(), operation).await;
        asked.map(|_| ()).map_err(|problem| self.client_error(problem))
    }

    fn unreadable(&self, why: String) -> Error {
        let message = format!("{}: {why}", self.reference);
        Error::new(ErrorKind::Unreadable, Advice::GiveUp, message)
    }

    /// An error of the client in our words.
    fn client_error(&self, problem: OciDistributionError) -> Error {
        let (kind, advice) = judged(&problem);
        let mut text = match &problem {
            OciDistributionError::RegistryError { envelope, .. } => said(envelope),
            OciDistributionError::ServerError { code, message, .. } => {
                let words: String = message.trim().chars().take(LONGEST).collect();
                let gap = if words.is_empty() { "" } else { ": " };
                format!("the registry answers with HTTP {code}{gap}{words}")
            }
            OciDistributionError::UnauthorizedError { .. } => {
                "the registry wants a login, or does not accept this one".to_owned()
            }
            other => other.to_string(),
        };
        // What a connection failed of is told by the innermost error.
        let mut source = std::error::Error::source(&problem);
        while let Some(inner) = source {
            text = inner.to_string();
            source = inner.source();
        }
        Error::new(kind, advice, format!("{}: {text}", self.reference))
    }
}

/// The most characters that are told of an answer that is no error of a registry, such as a page of HTML.
const LONGEST: usize = 200;

/// What a registry says itself.
fn said(envelope: &OciEnvelope) -> String {
    let said = envelope.errors.iter().map(|error| match &*error.message {
        "" => in_words(&format!("{:?}", error.code)),
        message => message.to_owned(),
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "the registry refuses it and does not say why".to_owned() } else { said.join("; ") }
}

/// `ManifestUnknown` as people write it.
fn in_words(name: &str) -> String {
    let word = |c: char| if c.is_ascii_uppercase() { format!(" {}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(word).collect::<String>().trim_start().to_owned()
}

fn judged(problem: &OciDistributionError) -> (ErrorKind, Advice) {
    use OciDistributionError as Problem;
    let by_status = |status: u16| match status {
        401 => (ErrorKind::Unauthenticated, Advice::AskPerson),
        403 => (ErrorKind::Forbidden, Advice::AskPerson),
        404 => (ErrorKind::NotFound, Advice::ChangeInput),
        429 => (ErrorKind::RateLimited, Advice::RetryLater),
        500.. => (ErrorKind::Unavailable, Advice::RetryLater),
        _ => (ErrorKind::Rejected, Advice::GiveUp),
    };
    match problem {
        Problem::UnauthorizedError { .. } | Problem::AuthenticationFailure(_) => by_status(401),
        Problem::ImageManifestNotFoundError(_) => by_status(404),
        Problem::ServerError { code, .. } => by_status(*code),
        Problem::RegistryError { envelope, .. } => match envelope.errors.first().map(|first| &first.code) {
            Some(OciErrorCode::Unauthorized) => by_status(401),
            Some(OciErrorCode::Denied) => by_status(403),
            Some(OciErrorCode::Toomanyrequests) => by_status(429),
            Some(
                OciErrorCode::NameUnknown
                | OciErrorCode::ManifestUnknown
                | OciErrorCode::BlobUnknown
                | OciErrorCode::NotFound,
            ) => by_status(404),
            _ => by_status(400),
        },
        // The client gives some answers as they are.
        Problem::RequestError(problem) if problem.status().is_some() => {
            by_status(problem.status().map_or(0, |status| status.as_u16()))
        }
        Problem::RequestError(problem) if problem.is_timeout() => (ErrorKind::TimedOut, Advice::RetryLater),
        Problem::RequestError(_) => (ErrorKind::Unavailable, Advice::RetryLater),
        _ => (ErrorKind::Unreadable, Advice::GiveUp),
    }
}

fn client(reference: &Reference, roots: Option<&Path>) -> Result<Client, Error> {
    // Where the program has chosen one already, that one stays.
    _ = rustls::crypto::ring::default_provider().install_default();
    let misconfigured = |why: String| Error::misconfigured(why).about("roots");
    let trusted = match roots {
        None => Vec::new(),
        Some(path) => {
            let data =
                std::fs::read(path).map_err(|problem| misconfigured(format!("{}: {problem}", path.display())))?;
            vec![Certificate { encoding: CertificateEncoding::Pem, data }]
        }
    };
    let registry = reference.resolve_registry().to_owned();
    // The environment's proxies count, but not for this machine: a proxy that is named here turns them off.
    let none = is_here(&registry).then(|| "http://127.0.0.1:9".to_owned());
    let config = ClientConfig {
        https_proxy: none.clone(),
        no_proxy: none.as_ref().map(|_| "localhost,127.0.0.0/8,::1".to_owned()),
        http_proxy: none,
        protocol: if is_here(&registry) { ClientProtocol::HttpsExcept(vec![registry]) } else { ClientProtocol::Https },
        tls_certs_only: trusted,
        connect_timeout: Some(Duration::from_secs(10)),
        read_timeout: Some(Duration::from_secs(60)),
        user_agent: concat!("outwit/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    };
    Client::try_from(config).map_err(|problem| misconfigured(problem.to_string()))
}

/// Whether a registry, with or without a port, is on this machine.
fn is_here(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Takes no more bytes than were announced.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, more: &[u8]) -> Poll<std::io::Result<usize>> {
        if self.bytes.len() + more.len() > self.most {
            return Poll::Ready(Err(std::io::Error::other("more bytes come than the manifest says")));
        }
        self.bytes.extend_from_slice(more);
        Poll::Ready(Ok(more.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_its_registry_and_a_version() {
        let place = |reference: &str| Place::of(reference, Login::default(), None).map(|place| place.reference.whole());
        let digest = format!("ghcr.io/acme/accelo@sha256:{}", "0".repeat(64));
        for reference in ["ghcr.io/acme/accelo:0.1.0", "127.0.0.1:5000/accelo:latest", "localhost:1/a/b/c:1", &digest] {
            assert_eq!(place(reference).unwrap(), reference);
        }
        for reference in
            ["accelo:0.1.0", "acme/accelo:1", "ghcr.io/acme/accelo", "", "ghcr.io/acme/Accelo:1", "http://x/y:1"]
        {
            assert_eq!(place(reference).unwrap_err().kind, ErrorKind::InvalidInput, "{reference}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for registry in ["localhost:5000", "127.0.0.1:5000", "127.8.9.1", "localhost"] {
            assert!(is_here(registry), "{registry}");
        }
        for registry in
            ["ghcr.io", "10.0.0.1:5000", "localhost.example.com:5000", "127.0.0.1.example.com", "0.0.0.0:5000"]
        {
            assert!(!is_here(registry), "{registry}");
        }
    }
}
