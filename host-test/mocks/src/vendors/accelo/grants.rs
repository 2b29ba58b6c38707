//! Applications, scopes, and the tokens, codes and refresh tokens that were handed out.

use std::collections::HashMap;

use super::reply::{Failure, failure};

/// The tenant.
pub const DEPLOYMENT: &str = "juniper-works";
/// The staff member that every token acts as.
pub const ACTING_STAFF: &str = "21";
/// Issued before the start; never expires, may read and write everything.
pub const TOKEN: &str = "tok_mock_juniper_works";
pub const CLIENT_ID: &str = "c41e07d2b9@juniper-works.accelo.com";
pub const CLIENT_SECRET: &str = "sec_mock_juniper_works";

/// The second application is there to own grants that the first one must not use.
const APPLICATIONS: [(&str, &str); 2] =
    [(CLIENT_ID, CLIENT_SECRET), ("0ther4pp11@juniper-works.accelo.com", "sec_mock_other_application")];

/// Besides this one, any page on loopback counts as registered, since a test's port is not known beforehand.
const REDIRECT_URI: &str = "https://app.example.org/callback";

const DEFAULT_LIFETIME: u64 = 2_592_000;
/// Three years, the longest that the vendor is known to grant.
const LONGEST_LIFETIME: u64 = 94_608_000;
const CODE_LIFETIME: u64 = 600;

/// `read(...)` and `write(...)` of endpoint names or `all`; the second includes the first.
#[derive(Clone, Default)]
pub struct Scope {
    read: Vec<String>,
    write: Vec<String>,
}

impl Scope {
    /// An absent or blank scope reads everything and writes nothing.
    pub fn parse(text: &str) -> Result<Scope, Failure> {
        let refuse = || failure(400, "invalid_scope", "The scope could not be read.");
        let mut scope = Scope::default();
        let mut rest = if text.trim().is_empty() { "read(all)" } else { text.trim() };
        loop {
            let (verb, after) = rest.split_once('(').ok_or_else(refuse)?;
            let (names, after) = after.split_once(')').ok_or_else(refuse)?;
            let names = names.split(',').map(str::trim).map(str::to_owned).collect::<Vec<_>>();
            let word = |name: &String| name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.is_empty();
            if !names.iter().all(word) {
                return Err(refuse());
            }
            match verb.trim() {
                "read" => scope.read.extend(names),
                "write" => scope.write.extend(names),
                _ => return Err(refuse()),
            }
            match after.trim_start().strip_prefix(',') {
                Some(next) => rest = next,
                None if after.trim().is_empty() => return Ok(scope),
                None => return Err(refuse()),
            }
        }
    }

    pub fn allows(&self, resource: &str, write: bool) -> bool {
        let covers = |names: &[String]| names.iter().any(|name| name == "all" || name == resource);
        covers(&self.write) || (!write && covers(&self.read))
    }
}

#[derive(Clone)]
pub struct Token {
    pub scope: Scope,
    /// Unix seconds; none for the token that never expires.
    pub expires: Option<u64>,
    client: &'static str,
    /// Whether it is a service application's, which acts for no user who is there.
    pub service: bool,
}

/// What a code or refresh token stands for.
#[derive(Clone)]
pub struct Grant {
    pub scope: Scope,
    /// Where the code was sent; none for a PIN.
    pub redirect_uri: Option<String>,
    /// Wanted on authorize.
    pub lifetime: Option<u64>,
    client: &'static str,
    /// Unix seconds; none for refresh tokens.
    expires: Option<u64>,
}

pub struct Grants {
    tokens: HashMap<String, Token>,
    codes: HashMap<String, Grant>,
    refresh: HashMap<String, Grant>,
    issued: u32,
}

impl Grants {
    pub fn new() -> Grants {
        let every = vec!["all".to_owned()];
        let scope = Scope { read: every.clone(), write: every };
        let token = Token { scope, expires: None, client: CLIENT_ID, service: false };
        let tokens = HashMap::from([(TOKEN.to_owned(), token)]);
        Grants { tokens, codes: HashMap::new(), refresh: HashMap::new(), issued: 0 }
    }

    /// A token that was issued, is not revoked and has not expired.
    pub fn token(&self, text: &str, now: u64) -> Option<&Token> {
        self.tokens.get(text).filter(|token| token.expires.is_none_or(|end| now < end))
    }

    pub fn issue_token(
        &mut self,
        client: &'static str,
        scope: Scope,
        service: bool,
        lifetime: u64,
        now: u64,
    ) -> String {
        let name = self.name("tok_mock_");
        let token = Token { scope, expires: Some(now.saturating_add(lifetime)), client, service };
        self.tokens.insert(name.clone(), token);
        name
    }

    pub fn issue_refresh(&mut self, client: &'static str, scope: Scope) -> String {
        let name = self.name("rfr_mock_");
        let grant = Grant { scope, redirect_uri: None, lifetime: None, client, expires: None };
        self.refresh.insert(name.clone(), grant);
        name
    }

    /// A code for the redirect, or a PIN of digits when there is nowhere to redirect to.
    pub fn issue_code(
        &mut self,
        client: &'static str,
        scope: Scope,
        redirect_uri: Option<String>,
        lifetime: Option<u64>,
        now: u64,
    ) -> String {
        let name = self.name(if redirect_uri.is_some() { "code_mock_" } else { "90000" });
        let grant = Grant { scope, redirect_uri, lifetime, client, expires: Some(now + CODE_LIFETIME) };
        self.codes.insert(name.clone(), grant);
        name
    }

    /// Takes a code: it works once.
    pub fn take_code(&mut self, client: &str, code: &str, now: u64) -> Result<Grant, Failure> {
        take(&mut self.codes, client, code, now)
    }

    /// Takes a refresh token: the answer carries its successor.
    pub fn take_refresh(&mut self, client: &str, token: &str, now: u64) -> Result<Grant, Failure> {
        take(&mut self.refresh, client, token, now)
    }

    /// Revokes an access or refresh token; an unknown one is as good as revoked.
    pub fn revoke(&mut self, client: &str, token: &str) -> Result<(), Failure> {
        let owner = self.tokens.get(token).map(|token| token.client);
        match owner.or_else(|| self.refresh.get(token).map(|grant| grant.client)) {
            Some(owner) if owner != client => Err(foreign()),
            _ => {
                self.tokens.remove(token);
                self.refresh.remove(token);
                Ok(())
            }
        }
    }

    /// Counted names, so that every run gives the same ones.
    fn name(&mut self, prefix: &str) -> String {
        self.issued += 1;
        format!("{prefix}{}", self.issued)
    }
}

fn take(grants: &mut HashMap<String, Grant>, client: &str, name: &str, now: u64) -> Result<Grant, Failure> {
    match grants.get(name) {
        Some(grant) if grant.client != client => Err(foreign()),
        Some(grant) if grant.expires.is_none_or(|end| now < end) => grants.remove(name).ok_or_else(gone),
        _ => Err(gone()),
    }
}

pub fn gone() -> Failure {
    failure(400, "invalid_grant", "Grant was not found (possibly expired).")
}

fn foreign() -> Failure {
    failure(401, "unauthorized_client", "The grant belongs to another client.")
}

/// The registered application of this id.
pub fn application(id: &str) -> Option<&'static str> {
    APPLICATIONS.iter().find(|(known, _)| *known == id).map(|(known, _)| *known)
}

/// The application, if the secret is its own.
pub fn authenticate(id: &str, secret: &str) -> Option<&'static str> {
    APPLICATIONS.iter().find(|pair| **pair == (id, secret)).map(|(known, _)| *known)
}

pub fn registered(redirect_uri: &str) -> bool {
    let loopback =
        ["http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]:"];
    redirect_uri == REDIRECT_URI || loopback.iter().any(|prefix| redirect_uri.starts_with(prefix))
}

/// The lifetime to grant for the one that was wanted.
pub fn lifetime(wanted: Option<u64>) -> u64 {
    wanted.unwrap_or(DEFAULT_LIFETIME).min(LONGEST_LIFETIME)
}
