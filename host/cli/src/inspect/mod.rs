//! `outwit inspect`

mod picture;
mod text;

use super::Global;
use super::failure::{Failure, read_file, unreadable};
use super::output;
use super::print;
use super::setup;
use super::terminal;
use outwit::inspect::{Companion, ComponentKind, Inspection};
use outwit::{Error, visible};
use serde_json::Value;
use std::io::{Error as IoError, ErrorKind as IoErrorKind};
use std::path::{Path, PathBuf};

/// The largest file that is read.
const LARGEST: u64 = 256 << 20;

/// What to inspect.
#[derive(clap::Args)]
pub struct Arguments {
    /// A component: a vendor's, an imported or composed one, or any other. Only the catalogue of Outwit's components is read by
    /// running them, in the sandbox and without settings.
    file: PathBuf,
    /// Write a picture to FILE, too: what comes in, what may go out, and what is withheld.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub async fn inspect(global: &Global, arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let file = &arguments.file;
    if let Some(svg) = &arguments.svg {
        output::refuse_same("--svg", svg, file)?;
    }
    let content = read(file)?;
    let name = file.display().to_string();
    let of_file = |error: Error| Error { message: format!("{name}: {}", error.message), ..error };
    let found = Inspection::of(setup::options(global), &content).await.map_err(of_file)?;
    let companions = Companion::of(file, &content);
    if let Some(svg) = &arguments.svg {
        output::write(svg, picture::picture(&found))?;
    }
    let shown = if people {
        text::text(&name, &found, &companions, terminal::width())
    } else {
        json(&name, &found, content.len(), &companions)?
    };
    match found.unread {
        None => Ok(shown),
        // What was found is shown; that there is no catalogue in a component of Outwit is a failure all the same.
        Some(problem) => {
            print(&shown)?;
            Err(of_file(problem).into())
        }
    }
}

fn json(name: &str, found: &Inspection, size: usize, companions: &[Companion]) -> Result<String, Failure> {
    let mut json = serde_json::to_value(found).map_err(anyhow::Error::from)?;
    json["file"] = name.into();
    json["size"] = size.into();
    json["companions"] = serde_json::to_value(companions).map_err(anyhow::Error::from)?;
    Ok(visible(&Value::to_string(&json)).into_owned() + "\n")
}

/// The content of a file that is one, and not too large.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let about = std::fs::metadata(file).map_err(|problem| unreadable(file, &problem))?;
    let refused = |what: String| unreadable(file, &IoError::new(IoErrorKind::InvalidInput, what));
    if !about.is_file() {
        return Err(refused("this is no file; expected a WebAssembly component".to_owned()));
    }
    if about.len() > LARGEST {
        return Err(refused(format!("it has {} bytes; expected at most {LARGEST}", about.len())));
    }
    read_file(file)
}

/// A kind of component in words.
fn kind(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Vendor => "vendor component",
        ComponentKind::Imported => "imported vendor component",
        ComponentKind::Tools => "tools: operations as functions",
        ComponentKind::Composed => "composed file: a gateway and vendors",
        ComponentKind::Foreign => "foreign component",
    }
}

/// What the component is called, with its version.
fn title(found: &Inspection) -> String {
    let structure = &found.structure;
    match found.vendors.as_slice() {
        [] => {
            let of_tools = structure.exports.first().filter(|_| found.kind == ComponentKind::Tools);
            let of_tools = of_tools.and_then(|first| Some(format!("{}-tools", first.name.split_once('-')?.0)));
            let name = structure.name.clone().filter(|name| !name.is_empty()).or(of_tools);
            let name = name.unwrap_or_else(|| "component without a name".to_owned());
            let version =
                structure.annotations.get("version").map_or_else(String::new, |version| format!(" {version}"));
            format!("{name}{version}")
        }
        vendors => {
            let name = |vendor: &outwit::inspect::VendorAccess| format!("{} {}", vendor.vendor, vendor.version);
            vendors.iter().map(name).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A count with its noun.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The names of the settings that stay with the host.
fn secrets(found: &Inspection) -> Vec<&str> {
    let settings = found.vendors.iter().flat_map(|vendor| &vendor.settings);
    settings.filter(|setting| setting.secret).map(|setting| &*setting.name).collect()
}

/// What a component does not import.
fn not_imported(found: &Inspection) -> Vec<&'static str> {
    found.reach.iter().filter(|reach| !reach.imported).map(|reach| reach.name).collect()
}
