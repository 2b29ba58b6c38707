//! Where a request goes: the base with its settings, and a route filled from the input.

use crate::api::Api;
use crate::error::{FieldError, misconfigured};
use crate::object::take;
use crate::settings::Settings;
use crate::types::Error;
use serde_json::{Map, Value};

/// Scheme, authority and the path that every route follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Base {
    pub https: bool,
    pub authority: String,
    pub path: String,
}

impl Base {
    /// Of a vendor's requests, or of those that start with `own` instead.
    pub fn of(api: &Api, own: Option<&str>, settings: &Settings) -> Result<Base, Error> {
        let name = api.base_setting();
        if let Some(url) = settings.get(&name) {
            return parse(url).map_err(|expected| misconfigured(&name, format_args!("is not {expected}")));
        }
        let mut url = String::new();
        for part in parts(own.unwrap_or(api.base)) {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Name(setting) => {
                    let label = settings.require(setting)?;
                    if !is_dns_label(label) {
                        let problem = "is not the subdomain alone, such as `acme`: letters, digits and hyphens";
                        return Err(misconfigured(setting, problem));
                    }
                    url.push_str(&label.to_ascii_lowercase());
                }
            }
        }
        parse(&url).map_err(|expected| misconfigured(&name, format_args!("is not {expected}")))
    }

    /// The address of a path, for people and browsers.
    pub fn url(&self, path_and_query: &str) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}{}{path_and_query}", self.authority, self.path)
    }
}

fn parse(url: &str) -> Result<Base, &'static str> {
    const EXPECTED: &str = "an http or https URL of a host and maybe a path";
    let (https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err(EXPECTED),
    };
    let path = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(path).unwrap_or((rest, ""));
    let host_chars = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    let path_chars = |b: u8| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b);
    if authority.is_empty() || !authority.bytes().all(host_chars) || !path.bytes().all(path_chars) {
        return Err(EXPECTED);
    }
    Ok(Base { https, authority: authority.to_owned(), path: path.trim_end_matches('/').to_owned() })
}

fn is_dns_label(label: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !label.is_empty()
        && label.len() <= 63
        && label.chars().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Fills a route from the parameters, which it takes away, and from settings.
pub(crate) fn fill(
    route: &str,
    params: &mut Map<String, Value>,
    settings: &Settings,
) -> Result<Result<String, FieldError>, Error> {
    let mut path = String::with_capacity(route.len() + 16);
    for part in parts(route) {
        match part {
            Part::Text(text) => path.push_str(text),
            Part::Name(name) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                let value = settings.require(name)?;
                if !is_segment(value) {
                    return Err(misconfigured(name, "is not an id of letters, digits, '-', '_', '.' and '~'"));
                }
                path.push_str(value);
            }
            Part::Name(name) => {
                let (name, words) = name.split_once(':').unwrap_or((name, ""));
                let value = match take(params, name) {
                    Some(Value::String(text)) => text,
                    Some(Value::Number(number)) => number.to_string(),
                    _ => String::new(),
                };
                if !words.is_empty() && !words.split('|').any(|word| word == value) {
                    return Ok(Err(FieldError::new(name, format!("expected one of: {}", words.replace('|', ", ")))));
                }
                if !is_segment(&value) {
                    return Ok(Err(FieldError::new(name, "expected an id of letters, digits, '-', '_', '.' and '~'")));
                }
                path.push_str(&value);
            }
        }
    }
    Ok(Ok(path))
}

/// How many values of the input a route takes.
pub(crate) fn taken(route: &str) -> usize {
    let of_input =
        |part: &Part<'_>| matches!(part, Part::Name(name) if !name.starts_with(|c: char| c.is_ascii_uppercase()));
    parts(route).filter(of_input).count()
}

/// Whether a value is one path segment and stays one: what would need encoding is refused instead, since no vendor's ids
/// hold it, and a server or proxy that decodes too early cannot be led astray.
pub(crate) fn is_segment(value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    !value.is_empty() && value != "." && value != ".." && value.len() <= 256 && value.bytes().all(plain)
}

/// A piece of a template.
pub(crate) enum Part<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// The pieces of a template, in their order.
pub(crate) fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    template
        .split('{')
        .enumerate()
        .flat_map(|(index, piece)| match piece.split_once('}') {
            Some((name, text)) if index > 0 => [Some(Part::Name(name)), Some(Part::Text(text))],
            _ => [Some(Part::Text(piece)), None],
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const API: Api = Api { name: "acme", base: "https://{ACME_SITE}.api.example.com", ..Api::DEFAULT };

    fn settings(name: &str, value: &str) -> Settings {
        Settings(vec![(name.to_owned(), value.to_owned())])
    }

    fn filled(id: &str) -> Result<String, FieldError> {
        let Value::Object(mut params) = json!({ "id": id, "keep": 1 }) else { unreachable!() };
        let path = fill("/v0/things/{id}/{ACME_SITE}", &mut params, &settings("ACME_SITE", "s1")).unwrap()?;
        assert_eq!(params.len(), 1, "the id is taken, the rest is kept");
        Ok(path)
    }

    #[test]
    fn a_route_is_filled_from_input_and_settings() {
        assert_eq!(filled("a-1_b.c~d").unwrap(), "/v0/things/a-1_b.c~d/s1");
    }

    #[test]
    fn what_a_route_takes_of_the_input_is_counted() {
        assert_eq!(taken("/v0/{ACME_SITE}/My{kind:Task|Email}s/{id}"), 2);
        assert_eq!(taken("/v0/things"), 0);
    }

    #[test]
    fn a_part_of_a_segment_can_be_bound_to_words() {
        let filled = |kind: &str| {
            let mut params = Map::new();
            params.insert("kind".to_owned(), kind.into());
            fill("/v0/My{kind:Task|Email}s/x", &mut params, &Settings::default()).unwrap()
        };
        assert_eq!(filled("Email").unwrap(), "/v0/MyEmails/x");
        assert_eq!(filled("Other").unwrap_err(), FieldError::new("kind", "expected one of: Task, Email"));
    }

    #[test]
    fn an_id_never_changes_the_route() {
        for id in ["", ".", "..", "../x", "a/b", "a?b", "a#b", "a\r\nb", "a b", "a%2fb", "ä", "{id}", &"a".repeat(257)]
        {
            assert_eq!(filled(id).unwrap_err().field, "id", "{id:?}");
        }
    }

    #[test]
    fn the_base_is_filled_with_a_dns_label_only() {
        let base = Base::of(&API, None, &settings("ACME_SITE", "Juniper-Works")).unwrap();
        assert_eq!(base.url("/x"), "https://juniper-works.api.example.com/x");
        for label in ["evil.example/", "a.b", "a@b", "-a", "a-", "a/b", "ä", "a:1"] {
            let error = Base::of(&API, None, &settings("ACME_SITE", label)).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("ACME_SITE"), "{label}");
        }
    }

    #[test]
    fn the_base_can_be_replaced() {
        let base = Base::of(&API, None, &settings("ACME_BASE_URL", "http://127.0.0.1:8080/proxy/")).unwrap();
        assert_eq!(base, Base { https: false, authority: "127.0.0.1:8080".into(), path: "/proxy".into() });
        for url in ["ftp://x", "x", "https://", "https://u:p@x", "https://x?y", "https://x/#", "https://x y"] {
            assert!(Base::of(&API, None, &settings("ACME_BASE_URL", url)).is_err(), "{url}");
        }
    }
}
