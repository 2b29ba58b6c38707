//! Pages of other origins.
//!
//! A request with an `Origin` is refused, unless it is the gateway's own origin or one that `OUTWIT_GATEWAY_ORIGINS` names. Replies
//! name those to browsers (CORS); their pages need the token, too. Browsers send an `Origin` with every request but GET and HEAD
//! (Fetch, "append a request Origin header"), so no page of another origin can call an operation, also not without a preflight. GET
//! and HEAD change nothing, and no other page can read their answers.

use crate::access::Access;
use crate::message::{Reply, Request};
use crate::problem::Problem;
use crate::{Advice, ErrorKind};

/// The origins that are named: `https://app.example.com`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    pub fn of(environment: &[(String, String)]) -> Origins {
        let named = environment.iter().filter(|(name, _)| name == "OUTWIT_GATEWAY_ORIGINS");
        let origins = named.flat_map(|(_, value)| value.split([',', ' '])).map(str::trim);
        Origins(origins.filter(|origin| !origin.is_empty()).map(str::to_ascii_lowercase).collect())
    }

    /// Whether a request comes from no page, from one of the gateway's own, or from one that is named.
    ///
    /// # Errors
    ///
    /// It comes from another page.
    pub fn check(&self, request: &Request, access: &Access) -> Result<(), Problem> {
        if !request.has("origin") || self.named(request).is_some() {
            return Ok(());
        }
        // Without a token, a page could give the gateway a name of its own (DNS rebinding).
        let trusted = |host: &&str| matches!(access, Access::Token(_)) || names_this_machine(host);
        let host = request.header("host").filter(trusted);
        let authority = request.header("origin").and_then(|origin| Some(origin.split_once("://")?.1));
        if host.zip(authority).is_some_and(|(host, authority)| host.eq_ignore_ascii_case(authority)) {
            return Ok(());
        }
        let message = "pages of other origins are refused; a gateway lets in those that OUTWIT_GATEWAY_ORIGINS names";
        Err(Problem::new(403, ErrorKind::Denied, Advice::GiveUp, message))
    }

    /// The answer to a browser that asks what a page may send. It asks without a token.
    pub fn preflight(&self, request: &Request) -> Option<Reply> {
        let asks = request.method == "OPTIONS" && request.has("access-control-request-method");
        self.named(request).filter(|_| asks)?;
        let mut reply = Reply::empty(204);
        reply.headers.push(("access-control-allow-methods", "GET, HEAD, POST".to_owned()));
        let headers = "authorization, content-type, mcp-method, mcp-name, mcp-protocol-version, traceparent";
        reply.headers.push(("access-control-allow-headers", headers.to_owned()));
        reply.headers.push(("access-control-max-age", "600".to_owned()));
        Some(reply)
    }

    /// What lets a page read a reply.
    pub fn mark(&self, request: &Request, reply: &mut Reply) {
        if self.0.is_empty() {
            return;
        }
        reply.headers.push(("vary", "origin".to_owned()));
        if let Some(origin) = self.named(request) {
            reply.headers.push(("access-control-allow-origin", origin.to_owned()));
            reply.headers.push(("access-control-expose-headers", "retry-after".to_owned()));
        }
    }

    fn named<'r>(&self, request: &'r Request) -> Option<&'r str> {
        let origin = request.header("origin")?;
        self.0.iter().any(|named| named.eq_ignore_ascii_case(origin)).then_some(origin)
    }
}

/// Whether a `Host` names this machine, with or without a port.
pub fn names_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| own.eq_ignore_ascii_case(name))
}
