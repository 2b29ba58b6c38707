//! Where a value goes that is made piece by piece.

use crate::node::{Member, Node, put_text};
use scan::{Marks, Writer};
use std::borrow::Cow;

/// Takes a value piece by piece, in the order of its JSON.
pub trait Sink<'t> {
    /// A list or an object begins.
    fn open(&mut self, list: bool);
    /// The next value is the member of this name. Tells how far it was before.
    fn member(&mut self, name: Cow<'t, str>) -> Mark;
    /// The next value is that of the field of this name, which is WIT's. Tells how far it was before.
    fn field(&mut self, name: &'static str) -> Mark {
        self.member(Cow::Borrowed(name))
    }
    /// A whole value.
    fn put(&mut self, value: Node<'t>);
    /// A text that does not last.
    fn copy(&mut self, text: &str) {
        self.put(Node::Text(text.to_owned().into()));
    }
    /// The list or object that began last ends.
    fn close(&mut self, list: bool);
    /// Where texts and names that are not [suspicious](Sink::suspects) and whole numbers may be written at once, and what each
    /// suspicious text has a place for.
    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)> {
        None
    }
    /// Whether a text may not be written at once.
    fn suspects(&self, _text: &str) -> bool {
        false
    }
    /// Forgets what came after a mark; all, after [`Mark::START`].
    fn back(&mut self, to: Mark);
    /// About so many bytes of JSON will come.
    fn expect(&mut self, _bytes: usize) {}
    /// How many bytes of JSON came.
    fn length(&self) -> usize {
        0
    }
}

/// How far a [`Sink`] is: what it has, and how many lists and objects are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(usize, usize);

impl Mark {
    /// Before anything came.
    pub const START: Mark = Mark(0, 0);

    /// A mark of a [`Sink`] elsewhere: how much it has, and how many lists and objects are open.
    pub fn of(has: usize, open: usize) -> Mark {
        Mark(has, open)
    }

    /// How much the sink had, and how many lists and objects were open.
    pub fn parts(self) -> (usize, usize) {
        (self.0, self.1)
    }
}

/// Makes a [`Node`].
#[derive(Debug, Default)]
pub struct Tree<'t> {
    values: Vec<Member<'t>>,
    opened: Vec<(Cow<'t, str>, usize)>,
    name: Cow<'t, str>,
}

impl<'t> Tree<'t> {
    /// How many lists and objects are open.
    pub fn depth(&self) -> usize {
        self.opened.len()
    }

    /// Takes the value that ended last.
    pub fn take(&mut self) -> Node<'t> {
        self.values.pop().map(|(_, value)| value).unwrap_or_default()
    }
}

impl<'t> Sink<'t> for Tree<'t> {
    fn open(&mut self, _: bool) {
        self.opened.push((std::mem::take(&mut self.name), self.values.len()));
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        self.name = name;
        Mark(self.values.len(), self.opened.len())
    }

    fn put(&mut self, value: Node<'t>) {
        self.values.push((std::mem::take(&mut self.name), value));
    }

    fn close(&mut self, list: bool) {
        let Some((name, start)) = self.opened.pop() else { return };
        let inner = self.values.split_off(start.min(self.values.len()));
        let value = if list {
            let mut items = Vec::with_capacity(inner.len());
            inner.into_iter().for_each(|(_, item)| items.push(item));
            Node::List(items)
        } else {
            Node::Object(inner)
        };
        self.values.push((name, value));
    }

    fn back(&mut self, to: Mark) {
        self.values.truncate(to.0);
        self.opened.truncate(to.1);
    }
}

/// Writes JSON.
#[derive(Debug, Default)]
pub struct Text(Writer);

impl Text {
    /// The JSON.
    pub fn take(self) -> String {
        self.0.take()
    }
}

impl<'t> Sink<'t> for Text {
    fn open(&mut self, list: bool) {
        self.0.open(list);
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        let before = Mark(self.0.len(), 0);
        self.0.reserve(name.len() + 64);
        self.0.value();
        put_text(self.0.text_mut(), &name);
        self.0.text_mut().push(':');
        before
    }

    fn field(&mut self, name: &'static str) -> Mark {
        let before = Mark(self.0.len(), 0);
        self.0.field(name);
        before
    }

    fn put(&mut self, value: Node<'t>) {
        if let Node::Text(text) = &value {
            return self.copy(text);
        }
        self.0.value();
        value.put(self.0.text_mut());
    }

    fn copy(&mut self, text: &str) {
        self.0.reserve(text.len() + 64);
        self.0.value();
        put_text(self.0.text_mut(), text);
    }

    fn close(&mut self, list: bool) {
        self.0.close(list);
    }

    fn back(&mut self, to: Mark) {
        self.0.text_mut().truncate(to.0);
    }

    fn expect(&mut self, bytes: usize) {
        self.0.text_mut().reserve_exact(bytes);
    }

    fn length(&self) -> usize {
        self.0.len()
    }

    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)> {
        Some((&mut self.0, None))
    }
}
