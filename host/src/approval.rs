//! Whom a call asks for consent, where a rule wants a person's.

use crate::catalogue::Operation;
use crate::visible::visible;
use std::fmt;
use std::pin::Pin;

/// Asks a person.
pub trait Approver: Send + Sync {
    /// Whether the person agrees; none where nobody can be asked.
    fn confirm<'c>(&'c self, question: ApprovalRequest<'c>) -> Pin<Box<dyn Future<Output = Option<bool>> + Send + 'c>>;
}

/// Nobody can be asked: every question is answered with no.
pub struct DenyAll;

impl Approver for DenyAll {
    fn confirm<'c>(&'c self, _: ApprovalRequest<'c>) -> Pin<Box<dyn Future<Output = Option<bool>> + Send + 'c>> {
        Box::pin(async { None })
    }
}

/// What a person is asked.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ApprovalRequest<'q> {
    /// What is to be called.
    pub operation: &'q Operation,
    /// For which account.
    pub account: &'q str,
    /// With which input; `Display` shows it as [`visible`] does.
    pub input: &'q str,
    /// By which rule the person is asked, such as `confirm destroy`.
    pub rule: &'q str,
}

impl fmt::Display for ApprovalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ApprovalRequest { operation, account, input, .. } = self;
        let shown: String = input.chars().take(MOST_SHOWN).collect();
        let rest = if shown.len() < input.len() { "…" } else { "" };
        let shown = visible(&shown);
        write!(f, "Call {} for the account {account}? {} Input: {shown}{rest}", operation.id, operation.summary)
    }
}

/// How many characters of an input a person is shown.
const MOST_SHOWN: usize = 2000;
