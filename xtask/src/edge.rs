//! One composed file of all vendors in the hosts that serve HTTP, in a browser, and under load.

use crate::command::{command, npm_install, outwit, read, root, run, succeeds, target, tests};
use crate::fuzz::vendors;
use crate::interop::python;
use anyhow::{Result, bail};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// The same tests in each host; and the manifests in `host/deploy`, checked without a cluster.
pub fn edge(words: &[String]) -> Result<()> {
    let mut given = Given::of(words);
    let outwit = outwit()?;
    let validator =
        python().ok().filter(|python| succeeds(Command::new(python).args(["-c", "import kubernetes_validate"])));
    match validator {
        Some(python) => run(script(python, "manifests.py").arg(&outwit))?,
        None => given.skipped("the check of host/deploy", "its Python packages could not be installed")?,
    }
    npm_install(&tests("edge"))?;
    let app = compose("edge-app.wasm")?;
    let mut failed = Vec::new();
    for host in given.hosts(&["outwit", "wasmtime", "jco"])? {
        let mut test = script("node", "--test");
        test.args(["--test-timeout=120000", "--test-reporter=spec", "test.mjs"]);
        if run(test.env("EDGE_HOST", &host).env("EDGE_APP", &app)).is_err() {
            failed.push(host);
        }
    }
    if !failed.is_empty() {
        bail!("failed in: {}", failed.join(", "));
    }
    Ok(())
}

/// The page `/docs` in a browser; with `shot`, its picture in the documents.
pub fn docs(words: &[String]) -> Result<()> {
    let given = Given::of(words);
    outwit()?;
    let browser = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    if !succeeds(Command::new(&browser).arg("--version")) {
        return given.skipped("the page in a browser", "there is no chromium: apt-get install chromium");
    }
    let folder = tests("docs");
    npm_install(&folder)?;
    let script = |name: &str| {
        let mut node = command("node");
        node.current_dir(&folder);
        if name.starts_with("test") {
            node.args(["--test", "--test-timeout=120000", "--test-reporter=spec"]);
        }
        node.arg(name).env("CHROMIUM", &browser).env("OUTWIT", outwit()?);
        Ok::<_, anyhow::Error>(node)
    };
    let app = compose("docs-app.wasm")?;
    if given.hosts == ["shot"] {
        return run(script("shot.mjs")?.arg(root().join("docs/docs-page.png")).env("DOCS_APP", app));
    }
    let mut test = script("test.mjs")?;
    if given.require {
        test.env("DOCS_REQUIRED", "1");
    }
    run(test.env("DOCS_APP", app))?;
    run(script("many.mjs")?.arg(given.hosts.first().map_or("10", String::as_str)))
}

/// Load with mocks behind the hosts.
pub fn load(words: &[String]) -> Result<()> {
    let is_number = |word: &&String| word.starts_with(|c: char| c.is_ascii_digit());
    let seconds = words.iter().find(is_number).map_or("30", String::as_str);
    let others: Vec<String> = words.iter().filter(|word| !is_number(word)).cloned().collect();
    let mut given = Given::of(&others);
    outwit()?;
    // It has no option that succeeds.
    if command("wrk -v").output().is_err() {
        return given.skipped("the load", "there is no wrk: apt-get install wrk");
    }
    let app = compose("edge-app.wasm")?;
    let hosts = given.hosts(&["outwit", "wasmtime"])?;
    if hosts.is_empty() {
        return Ok(());
    }
    run(script("node", "load.mjs").arg(seconds).args(hosts).env("EDGE_APP", app))
}

/// Load for minutes, with faults, on a composed file in `outwit serve` and on `outwit mcp --http` at the same time.
pub fn soak(words: &[String]) -> Result<()> {
    let [minutes] = words else { bail!("usage: cargo xtask soak MINUTES") };
    let mut soak = command("node soak.mjs");
    soak.arg(minutes).env("OUTWIT", outwit()?).env("SOAK_APP", compose("soak-app.wasm")?);
    run(soak.current_dir(tests("soak")))
}

/// A script of `host-test/edge`.
fn script(program: impl AsRef<OsStr>, first: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(first).current_dir(tests("edge"));
    command
}

/// Composes all vendors into a file of the target folder.
fn compose(name: &str) -> Result<PathBuf> {
    let app = target().join(name);
    run(Command::new(outwit()?).arg("compose").args(vendors()?).arg("-o").arg(&app))?;
    Ok(app)
}

/// What is named in the arguments.
struct Given {
    require: bool,
    hosts: Vec<String>,
}

impl Given {
    fn of(words: &[String]) -> Given {
        let (options, hosts) = words.iter().cloned().partition::<Vec<_>, _>(|word| word == "--require");
        Given { require: !options.is_empty(), hosts }
    }

    /// What is missing is an error with `--require`.
    fn skipped(&self, what: &str, why: &str) -> Result<()> {
        if self.require {
            bail!("{what} is required: {why}");
        }
        eprintln!("SKIPPED: {what}: {why}");
        Ok(())
    }

    /// Of the hosts that are named, or these, those that can be used.
    fn hosts(&mut self, all: &[&str]) -> Result<Vec<String>> {
        if self.hosts.is_empty() {
            self.hosts = all.iter().map(|host| (*host).to_owned()).collect();
        }
        let mut usable = Vec::new();
        for host in &self.hosts {
            let code = "import('./hosts.mjs').then(({ missing }) => console.log(missing(process.argv[1]) ?? ''))";
            let why = read(script("node", "-e").arg(code).arg(host))?;
            match why.as_str() {
                "" => usable.push(host.clone()),
                why => self.skipped(host, why)?,
            }
        }
        Ok(usable)
    }
}
