//! A vendor's folder that is written again: what a person changed since the last import stays, or is reported as a conflict.

use super::build::fault;
use super::failure::{Failure, unreadable};
use super::output;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};
use toml::{Table, Value};

/// Texts by their paths in the folder, with `/`.
pub type Files = BTreeMap<String, String>;

/// What the last import wrote: the base of a three-way merge.
const LAST: &str = ".outwit/imported.json";
/// The one file that is merged member by member.
const FACTS: &str = "vendor.toml";

/// What is to be done, and what a person has to decide.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Files to write. The new text of a conflict stands beside the file, as `PATH.new`.
    pub write: Files,
    /// Files to delete.
    pub remove: BTreeSet<String>,
    /// Files, or members of `vendor.toml`, that both a person and the new import have changed: the person's version stays.
    pub conflicts: Vec<String>,
    /// Files with a person's changes, which stay.
    pub edited: Vec<String>,
}

/// Writes an import into a folder. An existing folder must be one that an import wrote.
pub fn write(folder: &Path, new: &Files) -> Result<Merged, Failure> {
    let last_path = folder.join(LAST);
    let last: Files = match fs::read_to_string(&last_path) {
        Ok(text) => serde_json::from_str(&text).map_err(|problem| fault(&last_path, problem))?,
        Err(_) if folder.exists() && !folder.is_dir() => {
            return Err(fault(folder, "expected a folder, or a file that ends with .wasm"));
        }
        Err(_) if is_empty(folder) => Files::new(),
        Err(_) => return Err(fault(folder, "the folder is not empty, and `outwit import` did not write it")),
    };
    // The folder may be from somebody else: nothing outside of it is read, written or removed.
    if let Some(path) = last.keys().find(|path| !is_inside(path)) {
        return Err(fault(&last_path, format!("{path:?}: expected a path inside of the folder")));
    }
    let mut current = Files::new();
    for path in last.keys().chain(new.keys()) {
        match fs::read_to_string(folder.join(path)) {
            Ok(text) => _ = current.insert(path.clone(), text),
            Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => {}
            Err(problem) => return Err(unreadable(&folder.join(path), &problem)),
        }
    }
    let merged = merge(&last, &current, new);
    for path in &merged.remove {
        fs::remove_file(folder.join(path)).with_context(|| folder.join(path).display().to_string())?;
    }
    for (path, text) in &merged.write {
        output::write(&folder.join(path), text)?;
    }
    output::write(&last_path, serde_json::to_string(new).context(LAST)?)?;
    Ok(merged)
}

/// Whether a path leads to a file below the folder that it starts from, by its words.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// A three-way merge of a folder: what the last import wrote, what is there, and what the new import gives.
fn merge(last: &Files, current: &Files, new: &Files) -> Merged {
    let mut merged = Merged::default();
    let paths: BTreeSet<&String> = last.keys().chain(new.keys()).collect();
    for path in paths {
        let (before, here, wanted) = (last.get(path), current.get(path), new.get(path));
        if here == wanted {
            continue;
        }
        if here == before {
            match wanted {
                Some(text) => _ = merged.write.insert(path.clone(), text.clone()),
                None => _ = merged.remove.insert(path.clone()),
            }
            continue;
        }
        if wanted == before {
            merged.edited.push(path.clone());
            continue;
        }
        match (path.as_str(), before, here, wanted) {
            (FACTS, Some(before), Some(here), Some(wanted)) => match merge_facts(before, here, wanted) {
                Ok((text, conflicts)) => {
                    merged.write.insert(path.clone(), text);
                    merged.conflicts.extend(conflicts.into_iter().map(|member| format!("{path}: {member}")));
                    merged.edited.push(path.clone());
                }
                Err(_) => conflict(&mut merged, path, wanted),
            },
            (_, _, _, Some(wanted)) => conflict(&mut merged, path, wanted),
            // The document no longer has what was changed here.
            _ => merged.conflicts.push(path.clone()),
        }
    }
    merged
}

fn conflict(merged: &mut Merged, path: &str, wanted: &str) {
    merged.write.insert(format!("{path}.new"), wanted.to_owned());
    merged.conflicts.push(path.to_owned());
}

/// The merged text, and the members that both sides changed: the person's values stay.
fn merge_facts(before: &str, here: &str, wanted: &str) -> Result<(String, Vec<String>), toml::de::Error> {
    let (before, mut here, wanted): (Table, Table, Table) =
        (toml::from_str(before)?, toml::from_str(here)?, toml::from_str(wanted)?);
    let mut conflicts = Vec::new();
    merge_tables(&before, &mut here, &wanted, "", &mut conflicts);
    Ok((toml::to_string_pretty(&here).unwrap_or_default(), conflicts))
}

fn merge_tables(before: &Table, here: &mut Table, wanted: &Table, path: &str, conflicts: &mut Vec<String>) {
    let names: BTreeSet<String> = before.keys().chain(wanted.keys()).cloned().collect();
    let empty = Table::new();
    for name in names {
        let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (old, new) = (before.get(&name), wanted.get(&name));
        match (old, here.get_mut(&name), new) {
            (old, now, new) if now.as_deref() == new || old == new => {}
            (old, Some(Value::Table(now)), Some(Value::Table(new))) => {
                merge_tables(old.and_then(Value::as_table).unwrap_or(&empty), now, new, &place, conflicts);
            }
            (old, now, new) if now.as_deref() == old => match new {
                Some(new) => _ = here.insert(name, new.clone()),
                None => _ = here.remove(&name),
            },
            _ => conflicts.push(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_record_of_paths_outside_of_the_folder_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let (outside, folder) = (home.path().join("notes.txt"), home.path().join("acme"));
        fs::write(&outside, "mine").unwrap();
        for path in ["../notes.txt", "/etc/notes.txt", "wit/../../notes.txt", ""] {
            output::write(&folder.join(LAST), serde_json::to_string(&files(&[(path, "mine")])).unwrap()).unwrap();
            assert!(write(&folder, &files(&[("vendor.toml", "")])).is_err(), "{path:?}");
        }
        assert_eq!(fs::read_to_string(outside).unwrap(), "mine");
        output::write(&folder.join(LAST), "{}").unwrap();
        assert!(write(&folder, &files(&[("wit/acme.wit", "package a;")])).is_ok());
    }

    #[test]
    fn what_nobody_changed_is_written_and_what_a_person_changed_stays() {
        let last = files(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")]);
        let current = files(&[("a", "1"), ("b", "mine"), ("c", "mine"), ("d", "1")]);
        let merged = merge(&last, &current, &files(&[("a", "2"), ("b", "1"), ("c", "2"), ("e", "new")]));
        assert_eq!(merged.write, files(&[("a", "2"), ("c.new", "2"), ("e", "new")]));
        assert_eq!(merged.remove, BTreeSet::from(["d".to_owned()]));
        assert_eq!((merged.edited, merged.conflicts), (vec!["b".to_owned()], vec!["c".to_owned()]));
    }

    #[test]
    fn a_file_that_a_person_deleted_stays_deleted_until_the_document_changes() {
        let last = files(&[("a", "1")]);
        assert_eq!(merge(&last, &Files::new(), &files(&[("a", "1")])).write, Files::new());
        assert_eq!(merge(&last, &Files::new(), &files(&[("a", "2")])).conflicts, ["a"]);
    }

    #[test]
    fn facts_are_merged_by_member() {
        let before = "base = \"https://a.example\"\n[auth]\nkind = \"none\"\n[operations.x]\nroute = \"/x\"\n[operations.y]\nroute = \"/y\"\n";
        let here = before.replace("kind = \"none\"", "kind = \"bearer\"\ntoken = \"T\"").replace("\"/y\"", "\"/mine\"");
        let wanted = before.replace("a.example", "b.example").replace("\"/y\"", "\"/theirs\"")
            + "[operations.z]\nroute = \"/z\"\n";
        let (text, conflicts) = merge_facts(before, &here, &wanted).unwrap();
        let merged: Table = toml::from_str(&text).unwrap();
        assert_eq!(conflicts, ["operations.y.route"]);
        assert_eq!(merged["base"].as_str(), Some("https://b.example"));
        assert_eq!(merged["auth"]["token"].as_str(), Some("T"));
        assert_eq!(merged["operations"]["y"]["route"].as_str(), Some("/mine"));
        assert_eq!(merged["operations"]["z"]["route"].as_str(), Some("/z"));
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.txt"), "x").unwrap();
        assert!(write(folder.path(), &files(&[("vendor.toml", "")])).is_err());
        let inner = folder.path().join("new");
        write(&inner, &files(&[("wit/a.wit", "1")])).unwrap();
        fs::write(inner.join("wit/a.wit"), "mine").unwrap();
        assert_eq!(write(&inner, &files(&[("wit/a.wit", "2")])).unwrap().conflicts, ["wit/a.wit"]);
        assert_eq!(fs::read_to_string(inner.join("wit/a.wit")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(inner.join("wit/a.wit.new")).unwrap(), "2");
    }
}
