//! `outwit.toml`: any text is accounts, or an error that names the file and tells nothing of the values.

use crate::engine::Target;
use crate::vendors::all;
use outwit::{Config, Error, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::{fs, io::Write};

pub const TARGET: Target = Target { name: "config", run, seeds: super::none };

/// What stands for secrets in the corpus.
const SECRET: &str = "hush-hush";

fn run(data: &[u8]) -> &'static str {
    let path = path();
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).expect("a file");
    file.write_all(data).expect("a file");
    drop(file);
    let named = |error: &Error| {
        // A variable of the environment stands in no file.
        assert!(error.message.contains(&path.display().to_string()), "an error that does not name the file: {error:?}");
        assert_no_value_shown(data, error);
    };
    // A file that nobody named cannot have commands run, whatever it says.
    let config = match Config::found(&path) {
        Ok(config) => config,
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Misconfigured);
            named(&error);
            return "not read";
        }
    };
    let mut outcome = "read";
    for catalogue in all().iter().map(|vendor| &vendor.catalogue) {
        assert_eq!(config.accounts(&catalogue.vendor)[0], "default");
        for name in config.accounts(&catalogue.vendor) {
            match now(config.account(catalogue, name)) {
                Ok((settings, _)) => {
                    assert!(!format!("{settings:?}").contains(SECRET), "settings that can be printed");
                    outcome = "an account";
                }
                Err(error)
                    if error.message.contains(" has no account ") || error.message.contains("has no settings") => {}
                Err(error) => named(&error),
            }
        }
        _ = config.configured(catalogue);
    }
    outcome
}

/// No value is told. What stands as a name has no secret to keep.
fn assert_no_value_shown(data: &[u8], error: &Error) {
    let is_name = String::from_utf8_lossy(data).lines().any(|line| {
        let name = line.split('=').next().unwrap_or_default();
        name.contains(SECRET) || line.matches('=').count() > 1 || line.contains(['{', '['])
    });
    let text = serde_json::to_string(error).unwrap_or_default();
    assert!(is_name || !text.contains(SECRET), "an error tells a value: {error:?}");
}

/// What is done at once: commands alone take time, and none is run.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a file that nobody named has something run"),
    }
}

/// The file, which goes with this process; in memory, where a system has such a folder.
pub fn path() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("outwit-fuzz-{}.toml", std::process::id()))
}
