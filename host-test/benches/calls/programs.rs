//! Calls through the programs: the MCP server on standard input and output and over HTTP, and a composed file that
//! `outwit serve` serves. Each makes the request to the vendor over HTTP, too.

use crate::calls::NATIVE;
use crate::mcp;
use crate::sample::{Effort, Turns};
use crate::table::{Row, Target, Unit};
use crate::vendor::{INPUT, OPERATION, TOKEN, Vendor, native, runtime};
use anyhow::{Context, Result, ensure};
use outwit::Plugins;
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const MCP_STDIO: &str = "MCP over stdio, HTTP to the vendor";
const MCP_HTTP: &str = "MCP over HTTP, HTTP to the vendor";
const GATEWAY: &str = "gateway, HTTP to the vendor";

/// The command line for an account at the vendor. It reads nobody's configuration, and keeps compiled code in `home`.
pub fn command(home: &Path, vendor: &Vendor) -> Command {
    let mut command = Command::new(outwit());
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

pub fn rows(vendor: &Vendor, home: &Path, effort: Effort) -> Result<Vec<Row>> {
    let turns = runtime()?.block_on(measure(vendor, home, effort))?;
    let row = |name: &str| Row::of(name, Unit::Microseconds, &turns.of(name)).beside(&turns.of(NATIVE)).in_chart();
    Ok(vec![row(MCP_STDIO).target(Target::Most(400.0)), row(MCP_HTTP), row(GATEWAY)])
}

async fn measure(vendor: &Vendor, home: &Path, effort: Effort) -> Result<Turns> {
    let client = net::client();
    let mut stdio = mcp::Piped::start(command(home, vendor).args(["mcp", "--vendors", "accelo"]))?;
    let http = ["mcp", "--vendors", "accelo", "--http", "127.0.0.1:0"];
    let http = Served::start(command(home, vendor).args(http))?;
    let app = home.join("app.wasm");
    std::fs::write(&app, composed()?)?;
    let serve = ["serve", "--addr", "127.0.0.1:0"];
    let gateway = Served::start(command(home, vendor).args(serve).arg(&app).env("OUTWIT_GATEWAY_TOKEN", TOKEN))?;
    let mut turns = Turns::new(effort.of(25, 5));
    for turn in 0..effort.of(40, 2) {
        turns.take(NATIVE, async || native(&client, &vendor.http).await).await?;
        turns.take(MCP_STDIO, async || stdio.call()).await?;
        turns.take(MCP_HTTP, async || mcp::over_http(&client, &http.url).await).await?;
        turns.take(GATEWAY, async || through(&client, &gateway.url).await).await?;
        if turn == 0 {
            turns.forget();
        }
    }
    Ok(turns)
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
