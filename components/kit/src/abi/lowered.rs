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
/// Where a member begins that is no field.
const NOWHERE: usize = usize::MAX;

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

    /// The next value is that of the field of this name in the record that began last.
    fn begin(&mut self, name: &str) -> Mark {
        let open = IN_MEMORY | self.records.len();
        self.field = None;
        let Some(record) = self.records.last_mut() else { return Mark::of(NOWHERE, open) };
        let behind = record.fields.get(record.next..).unwrap_or_default().iter().position(|field| field.name == name);
        let any = || record.fields.iter().position(|field| field.name == name);
        let Some(index) = behind.map(|at| at + record.next).or_else(any) else { return Mark::of(NOWHERE, open) };
        record.next = index + 1;
        let Field { ty, offset, .. } = record.fields[index];
        let start = record.start + usize::from(offset);
        self.field = Some((ty, start));
        Mark::of(start, open)
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
        if self.is_in_memory() { self.begin(&name) } else { self.tree.member(name) }
    }

    fn field(&mut self, name: &'static str) -> Mark {
        if self.is_in_memory() { self.begin(name) } else { self.tree.field(name) }
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
        if let Some(field) = field {
            let size = usize::from(field.ty.size);
            // SAFETY: the field is in the room of its record.
            unsafe { self.address(start).write_bytes(0, size) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Secrets;
    use crate::wire::{Form, Names, Text, read, read_into};

    const fn of(size: u16, align: u8, kind: Kind) -> Type {
        Type { size, align, form: Form::Any, kind }
    }
    const fn field(name: &'static str, ty: &'static Type, offset: u16) -> Field {
        Field { name, ty, offset, flat: 0 }
    }
    static TEXT: Type = of(8, 4, Kind::Text);
    static NUMBER: Type = of(4, 4, Kind::Unsigned);
    static OPTION_TEXT: Type = of(12, 4, Kind::Option { some: &TEXT, payload: 4 });
    static OPTION_JSON: Type = of(12, 4, Kind::Option { some: &of(8, 4, Kind::Json), payload: 4 });
    static OPTION_NUMBER: Type = of(8, 4, Kind::Option { some: &NUMBER, payload: 4 });
    static COMPANY: Type = of(20, 4, Kind::Record(&[field("id", &TEXT, 0), field("title", &OPTION_TEXT, 8)]));
    static OPTION_COMPANY: Type = of(24, 4, Kind::Option { some: &COMPANY, payload: 4 });
    static COMPANIES: Type = of(8, 4, Kind::List(&COMPANY));
    static WORD: Type = of(1, 1, Kind::Enum(&["open", "closed"]));
    static FIELDS: [Field; 7] = [
        field("id", &OPTION_TEXT, 0),
        field("made-at", &OPTION_NUMBER, 12),
        field("tags", &TEXT, 20),
        field("company", &OPTION_COMPANY, 28),
        field("companies", &COMPANIES, 52),
        field("standing", &WORD, 60),
        field("extra", &OPTION_JSON, 64),
    ];
    static RECORD: Type = of(76, 4, Kind::Record(&FIELDS));
    static LIST: Type = of(8, 4, Kind::List(&RECORD));

    /// The bytes of a list, and how many items they are. (Addresses of texts are those of the body, or of texts that last.)
    fn bytes(fill: impl FnOnce(&mut Lowered<'static>)) -> (Vec<u64>, usize) {
        let mut lowered = Lowered::of(Some(&LIST));
        fill(&mut lowered);
        assert!(lowered.records.is_empty() && lowered.tree.depth() == 0);
        (lowered.items, lowered.count)
    }

    #[test]
    fn records_that_are_put_into_memory_field_by_field_are_those_of_a_tree() {
        let records = [
            r#"{"id":"7","made_at":5,"tags":"a b","company":{"id":"3","title":"x"},"standing":"open"}"#,
            r#"{"tags":17,"standing":"closed","id":null,"company":{"title":"only a title"}}"#,
            r#"{"id":"7","company":{"id":"4","id":"5"},"tags":"t","standing":"open","made_at":"soon"}"#,
            r#"{"company":"9","tags":"t","standing":"open","companies":[{"id":"1"},{"id":"2","title":"y"}],"id":"1"}"#,
            r#"{"company":[1],"tags":"t","standing":"open","unknown":{"a":[1]},"made_at":0,"id":"\u0037"}"#,
        ];
        for secret in ["hush-hush", "a", "5", "id", "company", "companies", "tags", "only a title", "open"] {
            let secrets = Secrets::of_text(secret);
            for first in records {
                for second in records {
                    // Addresses are compared: both ways read one text.
                    let json: &'static str = format!("[{first},{second},null,{first}]").leak();
                    let (list, _) = Node::read_lazily(json.as_bytes()).unwrap();
                    let tree = read(&LIST, &list, &Names::DEFAULT, "response");
                    let mut text = Text::default();
                    let read =
                        read_into(&LIST, &list, &Names::DEFAULT, "response", &mut secrets.out_of_parts(&mut text));
                    assert_eq!(read.is_ok(), tree.is_ok());
                    let Ok(Node::List(items)) = tree else { continue };
                    let of_tree = bytes(|lowered| {
                        lowered.open(true);
                        for mut item in items {
                            secrets.out_of_result(&mut item);
                            lowered.put(item);
                        }
                        lowered.close(true);
                    });
                    for before in ["", "[{}]", json] {
                        let by_field = bytes(|lowered| {
                            if let Ok((other, _)) = Node::read_lazily(before.as_bytes()) {
                                _ = read_into(&LIST, &other, &Names::DEFAULT, "response", lowered);
                                lowered.back(Mark::START);
                            }
                            let mut clean = secrets.out_of_parts(lowered);
                            read_into(&LIST, &list, &Names::DEFAULT, "response", &mut clean).unwrap();
                        });
                        assert_eq!(present(&by_field), present(&of_tree), "{secret}: {json}");
                    }
                }
            }
        }
    }

    /// The bytes but for addresses: texts that are not borrowed are made anew.
    fn present((items, count): &(Vec<u64>, usize)) -> (Vec<u8>, usize) {
        let mut bytes: Vec<u8> = items.iter().flat_map(|word| word.to_le_bytes()).collect();
        for record in bytes.chunks_mut(76).take(*count) {
            for at in [4, 20, 32, 44, 52, 68] {
                record[at..at + 4].fill(0);
            }
        }
        (bytes, *count)
    }
}
