//! Imports all documents of folders, holds what comes out against the build of components, and counts.
//!
//! `cargo run --release -p outwit-import --example corpus -- FOLDER… [--write FOLDER] [--list]`

use outwit_import::{Imported, Kind, Options, Problem, import};
use outwit_link::Source;
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Two files at once, as much as the machine has cores.
const WORKERS: usize = 2;
const STACK: usize = 64 << 20;

#[derive(Default)]
struct Total {
    documents: usize,
    refused: BTreeMap<String, usize>,
    failed: Vec<String>,
    operations: usize,
    imported: usize,
    without_credential: usize,
    whole: usize,
    nine_tenths: usize,
    left_out: BTreeMap<Kind, usize>,
    whole_but_for: BTreeMap<Kind, usize>,
    counts: BTreeMap<Kind, usize>,
    json: BTreeMap<String, usize>,
    fields: usize,
    types: usize,
    cases: usize,
    slowest: (Duration, String),
    import: Duration,
    check: Duration,
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let list = args.iter().position(|arg| arg == "--list").map(|at| args.remove(at)).is_some();
    let write = args.iter().position(|arg| arg == "--write").map(|at| args.drain(at..at + 2).next_back().unwrap());
    let mut files = Vec::new();
    args.iter().for_each(|arg| collect(Path::new(arg), &mut files));
    files.sort();
    std::panic::set_hook(Box::new(|_| {}));
    let (next, total, started) = (AtomicUsize::new(0), Mutex::new(Total::default()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            let work = || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one(file, &total, write.as_deref(), list);
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).unwrap();
        }
    });
    print(&total.into_inner().unwrap(), started.elapsed());
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if let Ok(entries) = path.read_dir() {
        entries.flatten().for_each(|entry| collect(&entry.path(), files));
    } else if path.extension().is_some_and(|extension| ["json", "yaml", "yml"].iter().any(|known| extension == *known))
    {
        files.push(path.to_owned());
    }
}

fn one(file: &Path, total: &Mutex<Total>, write: Option<&str>, list: bool) {
    let bytes = std::fs::read(file).unwrap_or_default();
    let begun = Instant::now();
    let result = catch_unwind(|| import(&bytes, &Options::default()));
    let took = begun.elapsed();
    let begun = Instant::now();
    let checked = match &result {
        Ok(Ok(imported)) => catch_unwind(|| check(imported)).unwrap_or_else(|_| Err("the check panics".to_owned())),
        _ => Ok(()),
    };
    let mut total = total.lock().unwrap();
    total.import += took;
    total.check += begun.elapsed();
    if took > total.slowest.0 {
        total.slowest = (took, file.display().to_string());
    }
    if let Err(problem) = checked {
        total.failed.push(format!("{}: {problem}", file.display()));
    }
    match result {
        Err(_) => total.failed.push(format!("{}: the importer panics", file.display())),
        Ok(Err(problem)) => {
            if list {
                println!("{}: {problem}", file.display());
            }
            *total.refused.entry(word(&problem)).or_default() += 1;
        }
        Ok(Ok(imported)) => {
            if list {
                let report = &imported.report;
                println!("{}: {}/{} {:?}", file.display(), report.imported, report.operations, report.left_out);
            }
            if let Some(folder) = write {
                store(&imported, &Path::new(folder).join(file.display().to_string().replace('/', "__")));
            }
            add(&mut total, &imported);
        }
    }
}

fn add(total: &mut Total, imported: &Imported) {
    let report = &imported.report;
    total.documents += 1;
    total.operations += report.operations;
    total.imported += report.imported;
    total.without_credential += report.without_credential;
    total.whole += usize::from(report.imported == report.operations);
    total.nine_tenths += usize::from(report.imported * 10 > report.operations * 9);
    total.types += report.types;
    total.fields += report.fields;
    total.cases += imported.cases.values().map(|text| text.matches("\"source\"").count()).sum::<usize>();
    for (kind, count) in &report.left_out {
        *total.left_out.entry(*kind).or_default() += count;
        if report.left_out.len() == 1 {
            *total.whole_but_for.entry(*kind).or_default() += 1;
        }
    }
    report.counts.iter().for_each(|(kind, count)| *total.counts.entry(*kind).or_default() += count);
    report.json.iter().for_each(|(why, count)| *total.json.entry(why.clone()).or_default() += count);
}

/// Whether components can be built of it.
fn check(imported: &Imported) -> Result<(), String> {
    let sources: Vec<(&str, &str)> = imported.wit.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    if !imported.vendor.operations.is_empty() {
        let source = Source { vendor: &imported.vendor, wit: &sources, version: "0.1.0" };
        outwit_link::check(&source).map_err(|error| format!("{error:#}"))?;
    }
    let text = toml::to_string(&imported.vendor).map_err(|error| error.to_string())?;
    let read: outwit_link::Vendor = toml::from_str(&text).map_err(|error| error.to_string())?;
    if read != imported.vendor {
        return Err("vendor.toml reads otherwise than it was written".to_owned());
    }
    Ok(())
}

fn store(imported: &Imported, folder: &Path) {
    for (part, files) in [("wit", &imported.wit), ("cases", &imported.cases)] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.join(part).join(name), text).unwrap());
    }
    std::fs::write(folder.join("vendor.toml"), toml::to_string(&imported.vendor).unwrap()).unwrap();
    std::fs::write(folder.join("report.md"), imported.report.to_markdown()).unwrap();
    std::fs::write(folder.join("report.json"), serde_json::to_string_pretty(&imported.report).unwrap()).unwrap();
}

fn word(problem: &Problem) -> String {
    match problem {
        Problem::NotADocument { found } if found.contains("404") => "not a document: 404".to_owned(),
        Problem::NotADocument { found } if found.starts_with("an object") => "not a document: an object".to_owned(),
        Problem::NotADocument { found } => format!("not a document: {found}"),
        other => format!("{other:?}").split([' ', '{', '(']).next().unwrap_or_default().to_owned(),
    }
}

fn percent(part: usize, all: usize) -> String {
    format!("{part} of {all} ({:.1} %)", 100.0 * part as f64 / all.max(1) as f64)
}

fn print(total: &Total, took: Duration) {
    println!("documents read: {}", total.documents);
    println!("refused: {:?}", total.refused);
    println!("failed: {}", total.failed.len());
    total.failed.iter().take(40).for_each(|line| println!("  {line}"));
    println!("operations imported: {}", percent(total.imported, total.operations));
    println!("  of these without a credential that the document leaves undefined: {}", total.without_credential);
    println!("documents with every operation: {}", percent(total.whole, total.documents));
    println!("documents with more than nine tenths: {}", percent(total.nine_tenths, total.documents));
    println!("left out: {:?}", total.left_out);
    println!("documents whole but for one reason: {:?}", total.whole_but_for);
    println!("lines: {:?}", total.counts);
    println!("json: {:#?}", total.json);
    println!("types: {}, fields: {}, cases: {}", total.types, total.fields, total.cases);
    println!("time: {took:?}; import {:?}, check {:?}; slowest {:?}", total.import, total.check, total.slowest);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
