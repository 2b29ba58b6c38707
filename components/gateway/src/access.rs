//! Who is let in.
//!
//! Whoever knows the token `OUTWIT_GATEWAY_TOKEN`. Without one nobody, unless `OUTWIT_GATEWAY_OPEN=1` says that something
//! in front of the gateway lets in the right ones.

use crate::message::Request;
use crate::problem::Problem;
use crate::{Advice, ErrorKind};
use sha2::{Digest, Sha256};

/// What the settings say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// For whoever brings this token.
    Token(String),
    /// For everybody.
    Open,
    /// For nobody: nothing is set.
    Closed,
}

impl Access {
    pub fn of(environment: &[(String, String)]) -> Access {
        let setting = |wanted: &str| {
            let (_, value) = environment.iter().find(|(name, _)| name == wanted)?;
            Some(value.trim()).filter(|value| !value.is_empty())
        };
        match (setting("OUTWIT_GATEWAY_TOKEN"), setting("OUTWIT_GATEWAY_OPEN")) {
            (Some(token), _) => Access::Token(token.to_owned()),
            (None, Some("1")) => Access::Open,
            (None, _) => Access::Closed,
        }
    }

    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        if let Access::Closed = self {
            let message = "this gateway lets nobody in: set OUTWIT_GATEWAY_TOKEN, or OUTWIT_GATEWAY_OPEN=1";
            let problem = Problem::new(503, ErrorKind::Misconfigured, Advice::AskPerson, message);
            return Err(problem.about("OUTWIT_GATEWAY_TOKEN"));
        }
        let Access::Token(token) = self else { return Ok(()) };
        if bearer(request).is_some_and(|given| same(given, token)) {
            return Ok(());
        }
        let message = "a bearer token is needed: Authorization: Bearer …";
        let problem = Problem::new(401, ErrorKind::Unauthenticated, Advice::AskPerson, message);
        Err(problem.with("www-authenticate", "Bearer".to_owned()))
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Digests are compared, so that the time it takes tells nothing about the token.
fn same(given: &str, token: &str) -> bool {
    Sha256::digest(given.as_bytes()) == Sha256::digest(token.as_bytes())
}
