//! Settings of one account: names and values, of which some are secrets. None can be printed.

use crate::Error;
use crate::base::{Base, in_small_letters};
use crate::catalogue::{Catalogue, Setting};
use crate::secret::Secret;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
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
    pub(crate) fn held(&self, catalogue: &Catalogue) -> Vec<(String, String)> {
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

/// Takes secrets out of texts that leave the host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor(Vec<Hidden>);

#[derive(Clone, Debug)]
struct Hidden {
    secret: Secret,
    /// As JSON spells it, without the quotation marks.
    spelled: Secret,
}

impl Redactor {
    /// The longest first, so that a secret that holds another one goes as a whole. What is shorter than four bytes stands
    /// in texts by chance, and its gaps would tell it.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Redactor {
        let long = secrets.into_iter().filter(|secret| secret.expose().len() >= 4);
        let mut hidden: Vec<Hidden> = long.map(Hidden::new).collect();
        hidden.sort_by_key(|hidden| std::cmp::Reverse(hidden.secret.expose().len()));
        Redactor(hidden)
    }

    pub fn text(&self, text: &mut String) {
        for Hidden { secret, .. } in &self.0 {
            if text.contains(secret.expose()) {
                *text = text.replace(secret.expose(), "[secret]");
            }
        }
    }

    /// Names of members too: a vendor may echo anything anywhere.
    pub fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(members) => {
                for (mut name, mut value) in std::mem::take(members) {
                    self.text(&mut name);
                    self.json(&mut value);
                    members.insert(name, value);
                }
            }
            _ => {}
        }
    }

    /// A result: a JSON document, which mostly holds none of them and then stays as it is.
    pub fn result(&self, text: String) -> String {
        // A text so short that it may stand in any result by chance is no secret.
        let mut secrets = self.0.iter().filter(|hidden| hidden.secret.expose().len() >= 8);
        // JSON can say a character by its number, and a slash in two ways. Components mostly do neither.
        let otherwise = text.contains("\\u") || text.contains("\\/");
        let parsed = if otherwise { serde_json::from_str(&text).ok() } else { None };
        let respelled = parsed.map(|value: Value| Zeroizing::new(value.to_string()));
        let plain = respelled.as_ref().map_or(&text, |respelled| respelled);
        if !secrets.any(|hidden| plain.contains(hidden.spelled.expose())) {
            return text;
        }
        let mut value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        self.json(&mut value);
        value.to_string()
    }

    pub fn error(&self, error: &mut Error) {
        self.text(&mut error.message);
        error.field.iter_mut().chain(&mut error.code).for_each(|text| self.text(text));
        if let Some(details) = &mut error.details {
            self.json(details);
        }
    }
}

impl Hidden {
    fn new(secret: Secret) -> Hidden {
        // A text is always JSON.
        let quoted = Zeroizing::new(serde_json::to_string(secret.expose()).unwrap_or_default());
        let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Hidden { spelled: inner.unwrap_or_default().into(), secret }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Advice, ErrorKind};
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

    #[test]
    fn secrets_are_taken_out_of_results_and_the_rest_stays_as_it_is() {
        let redactor = Redactor::new(["hush-hush".into(), r#"quote"and\slash"#.into(), "1".into()]);
        let untouched = r#"{ "id": "1",  "n": 1.0 }"#;
        assert_eq!(redactor.result(untouched.into()), untouched);
        let echo = json!({ "a": ["Bearer hush-hush"], r#"quote"and\slash"#: 2 }).to_string();
        assert_eq!(redactor.result(echo), r#"{"[secret]":2,"a":["Bearer [secret]"]}"#);
        assert_eq!(redactor.result(r#"["\u0068ush-hush"]"#.into()), r#"["[secret]"]"#);
        assert_eq!(redactor.result(r#"["\u0068ush", 1.0]"#.into()), r#"["\u0068ush", 1.0]"#);
    }

    #[test]
    fn secrets_are_taken_out_of_every_part_of_an_error() {
        let mut error = Error {
            code: Some("bad hush".into()),
            details: Some(json!({ "hush-hush": ["hush", 1] })),
            ..Error::new(ErrorKind::Rejected, Advice::GiveUp, "no hushed key").about("hush")
        };
        Redactor::new(["hush".into(), "hushed".into(), "no".into(), "".into()]).error(&mut error);
        assert_eq!(error.message, "no [secret] key");
        assert!(!serde_json::to_string(&error).unwrap().contains("hush"), "{error:?}");
    }
}
