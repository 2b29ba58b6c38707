//! An output on its way into memory.

use super::values::{Allocations, lower, lower_list};
use crate::wire::{Kind, Mark, Node, Sink, Tree, Type};
use std::borrow::Cow;

/// An output that is put into memory: a list item by item, so that there is never a tree of all of them.
#[derive(Default)]
pub(super) struct Lowered<'t> {
    /// The type of the items, where the output is a list.
    item: Option<&'static Type>,
    /// Whether the list has begun.
    opened: bool,
    items: Vec<u64>,
    count: usize,
    /// What is not in memory yet.
    tree: Tree<'t>,
    pub allocations: Allocations,
}

impl<'t> Lowered<'t> {
    /// The output of an export, whose texts may stand in the body of the answer.
    pub fn of(ty: Option<&Type>) -> Lowered<'t> {
        let item = if let Some(Type { kind: Kind::List(item), .. }) = ty { Some(*item) } else { None };
        let mut lowered = Lowered { item, ..Lowered::default() };
        lowered.allocations.borrows = true;
        lowered
    }

    /// A value of which no text is borrowed for long.
    pub fn of_value(value: Node<'t>) -> Lowered<'t> {
        let mut lowered = Lowered::default();
        lowered.tree.put(value);
        lowered
    }

    /// Puts what is left to its place.
    ///
    /// # Safety
    ///
    /// As [`lower`].
    pub unsafe fn end(mut self, ty: &Type, place: *mut u8, allocations: &mut Allocations) {
        unsafe {
            if self.opened {
                lower_list(place, self.items, self.count, allocations);
            } else {
                lower(ty, self.tree.take(), place, allocations);
            }
        }
    }

    fn lower_item(&mut self) {
        let Some(item) = self.item.filter(|_| self.opened && self.tree.depth() == 0) else { return };
        let (value, size) = (self.tree.take(), usize::from(item.size));
        let start = self.count * size;
        let words = (start + size).div_ceil(8);
        if words > self.items.capacity() {
            // A list that doubles its room takes three times its size.
            self.items.reserve_exact((words - self.items.len()).max(64).max(self.items.len() / 4));
        }
        self.items.resize(words, 0);
        // SAFETY: there is room for it, all zeros, and addresses of areas are multiples of eight.
        unsafe { lower(item, value, self.items.as_mut_ptr().cast::<u8>().add(start), &mut self.allocations) };
        self.count += 1;
    }
}

impl<'t> Sink<'t> for Lowered<'t> {
    fn open(&mut self, list: bool) {
        if self.item.is_some() && !self.opened {
            self.opened = true;
        } else {
            self.tree.open(list);
        }
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        self.tree.member(name)
    }

    fn put(&mut self, value: Node<'t>) {
        self.tree.put(value);
        self.lower_item();
    }

    fn close(&mut self, list: bool) {
        if self.tree.depth() > 0 {
            self.tree.close(list);
            self.lower_item();
        }
    }

    fn back(&mut self, to: Mark) {
        self.tree.back(to);
        if to == Mark::START {
            (self.opened, self.count) = (false, 0);
            self.items.clear();
            let borrows = self.allocations.borrows;
            self.allocations = Allocations::default();
            self.allocations.borrows = borrows;
        }
    }
}
