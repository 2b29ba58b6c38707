//! Tools: each operation as a function of plain parameters that gives text, for hosts that make a tool of every function.
//!
//! Such hosts require each parameter and each field of a record, `option`s too, and show a model what a function gives as
//! it is. So what an operation requires is a parameter, everything else is a member of one JSON text, `options`, and what
//! comes out is JSON text in either case of the result. What is no text, number or boolean is a parameter as text.
//!
//! The exports that `kit-build` makes with the feature `tools` come here; other components carry nothing of it.

use crate::abi::{TEXT, give, input};
use crate::call::Call;
use crate::dispatch::{Component, Operation, perform, with_operation};
use crate::error::{self, invalid};
use crate::exchange::BodyCell;
use crate::object::take;
use crate::types::Error;
use crate::wire::{Case, Field, Form, Kind, Node, Text, Type};
use crate::world::World;
use serde_json::Value;

/// The parameter that holds what may be left out.
const OPTIONS: &str = "options";

/// `result<string, string>`
static RESULT: Type = Type {
    size: 12,
    align: 4,
    form: Form::Any,
    kind: Kind::Variant {
        cases: &[Case { name: "ok", holds: Some(&TEXT) }, Case { name: "err", holds: Some(&TEXT) }],
        payload: 4,
    },
};

/// An exported tool: an operation whose parameters are a record of `takes`.
///
/// # Safety
///
/// `flats` are the core values of those parameters, or where they are in memory if `spilled`, from a caller that follows
/// the canonical ABI.
pub unsafe fn tool(
    component: &'static Component,
    operation: usize,
    flats: &[u64],
    takes: &'static Type,
    spilled: bool,
) -> *mut u8 {
    let operation = &component.operations[operation];
    let shape = Operation { input: Some(takes), spilled, ..*operation };
    let given = unsafe { input(component, &shape, flats) };
    let body_cell = BodyCell::default();
    let mut json = Text::default();
    let outcome = given
        .and_then(|given| {
            merged(operation, given.into_value()).map_err(|error| with_operation(error, component.api, operation))
        })
        .and_then(|input| {
            let call = Call::begin(component, operation, World::default());
            perform(&call, operation, &input.into(), &body_cell, &mut json)
        });
    let (case, text) = match outcome {
        Ok(()) => ("ok", json.take()),
        Err(error) => ("err", error_json(operation, error)),
    };
    give(&RESULT, Node::Object(vec![(case.into(), Node::Text(text.into()))]))
}

/// The input of an operation, of its tool's parameters.
fn merged(operation: &Operation, given: Value) -> Result<Value, Error> {
    let Value::Object(mut input) = given else { return Ok(given) };
    let options = match take(&mut input, OPTIONS) {
        Some(Value::String(text)) if !text.trim().is_empty() => Node::parse(text.as_bytes())
            .map_err(|problem| invalid(OPTIONS, format_args!("expected a JSON object: {problem}")))?
            .into_value(),
        _ => Value::Null,
    };
    for field in fields(operation) {
        if let Some(Value::String(text)) = input.get(field.name) {
            let value = document(field, text)?;
            input.insert(field.name.to_owned(), value);
        }
    }
    match options {
        Value::Null => {}
        Value::Object(options) => {
            for (name, value) in options {
                if input.contains_key(&name) {
                    return Err(invalid(&name, "it stands in options, and is a parameter of its own"));
                }
                input.insert(name, value);
            }
        }
        _ => return Err(invalid(OPTIONS, "expected a JSON object")),
    }
    Ok(Value::Object(input))
}

fn fields(operation: &Operation) -> &'static [Field] {
    match operation.input {
        Some(Type { kind: Kind::Record(fields), .. }) => fields,
        _ => &[],
    }
}

/// What a parameter that is text stands for. A text that is no JSON is left to the operation, which knows what it expects;
/// only where it takes any document would it take the text for one.
fn document(field: &Field, text: &str) -> Result<Value, Error> {
    let word = matches!(field.ty.kind, Kind::Variant { .. }) && !text.trim_start().starts_with('{');
    if word || matches!(field.ty.kind, Kind::Text | Kind::Enum(_)) {
        return Ok(text.into());
    }
    match (Node::parse(text.as_bytes()), &field.ty.kind) {
        (Ok(value), _) => Ok(value.into_value()),
        (Err(problem), Kind::Json) => Err(invalid(field.name, format_args!("expected a JSON document: {problem}"))),
        (Err(_), _) => Ok(text.into()),
    }
}

/// An error as JSON text, as `call` gives it.
fn error_json(operation: &Operation, error: Error) -> String {
    let mut record = error::value(&error);
    if let (Node::Object(members), Kind::Record(fields)) = (&mut record, &operation.error.kind) {
        members.retain(|(_, value)| !value.is_null());
        for (name, value) in members {
            let field = fields.iter().find(|field| field.name == name);
            if let (Some(Kind::Enum(words)), Node::Number(number)) = (field.map(|field| &field.ty.kind), &*value) {
                let number = number.as_u64().unwrap_or(0) as usize;
                *value = (*words.get(number).unwrap_or(&"")).into();
            }
        }
    }
    record.to_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Api, Row};
    use crate::error::fail;
    use crate::types::ErrorKind;
    use serde_json::json;

    static ROW: Row = Row::new("GET", "/things");
    static API: Api = Api { name: "acme", ..Api::DEFAULT };
    static WHOLE: Type = Type { size: 8, align: 8, form: Form::Any, kind: Kind::Unsigned };
    static JSON: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Json };
    static WORDS: Type = Type { size: 1, align: 1, form: Form::Any, kind: Kind::Enum(&["low", "high"]) };
    static CHOICE: Type = Type {
        size: 12,
        align: 4,
        form: Form::Any,
        kind: Kind::Variant {
            cases: &[Case { name: "all", holds: None }, Case { name: "one", holds: Some(&TEXT) }],
            payload: 4,
        },
    };
    static ERROR: Type = Type {
        size: 2,
        align: 1,
        form: Form::Any,
        kind: Kind::Record(&[Field { name: "kind", ty: &WORDS, offset: 0, flat: 0 }]),
    };
    static INPUT: Type = Type {
        size: 0,
        align: 8,
        form: Form::Any,
        kind: Kind::Record(&[
            Field { name: "name", ty: &TEXT, offset: 0, flat: 0 },
            Field { name: "since", ty: &WHOLE, offset: 0, flat: 0 },
            Field { name: "inputs", ty: &JSON, offset: 0, flat: 0 },
            Field { name: "level", ty: &WORDS, offset: 0, flat: 0 },
            Field { name: "which", ty: &CHOICE, offset: 0, flat: 0 },
        ]),
    };
    static GET: Operation = Operation {
        name: "get-things",
        interface: "things",
        row: &ROW,
        input: Some(&INPUT),
        spilled: false,
        output: None,
        error: &ERROR,
        size: 0,
        payload: 0,
        resource: None,
    };

    fn input_of(given: Value) -> Result<Value, (Option<String>, String)> {
        merged(&GET, given).map_err(|error| (error.field, error.message))
    }

    #[test]
    fn parameters_and_options_become_one_input() {
        let given = json!({
            "name": "{}", "since": "9007199254740993", "inputs": "{\"a\":[1]}", "level": "high", "which": "all",
            "options": " {\"limit\": 3}",
        });
        let input = json!({
            "name": "{}", "since": 9_007_199_254_740_993_u64, "inputs": {"a": [1]}, "level": "high", "which": "all",
            "limit": 3,
        });
        assert_eq!(input_of(given), Ok(input));
        assert_eq!(input_of(json!({ "which": "{\"one\": \"1\"}" })), Ok(json!({ "which": {"one": "1"} })));
    }

    #[test]
    fn no_options_are_an_empty_text_null_or_an_empty_object() {
        for nothing in ["", " ", "null", "{}"] {
            assert_eq!(input_of(json!({ "name": "a", "options": nothing })), Ok(json!({ "name": "a" })), "{nothing}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (given, field) in [
            (json!({ "options": "[]" }), "input.options"),
            (json!({ "options": "limit=3" }), "input.options"),
            (json!({ "name": "a", "options": "{\"name\": \"b\"}" }), "input.name"),
            (json!({ "inputs": "hello" }), "input.inputs"),
        ] {
            let (named, message) = input_of(given.clone()).unwrap_err();
            assert_eq!(named.as_deref(), Some(field), "{given}");
            assert!(message.starts_with(field), "{message}");
        }
        // The operation itself says what it expects there.
        assert_eq!(input_of(json!({ "since": "yesterday" })), Ok(json!({ "since": "yesterday" })));
    }

    #[test]
    fn error_json_has_words_for_enums_and_no_absent_members() {
        let error = with_operation(fail(ErrorKind::Misconfigured, "no"), &API, &GET);
        let record: Value = serde_json::from_str(&error_json(&GET, error)).unwrap();
        assert_eq!(record["kind"], "high");
        assert_eq!(record["operation"], "acme.get-things");
        assert!(record.get("field").is_none(), "{record}");
    }

    #[test]
    fn an_error_repeats_nothing_that_a_terminal_would_obey() {
        for said in ["a\nb", "a\u{7f}b", "a\u{9b}b"] {
            let raw = Some(said.to_owned());
            let error = Error { field: raw.clone(), code: raw, ..fail(ErrorKind::NotFound, said) };
            let error = with_operation(error, &API, &GET);
            for text in [Some(error.message), error.field, error.code] {
                assert_eq!(text.as_deref(), Some("a b"));
            }
        }
    }
}
