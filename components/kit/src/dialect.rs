//! How an operation is sent where a vendor is spoken to in several ways: which of them a call is meant for.

use crate::api::{Dialect, Dialects, Effect, Row};
use crate::call::Call;
use crate::dispatch::Operation;
use crate::error::{fail, invalid, misconfigured};
use crate::exchange::{Reading, Received, send_as};
use crate::secrets::Secrets;
use crate::types::{Error, ErrorKind};
use crate::wire::{Names, Node, joined};

/// An operation as it is sent in a dialect.
#[derive(Clone, Copy)]
pub(crate) struct ResolvedRow {
    pub row: &'static Row,
    /// Of the operation, in whatever dialect.
    pub effect: Effect,
    pub names: &'static Names,
    /// Where the vendor has several.
    pub dialect: Option<&'static Dialect>,
}

impl ResolvedRow {
    #[cfg(test)]
    pub fn plain(row: &'static Row) -> ResolvedRow {
        ResolvedRow { row, effect: row.effect, names: &Names::DEFAULT, dialect: None }
    }

    pub fn of(call: &Call, operation: &Operation, row: &'static Row, dialect: Option<&'static Dialect>) -> ResolvedRow {
        let names = dialect.and_then(|dialect| dialect.names).unwrap_or(&call.api.names);
        ResolvedRow { row, effect: operation.row.effect, names, dialect }
    }
}

/// What sends a request.
pub(crate) type Send = for<'h> fn(
    &Call,
    &'static Operation,
    &Node<'_>,
    &Secrets,
    &mut Reading<'_, 'h>,
) -> Result<(ResolvedRow, Received<'h>), Error>;

/// Sends the operation's request in the dialect that is meant. Where nothing tells which, another one is asked where the vendor
/// says that it does not know the address: nothing was done then.
pub(crate) fn send<'h>(
    call: &Call,
    operation: &'static Operation,
    input: &Node<'_>,
    secrets: &Secrets,
    reading: &mut Reading<'_, 'h>,
) -> Result<(ResolvedRow, Received<'h>), Error> {
    let ways = ways(call, operation, input)?;
    let mut before: Vec<(ResolvedRow, Error)> = Vec::new();
    for (index, resolved) in ways.iter().copied().enumerate() {
        let error = match send_as(call, resolved, operation, input, secrets, reading) {
            Ok(received) => {
                call.dialect.set(resolved.dialect);
                return Ok((resolved, received));
            }
            Err(error) => error,
        };
        if error.status == Some(404) && index + 1 < ways.len() {
            before.push((resolved, error));
            continue;
        }
        if error.status == Some(404) || !before.is_empty() {
            return Err(with_tried_dialects(call, resolved, before, error));
        }
        return Err(error);
    }
    Err(fail(ErrorKind::Failed, format!("{} cannot be sent", operation.name)))
}

/// The ways in which an operation may be sent with this input, in the order in which they are to be tried. There are several
/// only where nothing tells which one is meant.
fn ways(call: &Call, operation: &Operation, input: &Node<'_>) -> Result<Vec<ResolvedRow>, Error> {
    let Some(dialects) = &call.api.dialects else {
        return Ok(vec![ResolvedRow::of(call, operation, operation.row, None)]);
    };
    let offered: Vec<ResolvedRow> = dialects
        .all
        .iter()
        .enumerate()
        .filter_map(|(index, dialect)| {
            Some(ResolvedRow::of(call, operation, row(operation.row, index, dialect)?, Some(dialect)))
        })
        .collect();
    let set = chosen(call, dialects)?;
    let one = set.or(call.dialect.get());
    let mut meant: Vec<ResolvedRow> =
        offered.iter().filter(|way| one.is_none_or(|one| is(way.dialect, one))).copied().collect();
    if let (Some(one), []) = (one, &*meant) {
        let problem =
            format!("is {}, and {} has {} only with {}", one.name, call.api.title, operation.name, names(&offered));
        return Err(misconfigured(dialects.setting, problem));
    }
    // Where each of them owns an id, none is shown.
    let owner = |way: &ResolvedRow| way.dialect.is_some_and(|dialect| ids(way, input).any(dialect.owns));
    let owned = meant.len() > 1 && meant.iter().filter(|way| owner(way)).count() == 1;
    if owned {
        meant.retain(owner);
    }
    let before = meant.clone();
    meant.retain(|way| lacking(way, input).is_none());
    match (before.first(), &*meant) {
        (Some(first), []) => {
            let field = lacking(first, input).unwrap_or_default();
            let taking: Vec<ResolvedRow> =
                offered.iter().filter(|way| !way.row.lacks.contains(&field)).copied().collect();
            let of = first.dialect.map_or("", |dialect| dialect.name);
            let why = if owned { format!(", and the ids are of {of}") } else { String::new() };
            let expected =
                format!("{} takes it only with {}={}{why}", call.api.title, dialects.setting, names(&taking));
            Err(invalid(field, expected))
        }
        _ => Ok(meant),
    }
}

/// The error with how it was asked: about an address or a record that the vendor does not know, and where it was asked in
/// several ways.
fn with_tried_dialects(
    call: &Call,
    resolved: ResolvedRow,
    mut before: Vec<(ResolvedRow, Error)>,
    error: Error,
) -> Error {
    let (Some(dialects), Some(dialect)) = (&call.api.dialects, resolved.dialect) else { return error };
    let setting = dialects.setting;
    let name = |way: &ResolvedRow| way.dialect.map_or("", |dialect| dialect.name);
    // The input is good for the ways that were asked, so what the vendor said there counts.
    if error.kind == ErrorKind::InvalidInput
        && error.status.is_none()
        && let Some((way, first)) = before.pop()
    {
        let (asked, unfit) = (name(&way), dialect.name);
        let how = format!("asked as {asked}, and not as {unfit}: {}; {setting} chooses one", error.message);
        return Error { message: format!("{} ({how})", first.message), ..first };
    }
    let how = if !before.is_empty() {
        let before: Vec<String> =
            before.iter().map(|(way, error)| format!("{}: {}", name(way), error.message)).collect();
        format!("asked as {}, and before as {}; {setting} chooses one", dialect.name, joined(&before, ", "))
    } else if matches!(chosen(call, dialects), Ok(Some(_))) {
        format!("asked as {}, as {setting} says", dialect.name)
    } else {
        format!("asked as {}; {setting} chooses", dialect.name)
    };
    Error { message: format!("{} ({how})", error.message), ..error }
}

/// The row of an operation in a dialect, if it has one. What is not one request is in all of them.
fn row(row: &'static Row, index: usize, dialect: &Dialect) -> Option<&'static Row> {
    match row.only {
        Some(only) => (only == dialect.name).then_some(row),
        None if index == 0 || row.method.is_empty() => Some(row),
        None => row.dialects.iter().find(|(name, _)| *name == dialect.name).map(|(_, row)| row),
    }
}

/// What the setting says.
fn chosen(call: &Call, dialects: &'static Dialects) -> Result<Option<&'static Dialect>, Error> {
    let wanted = call.settings.get(dialects.setting).filter(|wanted| *wanted != Dialects::AUTO);
    let Some(wanted) = wanted else { return Ok(None) };
    let dialect = dialects.all.iter().find(|dialect| dialect.name == wanted);
    let known = || joined(&dialects.all.iter().map(|dialect| dialect.name).collect::<Vec<_>>(), ", ");
    let problem = || misconfigured(dialects.setting, format_args!("is not {} or {}", known(), Dialects::AUTO));
    dialect.map(Some).ok_or_else(problem)
}

fn is(dialect: Option<&'static Dialect>, one: &Dialect) -> bool {
    dialect.is_some_and(|dialect| dialect.name == one.name)
}

fn names(ways: &[ResolvedRow]) -> String {
    joined(&ways.iter().filter_map(|way| Some(way.dialect?.name)).collect::<Vec<_>>(), " or ")
}

/// The input's texts that stand in the path.
fn ids<'i>(way: &ResolvedRow, input: &'i Node<'_>) -> impl Iterator<Item = &'i str> {
    let names = way.row.route.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    names.filter_map(|name| input.get(&way.names.back(name))?.as_str()).collect::<Vec<_>>().into_iter()
}

/// The first given field that a dialect has nothing for.
fn lacking(way: &ResolvedRow, input: &Node<'_>) -> Option<&'static str> {
    way.row.lacks.iter().copied().find(|field| input.get(field).is_some_and(|value| !value.is_null()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Api;
    use crate::settings::Settings;
    use crate::types::ErrorKind;
    use crate::wire::{Form, Kind, Type};
    use serde_json::{Value, json};

    static NOTHING: Type = Type { size: 0, align: 1, form: Form::Any, kind: Kind::Record(&[]) };
    static NEW: Names = Names { renamed: &[("thing-id", "uuid")], ..Names::DEFAULT };
    static API: Api = Api {
        name: "acme",
        title: "Acme",
        dialects: Some(Dialects::of(
            "ACME_API",
            &[
                Dialect { name: "old", owns: |id| id.starts_with("t_"), names: None },
                Dialect { name: "new", owns: |id| id.len() == 8, names: Some(&NEW) },
            ],
        )),
        ..Api::DEFAULT
    };
    static GET: Row = Row {
        lacks: &["depth"],
        dialects: &[("new", Row { lacks: &["page"], ..Row::new("GET", "/new/{uuid}") })],
        ..Row::new("GET", "/old/{thing_id}")
    };
    static OLD: Row = Row::new("POST", "/old");
    static ONLY_NEW: Row = Row { only: Some("new"), ..Row::new("POST", "/new") };
    static RECIPE: Row = Row::new("", "");

    fn operation(row: &'static Row) -> Operation {
        Operation {
            name: "do-it",
            interface: "things",
            row,
            input: None,
            spilled: false,
            output: None,
            error: &NOTHING,
            size: 0,
            payload: 0,
            resource: None,
        }
    }

    fn call(setting: &str) -> Call {
        Call::with(&API, Settings(vec![("ACME_API".to_owned(), setting.to_owned())]))
    }

    fn names_of(call: &Call, row: &'static Row, input: Value) -> Result<Vec<&'static str>, Error> {
        let ways = ways(call, &operation(row), &input.into())?;
        Ok(ways.iter().filter_map(|way| Some(way.dialect?.name)).collect())
    }

    #[test]
    fn operation_ids_and_fields_show_the_dialect() {
        for (row, input, meant) in [
            (&GET, json!({}), &["old", "new"][..]),
            (&GET, json!({ "thing-id": "7" }), &["old", "new"]),
            (&GET, json!({ "thing-id": "t_7" }), &["old"]),
            (&GET, json!({ "thing-id": "abcdefgh" }), &["new"]),
            (&GET, json!({ "thing-id": "t_abcdef" }), &["old", "new"]),
            // What stands in no path is no id.
            (&GET, json!({ "other": "abcdefgh" }), &["old", "new"]),
            (&GET, json!({ "page": 1 }), &["old"]),
            (&GET, json!({ "depth": 1 }), &["new"]),
            (&GET, json!({ "depth": null }), &["old", "new"]),
            (&OLD, json!({}), &["old"]),
            (&ONLY_NEW, json!({}), &["new"]),
            (&RECIPE, json!({}), &["old", "new"]),
        ] {
            assert_eq!(names_of(&call("auto"), row, input.clone()).unwrap(), meant, "{input}");
            assert_eq!(names_of(&call(""), row, input.clone()).unwrap(), meant, "{input}");
        }
    }

    #[test]
    fn the_setting_binds_and_what_it_does_not_have_is_refused() {
        assert_eq!(names_of(&call("old"), &GET, json!({ "thing-id": "abcdefgh" })).unwrap(), ["old"]);
        assert_eq!(names_of(&call("new"), &GET, json!({ "thing-id": "t_7" })).unwrap(), ["new"]);
        let refused = |setting, row, input| names_of(&call(setting), row, input).unwrap_err();
        let error = refused("old", &ONLY_NEW, json!({}));
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Misconfigured, Some("ACME_API")));
        assert_eq!(error.message, "the setting ACME_API is old, and Acme has do-it only with new");
        let error = refused("old", &GET, json!({ "depth": 1 }));
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("input.depth")));
        assert_eq!(error.message, "input.depth: Acme takes it only with ACME_API=new");
        let error = refused("auto", &GET, json!({ "depth": 1, "thing-id": "t_7" }));
        assert_eq!(error.message, "input.depth: Acme takes it only with ACME_API=new, and the ids are of old");
        let error = refused("auto", &GET, json!({ "depth": 1, "page": 1 }));
        assert_eq!(error.message, "input.depth: Acme takes it only with ACME_API=new");
        assert_eq!(refused("newer", &GET, json!({})).message, "the setting ACME_API is not old, new or auto");
    }

    #[test]
    fn the_dialect_that_answered_is_used_for_all_later_requests() {
        let call = call("auto");
        call.dialect.set(API.dialects.unwrap().all.last());
        assert_eq!(call.detached().answered_in(), Some("new"));
        assert_eq!(names_of(&call.detached(), &GET, json!({ "thing-id": "7" })).unwrap(), ["new"]);
    }
}
