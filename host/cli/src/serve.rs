//! `outwit serve`

use super::Global;
use super::failure::{Failure, usage};
use super::mcp::ended;
use super::setup;
use anyhow::Context;
use outwit::{Bound, Catalogue, Config, DEFAULT_ACCOUNT, Settings};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// What lets clients in; see the gateway.
const ACCESS: [&str; 2] = ["OUTWIT_GATEWAY_TOKEN", "OUTWIT_GATEWAY_OPEN"];
/// Which pages of other sites are let in, too, and whether the gateway has a page of its own.
const OTHERS: [&str; 2] = ["OUTWIT_GATEWAY_ORIGINS", "OUTWIT_GATEWAY_DOCS"];

/// What to serve, and where.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file, from `outwit compose`.
    app: PathBuf,
    /// The address to listen on. Port 0 means a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// A setting, which overrides the environment.
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// Do not serve the page /docs, which shows the operations and calls them.
    #[arg(long)]
    no_docs: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub async fn serve(global: &Global, arguments: &Arguments) -> Result<String, Failure> {
    let app = setup::composed(global, &arguments.app).await?;
    let config = setup::config(global)?;
    if let Some(log) = global.audit.as_deref().or(config.audit()) {
        return Err(usage(format!("the audit log {} is not kept by `serve`: leave it out", log.display())));
    }
    let plugins = setup::plugins(global)?;
    let known: Vec<&str> = plugins.names().chain(app.catalogues().map(|catalogue| &*catalogue.vendor)).collect();
    config.check_vendors(&known)?;
    let mut settings = Settings::default();
    let mut mocks: Vec<outwit_mocks::Server> = Vec::new();
    for catalogue in app.catalogues() {
        refuse(&config.rules(catalogue, DEFAULT_ACCOUNT)?)?;
        if global.mock {
            if mocks.iter().any(|server| server.vendors().contains(&&*catalogue.vendor)) {
                continue;
            }
            let server = outwit_mocks::start(&catalogue.vendor, ([127, 0, 0, 1], 0).into()).await;
            let server = server.map_err(anyhow::Error::from)?;
            settings.extend(server.settings().iter().cloned());
            mocks.push(server);
        } else {
            settings.merge(of_account(&config, catalogue).await?);
        }
    }
    for name in ACCESS.into_iter().chain(OTHERS) {
        let value = if name == ACCESS[0] { setup::token(name)? } else { setup::variable(name)? };
        if let Some(value) = value {
            settings.set(name, value);
        }
    }
    settings.extend(arguments.settings.iter().cloned());
    if arguments.no_docs {
        settings.set(OTHERS[1], "0");
    }
    let given = |name: &str| settings.has(name);
    if !ACCESS.into_iter().any(given) {
        return Err(usage(format!("no client could authenticate: set {}, or {}=1", ACCESS[0], ACCESS[1])));
    }
    if !arguments.addr.ip().is_loopback() && !given(ACCESS[0]) {
        return Err(usage(format!(
            "others can reach {}: {} has to be set; {} lets in whoever is on this machine alone, also where something in \
             front of it asks who they are",
            arguments.addr, ACCESS[0], ACCESS[1]
        )));
    }
    for setting in app.catalogues().flat_map(|catalogue| &catalogue.settings).filter(|setting| setting.required) {
        if !given(&setting.name) {
            eprintln!("{} is not set, and is needed: {}", setting.name, setting.description);
        }
    }
    let app = app.with_settings(&settings)?;
    let listener = TcpListener::bind(arguments.addr).await.with_context(|| arguments.addr.to_string())?;
    let at = listener.local_addr().context("the address of the listener")?;
    eprintln!("http://{at}");
    outwit_server::serve(app, listener, ended()).await?;
    Ok(String::new())
}

/// The settings of a vendor's account.
async fn of_account(config: &Config, catalogue: &Catalogue) -> Result<Settings, Failure> {
    let (settings, bounds) = config.account(catalogue, DEFAULT_ACCOUNT).await?;
    refuse(&bounds)?;
    Ok(settings)
}

/// Rules are for a caller that is known, and here is none.
fn refuse(bounds: &[Bound]) -> Result<(), Failure> {
    match bounds.first() {
        Some(Bound { of, .. }) => {
            Err(usage(format!("the rules of {of} are not kept by `serve`: give its settings in the environment")))
        }
        None => Ok(()),
    }
}
