//! One call of an operation for a client: with progress, cancellation, and a person's consent.

use super::consent::{Asker, Questions};
use super::shutdown::{GRACE, Running};
use outwit::{
    Advice, Call, CallHandle, CallRequest, Effect, Error, ErrorKind, Operation, Progress, Resolved, Workspace,
};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// How a call ended.
pub(crate) enum Ending {
    /// With a result or an error.
    Done(Result<String, Error>),
    /// With a question that the client has to answer first.
    Asked(CallToolResponse),
}

/// What all calls of a server share.
#[derive(Default)]
pub(crate) struct Calls {
    pub questions: Questions,
    pub running: Running,
}

/// What is called.
pub(crate) struct Wanted<'w> {
    pub resolved: &'w Resolved,
    pub input: &'w Value,
    pub account: Option<&'w str>,
}

impl Calls {
    /// Calls an operation, tells the client how far it is, and ends it when the client gives up or the server ends: then it
    /// has some time to cancel what it started.
    pub async fn call(
        &self,
        workspace: &Workspace,
        wanted: Wanted<'_>,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Ending {
        let _underway = self.running.begin();
        let watch = traceparent(context).map_or_else(CallHandle::new, |parent| CallHandle::traced(&parent));
        let (asker, mut questions) = Asker::new(&self.questions, &self.running, request, context);
        let Wanted { resolved, account, .. } = wanted;
        let (operation, input) = (resolved.operation(), wanted.input.to_string());
        let call = Call { operation: resolved, input: &input, account, watch: &watch, confirm: &asker };
        let mut calling = std::pin::pin!(workspace.call(call));
        let mut given_up = std::pin::pin!(async {
            tokio::select! {
                () = context.ct.cancelled() => {}
                () = self.running.ending() => {}
            }
        });
        let token = context.meta.get_progress_token();
        let mut steps = 0.0;
        let mut moved = Box::pin(watch.changed());
        let mut until: Option<Instant> = None;
        loop {
            let end = until.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                biased;
                done = &mut calling => return Ending::Done(done),
                Some(question) = questions.recv() => {
                    let asked = self.questions.ask(request, question);
                    let Some(asked) = asked else {
                        let request = CallRequest { id: &operation.id, operation: Some(resolved), input: &input, account };
                        return Ending::Done(Err(workspace.refuse(request, nobody(operation)).await));
                    };
                    return Ending::Asked(asked);
                }
                () = &mut given_up, if until.is_none() => {
                    if watch.progress().requests == 0 {
                        return Ending::Done(Err(left(operation, &watch)));
                    }
                    watch.cancel();
                    until = Some(Instant::now() + GRACE);
                }
                () = tokio::time::sleep_until(end), if until.is_some() => {
                    return Ending::Done(Err(left(operation, &watch)));
                }
                progress = &mut moved => {
                    moved = Box::pin(watch.changed());
                    if let Some(token) = token.clone().filter(|_| until.is_none()) {
                        let requests = progress.total.map_or(0.0, |_| f64::from(progress.requests));
                        steps = requests.max(steps + 1.0);
                        // A client that does not listen misses nothing that it wanted.
                        _ = context.peer.notify_progress(progress_notification(token, steps, &progress)).await;
                    }
                }
            }
        }
    }
}

/// The trace that the client's request is part of: where MCP has it, or else where HTTP has it.
fn traceparent(context: &RequestContext<RoleServer>) -> Option<String> {
    let header = || {
        let parts = context.extensions.get::<http::request::Parts>()?;
        parts.headers.get("traceparent")?.to_str().ok()
    };
    context.meta.get_traceparent().or_else(header).map(str::to_owned)
}

fn progress_notification(token: ProgressToken, steps: f64, progress: &Progress) -> ProgressNotificationParam {
    let state = progress.state.as_deref().unwrap_or("waiting");
    let params = ProgressNotificationParam::new(token, steps).with_message(format!("{state}, {}", progress.in_words()));
    match progress.total {
        Some(total) => params.with_total(total.into()),
        None => params,
    }
}

/// The error of a call that nobody waits for any more.
fn left(operation: &Operation, watch: &CallHandle) -> Error {
    let maybe_done = operation.effect != Effect::Read && watch.progress().requests > 0;
    let advice = if maybe_done { Advice::AskPerson } else { Advice::RetryNow };
    let error = Error::new(ErrorKind::Cancelled, advice, format!("{} was given up", operation.id));
    Error { maybe_done, ..error.at(&operation.id) }
}

fn nobody(operation: &Operation) -> Error {
    let message = format!("{} needs approval, and the client could not be asked", operation.id);
    Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(&operation.id)
}
