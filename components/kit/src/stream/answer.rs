//! What a stream comes to: its output, or what came before an error.

use super::Running;
use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::dispatch::Operation;
use crate::error::fail;
use crate::exchange::BodyCell;
use crate::imported::CAN_BE;
use crate::response::is_nothing;
use crate::secrets::Secrets;
use crate::types::{Error, ErrorKind};
use crate::wire::{self, Node, Sink};
use serde_json::{Map, Value};

/// Sends the operation's request and reads the stream to its end.
pub fn gather<'h>(
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    _: &'h BodyCell,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let mut running = Running::open(call.detached(), operation, input)?;
    loop {
        match running.part() {
            Ok(Some((true, mut whole))) => {
                running.secrets.out_of_result(&mut whole);
                out.put(whole);
                return Ok(());
            }
            Ok(Some(_)) => {}
            Ok(None) => return Err(fail(ErrorKind::Unreadable, "the stream holds nothing")),
            Err(error) => return running.secrets.out_of(Err(error)),
        }
    }
}

/// The text that came before an error, and what else was told, as the operation's output says it.
pub(super) fn details(resolved: ResolvedRow, operation: &Operation, text: &str, whole: &Value) -> Option<String> {
    let mut members = Vec::new();
    if !text.is_empty() {
        members.push(("text".into(), text.into()));
    }
    let record = Node::from(whole.clone());
    if !is_nothing(&record)
        && let Some(ty) = operation.output
        && let Ok(record) = wire::read(ty, &record, resolved.names, "response")
    {
        members.push(("result".into(), record));
    }
    (!members.is_empty()).then(|| Node::Object(members).to_json())
}

/// What came where events were to come. Secrets are taken out before it is shortened.
pub(super) fn in_place_of_events(content: Option<String>, result: &Node<'_>, secrets: &Secrets) -> String {
    let mut result = result.clone();
    secrets.out_of_answer(&mut result);
    let start: String = result.to_json().chars().filter(|c| !c.is_control()).take(200).collect();
    format!("{} in place of events: {start}", content.as_deref().unwrap_or("an answer"))
}

/// Puts a value at a pointer of plain names, and makes the objects on the way.
pub(super) fn put(whole: &mut Value, pointer: &str, value: Value) {
    let mut place = whole;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        place = members.entry(name).or_insert(Value::Null);
    }
    match (place, value) {
        (Value::Object(members), Value::Object(more)) => members.extend(more),
        (Value::Array(items), Value::Array(more)) if CAN_BE => items.extend(more),
        (place, value) => *place = value,
    }
}
