//! What a schema says of its values by its type, its words or its branches.

use crate::document::Node;
use crate::view::{Kind, View};

/// The type of a schema without `null`, and whether `null` is among its types.
pub(crate) fn ty(node: &Node) -> (Option<&str>, bool) {
    match node.get("type") {
        Some(Node::Text(ty)) if ty == "null" => (Some("any"), true),
        Some(Node::Text(ty)) => (Some(ty), false),
        Some(Node::List(types)) => {
            let some: Vec<&str> = types.iter().filter_map(Node::as_str).filter(|ty| *ty != "null").collect();
            let scalar = |ty: &&str| ["string", "integer", "number", "boolean"].contains(ty);
            let ty = match some.as_slice() {
                [one] => one,
                [] => "any",
                some if some.iter().all(scalar) => "scalar",
                _ => "any",
            };
            (Some(ty), some.len() < types.len())
        }
        _ => (None, false),
    }
}

pub(crate) fn words(node: &Node) -> Option<&[Node]> {
    let constant = node.get("const").map(std::slice::from_ref);
    node.get("enum").and_then(Node::list).filter(|words| !words.is_empty()).or(constant)
}

pub(crate) fn required(node: &Node) -> impl Iterator<Item = &str> {
    node.items("required").iter().filter_map(Node::as_str)
}

/// What values are that have no other type.
pub(crate) fn of_words(words: &[Node]) -> Kind<'_> {
    let is = |test: fn(&Node) -> bool| words.iter().all(|word| matches!(word, Node::Null) || test(word));
    match () {
        () if is(|word| matches!(word, Node::Null)) => Kind::Any,
        () if is(|word| matches!(word, Node::Text(_))) => Kind::Text,
        () if is(|word| matches!(word, Node::Bool(_))) => Kind::Bool,
        () if is(|word| matches!(word, Node::Number(number) if !number.is_f64())) => Kind::Whole,
        () if is(|word| matches!(word, Node::Number(_))) => Kind::Number,
        () => Kind::Any,
    }
}

/// What one of several is.
pub(crate) fn united<'d>(views: &[View<'d>]) -> Kind<'d> {
    let all = |test: fn(&Kind<'_>) -> bool| views.iter().all(|view| test(&view.kind));
    if all(|kind| matches!(kind, Kind::Text)) {
        Kind::Text
    } else if all(|kind| matches!(kind, Kind::Bool)) {
        Kind::Bool
    } else if all(|kind| matches!(kind, Kind::Whole)) {
        Kind::Whole
    } else if all(|kind| matches!(kind, Kind::Whole | Kind::Number)) {
        Kind::Number
    } else if all(|kind| matches!(kind, Kind::Text | Kind::Bool | Kind::Whole | Kind::Number | Kind::Scalar)) {
        Kind::Scalar
    } else {
        Kind::Union { objects: views.iter().all(View::is_object) }
    }
}
