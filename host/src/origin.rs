//! Where a plugin's requests may go: scheme, authority and the path in front of every route.

use crate::Error;
use crate::catalogue::Catalogue;
use crate::public_addr::PublicOnly;
use crate::settings::Settings;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// One origin and the path in front of every route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    https: bool,
    /// In lower case and without the scheme's own port, so that equal origins are equal texts.
    authority: String,
    path: String,
    /// Whether a person set it, and not the component.
    configured: bool,
}

impl Base {
    /// The base that the settings give: `<VENDOR>_BASE_URL`, or the catalogue's with its settings filled in. None where a
    /// setting is missing or malformed; the component then says so itself, and has nowhere to send anything.
    pub fn of(catalogue: &Catalogue, settings: &Settings) -> Option<Base> {
        Base::of_operation(catalogue, &catalogue.base, settings)
    }

    /// As [`Base::of`], of an operation that has a base of its own. The setting replaces each of them.
    pub fn of_operation(catalogue: &Catalogue, base: &str, settings: &Settings) -> Option<Base> {
        if let Some(url) = settings.get(&Base::replacing(catalogue)) {
            return Base::parse(url).map(|base| Base { configured: true, ..base });
        }
        let mut url = String::new();
        for (index, piece) in base.split('{').enumerate() {
            match piece.split_once('}') {
                Some((name, text)) if index > 0 => {
                    let label = settings.get(name).filter(|label| is_dns_label(label))?;
                    url.push_str(label);
                    url.push_str(text);
                }
                _ => url.push_str(piece),
            }
        }
        Base::parse(&url)
    }

    /// The setting that replaces the catalogue's base.
    pub fn replacing(catalogue: &Catalogue) -> String {
        outwit_core::base_setting(&catalogue.vendor)
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Host and port; no port where it is the scheme's own.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What is wrong with the address that the settings put in the place of the catalogue's, without the address itself.
    pub fn problem(catalogue: &Catalogue, settings: &Settings) -> Option<Error> {
        let name = Base::replacing(catalogue);
        let url = &*in_small_letters(settings.get(&name)?);
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        let known = url.starts_with("https://") || url.starts_with("http://");
        let problem = if !known {
            "expected an address that starts with https:// or http://"
        } else if authority.is_empty() {
            "expected a host after the ://"
        } else if authority.contains('@') {
            "expected no user name or password before the host"
        } else if url.contains(['?', '#']) {
            "expected neither a query nor a fragment"
        } else if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
            "expected a port from 1 to 65535 after the host"
        } else if Base::parse(url).is_none() {
            "expected a host and a path of letters, digits and -._~% alone"
        } else {
            return None;
        };
        Some(Error::misconfigured(format!("{name}: {problem}")).about(&name))
    }

    fn parse(url: &str) -> Option<Base> {
        let url = &*in_small_letters(url);
        let (https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return None,
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host_chars = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let path_chars = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        let plain = !authority.is_empty() && authority.chars().all(host_chars) && path.chars().all(path_chars);
        plain.then(|| Base {
            https,
            authority: normal(https, authority),
            path: path.trim_end_matches('/').to_owned(),
            configured: false,
        })
    }

    /// The address of a route.
    pub fn url(&self, route: &str) -> String {
        format!("{}://{}{}{route}", self.scheme(), self.authority, self.path)
    }

    /// Whether others can read on the way what is sent: it is neither encrypted nor for this machine itself.
    pub fn is_open(&self) -> bool {
        let (host, port) = self.authority.rsplit_once(':').unwrap_or((&self.authority, ""));
        // The colons of an IPv6 address stand in brackets.
        let host = if port.ends_with(']') { &self.authority } else { host };
        let v6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let here = host == "localhost"
            || host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
            || v6.and_then(|v6| v6.parse().ok()) == Some(Ipv6Addr::LOCALHOST);
        !self.https && !here
    }

    /// Sees to it that a request reaches no machine but public ones, unless a person set this address.
    pub fn bound<B>(&self, request: &mut http::Request<B>) {
        if !self.configured {
            request.extensions_mut().insert(PublicOnly);
        }
    }

    /// What of a request's path the routes are compared with; none where the request goes elsewhere.
    pub fn route<'u>(&self, uri: &'u http::Uri) -> Option<&'u str> {
        let same =
            uri.scheme_str()? == self.scheme() && normal(self.https, uri.authority()?.as_str()) == self.authority;
        let route = uri.path().strip_prefix(&*self.path)?;
        (same && route.starts_with('/')).then_some(route)
    }
}

/// An address whose scheme is in small letters: RFC 3986, 3.1, lets people write it as they like.
pub(crate) fn in_small_letters(url: &str) -> Cow<'_, str> {
    match url.split_once("://") {
        Some((scheme, rest)) if scheme.contains(|c: char| c.is_ascii_uppercase()) => {
            Cow::Owned(format!("{}://{rest}", scheme.to_ascii_lowercase()))
        }
        _ => Cow::Borrowed(url),
    }
}

fn normal(https: bool, authority: &str) -> String {
    let own_port = if https { ":443" } else { ":80" };
    authority.strip_suffix(own_port).unwrap_or(authority).to_ascii_lowercase()
}

fn is_dns_label(label: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=63).contains(&label.len()) && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn base(name: &str, value: &str) -> Option<Base> {
        let json = json!({ "vendor": "acme", "base": "https://{ACME_SITE}.api.example.com" });
        Base::of(&Catalogue::parse(&json.to_string()).unwrap(), &[(name, value)].into_iter().collect())
    }

    fn route(base: &Base, uri: &str) -> Option<String> {
        base.route(&uri.parse().unwrap()).map(str::to_owned)
    }

    #[test]
    fn the_base_is_filled_with_a_dns_label_only() {
        let filled = base("ACME_SITE", " Juniper-Works ").unwrap();
        assert_eq!(filled.authority, "juniper-works.api.example.com");
        for label in ["evil.example/", "a.b", "a@b", "-a", "a-", "a/b", "ä", "a:1", "", &"a".repeat(64)] {
            assert_eq!(base("ACME_SITE", label), None, "{label}");
        }
    }

    #[test]
    fn a_wrong_address_is_refused_with_the_expected_form() {
        let catalogue = Catalogue::parse(r#"{ "vendor": "acme", "base": "https://example.com" }"#).unwrap();
        for (url, expected) in [
            ("http://127.0.0.1:99999", "a port from 1 to 65535"),
            ("http://127.0.0.1:0", "a port from 1 to 65535"),
            ("http://127.0.0.1:/x", "a port from 1 to 65535"),
            ("HTTPX://example.com", "starts with https://"),
            ("example.com", "starts with https://"),
            ("ftp://example.com", "starts with https://"),
            ("https://", "a host after"),
            ("https:///x", "a host after"),
            ("https://u:hush@example.com", "no user name"),
            ("https://example.com/?key=hush", "neither a query"),
            ("https://exa mple.com", "letters, digits"),
        ] {
            let error = Base::problem(&catalogue, &[("ACME_BASE_URL", url)].into_iter().collect()).unwrap();
            assert!(
                error.message.starts_with("ACME_BASE_URL: expected ") && error.message.contains(expected),
                "{url}: {error}"
            );
            assert!(!error.message.contains("hush"), "{error}");
        }
        for url in [
            "HTTP://127.0.0.1",
            "Https://example.com",
            "http://[::1]:8080/x",
            "https://example.com:8443",
            "http://[::1]",
            " https://example.com ",
        ] {
            assert_eq!(Base::problem(&catalogue, &[("ACME_BASE_URL", url)].into_iter().collect()), None, "{url}");
        }
        assert_eq!(Base::problem(&catalogue, &Settings::default()), None);
    }

    #[test]
    fn requests_go_to_the_same_scheme_and_authority_only() {
        let base = base("ACME_SITE", "juniper").unwrap();
        assert_eq!(route(&base, "https://juniper.api.example.com/x").as_deref(), Some("/x"));
        assert_eq!(route(&base, "https://JUNIPER.api.example.com:443/x").as_deref(), Some("/x"));
        for uri in [
            "http://juniper.api.example.com/x",
            "https://juniper.api.example.com:8443/x",
            "https://other.api.example.com/x",
            "https://juniper.api.example.com.evil.example/x",
            "https://u@juniper.api.example.com/x",
            "https://juniper.api.example.com@evil.example/x",
        ] {
            assert_eq!(route(&base, uri), None, "{uri}");
        }
    }

    #[test]
    fn only_https_and_this_machine_are_private() {
        for url in [
            "https://example.com",
            "https://10.0.0.1:8443",
            "http://127.0.0.1",
            "http://127.8.9.1:80/x",
            "http://localhost:8080",
            "http://LOCALHOST",
            "http://[::1]",
            "http://[::1]:8080",
        ] {
            assert!(!base("ACME_BASE_URL", url).unwrap().is_open(), "{url}");
        }
        for url in [
            "http://example.com",
            "http://10.0.0.1:8080",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.1",
            "http://0.0.0.0",
            "http://[::2]:1",
            "http://[::ffff:127.0.0.1]",
            "http://::1",
        ] {
            assert!(base("ACME_BASE_URL", url).unwrap().is_open(), "{url}");
        }
    }

    #[test]
    fn the_path_of_a_replaced_base_counts_too() {
        let base = base("ACME_BASE_URL", "http://127.0.0.1:8080/proxy/").unwrap();
        assert_eq!(route(&base, "http://127.0.0.1:8080/proxy/x/y").as_deref(), Some("/x/y"));
        for uri in ["http://127.0.0.1:8080/x", "http://127.0.0.1:8080/proxyx", "http://127.0.0.1:8080/proxy"] {
            assert_eq!(route(&base, uri), None, "{uri}");
        }
        for url in ["ftp://x", "x", "https://", "https://u:p@x", "https://x?y", "https://x/#", "https://x y"] {
            assert_eq!(Base::parse(url), None, "{url}");
        }
    }
}
