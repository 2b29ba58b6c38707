//! The operations of a document, as far as they can be imported.

use crate::document::Node;
use crate::media::{self, Answer, AnswerKind, Body};
use crate::operation_names::{self, Named};
use crate::parameter::{self, Parameter, Place};
use crate::refs::escaped;
use crate::report::{Kind, Report};
use crate::view::{Kind as View, Schemas};
use outwit_link::vendor::{Method, Style};
use std::collections::HashSet;
use wildmatch::WildMatch;

/// The most operations that are read.
const MOST: usize = 20_000;
/// `query` is of OpenAPI 3.2.
const METHODS: [&str; 9] = ["get", "post", "put", "patch", "delete", "head", "options", "trace", "query"];

/// An operation of the document.
#[derive(Clone)]
pub(crate) struct Operation<'d> {
    pub name: String,
    pub interface: String,
    /// What is said of the interface.
    pub tag: Option<&'d str>,
    pub method: Method,
    pub path: &'d str,
    pub pointer: String,
    pub node: &'d Node,
    pub item: &'d Node,
    pub parameters: Vec<Parameter<'d>>,
    pub body: Option<Body<'d>>,
    pub answer: Answer<'d>,
    /// The member of the body that chooses between an answer at once and one that comes piece by piece: no field of the input.
    pub switch: Option<&'static str>,
}

/// An operation of which nothing but its place is known.
struct Raw<'d> {
    path: &'d str,
    method: &'static str,
    item: &'d Node,
    node: &'d Node,
}

/// How many there are in the document, and those that can be imported. The others are in the report.
pub(crate) fn operations<'d>(
    schemas: &Schemas<'d>,
    only: &[String],
    vendor: &str,
    report: &mut Report,
) -> (usize, Vec<Operation<'d>>) {
    let patterns: Vec<WildMatch> = only.iter().map(|pattern| WildMatch::new(pattern)).collect();
    let mut raw = Vec::new();
    let (mut all, mut malformed, mut other) = (0, 0, 0);
    let mut malform = |pointer: String, node: &Node, report: &mut Report| {
        malformed += 1;
        report.say(Kind::Malformed, pointer, None, format!("expected an object, and found {}", node.what()));
    };
    for (path, item) in schemas.root.members("paths").filter(|(path, _)| !path.starts_with("x-")) {
        if item.object().is_none() {
            all += 1;
            if is_wanted(&patterns, path, item) {
                malform(format!("/paths/{}", escaped(path)), item, report);
            }
            continue;
        }
        // The members beside a reference win.
        let target = match item.text("$ref") {
            Some(reference) => {
                let target = schemas.follow(item);
                if target.is_none() {
                    let text = format!("{reference} leads nowhere, or to another file");
                    report.say(Kind::Reference, format!("/paths/{}", escaped(path)), None, text);
                }
                target
            }
            None => None,
        };
        // Of OpenAPI 3.2.
        let additional =
            [Some(item), target].into_iter().flatten().flat_map(|item| item.members("additionalOperations"));
        for (method, node) in additional {
            all += 1;
            if is_wanted(&patterns, path, node) {
                other += 1;
                let pointer = format!("/paths/{}/additionalOperations/{}", escaped(path), escaped(method));
                report.say(Kind::Method, pointer, None, format!("{method} is not sent"));
            }
        }
        for method in METHODS {
            let own = [Some(item), target].into_iter().flatten().find_map(|item| Some((item, item.get(method)?)));
            let Some((item, node)) = own else { continue };
            all += 1;
            match node.object() {
                _ if raw.len() >= MOST || !is_wanted(&patterns, path, node) => {}
                None => malform(parameter::pointer(path, method), node, report),
                Some(_) => raw.push(Raw { path, method, item, node }),
            }
        }
    }
    let named: Vec<Named<'_>> =
        raw.iter().map(|raw| Named { id: raw.node.text("operationId"), method: raw.method, path: raw.path }).collect();
    let names = operation_names::of(&named, vendor);
    report.operations = raw.len() + malformed + other;
    let all_names: HashSet<String> = names.iter().cloned().collect();
    let mut routes = HashSet::new();
    let mut operations = Vec::new();
    for (raw, name) in raw.iter().zip(names) {
        let pointer = parameter::pointer(raw.path, raw.method);
        match operation(schemas, raw, &pointer, &name, vendor, &mut routes, report) {
            Ok(operation) => {
                let pieces = in_pieces(&operation, &operations, &all_names);
                report.operations += pieces.iter().len();
                operations.extend([Some(operation), pieces].into_iter().flatten());
            }
            Err((kind, text)) => report.say(kind, pointer, Some(&name), text),
        }
    }
    (all, operations)
}

fn is_wanted(patterns: &[WildMatch], path: &str, node: &Node) -> bool {
    let tags = node.items("tags").iter().filter_map(Node::as_str);
    let names: Vec<&str> = node.text("operationId").into_iter().chain([path]).chain(tags).collect();
    patterns.is_empty() || patterns.iter().any(|pattern| names.iter().any(|name| pattern.matches(name)))
}

fn operation<'d>(
    schemas: &Schemas<'d>,
    raw: &Raw<'d>,
    pointer: &str,
    name: &str,
    vendor: &str,
    routes: &mut HashSet<(&'static str, String)>,
    report: &mut Report,
) -> Result<Operation<'d>, (Kind, String)> {
    let method = match raw.method {
        "get" => Method::Get,
        "post" => Method::Post,
        "put" => Method::Put,
        "patch" => Method::Patch,
        "delete" => Method::Delete,
        other => return Err((Kind::Method, format!("{} is not sent", other.to_ascii_uppercase()))),
    };
    let shape = shape(raw.path).map_err(|text| (Kind::Path, text.to_owned()))?;
    if !routes.insert((raw.method, shape)) {
        return Err((Kind::SameRoute, "another operation has the same method and path".to_owned()));
    }
    if schemas.is_spent() {
        return Err((Kind::TooLarge, "the document is larger than an importer works on".to_owned()));
    }
    let item_pointer = format!("/paths/{}", escaped(raw.path));
    let mut parameters = parameter::all(schemas, (raw.item, &item_pointer), (raw.node, pointer), report);
    let body = media::body(schemas, raw.node, pointer, &parameters)?;
    let answer = media::answer(schemas, raw.node, pointer)?;
    let switch = answer.events.and_then(|_| switch(schemas, body.as_ref()));
    // What the path has and the list has not is text.
    for given in templates(raw.path) {
        if !parameters.iter().any(|parameter| parameter.place == Place::Path && parameter.name == given) {
            parameters.push(undeclared(given, pointer));
        }
    }
    parameters
        .retain(|parameter| parameter.place != Place::Path || templates(raw.path).any(|given| given == parameter.name));
    let tag = raw.node.items("tags").first().and_then(Node::as_str);
    if raw.node.is_true("deprecated") {
        report.say(Kind::Deprecated, pointer.to_owned(), Some(name), "the vendor advises against it");
    }
    Ok(Operation {
        name: name.to_owned(),
        interface: operation_names::interface(tag, raw.path, vendor),
        tag,
        method,
        path: raw.path,
        pointer: pointer.to_owned(),
        node: raw.node,
        item: raw.item,
        parameters,
        body,
        answer,
        switch,
    })
}

/// The member of a body that asks for an answer piece by piece.
fn switch<'d>(schemas: &Schemas<'d>, body: Option<&Body<'d>>) -> Option<&'static str> {
    let body = body?;
    let members = match body.schema.map(|schema| schemas.view(schema).kind) {
        Some(View::Record(fields)) => fields.members.clone(),
        _ => body.fields.iter().filter_map(|field| Some((field.name, field.schema?))).collect(),
    };
    let is_switch = |&(name, node): &(&str, _)| name == "stream" && matches!(schemas.view(node).kind, View::Bool);
    members.iter().any(is_switch).then_some("stream")
}

/// The same operation, whose answer comes piece by piece, where it may come at once, too.
fn in_pieces<'d>(
    operation: &Operation<'d>,
    before: &[Operation<'d>],
    names: &HashSet<String>,
) -> Option<Operation<'d>> {
    let name = format!("stream-{}", operation.name);
    let at_once = operation.answer.events.is_some() && !matches!(operation.answer.kind, AnswerKind::Events);
    if !at_once || names.contains(&name) || before.iter().any(|known| known.name == name) {
        return None;
    }
    let pointer = format!("{}/responses", operation.pointer);
    let answer = Answer { kind: AnswerKind::Events, may_be_empty: false, pointer, ..operation.answer.clone() };
    Some(Operation { name, answer, ..operation.clone() })
}

fn undeclared<'d>(name: &'d str, pointer: &str) -> Parameter<'d> {
    Parameter {
        name,
        place: Place::Path,
        required: true,
        schema: None,
        style: Some(Style::Comma),
        description: None,
        example: None,
        pointer: pointer.to_owned(),
        node: None,
    }
}

/// The names in a path's braces.
pub(crate) fn templates(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// A path without the names in its braces; why it cannot be sent.
fn shape(path: &str) -> Result<String, &'static str> {
    if path.contains(['?', '#']) {
        return Err("its path has a query or a fragment");
    }
    let mut shape = String::new();
    for (index, part) in path.split('{').enumerate() {
        let fixed = match (index, part.split_once('}')) {
            (0, None) => part,
            (0, Some(_)) | (_, None) => return Err("the braces of its path do not match"),
            (_, Some((name, fixed))) => {
                if name.is_empty() {
                    return Err("a value of its path has no name");
                }
                shape.push_str("{}");
                fixed
            }
        };
        if fixed.contains('}') {
            return Err("the braces of its path do not match");
        }
        if fixed.contains(|char: char| char.is_control()) {
            return Err("its path has control characters");
        }
        shape.push_str(fixed);
    }
    let mut names: Vec<&str> = templates(path).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("a value stands twice in its path");
    }
    if shape.split('/').any(|part| part == ".." || part == ".") {
        return Err("its path leads upwards");
    }
    Ok(shape)
}
