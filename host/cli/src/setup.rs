//! The workspace that the global options ask for, and the mocks that live with it.

use super::Global;
use super::failure::{Failure, read_file, usage};
use outwit::inspect::{ComponentKind, Structure};
use outwit::{
    Advice, Audit, Auth, Config, Error, ErrorKind, GatewayApp, Grant, Host, OperationIndex, Options, Plugin, Plugins,
    Scope, Settings, Workspace, WorkspaceOptions,
};
use std::collections::BTreeMap;
use std::env::VarError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What commands work with.
pub struct Tools {
    pub workspace: Workspace,
    /// Where grants are kept; nowhere with `--mock`, which is gone when this program ends.
    pub grants: Option<PathBuf>,
    _mocks: Vec<outwit_mocks::Server>,
}

impl Tools {
    /// For what components say about themselves: nothing is called.
    pub fn new(global: &Global) -> Result<Tools, Failure> {
        Tools::of_vendors(global, &[])
    }

    /// As [`Tools::new`], of these vendors, or of all.
    pub fn of_vendors(global: &Global, vendors: &[String]) -> Result<Tools, Failure> {
        let scope = Scope { vendors: vendors.to_vec(), ..Scope::default() };
        Tools::of(parts(global, scope)?, Vec::new())
    }

    /// For calls to these vendors, or to all: with `--mock`, their mocks are started.
    pub async fn ready(global: &Global, mut scope: Scope, vendors: &[String]) -> Result<Tools, Failure> {
        scope.rules.grant = Some(scope.rules.grant.unwrap_or_default().min(global.grant.into()));
        let mut parts = parts(global, scope)?;
        let log = global.audit.as_deref().or(parts.config.audit());
        parts.audit = log.map(Audit::open).transpose()?;
        let mut mocks: Vec<outwit_mocks::Server> = Vec::new();
        if global.mock {
            let known = outwit_mocks::vendors();
            // Of a vendor that is not there at all, the workspace tells more.
            let there = |vendor: &&String| parts.plugins.names().any(|name| name == **vendor);
            if let Some(unknown) = vendors.iter().filter(there).find(|vendor| !known.contains(&vendor.as_str())) {
                return Err(usage(format!("there is no mock of {unknown}")));
            }
            for vendor in known.iter().filter(|known| vendors.is_empty() || vendors.iter().any(|one| one == *known)) {
                if mocks.iter().any(|server| server.vendors().contains(vendor)) {
                    continue;
                }
                let server = outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into()).await;
                let server = server.map_err(anyhow::Error::from)?;
                for part in server.vendors() {
                    parts.fixed.insert((*part).to_owned(), server.settings().iter().cloned().collect::<Settings>());
                }
                mocks.push(server);
            }
        }
        Tools::of(parts, mocks)
    }

    /// For logging in: a mock gives a token, too, and with one there would be nothing to log in for.
    pub async fn for_login(global: &Global, vendor: &str) -> Result<Tools, Failure> {
        let Tools { workspace, _mocks: mocks, .. } =
            Tools::ready(global, Scope::default(), &[vendor.to_owned()]).await?;
        let mut parts = parts(global, Scope::default())?;
        let plugin = workspace.vendor(vendor).await?;
        for mock in &mocks {
            let mut settings: Settings = mock.settings().iter().cloned().collect();
            if let Auth::Bearer { token } = &plugin.catalogue().auth {
                settings.unset(token);
            }
            parts.fixed.insert(vendor.to_owned(), settings);
        }
        Tools::of(parts, mocks)
    }

    fn of(parts: WorkspaceOptions, mocks: Vec<outwit_mocks::Server>) -> Result<Tools, Failure> {
        let grants = parts.grants.clone();
        Ok(Tools { workspace: Workspace::new(parts)?, grants, _mocks: mocks })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.workspace.names()
    }

    /// A vendor's plugin without settings: for what it says about itself.
    pub async fn bare(&self, vendor: &str) -> Result<Plugin, Failure> {
        Ok(self.workspace.vendor(vendor).await?)
    }

    /// All vendors' plugins; what is wrong with other files of `--plugins` is told on standard error.
    pub async fn loaded(&self) -> Result<Vec<Plugin>, Failure> {
        let (plugins, left_out) = self.workspace.loaded().await?;
        report_left_out(&left_out);
        Ok(plugins)
    }

    /// What is offered, as [`Tools::loaded`].
    pub async fn index(&self) -> Result<Arc<OperationIndex>, Failure> {
        let offer = self.workspace.index().await?;
        report_left_out(offer.left_out());
        Ok(offer)
    }
}

fn report_left_out(left_out: &[Error]) {
    for problem in left_out {
        eprintln!("left out: {problem}");
    }
}

fn parts(global: &Global, scope: Scope) -> Result<WorkspaceOptions, Failure> {
    let plugins = plugins(global)?;
    let config = config(global)?;
    let host = Host::new(options(global))?;
    let grants = outwit::token_dir().filter(|_| !global.mock);
    let paces = outwit::rate_limit_dir().filter(|_| !global.mock);
    Ok(WorkspaceOptions { host, plugins, config, scope, fixed: BTreeMap::new(), grants, paces, audit: None })
}

/// The components that there are: those inside this program, and those of `--plugins`.
pub fn plugins(global: &Global) -> Result<Plugins, Failure> {
    let mut plugins = Plugins::embedded();
    if let Some(folder) = &global.plugins {
        plugins.add_folder(folder)?;
    }
    Ok(plugins)
}

/// The file of accounts that is used where none is named.
pub const HERE: &str = "outwit.toml";

/// The configuration that the global options name, or the one that is here.
pub fn config(global: &Global) -> Result<Config, Failure> {
    let here = Path::new(HERE);
    Ok(match &global.config {
        Some(path) => Config::read(path)?,
        None if here.exists() => Config::found(here)?,
        None => Config::default(),
    })
}

/// A variable of the environment, without white space around it: a file's last line break is part of no token.
///
/// # Errors
///
/// It is no text.
pub fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(usage(format!("{name} is set, and its value is no text (UTF-8)"))),
    }
}

/// As [`variable`], of a token that clients have to bring. Whoever sets it wants to keep somebody out, so an empty one is none.
///
/// # Errors
///
/// It is no text, or empty.
pub fn token(name: &str) -> Result<Option<String>, Failure> {
    match variable(name)? {
        Some(token) if token.is_empty() => Err(usage(format!("{name} is set, and empty"))),
        token => Ok(token),
    }
}

/// A file from `outwit compose`, loaded.
///
/// # Errors
///
/// It cannot be read, is damaged, or no composed file.
pub async fn composed(global: &Global, file: &Path) -> Result<GatewayApp, Failure> {
    let component = read_file(file)?;
    let of_file = |error: Error| {
        // The file is what the caller gave, and no setting.
        let misconfigured = error.kind == ErrorKind::Misconfigured;
        let (kind, advice) = if misconfigured { WRONG_FILE } else { (error.kind, error.advice) };
        Error { kind, advice, message: format!("{}: {}", file.display(), error.message), ..error }
    };
    let kind = ComponentKind::of(&Structure::read(&component).map_err(of_file)?);
    if matches!(kind, ComponentKind::Vendor | ComponentKind::Imported) {
        let message = "this is a vendor's component, which answers no HTTP; `outwit compose VENDOR -o app.wasm` makes a file that \
                       does, and --plugins DIR names the folder of components that are not built in";
        return Err(of_file(Error::new(WRONG_FILE.0, WRONG_FILE.1, message)).into());
    }
    Ok(GatewayApp::load(options(global), &component).await.map_err(of_file)?)
}

/// What is wrong with a file that a caller named.
const WRONG_FILE: (ErrorKind, Advice) = (ErrorKind::InvalidInput, Advice::ChangeInput);

/// What a host allows by the global options.
pub fn options(global: &Global) -> Options {
    Options { grant: global.grant.into(), roots: global.roots.clone(), ..Options::default() }
}

impl From<super::Grant> for Grant {
    fn from(grant: super::Grant) -> Grant {
        match grant {
            super::Grant::Read => Grant::Read,
            super::Grant::Write => Grant::Write,
            super::Grant::All => Grant::All,
        }
    }
}
