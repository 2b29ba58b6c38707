//! Which requests a catalogue declares: method and route of its operations, compared with what a component sends.

use crate::catalogue::{Auth, Catalogue, Effect, Operation};
use crate::origin::Base;
use crate::settings::Settings;
use http::Uri;
use std::collections::BTreeMap;

/// The requests that a plugin may send.
#[derive(Debug)]
pub(crate) struct Routes(Vec<Route>);

/// One declared request.
#[derive(Debug)]
pub(crate) struct Route {
    method: String,
    segments: Vec<Segment>,
    /// The operation that declares it.
    pub operation: String,
    pub effect: Effect,
    pub auth: Auth,
    /// What its operation's requests start with, where that is not the catalogue's base.
    pub base: Option<Base>,
    own_base: bool,
    /// Members of its body that the host adds, and the settings that give them.
    pub body_secrets: BTreeMap<String, String>,
}

/// The operation that an instance was made for, and those whose requests it may send, too.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    pub id: String,
    pub steps: Vec<String>,
}

/// What an operation is to the called one, the closest last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kinship {
    None,
    Step,
    Itself,
}

impl Called {
    pub fn of(operation: &Operation) -> Called {
        Called { id: operation.id.clone(), steps: operation.steps.clone() }
    }

    pub fn has(&self, id: &str) -> Kinship {
        match () {
            () if self.id == id => Kinship::Itself,
            () if self.steps.iter().any(|step| step == id) => Kinship::Step,
            () => Kinship::None,
        }
    }
}

/// A segment of a path: fixed text and values in turn.
#[derive(Debug)]
struct Segment(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    /// A value that is not empty; one of these words, if there are any.
    Value(Vec<String>),
    /// A setting that is missing, or a template that is not understood: matches nothing.
    Never,
}

impl Routes {
    pub fn of(catalogue: &Catalogue, settings: &Settings) -> Routes {
        let default = |name: &str| catalogue.settings.iter().find(|setting| setting.name == name)?.default.as_deref();
        let value = |name: &str| settings.get(name).or_else(|| default(name));
        let chosen = catalogue.dialect_setting.as_ref().and_then(|setting| settings.get(setting));
        let routes = |operation: &Operation| {
            let route = |(method, template): (&str, &str)| Route {
                method: method.to_owned(),
                segments: template.split('/').map(|segment| Segment::of(segment, &value)).collect(),
                operation: operation.id.clone(),
                effect: operation.effect,
                auth: operation.auth.as_ref().unwrap_or(&catalogue.auth).clone(),
                base: operation.base.as_ref().and_then(|base| Base::of_operation(catalogue, base, settings)),
                own_base: operation.base.is_some(),
                body_secrets: operation.body_secrets.clone(),
            };
            catalogue.requests(operation, chosen).map(route).collect::<Vec<_>>()
        };
        Routes(catalogue.operations.iter().flat_map(routes).collect())
    }

    /// The declared request that this one is. Where several fit, the one with the most fixed text; of those the one of the
    /// called operation, or of a step of it, or else the one with the strongest effect, so that nothing passes for less than it
    /// may be.
    pub fn find(&self, method: &str, uri: &Uri, base: &Base, called: Option<&Called>) -> Option<&Route> {
        let segments_from = |base: &Base| {
            let path = base.route(uri).filter(|path| is_plain(path))?;
            Some(path.split('/').collect::<Vec<_>>())
        };
        // Most routes have the same base.
        let segments = segments_from(base);
        let fits = |route: &&Route| {
            if route.method != method {
                return false;
            }
            if route.own_base {
                return route.base.as_ref().and_then(segments_from).is_some_and(|segments| route.fits(&segments));
            }
            segments.as_ref().is_some_and(|segments| route.fits(segments))
        };
        let own = |route: &Route| called.map(|called| called.has(&route.operation));
        self.0.iter().filter(fits).max_by_key(|route| (route.fixed(), own(route), route.effect))
    }

    /// The bases of operations that have one of their own.
    pub fn bases(&self) -> impl Iterator<Item = &Base> {
        self.0.iter().filter_map(|route| route.base.as_ref())
    }
}

impl Segment {
    fn of<'v>(template: &str, value: &impl Fn(&str) -> Option<&'v str>) -> Segment {
        let mut pieces = Vec::new();
        let mut text = String::new();
        for (index, piece) in template.split('{').enumerate() {
            if index == 0 {
                text.push_str(piece);
                continue;
            }
            let Some((name, after)) = piece.split_once('}') else { return Segment(vec![Piece::Never]) };
            if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                let Some(value) = value(name) else { return Segment(vec![Piece::Never]) };
                text.push_str(value);
            } else {
                let words = name.split_once(':').map(|(_, words)| words.split('|').map(str::to_owned).collect());
                pieces.extend((!text.is_empty()).then(|| Piece::Text(std::mem::take(&mut text))));
                pieces.push(Piece::Value(words.unwrap_or_default()));
            }
            text.push_str(after);
        }
        // A component says what its segments are, and more values would let it keep the host busy.
        let open = pieces.iter().filter(|piece| matches!(piece, Piece::Value(words) if words.is_empty())).count();
        if text.contains('}') || open > 2 {
            return Segment(vec![Piece::Never]);
        }
        if !text.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Segment(pieces)
    }

    /// Whether it leaves no choice, or one among a few words.
    fn is_fixed(&self) -> bool {
        self.0.iter().all(|piece| match piece {
            Piece::Text(_) => true,
            Piece::Value(words) => !words.is_empty(),
            Piece::Never => false,
        })
    }
}

/// Whether a segment that was sent is of these pieces.
fn fits(sent: &str, pieces: &[Piece]) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return sent.is_empty() };
    match piece {
        Piece::Text(text) => sent.strip_prefix(&**text).is_some_and(|sent| fits(sent, rest)),
        Piece::Value(words) if words.is_empty() => match rest.first() {
            None => !sent.is_empty(),
            // What follows is text: the value may end before each place where that stands.
            Some(Piece::Text(text)) => {
                sent.match_indices(&**text).any(|(at, _)| at > 0 && fits(sent.get(at..).unwrap_or_default(), rest))
            }
            Some(_) => false,
        },
        Piece::Value(words) => words.iter().any(|word| sent.strip_prefix(&**word).is_some_and(|sent| fits(sent, rest))),
        Piece::Never => false,
    }
}

impl Route {
    fn fits(&self, segments: &[&str]) -> bool {
        // Paths mostly differ at their ends.
        segments.len() == self.segments.len()
            && segments.iter().zip(&self.segments).rev().all(|(sent, declared)| fits(sent, &declared.0))
    }

    /// How many segments leave no choice, or one among a few words.
    fn fixed(&self) -> usize {
        self.segments.iter().filter(|segment| segment.is_fixed()).count()
    }
}

/// Whether every server and proxy on the way reads the same segments: no dot segments, and nothing encoded that would be
/// a dot or a separator once decoded (an encoded `%` would be the second layer of that).
fn is_plain(path: &str) -> bool {
    // Most paths have none of the signs that are looked for.
    if !path.bytes().any(|byte| matches!(byte, b'.' | b'%' | b'\\' | b';')) {
        return true;
    }
    let lower = path.to_ascii_lowercase();
    !path.split('/').any(|segment| segment == "." || segment == "..")
        && !["%2e", "%2f", "%5c", "%25", "%00", "\\", ";"].iter().any(|code| lower.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn base() -> Base {
        let json = json!({ "vendor": "acme", "base": "https://example.com" });
        Base::of(&Catalogue::parse(&json.to_string()).unwrap(), &Settings::default()).unwrap()
    }

    fn uri(path: &str) -> Uri {
        format!("https://example.com{}", path.replace('\\', "%5C")).parse().unwrap()
    }

    fn found(method: &str, path: &str, called: Option<&str>) -> Option<String> {
        let operation = |name: &str, effect: &str, method: &str, route: &str| json!({ "id": format!("acme.{name}"), "effect": effect, "method": method, "route": route });
        let json = json!({
            "vendor": "acme", "base": "https://example.com",
            "settings": [{ "name": "ACME_SITE", "default": "s0" }, { "name": "ACME_FORMAT", "default": "json" }],
            "operations": [
                operation("list", "read", "GET", "/v0/things"),
                operation("get", "read", "GET", "/v0/things/{id}"),
                operation("count", "read", "GET", "/v0/things/count"),
                operation("delete", "destroy", "DELETE", "/v0/things/{id}"),
                operation("select", "read", "POST", "/v0/sql"),
                operation("run", "write", "POST", "/v0/sql"),
                operation("mail", "write", "POST", "/v0/My{kind:Task|Email}s/{id}/run"),
                operation("chat", "write", "POST", "/v0/agents/{id}/chat"),
                operation("execute", "write", "POST", "/v0/agents/{id}/{mode:chat|async_chat}"),
                operation("place", "read", "GET", "/v0/worlds/{world}:{instance}.json"),
                operation("site", "read", "GET", "/{ACME_SITE}/{ACME_NONE}"),
                operation("site-things", "read", "GET", "/sites/{ACME_SITE}/things"),
                operation("format", "read", "GET", "/{ACME_FORMAT}/all"),
                { "id": "acme.recipe", "effect": "write" },
            ],
        });
        let settings = [("ACME_SITE", "s1")].into_iter().collect();
        let routes = Routes::of(&Catalogue::parse(&json.to_string()).unwrap(), &settings);
        let called = called.map(|called| {
            let (id, steps) = called.split_once(": ").unwrap_or((called, ""));
            Called { id: id.to_owned(), steps: steps.split(' ').map(str::to_owned).collect() }
        });
        routes.find(method, &uri(path), &base(), called.as_ref()).map(|route| route.operation.clone())
    }

    #[test]
    fn a_request_fits_a_declared_method_and_route() {
        assert_eq!(found("GET", "/v0/things", None).as_deref(), Some("acme.list"));
        assert_eq!(found("GET", "/v0/things/a-1_b.c~d%20", None).as_deref(), Some("acme.get"));
        assert_eq!(found("DELETE", "/v0/things/1", None).as_deref(), Some("acme.delete"));
        assert_eq!(found("GET", "/sites/s1/things", None).as_deref(), Some("acme.site-things"));
        assert_eq!(found("GET", "/json/all", None).as_deref(), Some("acme.format"), "a setting's default");
        assert_eq!(found("POST", "/v0/MyEmails/7/run", None).as_deref(), Some("acme.mail"));
        assert_eq!(found("GET", "/v0/worlds/w:1:i.2.json", None).as_deref(), Some("acme.place"));
    }

    #[test]
    fn a_dialect_that_is_not_chosen_fits_only_where_none_is() {
        let json = json!({
            "vendor": "acme", "base": "https://example.com", "dialect-setting": "ACME_API", "dialects": ["old", "new"],
            "operations": [
                { "id": "acme.list", "effect": "read", "method": "GET", "route": "/old",
                  "dialects": { "new": { "method": "GET", "route": "/new" } } },
                { "id": "acme.ask", "effect": "read", "dialects": { "new": { "method": "GET", "route": "/ask" } } },
                { "id": "acme.tell", "effect": "write", "method": "POST", "route": "/tell" },
            ],
        });
        let catalogue = Catalogue::parse(&json.to_string()).unwrap();
        let fitting = |chosen: &str| {
            let routes = Routes::of(&catalogue, &[("ACME_API", chosen)].into_iter().collect());
            let all = [("GET", "/old"), ("GET", "/new"), ("GET", "/ask"), ("POST", "/tell")];
            all.map(|(method, path)| routes.find(method, &uri(path), &base(), None).is_some())
        };
        assert_eq!(fitting("auto"), [true; 4]);
        assert_eq!(fitting("old"), [true, false, false, true]);
        assert_eq!(fitting("new"), [false, true, true, false]);
    }

    /// Another address may have another credential.
    #[test]
    fn a_route_with_a_base_of_its_own_fits_there_alone() {
        let mut token = json!({ "id": "acme.token", "effect": "write", "method": "POST", "route": "/token" });
        token["base"] = "https://id.example.com".into();
        let json = json!({ "vendor": "acme", "base": "https://example.com", "operations": [token] });
        let routes = Routes::of(&Catalogue::parse(&json.to_string()).unwrap(), &Settings::default());
        let fits = |uri: &str| routes.find("POST", &uri.parse().unwrap(), &base(), None).is_some();
        assert!(fits("https://id.example.com/token") && !fits("https://example.com/token"));
    }

    #[test]
    fn what_is_not_declared_does_not_fit() {
        for (method, path) in [
            ("POST", "/v0/things"),
            ("get", "/v0/things"),
            ("DELETE", "/v0/things"),
            ("DELETE", "/v0/things/"),
            ("GET", "/v0/things/1/parts"),
            ("GET", "/v0/Things/1"),
            ("GET", "//v0/things"),
            ("GET", "/v0/other"),
            ("GET", "/sites/s2/things"),
            ("GET", "/sites/s0/things"),
            ("GET", "/xml/all"),
            ("POST", "/v0/MyNotes/7/run"),
            ("POST", "/v0/MyTask/7/run"),
            ("GET", "/v0/worlds/:i.json"),
            ("GET", "/v0/worlds/w:.json"),
            ("GET", "/v0/worlds/w.json"),
            ("GET", "/v0/worlds/w:i"),
            ("GET", "/s1/x"),
            ("GET", "/s1/"),
            ("GET", "/"),
        ] {
            assert_eq!(found(method, path, None), None, "{method} {path}");
        }
    }

    #[test]
    fn no_value_leads_out_of_its_segment() {
        for id in [".", "..", "%2e%2e", "%2E", "..%2fadmin", "a%2Fb", "a%5cb", "a\\b", "%252e", "a;b", "a%00"] {
            assert_eq!(found("GET", &format!("/v0/things/{id}"), None), None, "{id}");
        }
    }

    #[test]
    fn the_most_fixed_route_counts_and_then_the_called_operation_and_then_the_strongest() {
        assert_eq!(found("GET", "/v0/things/count", Some("acme.get")).as_deref(), Some("acme.count"));
        assert_eq!(found("POST", "/v0/sql", Some("acme.select")).as_deref(), Some("acme.select"));
        assert_eq!(found("POST", "/v0/sql", Some("acme.recipe: acme.select")).as_deref(), Some("acme.select"));
        assert_eq!(found("POST", "/v0/sql", None).as_deref(), Some("acme.run"));
        for called in ["acme.chat", "acme.execute"] {
            assert_eq!(found("POST", "/v0/agents/1/chat", Some(called)).as_deref(), Some(called));
        }
    }
}
