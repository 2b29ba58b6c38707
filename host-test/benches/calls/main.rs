//! What a sandboxed call costs, beside the same request made natively in the same run:
//!
//! ```text
//! cargo bench --workspace --bench calls                    # all, in less than five minutes
//! cargo bench --workspace --bench calls -- --quick         # some seconds: shows that it works, not how fast
//! cargo bench --workspace --bench calls -- --only memory   # one part, while working on it
//! cargo bench --workspace --bench calls -- --beside FILE   # also a component of Accelo that another commit built
//! cargo bench --workspace --bench calls -- --before FILE   # also another `outwit`
//! cargo bench --workspace --bench calls -- --write         # also writes the chart of docs/performance.md
//! ```
//!
//! `cargo test --workspace --bench calls` is the quick run, too, with what tests have built already.
//!
//! The vendor is a server of 20 activities, in a process of its own; what is compared takes turns, so that whatever else the
//! machine does meets both. Times depend on the machine; the ratios depend less. Nothing here fails for being slow.

mod calls;
mod chart;
mod commands;
mod link;
mod load;
mod mcp;
mod memory;
mod peers;
mod programs;
mod rates;
mod sample;
mod search;
mod table;
mod vendor;

use anyhow::{Context, Result, ensure};
use outwit_host_test::build::outwit;
use outwit_host_test::{net, root};
use sample::Effort;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};
use table::Row;
use vendor::Vendor;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &*arguments {
        [role] if role == vendor::ROLE => vendor::serve(),
        [role, url, calls] if role == memory::ROLE => memory::hold(url, calls.parse()?),
        _ if arguments.iter().any(|argument| argument == MEASURED) => run(&arguments),
        _ => start(&arguments),
    }
}

/// Says that this process may open as many files as it can get.
const MEASURED: &str = "--measured";

/// Starts this program again with more open files: a thousand callers have a thousand connections, and many systems give a
/// process no more than 1024 files unless it asks for them.
fn start(arguments: &[String]) -> Result<()> {
    let program = env::current_exe()?;
    let mut command = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$0" "$@""#]).arg(program);
        shell
    } else {
        Command::new(program)
    };
    let status = command.args(arguments).arg(MEASURED).status()?;
    ensure!(status.success(), "the run ended with {status}");
    Ok(())
}

/// A part of the run, by its name.
type Part<'p> = (&'static str, &'p dyn Fn() -> Result<Vec<Row>>);

fn run(arguments: &[String]) -> Result<()> {
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    // Cargo says which of its commands this is; a test is told by no option.
    let quick = given("--quick") || !given("--bench");
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let values =
        |name: &'static str| arguments.windows(2).filter(move |words| words[0] == name).map(|words| words[1].as_str());
    let (beside, before) = (values("--beside").collect::<Vec<_>>(), values("--before").next());
    let whole = !quick && only.is_none();
    ensure!(whole || !given("--write"), "--write needs the whole run");
    let effort = Effort::new(quick);
    let folder = folder(quick)?;
    eprintln!("the program, as the sources are now: {}", outwit().display());
    let begun = std::time::Instant::now();
    let machine = table::Machine::here();
    let vendor = Vendor::start(&folder)?;
    let parts: [Part; 9] = [
        ("calls", &|| calls::rows(&vendor, effort)),
        ("programs", &|| programs::rows(&vendor, &folder, before, effort)),
        ("commands", &|| commands::rows(&vendor, &folder, effort)),
        ("rates", &|| rates::rows(&vendor, effort)),
        ("memory", &|| memory::rows(&vendor, effort)),
        ("search", &|| search::rows(effort)),
        ("load", &|| load::rows(effort)),
        ("peers", &|| peers::rows(&beside, effort)),
        ("link", &|| link::rows(&folder, effort)),
    ];
    if let Some(only) = only {
        let names = parts.map(|(part, _)| part);
        ensure!(names.contains(&&**only), "--only takes one of: {}", names.join(", "));
    }
    let mut rows = Vec::new();
    // What `peers` compiles takes a minute: a quick run does it only when it is asked for.
    let wanted = |part: &str| only.map_or(!quick || part != "peers", |only| only == part);
    for (part, measure) in parts.into_iter().filter(|(part, _)| wanted(part)) {
        eprintln!("{:>4} s  {part}", begun.elapsed().as_secs());
        rows.extend(measure().with_context(|| part.to_owned())?);
    }
    let markdown = table::markdown(&rows);
    println!("{markdown}\n{machine}; {} s", begun.elapsed().as_secs());
    if only.is_none() {
        let chart = chart::svg(&rows);
        fs::write(folder.join("table.md"), &markdown)?;
        fs::write(folder.join("table.json"), table::json(&rows, &machine, begun.elapsed(), quick))?;
        fs::write(folder.join("calls.svg"), &chart)?;
        if given("--write") {
            fs::write(root().join("host-test/benches/calls.svg"), &chart)?;
        }
        println!("also in {}: table.md, table.json, calls.svg", folder.display());
    }
    Ok(())
}

/// Where results are written, and where the programs that are measured have their home: `target/bench`. What a quick run
/// writes is not to stand for results.
fn folder(quick: bool) -> Result<PathBuf> {
    let folder = net::build_folder().parent().context("the target folder")?.join("bench");
    let folder = if quick { folder.join("quick") } else { folder };
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
