//! The canonical ABI: core values and memory ↔ values in WIT's spelling, driven by the type's table.
//!
//! The exports that `kit-build` makes hand their arguments here. What a call returns stays in memory until the next one
//! returns: calls into one instance do not overlap. (Functions to free it, `cabi_post_…`, would take 100 bytes for each
//! export, and would only free it a little earlier.)

mod lowered;
mod values;

use crate::call::Call;
use crate::dispatch::{Component, Operation, Resource, accepted, dispatch, perform, with_operation};
use crate::error::{self, invalid};
use crate::exchange::BodyCell;
use crate::stream::Running;
use crate::types::Error;
use crate::wire::{Form, Kind, Node, Type};
use crate::world::World;
use lowered::Lowered;
use std::mem::take;
use values::{Allocations, Place, lift, lower, release};

pub(crate) static TEXT: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Text };

static HANDLE: Type = Type { size: 4, align: 4, form: Form::Any, kind: Kind::Unsigned };

/// A typed export.
///
/// # Safety
///
/// `flats` are the core values of the operation's input, from a caller that follows the canonical ABI.
pub unsafe fn typed(component: &'static Component, operation: usize, flats: &[u64]) -> *mut u8 {
    let operation = &component.operations[operation];
    let body_cell = BodyCell::default();
    let mut lowered = Lowered::of(operation.output);
    let outcome = unsafe { input(component, operation, flats) }.and_then(|input| {
        let call = Call::begin(component, operation, World::default());
        perform(&call, operation, &input, &body_cell, &mut lowered)
    });
    let (area, mut allocations) = respond(operation, outcome.map(|()| lowered));
    allocations.body = body_cell.into_inner();
    allocations.retain_until_next_call();
    area
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
        let call = Call::begin(component, operation, World::default());
        let opened = accepted(&call, operation, &input).and_then(|input| Running::open(call, operation, &input));
        opened.map_err(|error| with_operation(error, component.api, operation))
    });
    let outcome = running.map(|running| {
        let number = Box::into_raw(Box::new(running)) as usize as u32;
        let handle = operation.resource.map_or(0, |resource| unsafe { (resource.new)(number) });
        Node::Number(handle.into())
    });
    respond_whole(&shape, outcome)
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
    // Several operations may give the same resource.
    respond_whole(&shape, event.map_err(|error| with_operation(error, component.api, running.operation)))
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
        Some(field) => Err(with_operation(invalid(field, "expected a JSON document"), component.api, operation)),
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
    let answer = dispatch(component, &id, &input, &World::default()).map(|output| Node::Text(output.into()));
    let shape = Operation { output: Some(&TEXT), payload: any.error.align.max(TEXT.align).into(), ..*any };
    respond_whole(&shape, answer)
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
    let json = crate::find::found(component, &intent, limit);
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
    let mut allocations = Allocations::default();
    let area = allocations.area(ty.size.into());
    unsafe { lower(ty, value, area, &mut allocations) };
    allocations.retain_until_next_call();
    area
}

fn respond_whole(operation: &Operation, outcome: Result<Node<'_>, Error>) -> *mut u8 {
    let (area, allocations) = respond(operation, outcome.map(Lowered::of_value));
    allocations.retain_until_next_call();
    area
}

fn respond(operation: &Operation, mut outcome: Result<Lowered<'_>, Error>) -> (*mut u8, Allocations) {
    let mut allocations =
        outcome.as_mut().map_or_else(|_| Allocations::default(), |lowered| take(&mut lowered.allocations));
    let area = allocations.area(operation.size.max(operation.payload + operation.error.size).into());
    // A result is a variant of two cases.
    unsafe {
        *area = u8::from(outcome.is_err());
        let payload = area.add(operation.payload.into());
        match outcome {
            Ok(value) => {
                if let Some(ty) = operation.output {
                    value.end(ty, payload, &mut allocations);
                }
            }
            Err(error) => lower(operation.error, error::value(&error), payload, &mut allocations),
        }
    }
    (area, allocations)
}
