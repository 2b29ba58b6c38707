//! An account at work: a plugin whose credential is kept fresh.
//!
//! Most credentials are keys that a person puts among the settings, and last. Where a vendor has OAuth and the settings
//! give an application (its id and secret) instead of a token, the account obtains tokens itself and renews them: with the
//! grant that a person's consent gave ([`Account::login`]), or else for the application's own credential.
//!
//! ```no_run
//! # async fn example(plugin: outwit::Plugin) -> Result<(), outwit::Error> {
//! use outwit::{Account, Settings, CallHandle};
//!
//! let settings: Settings =
//!     [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_CLIENT_ID", "…"), ("ACCELO_CLIENT_SECRET", "…")].into_iter().collect();
//! let account = Account::new(&plugin, "default", settings, outwit::token_dir().as_deref())?;
//! let staff = account.call("accelo.list-staff", "{}", &CallHandle::new()).await?;
//! # drop(staff);
//! # Ok(())
//! # }
//! ```

use crate::approval::DenyAll;
use crate::call::{Authorized, Opened, Resolved, Terms, authorize, carry_out};
use crate::catalogue::{Auth, OAuth, Operation};
use crate::oauth::token_endpoint::{Ask, Endpoint, words};
use crate::oauth::token_store::Store;
use crate::oauth::{TokenManager, Tokens};
use crate::secret::Secret;
use crate::{CallHandle, Error, Plugin, Settings};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A plugin that works for one account, with a credential that is renewed when it has to be. Cheap to clone.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    name: String,
    /// With the settings as they were given.
    plugin: Plugin,
    /// Obtains and renews tokens; none where the credential is given.
    manager: Option<Arc<TokenManager>>,
    store: Option<Store>,
}

/// Whose a credential is, as far as the vendor and the settings tell: words by what they are about, such as `email`. May be
/// empty although the credential works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Identity(pub BTreeMap<String, String>);

/// What a person is asked to consent to.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'c> {
    /// Where the browser goes afterwards, with a code. Vendors want it to be registered with the application.
    pub redirect_uri: &'c str,
    /// An unguessable text that comes back with the code.
    pub state: &'c str,
    /// What the token may do, in the vendor's words; without it, what the vendor's plugin recommends.
    pub scope: Option<&'c str>,
}

impl Account {
    /// An account of a plugin's vendor. `grants` is the folder where grants that outlive the process are kept, such as
    /// [`token_dir`](crate::token_dir); without one they are kept in memory only.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the settings give an address that is none, or one that would send a credential over plain HTTP to
    /// another machine; when tokens are to be
    /// obtained and the settings give no address for that.
    pub fn new(plugin: &Plugin, name: &str, settings: Settings, grants: Option<&Path>) -> Result<Account, Error> {
        let plugin = plugin.with_settings(settings);
        plugin.ensure_private()?;
        let given = |name| plugin.settings().get(name);
        let application = application(&plugin);
        let client_id = application.as_ref().and_then(|application| given(application.user)).unwrap_or_default();
        let base = plugin.base().map(|base| base.url("")).unwrap_or_default();
        let store = grants.map(|folder| Store::new(folder, plugin.name(), name, &base, client_id));
        let manager = match application {
            Some(Application { oauth, token, user, password })
                if given(token).is_none() && given(user).is_some() && given(password).is_some() =>
            {
                let endpoint = Endpoint::of(&plugin, oauth)?;
                Some(Arc::new(TokenManager::new(plugin.clone(), token, endpoint, store.clone(), name)))
            }
            _ => None,
        };
        Ok(Account(Arc::new(Inner { name: name.to_owned(), plugin, manager, store })))
    }

    /// A plugin with the credential that its settings give.
    pub(crate) fn without_tokens(plugin: &Plugin) -> Account {
        Account(Arc::new(Inner { name: String::new(), plugin: plugin.clone(), manager: None, store: None }))
    }

    /// The account's name; `default` where none was chosen.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Calls an operation, as [`Plugin::call_with_handle`] does. Where tokens are obtained, with one that has not ended; a call
    /// that comes back `unauthenticated` was refused unread, and is made once more with a new one.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call_with_handle`]. When no token can be obtained: `unauthenticated`, when a person has to log in or the
    /// application's credential is refused; `rejected`, `rate-limited`, `unavailable`, `timed-out` or `unreadable`, when the
    /// vendor's token endpoint gives none now; `misconfigured`, when the grant cannot be read or stored.
    pub async fn call(&self, operation: &str, input: &str, watch: &CallHandle) -> Result<String, Error> {
        let resolved = self.0.plugin.resolve(operation)?;
        carry_out(&self.authorized(&resolved).await?, input, watch).await
    }

    /// An operation that may be called by what the host grants, without the rules of a workspace.
    pub(crate) async fn authorized<'r>(&self, resolved: &'r Resolved) -> Result<Authorized<'r>, Error> {
        let opened = Opened { account: self.clone(), bounds: Vec::new() };
        let host = &self.0.plugin.code.host.options;
        let terms = Terms { scope: None, host, input: "", approver: &DenyAll };
        authorize(resolved, &terms, async { Ok(Arc::new(opened)) }).await
    }

    /// The plugin as it is now, with a token that has not ended: for typed bindings
    /// ([`embed::instantiate`](crate::embed::instantiate)). It is good until its token ends.
    ///
    /// # Errors
    ///
    /// As for tokens in [`Account::call`].
    pub async fn plugin(&self) -> Result<Plugin, Error> {
        match &self.0.manager {
            Some(manager) => Ok(manager.session().await?.plugin.clone()),
            None => Ok(self.0.plugin.clone()),
        }
    }

    /// Whose the credential is: by one harmless call, and by what came with the grant.
    ///
    /// # Errors
    ///
    /// As [`Account::call`]; `misconfigured`, when the vendor's plugin names no call for this.
    pub async fn check(&self) -> Result<Identity, Error> {
        let catalogue = self.0.plugin.catalogue();
        let Some(check) = &catalogue.check else {
            return Err(Error::misconfigured(format!(
                "{} names no call that shows whose its key is",
                catalogue.vendor
            )));
        };
        let output = self.call(&check.operation, &check.input, &CallHandle::new()).await?;
        let output: Value = serde_json::from_str(&output).unwrap_or_default();
        let settings = self.0.plugin.settings();
        let mut who = match &self.0.manager {
            Some(manager) => manager.session().await?.tokens.who.clone(),
            None => BTreeMap::new(),
        };
        for (word, place) in &check.who {
            let value = match place.strip_prefix('/') {
                Some(_) => output.pointer(place).and_then(words),
                None if catalogue.is_secret(place) => None,
                None => settings.get(place).map(str::to_owned),
            };
            if let Some(value) = value {
                who.entry(word.clone()).or_insert(value);
            }
        }
        Ok(Identity(who))
    }

    /// The address at which a person consents that the application acts for them. Sends nothing.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when this account obtains no tokens: because a token is given, no application is, or the vendor has
    /// no OAuth.
    pub async fn consent_url(&self, consent: &Consent<'_>) -> Result<String, Error> {
        let (_, oauth) = self.manager()?;
        if oauth.authorize.is_empty() {
            let vendor = self.0.plugin.name();
            let message = format!("{vendor} asks no user for consent; sign in with --client-credentials");
            return Err(Error::misconfigured(message));
        }
        let scope = consent.scope.unwrap_or(&oauth.scope);
        let query = json!({ "redirect-uri": consent.redirect_uri, "state": consent.state, "scope": scope });
        let output = self.0.plugin.call(&oauth.authorize, &query.to_string()).await?;
        let output: Value = serde_json::from_str(&output).unwrap_or_default();
        let url = output.get("url").and_then(Value::as_str).filter(|url| url.starts_with("http"));
        url.map(str::to_owned).ok_or_else(|| Error::misconfigured(format!("{} gives no address", oauth.authorize)))
    }

    /// Obtains a grant for the code that a person's consent gave, and keeps it in the place of the last one.
    ///
    /// # Errors
    ///
    /// As [`Account::consent_url`], and as for tokens in [`Account::call`].
    pub async fn login(&self, code: &str, consent: &Consent<'_>) -> Result<Identity, Error> {
        let (manager, oauth) = self.manager()?;
        let (code, scope) = (Secret::from(code), consent.scope.unwrap_or(&oauth.scope));
        let ask = Ask::Code { code: &code, redirect_uri: consent.redirect_uri, scope };
        manager.login(ask).await.map(identity)
    }

    /// Obtains a grant for the application's own credential, and keeps it in the place of the last one. Without this, such
    /// an account obtains a token in every process.
    ///
    /// # Errors
    ///
    /// As [`Account::login`].
    pub async fn login_as_application(&self, scope: Option<&str>) -> Result<Identity, Error> {
        let (manager, oauth) = self.manager()?;
        manager.login(Ask::Application { scope: scope.unwrap_or(&oauth.scope) }).await.map(identity)
    }

    /// Forgets the account's grant, and says whether one was kept. The vendor still knows its tokens until they end.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be removed.
    pub async fn logout(&self) -> Result<bool, Error> {
        let existed = match &self.0.store {
            Some(store) => store.forget().await?,
            None => false,
        };
        if let Some(manager) = &self.0.manager {
            manager.forget();
        }
        Ok(existed)
    }

    /// What obtains tokens, where one goes with this operation's requests.
    pub(crate) fn manager_of(&self, operation: &Operation) -> Option<&Arc<TokenManager>> {
        let oauth = self.0.plugin.catalogue().oauth.as_ref();
        let consents = oauth.is_some_and(|oauth| oauth.authorize == operation.id);
        let own = |auth: &Auth| matches!(auth, Auth::Optional { auth } if **auth == self.0.plugin.catalogue().auth);
        self.0.manager.as_ref().filter(|_| !consents && operation.auth.as_ref().is_none_or(own))
    }

    /// The plugin with the settings as they were given.
    pub(crate) fn bare(&self) -> &Plugin {
        &self.0.plugin
    }

    /// Whether neither the settings nor a grant give this one.
    pub(crate) fn lacks(&self, setting: &str) -> bool {
        let Auth::Bearer { token } = &self.0.plugin.catalogue().auth else {
            return !self.0.plugin.settings().has(setting);
        };
        !self.0.plugin.settings().has(setting) && (self.0.manager.is_none() || token != setting)
    }

    fn manager(&self) -> Result<(&Arc<TokenManager>, &OAuth), Error> {
        let Inner { plugin, manager, .. } = &*self.0;
        let vendor = plugin.name();
        match (manager, &plugin.catalogue().oauth, application(plugin)) {
            (Some(manager), Some(oauth), _) => Ok((manager, oauth)),
            (_, None, _) => Err(Error::misconfigured(format!("{vendor} has no login; its key is a setting"))),
            (_, _, Some(Application { token, .. })) if plugin.settings().get(token).is_some() => {
                let message =
                    format!("{token} is given, and would be used instead of what a login gives: take it away first");
                Err(Error::misconfigured(message).about(token))
            }
            (_, _, Some(Application { user, password, .. })) => {
                let message =
                    format!("a login is made with an application of yours: {user} and {password} are not both given");
                Err(Error::misconfigured(message).about(user))
            }
            (_, _, None) => Err(Error::misconfigured(format!("{vendor} does not say how a token is asked for"))),
        }
    }
}

/// The settings that an account with tokens is made of.
pub(crate) struct Application<'p> {
    pub oauth: &'p OAuth,
    pub token: &'p str,
    pub user: &'p str,
    pub password: &'p str,
}

pub(crate) fn application(plugin: &Plugin) -> Option<Application<'_>> {
    let catalogue = plugin.catalogue();
    let oauth = catalogue.oauth.as_ref()?;
    let Auth::Bearer { token } = &catalogue.auth else { return None };
    let Some(Auth::Basic { user, password } | Auth::Client { user, password, .. }) = &catalogue.exchange()?.auth else {
        return None;
    };
    Some(Application { oauth, token, user, password })
}

fn identity(tokens: Tokens) -> Identity {
    Identity(tokens.who)
}
