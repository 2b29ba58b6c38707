//! A loaded component with an account's settings, and the calls to it.

use crate::account::Account;
use crate::bindings::{self, PluginPre};
use crate::call::{Resolved, authenticate, unknown_operation};
use crate::call_handle::CallHandle;
use crate::catalogue::{Effect, Operation};
use crate::code_cache::Entry;
use crate::credential::{credential, derived_secrets};
use crate::egress::Policy;
use crate::host::Shared;
use crate::instance::{Purpose, described, stopped, store};
use crate::origin::Base;
use crate::redact::Redactor;
use crate::route::Called;
use crate::secret::Secret;
use crate::state::InstanceState;
use crate::{Advice, Catalogue, Error, ErrorKind, Host, Settings};
use outwit_search::Segment;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;
use wasmtime::Store;
use wasmtime::component::Instance;

/// A component that works for one account. Cheap to clone; can be called any number of times at once.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) code: Arc<Code>,
    pub(crate) account: Arc<Configured>,
}

/// What does not depend on the account.
pub(crate) struct Code {
    pub host: Arc<Shared>,
    /// Of a component whose catalogue is known from before: compiled for its first call.
    pre: OnceLock<PluginPre<InstanceState>>,
    source: Source,
    entry: Entry,
    pub catalogue: Arc<Catalogue>,
    describe: String,
}

/// What follows from the settings.
pub(crate) struct Configured {
    environment: Vec<(String, String)>,
    policy: Arc<Policy>,
    pub redactor: Arc<Redactor>,
    /// When the host cuts a call off.
    pub limit: Duration,
    settings: Settings,
}

/// Where a component's bytes are.
pub(crate) enum Source {
    /// In this program.
    Embedded(&'static [u8]),
    File(PathBuf),
    /// Nowhere, once it is compiled.
    Given,
}

impl Plugin {
    /// A component, which is compiled now, unless it can be read again and its catalogue is known from before.
    pub(crate) async fn load(
        host: &Host,
        component: &[u8],
        source: Source,
        settings: Settings,
    ) -> Result<Plugin, Error> {
        let entry = host.cache_entry(component);
        let known = entry.catalogue().and_then(|describe| Some((Catalogue::parse(&describe).ok()?, describe)));
        let pre = OnceLock::new();
        let (catalogue, describe) = match known {
            Some(known) if !matches!(source, Source::Given) => known,
            known => {
                let prepared = host.prepare(component, &entry)?;
                let pre = pre.get_or_init(|| prepared);
                match known {
                    Some(known) => known,
                    None => {
                        let describe = described(&host.0, pre).await?;
                        let catalogue = Catalogue::parse(&describe)?;
                        entry.store_catalogue(&describe);
                        (catalogue, describe)
                    }
                }
            }
        };
        let host = host.0.clone();
        let catalogue = Arc::new(catalogue);
        let account = Arc::new(Configured::of(&catalogue, settings, None, host.options.deadline_slack));
        Ok(Plugin { code: Arc::new(Code { host, pre, source, entry, catalogue, describe }), account })
    }

    /// The compiled component.
    fn pre(&self) -> Result<&PluginPre<InstanceState>, Error> {
        let Code { host, pre, source, entry, .. } = &*self.code;
        if let Some(pre) = pre.get() {
            return Ok(pre);
        }
        let host = Host(host.clone());
        let bytes: Cow<'_, [u8]> = match source {
            Source::Embedded(bytes) => Cow::Borrowed(bytes),
            Source::File(path) => {
                let unreadable = |problem| Error::misconfigured(format!("{}: {problem}", path.display()));
                let bytes = std::fs::read(path).map_err(unreadable)?;
                if host.cache_entry(&bytes) != *entry {
                    let message = format!("{}: the file has changed since this program started", path.display());
                    return Err(Error::misconfigured(message));
                }
                Cow::Owned(bytes)
            }
            Source::Given => Cow::Borrowed(&[]),
        };
        let prepared = host.prepare(&bytes, entry)?;
        Ok(pre.get_or_init(|| prepared))
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

    /// What the vendor adds to a search among several.
    pub(crate) fn segment(&self) -> Segment {
        let Catalogue { vendor, title, search_index, operations, .. } = self.catalogue();
        let operation = |one: &Operation| outwit_search::Operation {
            id: one.id.clone().into(),
            effect: one.effect.as_str(),
            secret: one.secret,
        };
        let operations: Vec<_> = operations.iter().map(operation).collect();
        // A component that was made without an index, or by another version, has it made of its texts.
        Segment::of_index(search_index, vendor, title, &operations)
            .unwrap_or_else(|_| Segment::of(&serde_json::from_str(self.describe()).unwrap_or_default()))
    }

    /// The ids of this vendor's operations that fit an intent in plain words, with scores above 0 and at most 1, best first,
    /// at most `limit`, and none where none has anything in common with it. With at most 0.5, it is doubtful that an operation
    /// is meant. The component decides; nothing is sent.
    ///
    /// # Errors
    ///
    /// `unavailable` and `failed`, where a call finds no place or stops unexpectedly; `timed-out`.
    pub async fn search(&self, intent: &str, limit: u32) -> Result<Vec<(String, f32)>, Error> {
        let purpose = self.purpose(None, Effect::Read, false, CallHandle::new());
        let searching = async {
            let (mut store, instance) = self.instance(purpose).await?;
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
        Account::without_tokens(self).call(operation, input, watch).await
    }

    /// Finds an operation by its id.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown operation, with the nearest names in `details`.
    pub fn resolve(&self, operation: &str) -> Result<Resolved, Error> {
        let known = || self.catalogue().operations.iter().map(|operation| &*operation.id);
        Resolved::of(&self.code.catalogue, operation)
            .ok_or_else(|| self.account.redactor.error(unknown_operation(operation, known())))
    }

    /// See [`crate::embed::instantiate`].
    pub(crate) async fn instantiate(&self) -> Result<(Store<InstanceState>, Instance), Error> {
        let host_authenticates = credential(&self.catalogue().auth, &self.account.settings).is_ok();
        let ceiling = self.code.host.options.grant.strongest();
        self.start(self.purpose(None, ceiling, host_authenticates, CallHandle::new())).await
    }

    /// See [`crate::embed::instantiate_for`].
    pub(crate) async fn instantiate_for(&self, operation: &str) -> Result<(Store<InstanceState>, Instance), Error> {
        let resolved = self.resolve(operation)?;
        let authorized = Account::without_tokens(self).authorized(&resolved).await?;
        self.start(authenticate(&authorized, None).await?.purpose(CallHandle::new())).await
    }

    /// The address that requests start with, as the settings give it.
    pub(crate) fn base(&self) -> Option<&Base> {
        self.account.policy.base.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.account.settings
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
        let setting = outwit_core::base_setting(vendor);
        let message = format!(
            "{setting} is plain http to another machine; the credential of {vendor} is only sent over https, or within this \
             machine"
        );
        Err(Error::misconfigured(message).about(&setting))
    }

    async fn start(&self, purpose: Purpose) -> Result<(Store<InstanceState>, Instance), Error> {
        let pre = self.pre()?;
        let mut store = store(&self.code.host, purpose).await?;
        match pre.instance_pre().instantiate_async(&mut store).await {
            Ok(instance) => Ok((store, instance)),
            Err(problem) => Err(stopped(&problem, &store)),
        }
    }

    /// As [`Plugin::start`], for the exports of every component.
    pub(crate) async fn instance(&self, purpose: Purpose) -> Result<(Store<InstanceState>, bindings::Plugin), Error> {
        let pre = self.pre()?;
        let mut store = store(&self.code.host, purpose).await?;
        match pre.instantiate_async(&mut store).await {
            Ok(instance) => Ok((store, instance)),
            Err(problem) => Err(stopped(&problem, &store)),
        }
    }

    /// What an instance for this account is made for.
    pub(crate) fn purpose(&self, called: Option<Called>, ceiling: Effect, by_host: bool, watch: CallHandle) -> Purpose {
        let account = &self.account;
        let mut environment = account.environment.clone();
        if by_host {
            environment.extend(account.settings.host_settings(self.catalogue()));
        }
        let (policies, trace) = (vec![account.policy.clone()], Arc::default());
        Purpose { environment, policies, called, ceiling, trace, watch, patience: account.limit }
    }
}

impl Configured {
    fn of(
        catalogue: &Arc<Catalogue>,
        settings: Settings,
        more: Option<Secret>,
        deadline_slack: Duration,
    ) -> Configured {
        let derived = catalogue.auths().flat_map(|auth| derived_secrets(auth, &settings));
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
