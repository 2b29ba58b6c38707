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
            let candidates: Vec<_> = found.iter().map(|c| json!({ "id": c["id"], "name": name(c) })).collect();
            let details = Node::from(json!({ "candidates": candidates })).to_json();
            Err(Error { details: Some(details), ..about(ErrorKind::Ambiguous, message) })
        }
    }
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
            Err(error) if self.done.is_empty() => Err(error),
            Err(error) => Err(self.incomplete(name, error)),
        }
    }

    fn incomplete(&self, name: &str, error: Error) -> Error {
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
