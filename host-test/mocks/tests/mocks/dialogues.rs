//! What the mocks answer to requests, as data: `dialogues/VENDOR.json`.
//!
//! A dialogue is a list of steps with a server of its own. A step is the request, its body (an object or a text that begins
//! like one as JSON, another text as a form, null for none), the status with the vendor's word for it, what the answer has, and
//! headers instead of the usual ones. All but the request may be left out: then it succeeds. A value is compared whole, at a
//! pointer in which `*` stands for each item, or at `header NAME`. `{NAME}` in a step stands for a setting, or for a value that
//! an earlier step named by `$as`.

use std::collections::BTreeMap;
use std::path::Path;

use outwit_mocks::facts::Facts;
use outwit_mocks::{Server, facts, start};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::client::{Answer, send};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Before a path that begins with no `/`.
    prefix: String,
    headers: BTreeMap<String, String>,
    /// What a success has for a status.
    success: Value,
    /// The facts that answers must fit, unless a dialogue is `undocumented`.
    #[serde(default)]
    facts: Vec<String>,
    dialogues: Vec<Dialogue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dialogue {
    name: String,
    #[serde(default)]
    undocumented: bool,
    steps: Vec<Vec<Value>>,
}

#[tokio::test]
async fn each_mock_answers_as_its_dialogues_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mocks/dialogues");
    let mut wrong = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let vendor = path.file_stem().and_then(|stem| stem.to_str()).unwrap();
        let file: File = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!file.dialogues.is_empty(), "{vendor}");
        play(vendor, &file, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

async fn play(vendor: &str, file: &File, wrong: &mut Vec<String>) {
    let documented: Vec<Facts> = file.facts.iter().map(|name| facts(vendor, name)).collect();
    for dialogue in &file.dialogues {
        let server = start(vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut names: BTreeMap<String, String> = server.settings().iter().cloned().collect();
        let facts: &[Facts] = if dialogue.undocumented { &[] } else { &documented };
        for step in &dialogue.steps {
            if let Err(problem) = played(file, &server, facts, step, &mut names).await {
                wrong.push(format!("{vendor}: {}: {}: {problem}", dialogue.name, step[0]));
            }
        }
    }
}

async fn played(
    file: &File,
    server: &Server,
    facts: &[Facts],
    step: &[Value],
    names: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let known = names.clone();
    let fill = |text: &str| {
        known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    let request = fill(step[0].as_str().ok_or("a step begins with its request")?);
    let (method, path) = request.split_once(' ').ok_or("a request is METHOD PATH")?;
    let target = if path.starts_with('/') { path.to_owned() } else { format!("{}{path}", fill(&file.prefix)) };
    let (kind, body) = match step.get(1) {
        None | Some(Value::Null) => ("", String::new()),
        Some(Value::String(json)) if json.starts_with('{') => ("application/json", json.clone()),
        Some(Value::String(form)) => ("application/x-www-form-urlencoded", fill(form)),
        Some(json) => ("application/json", fill(&json.to_string())),
    };
    let own = step.get(4).map(|own| serde_json::from_value(own.clone()).map_err(|error| error.to_string()));
    let own: Option<BTreeMap<String, String>> = own.transpose()?;
    let headers = own.as_ref().unwrap_or(&file.headers);
    let headers: Vec<(&str, String)> = headers.iter().map(|(name, value)| (name.as_str(), fill(value))).collect();
    let mut headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    headers.extend((!kind.is_empty()).then_some(("content-type", kind)));
    let answer =
        send(server.url(), method, &target, &headers, body.as_bytes()).await.map_err(|error| error.to_string())?;

    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    if let Some((facts, operation)) = facts.iter().find_map(|facts| Some((facts, facts.find(method, path)?.0))) {
        let body = (!answer.body.is_empty()).then_some(&json);
        if let Some(misfit) = facts.reply(operation, answer.status, body).first() {
            return Err(format!("{misfit}: {json}"));
        }
    }
    let own = Value::from(200);
    let success = if path == "/mock" { &own } else { &file.success };
    let expected = step.get(2).filter(|status| !status.is_null()).unwrap_or(success);
    let found = match expected {
        Value::Number(_) => answer.status.into(),
        _ => format!("{} {}", answer.status, answer.refusal().1).into(),
    };
    equal(expected, &found).map_err(|problem| format!("{problem}: {json}"))?;
    for (place, expected) in step.get(3).and_then(Value::as_object).unwrap_or(&Map::new()) {
        let expected: Value = serde_json::from_str(&fill(&expected.to_string())).map_err(|error| error.to_string())?;
        compare(&expected, at(&answer, &json, place), names).map_err(|problem| format!("{place}: {problem}"))?;
    }
    Ok(())
}

/// What is there in an answer.
fn at(answer: &Answer, json: &Value, place: &str) -> Option<Value> {
    if let Some(name) = place.strip_prefix("header ") {
        return answer.headers.get(name).map(|_| answer.header(name).into());
    }
    match place.split_once("/*") {
        None => json.pointer(place).cloned(),
        Some((list, rest)) => {
            let items = json.pointer(list)?.as_array()?;
            items.iter().map(|item| item.pointer(rest).cloned()).collect::<Option<Vec<_>>>().map(Value::from)
        }
    }
}

fn compare(expected: &Value, found: Option<Value>, names: &mut BTreeMap<String, String>) -> Result<(), String> {
    let (rule, argument) = match expected.as_object().and_then(|rule| rule.iter().next()) {
        Some((rule, argument)) if rule.starts_with('$') => (rule.as_str(), argument),
        _ => ("", expected),
    };
    let Some(found) = found else {
        return if rule == "$absent" { Ok(()) } else { Err(format!("expected {expected}, and nothing is there")) };
    };
    let text = found.as_str().unwrap_or_default();
    match (rule, argument) {
        ("", expected) => equal(expected, &found),
        ("$as", Value::String(name)) => {
            names.insert(name.clone(), if text.is_empty() { found.to_string() } else { text.to_owned() });
            Ok(())
        }
        ("$keys", expected) => {
            equal(expected, &found.as_object().map(|found| found.keys().cloned().collect()).unwrap_or_default())
        }
        ("$length", expected) => equal(expected, &found.as_array().map_or(text.len(), Vec::len).into()),
        ("$contains", Value::String(part)) if text.contains(part) => Ok(()),
        ("$contains", item) if found.as_array().is_some_and(|items| items.contains(item)) => Ok(()),
        ("$json", expected) => equal(expected, &serde_json::from_str(text).map_err(|error| error.to_string())?),
        _ => Err(format!("expected {expected} instead of {found}")),
    }
}

fn equal(expected: &Value, found: &Value) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("expected {expected} instead of {found}")) }
}
