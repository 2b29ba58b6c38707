//! What a record says first: mostly its id.

use crate::{Field, Kind, Member, Names, Node, Type, is_spelled};
use std::borrow::Cow;

/// The text that the first field of a record is read as, if it is a text.
pub fn first_text<'t>(fields: &'static [Field], record: &Node<'t>, names: &Names) -> Option<Cow<'t, str>> {
    let first = fields.first()?;
    let (Kind::Text | Kind::Option { some: Type { kind: Kind::Text, .. }, .. }) = first.ty.kind else { return None };
    let (mut listed, mut value) = (false, None);
    // As fields are read: the best name that holds something.
    for (rank, (ours, theirs)) in names.renamed.iter().enumerate() {
        if *ours == first.name && value.is_none_or(Node::is_null) {
            listed = true;
            value = match theirs.as_bytes().first() {
                Some(b'/') => record.at(theirs),
                _ => record.get(theirs).filter(|_| names.meant(fields, theirs) == Some((0, rank))),
            };
        }
    }
    if !listed {
        let spelled = |(name, _): &&Member<'_>| is_spelled(name, first.name, names.members);
        value = record.members()?.iter().rev().find(spelled).map(|(_, value)| value);
    }
    match value? {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
