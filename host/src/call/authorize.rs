//! The second step of a call: whether it may be made.

use super::Resolved;
use super::run::check_input;
use crate::account::Account;
use crate::approval::{ApprovalRequest, Approver};
use crate::config::Bound;
use crate::options::Options;
use crate::rate_limit::Pace;
use crate::rules::Rules;
use crate::{Advice, Error, ErrorKind, Operation};
use outwit_core::{shown, tools};
use serde_json::json;
use std::sync::Arc;

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

/// An account and the rules that its calls are under, each with what counts its calls.
pub(crate) struct Opened {
    pub account: Account,
    pub bounds: Vec<(Bound, Arc<Pace>)>,
}

/// What a call is under, beside the rules of its account.
pub(crate) struct Terms<'t> {
    /// None for an embedder without a workspace.
    pub scope: Option<(&'t Scope, &'t Arc<Pace>)>,
    pub host: &'t Options,
    /// What a person is asked about.
    pub input: &'t str,
    pub approver: &'t dyn Approver,
}

/// An operation that may be called for an account.
pub(crate) struct Authorized<'r> {
    resolved: &'r Resolved,
    opened: Arc<Opened>,
    /// Counts the calls of the scope.
    pace: Option<Arc<Pace>>,
}

impl Authorized<'_> {
    pub fn operation(&self) -> &Operation {
        self.resolved.operation()
    }

    pub fn account(&self) -> &Account {
        &self.opened.account
    }

    /// Counts a call no longer that turned out to be none.
    pub async fn give_back(&self) {
        for pace in self.pace.iter().chain(self.opened.bounds.iter().map(|(_, pace)| pace)) {
            pace.give_back().await;
        }
    }
}

/// Decides by rules alone whether a call may be made: by the scope, by what the host grants, and by the rules of the account, which
/// is opened only if the scope permits. Gives the account.
///
/// # Errors
///
/// `denied`, with the rule; those of opening the account.
pub(crate) async fn permitted(
    resolved: &Resolved,
    terms: &Terms<'_>,
    opening: impl Future<Output = Result<Arc<Opened>, Error>>,
) -> Result<Arc<Opened>, Error> {
    let operation = resolved.operation();
    tracing::trace!(target: "outwit", operation = operation.id, "authorize");
    if let Some((scope, _)) = terms.scope {
        permit(scope, resolved)?;
    }
    if operation.effect > terms.host.grant.strongest() {
        let message = format!("{} does more than this host grants", operation.id);
        return Err(denied(Advice::AskPerson, message, operation));
    }
    let opened = opening.await?;
    let Opened { account, bounds } = &*opened;
    if !resolved.is_of(&account.bare().code.catalogue) {
        let message = format!("{} was resolved with another component than that of the account", operation.id);
        return Err(denied(Advice::GiveUp, message, operation));
    }
    for (bound, _) in bounds {
        permit_by(&bound.rules, resolved, &bound.of)?;
    }
    Ok(opened)
}

/// Decides whether a call may be made, and counts it: by rules, by a person where a rule wants one, and by the calls per minute.
///
/// # Errors
///
/// Those of [`permitted`]; `rate-limited`; `invalid-input` for an input that the component refuses unsent, of which no person is asked.
pub(crate) async fn authorize<'r>(
    resolved: &'r Resolved,
    terms: &Terms<'_>,
    opening: impl Future<Output = Result<Arc<Opened>, Error>>,
) -> Result<Authorized<'r>, Error> {
    let (catalogue, operation) = (resolved.catalogue(), resolved.operation());
    let opened = permitted(resolved, terms, opening).await?;
    let Opened { account, bounds } = &*opened;
    let scope = terms.scope.iter().map(|(scope, pace)| (&scope.rules, &***pace, SCOPE));
    let all = scope.chain(bounds.iter().map(|(bound, pace)| (&bound.rules, &**pace, &*bound.of)));
    let confirming =
        all.clone().filter_map(|(rules, _, whose)| Some((rules.confirmed_by(catalogue, operation)?, whose)));
    let confirming: Vec<_> = confirming.collect();
    if !confirming.is_empty() {
        // A person must see what is sent, and is asked about nothing that cannot be.
        check_input(account.bare(), operation, terms.input).await?;
    }
    for (entry, whose) in confirming {
        let rule = format!("confirm {entry}");
        let question = ApprovalRequest { operation, account: account.name(), input: terms.input, rule: &rule };
        approved(terms.approver.confirm(question).await, operation, whose, &rule)?;
    }
    let mut taken: Vec<&Pace> = Vec::new();
    for (_, pace, whose) in all {
        if let Err(error) = pace.take(operation, whose).await {
            // A call that one of them refuses uses up nothing of the others.
            for pace in taken {
                pace.give_back().await;
            }
            return Err(error);
        }
        taken.push(pace);
    }
    let pace = terms.scope.map(|(_, pace)| pace.clone());
    Ok(Authorized { resolved, opened: opened.clone(), pace })
}

/// Whether the scope lets an operation be called. What is offered, found and described is what this permits.
pub(crate) fn permit(scope: &Scope, resolved: &Resolved) -> Result<(), Error> {
    let operation = resolved.operation();
    if scope.agent && operation.secret {
        let (message, details) = tools::no_credentials(&operation.id);
        return Err(Error { details: Some(details), ..denied(Advice::GiveUp, message, operation) });
    }
    permit_by(&scope.rules, resolved, SCOPE)
}

#[allow(clippy::disallowed_methods, reason = "this is the place")]
fn permit_by(rules: &Rules, resolved: &Resolved, whose: &str) -> Result<(), Error> {
    rules.permit(resolved.catalogue(), resolved.operation(), whose)
}

/// The error about an operation of a vendor that the scope leaves out.
pub(crate) fn beyond(scope: &Scope, operation: &str) -> Error {
    let operation: &str = &shown(operation);
    let rule = format!("vendors {}", scope.vendors.join(", "));
    let message = format!("{operation} is denied by {SCOPE}: {rule}");
    let error = Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(operation);
    Error { details: Some(json!({ "rule": rule })), ..error }
}

/// The error about a call that a rule asks approval for, unless somebody approved it.
fn approved(answer: Option<bool>, operation: &Operation, whose: &str, rule: &str) -> Result<(), Error> {
    let (advice, why) = match answer {
        Some(true) => return Ok(()),
        // A person acted already.
        Some(false) => (Advice::GiveUp, "the person who was asked declined"),
        None => (Advice::AskPerson, "nobody can be asked here"),
    };
    let message = format!("{} needs approval by {whose} ({rule}): {why}", operation.id);
    Err(Error { details: Some(json!({ "rule": rule })), ..denied(advice, message, operation) })
}

fn denied(advice: Advice, message: String, operation: &Operation) -> Error {
    Error::new(ErrorKind::Denied, advice, message).at(&operation.id)
}
