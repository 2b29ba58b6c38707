//! How the host's build script compiles components.

use crate::names;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-unknown-unknown";
/// The feature with which a vendor's component exports tools of plain parameters, and the variable that names the folder
/// for their documentation; see `kit-build`.
const TOOLS: &str = "tools";
const TOOLS_DOCS: &str = "OUTWIT_TOOLS_DOCS";

/// Compiles components, or the tools of vendors, with a cargo of its own, in a target folder that no other cargo uses: an
/// outer one holds the lock of its own. Returns their files' contents, in the order of the names.
pub fn compile(root: &Path, target: &Path, components: &[String], tools: bool) -> Result<Vec<Vec<u8>>, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = Command::new(&rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    let installed = printed.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    });
    if !installed {
        return Err(format!("the compiler lacks the target {TARGET}; install it with: rustup target add {TARGET}"));
    }
    components.iter().map(|component| compile_one(root, target, component, tools)).collect()
}

/// The kit without a vendor: a core module, which `outwit-link` makes components of.
pub const ENGINE: &str = "engine";

/// Compiles one component. Its crate is an ordinary library, so that others can depend on it; for this call alone it is a
/// `cdylib`. (A crate that is always both is not optimised at link time.)
fn compile_one(root: &Path, target: &Path, component: &str, tools: bool) -> Result<Vec<u8>, String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_outer_build(name)) {
        cargo.env_remove(name);
    }
    cargo.current_dir(root).args(["rustc", "-p", &package(root, component)?, "--crate-type", "cdylib"]);
    cargo.args(["--profile", "component", "--target", TARGET, "--target-dir"]).arg(target);
    let docs = target.join("docs");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(root)).env(TOOLS_DOCS, &docs);
    if tools {
        cargo.args(["--features", TOOLS]);
    }
    if component == ENGINE {
        cargo.args(["--", "-Clink-arg=--skip-wit-component", "-Clink-arg=--export=__stack_pointer"]);
    }
    // What the inner cargo says goes to stderr, which the outer one shows when this fails.
    let status = cargo.status().map_err(|problem| format!("cargo cannot be started: {problem}"))?;
    if !status.success() {
        return Err(format!("compiling the component failed: {cargo:?}"));
    }
    let mut file = read(&target.join(TARGET).join("component"), component)?;
    if tools {
        let path = docs.join(component);
        let docs = fs::read(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
        append(&mut file, "package-docs", &docs);
    }
    Ok(file)
}

/// A component from a folder, with short names inside.
pub fn read(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let path = folder.join(format!("{name}.wasm"));
    let component = fs::read(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
    if name == ENGINE {
        return Ok(component);
    }
    names::shorten(&component).map_err(|problem| format!("{}: {problem}", path.display()))
}

/// Appends a custom section.
fn append(component: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut section = leb128_of(name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(content);
    component.push(0);
    component.extend(leb128_of(section.len()));
    component.extend(section);
}

/// A number as unsigned LEB128.
fn leb128_of(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Addresses in the code take five bytes each unless they are compressed, which is 6 % of a component. And paths of source
/// files are part of messages that no caller sees: without this machine's folders they are shorter, and the components are
/// the same wherever they are built.
fn flags(root: &Path) -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    // The linker would add an adapter that nothing uses, and with it imports of WASI 0.2.6 instead of 0.2.4.
    let mut flags = vec!["-Clink-arg=--compress-relocations".to_owned(), "-Clink-arg=--wasi-adapter=none".to_owned()];
    flags.push(format!("--remap-path-prefix={}=", root.display()));
    // The registry's folder is named after its address.
    let registries = home.and_then(|home| home.join("registry/src").read_dir().ok()).into_iter().flatten().flatten();
    flags.extend(registries.map(|registry| format!("--remap-path-prefix={}=", registry.path().display())));
    flags.join("\x1f")
}

/// What the outer cargo sets for this script and for host code would change the components; where cargo finds things on
/// this machine stays.
fn is_of_outer_build(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let allowed = ["CARGO_HOME", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR"];
    let own = ["OUT_DIR", "TARGET", "HOST", "PROFILE", "OPT_LEVEL", "DEBUG", "NUM_JOBS"];
    let set = name.starts_with("CARGO") || name.starts_with("RUSTC") || name.starts_with("RUSTFLAGS");
    (set || name.starts_with("RUSTDOC") || own.contains(&&*name))
        && !allowed.iter().any(|prefix| name.starts_with(prefix))
}

/// The name of the package in a component's folder.
fn package(root: &Path, component: &str) -> Result<String, String> {
    let manifest = root.join("components").join(component).join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|problem| format!("{}: {problem}", manifest.display()))?;
    let name = text.lines().find_map(|line| line.strip_prefix("name")?.trim().strip_prefix('='));
    name.map(|name| name.trim().trim_matches('"').to_owned())
        .ok_or_else(|| format!("{}: no package name", manifest.display()))
}
