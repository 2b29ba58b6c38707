//! The server: which tools there are, and what becomes of their calls.

use super::calling::{Calls, Ending, Wanted};
use super::results::Results;
use super::running::Running;
use super::twice::{self, MARK};
use super::{McpOptions, ToolSet, describe, tools};
use crate::{Advice, Call, Effect, Error, ErrorKind, Nobody, Offer, Operation, Toolbox, Watch};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// A toolbox as an MCP server. Clones are the same server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Inner>);

struct Inner {
    toolbox: Toolbox,
    options: McpOptions,
    results: Results,
    calls: Calls,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    intent: String,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Describe {
    operation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calling {
    operation: String,
    #[serde(default)]
    input: Value,
    account: Option<String>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Continue {
    cursor: String,
}

impl Server {
    pub fn new(toolbox: Toolbox, options: McpOptions) -> Server {
        let results = Results::new(options.budget, tools::continuing(options.tools));
        Server(Arc::new(Inner { toolbox, options, results, calls: Calls::default() }))
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
        if let Some(place) = context.meta.get(MARK) {
            let field = place.as_str().unwrap_or_default();
            let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, twice::problem(field));
            return Err(error.about(field));
        }
        let offer = self.0.toolbox.offer().await?;
        let arguments = request.arguments.clone().unwrap_or_default();
        let said = |value: Value| Ok(Some(CallToolResult::structured(value).into()));
        match (self.0.options.tools, &*request.name) {
            (ToolSet::Few, tools::SEARCH) => {
                let Search { intent, limit } = read(arguments)?;
                let limit = limit.unwrap_or(tools::FOUND);
                if !(1..=tools::MOST_FOUND).contains(&limit) {
                    let message = format!("limit: expected a number from 1 to {}, got {limit}", tools::MOST_FOUND);
                    return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("limit"));
                }
                if intent.trim().is_empty() {
                    let message = "intent: expected what is to be done, in plain words";
                    return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("intent"));
                }
                said(describe::search(&offer, &intent, limit))
            }
            (ToolSet::Few, tools::DESCRIBE) => {
                let Describe { operation } = read(arguments)?;
                said(describe::describe(&offer, &operation)?)
            }
            (ToolSet::Few, tool @ (tools::CALL_READ | tools::CALL_WRITE)) => {
                let called: Calling = read(arguments)?;
                if let Some(cursor) = &called.cursor {
                    return Ok(Some(self.0.results.rest(cursor, Some(&called.operation))?.into()));
                }
                let (_, operation) = match offer.operation(&called.operation) {
                    Ok(found) => found,
                    // The toolbox denies it, too, and writes it down.
                    Err(error) if error.kind == ErrorKind::Denied => {
                        let (watch, account) = (Watch::new(), called.account.as_deref());
                        let call = Call {
                            operation: &called.operation,
                            input: &called.input.to_string(),
                            account,
                            watch: &watch,
                            confirm: &Nobody,
                        };
                        self.0.toolbox.call(call).await?;
                        return Err(error);
                    }
                    Err(error) => return Err(error),
                };
                if tool == tools::CALL_READ && operation.effect != Effect::Read {
                    return Err(wrong_tool(operation));
                }
                let input = input(called.input, operation)?;
                let wanted = Wanted { operation, input: &input, account: called.account.as_deref() };
                Ok(Some(self.call(wanted, request, context).await?))
            }
            (ToolSet::All, tools::CONTINUE) => {
                let Continue { cursor } = read(arguments)?;
                Ok(Some(self.0.results.rest(&cursor, None)?.into()))
            }
            (ToolSet::All, name) => match named(&offer, name) {
                Some(operation) => {
                    let mut input = arguments;
                    let account: Option<String> = input.remove(tools::ACCOUNT).map(account).transpose()?;
                    let input = Value::Object(input);
                    let wanted = Wanted { operation, input: &input, account: account.as_deref() };
                    Ok(Some(self.call(wanted, request, context).await?))
                }
                None => Ok(None),
            },
            (ToolSet::Few, _) => Ok(None),
        }
    }

    async fn call(
        &self,
        wanted: Wanted<'_>,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, Error> {
        let id = &wanted.operation.id;
        match self.0.calls.call(&self.0.toolbox, wanted, request, context).await {
            Ending::Done(output) => Ok(self.0.results.success(id, &output?).into()),
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
        let offer = self.0.toolbox.offer().await.map_err(broken)?;
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
}

/// The server cannot do anything, and says why in the protocol's own way.
fn broken(error: Error) -> ErrorData {
    ErrorData::internal_error(error.message.clone(), serde_json::to_value(&error).ok())
}

/// The operation that a tool is.
fn named<'o>(offer: &'o Offer, tool: &str) -> Option<&'o Operation> {
    offer.operations().map(|(_, operation)| operation).find(|operation| tools::name(operation) == tool)
}

/// The arguments of a tool.
fn read<T: for<'a> Deserialize<'a>>(arguments: JsonObject) -> Result<T, Error> {
    serde_json::from_value(Value::Object(arguments)).map_err(|problem| {
        // An operation's own fields beside its id are the common mistake.
        let hint = match problem.to_string() {
            unknown if unknown.starts_with("unknown field") => "; what the operation takes belongs into `input`",
            _ => "",
        };
        Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, format!("{problem}{hint}"))
    })
}

/// The input of an operation. Some agents send JSON as a text.
fn input(given: Value, operation: &Operation) -> Result<Value, Error> {
    let given = match given {
        Value::Null => json!({}),
        Value::String(text) if text.trim().is_empty() => json!({}),
        Value::String(text) => {
            crate::input::check(&text, usize::MAX).map_err(|error| error.at(&operation.id))?;
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        other => other,
    };
    if given.is_object() {
        return Ok(given);
    }
    let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, "input: expected an object");
    Err(error.about("input").at(&operation.id))
}

/// An account that is no name is not the first one.
fn account(given: Value) -> Result<String, Error> {
    serde_json::from_value(given).map_err(|_| {
        let message = format!("{}: expected a text", tools::ACCOUNT);
        Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about(tools::ACCOUNT)
    })
}

fn wrong_tool(operation: &Operation) -> Error {
    let message =
        format!("the effect of {} is {}: call it with {}", operation.id, operation.effect.word(), tools::CALL_WRITE);
    let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("operation");
    Error { details: Some(json!({ "tool": tools::CALL_WRITE })), ..error.at(&operation.id) }
}
