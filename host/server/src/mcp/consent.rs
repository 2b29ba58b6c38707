//! Asking the person behind the client, by elicitation.
//!
//! Until protocol 2025-11-25 the server asks while the call waits. Since 2026-07-28 a server does not ask: the call gives
//! back the question in place of a result, and the client repeats the call with the answer.

use super::shutdown::Running;
use outwit::{ApprovalRequest, Approver};
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationSchema, InputRequest, InputRequests, InputRequiredResult, ProtocolVersion,
};
use rmcp::service::{Peer, RequestContext};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc;

/// What the answer is called.
const AGREE: &str = "agree";

/// How many questions may be without an answer.
const MOST: usize = 64;

/// The questions that went back to clients, so that an answer counts for the call that it was asked for, and once.
#[derive(Default)]
pub(crate) struct Questions(Mutex<VecDeque<(String, Vec<u8>)>>);

impl Questions {
    /// The result that stands for a question.
    pub fn ask(&self, request: &CallToolRequestParams, message: String) -> Option<CallToolResponse> {
        let handle = super::handle()?;
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push_back((handle.clone(), digest(request)));
        if asked.len() > MOST {
            asked.pop_front();
        }
        let question = InputRequest::Elicitation(ElicitRequest::new(form(message)?));
        let questions: InputRequests = [(AGREE.to_owned(), question)].into_iter().collect();
        Some(InputRequiredResult::new(Some(questions), Some(handle)).into())
    }

    /// The answer that comes with a call, if it was asked for about this very call.
    fn answer(&self, request: &CallToolRequestParams) -> Option<bool> {
        let handle = request.request_state.as_deref()?;
        let answer = request.input_responses.as_ref()?.get(AGREE)?;
        let about = digest(request);
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = asked.iter().position(|(known, digest)| known == handle && *digest == about)?;
        asked.remove(place);
        Some(serde_json::from_value(answer.clone()).is_ok_and(|answer| agreed(&answer)))
    }
}

/// What a call is: the tool and its arguments.
fn digest(request: &CallToolRequestParams) -> Vec<u8> {
    let call = serde_json::json!([request.name, request.arguments]).to_string();
    Sha256::digest(call.as_bytes()).to_vec()
}

/// A form without fields: accepting it is the consent, and there is nothing else to tick.
fn form(message: String) -> Option<ElicitRequestParams> {
    let requested_schema = ElicitationSchema::builder().build().ok()?;
    Some(ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema })
}

/// Whether somebody accepted. A client that says beside it that nobody agrees does not say yes.
fn agreed(answer: &ElicitResult) -> bool {
    let said = answer.content.as_ref().and_then(|content| content.get(AGREE));
    answer.action == ElicitationAction::Accept && said.is_none_or(|said| *said == true)
}

/// In the extensions of a request over HTTP whose client takes nothing but the answer.
#[derive(Clone)]
pub(crate) struct OnlyAnswers;

/// Asks, for one call, in the way that its client understands.
pub(crate) struct Asker {
    way: Way,
    running: Running,
    /// One person is asked once, whoever's rules want it.
    agreed: Mutex<bool>,
}

enum Way {
    /// The client cannot ask.
    No,
    /// The client did ask.
    Asked(bool),
    /// The client is asked while the call waits.
    Now(Box<Peer<RoleServer>>),
    /// The question goes back in place of a result, and this call ends.
    Back(mpsc::UnboundedSender<String>),
}

impl Asker {
    /// The channel gives a question that has to go back to the client.
    pub fn new(
        questions: &Questions,
        running: &Running,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> (Asker, mpsc::UnboundedReceiver<String>) {
        let (back, question) = mpsc::unbounded_channel();
        let elicitation = context.client_capabilities().and_then(|client| client.elicitation);
        // A client that names no form of it means this one.
        let can = elicitation.is_some_and(|ways| ways.form.is_some() || ways.url.is_none());
        let current = context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        let parts = context.extensions.get::<http::request::Parts>();
        let deaf = parts.is_some_and(|parts| parts.extensions.get::<OnlyAnswers>().is_some());
        let way = match (can, current) {
            (false, _) => Way::No,
            (true, false) if deaf => Way::No,
            (true, false) => Way::Now(Box::new(context.peer.clone())),
            (true, true) => questions.answer(request).map_or(Way::Back(back), Way::Asked),
        };
        (Asker { way, running: running.clone(), agreed: Mutex::new(false) }, question)
    }

    async fn ask(&self, message: String) -> Option<bool> {
        match &self.way {
            Way::No => None,
            Way::Asked(answer) => Some(*answer),
            Way::Now(peer) => {
                let answer = tokio::select! {
                    answer = peer.create_elicitation(form(message)?) => answer,
                    () = self.running.silent() => return None,
                };
                match answer {
                    Ok(answer) => Some(agreed(&answer)),
                    Err(problem) => {
                        tracing::warn!(target: "outwit", %problem, "the client could not ask");
                        None
                    }
                }
            }
            Way::Back(back) => {
                _ = back.send(message);
                // Whoever receives it drops this call, of which nothing was carried out yet.
                std::future::pending().await
            }
        }
    }
}

impl Approver for Asker {
    fn confirm<'c>(&'c self, question: ApprovalRequest<'c>) -> Pin<Box<dyn Future<Output = Option<bool>> + Send + 'c>> {
        Box::pin(async move {
            if *self.agreed.lock().unwrap_or_else(PoisonError::into_inner) {
                return Some(true);
            }
            let answer = self.ask(format!("{question} ({})", question.rule)).await;
            *self.agreed.lock().unwrap_or_else(PoisonError::into_inner) = answer == Some(true);
            answer
        })
    }
}
