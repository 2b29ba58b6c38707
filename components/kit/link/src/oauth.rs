//! OAuth 2.0 (RFC 6749): how an application of the vendor's gets tokens, and the operations that this makes.

use crate::vendor::{Auth, Body, Effect, Method, Operation, Pairs, Param, is_default, route_problem, url_problem};
use anyhow::{Context, Result, bail, ensure};
use kit_build::model::{KindModel, Model};
use serde::{Deserialize, Serialize};

/// The operation of the WIT that builds the address at which a user consents.
pub const AUTHORIZE: &str = "request-authorization";
/// The operation of the WIT that asks the token endpoint.
pub const EXCHANGE: &str = "exchange-token";

/// Fields of its input that are secrets.
pub(crate) const SENSITIVE: [&str; 2] = ["authorization-code", "refresh-token"];

/// How an application gets tokens. The host does it, with the application's id and secret; without them, a person gives a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OAuth {
    /// The setting that holds a token. Its value is used instead of the tokens that the host obtains.
    pub token: String,
    /// The setting that holds the application's id.
    pub client_id: String,
    /// The setting that holds the application's secret.
    pub client_secret: String,
    /// How the token endpoint gets the application's id and secret.
    #[serde(default, skip_serializing_if = "is_default")]
    pub client_auth: ClientAuth,
    /// What is exchanged for a token.
    pub grant: Grant,
    /// Where tokens are asked for.
    pub token_url: String,
    /// Where a user consents, of the grant `authorization-code`. It may have a query.
    #[serde(default, skip_serializing_if = "is_default")]
    pub authorize_url: Option<String>,
    /// What a token should be allowed to do, unless a person says otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scope: String,
    /// Words for what tells whom a token acts for, and where the token endpoint's answer has it, as JSON pointers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub who: Pairs,
}

/// How the token endpoint gets the application's id and secret (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", rename_all = "kebab-case")]
pub enum ClientAuth {
    /// By HTTP Basic, each of both form-encoded before they are joined, as the RFC has it.
    #[default]
    Basic,
    /// By HTTP Basic, both as they are, which some vendors want.
    BasicUnencoded,
    /// As `client_id` and `client_secret` in the body.
    Body,
}

/// What is exchanged for a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", rename_all = "kebab-case")]
pub enum Grant {
    /// The application's own credential: it acts for itself.
    #[default]
    ClientCredentials,
    /// A code that a user's consent gives, and later the refresh token.
    AuthorizationCode,
}

impl TryFrom<String> for ClientAuth {
    type Error = String;

    fn try_from(word: String) -> Result<ClientAuth, String> {
        match &*word {
            "basic" => Ok(ClientAuth::Basic),
            "basic-unencoded" => Ok(ClientAuth::BasicUnencoded),
            "body" => Ok(ClientAuth::Body),
            _ => Err(format!("client-auth: expected basic, basic-unencoded or body, and found {word:?}")),
        }
    }
}

impl TryFrom<String> for Grant {
    type Error = String;

    fn try_from(word: String) -> Result<Grant, String> {
        match &*word {
            "client-credentials" => Ok(Grant::ClientCredentials),
            "authorization-code" => Ok(Grant::AuthorizationCode),
            _ => Err(format!("grant: expected client-credentials or authorization-code, and found {word:?}")),
        }
    }
}

impl OAuth {
    /// The operations that it makes, by their names in the WIT. `vendor.toml` does not have them.
    pub fn operations(&self) -> Vec<(&'static str, Operation)> {
        let (base, route, _) = split(&self.token_url);
        let named = |name: &str| Param { name: Some(name.to_owned()), ..Param::default() };
        let fields = [
            ("grant-type", "grant_type"),
            ("authorization-code", "code"),
            ("redirect-uri", "redirect_uri"),
            ("refresh-token", "refresh_token"),
        ];
        let (user, password) = (self.client_id.clone(), self.client_secret.clone());
        let auth = match self.client_auth {
            ClientAuth::Basic => Auth::Client { user, password, basic: true },
            ClientAuth::BasicUnencoded => Auth::Basic { user, password },
            ClientAuth::Body => Auth::Client { user, password, basic: false },
        };
        let exchange = Operation {
            method: Method::Post,
            route,
            base: Some(base),
            body: Some(Body::Form),
            auth: Some(auth),
            result: Some(String::new()),
            secret: true,
            input: fields.into_iter().map(|(field, name)| (field.to_owned(), named(name))).collect(),
            ..Operation::default()
        };
        let authorize = self.authorize_url.as_ref().map(|url| {
            let (base, route, defaults) = split(url);
            let effect = Some(Effect::Read);
            (AUTHORIZE, Operation { route, base: Some(base), effect, defaults, ..Operation::default() })
        });
        authorize.into_iter().chain([(EXCHANGE, exchange)]).collect()
    }
}

/// The WIT of the operations, as an interface of a vendor's package.
pub fn wit(vendor: &str, interface: &str, grant: Grant) -> String {
    let consent = match grant {
        Grant::ClientCredentials => "",
        Grant::AuthorizationCode => include_str!("consent.wit"),
    };
    let text = include_str!("oauth.wit").replace("VENDOR", vendor).replace("INTERFACE", interface);
    text.replace("  // CONSENT\n", consent)
}

/// Why an address is no place for tokens or consents; none if it is one. That for tokens has no query.
pub fn address_problem(url: &str, may_have_query: bool) -> Option<&'static str> {
    let plain = match url.split_once('?') {
        Some((plain, _)) if may_have_query => plain,
        _ => url,
    };
    if !url.starts_with("https://") {
        return Some("expected an address that starts with https://");
    }
    let (_, route, _) = split(plain);
    let is_path = route.len() > 1 && !route.contains('{') && route_problem(&route).is_none();
    url_problem(plain).or((!is_path).then_some("expected a path after the host, without placeholders"))
}

/// Checks the facts, and that the WIT has the operations.
pub(crate) fn check(facts: &OAuth, model: &Model<'_>, known: &impl Fn(&str) -> Result<()>) -> Result<()> {
    known(&facts.token).context("token")?;
    known(&facts.client_id).context("client-id")?;
    known(&facts.client_secret).context("client-secret")?;
    if let Some(problem) = address_problem(&facts.token_url, false) {
        bail!("token-url: {problem}");
    }
    match (facts.grant, &facts.authorize_url) {
        (Grant::AuthorizationCode, None) => {
            bail!("authorize-url: expected the address at which a user consents, for the grant authorization-code")
        }
        (Grant::ClientCredentials, Some(_)) => bail!("authorize-url: expected none, for the grant client-credentials"),
        (_, Some(url)) => address_problem(url, true).map_or(Ok(()), |problem| bail!("authorize-url: {problem}"))?,
        _ => {}
    }
    for (word, pointer) in &facts.who {
        ensure!(pointer.starts_with('/'), "who: {word}: expected a JSON pointer, which starts with /");
    }
    for (name, _) in facts.operations() {
        let operation = model.operations.iter().find(|operation| operation.name == name);
        let operation = operation.with_context(|| format!("expected the operation {name} in the WIT"))?;
        let has = |ty: Option<usize>, wanted: &str| match ty.map(|ty| &model.types[ty].kind) {
            Some(KindModel::Record(fields)) => fields.iter().any(|field| field.name == wanted),
            _ => false,
        };
        if name == AUTHORIZE {
            for field in ["scope", "redirect-uri", "state"] {
                ensure!(has(operation.input, field), "expected the field {field} in the input of {name} in the WIT");
            }
            ensure!(has(operation.output, "url"), "expected the field url in the output of {name} in the WIT");
        }
    }
    Ok(())
}

/// Scheme and host; path; and parameters of the query.
fn split(url: &str) -> (String, String, Pairs) {
    let (plain, query) = url.split_once('?').unwrap_or((url, ""));
    let host = plain.find("://").map_or(0, |at| at + 3);
    let path = plain[host..].find('/').map_or(plain.len(), |at| host + at);
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    (plain[..path].to_owned(), plain[path..].to_owned(), pairs)
}
