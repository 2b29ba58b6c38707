//! What programs and agents call: every vendor's operations, for the accounts of a configuration, under its rules.
//!
//! A call goes through these in turn, and each of them can end it: what the workspace itself may do ([`Scope`]), the rules of
//! the account, a person who agrees, the account's calls per minute; then the account's plugin makes the call, and the
//! audit log gets its line, whatever came of it. Of a call that may change something, it gets a line before, too.

use crate::account::{Account, Identity};
use crate::approval::{ApprovalRequest, Approver};
use crate::audit::{Audit, Entry};
use crate::authorize::{SCOPE, Scope, approved, beyond, permit};
use crate::call_handle::CallHandle;
use crate::catalogue::{Auth, Catalogue, Effect, Operation, Setting};
use crate::config::{Bound, Config, DEFAULT as DEFAULT_ACCOUNT, table_of};
use crate::input_limits;
use crate::operations::{OperationIndex, Vendor};
use crate::plugin::{Plugin, unknown_operation};
use crate::rate_limit::{Pace, file_name};
use crate::{Advice, Error, ErrorKind, Host, Plugins, Settings};
use outwit_core::nearest;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Mutex, OnceCell};
use tracing::Instrument;

/// Vendors, accounts and rules. Cheap to clone; vendors are loaded and accounts opened when they are first used.
#[derive(Clone)]
pub struct Workspace(Arc<Inner>);

struct Inner {
    host: Host,
    plugins: Plugins,
    config: Config,
    scope: Scope,
    pace: Pace,
    /// Settings that stand in the place of those of a vendor's accounts.
    fixed: BTreeMap<String, Settings>,
    grants: Option<PathBuf>,
    rate_limit_dir: Option<PathBuf>,
    audit: Option<Audit>,
    vendors: BTreeMap<String, OnceCell<Plugin>>,
    /// By vendor and name.
    accounts: Mutex<BTreeMap<(String, String), Slot>>,
    /// By the table that the rule stands in: a vendor's is for the calls of all its accounts together.
    paces: Mutex<BTreeMap<String, Arc<Pace>>>,
    offer: OnceCell<Arc<OperationIndex>>,
}

/// An account, once it is opened.
type Slot = Arc<OnceCell<Arc<Opened>>>;

/// An account and what it allows.
struct Opened {
    account: Account,
    bounds: Vec<(Bound, Arc<Pace>)>,
}

/// What a workspace is made of.
pub struct WorkspaceOptions {
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
    /// The folder where processes count calls per minute together, such as [`rate_limit_dir`](crate::rate_limit_dir); none counts
    /// those of this workspace alone.
    pub paces: Option<PathBuf>,
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
    pub watch: &'r CallHandle,
    /// Who is asked where a rule wants a person's consent.
    pub confirm: &'r dyn Approver,
}

impl Workspace {
    /// A workspace of these parts.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when the scope names a vendor that is not there; `misconfigured`, when the configuration does.
    pub fn new(parts: WorkspaceOptions) -> Result<Workspace, Error> {
        let WorkspaceOptions { host, plugins, config, scope, fixed, grants, paces: rate_limit_dir, audit } = parts;
        if let Some(unknown) = scope.vendors.iter().find(|vendor| !plugins.names().any(|name| name == **vendor)) {
            return Err(unknown_vendor(unknown, plugins.names()));
        }
        let wanted = |name: &&str| scope.vendors.is_empty() || scope.vendors.iter().any(|vendor| vendor == name);
        let vendors = plugins.names().filter(wanted).map(|name| (name.to_owned(), OnceCell::new())).collect();
        let pace = Pace::of(&scope.rules, None);
        config.check_vendors(&plugins.names().collect::<Vec<_>>())?;
        let (accounts, paces) = (Mutex::default(), Mutex::default());
        let offer = OnceCell::new();
        Ok(Workspace(Arc::new(Inner {
            host,
            plugins,
            config,
            scope,
            pace,
            fixed,
            grants,
            rate_limit_dir,
            audit,
            vendors,
            accounts,
            paces,
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
        let cell = self.0.vendors.get(name).ok_or_else(|| unknown_vendor(name, self.names()))?;
        let plugin = cell.get_or_try_init(|| async {
            let place = self.0.plugins.file(name).map_or_else(|| name.to_owned(), |file| file.display().to_string());
            let named = |error: Error| Error { message: format!("{place}: {}", error.message), ..error };
            let component = self.0.plugins.component(name)?.ok_or_else(|| unknown_vendor(name, self.names()))?;
            let plugin = self.0.host.load(&component, Settings::default()).await.map_err(named)?;
            if plugin.name() != name {
                let message = format!("{place}: it holds the component of {}", plugin.name());
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
        if !self.0.vendors.contains_key(vendor) && self.0.plugins.names().any(|name| name == vendor) {
            return Err(beyond(&self.0.scope, operation));
        }
        if self.0.vendors.contains_key(vendor) {
            let plugin = self.vendor(vendor).await?;
            if plugin.catalogue().operation(operation).is_some() {
                return Ok(plugin);
            }
        }
        // Only a mistake pays for loading all. Without a dot, a vendor may be what was meant.
        let mut known: Vec<String> = self.names().filter(|_| !operation.contains('.')).map(str::to_owned).collect();
        for plugin in self.loaded().await?.0 {
            known.extend(plugin.catalogue().operations.iter().map(|operation| operation.id.clone()));
        }
        Err(unknown_operation(operation, known.iter().map(String::as_str)))
    }

    /// All vendors' plugins, without settings, and what is wrong with the files that give none: one foreign or damaged file
    /// does not stop the others. A vendor of that name is then not there, even if this program has one built in.
    ///
    /// # Errors
    ///
    /// Those of [`Host::load`], for a component that is built in or that the scope names.
    pub async fn loaded(&self) -> Result<(Vec<Plugin>, Vec<Error>), Error> {
        let (mut plugins, mut left_out) = (Vec::new(), Vec::new());
        for name in self.names() {
            match self.vendor(name).await {
                Ok(plugin) => plugins.push(plugin),
                Err(error) if self.0.plugins.file(name).is_some() && self.0.scope.vendors.is_empty() => {
                    left_out.push(error)
                }
                Err(error) => return Err(error),
            }
        }
        Ok((plugins, left_out))
    }

    /// All vendors, loaded, with what of them is offered.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::loaded`]; `misconfigured` for a rule of the scope that matches no operation.
    pub async fn index(&self) -> Result<Arc<OperationIndex>, Error> {
        let offer = self.0.offer.get_or_try_init(|| async {
            let (plugins, left_out) = self.loaded().await?;
            let mut vendors = Vec::new();
            for plugin in plugins {
                let accounts = self.0.config.accounts(plugin.name()).into_iter().map(str::to_owned).collect();
                let configured = !self.configured(plugin.name()).await?.is_empty();
                vendors.push(Vendor { plugin, accounts, configured });
            }
            let others = self.0.plugins.names().filter(|name| !self.0.vendors.contains_key(*name)).map(str::to_owned);
            OperationIndex::of(vendors, others.collect(), left_out, self.0.scope.clone()).map(Arc::new)
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

    /// Whose the credential of an account is: [`Account::check`], with the lines that give a setting that is missing.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::account`] and of [`Account::check`].
    pub async fn check(&self, vendor: &str, name: &str) -> Result<Identity, Error> {
        let error = match self.account(vendor, Some(name)).await {
            Ok(account) => match account.check().await {
                Ok(identity) => return Ok(identity),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let plugin = self.vendor(vendor).await?;
        let catalogue = plugin.catalogue();
        match catalogue.check.as_ref().and_then(|check| catalogue.operation(&check.operation)) {
            Some(operation) => Err(self.with_lines(error, catalogue, operation, name).await),
            None => Err(error),
        }
    }

    /// Whether the configuration has a table of a vendor.
    pub fn has_table(&self, vendor: &str) -> bool {
        self.0.config.vendors().any(|known| known == vendor)
    }

    /// The accounts of a vendor: [`DEFAULT_ACCOUNT`], which is always there, and those that the configuration names.
    pub fn accounts(&self, vendor: &str) -> Vec<&str> {
        self.0.config.accounts(vendor)
    }

    /// Those of a vendor's accounts that somebody has set up.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::vendor`].
    pub async fn configured(&self, vendor: &str) -> Result<Vec<&str>, Error> {
        match self.0.fixed.contains_key(vendor) {
            true => Ok(vec![DEFAULT_ACCOUNT]),
            false => Ok(self.0.config.configured(self.vendor(vendor).await?.catalogue())),
        }
    }

    /// The rules of an account: those of its vendor, and its own.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::vendor`]; `invalid-input`, when there is no such account; `misconfigured` for a wrong rule.
    pub async fn rules(&self, vendor: &str, account: &str) -> Result<Vec<Bound>, Error> {
        self.0.config.rules(self.vendor(vendor).await?.catalogue(), account)
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
        let (settings, bounds) = match self.0.fixed.get(vendor) {
            None => self.0.config.account(catalogue, name).await?,
            // What the configuration refers to is for the vendor.
            Some(fixed) => {
                let mut settings = Settings::of_environment(catalogue)?;
                settings.merge(fixed.clone());
                (settings, self.0.config.rules(catalogue, name)?)
            }
        };
        let account = Account::new(&plugin, name, settings, self.0.grants.as_deref())?;
        let mut paces = self.0.paces.lock().await;
        let file = |of: &str| Some(self.0.rate_limit_dir.as_ref()?.join(file_name(self.0.config.path(), of)));
        let mut pace = |bound: &Bound| {
            let new = || Arc::new(Pace::of(&bound.rules, file(&bound.of)));
            paces.entry(bound.of.clone()).or_insert_with(new).clone()
        };
        let bounds = bounds.into_iter().map(|bound| (pace(&bound), bound)).map(|(pace, bound)| (bound, pace)).collect();
        Ok(Opened { account, bounds })
    }

    /// Calls an operation for an account.
    ///
    /// # Errors
    ///
    /// `denied`, with the rule that says so, by the scope, the account, or the person who was asked; `rate-limited` beyond
    /// the account's calls per minute; those of [`Workspace::account`] and of [`Plugin::call`].
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
            effect = operation.effect.as_str(),
            outcome = tracing::field::Empty,
        );
        let begun = Instant::now();
        let mut left = Left { audit: self.0.audit.as_ref(), account: name, operation, call, begun };
        let result = self.carry_out(&plugin, &left).instrument(span.clone()).await;
        let result = match result {
            Err(error) => {
                let error = error.of_call(&operation.id);
                Err(self.with_lines(error, plugin.catalogue(), operation, name).await)
            }
            output => output,
        };
        let audit = left.audit.take();
        span.record("outcome", outcome(&result));
        tracing::info!(target: "outwit", parent: &span, ms = begun.elapsed().as_millis() as u64, "called");
        let written = audit.map_or(Ok(()), |audit| audit.write(&left.entry(outcome(&result), result.as_ref().err())));
        match (written, result) {
            // Who keeps a log must be able to rely on it.
            (Err(problem), Ok(output)) => Err(Error::carried_out(operation, &output, &problem)),
            (Err(problem), result) => {
                tracing::warn!(target: "outwit", %problem, "audit");
                result
            }
            (Ok(()), result) => result,
        }
    }

    /// The error about a setting that is not set, with the lines that set what is missing: for a shell, and for `outwit.toml`.
    async fn with_lines(&self, error: Error, catalogue: &Catalogue, operation: &Operation, account: &str) -> Error {
        let Some(field) = error.field.as_deref().filter(|_| error.kind == ErrorKind::Misconfigured) else {
            return error;
        };
        let known = catalogue.settings.iter().any(|one| one.name == field);
        let Ok(opened) = self.opened(&catalogue.vendor, Some(account)).await else { return error };
        let lacks = |name: &str| opened.account.lacks(name);
        if !known || error.details.is_some() || !lacks(field) {
            return error;
        }
        let credential = match &catalogue.auth {
            Auth::Bearer { token } if operation.auth.is_none() => Some(token),
            _ => None,
        };
        let needed =
            |one: &&Setting| one.name == field || (one.required || credential == Some(&one.name)) && lacks(&one.name);
        let missing: Vec<&str> = catalogue.settings.iter().filter(needed).map(|one| &*one.name).collect();
        let mut table = vec![table_of(&catalogue.vendor, account)];
        table.extend(missing.iter().map(|name| format!("{name} = \"…\"")));
        let mut details = json!({ "outwit.toml": table });
        // The environment is for the account that is meant where none is named.
        if account == DEFAULT_ACCOUNT {
            let given: Vec<String> = missing.iter().map(|name| format!("{name}=…")).collect();
            details["shell"] = json!(format!("export {}", given.join(" ")));
        }
        Error { message: format!("the setting {field} is not set"), details: Some(details), ..error }
    }

    async fn carry_out(&self, plugin: &Plugin, left: &Left<'_>) -> Result<String, Error> {
        let (vendor, operation, call) = (plugin.name(), left.operation, left.call);
        permit(&self.0.scope, plugin.catalogue(), operation)?;
        let opened = self.opened(vendor, call.account).await?;
        let Opened { account, bounds } = &*opened;
        for (bound, _) in bounds {
            bound.rules.permit(plugin.catalogue(), operation, &bound.of)?;
        }
        let all = bounds.iter().map(|(bound, _)| (&bound.rules, &*bound.of));
        for (rules, whose) in [(&self.0.scope.rules, SCOPE)].into_iter().chain(all) {
            if let Some(entry) = rules.confirmed_by(plugin.catalogue(), operation) {
                let rule = format!("confirm {entry}");
                let Call { input, confirm, .. } = call;
                // A person must see what is sent.
                input_limits::check(input, self.0.host.0.options.memory).map_err(|error| error.at(&operation.id))?;
                let question = ApprovalRequest { operation, account: account.name(), input, rule: &rule };
                approved(confirm.confirm(question).await, operation, whose, &rule)?;
            }
        }
        self.0.pace.take(operation, SCOPE).await?;
        for (bound, pace) in bounds {
            pace.take(operation, &bound.of).await?;
        }
        if let Some(audit) = left.audit.filter(|_| operation.effect > Effect::Read) {
            // Where it cannot be written down, nothing is changed.
            audit.write(&left.entry(STARTED, None)).map_err(|problem| problem.at(&operation.id))?;
        }
        account.call(&operation.id, call.input, call.watch).await
    }
}

/// What the audit log calls the start of a call that may change something.
const STARTED: &str = "started";

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
        let maybe_done = self.operation.effect > Effect::Read && self.call.watch.progress().reached;
        let gone = Error { maybe_done, ..gone };
        if let Err(problem) = audit.write(&self.entry(ErrorKind::Cancelled.as_str(), Some(&gone))) {
            tracing::warn!(target: "outwit", %problem, "audit");
        }
    }
}

/// The error about a vendor that is not there, with those that are.
pub fn unknown_vendor<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<&str> = known.collect();
    let nearest = nearest(name, known.iter().copied());
    let hint = match nearest.first() {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are: {}", known.join(", ")),
    };
    let error =
        Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, format!("there is no vendor {name:?}; {hint}"));
    let details = if nearest.is_empty() { json!({ "vendors": known }) } else { json!({ "nearest": nearest }) };
    Error { details: Some(details), ..error }
}

fn outcome(result: &Result<String, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.kind.as_str(),
    }
}
