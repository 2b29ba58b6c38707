//! The fourth and fifth step of a call: the component carries it out, and secrets are taken out of what it gives.

use super::Authenticated;
use super::authenticate::is_by_host;
use crate::call_handle::CallHandle;
use crate::contact::{Outlook, Reason};
use crate::egress::Trace;
use crate::input_limits;
use crate::instance::{Purpose, stopped};
use crate::{Advice, Effect, Error, ErrorKind, Operation, Plugin};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

/// What a component made of a call, before secrets are taken out.
pub(crate) struct Ran<'a> {
    authenticated: &'a Authenticated<'a>,
    outcome: Result<String, Error>,
}

/// Refuses an input that the component refuses before it sends anything: it is called in an instance that nothing leaves. What else
/// keeps it from going on is told by the call itself.
///
/// # Errors
///
/// `invalid-input`.
pub(crate) async fn check_input(plugin: &Plugin, operation: &Operation, input: &str) -> Result<(), Error> {
    let host = &plugin.code.host.options;
    let by_host = is_by_host(plugin, operation).unwrap_or(false);
    let purpose = plugin.purpose(None, Effect::Read, by_host, CallHandle::new());
    // Without a policy the gate lets nothing through.
    let purpose = Purpose { policies: Vec::new(), ..purpose };
    let asking = async {
        let input = input_limits::check(input, host.memory)?.into_owned();
        let (mut store, instance) = plugin.instance(purpose).await?;
        let output = instance.outwit_plugin_operations().call_call(&mut store, &operation.id, &input).await;
        output.map_err(|problem| stopped(&problem, &store))?.map_err(Error::from)
    };
    match timeout(plugin.account.limit, asking).await {
        Ok(Err(error)) if error.kind == ErrorKind::InvalidInput => {
            Err(plugin.account.redactor.error(error.at(&operation.id)))
        }
        _ => Ok(()),
    }
}

/// Lets the component carry a call out, in a fresh instance and with a time limit.
pub(crate) async fn run<'a>(authenticated: &'a Authenticated<'a>, input: &str, watch: &CallHandle) -> Ran<'a> {
    let (operation, plugin) = (authenticated.operation(), authenticated.plugin());
    let host = &plugin.code.host.options;
    let purpose = authenticated.purpose(watch.clone());
    let trace = purpose.trace.clone();
    let running = async {
        let input = input_limits::check(input, host.memory)?.into_owned();
        let (mut store, instance) = plugin.instance(purpose).await?;
        let output = instance.outwit_plugin_operations().call_call(&mut store, &operation.id, &input).await;
        output.map_err(|problem| stopped(&problem, &store))?.map_err(Error::from)
    };
    let allowed = Duration::from_millis(operation.deadline_ms.unwrap_or(0)) + host.deadline_slack;
    let limit = plugin.account.limit.max(allowed);
    let output = timeout(limit, running).await.unwrap_or_else(|_| {
        let message = format!("the host cut the call off after {} ms", limit.as_millis());
        Err(Error::new(ErrorKind::TimedOut, Advice::RetryLater, message))
    });
    let outcome = output.map_err(|error| with_trace(error, &trace, plugin.catalogue().name()));
    Ran { authenticated, outcome }
}

/// Takes the account's secrets out of what a call gives. A vendor may say again what it was sent.
pub(crate) fn redact(ran: Ran<'_>, watch: &CallHandle) -> Result<String, Error> {
    let Ran { authenticated, outcome } = ran;
    let (operation, redactor) = (authenticated.operation(), &authenticated.plugin().account.redactor);
    match outcome {
        // What asks for a credential gives one, and it may be the one that is there already.
        Ok(output) if operation.secret => Ok(output),
        Ok(output) => Ok(redactor.result(output)),
        Err(error) => {
            let error = error.at(&operation.id).about_work(operation, watch.progress().work.as_deref());
            Err(redactor.error(error))
        }
    }
}

/// Adds what only the gate knows.
fn with_trace(mut error: Error, trace: &Trace, title: &str) -> Error {
    // The component judges its own errors; the host's are those that it could not.
    let cut_off = matches!(error.kind, ErrorKind::TimedOut | ErrorKind::Failed) && error.operation.is_empty();
    if cut_off && trace.wrote() {
        error.maybe_done = true;
        if error.advice == Advice::RetryLater {
            error.advice = Advice::AskPerson;
        }
    }
    if error.kind == ErrorKind::Unavailable
        && error.status.is_none()
        && let Some(Reason { message, outlook }) = trace.reason()
    {
        error.message = match outlook {
            // Components know of a broken connection only.
            Outlook::Unreadable if error.details.is_none() => format!("{title} cannot be understood: {message}"),
            _ => format!("{} ({message})", error.message),
        };
        match outlook {
            Outlook::Passing => {}
            Outlook::Lasting => (error.advice, error.retry_after_ms) = (Advice::AskPerson, None),
            Outlook::Unreadable => {
                error.kind = ErrorKind::Unreadable;
                error.advice = if error.maybe_done { Advice::AskPerson } else { Advice::GiveUp };
            }
        }
    }
    if error.kind == ErrorKind::Denied
        && error.details.is_none()
        && let Some(refused) = trace.refused()
    {
        error.details = Some(json!({ "refused": refused }));
    }
    error
}
