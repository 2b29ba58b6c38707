//! The catalogue as a component carries it: its JSON text, with gaps for what only the vendor's crate knows.
//!
//! A component neither reads nor rebuilds that text: `kit::describe` fills the gaps while it copies it. Control characters
//! mark them, which JSON text has nowhere else.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// Here stand the vendor's facts.
const FACTS: char = '\u{1}';
/// Here stand the facts of the next operation.
const OPERATION: char = '\u{2}';
/// Between these two stand the bounds that a member of an input has by its type. The vendor may have narrower ones.
const BOUNDS: char = '\u{3}';
const BOUNDS_END: char = '\u{4}';
/// Here stands whether a list that is a member of an input may be empty.
const LIST: char = '\u{5}';

/// The text of a catalogue.
pub struct Template {
    /// What the operations do, a line each. Whoever wants only these unpacks no more.
    pub summaries: String,
    pub text: String,
}

impl Template {
    /// Of what [`crate::catalogue::of`] gives, with the operations in the order of these names.
    pub fn of(mut catalogue: Value, operations: &[&str]) -> Result<Template> {
        let mut summaries = String::new();
        let mut entries = Vec::new();
        for name in operations {
            let entry = catalogue["operations"].get_mut(name).and_then(Value::as_object_mut);
            let mut entry = entry.map(std::mem::take).with_context(|| format!("{name} is not in the catalogue"))?;
            let summary = entry.remove("summary").context("an operation has a summary")?;
            summaries += summary.as_str().unwrap_or_default();
            summaries.push('\n');
            entries.push(with_gap(entry, OPERATION));
        }
        for input in catalogue["inputs"].take().as_array().into_iter().flatten().filter_map(Value::as_str) {
            let properties = catalogue["$defs"][input].get_mut("properties").and_then(Value::as_object_mut);
            properties.into_iter().flat_map(Map::values_mut).for_each(bounded);
        }
        let mut catalogue = catalogue.as_object_mut().map(std::mem::take).unwrap_or_default();
        catalogue.remove("inputs");
        catalogue.insert("operations".into(), entries.into());
        Ok(Template { summaries, text: text(&with_gap(catalogue, FACTS)) })
    }
}

// A gap is a member until the text is printed. It comes first: members are sorted, and its name is a control character.

fn with_gap(mut members: Map<String, Value>, gap: char) -> Value {
    members.insert(gap.into(), 0.into());
    members.into()
}

fn bounded(property: &mut Value) {
    let Value::Object(members) = property else { return };
    if members.contains_key("items") {
        members.insert(LIST.into(), 0.into());
        return;
    }
    // Bounds are found by a member's name, and `billable` may be a number of seconds here and a truth there.
    if members.get("type").is_some_and(|ty| ty == "boolean") {
        return;
    }
    for name in ["minimum", "maximum"] {
        if let Some(bound) = members.remove(name) {
            members.insert(format!("{BOUNDS}{name}"), bound);
        }
    }
    members.insert(BOUNDS.into(), 0.into());
    members.insert(BOUNDS_END.into(), 0.into());
}

/// In printed JSON, a quotation mark before a control character can only begin a name: inside of a string it is escaped.
fn text(catalogue: &Value) -> String {
    let mut text = catalogue.to_string();
    for gap in [FACTS, OPERATION, BOUNDS, BOUNDS_END, LIST] {
        let escaped = format!("\"\\u{:04x}", u32::from(gap));
        text = text.replace(&format!("{escaped}\":0,"), &gap.to_string()).replace(&escaped, "\"");
    }
    text
}
