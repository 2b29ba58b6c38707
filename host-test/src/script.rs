//! A transport that expects the requests of a case, one after the other, and gives its replies. It holds both against what the
//! vendor's documents say.

use base64::Engine;
use http::Response;
use http::request::Parts;
use http_body_util::BodyExt;
use outwit::embed::{Body, HttpError, RequestOptions, Sending, Transport};
use outwit::{Auth, Catalogue};
use outwit_mocks::case::{Exchange, FORM, Reply, Request};
use outwit_mocks::facts::{Facts, Operation};
use outwit_mocks::{Seen, differences};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stands in for the network. One call at a time: [`Script::begin`], the call, [`Script::end`].
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<Scene>>);

#[derive(Debug, Default)]
struct Scene {
    expected: VecDeque<Exchange>,
    vendor: Option<Vendor>,
    problems: Vec<String>,
}

/// What holds for every request to a vendor.
#[derive(Debug)]
struct Vendor {
    catalogue: Catalogue,
    settings: BTreeMap<String, String>,
    facts: Vec<Facts>,
}

impl Script {
    /// Expects these requests, and none else, of a plugin with these settings.
    pub fn begin(&self, exchanges: &[Exchange], catalogue: &Catalogue, settings: &BTreeMap<String, String>) {
        let read = crate::facts(&catalogue.vendor);
        let problems = read.as_ref().err().map(|problem| format!("{problem:#}")).into_iter().collect();
        let facts = read.unwrap_or_default().into_iter().map(|(_, facts)| facts).collect();
        let vendor = Vendor { catalogue: catalogue.clone(), settings: settings.clone(), facts };
        let expected = exchanges.iter().cloned().collect();
        *self.scene() = Scene { expected, vendor: Some(vendor), problems };
    }

    /// What was wrong with the requests, those that did not come included.
    pub fn end(&self) -> Vec<String> {
        let scene = std::mem::take(&mut *self.scene());
        let missing = scene.expected.iter().map(|exchange| {
            let Request { method, path, .. } = &exchange.request;
            format!("{method} {path}: expected, and not sent")
        });
        scene.problems.into_iter().chain(missing).collect()
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>, _: RequestOptions) -> Sending {
        let script = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let mut scene = script.scene();
            let Some(exchange) = scene.expected.pop_front() else {
                scene.problems.push(format!("{} {}: sent, and not expected", parts.method, parts.uri));
                // An error after which no component tries again.
                return Err(HttpError::HttpRequestDenied);
            };
            let sent = exchange.request.sent(&Seen::of(&parts, body));
            let mut problems = differences(&exchange.request.shape(), &sent);
            if let Some(vendor) = &scene.vendor {
                problems.extend(vendor.problems(&parts));
                let form =
                    matches!(parts.headers.get("content-type"), Some(value) if value.as_bytes() == FORM.as_bytes());
                problems.extend(vendor.misfits(&sent, form, &exchange.reply));
            }
            let Request { method, path, .. } = &exchange.request;
            scene.problems.extend(problems.into_iter().map(|problem| format!("{method} {path}: request{problem}")));
            let mut reply = Response::builder().status(exchange.reply.status);
            for (name, value) in &exchange.reply.headers {
                reply = reply.header(name, value);
            }
            let reply = reply.body(outwit::embed::body(exchange.reply.bytes()));
            reply.map_err(|problem| HttpError::InternalError(Some(problem.to_string())))
        })
    }
}

/// An object's members, as a query has them.
fn members(object: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    object.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// What is wrong with a reply that says it is documented, or that it is not.
fn misfit(reply: &Reply, facts: &Facts, operation: &Operation) -> Option<String> {
    let bytes = reply.bytes();
    let body = match bytes.as_slice() {
        [] => None,
        bytes => Some(serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())),
    };
    let misfits = facts.reply(operation, reply.status, body.as_ref());
    match (&reply.undocumented, misfits.first()) {
        (None, Some(misfit)) => Some(format!(": the reply does not fit the document: {misfit} ({})", facts.source)),
        (Some(why), None) => Some(format!(": the reply is marked as undocumented ({why}), and is documented")),
        _ => None,
    }
}

impl Vendor {
    fn problems(&self, parts: &Parts) -> Vec<String> {
        let mut problems = Vec::new();
        let setting = |name: &String| self.settings.get(name).map_or("", String::as_str);
        let base = self
            .settings
            .iter()
            .fold(self.catalogue.base.clone(), |base, (name, value)| base.replace(&format!("{{{name}}}"), value));
        let address = parts.uri.to_string();
        if !address.starts_with(&format!("{base}/")) {
            problems.push(format!(": expected an address in {base}, got {address}"));
        }
        let auth = self.auth(parts.uri.path());
        let (name, value) = match auth {
            Auth::None => ("authorization", None),
            Auth::Bearer { token } => ("authorization", Some(format!("Bearer {}", setting(token)))),
            Auth::Basic { user, password } => {
                let pair = format!("{}:{}", setting(user), setting(password));
                let pair = base64::prelude::BASE64_STANDARD.encode(pair);
                ("authorization", Some(format!("Basic {pair}")))
            }
            Auth::Header { header, key } => (header.as_str(), Some(setting(key).to_owned())),
            other => return vec![format!(": no check is known for the credential {other:?}")],
        };
        let sent: Vec<&[u8]> = parts.headers.get_all(name).iter().map(|value| value.as_bytes()).collect();
        if sent != value.iter().map(String::as_bytes).collect::<Vec<_>>() {
            problems.push(format!(": the header {name} is not the credential {auth:?}"));
        }
        problems
    }

    /// What the vendor's documents do not allow in a request, and in the reply to it.
    fn misfits(&self, sent: &Value, form: bool, reply: &Reply) -> Vec<String> {
        let text = |name: &str| sent[name].as_str().unwrap_or_default();
        let mut method = text("method").to_owned();
        let mut query: Vec<(String, String)> = members(&sent["query"]);
        let mut body = Some(&sent["body"]).filter(|body| !body.is_null());
        if let Some(name) = &self.catalogue.method_override
            && let Some(index) = query.iter().position(|(given, _)| given == name)
        {
            // A read that did not fit into a query: its parameters are the body's members.
            method = query.remove(index).1.to_ascii_uppercase();
            query.extend(body.take().into_iter().flat_map(members));
        }
        let dialect = self.catalogue.dialect_setting.as_ref().and_then(|setting| self.settings.get(setting));
        let apply = |facts: &&Facts| dialect.is_none() || facts.dialect.is_none() || facts.dialect.as_ref() == dialect;
        let found = |facts| Some((facts, Facts::find(facts, &method, text("path"))?));
        let Some((facts, (operation, path))) = self.facts.iter().filter(apply).find_map(found) else {
            if self.facts.is_empty() {
                // That each vendor has some, `tests/cases/facts.rs` checks.
                return Vec::new();
            }
            return vec![format!(": no document of the vendor has {method} {}", text("path"))];
        };
        let misfits = facts.request(operation, &path, &query, body, form);
        misfits
            .iter()
            .map(|misfit| format!(".{misfit} ({})", facts.source))
            .chain(misfit(reply, facts, operation))
            .collect()
    }

    /// How a request to this path proves who sends it: by the rule of the operation that it belongs to.
    fn auth(&self, path: &str) -> &Auth {
        let fits = |route: &str| {
            let (route, path) = (route.split('/'), path.split('/'));
            route.clone().count() == path.clone().count() && route.zip(path).all(|(r, p)| r.starts_with('{') || r == p)
        };
        let sent =
            |operation: &&outwit::Operation| self.catalogue.requests(operation, None).any(|(_, route)| fits(route));
        let own = self.catalogue.operations.iter().filter(sent);
        own.filter_map(|operation| operation.auth.as_ref()).next().unwrap_or(&self.catalogue.auth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The problems with the requests to a vendor of which one is expected.
    async fn problems(sent: &[(&str, &str, &str, &str)]) -> Vec<String> {
        let catalogue = json!({
            "vendor": "acme", "base": "https://{ACME_SITE}.example",
            "auth": { "kind": "bearer", "token": "ACME_TOKEN" },
            "operations": [{
                "id": "acme.exchange-token", "effect": "write", "method": "POST", "route": "/token/{id}",
                "auth": { "kind": "basic", "user": "ACME_SITE", "password": "ACME_TOKEN" },
            }],
        });
        let catalogue = Catalogue::parse(&catalogue.to_string()).unwrap();
        let settings = [("ACME_SITE", "site"), ("ACME_TOKEN", "hush")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let exchange = json!({
            "request": {
                "method": "POST", "path": "/things", "query": { "a": "1 2" }, "body": { "b": "é" },
                "headers": { "content-type": "application/x-www-form-urlencoded" },
            },
            "reply": { "status": 200 },
        });
        let script = Script::default();
        script.begin(&[serde_json::from_value(exchange).unwrap()], &catalogue, &settings.into());
        for (uri, kind, authorization, body) in sent {
            let request = http::Request::post(*uri).header("content-type", *kind);
            let request = request.header("authorization", *authorization).body(outwit::embed::body((*body).to_owned()));
            _ = script.send(request.unwrap(), RequestOptions::default()).await;
        }
        script.end()
    }

    const FORM: &str = "application/x-www-form-urlencoded";
    const RIGHT: (&str, &str, &str, &str) = ("https://site.example/things?a=1+2", FORM, "Bearer hush", "b=%C3%A9");

    #[tokio::test]
    async fn a_request_as_expected_is_no_problem() {
        assert_eq!(problems(&[RIGHT]).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_request_that_is_missing_or_too_many_is_a_problem() {
        assert_eq!(problems(&[]).await, ["POST /things: expected, and not sent"]);
        let twice = problems(&[RIGHT, RIGHT]).await;
        assert_eq!(twice, ["POST https://site.example/things?a=1+2: sent, and not expected"]);
    }

    #[tokio::test]
    async fn every_part_of_a_request_is_looked_at() {
        let (uri, kind, authorization, body) = RIGHT;
        for (wrong, part) in [
            (("https://site.example/thing?a=1+2", kind, authorization, body), ".path"),
            (("https://site.example/things?a=1&a=2", kind, authorization, body), ".query.a"),
            (("https://evil.example/things?a=1+2", kind, authorization, body), "expected an address"),
            ((uri, "text/plain", authorization, body), ".headers.content-type"),
            ((uri, kind, "Bearer other", body), "authorization is not the credential"),
            ((uri, kind, authorization, "b=e"), ".body.b"),
            ((uri, kind, authorization, ""), ".body"),
        ] {
            let problems = problems(&[wrong]).await;
            assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
        }
    }

    #[tokio::test]
    async fn an_operation_may_have_a_credential_of_its_own() {
        let other = ("https://site.example/token/7?a=1+2", FORM, "Basic c2l0ZTpodXNo", "b=%C3%A9");
        let problems = problems(&[other]).await;
        assert!(problems.iter().all(|problem| problem.contains(".path")), "{problems:?}");
    }
}
