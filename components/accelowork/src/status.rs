//! A record's status, changed by its title.

use accelo_shared::records::{text, with_id};
use kit::types::ErrorKind;
use kit::{Call, Error, fail, invalid, json, meant};
use serde_json::Value;

pub fn change_status(call: &Call, change: &Value) -> Result<Value, Error> {
    let wanted = text(change, "to-status").trim();
    if wanted.is_empty() {
        return Err(invalid("to-status", "expected the title of a status"));
    }
    let record = json!({ "of": change["of"], "id": change["id"] });
    let ways = match call.step("list-progressions", record.clone())? {
        Value::Array(ways) => ways,
        _ => Vec::new(),
    };
    // What is wanted may be called like the status or like the step to it.
    let mut named = Vec::new();
    for way in ways {
        let to = text(&way["status"], "title").to_owned();
        named.push(json!({ "id": way["id"], "title": way["title"], "status": to }));
    }
    if named.is_empty() {
        let message = "no progression leads on from the record's status";
        return Err(Error { field: Some("input.to-status".into()), ..fail(ErrorKind::NotFound, message) });
    }
    let way = match named.iter().find(|way| text(way, "id") == wanted) {
        Some(way) => way.clone(),
        None => with_id(meant("to-status", "status", wanted, named, &["status", "title"], status)?)?,
    };
    let mut run = record;
    kit::set(&mut run, "progression-id", way["id"].clone());
    let changed = call.step("run-progression", run)?;
    Ok(json!({
        "id": changed["id"],
        "standing": changed["standing"],
        "progression-id": way["id"],
        "progression": way["title"],
    }))
}

/// The status that a progression leads to.
fn status(way: &Value) -> String {
    text(way, "status").to_owned()
}
