//! `outwit build`

use super::check::{self, Checked};
use super::failure::{Failure, read_text, unreadable};
use super::output;
use anyhow::Result;
use outwit::{Advice, CodeCache, Error, ErrorKind, Plugins, nearest};
use outwit_link::{Run, Snapshot, Source, Variant, Vendor};
use serde_json::json;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The version of components that are linked: that of the engine.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(clap::Args)]
pub struct Arguments {
    /// The vendor's folder. It holds `vendor.toml` and the folder `wit`.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Output file, such as acme.wasm.
    #[arg(long, short, value_name = "FILE", required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Make tools instead: each operation is a function of plain parameters, for hosts that make a tool of every function, such
    /// as Wassette.
    #[arg(long)]
    tools: bool,
    /// Run the cases in the folder `cases` against a local server that gives their replies. If a request or an output differs, no
    /// file is written and the exit code is 1.
    #[arg(long)]
    check: bool,
}

/// Makes a component, and gives its path and what came of the cases.
pub async fn build(arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let folder = &arguments.folder;
    if let Some(out) = &arguments.out {
        output::refuse_inside("--out", out, folder)?;
    }
    let (vendor, wit) = read(folder)?;
    let linked = |variant| link(folder, &vendor, &wit, variant);
    // Cases call operations by name, which tools do not have.
    let operations = if arguments.check || !arguments.tools { Some(linked(Variant::Operations)?) } else { None };
    let checked = match &operations {
        Some(component) if arguments.check => Some(check::run(&folder.join("cases"), component).await?),
        _ => None,
    };
    if let Some(checked) = checked.as_ref().filter(|checked| checked.failed() > 0) {
        super::print(&text(None, Some(checked), people))?;
        return Err(Failure::Reported(1));
    }
    if let Some(out) = &arguments.out {
        warn_of_built_in(&vendor.name);
        let tools = if arguments.tools { Some(linked(Variant::Tools)?) } else { None };
        output::write(out, tools.or(operations).unwrap_or_default())?;
    }
    Ok(text(arguments.out.as_deref(), checked.as_ref(), people))
}

fn text(out: Option<&Path>, checked: Option<&Checked>, people: bool) -> String {
    let out = out.map(|out| out.display().to_string());
    match checked {
        None => out.unwrap_or_default() + "\n",
        Some(checked) if people => out.map(|out| out + "\n").unwrap_or_default() + &checked.table(),
        Some(checked) => json!({ "out": out, "cases": checked }).to_string() + "\n",
    }
}

/// The files of a WIT package: their names and texts.
pub type Wit = Vec<(String, String)>;

/// A vendor's folder.
pub fn read(folder: &Path) -> Result<(Vendor, Wit), Failure> {
    let path = folder.join("vendor.toml");
    let vendor = toml::from_str(&read_text(&path)?)
        .map_err(|problem: toml::de::Error| fault(&path, with_nearest(&problem.to_string())))?;
    let path = folder.join("wit");
    let mut wit = Wit::new();
    for entry in std::fs::read_dir(&path).map_err(|problem| unreadable(&path, &problem))? {
        let path = entry.map_err(|problem| unreadable(&path, &problem))?.path();
        if path.extension().is_some_and(|extension| extension == "wit") {
            wit.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), read_text(&path)?));
        }
    }
    if wit.is_empty() {
        return Err(fault(&path, "expected files that end with .wit"));
    }
    // The same files give the same component, in whatever order the system lists them.
    wit.sort();
    Ok((vendor, wit))
}

/// What serde says of a member that there is not, with the nearest of those that it expects.
fn with_nearest(problem: &str) -> String {
    let problem = problem.trim_end();
    let near = problem.split_once("unknown field `").and_then(|(_, rest)| {
        let (unknown, expected) = rest.split_once('`')?;
        nearest(unknown, expected.split('`').skip(1).step_by(2)).first().copied()
    });
    near.map_or_else(|| problem.to_owned(), |near| format!("{problem}; did you mean `{near}`?"))
}

/// Says on standard error that a component has the name of a built-in vendor.
pub fn warn_of_built_in(vendor: &str) {
    if Plugins::embedded().names().any(|name| name == vendor) {
        eprintln!(
            "warning: {vendor} is also a built-in vendor; with --plugins, this component replaces it and gets its accounts. \
             Another name keeps both"
        );
    }
}

/// A vendor's component. `named` is the file or folder that an error is about.
pub fn link(named: &Path, vendor: &Vendor, wit: &Wit, variant: Variant) -> Result<Vec<u8>, Failure> {
    let wit: Vec<(&str, &str)> = wit.iter().map(|(name, text)| (&**name, &**text)).collect();
    let source = Source { vendor, wit: &wit, version: VERSION };
    let linked = outwit_link::link(&source, variant, outwit::ENGINE, &Wasmtime);
    linked.map_err(|error| match error.downcast_ref::<Error>() {
        // It is the host's own, and not about the data.
        Some(_) => error.context(named.display().to_string()).into(),
        None => fault(named, format!("{error:#}")),
    })
}

/// What is wrong with a file or folder that was named.
pub fn fault(path: &Path, problem: impl Display) -> Failure {
    invalid(format!("{}: {}", path.display(), problem.to_string().trim_end()))
}

pub fn invalid(message: String) -> Failure {
    Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).into()
}

/// Runs the engine with the host's wasmtime.
struct Wasmtime;

impl Snapshot for Wasmtime {
    fn run(&self, run: &Run<'_>) -> Result<(Vec<u8>, i32)> {
        Ok(outwit::snapshot(run.engine, run.structure, run.structure_at, run.texts, &CodeCache::User)?)
    }
}
