//! What is published: the files of `dist`, registries, and the policies of other hosts.

mod dist;
mod flat;
mod foreign;
mod manual;
mod policy;
mod registry;
mod server;
mod worlds;

use outwit::{Catalogue, Host, Options, Settings};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// The folder that `dist` writes; made once.
fn folder() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut dist = Command::new(outwit_host_test::build::dist());
        dist.args(["--source", "https://example.com/outwit", "--revision", "0123abcd", "--out"]).arg(folder.path());
        let output = dist.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder
    });
    made.path()
}

fn file(path: &str) -> Vec<u8> {
    std::fs::read(folder().join(path)).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

/// What a component says about itself.
fn catalogue(component: &[u8]) -> Catalogue {
    outwit_host_test::net::run(async {
        let host = Host::new(Options::default()).unwrap();
        let plugin = host.load(component, Settings::default()).await.unwrap();
        plugin.catalogue().clone()
    })
}

/// What a program finds its compiled components by; else it compiles them again.
fn home() -> Option<(&'static str, std::ffi::OsString)> {
    Some(("HOME", std::env::var_os("HOME")?))
}
