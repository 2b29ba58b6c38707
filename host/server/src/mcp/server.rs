//! The server: which tools there are, and what becomes of their calls.

use super::call::{Calls, Ending, Wanted};
use super::results::Results;
use super::shutdown::Running;
use super::{McpOptions, ToolSet, describe, tools};
use outwit::{Advice, CallRequest, Effect, Error, ErrorKind, OperationIndex, Resolved, Workspace};
use outwit_core::arguments::{Arguments, Wrong};
use outwit_core::received::MARK;
use outwit_core::tools::{Extras, ToolCall, parse, wrong_tool};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CustomRequest, CustomResult, ErrorCode, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A call may name an account even where there is one only: its name is then checked.
const EXTRAS: Extras = Extras { accounts: true, cursors: true };

/// A workspace as an MCP server. Clones are the same server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Inner>);

struct Inner {
    workspace: Workspace,
    options: McpOptions,
    results: Results,
    calls: Calls,
}

impl Server {
    /// `marked`: whether [`structured::line`](super::structured::line) writes its messages.
    pub fn new(workspace: Workspace, options: McpOptions, marked: bool) -> Server {
        let results = Results::new(options.budget, tools::continuing(options.tools), marked);
        Server(Arc::new(Inner { workspace, options, results, calls: Calls::default() }))
    }

    pub fn running(&self) -> Running {
        self.0.calls.running.clone()
    }

    /// What a tool answers; none where there is no such tool.
    async fn answer(
        &self,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<Option<CallToolResponse>, Error> {
        let mark = context.meta.get(MARK);
        let offer = self.0.workspace.index().await?;
        let none = Map::new();
        let given = request.arguments.as_ref().unwrap_or(&none);
        let said = |value: Value| Ok(Some(CallToolResult::structured(value).into()));
        match (self.0.options.tools, &*request.name) {
            (ToolSet::Few, name) => match parse(name, given, mark, EXTRAS)? {
                None => Ok(None),
                Some(ToolCall::Search { intent, limit }) => said(describe::search(&offer, intent, limit as usize)),
                Some(ToolCall::Describe { operation }) => said(describe::describe(&offer, operation)?),
                Some(ToolCall::Continue { operation: id, cursor }) => match self.0.results.rest(cursor, Some(id)) {
                    Ok(rest) => Ok(Some(rest.into())),
                    Err(error) => Err(self.not_continued(&offer, id, error).await),
                },
                Some(ToolCall::Call { operation: id, input, account, reads }) => {
                    let said = said_input(given.get("input"));
                    let asked = CallRequest { id, operation: None, input: &said, account };
                    let resolved = match offer.resolve(id) {
                        Ok(resolved) => resolved,
                        Err(error) => {
                            let wrong = input.err().filter(|_| error.kind == ErrorKind::InvalidInput);
                            return Err(self.0.workspace.refuse(asked, wrong.map_or(error, Error::from)).await);
                        }
                    };
                    let effect = resolved.operation().effect;
                    let input = match input {
                        Ok(_) if reads && effect != Effect::Read => Err(other_tool(id, effect)),
                        input => input.map_err(Error::from),
                    };
                    Ok(Some(self.call(asked, &resolved, input, request, context).await?))
                }
            },
            (ToolSet::All, tools::CONTINUE) => {
                let mut arguments = Arguments::new(given, &["cursor"]);
                let cursor = arguments.text("cursor");
                let wrong = mark.map(Wrong::marked).or(arguments.done().err());
                let rest = wrong.map_or_else(|| self.0.results.rest(cursor, None), |wrong| Err(wrong.into()));
                match rest {
                    Ok(rest) => Ok(Some(rest.into())),
                    Err(error) => Err(self.not_continued(&offer, &error.operation.clone(), error).await),
                }
            }
            (ToolSet::All, name) => match named(&offer, name) {
                Some((id, Err(left_out))) => {
                    let said = Value::from(given.clone()).to_string();
                    let asked = CallRequest { id: &id, operation: None, input: &said, account: None };
                    Err(self.0.workspace.refuse(asked, left_out).await)
                }
                Some((id, Ok(resolved))) => {
                    let mut input = given.clone();
                    let account = input.remove(tools::ACCOUNT).map(|value| json!({ tools::ACCOUNT: value }));
                    let account = account.as_ref().and_then(Value::as_object).unwrap_or(&none);
                    let mut arguments = Arguments::new(account, &[tools::ACCOUNT]);
                    let account = arguments.optional(tools::ACCOUNT);
                    let wrong = mark.map(Wrong::marked).or(arguments.done().err());
                    let input = Value::Object(input);
                    let said = input.to_string();
                    let asked = CallRequest { id: &id, operation: None, input: &said, account };
                    let input = wrong.map_or(Ok(input), |wrong| Err(wrong.into()));
                    Ok(Some(self.call(asked, &resolved, input, request, context).await?))
                }
                None => Ok(None),
            },
        }
    }

    /// Refuses to continue a result of this operation.
    async fn not_continued(&self, offer: &OperationIndex, id: &str, error: Error) -> Error {
        let resolved = offer.resolve(id).ok();
        let asked = CallRequest { id, operation: resolved.as_ref(), input: "{}", account: None };
        self.0.workspace.refuse(asked, error).await
    }

    /// Calls what is asked for with this input, or refuses it for what is wrong with it.
    async fn call(
        &self,
        asked: CallRequest<'_>,
        resolved: &Resolved,
        input: Result<Value, Error>,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, Error> {
        let CallRequest { id, account, .. } = asked;
        let input = match input {
            Ok(input) => input,
            Err(wrong) => {
                let asked = CallRequest { operation: Some(resolved), ..asked };
                return Err(self.0.workspace.refuse(asked, wrong).await);
            }
        };
        let wanted = Wanted { resolved, input: &input, account };
        match self.0.calls.call(&self.0.workspace, wanted, request, context).await {
            Ending::Done(output) => Ok(self.0.results.success(id, output?).into()),
            Ending::Asked(question) => Ok(question),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("outwit", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(tools::instructions(&self.0.options))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let offer = self.0.workspace.index().await.map_err(broken)?;
        Ok(ListToolsResult::with_all_items(tools::list(&offer, &self.0.options)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.answer(&request, &context).await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(ErrorData::invalid_params(format!("there is no tool {:?}", request.name), None)),
            Err(error) => Ok(self.0.results.failure(&error).into()),
        }
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let message = format!("there is no method {:?}", request.method);
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None))
    }
}

/// The server cannot do anything, and says why in the protocol's own way.
fn broken(error: Error) -> ErrorData {
    ErrorData::internal_error(error.message.clone(), serde_json::to_value(&error).ok())
}

/// The input of a call as it was given.
fn said_input(given: Option<&Value>) -> String {
    match given {
        None => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(given) => given.to_string(),
    }
}

/// The error about a call that another tool makes.
fn other_tool(id: &str, effect: Effect) -> Error {
    let (message, details) = wrong_tool(id, effect.as_str());
    let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("operation");
    Error { details: Some(details), ..error }
}

/// The operation that a tool is or would be: its id, and the operation, or why it is left out. None where there is none.
fn named(offer: &OperationIndex, tool: &str) -> Option<(String, Result<Resolved, Error>)> {
    // The dot of the id is one of the dashes of the name.
    tool.match_indices('-').find_map(|(at, _)| {
        let id = format!("{}.{}", &tool[..at], &tool[at + 1..]);
        match offer.resolve(&id) {
            Err(error) if error.kind != ErrorKind::Denied => None,
            resolved => Some((id, resolved)),
        }
    })
}
