//! The gate: every request of a component passes here, and leaves only if the catalogue declares it.
//!
//! A request leaves if its scheme and authority are the plugin's base, if its method and path are those of the called operation
//! or of one of the steps that it declares, and if that does no more than the host grants and than the called operation says it
//! does: what is called as a read cannot write. Then the gate adds the credential, to the head and where the catalogue says so to the body
//! of the request. The component never sees it, and it does not leave where others could read it on the way.

use crate::call_handle::CallHandle;
use crate::catalogue::{Auth, Catalogue, Effect};
use crate::client::{Body, Transport};
use crate::contact::{Contact, Reason};
use crate::credential::{Member, credential, members, with_members};
use crate::method_override;
use crate::origin::Base;
use crate::redact::Redactor;
use crate::route::{Called, Kinship, Route, Routes};
use crate::settings::Settings;
use http::{HeaderName, Request, Response};
use http_body_util::{BodyExt, Limited};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tracing::Instrument;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error as HttpError, ForbiddenHeaderFilter, RequestOptions, WasiHttpHooks,
};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// How many requests of a call are still to come with this one: said to the gate alone.
const TO_COME: HeaderName = HeaderName::from_static("outwit-to-come");

/// What a plugin may send with given settings.
pub(crate) struct Policy {
    pub catalogue: Arc<Catalogue>,
    pub base: Option<Base>,
    routes: Routes,
    settings: Settings,
    /// What takes secrets out of what is told of a call under way.
    redactor: Arc<Redactor>,
    forbidden: ForbiddenHeaderFilter,
}

impl Policy {
    pub fn of(catalogue: &Arc<Catalogue>, settings: &Settings, redactor: Arc<Redactor>) -> Policy {
        Policy {
            catalogue: catalogue.clone(),
            base: Base::of(catalogue, settings),
            routes: Routes::of(catalogue, settings),
            settings: settings.clone(),
            redactor,
            forbidden: forbidden(catalogue),
        }
    }

    /// Whether an address is the vendor's.
    fn is_at(&self, uri: &http::Uri) -> bool {
        self.base.iter().chain(self.routes.bases()).any(|base| base.route(uri).is_some())
    }
}

/// Headers that a component cannot set: those that say who sends a request, where it goes, how it is framed, or that it
/// stands for another one. (The filter also takes them out of answers, where none of them matters to a component.)
fn forbidden(catalogue: &Catalogue) -> ForbiddenHeaderFilter {
    let keys = catalogue.auths().flat_map(Auth::each).filter_map(|auth| match auth {
        Auth::Header { header, .. } => header.parse::<HeaderName>().ok(),
        _ => None,
    });
    let plain = ["authorization", "cookie", "te", "trailer", "forwarded", "via", "expect", "x-real-ip"];
    let overriding =
        ["x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url"];
    let named = plain.into_iter().chain(overriding).map(HeaderName::from_static);
    let names: HashSet<HeaderName> = DEFAULT_FORBIDDEN_HEADERS.into_iter().chain(named).chain(keys).collect();
    Arc::new(move |name| {
        names.contains(name) || name.as_str().starts_with("proxy-") || name.as_str().starts_with("x-forwarded-")
    })
}

/// What went through a gate, for the host's own errors: it outlives a call that was cut off.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    wrote: AtomicBool,
    refused: OnceLock<String>,
    contact: Contact,
}

impl Trace {
    /// Whether a request left that may have changed something.
    pub fn wrote(&self) -> bool {
        self.wrote.load(Ordering::Relaxed)
    }

    /// Why the first request that did not leave was held back.
    pub fn refused(&self) -> Option<&str> {
        self.refused.get().map(String::as_str)
    }

    /// Why the last request got no answer.
    pub fn reason(&self) -> Option<Reason> {
        self.contact.reason()
    }

    fn refuse(&self, reason: String) -> HttpError {
        // The first reason explains most.
        _ = self.refused.set(reason);
        HttpError::HttpRequestDenied
    }
}

/// What a request that leaves is, beside itself.
struct Admitted {
    policy: Arc<Policy>,
    effect: Effect,
    /// What is to be put into its body.
    members: Vec<Member>,
}

/// The gate of one instance.
pub(crate) struct Gate {
    /// One for each vendor that the instance works for. Without any, nothing leaves.
    pub policies: Vec<Arc<Policy>>,
    pub transport: Arc<dyn Transport>,
    /// The operation that the instance was made for.
    pub called: Option<Called>,
    /// The strongest effect that a request may have.
    pub ceiling: Effect,
    pub trace: Arc<Trace>,
    pub watch: CallHandle,
    /// The most bytes that the body of a request may have.
    pub largest: usize,
    /// Whether a request is being handed to the instance, which may see what it may not send: the token of whoever asks.
    pub receiving: bool,
}

impl Gate {
    /// Lets a request through, with its credential, or says why not.
    fn admit(&self, request: &mut Request<Body>) -> Result<Admitted, String> {
        let mut refused = None;
        let to_come = request.headers_mut().remove(TO_COME).and_then(|number| number.to_str().ok()?.parse().ok());
        for policy in &self.policies {
            match self.admit_as(policy, request, to_come) {
                Ok((effect, members)) => return Ok(Admitted { policy: policy.clone(), effect, members }),
                // With several vendors, the reason of the one that the address is of.
                Err(reason) if refused.is_none() || policy.is_at(request.uri()) => refused = Some(reason),
                Err(_) => {}
            }
        }
        Err(refused.unwrap_or_else(|| "`describe` must not send requests".to_owned()))
    }

    fn admit_as(
        &self,
        policy: &Policy,
        request: &mut Request<Body>,
        to_come: Option<u32>,
    ) -> Result<(Effect, Vec<Member>), String> {
        let method = match &policy.catalogue.method_override {
            None => request.method().as_str().into(),
            Some(parameter) => {
                let query = request.uri().query().unwrap_or_default();
                method_override::effective(request.method(), query, parameter)
                    .ok_or_else(|| format!("{} with {parameter}", request.method()))?
            }
        };
        let base = policy.base.as_ref().ok_or("the settings give no address")?;
        if !policy.is_at(request.uri()) {
            return Err(format!("an address outside of the plugin's own: {}", address(request.uri())));
        }
        let route: &Route =
            policy.routes.find(&method, request.uri(), base, self.called.as_ref()).ok_or_else(|| {
                let path = base.route(request.uri()).unwrap_or(request.uri().path());
                format!("no operation is declared as {method} {path}")
            })?;
        let base = route.base.as_ref().unwrap_or(base);
        if route.effect > self.ceiling {
            let called = self.called.as_ref().map_or("this plugin", |called| &called.id);
            return Err(format!("{} is more than {called} may do", route.operation));
        }
        if let Some(called) = self.called.as_ref().filter(|called| called.has(&route.operation) == Kinship::None) {
            return Err(format!("{} is no step of {}", route.operation, called.id));
        }
        let effect = route.effect;
        self.watch.sent(&route.operation, to_come);
        tracing::debug!(target: "outwit", operation = route.operation, %method, to = address(request.uri()), "request");
        let missing = |_| format!("the credential of {} is not among the settings", route.operation);
        let credential = credential(&route.auth, &policy.settings).map_err(missing)?;
        let members = members(&route.body_secrets, &route.auth, &policy.settings).map_err(missing)?;
        if base.is_open() && (!credential.is_none() || !members.is_empty()) {
            return Err(format!("the credential of {} over plain HTTP", route.operation));
        }
        credential.add(request)?;
        base.bound(request);
        if let Some(traceparent) = self.watch.traceparent() {
            request.headers_mut().insert(TRACEPARENT, traceparent.clone());
        }
        Ok((effect, members))
    }
}

/// A body that breaks off, and notes that it did, where it gets too large.
fn bounded(body: Body, largest: usize, exceeded: Arc<AtomicBool>) -> Body {
    let checked = Limited::new(body, largest).map_err(move |problem| match problem.downcast::<HttpError>() {
        Ok(other) => *other,
        Err(_) => {
            exceeded.store(true, Ordering::Relaxed);
            HttpError::HttpRequestBodySize(None)
        }
    });
    checked.boxed_unsync()
}

fn too_large(largest: usize) -> String {
    format!("a request of more than {largest} bytes")
}

/// Where a request goes, without what may be private in it.
fn address(uri: &http::Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let port = uri.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{host}{port}", uri.scheme_str().unwrap_or_default())
}

type Answer = (Response<Body>, Box<dyn Future<Output = Result<(), HttpError>> + Send>);

impl WasiHttpHooks for Gate {
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        if self.receiving {
            return Arc::new(|name| DEFAULT_FORBIDDEN_HEADERS.contains(name));
        }
        match &self.policies[..] {
            [] => Arc::new(|_| true),
            [policy] => policy.forbidden.clone(),
            several => {
                let several: Vec<ForbiddenHeaderFilter> = several.iter().map(|one| one.forbidden.clone()).collect();
                Arc::new(move |name| several.iter().any(|forbidden| forbidden(name)))
            }
        }
    }

    /// The client sets it, and only where the protocol has it.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        mut request: Request<Body>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, HttpError>> + Send> {
        let Admitted { policy, effect, members } = match self.admit(&mut request) {
            Ok(admitted) => admitted,
            Err(reason) => {
                // The reason may hold a path, with what a caller gave; it goes to the caller only.
                let (method, to) = (request.method(), address(request.uri()));
                tracing::warn!(target: "outwit", %method, to, "refused");
                let denied = self.trace.refuse(reason);
                return Box::new(async { Err(denied) });
            }
        };
        let (transport, trace) = (self.transport.clone(), self.trace.clone());
        let (watch, to) = (self.watch.clone(), address(request.uri()));
        let span = tracing::Span::current();
        // A read of one request starts no work, and has ended with the answer.
        let follows =
            self.called.as_ref().is_some_and(|called| !called.steps.is_empty() || self.ceiling > Effect::Read);
        let overriding = policy.catalogue.method_override.is_some();
        let largest = if overriding { self.largest.min(method_override::LARGEST_BODY) } else { self.largest };
        let sending = async move {
            let exceeded = Arc::new(AtomicBool::new(false));
            request = request.map(|body| bounded(body, largest, exceeded.clone()));
            let catalogue = &policy.catalogue;
            if let Some(parameter) = &catalogue.method_override {
                let (parts, body) = request.into_parts();
                let body = method_override::checked(body, parameter).await.map_err(|problem| match problem {
                    HttpError::HttpRequestDenied => trace.refuse(format!("a body with {parameter}")),
                    HttpError::HttpRequestBodySize(_) => trace.refuse(too_large(largest)),
                    other => other,
                })?;
                request = Request::from_parts(parts, body);
            }
            if !members.is_empty() {
                request = with_members(request, &members).await.map_err(|problem| match problem {
                    HttpError::HttpRequestDenied => trace.refuse(
                        "a body that is no JSON object and no form, or has a member that the host adds".to_owned(),
                    ),
                    _ if exceeded.load(Ordering::Relaxed) => trace.refuse(too_large(largest)),
                    other => other,
                })?;
            }
            if effect > Effect::Read {
                trace.wrote.store(true, Ordering::Relaxed);
            }
            request.extensions_mut().insert(trace.contact.clone());
            request.extensions_mut().insert(watch.clone());
            if !transport.notes_connections() {
                watch.reached();
            }
            let sent = transport.send(request, options.unwrap_or_default()).await;
            match &sent {
                Ok(response) => {
                    watch.reached();
                    tracing::debug!(target: "outwit", status = response.status().as_u16(), "answer");
                }
                Err(problem) => {
                    let reason = trace.reason().map_or_else(|| problem.to_string(), |reason| reason.message);
                    tracing::debug!(target: "outwit", to, reason, "no answer");
                }
            }
            let sent = sent.map_err(|problem| match problem {
                // It broke off because the host did not send the rest.
                _ if exceeded.load(Ordering::Relaxed) => trace.refuse(too_large(largest)),
                HttpError::DestinationIpProhibited => trace.refuse(format!(
                    "{to} leads to this machine or into a private network, and {} does not say that this is meant",
                    Base::replacing(catalogue)
                )),
                other => other,
            });
            let (parts, body) = sent?.into_parts();
            // A refusal has started nothing.
            let body = match follows && parts.status.is_success() {
                true => watch.follow(catalogue, &policy.redactor, &parts.headers, body),
                false => body,
            };
            let response = Response::from_parts(parts, body);
            // The transport drives the connection itself.
            Ok((response, Box::new(async { Ok(()) }) as Box<_>))
        };
        Box::new(sending.instrument(span))
    }
}

#[cfg(test)]
mod tests;
