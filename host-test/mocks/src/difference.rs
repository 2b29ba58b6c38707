//! Two JSON documents → where they differ, for people.

use serde_json::Value;

/// A line for each place at which the two differ; none if they are equal.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, &mut found);
    found
}

fn compare(at: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, expected) in expected {
                let at = format!("{at}.{name}");
                match actual.get(name) {
                    Some(actual) => compare(&at, expected, actual, found),
                    None => found.push(format!("{at}: expected {expected}, it is missing")),
                }
            }
            for (name, actual) in actual.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                found.push(format!("{at}.{name}: not expected, got {actual}"));
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{at}[{index}]"), expected, actual, found);
            }
            if expected.len() != actual.len() {
                found.push(format!("{at}: expected {} items, got {}", expected.len(), actual.len()));
            }
        }
        _ if expected == actual => {}
        _ => found.push(format!("{at}: expected {expected}, got {actual}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_place_that_differs_has_a_line() {
        let expected = json!({ "a": 1, "b": [1, { "c": "x" }], "d": null });
        let actual = json!({ "a": 1, "b": [1, { "c": "y" }, 3], "e": true });
        let lines = [
            r#".b[1].c: expected "x", got "y""#,
            ".b: expected 2 items, got 3",
            ".d: expected null, it is missing",
            ".e: not expected, got true",
        ];
        assert_eq!(differences(&expected, &actual), lines);
        assert!(differences(&expected, &expected).is_empty());
    }
}
