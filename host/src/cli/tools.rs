//! The host, and plugins with their settings, as the global options say.

use super::failure::{Failure, usage};
use super::{Global, Grant};
use outwit::{Config, Error, ErrorKind, Host, Options, Plugin, Plugins, Settings};
use std::path::Path;

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

    /// A plugin with its settings: the environment's, then the file's, then the mock's.
    pub async fn ready(&self, plugin: &Plugin) -> Result<Loaded, Failure> {
        let catalogue = plugin.catalogue();
        let (mut settings, _) = self.config.account(catalogue, "default").await?;
        let mut mock = None;
        if self.mock {
            if !outwit_mocks::vendors().contains(&plugin.name()) {
                return Err(usage(format!("there is no mock of {}", plugin.name())));
            }
            let server = outwit_mocks::start(plugin.name(), ([127, 0, 0, 1], 0).into()).await;
            let server = server.map_err(anyhow::Error::from)?;
            settings.extend(server.settings().iter().cloned());
            mock = Some(server);
        }
        Ok(Loaded { plugin: plugin.with_settings(settings), _mock: mock })
    }
}
