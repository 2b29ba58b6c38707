//! How requests prove who sends them.

use crate::comment;
use crate::document::Node;
use crate::names;
use crate::parameter::{Parameter, Place};
use crate::read::Operation;
use crate::view::Schemas;
use crate::{oauth, report::Kind, together};
use outwit_link::vendor::{Auth, OAuth, Setting, is_reserved_header, is_token};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The schemes of a document, and the settings that they need.
pub(crate) struct Security<'d> {
    vendor: String,
    /// What requests start with.
    base: String,
    schemes: HashMap<&'d str, Scheme>,
    /// The settings of all that may be used.
    pub settings: BTreeMap<KeyId, Setting>,
    /// What there is to say of schemes.
    pub notes: Vec<(Kind, String, String)>,
}

/// What a setting is for: the place and the vendor's name of a key, or no place and the setting's own name.
pub(crate) type KeyId = (&'static str, String);

#[derive(Clone)]
enum Scheme {
    Auth(Auth),
    /// It cannot be sent.
    Unsayable(String),
}

/// One of the ways in which an operation may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Auth(Auth),
    /// A request has room for a part of it only.
    Part(Auth, String),
    /// It names a scheme that the document does not define.
    Undefined(String),
    /// It cannot be sent.
    Unsayable(String),
}

impl<'d> Security<'d> {
    pub fn of(schemas: &Schemas<'d>, vendor: &str, base: &str) -> Security<'d> {
        let root = schemas.root;
        let mut security = Security {
            vendor: vendor.to_owned(),
            base: base.to_owned(),
            schemes: HashMap::new(),
            settings: BTreeMap::new(),
            notes: Vec::new(),
        };
        // Each dialect is met in documents of the other.
        let new = root.get("components").into_iter().flat_map(|all| all.members("securitySchemes"));
        let new = new.map(|(name, node)| (name, node, "/components/securitySchemes"));
        let old = root.members("securityDefinitions").map(|(name, node)| (name, node, "/securityDefinitions"));
        for (name, node, place) in old.chain(new) {
            let Some(node) = schemas.follow(node) else { continue };
            let pointer = format!("{place}/{}", crate::refs::escaped(name));
            let scheme = security.scheme(name, node, &pointer);
            security.schemes.insert(name, scheme);
        }
        security
    }

    pub fn is_empty(&self) -> bool {
        self.schemes.is_empty()
    }

    fn scheme(&mut self, name: &str, node: &Node, pointer: &str) -> Scheme {
        let ty = node.text("type").unwrap_or_default().to_ascii_lowercase();
        let says = node.text("description").unwrap_or_default();
        let scheme = node.text("scheme").unwrap_or_default().to_ascii_lowercase();
        match (ty.as_str(), scheme.as_str()) {
            ("apikey", _) => {
                let key = node.text("name").unwrap_or(name);
                let lower = key.to_ascii_lowercase();
                let is_key = |lower: &str| matches!(lower, "authorization" | "cookie") || !is_reserved_header(lower);
                match node.text("in") {
                    Some("query") => {}
                    Some("cookie") if is_token(&lower) => {}
                    _ if is_token(&lower) && is_key(&lower) => {}
                    _ => {
                        return Scheme::Unsayable(format!("{name}, a key called {key:?}, which no request carries so"));
                    }
                }
                match node.text("in") {
                    Some("query") => Scheme::Auth(self.query(key, says)),
                    Some("cookie") => Scheme::Auth(self.cookie(key, says)),
                    _ => {
                        if node.get("x-amazon-apigateway-authtype").is_some() {
                            let text = "requests are signed at this vendor, which a bare key is not; calls will fail";
                            self.notes.push((Kind::Doubtful, pointer.to_owned(), text.to_owned()));
                        }
                        Scheme::Auth(self.header(key, says))
                    }
                }
            }
            ("basic", _) | ("http", "basic") => Scheme::Auth(self.basic(says)),
            ("http", "bearer") | ("bearer", _) => Scheme::Auth(self.bearer(says, "The token that requests carry.")),
            ("oauth2" | "oauth", _) => Scheme::Auth(match oauth::facts(node, &self.base) {
                Ok(facts) => self.oauth(facts),
                Err(why) => {
                    let text = format!("a person gives the access token, because the scheme has {why}");
                    self.notes.push((Kind::Decided, pointer.to_owned(), text));
                    self.bearer("", "An access token of OAuth 2.0.")
                }
            }),
            ("openidconnect", _) => Scheme::Auth(self.bearer("", "An access token of OAuth 2.0.")),
            ("http", other) => Scheme::Unsayable(format!("{name}, by the scheme {other:?}")),
            (other, _) => Scheme::Unsayable(format!("{name}, of the type {other:?}")),
        }
    }

    /// The facts with the settings that they need.
    pub fn oauth(&mut self, facts: OAuth) -> Auth {
        let of = |given: &str, word: &[&str]| if given.is_empty() { self.named(word) } else { given.to_owned() };
        let token = of(&facts.token, &["token"]);
        let (id, secret) = (of(&facts.client_id, &["client", "id"]), of(&facts.client_secret, &["client", "secret"]));
        let text = format!(
            "An access token of OAuth 2.0. The host gets one by itself where {id} and {secret} are given instead."
        );
        self.setting(&token, &text, true);
        self.setting(&id, "The id of an application of yours at the vendor, for OAuth 2.0.", false);
        self.setting(&secret, "The secret of the application.", true);
        for name in [&id, &secret] {
            self.settings.entry(("", name.clone())).and_modify(|setting| setting.required = false);
        }
        Auth::OAuth(Box::new(OAuth { token, client_id: id, client_secret: secret, ..facts }))
    }

    /// Whether a scheme proves who sends a request in this way.
    pub fn is(&self, scheme: &str, auth: &Auth) -> bool {
        matches!(self.schemes.get(scheme), Some(Scheme::Auth(known)) if known == auth)
    }

    fn setting(&mut self, name: &str, description: &str, secret: bool) -> String {
        self.setting_of(("", name.to_owned()), name, description, secret)
    }

    fn setting_of(&mut self, id: KeyId, name: &str, description: &str, secret: bool) -> String {
        let setting = Setting {
            name: name.to_owned(),
            description: description.to_owned(),
            required: true,
            secret,
            ..Setting::default()
        };
        self.settings.entry(id).or_insert(setting);
        name.to_owned()
    }

    fn named(&self, words: &[&str]) -> String {
        names::setting(&self.vendor, &words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    fn bearer(&mut self, says: &str, otherwise: &str) -> Auth {
        let name = self.named(&["token"]);
        Auth::Bearer { token: self.setting(&name, &described(says, otherwise), true) }
    }

    fn basic(&mut self, says: &str) -> Auth {
        let (user, password) = (self.named(&["user"]), self.named(&["password"]));
        Auth::Basic {
            user: self.setting(&user, &described(says, "The user's name."), false),
            password: self.setting(&password, "The user's password, or what stands in its place.", true),
        }
    }

    /// A key in a header. What stands in `Authorization` is a token wherever a text says so.
    pub fn header(&mut self, header: &str, says: &str) -> Auth {
        let header = header.to_ascii_lowercase();
        if header == "authorization" {
            let lower = says.to_ascii_lowercase();
            if lower.contains("bearer") {
                return self.bearer(says, "The token that requests carry.");
            }
            if lower.contains("basic auth") || lower.contains("`basic ") || lower.contains("\"basic ") {
                return self.basic(says);
            }
            let name = self.named(&["authorization"]);
            let text = "The whole value of the header `Authorization`, with the word before the key if the vendor wants \
                        one: `Bearer …`.";
            let text = if says.is_empty() { text.to_owned() } else { comment::and(text, &comment::line(says)) };
            return Auth::Header { key: self.setting_of(("header", header.clone()), &name, &text, true), header };
        }
        let text = described(says, &format!("The key in the header `{}`.", safe(&header)));
        Auth::Header { key: self.key("header", &header, &text), header }
    }

    pub fn query(&mut self, parameter: &str, says: &str) -> Auth {
        let text = described(says, &format!("The key in the query's parameter `{}`.", safe(parameter)));
        Auth::Query { key: self.key("query", parameter, &text), parameter: parameter.to_owned() }
    }

    /// What a scheme is by its name alone.
    pub fn by_name(&mut self, name: &str) -> Option<Auth> {
        let words = names::words(name);
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        if has(&["bearer", "jwt", "oauth", "oauth2"]) {
            Some(self.bearer("", "The token that requests carry."))
        } else if has(&["basic"]) {
            Some(self.basic(""))
        } else {
            None
        }
    }

    fn cookie(&mut self, cookie: &str, says: &str) -> Auth {
        let text = described(says, &format!("The value of the cookie `{}`.", safe(cookie)));
        Auth::Cookie { key: self.key("cookie", cookie, &text), cookie: cookie.to_owned() }
    }

    /// The setting of a key that a vendor calls so: `X-API-Key` is `…_API_KEY`.
    fn key(&mut self, place: &'static str, name: &str, description: &str) -> String {
        let setting = self.key_name(name);
        self.setting_of((place, name.to_owned()), &setting, description, true)
    }

    fn key_name(&self, name: &str) -> String {
        let mut words = names::words(name);
        if words.len() > 1 && words[0] == "x" {
            words.remove(0);
        }
        names::setting(&self.vendor, &words)
    }

    /// The ways in which an operation says that it may be called; none where nothing is said.
    pub fn ways_of(&mut self, operation: &Node, root: &Node) -> Option<Vec<Way>> {
        let said = operation.get("security").or_else(|| root.get("security"))?;
        match requirements(said) {
            [] => Some(vec![Way::Auth(Auth::None)]),
            all => Some(all.iter().map(|one| self.way(one)).collect()),
        }
    }

    fn way(&mut self, requirement: &Node) -> Way {
        let mut all = Vec::new();
        for (name, _) in requirement.object().into_iter().flat_map(crate::document::Object::iter) {
            match self.schemes.get(name) {
                None => return Way::Undefined(name.to_owned()),
                Some(Scheme::Unsayable(why)) => return Way::Unsayable(why.clone()),
                Some(Scheme::Auth(auth)) => all.push((name, auth.clone())),
            }
        }
        let (way, same) = together::way(all);
        for text in same {
            let note = (Kind::Decided, "/security".to_owned(), text);
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        way
    }

    /// All ways that are defined, where no operation and no document says which.
    pub fn defined(&self, root: &Node) -> Vec<Way> {
        let new = root.get("components").into_iter().flat_map(|all| all.members("securitySchemes"));
        let names = root.members("securityDefinitions").chain(new).map(|(name, _)| name);
        let schemes = names.filter_map(|name| self.schemes.get(name));
        let auths = schemes.filter_map(|scheme| match scheme {
            Scheme::Auth(auth) => Some(Way::Auth(auth.clone())),
            Scheme::Unsayable(_) => None,
        });
        auths.collect()
    }

    /// The schemes that requirements name; all, where there are no requirements.
    pub fn wanted(&self, operations: &[Operation<'_>], root: &Node) -> HashSet<&'d str> {
        let all = operations.iter().map(|operation| operation.node).chain([root]);
        let all: Vec<&Node> = all.filter_map(|node| node.get("security")).collect();
        let named = all.iter().flat_map(|said| requirements(said)).filter_map(Node::object);
        let names: HashSet<&str> = named.flat_map(|one| one.iter().map(|(name, _)| name)).collect();
        self.schemes.keys().copied().filter(|name| all.is_empty() || names.contains(name)).collect()
    }

    /// Whether a scheme of the document puts its key where this parameter is.
    pub fn has(&self, parameter: &Parameter<'_>) -> bool {
        self.schemes.keys().any(|name| self.has_at(name, parameter))
    }

    /// Whether this scheme puts its key where this parameter is.
    pub fn has_at(&self, name: &str, parameter: &Parameter<'_>) -> bool {
        self.schemes.get(name).is_some_and(|scheme| match scheme {
            Scheme::Auth(Auth::Header { header, .. }) => {
                parameter.place == Place::Header && header.eq_ignore_ascii_case(parameter.name)
            }
            Scheme::Auth(Auth::Query { parameter: name, .. }) => {
                parameter.place == Place::Query && name == parameter.name
            }
            Scheme::Auth(Auth::Cookie { cookie, .. }) => parameter.place == Place::Cookie && cookie == parameter.name,
            Scheme::Auth(Auth::Bearer { .. } | Auth::OAuth(_) | Auth::Basic { .. }) => {
                parameter.place == Place::Header && parameter.name.eq_ignore_ascii_case("authorization")
            }
            _ => false,
        })
    }

    /// A credential that stands among the parameters.
    pub fn of_parameter(&mut self, parameter: &Parameter<'_>) -> Auth {
        let says = parameter.description.unwrap_or_default();
        match parameter.place {
            Place::Query => self.query(parameter.name, says),
            Place::Cookie => self.cookie(parameter.name, says),
            _ => {
                let example = parameter.example.and_then(Node::as_str).unwrap_or_default();
                let auth = self.header(parameter.name, if says.is_empty() { example } else { says });
                match auth {
                    // It is called as a setting that everybody may see would be.
                    Auth::Header { header, .. } if !is_credential(parameter) && !self.has(parameter) => {
                        Auth::Header { key: self.key_name(parameter.name), header }
                    }
                    auth => auth,
                }
            }
        }
    }
}

/// The requirements of a list, or the one that stands in its place.
fn requirements(said: &Node) -> &[Node] {
    said.list().unwrap_or(std::slice::from_ref(said))
}

/// Whether a parameter is a credential, by its name.
pub(crate) fn is_credential(parameter: &Parameter<'_>) -> bool {
    const KEYS: &str = " apikey apitoken apisecret accesstoken authtoken authenticationtoken authorization authkey xapikey xapitoken \
        xauthtoken xaccesstoken xauthkey xauthenticationtoken ";
    const SIGNED: &str =
        " xamzdate xamzsecuritytoken xamzcontentsha256 xamzalgorithm xamzcredential xamzsignature xamzsignedheaders ";
    let name: String =
        parameter.name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    let among = |words: &str| words.split_ascii_whitespace().any(|word| word == name);
    match parameter.place {
        Place::Header if !is_token(&parameter.name.to_ascii_lowercase()) => false,
        Place::Header => among(KEYS) || among(SIGNED) || name == "token" || name == "xtoken",
        Place::Query => among(KEYS) || among(SIGNED),
        _ => false,
    }
}

/// Whether the name of a parameter that all requests have says that it is a secret.
pub(crate) fn is_secret(parameter: &Parameter<'_>) -> bool {
    const LAST: [&str; 5] = ["password", "passwd", "secret", "token", "key"];
    let words = names::words(parameter.name);
    let differs = words.iter().any(|word| matches!(word.as_str(), "csrf" | "xsrf" | "sort" | "partition" | "routing"));
    // `sessiontoken` is one word.
    !differs && words.last().is_some_and(|last| LAST.iter().any(|known| last.ends_with(known)))
}

fn described(says: &str, otherwise: &str) -> String {
    let says = comment::line(says);
    if says.is_empty() { otherwise.to_owned() } else { says }
}

fn safe(name: &str) -> String {
    name.replace(|char: char| char.is_control() || char == '`', " ")
}
