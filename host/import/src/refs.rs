//! References inside of a document.

use crate::document::Node;
use percent_encoding::percent_decode_str;

/// The most references that lead to one value.
const MOST_HOPS: usize = 32;

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It leads to another file.
    Foreign,
    /// There is nothing, or it leads back to itself.
    Broken,
}

/// What a reference leads to: `#/components/schemas/a~1b`, maybe with `%20` and the like.
pub(crate) fn find<'d>(root: &'d Node, reference: &str) -> Result<&'d Node, Lost> {
    let Some(pointer) = reference.strip_prefix('#') else { return Err(Lost::Foreign) };
    if pointer.is_empty() {
        return Ok(root);
    }
    let Some(path) = pointer.strip_prefix('/') else { return Err(Lost::Broken) };
    path.split('/').try_fold(root, |node, step| {
        let plain = unescaped(step);
        let decoded = || unescaped(&percent_decode_str(step).decode_utf8_lossy());
        match node {
            Node::Object(object) => object.get(&plain).or_else(|| object.get(&decoded())).ok_or(Lost::Broken),
            Node::List(items) => plain.parse::<usize>().ok().and_then(|index| items.get(index)).ok_or(Lost::Broken),
            _ => Err(Lost::Broken),
        }
    })
}

/// Follows the references of a value. A value without one is itself.
pub(crate) fn follow<'d>(root: &'d Node, node: &'d Node) -> Result<&'d Node, Lost> {
    let mut node = node;
    for _ in 0..MOST_HOPS {
        match node.text("$ref") {
            Some(reference) => node = find(root, reference)?,
            None => return Ok(node),
        }
    }
    Err(Lost::Broken)
}

/// The name of what a reference leads to.
pub(crate) fn name(reference: &str) -> String {
    let last = reference.rsplit('/').next().unwrap_or_default();
    unescaped(&percent_decode_str(last).decode_utf8_lossy())
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// A place in a document: a pointer, and steps from there.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    up: Option<&'a At<'a>>,
    step: &'a str,
}

impl<'a> At<'a> {
    /// Where a JSON pointer leads.
    pub fn pointer(pointer: &'a str) -> At<'a> {
        At { up: None, step: pointer }
    }

    pub fn member(&'a self, step: &'a str) -> At<'a> {
        At { up: Some(self), step }
    }

    /// As a JSON pointer.
    pub fn text(&self) -> String {
        match self.up {
            None => self.step.to_owned(),
            Some(up) => format!("{}/{}", up.text(), escaped(self.step)),
        }
    }
}

/// A name as a step of a JSON pointer.
pub(crate) fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
