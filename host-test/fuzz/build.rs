//! Copies what is fuzzed into one crate, where it can be called natively: the kit without WASI, the vendors on top of it, the
//! gateway, and those files of the host that need no engine.
//!
//! The crates themselves cannot be used. A vendor is a `cdylib`, which cannot be depended on, and made an `rlib` beside it
//! would no longer be optimised as a whole; the kit's `http.rs` speaks WASI; the host brings wasmtime, ten minutes of
//! compiling for what takes one. And in one crate, coverage is measured of our code alone. What is private to a module there is
//! public here, so that the smallest part can be a target.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What of the host needs no engine, and no network.
const HOST: [&str; 15] = [
    "src/origin.rs",
    "src/catalogue.rs",
    "src/config.rs",
    "src/decode.rs",
    "src/error.rs",
    "src/input_limits.rs",
    "src/options.rs",
    "src/method_override.rs",
    "src/redact.rs",
    "src/secret_source.rs",
    "src/route.rs",
    "src/rules.rs",
    "src/secret.rs",
    "src/settings.rs",
    "server/src/mcp/cut.rs",
];

/// What stands in the place of the host's crate: its modules, and what they need of those that are left out.
const HOST_ROOT: &str = "
pub use catalogue::{Catalogue, Effect, Operation};
pub use config::Config;
pub use error::{Advice, Error, ErrorKind};
pub use rules::Rules;
pub use settings::Settings;
pub mod bindings { pub mod outwit { pub mod plugin { pub use crate::tested::kit::types; } } }
pub mod client {
    pub type Body = http_body_util::combinators::UnsyncBoxBody<bytes::Bytes, HttpError>;
    #[derive(Debug)]
    pub enum HttpError { HttpRequestBodySize(Option<u64>), HttpRequestDenied }
    impl std::fmt::Display for HttpError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"{self:?}\") }
    }
    impl std::error::Error for HttpError {}
    pub trait Transport {}
}
pub mod proxy {
    #[derive(Clone)]
    pub struct Proxies;
}
pub mod public_addr {
    #[derive(Clone, Copy, Debug)]
    pub struct PublicOnly;
    pub trait Resolver {}
}
pub mod wasi { pub trait Clock {} }
";

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rustc-check-cfg=cfg(counted)");
    for watched in
        ["build.rs", "../../components", "../../host/src", "../../host/server/src", "../../wit", "../tests/properties"]
    {
        println!("cargo::rerun-if-changed={watched}");
    }
    let mut tested = String::new();
    let mut add = |name: &str| tested += &format!("#[path = {:?}]\npub mod {name};\n", out.join(name).join("mod.rs"));
    kit(&root, &out)?;
    let vendors = vendors(&root)?;
    for vendor in &vendors {
        self::vendor(&root, &out, vendor)?;
        add(vendor);
    }
    gateway(&root, &out)?;
    host(&root, &out)?;
    properties(&root, &out)?;
    ["kit", "gateway", "host", "properties"].into_iter().for_each(add);
    let components: String = vendors.iter().map(|name| format!("&{name}::COMPONENT, ")).collect();
    tested += &format!("pub static VENDORS: &[&kit::Component] = &[{components}];\n");
    Ok(fs::write(out.join("tested.rs"), tested)?)
}

/// Every folder that stands in both `wit` and `components`.
fn vendors(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in root.join("wit").read_dir()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if root.join("components").join(&name).is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn kit(root: &Path, out: &Path) -> Result<()> {
    let wit = root.join("wit/plugin");
    let changes = [
        ("mod raw;\n", ""),
        ("pub use wire;\n", "pub mod wire;\n"),
        ("\"../../wit/plugin\"", &format!("{wit:?}")),
        ("mod operations;", "mod operations;\npub(crate) use operations::operations;"),
        ("mod object;", "mod object;\npub(crate) use object::json;"),
        ("#[macro_export]\n", ""),
        ("include!(concat!(env!(\"OUT_DIR\"), \"/component.rs\"));", "include!(\"component.rs\");"),
    ];
    copy(&root.join("components/kit/src"), out, "kit", &changes)?;
    let of_wire = [("use crate::", "use crate::tested::kit::wire::")];
    copy(&root.join("components/kit/wire/src"), &out.join("kit"), "wire", &of_wire)?;
    // Macros are visible from where they stand on, unless they are named.
    append(&out.join("kit/operations.rs"), "pub(crate) use operations;\n")?;
    append(&out.join("kit/object.rs"), "pub(crate) use json;\n")?;
    Ok(fs::write(out.join("kit/http.rs"), "pub use crate::world::*;\n")?)
}

fn vendor(root: &Path, out: &Path, name: &str) -> Result<()> {
    copy(&root.join("components").join(name).join("src"), out, name, &[])?;
    let folder = out.join(name);
    // What cargo tells the vendor's own build script. Nothing else runs here that could read it.
    unsafe {
        env::set_var("CARGO_PKG_NAME", name);
        env::set_var("CARGO_MANIFEST_DIR", root.join("components").join(name));
        env::set_var("OUT_DIR", &folder);
    }
    kit_build::component();
    let made = folder.join("component.rs");
    let changes = [("env!(\"OUT_DIR\")", &*format!("{folder:?}"))];
    let source = placed(&fs::read_to_string(&made)?, name, &changes);
    Ok(fs::write(made, source)?)
}

fn gateway(root: &Path, out: &Path) -> Result<()> {
    let changes = [
        ("#[cfg(target_arch = \"wasm32\")]\nmod edge;\n", "#[path = \"../join/text.rs\"]\nmod text;\n"),
        ("\"../../wit/plugin\"", &*format!("{:?}", root.join("wit/plugin"))),
    ];
    copy(&root.join("components/gateway/src"), out, "gateway", &changes)?;
    copy(&root.join("components/join/src"), out, "join", &[])
}

fn host(root: &Path, out: &Path) -> Result<()> {
    let changes = [
        ("use wasmtime_wasi_http::Error as HttpError;", "use crate::client::HttpError;"),
        ("use wasmtime::MemoryCreator;", "pub trait MemoryCreator {}"),
    ];
    let mut modules = HOST_ROOT.to_owned();
    for file in HOST {
        let from = root.join("host").join(file);
        let source = fs::read_to_string(&from).with_context(|| from.display().to_string())?;
        let file = file.rsplit('/').next().unwrap_or(file);
        write(&out.join("host").join(file), &placed(&source, "host", &changes))?;
        modules += &format!("pub mod {};\n", file.trim_end_matches(".rs"));
    }
    write(&out.join("host/mod.rs"), &modules)
}

/// What the tests of properties hold statements and schemas against.
fn properties(root: &Path, out: &Path) -> Result<()> {
    for file in ["schema.rs", "statement.rs"] {
        let source = fs::read_to_string(root.join("host-test/tests/properties").join(file))?;
        let changes = [("outwit::", "crate::tested::host::")];
        write(&out.join("properties").join(file), &placed(&source, "properties", &changes))?;
    }
    write(&out.join("properties/mod.rs"), "pub mod schema;\npub mod statement;\n")
}

/// Copies a crate's sources to where they are a module of this one.
fn copy(from: &Path, out: &Path, name: &str, changes: &[(&str, &str)]) -> Result<()> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in from.join(&folder).read_dir().with_context(|| from.display().to_string())? {
            let entry = entry?;
            let file = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(file);
                continue;
            }
            let to = if file == Path::new("lib.rs") { PathBuf::from("mod.rs") } else { file.clone() };
            let source = fs::read_to_string(from.join(&file))?;
            let made =
                if file.extension().is_some_and(|ext| ext == "rs") { placed(&source, name, changes) } else { source };
            write(&out.join(name).join(to), &made)?;
        }
    }
    Ok(())
}

/// A source as it has to be for its crate to be a module: names from the crate's root lead to the module, and tests are left
/// to the crate.
fn placed(source: &str, name: &str, changes: &[(&str, &str)]) -> String {
    let tests = ["(test)]\nmod tests {", "(all(test, unix))]\nmod tests {", "(test)]\npub(crate) mod tests {"];
    let tests = tests.map(|tests| format!("\n#[cfg{tests}"));
    let end = tests.iter().filter_map(|tests| source.find(&**tests)).min().unwrap_or(source.len());
    let mut text =
        source[..end].replace("#[cfg(test)]\nmod tests;\n", "").replace("#[cfg(all(test, unix))]\nmod tests;\n", "");
    for (old, new) in changes {
        text = text.replace(old, new);
    }
    let lines = text.lines().filter(|line| !line.starts_with("#![") && !line.starts_with("//!"));
    let text: String = lines.flat_map(|line| [public(line), "\n".to_owned()]).collect();
    let text = rooted(&text, "kit::", "crate::tested::kit::");
    // What stands there already is at the right place.
    let own = format!("crate::tested::{name}::");
    rooted(&text, "crate::", &own).replace(&format!("{own}tested::"), "crate::tested::")
}

/// What is private to a module, as something that all can use.
fn public(line: &str) -> String {
    let private = ["fn ", "mod ", "struct ", "enum ", "const ", "static "].iter().any(|item| line.starts_with(item));
    if private { format!("pub {line}") } else { line.to_owned() }
}

/// A path's first name, replaced where it stands first.
fn rooted(text: &str, first: &str, instead: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(first) {
        let before = out.chars().last().filter(|_| at == 0).or(rest[..at].chars().last());
        let inner = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        out.push_str(&rest[..at]);
        out.push_str(if inner { first } else { instead });
        rest = &rest[at + first.len()..];
    }
    out + rest
}

fn append(file: &Path, more: &str) -> Result<()> {
    Ok(fs::write(file, fs::read_to_string(file)? + more)?)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(file.parent().context("a folder")?)?;
    Ok(fs::write(file, text)?)
}
