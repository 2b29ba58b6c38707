//! What a component needs of any host: whom it talks to, what it reads from its environment, how much memory.
//!
//! Other hosts cannot ask a component what it needs; they are told, each in its own words. Everything here follows from the
//! catalogue and the settings that are known. In those hosts the component adds the credential itself, so that it has to be
//! given the secret, too.

use crate::catalogue::{Auth, Catalogue, Operation, Setting};
use crate::options::Options;
use crate::origin::Base;
use crate::rules::Rules;
use crate::settings::Settings;
use crate::{Advice, Error, ErrorKind};
use std::collections::BTreeSet;
use std::fmt;

/// The least that a component has to be given so that its operations work.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Requirements {
    /// Where requests go: the vendor's own address first, then those of operations that have another one.
    pub origins: Vec<Origin>,
    /// The environment, in the order of the catalogue.
    pub environment: Vec<Requirement>,
    /// The memory of an instance, in bytes: as much as this host gives.
    pub memory: usize,
}

/// Scheme, host and port of an address. As text: `https://api.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// `https`, or `http` where the settings say so.
    pub scheme: String,
    /// The host, without a port: `api.example.com`; with `*` for a part that a setting would give and does not.
    pub host: String,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
}

/// One variable of the environment.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What it is.
    pub setting: Setting,
    /// Its value, where that is known and no secret.
    pub value: Option<String>,
    /// The operations that need it; empty where all do.
    pub operations: Vec<String>,
    /// Whether those operations work without it, too.
    pub optional: bool,
}

impl Requirements {
    /// What the operations need that the rules permit.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when a setting is not what an address can be made of; `invalid-input`, when the rules permit nothing.
    #[allow(clippy::disallowed_methods, reason = "it decides about no call")]
    pub fn of(catalogue: &Catalogue, settings: &Settings, rules: &Rules) -> Result<Requirements, Error> {
        let permitted = |operation: &&Operation| rules.permit(catalogue, operation, "the policy").is_ok();
        let operations: Vec<&Operation> = catalogue.operations.iter().filter(permitted).collect();
        if operations.is_empty() {
            let message = format!("the rules permit no operation of {}", catalogue.vendor);
            return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message));
        }
        let replacing = Base::replacing(catalogue);
        let replaced = settings.get(&replacing).is_some();
        let mut environment = Vec::new();
        for setting in &catalogue.settings {
            let name = &*setting.name;
            let of_address = |operation: &Operation| catalogue.has_in_address(operation, name);
            let uses = |operation: &&Operation| catalogue.uses(operation, name) || !replaced && of_address(operation);
            let users: Vec<&Operation> = operations.iter().copied().filter(uses).collect();
            // What has no part in requests that the catalogue tells of, and is required or given, is there for some other reason.
            let explained = catalogue.operations.iter().any(|one| catalogue.uses(one, name) || of_address(one));
            let everywhere = !explained && (setting.required || settings.get(name).is_some());
            if everywhere || !users.is_empty() {
                let secret = catalogue.is_secret(name);
                let all = everywhere || users.len() == operations.len();
                environment.push(Requirement {
                    setting: Setting { secret, ..setting.clone() },
                    value: settings.get(name).filter(|_| !secret).map(str::to_owned),
                    operations: users.iter().filter(|_| !all).map(|operation| operation.id.clone()).collect(),
                    optional: !everywhere && !users.iter().any(|one| catalogue.requires(one, name) || of_address(one)),
                });
            }
        }
        let own = operations.iter().flat_map(|operation| catalogue.bases(operation)).collect::<BTreeSet<&str>>();
        let first = Some(&*catalogue.base).filter(|base| own.contains(base));
        let mut origins: Vec<Origin> = Vec::new();
        for base in first.into_iter().chain(own) {
            let origin = origin(catalogue, base, settings)?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(Requirements { origins, environment, memory: Options::default().memory })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Catalogue {
    /// What the requests of an operation start with: its own base or the catalogue's, and those of its steps. Settings are in
    /// braces.
    pub fn bases<'c>(&'c self, operation: &'c Operation) -> BTreeSet<&'c str> {
        let steps = self.steps(operation).filter(|step| step.id != operation.id);
        let mut bases: BTreeSet<&str> = steps.flat_map(|step| self.bases(step)).collect();
        if bases.is_empty() || self.requests(operation, None).next().is_some() {
            bases.insert(operation.base.as_deref().unwrap_or(&self.base));
        }
        bases
    }

    /// Whether the address of an operation's requests is made with a setting.
    pub(crate) fn has_in_address(&self, operation: &Operation, setting: &str) -> bool {
        self.bases(operation).iter().any(|base| placeholders(base).any(|one| one == setting))
    }

    /// Whether an operation works with a setting: as its credential, as a secret in its body, or as a part of a route, or in one of
    /// its steps.
    pub fn uses(&self, operation: &Operation, setting: &str) -> bool {
        self.takes(operation, setting, &|auth| auth.names(setting))
    }

    /// The same without credentials that may be absent.
    pub fn requires(&self, operation: &Operation, setting: &str) -> bool {
        self.takes(operation, setting, &|auth| auth.names(setting) && !auth.is_optional())
    }

    fn takes(&self, operation: &Operation, setting: &str, in_credential: &dyn Fn(&Auth) -> bool) -> bool {
        if self.oauth.as_ref().is_some_and(|oauth| oauth.authorize == operation.id) {
            // It sends nothing; it builds an address that tells who asks (RFC 6749, section 4.1.1).
            let exchange = self.exchange().and_then(|exchange| exchange.auth.as_ref());
            return matches!(exchange, Some(Auth::Basic { user, .. } | Auth::Client { user, .. }) if user == setting);
        }
        let credential = in_credential(operation.auth.as_ref().unwrap_or(&self.auth));
        let mut routes = self.requests(operation, None).map(|(_, route)| route);
        credential
            || operation.body_secrets.values().any(|secret| secret == setting)
            || routes.any(|route| placeholders(route).any(|one| one == setting))
            || self.steps(operation).any(|step| step.id != operation.id && self.takes(step, setting, in_credential))
    }
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// Where requests go that start with a base, with `*` for what is not known.
fn origin(catalogue: &Catalogue, base: &str, settings: &Settings) -> Result<Origin, Error> {
    if let Some(base) = Base::of_operation(catalogue, base, settings) {
        return Ok(Origin::of(base.scheme(), base.authority()));
    }
    let replacing = Base::replacing(catalogue);
    let names: BTreeSet<&str> = placeholders(base).chain([&*replacing]).collect();
    if let Some(malformed) = names.into_iter().find(|name| settings.get(name).is_some()) {
        return Err(Base::problem(catalogue, settings).unwrap_or_else(|| {
            let message =
                format!("{malformed} is not the subdomain alone, such as `acme`: letters, digits and hyphens");
            Error::misconfigured(message).about(malformed)
        }));
    }
    let mut open = String::new();
    for piece in base.split('{') {
        match piece.split_once('}') {
            Some((_, text)) => open.extend(["*", text]),
            None => open.push_str(piece),
        }
    }
    let (scheme, rest) = open.split_once("://").unwrap_or(("https", &open));
    Ok(Origin::of(scheme, rest.split('/').next().unwrap_or(rest)))
}

impl Origin {
    fn of(scheme: &str, authority: &str) -> Origin {
        let (host, port) = match authority.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
            Some((host, Ok(port))) => (host, Some(port)),
            _ => (authority, None),
        };
        Origin { scheme: scheme.to_owned(), host: host.to_owned(), port }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn catalogue() -> Catalogue {
        let json = json!({
            "vendor": "acme", "base": "https://{ACME_SITE}.api.example.com/v1",
            "auth": { "kind": "bearer", "token": "ACME_TOKEN" }, "dialect-setting": "ACME_API", "dialects": ["a", "b"],
            "oauth": { "authorize": "acme.ask", "exchange": "acme.log-in" },
            "settings": [
                { "name": "ACME_SITE", "required": true }, { "name": "ACME_TOKEN", "required": true },
                { "name": "ACME_ROOM" }, { "name": "ACME_CLIENT" }, { "name": "ACME_PASSWORD", "secret": true },
                { "name": "ACME_HAT", "required": true }, { "name": "ACME_API", "default": "a" },
                { "name": "ACME_EXTRA" }, { "name": "ACME_BASE_URL" },
                { "name": "ACME_KEY", "secret": true },
            ],
            "operations": [
                { "id": "acme.get-thing", "effect": "read", "method": "GET", "route": "/things/{id}" },
                { "id": "acme.put-thing", "effect": "write", "method": "PUT", "route": "/rooms/{ACME_ROOM}",
                  "body-secrets": { "key": "ACME_KEY" } },
                { "id": "acme.ask", "effect": "read" },
                { "id": "acme.put-all", "effect": "write", "steps": ["acme.get-thing", "acme.put-thing"] },
                { "id": "acme.log-in", "effect": "write", "method": "POST", "route": "/token",
                  "auth": { "kind": "basic", "user": "ACME_CLIENT", "password": "ACME_PASSWORD" } },
            ],
        });
        Catalogue::parse(&json.to_string()).unwrap()
    }

    fn needs(settings: &[(&str, &str)], allow: &[&str]) -> Result<(String, Vec<String>), Error> {
        let allow = (!allow.is_empty()).then(|| allow.iter().map(|entry| (*entry).to_owned()).collect());
        let rules = Rules { allow, ..Rules::default() };
        let needs = Requirements::of(&catalogue(), &settings.iter().copied().collect(), &rules)?;
        let names = needs.environment.iter().map(|need| {
            let value = need.value.as_ref().map_or_else(String::new, |value| format!("={value}"));
            format!("{}{value}", need.setting.name)
        });
        let origins: Vec<String> = needs.origins.iter().map(Origin::to_string).collect();
        Ok((origins.join(" "), names.collect()))
    }

    #[test]
    fn all_operations_need_what_their_requests_are_made_of() {
        let (origin, names) =
            needs(&[("ACME_SITE", "juniper"), ("ACME_TOKEN", "hush"), ("ACME_EXTRA", "1")], &[]).unwrap();
        assert_eq!(origin, "https://juniper.api.example.com");
        let all = [
            "ACME_SITE=juniper",
            "ACME_TOKEN",
            "ACME_ROOM",
            "ACME_CLIENT",
            "ACME_PASSWORD",
            "ACME_HAT",
            "ACME_EXTRA=1",
            "ACME_KEY",
        ];
        assert_eq!(names, all);
    }

    #[test]
    fn fewer_operations_need_less() {
        let (origin, names) = needs(&[], &["get-*"]).unwrap();
        assert_eq!(origin, "https://*.api.example.com");
        assert_eq!(names, ["ACME_SITE", "ACME_TOKEN", "ACME_HAT"]);
        assert_eq!(needs(&[], &["nothing"]).unwrap_err().kind, ErrorKind::InvalidInput);
        // Several requests: what its steps need.
        assert_eq!(
            needs(&[], &["put-all"]).unwrap().1,
            ["ACME_SITE", "ACME_TOKEN", "ACME_ROOM", "ACME_HAT", "ACME_KEY"]
        );
        assert!(needs(&[], &["ask"]).unwrap().1.contains(&"ACME_CLIENT".to_owned()));
        let needs = Requirements::of(&catalogue(), &Settings::default(), &Rules::default()).unwrap();
        let password = needs.environment.iter().find(|need| need.setting.name == "ACME_PASSWORD").unwrap();
        assert_eq!(password.operations, ["acme.log-in"]);
    }

    #[test]
    fn an_operation_with_a_base_of_its_own_needs_its_host_and_what_that_is_made_of() {
        let mut catalogue = catalogue();
        catalogue.operations[1].base = Some("https://{ACME_ROOM}.files.example.com:8443/v2".to_owned());
        catalogue.operations[1].route = Some("/rooms".to_owned());
        let needs = |settings: &[(&str, &str)], allow: &str| {
            let rules = Rules { allow: Some(vec![allow.to_owned()]), ..Rules::default() };
            let needs = Requirements::of(&catalogue, &settings.iter().copied().collect(), &rules)?;
            let origins: Vec<String> = needs.origins.iter().map(Origin::to_string).collect();
            let names: Vec<String> = needs.environment.into_iter().map(|need| need.setting.name).collect();
            Ok::<_, Error>((origins, names))
        };
        let (first, second) = ("https://*.api.example.com", "https://*.files.example.com:8443");
        assert_eq!(needs(&[], "*").unwrap().0, [first, second]);
        assert_eq!(needs(&[], "get-thing").unwrap().0, [first]);
        let (origins, names) = needs(&[("ACME_ROOM", "r1")], "put-thing").unwrap();
        assert_eq!(origins, ["https://r1.files.example.com:8443"]);
        assert_eq!(names, ["ACME_TOKEN", "ACME_ROOM", "ACME_HAT", "ACME_KEY"]);
        // Both of its steps.
        assert_eq!(needs(&[], "put-all").unwrap().0, [first, second]);
        assert_eq!(needs(&[("ACME_ROOM", "a.b")], "*").unwrap_err().field.as_deref(), Some("ACME_ROOM"));
        let (origins, names) = needs(&[("ACME_BASE_URL", "http://127.0.0.1:4500")], "put-all").unwrap();
        assert_eq!(origins, ["http://127.0.0.1:4500"]);
        assert!(!names.contains(&"ACME_ROOM".to_owned()) && !names.contains(&"ACME_SITE".to_owned()), "{names:?}");
    }

    #[test]
    fn another_address_takes_the_place_of_what_the_vendors_is_made_of() {
        let settings = [("ACME_BASE_URL", "http://127.0.0.1:4500/x"), ("ACME_API", "b")];
        let (origin, names) = needs(&settings, &["get-*"]).unwrap();
        assert_eq!(origin, "http://127.0.0.1:4500");
        assert_eq!(names, ["ACME_TOKEN", "ACME_HAT", "ACME_API=b", "ACME_BASE_URL=http://127.0.0.1:4500/x"]);
        for (name, value) in [("ACME_SITE", "a.b"), ("ACME_BASE_URL", "ftp://x")] {
            let refused = needs(&[(name, value)], &[]).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(name));
        }
    }
}
