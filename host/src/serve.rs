//! Serving a composed file: what [`compose`](crate::compose) made, as an HTTP server.
//!
//! Each request has an instance of its own, within the same bounds as a call of a [`Plugin`](crate::Plugin). The rules of
//! the gate hold here, too: the components see no secret of a vendor, what leaves is what their catalogues declare, and what
//! is called as a read over `/operations` cannot write.

use crate::call::Resolved;
use crate::call_handle::CallHandle;
use crate::catalogue::OperationId;
use crate::client::Body;
use crate::credential::{Unusable, credential, derived_secrets};
use crate::egress::Policy;
use crate::host::Shared;
use crate::instance::{Purpose, stopped, store};
use crate::origin::Base;
use crate::redact::Redactor;
use crate::route::Called;
use crate::secret::Secret;
use crate::state::InstanceState;
use crate::{Advice, Catalogue, Error, ErrorKind, Host, Options, Settings};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

/// What the gateway itself reads. The first is the token that it compares, and so has to see.
const OWN: [&str; 4] = ["OUTWIT_GATEWAY_TOKEN", "OUTWIT_GATEWAY_OPEN", "OUTWIT_GATEWAY_ORIGINS", "OUTWIT_GATEWAY_DOCS"];

/// A composed file, loaded; without settings until [`GatewayApp::with_settings`].
#[derive(Clone)]
pub struct GatewayApp {
    code: Arc<Code>,
    settings: Arc<Configured>,
    /// Of this app and its clones; with other settings it is another server.
    running: Arc<Running>,
}

struct Code {
    host: Arc<Shared>,
    pre: ProxyPre<InstanceState>,
    catalogues: Vec<Arc<Catalogue>>,
}

/// What follows from the settings.
#[derive(Default)]
struct Configured {
    environment: Vec<(String, String)>,
    policies: Vec<Arc<Policy>>,
    redactor: Arc<Redactor>,
    /// When a request is cut off.
    limit: Duration,
    token: bool,
}

impl GatewayApp {
    /// Loads a composed file, and reads the catalogues of its vendors.
    ///
    /// # Errors
    ///
    /// `denied`, when it imports what this host does not offer; `misconfigured`, when it is no composed file.
    pub async fn load(options: Options, component: &[u8]) -> Result<GatewayApp, Error> {
        let host = Host::composed(options, parts(component).max(1))?;
        let component = host.compile(component, &host.0.code.entry(&host.0.engine, component))?;
        let wrong =
            |problem: wasmtime::Error| Error::misconfigured(format!("the component serves no HTTP: {problem:#}"));
        let pre = host.0.linker.instantiate_pre(&component).map_err(wrong)?;
        let pre = ProxyPre::new(pre).map_err(wrong)?;
        let code = Code { host: host.0.clone(), pre, catalogues: Vec::new() };
        // The gateway tells what it offers. Nothing is set and nothing leaves, so that it may let this request in.
        let environment = vec![(OWN[1].to_owned(), "1".to_owned())];
        let purpose = Purpose { environment, ..Purpose::describe(&host.0) };
        let request = Request::get("http://localhost/operations").body(crate::client::body(Bytes::new()));
        let request = request.map_err(|problem| Error::misconfigured(problem.to_string()))?;
        let reply = code.answer(purpose, &Arc::default(), request).await?;
        let catalogues = catalogues(reply.body()).ok_or_else(|| {
            Error::misconfigured("the component does not tell its operations: is it from `outwit compose`?")
        })?;
        Ok(GatewayApp {
            code: Arc::new(Code { catalogues, ..code }),
            settings: Arc::default(),
            running: Arc::default(),
        })
    }

    /// The vendors' catalogues, with what the gateway offers of their operations.
    pub fn catalogues(&self) -> impl Iterator<Item = &Catalogue> {
        self.code.catalogues.iter().map(|catalogue| &**catalogue)
    }

    /// The same file with settings: those of all its vendors, and those of the gateway (`OUTWIT_GATEWAY_…`). Others are not
    /// looked at.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when a credential would go over plain HTTP to another machine, or no header can carry it.
    pub fn with_settings(&self, settings: &Settings) -> Result<GatewayApp, Error> {
        let mut configured = Configured { token: settings.get(OWN[0]).is_some(), ..Configured::default() };
        // All secrets first: what any vendor answers is looked through for those of all of them.
        let mut secrets: Vec<Secret> = settings.get(OWN[0]).map(Secret::from).into_iter().collect();
        for catalogue in &self.code.catalogues {
            for auth in catalogue.auths() {
                match credential(auth, settings).map_err(Unusable::malformed) {
                    Err(Some(malformed)) => return Err(malformed),
                    _ => secrets.extend(derived_secrets(auth, settings)),
                }
            }
            secrets.extend(settings.secrets(catalogue).map(Secret::from));
        }
        configured.redactor = Arc::new(Redactor::new(secrets));
        for catalogue in &self.code.catalogues {
            if let Some(problem) = Base::problem(catalogue, settings) {
                return Err(problem);
            }
            let policy = Policy::of(catalogue, settings, configured.redactor.clone());
            if policy.base.as_ref().is_some_and(Base::is_open) {
                let setting = outwit_core::base_setting(&catalogue.vendor);
                let message = format!("{setting} is plain http to another machine, where no credential is sent to");
                return Err(Error::misconfigured(message).about(&setting));
            }
            configured.policies.push(Arc::new(policy));
            for (name, value) in settings.environment(catalogue).into_iter().chain(settings.host_settings(catalogue)) {
                if !configured.environment.iter().any(|(known, _)| *known == name) {
                    configured.environment.push((name, value));
                }
            }
            let longest = catalogue.operations.iter().filter_map(|operation| operation.deadline_ms).max();
            let longest = Duration::from_millis(longest.unwrap_or(0)).max(catalogue.deadline(settings));
            configured.limit = configured.limit.max(longest + self.code.host.options.deadline_slack);
        }
        for name in OWN {
            configured.environment.extend(settings.get(name).map(|value| (name.to_owned(), value.to_owned())));
        }
        Ok(GatewayApp { code: self.code.clone(), settings: Arc::new(configured), running: Arc::default() })
    }

    /// Answers a request. Dropping this gives it up: what waits for work at a vendor then cancels it.
    ///
    /// # Errors
    ///
    /// The component gave no answer: `unavailable`, when there is no place for another request; `timed-out`; `failed`, when
    /// it stopped unexpectedly.
    pub async fn answer(&self, request: Request<Body>) -> Result<Response<Bytes>, Error> {
        let traceparent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        let watch = traceparent.map_or_else(CallHandle::new, CallHandle::traced);
        self.answer_with_handle(request, watch).await
    }

    /// As [`GatewayApp::answer`], with a handle that follows the call and can end it.
    ///
    /// # Errors
    ///
    /// As [`GatewayApp::answer`].
    pub async fn answer_with_handle(
        &self,
        request: Request<Body>,
        watch: CallHandle,
    ) -> Result<Response<Bytes>, Error> {
        let settings = &self.settings;
        let resolved = self.resolve(&request);
        let operation = resolved.as_ref().map(Resolved::operation);
        let granted = self.code.host.options.grant.strongest();
        let purpose = Purpose {
            environment: settings.environment.clone(),
            policies: settings.policies.clone(),
            ceiling: operation.map_or(granted, |operation| granted.min(operation.effect)),
            called: operation.map(Called::of),
            trace: Arc::default(),
            watch,
            patience: settings.limit,
        };
        let (mut parts, body) = self.code.answer(purpose, &self.running, request).await?.into_parts();
        // A vendor may echo what it was sent.
        let body = match String::from_utf8(body.into()) {
            Ok(text) => Bytes::from(settings.redactor.result(text)),
            Err(bytes) => Bytes::from(bytes.into_bytes()),
        };
        if parts.headers.contains_key(http::header::CONTENT_LENGTH) {
            parts.headers.insert(http::header::CONTENT_LENGTH, body.len().into());
        }
        Ok(Response::from_parts(parts, body))
    }

    /// Whether it has the page `/docs`.
    pub fn has_docs(&self) -> bool {
        let off = |(name, value): &(String, String)| name == OWN[3] && value.trim() == "0";
        !self.settings.environment.iter().any(off)
    }

    /// Whether clients have to give a token.
    pub fn needs_token(&self) -> bool {
        self.settings.token
    }

    /// How long the body of a request may take to come ([`Options::read_timeout`]).
    pub fn read_timeout(&self) -> Duration {
        self.code.host.options.read_timeout
    }

    /// The settings of the gateway itself. The token is among them.
    #[doc(hidden)]
    pub fn gateway_settings(&self) -> &[(String, String)] {
        &self.settings.environment
    }

    /// Asks the requests that are under way, and those that come, to end: what waits for work at a vendor cancels it there.
    pub fn stop(&self) {
        self.running.stop();
    }

    /// Waits until nothing is under way.
    pub async fn idle(&self) {
        self.running.idle().await;
    }

    /// The operation that a request names in its path.
    fn resolve(&self, request: &Request<Body>) -> Option<Resolved> {
        Resolved::among(&self.code.catalogues, request.uri().path().strip_prefix("/operations/")?)
    }
}

impl Code {
    /// The answer of a fresh instance, for which it waits as long as for a place.
    async fn answer(
        &self,
        purpose: Purpose,
        all: &Arc<Running>,
        request: Request<Body>,
    ) -> Result<Response<Bytes>, Error> {
        let (limit, watch) = (purpose.patience, purpose.watch.clone());
        let mut store = store(&self.host, purpose).await?;
        let (under_way, gave_up) = (all.enter(&watch), GaveUp(Some(watch)));
        let (sender, receiver) = oneshot::channel();
        let invalid = |problem: wasmtime::Error| {
            Error::new(
                ErrorKind::InvalidInput,
                Advice::ChangeInput,
                format!("the request is not understood: {problem}"),
            )
        };
        let request = store.data_mut().receive(request).map_err(invalid)?;
        let out = store.data_mut().http().new_response_outparam(sender).map_err(invalid)?;
        let pre = self.pre.clone();
        // A task of its own: who hangs up must not cut off a component that cancels what it began.
        let running = tokio::spawn(async move {
            let _under_way = under_way;
            let handled = timeout(limit, async {
                let proxy = pre.instantiate_async(&mut store).await?;
                proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
            });
            match handled.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(problem)) => Err(stopped(&problem, &store)),
                Err(_) => {
                    let message = format!("the host cut the request off after {} ms", limit.as_millis());
                    Err(Error::new(ErrorKind::TimedOut, Advice::RetryLater, message))
                }
            }
        });
        let silent = || Error::new(ErrorKind::Failed, Advice::GiveUp, "the component gave no answer");
        let answered = match receiver.await {
            Ok(Ok(response)) => {
                let (parts, body) = response.into_parts();
                body.collect().await.map(|body| Response::from_parts(parts, body.to_bytes())).map_err(|_| silent())
            }
            Ok(Err(_)) | Err(_) => Err(silent()),
        };
        // Why it stopped tells more than that it did.
        let ended = running.await.unwrap_or_else(|_| Err(silent()));
        gave_up.not();
        match ended {
            Err(error) if answered.is_err() => Err(error),
            _ => answered,
        }
    }
}

/// Cancels what is under way when it is dropped before the end.
struct GaveUp(Option<CallHandle>);

impl GaveUp {
    fn not(mut self) {
        self.0 = None;
    }
}

impl Drop for GaveUp {
    fn drop(&mut self) {
        if let Some(watch) = &self.0 {
            watch.cancel();
        }
    }
}

/// The requests under way.
#[derive(Default)]
struct Running {
    now: Mutex<UnderWay>,
    less: Notify,
}

#[derive(Default)]
struct UnderWay {
    stopped: bool,
    last: u64,
    watches: BTreeMap<u64, CallHandle>,
}

/// One request, until dropped.
struct Entered {
    running: Arc<Running>,
    number: u64,
}

impl Running {
    fn enter(self: &Arc<Self>, watch: &CallHandle) -> Entered {
        let mut now = self.now();
        if now.stopped {
            watch.cancel();
        }
        now.last += 1;
        let number = now.last;
        now.watches.insert(number, watch.clone());
        Entered { running: self.clone(), number }
    }

    fn stop(&self) {
        let mut now = self.now();
        now.stopped = true;
        now.watches.values().for_each(CallHandle::cancel);
    }

    async fn idle(&self) {
        loop {
            let less = self.less.notified();
            if self.now().watches.is_empty() {
                return;
            }
            less.await;
        }
    }

    fn now(&self) -> MutexGuard<'_, UnderWay> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.running.now().watches.remove(&self.number);
        self.running.less.notify_waiters();
    }
}

/// The catalogues that `GET /operations` tells: the vendors, and the operations of all of them.
fn catalogues(listing: &[u8]) -> Option<Vec<Arc<Catalogue>>> {
    let listing: Value = serde_json::from_slice(listing).ok()?;
    let operations = listing.get("operations")?.as_array()?;
    let catalogue = |vendor: &Value| {
        let name = vendor.get("vendor")?.as_str()?;
        let own =
            operations.iter().filter(|one| one["id"].as_str().is_some_and(|id| OperationId::of(id).vendor == name));
        let mut catalogue = vendor.clone();
        catalogue["operations"] = own.cloned().collect();
        Catalogue::parse(&catalogue.to_string()).ok().map(Arc::new)
    };
    listing.get("vendors")?.as_array()?.iter().map(catalogue).collect()
}

/// How many instances of components a file is made of, at most. Its sections that hold a component are as many as there are
/// vendors, and two for gateway and join; the join has one instance less than there are vendors.
fn parts(component: &[u8]) -> u32 {
    const COMPONENT: u8 = 4;
    let mut count = 0;
    let mut rest = component.get(8..).unwrap_or_default();
    while let Some((&kind, after)) = rest.split_first() {
        let (mut size, mut length) = (0_usize, 0);
        for byte in after {
            size |= usize::from(byte & 0x7f).checked_shl(length * 7).unwrap_or(0);
            length += 1;
            if byte & 0x80 == 0 || length > 4 {
                break;
            }
        }
        count += u32::from(kind == COMPONENT);
        rest = after.get(length as usize..).and_then(|after| after.get(size..)).unwrap_or_default();
    }
    count * 2
}

#[cfg(test)]
mod tests;
