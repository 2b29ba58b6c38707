//! The tools over MCP: the same as those of `outwit mcp`, except that a long result is not cut. Asking for the rest of one
//! needs a server that remembers it.

use crate::ErrorKind;
use crate::mcp::Refusal;
use crate::offer::{Offer, Operations, effect};
use crate::problem::Problem;
use crate::reference::found;
use outwit_core::arguments::Wrong;
use outwit_core::received::MARK;
use outwit_core::shown;
use outwit_core::tools::{self, Extras, ToolCall};
use serde_json::{Map, Value, json};
use wire::Node;

/// The gateway remembers nothing and knows no accounts.
const EXTRAS: Extras = Extras { accounts: false, cursors: false };

type Members = Map<String, Value>;

/// All tools.
pub fn list(operations: &dyn Operations) -> Result<Value, Problem> {
    Ok(tools::list(&Offer::of(&operations.describe())?.titles(), EXTRAS).into_iter().collect())
}

/// Calls a tool. What fails there is a result that says so; only a tool that does not exist is the protocol's own error.
pub fn call(params: &Members, operations: &dyn Operations) -> Result<Value, Refusal> {
    let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
    let mark = params.get("_meta").and_then(|meta| meta.get(MARK));
    let none = Map::new();
    let arguments = params.get("arguments").and_then(Value::as_object).unwrap_or(&none);
    let answer = match tools::parse(name, arguments, mark, EXTRAS) {
        Ok(None) => return Err(Refusal::params(format!("there is no tool {name:?}"))),
        Ok(Some(call)) => perform(call, operations),
        Err(wrong) => Err(wrong.into()),
    };
    Ok(match answer {
        Ok(answer) => content(&answer, false),
        Err(problem) => content(&Value::Object(problem.record()), true),
    })
}

/// The result of a tool. Clients that do not know structured content read the same in a text.
fn content(answer: &Value, failed: bool) -> Value {
    let text = json!([{ "type": "text", "text": answer.to_string() }]);
    json!({ "content": text, "structuredContent": answer, "isError": failed })
}

fn perform(call: ToolCall, operations: &dyn Operations) -> Result<Value, Problem> {
    match call {
        ToolCall::Search { intent, limit } => found(operations, ("intent", intent), limit),
        ToolCall::Describe { operation } => {
            let offer = Offer::of(&operations.describe())?;
            let one = offer.get(operation)?;
            Ok(tools::described(one.id(), one.effect(), &one.description(), &one.input(), &one.output()))
        }
        ToolCall::Call { operation: id, input, reads, .. } => {
            let effect = effect(operations, id);
            let denied = effect.as_ref().is_err_and(|problem| problem.error.kind == ErrorKind::Denied);
            let (effect, input) = match input {
                Err(wrong) if !denied => return Err(Problem::from(wrong).at(&shown(id))),
                input => (effect?, input.unwrap_or_default()),
            };
            if reads && effect != "read" {
                let (message, details) = tools::wrong_tool(id, &effect);
                return Err(Problem::wrong(422, message).about("operation").at(id).with_details(&details));
            }
            let output = operations.call(id, &input.to_string()).map_err(|error| Problem::of(error, id))?;
            // What is no JSON has a bug behind it, which is best seen as it is.
            let result = Node::parse(output.as_bytes()).map(Node::into_value);
            let result = result.unwrap_or_else(|_| output.into());
            Ok(json!({ "result": result }))
        }
        ToolCall::Continue { .. } => Err(Problem::wrong(422, "no result is cut here").about("cursor")),
    }
}

impl From<Wrong> for Problem {
    fn from(Wrong { field, message }: Wrong) -> Problem {
        Problem::wrong(422, message).about(&field)
    }
}
