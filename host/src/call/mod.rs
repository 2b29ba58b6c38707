//! A call: resolve, authorize, authenticate, run, redact, record. Each step takes what only the step before makes.
//!
//! [`Workspace::call`](crate::Workspace::call) has all steps. [`Plugin::call`](crate::Plugin::call) and
//! [`Account::call`](crate::Account::call) have no rules and no audit log. The gate ([`crate::egress`]) checks each request of
//! a call by itself; it relies on none of these steps.

mod authenticate;
mod authorize;
mod record;
mod resolve;
mod run;

pub(crate) use authenticate::{Authenticated, authenticate};
pub use authorize::Scope;
pub(crate) use authorize::{Authorized, Opened, SCOPE, Terms, authorize, beyond, permit, permitted};
pub(crate) use record::Record;
pub(crate) use resolve::unknown_operation;
pub use resolve::{Resolved, unknown_vendor};

use crate::approval::Approver;
use crate::call_handle::CallHandle;
use crate::{Error, ErrorKind};
use run::{redact, run};

/// One call of a workspace.
#[derive(Clone, Copy)]
pub struct Call<'r> {
    /// What is called: [`Workspace::resolve`](crate::Workspace::resolve) finds it.
    pub operation: &'r Resolved,
    /// Its input: JSON.
    pub input: &'r str,
    /// The account's name; none means [`DEFAULT_ACCOUNT`](crate::DEFAULT_ACCOUNT).
    pub account: Option<&'r str>,
    /// Tells how far the call is, and can end it.
    pub watch: &'r CallHandle,
    /// Who is asked where a rule wants a person's consent.
    pub confirm: &'r dyn Approver,
}

impl<'r> Call<'r> {
    /// What is asked for.
    pub(crate) fn request(&self) -> CallRequest<'r> {
        let Call { operation, input, account, .. } = *self;
        CallRequest { id: &operation.operation().id, operation: Some(operation), input, account }
    }
}

/// What somebody asks for who may have got it wrong.
#[derive(Clone, Copy)]
pub struct CallRequest<'r> {
    /// The operation's id, as it was given.
    pub id: &'r str,
    /// The operation; none where there is none of this id, or its vendor is left out.
    pub operation: Option<&'r Resolved>,
    /// The input, as it was given.
    pub input: &'r str,
    /// The account's name; none means [`DEFAULT_ACCOUNT`](crate::DEFAULT_ACCOUNT).
    pub account: Option<&'r str>,
}

/// Makes a call that may be made. A call that comes back `unauthenticated` was refused unread: where the account obtains
/// tokens, it is made once more with a new one.
pub(crate) async fn carry_out(authorized: &Authorized<'_>, input: &str, watch: &CallHandle) -> Result<String, Error> {
    let first = authenticate(authorized, None).await?;
    match redact(run(&first, input, watch).await, watch) {
        Err(error) if first.session().is_some() && error.kind == ErrorKind::Unauthenticated && !error.maybe_done => {
            let again = authenticate(authorized, first.session()).await?;
            redact(run(&again, input, watch).await, watch)
        }
        outcome => outcome,
    }
}
