//! Finds the vendors: every `src/vendors/NAME.rs` becomes a module and a row of the table from names to functions, so that
//! adding a vendor touches no shared file.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=src/vendors");
    let folder = root.join("src/vendors");
    fs::write(out.join("vendors.rs"), generate(&folder, &names(&folder)?))
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
