//! Runs programs.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The workspace's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of the workspace")
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A folder of `host-test`.
pub fn tests(name: &str) -> PathBuf {
    root().join("host-test").join(name)
}

/// The program `outwit`: what the variable `OUTWIT` names, or that of the last build.
pub fn outwit() -> Result<PathBuf> {
    let outwit = std::env::var_os("OUTWIT").map_or_else(|| target().join("debug/outwit"), PathBuf::from);
    if !outwit.is_file() {
        bail!("there is no {}; build it: cargo build --bin outwit", outwit.display());
    }
    Ok(outwit)
}

/// A command of words without blanks, in the workspace's folder.
pub fn command(line: &str) -> Command {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(root());
    // What cargo says of the package `xtask` would make build scripts run again.
    for (name, _) in std::env::vars_os() {
        let about = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|one| about.starts_with(one)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command, which must succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} does not start", line(command)))?;
    if !status.success() {
        bail!("{}: {status}", line(command));
    }
    Ok(())
}

/// Runs a command, whatever it ends with.
pub fn output(command: &mut Command) -> Result<Output> {
    command.output().with_context(|| format!("{} does not start", line(command)))
}

/// What a command prints, which must succeed.
pub fn read(command: &mut Command) -> Result<String> {
    let output = output(command)?;
    if !output.status.success() {
        bail!("{}: {}\n{}", line(command), output.status, all_of(&output));
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// Whether a command starts and succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// What a command printed on both outputs.
pub fn all_of(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// A command as it is typed.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Installs the packages of a folder's `package.json`.
pub fn npm_install(folder: &Path) -> Result<()> {
    run(command("npm install --no-package-lock --no-audit --no-fund --silent").current_dir(folder))
}
