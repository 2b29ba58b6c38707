//! Operations in few words: what a search gives, and what an agent reads before it calls one.

use outwit::{Catalogue, Error, Operation, OperationIndex, SearchHit};
use outwit_core::{hint, names, tools};
use serde_json::{Value, json};

/// How many vendors are told by name.
const MOST_NAMED: usize = 12;

/// What fits an intent, best first.
pub(crate) fn search(offer: &OperationIndex, intent: &str, limit: usize) -> Value {
    let found = offer.search(intent, limit);
    let entry = |found: &SearchHit<'_>| {
        let operation = found.operation;
        let mut entry = json!({ "id": operation.id, "effect": operation.effect, "summary": operation.summary_text() });
        entry["weak"] = found.weak.into();
        if !found.configured {
            entry["configured"] = false.into();
        }
        add_accounts(&mut entry, offer, operation);
        entry
    };
    let mut answer = json!({ "operations": found.iter().map(entry).collect::<Vec<_>>() });
    if let Some(hint) = hint(found.first().map(|best| best.weak), &vendors(offer)) {
        answer["hint"] = hint.into();
    }
    answer
}

/// The vendors' names for people. Of many, not all: this is read again and again.
pub(crate) fn vendors(offer: &OperationIndex) -> String {
    let mut names = names(offer.catalogues().map(Catalogue::name));
    if names.len() > MOST_NAMED {
        names.truncate(MOST_NAMED);
        names.push("others");
    }
    names.join(", ")
}

/// What an operation does, takes and gives.
pub(crate) fn describe(offer: &OperationIndex, id: &str) -> Result<Value, Error> {
    let (catalogue, operation) = offer.operation(id)?;
    let output =
        operation.output.as_ref().map_or_else(|| json!({ "type": "null" }), |schema| catalogue.inlined(schema));
    let (effect, input) = (operation.effect.as_str(), input(catalogue, operation));
    let mut described = tools::described(&operation.id, effect, &description(operation), &input, &output);
    add_accounts(&mut described, offer, operation);
    Ok(described)
}

/// Where there is a choice, the accounts.
fn add_accounts(entry: &mut Value, offer: &OperationIndex, operation: &Operation) {
    if let accounts @ [_, _, ..] = offer.accounts(operation.vendor()) {
        entry["accounts"] = json!(accounts);
    }
}

/// All that is said about an operation.
pub(crate) fn description(operation: &Operation) -> String {
    tools::description(&operation.summary, &operation.description)
}

/// The schema of an operation's input, which is always an object, without references.
pub(crate) fn input(catalogue: &Catalogue, operation: &Operation) -> Value {
    let schema = operation.input.as_ref().map(|schema| catalogue.inlined(schema));
    schema.unwrap_or_else(|| json!({ "type": "object", "properties": {}, "additionalProperties": false }))
}
