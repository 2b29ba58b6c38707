//! What a vendor's operations can reach, by its catalogue.

use crate::catalogue::{Catalogue, Operation};
use crate::{Effect, Setting};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A vendor in a file: what it offers, whom it talks to, and what it reads.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct VendorAccess {
    /// The name that ids begin with.
    pub vendor: String,
    /// The vendor's own name.
    pub title: String,
    /// The component's version.
    pub version: String,
    /// What the vendor is, in a sentence.
    pub summary: String,
    /// Its operations, in the order of the catalogue.
    pub operations: Vec<OperationAccess>,
    /// Where requests go, by origin: the paths by method. Names in braces are settings in an origin, inputs and settings in a path.
    pub origins: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// The settings that it reads. The host never gives the secret ones to the component.
    pub settings: Vec<Setting>,
}

/// One operation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OperationAccess {
    /// Its id.
    pub id: String,
    /// What a call does at the vendor.
    pub effect: Effect,
    /// Whether it takes or gives a credential.
    pub secret: bool,
    /// What it does, in a sentence.
    pub summary: String,
    /// The requests that it sends itself.
    pub requests: Vec<RequestAccess>,
    /// The ids of the operations whose requests it may send, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
}

/// A request that an operation may send.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RequestAccess {
    /// The HTTP method.
    pub method: String,
    /// Scheme, host and port: `https://{ACME_SITE}.example.com`.
    pub origin: String,
    /// The path: `/api/things/{id}`.
    pub path: String,
}

impl VendorAccess {
    /// What a catalogue declares.
    pub fn of(catalogue: &Catalogue) -> VendorAccess {
        let operations: Vec<OperationAccess> =
            catalogue.operations.iter().map(|operation| OperationAccess::of(catalogue, operation)).collect();
        let mut origins: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for request in operations.iter().flat_map(|operation| &operation.requests) {
            let methods = origins.entry(request.origin.clone()).or_default();
            methods.entry(request.method.clone()).or_default().insert(request.path.clone());
        }
        let setting = |setting: &Setting| Setting { secret: catalogue.is_secret(&setting.name), ..setting.clone() };
        VendorAccess {
            vendor: catalogue.vendor.clone(),
            title: catalogue.name().to_owned(),
            version: catalogue.version.clone(),
            summary: catalogue.summary.clone(),
            operations,
            origins,
            settings: catalogue.settings.iter().map(setting).collect(),
        }
    }

    /// How many operations have an effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.operations.iter().filter(|operation| operation.effect == effect).count()
    }
}

impl OperationAccess {
    fn of(catalogue: &Catalogue, operation: &Operation) -> OperationAccess {
        let (origin, prefix) = split(operation.base.as_deref().unwrap_or(&catalogue.base));
        let request = |(method, route): (&str, &str)| RequestAccess {
            method: method.to_owned(),
            origin: origin.to_owned(),
            path: format!("{}{route}", prefix.trim_end_matches('/')),
        };
        let requests: BTreeSet<RequestAccess> = catalogue.requests(operation, None).map(request).collect();
        OperationAccess {
            id: operation.id.clone(),
            effect: operation.effect,
            secret: operation.secret,
            summary: operation.summary_text(),
            requests: requests.into_iter().collect(),
            steps: operation.steps.clone(),
        }
    }
}

/// A base as origin and path.
fn split(base: &str) -> (&str, &str) {
    let host = base.find("://").map_or(0, |at| at + 3);
    base.split_at(base[host..].find('/').map_or(base.len(), |at| host + at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_grouped_by_origin_and_method() {
        let catalogue = json!({
            "vendor": "acme", "base": "https://{ACME_SITE}.example.com/v1/", "auth": { "kind": "bearer", "token": "ACME_TOKEN" },
            "settings": [{ "name": "ACME_SITE" }, { "name": "ACME_TOKEN" }], "dialect-setting": "ACME_API", "dialects": ["a", "b"],
            "operations": [
                { "id": "acme.get-thing", "effect": "read", "method": "GET", "route": "/things/{id}",
                  "dialects": { "b": { "method": "POST", "route": "/things" } } },
                { "id": "acme.list-things", "effect": "read", "method": "GET", "route": "/things" },
                { "id": "acme.add-file", "effect": "write", "method": "PUT", "route": "/f", "base": "https://files.example.com:8443" },
                { "id": "acme.do-all", "effect": "write", "steps": ["acme.get-thing", "acme.add-file"] },
            ],
        });
        let access = VendorAccess::of(&Catalogue::parse(&catalogue.to_string()).unwrap());
        let expected = json!({
            "https://{ACME_SITE}.example.com": { "GET": ["/v1/things", "/v1/things/{id}"], "POST": ["/v1/things"] },
            "https://files.example.com:8443": { "PUT": ["/f"] },
        });
        assert_eq!(serde_json::to_value(&access.origins).unwrap(), expected);
        assert_eq!((access.count(Effect::Read), access.count(Effect::Write), access.count(Effect::Destroy)), (2, 2, 0));
        assert_eq!(access.settings.iter().map(|setting| setting.secret).collect::<Vec<_>>(), [false, true]);
        assert_eq!(access.operations[3].requests, []);
    }

    #[test]
    fn a_base_is_split_where_its_path_begins() {
        for (base, origin, path) in [
            ("https://a.example/v1/x", "https://a.example", "/v1/x"),
            ("https://a.example", "https://a.example", ""),
            ("no address", "no address", ""),
            ("", "", ""),
            ("é://é/é", "é://é", "/é"),
        ] {
            assert_eq!(split(base), (origin, path));
        }
    }
}
