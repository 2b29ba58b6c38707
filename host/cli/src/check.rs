//! `outwit build --check`: a vendor's cases, run with its component in the real host.

use super::build::{fault, invalid};
use super::failure::Failure;
use super::style::{DIM, GREEN, RED, RESET};
use anyhow::Context;
use outwit::{Auth, Catalogue, Host, Options, Plugin, Settings, nearest, visible};
use outwit_mocks::case::{Case, Credential, Outcome, test_value};
use outwit_mocks::differences;
use outwit_mocks::scripted::Scripted;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What came of the cases.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    passed: usize,
    failed: Vec<Failed>,
    /// The operations that no case calls.
    without_case: Vec<String>,
}

/// A case whose requests or result differ.
#[derive(Serialize)]
struct Failed {
    file: String,
    case: String,
    operation: String,
    differences: Vec<String>,
}

/// Runs the cases of a folder.
pub async fn run(folder: &Path, component: &[u8]) -> Result<Checked, Failure> {
    let read = if folder.exists() { Case::in_folder(folder) } else { Ok(Vec::new()) };
    let cases = read.map_err(|problem| invalid(format!("{problem:#}")))?;
    if cases.is_empty() {
        return Err(fault(folder, "expected files that end with .json, with a list of cases each"));
    }
    let plugin = Host::new(Options::default())?.load(component, Settings::default()).await?;
    for case in &cases {
        known_settings(plugin.catalogue(), case).map_err(|problem| fault(&case.file, problem))?;
    }
    let server = Scripted::start().await.context("a server for the replies of cases")?;
    let names = plugin.catalogue().operations.iter().map(|operation| operation.name().to_owned());
    let mut without_case: BTreeSet<String> = names.collect();
    let mut checked = Checked { passed: 0, failed: Vec::new(), without_case: Vec::new() };
    for case in cases {
        without_case.remove(&case.operation);
        match of_case(&plugin, &server, &case).await {
            differences if differences.is_empty() => checked.passed += 1,
            differences => {
                let file = case.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                checked.failed.push(Failed { file, case: case.name, operation: case.operation, differences });
            }
        }
    }
    checked.without_case.extend(without_case);
    Ok(checked)
}

/// Says which setting of a case the vendor does not have.
fn known_settings(catalogue: &Catalogue, case: &Case) -> Result<(), String> {
    let base = outwit::base_setting(&catalogue.vendor);
    let known = || catalogue.settings.iter().map(|setting| &*setting.name).filter(|name| *name != base);
    let Some(unknown) = case.settings.keys().find(|name| !known().any(|known| known == *name)) else { return Ok(()) };
    let problem = match (*unknown == base, nearest(unknown, known()).first()) {
        (true, _) => "requests of cases go to a local server".to_owned(),
        (false, Some(near)) => format!("{} has no such setting; did you mean {near}?", catalogue.vendor),
        (false, None) => format!(
            "{} has no such setting; expected one of {}",
            catalogue.vendor,
            known().collect::<Vec<_>>().join(", ")
        ),
    };
    Err(format!("{:?}: settings.{unknown}: {problem}", case.name))
}

/// Where a case differs.
async fn of_case(plugin: &Plugin, server: &Scripted, case: &Case) -> Vec<String> {
    let catalogue = plugin.catalogue();
    let id = format!("{}.{}", catalogue.vendor, case.operation);
    server.begin(&case.exchanges, credential(catalogue, &id));
    let outcome = match plugin.with_settings(settings(catalogue, server, case)).call(&id, &case.input.to_string()).await
    {
        Ok(output) => Ok(serde_json::from_str(&output).unwrap_or(Value::String(output))),
        Err(error) => Err(json!(error)),
    };
    let mut found = server.end();
    found.extend(of_outcome(case.outcome(), outcome));
    found
}

fn of_outcome(expected: Option<Outcome>, outcome: Outcome) -> Vec<String> {
    let shown = |outcome: Outcome| match outcome {
        Ok(output) => json!({ "output": output }),
        Err(error) => json!({ "error": error }),
    };
    let lines = match (expected, outcome) {
        (None, outcome) => {
            return vec![format!("expected output or error in the case; the call gave {}", shown(outcome))];
        }
        // Of an error, what the case names counts.
        (Some(Err(Value::Object(expected))), Err(Value::Object(mut error))) => {
            error.retain(|name, _| expected.contains_key(name));
            differences(&json!({ "error": expected }), &json!({ "error": error }))
        }
        (Some(expected), outcome) => differences(&shown(expected), &shown(outcome)),
    };
    lines.into_iter().map(|line| line.trim_start_matches('.').to_owned()).collect()
}

/// The settings of a case: those that have no default are test values, and requests go to the server.
fn settings(catalogue: &Catalogue, server: &Scripted, case: &Case) -> Settings {
    let own = catalogue.settings.iter().filter(|one| one.default.is_none() && !one.name.starts_with("OUTWIT_"));
    let mut settings: Settings = own.map(|one| (one.name.clone(), test_value(&one.name))).collect();
    settings.merge(case.settings.clone().into_iter().collect());
    settings.set(outwit::base_setting(&catalogue.vendor), server.url());
    settings
}

/// Where the requests of an operation carry a credential.
fn credential(catalogue: &Catalogue, id: &str) -> Credential {
    let own = catalogue.operations.iter().find(|operation| operation.id == id);
    let mut credential = Credential::default();
    add(own.and_then(|operation| operation.auth.as_ref()).unwrap_or(&catalogue.auth), &mut credential);
    credential
}

fn add(auth: &Auth, credential: &mut Credential) {
    match auth {
        Auth::Bearer { .. } | Auth::Basic { .. } | Auth::Client { basic: true, .. } => {
            credential.headers.push("authorization".to_owned())
        }
        Auth::Header { header, .. } => credential.headers.push(header.clone()),
        Auth::Cookie { .. } => credential.headers.push("cookie".to_owned()),
        Auth::Query { parameter, .. } => credential.parameters.push(parameter.clone()),
        Auth::All { all } => all.iter().for_each(|one| add(one, credential)),
        Auth::Optional { auth } => add(auth, credential),
        _ => {}
    }
}

impl Checked {
    pub fn failed(&self) -> usize {
        self.failed.len()
    }

    /// For people: a line for each difference, and how many cases passed.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for Failed { file, case, differences, .. } in &self.failed {
            text += &format!("{RED}failed{RESET}  {} {DIM}({file}){RESET}\n", visible(case));
            differences.iter().for_each(|line| text += &format!("        {}\n", visible(line)));
        }
        let all = self.passed + self.failed.len();
        let color = if self.failed.is_empty() { GREEN } else { RED };
        text += &format!("{color}{} of {all} cases passed{RESET}\n", self.passed);
        if let Some(first) = self.without_case.first() {
            let more = match self.without_case.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            text += &format!("without a case: {first}{more}\n");
        }
        text
    }
}
