//! Operations: the table that the WIT and the rows make, and how one is carried out.

use crate::api::{Api, Guard, Row};
use crate::call::Call;
use crate::error::fail;
use crate::exchange::{BodyCell, exchange};
use crate::types::{Error, ErrorKind};
use crate::wire::{self, Names, Node, ReadError, Sink, Text, Tree, Type};
use crate::world::World;

/// All that a vendor's crate is: its facts, its operations and its documentation.
#[derive(Debug)]
pub struct Component {
    /// The vendor's facts.
    pub api: &'static Api,
    /// The crate's version.
    pub version: &'static str,
    /// The operations, in the WIT's order.
    pub operations: &'static [Operation],
    /// What the WIT says of them: JSON, compressed.
    pub catalogue: &'static [u8],
    /// What of that a search looks up: an [`outwit_search::Draft`], as bytes.
    pub index: &'static [u8],
}

/// One operation: what the WIT says of it, and its row.
#[derive(Debug)]
pub struct Operation {
    /// Its name, such as `list-activities`.
    pub name: &'static str,
    /// Its interface, such as `activities`.
    pub interface: &'static str,
    /// Its row.
    pub row: &'static Row,
    /// The record that it takes.
    pub input: Option<&'static Type>,
    /// Whether its typed export gets the input in memory rather than in core values.
    pub spilled: bool,
    /// What it gives.
    pub output: Option<&'static Type>,
    /// What it fails with.
    pub error: &'static Type,
    /// Bytes that its result takes in memory.
    pub size: u16,
    /// Where in those bytes the output or the error begins.
    pub payload: u16,
    /// What its typed export gives instead of the output: a resource that gives it piece by piece.
    pub resource: Option<&'static Resource>,
}

/// What carries out an operation that is one request, and gives its output to the last.
pub type Exchange =
    for<'h> fn(&Call, &'static Operation, &Node<'_>, &'h BodyCell, &mut dyn Sink<'h>) -> Result<(), Error>;

/// A resource that gives an answer piece by piece.
#[derive(Debug)]
pub struct Resource {
    /// How all of it is given at once: [`crate::stream::gather`], named here so that only vendors that stream carry it.
    pub gather: Exchange,
    /// Makes a handle of the number by which the component knows it.
    pub new: unsafe extern "C" fn(u32) -> u32,
    /// What `next` gives: an option of a variant, whose first case holds the text's next piece and whose last case holds the
    /// operation's output.
    pub events: &'static Type,
    /// Bytes that the result of `next` takes in memory.
    pub size: u16,
    /// Where in those bytes the event or the error begins.
    pub payload: u16,
}

/// Answers `operations.call`: an operation by id, with JSON in and out.
///
/// # Errors
///
/// What the operation fails with.
pub fn dispatch(component: &'static Component, id: &str, input: &str, world: &World) -> Result<String, Error> {
    let api = component.api;
    let name = id.strip_prefix(api.name).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id);
    let Some(operation) = component.operations.iter().find(|operation| operation.name == name) else {
        let message = format!("{} has no operation \"{id}\"; `describe` lists them", api.title);
        return Err(Error { operation: id.to_owned(), ..fail(ErrorKind::InvalidInput, message) });
    };
    let input = parse(input).map_err(|error| with_operation(error, api, operation))?;
    let body_cell = BodyCell::default();
    let mut json = Text::default();
    perform(&Call::begin(component, operation, world.clone()), operation, &input, &body_cell, &mut json)?;
    Ok(json.take())
}

/// Carries out an operation with an input in WIT's spelling. What comes out is in WIT's spelling, too.
pub(crate) fn perform<'h>(
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    body_cell: &'h BodyCell,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let accepted = accepted(call, operation, input).map_err(|error| with_operation(error, call.api, operation));
    carry_out(call, operation, accepted?, body_cell, out)
}

/// As [`perform`], with an input that is [`accepted`].
pub(crate) fn carry_out<'h>(
    call: &Call,
    operation: &'static Operation,
    input: Node<'_>,
    body_cell: &'h BodyCell,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let done = match (operation.row.run, operation.output) {
        (None, _) => {
            let exchange = operation.resource.map_or(exchange as Exchange, |resource| resource.gather);
            match operation.row.guard {
                Some(guard) => guarded(guard, exchange, call, operation, &input, body_cell, out),
                None => exchange(call, operation, &input, body_cell, out),
            }
        }
        (Some(run), None) => run(call, &input.into_value()).map(|_| out.put(Node::Null)),
        // A function may give nulls and numbers of its own making; what leaves is what the WIT says. What it does not say
        // comes from the vendor.
        (Some(run), Some(ty)) => run(call, &input.into_value()).and_then(|output| {
            wire::read_into(ty, &output.into(), &Names::CALLERS, "output", out).map_err(|fault| {
                let message = format!("{} answered something unexpected: {fault}", call.api.title);
                fail(ErrorKind::Unreadable, message)
            })
        }),
    };
    done.map_err(|error| with_operation(error, call.api, operation))
}

fn guarded<'h>(
    guard: &Guard,
    exchange: Exchange,
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    body_cell: &'h BodyCell,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let given = input.clone().into_value();
    (guard.before)(call, &given)?;
    let mut output = Tree::default();
    exchange(call, operation, input, body_cell, &mut output)?;
    let output = output.take();
    (guard.after)(&given, &output.clone().into_value())?;
    out.put(output);
    Ok(())
}

/// The input as the operation takes it.
pub(crate) fn accepted<'i>(call: &Call, operation: &Operation, input: &Node<'i>) -> Result<Node<'i>, Error> {
    match operation.input {
        Some(ty) => wire::read(ty, input, &call.api.names.callers(), "input").map_err(faulty),
        None if input.is_null() || input.members().is_some_and(<[_]>::is_empty) => Ok(Node::Null),
        None => Err(faulty(ReadError { at: "input".to_owned(), problem: "the operation takes no input".to_owned() })),
    }
}

fn parse(input: &str) -> Result<Node<'_>, Error> {
    match input.trim() {
        // What an operation without required input may be given.
        "" | "null" => Ok(Node::Object(vec![])),
        text => Node::parse(text.as_bytes())
            .map_err(|problem| faulty(ReadError { at: "input".to_owned(), problem: format!("not JSON: {problem}") })),
    }
}

fn faulty(fault: ReadError) -> Error {
    Error { field: Some(fault.at.clone()), ..fail(ErrorKind::InvalidInput, fault.to_string()) }
}

/// The error with the operation's id, unless a step of it stands there already. Its texts are lines without what a
/// terminal would obey: vendors' words may stand in them, wherever it was made.
pub(crate) fn with_operation(mut error: Error, api: &Api, operation: &Operation) -> Error {
    for text in [Some(&mut error.message), error.field.as_mut(), error.code.as_mut()].into_iter().flatten() {
        *text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    }
    if error.operation.is_empty() {
        error.operation = format!("{}.{}", api.name, operation.name);
    }
    error
}
