//! What a schema says, with its references followed, its parts merged and its dialect gone.

use crate::document::Node;
use crate::kind::{of_words, required, ty, united, words};
use crate::refs::{self, Lost};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The most schemas that are followed to see what one says.
const MOST_FOLLOWED: usize = 32;
/// What all work on a document may cost, about a byte of memory each.
const MOST_WORK: usize = 128 << 20;
/// What it costs to look at a schema or at a member of one.
const LOOK: usize = 64;

/// What a schema says.
#[derive(Clone)]
pub(crate) struct View<'d> {
    pub kind: Kind<'d>,
    /// The first reference that led to it.
    pub reference: Option<&'d str>,
    /// The last one.
    pub target: Option<&'d str>,
    /// The schema that says it.
    pub node: &'d Node,
    /// Which schema it is.
    pub address: usize,
    pub nullable: bool,
    pub read_only: bool,
    pub write_only: bool,
    /// Whether its parts have types that no value has at once.
    pub is_torn: bool,
    pub description: Option<&'d str>,
    pub format: Option<&'d str>,
    /// The words of an enumeration.
    pub words: Option<&'d [Node]>,
    pub example: Option<&'d Node>,
    pub default: Option<&'d Node>,
    pub minimum: Option<&'d Node>,
    pub maximum: Option<&'d Node>,
}

/// What the values of a schema are.
#[derive(Clone)]
pub(crate) enum Kind<'d> {
    /// An object with members.
    Record(Rc<Fields<'d>>),
    /// An object that says nothing of its members.
    Free,
    /// An object whose members are alike.
    Map,
    /// A list, and what is in it.
    List(Option<&'d Node>),
    Text,
    Bool,
    Whole,
    Number,
    /// A text, number or boolean.
    Scalar,
    /// Nothing is said.
    Any,
    /// One of several shapes, all of which may be objects.
    Union {
        objects: bool,
    },
    /// It leads back to itself.
    Recursive,
    /// A reference leads nowhere.
    Lost(Lost),
    /// A type that there is not.
    Odd,
}

/// The members of an object.
#[derive(Clone, Default)]
pub(crate) struct Fields<'d> {
    pub members: Vec<(&'d str, &'d Node)>,
    pub required: Vec<&'d str>,
    /// Whether there may be others.
    pub open: bool,
}

/// The schema of a member that is demanded and not described: anything, also none.
static UNDESCRIBED: Node = Node::Null;

impl<'d> Fields<'d> {
    /// The members that may be given: those that are described, and those that are only demanded.
    pub fn given(&self) -> impl Iterator<Item = (&'d str, &'d Node)> {
        self.members.iter().copied().chain(self.undescribed().map(|name| (name, &UNDESCRIBED)))
    }

    /// The members that are demanded and not described.
    pub fn undescribed(&self) -> impl Iterator<Item = &'d str> {
        let mut seen: HashSet<&str> = self.members.iter().map(|(name, _)| *name).collect();
        self.required.iter().copied().filter(move |name| seen.insert(name))
    }
}

/// A document whose schemas are looked at.
pub(crate) struct Schemas<'d> {
    pub root: &'d Node,
    left: Cell<usize>,
    /// What references lead to, as far as it was looked at.
    known: RefCell<HashMap<usize, View<'d>>>,
}

impl<'d> Schemas<'d> {
    pub fn new(root: &'d Node) -> Schemas<'d> {
        Schemas { root, left: Cell::new(MOST_WORK), known: RefCell::default() }
    }

    /// Pays for work. Nothing is left where the document is too large.
    pub fn spend(&self, cost: usize) {
        self.left.set(self.left.get().saturating_sub(cost));
    }

    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// A value, where it is a reference that leads somewhere.
    pub fn follow(&self, node: &'d Node) -> Option<&'d Node> {
        refs::follow(self.root, node).ok()
    }

    pub fn view(&self, node: &'d Node) -> View<'d> {
        self.look(node, &mut Vec::new())
    }

    fn look(&self, node: &'d Node, seen: &mut Vec<usize>) -> View<'d> {
        self.spend(LOOK);
        if seen.contains(&node.address()) || seen.len() > MOST_FOLLOWED || self.is_spent() {
            return View::of(node, Kind::Recursive);
        }
        seen.push(node.address());
        let view = self.look_inside(node, seen);
        seen.pop();
        view
    }

    fn look_inside(&self, node: &'d Node, seen: &mut Vec<usize>) -> View<'d> {
        let Some(object) = node.object() else {
            return View { nullable: matches!(node, Node::Null), ..View::of(node, Kind::Any) };
        };
        if let Some(reference) = node.text("$ref") {
            let mut view = match refs::find(self.root, reference) {
                Ok(target) => self.known(target, seen),
                Err(lost) => View::of(node, Kind::Lost(lost)),
            };
            view.reference = Some(reference);
            view.target = view.target.or(Some(reference));
            return view.beside(node);
        }
        let (ty, nullable) = ty(node);
        let mut view = View::of(node, self.own_kind(node, ty));
        view.nullable |= nullable;
        let parts = object.get("allOf").and_then(Node::list).unwrap_or_default();
        let has_own = matches!(view.kind, Kind::Record(_));
        if let ([part], false) = (parts, has_own) {
            return self.look(part, seen).beside(node);
        }
        if !parts.is_empty() {
            view = self.merged(node, view, parts, seen);
        }
        for name in ["oneOf", "anyOf"] {
            view = self.chosen(node, view, node.items(name), seen);
        }
        view
    }

    /// What a reference leads to.
    fn known(&self, target: &'d Node, seen: &mut Vec<usize>) -> View<'d> {
        if let Some(view) = self.known.borrow().get(&target.address()) {
            return view.clone();
        }
        let view = self.look(target, seen);
        // What leads back to itself from here need not from elsewhere.
        if !matches!(view.kind, Kind::Recursive) {
            self.known.borrow_mut().insert(target.address(), view.clone());
        }
        view
    }

    /// With what `oneOf` or `anyOf` says.
    fn chosen(&self, node: &'d Node, mut view: View<'d>, all: &'d [Node], seen: &mut Vec<usize>) -> View<'d> {
        const SAY_NOTHING: [&str; 5] = ["required", "title", "description", "nullable", "deprecated"];
        let is_null = |node: &Node| {
            node.get("type").and_then(Node::as_str) == Some("null") || matches!(node.items("enum"), [Node::Null])
        };
        let says = |node: &&Node| {
            node.object().is_some_and(|object| object.iter().any(|(name, _)| !SAY_NOTHING.contains(&name)))
        };
        view.nullable |= all.iter().any(is_null);
        let some: Vec<&Node> = all.iter().filter(|branch| !is_null(branch) && branch.object().is_some()).collect();
        let shapes: Vec<&Node> = some.iter().copied().filter(says).collect();
        match (shapes.as_slice(), &mut view.kind) {
            ([], Kind::Any) if !some.is_empty() => view.kind = Kind::Union { objects: false },
            ([], _) => {}
            ([one], Kind::Any | Kind::Free) if some.len() == 1 => {
                let nullable = view.nullable;
                view = self.look(one, seen).beside(node);
                view.nullable |= nullable;
            }
            (_, Kind::Record(fields)) => Rc::make_mut(fields).open = true,
            (shapes, Kind::Any | Kind::Free) => {
                let views: Vec<View<'d>> = shapes.iter().map(|shape| self.look(shape, seen)).collect();
                view.kind = united(&views);
            }
            _ => {}
        }
        view
    }

    /// With the parts of `allOf`.
    fn merged(&self, node: &'d Node, own: View<'d>, parts: &'d [Node], seen: &mut Vec<usize>) -> View<'d> {
        let mut all = Fields::default();
        let mut index: HashMap<&'d str, usize> = HashMap::new();
        let (mut other, mut is_object) = (None, false);
        let mut result = own.clone();
        for part in parts.iter().map(|part| self.look(part, seen)).chain([own]) {
            result.nullable |= part.nullable;
            result.is_torn |= part.is_torn;
            result.description = result.description.or(part.description);
            match part.kind {
                Kind::Record(fields) => {
                    is_object = true;
                    all.open |= fields.open;
                    all.required.extend(&fields.required);
                    for &(name, member) in &fields.members {
                        self.spend(LOOK / 2);
                        match index.get(name) {
                            Some(at) => all.members[*at].1 = member,
                            None => {
                                index.insert(name, all.members.len());
                                all.members.push((name, member));
                            }
                        }
                    }
                }
                Kind::Free => is_object = true,
                Kind::Map | Kind::Union { objects: true } => {
                    is_object = true;
                    all.open = true;
                }
                kind @ (Kind::Recursive | Kind::Lost(_) | Kind::Union { .. }) => {
                    result.kind = kind;
                    return result;
                }
                Kind::Any => {
                    // `required` alone belongs to members of another part.
                    result.words = result.words.or(part.words);
                }
                _ => other = Some(other.map_or(part.clone(), |before: View<'d>| part.clone().with(before))),
            }
        }
        all.required.extend(required(node));
        for part in parts {
            all.required.extend(required(part));
        }
        match other {
            ref other if !all.members.is_empty() => {
                result.is_torn |= other.is_some();
                result.kind = Kind::Record(Rc::new(all));
            }
            Some(other) if !is_object => return other.beside(node),
            _ if is_object => result.kind = Kind::Free,
            _ => {}
        }
        result
    }

    fn own_kind(&self, node: &'d Node, ty: Option<&str>) -> Kind<'d> {
        let additional = node.get("additionalProperties");
        let of_schema = additional.and_then(Node::object);
        let members: Vec<(&str, &Node)> = node.members("properties").collect();
        self.spend(members.len() * LOOK / 2);
        if !members.is_empty() {
            let open = of_schema.is_some() || node.is_true("additionalProperties");
            return Kind::Record(Rc::new(Fields { members, required: required(node).collect(), open }));
        }
        match ty.map(str::to_ascii_lowercase).as_deref() {
            Some("array") => Kind::List(node.get("items").filter(|items| items.object().is_some())),
            Some("object") if of_schema.is_some_and(|schema| !schema.is_empty()) => Kind::Map,
            Some("object") => Kind::Free,
            Some("string" | "file" | "date" | "datetime" | "date-time") => Kind::Text,
            Some("boolean" | "bool") => Kind::Bool,
            Some("integer" | "int" | "long") => Kind::Whole,
            Some("number" | "float" | "double") => Kind::Number,
            Some("scalar") => Kind::Scalar,
            Some("any") => Kind::Any,
            Some(_) => Kind::Odd,
            None if node.get("items").is_some_and(|items| items.object().is_some()) => Kind::List(node.get("items")),
            None if of_schema.is_some() => Kind::Map,
            None if additional.is_some() => Kind::Free,
            None => words(node).map_or(Kind::Any, of_words),
        }
    }
}

impl<'d> View<'d> {
    fn of(node: &'d Node, kind: Kind<'d>) -> View<'d> {
        View {
            kind,
            reference: None,
            target: None,
            node,
            address: node.address(),
            nullable: node.is_true("nullable") || node.is_true("x-nullable"),
            read_only: node.is_true("readOnly"),
            write_only: node.is_true("writeOnly"),
            is_torn: false,
            description: node.text("description").or_else(|| node.text("title")),
            format: node.text("format"),
            words: words(node),
            example: node.get("example").or_else(|| node.items("examples").first()),
            default: node.get("default"),
            minimum: node.get("minimum"),
            maximum: node.get("maximum"),
        }
    }

    /// With what another part of `allOf` says of the same value.
    fn with(mut self, before: View<'d>) -> View<'d> {
        let is_number = |kind: &Kind<'_>| matches!(kind, Kind::Whole | Kind::Number);
        let same = std::mem::discriminant(&self.kind) == std::mem::discriminant(&before.kind)
            || is_number(&self.kind) && is_number(&before.kind)
            || [&self.kind, &before.kind].iter().any(|kind| matches!(kind, Kind::Scalar));
        self.is_torn |= before.is_torn || !same;
        self.words = self.words.or(before.words);
        self.format = self.format.or(before.format);
        self.example = self.example.or(before.example);
        self.default = self.default.or(before.default);
        self.minimum = self.minimum.or(before.minimum);
        self.maximum = self.maximum.or(before.maximum);
        self
    }

    /// With what stands beside a reference.
    fn beside(mut self, node: &'d Node) -> View<'d> {
        let own = View::of(node, Kind::Any);
        self.nullable |= own.nullable;
        self.read_only |= own.read_only;
        self.write_only |= own.write_only;
        self.description = own.description.or(self.description);
        if own.words.is_some() && matches!(self.kind, Kind::Text | Kind::Whole | Kind::Number) {
            // It is another schema than that of the reference.
            self.words = own.words;
            self.address = own.address;
        }
        self.minimum = own.minimum.or(self.minimum);
        self.maximum = own.maximum.or(self.maximum);
        self.example = own.example.or(self.example);
        self.default = own.default.or(self.default);
        self
    }

    /// Whether it is text of bytes that are no text.
    pub fn is_binary(&self) -> bool {
        matches!(self.kind, Kind::Text) && self.format.is_some_and(|format| format == "binary")
    }

    /// Whether it has members that may be given one by one.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Record(_) | Kind::Free | Kind::Map | Kind::Union { objects: true })
    }
}
