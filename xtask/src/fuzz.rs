//! Builds the fuzzer with all vendors and runs it.

use crate::command::{command, root, run, target};
use anyhow::Result;
use std::fs;
use std::process::Command;

/// Runs each target, or those that are named, so many times.
pub fn fuzz(words: &[String]) -> Result<()> {
    let mut build = command("cargo build -q --workspace --lib");
    let counted = |build: &mut Command| _ = build.env("RUSTC_WORKSPACE_WRAPPER", root().join("host-test/fuzz/counted"));
    let words = match words.split_first() {
        Some((first, rest)) if first == "--uncounted" => rest,
        Some((first, rest)) if first == "--quick" => {
            counted(&mut build);
            rest
        }
        _ => {
            counted(&mut build);
            build.args(["--config", "profile.dev.opt-level=3"]);
            words
        }
    };
    // The compiler's own tools would read it; nothing here does.
    let profile = ("LLVM_PROFILE_FILE", "/dev/null");
    // The whole workspace, since a choice of packages would change features of what comes from elsewhere.
    run(build.env(profile.0, profile.1))?;

    // No manifest lists the vendors: their crates are found by folder and linked here.
    let (folder, built) = (target().join("fuzz"), target().join("debug"));
    fs::create_dir_all(&folder)?;
    let mut rustc = command("rustc --edition 2024 -C debuginfo=line-tables-only");
    rustc.arg("-L").arg(format!("dependency={}", built.join("deps").display()));
    let mut link = |name: &str| {
        rustc.arg("--extern").arg(format!("{name}={}", built.join(format!("lib{name}.rlib")).display()));
    };
    link("outwit_fuzz");
    let mut components = String::new();
    for vendor in vendors()? {
        let name = vendor.replace('-', "_");
        link(&name);
        components += &format!("&{name}::COMPONENT, ");
    }
    let main = folder.join("main.rs");
    fs::write(&main, format!("fn main() -> std::process::ExitCode {{ outwit_fuzz::main(vec![{components}]) }}\n"))?;
    let program = folder.join("fuzz");
    run(rustc.arg("-o").arg(&program).arg(&main).env(profile.0, profile.1))?;
    run(Command::new(program).args(words).current_dir(root()).env(profile.0, profile.1))
}

/// The vendors: folders of both `wit` and `components`.
pub fn vendors() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("wit"))? {
        names.extend(entry?.file_name().into_string());
    }
    names.retain(|name| root().join("components").join(name).is_dir());
    names.sort();
    Ok(names)
}
