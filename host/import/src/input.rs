//! The input of an operation: one record of its path, its query, its headers and its body.

use crate::comment;
use crate::common::{Common, is_free, is_hosts, is_sent_anyway};
use crate::document::Node;
use crate::names::ident;
use crate::parameter::{Parameter, Place as In, of_style};
use crate::read::Operation;
use crate::refs::At;
use crate::report::Kind as Line;
use crate::schema::{Maker, Way, extra};
use crate::types::{DefKind, Field, Names, Ty};
use crate::view::{Fields, Kind, View};
use outwit_link::vendor::{Method, Style};

/// Where a field goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
    WholeBody,
}

/// A field of an input, and how it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub field: Field,
    pub place: Place,
    pub style: Style,
}

/// What an operation takes.
#[derive(Debug, Default)]
pub(crate) struct Input {
    pub sent: Vec<Sent>,
    /// Whether a body is a form.
    pub is_form: bool,
}

/// The most names in a line of the report.
const MOST_SHOWN: usize = 10;

/// Why an operation cannot be sent.
type Refusal = (Line, String);

impl<'d> Maker<'d> {
    /// The fields of an operation's input.
    pub fn input(&mut self, operation: &Operation<'d>, common: &Common) -> Result<Input, Refusal> {
        let mut input = Input::default();
        let mut taken = Names::of_fields();
        let mut parameters: Vec<&Parameter<'d>> = operation.parameters.iter().collect();
        // In the order of the path, and then of the document.
        let in_path = |parameter: &Parameter<'_>| operation.path.find(&format!("{{{}}}", parameter.name));
        parameters.sort_by_key(|parameter| match parameter.place {
            In::Path => (0, in_path(parameter)),
            _ => (1, None),
        });
        for parameter in parameters {
            let skipped = common.setting(parameter).is_some()
                || common.credentials.contains(parameter)
                || parameter.place == In::Header && is_sent_anyway(parameter.name);
            match parameter.place {
                In::Path | In::Query | In::Header | In::Cookie if !skipped => {
                    self.parameter(parameter, operation, &mut taken, &mut input)?;
                }
                _ => {}
            }
        }
        if operation.body.is_some() {
            self.body(operation, &mut taken, &mut input)?;
        }
        // What no field names comes last.
        input.sent.sort_by_key(|sent| sent.field.name == "extra");
        Ok(input)
    }

    fn parameter(
        &mut self,
        parameter: &Parameter<'d>,
        operation: &Operation<'d>,
        taken: &mut Names,
        input: &mut Input,
    ) -> Result<(), Refusal> {
        let place = match parameter.place {
            In::Path => Place::Path,
            In::Query => Place::Query,
            // Of the one that the host may set, an input would be lost.
            In::Header if is_free(parameter.name) && (parameter.required || !is_hosts(parameter.name)) => Place::Header,
            _ if parameter.required => {
                return Err((Line::Unsayable, format!("{} is required and cannot be sent", parameter.name)));
            }
            _ => {
                let text = format!("{} may be absent, and cannot be given", parameter.name);
                self.report.say(Line::OptionalLeftOut, parameter.pointer.clone(), Some(&operation.name), text);
                return Ok(());
            }
        };
        let field = self.given(parameter, &operation.name, taken);
        let (mut field, style) = match self.written(place, &field.ty, parameter.style) {
            Some((ty, style)) => (Field { ty, ..field }, style),
            None if parameter.required => {
                return Err((Line::Unsayable, format!("nothing says how {} is written", parameter.name)));
            }
            None => {
                let text = format!("nothing says how {} is written", parameter.name);
                self.report.say(Line::OptionalLeftOut, parameter.pointer.clone(), Some(&operation.name), text);
                return Ok(());
            }
        };
        let is_text_list = place == Place::Path && self.is_list(parameter);
        if is_text_list {
            field.doc = comment::and(&field.doc, "Several are separated by commas.");
        }
        let field = field.required(parameter.required, false);
        input.sent.push(Sent { field, place, style });
        Ok(())
    }

    fn is_list(&self, parameter: &Parameter<'d>) -> bool {
        parameter.schema.is_some_and(|schema| matches!(self.view(schema).kind, Kind::List(_)))
    }

    /// The field of a parameter, as if it were required.
    fn given(&mut self, parameter: &Parameter<'d>, owner: &str, taken: &mut Names) -> Field {
        let ours = ident(parameter.name, "n");
        // A tool has a parameter of this name for what may be left out.
        if ours == "options" && parameter.required {
            taken.take(&ours);
        }
        let name = self.spellings.input(&ours, parameter.name, taken);
        let at = At::pointer(&parameter.pointer);
        match parameter.schema {
            Some(schema) => {
                let mut view = self.view(schema);
                view.description = parameter.description.or(view.description);
                view.example = parameter.example.or(view.example);
                self.field(name, parameter.name, &view, Way::In, owner, &at.member("schema"))
            }
            None => {
                let example = parameter.example.and_then(Node::as_str);
                let doc = comment::with_example(&comment::first(&[parameter.description], &name), example);
                let example = example.map(Into::into);
                self.schemas.spend(doc.len() + 200);
                Field { name, ty: Ty::Text, doc, theirs: parameter.name.to_owned(), example }
            }
        }
    }

    /// How a value is written outside of JSON; none where nothing says so.
    fn written(&self, place: Place, ty: &Ty, style: Option<Style>) -> Option<(Ty, Style)> {
        let types = &self.types;
        match (place, ty) {
            (Place::Path, ty) if ty.is_scalar(types) => style.map(|_| (ty.clone(), Style::default())),
            (Place::Path, Ty::List(_) | Ty::Json) => style.map(|_| (Ty::Text, Style::default())),
            (Place::Path, _) => None,
            (_, ty) if ty.is_scalar(types) => Some((ty.clone(), Style::default())),
            (_, Ty::List(item)) if item.is_scalar(types) => Some((ty.clone(), style?)),
            (Place::Header, _) => None,
            // Anything at all is mostly a text or a number.
            (_, Ty::Json) => Some((Ty::Json, style?)),
            (_, Ty::List(item)) if **item == Ty::Json => Some((ty.clone(), style?)),
            (_, Ty::List(_)) => style.filter(|style| *style == Style::Json).map(|style| (ty.clone(), style)),
            (_, Ty::Named(index)) => {
                let DefKind::Record(fields) = &types.defs[*index].kind else { return None };
                let flat = fields.iter().all(|field| field.name == "extra" || field.ty.is_scalar(types));
                let style = style.filter(|style| flat || matches!(style, Style::Json | Style::Brackets))?;
                Some((ty.clone(), style))
            }
            _ => None,
        }
    }

    fn body(&mut self, operation: &Operation<'d>, taken: &mut Names, input: &mut Input) -> Result<(), Refusal> {
        let Some(body) = &operation.body else { return Ok(()) };
        input.is_form = body.is_form;
        for parameter in body.fields.iter().filter(|field| operation.switch != Some(field.name)) {
            let field = self.given(parameter, &operation.name, taken);
            let (field, style) = self
                .written(Place::Body, &field.ty, parameter.style)
                .map_or_else(|| (field.clone(), Style::Json), |(ty, style)| (Field { ty, ..field.clone() }, style));
            let field = field.required(parameter.required, false);
            input.sent.push(Sent { field, place: Place::Body, style });
        }
        if !body.fields.is_empty() {
            return Ok(());
        }
        let Some(schema) = body.schema else {
            self.report.json("a body of which nothing is said");
            input.sent.push(any_members());
            return Ok(());
        };
        let view = self.view(schema);
        let at = At::pointer(&body.pointer);
        match &view.kind {
            Kind::Record(fields) if fields.members.len() <= 1_000 => {
                self.members(operation, &view, &fields.clone(), taken, input, &at);
            }
            _ if view.is_object() || body.is_form => {
                self.report.json("a body that says nothing of its members");
                let mut sent = any_members();
                let sample = self.schemas.sample(&view).map(|sample| sample.to_string());
                sent.field.doc = comment::with_sample(&sent.field.doc, sample.as_deref());
                if body.required && sample.is_some_and(|sample| sample != "{}") {
                    sent.field.doc = comment::and(&sent.field.doc, "Required.");
                }
                input.sent.push(sent);
            }
            Kind::Any => {
                self.report.json("a body of which nothing is said");
                input.sent.push(any_members());
            }
            _ => {
                let name = taken.unique("body");
                let mut field = self.field(name, "body", &view, Way::In, &operation.name, &at);
                if view.description.is_none() {
                    field.doc = field.doc.replacen("Body", "What is sent", 1);
                }
                let field = field.required(body.required, false);
                input.sent.push(Sent { field, place: Place::WholeBody, style: Style::default() });
            }
        }
        Ok(())
    }

    /// The members that may be given. The report tells of those that are not described.
    pub fn sendable(&mut self, fields: &Fields<'d>, at: &At<'_>) -> Vec<(&'d str, &'d Node)> {
        let undescribed: Vec<&str> = fields.undescribed().take(MOST_SHOWN).collect();
        if !undescribed.is_empty() {
            let text = format!("demanded, and not described: {}", undescribed.join(", "));
            self.say(Line::Doubtful, &at.member("required"), &text);
        }
        fields.given().collect()
    }

    /// The members of a body as fields of the input.
    fn members(
        &mut self,
        operation: &Operation<'d>,
        view: &View<'d>,
        fields: &Fields<'d>,
        taken: &mut Names,
        input: &mut Input,
        at: &At<'_>,
    ) {
        let Some(body) = &operation.body else { return };
        let before = input.sent.len();
        let inside = view.target.map(|target| target.trim_start_matches('#').to_owned());
        let at = inside.as_deref().map_or(*at, At::pointer);
        let sendable = self.sendable(fields, &at);
        let at = at.member("properties");
        self.enter(view.address);
        for (theirs, node) in sendable.into_iter().filter(|(theirs, _)| operation.switch != Some(theirs)) {
            let member = self.view(node);
            if member.read_only {
                continue;
            }
            let required = fields.required.contains(&theirs);
            let ours = ident(theirs, "n");
            if ours == "options" && required && !member.nullable {
                taken.take(&ours);
            }
            let name = self.spellings.input(&ours, theirs, taken);
            let mut field = self.field(name, theirs, &member, Way::In, &operation.name, &at.member(theirs));
            let mut style = Style::default();
            if body.is_form {
                let said = body.encoding.and_then(|encoding| encoding.get(theirs));
                let explode =
                    said.and_then(|said| said.get("explode")).map(|explode| matches!(explode, Node::Bool(true)));
                let of = match said.and_then(|said| said.text("style")) {
                    Some(style) => of_style(style, explode),
                    None if matches!(field.ty, Ty::List(_)) => Some(Style::Repeated),
                    None => None,
                };
                // What no style is given for is JSON in a form, where it is no scalar.
                (field.ty, style) =
                    self.written(Place::Body, &field.ty, of).unwrap_or_else(|| (field.ty.clone(), Style::Json));
            }
            let field = field.required(required, member.nullable);
            input.sent.push(Sent { field, place: Place::Body, style });
        }
        self.leave();
        if fields.open || input.sent.len() == before {
            input.sent.push(any_members());
        }
    }
}

/// What holds members of the body that no field names.
fn any_members() -> Sent {
    Sent { field: extra("Other members of the body, as an object."), place: Place::Body, style: Style::default() }
}

/// Where a field goes that nothing is said of.
pub(crate) fn by_rule(method: Method) -> Place {
    match method {
        Method::Get | Method::Delete => Place::Query,
        _ => Place::Body,
    }
}
