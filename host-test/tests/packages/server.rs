//! As much of an OCI registry as push and pull need, on a port of this machine.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine;
use outwit_oci::digest;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A registry; gone when it is dropped.
pub struct Registry {
    address: std::net::SocketAddr,
    store: Arc<Mutex<Store>>,
    running: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Store {
    /// Blobs and manifests by their digests.
    contents: BTreeMap<String, Vec<u8>>,
    /// Digest and media type of what a name and version stand for: `acme/accelo:0.1.0`.
    versions: BTreeMap<String, (String, String)>,
    uploads: Vec<Vec<u8>>,
    writes: usize,
    login: Option<(String, String)>,
}

impl Registry {
    /// One that anybody may use, or only one user. The password is good as a token, too.
    pub async fn start(login: Option<(&str, &str)>) -> Registry {
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let store = Arc::new(Mutex::new(Store { login, ..Store::default() }));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(store.clone());
        let running = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Registry { address, store, running }
    }

    /// A reference without a version.
    pub fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    /// Changes what is kept under a digest, which stays.
    pub fn change(&self, digest: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.store.lock().unwrap().contents.get_mut(digest).unwrap());
    }

    /// Keeps a manifest, whatever it says.
    pub fn put(&self, version: &str, manifest: &str) {
        let (mut store, digest) = (self.store.lock().unwrap(), digest(manifest.as_bytes()));
        store.contents.insert(digest.clone(), manifest.into());
        store.versions.insert(version.to_owned(), (digest, "application/vnd.oci.image.manifest.v1+json".to_owned()));
    }

    /// The media types by which versions were pushed.
    pub fn kinds(&self, version: &str) -> Vec<String> {
        self.store.lock().unwrap().versions.get(version).map(|(_, kind)| kind.clone()).into_iter().collect()
    }

    /// How many requests changed something, or tried to.
    pub fn writes(&self) -> usize {
        self.store.lock().unwrap().writes
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn answer(State(store): State<Arc<Mutex<Store>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 10 << 20).await.unwrap();
    store.lock().unwrap().answer(&parts, &body)
}

fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

fn error(status: u16, code: &str) -> Response {
    let body = format!(r#"{{"errors":[{{"code":"{code}","message":"no","detail":null}}]}}"#);
    reply(status, &[("content-type", "application/json")], body)
}

impl Store {
    fn answer(&mut self, parts: &http::request::Parts, body: &Bytes) -> Response {
        if !self.admits(parts.headers.get("authorization").and_then(|value| value.to_str().ok())) {
            let challenge = [("www-authenticate", "Basic realm=\"test\""), ("content-type", "application/json")];
            return reply(401, &challenge, r#"{"errors":[{"code":"UNAUTHORIZED","message":"no","detail":null}]}"#);
        }
        let path = parts.uri.path().trim_start_matches("/v2/");
        if path.is_empty() {
            return reply(200, &[], "{}");
        }
        self.writes += usize::from(!matches!(parts.method.as_str(), "GET" | "HEAD"));
        let query = parts.uri.query().unwrap_or_default();
        let (name, rest) = path.split_once("/blobs/").or_else(|| path.split_once("/manifests/")).unwrap();
        match (parts.method.as_str(), path.contains("/blobs/")) {
            ("POST", true) => {
                self.uploads.push(Vec::new());
                self.upload(name, self.uploads.len() - 1)
            }
            ("PATCH", true) => {
                let index: usize = rest.trim_start_matches("uploads/").parse().unwrap();
                self.uploads[index].extend_from_slice(body);
                self.upload(name, index)
            }
            ("PUT", true) => {
                let index: usize = rest.trim_start_matches("uploads/").parse().unwrap();
                self.uploads[index].extend_from_slice(body);
                let content = self.uploads[index].clone();
                let called = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "digest").unwrap().1;
                if called != digest(&content) {
                    return error(400, "DIGEST_INVALID");
                }
                self.contents.insert(called.to_string(), content);
                reply(201, &[("location", &format!("/v2/{name}/blobs/{called}"))], "")
            }
            ("PUT", false) => {
                let (digest, kind) = (digest(body), parts.headers["content-type"].to_str().unwrap().to_owned());
                self.contents.insert(digest.clone(), body.to_vec());
                self.versions.insert(format!("{name}:{rest}"), (digest.clone(), kind));
                reply(201, &[("location", &format!("/v2/{name}/manifests/{digest}"))], "")
            }
            (_, blob) => {
                let version = self.versions.get(&format!("{name}:{rest}")).map(|(digest, _)| digest.clone());
                let found = self.contents.get(&version.unwrap_or_else(|| rest.to_owned()));
                match found {
                    Some(content) => reply(200, &[("content-type", "application/octet-stream")], content.clone()),
                    None => error(404, if blob { "BLOB_UNKNOWN" } else { "MANIFEST_UNKNOWN" }),
                }
            }
        }
    }

    fn upload(&self, name: &str, index: usize) -> Response {
        let last = self.uploads[index].len().saturating_sub(1);
        let location = format!("/v2/{name}/blobs/uploads/{index}");
        reply(202, &[("location", &location), ("range", &format!("0-{last}"))], "")
    }

    fn admits(&self, authorization: Option<&str>) -> bool {
        let Some((user, password)) = &self.login else { return true };
        let basic = base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}"));
        authorization.is_some_and(|given| given == format!("Basic {basic}") || given == format!("Bearer {password}"))
    }
}
