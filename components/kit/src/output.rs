//! What came back → the operation's output.

use crate::api::Effect;
use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::dispatch::Operation;
use crate::error::fail;
use crate::exchange::{Answer, doubtful};
use crate::imported::CAN_BE;
use crate::response::{is_nothing, said, with_words};
use crate::steps::is_no_id;
use crate::types::{Error, ErrorKind};
use crate::wire::{self, Field, Kind, Names, Node, Sink, Type, withhold};
use std::borrow::Cow;

/// The answer as the operation's output. What `out` has after an error is good for nothing.
pub(crate) fn output<'h>(
    call: &Call,
    resolved: ResolvedRow,
    ty: Option<&Type>,
    answer: Answer<'h>,
    out: &mut dyn Sink<'h>,
) -> Result<(), Error> {
    let Answer { status, result, location, .. } = answer;
    let fault = |fault: &str| unreadable(call, resolved, status, fault);
    let Some(ty) = ty else {
        out.put(Node::Null);
        return Ok(());
    };
    let imported = CAN_BE && call.api.imported.is_some();
    // Of an answer of which a document says nothing, it does not say either that there is one, or that it is more than null.
    if imported && matches!(ty.kind, Kind::Json) && result.as_ref().is_none_or(Node::is_null) {
        out.put(Node::Null);
        return Ok(());
    }
    // A list of nothing comes as null, too.
    let has_answer = status == 204 || result.is_some();
    let empty = |result: &Node<'_>| result.is_null() && !matches!(ty.kind, Kind::List(_));
    let Some(mut result) = result.filter(|result| !empty(result)) else {
        return match resolved.effect {
            // Nothing where something was announced may be an answer that was lost on its way.
            Effect::Read if !has_answer => Err(fault("an answer without content")),
            _ => nothing(call, resolved, ty, status, location).map(|none| out.put(none)),
        };
    };
    // Every field of an imported record may be absent.
    let empty = !imported && matches!(ty.kind, Kind::Record(_)) && is_nothing(&result);
    if empty {
        let silent = resolved.row.silent;
        return if silent {
            nothing(call, resolved, ty, status, None).map(|none| out.put(none))
        } else {
            Err(fault("an answer without content"))
        };
    }
    // A record has an id, whatever else may be absent.
    if !imported
        && matches!(ty.kind, Kind::Record(fields) if fields.iter().any(|field| field.name == "id"))
        && is_without_id(&result, resolved.names.numeric_ids_as_text)
    {
        return Err(fault(&with_words("response.id: expected an id", &result)));
    }
    withhold(&mut result, call.api.names.withheld, None);
    wire::read_into(ty, &result, resolved.names, "response", out).map_err(|problem| {
        let problem = problem.to_string();
        fault(&if result.members().is_some() { with_words(&problem, &result) } else { problem })
    })
}

/// Whether a record has an id that none has: frameworks give 0 and false, and null beside the words of an error. `digits`: the
/// vendor's ids are numbers that it writes as texts.
fn is_without_id(record: &Node<'_>, digits: bool) -> bool {
    match record.get("id") {
        Some(Node::Null) => said(record).is_some(),
        Some(Node::Bool(_) | Node::List(_) | Node::Unread(_) | Node::Object(_)) => true,
        Some(Node::Number(id)) => id.as_f64().is_some_and(|id| id <= 0.0),
        Some(Node::Text(id)) => is_no_id(id) || digits && !id.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// The output of an answer that holds nothing.
fn nothing<'h>(
    call: &Call,
    resolved: ResolvedRow,
    ty: &Type,
    status: u16,
    location: Option<String>,
) -> Result<Node<'h>, Error> {
    let none = match ty.kind {
        Kind::List(_) if resolved.effect == Effect::Read => return Ok(Node::List(vec![])),
        Kind::Record(_) if resolved.effect == Effect::Read => {
            let message = format!("{} answered HTTP {status} without a record", call.api.title);
            return Err(Error { status: Some(status), ..fail(ErrorKind::NotFound, message) });
        }
        Kind::Record(_) if resolved.row.silent || location.is_some() => {
            wire::read(ty, &Node::Object(vec![]), resolved.names, "response").ok()
        }
        _ => None,
    };
    match (none, &ty.kind) {
        (Some(Node::Object(mut members)), Kind::Record(fields)) => {
            if let Some(location) = location.filter(|_| fields.iter().any(|field| field.name == "extra")) {
                members.push(("extra".into(), Node::Object(vec![("location".into(), Node::Text(location.into()))])));
            }
            Ok(Node::Object(members))
        }
        _ => {
            let at = location.map(|location| format!("; what was made is at {location}")).unwrap_or_default();
            Err(unreadable(call, resolved, status, &format!("an answer without content{at}")))
        }
    }
}

/// The request went well, and what came of it is not understood.
pub(crate) fn unreadable(call: &Call, resolved: ResolvedRow, status: u16, fault: &str) -> Error {
    let message = format!("{} answered something unexpected: {fault}", call.api.title);
    let maybe_done = resolved.effect != Effect::Read;
    doubtful(resolved, Error { status: Some(status), ..fail(ErrorKind::Unreadable, message) }, maybe_done)
}

/// The id of the record that comes, and the id that the request's path names, if that is another one.
pub(crate) fn another<'i, 'h>(
    operation: &Operation,
    names: &Names,
    input: &'i Node<'_>,
    record: &Node<'h>,
) -> Option<(Cow<'h, str>, &'i str)> {
    let Some(Type { kind: Kind::Record(fields @ [Field { name: field, .. }, _, ..]), .. }) = operation.output else {
        return None;
    };
    // A document does not tell whether the last value of a path is an id of the record that comes. What is made below a path,
    // or of it, has an id of its own.
    let imported = CAN_BE && operation.row.imported.is_some();
    if imported || operation.row.method == "POST" || !operation.row.route.ends_with('}') {
        return None;
    }
    let id = wire::first_text(fields, record, names)?;
    let named = || input.members()?.iter().find_map(|(name, id)| name.ends_with("-id").then_some(id));
    let asked = input.get(field).or_else(named)?.as_str()?;
    // A number and a text are not compared: they are ids of two kinds.
    let other = match (number(asked), number(&id)) {
        (None, None) => !asked.eq_ignore_ascii_case(&id),
        (asked, id) => asked.is_some() && id.is_some() && asked != id,
    };
    other.then_some((id, asked))
}

/// A number without zeros before it.
fn number(id: &str) -> Option<&str> {
    id.bytes().all(|b| b.is_ascii_digit()).then(|| id.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Row;
    use crate::wire::Form;

    const fn of(kind: Kind) -> Type {
        Type { size: 8, align: 4, form: Form::Any, kind }
    }
    const fn field(name: &'static str, ty: &'static Type) -> Field {
        Field { name, ty, offset: 0, flat: 0 }
    }
    static TEXT: Type = of(Kind::Text);
    static NUMBER: Type = of(Kind::Unsigned);
    static RECORD: Type = of(Kind::Record(&[field("uuid", &TEXT), field("note", &TEXT)]));
    static HOURS: Type = of(Kind::Record(&[field("uuid", &NUMBER), field("note", &TEXT)]));
    static GET: Row = Row::new("GET", "/things/{uuid}");
    static NOTHING: Type = of(Kind::Record(&[]));

    /// The id of another record, of names in which the field has pointers, or names, or none.
    #[test]
    fn the_record_that_the_path_names_is_told_from_another_as_its_fields_are_read() {
        const POINTED: Names =
            Names { renamed: &[("uuid", "/meta/uuid"), ("uuid", "id"), ("note", "uuid")], ..Names::DEFAULT };
        const ONLY_POINTED: Names = Names { renamed: &[("uuid", "/meta/uuid")], ..Names::DEFAULT };
        for (names, output, answer, other) in [
            (&Names::DEFAULT, &RECORD, r#"{"uuid":"7"}"#, None),
            (&Names::DEFAULT, &RECORD, r#"{"uuid":7}"#, None),
            (&Names::DEFAULT, &RECORD, r#"{"uuid":"007"}"#, None),
            (&Names::DEFAULT, &RECORD, r#"{"uuid":8}"#, Some("8")),
            (&Names::DEFAULT, &RECORD, r#"{"uuid":"8","uuid":"7"}"#, None),
            (&Names::DEFAULT, &RECORD, r#"{"uuid":"row-8"}"#, None),
            (&Names::DEFAULT, &RECORD, r#"{"id":"8"}"#, None),
            (&Names::DEFAULT, &HOURS, r#"{"uuid":8}"#, None),
            (&POINTED, &RECORD, r#"{"meta":{"uuid":"7"},"id":"8","uuid":"9"}"#, None),
            (&POINTED, &RECORD, r#"{"meta":{"uuid":"8"},"id":"7"}"#, Some("8")),
            (&POINTED, &RECORD, r#"{"meta":{"uuid":null},"id":"8"}"#, Some("8")),
            (&POINTED, &RECORD, r#"{"uuid":"9"}"#, None),
            (&ONLY_POINTED, &RECORD, r#"{"meta":{"uuid":"7"},"uuid":"9"}"#, None),
            (&ONLY_POINTED, &RECORD, r#"{"meta":{"uuid":"9"},"uuid":"7"}"#, Some("9")),
        ] {
            let operation = Operation {
                name: "get-thing",
                interface: "things",
                row: &GET,
                input: None,
                spilled: false,
                output: Some(output),
                error: &NOTHING,
                size: 0,
                payload: 0,
                resource: None,
            };
            let input = Node::parse(br#"{"uuid":"7"}"#).unwrap();
            let record = Node::read(answer.as_bytes()).unwrap();
            let found = another(&operation, names, &input, &record);
            assert_eq!(
                found.map(|(id, asked)| (id.into_owned(), asked)),
                other.map(|id| (id.to_owned(), "7")),
                "{answer}"
            );
        }
    }
}
