//! Finds the vendors: every `src/vendors/NAME.rs` becomes a module and a row of the table from names to functions, so that
//! adding a vendor touches no shared file. What the vendors' documents say is embedded in the same way.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=src/vendors");
    let folder = root.join("src/vendors");
    fs::write(out.join("vendors.rs"), generate(&folder, &names(&folder)?))?;
    fs::write(out.join("facts.rs"), facts(&root.join("../../components"))?)
}

/// The table of what the vendors' documents say: `components/VENDOR/facts/NAME.json`.
fn facts(components: &Path) -> io::Result<String> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(components)? {
        let vendor = entry?.path();
        let folder = vendor.join("facts");
        // A path that is not there would have this run each time.
        if !folder.is_dir() {
            continue;
        }
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            let (Some(vendor), Some(name)) = (vendor.file_name(), file.file_stem()) else { continue };
            println!("cargo::rerun-if-changed={}", file.display());
            let file = fs::canonicalize(&file)?;
            rows.push(format!("    ({vendor:?}, {name:?}, include_str!({file:?})),\n"));
        }
    }
    rows.sort();
    Ok(format!("const FACTS: &[(&str, &str, &str)] = &[\n{}];\n", rows.concat()))
}

/// The stems of the Rust files in `folder`, sorted, since a folder is read in no particular order.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The path stands on the outer module, because a file that is named by a path of its own would look for its submodules
/// beside itself instead of in the folder of its name.
fn generate(folder: &Path, names: &[String]) -> String {
    let modules: String = names.iter().map(|name| format!("    pub mod {name};\n")).collect();
    let strings: String = names.iter().map(|name| format!("{name:?}, ")).collect();
    let rows: String = names.iter().map(|name| format!("    ({name:?}, vendors::{name}::vendor),\n")).collect();
    format!(
        "#[path = {folder:?}]\nmod vendors {{\n{modules}}}\n\
         const NAMES: &[&str] = &[{strings}];\n\
         const VENDORS: &[Row] = &[\n{rows}];\n"
    )
}
