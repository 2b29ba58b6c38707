//! What people say when they want an operation: `phrases.jsonl` in a vendor's folder, which a vendor need not have.
//!
//! Each line is an operation's name and its phrases: `{"operation": "list-things", "phrases": ["what is there", …]}`.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name.
pub const FILE: &str = "phrases.jsonl";

/// Adds `phrases` to the operations of what [`crate::catalogue::of`] gives.
///
/// # Errors
///
/// A line that is none, or of no operation of the vendor; an operation that comes twice; a phrase without words, or one that
/// comes twice: of two operations it would tell neither from the other.
pub fn add(catalogue: &mut Value, file: &Path) -> Result<()> {
    if !file.exists() {
        return Ok(());
    }
    let text = std::fs::read_to_string(file)?;
    of(catalogue, &text).with_context(|| file.display().to_string())
}

fn of(catalogue: &mut Value, text: &str) -> Result<()> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let (Some(operation), Some(phrases)) = (line["operation"].as_str(), line["phrases"].as_array()) else {
            bail!("line {}: expected an object of `operation` and `phrases`", number + 1);
        };
        let Some(entry) = catalogue["operations"].get_mut(operation).and_then(Value::as_object_mut) else {
            bail!("line {}: there is no operation {operation}", number + 1);
        };
        for phrase in phrases {
            let same = words(phrase.as_str().unwrap_or_default());
            if same.is_empty() {
                bail!("{operation}: {phrase} has no words");
            }
            if let Some(other) = known.insert(same, operation.to_owned()) {
                bail!("{phrase} stands for {other} and for {operation}");
            }
        }
        if entry.insert("phrases".into(), phrases.clone().into()).is_some() {
            bail!("line {}: {operation} comes twice", number + 1);
        }
    }
    Ok(())
}

/// What two phrases have in common that differ in signs and case alone.
fn words(phrase: &str) -> String {
    let words = phrase.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn phrases_stand_with_their_operations() {
        let mut catalogue = json!({ "operations": { "list": {}, "get": {} } });
        of(&mut catalogue, "{\"operation\": \"list\", \"phrases\": [\"what is there?\", \"all of it\"]}\n").unwrap();
        assert_eq!(
            catalogue["operations"],
            json!({ "list": { "phrases": ["what is there?", "all of it"] }, "get": {} })
        );
    }

    #[test]
    fn a_phrase_stands_for_one_operation_that_exists() {
        let line = |operation: &str, phrase: &str| {
            json!({ "operation": operation, "phrases": ["open it", phrase] }).to_string() + "\n"
        };
        for (text, expected) in [
            (line("lists", "all"), "line 1: there is no operation lists"),
            (line("list", "Open it!"), "\"Open it!\" stands for list and for list"),
            (line("list", "all") + &line("get", "one"), "\"open it\" stands for list and for get"),
            (line("list", "…"), "list: \"…\" has no words"),
            ("{\"operation\": \"list\", \"phrases\": []}\n".repeat(2), "line 2: list comes twice"),
            ("{\"operation\": \"list\"}".to_owned(), "line 1: expected an object of `operation` and `phrases`"),
            ("\n".to_owned(), "line 1: expected an object of `operation` and `phrases`"),
        ] {
            let mut catalogue = json!({ "operations": { "list": {}, "get": {} } });
            assert_eq!(of(&mut catalogue, &text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
