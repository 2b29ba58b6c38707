//! What changed in the WIT since the last release, and which versions its packages have to have therefore.
//!
//! A package that is as it was may keep its version. What was built against the released one still works when there is
//! only more of it: then a greater version will do. Otherwise it needs one that is not taken for compatible: 0.2.0 after
//! 0.1.4, 2.0.0 after 1.3.0. The last release is the newest tag `v…` before the commit that is checked out.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;
use wit_component::semver_check;
use wit_parser::{PackageId, Resolve, WorldId};

/// The name of the last release; none before the first one, and outside of a repository.
pub fn last(root: &Path) -> Option<String> {
    let tag = git(root, &["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]).ok()?;
    Some(tag.trim().to_owned())
}

/// What is wrong with the versions of the packages in `wit`, when they are held against a release.
pub fn complaints(root: &Path, release: &str) -> Result<Vec<String>> {
    let released = tempfile::tempdir()?;
    let listed = git(root, &["ls-tree", "-r", "--name-only", release, "--", "wit"])?;
    ensure!(!listed.is_empty(), "{release} has no WIT");
    for path in listed.lines() {
        let to = released.path().join(path);
        std::fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
        std::fs::write(to, git(root, &["show", &format!("{release}:{path}")])?)?;
    }
    let mut complaints = Vec::new();
    for folder in released.path().join("wit").read_dir()? {
        let name = folder?.file_name().to_string_lossy().into_owned();
        if !root.join("wit").join(&name).is_dir() {
            complaints.push(format!("wit/{name} was in {release} and is gone"));
            continue;
        }
        let before = package(&released.path().join("wit"), &name)?;
        complaints.extend(complaint(before, package(&root.join("wit"), &name)?));
    }
    complaints.sort();
    Ok(complaints)
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").current_dir(root).args(arguments).output().context("git cannot be started")?;
    ensure!(output.status.success(), "git {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// A folder of `wit` with what all of them use.
fn package(wit: &Path, name: &str) -> Result<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let (plugin, _) = resolve.push_dir(wit.join("plugin")).context("wit/plugin")?;
    let package = match name {
        "plugin" => plugin,
        _ => resolve.push_dir(wit.join(name)).with_context(|| format!("wit/{name}"))?.0,
    };
    Ok((resolve, package))
}

/// What is wrong with the version of a package, if anything is.
fn complaint((before, old): (Resolve, PackageId), (now, new): (Resolve, PackageId)) -> Option<String> {
    let (old_name, new_name) = (&before.packages[old].name, &now.packages[new].name);
    let (from, to) = (old_name.version.clone()?, new_name.version.clone()?);
    let title = format!("{}:{} {to}", new_name.namespace, new_name.name);
    let same_track = match from.major {
        0 => (from.major, from.minor) == (to.major, to.minor),
        _ => from.major == to.major,
    };
    if let Err(problem) = fits(&before, old, &now, new)
        && (same_track || to < from)
    {
        let next = match from.major {
            0 => format!("0.{}.0", from.minor + 1),
            major => format!("{}.0.0", major + 1),
        };
        return Some(format!("{title} breaks what was built against {from}; it has to be {next}: {problem:#}"));
    }
    if to < from {
        return Some(format!("{title} is older than the released {from}"));
    }
    if to == from && fits(&now, new, &before, old).is_err() {
        let next = match from.major {
            0 => format!("0.{}.{}", from.minor, from.patch + 1),
            major => format!("{major}.{}.0", from.minor + 1),
        };
        return Some(format!("{title} has more than the released {from}; it has to be {next}"));
    }
    None
}

/// Whether components of a package's worlds as they are `now` can take the place of those as they were `before`.
fn fits(before: &Resolve, old: PackageId, now: &Resolve, new: PackageId) -> Result<()> {
    for (name, world) in &before.packages[old].worlds {
        let there = now.packages[new].worlds.get(name).with_context(|| format!("there is no world {name}"))?;
        let (both, world, there) = together(before, *world, now, *there)?;
        // What it calls the previous world is the one whose components are put where those of the other are expected.
        semver_check(both, there, world)?;
    }
    Ok(())
}

/// Two worlds side by side.
fn together(before: &Resolve, world: WorldId, now: &Resolve, there: WorldId) -> Result<(Resolve, WorldId, WorldId)> {
    let (mut both, mut second) = (before.clone(), now.clone());
    // Packages of the same name and version would be taken for the same.
    for (_, package) in &mut second.packages {
        package.name.namespace.push_str("-now");
    }
    second.package_names = second.packages.iter().map(|(id, package)| (package.name.clone(), id)).collect();
    let moved = both.merge(second)?.worlds;
    let there = moved.get(there.index()).copied().flatten().context("a world was lost")?;
    for (_, package) in &mut both.packages {
        if let Some(name) = package.name.namespace.strip_suffix("-now") {
            package.name.namespace = name.to_owned();
        }
    }
    Ok((both, world, there))
}
