//! The four tools of an MCP server over operations: their names, schemas, arguments and common answers.

use crate::arguments::{Arguments, Wrong};
use crate::{example, plain, shape};
use serde_json::{Map, Value, json};

/// Finds operations by intent.
pub const SEARCH: &str = "search-operations";
/// Describes one.
pub const DESCRIBE: &str = "describe-operation";
/// Calls one that changes nothing.
pub const CALL_READ: &str = "call-read-operation";
/// Calls any.
pub const CALL_WRITE: &str = "call-write-operation";

/// How many operations a search finds if the caller does not say.
pub const DEFAULT_LIMIT: u32 = 5;
/// How many operations a search finds at most.
pub const MAX_LIMIT: u32 = 20;

/// What a server with these tools says about itself to an agent.
pub const INSTRUCTIONS: &str = "Operations of SaaS vendors. Search by intent, describe what fits, then call it with the input that \
                                the description asks for.";

/// What the tools of a server offer beyond the common arguments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras {
    /// A call may name an account.
    pub accounts: bool,
    /// The server cuts long results, and a call may continue one.
    pub cursors: bool,
}

/// The tools as `tools/list` gives them, in an order that does not change. `vendors`: the vendors' names for people.
pub fn list(vendors: &str, extras: Extras) -> [Value; 4] {
    let id = json!({ "type": "string", "description": "Its id, such as a search gives." });
    let input = json!({ "type": "object", "description": "As its description says." });
    let mut call = json!({ "operation": id, "input": input });
    if extras.accounts {
        call["account"] = json!({ "type": "string", "description": "Which of its accounts; the first if left out." });
    }
    let mut read = call.clone();
    let mut reads = "Call an operation whose effect is read.".to_owned();
    if extras.cursors {
        read["cursor"] = json!({ "type": "string", "description": "Continues a cut result, of a write too." });
        reads += " A result that is too long is cut, and `cut` says where and how to go on.";
    }
    let search = json!({
        "intent": { "type": "string", "description": "What is to be done, in plain words." },
        "limit": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT },
    });
    let finds =
        format!("Find operations of {vendors} for an intent. `weak` marks doubtful hits: confirm before a call.");
    let describes = "What an operation does, takes and gives, with an example.";
    let changes =
        "Call an operation whose effect is write or destroy. An error says whether it may have been carried out.";
    let writes =
        json!({ "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true });
    [
        tool(SEARCH, &finds, search, "intent", reading(false)),
        tool(DESCRIBE, describes, json!({ "operation": id }), "operation", reading(false)),
        tool(CALL_READ, &reads, read, "operation", reading(true)),
        tool(CALL_WRITE, changes, call, "operation", writes),
    ]
}

/// Hints for a tool that changes nothing; `vendor`: whether it talks to one.
fn reading(vendor: bool) -> Value {
    json!({ "readOnlyHint": true, "openWorldHint": vendor })
}

fn tool(name: &str, description: &str, properties: Value, required: &str, hints: Value) -> Value {
    let takes =
        json!({ "type": "object", "properties": properties, "required": [required], "additionalProperties": false });
    json!({ "name": name, "description": description, "inputSchema": takes, "annotations": hints })
}

/// A call of one of the tools.
#[derive(Debug)]
pub enum ToolCall<'a> {
    /// [`SEARCH`].
    Search {
        /// What is to be done, in plain words.
        intent: &'a str,
        /// How many operations to find at most.
        limit: u32,
    },
    /// [`DESCRIBE`].
    Describe {
        /// The operation's id.
        operation: &'a str,
    },
    /// [`CALL_READ`] or [`CALL_WRITE`].
    Call {
        /// The operation's id.
        operation: &'a str,
        /// Its input, or what is wrong with the arguments.
        input: Result<Value, Wrong>,
        /// The account, where one is named.
        account: Option<&'a str>,
        /// Whether the tool is [`CALL_READ`].
        reads: bool,
    },
    /// A call that continues a result.
    Continue {
        /// The operation that gave it.
        operation: &'a str,
        /// The place.
        cursor: &'a str,
    },
}

/// Reads the arguments of a tool; none where there is no such tool. `mark`: the one that their message was given, if it was.
///
/// # Errors
///
/// What is wrong with them. Of a call with a wrong input, the call says so: its operation may be denied.
pub fn parse<'a>(
    tool: &str,
    given: &'a Map<String, Value>,
    mark: Option<&Value>,
    extras: Extras,
) -> Result<Option<ToolCall<'a>>, Wrong> {
    let marked = mark.map_or(Ok(()), |mark| Err(Wrong::marked(mark)));
    let call = match tool {
        SEARCH => {
            let mut arguments = Arguments::new(given, &["intent", "limit"]);
            let (intent, limit) = (arguments.text("intent"), arguments.number("limit", MAX_LIMIT));
            marked.and_then(|()| arguments.done())?;
            ToolCall::Search { intent, limit: limit.unwrap_or(DEFAULT_LIMIT) }
        }
        DESCRIBE => {
            let mut arguments = Arguments::new(given, &["operation"]);
            let operation = arguments.text("operation");
            marked.and_then(|()| arguments.done())?;
            ToolCall::Describe { operation }
        }
        CALL_READ | CALL_WRITE => {
            let mut known = vec!["operation", "input"];
            for (name, taken) in [("account", extras.accounts), ("cursor", extras.cursors)] {
                // What is empty is left out, by whoever does not take it, too.
                let empty = given.get(name).is_some_and(|given| given.is_null() || *given == "");
                known.extend((taken || empty).then_some(name));
            }
            let mut arguments = Arguments::new(given, &known);
            let operation = arguments.text("operation");
            let account = if extras.accounts { arguments.optional("account") } else { None };
            let cursor = if extras.cursors { arguments.optional("cursor") } else { None };
            let input = arguments.input();
            if cursor.is_some() {
                for (name, given) in [("input", input != json!({})), ("account", account.is_some())] {
                    if given {
                        arguments.only("cursor", name);
                    }
                }
            }
            let input = marked.and_then(|()| arguments.done()).map(|()| input);
            match cursor {
                Some(cursor) if input.is_ok() => ToolCall::Continue { operation, cursor },
                _ => ToolCall::Call { operation, input, account, reads: tool == CALL_READ },
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(call))
}

/// What [`DESCRIBE`] answers.
///
/// The schema of the input is whole, without what every reader assumes. Of the output there is the shape: agents read it,
/// and need not write it.
pub fn described(id: &str, effect: &str, description: &str, input: &Value, output: &Value) -> Value {
    json!({
        "id": id,
        "effect": effect,
        "description": description,
        "input": plain(input),
        "example": example(input),
        "output": shape(output, 0),
    })
}

/// Why [`CALL_READ`] does not call an operation of another effect, and the details of that error.
pub fn wrong_tool(id: &str, effect: &str) -> (String, Value) {
    (format!("the effect of {id} is {effect}: call it with {CALL_WRITE}"), json!({ "tool": CALL_WRITE }))
}

/// Why an operation that gives or takes a credential is not called, and the details of that error.
pub fn no_credentials(id: &str) -> (String, Value) {
    let message = format!("{id} gives or takes a credential, which agents do not get");
    (message, json!({ "rule": "no credentials for agents" }))
}

/// All that is said about an operation.
pub fn description(summary: &str, more: &str) -> String {
    if more.is_empty() { summary.to_owned() } else { format!("{summary}\n\n{more}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn what_a_cursor_continues_takes_no_other_input_or_account() {
        let extras = Extras { accounts: true, cursors: true };
        for (beside, field) in [
            (json!({ "input": { "limit": 3 } }), Some("input")),
            (json!({ "input": "{\"limit\":3}" }), Some("input")),
            (json!({ "account": "sandbox" }), Some("account")),
            (json!({ "other": 1 }), Some("other")),
            (json!({ "input": {}, "account": "" }), None),
            (json!({ "input": "", "account": null }), None),
        ] {
            let mut arguments = json!({ "operation": "acme.list-things", "cursor": "x" });
            object(&beside).iter().for_each(|(name, value)| arguments[name] = value.clone());
            let wrong = match parse(CALL_WRITE, object(&arguments), None, extras) {
                Ok(Some(ToolCall::Call { operation: "acme.list-things", input, .. })) => input.err(),
                Ok(Some(ToolCall::Continue { operation: "acme.list-things", cursor: "x" })) => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(wrong.map(|wrong| wrong.field).as_deref(), field, "{arguments}");
        }
    }

    #[test]
    fn a_tool_takes_what_its_schema_lists_and_nothing_else() {
        for extras in [Extras::default(), Extras { accounts: true, cursors: true }] {
            for tool in list("Acme", extras) {
                let name = tool["name"].as_str().unwrap();
                for field in ["intent", "limit", "operation", "input", "account", "cursor", "other"] {
                    let value = match field {
                        "limit" => json!(1),
                        "input" => json!({}),
                        _ => json!("x"),
                    };
                    let required = tool["inputSchema"]["required"][0].as_str().unwrap();
                    let arguments = json!({ required: "x", field: value });
                    let read = match parse(name, object(&arguments), None, extras) {
                        Ok(Some(ToolCall::Call { input, .. })) => input.is_ok(),
                        read => matches!(read, Ok(Some(_))),
                    };
                    // Agents continue a write with the tool that gave its first part.
                    let continues = extras.cursors && name == CALL_WRITE && field == "cursor";
                    let listed = tool["inputSchema"]["properties"].get(field).is_some() || continues;
                    assert_eq!(read, listed, "{name} {field} {extras:?}");
                }
            }
        }
        assert!(matches!(parse("other", &Map::new(), None, Extras::default()), Ok(None)));
    }
}
