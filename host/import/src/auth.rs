//! Which credential each operation sends.

use crate::alternatives;
use crate::common::shared;
use crate::document::Node;
use crate::oauth::{plain, scope};
use crate::parameter::{Parameter, Place};
use crate::read::Operation;
use crate::report::{Kind, Report};
use crate::security::{Security, Way, is_credential, is_secret};
use crate::together::{preference, together, word};
use outwit_link::oauth::{AUTHORIZE, EXCHANGE};
use outwit_link::vendor::Auth;
use std::collections::{BTreeMap, HashSet};

/// The parameters that are credentials, and so no inputs.
#[derive(Debug, Default)]
pub(crate) struct Credentials(HashSet<(Place, String)>);

impl Credentials {
    pub fn of(operations: &[Operation<'_>], security: &Security<'_>, root: &Node, given: Option<&Auth>) -> Credentials {
        let mut counts: BTreeMap<(Place, String), usize> = BTreeMap::new();
        let wanted = security.wanted(operations, root);
        let given = match given {
            Some(Auth::Header { header, .. }) => Some((Place::Header, header)),
            Some(Auth::Query { parameter, .. }) => Some((Place::Query, parameter)),
            _ => None,
        };
        let mut credentials: HashSet<_> =
            given.into_iter().map(|(place, name)| (place, name.to_ascii_lowercase())).collect();
        for parameter in operations.iter().flat_map(|operation| &operation.parameters) {
            // What may be absent and no requirement names is an input as others are.
            let of_scheme = |name: &&str| security.has_at(name, parameter);
            if wanted.iter().any(of_scheme) || parameter.required && security.has(parameter) {
                credentials.insert(key(parameter));
            } else if is_credential(parameter) {
                *counts.entry(key(parameter)).or_default() += 1;
            }
        }
        // What would be a setting that everybody may see.
        let shared = shared(operations, root).into_values().filter(|all| is_secret(all[0]));
        credentials.extend(shared.map(|all| key(all[0])));
        // In the query of a few, it is what they are about.
        let common =
            counts.into_iter().filter(|((place, _), count)| *place == Place::Header || count * 2 >= operations.len());
        credentials.extend(common.map(|(key, _)| key));
        Credentials(credentials)
    }

    pub fn contains(&self, parameter: &Parameter<'_>) -> bool {
        self.0.contains(&key(parameter))
    }
}

fn key(parameter: &Parameter<'_>) -> (Place, String) {
    (parameter.place, parameter.name.to_ascii_lowercase())
}

/// How the vendor is called, and each operation where it is called otherwise.
pub(crate) struct Decision {
    pub auth: Auth,
    pub operations: Vec<Result<Option<Auth>, String>>,
}

pub(crate) fn decide(
    operations: &[Operation<'_>],
    security: &mut Security<'_>,
    credentials: &Credentials,
    root: &Node,
    given: Option<&Auth>,
    report: &mut Report,
) -> Decision {
    if let Some(auth) = given {
        let mut of = |operation: &Operation<'_>| {
            let ways = security.ways_of(operation.node, root).filter(|_| *auth != Auth::None)?;
            match ways.contains(&Way::Auth(Auth::None)) {
                true if ways.len() > 1 => Some(Auth::Optional { auth: Box::new(plain(auth.clone())) }),
                // Who says how all requests are signed in means those of a document that leaves all open.
                true => operation.node.get("security").map(|_| Auth::None),
                false => None,
            }
        };
        let operations = operations.iter().map(|operation| Ok(of(operation))).collect();
        return Decision { auth: auth.clone(), operations };
    }
    let mut ways = ways(operations, security, credentials, root, report);
    guess(operations, &mut ways, security, report);
    parts(operations, &mut ways, report);
    let mut counts: Vec<(Auth, usize)> = Vec::new();
    for all in &ways {
        for way in all {
            let Way::Auth(auth) = way else { continue };
            if *auth == Auth::None {
                continue;
            }
            match counts.iter_mut().find(|(known, _)| known == auth) {
                Some((_, count)) => *count += 1,
                None => counts.push((auth.clone(), 1)),
            }
        }
    }
    // The most, and of as many the easiest.
    counts.sort_by_key(|(auth, count)| (std::cmp::Reverse(*count), preference(auth)));
    // What a few say says nothing of many that say what is not defined.
    let open = ways.iter().filter(|all| all.iter().all(|way| matches!(way, Way::Undefined(_)))).count();
    let auth = counts.first().filter(|(_, count)| *count > open).map(|(auth, _)| auth.clone()).unwrap_or_default();
    let mut undefined: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut of = |all: &[Way]| -> Result<Auth, String> {
        let optional = all.contains(&Way::Auth(Auth::None));
        let has = |auth: &Auth| *auth != Auth::None && all.contains(&Way::Auth(auth.clone()));
        let best = [&auth].into_iter().chain(counts.iter().map(|(auth, _)| auth)).find(|auth| has(auth));
        match (best, all.first()) {
            (Some(best), _) if optional => Ok(Auth::Optional { auth: Box::new(plain(best.clone())) }),
            (Some(best), _) => Ok(best.clone()),
            (None, _) if optional => Ok(Auth::None),
            (None, _) if all.iter().any(|way| matches!(way, Way::Undefined(_))) => {
                report.without_credential += usize::from(auth == Auth::None);
                Ok(auth.clone())
            }
            (None, Some(Way::Unsayable(why))) => Err(format!("it wants {why}")),
            _ => Ok(auth.clone()),
        }
    };
    let decided: Vec<_> = ways.iter().map(|all| of(all)).collect();
    for (operation, all) in operations.iter().zip(&ways) {
        for way in all {
            if let Way::Undefined(name) = way {
                undefined.entry(name.as_str()).or_insert((0, operation.pointer.as_str())).0 += 1;
            }
        }
    }
    for (name, (count, pointer)) in undefined {
        let how = match &auth {
            Auth::None => "nothing is sent; say how by an option".to_owned(),
            auth => format!("they are sent as most others are: {}", word(auth)),
        };
        let text = format!("{count} operations want {name}, a scheme that the document does not define; {how}");
        report.say(Kind::Doubtful, pointer.to_owned(), None, text);
    }
    alternatives::report(operations, &ways, &decided, &counts, report);
    let auth = with_scope(auth, operations, security, root, report);
    // Where most may do without, the vendor's way says so. Tokens that the host obtains are the vendor's as they are.
    let optional = Auth::Optional { auth: Box::new(auth.clone()) };
    let count = |wanted: &Auth| decided.iter().filter(|decided| decided.as_ref() == Ok(wanted)).count();
    let auth = if !matches!(auth, Auth::OAuth(_)) && count(&optional) > count(&auth) { optional } else { auth };
    // An operation of its own way is given a token.
    let own = |own: Auth| Some(plain(own)).filter(|own| *own != plain(auth.clone()));
    let operations = decided.into_iter().map(|decided| decided.map(own)).collect();
    Decision { auth, operations }
}

/// Takes what a request has room for, where an operation has no other way.
fn parts(operations: &[Operation<'_>], ways: &mut [Vec<Way>], report: &mut Report) {
    let mut lost: BTreeMap<String, (usize, &str, String)> = BTreeMap::new();
    for (operation, all) in operations.iter().zip(ways) {
        let has_other = all.iter().any(|way| matches!(way, Way::Auth(_)));
        for way in all {
            if let Way::Part(auth, why) = way
                && !has_other
            {
                let entry = lost.entry(why.clone()).or_insert((0, operation.pointer.as_str(), word(auth)));
                entry.0 += 1;
                *way = Way::Auth(auth.clone());
            }
        }
    }
    for (why, (count, pointer, how)) in lost {
        let text = format!("{count} operations want {why}; they are sent {how} alone, which the vendor may refuse");
        report.say(Kind::Doubtful, pointer.to_owned(), None, text);
    }
}

/// The vendor's way, with the scope that the operations ask for.
fn with_scope(
    auth: Auth,
    operations: &[Operation<'_>],
    security: &Security<'_>,
    root: &Node,
    report: &mut Report,
) -> Auth {
    let Auth::OAuth(mut oauth) = auth else { return auth };
    if let Some(taken) = operations.iter().find(|operation| [AUTHORIZE, EXCHANGE].contains(&&*operation.name)) {
        let text =
            "a person gives the access token: the document has an operation of the name that the host's would have";
        report.say(Kind::Decided, taken.pointer.clone(), Some(&taken.name), text.to_owned());
        return plain(Auth::OAuth(oauth));
    }
    let of_scheme = Auth::OAuth(oauth.clone());
    oauth.scope = scope(operations, root, |scheme| security.is(scheme, &of_scheme));
    let how = match &oauth.authorize_url {
        Some(url) => format!("after a person's consent at {url}"),
        None => "for the application's own credential".to_owned(),
    };
    let scope = if oauth.scope.is_empty() { String::new() } else { format!(", with the scope {:?}", oauth.scope) };
    let text = format!("the host gets access tokens from {}, {how}{scope}", oauth.token_url);
    report.say(Kind::Decided, "/security".to_owned(), None, text);
    Auth::OAuth(oauth)
}

/// Takes schemes that are not defined for what their names say, where an operation has no other.
fn guess(operations: &[Operation<'_>], ways: &mut [Vec<Way>], security: &mut Security<'_>, report: &mut Report) {
    let mut guessed: BTreeMap<String, (usize, &str, Auth)> = BTreeMap::new();
    for (operation, all) in operations.iter().zip(ways) {
        if all.iter().any(|way| matches!(way, Way::Auth(_))) {
            continue;
        }
        for way in all {
            if let Way::Undefined(name) = way
                && let Some(auth) = security.by_name(name)
            {
                let entry = guessed.entry(name.clone()).or_insert((0, operation.pointer.as_str(), auth.clone()));
                entry.0 += 1;
                *way = Way::Auth(auth);
            }
        }
    }
    for (name, (count, pointer, auth)) in guessed {
        let how = word(&auth);
        let text =
            format!("{count} operations want {name}, a scheme that the document does not define; by its name, {how}");
        report.say(Kind::Doubtful, pointer.to_owned(), None, text);
    }
}

/// The ways in which each operation may be called.
fn ways(
    operations: &[Operation<'_>],
    security: &mut Security<'_>,
    credentials: &Credentials,
    root: &Node,
    report: &mut Report,
) -> Vec<Vec<Way>> {
    let said_at_all =
        root.get("security").is_some() || operations.iter().any(|operation| operation.node.get("security").is_some());
    let defined = security.defined(root);
    if !said_at_all && !security.is_empty() && !operations.is_empty() {
        let text = "the document defines how requests are signed in and says of no operation that it is; all are";
        report.say(Kind::Decided, "/security".to_owned(), None, text);
    }
    let mut reported = HashSet::new();
    let mut all = Vec::new();
    for operation in operations {
        let mut ways = security.ways_of(operation.node, root).unwrap_or_default();
        if ways.is_empty() && !said_at_all {
            ways.clone_from(&defined);
        }
        let is_signature = |parameter: &Parameter<'_>| parameter.name.to_ascii_lowercase().starts_with("x-amz-");
        // The specification ignores parameters of this name.
        let is_ignored = |parameter: &Parameter<'_>| {
            parameter.place == Place::Header && parameter.name.eq_ignore_ascii_case("authorization")
        };
        // A parameter that is required is sent, whichever requirement is met.
        let is_extra = |parameter: &Parameter<'_>| match security.has(parameter) {
            true => parameter.required && !is_ignored(parameter),
            false => !is_signature(parameter),
        };
        let all_of_them = operation.parameters.iter().filter(|parameter| credentials.contains(parameter));
        let mut among: Vec<&Parameter<'_>> = all_of_them.filter(|parameter| is_extra(parameter)).collect();
        // Where none is required, one of them is enough.
        if among.iter().any(|parameter| parameter.required) {
            among.retain(|parameter| parameter.required);
        } else {
            among.truncate(1);
        }
        let keys: Vec<Auth> = among.iter().map(|parameter| security.of_parameter(parameter)).collect();
        for parameter in &among {
            if !security.has(parameter) && reported.insert(key(parameter)) {
                let text = format!("the parameter {} is a credential, and so a setting", parameter.name);
                report.say(Kind::Decided, parameter.pointer.clone(), None, text);
            }
        }
        let nothing = |way: &Way| matches!(way, Way::Auth(Auth::None) | Way::Undefined(_));
        if !keys.is_empty() && ways.iter().all(nothing) {
            ways = vec![Way::Auth(together(keys))];
        } else if among.iter().any(|parameter| parameter.required) {
            for way in &mut ways {
                if let Way::Auth(auth) = way {
                    let both = [auth.clone()].into_iter().chain(keys.iter().cloned());
                    *way = Way::Auth(together(both.collect()));
                }
            }
        }
        if ways.is_empty() {
            ways.push(Way::Auth(Auth::None));
        }
        all.push(ways);
    }
    all
}
