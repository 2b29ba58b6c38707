//! Operations by name, with JSON in and out.

use crate::api::{Api, Row};
use crate::call::Call;
use crate::error::{fail, invalid};
use crate::types::{Error, ErrorKind};
use crate::wire;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One entry of a component's table of operations. Made by `operations!`.
#[derive(Debug)]
pub struct Operation {
    /// Its row.
    pub row: &'static Row,
    /// The operation itself, with JSON.
    pub run: fn(&Call, &Value) -> Result<Value, Error>,
}

/// Answers `operations.call`.
pub fn dispatch(api: &'static Api, operations: &[Operation], id: &str, input: &str) -> Result<String, Error> {
    let known = id.strip_prefix(api.name).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id);
    let Some(operation) = operations.iter().find(|operation| wire::kebab(operation.row.name) == known) else {
        let message = format!("{} has no operation {id:?}; `describe` lists them", api.title);
        return Err(Error { operation: id.to_owned(), ..fail(ErrorKind::InvalidInput, message) });
    };
    let input = match input.trim() {
        // What an operation without required input may be given.
        "" | "null" => Ok(Value::Object(serde_json::Map::new())),
        text => serde_json::from_slice(text.as_bytes()).map_err(|problem| Error {
            field: Some("input".to_owned()),
            ..fail(ErrorKind::InvalidInput, format!("input: not JSON: {problem}"))
        }),
    };
    let output = input.and_then(|input| (operation.run)(&Call::begin(api), &input));
    output.map(|output| output.to_string()).map_err(|error| operation_named(error, api, operation.row))
}

/// A typed operation with JSON in and out.
pub fn by_json<I: DeserializeOwned, O: Serialize>(
    call: &Call,
    input: &Value,
    operation: fn(&Call, &I) -> Result<O, Error>,
) -> Result<Value, Error> {
    let names = call.api.names.for_callers();
    let input = wire::read(input, &names, "input").map_err(faulty)?;
    wire::write(&operation(call, &input)?, &names).map_err(|not_json| invalid(&not_json.0, "expected a JSON document"))
}

fn faulty(fault: wire::Fault) -> Error {
    Error { field: Some(fault.at().to_owned()), ..fail(ErrorKind::InvalidInput, fault.to_string()) }
}

/// The error with the operation's id, unless a step of it stands there already.
pub fn operation_named(error: Error, api: &Api, row: &Row) -> Error {
    match error.operation.as_str() {
        "" => Error { operation: format!("{}.{}", api.name, wire::kebab(row.name)), ..error },
        _ => error,
    }
}
