//! What programs and agents call: every vendor's operations, for the accounts of a configuration, under its rules.
//!
//! A call goes through these in turn, and each of them can end it: what the toolbox itself may do ([`Scope`]), the rules of
//! the account, a person who agrees, the account's calls per minute; then the account's plugin makes the call, and the
//! audit log gets its line, whatever came of it.

use crate::account::Account;
use crate::audit::{Audit, Entry};
use crate::catalogue::{Effect, Operation};
use crate::config::{Config, DEFAULT as DEFAULT_ACCOUNT};
use crate::confirm::{Confirm, Question};
use crate::offer::Offer;
use crate::pace::Pace;
use crate::plugin::{Plugin, unknown_operation};
use crate::rules::Rules;
use crate::watch::Watch;
use crate::{Advice, Error, ErrorKind, Host, Plugins, Settings};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Mutex, OnceCell};
use tracing::Instrument;

/// What a toolbox offers at all, whatever its accounts allow.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The vendors; with an empty list, all that there are.
    pub vendors: Vec<String>,
    /// Rules for all accounts.
    pub rules: Rules,
    /// Whether it is for an agent: then operations that give or take a credential are not offered.
    pub agent: bool,
}

/// Vendors, accounts and rules. Cheap to clone; vendors are loaded and accounts opened when they are first used.
#[derive(Clone)]
pub struct Toolbox(Arc<Inner>);

struct Inner {
    host: Host,
    plugins: Plugins,
    config: Config,
    scope: Scope,
    pace: Pace,
    /// Settings that stand in the place of those of a vendor's accounts.
    fixed: BTreeMap<String, Settings>,
    grants: Option<PathBuf>,
    audit: Option<Audit>,
    vendors: BTreeMap<String, OnceCell<Plugin>>,
    /// By vendor and name.
    accounts: Mutex<BTreeMap<(String, String), Slot>>,
    offer: OnceCell<Arc<Offer>>,
}

/// An account, once it is opened.
type Slot = Arc<OnceCell<Arc<Opened>>>;

/// An account and what it allows.
struct Opened {
    account: Account,
    rules: Rules,
    pace: Pace,
}

/// What a toolbox is made of.
pub struct Parts {
    /// What runs the components.
    pub host: Host,
    /// The components.
    pub plugins: Plugins,
    /// The accounts.
    pub config: Config,
    /// What of it is offered.
    pub scope: Scope,
    /// Settings by vendor that stand in the place of those of its accounts, for mocks; the environment's are there as well.
    pub fixed: BTreeMap<String, Settings>,
    /// The folder of the tokens that outlive the process; none keeps them in memory.
    pub grants: Option<PathBuf>,
    /// Where each call leaves a line.
    pub audit: Option<Audit>,
}

/// One call.
#[derive(Clone, Copy)]
pub struct Call<'r> {
    /// The operation's id, such as `accelo.list-activities`.
    pub operation: &'r str,
    /// Its input: JSON.
    pub input: &'r str,
    /// The account's name; none means [`DEFAULT_ACCOUNT`].
    pub account: Option<&'r str>,
    /// Tells how far the call is, and can end it.
    pub watch: &'r Watch,
    /// Who is asked where a rule wants a person's consent.
    pub confirm: &'r dyn Confirm,
}

impl Toolbox {
    /// A toolbox of these parts.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the scope names a vendor that is not there.
    pub fn new(parts: Parts) -> Result<Toolbox, Error> {
        let Parts { host, plugins, config, scope, fixed, grants, audit } = parts;
        if let Some(unknown) = scope.vendors.iter().find(|vendor| !plugins.names().any(|name| name == **vendor)) {
            return Err(no_vendor(unknown, plugins.names()));
        }
        let wanted = |name: &&str| scope.vendors.is_empty() || scope.vendors.iter().any(|vendor| vendor == name);
        let vendors = plugins.names().filter(wanted).map(|name| (name.to_owned(), OnceCell::new())).collect();
        let pace = Pace::of(&scope.rules);
        let accounts = Mutex::default();
        let offer = OnceCell::new();
        Ok(Toolbox(Arc::new(Inner {
            host,
            plugins,
            config,
            scope,
            pace,
            fixed,
            grants,
            audit,
            vendors,
            accounts,
            offer,
        })))
    }

    /// The vendors' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.vendors.keys().map(String::as_str)
    }

    /// A vendor's plugin without settings: for what it says about itself. Loaded once.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown vendor; those of [`Host::load`].
    pub async fn vendor(&self, name: &str) -> Result<Plugin, Error> {
        let cell = self.0.vendors.get(name).ok_or_else(|| no_vendor(name, self.names()))?;
        let plugin = cell.get_or_try_init(|| async {
            let named = |error: Error| Error { message: format!("{name}: {}", error.message), ..error };
            let component = self.0.plugins.component(name)?.ok_or_else(|| no_vendor(name, self.names()))?;
            let plugin = self.0.host.load(&component, Settings::default()).await.map_err(named)?;
            if plugin.name() != name {
                let message = format!("{name}.wasm holds the component of {}", plugin.name());
                return Err(Error::misconfigured(message));
            }
            Ok(plugin)
        });
        Ok(plugin.await?.clone())
    }

    /// The plugin that an operation belongs to, without settings.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown operation, with the nearest names of all vendors; those of [`Host::load`].
    pub async fn vendor_of(&self, operation: &str) -> Result<Plugin, Error> {
        let vendor = operation.split_once('.').map_or("", |(vendor, _)| vendor);
        if self.0.vendors.contains_key(vendor) {
            let plugin = self.vendor(vendor).await?;
            if plugin.catalogue().operation(operation).is_some() {
                return Ok(plugin);
            }
        }
        // Only a mistake pays for loading all. Without a dot, a vendor may be what was meant.
        let mut known: Vec<String> = self.names().filter(|_| !operation.contains('.')).map(str::to_owned).collect();
        for name in self.names() {
            let plugin = self.vendor(name).await?;
            known.extend(plugin.catalogue().operations.iter().map(|operation| operation.id.clone()));
        }
        Err(unknown_operation(operation, known.iter().map(String::as_str)))
    }

    /// All vendors, loaded, with what of them is offered.
    ///
    /// # Errors
    ///
    /// Those of [`Host::load`]; `misconfigured` for a rule of the scope that fits no operation.
    pub async fn offer(&self) -> Result<Arc<Offer>, Error> {
        let offer = self.0.offer.get_or_try_init(|| async {
            let mut vendors = Vec::new();
            for name in self.names() {
                let accounts = self.0.config.accounts(name).into_iter().map(str::to_owned).collect();
                vendors.push((self.vendor(name).await?, accounts));
            }
            Offer::of(vendors, self.0.scope.clone()).map(Arc::new)
        });
        Ok(offer.await?.clone())
    }

    /// An account of a vendor, opened: its secrets are read when it is first used.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when there is no such account; `misconfigured`, when one of its settings, secrets or rules is wrong.
    pub async fn account(&self, vendor: &str, name: Option<&str>) -> Result<Account, Error> {
        Ok(self.opened(vendor, name).await?.account.clone())
    }

    /// The accounts of a vendor: [`DEFAULT_ACCOUNT`], which is always there, and those that the configuration names.
    pub fn accounts(&self, vendor: &str) -> Vec<&str> {
        self.0.config.accounts(vendor)
    }

    /// Those of a vendor's accounts that somebody has set up.
    ///
    /// # Errors
    ///
    /// Those of [`Toolbox::vendor`].
    pub async fn configured(&self, vendor: &str) -> Result<Vec<&str>, Error> {
        match self.0.fixed.contains_key(vendor) {
            true => Ok(vec![DEFAULT_ACCOUNT]),
            false => Ok(self.0.config.configured(self.vendor(vendor).await?.catalogue())),
        }
    }

    async fn opened(&self, vendor: &str, name: Option<&str>) -> Result<Arc<Opened>, Error> {
        let name = name.unwrap_or(DEFAULT_ACCOUNT);
        // Names that an agent makes up are not kept.
        if !self.accounts(vendor).contains(&name) {
            return Err(self.0.config.unknown(vendor, name));
        }
        let cell = self.0.accounts.lock().await.entry((vendor.to_owned(), name.to_owned())).or_default().clone();
        let opened = cell.get_or_try_init(|| async { self.open(vendor, name).await.map(Arc::new) });
        Ok(opened.await?.clone())
    }

    async fn open(&self, vendor: &str, name: &str) -> Result<Opened, Error> {
        let plugin = self.vendor(vendor).await?;
        let catalogue = plugin.catalogue();
        let (settings, rules) = match self.0.fixed.get(vendor) {
            None => self.0.config.account(catalogue, name).await?,
            // What the configuration refers to is for the vendor.
            Some(fixed) => {
                let mut settings = Settings::of_environment(catalogue);
                settings.merge(fixed.clone());
                (settings, self.0.config.rules(catalogue, name)?)
            }
        };
        let account = Account::new(&plugin, name, settings, self.0.grants.as_deref())?;
        let pace = Pace::of(&rules);
        Ok(Opened { account, rules, pace })
    }

    /// Calls an operation for an account.
    ///
    /// # Errors
    ///
    /// `denied`, with the rule that says so, by the scope, the account, or the person who was asked; `rate-limited` beyond
    /// the account's calls per minute; those of [`Toolbox::account`] and of [`Plugin::call`].
    pub async fn call(&self, call: Call<'_>) -> Result<String, Error> {
        let plugin = self.vendor_of(call.operation).await?;
        let Some(operation) = plugin.catalogue().operation(call.operation) else {
            return Err(unknown_operation(call.operation, []));
        };
        let name = call.account.unwrap_or(DEFAULT_ACCOUNT);
        let span = tracing::info_span!(
            target: "outwit",
            "call",
            operation = operation.id,
            account = name,
            effect = operation.effect.word(),
            outcome = tracing::field::Empty,
        );
        let begun = Instant::now();
        let mut left = Left { audit: self.0.audit.as_ref(), account: name, operation, call, begun };
        let result = self.carry_out(&plugin, operation, call).instrument(span.clone()).await;
        let audit = left.audit.take();
        span.record("outcome", outcome(&result));
        tracing::info!(target: "outwit", parent: &span, ms = begun.elapsed().as_millis() as u64, "called");
        match (audit.map(|audit| audit.write(&left.entry(outcome(&result), result.as_ref().err()))), result) {
            // Who keeps a log must be able to rely on it.
            (Some(Err(problem)), Ok(_)) => {
                let maybe_done = operation.effect > Effect::Read;
                Err(Error { maybe_done, ..problem.at(&operation.id) })
            }
            (_, result) => result,
        }
    }

    async fn carry_out(&self, plugin: &Plugin, operation: &Operation, call: Call<'_>) -> Result<String, Error> {
        let vendor = plugin.name();
        permit(&self.0.scope, operation)?;
        let opened = self.opened(vendor, call.account).await?;
        let Opened { account, rules, pace } = &*opened;
        let whose = format!("the account {} of {vendor}", account.name());
        rules.permit(operation, &whose)?;
        for (rules, whose) in [(&self.0.scope.rules, SCOPE), (rules, &whose)] {
            if let Some(entry) = rules.confirmed_by(operation) {
                let rule = format!("confirm {entry}");
                let Call { input, confirm, .. } = call;
                let question = Question { operation, account: account.name(), input, rule: &rule };
                agreed(confirm.confirm(question).await, operation, whose, &rule)?;
            }
        }
        self.0.pace.take(operation, SCOPE)?;
        pace.take(operation, &whose)?;
        account.call(&operation.id, call.input, call.watch).await
    }
}

/// A call under way. Whoever drops it waits no longer; what it sent is written down all the same.
struct Left<'l> {
    /// None once the call has come to its end.
    audit: Option<&'l Audit>,
    account: &'l str,
    operation: &'l Operation,
    call: Call<'l>,
    begun: Instant,
}

impl Left<'_> {
    fn entry<'e>(&'e self, outcome: &'static str, error: Option<&'e Error>) -> Entry<'e> {
        Entry {
            account: self.account,
            operation: self.operation,
            input: self.call.input,
            outcome,
            error,
            attempts: self.call.watch.progress().requests,
            duration: self.begun.elapsed(),
        }
    }
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        let Some(audit) = self.audit.take().filter(|_| self.call.watch.progress().requests > 0) else { return };
        let gone = Error::new(ErrorKind::Cancelled, Advice::AskPerson, "nobody waited for the outcome");
        let gone = Error { maybe_done: self.operation.effect > Effect::Read, ..gone };
        if let Err(problem) = audit.write(&self.entry(ErrorKind::Cancelled.word(), Some(&gone))) {
            tracing::warn!(target: "outwit", %problem, "audit");
        }
    }
}

/// Whose rules those of the scope are.
pub(crate) const SCOPE: &str = "what this program was started with";

/// Whether the scope lets an operation be called.
pub(crate) fn permit(scope: &Scope, operation: &Operation) -> Result<(), Error> {
    if scope.agent && operation.secret {
        let message = format!("{} gives or takes a credential, which agents do not get", operation.id);
        let error = Error::new(ErrorKind::Denied, Advice::GiveUp, message).at(&operation.id);
        return Err(Error { details: Some(json!({ "rule": "no credentials for agents" })), ..error });
    }
    scope.rules.permit(operation, SCOPE)
}

fn agreed(answer: Option<bool>, operation: &Operation, whose: &str, rule: &str) -> Result<(), Error> {
    let why = match answer {
        Some(true) => return Ok(()),
        Some(false) => "who was asked did not agree",
        None => "nobody can be asked here",
    };
    let message = format!("{} needs a person's consent by {whose} ({rule}), and {why}", operation.id);
    let error = Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(&operation.id);
    Err(Error { details: Some(json!({ "rule": rule })), ..error })
}

fn no_vendor<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<&str> = known.collect();
    let message = format!("there is no vendor {name:?}; there are: {}", known.join(", "));
    Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message)
}

fn outcome(result: &Result<String, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.kind.word(),
    }
}
