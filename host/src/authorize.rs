//! What may be called at all: the scope of a workspace, and the answer of whoever is asked for approval.

use crate::catalogue::{Catalogue, Operation};
use crate::rules::Rules;
use crate::{Advice, Error, ErrorKind};
use serde_json::json;

/// What a workspace offers at all, whatever its accounts allow.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The vendors; with an empty list, all that there are.
    pub vendors: Vec<String>,
    /// Rules for all accounts.
    pub rules: Rules,
    /// Whether it is for an agent: then operations that give or take a credential are not offered.
    pub agent: bool,
}

/// Whose rules those of the scope are.
pub(crate) const SCOPE: &str = "what this program was started with";

/// The error about an operation of a vendor that the scope leaves out.
pub(crate) fn beyond(scope: &Scope, operation: &str) -> Error {
    let rule = format!("vendors {}", scope.vendors.join(", "));
    let message = format!("{operation} is denied by {SCOPE}: {rule}");
    let error = Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(operation);
    Error { details: Some(json!({ "rule": rule })), ..error }
}

/// Whether the scope lets an operation be called.
pub(crate) fn permit(scope: &Scope, catalogue: &Catalogue, operation: &Operation) -> Result<(), Error> {
    if scope.agent && operation.secret {
        let message = format!("{} gives or takes a credential, which agents do not get", operation.id);
        let error = Error::new(ErrorKind::Denied, Advice::GiveUp, message).at(&operation.id);
        return Err(Error { details: Some(json!({ "rule": "no credentials for agents" })), ..error });
    }
    scope.rules.permit(catalogue, operation, SCOPE)
}

/// The error about a call that a rule asks approval for, unless somebody approved it.
pub(crate) fn approved(answer: Option<bool>, operation: &Operation, whose: &str, rule: &str) -> Result<(), Error> {
    let (advice, why) = match answer {
        Some(true) => return Ok(()),
        // A person acted already.
        Some(false) => (Advice::GiveUp, "the person who was asked declined"),
        None => (Advice::AskPerson, "nobody can be asked here"),
    };
    let message = format!("{} needs approval by {whose} ({rule}): {why}", operation.id);
    let error = Error::new(ErrorKind::Denied, advice, message).at(&operation.id);
    Err(Error { details: Some(json!({ "rule": rule })), ..error })
}
