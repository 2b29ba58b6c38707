//! `outwit call`

use super::failure::{Failure, read_text, unreadable, usage};
use super::setup::Tools;
use super::{Global, confirm, progress, result, terminal};
use outwit::{Advice, Call, CallHandle, Catalogue, Error, ErrorKind, OperationId, Scope};
use std::io::Read;
use std::path::Path;

/// What to call, as the command line says it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The operation's id, such as accelo.list-activities.
    operation: String,
    /// The input: JSON, `@FILE`, or `-` for standard input.
    #[arg(default_value = "{}", value_name = "JSON | - | @FILE")]
    input: String,
    /// The account [default: the default account: the vendor's own table in outwit.toml, and the environment]
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Approve a call that the account's `confirm` rules require approval for.
    #[arg(long)]
    yes: bool,
    /// Show the result of an operation that gives or takes a credential.
    #[arg(long)]
    reveal: bool,
    /// Show these members as columns, also in a pipe: names with commas between them, with dots for members of members.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    columns: Vec<String>,
}

pub async fn call(global: &Global, arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let id = &*arguments.operation;
    if global.json && !arguments.columns.is_empty() {
        return Err(usage("--columns are of a table, and --json asks for JSON: expected one of them".to_owned()));
    }
    let vendor = OperationId::of(id).vendor.to_owned();
    let tools = Tools::ready(global, Scope::default(), &[vendor]).await?;
    if tools.names().any(|name| name == id) {
        return Err(no_operation(tools.bare(id).await?.catalogue()).into());
    }
    let resolved = tools.workspace.resolve(id).await?;
    let (catalogue, operation) = (resolved.catalogue(), resolved.operation());
    if operation.secret && !arguments.reveal {
        return Err(usage(format!(
            "{id} gives or takes a credential; it was not called. --reveal calls it and shows the result"
        )));
    }
    let schema = operation.output.as_ref().map(|schema| catalogue.inlined(schema)).unwrap_or_default();
    result::check(&arguments.columns, &schema).map_err(|(unknown, known)| no_column(id, &unknown, &known))?;
    let input = read(&arguments.input)?;
    let watch = std::env::var("TRACEPARENT").map_or_else(|_| CallHandle::new(), |parent| CallHandle::traced(&parent));
    let confirm = confirm::Terminal { yes: arguments.yes };
    let account = arguments.account.as_deref();
    let calling =
        tools.workspace.call(Call { operation: &resolved, input: &input, account, watch: &watch, confirm: &confirm });
    let output = progress::follow(calling, operation, catalogue, &watch, global.json).await;
    let output = output.map_err(with_yes)?;
    let view = result::View { columns: &arguments.columns, width: terminal::width() };
    let people = people || !arguments.columns.is_empty();
    // What no JSON is has a bug behind it, which is best seen as it is.
    let text = people.then(|| result::result(&output, &schema, &view)).flatten().unwrap_or_else(|| output.clone());
    let written = super::write(&(text + "\n"));
    let unwritten =
        |problem| Error::carried_out(operation, &output, &format!("its result cannot be written: {problem}"));
    written.map_err(unwritten)?;
    Ok(String::new())
}

/// The error about a consent that nobody could be asked for, with how to give it.
fn with_yes(error: Error) -> Error {
    let rule = error.details.as_ref().and_then(|details| details["rule"].as_str()).unwrap_or_default();
    if error.kind != ErrorKind::Denied || error.advice != Advice::AskPerson || !rule.starts_with("confirm ") {
        return error;
    }
    Error { message: format!("{}; --yes approves this call", error.message), ..error }
}

/// The failure about a column that no result has; nothing was called.
fn no_column(id: &str, unknown: &str, known: &[String]) -> Failure {
    let nearest = outwit::nearest(unknown, known.iter().map(String::as_str));
    let some = if nearest.is_empty() { known.iter().take(10).map(String::as_str).collect() } else { nearest };
    usage(format!(
        "--columns: the result of {id} has no {unknown:?}; expected for example {}. `outwit describe {id}` lists all. Nothing was \
         called",
        some.join(", ")
    ))
}

/// The error about a vendor where an operation is expected.
fn no_operation(catalogue: &Catalogue) -> Error {
    let ids: Vec<&str> = catalogue.operations.iter().map(|operation| &*operation.id).collect();
    let vendor = &catalogue.vendor;
    let message = format!("{vendor} is a vendor, not an operation; `outwit list {vendor}` lists its {}", ids.len());
    let error = Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message);
    Error { details: Some(serde_json::json!({ "operations": ids })), ..error }
}

fn read(input: &str) -> Result<String, Failure> {
    let (from, text) = match input.strip_prefix('@') {
        _ if input == "-" => {
            let (from, mut text) = ("standard input", String::new());
            std::io::stdin().read_to_string(&mut text).map_err(|problem| unreadable(Path::new(from), &problem))?;
            (from, text)
        }
        Some(file) => (file, read_text(Path::new(file))?),
        None => ("the input", input.to_owned()),
    };
    // Editors write one in front.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.trim().is_empty() {
        let message = format!("{from} is empty; expected JSON, such as {{}}");
        return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("input").into());
    }
    Ok(text)
}
