//! The versions of the WIT packages.

use super::release::{complaints, last};
use outwit_host_test::root;
use std::path::Path;
use std::process::Command;

#[test]
fn every_package_has_the_version_that_its_changes_since_the_last_release_ask_for() {
    match last(&root()) {
        Some(release) => assert_eq!(complaints(&root(), &release).unwrap(), [""; 0], "since {release}"),
        // The others show what is said after a release.
        None => println!("nothing is released yet, so that there is nothing to compare with"),
    }
}

const PLUGIN: &str = "package outwit:plugin@0.1.0; interface types { record error { message: string } } \
                      interface operations { use types.{error}; call: func(id: string) -> result<string, error>; } \
                      world plugin { export operations; }";

const ACME: &str = "package outwit:acme@0.1.0; interface things { use outwit:plugin/types@0.1.0.{error}; \
                    enum color { red, green } record thing { id: string, color: color } \
                    resource making { next: func() -> option<thing>; } make: func() -> result<making, error>; \
                    get-thing: func(id: string) -> result<thing, error>; } \
                    world acme { include outwit:plugin/plugin@0.1.0; export things; }";

/// What is said of a tree that was released with [`PLUGIN`] and [`ACME`] at some version, and then changed.
fn said(version: &str, changed: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join("wit").join(name)).unwrap();
        std::fs::write(folder.path().join("wit").join(name).join("world.wit"), text).unwrap();
    };
    let released = [("plugin", PLUGIN), ("acme", ACME)].map(|(name, text)| (name, text.replace("0.1.0", version)));
    released.iter().for_each(|(name, text)| write(name, text));
    assert_eq!(last(folder.path()), None);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "wit"]);
    git(folder.path(), &["-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "-m", "Released"]);
    git(folder.path(), &["tag", "v0.9.0"]);
    git(folder.path(), &["tag", "unrelated"]);
    assert_eq!(last(folder.path()).as_deref(), Some("v0.9.0"));
    for (name, mut text) in released {
        for (from, to) in changed {
            text = text.replace(from, to);
        }
        write(name, &text);
    }
    complaints(folder.path(), "v0.9.0").unwrap()
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git").current_dir(folder).args(arguments).status().unwrap();
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn an_unchanged_or_only_rephrased_contract_may_have_the_same_version() {
    assert_eq!(said("0.1.0", &[]), [""; 0]);
    assert_eq!(said("0.1.0", &[("enum color", "/// A color.\nenum color")]), [""; 0]);
}

#[test]
fn a_new_operation_needs_a_greater_version() {
    let more = ("get-thing:", "drop-thing: func() -> result<_, error>; get-thing:");
    assert_eq!(said("0.1.0", &[more]), ["outwit:acme 0.1.0 has more than the released 0.1.0; it has to be 0.1.1"]);
    assert_eq!(said("0.1.0", &[more, ("acme@0.1.0", "acme@0.1.1")]), [""; 0]);
    assert_eq!(said("1.2.3", &[more]), ["outwit:acme 1.2.3 has more than the released 1.2.3; it has to be 1.3.0"]);
    assert_eq!(said("1.2.3", &[more, ("acme@1.2.3", "acme@1.3.0")]), [""; 0]);
}

#[test]
fn breaking_changes_need_an_incompatible_version() {
    let breaking = [
        ("id: string, color: color", "id: string, color: color, size: u8"),
        ("red, green", "red, green, blue"),
        ("get-thing:", "take-thing:"),
        ("func(id: string) -> result<thing", "func(id: string, again: bool) -> result<thing"),
        ("-> option<thing>", "-> option<string>"),
        (" export things;", ""),
    ];
    for change in breaking {
        for version in ["0.1.0", "0.1.1", "0.0.9"] {
            let problems = said("0.1.0", &[change, ("acme@0.1.0", &format!("acme@{version}"))]);
            let expected = format!("outwit:acme {version} breaks what was built against 0.1.0; it has to be 0.2.0: ");
            assert!(problems.len() == 1 && problems[0].starts_with(&expected), "{change:?}: {problems:?}");
        }
        assert_eq!(said("0.1.0", &[change, ("acme@0.1.0", "acme@0.2.0")]), [""; 0], "{change:?}");
        let problems = said("1.2.3", &[change, ("acme@1.2.3", "acme@1.3.0")]);
        assert!(problems[0].contains("it has to be 2.0.0"), "{problems:?}");
        assert_eq!(said("1.2.3", &[change, ("acme@1.2.3", "acme@2.0.0")]), [""; 0], "{change:?}");
    }
}

#[test]
fn what_vendors_share_counts_for_each_of_them() {
    let problems = said("0.1.0", &[("message: string", "message: string, kind: u8")]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    let moved = ["plugin", "types"].map(|name| (format!("{name}@0.1.0"), format!("{name}@0.2.0")));
    let [plugin, types] = moved.each_ref().map(|(from, to)| (&**from, &**to));
    let problems = said("0.1.0", &[("message: string", "message: string, kind: u8"), plugin, types]);
    assert!(problems.len() == 1 && problems[0].starts_with("outwit:acme 0.1.0 breaks"), "{problems:?}");
}

#[test]
fn versions_do_not_go_back() {
    assert_eq!(said("0.1.2", &[("acme@0.1.2", "acme@0.1.1")]), ["outwit:acme 0.1.1 is older than the released 0.1.2"]);
}
