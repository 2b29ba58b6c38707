//! What a schema demands of values that a caller gives, as sentences.

use crate::comment;
use crate::document::Node;
use crate::sample::number;
use crate::view::{Kind, View};

/// The longest bound and the longest pattern that are shown.
const LONGEST_BOUND: usize = 40;
const LONGEST_PATTERN: usize = 300;
/// A length beyond it is not worth a word.
const LONGEST_TEXT: usize = 10_000;

/// Sentences about bounds, lengths, a pattern and a default; empty where a schema demands nothing.
pub(crate) fn limits(view: &View<'_>) -> String {
    let mut said = bounds(view);
    let count = |name| number(view, name);
    let (least, most, of) = match &view.kind {
        Kind::Text => (count("minLength"), count("maxLength"), "character"),
        Kind::List(_) => (count("minItems"), count("maxItems"), "item"),
        _ => (0, 0, ""),
    };
    let several = |count: usize| if count == 1 { of.to_owned() } else { format!("{of}s") };
    match (least, most) {
        (0, 0) => {}
        (least, most) if least == most => said += &format!(" Exactly {least} {}.", several(least)),
        (0, most) if most > LONGEST_TEXT => {}
        (0, most) => said += &format!(" At most {most} {}.", several(most)),
        (least, 0) => said += &format!(" At least {least} {}.", several(least)),
        (least, most) => said += &format!(" From {least} to {most} {}.", several(most)),
    }
    let pattern =
        view.node.text("pattern").filter(|pattern| pattern.len() <= LONGEST_PATTERN && comment::is_as_it_is(pattern));
    if let (Kind::Text, Some(pattern)) = (&view.kind, pattern) {
        said += &format!(" Matches `{pattern}`.");
    }
    if let Some(default) = plain(view.default) {
        said += &format!(" {} if left out.", quoted(&default));
    }
    said
}

fn bounds(view: &View<'_>) -> String {
    // A truth in 2.0 and 3.0, a bound of its own in 3.1.
    let beyond = |name: &str, bound: Option<&Node>| match view.node.get(name) {
        Some(Node::Bool(true)) => (true, plain(bound)),
        own @ Some(Node::Number(_)) => (true, plain(own)),
        _ => (false, plain(bound)),
    };
    let least = beyond("exclusiveMinimum", view.minimum);
    let most = beyond("exclusiveMaximum", view.maximum);
    match (least, most) {
        ((false, Some(least)), (false, Some(most))) => format!(" From {} to {}.", quoted(&least), quoted(&most)),
        (least, most) => {
            let mut said = String::new();
            if let (is_beyond, Some(least)) = least {
                said += &format!(" {} {}.", if is_beyond { "More than" } else { "At least" }, quoted(&least));
            }
            if let (is_beyond, Some(most)) = most {
                said += &format!(" {} {}.", if is_beyond { "Less than" } else { "At most" }, quoted(&most));
            }
            said
        }
    }
}

fn plain(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::scalar).filter(|text| text.len() <= LONGEST_BOUND && !text.trim().is_empty())
}

fn quoted(text: &str) -> String {
    comment::one_of(&[text.to_owned()]).replacen("Always ", "", 1).trim_end_matches('.').to_owned()
}
