//! The operations over plain HTTP beside `/mcp`: the routes of the gateway, and the page that shows them. A call is one of the
//! workspace, under its rules; there is nobody who could be asked for approval.

use super::describe;
use super::shutdown::Running;
use crate::reply::{failed, of_gateway, problem, to_gateway};
use crate::{body, docs, host_header, live};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use gateway::access::Access;
use gateway::answer::{MOST, input, path};
use gateway::message::Reply;
use gateway::offer::Offer;
use gateway::origins::Origins;
use gateway::problem::Problem;
use gateway::reference::{Described, Part, allow, reference};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use outwit::{
    Advice, Call, CallHandle, CallRequest, Catalogue, DenyAll, Error, ErrorKind, OperationId, OperationIndex, Resolved,
    Workspace,
};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// A workspace over HTTP.
pub(crate) struct Rest {
    pub workspace: Workspace,
    pub running: Running,
    pub access: Access,
    /// Whether there is the page.
    pub docs: bool,
}

/// The fallback of the router, which takes the bodies out of answers to HEAD.
pub(crate) async fn rest(State(rest): State<Arc<Rest>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = rest.check_host(&parts) {
        return of_gateway(refused);
    }
    if let Some(page) = rest.docs.then(|| docs::answer(&parts)).flatten() {
        return page;
    }
    let mut response = rest.routed(&parts, body).await.unwrap_or_else(of_gateway);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Rest {
    fn check_host(&self, parts: &Parts) -> Result<(), Reply> {
        host_header::check(parts, self.access == Access::Open)
    }

    /// Whether a request comes to a name of this server, from no page of another origin, and with the token.
    ///
    /// # Errors
    ///
    /// The answer to one that does not.
    pub(crate) fn admit(&self, parts: &Parts) -> Result<(), Reply> {
        self.check_host(parts)?;
        let asked = &to_gateway(parts);
        Origins::default().check(asked, &self.access)?;
        Ok(self.access.check(asked)?)
    }

    async fn routed(self: &Arc<Self>, parts: &Parts, body: Body) -> Result<Response, Reply> {
        let asked = &to_gateway(parts);
        let path = path(asked)?;
        if path == "/healthz" {
            allow(asked, &["GET", "HEAD"])?;
            return Ok(of_gateway(Reply::json(&json!({ "status": "ok" }))));
        }
        self.admit(parts)?;
        let index = self.workspace.index().await.map_err(|error| failed(&error))?;
        if let Some(reply) = reference(asked, &path, &self.access, &Indexed(&index))? {
            return Ok(of_gateway(reply));
        }
        let id = path.strip_prefix("/operations/");
        let id = id.ok_or_else(|| Problem::wrong(404, "not found; /openapi.json lists the routes"))?;
        let resolved = match index.resolve(id) {
            Ok(resolved) => resolved,
            Err(error) => return Err(unknown(&self.refused(id, None, "{}", error).await)),
        };
        let body = body::read(body, MOST, body::WITHIN).await.map(Vec::from);
        let given = match input(id, asked, &mut |_| body.clone()) {
            Ok(given) => given.to_string(),
            Err(wrong) => {
                let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, &*wrong.error.message);
                let error = Error { field: wrong.error.field.clone(), ..error };
                let error = self.refused(id, Some(&resolved), "{}", error).await;
                return Err(if error.kind == ErrorKind::InvalidInput { wrong.reply() } else { failed(&error) });
            }
        };
        let watch = asked.header("traceparent").map_or_else(CallHandle::new, CallHandle::traced);
        let heard = live::is_wanted(&parts.method, &path, &parts.headers).then(|| watch.listen());
        let calling = self.clone().call(resolved, given, watch);
        Ok(match heard {
            Some(heard) => live::events(heard, Box::pin(calling)).await,
            None => calling.await,
        })
    }

    async fn refused(&self, id: &str, operation: Option<&Resolved>, input: &str, error: Error) -> Error {
        self.workspace.refuse(CallRequest { id, operation, input, account: None }, error).await
    }

    /// Calls. Who hangs up gives the call up, and then what waits for work at the vendor cancels it there.
    async fn call(self: Arc<Self>, resolved: Resolved, input: String, watch: CallHandle) -> Response {
        let gave_up = GaveUp(watch.clone());
        let calling = tokio::spawn(async move {
            let _underway = self.running.begin();
            let call = Call { operation: &resolved, input: &input, account: None, watch: &watch, confirm: &DenyAll };
            let mut calling = std::pin::pin!(self.workspace.call(call));
            tokio::select! {
                done = &mut calling => return done,
                () = self.running.ending() => watch.cancel(),
            }
            calling.await
        });
        let done = calling.await;
        drop(gave_up);
        of_gateway(match done {
            Ok(Ok(output)) => Reply::text(output),
            Ok(Err(error)) => failed(&error),
            Err(_) => failed(&Error::new(ErrorKind::Failed, Advice::GiveUp, "the call stopped unexpectedly")),
        })
    }
}

/// Cancels a call when it is dropped; one that has ended is not changed by it.
struct GaveUp(CallHandle);

impl Drop for GaveUp {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// An operation that is not there is one of this server's routes that is not there.
fn unknown(error: &Error) -> Reply {
    match error.kind {
        ErrorKind::InvalidInput => problem(404, error),
        _ => failed(error),
    }
}

/// What the scope allows of a workspace, as the gateway's code describes it.
struct Indexed<'i>(&'i OperationIndex);

impl Described for Indexed<'_> {
    fn offer(&self, part: Part) -> Result<Offer, Reply> {
        let wanted = match part {
            Part::One(id) => {
                self.0.operation(id).map_err(|error| unknown(&error))?;
                OperationId::of(id).vendor
            }
            Part::All | Part::Names => "",
        };
        let offered: HashSet<&str> = self.0.operations().map(|(_, operation)| &*operation.id).collect();
        let catalogues = self.0.catalogues().filter(|catalogue| wanted.is_empty() || catalogue.vendor == wanted);
        let described = catalogues.map(|catalogue| about(catalogue, &offered, part == Part::Names));
        let described: Result<Vec<Value>, _> = described.collect();
        let described = described.map_err(|problem| failed(&Error::misconfigured(problem.to_string())))?;
        Ok(Offer::from(described))
    }

    fn found(&self, intent: &str, limit: u32) -> Result<Value, Reply> {
        Ok(describe::search(self.0, intent, limit as usize))
    }
}

/// A catalogue with those of its operations that are offered; `names`: without descriptions and schemas.
fn about(catalogue: &Catalogue, offered: &HashSet<&str>, names: bool) -> Result<Value, serde_json::Error> {
    let mut about = serde_json::to_value(catalogue)?;
    if let Some(Value::Array(operations)) = about.get_mut("operations") {
        operations.retain(|one| one["id"].as_str().is_some_and(|id| offered.contains(id)));
        for operation in operations.iter_mut().filter_map(Value::as_object_mut).filter(|_| names) {
            ["input", "output", "description"].iter().for_each(|long| _ = operation.remove(*long));
        }
    }
    Ok(about)
}
