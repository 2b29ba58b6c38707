//! Feeds what nobody thought of to everything that reads what others wrote: vendors' answers, callers' inputs, settings, messages.
//!
//! ```text
//! fuzz [--seed N] EXECUTIONS [TARGET]…
//! ```
//!
//! The targets (`targets`) are plain functions of bytes that panic where something does not hold, so that cargo-fuzz could call
//! them. It is not used because it needs a nightly compiler, as libfuzzer's and most other engines' instrumentation does. On the
//! stable one, `-C instrument-coverage` tells just as well which places an input reached (`coverage`), and the rest of such an
//! engine is short: changes to inputs (`mutate`), and which are kept (`engine`).

mod coverage;
mod engine;
mod mutate;
mod targets;
mod vendors;
mod world;

/// What is fuzzed; `build.rs` says why these are copies.
#[allow(warnings, clippy::all, reason = "the crates themselves are looked at")]
mod tested {
    include!(concat!(env!("OUT_DIR"), "/tested.rs"));
}

use engine::{Report, Target, quiet, run};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
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
        for (problem, input) in &report.findings {
            tell(target, problem, input);
        }
    }
    _ = std::fs::remove_file(targets::config_path());
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn row(target: &Target, report: &Report) -> String {
    let Report { executions, took, kept, places, outcomes, .. } = report;
    let rate = *executions as f64 / took.as_secs_f64().max(1e-9);
    let mut outcomes: Vec<_> = outcomes.iter().collect();
    outcomes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let share = |count: u64| 100.0 * count as f64 / *executions as f64;
    let outcomes: Vec<String> =
        outcomes.iter().map(|(name, count)| format!("{name} {:.1} %", share(**count))).collect();
    format!("| {} | {executions} | {rate:.0} | {kept} | {places} | {} |", target.name, outcomes.join(", "))
}

/// Says what does not hold, and keeps the input, for the corpus.
fn tell(target: &Target, problem: &str, input: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz/findings").join(target.name);
    let name = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    let file = folder.join(format!("{name:016x}"));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input));
    let place = kept.map_or_else(|problem| problem.to_string(), |()| file.display().to_string());
    eprintln!("\n{}: {problem}\n  input: {}\n  {place}", target.name, input.escape_ascii());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In each target, before anything that is made: the committed inputs, of which some are past findings.
    const EXECUTIONS: u64 = 3000;

    #[test]
    fn every_target_holds_for_its_corpus_and_what_is_made_of_it() {
        quiet();
        let dictionary = vendors::words();
        let reports: Vec<(&Target, Report)> = std::thread::scope(|scope| {
            let run = |target: &'static Target| (target, run(*target, EXECUTIONS, 7, &dictionary));
            let running: Vec<_> = targets::ALL.iter().map(|target| scope.spawn(move || run(target))).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        for (target, report) in reports {
            println!("{}", row(target, &report));
            for (problem, input) in &report.findings {
                tell(target, problem, input);
            }
            assert!(report.findings.is_empty(), "{}", target.name);
            // A target of which all inputs come out alike would prove nothing.
            assert!(report.outcomes.len() > 1, "{}: {:?}", target.name, report.outcomes);
        }
    }
}
