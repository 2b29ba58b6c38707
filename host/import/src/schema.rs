//! Schemas as types of WIT.

use crate::comment;
use crate::document::Node;
use crate::limits;
use crate::names::{self, ident, singular};
use crate::refs::{self, At, Lost};
use crate::report::{Kind as Line, Report};
use crate::sample;
use crate::spelling::Spellings;
use crate::types::{DefKind, Field, Names, Shared, Ty, Types};
use crate::values::{fits, is_secret, words};
use crate::view::{Fields, Kind, Schemas, View};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// The most records and lists inside of each other.
const DEEPEST: usize = 40;
/// The most fields of a record.
const MOST_FIELDS: usize = 2_000;

/// Which way values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    In,
    Out,
}

/// Makes types, and keeps what they have in common.
pub(crate) struct Maker<'d> {
    pub schemas: Schemas<'d>,
    pub types: Types,
    pub spellings: Spellings,
    pub report: Report,
    known: HashMap<(usize, Way), Ty>,
    /// Descriptions as comments, by where they stand in the document.
    lines: RefCell<HashMap<(usize, usize), String>>,
    /// The schemas of which a type is being made.
    open: Vec<usize>,
    /// References and recursions that the report has.
    reported: HashSet<String>,
}

impl<'d> Maker<'d> {
    pub fn new(schemas: Schemas<'d>, types: Types, report: Report) -> Maker<'d> {
        Maker {
            schemas,
            types,
            spellings: Spellings::default(),
            report,
            known: HashMap::new(),
            lines: RefCell::default(),
            open: Vec::new(),
            reported: HashSet::new(),
        }
    }

    pub fn view(&self, node: &'d Node) -> View<'d> {
        self.schemas.view(node)
    }

    /// The type of a schema. One without a name of its own is called `wanted`.
    pub fn ty(&mut self, view: &View<'d>, way: Way, wanted: &str, at: &At<'_>) -> Ty {
        let pointer;
        let inside;
        let at = match view.target {
            Some(target) => {
                pointer = target.trim_start_matches('#');
                inside = At::pointer(pointer);
                &inside
            }
            None => at,
        };
        if view.is_torn {
            self.say(
                Line::Doubtful,
                at,
                "the parts of its allOf have types that no value has at once; one of them counts",
            );
        }
        match &view.kind {
            Kind::Record(_) | Kind::List(Some(_)) => {
                if let Some(ty) = self.known.get(&(view.address, way)) {
                    return ty.clone();
                }
                if self.open.contains(&view.address) {
                    self.say(Line::Recursion, at, "it leads back to itself");
                    return self.json("recursion");
                }
                if self.open.len() >= DEEPEST {
                    return self.json("deeper than 40 levels");
                }
                if self.schemas.is_spent() {
                    return self.json("the document is too large");
                }
                self.open.push(view.address);
                let ty = match &view.kind {
                    Kind::Record(fields) => self.record(view, &fields.clone(), way, wanted, at),
                    Kind::List(Some(items)) => {
                        let item = self.view(items);
                        let of = self.ty(&item, way, &singular(wanted), &at.member("items"));
                        Ty::List(Box::new(if item.nullable && way == Way::Out { of.optional() } else { of }))
                    }
                    _ => Ty::Json,
                };
                self.open.pop();
                self.known.insert((view.address, way), ty.clone());
                ty
            }
            Kind::List(None) => {
                self.report.json("a list that does not say of what");
                Ty::List(Box::new(Ty::Json))
            }
            Kind::Text => self.text(view, way, wanted),
            Kind::Bool => Ty::Bool,
            Kind::Whole => match view.format {
                Some("int32") => Ty::S32,
                Some("uint32") => Ty::U32,
                _ => Ty::S64,
            },
            Kind::Number if view.format == Some("decimal") => Ty::Decimal,
            // Of what a vendor answers, the type counts: a fraction would be lost.
            Kind::Number if way == Way::In && view.format == Some("int32") => Ty::S32,
            Kind::Number if way == Way::In && view.format == Some("int64") => Ty::S64,
            Kind::Number => Ty::F64,
            // An answer's number can be read as text; what a caller gives stays what it is.
            Kind::Scalar if way == Way::Out => Ty::Text,
            Kind::Scalar => self.json("a text or a number"),
            Kind::Free => self.json("an object that says nothing of its members"),
            Kind::Map => self.json("a map"),
            Kind::Any => self.json("nothing is said"),
            Kind::Union { .. } => self.json("one of several shapes"),
            Kind::Recursive => {
                self.say(Line::Recursion, at, "it leads back to itself");
                self.json("recursion")
            }
            Kind::Lost(lost) => {
                let reference = view.reference.unwrap_or_default();
                let (text, why) = match lost {
                    Lost::Foreign => ("leads to another file", "a reference to another file"),
                    Lost::Broken => ("leads nowhere", "a reference that leads nowhere"),
                };
                if self.reported.insert(reference.to_owned()) {
                    self.report.say(Line::Reference, at.text(), None, format!("{reference} {text}"));
                }
                self.json(why)
            }
            Kind::Odd => self.json("a type that there is not"),
        }
    }

    /// While the type of this schema is being made, a reference to it leads back.
    pub fn enter(&mut self, address: usize) {
        self.open.push(address);
    }

    pub fn leave(&mut self) {
        self.open.pop();
    }

    fn json(&mut self, why: &str) -> Ty {
        self.report.json(why);
        Ty::Json
    }

    pub fn say(&mut self, what: Line, at: &At<'_>, text: &str) {
        let pointer = at.text();
        if self.reported.insert(pointer.clone()) {
            self.report.say(what, pointer, None, text);
        }
    }

    /// What a type of a schema is called.
    fn called(&self, view: &View<'d>, way: Way, wanted: &str) -> String {
        const SENT: [&str; 12] = [
            "create", "update", "input", "request", "new", "params", "body", "patch", "write", "upsert", "query",
            "filter",
        ];
        match view.reference {
            None => wanted.to_owned(),
            Some(reference) => {
                let name = ident(&refs::name(reference), "t");
                let is_sent = name.split('-').any(|word| SENT.iter().any(|sent| word.starts_with(sent)));
                if way == Way::Out || is_sent { name } else { format!("new-{name}") }
            }
        }
    }

    /// What a description says as a comment, or the name as a sentence. Many operations share their descriptions.
    fn says(&self, description: Option<&'d str>, name: &str) -> String {
        let description = description.unwrap_or_default();
        let mut lines = self.lines.borrow_mut();
        let line = lines.entry((description.as_ptr() as usize, description.len()));
        let line = line.or_insert_with(|| comment::line(description));
        if line.is_empty() { names::sentence(name) } else { line.clone() }
    }

    fn record(&mut self, view: &View<'d>, fields: &Fields<'d>, way: Way, wanted: &str, at: &At<'_>) -> Ty {
        if fields.members.len() > MOST_FIELDS {
            return self.json("more than 2,000 members");
        }
        let called = self.called(view, way, wanted);
        let required: HashSet<&str> = fields.required.iter().copied().collect();
        // A name of WIT's tables that begins with `/` is a pointer, which is read and not sent.
        if way == Way::In && fields.given().any(|(theirs, _)| theirs.starts_with('/')) {
            return self.json("a member whose name begins with /");
        }
        let members_of = if way == Way::In { self.sendable(fields, at) } else { fields.members.clone() };
        let mut members = Vec::new();
        for (theirs, node) in members_of {
            let member = self.view(node);
            if !(member.read_only && way == Way::In || member.write_only && way == Way::Out) {
                members.push((theirs, member));
            }
        }
        let names = self.field_names(&members, way);
        let mut made = Vec::new();
        let at_members = at.member("properties");
        for ((theirs, member), name) in members.into_iter().zip(names) {
            let field = self.any_field(name, theirs, &member, way, (&called, true), &at_members.member(theirs));
            made.push(match way {
                Way::In => field.required(required.contains(theirs), member.nullable),
                Way::Out => Field { ty: field.ty.optional(), ..field },
            });
        }
        if way == Way::Out || fields.open {
            let doc = if way == Way::Out { "Every other field that came." } else { "Other fields that are sent." };
            made.push(extra(doc));
        }
        if made.is_empty() {
            return self.json("an object whose members are all the vendor's");
        }
        if self.types.fit(&mut made) {
            self.report.json("a record that takes too much memory");
        }
        let doc = self.says(view.description, &called);
        let shared = if way == Way::In { Shared::Alike } else { Shared::Equal };
        Ty::Named(self.types.add(&called, doc, DefKind::Record(made), shared))
    }

    /// The names of a record's fields. Of two that are the same but for signs, the one that begins with a letter has the name.
    fn field_names(&mut self, members: &[(&str, View<'d>)], way: Way) -> Vec<String> {
        let mut taken = Names::of_fields();
        let mut names = vec![String::new(); members.len()];
        let begins = |theirs: &str| theirs.starts_with(|c: char| c.is_ascii_alphabetic());
        for first in [true, false] {
            for ((theirs, _), name) in members.iter().zip(&mut names).filter(|((theirs, _), _)| begins(theirs) == first)
            {
                let ours = ident(theirs, "n");
                *name = match way {
                    Way::In => self.spellings.sent(&ours, theirs, &mut taken),
                    Way::Out => self.spellings.read(&ours, theirs, &mut taken),
                };
            }
        }
        names
    }

    /// A field of an operation's own input, as if it were required.
    pub fn field(&mut self, name: String, theirs: &str, view: &View<'d>, way: Way, owner: &str, at: &At<'_>) -> Field {
        self.any_field(name, theirs, view, way, (owner, false), at)
    }

    fn any_field(
        &mut self,
        name: String,
        theirs: &str,
        view: &View<'d>,
        way: Way,
        (owner, nested): (&str, bool),
        at: &At<'_>,
    ) -> Field {
        let ty = self.ty(view, way, &names::short(&format!("{owner}-{name}"), 48), at);
        let ty = self.id(&name, ty, way, nested);
        let doc = self.described(&name, view, way, &ty);
        self.schemas.spend(doc.len() + 200);
        if way == Way::In && ty == Ty::Text && (is_secret(&name) || view.format == Some("password")) {
            self.spellings.sensitive.insert(name.clone());
        }
        let example = example(view, &ty);
        Field { name, ty, doc, theirs: theirs.to_owned(), example }
    }

    /// Ids are text in WIT, whatever they are at the vendor.
    fn id(&mut self, name: &str, ty: Ty, way: Way, nested: bool) -> Ty {
        let is_id = name == "id" || name.ends_with("-id");
        let ty = match ty {
            Ty::S32 | Ty::U32 | Ty::S64 if is_id => Ty::NumericId,
            ty => ty,
        };
        if way == Way::In {
            // The fields of an operation's own input say by themselves whether they are numbers.
            match ty {
                Ty::NumericId if nested => self.spellings.note_number(name),
                Ty::Text if nested => self.spellings.note_text(name),
                Ty::NumericId | Ty::Text => self.spellings.note_input(name, ty == Ty::NumericId),
                _ => {}
            }
            match ty {
                Ty::Decimal => self.spellings.note_decimal(name),
                Ty::Text | Ty::NumericId => self.spellings.note_no_decimal(name),
                _ => {}
            }
        }
        ty
    }

    /// The comment of a field: what the document says, an example, and what its type cannot say.
    fn described(&self, name: &str, view: &View<'d>, way: Way, ty: &Ty) -> String {
        let mut doc = self.says(view.description, name);
        let example = example(view, ty);
        let sample = || if way == Way::In { self.sample(view, ty) } else { None };
        // A word of an enumeration is spelled as WIT has it.
        if !matches!(ty, Ty::Named(_)) {
            doc = match example {
                Some(serde_json::Value::String(text)) => comment::with_example(&doc, Some(&text)),
                Some(value) => comment::with_example(&doc, Some(&value.to_string())),
                None => comment::with_sample(&doc, sample().as_deref()),
            };
        }
        // Of a list, it is mostly about what is in it.
        let of = match (&view.kind, ty) {
            (Kind::List(Some(items)), Ty::List(item)) if !matches!(**item, Ty::Named(_)) => Some(self.view(items)),
            _ => None,
        };
        for view in of.iter().chain([view]) {
            let words = view.words.filter(|_| !matches!(ty, Ty::Named(_))).unwrap_or_default();
            let words: Vec<String> = words.iter().filter_map(Node::scalar).collect();
            if !words.is_empty() {
                doc = comment::and(&doc, &comment::one_of(&words));
            }
            if way == Way::In && !matches!(ty, Ty::Named(_)) {
                doc += &limits::limits(view);
            }
        }
        doc
    }

    /// An example of what is given, where its type does not say of which form it is.
    fn sample(&self, view: &View<'d>, ty: &Ty) -> Option<String> {
        match (ty, &view.kind) {
            (Ty::Json, _) => self.schemas.sample(view).map(|sample| sample.to_string()),
            (Ty::Text, Kind::Text) if view.words.is_none() => {
                let is_long = sample::number(view, "minLength") > 4;
                sample::form(view).map(str::to_owned).or_else(|| sample::text(view).filter(|_| is_long))
            }
            (Ty::List(item), Kind::List(Some(items))) if matches!(**item, Ty::Json | Ty::Text) => {
                self.sample(&self.view(items), item)
            }
            _ => None,
        }
    }

    /// Text, or an enumeration where the words can be WIT's.
    fn text(&mut self, view: &View<'d>, way: Way, wanted: &str) -> Ty {
        let Some(words) = view.words.and_then(words) else { return Ty::Text };
        if let Some(ty) = self.known.get(&(view.address, way)) {
            return ty.clone();
        }
        if way == Way::In && !self.spellings.take_words(&words) {
            return Ty::Text;
        }
        let called = self.called(view, way, wanted);
        let doc = self.says(view.description, &called);
        self.schemas.spend(doc.len() + 50 * words.len());
        let kind = match way {
            Way::In => DefKind::Enum(words),
            // The vendor's own `other` comes as another word.
            Way::Out => DefKind::Variant(words.into_iter().filter(|(ours, _)| ours != "other").collect()),
        };
        let ty = Ty::Named(self.types.add(&called, doc, kind, Shared::Equal));
        self.known.insert((view.address, way), ty.clone());
        ty
    }
}

/// What holds all that no field names.
pub(crate) fn extra(doc: &str) -> Field {
    Field {
        name: "extra".to_owned(),
        ty: Ty::Json.optional(),
        doc: doc.to_owned(),
        theirs: "extra".to_owned(),
        example: None,
    }
}

/// An example of the document, where it is of the type and among the words that there are.
fn example(view: &View<'_>, ty: &Ty) -> Option<serde_json::Value> {
    let example = view.example.and_then(Node::plain).filter(|example| fits(ty, example))?;
    let is_word = |words: &[Node]| words.iter().any(|word| word.plain().as_ref() == Some(&example));
    view.words.is_none_or(is_word).then_some(example)
}
