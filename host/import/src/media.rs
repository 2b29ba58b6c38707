//! Bodies and answers: of several media types, the one that a component sends and reads.

use crate::document::Node;
use crate::parameter::{Parameter, Place};
use crate::report::Kind;
use crate::view::Schemas;
use outwit_link::vendor::is_token;

/// What a media type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Media {
    // In the order in which they are chosen.
    Json,
    Form,
    Multipart,
    Text,
    Xml,
    Lines,
    Events,
    Binary,
}

/// What an operation sends beside its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Body<'d> {
    pub is_form: bool,
    /// What its JSON is called, where that is not `application/json`.
    pub media: Option<String>,
    /// Whether the vendor demands one, even an empty one.
    pub required: bool,
    pub schema: Option<&'d Node>,
    /// Swagger 2.0: the fields of the form.
    pub fields: Vec<Parameter<'d>>,
    /// How fields of a form are written.
    pub encoding: Option<&'d Node>,
    pub pointer: String,
}

/// What an operation answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer<'d> {
    pub kind: AnswerKind<'d>,
    /// What its JSON is called, where that is not `application/json`.
    pub media: Option<String>,
    /// The status of success that it comes with.
    pub status: u16,
    /// Whether there may be nothing at all.
    pub may_be_empty: bool,
    /// The schema of the events, where it may come piece by piece.
    pub events: Option<Option<&'d Node>>,
    pub pointer: String,
}

#[derive(Clone, Debug)]
pub(crate) enum AnswerKind<'d> {
    Nothing,
    /// The document does not say.
    Unsaid,
    Text,
    Json(&'d Node),
    /// Piece by piece.
    Events,
}

pub(crate) fn media(name: &str) -> Media {
    let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        "application/json" | "text/json" | "application/x-json" | "*/*" | "application/*" | "*" => Media::Json,
        "application/x-www-form-urlencoded" => Media::Form,
        "application/xml" | "text/xml" => Media::Xml,
        "text/event-stream" => Media::Events,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/stream+json"
        | "application/x-jsonlines"
        | "application/json-seq"
        | "application/jsonlines" => Media::Lines,
        // Some are misspelled.
        name if name.contains("json") => Media::Json,
        name if name.ends_with("+xml") => Media::Xml,
        name if name.starts_with("multipart/") => Media::Multipart,
        name if name.starts_with("text/") => Media::Text,
        _ => Media::Binary,
    }
}

/// What JSON is called, if none of these names is `application/json` or anything at all. Misspelled names do not count.
fn own_json<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let essence = |name: &str| name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let names: Vec<String> = names.filter(|name| media(name) == Media::Json).map(essence).collect();
    if names.iter().any(|name| name == "application/json" || name.contains('*')) {
        return None;
    }
    let is_json = |name: &&String| {
        let (_, subtype) = name.split_once('/')?;
        let known = subtype.ends_with("+json") || matches!(subtype, "json" | "x-json");
        (known && name.split('/').all(is_token)).then_some(())
    };
    names.iter().find(|name| is_json(name).is_some()).cloned()
}

/// The body of an operation, or why it cannot be sent.
pub(crate) fn body<'d>(
    schemas: &Schemas<'d>,
    operation: &'d Node,
    pointer: &str,
    parameters: &[Parameter<'d>],
) -> Result<Option<Body<'d>>, (Kind, String)> {
    if let Some(body) = operation.get("requestBody").filter(|body| body.object().is_some()) {
        let Some(body) = schemas.follow(body) else {
            return Err((Kind::Unsayable, "the body's reference leads nowhere, or to another file".to_owned()));
        };
        let all = body.members("content").map(|(name, content)| (media(name), name, content));
        let Some((media, name, content)) = all.min_by_key(|(media, ..)| *media) else { return Ok(None) };
        sendable(media, name)?;
        let pointer = format!("{pointer}/requestBody/content/{}/schema", crate::refs::escaped(name));
        return Ok(Some(Body {
            is_form: media == Media::Form,
            media: own_json(body.members("content").map(|(name, _)| name)).filter(|_| media == Media::Json),
            required: body.is_true("required"),
            schema: content.get("schema"),
            fields: Vec::new(),
            encoding: content.get("encoding"),
            pointer,
        }));
    }
    let consumes = operation.get("consumes").or_else(|| schemas.root.get("consumes")).and_then(Node::list);
    let consumes: Vec<&str> = consumes.unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let chosen = consumes.iter().map(|name| (media(name), *name)).min();
    if let Some(body) = parameters.iter().find(|parameter| parameter.place == Place::Body) {
        let (media, name) = chosen.unwrap_or((Media::Json, "application/json"));
        // A form has fields of its own in this dialect.
        let media = if media == Media::Form { Media::Json } else { media };
        sendable(media, name)?;
        let pointer = format!("{}/schema", body.pointer);
        let (required, schema) = (body.required, body.schema);
        let media = own_json(consumes.iter().copied());
        return Ok(Some(Body { is_form: false, media, required, schema, fields: Vec::new(), encoding: None, pointer }));
    }
    let fields: Vec<Parameter<'d>> =
        parameters.iter().filter(|parameter| parameter.place == Place::Form).cloned().collect();
    if fields.is_empty() {
        return Ok(None);
    }
    let is_file = |field: &Parameter<'_>| field.node.is_some_and(|node| node.text("type") == Some("file"));
    let is_form = consumes.is_empty() || consumes.iter().any(|name| media(name) == Media::Form);
    if fields.iter().any(is_file) || !is_form {
        return Err((Kind::Multipart, "its body has several parts".to_owned()));
    }
    let required = fields.iter().any(|field| field.required);
    Ok(Some(Body {
        is_form: true,
        media: None,
        required,
        schema: None,
        fields,
        encoding: None,
        pointer: pointer.to_owned(),
    }))
}

fn sendable(media: Media, name: &str) -> Result<(), (Kind, String)> {
    match media {
        Media::Json | Media::Form => Ok(()),
        Media::Multipart => Err((Kind::Multipart, "its body has several parts".to_owned())),
        _ => Err((Kind::BodyMedia, format!("its body is {name}"))),
    }
}

/// What an operation answers, or why it cannot be read.
pub(crate) fn answer<'d>(
    schemas: &Schemas<'d>,
    operation: &'d Node,
    pointer: &str,
) -> Result<Answer<'d>, (Kind, String)> {
    let all: Vec<(&str, &Node)> = operation.members("responses").collect();
    let is_success = |code: &str| code.len() == 3 && code.starts_with('2');
    let mut good: Vec<_> = all.iter().copied().filter(|(code, _)| is_success(code)).collect();
    if good.is_empty() && all.iter().any(|(code, _)| code.len() == 3 && code.starts_with('3')) {
        return Err((Kind::AnswerMedia, "its answer is a redirect".to_owned()));
    }
    if good.is_empty() {
        good = all.iter().copied().filter(|(code, _)| *code == "default").collect();
    }
    let produces = operation.get("produces").or_else(|| schemas.root.get("produces")).and_then(Node::list);
    let produces: Vec<&str> = produces.unwrap_or_default().iter().filter_map(Node::as_str).collect();
    // Media types that come, and the schemas of those that are JSON.
    let mut media_types: Vec<(Media, String)> = Vec::new();
    let mut chosen: Option<(usize, u16, &'d Node, String)> = None;
    let (mut status, mut may_be_empty, mut events) = (None, false, None);
    for (code, response) in good {
        let number = code.parse().unwrap_or(200);
        let Some(response) = schemas.follow(response) else { continue };
        let at = format!("{pointer}/responses/{code}");
        let mut found: Vec<(Media, String, Option<&'d Node>, String)> = Vec::new();
        // RFC 9110, 15.3.5: it has no content, whatever the document says.
        let content = Some(response).filter(|_| !matches!(number, 204 | 205));
        for (name, content) in content.into_iter().flat_map(|response| response.members("content")) {
            let at = format!("{at}/content/{}/schema", crate::refs::escaped(name));
            // OpenAPI 3.2: of each item, where there is a sequence of them.
            let items = content.get("itemSchema").filter(|_| media(name) == Media::Events);
            found.push((media(name), name.to_owned(), items.or_else(|| content.get("schema")), at));
        }
        if let (true, Some(schema)) = (found.is_empty(), content.and_then(|response| response.get("schema"))) {
            let json = ["application/json"];
            let names = if produces.is_empty() { json.as_slice() } else { produces.as_slice() };
            let is_file = schema.text("type") == Some("file");
            let of = |name: &&str| {
                let kind = if is_file { Media::Binary } else { media(name) };
                (kind, (*name).to_owned(), Some(schema), format!("{at}/schema"))
            };
            found.extend(names.iter().map(of));
        }
        may_be_empty |= found.is_empty();
        status = status.or(Some(number));
        for (media, name, schema, at) in found {
            let schema = schema.filter(|schema| schema.object().is_some_and(|object| !object.is_empty()));
            if media == Media::Events {
                events = events.or(Some(schema));
            }
            match schema.filter(|_| media == Media::Json) {
                Some(schema) if schemas.view(schema).is_binary() => {
                    media_types.push((Media::Binary, format!("bytes as {name}")));
                }
                Some(schema) => {
                    media_types.push((media, name));
                    let richness = richness(schemas, schema);
                    if chosen.as_ref().is_none_or(|(most, ..)| richness > *most) {
                        chosen = Some((richness, number, schema, at));
                    }
                }
                None => media_types.push((media, name)),
            }
        }
    }
    let own = own_json(media_types.iter().map(|(_, name)| name.as_str()));
    if let Some((_, status, schema, pointer)) = chosen {
        return Ok(Answer { kind: AnswerKind::Json(schema), media: own, status, may_be_empty, events, pointer });
    }
    let status = status.unwrap_or(200);
    let pointer = format!("{pointer}/responses");
    let answer = |kind| Answer { kind, media: own, status, may_be_empty, events, pointer };
    let has = |wanted: Media| media_types.iter().any(|(media, _)| *media == wanted);
    if media_types.is_empty() {
        let nothing = matches!(status, 202 | 204 | 205);
        return Ok(answer(if nothing { AnswerKind::Nothing } else { AnswerKind::Unsaid }));
    }
    if has(Media::Json) {
        return Ok(answer(AnswerKind::Unsaid));
    }
    if has(Media::Events) {
        return Ok(answer(AnswerKind::Events));
    }
    if has(Media::Lines) {
        return Err((Kind::AnswerStream, "its answer comes piece by piece".to_owned()));
    }
    if has(Media::Text) {
        return Ok(answer(AnswerKind::Text));
    }
    let mut names: Vec<&str> = media_types.iter().map(|(_, name)| name.as_str()).collect();
    names.dedup();
    names.truncate(3);
    Err((Kind::AnswerMedia, format!("its answer is {}", names.join(", "))))
}

/// How much a schema of an answer says.
fn richness<'d>(schemas: &Schemas<'d>, schema: &'d Node) -> usize {
    match schemas.view(schema).kind {
        crate::view::Kind::Record(fields) => 2 + fields.members.len(),
        crate::view::Kind::List(_) => 2,
        crate::view::Kind::Any => 0,
        _ => 1,
    }
}
