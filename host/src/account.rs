//! A plugin that works for one account.

use crate::{Error, Plugin, Settings, Watch};
use std::path::Path;

/// A plugin that works for one account. Cheap to clone.
#[derive(Clone)]
pub struct Account {
    name: String,
    plugin: Plugin,
}

impl Account {
    /// An account of a vendor with its settings.
    ///
    /// # Errors
    ///
    /// None yet.
    pub fn new(plugin: &Plugin, name: &str, settings: Settings, _grants: Option<&Path>) -> Result<Account, Error> {
        Ok(Account { name: name.to_owned(), plugin: plugin.with_settings(settings) })
    }

    /// The account's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls an operation.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call`].
    pub async fn call(&self, operation: &str, input: &str, watch: &Watch) -> Result<String, Error> {
        self.plugin.call_watched(operation, input, watch).await
    }
}

/// The folder where tokens are kept that outlive the process.
pub fn grants_folder() -> Option<std::path::PathBuf> {
    None
}
