//! The token endpoint (RFC 6749): asks for tokens, and says what it means if none come.
//!
//! Address, method and the application's credential are those of the operation that the catalogue names. Answers are read
//! as tolerantly as vendors write them; one that makes no sense is told without quoting it.

use super::{Tokens, now_ms};
use crate::catalogue::{Auth, Catalogue, OAuth};
use crate::client::{RequestOptions, Transport};
use crate::contact::{Contact, Outlook, Reason};
use crate::credential::{Member, Owned, Unusable, credential, derived_secrets, form, members};
use crate::origin::Base;
use crate::redact::Redactor;
use crate::secret::Secret;
use crate::{Advice, Error, ErrorKind, Plugin, Settings};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wasmtime_wasi_http::Error as HttpError;
use wire::Node;

/// How long the whole may take at most, whatever the settings say of calls.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const LARGEST: usize = 256 * 1024;
/// The longest part of a vendor's explanation that is passed on.
const LONGEST: usize = 200;

/// What is exchanged for tokens.
#[derive(Clone, Copy)]
pub(crate) enum Ask<'a> {
    /// The code that a person's consent gave, and where it was sent. The scope is for the record.
    Code { code: &'a Secret, redirect_uri: &'a str, scope: &'a str },
    /// The refresh token of the last answer.
    Refresh(&'a Secret),
    /// Nothing but the application's own credential.
    Application { scope: &'a str },
}

/// Where tokens come from.
pub(crate) struct Endpoint {
    title: String,
    oauth: OAuth,
    method: String,
    base: Base,
    url: String,
    auth: Auth,
    /// The settings that name the application and its secret.
    application: String,
    settings: Settings,
    transport: Arc<dyn Transport>,
    /// How long opening a connection may take, and the whole.
    connect: Duration,
    whole: Duration,
    /// The application's own secrets.
    secrets: Vec<Secret>,
}

impl Endpoint {
    /// The endpoint of an OAuth plugin with its settings.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when settings are missing, or the catalogue says nothing that a token could be asked for with.
    pub fn of(plugin: &Plugin, oauth: &OAuth) -> Result<Endpoint, Error> {
        let (catalogue, settings) = (plugin.catalogue(), plugin.settings());
        let exchange = catalogue.exchange();
        let parts = exchange
            .and_then(|operation| Some((operation.method.clone()?, operation.route.clone()?, operation.auth.clone()?)));
        let Some((method, route, auth)) = parts.filter(|(_, route, _)| !route.contains('{')) else {
            return Err(Error::misconfigured(format!("{} does not say how a token is asked for", catalogue.vendor)));
        };
        let base = match exchange.and_then(|operation| operation.base.as_ref()) {
            Some(own) => Base::of_operation(catalogue, own, settings),
            None => plugin.base().cloned(),
        };
        let base = base.ok_or_else(|| no_address(catalogue, settings))?;
        plugin.ensure_private()?;
        if base.is_open() {
            let vendor = &catalogue.vendor;
            return Err(Error::misconfigured(format!(
                "the token endpoint of {vendor} is not https, and gets no credential"
            )));
        }
        let url = base.url(&route);
        let application = match &auth {
            Auth::Basic { user, password } | Auth::Client { user, password, .. } => format!("{user} and {password}"),
            _ => "the settings".to_owned(),
        };
        Ok(Endpoint {
            title: catalogue.name().to_owned(),
            oauth: oauth.clone(),
            method,
            base,
            url,
            secrets: settings.secrets(catalogue).map(Secret::from).chain(derived_secrets(&auth, settings)).collect(),
            auth,
            application,
            settings: settings.clone(),
            transport: plugin.code.host.transport.clone(),
            connect: Duration::from_millis(settings.number(catalogue, "OUTWIT_CONNECT_TIMEOUT_MS", 5_000)),
            whole: catalogue.deadline(settings).min(PATIENCE),
        })
    }

    /// What a token is asked for by default.
    pub fn scope(&self) -> &str {
        &self.oauth.scope
    }

    /// Whether a user's consent gives a grant.
    pub fn asks_people(&self) -> bool {
        !self.oauth.authorize.is_empty()
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// `unauthenticated`, when what was exchanged, or the application's credential, is refused; `rejected`, when the
    /// request is refused for another reason; `rate-limited`; `unavailable`, `timed-out` and `unreadable`, when the
    /// endpoint is at fault.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Tokens, Error> {
        let redactor = Redactor::new(self.secrets.iter().chain(ask.secret()).cloned());
        let answered = timeout(self.whole, self.exchange(ask)).await.unwrap_or_else(|_| Err(self.late()));
        answered.map_err(|error| redactor.error(error))
    }

    async fn exchange(&self, ask: Ask<'_>) -> Result<Tokens, Error> {
        let issued_ms = now_ms();
        let (mut request, contact) = (self.request(ask)?, Contact::default());
        request.extensions_mut().insert(contact.clone());
        let response = self.transport.send(request, self.options()).await;
        let response = response.map_err(|problem| self.unreachable(&problem, contact.reason()))?;
        let (head, mut body) = response.into_parts();
        let mut text = Zeroizing::new(Vec::with_capacity(LARGEST));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|problem| self.unreachable(&problem, None))?;
            let data = frame.data_ref().map_or(&[][..], |data| data);
            if text.len() + data.len() > LARGEST {
                return Err(self.unreadable("is too long"));
            }
            text.extend_from_slice(data);
        }
        if !head.status.is_success() {
            return Err(self.refusal(head.status, &head.headers, text));
        }
        let text = decoded(text, &head.headers);
        // Some endpoints say what is wrong with 200.
        if text.as_ref().is_ok_and(|text| is_refusal(text)) {
            return Err(self.refusal(StatusCode::BAD_REQUEST, &head.headers, text.unwrap_or_default()));
        }
        let tokens = text.and_then(|text| self.tokens(&text, ask, issued_ms));
        tokens.map_err(|problem| Error { status: Some(head.status.as_u16()), ..self.unreadable(&problem) })
    }

    fn request(&self, ask: Ask<'_>) -> Result<Request<crate::client::Body>, Error> {
        let broken = || Error::misconfigured(format!("the token endpoint of {} has no usable address", self.title));
        let unusable = |unusable: Unusable| unusable.malformed().unwrap_or_else(broken);
        let client = members(&BTreeMap::new(), &self.auth, &self.settings).map_err(unusable)?;
        let mut request = Request::builder()
            .method(&*self.method)
            .uri(&self.url)
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_ENCODING, "identity")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::USER_AGENT, concat!("outwit/", env!("CARGO_PKG_VERSION")))
            .body(crate::client::body(Bytes::from_owner(Owned(ask.form(&client)))))
            .map_err(|_| broken())?;
        self.base.bound(&mut request);
        let credential = credential(&self.auth, &self.settings).map_err(unusable)?;
        credential.add(&mut request).map_err(|_| broken())?;
        Ok(request)
    }

    fn options(&self) -> RequestOptions {
        RequestOptions {
            // Before the whole is over, so that what was not sent is told from what was.
            connect_timeout: Some(self.connect.min(self.whole.mul_f32(0.9))),
            first_byte_timeout: Some(self.whole),
            between_bytes_timeout: Some(self.whole),
        }
    }

    /// Reads an answer; gives what is wrong with it.
    fn tokens(&self, text: &[u8], ask: Ask<'_>, issued_ms: u64) -> Result<Tokens, String> {
        let read = Node::read(text).map_err(|problem| format!("is no JSON object ({problem})"))?;
        let Value::Object(mut answer) = read.into_value() else { return Err("is no JSON object".to_owned()) };
        // First of all, so that they are cleared whatever comes.
        let (access, refresh) = (taken(&mut answer, "access_token"), taken(&mut answer, "refresh_token"));
        let access = access.filter(is_sendable).ok_or("has no usable access token")?;
        let kind = answer.get("token_type").and_then(Value::as_str).unwrap_or("bearer");
        if !kind.eq_ignore_ascii_case("bearer") {
            return Err("has a token of another type than Bearer".to_owned());
        }
        let seconds = match answer.get("expires_in") {
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(number) => number.as_f64(),
            None => None,
        };
        // An end that is not known shows when it is there.
        let lifetime = seconds.filter(|seconds| *seconds > 0.0).map(|seconds| (seconds * 1000.0) as u64);
        let granted = answer.get("scope").and_then(Value::as_str);
        let scope = granted.unwrap_or(ask.scope()).to_owned();
        let answer = Value::Object(answer);
        let who =
            self.oauth.who.iter().filter_map(|(word, pointer)| Some((word.clone(), words(answer.pointer(pointer)?)?)));
        Ok(Tokens {
            access,
            refresh,
            issued_ms,
            expires_ms: lifetime.map(|lifetime| issued_ms.saturating_add(lifetime)),
            scope,
            application: matches!(ask, Ask::Application { .. }),
            who: who.collect(),
        })
    }

    fn refusal(&self, status: StatusCode, headers: &HeaderMap, text: Zeroizing<Vec<u8>>) -> Error {
        let text = decoded(text, headers).unwrap_or_default();
        let answer = Node::read(&text).map(Node::into_value).unwrap_or_default();
        let code = answer.get("error").and_then(Value::as_str).map(short);
        let explained = answer.get("error_description").and_then(words).map(|text| format!(": {text}"));
        let said = match &code {
            Some(code) => format!("{code}{}", explained.unwrap_or_default()),
            None => format!("status {}", status.as_u16()),
        };
        let quota = status == StatusCode::TOO_MANY_REQUESTS;
        let pairs: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let wait = outwit_core::asked_ms(&pairs, quota, &|| now_ms() / 1000);
        let refused = |kind, did: String| (kind, Advice::AskPerson, did);
        let failed = |kind, did: &str| (kind, Advice::RetryLater, did.to_owned());
        let (kind, advice, did) = match (status.as_u16(), code.as_deref()) {
            (429, _) => failed(ErrorKind::RateLimited, "is asked too often"),
            (400..=499, _) if wait.is_some() => failed(ErrorKind::RateLimited, "lets nobody in for a while"),
            (408 | 500.., _) => failed(ErrorKind::Unavailable, "fails"),
            (300..=399, _) => failed(ErrorKind::Unreadable, "leads elsewhere, which is not followed"),
            (_, Some("invalid_grant")) => {
                refused(ErrorKind::Unauthenticated, "does not know the grant any more".into())
            }
            (_, Some("unauthorized_client" | "unsupported_grant_type" | "access_denied")) => {
                refused(ErrorKind::Unauthenticated, "does not let the application have a token in this way".into())
            }
            (401, _) | (_, Some("invalid_client")) => {
                refused(ErrorKind::Unauthenticated, format!("does not know the application of {}", self.application))
            }
            _ => refused(ErrorKind::Rejected, "refuses the request".into()),
        };
        let message = format!("the token endpoint of {} {did} ({said})", self.title);
        Error { code, status: Some(status.as_u16()), retry_after_ms: wait, ..Error::new(kind, advice, message) }
    }

    fn unreachable(&self, problem: &HttpError, reason: Option<Reason>) -> Error {
        match problem {
            HttpError::ConnectionReadTimeout | HttpError::HttpResponseTimeout => self.late(),
            HttpError::DestinationIpProhibited => {
                let message = format!(
                    "the address of {}'s token endpoint leads to this machine or into a private network, which no setting \
                     says to be meant",
                    self.title
                );
                Error::new(ErrorKind::Denied, Advice::AskPerson, message)
            }
            other => {
                let why = reason.as_ref().map_or_else(|| other.to_string(), |reason| reason.message.clone());
                let message = format!("the token endpoint of {} cannot be reached: {why}", self.title);
                match reason.map(|reason| reason.outlook) {
                    Some(Outlook::Lasting) => Error::new(ErrorKind::Unavailable, Advice::AskPerson, message),
                    Some(Outlook::Unreadable) => self.unreadable(&format!("cannot be read: {why}")),
                    _ => Error::new(ErrorKind::Unavailable, Advice::RetryLater, message),
                }
            }
        }
    }

    fn late(&self) -> Error {
        let message = format!("the token endpoint of {} gave no answer in time", self.title);
        Error::new(ErrorKind::TimedOut, Advice::RetryLater, message)
    }

    fn unreadable(&self, problem: &str) -> Error {
        let message = format!("the answer of {}'s token endpoint {problem}", self.title);
        Error::new(ErrorKind::Unreadable, Advice::RetryLater, message)
    }
}

impl<'a> Ask<'a> {
    fn secret(self) -> Option<&'a Secret> {
        match self {
            Ask::Code { code: secret, .. } | Ask::Refresh(secret) => Some(secret),
            Ask::Application { .. } => None,
        }
    }

    /// What the token may do, where the request says it or the consent did.
    fn scope(self) -> &'a str {
        match self {
            Ask::Code { scope, .. } | Ask::Application { scope } => scope,
            Ask::Refresh(_) => "",
        }
    }

    fn form(self, client: &[Member]) -> Zeroizing<String> {
        let fields = match self {
            Ask::Code { code, redirect_uri, .. } => {
                vec![("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", redirect_uri)]
            }
            Ask::Refresh(token) => vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())],
            Ask::Application { scope: "" } => vec![("grant_type", "client_credentials")],
            Ask::Application { scope } => vec![("grant_type", "client_credentials"), ("scope", scope)],
        };
        form(fields.into_iter().chain(client.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }
}

impl Tokens {
    /// What an answer leaves out stays as it was.
    pub fn after(mut self, last: Option<&Tokens>) -> Tokens {
        let Some(last) = last else { return self };
        self.refresh = self.refresh.or_else(|| last.refresh.clone());
        if self.scope.is_empty() {
            self.scope.clone_from(&last.scope);
        }
        for (word, value) in &last.who {
            self.who.entry(word.clone()).or_insert_with(|| value.clone());
        }
        self
    }
}

fn no_address(catalogue: &Catalogue, settings: &Settings) -> Error {
    let missing = catalogue.settings.iter().find(|setting| {
        catalogue.base.contains(&format!("{{{}}}", setting.name)) && settings.get(&setting.name).is_none()
    });
    match missing {
        Some(setting) => Error::misconfigured(format!("{} is not set", setting.name)).about(&setting.name),
        None => Error::misconfigured(format!("the settings of {} give no usable address", catalogue.vendor)),
    }
}

/// Whether an answer is an error as RFC 6749 has it (5.2), and holds no token.
fn is_refusal(text: &[u8]) -> bool {
    Node::read(text).is_ok_and(|answer| {
        answer.get("error").is_some_and(|error| error.as_str().is_some()) && answer.get("access_token").is_none()
    })
}

/// The text of an answer; or what is wrong with it.
fn decoded(mut text: Zeroizing<Vec<u8>>, headers: &HeaderMap) -> Result<Zeroizing<Vec<u8>>, String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let [kind, coding] = [header(header::CONTENT_TYPE), header(header::CONTENT_ENCODING)];
    let decoded = wire::decoded(std::mem::take(&mut *text), kind, coding);
    decoded.map(Zeroizing::new).map_err(|why| format!("comes with {why}"))
}

fn taken(answer: &mut Map<String, Value>, name: &str) -> Option<Secret> {
    match answer.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(Secret::from(text)),
        _ => None,
    }
}

fn is_sendable(token: &Secret) -> bool {
    token.expose().bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

/// A text or number of an answer that people may see.
pub(crate) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(short(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn short(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}
