//! Feeds what nobody thought of to everything that reads what others wrote: vendors' answers, callers' inputs, settings, messages.
//!
//! ```text
//! cargo xtask fuzz [--seed N] EXECUTIONS [TARGET]…
//! ```
//!
//! This crate links no vendor. The program that `cargo xtask fuzz` makes links it with all vendors and calls [`main`].
//!
//! The targets (`targets`) are plain functions of bytes that panic where something does not hold, as those of cargo-fuzz and bolero.
//! Neither is used. libFuzzer, AFL and honggfuzz instrument with a nightly compiler. On the stable one, bolero replays a corpus and
//! then gives bytes at random, of which none is JSON with an operation's id: it never reaches what is behind a target's first
//! lines. On the stable compiler, `-C instrument-coverage` tells which places an input reached (`coverage`), and the rest of an
//! engine is short: changes to inputs that know JSON (`mutate`), and which are kept (`engine`).

mod coverage;
mod engine;
pub mod errors;
pub mod filters;
pub mod mutate;
pub mod schema;
pub mod statement;
mod targets;
mod vendors;

use engine::{Report, Target, quiet, run};
use std::path::Path;
use std::process::ExitCode;

/// So many inputs of a target come out in more than one way.
const MANY: u64 = 1000;

/// Fuzzes with these vendors, as the arguments of the program say.
pub fn main(components: Vec<&'static kit::Component>) -> ExitCode {
    vendors::set(components);
    let mut words = std::env::args().skip(1).peekable();
    let mut seed = 1;
    if words.next_if(|word| word == "--seed").is_some() {
        seed = words.next().and_then(|seed| seed.parse().ok()).unwrap_or(seed);
    }
    let executions = words.next().and_then(|number| number.parse().ok());
    let wanted: Vec<String> = words.collect();
    let unknown = wanted.iter().find(|name| targets::ALL.iter().all(|target| target.name != *name));
    let (Some(executions), None) = (executions, unknown) else {
        let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
        eprintln!("usage: fuzz [--seed N] EXECUTIONS [TARGET]…; targets: {}", names.join(", "));
        return ExitCode::from(2);
    };
    quiet();
    let dictionary = vendors::words();
    println!(
        "| Target | Executions | A second | Inputs kept | Places reached | Came of it |\n|---|---|---|---|---|---|"
    );
    let mut findings = 0;
    for target in
        targets::ALL.iter().filter(|target| wanted.is_empty() || wanted.iter().any(|name| name == target.name))
    {
        let report = run(*target, executions, seed, &dictionary);
        println!("{}", row(target, &report));
        findings += report.findings.len();
        if report.executions >= MANY && report.outcomes.len() < 2 {
            eprintln!("{}: all inputs come out alike, which proves nothing", target.name);
            findings += 1;
        }
        for (problem, input) in &report.findings {
            report_finding(target, problem, input);
        }
    }
    _ = std::fs::remove_file(targets::config_path());
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn row(target: &Target, report: &Report) -> String {
    let Report { executions, took, inputs, places, outcomes, .. } = report;
    let rate = *executions as f64 / took.as_secs_f64().max(1e-9);
    let mut outcomes: Vec<_> = outcomes.iter().collect();
    outcomes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let share = |count: u64| 100.0 * count as f64 / *executions as f64;
    let outcomes: Vec<String> =
        outcomes.iter().map(|(name, count)| format!("{name} {:.1} %", share(**count))).collect();
    format!("| {} | {executions} | {rate:.0} | {inputs} | {places} | {} |", target.name, outcomes.join(", "))
}

/// Says what does not hold, and keeps the input, for the corpus.
fn report_finding(target: &Target, problem: &str, input: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz/findings").join(target.name);
    let name = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    let file = folder.join(format!("{name:016x}"));
    let saved = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input));
    let place = saved.map_or_else(|problem| problem.to_string(), |()| file.display().to_string());
    eprintln!("\n{}: {problem}\n  input: {}\n  {place}", target.name, input.escape_ascii());
}
