//! What is the same in nearly every request, and so a setting and no input.

use crate::auth::Credentials;
use crate::comment;
use crate::document::Node;
use crate::names::{self, words};
use crate::parameter::{Parameter, Place};
use crate::read::{Operation, templates};
use crate::report::{Kind, Report};
use outwit_link::vendor::{Pairs, Setting, is_reserved_header, is_token};
use std::collections::BTreeMap;

/// Fewer operations have nothing in common, unless it is constant.
const FEWEST: usize = 4;

/// What requests have in common: the vendor's names, and the settings.
#[derive(Debug, Default)]
pub(crate) struct Common {
    /// The value in front of paths.
    pub path: Option<(String, String)>,
    pub headers: Pairs,
    pub queries: Pairs,
    pub settings: Vec<Setting>,
    /// What is a credential, and so no input.
    pub credentials: Credentials,
}

impl Common {
    /// The setting that stands in the place of a parameter.
    pub fn setting(&self, parameter: &Parameter<'_>) -> Option<&str> {
        let of = |pairs: &'_ Pairs, name: &str| pairs.iter().position(|(known, _)| known == name);
        match parameter.place {
            Place::Path => {
                let (_, setting) = self.path.as_ref().filter(|(name, _)| name == parameter.name)?;
                self.takes(parameter, setting).then_some(&**setting)
            }
            Place::Header => {
                of(&self.headers, &parameter.name.to_ascii_lowercase()).map(|index| &*self.headers[index].1)
            }
            Place::Query => of(&self.queries, parameter.name).map(|index| &*self.queries[index].1),
            _ => None,
        }
    }

    /// Whether what a setting holds without a person is among the words of a parameter.
    fn takes(&self, parameter: &Parameter<'_>, setting: &str) -> bool {
        let words = parameter.schema.map(|schema| schema.items("enum")).unwrap_or_default();
        let setting = self.settings.iter().find(|known| known.name == setting);
        let default = setting.and_then(|setting| setting.default.as_deref());
        words.is_empty() || default.is_none_or(|default| words.iter().any(|word| word.as_str() == Some(default)))
    }
}

/// Whether `part` is nearly all of `all`: nine tenths.
fn nearly(part: usize, all: usize) -> bool {
    part * 10 >= all * 9
}

/// What the operations have in common.
pub(crate) fn of(
    operations: &[Operation<'_>],
    credentials: Credentials,
    root: &Node,
    vendor: &str,
    report: &mut Report,
) -> Common {
    let mut common = Common { credentials, ..Common::default() };
    if let Some(parameter) = in_front(operations, root) {
        let constant = constant(&[parameter], root);
        let setting = add(&mut common, vendor, parameter, constant, report);
        common.path = Some((parameter.name.to_owned(), setting));
    }
    let count = operations.len();
    let (headers, queries): (Vec<_>, Vec<_>) =
        shared(operations, root).into_iter().partition(|((place, _), _)| *place == Place::Header);
    for ((place, name), all) in headers.into_iter().chain(queries) {
        if common.credentials.contains(all[0]) {
            continue;
        }
        let constant = constant(&all, root);
        let setting = add(&mut common, vendor, all[0], constant, report);
        if place == Place::Query {
            common.queries.push((name, setting));
            continue;
        }
        if all.len() < count {
            let text =
                format!("the header {name} is sent by all operations, of which {} do not have it", count - all.len());
            report.say(Kind::Decided, all[0].pointer.clone(), None, text);
        }
        common.headers.push((name, setting));
    }
    common
}

/// The headers, in lower case, and the parameters of queries that nearly all operations demand and nearly nobody changes.
pub(crate) fn shared<'p, 'd>(
    operations: &'p [Operation<'d>],
    root: &Node,
) -> BTreeMap<(Place, String), Vec<&'p Parameter<'d>>> {
    let mut groups: BTreeMap<(Place, String), Vec<&Parameter<'_>>> = BTreeMap::new();
    for parameter in operations.iter().flat_map(|operation| &operation.parameters) {
        let name = match parameter.place {
            Place::Header if is_free(parameter.name) => parameter.name.to_ascii_lowercase(),
            Place::Query => parameter.name.to_owned(),
            _ => continue,
        };
        groups.entry((parameter.place, name)).or_default().push(parameter);
    }
    let count = operations.len();
    groups.retain(|(place, name), all| {
        let required = all.iter().filter(|parameter| parameter.required).count();
        let is_constant = || constant(all, root).is_some();
        nearly(required, count)
            && match place {
                Place::Header => (count >= FEWEST || is_constant()) && !is_of_one_request(name),
                // What is sent everywhere has to be allowed everywhere.
                _ => all.len() == count && (is_constant() || count >= FEWEST && is_whose(name)),
            }
    });
    groups
}

/// The parameter that stands in front of nearly all paths, says whose things are, and is not what they are about.
fn in_front<'p, 'd>(operations: &'p [Operation<'d>], root: &Node) -> Option<&'p Parameter<'d>> {
    if operations.len() < FEWEST {
        return None;
    }
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let front =
        |path: &'d str| -> Option<(&'d str, &'d str)> { Some((path.split_once('{')?.0, templates(path).next()?)) };
    for operation in operations {
        if let Some(key) = front(operation.path) {
            *counts.entry(key).or_default() += 1;
        }
    }
    let ((before, name), count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    // With a list of them, or where one can be changed, they are records.
    let of_record = operations.iter().any(|operation| {
        let path = operation.path.trim_end_matches('/');
        let one = path.ends_with('}') && front(path) == Some((before, name)) && templates(path).count() == 1;
        path == before.trim_end_matches('/') || one && operation.method != outwit_link::vendor::Method::Get
    });
    if of_record || !is_whose(name) || !nearly(count, operations.len()) || !before.ends_with('/') {
        return None;
    }
    let of = |operation: &&'p Operation<'d>| front(operation.path) == Some((before, name));
    let parameter = |operation: &'p Operation<'d>| {
        operation.parameters.iter().find(|parameter| parameter.place == Place::Path && parameter.name == name)
    };
    // Of several, one with the constant that most have.
    let mut counts: BTreeMap<Option<String>, (usize, &Parameter<'d>)> = BTreeMap::new();
    for parameter in operations.iter().filter(of).filter_map(parameter) {
        counts.entry(constant(&[parameter], root)).or_insert((0, parameter)).0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map(|(_, parameter)| parameter)
}

/// Adds the setting of a parameter.
fn add(
    common: &mut Common,
    vendor: &str,
    parameter: &Parameter<'_>,
    constant: Option<String>,
    report: &mut Report,
) -> String {
    let mut words = words(parameter.name);
    if words.len() > 1 && words[0] == "x" {
        words.remove(0);
    }
    let base = names::setting(vendor, &words);
    let is_taken = |name: &str| common.settings.iter().any(|setting| setting.name == name);
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let name = std::iter::once(base.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default();
    let place = match parameter.place {
        Place::Path => "path",
        Place::Header => "header",
        _ => "query",
    };
    let fallback = names::kebab(&words);
    let description = comment::first(&[parameter.description], &fallback);
    report.say(
        Kind::Setting,
        parameter.pointer.clone(),
        None,
        format!("the {place} parameter {} is the setting {name}", parameter.name),
    );
    common.settings.push(Setting {
        name: name.clone(),
        description,
        required: constant.is_none(),
        secret: false,
        default: constant,
    });
    name
}

/// The value of a parameter that nearly nobody changes.
fn constant(all: &[&Parameter<'_>], root: &Node) -> Option<String> {
    let of = |parameter: &&Parameter<'_>| {
        let schema = parameter.schema?;
        // Of several formats, the one that is read.
        let is_json = |word: &&Node| word.as_str().is_some_and(|word| word.eq_ignore_ascii_case("json"));
        if let Some(json) = schema.items("enum").iter().find(is_json) {
            return json.scalar();
        }
        let one = match schema.items("enum") {
            [one] => one.scalar(),
            _ => None,
        };
        one.or_else(|| schema.get("const").or_else(|| schema.get("default")).and_then(Node::scalar))
    };
    let values: Vec<Option<String>> = all.iter().map(of).collect();
    let first = values.iter().flatten().next();
    if let Some(first) = first.filter(|first| !first.trim().is_empty()) {
        return values.iter().all(|value| value.as_ref().is_none_or(|value| value == first)).then(|| first.clone());
    }
    // The version of an API is that of its document.
    let is_version = words(all[0].name).concat() == "apiversion";
    root.get("info").filter(|_| is_version).and_then(|info| info.get("version")).and_then(Node::scalar)
}

/// Whether a name says whose something is.
fn is_whose(name: &str) -> bool {
    const OWNERS: &str = " account accounts tenant workspace workspaces organization organisation org organizations company team site sites \
        subscription subscriptions customer partner merchant seller shop store realm domain project projects environment instance app \
        application space publisher network portal group organizer version format language locale ";
    words(name).iter().any(|word| OWNERS.split_ascii_whitespace().any(|owner| owner == word))
}

/// Headers that differ from request to request.
fn is_of_one_request(name: &str) -> bool {
    [
        "idempoten",
        "request-id",
        "requestid",
        "correlation",
        "trace",
        "date",
        "signature",
        "nonce",
        "timestamp",
        "if-",
        "target",
        "range",
    ]
    .iter()
    .any(|part| name.contains(part))
}

/// Headers that a component sends by itself, or that belong to the connection.
pub(crate) fn is_sent_anyway(name: &str) -> bool {
    const NAMES: &str = " accept accept-encoding content-type authorization user-agent content-length host connection transfer-encoding \
        cookie ";
    let name = name.to_ascii_lowercase();
    NAMES.split_ascii_whitespace().any(|known| known == name)
}

/// Whether a header can be an input's or a setting's.
pub(crate) fn is_free(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_token(&name) && !is_reserved_header(&name)
}

/// Whether a host sets a header where its calls are traced.
pub(crate) fn is_hosts(name: &str) -> bool {
    name.eq_ignore_ascii_case("traceparent")
}
