//! `outwit auth`

use super::Global;
use super::failure::{Failure, exit_code, lines, usage};
use super::loopback::{Loopback, open_browser};
use super::setup::Tools;
use super::style::{CYAN, DIM, GREEN, RED, RESET};
use outwit::{Account, Advice, Bound, Consent, Error, ErrorKind, Identity, Plugin, Scope, Settings, visible};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::time::Duration;

/// How long a person may take to consent.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(clap::Subcommand)]
pub enum Auth {
    /// Make one harmless call with each configured account's credential, and print its owner. Without any configured account,
    /// the exit code is 3.
    Check {
        /// Check one vendor's accounts only.
        vendor: Option<String>,
        /// Check this account only.
        #[arg(long, value_name = "NAME", requires = "vendor")]
        account: Option<String>,
    },
    /// Sign in to an account by OAuth in the browser, or with the application's own credential, and store the token.
    Login {
        /// The vendor, such as accelo.
        vendor: String,
        /// The account [default: default]
        #[arg(long, value_name = "NAME", default_value = "default", hide_default_value = true)]
        account: String,
        /// Sign in without a user, with the application's own credential (OAuth client credentials).
        #[arg(long)]
        client_credentials: bool,
        /// OAuth scope [default: the scope that the vendor's component recommends]
        #[arg(long)]
        scope: Option<String>,
        /// Port of the redirect address http://127.0.0.1:PORT/callback, which the application must have registered. 0 means a free
        /// port.
        #[arg(long, default_value_t = 8917)]
        port: u16,
        /// Print the sign-in address instead of opening a browser.
        #[arg(long)]
        no_browser: bool,
    },
    /// Delete the stored token of an account.
    Logout {
        /// The vendor, such as accelo.
        vendor: String,
        /// The account [default: default]
        #[arg(long, value_name = "NAME", default_value = "default", hide_default_value = true)]
        account: String,
    },
}

pub async fn auth(global: &Global, what: &Auth, people: bool) -> Result<String, Failure> {
    match what {
        Auth::Check { vendor, account } => check(global, vendor.as_deref(), account.as_deref(), people).await,
        Auth::Login { vendor, account, client_credentials, scope, port, no_browser } => {
            let tools = Tools::for_login(global, vendor).await?;
            let plugin = tools.bare(vendor).await?;
            let account = tools.workspace.account(vendor, Some(account)).await?;
            let who = if *client_credentials {
                account.login_as_application(scope.as_deref()).await?
            } else {
                let browser = !*no_browser && std::io::stderr().is_terminal();
                by_consent(&plugin, &account, scope.as_deref(), *port, browser).await?
            };
            Ok(logged_in(vendor, account.name(), &who, people))
        }
        Auth::Logout { vendor, account } => {
            let tools = Tools::new(global)?;
            let plugin = tools.bare(vendor).await?;
            let known = tools.workspace.accounts(vendor).contains(&&**account);
            // Neither settings nor secrets are needed to forget something.
            let forgotten = Account::new(&plugin, account, Settings::default(), tools.grants.as_deref())?;
            let forgotten = forgotten.logout().await?;
            if !known && !forgotten {
                // A grant may outlive its account's table, so that one of a name that is not there is forgotten first.
                tools.workspace.account(vendor, Some(account)).await?;
            }
            Ok(match (people, forgotten) {
                (false, _) => {
                    json!({ "vendor": vendor, "account": account, "forgotten": forgotten }).to_string() + "\n"
                }
                (true, true) => {
                    format!("The grant of {vendor} {account} is forgotten; the vendor knows it until it ends.\n")
                }
                (true, false) => format!("There was no grant of {vendor} {account}.\n"),
            })
        }
    }
}

/// Checks accounts one after the other; the exit code is that of the worst.
async fn check(global: &Global, vendor: Option<&str>, account: Option<&str>, people: bool) -> Result<String, Failure> {
    let wanted: Vec<String> = vendor.map(str::to_owned).into_iter().collect();
    let tools = Tools::ready(global, Scope::default(), &wanted).await?;
    let has_mock = |name: &&str| !global.mock || outwit_mocks::vendors().contains(name);
    let vendors: Vec<&str> = vendor.map_or_else(|| tools.names().filter(has_mock).collect(), |vendor| vec![vendor]);
    let mut found = Vec::new();
    for name in vendors {
        match tools.bare(name).await {
            // A foreign or damaged file, which may stand where an account's vendor should.
            Err(Failure::Call(error)) if vendor.is_none() && tools.workspace.has_table(name) => {
                let (vendor, account) = (name.to_owned(), outwit::DEFAULT_ACCOUNT.to_owned());
                found.push(Found { vendor, account, bounds: Vec::new(), who: Err(*error) });
                continue;
            }
            Err(Failure::Call(error)) if vendor.is_none() => {
                eprintln!("left out: {error}");
                continue;
            }
            bare => drop(bare?),
        }
        let mut accounts = tools.workspace.configured(name).await?;
        if accounts.is_empty() && vendor.is_some() {
            // Whoever asks for it is told what is missing.
            accounts.push(outwit::DEFAULT_ACCOUNT);
        }
        if let Some(account) = account {
            accounts = vec![account];
        }
        for account in accounts {
            let who = tools.workspace.check(name, account).await;
            // What is wrong with them is told as the account's error.
            let bounds = tools.workspace.rules(name, account).await.unwrap_or_default();
            found.push(Found { vendor: name.to_owned(), account: account.to_owned(), bounds, who });
        }
    }
    if found.is_empty() {
        return Err(nothing().into());
    }
    let text = if people { table(&found) } else { document(&found).to_string() + "\n" };
    let worst = found.iter().filter_map(|one| Some(exit_code(one.who.as_ref().err()?.kind))).max();
    match worst {
        None => Ok(text),
        Some(code) => super::print(&text).and(Err(Failure::Reported(code))),
    }
}

/// The error where there is no account to check.
fn nothing() -> Error {
    let message = "no account is configured: set environment variables, or write outwit.toml; `outwit describe VENDOR` \
                   lists those of a vendor";
    Error::new(ErrorKind::Misconfigured, Advice::AskPerson, message)
}

/// An account, the rules that hold for it, and whose its key is.
struct Found {
    vendor: String,
    account: String,
    bounds: Vec<Bound>,
    who: Result<Identity, Error>,
}

fn document(found: &[Found]) -> Value {
    let entry = |Found { vendor, account, bounds, who }: &Found| {
        let mut entry = match who {
            Ok(who) => json!({ "vendor": vendor, "account": account, "ok": true, "who": who }),
            Err(error) => json!({ "vendor": vendor, "account": account, "ok": false, "error": error }),
        };
        if !bounds.is_empty() {
            entry["rules"] = json!(bounds);
        }
        entry
    };
    found.iter().map(entry).collect()
}

fn table(found: &[Found]) -> String {
    let width = |of: fn(&Found) -> &str| found.iter().map(|one| of(one).len()).max().unwrap_or(0);
    let (vendors, accounts) = (width(|one| &one.vendor), width(|one| &one.account));
    let mut out = String::new();
    for Found { vendor, account, bounds, who } in found {
        let state = match who {
            Ok(who) => format!("{GREEN}ok{RESET}     {}", in_words(who)),
            Err(error) => format!("{RED}{}{RESET}  {}", error.kind.as_str(), visible(&error.message)),
        };
        let given = who.as_ref().err().and_then(|error| error.details.as_ref());
        out.push_str(&format!("{CYAN}{vendor:<vendors$}{RESET}  {account:<accounts$}  {state}\n"));
        for line in given.map(lines).unwrap_or_default() {
            out.push_str(&format!("  {line}\n"));
        }
        for Bound { of, rules } in bounds {
            out.push_str(&format!("  {DIM}{of}{RESET}  {rules}\n"));
        }
    }
    out
}

fn in_words(who: &Identity) -> String {
    if who.0.is_empty() {
        return "the credential works; nothing tells whose it is".to_owned();
    }
    who.0.iter().map(|(word, value)| format!("{DIM}{word}{RESET} {}", visible(value))).collect::<Vec<_>>().join("  ")
}

fn logged_in(vendor: &str, account: &str, who: &Identity, people: bool) -> String {
    if !people {
        return json!({ "vendor": vendor, "account": account, "who": who }).to_string() + "\n";
    }
    let whose = if who.0.is_empty() { String::new() } else { format!(": {}", in_words(who)) };
    format!("{GREEN}Logged in{RESET} to {vendor} as {account}{whose}\n")
}

/// Sends a person to the vendor, and waits until the browser comes back.
async fn by_consent(
    plugin: &Plugin,
    account: &Account,
    scope: Option<&str>,
    port: u16,
    browser: bool,
) -> Result<Identity, Failure> {
    let loopback = Loopback::new(port).await.map_err(|problem| {
        usage(format!(
            "port {port} of 127.0.0.1: {problem}; --port takes another one, which is registered with the vendor"
        ))
    })?;
    let (redirect_uri, state) = (loopback.redirect_uri(), loopback.state().to_owned());
    let consent = Consent { redirect_uri: &redirect_uri, state: &state, scope };
    let url = account.consent_url(&consent).await?;
    // From here on, Ctrl-C is listened to: whoever reads the address may press it.
    let pressed = tokio::spawn(tokio::signal::ctrl_c());
    tokio::task::yield_now().await;
    let title = &plugin.catalogue().title;
    eprintln!("To let this program act for you at {title}, open this address in a browser and agree:\n\n  {url}\n");
    eprintln!("The browser then comes back to {redirect_uri}, which has to be registered with the application.");
    eprintln!("Waiting; Ctrl-C ends it.");
    if browser {
        open_browser(&url);
    }
    let code = tokio::select! {
        code = loopback.code() => code?,
        _ = tokio::time::sleep(PATIENCE) => {
            let message = format!("nobody consented within {} minutes", PATIENCE.as_secs() / 60);
            return Err(Error::new(ErrorKind::TimedOut, Advice::AskPerson, message).into());
        }
        _ = pressed => {
            let message = "the login was given up by Ctrl-C";
            return Err(Error::new(ErrorKind::Cancelled, Advice::AskPerson, message).into());
        }
    };
    Ok(account.login(code.expose_secret(), &consent).await?)
}
