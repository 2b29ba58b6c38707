//! A record's status, changed by its title.

use accelo_shared::records::{text, with_id};
use kit::types::ErrorKind;
use kit::{Call, Error, fail, invalid, is_called, json, meant};
use serde_json::Value;

/// By what a progression is called.
const CALLED: &[&str] = &["status", "title"];

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
    let to = |way: &Value| text(&way["status"], "title").to_owned();
    let mut named = Vec::new();
    for way in &ways {
        // A candidate is named by what means it alone: the sample of a progression has no status, and several may lead to one.
        let alone = !to(way).is_empty() && ways.iter().filter(|other| to(other) == to(way)).count() == 1;
        let name = if alone { Value::from(to(way)) } else { way["title"].clone() };
        named.push(json!({ "id": way["id"], "title": way["title"], "status": to(way), "name": name }));
    }
    let by_id = named.iter().find(|way| text(way, "id") == wanted).cloned();
    if !is_called(&named, CALLED, wanted) && by_id.is_none() {
        let now = call.step("get-record-status", record.clone())?;
        if is_called(std::slice::from_ref(&now["status"]), &["title"], wanted) {
            return Ok(json!({ "id": now["id"], "standing": now["standing"] }));
        }
    }
    if named.is_empty() {
        let message = "no progression leads on from the record's status, or the credential's user may run none";
        return Err(Error { field: Some("input.to-status".into()), ..fail(ErrorKind::NotFound, message) });
    }
    let way = match by_id {
        Some(way) if !is_called(&named, CALLED, wanted) => way,
        _ => with_id(meant("to-status", "status", wanted, named, CALLED, |way| text(way, "name").to_owned())?)?,
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
