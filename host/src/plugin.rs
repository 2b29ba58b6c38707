//! A loaded component with an account's settings, and the calls to it.

use crate::bindings::PluginPre;
use crate::call_handle::CallHandle;
use crate::catalogue::{Effect, Operation};
use crate::client::Transport;
use crate::code_cache::Kept;
use crate::contact::{Outlook, Reason};
use crate::credential::{credential, derived_secret};
use crate::egress::{Gate, Policy, Trace};
use crate::host::Shared;
use crate::input_limits;
use crate::origin::Base;
use crate::redact::Redactor;
use crate::route::Called;
use crate::secret::Secret;
use crate::state::State;
use crate::{Advice, Catalogue, Error, ErrorKind, Settings};
use outwit_core::nearest;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use wasmtime::component::{Instance, ResourceTableError};
use wasmtime::{Engine, PoolConcurrencyLimitError, Store};

/// A component that works for one account. Cheap to clone; can be called any number of times at once.
#[derive(Clone)]
pub struct Plugin {
    code: Arc<Code>,
    account: Arc<Configured>,
}

/// What does not depend on the account.
struct Code {
    host: Arc<Shared>,
    pre: PluginPre<State>,
    catalogue: Arc<Catalogue>,
    describe: String,
}

/// What follows from the settings.
struct Configured {
    environment: Vec<(String, String)>,
    policy: Arc<Policy>,
    redactor: Arc<Redactor>,
    /// When the host cuts a call off.
    limit: Duration,
    settings: Settings,
}

/// What an instance is made for.
struct Purpose {
    called: Option<Called>,
    ceiling: Effect,
    host_authenticates: bool,
    trace: Arc<Trace>,
    watch: CallHandle,
}

impl Plugin {
    pub(crate) async fn load(
        host: Arc<Shared>,
        pre: PluginPre<State>,
        kept: &Kept,
        settings: Settings,
    ) -> Result<Plugin, Error> {
        let known = kept.catalogue().and_then(|describe| Some((Catalogue::parse(&describe).ok()?, describe)));
        let (catalogue, describe) = match known {
            Some(known) => known,
            None => {
                let describe = described(&host, &pre).await?;
                let catalogue = Catalogue::parse(&describe)?;
                kept.keep_catalogue(&describe);
                (catalogue, describe)
            }
        };
        let catalogue = Arc::new(catalogue);
        let account = Arc::new(Configured::of(&catalogue, settings, None, host.options.deadline_slack));
        Ok(Plugin { code: Arc::new(Code { host, pre, catalogue, describe }), account })
    }

    /// The same plugin for another account.
    pub fn with_settings(&self, settings: Settings) -> Plugin {
        self.with_secrets(settings, None)
    }

    /// The same plugin with settings, which takes one more secret than theirs out of what it gives.
    pub(crate) fn with_secrets(&self, settings: Settings, more: Option<Secret>) -> Plugin {
        let account = Configured::of(&self.code.catalogue, settings, more, self.code.host.options.deadline_slack);
        Plugin { code: self.code.clone(), account: Arc::new(account) }
    }

    /// The vendor's name, with which its operations' ids begin.
    pub fn name(&self) -> &str {
        &self.code.catalogue.vendor
    }

    /// What the component says about itself.
    pub fn catalogue(&self) -> &Catalogue {
        &self.code.catalogue
    }

    /// The catalogue's JSON, as the component gave it.
    pub fn describe(&self) -> &str {
        &self.code.describe
    }

    /// The ids of this vendor's operations that fit an intent in plain words, with scores above 0 and at most 1, best first,
    /// at most `limit`, and none where none has anything in common with it. With at most 0.5, it is doubtful that an operation
    /// is meant. The component decides; nothing is sent.
    ///
    /// # Errors
    ///
    /// `unavailable` and `failed`, where a call finds no place or stops unexpectedly; `timed-out`.
    pub async fn search(&self, intent: &str, limit: u32) -> Result<Vec<(String, f32)>, Error> {
        let (trace, watch) = (Arc::default(), CallHandle::new());
        let purpose = Purpose { called: None, ceiling: Effect::Read, host_authenticates: false, trace, watch };
        let searching = async {
            let mut store = self.store(purpose).await?;
            let instance = self.code.pre.instantiate_async(&mut store).await.map_err(|e| stopped(&e, &store))?;
            let found = instance.outwit_plugin_operations().call_search(&mut store, intent, limit).await;
            found.map_err(|problem| stopped(&problem, &store))
        };
        let found = timeout(self.account.limit, searching).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::TimedOut, Advice::RetryLater, "the component takes too long to search"))
        });
        Ok(found?.into_iter().map(|found| (found.id, found.score)).collect())
    }

    /// Calls an operation by its id, in a fresh instance, with JSON as its input schema says (an operation without input
    /// takes `{}`), and gives JSON as its output schema says.
    ///
    /// # Errors
    ///
    /// The component's own; and the host's: `invalid-input` for an unknown operation, with the nearest names in `details`,
    /// for an input that is too large, and for one that says a member twice;
    /// `denied` beyond the [`Grant`](crate::Grant); `timed-out`, `unavailable` and `failed` where a call takes too long,
    /// finds no place, or stops unexpectedly.
    ///
    /// No secret setting is ever part of an error or, unless the operation is about credentials, of a result, even if the
    /// vendor says it again.
    pub async fn call(&self, operation: &str, input: &str) -> Result<String, Error> {
        self.call_with_handle(operation, input, &CallHandle::new()).await
    }

    /// As [`Plugin::call`], with a watch that tells how far the call is and can end it.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call`].
    pub async fn call_with_handle(&self, operation: &str, input: &str, watch: &CallHandle) -> Result<String, Error> {
        let redactor = &self.account.redactor;
        match self.attempt(operation, input, watch).await {
            // What asks for a credential gives one, and it may be the one that is there already.
            Ok(output) if self.catalogue().operation(operation).is_some_and(|operation| operation.secret) => Ok(output),
            // A vendor may echo what it was sent.
            Ok(output) => Ok(redactor.result(output)),
            Err(error) => {
                let mut error = error.at(operation);
                if let Some(operation) = self.catalogue().operation(operation) {
                    error = error.about_work(operation, watch.progress().work.as_deref());
                }
                redactor.error(&mut error);
                Err(error)
            }
        }
    }

    /// A fresh instance and its store, for typed bindings that an embedder made with wasmtime's `bindgen!`, or for calls
    /// with dynamic values. Its requests pass the same gate. It holds a place among the concurrent calls until the store
    /// is dropped, and it has no time limit but the caller's own.
    ///
    /// Results of typed exports do not pass through the host: a vendor that repeats the credential in an answer shows it to
    /// them. [`Plugin::call`] takes it out.
    ///
    /// What typed exports give is not looked through for secrets that a vendor says again; [`Plugin::call`] does that.
    ///
    /// The host adds credentials if it holds the catalogue's own; [`Plugin::instantiate_for`] is for operations that need
    /// another one.
    ///
    /// # Errors
    ///
    /// `unavailable`, when there is no place; `failed`, when the component does not start.
    pub async fn instantiate(&self) -> Result<(Store<State>, Instance), Error> {
        let host_authenticates = credential(&self.catalogue().auth, &self.account.settings).is_ok();
        let ceiling = self.code.host.options.grant.strongest();
        let (trace, watch) = (Arc::default(), CallHandle::new());
        self.start(Purpose { called: None, ceiling, host_authenticates, trace, watch }).await
    }

    /// As [`Plugin::instantiate`], for one operation: it can send no more than what this operation says that it does.
    ///
    /// # Errors
    ///
    /// As [`Plugin::instantiate`], and `invalid-input` for an unknown operation, `denied` for one beyond the grant,
    /// `misconfigured` for a credential that no header can carry.
    pub async fn instantiate_for(&self, operation: &str) -> Result<(Store<State>, Instance), Error> {
        self.start(self.purpose(operation, CallHandle::new())?).await
    }

    async fn attempt(&self, operation: &str, input: &str, watch: &CallHandle) -> Result<String, Error> {
        let purpose = self.purpose(operation, watch.clone())?;
        let input = input_limits::check(input, self.code.host.options.memory)?.into_owned();
        let trace = purpose.trace.clone();
        let running = async {
            let mut store = self.store(purpose).await?;
            let instance = self.code.pre.instantiate_async(&mut store).await.map_err(|e| stopped(&e, &store))?;
            let output = instance.outwit_plugin_operations().call_call(&mut store, operation, &input).await;
            output.map_err(|problem| stopped(&problem, &store))?.map_err(Error::from)
        };
        let allowed = self.catalogue().operation(operation).and_then(|operation| operation.deadline_ms);
        let allowed = Duration::from_millis(allowed.unwrap_or(0)) + self.code.host.options.deadline_slack;
        let limit = self.account.limit.max(allowed);
        let output = timeout(limit, running).await.unwrap_or_else(|_| {
            let message = format!("the host cut the call off after {} ms", limit.as_millis());
            Err(Error::new(ErrorKind::TimedOut, Advice::RetryLater, message))
        });
        output.map_err(|error| with_trace(error, &trace, self.catalogue().name()))
    }

    fn purpose(&self, id: &str, watch: CallHandle) -> Result<Purpose, Error> {
        let operation = self.catalogue().operation(id).ok_or_else(|| self.unknown(id))?;
        let granted = self.code.host.options.grant.strongest();
        if operation.effect > granted {
            let message = format!("{id} does more than this host grants");
            return Err(Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(id));
        }
        let auth = operation.auth.as_ref().unwrap_or(&self.catalogue().auth);
        // Where a setting is missing, the component says so better than the host could.
        let host_authenticates = match credential(auth, &self.account.settings) {
            Ok(None) => true,
            Ok(Some(_)) => {
                self.ensure_private().map_err(|error| error.at(id))?;
                true
            }
            Err(unusable) => match unusable.malformed() {
                Some(error) => return Err(error.at(id)),
                None => false,
            },
        };
        let called = Some(Called::of(operation));
        Ok(Purpose { called, ceiling: operation.effect, host_authenticates, trace: Arc::default(), watch })
    }

    /// The address that requests start with, as the settings give it.
    pub(crate) fn base(&self) -> Option<&Base> {
        self.account.policy.base.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.account.settings
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        self.code.host.transport.clone()
    }

    /// Sees to it that the address is one, and that no credential is sent where others could read it on the way.
    pub(crate) fn ensure_private(&self) -> Result<(), Error> {
        if let Some(problem) = Base::problem(self.catalogue(), self.settings()) {
            return Err(problem);
        }
        if !self.base().is_some_and(Base::is_open) {
            return Ok(());
        }
        let vendor = &self.catalogue().vendor;
        let setting = format!("{}_BASE_URL", vendor.to_ascii_uppercase());
        let message = format!(
            "{setting} is plain http to another machine; the credential of {vendor} is only sent over https, or within this \
             machine"
        );
        Err(Error::misconfigured(message).about(&setting))
    }

    fn unknown(&self, id: &str) -> Error {
        unknown_operation(id, self.catalogue().operations.iter().map(|operation: &Operation| &*operation.id))
    }

    async fn start(&self, purpose: Purpose) -> Result<(Store<State>, Instance), Error> {
        let mut store = self.store(purpose).await?;
        let instance = self.code.pre.instance_pre().instantiate_async(&mut store).await;
        match instance {
            Ok(instance) => Ok((store, instance)),
            Err(problem) => Err(stopped(&problem, &store)),
        }
    }

    /// A store for one instance, with a place among the concurrent calls.
    async fn store(&self, purpose: Purpose) -> Result<Store<State>, Error> {
        let (host, account) = (&self.code.host, &self.account);
        let place = place(host, account.limit).await?;
        let gate = Gate {
            policies: vec![account.policy.clone()],
            transport: host.transport.clone(),
            called: purpose.called,
            ceiling: purpose.ceiling,
            trace: purpose.trace,
            watch: purpose.watch,
            largest: host.options.memory,
            receiving: false,
        };
        let mut environment = account.environment.clone();
        if purpose.host_authenticates {
            environment.extend(account.settings.held(self.catalogue()));
        }
        let state = State::new(environment, host.clock.clone(), gate, host.options.memory, place);
        Ok(store(self.code.pre.engine(), state))
    }
}

impl Configured {
    fn of(
        catalogue: &Arc<Catalogue>,
        settings: Settings,
        more: Option<Secret>,
        deadline_slack: Duration,
    ) -> Configured {
        let derived = catalogue.auths().filter_map(|auth| derived_secret(auth, &settings));
        let redactor =
            Arc::new(Redactor::new(settings.secrets(catalogue).map(Secret::from).chain(derived).chain(more)));
        Configured {
            environment: settings.environment(catalogue),
            policy: Arc::new(Policy::of(catalogue, &settings, redactor.clone())),
            redactor,
            limit: catalogue.deadline(&settings) + deadline_slack,
            settings,
        }
    }
}

/// What a component says about itself, in an instance that can reach nothing.
async fn described(host: &Shared, pre: &PluginPre<State>) -> Result<String, Error> {
    let gate = Gate {
        policies: Vec::new(),
        transport: host.transport.clone(),
        called: None,
        ceiling: Effect::Read,
        trace: Arc::default(),
        watch: CallHandle::new(),
        largest: host.options.memory,
        receiving: false,
    };
    let limit = Duration::from_secs(5).max(host.options.deadline_slack);
    let place = place(host, limit).await?;
    let state = State::new(Vec::new(), host.clock.clone(), gate, host.options.memory, place);
    let mut store = store(pre.engine(), state);
    let described = timeout(limit, async {
        let instance = pre.instantiate_async(&mut store).await?;
        instance.outwit_plugin_operations().call_describe(&mut store).await
    });
    match described.await {
        Ok(Ok(describe)) => Ok(describe),
        Ok(Err(problem)) => Err(stopped(&problem, &store)),
        Err(_) => Err(Error::misconfigured("the component takes too long to describe itself")),
    }
}

/// The most characters of an operation's name that an error tells.
const LONGEST_NAME: usize = 100;

/// The error about an operation that does not exist, with those that may have been meant.
pub fn unknown_operation<'n>(id: &str, known: impl IntoIterator<Item = &'n str>) -> Error {
    // What is far too long for a name is shown in part, and compared with none in full.
    let id: &str = &match id.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &id[..end]),
        None => id.to_owned(),
    };
    let nearest = nearest(id, known);
    let hint = match &*nearest {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    };
    let message = format!("unknown operation {id:?}{hint}");
    let details = (!nearest.is_empty()).then(|| json!({ "nearest": nearest }));
    Error { details, ..Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).at(id) }
}

pub(crate) fn store(engine: &Engine, state: State) -> Store<State> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.memory);
    // A component that computes yields at every tick, so that the time limit around the call can end it.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    store
}

pub(crate) async fn place(host: &Shared, patience: Duration) -> Result<Option<OwnedSemaphorePermit>, Error> {
    match timeout(patience, host.places.clone().acquire_owned()).await {
        Ok(place) => Ok(place.ok()),
        Err(_) => {
            let message = format!("the host is busy with {} calls", host.options.concurrency);
            Err(Error::new(ErrorKind::Unavailable, Advice::RetryLater, message))
        }
    }
}

/// Why a component stopped without an answer of its own.
pub(crate) fn stopped(problem: &wasmtime::Error, store: &Store<State>) -> Error {
    if problem.is::<PoolConcurrencyLimitError>() {
        return Error::new(ErrorKind::Unavailable, Advice::RetryNow, "the host has no memory left for another call");
    }
    let message = if store.data().memory.exceeded {
        "the component needs more memory than the host gives".to_owned()
    } else if let Some(ResourceTableError::Full) = problem.downcast_ref() {
        "the component holds more of the host's requests, headers and streams at once than it may".to_owned()
    } else {
        format!("the component stopped unexpectedly: {}", problem.root_cause())
    };
    Error::new(ErrorKind::Failed, Advice::GiveUp, message)
}

/// Adds what only the gate knows.
fn with_trace(mut error: Error, trace: &Trace, title: &str) -> Error {
    // The component judges its own errors; the host's are those that it could not.
    let cut_off = matches!(error.kind, ErrorKind::TimedOut | ErrorKind::Failed) && error.operation.is_empty();
    if cut_off && trace.wrote() {
        error.maybe_done = true;
        if error.advice == Advice::RetryLater {
            error.advice = Advice::AskPerson;
        }
    }
    if error.kind == ErrorKind::Unavailable
        && error.status.is_none()
        && let Some(Reason { message, outlook }) = trace.reason()
    {
        error.message = match outlook {
            // Components know of a broken connection only.
            Outlook::Unreadable if error.details.is_none() => format!("{title} cannot be understood: {message}"),
            _ => format!("{} ({message})", error.message),
        };
        match outlook {
            Outlook::Passing => {}
            Outlook::Lasting => (error.advice, error.retry_after_ms) = (Advice::AskPerson, None),
            Outlook::Unreadable => {
                error.kind = ErrorKind::Unreadable;
                error.advice = if error.maybe_done { Advice::AskPerson } else { Advice::GiveUp };
            }
        }
    }
    if error.kind == ErrorKind::Denied
        && error.details.is_none()
        && let Some(refused) = trace.refused()
    {
        error.details = Some(json!({ "refused": refused }));
    }
    error
}
