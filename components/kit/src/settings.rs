//! Settings: environment variables, typed.

use crate::api::{Api, Setting};
use crate::error::misconfigured;
use crate::types::Error;

impl Api {
    /// The settings that every component has.
    pub const COMMON_SETTINGS: &[Setting] = &[
        Setting {
            name: "OUTWIT_DEADLINE_MS",
            description: "How long a call may take in all, in milliseconds; of a job that is waited for, each request.",
            default: Some("30000"),
            ..Setting::DEFAULT
        },
        Setting {
            name: "OUTWIT_CONNECT_TIMEOUT_MS",
            description: "How long opening a connection may take, in milliseconds.",
            default: Some("5000"),
            ..Setting::DEFAULT
        },
        Setting {
            name: "OUTWIT_TRIES",
            description: "How often a request is sent at most. 1 turns repeats and the waiting before them off.",
            default: Some("3"),
            ..Setting::DEFAULT
        },
        Setting {
            name: "OUTWIT_MAX_BODY_BYTES",
            description: "The largest answer that is read, in bytes.",
            default: Some("16777216"),
            ..Setting::DEFAULT
        },
        Setting {
            name: "OUTWIT_AUTH",
            description: "`host`: the host adds the credential to requests, so that the component never sees it.",
            ..Setting::DEFAULT
        },
    ];
}

/// The environment of one call.
#[derive(Debug, Default)]
pub(crate) struct Settings(pub Vec<(String, String)>);

impl Settings {
    /// A setting that is present and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    pub fn require(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| misconfigured(name, "is not set; it is an environment variable of the component"))
    }

    /// One of the settings that every component has, as a number.
    pub fn number(&self, name: &str) -> Result<u64, Error> {
        let default = Api::COMMON_SETTINGS.iter().find(|setting| setting.name == name).and_then(|s| s.default);
        let text = self.get(name).or(default).unwrap_or_default();
        text.parse().map_err(|_| misconfigured(name, format_args!("is \"{text}\", expected a whole number")))
    }

    /// Whether the host adds credentials to requests.
    pub fn host_authenticates(&self) -> bool {
        self.get("OUTWIT_AUTH") == Some("host")
    }

    /// The values of secret settings. There are none where the host adds credentials: what it gives then only says that it
    /// has one.
    pub fn secrets(&self, settings: &[Setting]) -> impl Iterator<Item = &str> {
        let own = |setting: &&Setting| setting.secret && !self.host_authenticates();
        settings.iter().filter(own).filter_map(|setting| self.get(setting.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_missing_setting_is_named() {
        let error = settings(&[("A_TOKEN", " ")]).require("A_TOKEN").unwrap_err();
        assert_eq!(error.field.as_deref(), Some("A_TOKEN"));
        assert!(error.message.contains("A_TOKEN is not set"), "{}", error.message);
    }

    #[test]
    fn a_number_has_a_default_and_refuses_words() {
        assert_eq!(settings(&[]).number("OUTWIT_DEADLINE_MS").unwrap(), 30_000);
        assert_eq!(settings(&[("OUTWIT_TRIES", "1")]).number("OUTWIT_TRIES").unwrap(), 1);
        let error = settings(&[("OUTWIT_TRIES", "many")]).number("OUTWIT_TRIES").unwrap_err();
        assert!(error.message.contains("\"many\", expected a whole number"), "{}", error.message);
    }
}
