//! The host, and plugins with their settings, as the global options say.

use super::failure::{Failure, usage};
use super::{Global, Grant};
use outwit::{Config, Error, ErrorKind, Host, Options, Plugin, Plugins, Settings};
use std::path::{Path, PathBuf};

/// What commands work with.
pub struct Tools {
    host: Host,
    plugins: Plugins,
    config: Config,
    mock: bool,
}

/// A plugin, and the mock that it talks to, if so.
pub struct Loaded {
    pub plugin: Plugin,
    _mock: Option<outwit_mocks::Server>,
}

impl Tools {
    pub fn new(global: &Global) -> Result<Tools, Failure> {
        let mut plugins = Plugins::embedded();
        if let Some(folder) = &global.plugins {
            plugins.add_folder(folder)?;
        }
        let here = Path::new("outwit.toml");
        let config = match &global.config {
            Some(path) => Config::read(path)?,
            None if here.exists() => Config::read(here)?,
            None => Config::default(),
        };
        let grant = match global.grant {
            Grant::Read => outwit::Grant::Read,
            Grant::Write => outwit::Grant::Write,
            Grant::All => outwit::Grant::All,
        };
        let host = Host::new(Options { grant, roots: global.roots.clone(), ..Options::default() })?;
        Ok(Tools { host, plugins, config, mock: global.mock })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.plugins.names()
    }

    /// A vendor's plugin without settings: for what it says about itself.
    pub async fn bare(&self, vendor: &str) -> Result<Plugin, Failure> {
        let Some(component) = self.plugins.component(vendor)? else {
            let known: Vec<&str> = self.names().collect();
            return Err(usage(format!("there is no vendor {vendor:?}; there are: {}", known.join(", "))));
        };
        let named = |error: Error| Error { message: format!("{vendor}: {}", error.message), ..error };
        let plugin = self.host.load(&component, Settings::default()).await.map_err(named)?;
        if plugin.name() != vendor {
            let message = format!("{vendor}.wasm holds the component of {}", plugin.name());
            let advice = outwit::Advice::AskPerson;
            return Err(Error::new(ErrorKind::Misconfigured, advice, message).into());
        }
        Ok(plugin)
    }

    /// The plugin that an operation belongs to, without settings.
    pub async fn of_operation(&self, operation: &str) -> Result<Plugin, Failure> {
        let vendor = operation.split_once('.').map_or("", |(vendor, _)| vendor);
        if self.names().any(|name| name == vendor) {
            return self.bare(vendor).await;
        }
        // Only a mistake pays for loading all. Without a dot, a vendor may be what was meant.
        let vendors = self.names().filter(|_| !operation.contains('.'));
        let mut ids: Vec<String> = vendors.map(str::to_owned).collect();
        for name in self.names() {
            let plugin = self.bare(name).await?;
            ids.extend(plugin.catalogue().operations.iter().map(|operation| operation.id.clone()));
        }
        Err(outwit::unknown_operation(operation, ids.iter().map(String::as_str)).into())
    }

    /// A plugin with the settings of its account `default`, or the mock's.
    pub async fn ready(&self, plugin: &Plugin) -> Result<Loaded, Failure> {
        let (settings, mock) = self.settings(plugin, "default").await?;
        Ok(Loaded { plugin: plugin.with_settings(settings), _mock: mock })
    }

    /// The settings of an account. With `--mock`, those of the environment and then the mock's, as long as it is kept: what
    /// the file refers to is for the vendor.
    pub async fn settings(
        &self,
        plugin: &Plugin,
        account: &str,
    ) -> Result<(Settings, Option<outwit_mocks::Server>), Failure> {
        let catalogue = plugin.catalogue();
        if !self.mock {
            let (settings, _) = self.config.account(catalogue, account).await?;
            return Ok((settings, None));
        }
        if !outwit_mocks::vendors().contains(&plugin.name()) {
            return Err(usage(format!("there is no mock of {}", plugin.name())));
        }
        let server = outwit_mocks::start(plugin.name(), ([127, 0, 0, 1], 0).into()).await;
        let server = server.map_err(anyhow::Error::from)?;
        let mut settings = Settings::of_environment(catalogue);
        settings.extend(server.settings().iter().cloned());
        Ok((settings, Some(server)))
    }

    /// A vendor's accounts that somebody has set up; with `--mock`, the mock's.
    pub fn configured(&self, plugin: &Plugin) -> Vec<String> {
        let names = match self.mock {
            true if outwit_mocks::vendors().contains(&plugin.name()) => vec!["default"],
            true => Vec::new(),
            false => self.config.configured(plugin.catalogue()),
        };
        names.into_iter().map(str::to_owned).collect()
    }

    /// Where grants are kept; nowhere with `--mock`, which is gone when this program ends.
    pub fn grants(&self) -> Option<PathBuf> {
        outwit::grants_folder().filter(|_| !self.mock)
    }
}
