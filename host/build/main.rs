//! Compiles the vendors' components and embeds them: every folder of `components` that also stands in `wit` is one. Beside
//! them, the parts that `outwit compose` puts together with vendors.
//!
//! For packagers: with `OUTWIT_PREBUILT=DIR` in the environment nothing is compiled here, and `DIR/NAME.wasm` is embedded
//! for each of them instead, and `DIR/NAME-tools.wasm` for each vendor. Without it, the compiler needs the target
//! `wasm32-unknown-unknown`.

mod component;
// The linker's, by its file: what else the linker needs is much to compile before the components are.
#[path = "../../components/kit/link/src/names.rs"]
mod names;

use component::{ENGINE, compile, read};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Components that are no vendors.
const PARTS: [&str; 3] = ["gateway", "join", ENGINE];

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
    let (components, tools) = match env::var_os("OUTWIT_PREBUILT").filter(|folder| !folder.is_empty()) {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            println!("cargo::rerun-if-changed={}", folder.display());
            let tools = vendors.iter().map(|vendor| read(&folder, &format!("{vendor}-tools")));
            (all.iter().map(|name| read(&folder, name)).collect::<Result<_, _>>()?, tools.collect::<Result<_, _>>()?)
        }
        None => {
            let target = target_folder(&root, &out).join("components");
            (compile(&root, &target, &all, false)?, compile(&root, &target, &vendors, true)?)
        }
    };
    let (of_vendors, of_parts) = components.split_at(vendors.len());
    let mut table = embed(&out, "EMBEDDED", ".wasm", &vendors, of_vendors)?;
    table += &embed(&out, "PARTS", ".wasm", &parts, of_parts)?;
    table += &embed(&out, "TOOLS", "-tools.wasm", &vendors, &tools)?;
    let to = out.join("embedded.rs");
    fs::write(&to, table).map_err(|problem| format!("{}: {problem}", to.display()))
}

/// Writes components to where they are embedded from; gives their table.
fn embed(out: &Path, table: &str, ending: &str, names: &[String], components: &[Vec<u8>]) -> Result<String, String> {
    let mut rows = format!("pub(crate) static {table}: &[(&str, &[u8])] = &[\n");
    for (name, component) in names.iter().zip(components) {
        let to = out.join(format!("{name}{ending}"));
        fs::write(&to, component).map_err(|problem| format!("{}: {problem}", to.display()))?;
        rows.push_str(&format!("    ({name:?}, include_bytes!({to:?})),\n"));
    }
    Ok(rows + "];\n")
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
