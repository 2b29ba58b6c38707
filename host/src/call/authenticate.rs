//! The third step of a call: with which credential it is made.

use super::Authorized;
use crate::call_handle::CallHandle;
use crate::credential::credential;
use crate::instance::Purpose;
use crate::oauth::Session;
use crate::route::Called;
use crate::{Error, Operation, Plugin};
use std::sync::Arc;

/// A call that may be made, and the plugin that makes it, with the account's settings and a token where one is needed.
pub(crate) struct Authenticated<'a> {
    authorized: &'a Authorized<'a>,
    plugin: Plugin,
    /// The token in use, where the account obtains tokens and the operation needs one.
    session: Option<Arc<Session>>,
    /// Whether the host adds the credential. Where a setting is missing, the component says so better than the host could.
    by_host: bool,
}

impl Authenticated<'_> {
    pub fn operation(&self) -> &Operation {
        self.authorized.operation()
    }

    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }

    /// What an instance for this call is made for.
    pub fn purpose(&self, watch: CallHandle) -> Purpose {
        let operation = self.operation();
        self.plugin.purpose(Some(Called::of(operation)), operation.effect, self.by_host, watch)
    }
}

/// Finds the credential of a call; `refused` is the token that the vendor refused, and another one is obtained.
///
/// # Errors
///
/// Those of obtaining a token; `misconfigured` for a credential that no header can carry, or that others could read on the way.
pub(crate) async fn authenticate<'a>(
    authorized: &'a Authorized<'_>,
    refused: Option<&Arc<Session>>,
) -> Result<Authenticated<'a>, Error> {
    let (operation, account) = (authorized.operation(), authorized.account());
    let session = match account.manager_of(operation) {
        None => None,
        Some(manager) => {
            let obtained = if refused.is_some() { manager.renewed(refused).await } else { manager.session().await };
            Some(obtained.map_err(|error| error.at(&operation.id))?)
        }
    };
    let plugin = session.as_ref().map_or_else(|| account.bare(), |session| &session.plugin).clone();
    let by_host =
        is_by_host(&plugin, operation).map_err(|error| plugin.account.redactor.error(error.at(&operation.id)))?;
    Ok(Authenticated { authorized, plugin, session, by_host })
}

/// Whether the host adds the credential of an operation.
pub(crate) fn is_by_host(plugin: &Plugin, operation: &Operation) -> Result<bool, Error> {
    let auth = operation.auth.as_ref().unwrap_or(&plugin.catalogue().auth);
    match credential(auth, plugin.settings()) {
        Ok(credential) if credential.is_none() => Ok(true),
        Ok(_) => plugin.ensure_private().map(|()| true),
        Err(unusable) => unusable.malformed().map_or(Ok(false), Err),
    }
}
