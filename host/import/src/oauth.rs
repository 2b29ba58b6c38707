//! OAuth 2.0: what of a document's flows a host can use to get tokens by itself.

use crate::document::Node;
use crate::read::Operation;
use outwit_link::oauth::address_problem;
use outwit_link::vendor::{Auth, Grant, OAuth};
use std::collections::BTreeSet;

/// The facts that a scheme gives, without settings and scope; or why it gives none. `base` is what relative addresses are relative to.
pub(crate) fn facts(scheme: &Node, base: &str) -> Result<OAuth, String> {
    // OpenAPI 3 names flows by members, Swagger 2.0 by the value of `flow`.
    let flows: Vec<(&str, &Node)> = match scheme.text("flow") {
        Some(flow) => vec![(flow, scheme)],
        None => scheme.members("flows").collect(),
    };
    let flow = |names: [&str; 2]| flows.iter().find(|(name, _)| names.contains(name)).map(|(_, flow)| *flow);
    let (grant, flow) = match (flow(["authorizationCode", "accessCode"]), flow(["clientCredentials", "application"])) {
        (Some(flow), _) => (Grant::AuthorizationCode, flow),
        (None, Some(flow)) => (Grant::ClientCredentials, flow),
        (None, None) => {
            let names: Vec<&str> = flows.iter().map(|(name, _)| *name).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(format!("a flow that gives a host no token: {names}"));
        }
    };
    let address = |name: &str, may_have_query: bool| {
        let url = flow.text(name).map(|url| absolute(url.trim(), base)).unwrap_or_default();
        match address_problem(&url, may_have_query) {
            Some(problem) => Err(format!("{name} {url:?}: {problem}")),
            None => Ok(url),
        }
    };
    let token_url = address("tokenUrl", false)?;
    let authorize_url = match grant {
        Grant::AuthorizationCode => Some(address("authorizationUrl", true)?),
        Grant::ClientCredentials => None,
    };
    Ok(OAuth { grant, token_url, authorize_url, ..OAuth::default() })
}

fn absolute(url: &str, base: &str) -> String {
    if url.is_empty() || url.contains("://") {
        return url.to_owned();
    }
    let host = base.find("://").map_or(0, |at| at + 3);
    let origin = base[host..].find('/').map_or(base, |path| &base[..host + path]);
    if url.starts_with('/') { format!("{origin}{url}") } else { format!("{}/{url}", base.trim_end_matches('/')) }
}

/// What the operations ask of a scheme, in the order of names.
pub(crate) fn scope(operations: &[Operation<'_>], root: &Node, is_scheme: impl Fn(&str) -> bool) -> String {
    let mut scopes = BTreeSet::new();
    for operation in operations {
        let said = operation.node.get("security").or_else(|| root.get("security"));
        for requirement in said.and_then(Node::list).unwrap_or_default() {
            for (name, asked) in requirement.object().into_iter().flat_map(crate::document::Object::iter) {
                if is_scheme(name) {
                    scopes.extend(asked.list().unwrap_or_default().iter().filter_map(Node::as_str));
                }
            }
        }
    }
    scopes.into_iter().collect::<Vec<_>>().join(" ")
}

/// The same credential, as a token that a person gives.
pub(crate) fn plain(auth: Auth) -> Auth {
    match auth {
        Auth::OAuth(oauth) => Auth::Bearer { token: oauth.token },
        other => other,
    }
}
