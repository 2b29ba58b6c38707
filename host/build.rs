//! Compiles the vendors' components and embeds them: every folder of `components` that also stands in `wit` is one. Beside
//! them, the parts that `outwit compose` puts together with vendors.
//!
//! For packagers: with `OUTWIT_PREBUILT=DIR` in the environment nothing is compiled here, and `DIR/NAME.wasm` is embedded
//! for each of them instead. Without it, the compiler needs the target `wasm32-unknown-unknown`.

#[path = "build/component.rs"]
mod component;

use component::{compile, without_names};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Components that are no vendors.
const PARTS: [&str; 2] = ["gateway", "join"];

fn main() {
    if let Err(problem) = run() {
        // Cargo shows this as the error of the build, without a backtrace.
        println!("cargo::error={}", problem.replace('\n', " "));
    }
}

fn run() -> Result<(), String> {
    let root = variable("CARGO_MANIFEST_DIR")?.join("..");
    let out = variable("OUT_DIR")?;
    for watched in ["components", "wit", "Cargo.toml", ".cargo/config.toml"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }
    println!("cargo::rerun-if-env-changed=OUTWIT_PREBUILT");
    let vendors = vendors(&root)?;
    let parts = PARTS.map(str::to_owned);
    let all = [&vendors[..], &parts].concat();
    let folder = match env::var_os("OUTWIT_PREBUILT").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => compile(&root, &target_folder(&root, &out).join("components"), &all, false)?,
    };
    let table = format!(
        "pub(crate) static EMBEDDED: &[(&str, &[u8])] = &[\n{}];\npub(crate) static PARTS: &[(&str, &[u8])] = &[\n{}];\n",
        embedded(&folder, &out, &vendors)?,
        embedded(&folder, &out, &parts)?,
    );
    let to = out.join("embedded.rs");
    fs::write(&to, table).map_err(|problem| format!("{}: {problem}", to.display()))
}

/// Copies components to where they are embedded from; gives the rows of their table.
fn embedded(folder: &Path, out: &Path, names: &[String]) -> Result<String, String> {
    let mut rows = String::new();
    for name in names {
        let from = folder.join(format!("{name}.wasm"));
        println!("cargo::rerun-if-changed={}", from.display());
        let component = fs::read(&from).map_err(|problem| format!("{}: {problem}", from.display()))?;
        let stripped = without_names(&component).ok_or_else(|| format!("{}: not a component", from.display()))?;
        let to = out.join(format!("{name}.wasm"));
        fs::write(&to, stripped).map_err(|problem| format!("{}: {problem}", to.display()))?;
        rows.push_str(&format!("    ({name:?}, include_bytes!({to:?})),\n"));
    }
    Ok(rows)
}

fn variable(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo did not set {name}"))
}

fn vendors(root: &Path) -> Result<Vec<String>, String> {
    let components = root.join("components");
    let entries = fs::read_dir(&components).map_err(|problem| format!("{}: {problem}", components.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "plugin" && components.join(name).is_dir() && root.join("wit").join(name).is_dir())
        .collect();
    names.sort();
    Ok(names)
}

/// Cargo marks its target folder with a file; the workspace's is the one that holds this script's output.
fn target_folder(root: &Path, out: &Path) -> PathBuf {
    let marked = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(|| root.join("target"), Path::to_owned)
}
