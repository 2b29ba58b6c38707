//! `outwit import`

use super::build::{self, Wit};
use super::failure::{Failure, unreadable, usage};
use super::output;
use super::vendor_folder::{self, Files};
use anyhow::{Context, anyhow};
use outwit_import::{Imported, Kind, Options};
use outwit_link::Variant;
use outwit_link::oauth::address_problem;
use outwit_link::vendor::{Auth, Grant, OAuth};
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More than the importer reads.
const MOST_BYTES: u64 = 64 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// The OpenAPI document: 3.0, 3.1 or Swagger 2.0, as JSON or YAML. `-` reads standard input.
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,
    /// Output: a folder to review and edit, which `outwit build` makes a component of, or a file that ends with .wasm.
    #[arg(long, short, value_name = "FOLDER|FILE.wasm")]
    out: PathBuf,
    /// The vendor's name, with which the ids of its operations begin [default: by the document's host or title]
    #[arg(long)]
    name: Option<String>,
    /// What requests start with, where the document does not say it or is wrong: scheme, host and maybe a path.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// How requests prove who sends them, where the document does not say it or is wrong: none, bearer, basic, header:NAME,
    /// query:NAME, cookie:NAME, oauth:TOKEN_URL (client credentials) or oauth:TOKEN_URL,AUTHORIZE_URL (a user's consent).
    #[arg(long, value_name = "KIND")]
    auth: Option<String>,
    /// Import only operations whose id, tag or path matches; `*` stands for any text. Repeat it for more.
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// Make tools: see `outwit build --tools`. Only with a file.
    #[arg(long)]
    tools: bool,
    /// Also write the report to this file: JSON if its name ends with .json, else Markdown. A folder has it as report.md.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Imports a document; gives what became of it.
pub fn import(arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let is_file = arguments.out.extension().is_some_and(|extension| extension == "wasm");
    if arguments.tools && !is_file {
        return Err(usage("--tools needs an output file that ends with .wasm".to_owned()));
    }
    let document = read(&arguments.document)?;
    let mut options = Options {
        name: arguments.name.clone(),
        base: arguments.base.clone(),
        only: arguments.only.clone(),
        built_in: outwit::Plugins::embedded().names().map(str::to_owned).collect(),
        ..Options::default()
    };
    output::refuse_same("--out", &arguments.out, &arguments.document)?;
    for other in [&arguments.document, &arguments.out] {
        arguments.report.as_ref().map_or(Ok(()), |report| output::refuse_same("--report", report, other))?;
    }
    let mut imported = imported(&document, &options, arguments)?;
    if let Some(kind) = &arguments.auth {
        // The settings are called like the vendor, whose name may come from the document.
        options.auth = Some(auth(kind, &imported.vendor.name)?);
        imported = self::imported(&document, &options, arguments)?;
    }
    if imported.vendor.operations.is_empty() {
        let message = "no operation of the document can be imported; the report tells why";
        write_report(arguments, &imported)?;
        return Err(build::fault(&arguments.document, message));
    }
    write_report(arguments, &imported)?;
    build::warn_of_built_in(&imported.vendor.name);
    let mut conflicts = Vec::new();
    let mut edited = Vec::new();
    if is_file {
        let wit: Wit = imported.wit.clone().into_iter().collect();
        let variant = if arguments.tools { Variant::Tools } else { Variant::Operations };
        output::write(&arguments.out, build::link(&arguments.document, &imported.vendor, &wit, variant)?)?;
    } else {
        let merged = vendor_folder::write(&arguments.out, &files(&imported)?)?;
        (conflicts, edited) = (merged.conflicts, merged.edited);
    }
    let printed = if people {
        summary(arguments, &imported, is_file, &edited)
    } else {
        let report = &imported.report;
        let line = json!({
            "out": arguments.out.display().to_string(), "vendor": imported.vendor.name, "operations": report.operations,
            "imported": report.imported, "left-out": report.left_out, "counts": report.counts,
            "replaces-built-in": report.counts.contains_key(&Kind::Replaces), "edited": edited, "conflicts": conflicts,
        });
        format!("{line}\n")
    };
    match conflicts.as_slice() {
        [] => Ok(printed),
        conflicts => Err(anyhow!(
            "{}: you and the document have both changed {}; your version is unchanged, and a new file stands beside it as .new",
            arguments.out.display(),
            conflicts.join(", ")
        )
        .into()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut document = Vec::new();
    let read = match path.to_str() {
        Some("-") => std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut document),
        _ => std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut document)),
    };
    read.map(|_| document).map_err(|problem| unreadable(path, &problem))
}

fn imported(document: &[u8], options: &Options, arguments: &Arguments) -> Result<Imported, Failure> {
    outwit_import::import(document, options).map_err(|problem| build::fault(&arguments.document, problem))
}

fn auth(kind: &str, vendor: &str) -> Result<Auth, Failure> {
    let setting = |what: &str| format!("{}_{what}", vendor.to_ascii_uppercase().replace('-', "_"));
    let key = setting("API_KEY");
    Ok(match kind.split_once(':') {
        None if kind == "none" => Auth::None,
        None if kind == "bearer" => Auth::Bearer { token: setting("TOKEN") },
        None if kind == "basic" => Auth::Basic { user: setting("USER"), password: setting("PASSWORD") },
        Some(("header", name)) if !name.is_empty() => Auth::Header { header: name.to_ascii_lowercase(), key },
        Some(("query", name)) if !name.is_empty() => Auth::Query { parameter: name.to_owned(), key },
        Some(("cookie", name)) if !name.is_empty() => Auth::Cookie { cookie: name.to_owned(), key },
        Some(("oauth", urls)) => {
            Auth::OAuth(Box::new(oauth(urls).map_err(|problem| usage(format!("--auth {kind}: {problem}")))?))
        }
        _ => {
            let expected =
                "expected none, bearer, basic, header:NAME, query:NAME, cookie:NAME or oauth:TOKEN_URL[,AUTHORIZE_URL]";
            return Err(usage(format!("--auth {kind}: {expected}")));
        }
    })
}

/// The facts of `oauth:TOKEN_URL[,AUTHORIZE_URL]`. The importer names the settings.
fn oauth(urls: &str) -> Result<OAuth, String> {
    let (token_url, authorize_url) =
        urls.split_once(',').map_or((urls, None), |(token, consent)| (token, Some(consent)));
    for (name, url) in [("TOKEN_URL", Some(token_url)), ("AUTHORIZE_URL", authorize_url)] {
        if let Some(problem) = url.and_then(|url| address_problem(url, name == "AUTHORIZE_URL")) {
            return Err(format!("{name}: {problem}"));
        }
    }
    let grant = authorize_url.map_or(Grant::ClientCredentials, |_| Grant::AuthorizationCode);
    let (token_url, authorize_url) = (token_url.to_owned(), authorize_url.map(str::to_owned));
    Ok(OAuth { grant, token_url, authorize_url, ..OAuth::default() })
}

fn write_report(arguments: &Arguments, imported: &Imported) -> Result<(), Failure> {
    let Some(path) = &arguments.report else { return Ok(()) };
    let text = if path.extension().is_some_and(|extension| extension == "json") {
        serde_json::to_string_pretty(&imported.report).context("the report")?
    } else {
        imported.report.to_markdown()
    };
    output::write(path, text)
}

/// The files of a vendor's folder.
fn files(imported: &Imported) -> Result<Files, Failure> {
    let mut files = Files::new();
    files.insert("vendor.toml".to_owned(), toml::to_string_pretty(&imported.vendor).context("vendor.toml")?);
    files.insert("report.md".to_owned(), imported.report.to_markdown());
    for (folder, content) in [("wit", &imported.wit), ("cases", &imported.cases)] {
        files.extend(content.iter().map(|(name, text)| (format!("{folder}/{name}"), text.clone())));
    }
    Ok(files)
}

/// A line for each thing to know.
fn summary(arguments: &Arguments, imported: &Imported, is_file: bool, edited: &[String]) -> String {
    let report = &imported.report;
    let mut lines = vec![
        arguments.out.display().to_string(),
        format!("{}: {} of {} operations", imported.vendor.name, report.imported, report.operations),
    ];
    let left_out: Vec<String> =
        report.left_out.iter().map(|(kind, count)| format!("{count} ({})", kind.title())).collect();
    if !left_out.is_empty() {
        lines.push(format!("left out: {}", left_out.join(", ")));
    }
    for setting in imported.vendor.settings.iter().filter(|setting| setting.required) {
        lines.push(format!("setting {}: {}", setting.name, setting.description));
    }
    if !edited.is_empty() {
        lines.push(format!("your changes stay: {}", edited.join(", ")));
    }
    let doubtful = report.counts.get(&Kind::Doubtful).copied().unwrap_or_default();
    if doubtful > 0 {
        let place = match (&arguments.report, is_file) {
            (Some(path), _) => path.display().to_string(),
            (None, true) => "the report (--report FILE)".to_owned(),
            (None, false) => arguments.out.join("report.md").display().to_string(),
        };
        lines.push(format!("{doubtful} things look wrong in the document: see {place}"));
    }
    lines.join("\n") + "\n"
}
