//! What programs and agents call: every vendor's operations, for the accounts of a configuration, under its rules.
//!
//! The steps of a call are in [`crate::call`].

use crate::account::{Account, Identity};
use crate::audit::Audit;
use crate::call::{
    Call, Opened, Record, Resolved, Scope, Terms, authorize, beyond, carry_out, unknown_operation, unknown_vendor,
};
use crate::catalogue::OperationId;
use crate::config::{Bound, Config, DEFAULT as DEFAULT_ACCOUNT};
use crate::missing_settings::with_lines;
use crate::operations::{OperationIndex, Vendor};
use crate::plugin::Plugin;
use crate::rate_limit::{Pace, file_name};
use crate::{Error, ErrorKind, Host, Plugins, Settings};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell};
use tracing::Instrument;

/// Vendors, accounts and rules. Cheap to clone; vendors are loaded and accounts opened when they are first used.
#[derive(Clone)]
pub struct Workspace(Arc<Inner>);

struct Inner {
    options: WorkspaceOptions,
    /// Counts the calls of the scope.
    pace: Pace,
    vendors: BTreeMap<String, OnceCell<Plugin>>,
    /// By vendor and name.
    accounts: Mutex<BTreeMap<(String, String), Slot>>,
    /// By the table that the rule stands in: a vendor's is for the calls of all its accounts together.
    paces: Mutex<BTreeMap<String, Arc<Pace>>>,
    offer: OnceCell<Arc<OperationIndex>>,
}

/// An account, once it is opened.
type Slot = Arc<OnceCell<Arc<Opened>>>;

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

impl Workspace {
    /// A workspace of these parts.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when the scope names a vendor that is not there; `misconfigured`, when the configuration does.
    pub fn new(parts: WorkspaceOptions) -> Result<Workspace, Error> {
        let WorkspaceOptions { plugins, config, scope, .. } = &parts;
        if let Some(unknown) = scope.vendors.iter().find(|vendor| !plugins.names().any(|name| name == **vendor)) {
            return Err(unknown_vendor(unknown, plugins.names()));
        }
        let wanted = |name: &&str| scope.vendors.is_empty() || scope.vendors.iter().any(|vendor| vendor == name);
        let vendors = plugins.names().filter(wanted).map(|name| (name.to_owned(), OnceCell::new())).collect();
        let pace = Pace::of(&scope.rules, None);
        config.check_vendors(&plugins.names().collect::<Vec<_>>())?;
        let (accounts, paces, offer) = (Mutex::default(), Mutex::default(), OnceCell::new());
        Ok(Workspace(Arc::new(Inner { options: parts, pace, vendors, accounts, paces, offer })))
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
            let place =
                self.0.options.plugins.file(name).map_or_else(|| name.to_owned(), |file| file.display().to_string());
            let named = |error: Error| Error { message: format!("{place}: {}", error.message), ..error };
            let component =
                self.0.options.plugins.component(name)?.ok_or_else(|| unknown_vendor(name, self.names()))?;
            let source = self.0.options.plugins.source(name);
            let plugin = Plugin::load(&self.0.options.host, &component, source, Settings::default()).await;
            let plugin = plugin.map_err(named)?;
            if plugin.name() != name {
                let message = format!("{place}: it holds the component of {}", plugin.name());
                return Err(Error::misconfigured(message));
            }
            Ok(plugin)
        });
        Ok(plugin.await?.clone())
    }

    /// Finds an operation by its id.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown operation, with the nearest names of all vendors; `denied` for a vendor that the scope
    /// leaves out; those of [`Host::load`].
    pub async fn resolve(&self, operation: &str) -> Result<Resolved, Error> {
        let OperationId { vendor, .. } = OperationId::of(operation);
        if self.0.vendors.contains_key(vendor) {
            if let Some(resolved) = Resolved::of(&self.vendor(vendor).await?.code.catalogue, operation) {
                return Ok(resolved);
            }
        } else if self.0.options.plugins.names().any(|name| name == vendor) {
            return Err(beyond(&self.0.options.scope, operation));
        }
        // Only a mistake pays for loading all. Without a dot, a vendor may be what was meant.
        let mut known: Vec<String> = self.names().filter(|_| vendor.is_empty()).map(str::to_owned).collect();
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
                Err(error)
                    if self.0.options.plugins.file(name).is_some() && self.0.options.scope.vendors.is_empty() =>
                {
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
                let accounts = self.0.options.config.accounts(plugin.name()).into_iter().map(str::to_owned).collect();
                let configured = !self.configured(plugin.name()).await?.is_empty();
                vendors.push(Vendor { plugin, accounts, configured });
            }
            let others =
                self.0.options.plugins.names().filter(|name| !self.0.vendors.contains_key(*name)).map(str::to_owned);
            OperationIndex::of(vendors, others.collect(), left_out, self.0.options.scope.clone()).map(Arc::new)
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
        let check = plugin.catalogue().check.as_ref();
        match check.and_then(|check| Resolved::of(&plugin.code.catalogue, &check.operation)) {
            Some(resolved) => Err(self.with_lines(error, &resolved, name).await),
            None => Err(error),
        }
    }

    /// Whether the configuration has a table of a vendor.
    pub fn has_table(&self, vendor: &str) -> bool {
        self.0.options.config.vendors().any(|known| known == vendor)
    }

    /// The accounts of a vendor: [`DEFAULT_ACCOUNT`], which is always there, and those that the configuration names.
    pub fn accounts(&self, vendor: &str) -> Vec<&str> {
        self.0.options.config.accounts(vendor)
    }

    /// Those of a vendor's accounts that somebody has set up.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::vendor`].
    pub async fn configured(&self, vendor: &str) -> Result<Vec<&str>, Error> {
        match self.0.options.fixed.contains_key(vendor) {
            true => Ok(vec![DEFAULT_ACCOUNT]),
            false => Ok(self.0.options.config.configured(self.vendor(vendor).await?.catalogue())),
        }
    }

    /// The rules of an account: those of its vendor, and its own.
    ///
    /// # Errors
    ///
    /// Those of [`Workspace::vendor`]; `invalid-input`, when there is no such account; `misconfigured` for a wrong rule.
    pub async fn rules(&self, vendor: &str, account: &str) -> Result<Vec<Bound>, Error> {
        self.0.options.config.rules(self.vendor(vendor).await?.catalogue(), account)
    }

    async fn opened(&self, vendor: &str, name: Option<&str>) -> Result<Arc<Opened>, Error> {
        let name = name.unwrap_or(DEFAULT_ACCOUNT);
        // Names that an agent makes up are not kept.
        if !self.accounts(vendor).contains(&name) {
            return Err(self.0.options.config.unknown(vendor, name));
        }
        let cell = self.0.accounts.lock().await.entry((vendor.to_owned(), name.to_owned())).or_default().clone();
        let opened = cell.get_or_try_init(|| async { self.open(vendor, name).await.map(Arc::new) });
        Ok(opened.await?.clone())
    }

    async fn open(&self, vendor: &str, name: &str) -> Result<Opened, Error> {
        let plugin = self.vendor(vendor).await?;
        let catalogue = plugin.catalogue();
        let (settings, bounds) = match self.0.options.fixed.get(vendor) {
            None => self.0.options.config.account(catalogue, name).await?,
            // What the configuration refers to is for the vendor.
            Some(fixed) => {
                let mut settings = Settings::of_environment(catalogue)?;
                settings.merge(fixed.clone());
                (settings, self.0.options.config.rules(catalogue, name)?)
            }
        };
        let account = Account::new(&plugin, name, settings, self.0.options.grants.as_deref())?;
        let mut paces = self.0.paces.lock().await;
        let file = |of: &str| Some(self.0.options.paces.as_ref()?.join(file_name(self.0.options.config.path(), of)));
        let mut pace = |bound: &Bound| {
            let new = || Arc::new(Pace::of(&bound.rules, file(&bound.of)));
            paces.entry(bound.of.clone()).or_insert_with(new).clone()
        };
        let bounds = bounds.into_iter().map(|bound| (pace(&bound), bound)).map(|(pace, bound)| (bound, pace)).collect();
        Ok(Opened { account, bounds })
    }

    /// Calls an operation for an account.
    ///
    /// ```no_run
    /// # async fn example(workspace: outwit::Workspace) -> Result<(), outwit::Error> {
    /// use outwit::{Call, CallHandle, DenyAll};
    ///
    /// let operation = &workspace.resolve("accelo.list-activities").await?;
    /// let (watch, confirm) = (&CallHandle::new(), &DenyAll);
    /// let call = Call { operation, input: r#"{ "limit": 3 }"#, account: None, watch, confirm };
    /// let activities = workspace.call(call).await?;
    /// # drop(activities);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `denied`, with the rule that says so, by the scope, the account, or the person who was asked, and for an operation that
    /// another workspace resolved; `rate-limited` beyond the account's calls per minute; those of [`Workspace::account`] and of [`Plugin::call`].
    pub async fn call(&self, call: Call<'_>) -> Result<String, Error> {
        let name = call.account.unwrap_or(DEFAULT_ACCOUNT);
        let record = Record::begin(self.0.options.audit.as_ref(), name, call);
        let result = self.carry_out(call, &record).instrument(record.span.clone()).await;
        let result = match result {
            Err(error) => {
                let error = error.of_call(&call.operation.operation().id);
                Err(self.with_lines(error, call.operation, name).await)
            }
            output => output,
        };
        record.ended(result)
    }

    async fn carry_out(&self, call: Call<'_>, record: &Record<'_>) -> Result<String, Error> {
        let WorkspaceOptions { host, scope, .. } = &self.0.options;
        let scope = Some((scope, &self.0.pace));
        let terms = Terms { scope, host: &host.0.options, input: call.input, approver: call.confirm };
        let opening = self.opened(&call.operation.catalogue().vendor, call.account);
        let authorized = authorize(call.operation, &terms, opening).await?;
        record.started()?;
        carry_out(&authorized, call.input, call.watch).await
    }

    /// An error about an account's missing setting, with the lines that set it.
    async fn with_lines(&self, error: Error, resolved: &Resolved, account: &str) -> Error {
        if error.kind != ErrorKind::Misconfigured || error.field.is_none() {
            return error;
        }
        match self.opened(&resolved.catalogue().vendor, Some(account)).await {
            Ok(opened) => with_lines(error, resolved, &opened.account),
            Err(_) => error,
        }
    }
}
