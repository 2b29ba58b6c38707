//! The parameters of an operation, in whichever dialect they are written.

use crate::document::Node;
use crate::refs::escaped;
use crate::report::{Kind, Report};
use crate::view::Schemas;
use outwit_link::vendor::Style;

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    /// Swagger 2.0: a field of a form.
    Form,
    /// Swagger 2.0: the body.
    Body,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Parameter<'d> {
    pub name: &'d str,
    pub place: Place,
    pub required: bool,
    /// What values it takes: text where nothing is said.
    pub schema: Option<&'d Node>,
    /// How a list or an object is written; none where there is no way.
    pub style: Option<Style>,
    pub description: Option<&'d str>,
    pub example: Option<&'d Node>,
    pub pointer: String,
    /// The parameter as it stands in the document.
    pub node: Option<&'d Node>,
}

/// The parameters of an operation: its own, and those of its path that it does not have itself.
pub(crate) fn all<'d>(
    schemas: &Schemas<'d>,
    path: (&'d Node, &str),
    operation: (&'d Node, &str),
    report: &mut Report,
) -> Vec<Parameter<'d>> {
    let mut all: Vec<Parameter<'d>> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for (owner, pointer) in [path, operation] {
        for (number, node) in owner.items("parameters").iter().enumerate() {
            let pointer = format!("{pointer}/parameters/{number}");
            schemas.spend(pointer.len() + 100);
            let Some(node) = schemas.follow(node) else {
                report.say(
                    Kind::Reference,
                    pointer,
                    None,
                    "the parameter's reference leads nowhere, or to another file",
                );
                continue;
            };
            let Some(parameter) = one(schemas, node, pointer.clone()) else {
                unplaced(node, pointer, report);
                continue;
            };
            match index.get_mut(&(parameter.place, parameter.name)) {
                // Of two in one list, which the specification forbids, the one that says more counts.
                Some((of, at)) if std::ptr::eq(*of, owner) && says(schemas, &all[*at]) > says(schemas, &parameter) => {}
                Some((of, at)) => (*of, all[*at]) = (owner, parameter),
                None => {
                    index.insert((parameter.place, parameter.name), (owner, all.len()));
                    all.push(parameter);
                }
            }
        }
    }
    all
}

/// Says that a parameter is not sent, because it is in no place that is known, such as `querystring` of OpenAPI 3.2.
fn unplaced(node: &Node, pointer: String, report: &mut Report) {
    let name = node.text("name").unwrap_or("without a name");
    let place = node.text("in").unwrap_or_default();
    let text = |what: &str| format!("the {what} {name} is in no place that is known, {place:?}, and is not sent");
    match node.is_true("required") {
        true => report.say(Kind::Doubtful, pointer, None, text("required parameter")),
        false => report.say(Kind::OptionalLeftOut, pointer, None, text("parameter")),
    }
}

/// How much a parameter says, by the members of its schema.
fn says<'d>(schemas: &Schemas<'d>, parameter: &Parameter<'d>) -> usize {
    let schema = parameter.schema.and_then(|schema| schemas.follow(schema)?.object());
    schema.map_or(0, |schema| schema.iter().count())
}

fn one<'d>(schemas: &Schemas<'d>, node: &'d Node, pointer: String) -> Option<Parameter<'d>> {
    let name = node.get("name").and_then(Node::as_str)?;
    let place = match node.get("in").and_then(Node::as_str)? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "cookie" => Place::Cookie,
        "formData" => Place::Form,
        "body" => Place::Body,
        _ => return None,
    };
    // Each dialect is met in documents of the other.
    let content = node.members("content").next();
    let schema = node.get("schema").filter(|schema| schema.object().is_some());
    let schema = schema.or_else(|| content.and_then(|(_, content)| content.get("schema")));
    let schema = schema.or_else(|| node.get("type").or_else(|| node.get("enum")).map(|_| node));
    let first = node.members("examples").next().and_then(|(_, example)| schemas.follow(example)?.get("value"));
    Some(Parameter {
        name,
        place,
        required: place == Place::Path || node.is_true("required"),
        schema,
        style: if content.is_some() { Some(Style::Json) } else { style(schemas, node, place) },
        description: node.text("description"),
        example: node.get("example").or_else(|| node.get("x-example")).or(first),
        pointer,
        node: Some(node),
    })
}

/// How a list or an object of a parameter is written.
fn style(schemas: &Schemas<'_>, node: &Node, place: Place) -> Option<Style> {
    let explode = match node.get("explode") {
        Some(Node::Bool(explode)) => Some(*explode),
        _ => None,
    };
    let of_items = node.get("schema").and_then(|schema| schema.text("collectionFormat"));
    match node.text("collectionFormat").or(of_items) {
        Some("csv") => return Some(Style::Comma),
        Some("ssv") => return Some(Style::Space),
        Some("pipes") => return Some(Style::Pipe),
        Some("multi") => return Some(Style::Repeated),
        // By tabs, for one.
        Some(_) => return None,
        None => {}
    }
    match (place, node.text("style")) {
        // `;id=7` and `.7`
        (Place::Path, Some("matrix" | "label")) => return None,
        (Place::Path | Place::Header, _) => return Some(Style::Comma),
        _ => {}
    }
    let is_old = schemas.root.get("swagger").is_some();
    match (node.text("style"), explode) {
        (None, None) if is_old => Some(Style::Comma),
        (style, explode) => of_style(style.unwrap_or("form"), explode),
    }
}

/// What a style of OpenAPI 3 means.
pub(crate) fn of_style(style: &str, explode: Option<bool>) -> Option<Style> {
    match (style, explode) {
        ("form", None | Some(true)) | ("spaceDelimited" | "pipeDelimited", Some(true)) => Some(Style::Repeated),
        ("form", Some(false)) => Some(Style::Comma),
        ("spaceDelimited", _) => Some(Style::Space),
        ("pipeDelimited", _) => Some(Style::Pipe),
        ("deepObject", _) => Some(Style::Brackets),
        ("simple", _) => Some(Style::Comma),
        _ => None,
    }
}

/// The pointer of an operation's method.
pub(crate) fn pointer(path: &str, method: &str) -> String {
    format!("/paths/{}/{method}", escaped(path))
}
