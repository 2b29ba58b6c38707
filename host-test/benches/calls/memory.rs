//! How much memory a call takes while it waits for its vendor: measured in a process that does nothing else.

use crate::calls::{call, plugin};
use crate::sample::Effort;
use crate::table::{Row, Target, Unit};
use crate::vendor::{Vendor, runtime, settings};
use anyhow::{Context, Result, bail, ensure};
use outwit::Options;
use outwit_host_test::net;
use std::process::Command;
use std::time::Duration;
use tokio::task::JoinSet;

/// The argument that makes this program the one that is measured.
pub const ROLE: &str = "--memory";

pub fn rows(vendor: &Vendor, effort: Effort) -> Result<Vec<Row>> {
    if resident().is_none() {
        eprintln!("        this system does not tell how much memory a process has: there is no row about it");
        return Ok(Vec::new());
    }
    let calls = effort.of(1000, 10);
    let program = std::env::current_exe()?;
    let output = Command::new(program).args([ROLE, &vendor.http, &calls.to_string()]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes: f64 = String::from_utf8(output.stdout)?.trim().parse().context("bytes")?;
    let name = format!("memory of a call that waits, {calls} at once");
    Ok(vec![Row::one(name, Unit::Mebibytes, bytes / f64::from(1 << 20)).target(Target::Most(1.5))])
}

/// Holds so many calls at once, and prints how much memory each of them takes, in bytes.
pub fn hold(url: &str, calls: usize) -> Result<()> {
    runtime()?.block_on(async {
        let options = Options { concurrency: u32::try_from(calls)?, ..net::options() };
        let plugin = plugin(options, url).await?;
        let waiting = plugin.with_settings(settings(&format!("{url}/wait")));
        let client = net::client();
        let open_calls =
            async || -> Result<usize> { Ok(client.get(format!("{url}/waiting")).send().await?.text().await?.parse()?) };
        // What the first calls leave behind is not a call's: loaded code, connections, what is kept for the next.
        for _ in 0..10 {
            call(&plugin).await?;
        }
        let before = open_calls().await?;
        let memory = resident().context("/proc/self/status")?;
        let mut set = JoinSet::new();
        for _ in 0..calls {
            let waiting = waiting.clone();
            set.spawn(async move { call(&waiting).await });
        }
        while open_calls().await? < before + calls {
            tokio::select! {
                Some(ended) = set.join_next() => bail!("a call that should wait ended: {ended:?}"),
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
            }
        }
        let more = resident().context("/proc/self/status")?.saturating_sub(memory);
        println!("{}", more as f64 / calls as f64);
        Ok(())
    })
}

/// How much memory this process has, in bytes; none where the system does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
