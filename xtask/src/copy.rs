//! A copy of this tree in which cargo builds.

use crate::command::{command, read, root, run, target};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of the target folder, which is gone when this is dropped.
pub struct Copy {
    pub folder: PathBuf,
}

impl Copy {
    /// An empty folder.
    pub fn new(name: &str) -> Result<Copy> {
        let copy = Copy { folder: target().join(name) };
        // What an interrupted run left.
        _ = fs::remove_dir_all(&copy.folder);
        fs::create_dir_all(copy.folder.join("target"))?;
        // The mark by which the host's build script finds its target folder; cargo makes it only with a new folder.
        let mark = target().join("CACHEDIR.TAG");
        if mark.is_file() {
            fs::copy(mark, copy.folder.join("target/CACHEDIR.TAG"))?;
        }
        Ok(copy)
    }

    /// Puts the files of the tree there, as they stand.
    pub fn tree(&self) -> Result<()> {
        let listed = read(&mut command("git ls-files -co --exclude-standard"))?;
        // A file that is deleted and not yet committed is listed, too.
        let files = listed.lines().filter(|file| root().join(file).is_file());
        run(command("cp -a --parents").args(files).arg(&self.folder))
    }

    /// A command in the copy; a program with a path is one of the copy.
    pub fn command(&self, line: &str) -> Command {
        let mut command = match line.split(' ').next() {
            Some(program) if program.contains('/') => command(&format!("{}/{line}", self.folder.display())),
            _ => command(line),
        };
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        command
    }

    /// Gives the copy what was compiled of crates from elsewhere, which takes minutes. Libraries are hard links: a compiler puts
    /// a new file in the place of an old one. What cargo and build scripts write into is copied. The crates of this workspace
    /// are compiled anew: they remember the folder that they were built in, and cargo does not see that it changed.
    pub fn reuse(&self, profile: &str) -> Result<()> {
        let (from, to) = (target().join(profile), self.folder.join("target").join(profile));
        if !from.join(".fingerprint").is_dir() {
            return Ok(());
        }
        let packages = read(&mut command("cargo tree --workspace --depth 0 --prefix none"))?;
        let packages: Vec<&str> = packages.lines().filter_map(|line| line.split(' ').next()).collect();
        let is_ours = |name: &str| {
            let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
            packages.iter().any(|package| {
                *package == name || name.strip_prefix("lib").is_some_and(|name| *name == package.replace('-', "_"))
            })
        };
        fs::create_dir_all(to.join("deps"))?;
        for folder in [".fingerprint", "build"] {
            fs::create_dir_all(to.join(folder))?;
            let others = names(&from.join(folder))?.into_iter().filter(|name| !is_ours(name));
            run(command("cp -a -t").arg(to.join(folder)).args(others).current_dir(from.join(folder)))?;
        }
        let is_library = |name: &String| [".rlib", ".rmeta", ".so"].iter().any(|ending| name.ends_with(ending));
        for name in names(&from.join("deps"))?.into_iter().filter(|name| is_library(name) && !is_ours(name)) {
            fs::hard_link(from.join("deps").join(&name), to.join("deps").join(name))?;
        }
        Ok(())
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder);
    }
}

fn names(folder: &Path) -> Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// All files below a folder.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => found.extend(files(&entry.path())?),
            false => found.push(entry.path()),
        }
    }
    Ok(found)
}
