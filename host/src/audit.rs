//! The audit log: a line of JSON for each call, without what was said in it. A call that may change something has a line when
//! it starts as well (`started`), so that none is carried out that the log does not know.
//!
//! Of the input there is a digest (SHA-256 of its JSON, members sorted, without white space): enough to tell whether two
//! calls said the same, or whether a call said what somebody claims.

use crate::catalogue::Operation;
use crate::{Effect, Error};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A file to which each call adds a line.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    file: Mutex<File>,
}

/// One call, as it is written down.
pub(crate) struct Entry<'e> {
    pub account: &'e str,
    pub operation: &'e Operation,
    pub input: &'e str,
    pub outcome: &'static str,
    pub error: Option<&'e Error>,
    pub attempts: u32,
    pub duration: Duration,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'l> {
    time: String,
    account: &'l str,
    operation: &'l str,
    effect: Effect,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    maybe_done: bool,
    attempts: u32,
    duration_ms: u64,
    input_sha256: String,
}

impl Audit {
    /// Opens a log, or makes one that only its owner can read.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be written.
    pub fn open(path: &Path) -> Result<Audit, Error> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|problem| unwritable(path, &problem))?;
        Ok(Audit { path: path.to_owned(), file: Mutex::new(file) })
    }

    pub(crate) fn write(&self, entry: &Entry<'_>) -> Result<(), Error> {
        let line = Line {
            time: OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            account: entry.account,
            operation: &entry.operation.id,
            effect: entry.operation.effect,
            status: entry.outcome,
            http_status: entry.error.and_then(|error| error.status),
            maybe_done: entry.error.is_some_and(|error| error.maybe_done),
            attempts: entry.attempts,
            duration_ms: u64::try_from(entry.duration.as_millis()).unwrap_or(u64::MAX),
            input_sha256: digest(entry.input),
        };
        let written = serde_json::to_string(&line).map_err(std::io::Error::from).and_then(|line| {
            // One write, so that lines of several processes do not mix.
            self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(format!("{line}\n").as_bytes())
        });
        written.map_err(|problem| unwritable(&self.path, &problem))
    }
}

fn unwritable(path: &Path, problem: &std::io::Error) -> Error {
    Error::misconfigured(format!("the audit log {} cannot be written: {problem}", path.display()))
}

fn digest(input: &str) -> String {
    // What is no JSON is refused by the component, and counts as it is.
    let plain = serde_json::from_str::<Value>(input).map_or_else(|_| input.to_owned(), |json| json.to_string());
    Sha256::digest(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Advice, ErrorKind};
    use serde_json::json;

    #[test]
    fn a_line_tells_of_a_call_without_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let audit = Audit::open(&path).unwrap();
        let operation: Operation =
            serde_json::from_value(json!({ "id": "acme.make-thing", "effect": "write" })).unwrap();
        let error =
            Error { status: Some(409), ..Error::new(ErrorKind::Conflict, Advice::ChangeInput, "Juniper is there") };
        let entry = |input, error| Entry {
            account: "default",
            operation: &operation,
            input,
            outcome: "conflict",
            error,
            attempts: 2,
            duration: Duration::from_millis(7),
        };
        audit.write(&entry(r#"{"name": "Juniper", "a": 1}"#, Some(&error))).unwrap();
        audit.write(&entry(r#"{"a":1,"name":"Juniper"}"#, None)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("Juniper"), "{text}");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let expected = json!({
            "time": lines[0]["time"], "account": "default", "operation": "acme.make-thing", "effect": "write",
            "status": "conflict", "http-status": 409, "attempts": 2, "duration-ms": 7,
            "input-sha256": lines[1]["input-sha256"],
        });
        assert_eq!(lines[0], expected);
        assert!(OffsetDateTime::parse(lines[0]["time"].as_str().unwrap(), &Rfc3339).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_log_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        Audit::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        let error = Audit::open(&folder.path().join("none/audit.jsonl")).unwrap_err();
        assert!(error.message.contains("cannot be written"), "{error}");
    }
}
