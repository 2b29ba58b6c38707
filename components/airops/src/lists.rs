//! Recipes: a list, page after page. No document has anything that tells whether there are more.

use kit::{Call, Error, Pages, json};
use serde_json::Value;

const PAGES: u64 = 50;
pub const MOST_PAGES: u64 = 500;

pub fn all_workflows(call: &Call, input: &Value) -> Result<Value, Error> {
    all(call, input, "list-workflows")
}

pub fn all_agents(call: &Call, input: &Value) -> Result<Value, Error> {
    all(call, input, "list-agents")
}

fn all(call: &Call, input: &Value, operation: &str) -> Result<Value, Error> {
    let most = input["most-pages"].as_u64().unwrap_or(PAGES);
    let mut apps = Pages::default();
    for page in 1..=most {
        let query = if page == 1 { json!({}) } else { json!({ "page": page }) };
        let rows = match call.step(operation, query)? {
            Value::Array(rows) => rows,
            _ => Vec::new(),
        };
        // A page may be short where AirOps leaves out some after it has counted them. Whoever does not know pages gives the same
        // again.
        if apps.take(rows) == 0 || call.answered_in() == Some("public") {
            return Ok(json!({ "apps": apps.records, "complete": true, "pages": page }));
        }
    }
    Ok(json!({ "apps": apps.records, "complete": false, "pages": most }))
}
