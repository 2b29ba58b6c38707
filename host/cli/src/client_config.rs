//! `outwit mcp --print-config`: what goes into the configuration of an MCP client.

use super::Global;
use super::failure::Failure;
use super::mcp::{Arguments, Set, TOKEN, grant_word};
use super::setup::HERE;
use anyhow::Context;
use clap::ValueEnum;
use outwit_server::mcp::McpOptions;
use serde_json::{Value, json};
use std::path::{Path, absolute};

/// A client of MCP servers.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// Claude Desktop, Claude Code.
    Claude,
    Cursor,
    /// Visual Studio Code.
    Vscode,
    Windsurf,
}

/// The snippet. Where it goes is told on standard error, so that the output can be piped.
pub fn print(client: Client, global: &Global, arguments: &Arguments) -> Result<String, Failure> {
    let entry = match arguments.http {
        None => {
            let program = std::env::current_exe().context("where this program is")?;
            let mut entry = json!({ "command": program, "args": options(global, arguments)? });
            if client == Client::Vscode {
                entry["type"] = json!("stdio");
            }
            entry
        }
        Some(address) => {
            let token = std::env::var_os(TOKEN).is_some() || !address.ip().is_loopback();
            // Clients reach it by a name that this program does not know.
            let everywhere = address.ip().is_unspecified();
            let host = if everywhere { format!("HOST:{}", address.port()) } else { address.to_string() };
            remote(client, &format!("http://{host}/mcp"), token)
        }
    };
    let servers = if client == Client::Vscode { "servers" } else { "mcpServers" };
    let mut snippet = json!({ servers: { "outwit": entry } });
    if snippet.to_string().contains("${input:") {
        let input =
            json!({ "type": "promptString", "id": TOKEN, "description": "Token of outwit mcp", "password": true });
        snippet["inputs"] = json!([input]);
    }
    eprintln!("{}", place(client));
    if arguments.http.is_none() {
        eprintln!("The client starts it without your shell's environment: put settings into a file (--config).");
        let here = Path::new(HERE);
        if global.config.is_none() && here.exists() {
            let path = absolute(here).with_context(|| HERE.to_owned())?;
            eprintln!(
                "{HERE} in this folder is not used by it, since a file that is named may run commands and replace addresses. \
                 If it is yours: --config {}",
                path.display()
            );
        }
    }
    let text = serde_json::to_string_pretty(&snippet).context("a snippet")?;
    Ok(text + "\n")
}

/// A server that is reached over HTTP; the token stays out of the file.
fn remote(client: Client, url: &str, token: bool) -> Value {
    let mut entry = match client {
        Client::Claude | Client::Vscode => json!({ "type": "http", "url": url }),
        Client::Cursor => json!({ "url": url }),
        Client::Windsurf => json!({ "serverUrl": url }),
    };
    let variable = match client {
        Client::Claude => format!("${{{TOKEN}}}"),
        Client::Vscode => format!("${{input:{TOKEN}}}"),
        Client::Cursor | Client::Windsurf => format!("${{env:{TOKEN}}}"),
    };
    if token {
        entry["headers"] = json!({ "Authorization": format!("Bearer {variable}") });
    }
    entry
}

/// The options that were given, with whole paths: a client starts programs in a folder of its own.
fn options(global: &Global, arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let mut options = vec!["mcp".to_owned()];
    let mut add = |name: &str, value: &str| options.extend([format!("--{name}"), value.to_owned()]);
    // A file that merely lies here may be anybody's: only a person makes it one that is named.
    let config = global.config.as_deref();
    let plugins = global.plugins.as_deref();
    let paths = [
        ("config", config),
        ("plugins", plugins),
        ("roots", global.roots.as_deref()),
        ("audit", global.audit.as_deref()),
    ];
    for (name, path) in paths {
        if let Some(path) = path {
            add(name, &absolute(path).with_context(|| path.display().to_string())?.to_string_lossy());
        }
    }
    if let Some(grant) = grant_word(global.grant) {
        add("grant", grant);
    }
    if arguments.tools == Set::All {
        add("tools", "all");
    }
    if arguments.budget != McpOptions::default().budget {
        add("budget", &arguments.budget.to_string());
    }
    let Arguments { vendors, allow, deny, confirm, .. } = arguments;
    for (name, list) in [("vendors", vendors), ("allow", allow), ("deny", deny), ("confirm", confirm)] {
        if !list.is_empty() {
            add(name, &list.join(","));
        }
    }
    if global.mock {
        options.push("--mock".to_owned());
    }
    Ok(options)
}

fn place(client: Client) -> &'static str {
    match client {
        Client::Claude => {
            "Claude Desktop: claude_desktop_config.json (Settings, Developer, Edit Config). \
             Claude Code: .mcp.json in the project."
        }
        Client::Cursor => "~/.cursor/mcp.json, or .cursor/mcp.json in the project",
        Client::Vscode => ".vscode/mcp.json in the project, or the command \"MCP: Open User Configuration\"",
        Client::Windsurf => "~/.codeium/windsurf/mcp_config.json",
    }
}
