//! From a document to operations that WIT and `vendor.toml` can say.

use crate::comment;
use crate::common::Common;
use crate::document::Node;
use crate::events::{DEADLINE_MS, Streamed};
use crate::input::{Input, Place, Sent, by_rule};
use crate::media::AnswerKind;
use crate::parameter::Place as In;
use crate::read::{Operation, templates};
use crate::refs::At;
use crate::report::Kind;
use crate::schema::{Maker, Way};
use crate::spelling;
use crate::types::{DefKind, Shared, Ty};
use outwit_link::vendor::{self, Auth, Body, Method, Names, Param, Style};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path cannot hold as it is.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'|');
/// Members of an answer that say no more than its status does.
const STATUSES: [&str; 8] = ["status", "success", "ok", "code", "message", "error", "result-code", "status-code"];

/// An operation that is imported.
pub(crate) struct Made {
    pub name: String,
    pub interface: String,
    pub interface_doc: String,
    pub doc: Vec<String>,
    pub method: Method,
    pub route: String,
    /// The type of its input.
    pub input: Option<usize>,
    pub sent: Vec<Sent>,
    pub is_form: bool,
    /// Whether the vendor demands a body where no member of it is given. Methods other than GET and DELETE always send one.
    pub needs_body: bool,
    /// What the JSON that is sent and the JSON that comes are called, where that is not `application/json`.
    pub media: [Option<String>; 2],
    pub output: Option<Ty>,
    pub member: Option<String>,
    pub may_be_empty: bool,
    pub is_text: bool,
    /// How it comes piece by piece.
    pub stream: Option<Streamed>,
    /// Whether it gives a credential.
    pub gives_secret: bool,
    pub status: u16,
    pub auth: Option<Auth>,
    pub base: Option<String>,
}

impl Made {
    /// Whether its body has members.
    pub fn sends_members(&self) -> bool {
        self.sent.iter().any(|sent| sent.place == Place::Body)
    }
}

/// An operation as WIT and `vendor.toml` have it, or why it cannot be one.
pub(crate) fn operation<'d>(
    maker: &mut Maker<'d>,
    operation: &Operation<'d>,
    common: &Common,
) -> Result<Made, (Kind, String)> {
    let Input { sent, is_form } = maker.input(operation, common)?;
    let route = route(operation, common, &sent);
    if let Some(problem) = vendor::route_problem(&route) {
        return Err((Kind::Path, format!("its path cannot be sent: {problem}")));
    }
    let (output, member, stream) = match operation.answer.kind {
        AnswerKind::Events => {
            let schema = operation.answer.events.flatten();
            let (whole, stream) = maker.streamed(&operation.name, schema, operation.switch);
            let text = match stream.facts.text.first() {
                Some(pointer) => format!("the answer comes piece by piece, with the text of each event at {pointer}"),
                None => {
                    "the answer comes piece by piece; the document has no known shape of events, so that each is JSON"
                        .to_owned()
                }
            };
            maker.report.say(Kind::Decided, operation.answer.pointer.clone(), Some(&operation.name), text);
            (Some(whole), None, Some(stream))
        }
        _ => {
            let (output, member) = answer(maker, operation);
            (output, member, None)
        }
    };
    if maker.schemas.is_spent() {
        return Err((Kind::TooLarge, "the document is larger than an importer works on".to_owned()));
    }
    let fields: Vec<_> = sent.iter().map(|sent| sent.field.clone()).collect();
    let input = (!fields.is_empty()).then(|| {
        let mut fields = fields;
        if maker.types.fit(&mut fields) {
            maker.report.json("a record that takes too much memory");
        }
        let doc = format!("What `{}` takes.", operation.name);
        maker.types.add(&format!("{}-input", operation.name), doc, DefKind::Record(fields), Shared::Never)
    });
    let gives_secret = gives_secret(maker, output.as_ref());
    let doc = comment::paragraphs(operation.node.text("summary"), operation.node.text("description"), &operation.name);
    maker.schemas.spend(doc.iter().map(String::len).sum());
    Ok(Made {
        name: operation.name.clone(),
        interface: operation.interface.clone(),
        interface_doc: interface_doc(maker.schemas.root, operation),
        doc,
        method: operation.method,
        route,
        input,
        sent,
        is_form,
        needs_body: by_rule(operation.method) == Place::Query
            && operation.body.as_ref().is_some_and(|body| body.required),
        media: [operation.body.as_ref().and_then(|body| body.media.clone()), operation.answer.media.clone()],
        output,
        member,
        may_be_empty: operation.answer.may_be_empty,
        gives_secret,
        is_text: matches!(operation.answer.kind, AnswerKind::Text),
        stream,
        status: operation.answer.status,
        auth: None,
        base: None,
    })
}

/// What an operation gives, and the member of the answer that it stands in.
fn answer<'d>(maker: &mut Maker<'d>, operation: &Operation<'d>) -> (Option<Ty>, Option<String>) {
    let schema = match operation.answer.kind {
        AnswerKind::Json(schema) => schema,
        AnswerKind::Text => return (Some(Ty::Text), None),
        // A read gives whatever comes. Of a write, nothing may come.
        AnswerKind::Unsaid if operation.method == Method::Get => {
            maker.report.json("an answer of which nothing is said");
            return (Some(Ty::Json), None);
        }
        AnswerKind::Unsaid | AnswerKind::Nothing | AnswerKind::Events => return (None, None),
    };
    let view = maker.view(schema);
    let ty = maker.ty(&view, Way::Out, &format!("{}-answer", operation.name), &At::pointer(&operation.answer.pointer));
    if let Ty::Named(index) = &ty
        && let DefKind::Record(fields) = &maker.types.defs[*index].kind
    {
        let lists: Vec<_> = fields.iter().filter(|field| matches!(field.ty, Ty::List(_))).collect();
        let says_no_more = |name: &str| name == "extra" || STATUSES.contains(&name);
        if let [list] = lists.as_slice()
            && fields.iter().all(|field| field.name == list.name || says_no_more(&field.name))
        {
            return (Some(list.ty.clone()), Some(list.theirs.clone()));
        }
    }
    // An id alone is text as everywhere.
    let ty = match ty {
        Ty::NumericId | Ty::Decimal => Ty::Text,
        ty => ty,
    };
    (Some(ty), None)
}

/// Whether an answer holds a token, by the names of its fields.
fn gives_secret(maker: &Maker<'_>, output: Option<&Ty>) -> bool {
    const TOKENS: [&str; 4] = ["access-token", "refresh-token", "id-token", "client-secret"];
    let Some(DefKind::Record(fields)) = output.and_then(Ty::named).map(|index| &maker.types.defs[index].kind) else {
        return false;
    };
    fields.iter().any(|field| *field.ty.some() == Ty::Text && TOKENS.contains(&field.name.as_str()))
}

fn interface_doc(root: &Node, operation: &Operation<'_>) -> String {
    let tag = operation.tag.and_then(|tag| root.items("tags").iter().find(|known| known.text("name") == Some(tag)));
    comment::first(&[tag.and_then(|tag| tag.text("description")), operation.tag], &operation.interface)
}

/// The path with WIT's names and settings in its braces.
fn route(operation: &Operation<'_>, common: &Common, sent: &[Sent]) -> String {
    let mut route = String::new();
    let fixed = |text: &str| utf8_percent_encode(text, PATH).to_string();
    let mut names = templates(operation.path);
    for (index, part) in operation.path.split('{').enumerate() {
        if index == 0 {
            route += &fixed(part);
            continue;
        }
        let name = names.next().unwrap_or_default();
        let parameter = operation.parameters.iter().find(|known| known.place == In::Path && known.name == name);
        let setting = parameter.and_then(|parameter| common.setting(parameter));
        let field = sent.iter().find(|sent| sent.place == Place::Path && sent.field.theirs == name);
        route += &format!("{{{}}}", setting.or(field.map(|sent| sent.field.name.as_str())).unwrap_or_default());
        route += &fixed(part.split_once('}').map_or("", |(_, fixed)| fixed));
    }
    if route.starts_with('/') { route } else { format!("/{route}") }
}

/// The operation's row in `vendor.toml`.
pub(crate) fn row(made: &Made, names: &Names, vendor_body: Body) -> vendor::Operation {
    let body = if made.is_form { Body::Form } else { Body::Json };
    vendor::Operation {
        method: made.method,
        route: made.route.clone(),
        auth: made.auth.clone(),
        base: made.base.clone(),
        body: (made.sends_members() && (body != vendor_body || made.needs_body)).then_some(body),
        content_type: made.media[0].clone(),
        accept: made.media[1].clone(),
        member: made.member.clone(),
        secret: made.gives_secret,
        silent: made.may_be_empty && made.output.is_some() && made.stream.is_none(),
        deadline_ms: made.stream.as_ref().map(|_| DEADLINE_MS),
        stream: made.stream.as_ref().map(|stream| stream.facts.clone()),
        text: made.is_text,
        input: made.sent.iter().filter_map(|sent| Some((sent.field.name.clone(), param(sent, made, names)?))).collect(),
        ..vendor::Operation::default()
    }
}

/// What is to say of a field; none where the rules say it.
fn param(sent: &Sent, made: &Made, names: &Names) -> Option<Param> {
    let field = &sent.field;
    let place = match sent.place {
        Place::Path => None,
        place if place == by_rule(made.method) => None,
        Place::Query => Some(vendor::Place::Query),
        Place::Header => Some(vendor::Place::Header),
        Place::Body => Some(vendor::Place::Body),
        Place::WholeBody => Some(vendor::Place::WholeBody),
    };
    let is_named = !matches!(sent.place, Place::Path | Place::WholeBody) && field.name != "extra";
    let theirs = match sent.place {
        Place::Header => field.theirs.to_ascii_lowercase(),
        _ => field.theirs.clone(),
    };
    let in_json = sent.place == Place::Body && !made.is_form || sent.place == Place::WholeBody;
    let numeric = *field.ty.some() == Ty::NumericId;
    let by_table = names.numeric_ids.contains(&field.name);
    let param = Param {
        name: (is_named && spelling::by_rule(names, &field.name) != theirs).then_some(theirs),
        place,
        style: if in_json { Style::default() } else { sent.style },
        numeric: (numeric != by_table && (numeric || *field.ty.some() == Ty::Text)).then_some(numeric),
    };
    (param != Param::default()).then_some(param)
}
