//! The tools over MCP: the same as those of `outwit mcp`, except that a long result is not cut. Asking for the rest of one
//! needs a server that remembers it.

use crate::answer::{FOUND, MOST_FOUND, found};
use crate::mcp::Refusal;
use crate::offer::{Offer, Operations, effect};
use crate::problem::Problem;
use outwit_core::arguments::{Arguments, Wrong};
use outwit_core::example;
use outwit_core::received::{self, MARK};
use outwit_core::{plain, shape};
use serde_json::{Map, Value, json};

const SEARCH: &str = "search-operations";
const DESCRIBE: &str = "describe-operation";
const CALL_READ: &str = "call-read-operation";
const CALL_WRITE: &str = "call-write-operation";

type Members = Map<String, Value>;

/// All tools, in an order that does not change.
pub fn list(operations: &dyn Operations) -> Result<Value, Problem> {
    let offer = Offer::of(&operations.describe())?;
    let id = json!({ "type": "string", "description": "Its id, such as a search gives." });
    let given = json!({ "type": "object", "description": "As its description says." });
    let call = json!({ "operation": id, "input": given });
    let search = json!({
        "intent": { "type": "string", "description": "What is to be done, in plain words." },
        "limit": { "type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": FOUND },
    });
    let looks = |vendor: bool| json!({ "readOnlyHint": true, "openWorldHint": vendor });
    let writes =
        json!({ "readOnlyHint": false, "openWorldHint": true, "destructiveHint": true, "idempotentHint": false });
    let finds = format!(
        "Find operations of {} for an intent. `weak` marks doubtful hits: confirm before a call.",
        offer.titles()
    );
    let describes = "What an operation does, takes and gives, with an example.";
    let changes =
        "Call an operation whose effect is write or destroy. An error says whether it may have been carried out.";
    Ok(json!([
        tool(SEARCH, &finds, search, "intent", looks(false)),
        tool(DESCRIBE, describes, json!({ "operation": id }), "operation", looks(false)),
        tool(CALL_READ, "Call an operation whose effect is read.", call.clone(), "operation", looks(true)),
        tool(CALL_WRITE, changes, call, "operation", writes),
    ]))
}

fn tool(name: &str, description: &str, properties: Value, required: &str, hints: Value) -> Value {
    let takes =
        json!({ "type": "object", "properties": properties, "required": [required], "additionalProperties": false });
    json!({ "name": name, "description": description, "inputSchema": takes, "annotations": hints })
}

/// Calls a tool. What fails there is a result that says so; only a tool that does not exist is the protocol's own error.
pub fn call(params: &Members, operations: &dyn Operations) -> Result<Value, Refusal> {
    let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
    if let Some(place) = params.get("_meta").and_then(|meta| meta.get(MARK)).and_then(Value::as_str) {
        let problem = Problem::wrong(422, received::problem(place)).about(place);
        return Ok(content(&Value::Object(problem.record()), true));
    }
    let none = Map::new();
    let arguments = params.get("arguments").and_then(Value::as_object).unwrap_or(&none);
    let outcome = match name {
        SEARCH => search(arguments, operations),
        DESCRIBE => describe(arguments, operations),
        CALL_READ | CALL_WRITE => perform(name, arguments, operations),
        _ => return Err(Refusal::params(format!("there is no tool {name:?}"))),
    };
    Ok(match outcome {
        Ok(answer) => content(&answer, false),
        Err(problem) => content(&Value::Object(problem.record()), true),
    })
}

/// The result of a tool. Clients that do not know structured content read the same in a text.
fn content(answer: &Value, failed: bool) -> Value {
    let text = json!([{ "type": "text", "text": answer.to_string() }]);
    json!({ "content": text, "structuredContent": answer, "isError": failed })
}

fn search(arguments: &Members, operations: &dyn Operations) -> Result<Value, Problem> {
    let mut arguments = Arguments::new(arguments, &["intent", "limit"]);
    let (intent, limit) = (arguments.text("intent"), arguments.number("limit", MOST_FOUND));
    arguments.done()?;
    found(operations, ("intent", intent), limit.unwrap_or(FOUND))
}

fn describe(arguments: &Members, operations: &dyn Operations) -> Result<Value, Problem> {
    let mut arguments = Arguments::new(arguments, &["operation"]);
    let id = arguments.text("operation");
    arguments.done()?;
    let offer = Offer::of(&operations.describe())?;
    let one = offer.get(id)?;
    let input = one.input();
    Ok(json!({
        "id": one.id(),
        "effect": one.effect(),
        "description": one.description(),
        "input": plain(&input),
        "example": example(&input),
        "output": shape(&one.output(), 0),
    }))
}

fn perform(tool: &str, arguments: &Members, operations: &dyn Operations) -> Result<Value, Problem> {
    let mut arguments = Arguments::new(arguments, &["operation", "input"]);
    let (id, input) = (arguments.text("operation"), arguments.input());
    arguments.done().map_err(|wrong| Problem::from(wrong).at(id))?;
    let effect = effect(operations, id)?;
    if tool == CALL_READ && effect != "read" {
        let message = format!("the effect of {id} is {effect}: call it with {CALL_WRITE}");
        let problem = Problem::wrong(422, message).about("operation").at(id);
        return Err(problem.with_details(&json!({ "tool": CALL_WRITE })));
    }
    let output = operations.call(id, &input.to_string()).map_err(|error| Problem::of(error, id))?;
    // What is no JSON has a bug behind it, which is best seen as it is.
    let result = serde_json::from_str(&output).unwrap_or(Value::String(output));
    Ok(json!({ "result": result }))
}

impl From<Wrong> for Problem {
    fn from(Wrong { field, message }: Wrong) -> Problem {
        Problem::wrong(422, message).about(&field)
    }
}
