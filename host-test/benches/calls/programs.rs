//! Calls through the programs: the MCP server on standard input and output and over HTTP, and a composed file that
//! `outwit serve` serves. Each makes the request to the vendor over HTTP, too.
//!
//! Beside them, where they are installed: Wassette with the same component's tools and the same client (the variable `WASSETTE`
//! names the program), and the component in Node.js (`npm install` in `host-test/jco`). `--before PROGRAM` measures another
//! `outwit`, too.

use crate::calls::NATIVE;
use crate::mcp;
use crate::sample::{Effort, Turns};
use crate::table::{Row, Target, Unit};
use crate::vendor::{INPUT, OPERATION, TOKEN, Vendor, native, runtime};
use anyhow::{Context, Result, bail, ensure};
use outwit::Plugins;
use outwit_host_test::build::outwit;
use outwit_host_test::{net, root};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MCP_STDIO: &str = "MCP over stdio, HTTP to the vendor";
const MCP_HTTP: &str = "MCP over HTTP, HTTP to the vendor";
const GATEWAY: &str = "gateway, HTTP to the vendor";
const BEFORE: &str = "MCP over stdio by the program of --before";
const WASSETTE: &str = "MCP over stdio by Wassette, HTTP to the vendor";
const NODE: &str = "call in Node.js by jco, HTTP, warm instance";

/// The command line for an account at the vendor. It reads nobody's configuration, and keeps compiled code in `home`.
pub fn command(home: &Path, vendor: &Vendor) -> Command {
    command_of(&outwit(), home, vendor)
}

fn command_of(program: &Path, home: &Path, vendor: &Vendor) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(home).env("HOME", home).env("XDG_CACHE_HOME", home.join("cache"));
    command.env("ACCELO_BASE_URL", &vendor.http).env("ACCELO_TOKEN", TOKEN);
    command
}

/// A program that serves at the address that it tells on standard error; it ends when this is dropped.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(command: &mut Command) -> Result<Served> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stderr.take().context("its messages")?).lines();
        let mut served = Served { child, url: String::new() };
        // Of vendors that have no settings here it says so first.
        let url = lines.map_while(Result::ok).find(|line| line.starts_with("http://"));
        served.url = url.context("the program ended before it served")?;
        Ok(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

pub fn rows(vendor: &Vendor, home: &Path, before: Option<&str>, effort: Effort) -> Result<Vec<Row>> {
    let turns = runtime()?.block_on(measure(vendor, home, before, effort))?;
    let beside = |name: &str, other: &str| Row::of(name, Unit::Microseconds, &turns.of(name)).beside(&turns.of(other));
    let row = |name: &str| beside(name, NATIVE).in_chart();
    let mut rows = vec![row(MCP_STDIO).target(Target::Most(400.0)), row(MCP_HTTP), row(GATEWAY)];
    for (other, most) in [(BEFORE, 0.6), (WASSETTE, 0.4)] {
        if turns.has(other) {
            rows.push(beside(other, NATIVE));
            let row = beside(MCP_STDIO, other).target(Target::Ratio(most));
            rows.push(Row { name: format!("{MCP_STDIO}, beside: {other}"), ..row });
        }
    }
    match in_node(vendor, home, effort) {
        Ok(micros) => rows.push(Row::one(NODE, Unit::Microseconds, micros)),
        Err(problem) => eprintln!("        SKIPPED: Node.js with jco: {problem:#}"),
    }
    Ok(rows)
}

async fn measure(vendor: &Vendor, home: &Path, before: Option<&str>, effort: Effort) -> Result<Turns> {
    let client = net::client();
    let mcp = ["mcp", "--vendors", "accelo"];
    let mut stdio = mcp::Piped::start(command(home, vendor).args(mcp))?;
    let mut before = match before {
        Some(program) => Some(mcp::Piped::start(command_of(Path::new(program), home, vendor).args(mcp))?),
        None => None,
    };
    let mut wassette =
        wassette(vendor, home).map_err(|problem| eprintln!("        SKIPPED: Wassette: {problem:#}")).ok();
    let http = Served::start(command(home, vendor).args(mcp).args(["--http", "127.0.0.1:0"]))?;
    let app = home.join("app.wasm");
    std::fs::write(&app, composed()?)?;
    let serve = ["serve", "--addr", "127.0.0.1:0"];
    let gateway = Served::start(command(home, vendor).args(serve).arg(&app).env("OUTWIT_GATEWAY_TOKEN", TOKEN))?;
    let mut turns = Turns::new(effort.of(25, 5));
    for turn in 0..effort.of(40, 2) {
        turns.take(NATIVE, async || native(&client, &vendor.http).await).await?;
        turns.take(MCP_STDIO, async || stdio.call()).await?;
        for (name, other) in [(BEFORE, &mut before), (WASSETTE, &mut wassette)] {
            if let Some(other) = other {
                turns.take(name, async || other.call()).await?;
            }
        }
        turns.take(MCP_HTTP, async || mcp::over_http(&client, &http.url).await).await?;
        turns.take(GATEWAY, async || through(&client, &gateway.url).await).await?;
        if turn == 0 {
            turns.forget();
        }
    }
    Ok(turns)
}

/// What a program prints, which has to succeed.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| command.get_program().display().to_string())?;
    if !output.status.success() {
        bail!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Wassette with the tools of the vendor's component, and what `outwit policy` says that it needs.
fn wassette(vendor: &Vendor, home: &Path) -> Result<mcp::Piped> {
    let installed = || root().join("target/python/bin/wassette");
    let program = std::env::var_os("WASSETTE").map_or_else(installed, PathBuf::from);
    let folder = home.join("wassette");
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let run = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).arg("--component-dir").arg(&folder).env("HOME", &folder);
        command
    };
    printed(Command::new(&program).arg("--version"))?;
    printed(command(home, vendor).args(["extract", "--tools", "accelo", "--out"]).arg(home))?;
    printed(&mut run(&["component", "load", &format!("file://{}", home.join("accelo-tools.wasm").display())]))?;
    let policy = printed(command(home, vendor).args(["policy", "--host", "wassette", "accelo"]))?;
    std::fs::write(folder.join("accelo-tools.policy.yaml"), policy)?;
    let settings = [format!("ACCELO_BASE_URL={}", vendor.http), format!("ACCELO_TOKEN={TOKEN}")];
    printed(&mut run(&["secret", "set", "accelo-tools", &settings[0], &settings[1]]))?;
    let mut piped = mcp::Piped::of_tools(run(&["run"]).stderr(Stdio::null()))?;
    // It loads components while it answers already.
    let begun = Instant::now();
    while let Err(problem) = piped.call() {
        ensure!(begun.elapsed() < Duration::from_secs(30), problem);
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(piped)
}

/// How long a call takes in Node.js, in microseconds.
fn in_node(vendor: &Vendor, home: &Path, effort: Effort) -> Result<f64> {
    let folder = root().join("host-test/jco");
    ensure!(folder.join("node_modules").is_dir(), "{}: not installed", folder.display());
    printed(command(home, vendor).args(["extract", "accelo", "--out"]).arg(home))?;
    let mut node = Command::new("node");
    node.arg(folder.join("bench.mjs")).arg(home.join("accelo.wasm")).args([OPERATION, INPUT]);
    node.arg(effort.of(1000, 5).to_string()).env("ACCELO_BASE_URL", &vendor.http).env("ACCELO_TOKEN", TOKEN);
    Ok(printed(&mut node)?.trim().parse()?)
}

/// All vendors and the gateway in one file.
fn composed() -> Result<Vec<u8>> {
    let plugins = Plugins::embedded();
    let mut vendors = Vec::new();
    for name in plugins.names() {
        vendors.push((name, plugins.component(name)?.context("it is embedded")?));
    }
    let named: Vec<(&str, &[u8])> = vendors.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    Ok(outwit::compose(&named)?)
}

/// A call through the gateway.
async fn through(client: &reqwest::Client, url: &str) -> Result<()> {
    let request = client.post(format!("{url}/operations/{OPERATION}")).bearer_auth(TOKEN);
    let response = request.header("content-type", "application/json").body(INPUT).send().await?;
    let (status, text) = (response.status(), response.text().await?);
    ensure!(status == 200 && text.contains("meeting 19"), "{status}: {text}");
    Ok(())
}
