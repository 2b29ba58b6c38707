//! `outwit mcp`

use super::client_config::{self, Client};
use super::failure::{Failure, usage};
use super::setup::{self, Tools};
use super::signals::Signals;
use super::{Global, Grant};
use anyhow::Context;
use clap::ValueEnum;
use outwit::{Rules, Scope};
use outwit_server::mcp::{McpOptions, Stop, ToolSet, serve_http, serve_stdio};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// The environment variable of the token that clients over HTTP have to bring.
pub const TOKEN: &str = "OUTWIT_MCP_TOKEN";

/// What to offer, and to whom.
#[derive(clap::Args)]
pub struct Arguments {
    /// Serve over HTTP at ADDRESS, on the path /mcp, with the page /docs. Clients authenticate with OUTWIT_MCP_TOKEN if it is set. An address that
    /// other machines can reach requires it.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<SocketAddr>,
    /// The set of tools: a few that search, describe and call, or one for each operation.
    #[arg(long, value_enum, default_value_t = Set::Few)]
    pub tools: Set,
    /// Offer these vendors only [default: all]
    #[arg(long, value_name = "VENDORS", value_delimiter = ',')]
    pub vendors: Vec<String>,
    /// Allow-list of operations, which includes their steps: read, write, destroy, or names and ids with *
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Deny-list of operations, and of recipes that have one of them as a step. It overrides --allow.
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// Operations that require a user's approval, and recipes that have one of them as a step. The client asks for it.
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub confirm: Vec<String>,
    /// The longest result in bytes. Lists and texts of a longer result are cut; a cursor gives the rest.
    #[arg(long, value_name = "BYTES", default_value_t = McpOptions::default().budget)]
    pub budget: usize,
    /// Over HTTP, do not serve the page /docs, which shows the operations and calls them.
    #[arg(long)]
    pub no_docs: bool,
    /// Print the entry for a client's configuration with these options, and exit.
    #[arg(long, value_enum, value_name = "CLIENT")]
    pub print_config: Option<Client>,
}

/// Which tools there are.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Set {
    /// search-operations, describe-operation, call-read-operation, call-write-operation.
    Few,
    /// One for each operation, such as accelo-list-activities.
    All,
}

pub async fn mcp(global: &Global, arguments: &Arguments) -> Result<String, Failure> {
    if let Some(client) = arguments.print_config {
        return client_config::print(client, global, arguments);
    }
    let rules = Rules {
        allow: listed(&arguments.allow),
        deny: arguments.deny.clone(),
        confirm: arguments.confirm.clone(),
        ..Rules::default()
    };
    let scope = Scope { vendors: arguments.vendors.clone(), rules, agent: true };
    let tools = Tools::ready(global, scope, &arguments.vendors).await?;
    // A slip in the rules is told now, and not to the agent.
    tools.index().await?;
    let set = match arguments.tools {
        Set::Few => ToolSet::Few,
        Set::All => ToolSet::All,
    };
    let options = McpOptions { tools: set, budget: arguments.budget, docs: !arguments.no_docs };
    match arguments.http {
        None => serve_stdio(tools.workspace.clone(), options, ended()).await?,
        Some(address) => {
            let token = setup::token(TOKEN)?;
            if token.is_none() && !address.ip().is_loopback() {
                return Err(usage(format!("other machines can reach {address}: {TOKEN} has to be set")));
            }
            let listener = TcpListener::bind(address).await.with_context(|| address.to_string())?;
            let at = listener.local_addr().context("the address of the listener")?;
            eprintln!("http://{at}/mcp");
            serve_http(tools.workspace.clone(), options, listener, token.as_deref(), ended()).await?;
        }
    }
    Ok(String::new())
}

/// Ctrl-C, or what else asks a program to end.
pub fn ended() -> Stop {
    let mut signals = Signals::new();
    Box::pin(async move { _ = signals.next().await })
}

/// What is allowed by an option: everything where it is not given.
pub fn listed(allow: &[String]) -> Option<Vec<String>> {
    (!allow.is_empty()).then(|| allow.to_vec())
}

/// The option of a grant; none for the default.
pub fn grant_word(grant: Grant) -> Option<&'static str> {
    match grant {
        Grant::Read => Some("read"),
        Grant::Write => Some("write"),
        Grant::All => None,
    }
}
