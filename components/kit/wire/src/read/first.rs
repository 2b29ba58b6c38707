//! What a record says first: mostly its id.

use crate::{Field, Kind, Member, Names, Node, Type, is_spelled};
use std::borrow::Cow;

/// The text that the first field of a record is read as, if it is a text.
pub fn first_text<'t>(fields: &'static [Field], record: &Node<'t>, names: &Names) -> Option<Cow<'t, str>> {
    let first = fields.first()?;
    let (Kind::Text | Kind::Option { some: Type { kind: Kind::Text, .. }, .. }) = first.ty.kind else { return None };
    let mut listed = names.renamed.iter().enumerate().filter(|(_, (ours, _))| *ours == first.name).peekable();
    let value = if listed.peek().is_none() {
        let spelled = |(name, _): &&Member<'_>| is_spelled(name, first.name, names.members);
        record.members()?.iter().rev().find(spelled).map(|(_, value)| value)
    } else {
        // As fields are read: the best name that holds something.
        listed
            .filter_map(|(rank, (_, theirs))| match theirs.as_bytes().first() {
                Some(b'/') => record.at(theirs),
                _ => record.get(theirs).filter(|_| names.meant(fields, theirs) == Some((0, rank))),
            })
            .find(|value| !value.is_null())
    };
    match value? {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
