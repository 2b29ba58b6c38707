//! An output on its way into memory.

use super::values::{Allocations, lower, lower_list};
use crate::wire::{Field, Kind, Mark, Node, Sink, Tree, Type};
use std::borrow::Cow;

/// An output that is put into memory: a list item by item, and a record in it field by field, so that there is never a tree of more
/// than one field.
#[derive(Default)]
pub(super) struct Lowered<'t> {
    /// The type of the items, where the output is a list.
    item: Option<&'static Type>,
    /// Whether the list has begun.
    opened: bool,
    items: Vec<u64>,
    count: usize,
    /// The records that have begun, each in a field of the one before.
    records: Vec<Record>,
    /// The field whose value comes next: its type, and where it begins among the items, in bytes.
    field: Option<(&'static Type, usize)>,
    /// What is not in memory yet.
    tree: Tree<'t>,
    pub allocations: Allocations,
}

/// A record that has begun.
struct Record {
    fields: &'static [Field],
    /// Where it begins among the items, in bytes.
    start: usize,
    /// The index behind the field that began last: they come in their order.
    next: usize,
}

/// What distinguishes marks in memory from those of the tree.
const IN_MEMORY: usize = 1 << (usize::BITS - 1);

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

    /// Whether the value that comes next is part of a list, and of no tree.
    fn is_in_memory(&self) -> bool {
        self.opened && self.tree.depth() == 0
    }

    /// Room for another item, all zeros; where it begins, in bytes.
    fn room(&mut self, size: u16) -> usize {
        let start = self.count * usize::from(size);
        let words = (start + usize::from(size)).div_ceil(8);
        if words > self.items.capacity() {
            // A list that doubles its room takes three times its size.
            self.items.reserve_exact((words - self.items.len()).max(64).max(self.items.len() / 4));
        }
        self.items.resize(words, 0);
        self.count += 1;
        start
    }

    /// The address of a byte among the items.
    fn address(&mut self, at: usize) -> *mut u8 {
        self.items.as_mut_ptr().cast::<u8>().wrapping_add(at)
    }

    /// Puts a whole value to its place.
    fn settle(&mut self, value: Node<'t>) {
        let place = match (self.field.take(), self.item) {
            (Some(field), _) => field,
            (None, Some(item)) if self.records.is_empty() => (item, self.room(item.size)),
            // A field that no type names.
            _ => return,
        };
        let address = self.address(place.1);
        // SAFETY: there is room for it, all zeros, and addresses of areas are multiples of eight.
        unsafe { lower(place.0, value, address, &mut self.allocations) };
    }
}

impl<'t> Sink<'t> for Lowered<'t> {
    fn open(&mut self, list: bool) {
        if self.item.is_some() && !self.opened {
            self.opened = true;
            return;
        }
        if self.is_in_memory() && !list {
            let (ty, start) = match (self.field, self.item) {
                (Some(field), _) => field,
                (None, Some(item)) if self.records.is_empty() && matches!(item.kind, Kind::Record(_)) => {
                    (item, self.room(item.size))
                }
                _ => return self.tree.open(list),
            };
            let (some, payload) = match &ty.kind {
                Kind::Option { some, payload } => (*some, usize::from(*payload)),
                _ => (ty, 0),
            };
            if let Kind::Record(fields) = some.kind {
                if let Kind::Option { .. } = ty.kind {
                    // SAFETY: as above.
                    unsafe { self.address(start).write(1) };
                }
                self.records.push(Record { fields, start: start + payload, next: 0 });
                self.field = None;
                return;
            }
        }
        self.tree.open(list);
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        if self.is_in_memory() {
            self.field = None;
            return Mark::of(0, IN_MEMORY | self.records.len());
        }
        self.tree.member(name)
    }

    fn field(&mut self, name: &'static str) -> Mark {
        if !self.is_in_memory() {
            return self.tree.field(name);
        }
        let open = IN_MEMORY | self.records.len();
        self.field = None;
        let Some(record) = self.records.last_mut() else { return Mark::of(0, open) };
        let behind = record.fields.get(record.next..).unwrap_or_default().iter().position(|field| field.name == name);
        let index = behind
            .map_or_else(|| record.fields.iter().position(|field| field.name == name), |at| Some(at + record.next));
        let Some(index) = index else { return Mark::of(0, open) };
        record.next = index + 1;
        let Field { ty, offset, .. } = record.fields[index];
        let start = record.start + usize::from(offset);
        self.field = Some((ty, start));
        Mark::of(start, open)
    }

    fn put(&mut self, value: Node<'t>) {
        if self.is_in_memory() { self.settle(value) } else { self.tree.put(value) }
    }

    fn close(&mut self, list: bool) {
        if self.tree.depth() > 0 {
            self.tree.close(list);
            if self.is_in_memory() {
                let value = self.tree.take();
                self.settle(value);
            }
        } else {
            self.records.pop();
        }
    }

    fn back(&mut self, to: Mark) {
        let (start, open) = to.parts();
        if to == Mark::START {
            (self.opened, self.count, self.field) = (false, 0, None);
            self.items.clear();
            self.records.clear();
            let borrows = self.allocations.borrows;
            self.allocations = Allocations::default();
            self.allocations.borrows = borrows;
        }
        if open & IN_MEMORY == 0 {
            return self.tree.back(to);
        }
        self.tree.back(Mark::START);
        self.records.truncate(open & !IN_MEMORY);
        self.field = None;
        let Some(record) = self.records.last() else { return };
        let field = record.fields.iter().find(|field| record.start + usize::from(field.offset) == start);
        let size = field.map_or(0, |field| field.ty.size);
        // SAFETY: the field is in the room of its record.
        unsafe { self.address(start).write_bytes(0, size.into()) };
    }
}
