//! The tools as a client lists them: names, descriptions, schemas, hints.

use super::describe::{description, input, vendors};
use super::{McpOptions, ToolSet};
use outwit::{Catalogue, Effect, Operation, OperationIndex};
use outwit_core::tools::{self, CALL_READ, Extras};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

/// Gives the rest of a result that was cut, where each operation is a tool.
pub(crate) const CONTINUE: &str = "continue-result";

/// The member that names an account, in the input of a tool that is an operation: no vendor has one of this name.
pub(crate) const ACCOUNT: &str = "outwit-account";

/// What the server says about itself to an agent.
pub(crate) fn instructions(options: &McpOptions) -> &'static str {
    match options.tools {
        ToolSet::Few => tools::INSTRUCTIONS,
        ToolSet::All => "Operations of SaaS vendors, each a tool.",
    }
}

/// The tool that gives the rest of a result.
pub(crate) fn continuing(tools: ToolSet) -> &'static str {
    match tools {
        ToolSet::Few => CALL_READ,
        ToolSet::All => CONTINUE,
    }
}

/// The name of the tool that is an operation: `accelo-list-activities`.
pub(crate) fn name(operation: &Operation) -> String {
    operation.id.replace('.', "-")
}

/// All tools, in an order that does not change.
pub(crate) fn list(offer: &OperationIndex, options: &McpOptions) -> Vec<Tool> {
    match options.tools {
        ToolSet::Few => few(offer),
        ToolSet::All => {
            let operations = offer.operations().map(|(catalogue, operation)| whole(offer, catalogue, operation));
            operations.chain([rest()]).collect()
        }
    }
}

fn few(offer: &OperationIndex) -> Vec<Tool> {
    let accounts = offer.catalogues().any(|catalogue| offer.accounts(&catalogue.vendor).len() > 1);
    let tools = tools::list(&vendors(offer), Extras { accounts, cursors: true });
    tools.into_iter().filter_map(|tool| serde_json::from_value(tool).ok()).collect()
}

/// An operation as a tool.
fn whole(offer: &OperationIndex, catalogue: &Catalogue, operation: &Operation) -> Tool {
    let mut takes = input(catalogue, operation);
    if let accounts @ [_, _, ..] = offer.accounts(&catalogue.vendor) {
        let which = json!({ "enum": accounts, "description": "Which account; the first if left out." });
        takes["properties"][ACCOUNT] = which;
    }
    typed(&mut takes);
    let again = matches!(operation.method.as_deref(), Some("PUT" | "DELETE"));
    let gives =
        operation.output.as_ref().map_or_else(|| json!({ "type": "null" }), |schema| catalogue.inlined_output(schema));
    let cut = json!({
        "type": "array", "items": { "type": "object" }, "description": "Where the result was cut, and how to go on.",
    });
    let gives = object(json!({ "result": gives, "cut": cut }), &["result"]);
    let tool = tool(&name(operation), &description(operation), takes, hints(operation.effect, again));
    tool.with_raw_output_schema(members(gives).into())
}

/// Says the type of each part of a schema: some readers, such as Gemini's, take no part without one.
fn typed(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if members.contains_key("enum") {
        members.entry("type").or_insert_with(|| json!("string"));
    } else if !["type", "anyOf", "const"].iter().any(|known| members.contains_key(*known)) {
        let types = ["object", "array", "string", "number", "boolean"].map(|name| json!({ "type": name }));
        members.insert("anyOf".to_owned(), json!(types));
    }
    for (keyword, part) in members {
        match (&**keyword, part) {
            ("properties", Value::Object(properties)) => properties.values_mut().for_each(typed),
            ("anyOf", Value::Array(choices)) => choices.iter_mut().for_each(typed),
            ("items" | "additionalProperties", part) => typed(part),
            _ => {}
        }
    }
}

fn rest() -> Tool {
    let cursor = json!({ "type": "string", "description": "From `cut` of a result." });
    let takes = object(json!({ "cursor": cursor }), &["cursor"]);
    tool(CONTINUE, "More of a result that was cut.", takes, looks(false))
}

fn tool(name: &str, description: &str, takes: Value, hints: ToolAnnotations) -> Tool {
    Tool::new(name.to_owned(), description.to_owned(), members(takes)).with_annotations(hints)
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn members(schema: Value) -> JsonObject {
    match schema {
        Value::Object(members) => members,
        _ => JsonObject::new(),
    }
}

/// Hints for a tool that changes nothing; `vendor`: whether it talks to one.
fn looks(vendor: bool) -> ToolAnnotations {
    hints(Effect::Read, true).open_world(vendor)
}

fn hints(effect: Effect, again: bool) -> ToolAnnotations {
    let hints = ToolAnnotations::new().read_only(effect == Effect::Read).open_world(true);
    match effect {
        // What follows has no meaning where nothing changes.
        Effect::Read => hints,
        _ => hints.destructive(effect == Effect::Destroy).idempotent(again),
    }
}
