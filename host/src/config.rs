//! `outwit.toml`: settings in a file, one table for each vendor.
//!
//! ```toml
//! [accelo]
//! ACCELO_DEPLOYMENT = "juniper"
//! ACCELO_TOKEN = "…"
//! ```

use crate::suggest::nearest;
use crate::{Catalogue, Error, Settings};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The settings of a file.
#[derive(Debug, Default)]
pub struct Config {
    path: PathBuf,
    tables: BTreeMap<String, Settings>,
    names: BTreeMap<String, Vec<String>>,
    /// Whether others than the owner can read or write the file.
    open_to_others: bool,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when it cannot be read or is not made of tables of texts, numbers and booleans.
    pub fn read(path: &Path) -> Result<Config, Error> {
        let problem = |problem: &dyn std::fmt::Display| Error::misconfigured(format!("{}: {problem}", path.display()));
        // Rights and text of the same file, whatever happens to its name meanwhile.
        let mut file = std::fs::File::open(path).map_err(|e| problem(&e))?;
        let open_to_others = open_to_others(&file.metadata().map_err(|e| problem(&e))?);
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| problem(&e))?;
        // The parser's own message would show the line, and with it a secret.
        // So would a type's: what is no table is told below.
        let parsed: BTreeMap<String, toml::Value> = toml::from_str(&text).map_err(|e| {
            let line = e.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            problem(&format_args!("line {line}: {}", e.message()))
        })?;
        let (mut tables, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (vendor, table) in parsed {
            let toml::Value::Table(table) = table else {
                return Err(problem(&format_args!("{vendor} stands in no vendor's table")).about(&vendor));
            };
            let mut settings = Settings::default();
            for (name, value) in &table {
                let value = match value {
                    toml::Value::String(text) => text.clone(),
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(yes) => yes.to_string(),
                    _ => return Err(problem(&format_args!("[{vendor}] {name}: expected a text")).about(name)),
                };
                settings.set(name, value);
            }
            names.insert(vendor.clone(), table.keys().cloned().collect());
            tables.insert(vendor, settings);
        }
        Ok(Config { path: path.to_owned(), tables, names, open_to_others })
    }

    /// Where the audit log goes.
    pub fn audit(&self) -> Option<&Path> {
        None
    }

    /// The accounts of a vendor.
    pub fn accounts(&self, _vendor: &str) -> Vec<&str> {
        vec!["default"]
    }

    /// Settings and rules of an account.
    ///
    /// # Errors
    ///
    /// As [`Config::settings`].
    pub async fn account(&self, catalogue: &Catalogue, _name: &str) -> Result<(Settings, crate::Rules), Error> {
        let mut settings = Settings::of_environment(catalogue);
        settings.merge(self.settings(catalogue)?);
        Ok((settings, crate::Rules::default()))
    }

    /// The settings of a vendor; none where the file has no table for it.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the table names something that is no setting of this vendor, or holds a secret while others
    /// than the file's owner can read it.
    pub fn settings(&self, catalogue: &Catalogue) -> Result<Settings, Error> {
        let at = |problem: String| Error::misconfigured(format!("{}: {problem}", self.path.display()));
        for name in self.names.get(&catalogue.vendor).into_iter().flatten() {
            if !catalogue.settings.iter().any(|setting| setting.name == *name) {
                let near = nearest(name, catalogue.settings.iter().map(|setting| &*setting.name));
                let hint = near.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
                return Err(at(format!("{name} is no setting of {}{hint}", catalogue.vendor)).about(name));
            }
            if self.open_to_others && catalogue.is_secret(name) {
                let hint = format!("make it yours alone: chmod 600 {}", self.path.display());
                return Err(at(format!("holds the secret {name} and others can read it; {hint}")).about(name));
            }
        }
        Ok(self.tables.get(&catalogue.vendor).cloned().unwrap_or_default())
    }
}

#[cfg(unix)]
fn open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Elsewhere a file's rights are not told by a mode.
#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use serde_json::json;
    use std::os::unix::fs::PermissionsExt;

    fn settings(mode: u32, text: &str) -> Result<Settings, Error> {
        let json = json!({
            "vendor": "acme", "base": "https://example.com",
            "settings": [{ "name": "ACME_SITE" }, { "name": "ACME_TRIES" }, { "name": "ACME_KEY", "secret": true }],
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outwit.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        Config::read(&path)?.settings(&Catalogue::parse(&json.to_string()).unwrap())
    }

    #[test]
    fn a_vendor_gets_the_settings_of_its_table() {
        let given =
            settings(0o600, "[acme]\nACME_KEY = \"hush\"\nACME_TRIES = 2\n[other]\nOTHER_KEY = \"x\"\n").unwrap();
        assert_eq!(given, [("ACME_KEY", "hush"), ("ACME_TRIES", "2")].into_iter().collect());
    }

    #[test]
    fn a_file_with_secrets_that_others_can_read_is_refused() {
        for mode in [0o640, 0o604, 0o644, 0o660] {
            let error = settings(mode, "[acme]\nACME_KEY = \"hush\"\n").unwrap_err();
            assert!(error.message.contains("chmod 600"), "{error}");
            assert!(!error.message.contains("hush"), "{error}");
        }
        assert!(settings(0o644, "[acme]\nACME_SITE = \"s1\"\n").is_ok());
    }

    #[test]
    fn a_name_that_is_no_setting_is_refused_with_the_nearest() {
        let error = settings(0o600, "[acme]\nACME_SIT = \"s1\"\n").unwrap_err();
        assert!(error.message.ends_with("ACME_SIT is no setting of acme; did you mean ACME_SITE?"), "{error}");
    }

    #[test]
    fn a_broken_file_is_refused_by_its_line_without_showing_it() {
        let error = settings(0o600, "[acme]\nACME_KEY = hush\n").unwrap_err();
        assert!(error.message.contains("line 2") && !error.message.contains("hush"), "{error}");
    }

    #[test]
    fn a_setting_outside_of_a_table_is_refused_without_showing_it() {
        let error = settings(0o600, "ACME_KEY = \"hush\"\n").unwrap_err();
        assert!(error.message.ends_with("ACME_KEY stands in no vendor's table"), "{error}");
    }
}
