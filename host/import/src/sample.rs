//! Small values that schemas allow: examples for what a type does not say.

use crate::document::Node;
use crate::view::{Fields, Kind, Schemas, View};
use serde_json::{Map, Value, json};

/// The most schemas that are looked at for one value.
const MOST: usize = 40;
/// The most records and lists inside of each other.
const DEEPEST: usize = 8;
/// The longest text that is made.
const LONGEST: usize = 60;

impl<'d> Schemas<'d> {
    /// What is required of a value, and little else. None where a schema says nothing, or nothing fits.
    pub fn sample(&self, view: &View<'d>) -> Option<Value> {
        match &view.kind {
            Kind::Any | Kind::Free if view.example.is_none() && view.words.is_none() => None,
            _ => self.made(view, 0, &mut MOST.clone()),
        }
    }

    fn made(&self, view: &View<'d>, depth: usize, left: &mut usize) -> Option<Value> {
        *left = left.checked_sub(1).filter(|_| depth <= DEEPEST)?;
        if let Some(words) = view.words {
            return words.iter().find(|word| !matches!(word, Node::Null))?.plain();
        }
        let example =
            view.example.and_then(|example| value(example, left)).filter(|example| is_of(&view.kind, example));
        if example.is_some() {
            return example;
        }
        let mut inner = |node: &'d Node| self.made(&self.view(node), depth + 1, left);
        match &view.kind {
            Kind::Record(fields) => self.record(fields, depth, left),
            Kind::Map => {
                let made = view.node.get("additionalProperties").and_then(inner);
                Some(json!({ "name": made? }))
            }
            Kind::List(Some(items)) => {
                let item = inner(items)?;
                Some(vec![item; number(view, "minItems").clamp(1, 3)].into())
            }
            Kind::List(None) => Some(json!([])),
            Kind::Union { .. } => {
                let mut branches = view.node.items("oneOf").iter().chain(view.node.items("anyOf"));
                branches.find_map(|branch| {
                    let mut made = inner(branch)?;
                    if let (Some((member, word)), Value::Object(members)) =
                        (discriminator(view.node, branch), &mut made)
                    {
                        members.insert(member.to_owned(), word.into());
                    }
                    Some(made)
                })
            }
            Kind::Free | Kind::Any => Some(json!({})),
            Kind::Text => text(view).map(Value::from),
            Kind::Scalar => Some("text".into()),
            Kind::Bool => Some(true.into()),
            Kind::Whole | Kind::Number => {
                let bound = |bound: Option<&Node>| match bound {
                    Some(Node::Number(number)) => number.as_f64(),
                    _ => None,
                };
                let least = bound(view.minimum).unwrap_or(1.0).max(1.0).ceil();
                let most = bound(view.maximum).unwrap_or(least);
                #[allow(clippy::cast_possible_truncation, reason = "a bound beyond it is no example")]
                let whole = least.min(most) as i64;
                Some(whole.into())
            }
            Kind::Recursive | Kind::Lost(_) | Kind::Odd => None,
        }
    }

    /// What a record requires; where it requires nothing, its first members.
    fn record(&self, fields: &Fields<'d>, depth: usize, left: &mut usize) -> Option<Value> {
        let mut made = Map::new();
        for (name, node) in fields.given() {
            let is_required = fields.required.contains(&name);
            if !(is_required || fields.required.is_empty() && made.len() < 2) {
                continue;
            }
            let view = self.view(node);
            if view.read_only {
                continue;
            }
            match self.made(&view, depth + 1, left) {
                Some(value) => _ = made.insert(name.to_owned(), value),
                None if is_required && view.nullable => _ = made.insert(name.to_owned(), Value::Null),
                None if is_required => return None,
                None => {}
            }
        }
        Some(made.into())
    }
}

/// The member that tells a shape from others, and this one's word for it.
fn discriminator<'d>(node: &'d Node, branch: &Node) -> Option<(&'d str, &'d str)> {
    let discriminator = node.get("discriminator")?;
    let reference = branch.text("$ref")?;
    let mut words = discriminator.members("mapping");
    let (word, _) = words.find(|(_, target)| target.as_str() == Some(reference))?;
    Some((discriminator.text("propertyName")?, word))
}

/// A text of the form or the length that a schema demands. Nothing is made for a pattern.
pub(crate) fn text(view: &View<'_>) -> Option<String> {
    if let Some(form) = form(view) {
        return Some(form.to_owned());
    }
    let (least, most) = (number(view, "minLength"), view.node.get("maxLength").map(|_| number(view, "maxLength")));
    let fits = view.node.get("pattern").is_none() && least <= LONGEST;
    fits.then(|| "text".chars().cycle().take(least.max(4).min(most.unwrap_or(4).max(least))).collect())
}

/// An example of a text's format.
pub(crate) fn form(view: &View<'_>) -> Option<&'static str> {
    let form = match view.format?.to_ascii_lowercase().as_str() {
        "date" | "full-date" => "2026-01-31",
        "date-time" | "datetime" => "2026-01-31T12:00:00Z",
        "time" => "12:00:00Z",
        "duration" => "PT1H",
        "uuid" | "guid" => "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "email" | "idn-email" => "someone@example.com",
        "uri" | "url" | "uri-reference" | "iri" => "https://example.com/",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        "int32" | "int64" | "integer" => "1",
        "float" | "double" | "decimal" => "1.5",
        _ => return None,
    };
    let most = view.node.get("maxLength").map(|_| number(view, "maxLength"));
    let fits = form.len() >= number(view, "minLength") && most.is_none_or(|most| form.len() <= most);
    (fits && view.node.get("pattern").is_none()).then_some(form)
}

/// A length or a count that a schema demands; 0 where it says nothing.
pub(crate) fn number(view: &View<'_>, name: &str) -> usize {
    match view.node.get(name) {
        Some(Node::Number(number)) => number.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0),
        _ => 0,
    }
}

fn is_of(kind: &Kind<'_>, value: &Value) -> bool {
    match kind {
        Kind::Record(_) | Kind::Free | Kind::Map => value.is_object(),
        Kind::List(_) => value.is_array(),
        Kind::Text => value.is_string(),
        Kind::Bool => value.is_boolean(),
        Kind::Whole => value.is_i64(),
        Kind::Number => value.is_number(),
        _ => true,
    }
}

/// A value of the document, unless it is a large one.
fn value(node: &Node, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    Some(match node {
        Node::Object(members) => {
            let members = members.iter().map(|(name, node)| Some((name.to_owned(), value(node, left)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
        Node::List(items) => Value::Array(items.iter().map(|item| value(item, left)).collect::<Option<_>>()?),
        node => node.plain().unwrap_or_default(),
    })
}
