//! The documents: console blocks print what they show, and the commands, operations and files that are named exist.
//!
//! In a console block a line that begins with `$ ` is a command, and the lines below it are its output on a terminal. A line
//! `...` stands for any number of lines, and `[..]` within a line for any text. A block that begins with ```` ```toml NAME ````
//! is also written to that file, in the folder where the later commands of the document run.

use outwit_host_test::build::outwit;
use outwit_host_test::{root, vendors};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The words that README.md may have.
const README_WORDS: usize = 900;

/// All documents: those of the root, of `docs`, and the one about deployment.
fn documents() -> Vec<(PathBuf, String)> {
    let mut files = vec![root().join("host/deploy/README.md")];
    for folder in [root(), root().join("docs")] {
        let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
        files.extend(entries.filter(|file| file.extension().is_some_and(|extension| extension == "md")));
    }
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).unwrap())).collect()
}

/// A fenced block: what stands behind the fence, and its lines.
struct Block<'d> {
    info: &'d str,
    lines: Vec<&'d str>,
}

fn blocks(document: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in document.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { info, lines: Vec::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// The commands of a console block, each with the output that is shown.
fn commands<'d>(block: &Block<'d>) -> Vec<(&'d str, Vec<&'d str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for &line in &block.lines {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, Vec::new())),
            (None, Some((_, output))) => output.push(line),
            (None, None) => panic!("a console block begins with output: {line}"),
        }
    }
    commands
}

/// Runs a command as a person does in a terminal, where nothing is configured.
fn run(command: &str, folder: &Path) -> Output {
    let vendors: Vec<String> = vendors().unwrap().iter().map(|vendor| format!("{}_", vendor.to_uppercase())).collect();
    let mut shell = Command::new("sh");
    for (name, _) in std::env::vars_os() {
        let is_setting =
            |name: &str| name.starts_with("OUTWIT_") || vendors.iter().any(|vendor| name.starts_with(vendor));
        if name.to_str().is_some_and(is_setting) {
            shell.env_remove(name);
        }
    }
    let script = format!("outwit() {{ \"$PROGRAM\" --color always \"$@\"; }}\n{{ {command}\n}} 2>&1");
    shell.env("PROGRAM", outwit()).env("OUTWIT_STATE", folder.join("state")).env("COLUMNS", "100").current_dir(folder);
    shell.args(["-c", &script]).output().unwrap()
}

fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["...", rest @ ..], _) => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        ([line, rest @ ..], [first, more @ ..]) => line_fits(line, first) && fits(rest, more),
        _ => false,
    }
}

fn line_fits(shown: &str, printed: &str) -> bool {
    let Some((start, rest)) = shown.split_once("[..]") else { return shown == printed };
    let Some(printed) = printed.strip_prefix(start) else { return false };
    (0..=printed.len()).filter_map(|skipped| printed.get(skipped..)).any(|printed| line_fits(rest, printed))
}

#[test]
fn lines_are_left_out_where_a_block_says_so() {
    assert!(fits(&["a", "...", "d"], &["a", "b", "c", "d"]) && fits(&["...", "d"], &["d"]));
    assert!(!fits(&["a", "..."], &["b", "a"]) && !fits(&["a"], &["a", "b"]) && !fits(&["...", "d"], &["d", "e"]));
    assert!(line_fits("id [..], ok", "id 12, ok, ok") && !line_fits("id [..], ok", "id 12, no"));
}

#[cfg(unix)]
#[test]
fn console_blocks_print_what_they_show() {
    let mut count = 0;
    for (file, text) in documents() {
        let folder = tempfile::tempdir().unwrap();
        for block in blocks(&text) {
            if let Some(name) = block.info.strip_prefix("toml ") {
                fs::write(folder.path().join(name), block.lines.join("\n")).unwrap();
            }
            if block.info != "console" {
                continue;
            }
            for (command, shown) in commands(&block) {
                count += 1;
                let output = String::from_utf8(run(command, folder.path()).stdout).unwrap();
                let output = anstream::adapter::strip_str(&output).to_string();
                let printed: Vec<&str> = output.lines().map(str::trim_end).collect();
                assert!(fits(&shown, &printed), "{}\n$ {command}\n{}", file.display(), printed.join("\n"));
            }
        }
    }
    assert!(count > 0, "the documents show no command");
}

/// The commands of `outwit` in a document: of its blocks, and those in backticks.
fn mentioned(text: &str) -> Vec<String> {
    let is_command = |line: &&str| line.starts_with("outwit ");
    let mut found: Vec<&str> = Vec::new();
    for block in blocks(text).iter().filter(|block| ["sh", "console"].contains(&block.info)) {
        let lines = block.lines.iter().map(|line| line.strip_prefix("$ ").unwrap_or(line));
        found.extend(lines.filter(is_command));
    }
    let prose = text.split("\n```").step_by(2);
    found.extend(prose.flat_map(|prose| prose.split('`').skip(1).step_by(2)).filter(is_command));
    let end = |command: &str| [" #", " | ", " > ", " &", ";"].iter().filter_map(|end| command.find(end)).min();
    found.iter().map(|command| command[..end(command).unwrap_or(command.len())].replace('\n', " ")).collect()
}

#[cfg(unix)]
#[test]
fn commands_and_options_in_documents_exist() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for (file, text) in documents() {
        for command in mentioned(&text) {
            if seen.insert(command.clone()) {
                let output = run(&format!("{command} --help"), folder.path());
                let printed = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{}: {command}\n{printed}", file.display());
            }
        }
    }
}

#[test]
fn the_configuration_of_a_client_starts_the_server() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let found: Vec<Value> = blocks(&readme)
        .iter()
        .filter(|block| block.info == "json")
        .filter_map(|block| serde_json::from_str(&block.lines.join("\n")).ok())
        .collect();
    let [configuration] = &found[..] else { panic!("{found:?}") };
    let server = &configuration["mcpServers"]["outwit"];
    assert_eq!(server["command"], "outwit");
    let arguments = server["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap());
    // The client closes the pipe at once.
    let output = Command::new(outwit()).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn operations_in_documents_exist() {
    let list = Command::new(outwit()).args(["--json", "list"]).output().unwrap();
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let known: BTreeSet<&str> = list.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()).collect();
    let in_name = |c: char| c.is_ascii_lowercase() || c == '-';
    for (file, text) in documents() {
        for vendor in vendors().unwrap() {
            let start = format!("{vendor}.");
            for (at, _) in text.match_indices(&start) {
                let name = &text[at + start.len()..];
                let (name, rest) = name.split_at(name.find(|c| !in_name(c)).unwrap_or(name.len()));
                let follows = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "/.-_".contains(c));
                // Without a hyphen it may be a file or a host, and with a star it is a pattern.
                if name.contains('-') && !follows && !rest.starts_with('*') {
                    let id = format!("{vendor}.{name}");
                    assert!(known.contains(&*id), "{}: there is no operation {id}", file.display());
                }
            }
        }
    }
}

/// How GitHub names a heading in an address.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (file, text) in documents() {
        let ends = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
        for target in ends.filter_map(|rest| Some(rest.split_once(')')?.0)).filter(|target| !target.contains("://")) {
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let to = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            assert!(to.exists(), "{}: {target}", file.display());
            if !heading.is_empty() {
                let to = fs::read_to_string(to).unwrap();
                let known = to.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == heading);
                assert!(known, "{}: {target}", file.display());
            }
        }
    }
}

#[test]
fn the_readme_is_short_and_has_the_commands_that_ci_runs() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let words = readme.split_whitespace().count();
    assert!(words <= README_WORDS, "{words} words");
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    let commands: Vec<&str> = ci.split("# The README's").skip(1).filter_map(|rest| rest.lines().nth(1)).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    for command in commands {
        let whole = format!("\nrustup target add wasm32-unknown-unknown && {command}\n");
        assert!(readme.contains(&whole), "{whole}");
    }
}
