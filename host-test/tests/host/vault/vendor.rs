//! A vendor with OAuth: tokens that end, refresh tokens that work once, and a token endpoint that can be told to fail.
//!
//! Every token names the application that it was given to: `at-one-7` is the seventh, for the application `one`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use outwit::{Account, CallHandle, Error, Settings};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the token endpoint does.
#[derive(Clone)]
pub enum Mood {
    /// Gives tokens with these members changed or added, after a while.
    Gives(Value, Duration),
    /// Answers with a status and a body.
    Says(u16, String),
    /// Sends elsewhere.
    Redirects(String),
    /// Never answers.
    Hangs,
}

/// What happens while a request is answered, with its bearer token; the token endpoint's has none.
type Hook = Arc<dyn Fn(Option<&str>) + Send + Sync>;

pub struct Vendor {
    pub url: String,
    shared: Arc<Mutex<World>>,
    task: tokio::task::JoinHandle<()>,
}

struct World {
    mood: Mood,
    issued: u32,
    /// Access tokens that work, and the one refresh token of each application that does.
    access: Vec<String>,
    refresh: BTreeMap<String, String>,
    /// The forms that the token endpoint got, with the application that sent them.
    exchanges: Vec<(String, String)>,
    /// The tokens of other requests, with the record that was asked for.
    calls: Vec<(String, String)>,
    hook: Option<Hook>,
}

impl Vendor {
    pub async fn start() -> Vendor {
        let world = World {
            mood: Mood::Gives(json!({}), Duration::ZERO),
            issued: 0,
            access: Vec::new(),
            refresh: BTreeMap::new(),
            exchanges: Vec::new(),
            calls: Vec::new(),
            hook: None,
        };
        let shared = Arc::new(Mutex::new(world));
        let router = Router::new()
            .route("/oauth2/v0/token", post(exchange))
            .route("/api/v0/staff/{id}", get(staff))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Vendor { url, shared, task }
    }

    pub fn is(&self, mood: Mood) {
        self.world().mood = mood;
    }

    pub fn on_request(&self, hook: impl Fn(Option<&str>) + Send + Sync + 'static) {
        self.world().hook = Some(Arc::new(hook));
    }

    /// The tokens that were given so far do not work any more; refresh tokens do.
    pub fn revoke_access(&self) {
        self.world().access.clear();
    }

    /// Changes the refresh token, as an answer would that never arrives.
    pub fn rotate(&self, application: &str) {
        self.world().give(application);
    }

    pub fn exchanges(&self) -> Vec<(String, String)> {
        self.world().exchanges.clone()
    }

    pub fn calls(&self) -> Vec<(String, String)> {
        self.world().calls.clone()
    }

    /// Settings of the account that works through an application.
    pub fn settings(&self, application: &str) -> Settings {
        let secret = format!("secret-of-{application}");
        let pairs = [
            ("ACCELO_BASE_URL", &*self.url),
            ("ACCELO_DEPLOYMENT", "juniper-works"),
            ("ACCELO_CLIENT_ID", application),
            ("ACCELO_CLIENT_SECRET", &secret),
            ("OUTWIT_TRIES", "1"),
        ];
        pairs.into_iter().collect()
    }

    pub async fn account(&self, application: &str, grants: Option<&std::path::Path>) -> Account {
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        Account::new(&plugin, "default", self.settings(application), grants).unwrap()
    }

    /// A vendor, a folder, and in it the file of a grant whose access token ends in so many milliseconds.
    pub async fn granted(ends_in_ms: i64) -> (Vendor, tempfile::TempDir, PathBuf) {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        let file = vendor.grant("one", folder.path(), ends_in_ms);
        (vendor, folder, file)
    }

    /// Puts a grant for an application into a folder, as a login some time ago would have: the access token works at the
    /// vendor, whatever the file says of its end.
    pub fn grant(&self, application: &str, grants: &std::path::Path, ends_in_ms: i64) -> PathBuf {
        let (access, refresh) = self.world().give(application);
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let grant = json!({
            "base": self.url, "client-id": application, "access-token": access, "refresh-token": refresh,
            "issued-ms": now - 3_600_000, "expires-ms": now + ends_in_ms, "who": { "email": "mirela@juniper.example" },
        });
        let file = grants.join("accelo.default.json");
        std::fs::create_dir_all(grants).unwrap();
        std::fs::write(&file, grant.to_string()).unwrap();
        set_mode(grants, 0o700);
        set_mode(&file, 0o600);
        file
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl World {
    fn give(&mut self, application: &str) -> (String, String) {
        self.issued += 1;
        let (access, refresh) =
            (format!("at-{application}-{}", self.issued), format!("rt-{application}-{}", self.issued));
        self.access.push(access.clone());
        self.refresh.insert(application.to_owned(), refresh.clone());
        (access, refresh)
    }
}

/// The member of a kept grant.
pub fn grant_member(file: &std::path::Path, member: &str) -> Value {
    let text = std::fs::read_to_string(file).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[member].clone()
}

#[cfg(unix)]
pub fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub fn set_mode(_: &std::path::Path, _: u32) {}

/// Asks for a record.
pub async fn ask(account: &Account, id: &str) -> Result<Value, Error> {
    let output = account.call("accelo.get-staff", &json!({ "id": id }).to_string(), &CallHandle::new()).await?;
    Ok(serde_json::from_str(&output).unwrap())
}

async fn exchange(State(shared): State<Arc<Mutex<World>>>, headers: HeaderMap, body: Bytes) -> Response {
    let basic = headers[header::AUTHORIZATION].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let pair = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(basic).unwrap()).unwrap();
    let (application, secret) = pair.split_once(':').unwrap();
    assert_eq!(secret, format!("secret-of-{application}"));
    let form = String::from_utf8(body.to_vec()).unwrap();
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(form.as_bytes());
        fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (mood, hook) = {
        let mut world = shared.lock().unwrap();
        world.exchanges.push((application.to_owned(), form.clone()));
        (world.mood.clone(), world.hook.clone())
    };
    if let Some(hook) = hook {
        hook(None);
    }
    match mood {
        Mood::Hangs => std::future::pending().await,
        Mood::Says(status, body) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Mood::Redirects(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
        Mood::Gives(changed, after) => {
            tokio::time::sleep(after).await;
            let mut world = shared.lock().unwrap();
            let refreshed = field("grant_type") == "refresh_token";
            if refreshed && world.refresh.get(application) != Some(&field("refresh_token")) {
                let body = json!({ "error": "invalid_grant", "error_description": "Grant was not found." });
                return (StatusCode::BAD_REQUEST, body.to_string()).into_response();
            }
            let (access, refresh) = world.give(application);
            let mut body = json!({ "access_token": access, "token_type": "bearer", "expires_in": 3600 });
            if refreshed {
                body["refresh_token"] = refresh.into();
            }
            body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
            body.to_string().into_response()
        }
    }
}

async fn staff(State(shared): State<Arc<Mutex<World>>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let token = headers[header::AUTHORIZATION].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    let (known, hook) = {
        let mut world = shared.lock().unwrap();
        world.calls.push((token.clone(), id.clone()));
        (world.access.contains(&token), world.hook.clone())
    };
    if let Some(hook) = hook {
        hook(Some(&token));
    }
    let (status, word) = if known { (StatusCode::OK, "ok") } else { (StatusCode::UNAUTHORIZED, "invalid_client") };
    let response = if known { json!({ "id": id, "title": token }) } else { Value::Null };
    let body = json!({ "meta": { "status": word, "message": "as it is" }, "response": response });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
