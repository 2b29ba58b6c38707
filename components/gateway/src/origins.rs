//! Pages of other sites.
//!
//! They are not let in, but for the gateway's own: what brings an `Origin` is refused, since a browser sends some requests without asking first. Those
//! that `OUTWIT_GATEWAY_ORIGINS` names are, and browsers are told so (CORS); the token is theirs to bring all the same.

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

    pub fn check(&self, request: &Request, access: &Access) -> Result<(), Problem> {
        let origin = request.header("origin");
        if !request.has("origin") || self.named(request).is_some() || origin.is_some_and(is_local) {
            return Ok(());
        }
        // The page `/docs`, by the name that the client has for the gateway. Without a token that would let in any page that
        // gives the gateway a name of its own (DNS rebinding).
        let authority = origin.and_then(|origin| Some(origin.split_once("://")?.1));
        let own = |host: &str| authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host));
        if matches!(access, Access::Token(_)) && request.header("host").is_some_and(own) {
            return Ok(());
        }
        let message = "pages of other sites are not let in; OUTWIT_GATEWAY_ORIGINS names those that are";
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

/// Whether a page is from this machine: tools for developers are.
fn is_local(origin: &str) -> bool {
    let Some((_, authority)) = origin.split_once("://") else { return false };
    let port = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| authority.strip_prefix(name).is_some_and(port))
}
