//! What copies of the tree show: that a vendor is only new files, and that a second build gives the same bytes.

use crate::command::{all_of, command, line, npm_install, output, read, run, tests};
use crate::copy::{Copy, files};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Makes what is published twice: in this tree, and in a copy where every component is compiled from nothing.
pub fn packages(_: &[String]) -> Result<()> {
    let copy = Copy::new("packages")?;
    let made = ["first", "second"].map(|name| copy.folder.join(name));
    let dist = |command: &mut Command, out: &Path| {
        command.args(["--source", "https://example.com/outwit", "--revision", "0123abcd", "--out"]).arg(out);
        run(command)
    };
    dist(&mut command("cargo run -q --bin dist --"), &made[0])?;
    copy.tree()?;
    // Not the components, which are what is compared.
    copy.reuse("debug")?;
    dist(&mut copy.command("cargo run -q --bin dist --"), &made[1])?;
    let [first, second] = made.each_ref().map(|folder| fs::read_to_string(folder.join("SHA256SUMS")));
    let sums = first?;
    ensure!(sums == second?, "a second build gives other files");
    for folder in &made {
        run(command("sha256sum --check --quiet SHA256SUMS").current_dir(folder))?;
    }
    println!("packages: two builds gave the same {} files", sums.lines().count());
    npm_install(&tests("packages"))?;
    let sboms = files(&made[0])?.into_iter().filter(|file| file.to_string_lossy().ends_with(".cdx.json"));
    run(command("node").arg(tests("packages/sbom.mjs")).args(sboms))
}

/// Adds a vendor, which is made up, to a copy of the tree and runs the whole suite there: new files are all that is needed, and
/// the suite notices what is wrong with them. Node takes part if `host-test/jco` has its packages.
pub fn newcomer(_: &[String]) -> Result<()> {
    let begun = Instant::now();
    let copy = Copy::new("newcomer")?;
    let at = |path: &str| copy.folder.join(path);
    let put = || run(command("cp -r").arg(tests("newcomer/files/.")).arg(&copy.folder));
    copy.tree()?;
    for line in
        ["git init -q", "git add -A", "git -c user.name=newcomer -c user.email=newcomer@localhost commit -qm Tree"]
    {
        run(&mut copy.command(line))?;
    }
    put()?;
    let status = read(&mut copy.command("git status --porcelain"))?;
    ensure!(status.lines().all(|line| line.starts_with("??")), "existing files would have to change:\n{status}");
    copy.reuse("debug")?;
    copy.reuse("components/component")?;
    let before = shared(&copy)?;

    passes(&mut copy.command("cargo fmt --all --check"))?;
    passes(copy.command("rustfmt --edition 2024 --check").arg("host-test/mocks/src/vendors/tidewater.rs"))?;
    let clippy = || copy.command("cargo clippy --workspace --all-targets -- -D warnings");
    change(&at("components/tidewater/src/lib.rs"), |text| {
        text.lines().filter(|line| !line.trim_start().starts_with("create_reading ")).collect::<Vec<_>>().join("\n")
    })?;
    fails("cannot find value `create_reading`", &mut clippy())?;
    put()?;
    passes(&mut clippy())?;
    // What the properties say of all vendors was tried with many values in the tree itself.
    let tested = passes(copy.command("cargo test --workspace").env("PROPTEST_CASES", "8"))?;
    // The program reads the cases when it runs, so that changing them costs no build.
    let (_, cases) = tested.split_once("deps/cases-").context("the tests ran no program of cases")?;
    let cases = cases.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap_or_default();
    let cases = || copy.command(&format!("target/debug/deps/cases-{cases}"));

    let listed = read(&mut copy.command("target/debug/outwit list"))?;
    let offered = ["tidewater.create-reading", "tidewater.list-readings"];
    let count = listed.matches("\"tidewater.").count();
    ensure!(count == 2 && offered.iter().all(|id| listed.contains(&format!("\"{id}\""))), "outwit lists: {listed}");

    let readings = at("components/tidewater/cases/readings.json");
    change(&readings, |text| text.replace(r#""path": "/v1/readings""#, r#""path": "/v1/reading""#))?;
    fails("tidewater::a reading is created", &mut cases())?;
    put()?;
    // A member that the vendor's document calls otherwise.
    change(&at("components/tidewater/facts/api.json"), |text| text.replace("\"metres!\"", "\"meters!\""))?;
    fails("request.body.metres: the document has no such member", &mut cases())?;
    put()?;
    // The one case of it that fails becomes one of another operation.
    change(&readings, |text| match text.split_once("cannot be is refused") {
        Some((before, after)) => {
            format!("{before}cannot be is refused{}", after.replace("create-reading", "list-readings"))
        }
        None => text.to_owned(),
    })?;
    fails("tidewater: no case of these fails", &mut cases())?;
    put()?;

    let node_modules = tests("jco/node_modules");
    if node_modules.is_dir() {
        std::os::unix::fs::symlink(node_modules, at("host-test/jco/node_modules"))?;
        let toured = passes(&mut copy.command("npm --prefix host-test/jco test"))?;
        ensure!(toured.lines().any(|line| line.starts_with("tidewater: ")), "Node did not run the vendor");
    }

    // Cargo adds the crate to its own file, and nothing else changes.
    let changed = read(&mut copy.command("git diff --numstat"))?;
    let deleted: Vec<&str> = changed.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
    ensure!(deleted == ["0\tCargo.lock"], "lines are gone from existing files: {changed}");
    let now = shared(&copy)?;
    let written: Vec<_> = before.iter().filter(|(file, was)| now.get(*file).is_some_and(|is| is != *was)).collect();
    ensure!(written.is_empty(), "files of the tree's target folder were written to: {written:?}");
    let added = files(&tests("newcomer/files"))?.len();
    println!("newcomer: a vendor was added with {added} files: {} s", begun.elapsed().as_secs());
    Ok(())
}

/// Size and time of the files that the copy shares with the tree's target folder, by inode.
fn shared(copy: &Copy) -> Result<BTreeMap<u64, (u64, i64, i64)>> {
    let mut found = BTreeMap::new();
    for file in files(&copy.folder.join("target"))? {
        let data = fs::symlink_metadata(file)?;
        if data.nlink() > 1 {
            found.insert(data.ino(), (data.size(), data.mtime(), data.mtime_nsec()));
        }
    }
    Ok(found)
}

/// What a command says that has to succeed.
fn passes(command: &mut Command) -> Result<String> {
    let begun = Instant::now();
    let output = output(command)?;
    let said = all_of(&output);
    ensure!(output.status.success(), "{said}\nthis failed: {}", line(command));
    println!("newcomer: {}: {} s", line(command), begun.elapsed().as_secs());
    Ok(said)
}

/// Runs a command that has to fail and to say this.
fn fails(expected: &str, command: &mut Command) -> Result<()> {
    let begun = Instant::now();
    let output = output(command)?;
    let said = all_of(&output);
    if output.status.success() {
        bail!("this did not fail: {}", line(command));
    }
    let found = said.lines().find(|line| line.contains(expected));
    let found = found.with_context(|| format!("{said}\nthis did not say '{expected}': {}", line(command)))?;
    println!("newcomer: it is noticed: {found}: {} s", begun.elapsed().as_secs());
    Ok(())
}

fn change(file: &Path, change: impl Fn(&str) -> String) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let changed = change(&text);
    ensure!(text != changed, "{} has nothing to change", file.display());
    Ok(fs::write(file, changed)?)
}
