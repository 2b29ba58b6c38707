//! `outwit list` and `outwit describe`

use super::failure::Failure;
use super::schema_outline::outline;
use super::setup::Tools;
use super::style::{BOLD, CYAN, DIM, GREEN, RED, RESET, YELLOW};
use super::{Global, terminal};
use outwit::{Catalogue, Effect, Operation, Setting, example};
use serde_json::{Value, json};

pub async fn list(global: &Global, vendor: Option<&str>, people: bool) -> Result<String, Failure> {
    let tools = Tools::new(global)?;
    let plugins = match vendor {
        Some(vendor) => vec![tools.bare(vendor).await?],
        None => tools.loaded().await?,
    };
    let operations: Vec<Operation> =
        plugins.iter().flat_map(|plugin| &plugin.catalogue().operations).cloned().collect();
    if people {
        return Ok(table(&operations, terminal::known_width()));
    }
    let entry = |operation: &Operation| {
        json!({
            "id": operation.id, "effect": operation.effect, "secret": operation.secret,
            "summary": operation.summary_text(),
        })
    };
    Ok(operations.iter().map(entry).collect::<Value>().to_string() + "\n")
}

pub async fn describe(global: &Global, name: &str, people: bool) -> Result<String, Failure> {
    let tools = Tools::new(global)?;
    if tools.names().any(|vendor| vendor == name) {
        let plugin = tools.bare(name).await?;
        return Ok(if people { vendor(plugin.catalogue()) } else { format!("{}\n", plugin.describe()) });
    }
    let resolved = tools.workspace.resolve(name).await?;
    let (catalogue, found) = (resolved.catalogue(), resolved.operation());
    let mut described = serde_json::to_value(found).map_err(anyhow::Error::from)?;
    for schema in ["input", "output"] {
        if let Some(schema) = described.get_mut(schema) {
            *schema = catalogue.closed(schema);
        }
    }
    let input = found.input.as_ref().map(|schema| catalogue.inlined(schema));
    described["example"] = input.as_ref().map_or_else(|| json!({}), example);
    described["settings"] = settings_of(catalogue, found).map(|setting| setting.name.clone()).collect();
    Ok(if people { operation(catalogue, found, &described) } else { format!("{described}\n") })
}

/// Lines of operations, at most so wide.
fn table(operations: &[Operation], width: Option<usize>) -> String {
    let ids = operations.iter().map(|operation| operation.id.len()).max().unwrap_or(0);
    let effects = operations.iter().map(|operation| operation.effect.as_str().len()).max().unwrap_or(0);
    let rest = terminal::rest(width, ids + effects + 4);
    let mut out = String::new();
    for operation in operations {
        let (secret, rest) = if operation.secret {
            (format!("{YELLOW}[secret]{RESET} "), rest.saturating_sub("[secret] ".len()))
        } else {
            (String::new(), rest)
        };
        let gap = " ".repeat(effects - operation.effect.as_str().len());
        let (id, effect) = (&operation.id, effect(operation.effect));
        let summary = terminal::line(&operation.summary_text(), rest);
        let line = format!("{CYAN}{id:<ids$}{RESET}  {effect}{gap}  {secret}{summary}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// An effect in its colour.
pub fn effect(effect: Effect) -> String {
    match effect {
        Effect::Read => format!("{GREEN}read{RESET}"),
        Effect::Write => format!("{YELLOW}write{RESET}"),
        Effect::Destroy => format!("{RED}destroy{RESET}"),
    }
}

fn vendor(catalogue: &Catalogue) -> String {
    let mut out = format!("{BOLD}{}{RESET} {}\n", catalogue.name(), catalogue.version);
    for text in [&catalogue.summary, &catalogue.description] {
        if !text.is_empty() {
            out.push_str(&format!("{text}\n"));
        }
    }
    out.push_str(&format!("\n{BOLD}Origin{RESET}\n  {}\n\n{BOLD}Settings{RESET}\n", catalogue.base));
    catalogue.settings.iter().for_each(|one| out.push_str(&setting(catalogue, one, one.required)));
    out.push_str(&format!("\n{BOLD}Operations{RESET}\n"));
    let width = terminal::known_width().map(|width| width.saturating_sub(2));
    table(&catalogue.operations, width).lines().for_each(|line| out.push_str(&format!("  {line}\n")));
    out
}

fn setting(catalogue: &Catalogue, setting: &Setting, required: bool) -> String {
    let mut notes = Vec::new();
    if required {
        notes.push("required".to_owned());
    }
    if catalogue.is_secret(&setting.name) {
        notes.push("secret".to_owned());
    }
    if let Some(default) = &setting.default {
        notes.push(format!("default {default}"));
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" {DIM}({}){RESET}", notes.join(", ")) };
    format!("  {CYAN}{}{RESET}{notes}\n      {}\n", setting.name, setting.description)
}

/// The settings that an operation cannot do without: those that its address, its credential and secrets in its body are made of.
fn settings_of<'c>(catalogue: &'c Catalogue, operation: &'c Operation) -> impl Iterator<Item = &'c Setting> {
    catalogue.settings.iter().filter(move |setting| {
        let placeholder = format!("{{{}}}", setting.name);
        catalogue.bases(operation).iter().any(|base| base.contains(&placeholder))
            || catalogue.uses(operation, &setting.name)
    })
}

fn operation(catalogue: &Catalogue, operation: &Operation, described: &Value) -> String {
    let mut out = format!("{BOLD}{}{RESET}\n", operation.id);
    for text in [&operation.summary, &operation.description] {
        if !text.is_empty() {
            out.push_str(&format!("{text}\n"));
        }
    }
    out.push_str(&format!("\n{BOLD}Effect{RESET}    {}\n", effect(operation.effect)));
    if operation.secret {
        out.push_str(&format!("{BOLD}Secret{RESET}    gives or takes a credential; `call` needs --reveal\n"));
    }
    let route = match (&operation.method, &operation.route) {
        (Some(method), Some(route)) => format!("{method} {route}"),
        _ if !operation.dialects.is_empty() => String::new(),
        _ if operation.steps.is_empty() => "sends nothing".to_owned(),
        _ => "those of its steps".to_owned(),
    };
    out.push_str(&format!("{BOLD}Route{RESET}     {route}\n"));
    if !operation.steps.is_empty() {
        out.push_str(&format!("{BOLD}Steps{RESET}     {}\n", operation.steps.join(", ")));
    }
    for (dialect, request) in &operation.dialects {
        let setting = catalogue.dialect_setting.as_deref().unwrap_or_default();
        out.push_str(&format!(
            "          {} {}  {DIM}with {setting}={dialect}{RESET}\n",
            request.method, request.route
        ));
    }
    out.push_str(&format!("\n{BOLD}Settings{RESET}\n"));
    // A recipe may need one for some of its steps alone.
    let optional = |name: &str| catalogue.uses(operation, name) && !catalogue.requires(operation, name);
    let required = |one: &Setting| (one.required || operation.steps.is_empty()) && !optional(&one.name);
    settings_of(catalogue, operation).for_each(|one| out.push_str(&setting(catalogue, one, required(one))));
    for (title, schema) in [("Input", &operation.input), ("Output", &operation.output)] {
        let outlined = schema.as_ref().map_or_else(|| "  none\n".to_owned(), |one| outline(&catalogue.inlined(one)));
        out.push_str(&format!("\n{BOLD}{title}{RESET} {DIM}(* required){RESET}\n{outlined}"));
    }
    out.push_str(&format!("\n{BOLD}Example{RESET}\noutwit call {} '{}'\n", operation.id, described["example"]));
    out
}
