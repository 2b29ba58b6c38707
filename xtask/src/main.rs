//! The tasks of this repository: `cargo xtask TASK`.

mod command;
mod copy;
mod edge;
mod fuzz;
mod interop;
mod newcomer;

use anyhow::Result;
use command::{command, run};
use std::process::ExitCode;

type Task = fn(&[String]) -> Result<()>;

/// Name, arguments, function and description.
#[rustfmt::skip]
const TASKS: &[(&str, &str, Task, &str)] = &[
    ("check", "", check, "formatting and lints"),
    ("fuzz", "[--quick | --uncounted] [--seed N] EXECUTIONS [TARGET]…", fuzz::fuzz, "fuzzes all that parses foreign input.
  Findings are made small and written to target/fuzz/findings; the input of a fixed one goes into host-test/fuzz/corpus/TARGET.
  --quick: code that is not optimised. --uncounted: the code of the tests, without coverage"),
    ("interop", "", interop::all, "all tasks from jco to import, as CI runs them"),
    ("jco", "", interop::jco, "every vendor's tour in Node.js"),
    ("hosts", "[--require HOST,…|all] [--optional HOST,…] [--only HOST,…] [--json FILE]", interop::hosts, "the same calls in every host.
  Hosts that cannot be installed are skipped unless they are required. Wassette needs glibc 2.39; on an older system, the variable
  WASSETTE names a program that starts it with a newer one"),
    ("edge", "[--require] [outwit|wasmtime|jco]…", edge::edge, "a composed file in the hosts that serve HTTP; host/deploy"),
    ("docs", "[--require] [VENDORS | shot]", edge::docs, "the page /docs in Chromium, and its times with VENDORS imported vendors (10).
  shot: takes the picture docs/docs-page.png"),
    ("load", "[--require] [SECONDS] [outwit|wasmtime|jco]…", edge::load, "load on a composed file, with wrk; memory needs 24 seconds.
  For figures: cargo build --release --bin outwit, and OUTWIT=$PWD/target/release/outwit"),
    ("mcp", "", interop::mcp, "the MCP server with the official client and conformance suite"),
    ("import", "[OPTION]… [DOCUMENT]… | compare DOCUMENT VENDOR…", interop::import, "imported vendors against Prism; see --help.
  compare: what an imported and a built-in vendor send for the same input"),
    ("packages", "", newcomer::packages, "makes the published files twice and compares them; validates the SBOMs"),
    ("newcomer", "", newcomer::newcomer, "adds a vendor to a copy of the tree and runs the whole suite there"),
    ("soak", "MINUTES", edge::soak, "minutes of load with faults on the gateway and the MCP server"),
    ("bench", "[OPTION]…", bench, "measures; see docs/performance.md"),
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some((_, _, task, _)) = TASKS.iter().find(|(task, ..)| *task == name) else {
        eprintln!("usage: cargo xtask TASK\n");
        for (name, arguments, _, description) in TASKS {
            eprintln!("cargo xtask {name} {arguments}\n  {description}");
        }
        return ExitCode::from(if name == "--help" { 0 } else { 2 });
    };
    match task(&words.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check(_: &[String]) -> Result<()> {
    run(&mut command("cargo fmt --all --check"))?;
    run(&mut vendors_fmt())?;
    run(&mut command("cargo clippy --workspace --all-targets -- -D warnings"))
}

/// The build script finds these files, and `cargo fmt` does not.
fn vendors_fmt() -> std::process::Command {
    let mut rustfmt = command("rustfmt --edition 2024 --check");
    let files = std::fs::read_dir(command::root().join("host-test/mocks/src/vendors")).into_iter().flatten();
    let files = files.filter_map(|file| Some(file.ok()?.path())).filter(|file| file.extension().is_some());
    rustfmt.args(files);
    rustfmt
}

fn bench(words: &[String]) -> Result<()> {
    run(command("cargo bench --workspace --bench calls").args(words))
}
