//! A composed file at work, with mocks of its vendors.

use outwit::{Catalogue, GatewayApp, Options, Plugins, Settings, compose};
use outwit_host_test::net::{client, options, run};
use outwit_mocks::Server;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub const TOKEN: &str = "open-sesame";

/// A server; it ends when this is dropped.
pub struct Served {
    pub url: String,
    pub app: GatewayApp,
    pub mocks: Vec<Server>,
    client: Client,
    _stop: oneshot::Sender<()>,
}

/// The file of these vendors.
pub fn composed(vendors: &[&str]) -> Vec<u8> {
    let plugins = Plugins::embedded();
    let components: Vec<_> = vendors.iter().map(|vendor| plugins.component(vendor).unwrap().unwrap()).collect();
    let named: Vec<(&str, &[u8])> = vendors.iter().zip(&components).map(|(name, bytes)| (*name, &**bytes)).collect();
    compose(&named).unwrap()
}

/// All vendors that there are.
pub fn all() -> Vec<&'static str> {
    outwit_mocks::vendors().to_vec()
}

impl Served {
    pub async fn start(vendors: &[&str]) -> Served {
        Served::with(vendors, options(), &[("OUTWIT_GATEWAY_TOKEN", TOKEN)]).await
    }

    /// With these options, and these settings beside those of the mocks.
    pub async fn with(vendors: &[&str], options: Options, extra: &[(&str, &str)]) -> Served {
        let mut mocks = Vec::new();
        let mut settings = Settings::default();
        for vendor in vendors {
            let mock = outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
            // Each vendor has a mock of its own, although one could serve several.
            settings.extend(mock.account().cloned());
            mocks.push(mock);
        }
        settings.extend(extra.iter().copied());
        let bare = loaded(vendors, options).await;
        let app = bare.with_settings(&settings).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = async { drop(stopped.await) };
        tokio::spawn(outwit_server::serve(app.clone(), listener, Box::pin(ended)));
        Served { url, app, mocks, client: client(), _stop: stop }
    }

    pub fn catalogue(&self, vendor: &str) -> &Catalogue {
        self.app.catalogues().find(|catalogue| catalogue.vendor == vendor).unwrap()
    }

    /// A request without a token.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request("GET", path).bearer_auth(TOKEN)
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.request("POST", path).bearer_auth(TOKEN);
        request.header("content-type", "application/json").body(body.to_string())
    }

    /// Calls an operation.
    pub async fn call(&self, id: &str, input: &Value) -> (u16, Value) {
        answer(self.post(&format!("/operations/{id}"), input)).await
    }
}

/// The status of a reply, and its JSON.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let text = reply.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: no JSON: {text}")))
}

/// Apps with the usual options are loaded once.
async fn loaded(vendors: &[&str], options: Options) -> GatewayApp {
    static LOADED: Mutex<BTreeMap<String, GatewayApp>> = Mutex::new(BTreeMap::new());
    let lock = || LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let Options { grant, concurrency, read_timeout, .. } = &options;
    let key = format!("{} {} {concurrency} {read_timeout:?}", vendors.join(" "), grant.as_str());
    let known = lock().get(&key).cloned();
    match known {
        Some(app) => app,
        None => {
            let app = GatewayApp::load(options, &composed(vendors)).await.unwrap();
            lock().entry(key).or_insert(app).clone()
        }
    }
}

/// Runs a test with a server of these vendors.
pub fn serving<T>(vendors: &[&str], test: impl AsyncFnOnce(Served) -> T) -> T {
    run(async { test(Served::start(vendors).await).await })
}
