//! Settings of one account: names and values, of which some are secrets. None can be printed.

use crate::Error;
use crate::catalogue::{Catalogue, Setting};
use crate::origin::{Base, in_small_letters};
use crate::secret::Secret;
use std::collections::BTreeMap;
use std::env::VarError;

/// The setting that tells a component that the host adds the credential. Only the host gives it.
pub(crate) const AUTH_SETTING: &str = "OUTWIT_AUTH";
/// What a component gets for such a setting, and for a secret that the host puts into bodies.
const HOST: &str = "host";

/// Names and values of settings, such as `ACCELO_DEPLOYMENT`; later ones replace earlier ones.
///
/// Which of them are secrets only a plugin's catalogue tells, so all values are treated as such until then: `Debug` shows
/// names alone.
///
/// ```
/// let settings: outwit::Settings = [("ACME_SITE", "juniper"), ("ACME_TOKEN", "hush")].into_iter().collect();
/// assert!(!format!("{settings:?}").contains("hush"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, Secret>);

impl Settings {
    /// Those settings of a plugin that the environment of this process gives; other variables are not looked at.
    ///
    /// # Errors
    ///
    /// `misconfigured`, for one that is no text.
    pub fn of_environment(catalogue: &Catalogue) -> Result<Settings, Error> {
        let mut settings = Settings::default();
        for Setting { name, .. } in &catalogue.settings {
            match std::env::var(name) {
                Ok(value) => settings.set(name, value),
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(_)) => {
                    let message = format!("{name}: the variable's value is no text (UTF-8)");
                    return Err(Error::misconfigured(message).about(name));
                }
            }
        }
        Ok(settings)
    }

    /// Gives a setting, or replaces it.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), Secret::from(value.into()));
    }

    /// One of the settings that every component has, as a number; the catalogue's default without it.
    pub(crate) fn number(&self, catalogue: &Catalogue, name: &str, otherwise: u64) -> u64 {
        let default = || catalogue.settings.iter().find(|setting| setting.name == name)?.default.as_deref();
        self.get(name).or_else(default).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    }

    pub(crate) fn insert(&mut self, name: &str, value: Secret) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a setting is given and not empty.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Takes a setting away, if it is given.
    pub fn unset(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Takes over all settings of another account, which count more.
    pub fn merge(&mut self, other: Settings) {
        self.0.extend(other.0);
    }

    /// A setting that is given and not empty, without white space around it: as the components read it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        Some(self.0.get(name)?.expose().trim()).filter(|value| !value.is_empty())
    }

    /// What the component's environment is made of: no secret, and nothing that the catalogue does not declare.
    pub(crate) fn environment(&self, catalogue: &Catalogue) -> Vec<(String, String)> {
        let mut environment = Vec::new();
        for setting in &catalogue.settings {
            if setting.name != AUTH_SETTING
                && !catalogue.is_secret(&setting.name)
                && let Some(value) = self.get(&setting.name)
            {
                let replacing = setting.name == Base::replacing(catalogue);
                let value = if replacing { in_small_letters(value) } else { value.into() };
                environment.push((setting.name.clone(), value.into_owned()));
            }
        }
        environment
    }

    /// What else stands in the environment of a component whose credentials the host adds: that it does, and which secrets
    /// of bodies it has.
    pub(crate) fn host_settings(&self, catalogue: &Catalogue) -> Vec<(String, String)> {
        let secrets = catalogue.body_secrets().filter(|name| self.has(name));
        std::iter::once(AUTH_SETTING).chain(secrets).map(|name| (name.to_owned(), HOST.to_owned())).collect()
    }

    /// The values that must not be shown.
    pub(crate) fn secrets<'s>(&'s self, catalogue: &'s Catalogue) -> impl Iterator<Item = &'s str> {
        self.0.keys().filter(|name| catalogue.is_secret(name)).filter_map(|name| self.get(name))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Settings {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Settings {
        let mut settings = Settings::default();
        settings.extend(pairs);
        settings
    }
}

impl<N: Into<String>, V: Into<String>> Extend<(N, V)> for Settings {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, pairs: I) {
        for (name, value) in pairs {
            self.set(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn catalogue() -> Catalogue {
        let json = json!({
            "vendor": "acme", "base": "https://{ACME_SITE}.example.com",
            "auth": { "kind": "basic", "user": "ACME_CLIENT", "password": "ACME_PASSWORD" },
            "settings": [
                { "name": "ACME_SITE" }, { "name": "ACME_CLIENT" }, { "name": "ACME_PASSWORD" }, { "name": "OUTWIT_AUTH" },
                { "name": "ACME_KEY", "secret": true },
            ],
        });
        Catalogue::parse(&json.to_string()).unwrap()
    }

    #[test]
    fn secrets_and_undeclared_settings_stay_out_of_the_environment() {
        let names = ["ACME_SITE", "ACME_CLIENT", "ACME_PASSWORD", "ACME_KEY", "OUTWIT_AUTH", "PATH"];
        let settings: Settings = names.map(|name| (name, "value")).into_iter().collect();
        let environment = settings.environment(&catalogue());
        let names: Vec<&str> = environment.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ACME_SITE", "ACME_CLIENT"]);
    }

    #[test]
    fn settings_cannot_be_printed() {
        let settings: Settings = [("ACME_KEY", "hush")].into_iter().collect();
        assert_eq!(format!("{settings:?}"), r#"Settings({"ACME_KEY": [secret]})"#);
    }
}
