//! Members that stand in their object twice: a reader of JSON takes the last for the only one, and whoever agrees to a call, or
//! looks through it, may have seen the first.

use std::collections::BTreeSet;
use wire::Node;

/// What is wrong with such a member.
pub const TWICE: &str = "given twice, expected once";

/// The most of a member's place that an error tells.
const LONGEST: usize = 200;

/// The first member that stands in its object twice, in a text below `root`. What is no JSON has none that counts.
pub fn twice(root: &str, text: &str) -> Option<String> {
    let place = doubled(&Node::parse(text.as_bytes()).ok()?, &mut root.to_owned())?;
    Some(place.chars().take(LONGEST).collect())
}

/// The place of the first such member in a value that stands at `path`.
fn doubled(value: &Node<'_>, path: &mut String) -> Option<String> {
    let above = path.len();
    match value {
        Node::List(items) => items.iter().enumerate().find_map(|(index, item)| {
            path.truncate(above);
            path.push_str(&format!("[{index}]"));
            doubled(item, path)
        }),
        Node::Object(members) => {
            let mut names = BTreeSet::new();
            members.iter().find_map(|(name, value)| {
                path.truncate(above);
                path.push('.');
                path.push_str(name);
                if names.insert(name) { doubled(value, path) } else { Some(path.clone()) }
            })
        }
        _ => None,
    }
}
