//! What recipes share: finding the one record that is meant, and telling what was done when a later step fails.

use crate::call::Call;
use crate::error::{fail, word};
use crate::json;
use crate::judge::clean;
use crate::types::{Error, ErrorKind};
use crate::wire::Node;
use serde_json::Value;

/// The only candidate for what a caller named in `field`, such as `company`; each has an `id`.
///
/// # Errors
///
/// `not-found` without a candidate; `ambiguous` with several, which `details` lists; `unreadable` if it has no id.
pub fn only(
    field: &str,
    kind: &str,
    wanted: &str,
    mut found: Vec<Value>,
    name: fn(&Value) -> String,
) -> Result<Value, Error> {
    let wanted = clean(wanted, 80);
    let about = |kind, message| Error { field: Some(format!("input.{field}")), ..fail(kind, message) };
    match found.len() {
        0 => Err(about(ErrorKind::NotFound, format!("no {kind} fits \"{wanted}\""))),
        1 if found[0]["id"].as_str().is_none_or(|id| id.trim().is_empty()) => {
            let message = format!("the vendor answered something unexpected: response: a {kind} without an id");
            Err(fail(ErrorKind::Unreadable, message))
        }
        1 => Ok(found.swap_remove(0)),
        several => {
            let id = |candidate: &Value| candidate["id"].as_str().unwrap_or_default().to_owned();
            let named = |c: &Value| format!("{} ({})", clean(&name(c), 80), clean(&id(c), 40));
            let names: Vec<_> = found.iter().take(10).map(named).collect();
            let message = format!("{several} {kind} records fit \"{wanted}\", such as {}", names.join(", "));
            Err(Error { details: Some(candidates(&found, name)), ..about(ErrorKind::Ambiguous, message) })
        }
    }
}

/// The record that a caller means in `field` by a name. Each has an `id`, and what it is called in `members`; a name that is the
/// same but for case counts more than one that only has the text in it.
///
/// # Errors
///
/// As [`only`]; with `not-found`, `details` lists records that have a word of it in their name, or else the first ones.
pub fn meant(
    field: &str,
    kind: &str,
    wanted: &str,
    all: Vec<Value>,
    members: &[&str],
    name: fn(&Value) -> String,
) -> Result<Value, Error> {
    let wanted = wanted.trim();
    let called = |record: &Value, fits: fn(&str, &str) -> bool, wanted: &str| {
        members.iter().any(|member| record[*member].as_str().is_some_and(|name| fits(name.trim(), wanted)))
    };
    for fits in [str::eq_ignore_ascii_case, has] {
        let found: Vec<Value> = all.iter().filter(|record| called(record, fits, wanted)).cloned().collect();
        if !found.is_empty() {
            return only(field, kind, wanted, found, name);
        }
    }
    let words = || wanted.split(' ').filter(|word| word.len() > 2);
    let mut near: Vec<&Value> = all.iter().filter(|record| words().any(|word| called(record, has, word))).collect();
    if near.is_empty() {
        near.extend(&all);
    }
    let near: Vec<Value> = near.into_iter().take(20).cloned().collect();
    let missing = only(field, kind, wanted, Vec::new(), name);
    missing.map_err(|error| Error { details: Some(candidates(&near, name)), ..error })
}

/// Whether a text has another one in it, whatever the case of its letters.
pub fn has(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn candidates(records: &[Value], name: fn(&Value) -> String) -> String {
    let candidates: Vec<_> = records.iter().map(|c| json!({ "id": c["id"], "name": name(c) })).collect();
    Node::from(json!({ "candidates": candidates })).to_json()
}

/// The steps of a recipe that writes more than once. What was written stays when a later step fails, and the error says
/// what it was.
#[derive(Debug)]
pub struct Progress<'c> {
    call: &'c Call,
    done: Vec<Value>,
}

impl Progress<'_> {
    /// Nothing done yet.
    pub fn of(call: &Call) -> Progress<'_> {
        Progress { call, done: Vec::new() }
    }

    /// As [`Call::step`].
    ///
    /// # Errors
    ///
    /// The step's own, or `incomplete` if something was written before; `details` then holds what was `done` and what
    /// `failed`.
    pub fn step(&mut self, name: &str, input: Value) -> Result<Value, Error> {
        match self.call.step(name, input) {
            Ok(result) => {
                if !self.call.reads(name) {
                    self.done.push(json!({ "operation": name, "result": result }));
                }
                Ok(result)
            }
            Err(error) => Err(self.stopped(name, error)),
        }
    }

    /// What a recipe fails with when it cannot go on at a step: the error, or `incomplete` if something was written before.
    pub fn stopped(&self, name: &str, error: Error) -> Error {
        if self.done.is_empty() {
            return error;
        }
        let done: Vec<_> = self.done.iter().filter_map(|done| done["operation"].as_str()).collect();
        let message = format!("{} went well, then {name} failed: {}", done.join(", "), error.message);
        let failed = json!({
            "operation": name,
            "kind": word(error.kind),
            "message": error.message,
            "field": error.field,
            "status": error.status,
            "code": error.code,
            "maybe-done": error.maybe_done,
        });
        let details = Some(Node::from(json!({ "done": self.done, "failed": failed })).to_json());
        Error {
            details,
            status: error.status,
            code: error.code,
            retry_after_ms: error.retry_after_ms,
            // What is left to do may be done, too; what was done certainly is.
            maybe_done: true,
            ..fail(ErrorKind::Incomplete, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(wanted: &str) -> Result<String, Error> {
        let all =
            [("1", "Larkspur Bakery"), ("2", "Larkspur"), ("3", "Birchwood Films"), ("4", "Birchwood"), ("5", "X")];
        let all = all.into_iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
        let name = |record: &Value| record["name"].as_str().unwrap_or_default().to_owned();
        let found = super::meant("company", "company", wanted, all, &["name"], name)?;
        Ok(found["id"].as_str().unwrap_or_default().to_owned())
    }

    fn listed(error: &Error) -> usize {
        Node::parse(error.details.as_ref().unwrap().as_bytes()).unwrap().into_value()["candidates"]
            .as_array()
            .unwrap()
            .len()
    }

    #[test]
    fn a_name_that_fits_exactly_counts_more_than_a_part_and_case_does_not() {
        assert_eq!(meant(" LARKSPUR ").unwrap(), "2");
        assert_eq!(meant("bakery").unwrap(), "1");
    }

    #[test]
    fn candidates_are_listed_where_none_or_several_fit() {
        let error = meant("wood").unwrap_err();
        assert_eq!((error.kind, listed(&error)), (ErrorKind::Ambiguous, 2));
        let error = meant("Birchwod Films").unwrap_err();
        assert_eq!(
            (error.kind, error.field.as_deref(), listed(&error)),
            (ErrorKind::NotFound, Some("input.company"), 1)
        );
        let error = meant("Zzz").unwrap_err();
        assert_eq!((error.kind, listed(&error)), (ErrorKind::NotFound, 5));
    }
}
