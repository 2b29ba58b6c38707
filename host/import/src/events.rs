//! Answers that come piece by piece: where the events of a document have their text, in the shapes that are known.

use crate::comment;
use crate::document::Node;
use crate::schema::{Maker, extra};
use crate::types::{DefKind, Field, Shared, Ty};
use crate::view::{Kind, Schemas};
use outwit_link::vendor::Stream;

/// The deepest nesting of unions that is looked into.
const DEEPEST: usize = 4;
/// What an answer may take: models write for minutes.
pub(crate) const DEADLINE_MS: u32 = 600_000;

/// An operation whose answer comes piece by piece.
pub(crate) struct Streamed {
    pub facts: Stream,
    /// The names of the variant and of the resource.
    pub event: String,
    pub resource: String,
}

impl<'d> Maker<'d> {
    /// The whole answer of an operation whose events are of this schema, and what WIT and `vendor.toml` say of them.
    pub fn streamed(&mut self, operation: &str, schema: Option<&'d Node>, switch: Option<&str>) -> (Ty, Streamed) {
        let facts = Stream { switch: switch.map(str::to_owned), ..facts(&self.schemas, schema) };
        let field = |name: &str, ty: Ty, doc: &str| Field {
            name: name.to_owned(),
            ty,
            doc: doc.to_owned(),
            theirs: name.to_owned(),
            example: None,
        };
        let text = field("text", Ty::Text.optional(), "The whole text.");
        let of_events = if facts.text.is_empty() { "The events." } else { "The events that have no text." };
        let complete = field("complete", Ty::Bool.optional(), "Whether the vendor said that nothing follows.");
        let data = field("data", Ty::List(Box::new(Ty::Json)), of_events);
        let text = (!facts.text.is_empty()).then_some(text);
        let all = [complete, data, extra("What else came.")];
        let fields: Vec<Field> = text.into_iter().chain(all).collect();
        let doc = comment::first(&[], &format!("What `{operation}` gives at the end."));
        let output = self.types.add(&format!("{operation}-reply"), doc, DefKind::Record(fields), Shared::Never);
        let mut named = |what: &str| self.types.named(&format!("{operation}-{what}"));
        (Ty::Named(output), Streamed { facts, event: named("event"), resource: named("stream") })
    }
}

/// What events mean, by their schema.
fn facts<'d>(schemas: &Schemas<'d>, schema: Option<&'d Node>) -> Stream {
    let data = schema.map(|schema| data(schemas, schema, DEEPEST)).unwrap_or_default();
    let has = |path: &[&str]| data.iter().any(|data| leads(schemas, data, path, DEEPEST));
    let of_text = |text: &str, end: &[(&str, &str)]| Stream {
        text: vec![text.to_owned()],
        text_field: "text".to_owned(),
        end: end.iter().map(|(pointer, word)| ((*pointer).to_owned(), (*word).to_owned())).collect(),
        error: Some("/error".to_owned()),
        ..Stream::default()
    };
    let types: Vec<&str> = data.iter().flat_map(|data| types(schemas, data, DEEPEST)).collect();
    // Their end is `[DONE]`.
    if has(&["choices", "0", "delta", "content"]) {
        of_text("/choices/0/delta/content", &[])
    } else if has(&["choices", "0", "text"]) {
        of_text("/choices/0/text", &[])
    } else if has(&["delta", "text"]) && types.contains(&"message_stop") {
        of_text("/delta/text", &[("/type", "message_stop")])
    } else {
        Stream { open_end: true, ..Stream::default() }
    }
}

/// The schemas of the events' data: where that of the whole event is given, or of a list of all events (OpenAPI 3.2, "Special
/// Considerations for Server-Sent Events"), what is inside.
fn data<'d>(schemas: &Schemas<'d>, schema: &'d Node, deepest: usize) -> Vec<&'d Node> {
    const OF_EVENTS: [&str; 4] = ["data", "event", "id", "retry"];
    let inside = |schema| data(schemas, schema, deepest - 1);
    match schemas.view(schema).kind {
        Kind::List(Some(event)) if deepest > 0 => inside(event),
        Kind::Record(fields) if deepest > 0 && fields.members.iter().all(|(name, _)| OF_EVENTS.contains(name)) => {
            let own = fields.members.iter().find(|(name, _)| *name == "data").map(|(_, data)| content(schemas, data));
            let node = schemas.follow(schema);
            let kinds = ["oneOf", "anyOf"].iter().flat_map(|name| node.into_iter().flat_map(|node| node.items(name)));
            own.into_iter().chain(kinds.flat_map(inside)).collect()
        }
        Kind::Union { .. } if deepest > 0 && variants(schemas, schema).len() > 1 => {
            variants(schemas, schema).into_iter().flat_map(inside).collect()
        }
        _ => vec![schema],
    }
}

/// The schema of the JSON that a text holds, or the schema itself.
fn content<'d>(schemas: &Schemas<'d>, schema: &'d Node) -> &'d Node {
    let inner = schemas.follow(schema).and_then(|schema| schema.get("contentSchema"));
    inner.filter(|inner| inner.object().is_some()).unwrap_or(schema)
}

/// The schemas of which one holds: the schema itself, where it is no union.
fn variants<'d>(schemas: &Schemas<'d>, schema: &'d Node) -> Vec<&'d Node> {
    let Some(schema) = schemas.follow(schema) else { return Vec::new() };
    let all: Vec<&Node> = ["oneOf", "anyOf"].iter().flat_map(|name| schema.items(name)).collect();
    if all.is_empty() { vec![schema] } else { all }
}

/// Whether a path leads to a text, or to what may be one. Numbers are items of lists.
fn leads<'d>(schemas: &Schemas<'d>, schema: &'d Node, path: &[&str], deepest: usize) -> bool {
    variants(schemas, schema).into_iter().any(|variant| {
        let is_union = !std::ptr::eq(variant, schema) && variants(schemas, variant).len() > 1;
        if is_union {
            return deepest > 0 && leads(schemas, variant, path, deepest - 1);
        }
        match (schemas.view(variant).kind, path) {
            (Kind::Text, []) => true,
            (Kind::Record(fields), [name, rest @ ..]) => {
                let member = fields.members.iter().find(|(known, _)| known == name);
                member.is_some_and(|(_, member)| leads(schemas, member, rest, DEEPEST))
            }
            (Kind::List(Some(item)), ["0", rest @ ..]) => leads(schemas, item, rest, DEEPEST),
            _ => false,
        }
    })
}

/// The words that the member `type` of an event may be.
fn types<'d>(schemas: &Schemas<'d>, schema: &'d Node, deepest: usize) -> Vec<&'d str> {
    let mut words = Vec::new();
    for variant in variants(schemas, schema) {
        if !std::ptr::eq(variant, schema) && variants(schemas, variant).len() > 1 {
            if deepest > 0 {
                words.extend(types(schemas, variant, deepest - 1));
            }
            continue;
        }
        if let Kind::Record(fields) = schemas.view(variant).kind
            && let Some((_, ty)) = fields.members.iter().find(|(name, _)| *name == "type")
        {
            words.extend(schemas.view(ty).words.unwrap_or_default().iter().filter_map(Node::as_str));
        }
    }
    words
}
