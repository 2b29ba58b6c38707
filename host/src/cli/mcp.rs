//! `outwit mcp`

use super::failure::{Failure, usage};
use super::signals::Signals;
use super::snippet::{self, Client};
use super::tools::Tools;
use super::{Global, Grant};
use anyhow::Context;
use clap::ValueEnum;
use outwit::mcp::{McpOptions, Stop, ToolSet, serve_http, serve_stdio};
use outwit::{Rules, Scope};
use std::env::VarError;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// The environment variable of the token that clients over HTTP have to bring.
pub const TOKEN: &str = "OUTWIT_MCP_TOKEN";

/// What to offer, and to whom.
#[derive(clap::Args)]
pub struct Arguments {
    /// Serve over HTTP at this address, on the path /mcp. With OUTWIT_MCP_TOKEN in the environment, clients have to bring
    /// this token; an address that other machines can reach needs one.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<SocketAddr>,
    /// Which tools there are: a few that search, describe and call, or one for each operation.
    #[arg(long, value_enum, default_value_t = Set::Few)]
    pub tools: Set,
    /// Only these vendors [default: all]
    #[arg(long, value_name = "VENDORS", value_delimiter = ',')]
    pub vendors: Vec<String>,
    /// Only these operations, with all their steps: read, write, destroy, or names and ids with *
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Not these operations, nor what has one of them among its steps, even if that is allowed.
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// These operations, and what has one of them among its steps, only after a person agreed, where the client can ask one.
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    pub confirm: Vec<String>,
    /// The longest result in bytes; lists and texts in a longer one are cut, and can be asked for piece by piece.
    #[arg(long, value_name = "BYTES", default_value_t = McpOptions::default().budget)]
    pub budget: usize,
    /// Print what goes into a client's configuration, with these options, and do nothing else.
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
        return snippet::print(client, global, arguments);
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
    tools.offer().await?;
    let set = match arguments.tools {
        Set::Few => ToolSet::Few,
        Set::All => ToolSet::All,
    };
    let options = McpOptions { tools: set, budget: arguments.budget };
    match arguments.http {
        None => serve_stdio(tools.toolbox.clone(), options, ended()).await?,
        Some(address) => {
            let token = match std::env::var(TOKEN) {
                Ok(token) if !token.trim().is_empty() => Some(token),
                Err(VarError::NotPresent) => None,
                // Whoever sets it does not want to let everybody in.
                _ => return Err(usage(format!("{TOKEN} is set, and its value is empty or no text"))),
            };
            if token.is_none() && !address.ip().is_loopback() {
                return Err(usage(format!("other machines can reach {address}: {TOKEN} has to be set")));
            }
            let listener = TcpListener::bind(address).await.with_context(|| address.to_string())?;
            let at = listener.local_addr().context("the address of the listener")?;
            eprintln!("http://{at}/mcp");
            serve_http(tools.toolbox.clone(), options, listener, token.as_deref(), ended()).await?;
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
