//! What a vendor leaves open: JSON as it is.

use super::Reader;
use crate::{Member, Node, Sink};
use std::borrow::Cow;

impl<'t> Reader<'_, 't> {
    /// JSON in an order, and with one member of a name.
    pub(super) fn json(&self, value: &Node<'t>, out: &mut dyn Sink<'t>) {
        match value {
            // A map orders more than these in less time.
            Node::Object(members) if members.is_sorted_by(|(one, _), (next, _)| one < next) => {
                out.open(false);
                for (name, value) in members {
                    out.member(name.clone());
                    self.json(value, out);
                }
                out.close(false);
            }
            Node::Object(members) if members.len() > 1000 => out.put(value.clone().into_value().into()),
            Node::Object(members) => {
                out.open(false);
                for (name, value) in ordered(members) {
                    out.member(name.clone());
                    self.json(value, out);
                }
                out.close(false);
            }
            Node::List(items) => {
                out.open(true);
                items.iter().for_each(|item| self.json(item, out));
                out.close(true);
            }
            Node::Unread(unread) => {
                out.open(true);
                unread.each().for_each(|item| self.json(&self.checked(item), out));
                out.close(true);
            }
            Node::Text(Cow::Owned(text)) => out.copy(text),
            plain => out.put(plain.clone()),
        }
    }
}

/// Members by name, and of one name the last.
fn ordered<'m, 't>(members: &'m [Member<'t>]) -> Vec<&'m Member<'t>> {
    let mut ordered: Vec<&Member<'t>> = Vec::with_capacity(members.len());
    for member in members {
        let mut at = ordered.len();
        if ordered.last().is_some_and(|last| last.0 >= member.0) {
            at = ordered.partition_point(|known| known.0 < member.0);
        }
        match ordered.get_mut(at) {
            Some(known) if known.0 == member.0 => *known = member,
            _ => ordered.insert(at, member),
        }
    }
    ordered
}
