//! `outwit.toml`: accounts, each with its settings and rules.
//!
//! An account is a customer's own place at a vendor with a credential for it. A vendor's table is its account `default`,
//! and further ones have names:
//!
//! ```toml
//! audit = "audit.jsonl"                         # where the audit log goes, relative to this file
//!
//! [accelo]
//! ACCELO_DEPLOYMENT = "juniper"
//! ACCELO_TOKEN = { env = "JUNIPER_TOKEN" }      # or { file = "PATH" }, { command = ["pass", "show", "accelo"] }
//! deny = ["delete-*"]                           # lower-case keys are the account's rules
//!
//! [accelo.accounts.sandbox]
//! ACCELO_DEPLOYMENT = "juniper-sandbox"
//! ACCELO_CLIENT_ID = "…"
//! ACCELO_CLIENT_SECRET = { file = "sandbox.secret" }
//! ```
//!
//! The rules of a vendor's table are for all its accounts, and a named account's own are added to them: whoever chooses an
//! account, such as an agent, gains no right by it. Settings are each account's own.
//!
//! The account `default` also has what the process's environment gives; a named one has its table alone. A secret may
//! stand here itself only if the file is private to its owner. Values are looked up when an account is asked for, not
//! before: a password manager is bothered for an account that is used.

use crate::secret_source::{Reference, clear, open_to_others, writable_by_others};
use crate::{Advice, Catalogue, Error, ErrorKind, Rules, Settings};
use outwit_core::nearest;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// The account that is meant where none is named.
pub const DEFAULT: &str = "default";
/// The longest name of an account; it becomes a part of a file's name.
const LONGEST_NAME: usize = 64;

/// The accounts of a file; without a file (`Config::default()`), those that the environment makes.
#[derive(Debug, Default)]
pub struct Config {
    path: PathBuf,
    audit: Option<PathBuf>,
    /// By vendor, then by name.
    accounts: BTreeMap<String, BTreeMap<String, Table>>,
    /// Whether others than the owner can read or write the file.
    open_to_others: bool,
    writable_by_others: bool,
    /// Whether nobody chose the file: it lay where the program was started.
    found: bool,
}

/// Rules, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// The table in the file, such as `[accelo]`.
    pub of: String,
    /// What stands there.
    #[serde(flatten)]
    pub rules: Rules,
}

/// What stands in one account's table.
#[derive(Debug, Default)]
struct Table {
    settings: BTreeMap<String, Reference>,
    rules: Rules,
}

impl Config {
    /// Reads a file. Nothing that it refers to is looked up yet.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when it cannot be read or says something that is neither an account's setting nor a rule.
    pub fn read(path: &Path) -> Result<Config, Error> {
        let problem = |problem: &dyn Display| Error::misconfigured(format!("{}: {problem}", path.display()));
        // Rights and text of the same file, whatever happens to its name meanwhile.
        let mut file = std::fs::File::open(path).map_err(|e| problem(&e))?;
        let metadata = file.metadata().map_err(|e| problem(&e))?;
        let size = usize::try_from(metadata.len()).unwrap_or_default();
        let mut text = Zeroizing::new(String::with_capacity(size + 1));
        file.read_to_string(&mut text).map_err(|e| problem(&e))?;
        let mut config = Config {
            path: path.to_owned(),
            open_to_others: open_to_others(&metadata),
            writable_by_others: writable_by_others(&metadata),
            ..Config::default()
        };
        // The parser's own message would show the line, and with it a secret.
        let mut parsed: toml::Table = toml::from_str(&text).map_err(|e| {
            let line = e.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            problem(&format_args!("line {line}: {}", e.message()))
        })?;
        let taken = parsed.iter_mut().try_for_each(|(key, value)| config.take(key, value));
        parsed.iter_mut().for_each(|(_, value)| clear(value));
        taken.map(|()| config)
    }

    /// Reads a file that nobody named, such as one in the current folder, which may be anybody's. It can neither run
    /// commands nor say where requests go: with the credentials of the environment, both would be somebody else's to use.
    /// Nor can it have an audit log written elsewhere than below its folder.
    ///
    /// # Errors
    ///
    /// As [`Config::read`]; `misconfigured` for the audit log. [`Config::account`] refuses what else such a file may not say.
    pub fn found(path: &Path) -> Result<Config, Error> {
        let config = Config { found: true, ..Config::read(path)? };
        let folder = path.parent().unwrap_or(Path::new(""));
        let below = |audit: &Path| {
            let below = audit.strip_prefix(folder);
            below.is_ok_and(|below| below.components().all(|part| matches!(part, Component::Normal(_))))
        };
        match config.audit() {
            Some(audit) if !below(audit) => {
                let file = path.display();
                let message = format!(
                    "{file}: audit: a file outside its folder is not allowed in an outwit.toml found in the current directory; pass \
                     --config {file}"
                );
                Err(Error::misconfigured(message).about("audit"))
            }
            _ => Ok(config),
        }
    }

    /// Where the audit log goes, if the file says so.
    pub fn audit(&self) -> Option<&Path> {
        self.audit.as_deref()
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The vendors that have a table.
    pub fn vendors(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    /// The names of a vendor's accounts: `default`, which is always there, and then the others, sorted.
    pub fn accounts(&self, vendor: &str) -> Vec<&str> {
        let named = self.accounts.get(vendor).into_iter().flat_map(BTreeMap::keys).map(String::as_str);
        [DEFAULT].into_iter().chain(named.filter(|name| *name != DEFAULT)).collect()
    }

    /// Those of a vendor's accounts that somebody has set up: the named ones, and `default` if anything is given for it.
    pub fn configured(&self, catalogue: &Catalogue) -> Vec<&str> {
        let table = self.table(&catalogue.vendor, DEFAULT);
        let given = table.is_some_and(|table| !table.settings.is_empty())
            // A variable that is no text is given as well; it is told when the account is opened.
            || Settings::of_environment(catalogue).map_or(true, |settings| any_own(&settings));
        let accounts = self.accounts(&catalogue.vendor).into_iter();
        accounts.filter(|name| *name != DEFAULT || given).collect()
    }

    /// Refuses a table that is no vendor's: with a slip in its name, its rules would protect nothing.
    ///
    /// # Errors
    ///
    /// `misconfigured`, with the nearest of the known names.
    pub fn check_vendors(&self, known: &[&str]) -> Result<(), Error> {
        for vendor in self.vendors() {
            if !known.contains(&vendor) {
                let near = nearest(vendor, known.iter().copied());
                let there_are = || format!("there are: {}", known.join(", "));
                let hint = near.first().map_or_else(there_are, |near| format!("did you mean [{near}]?"));
                let message = format!("{}: [{vendor}] names no vendor; {hint}", self.path.display());
                return Err(Error::misconfigured(message).about(vendor));
            }
        }
        Ok(())
    }

    /// The settings and rules of an account. What the settings refer to is looked up now, in the environment, in files,
    /// or by running commands.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when there is no such account. `misconfigured`, when its table names something that is no setting of this vendor, or
    /// a rule that fits none of its operations; when it holds a secret while others than the file's owner can read it, or a
    /// command while others can write it; when a value cannot be looked up.
    pub async fn account(&self, catalogue: &Catalogue, name: &str) -> Result<(Settings, Vec<Bound>), Error> {
        let vendor = &catalogue.vendor;
        let table = self.table(vendor, name);
        if table.is_none() && name != DEFAULT {
            return Err(self.unknown(vendor, name));
        }
        // First, so that a wrong rule is told before any command is run.
        let bounds = self.rules(catalogue, name)?;
        let mut settings = if name == DEFAULT { Settings::of_environment(catalogue)? } else { Settings::default() };
        let Some(table) = table else {
            let named = &self.accounts(vendor)[1..];
            if !named.is_empty() && !any_own(&settings) {
                let message = format!("the account \"{DEFAULT}\" of {vendor} has no settings; {}", there_are(named));
                return Err(Error::misconfigured(message));
            }
            return Ok((settings, bounds));
        };
        for (key, reference) in &table.settings {
            self.allow(catalogue, name, key, reference)?;
            let folder = self.path.parent().unwrap_or(Path::new(""));
            let value = reference.resolve(folder).await;
            settings.insert(key, value.map_err(|problem| self.at(vendor, name, key, &problem))?);
        }
        Ok((settings, bounds))
    }

    /// The rules of an account alone, all of which hold: those of its vendor's table, and its own. Nothing is looked up.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when there is no such account; `misconfigured`, when one of its rules matches no operation of this vendor.
    pub fn rules(&self, catalogue: &Catalogue, name: &str) -> Result<Vec<Bound>, Error> {
        let vendor = &catalogue.vendor;
        if name != DEFAULT && self.table(vendor, name).is_none() {
            return Err(self.unknown(vendor, name));
        }
        let tables = if name == DEFAULT { vec![DEFAULT] } else { vec![DEFAULT, name] };
        let mut bounds = Vec::new();
        for account in tables {
            let Some(Table { rules, .. }) = self.table(vendor, account) else { continue };
            let of = table_of(vendor, account);
            rules.check(catalogue.operations.iter(), &format!("{}: {of}", self.path.display()))?;
            if *rules != Rules::default() {
                bounds.push(Bound { of, rules: rules.clone() });
            }
        }
        Ok(bounds)
    }

    fn table(&self, vendor: &str, account: &str) -> Option<&Table> {
        self.accounts.get(vendor)?.get(account)
    }

    /// Takes over what stands at the top of the file.
    fn take(&mut self, key: &str, value: &mut toml::Value) -> Result<(), Error> {
        let problem =
            |problem: &str| Error::misconfigured(format!("{}: {key} {problem}", self.path.display())).about(key);
        match value {
            toml::Value::Table(table) => self.take_vendor(key, table),
            // No log where one is wanted is not the same as none.
            toml::Value::String(path) if key == "audit" && path.is_empty() => Err(problem("is empty")),
            toml::Value::String(path) if key == "audit" => {
                let folder = self.path.parent().unwrap_or(Path::new(""));
                self.audit = Some(folder.join(&**path));
                Ok(())
            }
            _ if key == "audit" => Err(problem("is no text")),
            _ => {
                let near = nearest(key, ["audit"]).first().map_or("", |_| "; did you mean audit?");
                Err(problem(&format!("stands in no vendor's table{near}")))
            }
        }
    }

    fn take_vendor(&mut self, vendor: &str, table: &mut toml::Table) -> Result<(), Error> {
        let accounts = table.remove("accounts");
        // A vendor whose table says nothing of its own has no account `default` there.
        if !table.is_empty() || accounts.is_none() {
            self.take_account(vendor, DEFAULT, table)?;
        }
        let Some(mut accounts) = accounts else { return Ok(()) };
        let taken = self.take_accounts(vendor, &mut accounts);
        clear(&mut accounts);
        taken
    }

    fn take_accounts(&mut self, vendor: &str, accounts: &mut toml::Value) -> Result<(), Error> {
        let path = self.path.display().to_string();
        let problem =
            |at: &str, problem: &str| Error::misconfigured(format!("{path}: [{vendor}.accounts{at}] {problem}"));
        let toml::Value::Table(accounts) = accounts else { return Err(problem("", "expected tables of accounts")) };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        for (name, value) in accounts {
            if name == DEFAULT {
                return Err(problem(".default", &format!("the account {DEFAULT} is the table [{vendor}] itself")));
            }
            if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(plain) {
                let expected = format!("a name is at most {LONGEST_NAME} letters, digits and -_. of ASCII");
                return Err(problem("", &format!("{name:?}: {expected}")));
            }
            let toml::Value::Table(table) = value else {
                return Err(problem("", &format!("{name}: expected a table")).about(name));
            };
            self.take_account(vendor, name, table)?;
        }
        Ok(())
    }

    fn take_account(&mut self, vendor: &str, name: &str, table: &mut toml::Table) -> Result<(), Error> {
        let mut taken = Table::default();
        let mut rules = toml::Table::new();
        for (key, value) in table {
            if key.starts_with(|c: char| c.is_ascii_lowercase()) {
                // One after the other, so that a problem has a name.
                let one = toml::Table::from_iter([(key.clone(), value.clone())]);
                if let Err(error) = Rules::deserialize(one.clone()) {
                    return Err(self.at(vendor, name, key, rule_problem(error.message())));
                }
                rules.extend(one);
            } else {
                let reference = Reference::of(value).map_err(|expected| self.at(vendor, name, key, expected))?;
                taken.settings.insert(key.clone(), reference);
            }
        }
        taken.rules = Rules::deserialize(rules).map_err(|error| self.at(vendor, name, "rules", error.message()))?;
        self.accounts.entry(vendor.to_owned()).or_default().insert(name.to_owned(), taken);
        Ok(())
    }

    /// Whether this setting may stand there in this way.
    fn allow(&self, catalogue: &Catalogue, account: &str, key: &str, reference: &Reference) -> Result<(), Error> {
        let vendor = &catalogue.vendor;
        let at = |problem: String| Err(self.at(vendor, account, key, &problem));
        if !catalogue.settings.iter().any(|setting| setting.name == *key) {
            let near = nearest(key, catalogue.settings.iter().map(|setting| &*setting.name));
            let hint = near.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
            return at(format!("unknown setting of {vendor}{hint}"));
        }
        let file = self.path.display();
        let chooses = matches!(reference, Reference::Command { .. }) || key.ends_with("_BASE_URL");
        if self.found && chooses {
            return at(format!(
                "is not allowed in an outwit.toml found in the current directory; pass --config {file}"
            ));
        }
        match reference {
            Reference::Given(_) if self.open_to_others && catalogue.is_secret(key) => at(format!(
                "is a secret and others can read the file; make it yours alone (chmod 600 {file}), or say where the secret \
                 is: env, file or command"
            )),
            Reference::Command { .. } if self.writable_by_others => at(format!(
                "is a command and others can write the file, so that they could choose what you run: chmod go-w {file}"
            )),
            _ => Ok(()),
        }
    }

    fn at(&self, vendor: &str, account: &str, key: &str, problem: &str) -> Error {
        let table = table_of(vendor, account);
        Error::misconfigured(format!("{}: {table} {key}: {problem}", self.path.display())).about(key)
    }

    /// The error about an account that is not there.
    pub(crate) fn unknown(&self, vendor: &str, name: &str) -> Error {
        let accounts = self.accounts(vendor);
        let near = nearest(name, accounts.iter().copied());
        let hint = near.first().map_or_else(|| there_are(&accounts), |near| format!("did you mean {near}?"));
        let message = format!("{vendor} has no account {name:?}; {hint}");
        let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("account");
        Error { details: Some(serde_json::json!({ "accounts": accounts })), ..error }
    }
}

/// The table of an account, as it stands in a file.
pub(crate) fn table_of(vendor: &str, account: &str) -> String {
    if account == DEFAULT { format!("[{vendor}]") } else { format!("[{vendor}.accounts.{account}]") }
}

fn there_are(accounts: &[&str]) -> String {
    match accounts {
        [one] => format!("there is the account {one}"),
        several => format!("there are the accounts {}", several.join(", ")),
    }
}

/// What is wrong with a rule, without its value: the parser's words after the last "expected".
fn rule_problem(message: &str) -> &str {
    if message.starts_with("unknown field") {
        return "is no rule (allow, deny, grant, calls-per-minute, confirm); settings are written in capitals";
    }
    if message.contains("nonzero u32") {
        return "expected a whole number from 1 on";
    }
    message.rfind("expected ").map_or("is not understood", |at| &message[at..])
}

/// Whether anything but what all vendors have in common is given.
fn any_own(settings: &Settings) -> bool {
    settings.names().any(|name| !name.starts_with("OUTWIT_"))
}

#[cfg(all(test, unix))]
mod tests;
