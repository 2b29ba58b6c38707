//! An OpenAPI document becomes a vendor's folder of data: WIT, `vendor.toml`, cases, and a report of what was decided.
//!
//! ```
//! let document = br#"{
//!     "openapi": "3.0.3",
//!     "info": { "title": "Lamps", "version": "1" },
//!     "servers": [{ "url": "https://api.lamps.test/v1" }],
//!     "paths": { "/lamps/{lampId}": { "get": {
//!         "operationId": "getLamp",
//!         "summary": "Get a lamp.",
//!         "parameters": [{ "name": "lampId", "in": "path", "required": true, "schema": { "type": "string" } }],
//!         "responses": { "204": { "description": "There is one." } }
//!     } } }
//! }"#;
//! let imported = outwit_import::import(document, &outwit_import::Options::default())?;
//! assert_eq!(imported.vendor.name, "lamps");
//! assert_eq!(imported.vendor.operations["get-lamp"].route, "/lamps/{lamp-id}");
//! assert!(imported.wit["lamps-api.wit"].contains("get-lamp: func(input: get-lamp-input) -> result<_, error>;"));
//! # Ok::<(), outwit_import::Problem>(())
//! ```
//!
//! Documents are OpenAPI 3.0, 3.1 and Swagger 2.0, as JSON or YAML, and mixtures of them. They are evidence and no truth: one bad
//! corner costs an operation and not the document, an operation that `vendor.toml` cannot say is left out, and each such
//! thing is a line of the report with its place. All work is bounded, whatever the document says.
//!
//! It does no I/O, and knows neither components nor any vendor.

#![deny(missing_docs)]

mod alternatives;
mod auth;
mod cases;
mod comment;
mod common;
mod convert;
mod document;
mod errors;
mod events;
mod input;
mod keys;
mod kind;
mod limits;
mod media;
mod names;
mod oauth;
mod operation_names;
mod parameter;
mod problem;
mod read;
mod reader;
mod refs;
mod report;
mod sample;
mod schema;
mod security;
mod server;
mod spelling;
mod together;
mod types;
mod values;
mod view;
mod weight;
mod wit;
mod yaml;

pub use problem::Problem;
pub use report::{Kind, Line, Report};

use auth::{Credentials, Decision};
use convert::Made;
use document::Node;
use outwit_link::Vendor;
use outwit_link::vendor::{Auth, Body, Setting};
use read::Operation;
use schema::Maker;
use security::Security;
use std::collections::BTreeMap;
use types::Types;
use view::Schemas;

/// The longest name of a vendor.
const LONGEST_NAME: usize = 32;

/// The most members that are reported because the document has them several times.
const MOST_TWICE: usize = 100;

/// What a document does not say, or gets wrong.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The vendor's name in kebab-case. Without it, it is made of the document's host, or of its title.
    pub name: Option<String>,
    /// What requests start with: scheme, host and maybe a path.
    pub base: Option<String>,
    /// How requests prove who sends them. Operations that the document leaves open stay open.
    pub auth: Option<Auth>,
    /// Names of vendors that the host has without any document.
    pub built_in: Vec<String>,
    /// The operations to import: an id, a tag or a path of the document, maybe with `*`. All, if there are none.
    pub only: Vec<String>,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What stands in `vendor.toml`.
    pub vendor: Vendor,
    /// The files of the folder `wit/NAME`, by name.
    pub wit: BTreeMap<String, String>,
    /// The files of the folder of cases, by name.
    pub cases: BTreeMap<String, String>,
    /// What was imported, what was left out, and why.
    pub report: Report,
}

/// Imports a document.
///
/// # Errors
///
/// The file is no document, or there is nothing to import: [`Problem`] says what was found and what was expected. What is
/// wrong inside of a document is no error, but a line of the report.
pub fn import(document: &[u8], options: &Options) -> Result<Imported, Problem> {
    let root = Node::read(document)?;
    let format = format(&root)?;
    let schemas = Schemas::new(&root);
    let urls = server::urls(&root);
    let name = match &options.name {
        Some(name) => checked(name)?,
        None => made_name(&root, &urls),
    };
    let title = title(&root, &name);
    let mut report = Report { vendor: name.clone(), title: title.clone(), format, ..Report::default() };
    if options.built_in.contains(&name) {
        let text =
            format!("{name} is also the name of a built-in vendor, which this one replaces where both are there");
        report.say(Kind::Replaces, "/info/title".to_owned(), None, text);
    }
    for pointer in root.twice(MOST_TWICE) {
        let text = "the document has this member several times; the last one counts";
        report.say(Kind::Doubtful, pointer, None, text);
    }
    let (all, operations) = read::operations(&schemas, &options.only, &name, &mut report);
    if all == 0 {
        return Err(Problem::NoOperations);
    }
    if report.operations == 0 {
        return Err(Problem::NothingMatches);
    }
    let base = match &options.base {
        Some(base) => server::given(base),
        None => server::base(&urls, &name),
    };
    let mut security = Security::of(&schemas, &name, &base.url);
    for (kind, pointer, text) in std::mem::take(&mut security.notes) {
        report.say(kind, pointer, None, text);
    }
    let given = options.auth.clone().map(|auth| match auth {
        Auth::OAuth(facts) => security.oauth(*facts),
        other => other,
    });
    let credentials = Credentials::of(&operations, &security, &root, given.as_ref());
    let decision = auth::decide(&operations, &mut security, &credentials, &root, given.as_ref(), &mut report);
    for (kind, pointer, text) in std::mem::take(&mut security.notes) {
        report.say(kind, pointer, None, text);
    }
    let common = common::of(&operations, credentials, &root, &name, &mut report);
    for (kind, text) in &base.notes {
        report.say(*kind, "/servers".to_owned(), None, text);
    }
    doubts(&root, &operations, &base.url, &mut report);
    let answers = errors::answers(&schemas, &operations);
    let types = Types::new(operations.iter().map(|operation| operation.name.clone()));
    let mut maker = Maker::new(schemas, types, report);
    let mut settings = base.settings.clone();
    let mut made: Vec<Made> = Vec::new();
    let Decision { mut auth, operations: decided } = decision;
    for (operation, auth) in operations.iter().zip(decided) {
        let one = auth.map_err(|text| (Kind::Security, text)).and_then(|auth| {
            let mut one = convert::operation(&mut maker, operation, &common)?;
            one.auth = auth;
            if options.base.is_none() {
                one.base = own_base(operation, &name, &base.url, &mut settings, &mut maker.report);
            }
            Ok(one)
        });
        match one {
            Ok(one) => made.push(one),
            Err((kind, text)) => {
                maker.report.say(kind, operation.pointer.clone(), Some(&operation.name), text);
            }
        }
    }
    let Maker { mut types, spellings, mut report, .. } = maker;
    weight::fit(&mut types, &made, &mut report);
    let names = spellings.names();
    settings.extend(common.settings);
    settings.extend(keys::settings(&mut auth, &mut made, &security, &settings, &mut report));
    let forms = made.iter().filter(|made| made.is_form).count();
    let body =
        if forms * 2 > made.iter().filter(|made| made.sends_members()).count() { Body::Form } else { Body::Json };
    let vendor = Vendor {
        name: name.clone(),
        title,
        base: base.url,
        body,
        encode_paths: true,
        check: if auth == Auth::None { None } else { cases::check(&made) },
        auth,
        headers: common.headers,
        queries: common.queries,
        settings,
        answers,
        operations: made.iter().map(|made| (made.name.clone(), convert::row(made, &names, body))).collect(),
        names,
    };
    let doc = comment::paragraphs(
        Some(&vendor.title),
        root.get("info").and_then(|info| info.text("description")),
        &vendor.title,
    );
    let grant = match &vendor.auth {
        Auth::OAuth(oauth) => Some(oauth.grant),
        _ => None,
    };
    let source =
        wit::Source { vendor: &name, doc: &doc, grant, operations: &made, types: &types, spellings: &spellings };
    let files = source.files();
    report.imported = made.len();
    report.types = files.types;
    report.fields = files.fields;
    let cases = cases::Cases::new(&vendor, &types, &spellings).files(&made);
    Ok(Imported { vendor, wit: files.files, cases, report })
}

/// The version that a document says it is written in.
fn format(root: &Node) -> Result<String, Problem> {
    let other = |found: &str| Problem::NotADocument { found: found.to_owned() };
    let Some(object) = root.object() else {
        return Err(match root.as_str() {
            Some(text) => other(&format!("a text that begins with {:?}", text.chars().take(60).collect::<String>())),
            None => other(root.what()),
        });
    };
    if object.get("overlay").is_some() {
        return Err(other("an overlay, which changes another document"));
    }
    let version = |name: &str| object.get(name).and_then(Node::scalar);
    match (version("openapi"), version("swagger")) {
        (Some(version), _) if version.starts_with("3.") || version == "3" => Ok(format!("OpenAPI {version}")),
        (None, Some(version)) if version.starts_with('2') => Ok(format!("Swagger {version}")),
        (Some(found), _) | (None, Some(found)) => Err(Problem::UnknownVersion { found }),
        (None, None) => {
            let names: Vec<&str> = object.iter().map(|(name, _)| name).take(4).collect();
            Err(other(&format!("an object without `openapi` or `swagger`, with the members {}", names.join(", "))))
        }
    }
}

/// The name that was asked for, if it can be a vendor's.
fn checked(name: &str) -> Result<String, Problem> {
    let fault = |problem: &str| Err(Problem::Name { name: name.to_owned(), problem: problem.to_owned() });
    if names::ident(name, "") != name || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return fault("expected kebab-case: letters, digits and single hyphens, with a letter first");
    }
    if name.len() > LONGEST_NAME {
        return fault("expected at most 32 characters");
    }
    if names::is_no_vendor(name) {
        return fault("the word has a meaning of its own");
    }
    Ok(name.to_owned())
}

/// The vendor's name by the document's host, or its title.
fn made_name(root: &Node, urls: &[(String, Option<&Node>)]) -> String {
    const NO_NAMES: [&str; 10] =
        ["api", "rest", "the", "openapi", "swagger", "specification", "spec", "documentation", "v1", "public"];
    let of_title = || {
        let title = root.get("info").and_then(|info| info.text("title")).unwrap_or_default();
        let words: Vec<String> =
            names::words(title).into_iter().filter(|word| !NO_NAMES.contains(&word.as_str())).collect();
        names::kebab(&words[..words.len().min(3)])
    };
    let name = server::vendor(urls).unwrap_or_else(of_title);
    let name = names::short(&names::ident(&name, "vendor"), LONGEST_NAME);
    if names::is_no_vendor(&name) { format!("{name}-api") } else { name }
}

/// The vendor's name for people.
fn title(root: &Node, name: &str) -> String {
    let title = root.get("info").and_then(|info| info.text("title")).map(comment::line).unwrap_or_default();
    let title: String = title.trim_end_matches('.').chars().take(80).collect();
    if title.trim().is_empty() { name.to_owned() } else { title.trim().to_owned() }
}

/// What an operation's requests start with, where that is not the vendor's base.
fn own_base(
    operation: &Operation<'_>,
    vendor: &str,
    base: &str,
    settings: &mut Vec<Setting>,
    report: &mut Report,
) -> Option<String> {
    let mut urls = [operation.node, operation.item].into_iter().map(server::servers).find(|urls| !urls.is_empty())?;
    // A path alone is meant from where the others are.
    let origin =
        base.split_once("://").and_then(|(scheme, rest)| Some(format!("{scheme}://{}", rest.split('/').next()?)));
    for (url, _) in urls.iter_mut().filter(|(url, _)| url.starts_with('/') && !url.starts_with("//")) {
        *url = origin.iter().chain([&*url]).map(String::as_str).collect();
    }
    let own = server::base(&urls, vendor);
    if own.url == base {
        return None;
    }
    let pointer = format!("{}/servers", operation.pointer);
    if own.url.starts_with(server::NOWHERE) {
        let text = format!("none of its own servers can be used, so requests go to {base}");
        report.say(Kind::Doubtful, pointer, Some(&operation.name), text);
        return None;
    }
    for setting in own.settings {
        if !settings.iter().any(|known| known.name == setting.name) {
            // Other operations do without.
            settings.push(Setting { required: false, ..setting });
        }
    }
    report.say(Kind::Decided, pointer, Some(&operation.name), format!("requests go to {}", own.url));
    Some(own.url)
}

/// What looks wrong in a document, beyond what an operation shows.
fn doubts(root: &Node, operations: &[Operation<'_>], base: &str, report: &mut Report) {
    const STUB: [&str; 3] = ["/auth/token", "/resources", "/resources/{id}"];
    let mut paths: Vec<&str> = operations.iter().map(|operation| operation.path).collect();
    paths.sort_unstable();
    paths.dedup();
    if !paths.is_empty() && paths.iter().all(|path| STUB.contains(path)) {
        let text = "all paths are those of a template; the document is likely nobody's API";
        report.say(Kind::Doubtful, "/paths".to_owned(), None, text);
    }
    let last = base.rsplit_once("://").and_then(|(_, rest)| rest.rsplit_once('/')).map(|(_, last)| format!("/{last}/"));
    for (path, _) in root.members("paths") {
        if let Some(last) = last.as_ref().filter(|last| last.len() > 2 && path.starts_with(last.as_str())) {
            let text = format!("the path repeats {last}, with which the server's address ends");
            report.say(Kind::Doubtful, format!("/paths/{}", refs::escaped(path)), None, text);
        }
    }
    for operation in operations {
        let fixed = operation.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        use outwit_link::vendor::Method;
        let creates = match operation.method {
            Method::Put | Method::Patch => fixed.ends_with('}'),
            Method::Post => fixed.is_empty() || names::is_plural(&fixed.to_ascii_lowercase()),
            Method::Get | Method::Delete => false,
        };
        let sends =
            operation.body.is_some() || operation.parameters.iter().any(|known| known.place != parameter::Place::Path);
        if creates && !sends {
            let text = "the document has no body for it, so nothing but its path is sent";
            report.say(Kind::Doubtful, operation.pointer.clone(), Some(&operation.name), text);
        }
    }
}
