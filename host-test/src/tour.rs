//! Tours as they stand in `components/*/tour.json`: a vendor's operations, one after the other, against its mock.

use crate::root;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One call of a tour.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The operation, without the vendor.
    pub call: String,
    /// Its input. A text that is `$name` stands for what was kept under the name.
    pub input: Value,
    /// What is kept of the output, by name: JSON pointers.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// What the output has to hold, by JSON pointer. `$name` as above.
    #[serde(default)]
    pub expect: BTreeMap<String, Value>,
}

/// The values that steps saved so far, by name.
pub type Variables = Map<String, Value>;

impl Step {
    /// A vendor's tour.
    pub fn of(vendor: &str) -> Result<Vec<Step>> {
        let file = root().join("components").join(vendor).join("tour.json");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        serde_json::from_str(&text).with_context(|| file.display().to_string())
    }

    /// The input with the variables filled in.
    pub fn filled(&self, variables: &Variables) -> Value {
        fill(&self.input, variables)
    }

    /// Keeps what is to be kept of the output; gives what it should hold and does not.
    pub fn take(&self, output: &Value, variables: &mut Variables) -> Vec<String> {
        let mut problems = Vec::new();
        for (pointer, expected) in &self.expect {
            let (expected, got) = (fill(expected, variables), output.pointer(pointer));
            if got != Some(&expected) {
                problems.push(format!("{}: expected {expected} at \"{pointer}\", got {got:?}", self.call));
            }
        }
        for (name, pointer) in &self.keep {
            match output.pointer(pointer) {
                Some(value) => _ = variables.insert(name.clone(), value.clone()),
                None => problems.push(format!("{}: nothing at \"{pointer}\" to keep", self.call)),
            }
        }
        problems
    }
}

fn fill(value: &Value, variables: &Variables) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|name| variables.get(name)) {
            Some(value) => value.clone(),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, variables)).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), fill(value, variables))).collect(),
        other => other.clone(),
    }
}
