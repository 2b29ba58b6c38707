//! The canonical ABI: core values and memory ↔ values in WIT's spelling, driven by the type's table.
//!
//! The exports that `kit-build` makes hand their arguments here. What a call returns stays in memory until the next one
//! returns: calls into one instance do not overlap. (Functions to free it, `cabi_post_…`, would take 100 bytes for each
//! export, and would only free it a little earlier.)

use crate::call::Call;
use crate::dispatch::{Component, Operation, Resource, accepted, dispatch, named, perform};
use crate::error::{self, invalid};
use crate::exchange::Held;
use crate::stream::Running;
use crate::types::Error;
use crate::wire::{Kind, Node, Type};
use serde_json::Number;
use std::cell::RefCell;

pub(crate) static TEXT: Type = Type { size: 8, align: 4, kind: Kind::Text };

static HANDLE: Type = Type { size: 4, align: 4, kind: Kind::Unsigned };

/// A typed export.
///
/// # Safety
///
/// `flats` are the core values of the operation's input, from a caller that follows the canonical ABI.
pub unsafe fn typed(component: &'static Component, operation: usize, flats: &[u64]) -> *mut u8 {
    let operation = &component.operations[operation];
    let held = Held::default();
    let outcome = match unsafe { input(component, operation, flats) } {
        Ok(input) => perform(&Call::begin(component, operation), operation, &input, &held),
        Err(error) => Err(error),
    };
    respond(operation, outcome)
}

/// A typed export that gives a resource.
///
/// # Safety
///
/// As [`typed`].
pub unsafe fn open(component: &'static Component, operation: usize, flats: &[u64]) -> *mut u8 {
    let operation = &component.operations[operation];
    let shape = Operation { output: Some(&HANDLE), ..*operation };
    let running = unsafe { input(component, operation, flats) }.and_then(|input| {
        let call = Call::begin(component, operation);
        let opened = accepted(&call, operation, &input).and_then(|input| Running::open(call, operation, &input));
        opened.map_err(|error| named(error, component.api, operation))
    });
    let outcome = running.map(|running| {
        let number = Box::into_raw(Box::new(running)) as usize as u32;
        let handle = operation.resource.map_or(0, |resource| unsafe { (resource.new)(number) });
        Node::Number(handle.into())
    });
    respond(&shape, outcome)
}

/// The method `next` of a resource.
///
/// # Safety
///
/// `number` is what [`open`] made the resource's handle of, and the resource is not dropped.
pub unsafe fn next(component: &'static Component, operation: usize, number: u32) -> *mut u8 {
    let operation = &component.operations[operation];
    let Some(resource) = operation.resource else { return std::ptr::null_mut() };
    let Resource { events, size, payload, .. } = *resource;
    let shape = Operation { output: Some(events), size, payload, ..*operation };
    let running = unsafe { &mut *(number as usize as *mut Running) };
    let event = running.next(events).map(Option::unwrap_or_default);
    respond(&shape, event.map_err(|error| named(error, component.api, operation)))
}

/// The end of a resource.
///
/// # Safety
///
/// As [`next`], and once.
pub unsafe fn close(number: u32) {
    drop(unsafe { Box::from_raw(number as usize as *mut Running) });
}

/// The input of an export, by the types in `operation`.
pub(crate) unsafe fn input(
    component: &Component,
    operation: &Operation,
    flats: &[u64],
) -> Result<Node<'static>, Error> {
    let Some(ty) = operation.input else { return Ok(Node::Null) };
    let mut bad_json = None;
    let whole = Place::Flat(flats);
    let place = if operation.spilled { Place::Memory(whole.bits(0) as usize as *mut u8) } else { whole };
    let input = unsafe { lift(ty, place, "", &mut bad_json) };
    if let (true, Place::Memory(spilled)) = (operation.spilled, place) {
        unsafe { release(spilled, ty.size.into(), ty.align) };
    }
    match bad_json {
        Some(field) => Err(named(invalid(field, "expected a JSON document"), component.api, operation)),
        None => Ok(input),
    }
}

/// `operations.call`.
///
/// # Safety
///
/// `flats` are the core values of two strings, from a caller that follows the canonical ABI.
pub unsafe fn call(component: &'static Component, flats: &[u64]) -> *mut u8 {
    let (id, input) = unsafe { (text(flats, 0), text(flats, 2)) };
    // All operations fail with the same record.
    let Some(any) = component.operations.first() else { return std::ptr::null_mut() };
    let answer = dispatch(component, &id, &input).map(|output| Node::Text(output.into()));
    let shape = Operation { output: Some(&TEXT), payload: any.error.align.max(TEXT.align), ..*any };
    respond(&shape, answer)
}

/// `operations.describe`.
pub fn describe(component: &Component) -> *mut u8 {
    give(&TEXT, Node::Text(crate::describe::describe(component).into()))
}

/// `operations.search`, which gives what the table `found` says.
///
/// # Safety
///
/// `flats` are the core values of a string and a number, from a caller that follows the canonical ABI.
pub unsafe fn search(component: &Component, flats: &[u64], found: &Type) -> *mut u8 {
    let intent = unsafe { text(flats, 0) };
    let limit = Place::Flat(flats).at(0, 2).bits(4) as u32 as usize;
    let json = crate::search::found(component, &intent, limit);
    give(found, Node::parse(&json).unwrap_or_default())
}

/// A string among the arguments, which starts at this core value.
unsafe fn text(flats: &[u64], at: usize) -> String {
    match unsafe { lift(&TEXT, Place::Flat(flats).at(0, at), "", &mut None) } {
        Node::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// What an export returns: a value of the type, in memory.
pub(crate) fn give(ty: &Type, value: Node<'_>) -> *mut u8 {
    let mut kept = Kept::default();
    let area = kept.area(ty.size.into());
    unsafe { lower(ty, value, area, &mut kept) };
    kept.until_next();
    area
}

fn respond(operation: &Operation, outcome: Result<Node<'_>, Error>) -> *mut u8 {
    let mut kept = Kept::default();
    let area = kept.area(operation.size.max(operation.payload + operation.error.size).into());
    // A result is a variant of two cases.
    unsafe {
        *area = u8::from(outcome.is_err());
        let payload = area.add(operation.payload.into());
        match outcome {
            Ok(value) => {
                if let Some(ty) = operation.output {
                    lower(ty, value, payload, &mut kept);
                }
            }
            Err(error) => lower(operation.error, error::value(&error), payload, &mut kept),
        }
    }
    kept.until_next();
    area
}

thread_local! {
    static RETURNED: RefCell<Kept> = const { RefCell::new(Kept { areas: Vec::new(), texts: Vec::new() }) };
}

/// What a call returns, piece by piece.
#[derive(Default)]
struct Kept {
    /// In words of eight bytes, the largest alignment that there is.
    areas: Vec<Vec<u64>>,
    texts: Vec<String>,
}

impl Kept {
    fn area(&mut self, bytes: usize) -> *mut u8 {
        let mut area = vec![0u64; bytes.div_ceil(8)];
        let start = area.as_mut_ptr().cast();
        self.areas.push(area);
        start
    }

    fn text(&mut self, text: String) -> (u32, u32) {
        let place = (text.as_ptr() as usize as u32, text.len() as u32);
        self.texts.push(text);
        place
    }

    fn until_next(self) {
        RETURNED.with_borrow_mut(|kept| *kept = self);
    }
}

/// Where a value stands: in core values, or in memory.
#[derive(Clone, Copy)]
enum Place<'f> {
    Flat(&'f [u64]),
    Memory(*mut u8),
}

impl Place<'_> {
    fn at(self, offset: usize, flat: usize) -> Self {
        match self {
            Place::Flat(flats) => Place::Flat(flats.get(flat..).unwrap_or_default()),
            Place::Memory(start) => Place::Memory(start.wrapping_add(offset)),
        }
    }

    /// The first core value.
    fn bits(self, size: u16) -> u64 {
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
unsafe fn release(start: *mut u8, size: usize, align: u16) {
    if let (Ok(layout), true) = (std::alloc::Layout::from_size_align(size, align.into()), size > 0) {
        unsafe { std::alloc::dealloc(start, layout) };
    }
}

/// A value from where it stands. Its strings and lists belong to the component now and are freed.
unsafe fn lift(ty: &Type, place: Place<'_>, field: &'static str, bad_json: &mut Option<&'static str>) -> Node<'static> {
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
            let items = (0..length)
                .map(|index| unsafe { lift(item, Place::Memory(start.wrapping_add(index * size)), field, bad_json) });
            let list = items.collect();
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
            let held = case.holds.map(|ty| unsafe { lift(ty, place.at((*payload).into(), 1), field, bad_json) });
            match held {
                None => case.name.into(),
                Some(word) if case.name == "other" => word,
                Some(held) => Node::Object(vec![(case.name.into(), held)]),
            }
        }
    }
}

/// Puts a value to a place in memory, which is all zeros. What does not fit the type, which `wire` has seen to before, is
/// left so.
unsafe fn lower(ty: &Type, value: Node<'_>, place: *mut u8, kept: &mut Kept) {
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
            (Kind::Text, Node::Text(text)) => lower_text(place, text.into_owned(), kept),
            (Kind::Json, value) => lower_text(place, value.to_json(), kept),
            (Kind::List(item), Node::List(items)) => {
                let size = usize::from(item.size);
                let area = kept.area(items.len() * size);
                store(place, 4, area as usize as u64);
                store(place.add(4), 4, items.len() as u64);
                for (index, value) in items.into_iter().enumerate() {
                    lower(item, value, area.add(index * size), kept);
                }
            }
            (Kind::Option { .. }, Node::Null) => {}
            (Kind::Option { some, payload }, value) => {
                place.write(1);
                lower(some, value, place.add((*payload).into()), kept);
            }
            (Kind::Record(fields), Node::Object(members)) => {
                // They stand in the same order, mostly.
                let mut next = 0;
                for (name, value) in members {
                    let known = (next..fields.len()).chain(0..next).find(|index| fields[*index].name == name);
                    if let Some(index) = known {
                        lower(fields[index].ty, value, place.add(fields[index].offset.into()), kept);
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
                let (index, held) = match value {
                    Node::Object(mut members) => {
                        members.pop().map_or((None, Node::Null), |(name, held)| (case_of(&name), held))
                    }
                    Node::Text(word) => (case_of(&word).or_else(|| case_of("other")), Node::Text(word)),
                    value => (None, value),
                };
                let index = index.unwrap_or(0);
                place.write(index as u8);
                if let Some(ty) = cases[index].holds {
                    lower(ty, held, place.add((*payload).into()), kept);
                }
            }
            _ => {}
        }
    }
}

unsafe fn lower_text(place: *mut u8, text: String, kept: &mut Kept) {
    let (start, length) = kept.text(text);
    unsafe {
        store(place, 4, start.into());
        store(place.add(4), 4, length.into());
    }
}
