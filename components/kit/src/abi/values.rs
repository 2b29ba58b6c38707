//! Values in core values and in memory.

use crate::wire::{Kind, Node, Type};
use serde_json::Number;
use std::borrow::Cow;
use std::cell::RefCell;

thread_local! {
    static RETURNED: RefCell<Allocations> =
        const { RefCell::new(Allocations { areas: Vec::new(), texts: Vec::new(), body: None, borrows: false }) };
}

/// What a call returns, piece by piece.
#[derive(Default)]
pub struct Allocations {
    /// In words of eight bytes, the largest alignment that there is.
    areas: Vec<Vec<u64>>,
    texts: Vec<String>,
    /// The body of the answer, in which texts may stand.
    pub body: Option<Vec<u8>>,
    /// Whether texts that are borrowed stay where they are: they are of the body.
    pub borrows: bool,
}

impl Allocations {
    pub fn area(&mut self, bytes: usize) -> *mut u8 {
        let mut area = vec![0u64; bytes.div_ceil(8)];
        let start = area.as_mut_ptr().cast();
        self.areas.push(area);
        start
    }

    fn text(&mut self, text: Cow<'_, str>) -> (u32, u32) {
        let place = |text: &str| (text.as_ptr() as usize as u32, text.len() as u32);
        match text {
            Cow::Borrowed(text) if self.borrows => place(text),
            text => {
                let text = text.into_owned();
                let place = place(&text);
                self.texts.push(text);
                place
            }
        }
    }

    pub fn retain_until_next_call(self) {
        RETURNED.with_borrow_mut(|allocations| *allocations = self);
    }
}

/// Where a value stands: in core values, or in memory.
#[derive(Clone, Copy)]
pub enum Place<'f> {
    Flat(&'f [u64]),
    Memory(*mut u8),
}

impl Place<'_> {
    pub fn at(self, offset: usize, flat: usize) -> Self {
        match self {
            Place::Flat(flats) => Place::Flat(flats.get(flat..).unwrap_or_default()),
            Place::Memory(start) => Place::Memory(start.wrapping_add(offset)),
        }
    }

    /// The first core value.
    pub fn bits(self, size: u16) -> u64 {
        match self {
            Place::Flat(flats) => flats.first().copied().unwrap_or(0),
            Place::Memory(start) => unsafe { load(start, size) },
        }
    }

    /// Address and length of a string or list.
    fn pair(self) -> (*mut u8, usize) {
        let (start, length) = (self.bits(4), self.at(4, 1).bits(4));
        (start as u32 as usize as *mut u8, length as u32 as usize)
    }
}

unsafe fn load(start: *mut u8, size: u16) -> u64 {
    unsafe {
        match size {
            1 => u64::from(start.read()),
            2 => u64::from(start.cast::<u16>().read()),
            4 => u64::from(start.cast::<u32>().read()),
            _ => start.cast::<u64>().read(),
        }
    }
}

unsafe fn store(start: *mut u8, size: u16, bits: u64) {
    unsafe {
        match size {
            1 => start.write(bits as u8),
            2 => start.cast::<u16>().write(bits as u16),
            4 => start.cast::<u32>().write(bits as u32),
            _ => start.cast::<u64>().write(bits),
        }
    }
}

/// Frees what the caller allocated for an argument.
pub unsafe fn release(start: *mut u8, size: usize, align: u8) {
    if let (Ok(layout), true) = (std::alloc::Layout::from_size_align(size, align.into()), size > 0) {
        unsafe { std::alloc::dealloc(start, layout) };
    }
}

/// A value from where it stands. Its strings and lists belong to the component now and are freed.
pub unsafe fn lift(
    ty: &Type,
    place: Place<'_>,
    field: &'static str,
    bad_json: &mut Option<&'static str>,
) -> Node<'static> {
    match &ty.kind {
        Kind::Bool => Node::Bool(place.bits(1) as u8 != 0),
        Kind::Unsigned => Node::Number((place.bits(ty.size) & (u64::MAX >> (64 - 8 * ty.size))).into()),
        Kind::Signed => {
            let unused = 64 - 8 * ty.size;
            Node::Number(((place.bits(ty.size) << unused) as i64 >> unused).into())
        }
        Kind::Float => {
            let number = match ty.size {
                4 => f32::from_bits(place.bits(4) as u32).into(),
                _ => f64::from_bits(place.bits(8)),
            };
            Number::from_f64(number).map(Node::Number).unwrap_or_default()
        }
        Kind::Text | Kind::Json => {
            let (start, length) = place.pair();
            let bytes = if length == 0 { Vec::new() } else { unsafe { Vec::from_raw_parts(start, length, length) } };
            if let Kind::Text = ty.kind {
                return Node::Text(String::from_utf8(bytes).unwrap_or_default().into());
            }
            match Node::parse(&bytes) {
                Ok(json) => json.into_value().into(),
                Err(_) => {
                    *bad_json = Some(field);
                    Node::Null
                }
            }
        }
        Kind::List(item) => {
            let (start, length) = place.pair();
            let size = usize::from(item.size);
            let mut list = Vec::with_capacity(length);
            for index in 0..length {
                list.push(unsafe { lift(item, Place::Memory(start.wrapping_add(index * size)), field, bad_json) });
            }
            unsafe { release(start, length * size, item.align) };
            Node::List(list)
        }
        Kind::Option { some, payload } => match place.bits(1) as u8 {
            0 => Node::Null,
            _ => unsafe { lift(some, place.at((*payload).into(), 1), field, bad_json) },
        },
        Kind::Record(fields) => {
            let mut record = Vec::new();
            for field in *fields {
                let value =
                    unsafe { lift(field.ty, place.at(field.offset.into(), field.flat.into()), field.name, bad_json) };
                if !value.is_null() {
                    record.push((field.name.into(), value));
                }
            }
            Node::Object(record)
        }
        Kind::Enum(words) => (*words.get(place.bits(1) as u8 as usize).unwrap_or(&"")).into(),
        Kind::Variant { cases, payload } => {
            let Some(case) = cases.get(place.bits(1) as u8 as usize) else { return Node::Null };
            let body_cell = case.holds.map(|ty| unsafe { lift(ty, place.at((*payload).into(), 1), field, bad_json) });
            match body_cell {
                None => case.name.into(),
                Some(word) if case.name == "other" => word,
                Some(body_cell) => Node::Object(vec![(case.name.into(), body_cell)]),
            }
        }
    }
}

/// Puts a value to a place in memory, which is all zeros. What does not fit the type, which `wire` has seen to before, is
/// left so.
pub unsafe fn lower(ty: &Type, value: Node<'_>, place: *mut u8, allocations: &mut Allocations) {
    unsafe {
        match (&ty.kind, value) {
            (Kind::Bool, Node::Bool(truth)) => place.write(truth.into()),
            (Kind::Unsigned, Node::Number(number)) => store(place, ty.size, number.as_u64().unwrap_or(0)),
            (Kind::Signed, Node::Number(number)) => store(place, ty.size, number.as_i64().unwrap_or(0) as u64),
            (Kind::Float, Node::Number(number)) => {
                let number = number.as_f64().unwrap_or(0.0);
                match ty.size {
                    4 => store(place, 4, (number as f32).to_bits().into()),
                    _ => store(place, 8, number.to_bits()),
                }
            }
            (Kind::Text, Node::Text(text)) => lower_text(place, text, allocations),
            (Kind::Json, value) => lower_text(place, value.to_json().into(), allocations),
            (Kind::List(item), Node::List(items)) => {
                let (size, count) = (usize::from(item.size), items.len());
                let mut words = vec![0u64; (count * size).div_ceil(8)];
                let area: *mut u8 = words.as_mut_ptr().cast();
                lower_list(place, words, count, allocations);
                for (index, value) in items.into_iter().enumerate() {
                    lower(item, value, area.add(index * size), allocations);
                }
            }
            (Kind::Option { .. }, Node::Null) => {}
            (Kind::Option { some, payload }, value) => {
                place.write(1);
                lower(some, value, place.add((*payload).into()), allocations);
            }
            (Kind::Record(fields), Node::Object(members)) => {
                // They stand in the same order, mostly.
                let mut next = 0;
                for (name, value) in members {
                    let known = (next..fields.len()).chain(0..next).find(|index| fields[*index].name == name);
                    if let Some(index) = known {
                        lower(fields[index].ty, value, place.add(fields[index].offset.into()), allocations);
                        next = index + 1;
                    }
                }
            }
            (Kind::Enum(words), Node::Text(word)) => {
                place.write(words.iter().position(|known| *known == word).unwrap_or(0) as u8);
            }
            // The component's own enumerations, by number.
            (Kind::Enum(_), Node::Number(number)) => place.write(number.as_u64().unwrap_or(0) as u8),
            (Kind::Variant { cases, payload }, value) => {
                let case_of = |name: &str| cases.iter().position(|case| case.name == name);
                let (index, body_cell) = match value {
                    Node::Object(mut members) => {
                        members.pop().map_or((None, Node::Null), |(name, body_cell)| (case_of(&name), body_cell))
                    }
                    Node::Text(word) => (case_of(&word).or_else(|| case_of("other")), Node::Text(word)),
                    value => (None, value),
                };
                let index = index.unwrap_or(0);
                place.write(index as u8);
                if let Some(ty) = cases[index].holds {
                    lower(ty, body_cell, place.add((*payload).into()), allocations);
                }
            }
            _ => {}
        }
    }
}

/// Puts a list's address and length to a place.
pub unsafe fn lower_list(place: *mut u8, items: Vec<u64>, count: usize, allocations: &mut Allocations) {
    unsafe {
        store(place, 4, items.as_ptr() as usize as u64);
        store(place.add(4), 4, count as u64);
    }
    allocations.areas.push(items);
}

unsafe fn lower_text(place: *mut u8, text: Cow<'_, str>, allocations: &mut Allocations) {
    let (start, length) = allocations.text(text);
    unsafe {
        store(place, 4, start.into());
        store(place.add(4), 4, length.into());
    }
}
