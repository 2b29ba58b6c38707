//! What these tests need and cargo does not build for them: a component that misbehaves, and the programs.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::{net, root};

/// The command line, as the sources are now.
pub fn outwit() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| program("outwit")).clone()
}

/// The program that makes what is published, as the sources are now.
pub fn dist() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| program("dist")).clone()
}

fn program(name: &str) -> PathBuf {
    let folder = net::build_folder();
    // The folder of the profile `dev` has another name than the profile.
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let target = folder.parent().expect("the target folder");
    let target = target.to_str().expect("a path that is text");
    // Without `-p`, which would choose features for this package alone and so compile its dependencies again.
    cargo(&["build", "-q", "--bin", name, "--profile", profile, "--target-dir", target]);
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The component of `guests/rogue`.
pub fn rogue() -> &'static [u8] {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    BUILT.get_or_init(|| component("rogue"))
}

/// The component of `guests/acme`.
pub fn acme() -> &'static [u8] {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    BUILT.get_or_init(|| component("acme"))
}

/// The component of `embed/component`.
pub fn report() -> &'static [u8] {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    BUILT.get_or_init(|| component("report"))
}

/// The component of `benches/waki`, which has a lock file of its own.
pub fn waki() -> Vec<u8> {
    let manifest = root().join("host-test/benches/waki/Cargo.toml");
    let manifest = manifest.to_str().expect("a path that is text");
    built(&["--locked", "--manifest-path", manifest], "waki", "release", "waki_list")
}

/// A component that is built where the vendors' are, since it needs the same crates.
fn component(name: &str) -> Vec<u8> {
    built(&["-p", name, "--crate-type", "cdylib"], "components", "component", name)
}

/// A component of a package, which is built in this folder of the target folder.
fn built(package: &[&str], folder: &str, profile: &str, name: &str) -> Vec<u8> {
    let target = net::build_folder().parent().expect("the target folder").join(folder);
    let wasm = "wasm32-unknown-unknown";
    let folder = target.to_str().expect("a path that is text");
    let how = ["--profile", profile, "--target", wasm, "--target-dir", folder, "--"];
    // As the host's build script links the vendors' components.
    let link = ["-Clink-arg=--compress-relocations", "-Clink-arg=--wasi-adapter=none"];
    cargo(&[&["rustc", "-q"], package, &how, &link].concat());
    std::fs::read(target.join(wasm).join(format!("{profile}/{name}.wasm"))).expect("a component")
}

fn cargo(arguments: &[&str]) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    without_cargo(&mut cargo);
    let status = cargo.current_dir(root()).args(arguments).status().expect("cargo starts");
    assert!(status.success(), "cargo {}", arguments.join(" "));
}

/// What cargo says to this test about its own package would make build scripts run again.
pub fn without_cargo(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_")
            && !["CARGO_HOME", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR"].iter().any(|kept| name.starts_with(kept))
        {
            command.env_remove(name);
        }
    }
}
